"""Running jobs: papermill in a pool, failures told in one message each, nothing half-written."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import nbformat

from analysis.errors import NotebookError
from analysis.pipeline.jobs import Job
from analysis.pipeline.kernels import manager_of, stop_all
from analysis.pipeline.ledger import Digests, MadeOf, outputs_of, write_whole
from analysis.pipeline.warm import KERNEL

Redact = Callable[[str], str]
Show = Callable[[Job, str], None]

SIGNALS = 0.2
"""Seconds between looks at a person's signals: one that another thread received does not wake a thread that waits for ever."""

NOTHING = Path(os.devnull)
"""Where the digests of one run are kept: nowhere."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `error` is None when it succeeded; `cause` is what failures are grouped by."""

    job: Job
    seconds: float
    error: NotebookError | None
    cause: str = ""


def execute(
    jobs: Sequence[tuple[Job, MadeOf]],
    *,
    pool: Executor,
    redact: Redact,
    done: Callable[[Outcome], None],
    show: Show | None = None,
    keep_going: bool = True,
) -> list[Outcome]:
    """Runs jobs with what they are made of, side by side; every outcome is handed to `done` as it comes.

    Args:
        pool: Anything of the shape of `concurrent.futures`: threads here, or the workers of a scheduler.
        redact: Takes personal data out of the texts of a failed notebook.
        show: Is told what each job is at; only where the pool's workers are threads of this process.
        keep_going: Start the other jobs after a failure.

    Raises:
        NotebookError: a notebook lacks a parameter of its job (nothing has run then).
        KeyboardInterrupt: a person stopped it; kernels of this process are stopped too.

    """
    for job, _ in jobs:
        check_parameters(job)
    outcomes: list[Outcome] = []
    futures = [pool.submit(run, job, made, redact, show) for job, made in jobs]
    try:
        pending = set(futures)
        while pending:
            ended, pending = wait(pending, timeout=SIGNALS, return_when=FIRST_COMPLETED)
            for future in ended:
                if future.cancelled():
                    continue
                outcomes.append(future.result())
                done(outcomes[-1])
                if outcomes[-1].error is not None and not keep_going:
                    _cancel(futures)
    except BaseException:  # interrupted by a person, for instance: what has not started must not, what runs must end
        _cancel(futures)
        while wait(futures, timeout=SIGNALS).not_done:
            stop_all("the run was interrupted")
        raise
    return outcomes


def _cancel(futures: Sequence[Future[Outcome]]) -> None:
    for future in futures:
        future.cancel()


def local_pool(workers: int) -> Executor:
    """Threads, each of which waits for one kernel at a time."""
    return ThreadPoolExecutor(workers)


