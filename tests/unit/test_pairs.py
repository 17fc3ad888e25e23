"""Variances by pairs of clusters: simple random and Poisson sampling as known ends, and faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import Design, Survey
from analysis.inference.pairs import MOST_PAIRED

Y = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
POPULATION = 15


def survey(pi: Any, joint: Any = None, **changes: Any) -> Survey:
    frame = pl.DataFrame({"y": Y, "pi": np.broadcast_to(pi, len(Y)), "h": [1, 1, 1, 2, 2, 2]})
    frame = frame.with_columns(w=1 / pl.col("pi"))
    return Survey.of(frame, Design(weights="w", inclusion="pi", **changes), joint=joint)


def variance_of_total(found: Survey) -> float:
    return float(found.total("y").covariance[0, 0])


def together(pi: float, pairs: float) -> Any:
    joint = np.full((len(Y), len(Y)), pairs)
    np.fill_diagonal(joint, pi)
    return joint


def test_simple_random_sampling_has_its_own_variance_by_either_estimator() -> None:
    """N² (1 − n/N) s² / n, with pairs drawn with n (n − 1) / N (N − 1)."""
    n = len(Y)
    joint = together(n / POPULATION, n * (n - 1) / POPULATION / (POPULATION - 1))
    expected = POPULATION**2 * (1 - n / POPULATION) * Y.var(ddof=1) / n
    for estimator in ("horvitz-thompson", "yates-grundy"):
        found = survey(n / POPULATION, joint, estimator=estimator)
        assert variance_of_total(found) == pytest.approx(expected, rel=1e-12)
    more = together(n / POPULATION, 1.01 * n * (n - 1) / POPULATION / (POPULATION - 1))
    assert variance_of_total(survey(n / POPULATION, more)) != pytest.approx(expected, rel=1e-3)


def test_independent_draws_vary_each_on_its_own() -> None:
    """Poisson sampling: Σ (1 − π) (y / π)²."""
    pi = np.array([0.2, 0.9, 0.4, 0.5, 0.1, 0.7])
    joint = np.outer(pi, pi)
    np.fill_diagonal(joint, pi)
    expected = ((1 - pi) * (Y / pi) ** 2).sum()
    found = survey(pi, joint, estimator="horvitz-thompson")
    assert variance_of_total(found) == pytest.approx(expected, rel=1e-12)
    fixed = survey(pi, joint, estimator="yates-grundy")
    assert variance_of_total(fixed) == pytest.approx(0, abs=1e-9 * expected)


def test_equal_probabilities_make_hartley_and_raos_variance_the_stratified_one() -> None:
    """(n − 2π + π) / (n − 1) is then (n − π) / (n − 1): the draws of a simple sample, up to 1/N."""
    pi, large = 0.003, 1000
    found = survey(pi, strata=("h",), pairs="hartley-rao")
    strata = (Y[:3], Y[3:])
    expected = sum(large**2 * (1 - 3 / large) * part.var(ddof=1) / 3 for part in strata)
    assert variance_of_total(found) == pytest.approx(expected, rel=2 / large)
    one = survey(pi, pairs="hartley-rao")
    assert variance_of_total(one) != pytest.approx(expected, rel=0.02)


GOOD = together(0.4, 0.14)


@pytest.mark.parametrize(
    ("joint", "words"),
    [
        (GOOD[:-1], "5 × 6, and 6 clusters"),
        (together(0.5, 0.14), "diagonal"),
        (together(0.4, 0.0), "above 0"),
        (together(0.4, 0.41), "passes that of one"),
        (np.triu(GOOD) + 1.1 * np.tril(GOOD, -1), "not symmetric"),
        (np.where(np.eye(6), 0.4, np.nan), "above 0"),
    ],
)
def test_a_matrix_of_no_pairs_is_refused(joint: Any, words: str) -> None:
    assert variance_of_total(survey(0.4, GOOD)) > 0
    with pytest.raises(InferenceError, match=words):
        survey(0.4, joint)


def test_pairs_need_the_probability_of_each() -> None:
    frame = pl.DataFrame({"y": Y})
    with pytest.raises(InferenceError, match="how likely each was to be drawn"):
        Survey.of(frame, Design(pairs="hartley-rao"))
    many = pl.DataFrame({"pi": np.full(MOST_PAIRED + 1, 0.5)})
    with pytest.raises(InferenceError, match="10,001 clusters are too many"):
        Survey.of(many, Design(inclusion="pi", pairs="hartley-rao"))
