"""Waves that share clusters, and waves that do not: against one design of both waves, formulas
written out on rows, and simulated waves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from analysis.errors import InferenceError
from analysis.inference import (
    Cube,
    Design,
    Survey,
    build_cube,
    from_record,
    mean,
    rake,
    to_record,
    wave_difference,
)
from analysis.inference.waves import wave_totals

Array = NDArray[Any]
SCORES = (0.0, 1.0, 4.0)
CLUSTERED = Design(weights="w", strata=("h",), clusters=("c",), nest=True)
ELEMENTS = Design(weights="w", strata=("h",))
MIXED = replace(CLUSTERED, element_sampled="alone")


def cube_of(frame: pl.DataFrame, design: Design = CLUSTERED, **more: Any) -> Cube:
    return build_cube(frame, design, items={"y": (1, 2, 3)}, breakdowns={"age": "age"}, **more)


def wave(
    seed: int, *, clusters: tuple[int, ...], ages: str = "abc", rows: int = 240
) -> pl.DataFrame:
    """Respondents of three strata, each with clusters of these numbers; one in twelve gave no
    answer, and those of stratum 2 are drawn one by one where a design says so."""
    rng = np.random.default_rng(seed)
    h, c = rng.integers(0, 3, rows), rng.choice(clusters, rows)
    taste = np.random.default_rng(99).normal(size=(3, 60))[h, c]  # of a cluster, in every wave
    age = rng.choice(list(ages), rows, p=np.arange(1, len(ages) + 1) / sum(range(len(ages) + 1)))
    level = np.clip(np.round(2 + 0.6 * taste + 0.5 * (age == "a") + rng.normal(0, 0.7, rows)), 1, 3)
    return pl.DataFrame(
        {
            "h": h,
            "c": c,
            "w": rng.integers(1, 9, rows) / 2,
            "age": age,
            "y": np.where(rng.random(rows) < 1 / 12, 97, level).astype(int),
            "alone": h == 2,
            "g": np.array(list("uv"))[rng.integers(0, 2, rows)],
            "population": 70,
        }
    )


def scored(frame: pl.DataFrame) -> tuple[Array, Array]:
    """(n,) scores of the answers, 0 for none, and (n,) whether there is an answer."""
    y = frame["y"].to_numpy()
    return np.choose(np.clip(y, 1, 3) - 1, SCORES) * (y <= 3), y <= 3


# --- clusters met again ---------------------------------------------------------------------------


def one_design(before: pl.DataFrame, after: pl.DataFrame, *, recurring: list[int]) -> Survey:
    """Both waves as one design of rows, where clusters of some strata are met again: the strata of
    the others are each wave's own."""
    rows = pl.concat(
        [before.with_columns(wave=pl.lit("before")), after.with_columns(wave=pl.lit("after"))]
    ).with_columns(
        own=pl.when(pl.col("h").is_in(recurring)).then(pl.lit("")).otherwise(pl.col("wave")),
        score=pl.col("y").replace_strict(dict(zip((1, 2, 3), SCORES, strict=True)), default=None),
    )
    columns = [
        pl.when((pl.col("wave") == name) & (pl.col("age") == age) & pl.col("score").is_not_null())
        .then(value)
        .otherwise(0.0)
        .alias(f"{name}|{age}|{what}")
        for name in ("before", "after")
        for age in "abc"
        for what, value in (("scores", pl.col("score")), ("weights", pl.lit(1.0)))
    ]
    strata = ("own", "h")
    return Survey.of(rows.with_columns(columns), replace(MIXED, strata=strata))


