"""The workshop's tables of a study of many products, without a notebook per product: those of one
product, which its notebooks made, are written again under the names of the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from analysis.operations.context import Context
from analysis.operations.run import workshop_jobs
from analysis.pipeline.ledger import Snapshot, fingerprint_of, output_digests, shared_fingerprint
from analysis.pipeline.plan import load_notebook_plan
from analysis.pipeline.staleness import BuildState
from analysis.storage import known_layers
from analysis.storage.tables import write_parquet
from analysis.study.files import make_private_folder
from analysis.study.scope import AXES, Scope
from benchmarks.scale.workspace import STUDY, Size

COMMAND = [sys.executable, "-c", "from analysis.cli import main; main()"]


def fill(context: Context, size: Size) -> None:
    """Runs the notebooks of the first product in every wave and those that read all products of the
    last wave, writes their tables for the others, and records all as run.
    """
    first, *others = size.product_ids
    _run(context, "--directorate", first)
    layers = known_layers(context.workspace)
    written = [
        layers[name]
        for notebook in load_notebook_plan(context.workspace).notebooks
        for name in notebook.writes
    ]
    for layer in written:
        if layer.axes != AXES:
            continue
        for wave in size.wave_ids:
            source = context.workspace.table(STUDY, layer.name, Scope(first, wave))
            if source.exists():
                targets = {
                    name: context.workspace.table(STUDY, layer.name, Scope(name, wave))
                    for name in others
                }
                _copy(source, first, targets)
    last = size.wave_ids[-1]
    _run(context, "--wave", last, "--only", "15_quality", "--only", "52_standings")
    for layer in written:
        if layer.axes == ("wave",):
            source = context.workspace.table(STUDY, layer.name, Scope(wave=last))
            if source.exists():
                targets = {
                    wave: context.workspace.table(STUDY, layer.name, Scope(wave=wave))
                    for wave in size.wave_ids[:-1]
                }
                _copy(source, last, targets)
    record(context)


def record(context: Context) -> None:
    """Notes that every workshop notebook has run, as running it would."""
    state = BuildState(context.workspace, STUDY)
    planned = state.jobs_fingerprint()
    jobs, root = workshop_jobs(context), context.workspace.root
    now = Snapshot(state.digests)
    shared = shared_fingerprint(root, now)
    for job in jobs:
        if not job.output.exists():
            make_private_folder(job.output.parent)
            job.output.write_text("{}", encoding="utf-8")
        made_of = fingerprint_of(job, shared, root, now)
        outputs = output_digests(job, now)
        text = json.dumps({"made_of": made_of, "outputs": outputs}, indent=1, sort_keys=True)
        job.record.write_text(text, encoding="utf-8")
    state.record_jobs(jobs, context.study.for_intake().part_digests(), planned)
    state.digests.save()


def _run(context: Context, *arguments: str) -> None:
    subprocess.run(
        [*COMMAND, "run", STUDY, *arguments],
        cwd=context.workspace.root,
        check=True,
        capture_output=True,
    )


def _copy(source: Path, name: str, targets: dict[str, Path]) -> None:
    """Writes a table for others: under their names where rows bear one, else as it is."""
    table, metadata = pl.read_parquet(source), pl.read_parquet_metadata(source)
    named = {"directorate", "wave"} & set(table.columns)
    kept = {key: value for key, value in metadata.items() if key.startswith("observatoire")}
    for other, path in targets.items():
        make_private_folder(path.parent)
        path.unlink(missing_ok=True)
        if table.height and named:
            write_parquet(_renamed(table, name, other), path, kept)
        else:
            os.link(source, path)


def _renamed(table: pl.DataFrame, name: str, other: str) -> pl.DataFrame:
    """A table in which another name stands in the place of one, in texts and in lists of texts."""
    within = pl.element().str.replace_all(name, other, literal=True)
    return table.with_columns(
        pl.col(pl.String).str.replace_all(name, other, literal=True),
        pl.col(pl.List(pl.String)).list.eval(within),
    )
