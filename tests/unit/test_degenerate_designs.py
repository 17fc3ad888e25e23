"""Designs that surveys hardly have, and that somebody will bring: what can be told is told as in
theory, and what cannot says which column or domain it is of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.errors import InferenceError
from analysis.indicators.changes import change_word
from analysis.inference import (
    Design,
    PointEstimate,
    Stage,
    Survey,
    build_cube,
    calibrate,
    independent_difference,
    mean,
    rake,
    raking_distance,
    total,
)
from analysis.inference.independence import f_sum_tail, independence
from analysis.inference.proportions import ProportionMethod, proportion_interval
from analysis.inference.quantiles import quantiles, weighted_quantile
from analysis.inference.regression import regression
from analysis.inference.replication import (
    jackknife,
    replicate,
    replicate_means,
    replicates_from_weights,
)
from analysis.inference.survey import ALONE

CLUSTERED = Design(weights="w", strata=("h",), clusters=("k",))
TWO_AND_ONE = pl.DataFrame(
    {"h": ["A", "A", "B"], "k": [1, 2, 3], "w": [1.0] * 3, "y": [1.0, 3.0, 5.0], "g": ["x"] * 3}
)


def test_the_first_value_is_the_median_where_it_holds_most_of_the_weight() -> None:
    """9 of 10 are 1: no value before it reaches a half."""
    frame = pl.DataFrame({"y": [1.0, 2.0, 3.0], "w": [9.0, 0.5, 0.5]})
    found = quantiles(Survey.of(frame, Design(weights="w")), "y", p=(0.5,))
    assert found.value.tolist() == [1.0]
    assert found.low.tolist() == [1.0]


def test_between_two_equal_values_a_quantile_is_that_value() -> None:
    """3 × 0.7 + 3 × 0.3 is a rounding below 3, where nobody is."""
    values = np.array([1.0, 3.0, 3.0, 3.0, 5.0])
    for weights in np.random.default_rng(1).uniform(0.1, 1, (200, 5)):
        for p in (0.45, 0.5, 0.55):
            found = weighted_quantile(values, weights, p=p, rule="hf4")
            between = (weights.cumsum() / weights.sum() <= p).sum()
            assert between not in (2, 3) or found == 3


def test_a_row_that_weighs_nothing_changes_nothing() -> None:
    frame = pl.DataFrame(
        {"h": [1, 1, 1, 1], "k": [1, 2, 3, 3], "w": [2.0, 1.0, 1.0, 1.0], "y": [1.0, 4.0, 2.0, 8.0]}
    )
    idle = frame.vstack(pl.DataFrame({"h": [1], "k": [3], "w": [0.0], "y": [100.0]}))
    for statistic in ("mean", "total", "variance"):
        with_it, without = (
            getattr(Survey.of(one, CLUSTERED), statistic)("y") for one in (idle, frame)
        )
        assert with_it.value == pytest.approx(without.value, rel=1e-12)
        assert with_it.se == pytest.approx(without.se, rel=1e-12)
    values = [quantiles(Survey.of(one, CLUSTERED), "y", p=(0.9,)).value for one in (idle, frame)]
    assert values[0] == values[1]
    with pytest.raises(InferenceError, match="1 rows weigh nothing"):
        build_cube(idle, CLUSTERED, items={"y": None})
    with pytest.raises(InferenceError, match="All weights of column 'w' are zero"):
        Survey.of(frame.with_columns(w=pl.lit(0.0)), CLUSTERED)


def test_a_cluster_that_weighs_nothing_gives_no_degree_of_freedom() -> None:
    frame = TWO_AND_ONE.with_columns(h=pl.lit("A"), w=pl.Series([1.0, 1.0, 0.0]))
    survey = Survey.of(frame, CLUSTERED)
    assert survey.df == 1
    assert survey.domain_df("g") == {"x": 1}


def test_margins_that_are_nearly_each_other_end_at_the_solution() -> None:
    """Raking keeps the odds ratio of a table of two by two: its cells are roots of a quadratic."""
    cells = {("a", "u"): 1000.0, ("a", "v"): 0.01, ("b", "u"): 0.02, ("b", "v"): 1000.0}
    frame = pl.DataFrame(
        [{"row": row, "column": column, "w": w} for (row, column), w in cells.items()]
    )
    row, column, everybody = 600.0, 600.05, 1000.0
    found = rake(
        frame,
        margins={
            "row": {"a": row, "b": everybody - row},
            "column": {"u": column, "v": everybody - column},
        },
        weights="w",
    )
    r, c, n = (Decimal(number) for number in (row, column, everybody))
    odds = Decimal(1000) * Decimal(1000) / (Decimal("0.01") * Decimal("0.02"))
    slope = n - r - c + odds * (r + c)
    root = ((slope**2 + 4 * (1 - odds) * odds * r * c).sqrt() - slope) / (2 * (1 - odds))
    expected = [float(cell) for cell in (root, r - root, c - root, n - r - c + root)]
    assert found.weights == pytest.approx(expected, rel=1e-9)
    assert found.weights[1] != pytest.approx(expected[1] * (1 + 1e-8), rel=1e-9)


def test_margins_that_cannot_be_reached_say_by_how_much() -> None:
    """Nobody stands in a and v: the totals ask for some, and no number is lost on the way."""
    frame = pl.DataFrame({"row": ["a", "b", "b"], "column": ["u", "u", "v"], "w": [1.0] * 3})
    margins = {"row": {"a": 900.0, "b": 100.0}, "column": {"u": 100.0, "v": 900.0}}
    with pytest.raises(InferenceError, match=r"still \d+\.\d% away") as told:
        rake(frame, margins=margins, weights="w")
    assert "nan" not in str(told.value)
    matrix = np.array([[1.0, 1, 1], [1, 0, 1], [1, 0, 0]])
    with pytest.raises(InferenceError, match=r"still \d+\.\d+% away") as told:
        calibrate(
            matrix,
            np.array([1000.0, 900.0, 100.0]),
            weights=np.ones(3),
            distance=raking_distance(),
            names=("all", "a", "u"),
        )
    assert "nan" not in str(told.value)


def test_a_lonely_cluster_has_the_mean_variance_of_the_strata_that_hold_the_domain() -> None:
    """Stratum A: 2 × ((1 − 2)² + (3 − 2)²) = 4, and as much for B where the domain stands there."""
    design = Design(weights="w", strata=("h",), clusters=("k",), lonely="average")
    frame = TWO_AND_ONE.with_columns(g=pl.Series(["x", "x", "z"]))
    for one, expected in ((TWO_AND_ONE, 8.0), (frame, 4.0)):
        rows = Survey.of(one, design).total("y", by="g")
        cube = total(build_cube(one, design, items={"y": None}, breakdowns={"g": "g"}), "y", by="g")
        assert rows.covariance[0, 0] == pytest.approx(expected, rel=1e-12)
        assert cube.covariance[0, 0] == pytest.approx(expected, rel=1e-12)
    found = Survey.of(frame, design).total("y", by="g")
    assert np.isnan(found.covariance[1, 1])
    assert found.absent == {"z": ALONE}


def test_where_all_clusters_of_a_stage_are_alone_no_error_is_told() -> None:
    """One person in each cluster: what differs within a cluster cannot be known."""
    frame = TWO_AND_ONE.with_columns(n=20.0, m=pl.Series([5.0, 5.0, 5.0]), h=pl.lit("A"))
    stages = {"later": (Stage(fpc="m"),), "fpc": "n", "strata": ("h",), "clusters": ("k",)}
    design = Design(weights="w", lonely="average", **stages)  # type: ignore[arg-type]
    with pytest.raises(InferenceError, match="alone in their stratum"):
        Survey.of(frame, design).mean("y")
    adjusted = Design(weights="w", lonely="adjust", **stages)  # type: ignore[arg-type]
    assert Survey.of(frame, adjusted).mean("y").se[0] > 0


def test_a_lonely_cluster_is_centred_among_the_strata_that_hold_the_domain() -> None:
    """Grand mean of A and B: 9 / 3; stratum C, where nobody is in the domain, does not enter."""
    frame = pl.concat(
        [
            TWO_AND_ONE,
            pl.DataFrame(
                {"h": ["C", "C"], "k": [4, 5], "w": [1.0] * 2, "y": [7.0, 9.0], "g": ["z"] * 2}
            ),
        ]
    )
    rows = Survey.of(frame, CLUSTERED).total("y", by="g")
    cube = total(
        build_cube(frame, CLUSTERED, items={"y": None}, breakdowns={"g": "g"}), "y", by="g"
    )
    for found in (rows, cube):
        assert found.covariance[0, 0] == pytest.approx(4 + (5 - 3) ** 2, rel=1e-12)
        assert found.covariance[1, 1] == pytest.approx(4, rel=1e-12)


def test_a_lonely_cluster_that_is_its_whole_stratum_has_no_error() -> None:
    frame = TWO_AND_ONE.with_columns(n=pl.Series([20.0, 20.0, 1.0]))
    for rule in ("fail", "adjust", "average"):
        design = Design(weights="w", strata=("h",), clusters=("k",), fpc="n", lonely=rule)
        found = Survey.of(frame, design).total("y")
        assert found.covariance[0, 0] == pytest.approx(4 * (1 - 2 / 20), rel=1e-12)


def test_without_a_degree_of_freedom_there_is_neither_an_interval_nor_a_word() -> None:
    change = independent_difference(PointEstimate(0.5, 0.0, 0), PointEstimate(0.575, 0.0, 0))
    assert np.isnan([change.low, change.high, change.inner_low, change.detectable]).all()
    assert change_word(change, threshold=0.05) is None
    known = independent_difference(PointEstimate(0.5, 0.0, 9), PointEstimate(0.575, 0.0, 9))
    assert change_word(known, threshold=0.05) == "up"


def test_an_empty_domain_has_no_number_and_says_why() -> None:
    frame = TWO_AND_ONE.with_columns(y=pl.Series([1.0, 3.0, None]), g=pl.Series(["x", "x", "z"]))
    found = Survey.of(frame, CLUSTERED).mean("y", by="g")
    assert found.value[0] == 2.0
    assert np.isfinite(found.se[0])
    assert np.isnan([found.value[1], found.se[1]]).all()
    assert found.absent == {"z": "No row has a value of y in g = z."}
    assert found.take(["x"]).absent == {}
    cube = build_cube(frame, CLUSTERED, items={"y": None}, breakdowns={"g": "g"})
    assert mean(cube, "y", by="g").base.tolist() == [2, 0]
    nobody = frame.with_columns(y=pl.lit(None, pl.Float64))
    with pytest.raises(InferenceError, match="No row has a value of y in any g"):
        Survey.of(nobody, CLUSTERED).mean("y", by="g")


ONE = pl.DataFrame({"w": [1.0], "y": [2.0], "a": ["p"], "b": ["q"]})
SATURATED = pl.DataFrame(
    {"w": [1.0] * 4, "y": [1.0] * 4, "a": ["p", "p", "q", "q"], "b": ["u", "u", "v", "v"]}
)
WEIGHTED = Design(weights="w")
WEIGHTLESS = SATURATED.with_columns(
    w=pl.Series([1.0, 1.0, 1.0, 0.0]), b=pl.Series(["u", "v", "u", "z"])
)


def rows(frame: pl.DataFrame, design: Design = WEIGHTED) -> Survey:
    return Survey.of(frame, design)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: rows(ONE).variance("y"), "Fewer than two rows have a value of y"),
        (lambda: independence(rows(ONE), "a", "b"), "'a' and 'b' has a single row or column"),
        (lambda: independence(rows(WEIGHTLESS), "a", "b"), "Category 'z' of the table of 'a'"),
        (lambda: independence(rows(SATURATED), "a", "b", method="Wald"), "do not vary enough"),
        (
            lambda: regression(rows(SATURATED), np.ones(4), np.ones((4, 2)), names=("one", "same")),
            "repeat one another",
        ),
        (
            lambda: regression(
                rows(SATURATED.with_columns(w=pl.Series([1.0, 1.0, 1.0, 0.0]))),
                np.arange(4.0),
                np.array([[1.0, 0], [1, 0], [1, 0], [1, 1]]),
                names=("one", "of a row that weighs nothing"),
            ),
            "repeat one another",
        ),
        (lambda: quantiles(rows(SATURATED), "y", p=(1.5,)), "of a quantile of 'y' is not between"),
        (
            lambda: quantiles(
                rows(SATURATED.with_columns(y=pl.lit(None, pl.Float64))), "y", p=(0.5,)
            ),
            "Column 'y' has no value",
        ),
        (
            lambda: independence(
                rows(SATURATED.with_columns(k=pl.lit(1)), Design(weights="w", clusters=("k",))),
                "a",
                "b",
            ),
            "no degree of freedom to test 'a' and 'b'",
        ),
    ],
)
def test_what_cannot_be_told_names_its_column(act: Callable[[], Any], said: str) -> None:
    with pytest.raises(InferenceError, match=said):
        act()


@pytest.mark.parametrize("method", ["logit", "xlogit", "asin", "beta", "wilson"])
def test_an_interval_of_a_share_without_an_error_is_a_point_and_none_at_the_ends(
    method: ProportionMethod,
) -> None:
    for p, expected in ((0.3, 0.3), (0.0, np.nan), (1.0, np.nan)):
        found = proportion_interval(p, 0.0, n=20, df=9, method=method)
        assert found == pytest.approx((expected, expected), nan_ok=True)
    assert np.isnan(proportion_interval(0.3, 0.01, n=20, df=0, method=method)).all()


def test_an_empty_replicate_is_told_and_a_stratum_drawn_whole_has_none() -> None:
    frame = TWO_AND_ONE.with_columns(h=pl.lit("A"), y=pl.Series([1.0, None, None]))
    sample = CLUSTERED.sample(frame)
    values = frame["y"].fill_null(np.nan).to_numpy()[:, None]
    with pytest.raises(InferenceError, match="Replicate 1 has no estimate of 'y'"):
        replicate_means(jackknife(sample), sample, values, names=("y",))
    made = replicates_from_weights(
        np.array([[0.0, 1.0], [1.0, 0.0]]), scale=1.0, rscales=np.ones(2), base=np.ones(2)
    )
    with pytest.raises(InferenceError, match="Replicate 1 has no estimate of '0'"):
        replicate(made, np.ones(2), lambda w: np.array([w[0] / w[0]]))
    whole = pl.concat(
        [TWO_AND_ONE[:2], TWO_AND_ONE[:2].with_columns(h=pl.lit("B"), k=pl.Series([3, 4]))]
    )
    whole = whole.with_columns(n=pl.Series([2.0, 2.0, 9.0, 9.0]))
    design = Design(weights="w", strata=("h",), clusters=("k",), fpc="n")
    replicates = jackknife(design.sample(whole))
    assert replicates.factors.shape == (4, 2)
    assert replicates.df == 1
    with pytest.raises(InferenceError, match="Every stratum was drawn whole"):
        jackknife(design.sample(whole.with_columns(n=pl.lit(2.0))))


def test_near_the_mean_a_sum_of_chi_squares_has_satterthwaite_s_tail() -> None:
    """Of one chi-square it is Fisher's distribution itself."""

    at_mean = f_sum_tail(1.0, np.array([1.0]), 40.0)
    assert at_mean == pytest.approx(float(stats.f.sf(1.0, 1, 40)), rel=0.01)


