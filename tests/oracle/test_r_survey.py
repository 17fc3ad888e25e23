"""Equality with R's survey package, on the project's own data (goldens by `generate.R`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import Design, Survey, build_cube, mean, rake
from analysis.inference.arrays import Floats
from analysis.inference.replication import jackknife, replicate_means
from tests.oracle.check import (
    CALIBRATED_AGAIN,
    FIELDS,
    Expected,
    differences,
    evaluate,
    expected_fields,
    found_for,
    load_oracles,
    perturbed,
    values_of,
)

HERE = Path(__file__).parent
GOLDENS = {golden["id"]: golden for golden in load_oracles(HERE / "goldens.json")}
CLUSTERED = Design(weights="weight", strata=("stratum",), clusters=("psu",))
MARGINS = {"age": {"18-29": 500, "30-59": 900, "60+": 700}, "sex": {"f": 1150, "m": 950}}
TOP_TWO = (0, 0, 0, 1, 1)

CLAIMED = {
    "mean": 51,
    "prop": 14,
    "total": 24,
    "ratio": 17,
    "variance": 4,
    "quantile": 21,
    "glm": 10,
    "independence test": 11,
    "cube mean": 40,
    "cube distribution": 5,
    "cube total": 2,
    "cube joint": 2,
    "paired difference of means": 4,
    "relative difference of means": 4,
    "wave difference with covariance": 4,
}
"""What is said to equal R, and how many goldens say so."""


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    return pl.read_csv(HERE / "data.csv")


def compared(name: str) -> tuple[dict[str, Expected], dict[str, Floats]]:
    """The fields of a golden, and our values of them."""
    golden = GOLDENS[name]
    found = found_for(golden, HERE)
    return expected_fields(golden, found.covers), values_of(found)


@pytest.mark.parametrize("name", GOLDENS)
def test_every_field_is_that_of_r_and_no_other(name: str) -> None:
    """And each number of each field, moved by ten tolerances, is no longer taken for R's."""
    expected, ours = compared(name)
    assert expected.keys() <= ours.keys()
    assert differences(expected, ours) == {}
    for field, wrong in perturbed(expected, ours):
        assert differences(expected, wrong).keys() == {field}


def test_what_is_claimed_is_in_the_goldens() -> None:
    kinds = Counter(golden["statistic"]["type"] for golden in GOLDENS.values())
    assert dict(kinds) == CLAIMED
    fields = {field for name in GOLDENS for field in expected_fields(GOLDENS[name])}
    assert fields == set(FIELDS)
    calibrations = {(golden.get("calibration") or {}).get("method") for golden in GOLDENS.values()}
    assert calibrations == {
        None,
        "rake",
        "poststratify",
        "linear",
        "linear bounded",
        "raking",
        "logit",
    }
    replicates = {
        (golden["design"].get("replicates") or {}).get("type") for golden in GOLDENS.values()
    }
    assert replicates == {None, "JK1", "JKn", "BRR", "Fay", "subbootstrap"}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("cube.clustered.mean1", {"ids": None}),
        ("cube.clustered.mean1", {"strata": None}),
        ("cube.clustered.mean1", {"lonely_psu": "remove"}),
        ("cube.finite.mean1.site", {"fpc": None}),
        ("cube.raked.mean1", {"ids": None}),
        ("clustered.model.binomial", {"ids": None}),
        ("clustered.independence.F", {"ids": None}),
        ("elements.quantile.hf7", {"strata": None}),
        ("plain.total", {"strata": None}),
        ("jkn.mean", {"strata": None, "replicates": {"type": "JK1"}}),
        ("jkn.mse.mean", {"replicates": {"type": "JKn"}}),
        ("fay.total", {"replicates": {"type": "BRR"}, "strata": "stratum"}),
    ],
)
def test_another_design_is_not_taken_for_it(name: str, changes: dict[str, object]) -> None:
    golden = GOLDENS[name]
    assert evaluate(golden, HERE) == ("agrees", "")
    assert evaluate({**golden, "design": {**golden["design"], **changes}}, HERE)[0] == "differs"


