"""How far apart two directorates are, on each headline indicator of a wave: any two where there are
few, two of one department where there are many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import dataframely as dy
import polars as pl

from analysis.inference import TOTAL, PointEstimate, independent_difference
from analysis.storage import as_figures, figure_key, make_table
from analysis.storage.figures import BETWEEN
from analysis.study import Claim, Study

BETWEEN_DIRECTORATES = "directorate"
"""The breakdown of what is between two directorates."""

MOST_COMPARED = 24
"""Directorates that are all set side by side, two by two. Pairs grow with the square of their
number, and the page of each names those that it is compared with."""


class Standings(dy.Schema):
    """One row per headline indicator and pair of directorates that ask it alike.

    Attributes:
        directorate: The first of the two, in the study's order.
        other: The second.
        value, se, low, high: First − second, by the primary definition, and its interval at
            1 − 5 % / family.
        family: How many such pairs of the wave are looked at together.
        word: `above` or `below` where the interval excludes 0, else `none`; empty, as low and high
            are null, without a degree of freedom.
        compared: Keys of their two figures.

    """

    directorate = dy.String(primary_key=True)
    other = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    definition = dy.String()
    definition_version = dy.String()
    unit = dy.String()
    item = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64()
    se = dy.Float64()
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    df = dy.Int64(min=0)
    family = dy.Int64(min=1)
    word = dy.String()
    compared = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: each, shown where both of its figures are."""
        pairs = table.with_columns(
            kind=pl.lit("difference"),
            breakdown=pl.lit(BETWEEN_DIRECTORATES),
            category=pl.concat_str("directorate", "other", separator=BETWEEN),
            made_from="compared",
            method=pl.format("bonferroni {}", pl.col("family")),
        )
        return as_figures(pairs, layer="standings")


def standings(estimates: pl.DataFrame, study: Study, *, wave: str) -> pl.DataFrame:
    """The `Standings` of a wave: samples of two directorates are independent.

    Args:
        estimates: `indicators.satisfaction.Estimates` of all directorates in the wave.
        study: Headline indicators, and the order of directorates.
        wave: Identifier.

    """
    headline = {
        indicator.id: indicator.definitions[0]
        for indicator in study.indicators
        if indicator.headline
    }
    measured = estimates.filter(
        (pl.col("wave") == wave)
        & (pl.col("breakdown") == TOTAL)
        & pl.col("value").is_not_null()
        & pl.col("se").is_not_null()
    ).with_columns(key=figure_key(layer="estimates", against=None))
    by_indicator: dict[str, dict[str, dict[str, Any]]] = {}
    for row in measured.iter_rows(named=True):
        if headline.get(row["indicator"]) == row["definition"]:
            by_indicator.setdefault(row["indicator"], {})[row["directorate"]] = row
    pairs = [
        pair
        for rows in by_indicator.values()
        for group in _groups(study)
        for pair in _pairs(rows, group, study)
    ]
    return make_table([_row(*pair, family=len(pairs)) for pair in pairs], Standings)


def _groups(study: Study) -> list[list[str]]:
    """The directorates that are set side by side, in the study's order: all of them; where they are
    more than `MOST_COMPARED`, those of each department, unless it has more than that itself.
    """
    groups = [[unit.id for unit in units] for _, units in study.by_department()]
    if sum(map(len, groups)) <= MOST_COMPARED:
        return [[unit.id for unit in study.directorates]]
    return [group for group in groups if len(group) <= MOST_COMPARED]


def _pairs(
    rows: Mapping[str, dict[str, Any]], order: list[str], study: Study
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The rows of two directorates that may be set side by side: one version of the definition, a
    collection that claims something on the level, and people who were heard by the same modes: on
    the telephone they answer otherwise than in writing.
    """
    present = [
        name for name in order if name in rows and rows[name]["claim"] == Claim.ESTIMATE.value
    ]
    for first, second in combinations(present, 2):
        alike = ("definition_version", "item")
        modes = [
            {study.channel(channel).mode for channel in rows[one]["channels"].split("+")}
            for one in (first, second)
        ]
        if modes[0] == modes[1] and all(rows[first][name] == rows[second][name] for name in alike):
            yield rows[first], rows[second]


def _row(first: dict[str, Any], second: dict[str, Any], *, family: int) -> dict[str, Any]:
    """A row of `Standings`."""
    one, other = (
        PointEstimate(value=row["value"], se=row["se"], df=row["df"]) for row in (first, second)
    )
    gap = independent_difference(other, one, family=family)
    word = "above" if gap.low > 0 else "below" if gap.high < 0 else "none"
    names = ("wave", "indicator", "definition", "definition_version", "item", "channels")
    return {name: first[name] for name in names} | {
        "directorate": first["directorate"],
        "other": second["directorate"],
        "unit": first["unit"] if first["kind"] == "mean" else "points",
        "claim": first["claim"],
        "value": gap.value,
        "se": gap.se,
        "low": gap.low if gap.df > 0 else None,
        "high": gap.high if gap.df > 0 else None,
        "df": gap.df,
        "family": family,
        "word": word if gap.df > 0 else "",
        "compared": [first["key"], second["key"]],
        "simulated": first["simulated"] or second["simulated"],
    }
