"""Indices of several items, and whether these measure one thing: Cronbach's alpha, plain and under
a design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.joint import JointEstimates
from analysis.inference.survey import Survey

INDEX = "_index"
"""Column that an index has while its mean is estimated."""

ROUNDING = 1e-12
"""Under this share of the items' variances, a variance of their total is an error of rounding."""


def cronbach_alpha(covariance: Floats) -> float:
    """Cronbach's alpha of K ≥ 2 items from their covariance matrix (K, K); NaN where their total
    does not vary.

    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 6)
    0.666667
    """
    size = len(covariance)
    if size < 2:
        raise InferenceError("Alpha needs two items.", hint="name two items of one scale at least.")
    total, items = covariance.sum(), np.trace(covariance)
    if total <= ROUNDING * items or items == 0:
        return float("nan")
    return float(size / (size - 1) * (1 - items / total))


def pairwise_covariance(items: Floats) -> Floats:
    """(K, K) covariances of items (n, K), each over the rows that answered both."""
    size = items.shape[1]
    result = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            both = ~np.isnan(items[:, i]) & ~np.isnan(items[:, j])
            result[i, j] = np.cov(items[both, i], items[both, j])[0, 1]
    return result


@dataclass(frozen=True)
class Index:
    """An index per person, the mean of their answers to several items.

    Attributes:
        items: What it is made of.
        scores: (n,) the mean of the answered items; NaN under `least` of them.
        least: Answers that a person needs.
        mean: The estimate of its weighted mean.
        alpha: Cronbach's alpha from the weighted covariances of the complete rows; None where it
            cannot be told.

    """

    items: tuple[str, ...]
    scores: Floats
    least: int
    mean: JointEstimates
    alpha: float | None


def index(survey: Survey, items: Sequence[str], *, least: int) -> Index:
    """The index of each person from items coded in one direction, on one scale.

    Args:
        survey: Rows with their design.
        items: Two columns at least.
        least: Answers under which a person has no index (people who answered two questions in ten
            are no measure of ten).

    Raises:
        InferenceError: fewer than two items, or `least` is not between 1 and their number.

    """
    if len(items) < 2 or not 1 <= least <= len(items):
        raise InferenceError(
            f"An index of {len(items)} items cannot need {least} answers.",
            hint="take two items at least.",
        )
    values = np.stack([survey.values(item) for item in items], axis=1)
    answered = (~np.isnan(values)).sum(axis=1)
    scores = np.where(
        answered >= least, np.nansum(values, axis=1) / np.maximum(answered, 1), np.nan
    )
    scored = replace(
        survey, frame=survey.frame.with_columns(pl.Series(INDEX, scores).fill_nan(None))
    )
    try:
        alpha = design_alpha(survey, items)
    except InferenceError:
        alpha = None
    return Index(tuple(items), scores, least, scored.mean(INDEX), alpha)


def design_alpha(survey: Survey, items: Sequence[str]) -> float:
    """Cronbach's alpha from the weighted covariances of the complete rows (R's ``svycralpha``).

    Raises:
        InferenceError: no row is complete, or the sum of the items does not vary.

    """
    values = np.stack([survey.values(item) for item in items], axis=1)
    weights = survey.sample.weights
    complete = ~np.isnan(values).any(axis=1) & (weights > 0)
    alpha = float("nan")
    if complete.any():
        spread = np.cov(values[complete].T, aweights=weights[complete], ddof=0)
        alpha = cronbach_alpha(spread)
    if np.isnan(alpha):
        raise InferenceError(
            f"The items {', '.join(items)} have no alpha: nobody answered all of them, or their "
            "sum does not vary.",
            hint="leave out the one that few answer.",
        )
    return alpha
