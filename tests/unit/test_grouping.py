"""The same cube from the numpy kernel, Polars, DuckDB and Dask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import Cube, Design, build_cube, mean
from analysis.inference.grouping import build_cube_with

DESIGN = Design(weights="w", strata=("h",), clusters=("c",))
ITEMS = {
    "q1": (1, 2, 3, 4, 5),
    "q2": (1, 2, 3),
    **dict.fromkeys(("q3", "q4", "q5"), (1, 2, 3, 4, 5)),
}


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    rng = np.random.default_rng(5)
    n, cluster = 900, rng.integers(0, 40, 900)
    return pl.DataFrame(
        {
            "c": cluster,
            "h": cluster % 7,
            "w": np.exp(rng.normal(0, 0.4, n)),
            "site": np.array(["a", "b", "c", "é"])[rng.integers(0, 4, n)],
            "q1": rng.integers(1, 6, n),
            "q2": np.where(rng.random(n) < 0.2, 98, rng.integers(1, 4, n)),
            **{f"q{number}": rng.integers(0, 6, n) for number in (3, 4, 5)},
        }
    ).with_columns(site=pl.when(pl.int_range(pl.len()) % 50 > 0).then("site"))


def same(one: Cube, other: Cube) -> None:
    for item, levels in ITEMS.items():
        for by in ("total", "site"):
            left, right = (
                mean(cube, item, scores=range(len(levels)), by=by) for cube in (one, other)
            )
            assert left.domains == right.domains
            np.testing.assert_allclose(left.value, right.value, rtol=1e-12)
            np.testing.assert_allclose(left.covariance, right.covariance, rtol=1e-9, atol=1e-18)
            assert left.counts.tolist() == right.counts.tolist()
            assert left.df.tolist() == right.df.tolist()


def polars_frame(frame: pl.DataFrame, folder: Path) -> Any:
    return frame.lazy()


def duckdb_relation(frame: pl.DataFrame, folder: Path) -> Any:
    import duckdb

    frame.write_parquet(folder / "rows.parquet")
    return duckdb.connect().read_parquet(str(folder / "rows.parquet"))


@pytest.mark.parametrize("engine", [polars_frame, duckdb_relation])
@pytest.mark.parametrize(
    "design", [DESIGN, Design(weights="w", strata=("h",)), Design(weights="w")]
)
def test_every_engine_makes_the_cube_of_the_kernel(
    frame: pl.DataFrame, tmp_path: Path, engine: Callable[[pl.DataFrame, Path], Any], design: Design
) -> None:
    made = build_cube_with(
        engine(frame, tmp_path), design, items=ITEMS, breakdowns={"site": "site"}
    )
    same(made, build_cube(frame, design, items=ITEMS, breakdowns={"site": "site"}))
    with pytest.raises(AssertionError):
        same(made, build_cube(frame[1:], design, items=ITEMS, breakdowns={"site": "site"}))


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_dask_makes_it_on_two_processes(frame: pl.DataFrame, tmp_path: Path) -> None:
    from dask import dataframe
    from distributed import Client, LocalCluster

    for part in range(3):
        frame[part * 300 : (part + 1) * 300].write_parquet(tmp_path / f"rows-{part}.parquet")
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster),
    ):
        rows = dataframe.read_parquet(str(tmp_path / "rows-*.parquet"))
        made = build_cube_with(rows, DESIGN, items=ITEMS, breakdowns={"site": "site"})
    same(made, build_cube(frame, DESIGN, items=ITEMS, breakdowns={"site": "site"}))


def test_what_an_engine_cannot_group_is_refused(frame: pl.DataFrame) -> None:
    with pytest.raises(InferenceError, match="this design has more"):
        build_cube_with(frame, Design(weights="w", fpc="n"), items=ITEMS)
    with pytest.raises(InferenceError, match="1 weights are missing, zero or negative"):
        wrong = frame.with_columns(w=pl.when(pl.int_range(pl.len()) == 3).then(-1.0).otherwise("w"))
        build_cube_with(wrong, DESIGN, items=ITEMS)
