"""How far apart the overall indicator is in two groups of one wave: of two profiles, or of those
who answer by another channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from analysis.indicators.satisfaction import stored_cube
from analysis.inference import (
    TOTAL,
    UNKNOWN,
    DomainEstimates,
    PointEstimate,
    difference,
    independent_difference,
    mean,
)
from analysis.storage import as_figures, figure_key, make_table
from analysis.storage.figures import BETWEEN
from analysis.study import Claim, Study


class Gaps(dy.Schema):
    """One row per pair of groups, of the overall indicator's primary definition.

    Attributes:
        first, second: Two categories of the breakdown; the first is `total`, the reference sample,
            where the second is a channel estimated apart.
        compared: Keys of their two figures.
        value, se, low, high: First − second, its standard error, and its interval at
            1 − 5 % / family.
        family: How many pairs are looked at together: those of all profiles, or those of channels.
        word: `above` or `below` where the interval excludes 0, else `none`; empty, as low and high
            are null, without a degree of freedom.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    breakdown = dy.String(primary_key=True)
    first = dy.String(primary_key=True)
    second = dy.String(primary_key=True)
    compared = dy.List(dy.String())
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
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: each gap, shown where both of its figures are."""
        pairs = table.with_columns(
            kind=pl.lit("difference"),
            category=pl.concat_str("first", "second", separator=BETWEEN),
            made_from="compared",
            method=pl.format("bonferroni {}", pl.col("family")),
        )
        return as_figures(pairs, layer="gaps")


@dataclass(frozen=True)
class _Pair:
    """Two groups and how far apart they are."""

    breakdown: str
    first: str
    second: str
    measured: PointEstimate


def gaps(
    cubes: pl.DataFrame, estimates: pl.DataFrame, study: Study, *, directorate: str, wave: str
) -> pl.DataFrame:
    """The `Gaps` of a directorate and wave.

    Profiles are compared two by two within the reference sample, with their covariance; a channel
    estimated apart with the reference sample, from which it is independent. A missing profile is
    none.

    Args:
        cubes: `storage.Cubes` of the directorate and wave.
        estimates: `indicators.satisfaction.Estimates` of the same.
        study: The overall indicator and the breakdowns.
        directorate, wave: Identifiers.

    """
    overall = study.overall
    asked = estimates.filter(indicator=overall.id, definition=overall.definitions[0]).with_columns(
        key=figure_key(layer="estimates", against=None)
    )
    measured = {(row["breakdown"], row["category"]): row for row in asked.iter_rows(named=True)}
    total = measured.get((TOTAL, TOTAL))
    if total is None or total["se"] is None:
        return make_table([], Gaps)
    scope = {"directorate": directorate, "wave": wave}
    profiles = list(_profile_pairs(cubes, total, study))
    channels = list(_channel_pairs(measured, total, study))
    rows = [
        scope | _row(pair, measured, total, family=len(pairs))
        for pairs in (profiles, channels)
        for pair in pairs
    ]
    return make_table(rows, Gaps)


def _profile_pairs(cubes: pl.DataFrame, total: dict[str, Any], study: Study) -> Iterator[_Pair]:
    """The pairs of categories of each breakdown by profile."""
    cube = stored_cube(cubes, total["channels"])
    assert cube is not None, "what has an estimate has a cube"
    definition = study.definition(total["definition"])
    scores = definition.scores(len(study.scale(total["item"]).codes))
    for breakdown in study.breakdowns:
        if breakdown.by in ("channel", "site") or breakdown.id not in cube.breakdowns:
            continue
        domains = mean(cube, total["item"], scores=scores, by=breakdown.id)
        known = [
            index
            for index, name in enumerate(domains.domains)
            if name != UNKNOWN and domains.base[index]
        ]
        for first, second in combinations(known, 2):
            names = domains.domains[first], domains.domains[second]
            measured = _domain_difference(domains, first, second)
            yield _Pair(breakdown.id, *names, measured)


def _domain_difference(domains: DomainEstimates, first: int, second: int) -> PointEstimate:
    """First − second of two domains of one sample, with their covariance."""
    covariance = domains.covariance
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    return PointEstimate(
        value=float(domains.value[first] - domains.value[second]),
        se=float(np.sqrt(max(variance, 0.0))),
        df=int(min(domains.df[first], domains.df[second])),
    )


def _channel_pairs(
    measured: dict[tuple[str, str], dict[str, Any]], total: dict[str, Any], study: Study
) -> Iterator[_Pair]:
    """The reference sample beside each other channel that asks the same question."""
    by = next((breakdown.id for breakdown in study.breakdowns if breakdown.by == "channel"), None)
    for (breakdown, category), row in measured.items():
        if breakdown != by or row["se"] is None or row["channels"] == total["channels"]:
            continue
        before, after = (
            PointEstimate(value=one["value"], se=one["se"], df=one["df"]) for one in (row, total)
        )
        apart = independent_difference(before, after)
        yield _Pair(breakdown, TOTAL, category, PointEstimate(apart.value, apart.se, apart.df))


def _row(
    pair: _Pair,
    measured: dict[tuple[str, str], dict[str, Any]],
    total: dict[str, Any],
    *,
    family: int,
) -> dict[str, Any]:
    """A row of `Gaps`, without its directorate and wave."""
    first = total if pair.first == TOTAL else measured[pair.breakdown, pair.first]
    second = measured[pair.breakdown, pair.second]
    gap = difference(pair.measured, family=family)
    word = "above" if gap.low > 0 else "below" if gap.high < 0 else "none"
    return {
        "indicator": total["indicator"],
        "definition": total["definition"],
        "definition_version": total["definition_version"],
        "breakdown": pair.breakdown,
        "first": pair.first,
        "second": pair.second,
        "compared": [first["key"], second["key"]],
        "unit": total["unit"] if total["kind"] == "mean" else "points",
        "item": total["item"],
        "channels": second["channels"],
        "claim": Claim.weakest([Claim(first["claim"]), Claim(second["claim"])]).value,
        "value": gap.value,
        "se": gap.se,
        "low": gap.low if gap.df > 0 else None,
        "high": gap.high if gap.df > 0 else None,
        "df": gap.df,
        "family": family,
        "word": word if gap.df > 0 else "",
        "simulated": first["simulated"] or second["simulated"],
    }