@pytest.mark.parametrize(
    ("name", "method"),
    [("raked.mean.calibrated", "poststratify"), ("post.mean.calibrated", "rake")],
)
def test_another_calibration_is_not_taken_for_it(name: str, method: str) -> None:
    other = next(
        golden["calibration"]
        for golden in GOLDENS.values()
        if (golden.get("calibration") or {}).get("method") == method
    )
    assert evaluate({**GOLDENS[name], "calibration": other}, HERE)[0] == "differs"


def test_ignoring_the_calibration_is_not_taken_for_it(data: pl.DataFrame) -> None:
    weights = rake(data, margins=MARGINS, weights="weight").weights
    weighted = data.with_columns(weight=pl.Series(weights))
    design = replace(CLUSTERED, lonely="remove")
    cube = build_cube(weighted, design, items={"q1": range(1, 6)})
    estimates = mean(cube, "q1", scores=TOP_TWO)
    expected, _ = compared("cube.raked.top1")
    ours = {"estimate": estimates.value, "se": estimates.se}
    assert differences(expected, ours).keys() == {"se"}
    assert abs(estimates.se[0] / expected["se"].values[0] - 1) > 1e-4


def test_dropping_rows_without_an_answer_is_not_taken_for_it(data: pl.DataFrame) -> None:
    complete = data.filter((pl.col("psu") > 6) | pl.col("q1").is_not_null()).filter(
        pl.col("q2").is_not_null()
    )
    estimates = mean(
        build_cube(complete, CLUSTERED, items={"q1": range(1, 6)}), "q1", scores=TOP_TWO
    )
    expected, _ = compared("cube.clustered.top1")
    assert abs(estimates.se[0] / expected["se"].values[0] - 1) > 1e-4


@pytest.mark.parametrize("column", ["wait", "spent"])
def test_replicates_that_are_not_raked_again_are_not_taken_for_it(
    data: pl.DataFrame, column: str
) -> None:
    """R's degrees of freedom are the rank of the raked weights, ours those of the replicates."""
    several = data.filter(pl.col("stratum") < 7)
    calibration = rake(several, margins=MARGINS, weights="weight")
    sample = CLUSTERED.sample(several)
    values = several.select(pl.col(column).cast(pl.Float64)).fill_null(np.nan).to_numpy()
    again = replicate_means(
        jackknife(sample), sample, values, names=(column,), calibration=calibration
    )
    once = replicate_means(
        jackknife(sample),
        replace(sample, weights=calibration.weights),
        values,
        names=(column,),
    )
    assert (again.method, once.method) == ("replicates JKn, calibrated again", "replicates JKn")
    assert again.df == once.df == 47 - 6
    expected, _ = compared(f"jkn.raked.again.{column}")
    assert expected["se"].tolerance == CALIBRATED_AGAIN
    assert differences(expected, {"estimate": once.value}) == {}
    assert abs(once.se[0] / expected["se"].values[0] - 1) > 1e-4


def test_a_lonely_cluster_has_no_jackknife(data: pl.DataFrame) -> None:
    with pytest.raises(InferenceError, match="1 strata hold a single PSU"):
        jackknife(CLUSTERED.sample(data))


@pytest.mark.filterwarnings("ignore")
def test_a_second_package_agrees(data: pl.DataFrame) -> None:
    """svy, on the design without the lonely stratum, of which it has another rule."""
    import svy

    several = data.filter(pl.col("stratum") < 7).with_columns(
        top=(pl.col("q1") >= 4).cast(pl.Float64)
    )
    sample = svy.Sample(several, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
    theirs = sample.estimation.mean("top", drop_nulls=True).to_polars()
    ours = mean(build_cube(several, CLUSTERED, items={"q1": range(1, 6)}), "q1", scores=TOP_TWO)
    assert theirs["est"][0] == pytest.approx(ours.value[0], rel=1e-9)
    assert theirs["se"][0] == pytest.approx(ours.se[0], rel=1e-9)
    assert theirs["se"][0] != pytest.approx(
        Survey.of(several.with_columns(weight=1.0), CLUSTERED).mean("top").se[0], rel=1e-3
    )
