"""Inference beside its peers: the cube and all its figures (A), raking (C), replicates (D), a
contrast of waves.
"""

from __future__ import annotations

import runpy
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from analysis.inference import Cube, Design, Survey, build_cube, from_record, mean, rake, to_record
from analysis.inference.replication import psu_totals, rao_wu
from benchmarks.record import Record, best_of

SHARED = Path(__file__).parents[2] / "shared" / "bench" / "generate.py"
ITEMS = [f"q{number:02d}" for number in range(1, 25)]
ROWS, FEWER = 1_000_000, 100_000
LEVELS = (1, 2, 3, 4, 5)
DESIGN = Design(weights="weight", strata=("stratum",), clusters=("psu",))
MARGINS = ("age_band", "channel", "directorate", "wave")
REPLICATES = 500
R_SCRIPT = """
suppressMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1])
s <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
t <- system.time(svyby(~q01, ~domain, s, svymean, na.rm = TRUE))[["elapsed"]]
cat(t)
"""


def survey(n: int, *, nested: bool = False) -> pl.DataFrame:
    """2,000 PSU in 60 strata, 7 directorates × 8 waves, 24 items on five levels with 3 % missing.

    Crossed, each PSU holds every domain: the hardest case. `nested`, a PSU stands in one domain, as
    site-days do. The rows are those of the shared generator where it stands beside the project, of
    the same shape elsewhere.
    """
    frame = runpy.run_path(str(SHARED))["generate"](n) if SHARED.exists() else _like_it(n)
    if nested:
        frame = frame.with_columns(wave=pl.col("psu") % 8, directorate=(pl.col("psu") // 8) % 7)
    return frame.with_columns(domain=pl.col("directorate").cast(pl.Int16) * 8 + pl.col("wave"))


def _like_it(n: int) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    psu = rng.integers(0, 2000, n).astype(np.int16)
    frame = pl.DataFrame(
        {
            "psu": psu,
            "stratum": (psu % 60).astype(np.int8),
            "wave": rng.integers(0, 8, n).astype(np.int8),
            "directorate": rng.integers(0, 7, n).astype(np.int8),
            "channel": rng.integers(0, 5, n).astype(np.int8),
            "age_band": rng.integers(0, 6, n).astype(np.int8),
            "weight": np.exp(rng.normal(0, 0.5, n)) * 3,
        }
    )
    for item in ITEMS:
        answers = pl.Series(item, rng.integers(1, 6, n).astype(np.int8))
        frame = frame.with_columns(
            pl.select(
                pl.when(pl.Series(rng.random(n) >= 0.03)).then(answers).alias(item)
            ).to_series()
        )
    return frame


def figures(frame: pl.DataFrame, items: list[str]) -> Cube:
    """The cube of some items by domain, and every mean with its error."""
    cube = build_cube(
        frame, DESIGN, items=dict.fromkeys(items, LEVELS), breakdowns={"domain": "domain"}
    )
    for item in items:
        mean(cube, item, scores=LEVELS, by="domain")
    return cube


def measure() -> list[Record]:
    """All records, the slowest peers on fewer rows or items, with ours on the same beside them."""
    frame, fewer = survey(ROWS), survey(FEWER)
    return [*_cube(frame, fewer), *_raking(frame), *_replicates(frame), *_waves(frame)]


def _cube(frame: pl.DataFrame, fewer: pl.DataFrame) -> list[Record]:
    def sums() -> None:
        frame.group_by("domain").agg((pl.col(item) * pl.col("weight")).sum() for item in ITEMS)

    nested = survey(ROWS, nested=True)
    ours, floor = best_of(5, lambda: figures(frame, ITEMS)), best_of(5, sums)
    records = [
        Record(
            "A cube + means, 24 items x 56 domains", ROWS, ours, "24 weighted sums in Polars", floor
        ),
        Record(
            "A the same, PSU nested in domains",
            ROWS,
            best_of(5, lambda: figures(nested, ITEMS)),
            "24 weighted sums",
            floor,
        ),
    ]
    records.append(Record(records[0].name, ROWS, ours, "svy", _svy_means(frame)))
    few = best_of(3, lambda: figures(fewer, ITEMS[:1]))
    peers: dict[str, Callable[[pl.DataFrame], float | None]] = {
        "samplics": _samplics_mean,
        "R survey": _r_mean,
    }
    for name, peer in peers.items():
        seconds = peer(fewer)
        if seconds is not None:
            records.append(Record("A cube + means, 1 item x 56 domains", FEWER, few, name, seconds))
    return records


def _svy_means(frame: pl.DataFrame) -> float:
    import svy

    sample = svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
    return best_of(
        1, lambda: [sample.estimation.mean(item, by="domain", drop_nulls=True) for item in ITEMS]
    )


def _samplics_mean(frame: pl.DataFrame) -> float | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from samplics.estimation import TaylorEstimator
        from samplics.utils.types import PopParam

        known = frame.drop_nulls("q01")

        def run() -> None:
            TaylorEstimator(PopParam.mean).estimate(
                y=known["q01"].to_numpy(),
                samp_weight=known["weight"].to_numpy(),
                stratum=known["stratum"].to_numpy(),
                psu=known["psu"].to_numpy(),
                domain=known["domain"].to_numpy(),
            )

        return best_of(1, run)


def _r_mean(frame: pl.DataFrame) -> float | None:
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as place:
        data, script = Path(place) / "data.csv", Path(place) / "run.R"
        frame.select("psu", "stratum", "weight", "domain", "q01").write_csv(data)
        script.write_text(R_SCRIPT)
        done = subprocess.run(
            ["Rscript", str(script), str(data)], capture_output=True, text=True, check=False
        )
        return float(done.stdout) if done.returncode == 0 and done.stdout else None


def _raking(frame: pl.DataFrame) -> list[Record]:
    import svy

    rng = np.random.default_rng(1)
    margins: dict[str, dict[str, float]] = {}
    for variable in MARGINS:
        counts = frame.group_by(variable).len().sort(variable)
        target = counts["len"].to_numpy() * rng.uniform(0.8, 1.25, counts.height)
        margins[variable] = dict(
            zip(
                counts[variable].cast(pl.String),
                (target / target.sum() * frame["weight"].sum()).tolist(),
                strict=True,
            )
        )
    texts = frame.with_columns(pl.col(variable).cast(pl.String) for variable in MARGINS)
    sample = svy.Sample(texts, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
    ours = best_of(3, lambda: rake(frame, margins=margins, weights="weight"))
    theirs = best_of(1, lambda: sample.weighting.rake(controls=margins, tol=1e-8, max_iter=1000))
    return [Record("C raking on 4 margins", ROWS, ours, "svy", theirs)]


def _replicates(frame: pl.DataFrame) -> list[Record]:
    import svy

    known = frame.drop_nulls("q01")

    def ours() -> None:
        sample = DESIGN.sample(known)
        made = rao_wu(sample, replicates=REPLICATES, seed=1)
        totals, sizes = psu_totals(sample, known["q01"].to_numpy().astype(np.float64)[:, None])
        means = made.means(totals, sizes)
        made.covariance(means.mean(axis=0), means)

    def theirs() -> None:
        sample = svy.Sample(known, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
        sample.weighting.create_bs_wgts(n_reps=REPLICATES, rstate=1).estimation.mean(
            "q01", method="replication"
        )

    return [
        Record(
            f"D {REPLICATES} Rao-Wu replicates, 1 mean",
            known.height,
            best_of(3, ours),
            "svy",
            best_of(1, theirs),
        )
    ]


def _waves(frame: pl.DataFrame) -> list[Record]:
    """The steps between 8 waves of a new definition, from stored cubes; and from the rows, as if
    none were stored.
    """
    with tempfile.TemporaryDirectory() as place:
        for wave in range(8):
            rows = frame.filter(pl.col("wave") == wave)
            cube = build_cube(
                rows, DESIGN, items={"q01": LEVELS}, breakdowns={"directorate": "directorate"}
            )
            to_record(cube).write_parquet(Path(place) / f"{wave}.parquet")

        def contrast() -> None:
            cubes = [
                from_record(pl.read_parquet(Path(place) / f"{wave}.parquet", parallel="none"))
                for wave in range(8)
            ]
            found = [mean(cube, "q01", scores=(0, 0, 0, 1, 1), by="directorate") for cube in cubes]
            _ = [after.value - before.value for before, after in pairwise(found)]

        ours = best_of(5, contrast)
    rows = Survey.of(frame.with_columns(pl.col("q01").cast(pl.Float64)), DESIGN)
    again = best_of(1, lambda: rows.mean("q01", by="wave"))
    return [Record("a new definition over 8 stored waves", ROWS, ours, "from rows", again)]
