"""Differences between estimates."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.inference.student import student_quantile

CONFIDENCE = 0.95
POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """A difference of two estimates, in their unit.

    Attributes:
        value: After − before.
        se: Its standard error.
        df: Degrees of freedom; with 0, the interval and what is detectable are NaN.
        low, high: 95 % interval.
        inner_low, inner_high: 90 % interval: the two one-sided tests at 5 % of an equivalence.
        detectable: Smallest true difference that such a design sees four times in five.

    """

    value: float
    se: float
    df: int
    low: float
    high: float
    inner_low: float
    inner_high: float
    detectable: float


@dataclass(frozen=True)
class PointEstimate:
    """An estimate with its standard error and degrees of freedom."""

    value: float
    se: float
    df: int


def independent_difference(before: PointEstimate, after: PointEstimate) -> Difference:
    """After − before for two independent samples, with the smaller degrees of freedom of the two.

    Where these are 0 (a wave of one cluster), there is no interval: bounds are NaN.

    Waves whose site-days and respondents never recur have no covariance; samples that share units
    need the joint covariance instead.

    >>> before, after = PointEstimate(0.60, 0.02, 500), PointEstimate(0.66, 0.02, 500)
    >>> round(independent_difference(before, after).value, 2)
    0.06
    """
    value, se = after.value - before.value, (before.se**2 + after.se**2) ** 0.5
    df = min(before.df, after.df)
    wide = float(student_quantile((1 + CONFIDENCE) / 2, df))
    narrow = float(student_quantile(CONFIDENCE, df))
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
    )
