"""Closed forms and refusals of the estimates from rows, calibration, replicates, regressions and
many tests."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import Design, post_stratify
from analysis.inference.calibration import (
    calibrate,
    linear_distance,
    logit_distance,
    raking_distance,
    trim,
)
from analysis.inference.joint import JointEstimates
from analysis.inference.multiplicity import adjust_family
from analysis.inference.psychometrics import cronbach_alpha, index, pairwise_covariance
from analysis.inference.quantiles import quantiles
from analysis.inference.regression import regression
from analysis.inference.replication import balanced_repeated, jackknife, psu_totals, rao_wu
from analysis.inference.survey import Survey
from tests.oracle.plain import regression_residual


def data(n: int = 240, seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) // 5
    return pl.DataFrame(
        {
            "h": cluster % 4,
            "c": cluster,
            "w": np.exp(rng.normal(0, 0.3, n)),
            "x": rng.normal(10, 2, n),
            "y": rng.normal(5, 1, n) + rng.normal(0, 0.5, n // 5)[cluster],
            "g": np.where(rng.random(n) < 0.4, "a", "b"),
        }
    )


DESIGN = Design(weights="w", strata=("h",), clusters=("c",))


def test_a_contrast_has_the_variance_of_its_joint_covariance() -> None:
    joint = Survey.of(data(), DESIGN).mean("x", "y")
    difference = joint.contrast([[1, -1]], ["x-y"])
    covariance = joint.covariance
    assert difference.se[0] ** 2 == pytest.approx(
        covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1], rel=1e-12
    )
    frame = data().with_columns(d=pl.col("x") - pl.col("y"))
    assert difference.se[0] == pytest.approx(Survey.of(frame, DESIGN).mean("d").se[0], rel=1e-12)
    with pytest.raises(InferenceError, match="as many coefficients"):
        joint.contrast([[1, -1, 0]], ["x"])


def test_a_smooth_function_has_the_variance_of_its_linearization() -> None:
    survey = Survey.of(data(), DESIGN)
    totals = survey.total("x", "y")
    ratio = totals.smooth(lambda value: value[:1] / value[1:], ["x/y"])
    assert ratio.value[0] == pytest.approx(survey.ratio("x", "y").value[0], rel=1e-12)
    assert ratio.se[0] == pytest.approx(survey.ratio("x", "y").se[0], rel=1e-10)


def test_a_domain_without_a_value_says_which() -> None:
    frame = data().with_columns(y=pl.when(pl.col("g") == "a").then(None).otherwise("y"))
    survey = Survey.of(frame, DESIGN)
    assert survey.mean("x", "y", by="g").absent == {"y.a": "No row has a value of y in g = a."}
    assert survey.ratio("x", "y", by="g").absent == {"a": "No row has a value of x/y in g = a."}
    survey = Survey.of(frame.with_columns(y=pl.lit(None, pl.Float64)), DESIGN)
    with pytest.raises(InferenceError, match=r"No row has a value of y\."):
        survey.mean("y")


@pytest.mark.parametrize("name", ["linear", "raking", "logit"])
def test_calibrated_weights_hit_their_totals(name: str) -> None:
    frame = data()
    matrix = np.stack([np.ones(240), frame["x"].to_numpy(), (frame["g"] == "a").to_numpy()], axis=1)
    totals = matrix.T @ frame["w"].to_numpy() * np.array([1.1, 1.12, 1.2])
    distance = {
        "linear": linear_distance(),
        "raking": raking_distance(),
        "logit": logit_distance((0.4, 2.5)),
    }[name]
    made = calibrate(
        matrix, totals, weights=frame["w"].to_numpy(), distance=distance, names=("n", "x", "a")
    )
    np.testing.assert_allclose(matrix.T @ made.weights, totals, rtol=1e-10)
    survey = Survey.of(frame, DESIGN, calibration=made)
    assert survey.total("x").se[0] < 1e-7 * totals[1]
    residual = regression_residual(frame["y"].to_numpy(), matrix, frame["w"].to_numpy())
    uncalibrated = Survey.of(
        frame.with_columns(w=pl.Series(made.weights), e=pl.Series(residual)), DESIGN
    )
    assert survey.total("y").se[0] == pytest.approx(uncalibrated.total("e").se[0], rel=1e-9)
    if name == "logit":
        ratio = made.weights / made.base_weights
        assert ratio.min() > 0.4 and ratio.max() < 2.5


def test_a_calibration_that_cannot_converge_names_the_column() -> None:
    frame = data()
    matrix = np.stack([np.ones(240), (frame["g"] == "a").to_numpy()], axis=1)
    totals = matrix.T @ frame["w"].to_numpy() * np.array([1.0, 2.2])
    with pytest.raises(InferenceError, match="cannot reach the totals") as caught:
        calibrate(
            matrix,
            totals,
            weights=frame["w"].to_numpy(),
            distance=logit_distance((0.9, 1.1)),
            names=("n", "a"),
            iterations=30,
        )
    assert "widen the bounds" in str(caught.value)
    with pytest.raises(InferenceError, match="must hold 1"):
        logit_distance((1.2, 2))


def test_trimmed_weights_keep_their_sum_and_their_bounds() -> None:
    frame = data()
    made = post_stratify(frame, by="g", totals={"a": 300, "b": 100}, weights="w")
    cut = trim(made, low=0.5, high=2)
    assert cut.sum() == pytest.approx(400)
    mean = made.weights.mean()
    assert cut.min() >= 0.5 * mean * (1 - 1e-9) and cut.max() <= 2 * mean * (1 + 1e-9)


def test_the_jackknife_of_a_mean_is_near_linearization_and_exact_for_totals() -> None:
    sample = DESIGN.sample(data())
    survey = Survey.of(data(), DESIGN)
    made = jackknife(sample)
    totals, sizes = psu_totals(sample, data()["y"].to_numpy()[:, None])
    spread = made.covariance(totals.sum(axis=0), made.factors.T @ totals)
    assert spread[0, 0] ** 0.5 == pytest.approx(survey.total("y").se[0], rel=1e-10)
    means = made.means(totals, sizes)
    assert made.covariance(means.mean(axis=0), means)[0, 0] ** 0.5 == pytest.approx(
        survey.mean("y").se[0], rel=0.02
    )
    assert made.method == "JKn"


@pytest.mark.parametrize("fay", [0.0, 0.3])
def test_balanced_replication_is_exact_for_totals(fay: float) -> None:
    frame = pl.DataFrame(
        {"h": np.arange(24) // 4, "c": np.arange(24) // 2, "w": 1.0, "y": np.arange(24.0) ** 1.5}
    )
    sample = Design(weights="w", strata=("h",), clusters=("c",)).sample(frame)
    made = balanced_repeated(sample, fay=fay)
    totals, _ = psu_totals(sample, frame["y"].to_numpy()[:, None])
    spread = made.covariance(totals.sum(axis=0), made.factors.T @ totals)
    expected = (
        Survey.of(frame, Design(weights="w", strata=("h",), clusters=("c",))).total("y").se[0]
    )
    assert spread[0, 0] ** 0.5 == pytest.approx(expected, rel=1e-10)
    with pytest.raises(InferenceError, match="two clusters"):
        balanced_repeated(DESIGN.sample(data()))


def test_the_bootstrap_is_near_linearization() -> None:
    """Twelve clusters per stratum: without the factor n / (n − 1) the error of a total would be 8 %
    too small; chance is 0.5 %."""
    sample, survey = DESIGN.sample(data()), Survey.of(data(), DESIGN)
    made = rao_wu(sample, replicates=20_000, seed=1)
    totals, sizes = psu_totals(sample, data()["y"].to_numpy()[:, None])
    of_totals, of_means = made.factors.T @ totals, made.means(totals, sizes)
    for every, estimate in ((of_totals, survey.total("y")), (of_means, survey.mean("y"))):
        spread = made.covariance(every.mean(axis=0), every)
        assert spread[0, 0] ** 0.5 == pytest.approx(estimate.se[0], rel=0.015)


def test_a_regression_on_a_constant_is_a_mean() -> None:
    survey = Survey.of(data(), DESIGN)
    y = data()["y"].to_numpy()
    found = regression(survey, y, np.ones((240, 1)), names=("mean",))
    assert found.value[0] == pytest.approx(survey.mean("y").value[0], rel=1e-12)
    assert found.se[0] == pytest.approx(survey.mean("y").se[0], rel=1e-10)
    with pytest.raises(InferenceError, match="repeat one another"):
        regression(survey, y, np.ones((240, 2)), names=("a", "b"))


def test_a_logistic_model_of_one_column_gives_the_log_odds_of_two_shares() -> None:
    frame = data().with_columns(
        yes=(pl.col("y") > pl.col("y").median()).cast(pl.Float64), side=pl.int_range(pl.len()) % 2
    )
    x = np.column_stack([np.ones(240), frame["side"].to_numpy()])
    survey = Survey.of(frame, DESIGN)
    found = regression(
        survey, frame["yes"].to_numpy(), x, names=("first", "step"), family="binomial"
    )
    shares = survey.mean("yes", by="side")
    odds = shares.smooth(lambda share: np.log(share[:1] / (1 - share[:1])), ("first",))
    assert found.value[0] == pytest.approx(odds.value[0], rel=1e-10)
    assert found.se[0] == pytest.approx(odds.se[0], rel=1e-9)
    assert found.se[0] != pytest.approx(found.se[1], rel=1e-2)


def test_an_index_is_the_mean_of_what_a_person_answered() -> None:
    frame = pl.DataFrame(
        {
            "a": [1.0, 2.0, None, 4.0],
            "b": [3.0, None, None, 4.0],
            "c": [2.0, 3.0, 5.0, 4.0],
            "w": [1.0, 1.0, 1.0, 3.0],
        }
    )
    found = index(Survey.of(frame, Design(weights="w")), ["a", "b", "c"], least=2)
    np.testing.assert_allclose(found.scores, [2.0, 2.5, np.nan, 4.0])
    assert found.mean.value[0] == pytest.approx((2.0 + 2.5 + 3 * 4.0) / 5)
    assert found.alpha == pytest.approx(
        1.5 * (1 - (9 + 1 + 4) / 36)
    )  # two complete rows: squares of their gaps, by item and in all
    with pytest.raises(InferenceError, match="3 items cannot need 4 answers"):
        index(Survey.of(frame, Design()), ["a", "b", "c"], least=4)


def test_a_column_that_separates_the_responses_is_an_error() -> None:
    frame = data()
    y = (np.arange(240) % 2).astype(np.float64)
    with pytest.raises(InferenceError, match="no finite solution"):
        regression(
            Survey.of(frame, DESIGN),
            y,
            np.column_stack([np.ones(240), y]),
            names=("a", "b"),
            family="binomial",
        )


def test_quantiles_of_equal_weights_are_those_of_the_rule() -> None:
    frame = pl.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "w": [1.0] * 4})
    survey = Survey.of(frame, Design(weights="w"))
    found = {
        rule: quantiles(survey, "y", p=(0.5,), rule=rule).value[0]
        for rule in ("math", "school", "hf7")
    }
    assert found == {"math": 2.0, "school": 2.5, "hf7": 2.5}
    with pytest.raises(InferenceError, match="has no value"):
        quantiles(Survey.of(frame.with_columns(y=None), Design(weights="w")), "y", p=(0.5,))


def test_many_tests_are_corrected_by_the_published_example() -> None:
    """Benjamini and Hochberg (1995), table: 15 p-values, four found at 5 % by theirs, three by
    Bonferroni and Holm. Intervals are Student's, of ten degrees of freedom."""
    from scipy import stats

    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.324,
            0.4262,
            0.5719,
            0.6528,
            0.759,
            1.0,
        ]
    )
    value = stats.t.isf(p / 2, 10)
    joint = JointEstimates(
        names=tuple(map(str, range(15))), value=value, covariance=np.eye(15), df=10
    )
    bh, holm = adjust_family(joint, method="bh"), adjust_family(joint, method="holm")
    assert (bh.selected.sum(), holm.selected.sum(), bh.size) == (4, 3, 15)
    np.testing.assert_allclose(bh.p_value, p, rtol=1e-9)
    np.testing.assert_allclose(bh.adjusted[[3, 14]], [0.0095 * 15 / 4, 1.0], rtol=1e-9)
    np.testing.assert_allclose(holm.adjusted[[0, 2]], [0.0001 * 15, 0.0019 * 13], rtol=1e-9)
    np.testing.assert_allclose(bh.high - value, np.full(15, 3.00045286190247), rtol=1e-9)
    np.testing.assert_allclose(value - holm.low, np.full(15, 3.82733747473134), rtol=1e-9)


def test_alpha_of_parallel_items_is_spearman_and_brown() -> None:
    assert cronbach_alpha(np.full((4, 4), 0.5) + 0.5 * np.eye(4)) == pytest.approx(
        4 * 0.5 / (1 + 3 * 0.5)
    )
    with pytest.raises(InferenceError, match="two items"):
        cronbach_alpha(np.eye(1))
    rng = np.random.default_rng(0)
    items = rng.normal(size=(50, 3))
    np.testing.assert_allclose(pairwise_covariance(items), np.cov(items.T))
