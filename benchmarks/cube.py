"""The cube of 24 items in 56 domains with all its means and errors, beside 24 weighted sums in Polars."""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.inference import Design, build_cube, mean
from benchmarks.record import Record, best_of

ITEMS = [f"q{number:02d}" for number in range(1, 25)]
ROWS = 100_000


def survey(n: int) -> pl.DataFrame:
    """2,000 clusters in 60 strata, 56 domains, 24 items on five levels with 3 % missing."""
    rng = np.random.default_rng(7)
    cluster = rng.integers(0, 2000, n)
    columns = {"cluster": cluster, "stratum": cluster % 60, "domain": rng.integers(0, 56, n), "w": np.exp(rng.normal(0, 0.5, n))}
    columns |= {item: np.where(rng.random(n) < 0.03, 97, rng.integers(1, 6, n)) for item in ITEMS}
    return pl.DataFrame(columns)


def measure() -> list[Record]:
    """One record."""
    frame = survey(ROWS)
    design = Design(weights="w", strata=("stratum",), clusters=("cluster",))

    def ours() -> None:
        cube = build_cube(frame, design, items=dict.fromkeys(ITEMS, range(1, 6)), breakdowns={"domain": "domain"})
        for item in ITEMS:
            mean(cube, item, scores=(0, 0, 0, 1, 1), by="domain")

    def sums() -> None:
        frame.group_by("domain").agg(((pl.col(item) >= 4) * pl.col("w")).sum().alias(item) for item in ITEMS)

    return [
        Record("cube, 24 items x 56 domains, with errors", ROWS, best_of(3, ours), "24 weighted sums in Polars", best_of(3, sums))
    ]
