"""Running jobs: papermill in a local pool, one failure told in one message, nothing half-written."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from analysis.errors import NotebookError
from analysis.pipeline.kernels import LocalKernelManager
from analysis.pipeline.ledger import outputs_of
from analysis.pipeline.plan import Job
from analysis.pipeline.warm import KERNEL

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""One thread per kernel, as many kernels as cores; one hash seed, on purpose."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `error` is None when it succeeded."""

    job: Job
    seconds: float
    error: NotebookError | None


def execute(
    jobs: Sequence[tuple[Job, str]], *, workers: int, done: Callable[[Outcome], None], pool: Executor | None = None
) -> list[Outcome]:
    """Runs jobs with their keys, side by side; every outcome is handed to `done` as it comes.

    Raises:
        NotebookError: a notebook lacks a parameter of its job (nothing has run then).

    """
    for job, _ in jobs:
        check_parameters(job)
    outcomes = []
    with _environment(), pool or ThreadPoolExecutor(workers) as executor:
        futures = [executor.submit(run, job, key) for job, key in jobs]
        for future in as_completed(futures):
            outcomes.append(future.result())
            done(outcomes[-1])
    return outcomes


def run(job: Job, key: str) -> Outcome:
    """Runs one job: executes to a temporary name, puts the clean notebook in place, then its record."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    start = time.monotonic()
    job.output.parent.mkdir(parents=True, exist_ok=True)
    if job.figures is not None:
        shutil.rmtree(job.figures, ignore_errors=True)
    temporary = job.output.with_name(f".{job.output.name}.{os.getpid()}.tmp.ipynb")
    failed = job.output.parent / "failed" / job.output.name
    try:
        papermill.execute_notebook(
            str(job.source), str(temporary), parameters=job.parameters, kernel_name=KERNEL, language="python",
            progress_bar=False, log_output=False, request_save_on_cell_execute=False,
            kernel_manager_class=LocalKernelManager, shutdown_kernel="immediate",
            resources={"metadata": {"path": str(job.folder)}},  # papermill's cwd moves the whole process, and other threads in it
        )  # fmt: skip
        return _finish(job, key, nbformat.read(temporary, as_version=4), start)
    except PapermillExecutionError as error:
        failed.parent.mkdir(exist_ok=True)
        temporary.replace(failed)
        return Outcome(job, time.monotonic() - start, _failure(job, error.exec_count, error.ename, error.evalue, failed))
    except Exception as error:  # whatever papermill, the kernel or the disk may raise, the other notebooks go on
        cause = f"{job.title} could not be run: {type(error).__name__}: {_plain(error)}"
        return Outcome(job, time.monotonic() - start, NotebookError(cause, hint=_again(job)))
    finally:
        temporary.unlink(missing_ok=True)


def _finish(job: Job, key: str, notebook: nbformat.NotebookNode, start: float) -> Outcome:
    """Puts an executed notebook in place, cleaned, and its record after it."""
    missing = [path for path in job.writes if not path.exists()]
    if missing:
        error = NotebookError(
            f"{job.title} ran, but did not write {missing[0].parent.parent.parent.name}.",
            where=job.source.name,
            hint="its last cell should save what plan.yml says it writes.",
        )
        return Outcome(job, time.monotonic() - start, error)
    temporary = job.output.with_name(f".{job.output.name}.{os.getpid()}.tmp")
    temporary.write_text(nbformat.writes(cleaned(notebook)) + "\n", encoding="utf-8")
    temporary.replace(job.output)
    seconds = time.monotonic() - start
    record = {"key": key, "outputs": outputs_of(job), "parameters": job.parameters, "seconds": round(seconds, 2)}
    temporary.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
    temporary.replace(job.record)
    return Outcome(job, seconds, None)


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook without what differs from run to run: times, random ids, versions of the machine."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"display_name": "Observatoire (Python 3)", "language": "python", "name": KERNEL}}
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:03d}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def check_parameters(job: Job) -> None:
    """Refuses a notebook whose parameters cell lacks a parameter of its job (papermill would only warn)."""
    notebook = nbformat.read(job.source, as_version=4)
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise NotebookError(
            f"{len(cells)} cells are tagged « parameters », one is needed.",
            where=job.source.name,
            hint="tag the first code cell: View → Cell toolbar → Tags, or the property inspector of JupyterLab.",
        )
    declared = {
        target.id
        for node in ast.parse(cells[0].source).body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    for name in job.parameters:
        if name not in declared:
            raise NotebookError.unknown("parameter", name, declared, where=f"{job.source.name}, parameters cell")


def _failure(job: Job, count: int, name: str, value: str, failed: Path) -> NotebookError:
    """One message: which scope, which cell, the cause, where the notebook was kept, how to run it again."""
    return NotebookError(
        f"{job.title} failed in cell [{count}]: {name}: {_plain(value)}",
        where=f"kept in {failed.parent.name}/{failed.name}",
        hint=_again(job),
    )


def _again(job: Job) -> str:
    scope = " ".join(f"--{key} {job.parameters[key]}" for key in ("directorate", "wave") if key in job.parameters)
    return f"once mended: observatoire run {job.parameters['study']} {scope}".rstrip()


def _plain(cause: object) -> str:
    """A cause without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(cause)).strip()


@contextmanager
def _environment() -> Iterator[None]:
    """What kernels inherit; without PYTHONDONTWRITEBYTECODE, which would triple their imports."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
