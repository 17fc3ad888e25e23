"""Intervals of one proportion by several methods, for comparison with R; what is published uses
`share_intervals`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import scipy

from analysis.inference.student import student_quantile

ProportionMethod = Literal["mean", "logit", "xlogit", "asin", "beta", "wilson"]


def proportion_interval(
    p: float,
    variance: float,
    *,
    n: int,
    df: float,
    method: ProportionMethod,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Lower and upper bound of a proportion estimated with some variance; NaN without a degree of
    freedom, and, but for `mean`, at 0 or 1.

    Args:
        p: Estimate in [0, 1].
        variance: Its design variance.
        n: Rows of the design (of the domain), for `beta`.
        df: Degrees of freedom.
        method: `mean` (Student), `logit` and `xlogit` (Student on the log odds), `asin` (variance
            stabilised), `beta` (Korn and Graubard's effective sample), `wilson` (the score interval
            on the effective sample p(1 − p) / variance).
        confidence: Probability that the bounds hold the proportion.

    Reference: R's ``svyciprop``.

    """
    t = float(student_quantile((1 + confidence) / 2, df))
    se = float(np.sqrt(variance))
    if method == "mean":
        return p - t * se, p + t * se
    if not 0 < p < 1 or np.isnan(t):
        return float("nan"), float("nan")
    if se == 0:
        return p, p
    if method == "beta":
        return _korn_graubard(p, variance, n=n, t=t, confidence=confidence)
    if method == "wilson":
        size = p * (1 - p) / variance
        middle, half = p + t**2 / (2 * size), t * np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
        low, high = (middle - half) / (1 + t**2 / size), (middle + half) / (1 + t**2 / size)
    elif method == "asin":
        half, angle = t * se / (2 * np.sqrt(p * (1 - p))), np.arcsin(np.sqrt(p))
        low, high = np.sin(angle - half) ** 2, np.sin(angle + half) ** 2
    else:
        half = t * se / (p * (1 - p))
        logit = scipy.special.logit(p)
        low, high = scipy.special.expit(logit - half), scipy.special.expit(logit + half)
    return float(low), float(high)


def _korn_graubard(
    p: float, variance: float, *, n: int, t: float, confidence: float
) -> tuple[float, float]:
    """Clopper and Pearson's bounds on the effective sample, for Student's quantile t."""
    alpha = (1 - confidence) / 2
    effective = p * (1 - p) / variance * (float(scipy.stats.t.ppf(alpha, n - 1)) / t) ** 2
    return (
        float(scipy.stats.beta.ppf(alpha, effective * p, effective * (1 - p) + 1)),
        float(scipy.stats.beta.ppf(1 - alpha, effective * p + 1, effective * (1 - p))),
    )
