"""Cronbach's alpha and indices against closed forms and answers worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import Design
from analysis.inference.arrays import Floats
from analysis.inference.psychometrics import (
    cronbach_alpha,
    design_alpha,
    index,
    pairwise_covariance,
)
from analysis.inference.survey import Survey

WEIGHTED = Design(weights="w")
TRUE = np.array([1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0])
ERRORS = np.array(
    [
        [1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0],
        [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0],
        [1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0],
    ]
)
"""Of eight people: what they think, and what three questions add to it, all uncorrelated."""


def survey_of(columns: Floats, weights: Sequence[float] | None = None) -> Survey:
    """People's answers (n, K) to questions a, b, c, …; NaN where they gave none."""
    names = "abcdefgh"[: columns.shape[1]]
    frame = pl.DataFrame(
        {
            name: pl.Series(column).fill_nan(None)
            for name, column in zip(names, columns.T, strict=True)
        }
    )
    weight = [1.0] * frame.height if weights is None else list(weights)
    return Survey.of(frame.with_columns(w=pl.Series(weight)), WEIGHTED)


def parallel_items() -> Floats:
    """(8, 3) questions that measure one thing as well as each other: each pair has r = 1/2."""
    return np.array(TRUE + ERRORS).T


@pytest.mark.parametrize("variance", [0.01, 1.0, 36.0])
@pytest.mark.parametrize("r", ["0", "1/10", "1/2", "9/10", "1"])
@pytest.mark.parametrize("k", [2, 3, 10, 40])
def test_alpha_of_items_of_one_correlation_is_the_closed_form(
    k: int, r: str, variance: float
) -> None:
    def covariance(size: int) -> Floats:
        return variance * (float(Fraction(r)) + (1 - float(Fraction(r))) * np.eye(size))

    expected = k * Fraction(r) / (1 + (k - 1) * Fraction(r))
    assert cronbach_alpha(covariance(k)) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)
    if 0 < expected < 1:
        longer = cronbach_alpha(covariance(k + 1))
        assert longer > float(expected) and longer != pytest.approx(float(expected), rel=1e-9)


def test_alpha_is_the_share_of_what_is_common_where_items_measure_it_alike() -> None:
    """The common part 3 in each covariance, errors 1, 2 and 6: 9 · 3 of 9 · 3 + 9."""
    covariance = 3 + np.diag([1.0, 2.0, 6.0])
    assert cronbach_alpha(covariance) == pytest.approx(27 / 36, rel=1e-12)


def test_alpha_is_under_the_reliability_of_items_that_measure_unequally() -> None:
    """Loadings 1, 2, 3, errors 1: 36/39 is reliable, of which alpha finds 1.5 · (1 - 17/39)."""
    loadings = np.array([1.0, 2.0, 3.0])
    found = cronbach_alpha(np.outer(loadings, loadings) + np.eye(3))
    assert found == pytest.approx(33 / 39, rel=1e-12)
    assert found < 36 / 39


def test_an_item_coded_the_other_way_makes_alpha_negative() -> None:
    """Two of three pairs then have r = -1/2: 1.5 · (1 - 6/4)."""
    items = parallel_items()
    assert cronbach_alpha(pairwise_covariance(items)) == pytest.approx(0.75)
    items[:, 2] *= -1
    assert cronbach_alpha(pairwise_covariance(items)) == pytest.approx(-0.75)
    assert design_alpha(survey_of(items), "abc") == pytest.approx(-0.75)


def test_neither_a_shift_of_an_item_nor_a_common_scale_nor_the_order_changes_alpha() -> None:
    rng = np.random.default_rng(2)
    common = rng.integers(0, 3, size=(40, 1))
    items = np.asarray(rng.integers(1, 6, size=(40, 4)) + common, dtype=np.float64)
    weights = rng.uniform(0.5, 2, 40).tolist()
    plain = design_alpha(survey_of(items, weights), "abcd")
    shifts = np.array([0.0, 10.0, -3.0, 0.5])
    changed: list[Floats] = [items + shifts, 2.5 * items, items[:, [2, 0, 3, 1]]]
    for moved in changed:
        assert design_alpha(survey_of(moved, weights), "abcd") == pytest.approx(plain, rel=1e-9)
        assert cronbach_alpha(pairwise_covariance(moved)) == pytest.approx(
            cronbach_alpha(pairwise_covariance(items)), rel=1e-9
        )
    one_scaled = survey_of(items * np.array([1.0, 1.0, 1.0, 2.0]), weights)
    assert design_alpha(one_scaled, "abcd") != pytest.approx(plain, rel=1e-3)


