"""Respondents drawn one by one, held as sums and sums of squares: the figures of their rows, from a
cube that stays small."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import InferenceError
from analysis.inference import (
    Calibration,
    Cube,
    Design,
    Estimand,
    Survey,
    build_cube,
    build_cube_from,
    distribution,
    from_record,
    joint_estimates,
    mean,
    rake,
    to_record,
    total,
)

ELEMENT_SAMPLED = Design(weights="w", strata=("h",), lonely="remove")
FINITE = replace(ELEMENT_SAMPLED, fpc="n")
MIXED = Design(weights="w", strata=("h",), clusters=("c",), nest=True, element_sampled="alone")
DESIGNS = st.sampled_from(
    [
        ELEMENT_SAMPLED,
        FINITE,
        MIXED,
        replace(ELEMENT_SAMPLED, lonely="adjust"),
        replace(MIXED, lonely="collapse"),
    ]
)
ITEMS: dict[str, tuple[int, ...] | None] = {"y": (1, 2, 3), "z": (0, 1), "spent": None}
SCORES = (0.0, 1.0, 4.0)


ROW = st.tuples(
    st.integers(0, 2),
    st.integers(0, 3),
    st.integers(1, 12).map(lambda quarters: quarters / 4),
    st.sampled_from("abc"),
    st.sampled_from([1, 2, 3, 97]),
    st.integers(0, 1),
    st.one_of(st.just(float("nan")), st.integers(0, 60).map(float)),
)
SCHEMA = {
    "h": pl.Int64,
    "c": pl.Int64,
    "w": pl.Float64,
    "site": pl.String,
    "y": pl.Int64,
    "z": pl.Int64,
    "spent": pl.Float64,
}


@st.composite
def surveys(draw: st.DrawFn) -> pl.DataFrame:
    """At least six rows, so that the margins `g` and `k` have all their combinations; somebody
    answered each item."""
    frame = pl.DataFrame(draw(st.lists(ROW, min_size=6, max_size=40)), schema=SCHEMA, orient="row")
    assume((frame["y"] <= 3).any() and frame["spent"].is_not_nan().any())
    n = np.arange(frame.height)
    return frame.with_columns(
        n=pl.lit(400),
        g=pl.Series(np.array(list("xy"))[n % 2]),
        k=pl.Series(np.array(list("uvw"))[n % 3]),
        alone=pl.col("h") == 1,
    )


def cube_of(frame: pl.DataFrame, design: Design, calibration: Calibration | None = None) -> Cube:
    return build_cube(
        frame,
        design,
        items=ITEMS,
        breakdowns={"site": "site"},
        calibration=calibration,
        pairs=[("y", "spent"), ("z", "y")],
    )


def rows_of(frame: pl.DataFrame, design: Design, calibration: Calibration | None = None) -> Survey:
    scored = pl.col("y").replace_strict(
        {1: 0.0, 2: 1.0, 3: 4.0}, default=None, return_dtype=pl.Float64
    )
    return Survey.of(
        frame.with_columns(
            score=scored, z=pl.col("z").cast(pl.Float64), spent=pl.col("spent").fill_nan(None)
        ),
        design,
        calibration=calibration,
    )


def calibrated(frame: pl.DataFrame) -> Calibration:
    return rake(
        frame,
        margins={"g": {"x": 60.0, "y": 40.0}, "k": {"u": 30.0, "v": 30.0, "w": 40.0}},
        weights="w",
    )


def close(ours: object, theirs: object) -> None:
    """Variances, not errors: one that is 0 is rounded to 1e-15, whose root is 3e-8."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)  # type: ignore[call-overload]


@settings(max_examples=60, deadline=None)
@given(surveys(), DESIGNS, st.booleans())
def test_a_cube_gives_the_figures_of_its_rows(
    frame: pl.DataFrame, design: Design, weighted: bool
) -> None:
    made = calibrated(frame) if weighted else None
    cube, rows = cube_of(frame, design, made), rows_of(frame, design, made)
    ours, theirs = mean(cube, "y", scores=SCORES), rows.mean("score")
    close(ours.value, theirs.value)
    close(ours.covariance, theirs.covariance)
    spent = mean(cube, "spent")
    close(spent.value, rows.mean("spent").value)
    close(spent.se**2, rows.mean("spent").se ** 2)
    assert spent.base[0] == frame["spent"].is_not_nan().sum()
    close((total(cube, "spent").se / 100) ** 2, (rows.total("spent").se / 100) ** 2)
    shares = distribution(cube, "z")
    close(shares.se[0, 1] ** 2, rows.mean("z").se[0] ** 2)
    assert (ours.df[0], ours.base[0]) == (rows.df, (frame["y"] <= 3).sum())
    assert ours.counts.tolist() == [[(frame["y"] == level).sum() for level in (1, 2, 3)]]