def met_again() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clusters of stratum 0 are all met again, of stratum 1 none; in stratum 2 people are drawn one
    by one."""
    after = wave(14, clusters=(1, 2, 3, 4)).with_columns(
        c=pl.when(pl.col("h") == 1).then(pl.col("c") + 10).otherwise("c")
    )
    return wave(13, clusters=(1, 2, 3, 4)), after


def test_clusters_met_again_count_as_in_one_design_of_both_waves() -> None:
    before, after = met_again()
    cubes = cube_of(before, MIXED), cube_of(after, MIXED)
    found = wave_difference(*cubes, "y", scores=SCORES)
    rows = one_design(before, after, recurring=[0])
    expected = rows.mean("score", by="wave").take(["after", "before"])
    expected = expected.contrast([[1, -1]], ["difference"])
    assert found.shared == 4
    assert found.measured.value == pytest.approx(expected.value[0], rel=1e-9)
    assert found.measured.se == pytest.approx(expected.se[0], rel=1e-9)
    apart = np.hypot(*(mean(cube, "y", scores=SCORES).se[0] for cube in cubes))
    assert found.measured.se != pytest.approx(apart, rel=0.02)
    pooled = one_design(before, after, recurring=[0, 1, 2]).mean("score", by="wave")
    other = pooled.take(["after", "before"]).contrast([[1, -1]], ["difference"])
    assert found.measured.se != pytest.approx(other.se[0], rel=1e-3), "strata without one, pooled"
    assert found.measured.df == min(mean(cube, "y", scores=SCORES).df[0] for cube in cubes)


@pytest.mark.parametrize("lonely", ["remove", "adjust", "average", "collapse"])
@pytest.mark.parametrize("kind", ["plain", "calibrated", "finite"])
def test_a_wave_of_the_same_answers_of_the_same_clusters_differs_by_nothing(
    lonely: Any, kind: str
) -> None:
    frame = wave(15, clusters=(1, 2, 3)).filter((pl.col("h") > 0) | (pl.col("c") == 1))
    design = replace(CLUSTERED, lonely=lonely, fpc="population" if kind == "finite" else None)
    calibrated = kind == "calibrated"
    made = rake(frame, margins={"g": {"u": 50.0, "v": 50.0}}, weights="w") if calibrated else None
    cube = cube_of(frame, design, calibration=made)
    found = wave_difference(cube, cube, "y", scores=SCORES)
    assert (found.measured.value, found.shared) == (0, 7)
    assert found.measured.se**2 == pytest.approx(0, abs=1e-15)
    covariance = wave_totals(cube, cube, "y", scores=SCORES, by="age").estimates.covariance
    own, between = covariance[:6, :6], covariance[:6, 6:]
    assert between == pytest.approx(own, rel=1e-9, abs=1e-9)
    assert np.abs(own).min() > 1e-3
    stored = from_record(to_record(cube))
    assert wave_difference(stored, cube, "y", scores=SCORES).shared == 7
    reversed_scores = frame.with_columns(y=4 - pl.col("y").replace(97, -93))
    other = wave_difference(cube_of(reversed_scores, design), cube, "y", scores=SCORES)
    assert other.measured.se > 0.01


def test_calibrated_waves_share_what_their_margins_leave() -> None:
    before, after = (wave(seed, clusters=tuple(range(6))) for seed in (16, 17))
    margins = {"g": {"u": 60.0, "v": 40.0}, "age": {"a": 20.0, "b": 30.0, "c": 50.0}}
    totals, cubes = [], []
    for frame in (before, after):
        made = rake(frame, margins=margins, weights="w")
        survey = Survey.of(frame, CLUSTERED, calibration=made)
        score, valid = scored(frame)
        everybody = np.ones(frame.height, dtype=bool)
        ratio, _ = survey.score(np.where(valid, score, np.nan), np.ones(len(score)), everybody)
        assert survey.projection is not None
        z = survey.projection.residual(ratio[:, None])[:, 0] * made.weights
        key = frame["h"].to_numpy() * 6 + frame["c"].to_numpy()
        of_clusters = np.bincount(key, weights=z, minlength=18).reshape(3, 6)
        totals.append(of_clusters - of_clusters.mean(axis=1, keepdims=True))
        cubes.append(cube_of(frame, calibration=made))
    found = wave_difference(*cubes, "y", scores=SCORES)
    expected = (6 / 5 * np.square(totals[1] - totals[0]).sum()) ** 0.5
    assert found.shared == 18
    assert found.measured.se == pytest.approx(expected, rel=1e-9)
    apart = (6 / 5 * (np.square(totals[1]) + np.square(totals[0])).sum()) ** 0.5
    assert apart > 1.1 * expected


def test_some_clusters_met_again_add_their_products() -> None:
    """Clusters 0 to 5 and 3 to 6 of each stratum, worked out by the formula."""
    waves = (wave(25, clusters=tuple(range(6))), wave(26, clusters=tuple(range(3, 7))))
    centred = []
    for frame, first, count in zip(waves, (0, 3), (6, 4), strict=True):
        score, valid = scored(frame)
        w = frame["w"].to_numpy() * valid
        z = w * (score - (w @ score) / w.sum()) / w.sum()
        key = frame["h"].to_numpy() * 7 + frame["c"].to_numpy()
        totals = np.bincount(key, weights=z, minlength=21).reshape(3, 7)[:, first : first + count]
        deviation = np.zeros((3, 7))
        deviation[:, first : first + count] = totals - totals.mean(axis=1, keepdims=True)
        centred.append(deviation * (count / (count - 1)) ** 0.5)
    found = wave_difference(*map(cube_of, waves), "y", scores=SCORES)
    assert found.shared == 9
    assert found.measured.se**2 == pytest.approx(
        float(np.square(centred[1] - centred[0]).sum()), rel=1e-9
    )
    apart = float((np.square(centred[0]) + np.square(centred[1])).sum())
    assert found.measured.se**2 != pytest.approx(apart, rel=0.05)


def root_mean_square(values: list[float]) -> float:
    return float(np.mean(np.square(values)) ** 0.5)


def test_half_of_the_clusters_met_again_give_the_error_that_simulated_waves_have() -> None:
    """Over 400 pairs of waves that draw eight sites of each of four kinds, half of them twice.
    Taken for independent, they have an error a quarter too large; taken for one design in which the
    sites of the other wave are zeros, half too large: differences between kinds count as error."""
    rng = np.random.default_rng(18)
    changes, errors, apart, pooled = [], [], [], []
    for _ in range(400):
        taste = np.arange(4)[:, None] * 1.2 + rng.normal(0, 1.0, (4, 12))
        frames = []
        for drawn in (range(8), range(4, 12)):
            h, c = np.repeat(np.arange(4), 8), np.tile(drawn, 4)
            n = rng.integers(10, 20, 32)
            h, c = np.repeat(h, n), np.repeat(c, n)
            y = (taste[h, c] + rng.normal(0, 1, len(h)) > 1.8) + 1
            frames.append(pl.DataFrame({"h": h, "c": c, "w": 1.0, "y": y, "age": "a"}))
        cubes = [cube_of(frame) for frame in frames]
        found = wave_difference(*cubes, "y", scores=(0, 1, 1))
        assert found.shared == 16
        changes.append(found.measured.value)
        errors.append(found.measured.se)
        apart.append(np.hypot(*(mean(cube, "y", scores=(0, 1, 1)).se[0] for cube in cubes)))
        rows = pl.concat(frame.with_columns(v=pl.lit(v)) for v, frame in enumerate(frames))
        rows = rows.with_columns(y=(pl.col("y") - 1).cast(pl.Float64))
        both = Survey.of(rows, CLUSTERED).mean("y", by="v").contrast([[-1, 1]], ["d"])
        pooled.append(both.se[0])
    truth = float(np.std(changes))
    assert root_mean_square(errors) == pytest.approx(truth, rel=0.08)
    assert root_mean_square(apart) > 1.15 * truth
    assert root_mean_square(pooled) > 1.3 * truth


# --- what is asked --------------------------------------------------------------------------------


def test_an_amount_has_a_difference() -> None:
    spent = ([1.0, 3.0, None, 8.0], [2.0, 4.0, 6.0, 8.0])
    cubes = [
        build_cube(pl.DataFrame({"spent": amounts}), Design(), items={"spent": None})
        for amounts in spent
    ]
    found = wave_difference(*cubes, "spent")
    assert found.measured.value == pytest.approx(1.0)
    assert found.measured.se == pytest.approx(np.hypot(*(mean(c, "spent").se[0] for c in cubes)))


def test_waves_of_other_designs_share_nothing() -> None:
    frame = wave(21, clusters=(1, 2, 3))
    other = build_cube(frame, Design(weights="w", clusters=("c",)), items={"y": (1, 2, 3)})
    found = wave_difference(cube_of(frame), other, "y", scores=SCORES)
    assert found.shared == 0 and found.measured.se > 0


def test_other_levels_and_a_wave_without_answers_are_refused() -> None:
    frame = wave(24, clusters=(1, 2))
    four = build_cube(frame, CLUSTERED, items={"y": (1, 2, 3, 4)})
    with pytest.raises(InferenceError, match="same levels in both waves"):
        wave_difference(cube_of(frame), four, "y", scores=SCORES)
    silent = cube_of(frame.with_columns(y=97))
    with pytest.raises(InferenceError, match="Nobody answered y in the wave after"):
        wave_difference(cube_of(frame), silent, "y", scores=SCORES)
