"""The indicators of a directorate and wave, by their definitions and the declared breakdowns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from analysis.indicators.definitions import intervals_within, score_bounds
from analysis.indicators.weighting import WeightedSample
from analysis.inference import (
    TOTAL,
    UNKNOWN,
    Cube,
    DomainEstimates,
    build_cube,
    from_record,
    means,
    to_record,
)
from analysis.storage import Cubes, as_figures, make_table
from analysis.study import Channel, Indicator, Study
from analysis.study.kinds import FigureKind
from analysis.study.levels import Group, level_groups, levels_id


class Estimates(dy.Schema):
    """One row per indicator, definition and category, with its recipe. Confidential: level counts
    stand in it.

    Attributes:
        kind, unit: See `study.kinds`.
        channels: The sample it rests on.
        value, se, low, high: In its unit; null where nobody answered, and low and high without a
            degree of freedom.
        unweighted: The value that weights of 1 give.
        base: Unweighted valid answers.
        design_effect: The one that the interval of a share rests on.
        counts: Unweighted answers of each level, worst level first.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    kind = dy.String()
    unit = dy.String()
    item = dy.String()
    breakdown = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    category_label = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    unweighted = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0)
    df = dy.Int64()
    design_effect = dy.Float64(nullable=True)
    method = dy.String()
    counts = dy.List(dy.Int64(min=0))
    weights_id = dy.String()
    study_digest = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: one per row."""
        return as_figures(table, layer="estimates")


def sample_cubes(
    samples: Sequence[WeightedSample], study: Study, *, directorate: str, wave: str
) -> pl.DataFrame:
    """The `storage.Cubes` of the samples of a directorate and wave: all that its figures need.

    The reference sample is counted by every declared breakdown that divides it, and holds what says
    who the users are; each other sample is one category of the breakdown by channel.
    """
    records: list[pl.DataFrame] = [Cubes.create_empty()]
    reference = study.reference_channels(directorate)
    for sample in samples:
        if sample.channels == reference:
            cube = _reference_cube(sample, study, directorate, wave)
        else:
            by = _channel_breakdown(study)
            items = _items_asked(study, directorate, wave, sample.channels)
            cube = _cube(sample, sample.frame, study, items, {by: "channel"} if by else {})
        records.append(to_record(cube).select(pl.lit(sample.name).alias("channels"), pl.all()))
    return Cubes.validate(pl.concat(records))


def stored_cube(cubes: pl.DataFrame, channels: str) -> Cube | None:
    """The cube of the sample of some channels; None where nobody answered in it.

    Args:
        cubes: `storage.Cubes` of one directorate and wave.
        channels: Joined by `+`.

    """
    record = cubes.filter(pl.col("channels") == channels).drop("channels")
    return from_record(record) if record.height else None


def satisfaction(
    cubes: pl.DataFrame,
    weighting: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
) -> pl.DataFrame:
    """The `Estimates` of a directorate and wave.

    The total and the breakdowns rest on the reference sample, weighted; each other channel is
    estimated apart, under its own claim, and never mixed with another.

    Args:
        cubes: `storage.Cubes` of the directorate and wave, as `sample_cubes` makes them.
        weighting: `indicators.weighting.Weighting` of the same samples.
        study: Indicators, definitions and breakdowns.
        directorate, wave: Identifiers.

    Raises:
        InferenceError: the design has no variance.

    """
    by_channel = _channel_breakdown(study)
    rows: list[dict[str, Any]] = []
    for sample in weighting.iter_rows(named=True):
        cube = stored_cube(cubes, sample["channels"])
        channels = tuple(study.channel(name) for name in sample["channels"].split("+"))
        if cube is None or not (sample["reference"] or by_channel):
            continue
        breakdowns = tuple(cube.breakdowns) if sample["reference"] else (str(by_channel),)
        recipe = {
            "directorate": directorate,
            "wave": wave,
            "channels": sample["channels"],
            "claim": sample["claim"],
            "weights_id": sample["weights_id"],
            "study_digest": study.digest,
            "simulated": sample["simulated"],
        }
        for indicator in _indicators_asked(study, directorate, wave, channels):
            rows += [recipe | row for row in _estimates(cube, study, indicator, breakdowns)]
    return make_table(rows, Estimates)


def _channel_breakdown(study: Study) -> str | None:
    """The declared breakdown by channel, if there is one."""
    return next((breakdown.id for breakdown in study.breakdowns if breakdown.by == "channel"), None)


def _reference_cube(sample: WeightedSample, study: Study, directorate: str, wave: str) -> Cube:
    """The cube of the reference sample by the declared breakdowns that divide it."""
    columns, frame = {}, sample.frame
    for breakdown in study.breakdowns:
        if breakdown.by in ("channel", "site") or study.asks(breakdown.by, directorate):
            column = f"_by_{breakdown.id}"
            frame = frame.with_columns(_category_expression(breakdown.by, study).alias(column))
            if frame.get_column(column).n_unique() > 1 or breakdown.by == "channel":
                columns[breakdown.id] = column
    items = _items_asked(study, directorate, wave, sample.channels)
    items += [item for item in study.profile_items(directorate) if item not in items]
    return _cube(sample, frame, study, items, columns)


def _items_asked(
    study: Study, directorate: str, wave: str, channels: tuple[Channel, ...]
) -> list[str]:
    """The items of the indicators in force that every one of these channels asks."""
    return [one.item for one in _indicators_asked(study, directorate, wave, channels)]


def _indicators_asked(
    study: Study, directorate: str, wave: str, channels: tuple[Channel, ...]
) -> list[Indicator]:
    """The indicators in force that every one of these channels asks."""
    common = set.intersection(*(set(channel.items) for channel in channels))
    return [
        indicator
        for indicator in study.indicators_in_force(wave, directorate)
        if indicator.item in common
    ]


def _cube(
    sample: WeightedSample,
    frame: pl.DataFrame,
    study: Study,
    items: list[str],
    breakdowns: dict[str, str],
) -> Cube:
    levels = {item: study.scale(item).codes for item in items}
    return build_cube(
        frame, sample.design, items=levels, breakdowns=breakdowns, calibration=sample.calibration
    )


def _category_expression(by: str, study: Study) -> pl.Expr:
    """The category of each row in a breakdown, as text."""
    if by in ("channel", "site"):
        return pl.col(by).fill_null(UNKNOWN)
    levels = list(study.scale(by).codes)
    return (
        pl.when(pl.col(by).is_in(levels))
        .then(pl.col(by).cast(pl.String))
        .otherwise(pl.lit(UNKNOWN))
    )


def _estimates(
    cube: Cube, study: Study, indicator: Indicator, breakdowns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """One row per breakdown, definition and category, without the recipe that they share."""
    variables = {TOTAL: TOTAL} | {breakdown.id: breakdown.by for breakdown in study.breakdowns}
    defined = _scored_definitions(study, indicator)
    for by in breakdowns:
        scored, told = defined, None
        if variables[by] in (TOTAL, "channel"):
            told = _told_levels(cube, study, indicator, by, defined[0].scores)
            groups = sorted(set().union(*told.values()))
            scored = [*defined, *_scored_levels(study, indicator, groups)]
        scores = [one.scores for one in scored]
        for definition, domains in zip(
            scored, means(cube, indicator.item, scores=scores, by=[by])[by], strict=True
        ):
            for row in _domain_rows(domains, definition):
                if told is not None and definition.levels not in (None, *told[row["category"]]):
                    continue
                label = row["category"]
                if by != TOTAL:
                    label = study.category_label(variables[by], label)
                yield row | {
                    "indicator": indicator.id,
                    "item": indicator.item,
                    "breakdown": by,
                    "category_label": label,
                }


def _told_levels(
    cube: Cube, study: Study, indicator: Indicator, by: str, primary: Sequence[float]
) -> dict[str, set[Group]]:
    """Domain → the levels of the indicator's scale whose share is estimated: each, and the groups
    that rare ones are told in.
    """
    counts = cube.table(indicator.item, by).counts
    least, levels = study.thresholds.suppressed_below, range(len(primary))
    told = {}
    for index, domain in enumerate(cube.domains(by).labels):
        groups = level_groups(counts[index].tolist(), primary, at_least=least)
        told[domain] = {(rank, rank) for rank in levels}
        told[domain] |= {group for group in groups if group != (levels[0], levels[-1])}
    return told


def _domain_rows(estimates: DomainEstimates, definition: _Scored) -> Iterator[dict[str, Any]]:
    """One row per domain of a breakdown, with the estimates of one definition."""
    intervals = intervals_within(estimates, definition.bounds)
    scores = np.array(definition.scores)
    for index, category in enumerate(estimates.domains):
        counts, base = estimates.counts[index], int(estimates.base[index])
        yield {
            "definition": definition.id,
            "definition_version": definition.version,
            "kind": definition.kind,
            "unit": definition.unit,
            "category": category,
            "value": finite_or_none(estimates.value[index]),
            "unweighted": float(counts @ scores / base) if base else None,
            "se": finite_or_none(estimates.se[index]),
            "low": finite_or_none(intervals.low[index]),
            "high": finite_or_none(intervals.high[index]),
            "base": base,
            "df": int(estimates.df[index]),
            "design_effect": finite_or_none(intervals.design_effect[index]),
            "method": intervals.method,
            "counts": counts.tolist(),
        }


@dataclass(frozen=True)
class _Scored:
    """A score per level, worst first; `bounds` are those of a mean or balance, None for a share;
    `levels` are those whose share it is, None for a definition.
    """

    id: str
    version: str
    kind: FigureKind
    unit: str
    scores: tuple[float, ...]
    bounds: tuple[float, float] | None
    levels: Group | None = None


def _scored_definitions(study: Study, indicator: Indicator) -> list[_Scored]:
    """The definitions of an indicator."""
    size = len(study.scale(indicator.item).codes)
    return [
        _Scored(
            id=definition.id,
            version=definition.version,
            kind=definition.figure_kind,
            unit=definition.unit,
            scores=definition.scores(size),
            bounds=score_bounds(definition),
        )
        for definition in map(study.definition, indicator.definitions)
    ]


def _scored_levels(study: Study, indicator: Indicator, groups: Sequence[Group]) -> list[_Scored]:
    """The share of some levels of an indicator's scale: P1, P2, …, or together: P1-2."""
    codes = study.scale(indicator.item).codes
    return [
        _Scored(
            id=levels_id(codes, group),
            version="1.0",
            kind="level_share",
            unit="share",
            scores=tuple(float(group[0] <= rank <= group[1]) for rank in range(len(codes))),
            bounds=None,
            levels=group,
        )
        for group in groups
    ]


def finite_or_none(value: float) -> float | None:
    """None where there is no number: a domain without an answer, or without a degree of freedom."""
    return None if math.isnan(value) else float(value)