def test_a_weight_is_so_many_people() -> None:
    """And the size of weights does not matter, but their differences do."""
    items = np.array([[1, 2, 1], [2, 2, 4], [3, 5, 3], [5, 4, 4], [4, 1, 5]], dtype=np.float64)
    times = [3, 1, 2, 1, 4]
    found = design_alpha(survey_of(items, [float(time) for time in times]), "abc")
    repeated = design_alpha(survey_of(np.repeat(items, times, axis=0)), "abc")
    assert found == pytest.approx(repeated, rel=1e-9)
    assert design_alpha(survey_of(items, [0.1 * time for time in times]), "abc") == pytest.approx(
        found, rel=1e-9
    )
    assert found != pytest.approx(design_alpha(survey_of(items), "abc"), rel=1e-3)


def test_a_person_who_left_one_question_out_is_not_in_alpha_but_is_in_pairs() -> None:
    items = parallel_items()
    more = np.vstack([items, [[9.0, -9.0, np.nan], [np.nan, 4.0, 5.0]]])
    assert design_alpha(survey_of(more), "abc") == pytest.approx(0.75)
    in_pairs, of_complete = pairwise_covariance(more), pairwise_covariance(items)
    assert in_pairs[0, 1] < 0 < of_complete[0, 1]
    assert in_pairs[0, 2] == pytest.approx(of_complete[0, 2])  # nobody answered these two more


def test_a_covariance_is_of_those_who_answered_both() -> None:
    """a: 1, 2, 3, -; b: 2, 4, -, 8. Together, two people: -1/2 · -1 + 1/2 · 1 = 1."""
    items = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, np.nan], [np.nan, 8.0]])
    expected = np.array([[1.0, 1.0], [1.0, 28 / 3]])
    np.testing.assert_allclose(pairwise_covariance(items), expected, rtol=1e-12)


def test_an_index_needs_as_many_answers_as_it_says() -> None:
    nan = np.nan
    rows = [[1, 2, 6], [5, 1, 0], [4, nan, 5], [nan, 2, nan], [nan, nan, nan]]
    survey = survey_of(np.array(rows), [1.0, 1.0, 2.0, 4.0, 8.0])
    scores = {least: index(survey, "abc", least=least).scores.tolist() for least in (1, 2, 3)}
    expected = {
        1: [3, 2, 4.5, 2, nan],
        2: [3, 2, 4.5, nan, nan],
        3: [3, 2, nan, nan, nan],
    }
    for least, values in expected.items():
        np.testing.assert_allclose(scores[least], values, rtol=1e-12)
    means = [index(survey, "abc", least=least).mean.value[0] for least in (1, 2, 3)]
    np.testing.assert_allclose(means, [(5 + 9 + 8) / 8, (5 + 9) / 4, 2.5], rtol=1e-12)
    bases = [index(survey, "abc", least=least).mean.base for least in (1, 2, 3)]
    assert [base.tolist() for base in bases if base is not None] == [[4], [3], [2]]


def test_an_index_moves_with_its_items() -> None:
    items = parallel_items()
    items[0, 1] = items[3, 2] = np.nan
    before, after = (index(survey_of(one), "abc", least=2) for one in (items, items + 3))
    np.testing.assert_allclose(after.scores, before.scores + 3, rtol=1e-12)
    assert after.mean.value[0] == pytest.approx(before.mean.value[0] + 3, rel=1e-12)
    assert after.mean.se[0] == pytest.approx(before.mean.se[0], rel=1e-9)
    assert after.alpha == pytest.approx(before.alpha, rel=1e-9)


def test_without_a_complete_row_there_is_an_index_but_no_alpha() -> None:
    items = np.array([[1.0, np.nan], [np.nan, 4.0]])
    found = index(survey_of(items, [3.0, 1.0]), "ab", least=1)
    assert found.scores.tolist() == [1.0, 4.0]
    assert found.mean.value[0] == pytest.approx(7 / 4)
    assert found.alpha is None


@pytest.mark.parametrize(("items", "least"), [("a", 1), ("abc", 0), ("abc", 4), ("abc", -1)])
def test_an_index_of_one_item_or_of_more_answers_than_items_is_refused(
    items: str, least: int
) -> None:
    survey = survey_of(parallel_items())
    with pytest.raises(InferenceError, match=f"{len(items)} items cannot need {least} answers"):
        index(survey, items, least=least)


@pytest.mark.parametrize(
    "rows",
    [[[1, 2, 6], [4, np.nan, 5]], [[1, 2, 6], [5, 1, 3]], [[0.1, 0.2, 0.4], [0.4, 0.2, 0.1]]],
)
def test_where_the_total_does_not_vary_there_is_no_alpha(rows: list[list[float]]) -> None:
    assert index(survey_of(np.array(rows)), "abc", least=1).alpha is None
