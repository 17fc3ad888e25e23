"""Who the users of each product are: the answers to questions on themselves, weighted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import dataframely as dy
import polars as pl

from analysis.indicators.satisfaction import finite_or_none
from analysis.inference import TOTAL, Cube, means, share_intervals
from analysis.storage import as_figures, make_table
from analysis.study import Study
from analysis.study.levels import Group, level_groups, levels_id

NO_ERROR = 1e-5
"""A standard error that is none: what is left of iterations that have ended."""


class UserProfiles(dy.Schema):
    """One row per product, question on who answers, and level of its scale or group of adjacent
    levels. Confidential: level counts stand in it.

    Attributes:
        levels: Which: P1, P2, …, or together: P1-2.
        value, se, low, high: Of the share; null where nobody answered, and low and high without a
            degree of freedom. Of a question that is a margin, both are the value (`method`).
        base: Unweighted valid answers.
        counts: Those of each level of the scale.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    item = dy.String(primary_key=True)
    levels = dy.String(primary_key=True)
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0)
    df = dy.Int64()
    method = dy.String()
    counts = dy.List(dy.Int64(min=0))
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: shares of levels, which the gate tells in groups where one is rare."""
        return as_figures(
            table.rename({"levels": "definition"}).with_columns(
                indicator=pl.col("item"), kind=pl.lit("level_share"), unit=pl.lit("share")
            ),
            layer="profiles",
        )


def user_profiles(
    cubes: Mapping[str, Cube], weighting: pl.DataFrame, study: Study, *, wave: str
) -> pl.DataFrame:
    """The `UserProfiles` of a wave.

    Args:
        cubes: Directorate → the cube of its reference sample, as notebook 10 made it.
        weighting: `indicators.Weighting` of the same.
        study: Its profiles and thresholds.
        wave: Identifier.

    """
    rows: list[dict[str, Any]] = []
    for sample in weighting.filter("reference").iter_rows(named=True):
        directorate = sample["directorate"]
        if directorate not in cubes:
            continue
        about = {name: sample[name] for name in ("directorate", "channels", "claim", "simulated")}
        for item in study.profile_items(directorate):
            about |= {"wave": wave, "item": item}
            is_margin = item in study.margin(wave, directorate)
            shares = _level_shares(cubes[directorate], study, item)
            rows += [about | (_known(share) if is_margin else share) for share in shares]
    return make_table(rows, UserProfiles)


def _level_shares(cube: Cube, study: Study, item: str) -> Iterator[dict[str, Any]]:
    """A row per level of an item, and per group of levels that it is told in."""
    codes = study.scale(item).codes
    counts = cube.table(item, TOTAL).counts[0].tolist()
    groups = _told_groups(study, item, counts)
    scores = [
        [float(first <= rank <= last) for rank in range(len(codes))] for first, last in groups
    ]
    for group, estimates in zip(groups, means(cube, item, scores=scores)[TOTAL], strict=True):
        intervals = share_intervals(estimates)
        yield {
            "levels": levels_id(codes, group),
            "value": finite_or_none(estimates.value[0]),
            "se": finite_or_none(estimates.se[0]),
            "low": finite_or_none(intervals.low[0]),
            "high": finite_or_none(intervals.high[0]),
            "base": int(estimates.base[0]),
            "df": int(estimates.df[0]),
            "method": intervals.method,
            "counts": counts,
        }


def _known(share: dict[str, Any]) -> dict[str, Any]:
    """The share of a question whose answers weights are made to give: it is what the margin says,
    and no sample makes it uncertain.
    """
    if share["se"] is None or share["se"] > NO_ERROR:
        return share
    return share | {"low": share["value"], "high": share["value"], "method": "margin"}


def _told_groups(study: Study, item: str, counts: list[int]) -> list[Group]:
    """Each level; the groups that rare ones are told in; and the levels that are far from digital
    services.
    """
    assert study.profiles is not None, "its items were asked for by them"
    codes, least = study.scale(item).codes, study.thresholds.suppressed_below
    whole = (0, len(codes) - 1)
    groups = {(rank, rank) for rank in range(len(codes))}
    groups |= set(level_groups(counts, [0.0] * len(codes), at_least=least)) - {whole}
    far = study.profiles.far_from_digital
    if far is not None and far.item == item:
        groups.add(far.group(codes))
    return sorted(groups)
