"""Whether items measure one thing: Cronbach's alpha, plain and under a design."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.design import Floats
from analysis.inference.survey import Survey


def cronbach_alpha(covariance: Floats) -> float:
    """Cronbach's alpha of K ≥ 2 items from their covariance matrix (K, K).

    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 6)
    0.666667
    """
    size = len(covariance)
    if size < 2:
        raise InferenceError("Alpha needs two items.")
    return float(size / (size - 1) * (1 - np.trace(covariance) / covariance.sum()))


def pairwise_covariance(items: Floats) -> Floats:
    """Covariances (K, K) of items (n, K), each over the rows that answered both."""
    size = items.shape[1]
    result = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            both = ~np.isnan(items[:, i]) & ~np.isnan(items[:, j])
            result[i, j] = np.cov(items[both, i], items[both, j])[0, 1]
    return result


def design_alpha(survey: Survey, items: Sequence[str]) -> float:
    """Cronbach's alpha from the weighted covariances of the complete rows (R's ``svycralpha``)."""
    values = np.stack([survey.values(item) for item in items], axis=1)
    complete = ~np.isnan(values).any(axis=1)
    return cronbach_alpha(np.cov(values[complete].T, aweights=survey.sample.weights[complete], ddof=0))
