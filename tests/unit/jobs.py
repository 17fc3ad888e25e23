"""Notebooks made for one behaviour, and how tests run them."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat

from analysis.errors import NotebookError
from analysis.pipeline.execution import Outcome, execute, local_pool
from analysis.pipeline.jobs import Job
from analysis.pipeline.kernels import socket_folders
from analysis.pipeline.ledger import (
    Digests,
    stale_reasons,
)


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


def job(folder: Path, *sources: str, writes: tuple[Path, ...] = (), **parameters: str) -> Job:
    source = notebook(folder / "n.ipynb", *sources)
    return Job(
        "n here",
        source,
        folder / "out" / "n.ipynb",
        folder,
        {"study": "x", **parameters},
        (),
        writes,
    )


def run_all(jobs: list[Job], *, workers: int = 1, keep_going: bool = True) -> list[Outcome]:
    with local_pool(workers) as pool:
        made = [(one, {"k": "1"}) for one in jobs]
        outcomes = execute(
            made,
            pool=pool,
            redact=lambda text: text.replace("secret", "[x]"),
            done=lambda _: None,
            keep_going=keep_going,
        )
    assert [folder for owner, folder in socket_folders() if owner == os.getpid()] == []
    return outcomes


def run(one: Job) -> NotebookError | None:
    return run_all([one])[0].error


def why(one: Job, **made: str) -> list[str]:
    return stale_reasons(one, made or {"k": "1"}, Digests(one.folder / "digests.json"))
