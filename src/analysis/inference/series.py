"""Monthly series of counts: trend, season, steps, and what a year has changed.

A flow is counted whole: it has no sampling error. What moves it from month to month without a
reason is seen in the months themselves: how far they lie from a trend, a season and steps, on a
scale where effects add up (logarithms of counts, log-odds of rates). A step that nobody declared is
sought at every month; how high the largest of so many statistics rises by chance alone is found by
drawing series without one, with the autocorrelation of these months (`benchmarks.truth` prints how
often it then speaks wrongly, and rightly).

Sources: Andrews, « Tests for parameter instability and structural change with unknown change
point » (Econometrica, 1993), for the largest of the statistics; Marriott and Pope (Biometrika,
1954), for the bias of an autocorrelation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats
from analysis.inference.contrasts import PointEstimate

YEAR = 12
HARMONICS = 2
"""Waves of a season: one a year, and one every six months."""

FEWEST_MONTHS = 24
"""A season is told from a trend after two years."""

BEFORE, AFTER = 8, 3
"""Months that a step needs before it, and as many as it must last."""

MOST_STEPS = 3
"""Steps that are sought in one series, one after the other."""

LEVEL = 0.01
"""Of the search of a step: once in a hundred series without any."""

DRAWS = 1_999
HIGHEST_AUTOCORRELATION = 0.9


@dataclass(frozen=True)
class Step:
    """A month from which a series is higher or lower, and stays so.

    Attributes:
        index: The first month of the new level.
        size: On the scale of the values.
        se: Its standard error, by the spread of months.
        p_value: How often the largest statistic of a series without a step is as high; NaN for a
            step that was declared.

    """

    index: int
    size: float
    se: float
    p_value: float


@dataclass(frozen=True)
class MonthlyFit:
    """A series of T months, as a trend, a season and steps.

    Attributes:
        trend: What a year adds.
        season: (12,) what each month of the year adds, January first; they add up to 0.
        steps: In the order of time.
        deviation: Standard deviation of months around all this.
        autocorrelation: Of two months that follow one another, around all this: at least 0.
        df: Degrees of freedom of `deviation`.

    """

    trend: float
    season: Floats
    steps: tuple[Step, ...]
    deviation: float
    autocorrelation: float
    df: int


def fit_months(
    values: Floats,
    *,
    first_month: int,
    declared: Sequence[int] = (),
    level: float = LEVEL,
    seed: int = 0,
) -> MonthlyFit:
    """A series of T months as a trend, a season, declared steps and those that are found.

    Args:
        values: (T,) on a scale where effects add up; NaN where a month is not known.
        first_month: The month of the year of the first one, 1 to 12.
        declared: Indices of months from which it is known to count something else.
        level: Of the search.
        seed: Of the drawn series.

    Raises:
        InferenceError: fewer than `FEWEST_MONTHS` months are known, or a declared step has no
            month before or after it.

    """
    known = np.isfinite(values)
    if int(known.sum()) < FEWEST_MONTHS:
        raise InferenceError(
            f"{int(known.sum())} months are known of this series.",
            hint=f"a season is told from a trend after {FEWEST_MONTHS}.",
        )
    months = len(values)
    terms = _terms(months, first_month)
    steps = sorted(set(declared))
    for index in steps:
        if not (known[:index].any() and known[index:].any()):
            raise InferenceError(
                f"No month is known on one side of the step at index {index}.",
                hint="declare it once there are months before and after it.",
            )
    found: dict[int, float] = {}
    while len(found) < MOST_STEPS:
        design = np.hstack([terms, *(_step(months, index) for index in (*steps, *found))])
        best, p_value = _largest_step(values, design, known, (*steps, *found), seed)
        if best is None or p_value > level:
            break
        found[best] = p_value
    return _fit(values, terms, known, {**dict.fromkeys(steps, np.nan), **found})


def mean_difference(
    fit: MonthlyFit, values: Floats, *, later: Sequence[int], earlier: Sequence[int]
) -> PointEstimate:
    """How much higher the mean of some months is than that of others, on the scale of the values.

    Its error is what the spread of single months leaves in two means: it is exact for months of the
    same season, where no step lies between.

    Args:
        fit: Of the series.
        values: (T,) as it was fitted.
        later, earlier: Indices of known months.

    Raises:
        InferenceError: a month is not known, or there is none.

    """
    for months in (later, earlier):
        if not months or not np.isfinite(values[list(months)]).all():
            raise InferenceError(
                "A month of the comparison is not known.", hint="compare whole periods only."
            )
    weights = np.zeros(len(values))
    weights[list(later)] = 1 / len(later)
    weights[list(earlier)] -= 1 / len(earlier)
    places = np.arange(len(values))
    apart = np.abs(places[:, None] - places[None, :])
    covariance = fit.deviation**2 * fit.autocorrelation**apart
    return PointEstimate(
        value=float(weights @ np.nan_to_num(values)),
        se=float(np.sqrt(weights @ covariance @ weights)),
        df=fit.df,
    )


def _terms(months: int, first_month: int) -> Floats:
    """(T, 2 + 2 × HARMONICS) the mean, the trend in years and the waves of a season."""
    place = np.arange(months)
    angle = 2 * np.pi * (place + first_month - 1) / YEAR
    waves = [wave(k * angle) for k in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
    return np.column_stack([np.ones(months), (place - months / 2) / YEAR, *waves])


def _step(months: int, index: int) -> Floats:
    """(T, 1) 0 before a month, 1 from it on."""
    return (np.arange(months) >= index).astype(float)[:, None]


def _residual_maker(design: Floats) -> Floats:
    """(T, T) what takes the part that a design explains out of a series."""
    basis, _ = np.linalg.qr(design)
    maker: Floats = np.eye(len(design)) - basis @ basis.T
    return maker


def _largest_step(
    values: Floats, design: Floats, known: Flags, steps: Sequence[int], seed: int
) -> tuple[int | None, float]:
    """The month at which one more step explains most, and how often chance does as much.

    Of how alike two months are, a step that is there and left out says too much, and one that is
    not there and put in too little: the drawn series have the mean of both.
    """
    months = len(values)
    apart = [index for step in steps for index in range(step - AFTER + 1, step + AFTER)]
    candidates = [
        index
        for index in range(months)
        if known[:index].sum() >= BEFORE
        and known[index:].sum() >= AFTER
        and known[index]
        and index not in apart
    ]
    if not candidates or int(known.sum()) <= design.shape[1] + 1:
        return None, 1.0
    maker = _residual_maker(design[known])
    shifts = maker @ np.hstack([_step(months, index)[known] for index in candidates])
    statistics = _statistics(shifts, maker @ values[known][:, None], design.shape[1])[:, 0]
    best = int(statistics.argmax())
    with_best = np.hstack([design[known], _step(months, candidates[best])[known]])
    alike = [
        _autocorrelation(_residual_maker(terms) @ values[known], known, terms.shape[1])
        for terms in (design[known], with_best)
    ]
    drawn = _noise(tuple(np.flatnonzero(known).tolist()), round(sum(alike) / 2, 1), seed)
    highest = _statistics(shifts, maker @ drawn, design.shape[1]).max(axis=0)
    exceeded = int((highest >= statistics[best]).sum())
    return candidates[best], (1 + exceeded) / (1 + DRAWS)


def _statistics(shifts: Floats, residuals: Floats, terms: int) -> Floats:
    """(C, B) the F statistic of one more step at each candidate, of each series.

    Args:
        shifts: (T, C) the steps, without what the design explains of them.
        residuals: (T, B) the series, likewise.
        terms: Columns of the design.

    """
    explained = (shifts.T @ residuals) ** 2 / (shifts**2).sum(axis=0)[:, None]
    left = (residuals**2).sum(axis=0)[None, :] - explained
    df = len(shifts) - terms - 1
    statistics: Floats = explained / np.maximum(left / df, np.finfo(float).tiny)
    return statistics


@lru_cache(maxsize=64)
def _noise(places: tuple[int, ...], autocorrelation: float, seed: int) -> Floats:
    """(T, DRAWS) series without a step, of unit variance, at some months."""
    rng = np.random.default_rng([seed, len(places), round(10 * autocorrelation)])
    months = places[-1] + 1
    shocks = rng.standard_normal((months, DRAWS))
    series = np.empty_like(shocks)
    series[0] = shocks[0]
    for month in range(1, months):
        series[month] = (
            autocorrelation * series[month - 1] + np.sqrt(1 - autocorrelation**2) * shocks[month]
        )
    kept: Floats = series[list(places)]
    return kept


def _autocorrelation(residuals: Floats, known: Flags, terms: int) -> float:
    """Of two known months that follow one another; at least 0.

    The residuals of a fit are less alike than the months themselves: by about (1 + 3ρ) / T for the
    mean alone, and once more for each two other terms.
    """
    places = np.flatnonzero(known)
    follow = np.diff(places) == 1
    size = len(residuals)
    raw = float((residuals[:-1] * residuals[1:])[follow].sum() / max((residuals**2).sum(), 1e-300))
    corrected = raw + (1 + 3 * raw) / size * (1 + terms) / 2
    return float(np.clip(corrected, 0.0, HIGHEST_AUTOCORRELATION))


def _fit(values: Floats, terms: Floats, known: Flags, steps: dict[int, float]) -> MonthlyFit:
    """The fit with all steps, each with its p-value."""
    order = sorted(steps)
    design = np.hstack([terms, *(_step(len(values), index) for index in order)])[known]
    df = int(known.sum()) - design.shape[1]
    if df < 1:
        raise InferenceError(
            "There are as many steps as months.", hint="declare fewer breaks of this series."
        )
    inverse = np.linalg.pinv(design.T @ design)
    coefficients = inverse @ design.T @ values[known]
    residuals = values[known] - design @ coefficients
    deviation = float(np.sqrt((residuals**2).sum() / df))
    errors = deviation * np.sqrt(np.diag(inverse))
    first = terms.shape[1]
    waves = _terms(YEAR, 1)[:, 2:] @ coefficients[2:first]
    return MonthlyFit(
        trend=float(coefficients[1]),
        season=waves,
        steps=tuple(
            Step(index, float(coefficients[first + k]), float(errors[first + k]), steps[index])
            for k, index in enumerate(order)
        ),
        deviation=deviation,
        autocorrelation=_autocorrelation(residuals, known, design.shape[1]),
        df=df,
    )
