"""Numbers that were once released stay what they are, whatever changes in the software: by key.

`released/*.csv` hold what a small demonstration and the NHS study first published (sites left
out), to twelve digits; `released/cd93` that demonstration's parameters, as they were. What they hid
may be shown since, or be told together with its neighbour.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from analysis.operations.context import Context
from analysis.operations.release import prepare
from analysis.operations.run import RunOptions
from analysis.operations.simulate import simulate_study
from analysis.study import Workspace
from tests.conftest import ROOT, empty_workspace, observatoire, shared

FIRST = Path(__file__).parent / "released"
KEYS = ["directorate", "wave", "indicator", "definition", "breakdown", "category"]
NUMBERS = ["value", "se", "low", "high", "base", "df"]
HIDDEN_SINCE: dict[str, list[str]] = {
    "cd93_small": [
        "def/2026-2/simplicite/M10/age/2",
        "def/2026-2/simplicite/NET/age/2",
        "dpaph/2026-1/besoin_satisfait/T2B/age/4",
        "dpaph/2026-1/joignabilite/T1B/age/4",
        "dpaph/2026-2/joignabilite/T1B/age/3",
    ],
    "nhs_fft": [],
}
"""Figures that gave away, with the others, how few people of two ages together gave an answer."""

RELATIVE = 5e-10
"""The raking that first made them stopped at a relative gap of 1e-10 to its margins."""


def differing(
    first: pl.DataFrame, now: pl.DataFrame, keys: list[str], numbers: list[str]
) -> list[str]:
    """Keys of rows that are not in both, or whose status or numbers differ."""
    both = first.join(now, on=keys, how="full", coalesce=True, suffix="_now", nulls_equal=True)
    tests = []
    for name in numbers:
        a, b = pl.col(name).cast(pl.Float64), pl.col(f"{name}_now").cast(pl.Float64)
        near = (a - b).abs() <= RELATIVE * a.abs()
        tests.append((a.is_null() & b.is_null()) | (near & a.is_not_null() & b.is_not_null()))
    same = pl.all_horizontal(test.fill_null(value=False) for test in tests)
    if "status" in first.columns:
        same &= pl.col("status").fill_null("") == pl.col("status_now").fill_null("")
    wrong = both.filter(~same | (pl.len() != first.height))
    return ["/".join(map(str, row)) for row in wrong.select(keys).iter_rows()]


def first_figures(name: str) -> pl.DataFrame:
    return pl.read_csv(
        FIRST / f"{name}.csv", schema_overrides=dict.fromkeys([*KEYS, "status"], pl.String)
    )


def figures_now(workspace: Path, study: str, wave: str) -> pl.DataFrame:
    path = workspace / "reports/editions" / study / wave / "v1.0.0/released/public.parquet"
    return pl.read_parquet(path, hive_partitioning=False)


def estimates_of(figures: pl.DataFrame) -> pl.DataFrame:
    together = pl.col("definition").str.contains("-")
    chosen = figures.filter(
        pl.col("layer") == "estimates", pl.col("breakdown") != "site", ~together
    )
    return chosen.select(*KEYS, "status", *NUMBERS)


def collection_of(figures: pl.DataFrame) -> pl.DataFrame:
    """Answers, margins and weighting, named as they were first released."""
    margins = figures.filter(pl.col("layer") == "margins", pl.col("definition") != "gap")
    return pl.concat(
        [
            figures.filter(layer="answers").with_columns(
                measure=pl.lit("answers"), variable=pl.lit("channel")
            ),
            margins.filter(pl.col("breakdown") != "site").with_columns(
                measure="definition", variable="breakdown"
            ),
            figures.filter(layer="weighting").with_columns(
                measure="definition", variable=pl.lit("weights"), category=pl.lit("all")
            ),
        ]
    ).select("directorate", "wave", "measure", "variable", "category", "value", "base")


def check(name: str, figures: pl.DataFrame) -> None:
    first, now = first_figures(name), estimates_of(figures)
    assert first.height == now.height
    first = first.filter(~pl.col("status").fill_null("").is_in(["s", "nd"]))
    now = now.join(first, on=KEYS, how="semi", nulls_equal=True)
    hidden = now.filter(pl.col("status").is_in(["s", "nd"]))
    since = ["/".join(map(str, row)) for row in hidden.select(KEYS).sort(KEYS).iter_rows()]
    assert since == HIDDEN_SINCE[name], "\n".join(since)
    first = first.join(hidden, on=KEYS, how="anti", nulls_equal=True)
    now = now.join(hidden, on=KEYS, how="anti", nulls_equal=True)
    assert differing(first, now, KEYS, NUMBERS) == []
    keys = ["directorate", "wave", "measure", "variable", "category"]
    collected = pl.read_csv(
        FIRST / f"{name}_collection.csv", schema_overrides=dict.fromkeys(keys, pl.String)
    )
    again = collection_of(figures)
    assert collected.height == again.height
    assert differing(collected, again, keys, ["value"]) == []


def test_the_demonstration_releases_what_it_first_did(tmp_path: Path) -> None:
    """Of the study that it was then: `released/cd93` holds its parameters."""
    folder = empty_workspace(tmp_path / "w")
    shutil.copytree(FIRST / "cd93", folder / "params" / "cd93")
    context = Context.open(Workspace(folder), "cd93", lambda line: None)
    simulate_study(context)
    last = context.study.waves[-1]
    prepare(context, last, RunOptions())
    check("cd93_small", pl.read_parquet(Workspace(folder).released("cd93", last.id)))


def test_the_study_of_the_nhs_releases_what_it_first_did(tmp_path: Path) -> None:
    comments = shared("data", "nhs_fft", "comments.csv")
    folder = empty_workspace(tmp_path / "w")
    source = ROOT / "tests" / "acceptance" / "nhs_fft"
    ignored = shutil.ignore_patterns("delivery.yml")
    shutil.copytree(source, folder / "params" / "nhs_fft", ignore=ignored)
    manifest, place = str(source / "delivery.yml"), str(comments.parent)
    done = observatoire(folder, "register", "nhs_fft", manifest, "--source", place)
    assert done.returncode == 0, done.stderr
    done = observatoire(folder, "publish")
    assert done.returncode == 0, done.stderr
    check("nhs_fft", figures_now(folder, "nhs_fft", "2022-q2"))


@pytest.mark.parametrize("name", [*NUMBERS, "status"])
def test_a_number_that_moved_would_be_named(name: str) -> None:
    first = first_figures("nhs_fft")
    moved = pl.lit("s") if name == "status" else pl.col(name) * (1 + 1e-9) + 1e-9
    shown = first.get_column("value").is_not_null().arg_max()
    now = first.with_columns(
        pl.when(pl.int_range(pl.len()) == shown).then(moved).otherwise(pl.col(name)).alias(name)
    )
    assert len(differing(first, now, KEYS, NUMBERS)) == 1
    assert differing(first, first, KEYS, NUMBERS) == []
    assert len(differing(first, first.slice(1), KEYS, NUMBERS)) == 1
