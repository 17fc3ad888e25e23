"""Differences between estimates, and trends over several, with intervals for as many as are looked
at together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.student import student_quantile

LEVEL = 0.05
"""Of the tests of those that are looked at together."""
POWER = 0.8


@dataclass(frozen=True)
class PointEstimate:
    """An estimate with its standard error and degrees of freedom."""

    value: float
    se: float
    df: int


@dataclass(frozen=True)
class Difference:
    """A difference of estimates, in their unit, among `family` that are looked at together.

    Bonferroni's adjustment: whatever the family, that any interval of it misses its truth has a
    probability of 5 % at most.

    Attributes:
        value, se, df: Estimate, standard error, degrees of freedom.
        low, high: Interval at 1 − 5 % / family; NaN without a degree of freedom.
        inner_low, inner_high: Interval at 1 − 10 % / family: the two one-sided tests of an
            equivalence.
        detectable: Smallest true difference that such a design sees four times in five.
        family: How many are looked at together.

    """

    value: float
    se: float
    df: int
    low: float
    high: float
    inner_low: float
    inner_high: float
    detectable: float
    family: int = 1


def difference(measured: PointEstimate, *, family: int = 1) -> Difference:
    """A difference that was measured, with its intervals.

    Args:
        measured: The difference, its standard error and degrees of freedom. Where these are 0 (a
            wave of one cluster), there is no interval: bounds are NaN.
        family: How many are looked at together.

    """
    value, se, df = measured.value, measured.se, measured.df
    wide = float(student_quantile(1 - LEVEL / family / 2, df))
    narrow = float(student_quantile(1 - LEVEL / family, df))
    power = float(student_quantile(POWER, df))
    return Difference(
        value=value,
        se=se,
        df=df,
        low=value - wide * se,
        high=value + wide * se,
        inner_low=value - narrow * se,
        inner_high=value + narrow * se,
        detectable=(wide + power) * se,
        family=family,
    )


def independent_difference(
    before: PointEstimate, after: PointEstimate, *, family: int = 1
) -> Difference:
    """After − before for two independent samples, with the smaller degrees of freedom of the two.

    Waves whose site-days and respondents never recur have no covariance; samples that share units
    need the joint covariance instead.

    >>> before, after = PointEstimate(0.60, 0.02, 500), PointEstimate(0.66, 0.02, 500)
    >>> round(independent_difference(before, after).value, 2)
    0.06
    """
    measured = PointEstimate(
        value=after.value - before.value,
        se=float(np.hypot(before.se, after.se)),
        df=min(before.df, after.df),
    )
    return difference(measured, family=family)


def linear_change(
    times: Floats,
    measured: Sequence[PointEstimate],
    *,
    seasons: Sequence[int],
    covariance: Floats | None = None,
    family: int = 1,
) -> Difference:
    """How much estimates changed from the first to the last, by a straight line.

    Season by season, times are taken from their mean: a level that comes back each year is no
    trend. With t_i the centred times, the change is Σ t_i y_i / Σ t_i² times the span, and its
    variance Σ t_i t_j cov_ij / (Σ t_i²)² times the span squared.

    Args:
        times: (N,) when each was measured, in years.
        measured: The N ≥ 3 estimates.
        seasons: N labels of seasons; one for all where there is none.
        covariance: (N, N) of the estimates; of independent ones by default, by their standard
            errors.
        family: How many are looked at together.

    Raises:
        InferenceError: no season has two estimates, or there are fewer than three.

    """
    labels = np.asarray(seasons)
    centred = np.array(
        [time - times[labels == label].mean() for time, label in zip(times, labels, strict=True)]
    )
    spread = float(np.square(centred).sum())
    if len(times) < 3 or spread == 0:
        raise InferenceError(
            "A straight line needs three estimates, two of them of one season.",
            hint="wait for more waves.",
        )
    weights = centred / spread * (times.max() - times.min())
    if covariance is None:
        covariance = np.diag(np.square([estimate.se for estimate in measured]))
    found = PointEstimate(
        value=float(weights @ [estimate.value for estimate in measured]),
        se=float(np.sqrt(max(weights @ covariance @ weights, 0.0))),
        df=min(estimate.df for estimate in measured),
    )
    return difference(found, family=family)
