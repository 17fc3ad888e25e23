"""Intervals: one method for all shares that are published, Student's for scores.

Wilson's interval is taken on the effective sample size n / deff with the t quantile. The design
effect has a floor, and where the estimated variance is 0 (a site at 100 %) it is pooled over the
item's domains, so that no interval collapses and no series jumps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.inference.arrays import Floats
from analysis.inference.estimation import DomainEstimates
from analysis.inference.student import student_quantile

DESIGN_EFFECT_FLOOR = 1.0
"""A design that looks better than simple random sampling is not believed: its estimated variance is
too noisy."""

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Intervals:
    """Bounds of the D domains of an estimate.

    Attributes:
        low, high: (D,) bounds in the unit of the estimate; NaN where there is no base or no degree
            of freedom.
        design_effect: (D,) the design effect used (shares), or NaN.
        method: Name of the method.

    """

    low: Floats
    high: Floats
    design_effect: Floats
    method: str


def share_intervals(estimates: DomainEstimates, *, confidence: float = CONFIDENCE) -> Intervals:
    """Wilson's intervals of shares on the effective sample size.

    With n the base, p the share, v its variance: deff = v / (p (1 − p) / n), floored, and pooled
    (weighted by the bases) over the domains where v > 0 for the domains where it is 0. With t the
    Student quantile of the domain's degrees of freedom and m = n / deff, the bounds are (p + t²/2m
    ± t √(p (1 − p)/m + t²/4m²)) / (1 + t²/m).

    Missing values: a domain without an answer, or without a degree of freedom, has NaN bounds.

    Reference: Wilson (1927); Franco, Little, Louis and Slud (2019) for the effective sample size.
    """
    p, n = estimates.value, estimates.base.astype(np.float64)
    binomial = np.divide(p * (1 - p), n, out=np.full_like(p, np.nan), where=n > 0)
    variance = np.diagonal(estimates.covariance)
    usable = (variance > 0) & (binomial > 0) & (n > 1)
    effect = np.full_like(p, np.nan)
    effect[usable] = np.maximum(variance[usable] / binomial[usable], DESIGN_EFFECT_FLOOR)
    pooled = (
        float(np.average(effect[usable], weights=n[usable]))
        if usable.any()
        else DESIGN_EFFECT_FLOOR
    )
    effect[~usable & (n > 0)] = pooled
    size = n / effect
    t = student_quantile((1 + confidence) / 2, estimates.df)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = p + t**2 / (2 * size)
        half = t * np.sqrt(p * (1 - p) / size + t**2 / (4 * size**2))
        low, high = (centre - half) / (1 + t**2 / size), (centre + half) / (1 + t**2 / size)
    return Intervals(
        low=np.clip(low, 0.0, 1.0),
        high=np.clip(high, 0.0, 1.0),
        design_effect=effect,
        method="wilson",
    )


def score_intervals(
    estimates: DomainEstimates, *, bounds: tuple[float, float], confidence: float = CONFIDENCE
) -> Intervals:
    """Student's intervals of a mean score or a balance, cut at the score's `bounds`.

    Missing values: a domain without an answer, or without a degree of freedom, has NaN bounds.
    """
    half = student_quantile((1 + confidence) / 2, estimates.df) * estimates.se
    return Intervals(
        low=np.clip(estimates.value - half, *bounds),
        high=np.clip(estimates.value + half, *bounds),
        design_effect=np.full_like(estimates.value, np.nan),
        method="student",
    )
