"""Funnels: which of many sites differ from the others by more than chance and ordinary differences
between sites explain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.inference.arrays import Floats

WINSORISED_SHARE = 0.1
"""Share of the z-scores pulled in at each end, so that truly different sites do not widen the
limits."""


@dataclass(frozen=True)
class Funnel:
    """A funnel of K sites. Within its limits, which hold the variance between sites, a site is
    ordinary: that does not say that it is like the others.

    Attributes:
        mean: Precision-weighted mean.
        between: Between-site variance, winsorised.
        z: (K,) distance from the mean, in standard deviations of sampling and sites together.
        bound: How many of these the limits stand from the mean.
        low, high: (K,) limits of each site.

    """

    mean: float
    between: float
    z: Floats
    bound: float
    low: Floats
    high: Floats

    @property
    def outside(self) -> Floats:
        """(K,) +1 above the limits, −1 below, 0 between."""
        return np.where(self.z > self.bound, 1.0, np.where(self.z < -self.bound, -1.0, 0.0))


def funnel(values: Floats, se: Floats, *, level: float = 0.05) -> Funnel:
    """The funnel of K ≥ 3 shares with their own design standard errors (positive).

    With z the winsorised scores about the precision-weighted mean and c the variance of a standard
    normal that is winsorised as they are, the excess Σ z² / c − (K − 1) is the variance between
    sites, on the scale of DerSimonian and Laird. Limits are Student's on K − 1 degrees of freedom,
    at `level` over the K sites together (Bonferroni): the probability that any of them is found
    outside, where all are ordinary.

    Reference: Spiegelhalter (2005), additive overdispersion; winsorised z-scores as in its
    appendix, which leaves c out: ordinary sites then stand outside too often.
    """
    precision = 1 / np.square(se)
    mean = float(np.average(values, weights=precision))
    z = (values - mean) / se
    k = len(values)
    scores = np.clip(z, *np.quantile(z, [WINSORISED_SHARE, 1 - WINSORISED_SHARE]))
    excess = float(np.square(scores).sum()) / winsorised_variance(WINSORISED_SHARE) - (k - 1)
    scale = float(precision.sum() - np.square(precision).sum() / precision.sum())
    between = max(0.0, excess / scale)
    spread = np.sqrt(np.square(se) + between)
    bound = float(stats.t.ppf(1 - level / k / 2, k - 1))
    half = bound * spread
    return Funnel(
        mean=mean,
        between=between,
        z=(values - mean) / spread,
        bound=bound,
        low=np.clip(mean - half, 0, 1),
        high=np.clip(mean + half, 0, 1),
    )


def winsorised_variance(share: float) -> float:
    """The variance of a standard normal whose `share` at each end is pulled in to its quantile.

    >>> round(winsorised_variance(0.1), 4)
    0.6787
    """
    a = float(stats.norm.ppf(1 - share))
    return float(1 - 2 * share - 2 * a * stats.norm.pdf(a) + 2 * share * a**2)
