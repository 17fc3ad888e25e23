"""A cube of all rows is the cube of its partitions, however they are cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import InferenceError
from analysis.inference import Cube, Design, build_cube, mean, rake
from analysis.inference.merging import build_cube_from, merge
from tests.properties.test_cube import surveys

CLUSTERED = Design(weights="w", strata=("h",), clusters=("c",), nest=True)
ELEMENTS = Design(weights="w", strata=("h",))
COLLAPSED = replace(CLUSTERED, lonely="collapse")


def cube_of(frame: pl.DataFrame, design: Design, **more: Any) -> Cube:
    return build_cube(frame, design, items={"y": range(1, 6)}, breakdowns={"site": "site"}, **more)


def same(first: Cube, second: Cube) -> None:
    assert first.rows == second.rows
    for by in ("total", "site"):
        left, right = (
            mean(first, "y", scores=(0, 1, 2, 3, 4), by=by),
            mean(second, "y", scores=(0, 1, 2, 3, 4), by=by),
        )
        assert left.domains == right.domains
        np.testing.assert_allclose(left.value, right.value, rtol=1e-10)
        np.testing.assert_allclose(left.covariance, right.covariance, rtol=1e-8, atol=1e-14)
        assert left.counts.tolist() == right.counts.tolist()
        assert left.df.tolist() == right.df.tolist()


@settings(max_examples=40, deadline=None)
@given(surveys(), st.integers(1, 11), st.sampled_from([CLUSTERED, ELEMENTS, COLLAPSED]))
def test_batches_make_the_cube_of_the_whole(frame: pl.DataFrame, size: int, design: Design) -> None:
    batches = [frame[start : start + size] for start in range(0, frame.height, size)]
    same(
        build_cube_from(
            iter(batches), design, items={"y": range(1, 6)}, breakdowns={"site": "site"}
        ),
        cube_of(frame, design),
    )


@settings(max_examples=30, deadline=None)
@given(surveys(), surveys())
def test_two_calibrated_waves_keep_their_own_margins(
    first: pl.DataFrame, second: pl.DataFrame
) -> None:
    design = replace(
        CLUSTERED, lonely="remove"
    )  # the grand mean of lonely clusters is that of all waves
    waves = []
    for number, frame in enumerate((first, second)):
        half = frame.with_columns(
            g=pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("x")).otherwise(pl.lit("y")),
            h=pl.col("h") + 10 * number,
            site=pl.lit(str(number)),
        )
        made = rake(half, margins={"g": {"x": 60.0, "y": 40.0}}, weights="w")
        waves.append((half, made))
    together = mean(
        merge([cube_of(frame, design, calibration=made) for frame, made in waves]),
        "y",
        scores=range(5),
        by="site",
    )
    for number, (frame, made) in enumerate(waves):
        alone = mean(cube_of(frame, design, calibration=made), "y", scores=range(5))
        np.testing.assert_allclose(together.value[number], alone.value[0], rtol=1e-10)
        np.testing.assert_allclose(together.se[number], alone.se[0], rtol=1e-8, atol=1e-12)
    assume((together.base > 0).all())
    assert abs(together.covariance[0, 1]) < 1e-12


def test_cubes_that_differ_are_not_merged() -> None:
    frame = pl.DataFrame(
        {"h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "w": 1.0, "site": "a", "y": [1, 2, 3, 4]}
    )
    with pytest.raises(InferenceError, match="differ by their design columns"):
        merge([cube_of(frame, CLUSTERED), cube_of(frame, ELEMENTS)])
    with pytest.raises(InferenceError, match="at least one batch"):
        build_cube_from([], CLUSTERED, items={"y": (1, 2)})


def test_merging_refuses_what_one_cube_refuses() -> None:
    frame = pl.DataFrame(
        {
            "h": [1, 1, 2],
            "c": [1, 2, 3],
            "w": 1.0,
            "site": "a",
            "y": [1, 2, 3],
            "n": [4.0, 4.0, 4.0],
        }
    )
    apart = Design(weights="w", strata=("h",), clusters=("c",))
    with pytest.raises(InferenceError, match="stands in two strata"):
        merge([cube_of(frame, apart), cube_of(frame.with_columns(h=pl.lit(2)), apart)])
    nested = Design(weights="w", strata=("h",), clusters=("c",), nest=True)
    assert (
        merge([cube_of(frame, nested), cube_of(frame.with_columns(h=pl.lit(2)), nested)]).units.psus
        == 5
    )
    finite = Design(weights="w", fpc="n")
    with pytest.raises(
        InferenceError, match=r"population \(4\) is smaller than its sample \(6 PSU\)"
    ):
        merge([cube_of(frame, finite), cube_of(frame, finite)])
    with pytest.raises(InferenceError, match="same population"):
        merge([cube_of(frame, finite), cube_of(frame.with_columns(n=pl.lit(9.0)), finite)])


def test_a_column_that_nobody_filled_has_no_domain() -> None:
    frame = pl.DataFrame(
        {"h": [1, 1], "c": [1, 2], "w": 1.0, "site": None, "y": None},
        schema_overrides={"site": pl.String},
    )
    cube = cube_of(frame, CLUSTERED)
    assert mean(cube, "y", scores=range(5), by="site").domains == ()
    assert np.isnan(mean(cube, "y", scores=range(5)).value[0])
