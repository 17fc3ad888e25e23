"""Known shares and terms of models, by what is known of them without a design."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.errors import InferenceError
from analysis.inference import Design, Survey
from analysis.inference.hypotheses import goodness_of_fit, wald_test
from analysis.inference.regression import likelihood_ratio

RNG = np.random.default_rng(4)
N = 3000
FRAME = pl.DataFrame(
    {
        "c": RNG.choice(["a", "b", "c", "d"], N, p=[0.26, 0.25, 0.25, 0.24]),
        "y": RNG.normal(size=N),
        "w": 2.0,
    }
)
EQUAL = dict.fromkeys("abcd", 0.25)


def test_a_simple_sample_has_the_classical_test_of_its_shares() -> None:
    """Pearson's p-value, but for a variance that is taken at the estimate; on K − 1 degrees."""
    found = goodness_of_fit(Survey.of(FRAME, Design()), "c", EQUAL)
    counts = [FRAME.filter(c=name).height for name in "abcd"]
    classical = stats.chisquare(counts)
    assert found.statistic == pytest.approx(classical.statistic, rel=1e-12)
    assert found.df == pytest.approx(3, rel=0.01)
    assert found.scale == pytest.approx(1, rel=0.05)
    assert found.p_value == pytest.approx(classical.pvalue, rel=0.1)


def test_it_depends_neither_on_the_scale_of_weights_nor_on_that_of_shares() -> None:
    one = goodness_of_fit(Survey.of(FRAME, Design()), "c", EQUAL)
    other = goodness_of_fit(Survey.of(FRAME, Design(weights="w")), "c", dict.fromkeys("dcba", 7))
    assert other.p_value == pytest.approx(one.p_value, rel=1e-9)
    assert other.statistic == pytest.approx(2 * one.statistic, rel=1e-9)
    far = goodness_of_fit(Survey.of(FRAME, Design()), "c", {**EQUAL, "a": 0.4})
    assert far.p_value < 1e-6


def test_clusters_of_identical_answers_count_once() -> None:
    """Each answer told four times, by the members of a cluster: the test is that of one each."""
    once = FRAME.with_row_index("k")
    four = pl.concat([once] * 4)
    design = Design(clusters=("k",))
    single, told = (goodness_of_fit(Survey.of(one, design), "c", EQUAL) for one in (once, four))
    assert told.p_value == pytest.approx(single.p_value, rel=1e-9)
    naive = goodness_of_fit(Survey.of(four, Design()), "c", EQUAL)
    assert naive.p_value < single.p_value / 2


def test_one_coefficient_has_the_square_of_its_t_and_several_a_joint_test() -> None:
    means = Survey.of(FRAME, Design()).mean("y", by="c")
    apart = means.contrast([[1, -1, 0, 0], [0, 1, -1, 0], [0, 0, 1, -1]], ["ab", "bc", "cd"])
    t = apart.value[0] / apart.se[0]
    one = wald_test(apart, ["ab"])
    assert one.statistic == pytest.approx(t**2, rel=1e-12)
    assert one.p_value == pytest.approx(2 * stats.t.sf(abs(t), N - 1), rel=1e-9)
    # Independent means: Cochran's statistic, whichever contrasts tell them apart.
    precision = 1 / means.se**2
    cochran = precision @ (means.value - np.average(means.value, weights=precision)) ** 2
    assert wald_test(apart, ["ab", "bc", "cd"]).statistic * 3 == pytest.approx(cochran, rel=1e-3)


def model(frame: pl.DataFrame, design: Design) -> tuple[Any, ...]:
    """A survey, whether somebody is content, and a constant with the category."""
    columns = [np.ones(frame.height)]
    columns += [(frame["c"] == name).to_numpy().astype(float) for name in "bcd"]
    content = (frame["y"] > 0.3).to_numpy().astype(float)
    return Survey.of(frame, design), content, np.stack(columns, axis=1)


ARGUMENTS: Any = {"names": ("one", "b", "c", "d"), "tested": ("b", "c", "d"), "family": "binomial"}


def test_a_simple_sample_has_the_classical_likelihood_ratio() -> None:
    """Twice the difference of the log-likelihoods, in closed form for categories: chi-square on
    three degrees, with scales of about 1 each."""
    found = likelihood_ratio(*model(FRAME, Design()), **ARGUMENTS)
    shares = FRAME.group_by("c").agg((pl.col("y") > 0.3).mean().alias("p"), pl.len().alias("n"))
    share, n = shares["p"].to_numpy(), shares["n"].to_numpy()
    overall = float(share @ n / n.sum())
    classical = 2 * (
        n @ (share * np.log(share / overall) + (1 - share) * np.log((1 - share) / (1 - overall)))
    )
    assert found.statistic == pytest.approx(classical, rel=1e-9)
    assert found.scales == pytest.approx(np.ones(3), rel=0.01)
    assert found.p_value == pytest.approx(stats.chi2.sf(classical, 3), rel=0.02)
    assert found.df == N - 1 - 4 + 1


def test_a_working_likelihood_counts_clusters_of_identical_answers_once() -> None:
    once = FRAME.with_row_index("k")
    four = pl.concat([once] * 4)
    single, told = (
        likelihood_ratio(*model(one, Design(clusters=("k",))), **ARGUMENTS) for one in (once, four)
    )
    assert told.statistic == pytest.approx(4 * single.statistic, rel=1e-9)
    assert told.scales == pytest.approx(4 * single.scales, rel=1e-9)
    assert told.p_value == pytest.approx(single.p_value, rel=1e-6)
    naive = likelihood_ratio(*model(four, Design()), **ARGUMENTS)
    assert naive.p_value < single.p_value / 2


def test_a_model_is_compared_with_a_smaller_one() -> None:
    given = model(FRAME, Design())
    for tested in ((), ("one", "b", "c", "d")):
        with pytest.raises(InferenceError, match="can be compared with no smaller one"):
            likelihood_ratio(*given, **ARGUMENTS | {"tested": tested})


def test_what_cannot_be_tested_is_named() -> None:
    survey = Survey.of(FRAME, Design())
    with pytest.raises(InferenceError, match="Category 'd' of 'c' has no share"):
        goodness_of_fit(survey, "c", {"a": 1, "b": 1, "c": 1})
    with pytest.raises(InferenceError, match="shares of 'c' are not two or more positive"):
        goodness_of_fit(survey, "c", {**EQUAL, "d": 0.0})
    one_cluster = Survey.of(FRAME.with_columns(k=pl.lit(1)), Design(clusters=("k",)))
    with pytest.raises(InferenceError, match="categories of 'c' do not vary"):
        goodness_of_fit(one_cluster, "c", EQUAL)
    means = survey.mean("y", by="c")
    with pytest.raises(InferenceError, match="No estimate is named"):
        wald_test(means, [])
    twice = means.contrast([[1, -1, 0, 0], [-1, 1, 0, 0]], ["ab", "ba"])
    with pytest.raises(InferenceError, match="Whether ab, ba are 0 cannot be tested"):
        wald_test(twice, ["ab", "ba"])
