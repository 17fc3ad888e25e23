"""Invariances of the cube, whatever the data."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.inference import Design, build_cube, distribution, mean, rake

DESIGN = Design(weights="w", strata=("h",), clusters=("c",), nest=True)


@st.composite
def surveys(draw: st.DrawFn) -> pl.DataFrame:
    n = draw(st.integers(12, 60))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "h": rng.integers(0, 3, n),
            "c": rng.integers(0, 6, n),
            "w": np.exp(rng.normal(0, 0.5, n)),
            "site": np.array(list("abc"))[rng.integers(0, 3, n)],
            "y": np.where(rng.random(n) < 0.1, 97, rng.integers(1, 6, n)),
        }
    )


def estimate(frame: pl.DataFrame, by: str = "site") -> tuple[np.ndarray, np.ndarray]:
    cube = build_cube(frame, DESIGN, items={"y": range(1, 6)}, breakdowns={"site": "site"})
    found = mean(cube, "y", scores=(0, 1, 2, 3, 4), by=by)
    return found.value, found.se


@settings(max_examples=40, deadline=None)
@given(surveys(), st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(frame: pl.DataFrame, seed: int) -> None:
    for one, other in zip(
        estimate(frame), estimate(frame.sample(fraction=1, shuffle=True, seed=seed)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(surveys(), st.floats(0.01, 1000))
def test_the_scale_of_weights_does_not_matter(frame: pl.DataFrame, factor: float) -> None:
    for one, other in zip(
        estimate(frame), estimate(frame.with_columns(w=pl.col("w") * factor)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


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
    answered = shares.base[0] > 0
    if answered:
        np.testing.assert_allclose(shares.value.sum(), 1)
        np.testing.assert_allclose(
            shares.value @ np.arange(5.0), mean(cube, "y", scores=range(5)).value
        )
        top = mean(cube, "y", scores=(0, 0, 0, 0, 1))
        np.testing.assert_allclose(shares.se[0, 4], top.se[0])


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
    found = mean(cube, "level", scores=(1, 0))
    np.testing.assert_allclose(found.value[0], share, rtol=1e-9)
    assert found.se[0] < 1e-9
