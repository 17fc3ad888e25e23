"""Equality with R's survey package, on the project's own data (goldens by `generate.R`)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.inference import Cube, Design, Joint, Survey, build_cube, mean, rake
from analysis.inference.replication import jackknife, replicated_means

HERE = Path(__file__).parent
TOLERANCE = 1e-9
"""Both compute in doubles with sums of a few hundred terms; raking adds a convergence of 1e-10."""

MARGINS = {"age": {"18-29": 500, "30-59": 900, "60+": 700}, "sex": {"f": 1150, "m": 950}}
POPULATION = dict(enumerate([40, 30, 25, 60, 35, 50, 12], start=1))
SCORES = {
    "top1": (0, 0, 0, 1, 1),
    "net1": (-1, -1, 0, 1, 1),
    "mean1": (0, 2.5, 5, 7.5, 10),
    "top2": (0, 0, 1),
    **{
        f"level{level}": tuple(float(level == other) for other in range(1, 6))
        for level in range(1, 6)
    },
}
CLUSTERED = Design(weights="weight", strata=("stratum",), clusters=("psu",))
DESIGNS = {
    "clustered": CLUSTERED,
    "elements": Design(weights="weight", strata=("stratum",)),
    "finite": Design(weights="weight", strata=("stratum",), clusters=("psu",), fpc="population"),
    "raked": replace(CLUSTERED, lonely="remove"),
}


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    frame = pl.read_csv(HERE / "data.csv")
    return frame.with_columns(population=pl.col("stratum").replace_strict(POPULATION))


@pytest.fixture(scope="module")
def goldens() -> pl.DataFrame:
    return pl.read_csv(HERE / "goldens.csv", comment_prefix="#")


def cube_of(data: pl.DataFrame, name: str, design: Design | None = None) -> Cube:
    calibration = rake(data, margins=MARGINS, weights="weight") if name == "raked" else None
    items = {"q1": range(1, 6), "q2": range(1, 4)}
    return build_cube(
        data,
        design or DESIGNS[name],
        items=items,
        breakdowns={"site": "site"},
        calibration=calibration,
    )


def golden(goldens: pl.DataFrame, design: str, score: str, by: str) -> pl.DataFrame:
    found = goldens.filter(
        (pl.col("design") == design) & (pl.col("score") == score) & (pl.col("by") == by)
    )
    assert not found.is_empty()
    return found.sort("domain")


@pytest.mark.parametrize("by", ["total", "site"])
@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("design", DESIGNS)
def test_estimates_errors_and_degrees_of_freedom_are_those_of_r(
    data: pl.DataFrame, goldens: pl.DataFrame, design: str, score: str, by: str
) -> None:
    expected = golden(goldens, design, score, by)
    found = mean(cube_of(data, design), expected["item"][0], scores=SCORES[score], by=by)
    assert list(found.domains) == expected["domain"].to_list()
    np.testing.assert_allclose(found.value, expected["estimate"], rtol=TOLERANCE, atol=1e-14)
    np.testing.assert_allclose(found.se, expected["se"], rtol=TOLERANCE)
    assert found.df.tolist() == expected["df"].to_list()


@pytest.mark.parametrize(
    ("design", "wrong"),
    [
        ("clustered", DESIGNS["elements"]),
        ("clustered", Design(weights="weight", clusters=("psu",))),
        (
            "clustered",
            Design(weights="weight", strata=("stratum",), clusters=("psu",), lonely="remove"),
        ),
        ("finite", DESIGNS["clustered"]),
        ("raked", DESIGNS["elements"]),
    ],
)
def test_another_design_is_not_taken_for_it(
    data: pl.DataFrame, goldens: pl.DataFrame, design: str, wrong: Design
) -> None:
    expected = golden(goldens, design, "mean1", "total")
    found = mean(cube_of(data, design, wrong), "q1", scores=SCORES["mean1"])
    assert abs(found.se[0] / expected["se"][0] - 1) > 1e-4


def test_ignoring_the_calibration_is_not_taken_for_it(
    data: pl.DataFrame, goldens: pl.DataFrame
) -> None:
    weights = rake(data, margins=MARGINS, weights="weight").weights
    cube = build_cube(
        data.with_columns(weight=pl.Series(weights)), DESIGNS["raked"], items={"q1": range(1, 6)}
    )
    found, expected = (
        mean(cube, "q1", scores=SCORES["mean1"]),
        golden(goldens, "raked", "mean1", "total"),
    )
    np.testing.assert_allclose(found.value, expected["estimate"], rtol=TOLERANCE)
    assert abs(found.se[0] / expected["se"][0] - 1) > 1e-4


def test_dropping_rows_without_an_answer_is_not_taken_for_it(
    data: pl.DataFrame, goldens: pl.DataFrame
) -> None:
    complete = data.filter((pl.col("psu") > 6) | pl.col("q1").is_not_null()).filter(
        pl.col("q2").is_not_null()
    )
    found = mean(cube_of(complete, "clustered"), "q1", scores=SCORES["mean1"])
    assert abs(found.se[0] / golden(goldens, "clustered", "mean1", "total")["se"][0] - 1) > 1e-4


def raked_again(data: pl.DataFrame, score: str, *, again: bool = True) -> Joint:
    """A mean by replicates of raked weights, each raked again or not."""
    several = data.filter(pl.col("stratum") < 7)
    item = "q2" if score == "top2" else "q1"
    values = several.select(
        pl.col(item).replace_strict(
            dict(enumerate(map(float, SCORES[score]), 1)), return_dtype=pl.Float64
        )
    )
    made = rake(several, margins=MARGINS, weights="weight")
    sample = CLUSTERED.sample(several)
    weighted = sample if again else replace(sample, weights=made.weights)
    known = values.fill_null(np.nan).to_numpy()
    return replicated_means(
        jackknife(sample), weighted, known, names=(score,), calibration=made if again else None
    )


@pytest.mark.parametrize("score", SCORES)
def test_replicates_are_raked_again_as_r_does(
    data: pl.DataFrame, goldens: pl.DataFrame, score: str
) -> None:
    found, expected = raked_again(data, score), golden(goldens, "raked again", score, "total")
    np.testing.assert_allclose(found.value, expected["estimate"], rtol=TOLERANCE)
    np.testing.assert_allclose(
        found.se, expected["se"], rtol=1e-8
    )  # each of 47 replicates converges on its own
    assert (found.df, expected["df"][0]) == (
        47 - 6,
        46,
    )  # R takes the rank of the raked weights, which raking raises
    assert found.method == "replicates JKn, calibrated again"
    once = raked_again(data, score, again=False)
    np.testing.assert_allclose(once.value, expected["estimate"], rtol=TOLERANCE)
    assert abs(once.se[0] / expected["se"][0] - 1) > 1e-4 and once.method == "replicates JKn"


@pytest.mark.filterwarnings("ignore")
def test_a_second_package_agrees(data: pl.DataFrame) -> None:
    """svy, on the design without the lonely stratum, of which it has another rule."""
    import svy

    several = data.filter(pl.col("stratum") < 7).with_columns(
        top=(pl.col("q1") >= 4).cast(pl.Float64)
    )
    made = svy.Sample(several, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
    theirs = made.estimation.mean("top", drop_nulls=True).to_polars()
    ours = mean(
        build_cube(several, CLUSTERED, items={"q1": range(1, 6)}), "q1", scores=SCORES["top1"]
    )
    assert theirs["est"][0] == pytest.approx(ours.value[0], rel=1e-9)
    assert theirs["se"][0] == pytest.approx(ours.se[0], rel=1e-9)
    assert theirs["se"][0] != pytest.approx(
        Survey.of(several.with_columns(weight=1.0), CLUSTERED).mean("top").se[0], rel=1e-3
    )
