"""Invariances of the cube, whatever the data."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.inference import Design, build_cube, distribution, mean, rake

DESIGN = Design(weights="w", strata=("h",), clusters=("c",), nest=True)


ROW = st.tuples(
    st.integers(0, 2),
    st.integers(0, 5),
    st.integers(1, 12).map(lambda quarters: quarters / 4),
    st.sampled_from("abc"),
    st.sampled_from([1, 2, 3, 4, 5, 97]),
)
SCHEMA = {"h": pl.Int64, "c": pl.Int64, "w": pl.Float64, "site": pl.String, "y": pl.Int64}


def surveys() -> st.SearchStrategy[pl.DataFrame]:
    """Frames of respondents: stratum, cluster, weight, site and answer."""
    return st.lists(ROW, min_size=2, max_size=40).map(
        lambda rows: pl.DataFrame(rows, schema=SCHEMA, orient="row")
    )


def estimate(frame: pl.DataFrame, by: str = "site") -> tuple[np.ndarray, np.ndarray]:
    cube = build_cube(frame, DESIGN, items={"y": range(1, 6)}, breakdowns={"site": "site"})
    found = mean(cube, "y", scores=(0, 1, 2, 3, 4), by=by)
    return found.value, found.se


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_rows_does_not_matter(data: st.DataObject) -> None:
    frame = data.draw(surveys())
    order = data.draw(st.permutations(range(frame.height)))
    for first, second in zip(estimate(frame), estimate(frame[order]), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-10, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(surveys(), st.floats(0.01, 1000))
def test_the_scale_of_weights_does_not_matter(frame: pl.DataFrame, factor: float) -> None:
    scaled = frame.with_columns(w=pl.col("w") * factor)
    for first, second in zip(estimate(frame), estimate(scaled), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_a_domain_is_zeros_not_a_subset(frame: pl.DataFrame) -> None:
    """A domain's figure is that of the whole with the answers of the others taken away."""
    value, se = estimate(frame)
    for place, site in enumerate(sorted(frame["site"].unique())):
        others_silent = frame.with_columns(
            y=pl.when(pl.col("site") == site).then("y").otherwise(97)
        )
        alone_value, alone_se = estimate(others_silent, by="total")
        np.testing.assert_allclose(alone_value[0], value[place], rtol=1e-10)
        np.testing.assert_allclose(alone_se[0], se[place], rtol=1e-9, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_shares_add_to_one_and_make_the_mean(frame: pl.DataFrame) -> None:
    cube = build_cube(frame, DESIGN, items={"y": range(1, 6)})
    shares = distribution(cube, "y")
    assume(shares.base[0] > 0)
    np.testing.assert_allclose(shares.value.sum(), 1, rtol=1e-12)
    np.testing.assert_allclose(
        shares.value @ np.arange(5.0), mean(cube, "y", scores=range(5)).value, rtol=1e-12
    )
    top = mean(cube, "y", scores=(0, 0, 0, 0, 1))
    np.testing.assert_allclose(shares.se[0, 4], top.se[0], rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(surveys(), st.floats(0.2, 0.8))
def test_calibrated_weights_hit_their_margin_and_leave_no_variance_there(
    frame: pl.DataFrame, share: float
) -> None:
    half = frame.with_columns(
        g=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("x")).otherwise(pl.lit("y"))
    )
    made = rake(half, margins={"g": {"x": 100 * share, "y": 100 * (1 - share)}}, weights="w")
    known = half.with_columns(level=pl.when(pl.col("g") == "x").then(1).otherwise(2))
    cube = build_cube(known, DESIGN, items={"level": (1, 2)}, calibration=made)
    uncalibrated = build_cube(known, DESIGN, items={"level": (1, 2)})
    found = mean(cube, "level", scores=(1, 0))
    np.testing.assert_allclose(found.value[0], share, rtol=1e-9)
    assume(mean(uncalibrated, "level", scores=(1, 0)).se[0] > 1e-3)
    assert found.se[0] < 1e-9
