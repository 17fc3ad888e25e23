"""Funnels: which of many sites differ from the others by more than chance and ordinary differences
between sites explain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from analysis.inference.arrays import Floats

DRAWS = 4000
"""Sets of ordinary sites that limits are set by: of a level of 5 %, known to 0.4 %."""

SEED = 0

WINSORISED_SHARE = 0.1
"""Share of the z-scores pulled in at each end, so that truly different sites do not widen the
limits."""


@dataclass(frozen=True)
class Funnel:
    """A funnel of K sites. Within its limits, which hold the variance between sites, a site is
    ordinary: that does not say that it is like the others.

    Attributes:
        mean: Mean of the sites, each weighted by 1 / (se² + between).
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


def funnel(values: Floats, se: Floats, df: Floats, *, level: float = 0.05) -> Funnel:
    """The funnel of K ≥ 3 shares with their own design standard errors.

    With z the winsorised scores about the precision-weighted mean and c the variance of a standard
    normal that is winsorised as they are, the excess Σ z² / c − (K − 1) is the variance between
    sites, on the scale of DerSimonian and Laird. Limits stand as far out as the furthest of K
    ordinary sites does once in 1 / `level`: sites that differ by as much, and are measured with
    such errors, are drawn again and again, and each set of them is judged by the same rule, its
    errors and its variance between sites estimated anew. Neither few sites nor few clusters in them
    then change how often the funnel speaks wrongly.

    Args:
        values: (K,) shares.
        se: (K,) their standard errors, positive.
        df: (K,) degrees of freedom of the standard errors, positive.
        level: Probability that any site is found outside, where all are ordinary.

    Reference: Spiegelhalter (2005), additive overdispersion; winsorised z-scores as in its
    appendix, which leaves c out: ordinary sites then stand outside too often.

    """
    z, mean, between = _scores(values[None], se[None])
    bound = _bound(se, df, between=float(between[0]), level=level)
    half = bound * np.sqrt(np.square(se) + between)
    return Funnel(
        mean=float(mean[0]),
        between=float(between[0]),
        z=z[0],
        bound=bound,
        low=np.clip(mean - half, 0, 1),
        high=np.clip(mean + half, 0, 1),
    )


def _scores(values: Floats, se: Floats) -> tuple[Floats, Floats, Floats]:
    """(B, K) scores, (B,) mean and (B,) variance between sites of B sets of K sites."""
    precision = 1 / np.square(se)
    total = precision.sum(axis=1)
    centre = (precision * values).sum(axis=1) / total
    z = (values - centre[:, None]) / se
    ends = np.quantile(z, [WINSORISED_SHARE, 1 - WINSORISED_SHARE], axis=1)
    squares = np.square(np.clip(z, ends[0][:, None], ends[1][:, None])).sum(axis=1)
    excess = squares / winsorised_variance(WINSORISED_SHARE) - (values.shape[1] - 1)
    between: Floats = np.maximum(excess / (total - np.square(precision).sum(axis=1) / total), 0)
    spread = np.square(se) + between[:, None]
    mean: Floats = (values / spread).sum(axis=1) / (1 / spread).sum(axis=1)
    return (values - mean[:, None]) / np.sqrt(spread), mean, between


def _bound(se: Floats, df: Floats, *, between: float, level: float) -> float:
    """How far from the mean the furthest of the sites stands in a share of 1 − `level` of the sets
    of ordinary ones; drawn from one seed, so that the same sites have the same limits.
    """
    rng = np.random.default_rng(SEED)
    shape = (DRAWS, len(se))
    values = rng.standard_normal(shape) * np.sqrt(np.square(se) + between)
    errors = se * np.sqrt(rng.chisquare(df, shape) / df)
    furthest = np.abs(_scores(values, errors)[0]).max(axis=1)
    return float(np.quantile(furthest, 1 - level))


def winsorised_variance(share: float) -> float:
    """The variance of a standard normal whose `share` at each end is pulled in to its quantile.

    >>> round(winsorised_variance(0.1), 4)
    0.6787
    """
    a = float(scipy.stats.norm.ppf(1 - share))
    return float(1 - 2 * share - 2 * a * scipy.stats.norm.pdf(a) + 2 * share * a**2)
