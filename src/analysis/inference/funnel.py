"""Funnels: which of many sites differ from their mean by more than chance and ordinary differences
explain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.inference.design import Floats

WINSORISED_SHARE = 0.1
"""Share of the z-scores pulled in at each end, so that truly different sites do not widen the
limits."""


@dataclass(frozen=True)
class Funnel:
    """A funnel of the shares of K sites.

    Attributes:
        mean: Precision-weighted mean.
        between: Between-site variance (τ²), winsorised.
        size: (K,) effective number of answers, mean (1 − mean) / se².
        z: (K,) distance from the mean, in standard deviations of sampling and sites together.

    """

    mean: float
    between: float
    size: Floats
    z: Floats

    def limits(self, size: Floats, confidence: float) -> tuple[Floats, Floats]:
        """(S,) lower and (S,) upper limits at effective sizes (S,), cut at 0 and 1."""
        half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(
            self.mean * (1 - self.mean) / size + self.between
        )
        return np.clip(self.mean - half, 0, 1), np.clip(self.mean + half, 0, 1)

    def outside(self, confidence: float) -> Floats:
        """(K,) +1 above the limits, −1 below, 0 between."""
        bound = stats.norm.ppf((1 + confidence) / 2)
        return np.where(self.z > bound, 1.0, np.where(self.z < -bound, -1.0, 0.0))


def funnel(values: Floats, se: Floats) -> Funnel:
    """The funnel of K ≥ 3 shares with their own design standard errors (positive).

    Reference: Spiegelhalter (2005), additive overdispersion; winsorised z-scores as in its
    appendix.
    """
    precision = 1 / se**2
    mean = float(np.average(values, weights=precision))
    z = (values - mean) / se
    low, high = np.quantile(z, [WINSORISED_SHARE, 1 - WINSORISED_SHARE])
    k = len(values)
    excess = float(np.square(np.clip(z, low, high)).mean()) * k - (k - 1)
    between = max(
        0.0, excess / float(precision.sum() - np.square(precision).sum() / precision.sum())
    )
    return Funnel(
        mean=mean,
        between=between,
        size=mean * (1 - mean) / se**2,
        z=(values - mean) / np.sqrt(se**2 + between),
    )
