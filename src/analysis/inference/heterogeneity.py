"""How much true values differ from one another, beyond what the errors of their estimates
explain: its test, its standard deviation, and where true values lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from analysis.inference.arrays import Floats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Heterogeneity:
    """K independent estimates of values that may differ.

    Attributes:
        mean: Mean of the true values, each weighted by 1 / (se² + between).
        between: Variance between true values (τ²).
        low, high: Interval of the standard deviation between true values.
        q: Cochran's statistic, Σ (value − mean of precision weights)² / se².
        p: Of the test that all true values are equal.

    """

    mean: float
    between: float
    low: float
    high: float
    q: float
    p: float

    @property
    def deviation(self) -> float:
        """Standard deviation between true values (τ)."""
        return float(np.sqrt(self.between))

    def middle(self, share: float) -> tuple[float, float]:
        """The bounds between which a share of the true values lie, where they are normal."""
        half = float(scipy.stats.norm.ppf((1 + share) / 2)) * self.deviation
        return self.mean - half, self.mean + half

    def reliability(self, se: Floats) -> Floats:
        """(K,) the share of an estimate's variance that is between true values."""
        return np.asarray(self.between / (self.between + np.square(se)), dtype=np.float64)


def heterogeneity(values: Floats, se: Floats, df: Floats) -> Heterogeneity:
    """How much K ≥ 3 independent estimates differ.

    The variance between is Paule and Mandel's: that which makes the generalised Q equal to K − 1;
    its interval inverts Q (Viechtbauer 2007). The test is Cochran's, with Welch's correction for
    standard errors that are estimated themselves: without it, sites of few clusters differ too
    often.

    Args:
        values: (K,) estimates.
        se: (K,) their standard errors, positive.
        df: (K,) degrees of freedom of the standard errors, positive.

    """
    weights = 1 / np.square(se)
    k = len(values)

    def generalised_q(between: float) -> float:
        precision = 1 / (np.square(se) + between)
        mean = np.average(values, weights=precision)
        return float(precision @ np.square(values - mean))

    q = generalised_q(0.0)
    between = _solve(generalised_q, k - 1)
    outer = (1 + CONFIDENCE) / 2
    low, high = (
        _solve(generalised_q, float(scipy.stats.chi2.ppf(level, k - 1)))
        for level in (outer, 1 - outer)
    )
    return Heterogeneity(
        mean=float(np.average(values, weights=1 / (np.square(se) + between))),
        between=between,
        low=float(np.sqrt(low)),
        high=float(np.sqrt(high)),
        q=q,
        p=_welch_p(q, weights, df),
    )


def _solve(generalised_q: Callable[[float], float], target: float) -> float:
    """The variance between at which Q, which falls as it grows, is `target`; 0 where it never is
    that large.
    """
    if generalised_q(0.0) <= target:
        return 0.0
    above = 1e-6
    while generalised_q(above) > target:
        above *= 4
    return float(scipy.optimize.brentq(lambda between: generalised_q(between) - target, 0.0, above))


def _welch_p(q: float, weights: Floats, df: Floats) -> float:
    """The p-value of Q, with L = Σ (1 − w/Σw)² / df: F = Q / (K − 1) / (1 + 2 (K − 2) L / (K² −
    1)), on K − 1 and (K² − 1) / 3L degrees of freedom.

    Reference: Welch (1951).
    """
    k = len(weights)
    excess = float((np.square(1 - weights / weights.sum()) / df).sum())
    f = q / (k - 1) / (1 + 2 * (k - 2) * excess / (k**2 - 1))
    return float(scipy.stats.f.sf(f, k - 1, (k**2 - 1) / (3 * excess)))