def exact_tail(value: float, scales: list[float], df: int) -> float:
    """The saddlepoint formula in 60 digits: where it is, by bisection, and what it gives."""
    with localcontext(prec=60):
        shares = [Decimal(one) for one in scales] + [-Decimal(value) / df]
        times = [Decimal(1)] * len(scales) + [Decimal(df)]
        pairs = [(time, share / max(shares)) for time, share in zip(times, shares, strict=True)]
        low, high = (1 / (2 * end(share for _, share in pairs)) for end in (min, max))
        for _ in range(190):
            at = (low + high) / 2
            positive = sum(time * share / (1 - 2 * share * at) for time, share in pairs) > 0
            low, high = (low, at) if positive else (at, high)
        generating = -sum(time * (1 - 2 * share * at).ln() for time, share in pairs) / 2
        curve = 2 * sum(time * (share / (1 - 2 * share * at)) ** 2 for time, share in pairs)
        w = (-2 * generating).sqrt().copy_sign(at)
        return float(stats.norm.sf(float(w + (at * curve.sqrt() / w).ln() / w)))


@pytest.mark.parametrize("value", [2.0, 3.9, 4.19, 4.1991, 4.3, 9.0, 40.0])
def test_a_sum_of_chi_squares_has_the_tail_of_the_formula(value: float) -> None:
    """The mean of the statistic is 4.2026: near it, searches for the point lose digits (R is 3e-3
    away at 4.1991)."""
    scales = [1.5047207898747172, 2.6979023398047426]
    found = f_sum_tail(value, np.array(scales), 5)
    assert found == pytest.approx(exact_tail(value, scales, 5), rel=1e-6)
