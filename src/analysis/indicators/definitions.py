"""One definition applied to all waves at once, from their stored cubes: a change of definition is
not a change of opinion.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analysis.inference import (
    CONFIDENCE,
    Cube,
    DomainEstimates,
    Intervals,
    PointEstimate,
    independent_difference,
    mean,
    score_intervals,
    share_intervals,
)
from analysis.study import Definition


def score_bounds(definition: Definition) -> tuple[float, float] | None:
    """The least and largest value of a mean or balance; None for a share."""
    if definition.kind == "top_share":
        return None
    return (0.0, definition.maximum) if definition.maximum is not None else (-1.0, 1.0)


def intervals_within(
    estimates: DomainEstimates,
    bounds: tuple[float, float] | None,
    *,
    confidence: float = CONFIDENCE,
) -> Intervals:
    """The intervals of estimates: those of a mean or balance within its bounds, those of a share
    where there are none (see `score_bounds`).
    """
    if bounds is None:
        return share_intervals(estimates, confidence=confidence)
    return score_intervals(estimates, bounds=bounds, confidence=confidence)


def series(cubes: Mapping[str, Cube], item: str, definition: Definition) -> pl.DataFrame:
    """A series of waves under one constant definition, with its steps.

    Args:
        cubes: Wave → its cube, in the order of time.
        item: An item that all of them hold.
        definition: Any definition, whether or not it was in force.

    Returns:
        Columns wave, value, se, low, high, base, change, change_low, change_high (since the wave
        before, null for the first): shares in [0, 1], means in their own unit. Waves are taken as
        independent samples.

    """
    rows: list[dict[str, object]] = []
    before: PointEstimate | None = None
    for wave, cube in cubes.items():
        estimates = mean(cube, item, scores=definition.scores(len(cube.levels[item])))
        bounds = intervals_within(estimates, score_bounds(definition))
        current = PointEstimate(
            value=float(estimates.value[0]), se=float(estimates.se[0]), df=int(estimates.df[0])
        )
        change = None if before is None else independent_difference(before, current)
        rows.append(
            {
                "wave": wave,
                "value": current.value,
                "se": current.se,
                "low": float(bounds.low[0]),
                "high": float(bounds.high[0]),
                "base": int(estimates.base[0]),
                "change": change and change.value,
                "change_low": change and change.low,
                "change_high": change and change.high,
            }
        )
        before = current
    return pl.DataFrame(rows, infer_schema_length=None)