@settings(max_examples=60, deadline=None)
@given(surveys(), DESIGNS, st.booleans())
def test_domains_and_pairs_of_items_have_the_covariance_of_the_rows(
    frame: pl.DataFrame, design: Design, weighted: bool
) -> None:
    made = calibrated(frame) if weighted else None
    cube, rows = cube_of(frame, design, made), rows_of(frame, design, made)
    assume(mean(cube, "y", scores=SCORES, by="site").base.min() > 0)
    assume(mean(cube, "spent", by="site").base.min() > 0)
    ours = joint_estimates(cube, [Estimand("y", SCORES, "site"), Estimand("spent", by="site")])
    theirs = rows.mean("score", "spent", by="site")
    close(ours.value, theirs.value)
    close(ours.covariance, theirs.covariance)
    assume(frame["site"].n_unique() > 1)
    step = ours.contrast([[1, -1, *[0] * (len(ours.names) - 2)]], ["a - b"])
    assert step.se[0] ** 2 == pytest.approx(
        theirs.covariance[0, 0] + theirs.covariance[1, 1] - 2 * theirs.covariance[0, 1],
        rel=1e-8,
        abs=1e-10,
    )
    assume(np.abs(theirs.covariance).max() > 1e-3)
    with pytest.raises(AssertionError):
        close(ours.covariance, theirs.covariance * (1 + 1e-6))


@settings(max_examples=40, deadline=None)
@given(surveys(), st.integers(1, 30), DESIGNS)
def test_batches_and_storage_change_nothing(frame: pl.DataFrame, size: int, design: Design) -> None:
    batches = (frame[start : start + size] for start in range(0, frame.height, size))
    made = build_cube_from(
        batches, design, items=ITEMS, breakdowns={"site": "site"}, pairs=[("y", "spent")]
    )
    again = from_record(to_record(made))
    whole = build_cube(
        frame, design, items=ITEMS, breakdowns={"site": "site"}, pairs=[("y", "spent")]
    )
    figures = [Estimand("y", SCORES), Estimand("spent")]
    for cube in (made, again):
        close(joint_estimates(cube, figures).covariance, joint_estimates(whole, figures).covariance)
        left, right = mean(cube, "spent", by="site"), mean(whole, "spent", by="site")
        close(left.covariance, right.covariance)
        assert left.df.tolist() == right.df.tolist() and left.base.tolist() == right.base.tolist()


def test_the_cube_of_respondents_drawn_one_by_one_does_not_grow() -> None:
    def height(n: int) -> int:
        frame = pl.DataFrame(
            {"h": np.arange(n) % 5, "site": np.arange(n) % 7, "y": np.arange(n) % 3 + 1, "w": 1.0}
        )
        cube = build_cube(
            frame,
            Design(weights="w", strata=("h",)),
            items={"y": (1, 2, 3)},
            breakdowns={"site": "site"},
        )
        return int(to_record(cube)["values"].list.len().sum())

    assert height(7000) == height(700)


def test_what_the_cube_does_not_hold_needs_rows() -> None:
    frame = pl.DataFrame({"y": [1, 2, 3], "z": [0, 1, 1], "site": list("aab"), "age": list("uvv")})
    cube = build_cube(
        frame,
        Design(),
        items={"y": (1, 2, 3), "z": (0, 1)},
        breakdowns={"site": "site", "age": "age"},
    )
    with pytest.raises(
        InferenceError, match="Rows needed: this cube does not hold y and z together"
    ):
        joint_estimates(cube, [Estimand("y", SCORES), Estimand("z", (0, 1))])
    with pytest.raises(InferenceError, match="both site and age"):
        joint_estimates(cube, [Estimand("y", SCORES, "site"), Estimand("y", SCORES, "age")])
    with pytest.raises(InferenceError, match="same name"):
        joint_estimates(cube, [Estimand("y", SCORES), Estimand("y", SCORES)])
    with pytest.raises(InferenceError, match="is an amount"):
        distribution(build_cube(frame, Design(), items={"y": None}), "y")
    with pytest.raises(InferenceError, match="3 levels, 0 scores"):
        mean(cube, "y")
    with pytest.raises(InferenceError, match="must say true or false"):
        Design(clusters=("site",), element_sampled="age").sample(frame)