def run(job: Job, made: MadeOf, redact: Redact, show: Show | None = None) -> Outcome:
    """Runs one job: executes to a temporary name, puts the clean notebook in place, then its record."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what fails is told by its outcome
    start = time.monotonic()
    job.output.parent.mkdir(parents=True, exist_ok=True)
    if job.figures is not None:
        shutil.rmtree(job.figures, ignore_errors=True)
    temporary = job.output.with_name(f".{job.output.name}.{os.getpid()}.tmp.ipynb")
    manager = manager_of(job)
    try:
        job.record.unlink(missing_ok=True)  # until it has ended again, it has not
        papermill.execute_notebook(
            str(job.source), str(temporary), parameters=job.parameters, kernel_name=KERNEL, language="python",
            progress_bar=False, log_output=False, request_save_on_cell_execute=False,
            kernel_manager_class=manager, shutdown_kernel="immediate", on_cell_start=_titles(job, show),
            resources={"metadata": {"path": str(job.folder)}},  # papermill's cwd moves the whole process, and other threads in it
        )  # fmt: skip
        return _finish(job, made, nbformat.read(temporary, as_version=4), start)
    except PapermillExecutionError as error:
        failed = _keep(job, nbformat.read(temporary, as_version=4), error, redact)
        return Outcome(job, time.monotonic() - start, failed, f"{error.ename}: {redact(_plain(error.evalue))[:200]}")
    except Exception as error:  # whatever papermill, the kernel or the disk may raise, the other notebooks go on
        cause = manager.stopped or f"{type(error).__name__}: {redact(_plain(error))[:500]}"
        verb = "was stopped" if manager.stopped else "could not be run"
        return Outcome(job, time.monotonic() - start, NotebookError(f"{job.title} {verb}: {cause}", hint=_again(job)), cause)
    finally:
        temporary.unlink(missing_ok=True)


def _titles(job: Job, show: Show | None) -> Callable[..., None] | None:
    """What nbclient calls as a cell starts: tells the first line of each text, which is what the cells after it do."""
    if show is None:
        return None

    def at(*, cell: nbformat.NotebookNode, cell_index: int) -> None:  # noqa: ARG001 - nbclient names both
        if cell.cell_type == "markdown":
            show(job, cell.source.strip().partition("\n")[0].lstrip("# "))

    return at


def _finish(job: Job, made: MadeOf, notebook: nbformat.NotebookNode, start: float) -> Outcome:
    """Puts an executed notebook in place, cleaned, and its record after it."""
    missing = [path for path in job.writes if not path.exists()]
    if missing:
        layer = next(part for part in reversed(missing[0].parts[:-1]) if "=" not in part)
        error = NotebookError(
            f"{job.title} ran, but did not write {layer}.",
            where=job.source.name,
            hint="its last cell should save what plan.yml says it writes.",
        )
        return Outcome(job, time.monotonic() - start, error, f"did not write {layer}")
    work = sum(cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in notebook.cells)
    write_whole(job.output, nbformat.writes(cleaned(notebook)) + "\n")
    seconds = time.monotonic() - start
    times = {"seconds": round(seconds, 3), "work": round(work, 3)}  # the second is its cells' own
    record = {"made_of": made, "outputs": outputs_of(job, Digests(NOTHING)), "parameters": job.parameters, **times}
    write_whole(job.record, json.dumps(record, indent=1, sort_keys=True))
    _kept(job).unlink(missing_ok=True)
    _kept(job).with_suffix(".json").unlink(missing_ok=True)
    return Outcome(job, seconds, None)


def _kept(job: Job) -> Path:
    """Where the notebook of a failed run is kept, until a run succeeds."""
    return job.output.parent / "failed" / job.output.name


def _keep(job: Job, notebook: nbformat.NotebookNode, error: object, redact: Redact) -> NotebookError:
    """Keeps a failed notebook and its record, redacted; only texts are kept of what it showed."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = "".join(output.get("traceback", [])) or output.get("text") or output.get("data", {}).get("text/plain", "")
            texts.append(redact(_plain(text)))
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    count, name = getattr(error, "exec_count", None), str(getattr(error, "ename", ""))
    value = redact(_plain(getattr(error, "evalue", "")))
    if name in ("MemoryError", "CellExecutionError"):  # the second: it could not even say so
        value = f"{value} (a limit is set: {job.memory_mib} MiB of memory beyond the imports)".strip()
    record = {
        "title": job.title, "parameters": job.parameters, "cell": count, "error": name, "message": value, "shown": texts,
        "traceback": redact(_plain("\n".join(getattr(error, "traceback", ())))), "again": _again(job),
    }  # fmt: skip
    kept = _kept(job)
    kept.parent.mkdir(exist_ok=True)
    write_whole(kept, nbformat.writes(cleaned(notebook)) + "\n")
    write_whole(kept.with_suffix(".json"), json.dumps(record, indent=1, ensure_ascii=False))
    return NotebookError(
        f"{job.title} failed in cell [{count}]: {name}: {value}",
        where=f"kept in {kept.parent.name}/{kept.name}",
        hint=_again(job),
    )


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
    try:
        body = ast.parse(cells[0].source).body
    except SyntaxError as error:
        raise NotebookError(
            f"The parameters cell is not Python: {error.msg}.", where=f"{job.source.name}, line {error.lineno}",
            hint="it holds assignments only.",
        ) from None  # fmt: skip
    declared = {
        target.id
        for node in body
        for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    for name in job.parameters:
        if name not in declared:
            raise NotebookError.unknown("parameter", name, declared, where=f"{job.source.name}, parameters cell")


def _again(job: Job) -> str:
    scope = " ".join(f"--{key} {job.parameters[key]}" for key in ("directorate", "wave") if key in job.parameters)
    if job.figures is not None:  # a page
        return f"once mended: observatoire publish {job.parameters['study']}"
    return f"once mended: observatoire run {job.parameters['study']} {scope}".rstrip()


def _plain(cause: object) -> str:
    """A cause without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(cause)).strip()
