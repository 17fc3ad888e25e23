"""The indicators of a directorate and wave, by their definitions and the declared breakdowns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.errors import NotReadyError
from analysis.indicators.collection import Weighted, category_label, weigh
from analysis.inference import (
    TOTAL,
    UNKNOWN,
    Cube,
    build_cube,
    mean,
    score_intervals,
    share_intervals,
)
from analysis.storage import Estimates
from analysis.study import Channel, Definition, Indicator, Study
from analysis.study.kinds import FigureKind


def satisfaction(
    responses: pl.DataFrame, study: Study, *, directorate: str, wave: str, simulated: bool
) -> pl.DataFrame:
    """The `storage.Estimates` of a directorate and wave.

    The total and the breakdowns rest on the reference channels (those of the strongest claim),
    weighted; each other channel is estimated apart, under its own claim, and never mixed with them.

    Args:
        responses: `storage.Responses` of the directorate and wave, with their items.
        simulated: Marks every row.

    Raises:
        InferenceError: the margins cannot be honoured, or the design has no variance.

    """
    reference = study.reference_channels(directorate)
    rows = list(_reference(responses, study, directorate, wave, reference))
    if any(breakdown.by == "channel" for breakdown in study.breakdowns):
        for name in study.directorate(directorate).channels:
            channel = study.channel(name)
            if channel not in reference:
                rows += list(_apart(responses, study, directorate, wave, channel))
    frame = pl.DataFrame(rows, schema=_ROW, orient="row").with_columns(
        directorate=pl.lit(directorate),
        wave=pl.lit(wave),
        study_digest=pl.lit(study.digest),
        simulated=pl.lit(simulated),
    )
    return Estimates.validate(frame.select(Estimates.column_names()))


def _reference(
    responses: pl.DataFrame,
    study: Study,
    directorate: str,
    wave: str,
    channels: tuple[Channel, ...],
) -> Iterator[tuple[object, ...]]:
    weighted = weigh(responses, study, directorate=directorate, wave=wave, channels=channels)
    if weighted.frame.is_empty():
        return
    indicators = _asked(study, directorate, wave, channels)
    cube = _broken_down(weighted, study, directorate, indicators)
    variables = {TOTAL: TOTAL} | {breakdown.id: breakdown.by for breakdown in study.breakdowns}
    for indicator in indicators:
        for by in cube.breakdowns:
            yield from _estimates(cube, weighted, study, indicator, by, variables[by])


def reference_cube(responses: pl.DataFrame, study: Study, *, directorate: str, wave: str) -> Cube:
    """The cube that a directorate's headline figures rest on: to be stored, and asked by any
    definition.

    Raises:
        NotReadyError: nobody answered by the reference channels.

    """
    channels = study.reference_channels(directorate)
    weighted = weigh(responses, study, directorate=directorate, wave=wave, channels=channels)
    if weighted.frame.is_empty():
        raise NotReadyError(
            f"Nobody answered in {directorate} × {wave} by "
            f"{', '.join(one.id for one in channels)}.",
            hint="register the delivery of these channels, or run another scope.",
        )
    return _broken_down(weighted, study, directorate, _asked(study, directorate, wave, channels))


def _broken_down(
    weighted: Weighted, study: Study, directorate: str, indicators: list[Indicator]
) -> Cube:
    """The cube of the indicators' items by the declared breakdowns that divide these
    respondents.
    """
    names, frame = {}, weighted.frame
    for breakdown in study.breakdowns:
        if breakdown.by in ("channel", "site") or study.asks(breakdown.by, directorate):
            column = f"_by_{breakdown.id}"
            frame = frame.with_columns(_category(breakdown.by, study).alias(column))
            if frame.get_column(column).n_unique() > 1 or breakdown.by == "channel":
                names[breakdown.id] = column
    return _cube(weighted, frame, study, indicators, names)


def _apart(
    responses: pl.DataFrame, study: Study, directorate: str, wave: str, channel: Channel
) -> Iterator[tuple[object, ...]]:
    """One channel by itself, as a category of the breakdown by channel."""
    weighted = weigh(responses, study, directorate=directorate, wave=wave, channels=(channel,))
    if weighted.frame.is_empty():
        return
    by = next(breakdown.id for breakdown in study.breakdowns if breakdown.by == "channel")
    indicators = _asked(study, directorate, wave, (channel,))
    cube = _cube(weighted, weighted.frame, study, indicators, {by: "channel"})
    for indicator in indicators:
        yield from _estimates(cube, weighted, study, indicator, by, "channel")


def _asked(
    study: Study, directorate: str, wave: str, channels: tuple[Channel, ...]
) -> list[Indicator]:
    """The indicators in force that every one of these channels asks."""
    common = set.intersection(*(set(channel.items) for channel in channels))
    return [one for one in study.indicators_in_force(wave, directorate) if one.item in common]


def _cube(
    weighted: Weighted,
    frame: pl.DataFrame,
    study: Study,
    indicators: list[Indicator],
    breakdowns: dict[str, str],
) -> Cube:
    items = {indicator.item: study.scale(indicator.item).codes for indicator in indicators}
    return build_cube(
        frame, weighted.design, items=items, breakdowns=breakdowns, calibration=weighted.calibration
    )


def _category(by: str, study: Study) -> pl.Expr:
    if by in ("channel", "site"):
        return pl.col(by).fill_null(UNKNOWN)
    levels = list(study.scale(by).codes)
    return (
        pl.when(pl.col(by).is_in(levels))
        .then(pl.col(by).cast(pl.String))
        .otherwise(pl.lit(UNKNOWN))
    )


_ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator": pl.String,
    "definition": pl.String,
    "definition_version": pl.String,
    "kind": pl.String,
    "unit": pl.String,
    "item": pl.String,
    "breakdown": pl.String,
    "category": pl.String,
    "category_label": pl.String,
    "channels": pl.String,
    "claim": pl.String,
    "weights_id": pl.String,
    "value": pl.Float64,
    "unweighted": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "base": pl.Int64,
    "df": pl.Int64,
    "design_effect": pl.Float64,
    "method": pl.String,
    "counts": pl.List(pl.Int64),
}


def _estimates(
    cube: Cube, weighted: Weighted, study: Study, indicator: Indicator, by: str, variable: str
) -> Iterator[tuple[object, ...]]:
    """One row per definition and category."""
    for reading in _readings(study, indicator, detailed=variable in (TOTAL, "channel")):
        estimates = mean(cube, indicator.item, scores=reading.scores, by=by)
        intervals = (
            share_intervals(estimates)
            if reading.bounds is None
            else score_intervals(estimates, bounds=reading.bounds)
        )
        for place, category in enumerate(estimates.domains):
            counts, base = estimates.counts[place], int(estimates.base[place])
            label = (
                category
                if by == TOTAL or category == UNKNOWN
                else category_label(study, variable, category)
            )
            yield (
                indicator.id,
                reading.id,
                reading.version,
                reading.kind,
                reading.unit,
                indicator.item,
                by,
                category,
                label,
                "+".join(channel.id for channel in weighted.channels),
                weighted.claim.value,
                weighted.weights_id,
                _number(estimates.value[place]),
                float(counts @ np.array(reading.scores) / base) if base else None,
                _number(estimates.se[place]),
                _number(intervals.low[place]),
                _number(intervals.high[place]),
                base,
                int(estimates.df[place]),
                _number(intervals.design_effect[place]),
                intervals.method,
                counts.tolist(),
            )


@dataclass(frozen=True)
class _Reading:
    """A score per level, worst first; `bounds` are those of a mean or balance, None for a share."""

    id: str
    version: str
    kind: FigureKind
    unit: str
    scores: tuple[float, ...]
    bounds: tuple[float, float] | None


def _readings(study: Study, indicator: Indicator, *, detailed: bool) -> Iterator[_Reading]:
    """The definitions of an indicator and, where the distribution is wanted, the share of each
    level (P1, P2, …).
    """
    codes = study.scale(indicator.item).codes
    for definition in map(study.definition, indicator.definitions):
        yield _Reading(
            id=definition.id,
            version=definition.version,
            kind=definition.figure_kind,
            unit=definition.unit,
            scores=definition.scores(len(codes)),
            bounds=_bounds(definition),
        )
    if detailed:
        for rank, code in enumerate(codes):
            yield _Reading(
                id=f"P{code}",
                version="1.0",
                kind="level_share",
                unit="share",
                scores=tuple(float(other == rank) for other in range(len(codes))),
                bounds=None,
            )


def _bounds(definition: Definition) -> tuple[float, float] | None:
    if definition.kind == "top_share":
        return None
    return (0.0, definition.maximum) if definition.maximum is not None else (-1.0, 1.0)


def _number(value: float) -> float | None:
    """None where there is no number: a domain without an answer, or without a degree of freedom."""
    return None if math.isnan(value) else float(value)
