"""Ranks compared between groups, by what is known of them without a design."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.errors import InferenceError
from analysis.inference import Design, Survey
from analysis.inference.ranks import RankScore, rank_test
from analysis.inference.regression import predictive_margins, regression


def data(seed: int = 3, n: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    group = rng.choice(["a", "b", "c"], n)
    return pl.DataFrame(
        {"y": np.round(rng.normal(size=n) + (group == "b"), 1), "g": group, "w": 1.0}
    )


PAIR = data().filter(pl.col("g") != "c")


def test_two_groups_of_a_simple_sample_have_the_difference_of_their_mean_ranks() -> None:
    """In shares of the population, a rank less a half; the error is of two independent means."""
    found = rank_test(Survey.of(PAIR, Design()), "y", "g")
    ranks = stats.rankdata(PAIR["y"]) - 0.5
    apart = [ranks[(PAIR["g"] == name).to_numpy()].mean() for name in ("b", "a")]
    assert found.differences == pytest.approx([(apart[0] - apart[1]) / len(ranks)], rel=1e-12)
    n = len(ranks)
    groups = [ranks[(PAIR["g"] == name).to_numpy()] / n for name in ("b", "a")]
    error = np.sqrt(sum(n / (n - 1) * group.var() / len(group) for group in groups))
    assert found.statistic == pytest.approx(float(found.differences[0]) / error, rel=1e-9)
    assert found.df2 == n - 2
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.statistic), n - 2), rel=1e-9)


@pytest.mark.parametrize("score", ["wilcoxon", "vanderWaerden", "median"])
def test_an_order_preserving_change_of_the_values_changes_nothing(score: RankScore) -> None:
    """Nor does the order of the rows; a change that turns the order turns the sign."""
    first = rank_test(Survey.of(PAIR, Design(weights="w")), "y", "g", score=score)
    other = PAIR.with_columns(y=pl.col("y").exp()).sample(fraction=1, shuffle=True, seed=1)
    again = rank_test(Survey.of(other, Design(weights="w")), "y", "g", score=score)
    assert again.statistic == pytest.approx(first.statistic, rel=1e-9)
    turned = rank_test(
        Survey.of(PAIR.with_columns(y=-pl.col("y")), Design()), "y", "g", score=score
    )
    if score != "median":  # a value in the middle is past it one way only
        assert turned.statistic == pytest.approx(-first.statistic, rel=1e-9)


def test_three_groups_of_a_simple_sample_differ_as_their_means_and_variances_say() -> None:
    """Cochran's statistic of three independent means, each with the variance of its group."""
    frame = data()
    three = rank_test(Survey.of(frame, Design()), "y", "g")
    assert three.groups == ("a", "b", "c")
    assert (three.df1, three.df2) == (2, frame.height - 3)
    n = frame.height
    ranks = (stats.rankdata(frame["y"]) - 0.5) / n
    groups = [ranks[(frame["g"] == name).to_numpy()] for name in "abc"]
    means = np.array([group.mean() for group in groups])
    precision = 1 / np.array([n / (n - 1) * group.var() / len(group) for group in groups])
    apart = means - np.average(means, weights=precision)
    assert three.statistic * 2 == pytest.approx(precision @ apart**2, rel=1e-9)


def test_what_cannot_be_compared_is_named() -> None:
    with pytest.raises(InferenceError, match="ranks of 'y' cannot be compared by 'g': 1 groups"):
        rank_test(Survey.of(PAIR.filter(g="a"), Design()), "y", "g")
    same = PAIR.with_columns(y=pl.lit(1.0))
    with pytest.raises(InferenceError, match="ranks of 'y' do not vary enough by 'g'"):
        rank_test(Survey.of(same, Design()), "y", "g")


def test_predictive_margins_of_a_saturated_linear_model_are_standardised_means() -> None:
    """Two strata of x: a margin is the mean over x of the group's means within it."""
    rng = np.random.default_rng(5)
    frame = data().with_columns(x=pl.Series(rng.integers(0, 2, 400).astype(float)))
    survey = Survey.of(frame, Design(weights="w"))
    x = np.stack([np.ones(400), frame["x"].to_numpy()], axis=1)
    found = predictive_margins(survey, survey.values("y"), x, frame["g"].to_list())
    dummies = np.stack([(frame["g"] == name).to_numpy().astype(float) for name in "bc"], axis=1)
    model = regression(
        survey, survey.values("y"), np.hstack([x, dummies]), names=("1", "x", "b", "c")
    )
    assert found.names == ("a", "b", "c")
    level = model.value[0] + model.value[1] * frame["x"].mean()
    assert found.value == pytest.approx([level, level + model.value[2], level + model.value[3]])
    # Groups differ by a coefficient: its error, and no more, stands in their difference.
    apart = found.contrast([[-1, 1, 0]], ["b"])
    assert apart.se == pytest.approx(model.se[2:3], rel=1e-9)
