"""Designs: what is refused, and variances with a closed form."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import Design, build_cube, mean
from analysis.inference.arrays import Ints
from analysis.inference.units import LonelyRule, Units


def frame(**columns: object) -> pl.DataFrame:
    return pl.DataFrame(columns)


def se(data: pl.DataFrame, design: Design) -> float:
    return float(mean(build_cube(data, design, items={"y": (1, 2)}), "y", scores=(0, 1)).se[0])


def units(stratum: Ints, lonely: LonelyRule) -> Units:
    size = np.ones(len(stratum), dtype=np.int64)
    return Units(
        stratum=stratum,
        size=size,
        element_sampled=np.zeros(len(stratum), dtype=bool),
        strata=int(stratum.max()) + 1,
        population=None,
        lonely=lonely,
    )


def test_simple_random_sampling_has_the_textbook_variance() -> None:
    data = frame(y=[1] * 30 + [2] * 70)
    assert se(data, Design()) == pytest.approx(np.sqrt(0.3 * 0.7 / 99), rel=1e-12)


def test_a_census_has_no_variance_and_half_a_census_half() -> None:
    data = frame(y=[1] * 30 + [2] * 70, n=[100] * 100)
    assert se(data, Design(fpc="n")) == 0
    half = se(data.with_columns(n=pl.lit(200)), Design(fpc="n"))
    assert half**2 == pytest.approx(se(data, Design()) ** 2 / 2, rel=1e-12)


def test_stratified_shares_add_their_variances() -> None:
    data = frame(y=[1] * 20 + [2] * 20 + [1] * 5 + [2] * 35, h=["a"] * 40 + ["b"] * 40)
    expected = np.sqrt((0.25 / 39 + (5 * 35 / 1600) / 39) / 4)
    assert se(data, Design(strata=("h",))) == pytest.approx(expected, rel=1e-12)


def test_clusters_of_identical_answers_count_once() -> None:
    data = frame(y=[1, 1, 2, 2, 2, 2], c=[1, 1, 2, 2, 3, 3])
    assert se(data, Design(clusters=("c",))) == pytest.approx(
        se(frame(y=[1, 2, 2]), Design()), rel=1e-12
    )


@pytest.mark.parametrize("bad", [-1.0, float("inf"), float("nan"), None])
def test_a_weight_that_is_no_weight_is_refused(bad: float | None) -> None:
    data = frame(y=[1, 2, 1], w=[1.0, bad, 2.0])
    with pytest.raises(InferenceError, match="1 values of column 'w'") as caught:
        Design(weights="w").sample(data)
    assert "row 2" in str(caught.value)


def test_a_cluster_in_two_strata_is_refused_unless_nested() -> None:
    data = frame(y=[1, 2, 1, 2], h=["a", "a", "b", "b"], c=[1, 2, 2, 3])
    with pytest.raises(InferenceError, match="cluster stands in two strata: c 2"):
        Design(strata=("h",), clusters=("c",)).sample(data)
    assert Design(strata=("h",), clusters=("c",), nest=True).sample(data).psus == 4


def test_a_population_smaller_than_its_sample_is_refused() -> None:
    with pytest.raises(InferenceError, match="smaller than its sample"):
        Design(fpc="n").sample(frame(y=[1, 2, 1], n=[2, 2, 2]))
    with pytest.raises(InferenceError, match="changes within a stratum"):
        Design(fpc="n").sample(frame(y=[1, 2, 1], n=[9, 8, 9]))


def test_a_missing_stratum_and_an_empty_frame_are_refused() -> None:
    with pytest.raises(InferenceError, match="1 rows have no value in column 'h'"):
        Design(strata=("h",)).sample(frame(y=[1, 2], h=["a", None]))
    with pytest.raises(InferenceError, match="at least one row"):
        Design().sample(frame(y=[1]).clear())


def test_the_rules_for_a_lonely_cluster() -> None:
    totals, strata = np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1])
    found = {
        rule: units(strata, rule).covariance(totals)[0, 0]
        for rule in ("adjust", "remove", "certainty", "average")
    }
    assert found == pytest.approx({"adjust": 4 + 4, "remove": 4, "certainty": 4, "average": 8})
    with pytest.raises(InferenceError, match="1 strata hold a single PSU"):
        units(strata, "fail").covariance(totals)
    with pytest.raises(InferenceError, match="no variance"):
        units(np.array([0]), "average").covariance(totals[:1])


def test_collapsed_strata_are_those_declared_by_hand() -> None:
    data = frame(y=[1, 2, 2, 1, 2, 1, 1], h=["a", "b", "b", "b", "c", "c", "d"])
    by_hand = data.with_columns(h=pl.col("h").replace({"a": "b", "d": "c"}))
    assert se(data, Design(strata=("h",), lonely="collapse")) == pytest.approx(
        se(by_hand, Design(strata=("h",))), rel=1e-12
    )
    assert Design(strata=("h",), lonely="collapse").sample(data).units.strata == 2
    assert se(data, Design(strata=("h",), lonely="collapse")) != pytest.approx(
        se(data, Design(strata=("h",))), rel=1e-3
    )
