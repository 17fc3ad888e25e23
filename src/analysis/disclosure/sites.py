"""What may leave of sites: nothing that names one."""

from __future__ import annotations

import polars as pl

from analysis.study import Study

SITE = "site"


def names_a_site(study: Study) -> pl.Expr:
    """Whether a figure is about one site: its key says which."""
    by_site = [breakdown.id for breakdown in study.breakdowns if breakdown.by == SITE]
    return pl.col("breakdown").is_in([SITE, *by_site])
