"""Running jobs: papermill in a pool, failures told in one message each, nothing half-written."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

import nbformat
import papermill  # here and not where it is used: threads that import it at once meet halves of it
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis.errors import DiskError, NotebookError
from analysis.pipeline.failures import (
    FULL,
    Fault,
    Redact,
    clean_notebook,
    discard_failed_notebook,
    notebook_error_message,
    process_error_message,
    read_notebook,
    rerun_hint,
    save_failed_notebook,
    without_colours,
)
from analysis.pipeline.jobs import Job
from analysis.pipeline.kernels import Lease, limited_manager, stop_all
from analysis.pipeline.ledger import (
    LIBRARY,
    Digests,
    Fingerprint,
    fingerprint_changes,
    library_digests,
    output_digests,
)
from analysis.pipeline.parameters import PARAMETERS, check_parameters, without_values
from analysis.pipeline.sources import read_source
from analysis.pipeline.warm import KERNEL
from analysis.study.disk import is_full
from analysis.study.files import make_private_folder, temporary_of, write_whole

Show = Callable[[Job, str], None]

SIGNALS = 0.2
"""Seconds between looks at a person's signals: one that another thread received does not wake a
thread that waits for ever."""

GONE = "the scheduler is gone"

NOTHING = Path(os.devnull)
"""Where the digests of one run are kept: nowhere."""


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes:
        error: None when it succeeded.
        cause: What the journal says of the failure: it quotes no answer.
        group: What failures are grouped by, in memory: it may.

    """

    job: Job
    seconds: float
    error: NotebookError | DiskError | None
    cause: str = ""
    group: str = ""


def execute(
    jobs: Sequence[tuple[Job, Fingerprint]],
    *,
    pool: Executor,
    redact: Redact,
    done: Callable[[Outcome], None],
    show: Show | None = None,
    lease: Lease | None = None,
    is_lost: Callable[[], bool] = lambda: False,
    keep_going: bool = True,
) -> list[Outcome]:
    """Runs jobs in parallel; each outcome is passed to `done` as it arrives.

    Args:
        pool: Anything of the shape of `concurrent.futures`: threads here, or the workers of a
            scheduler.
        redact: Takes personal data out of the texts of a failed notebook.
        show: Is told what each job is at; only where the pool's workers are threads of this
            process.
        lease: What workers elsewhere look at, to end when this command has; None for threads, which
            end with it.
        is_lost: Whether the pool will not answer any more: a job that has not ended by then has
            failed.
        keep_going: Start the other jobs after a failure.

    Raises:
        KeyboardInterrupt: a person stopped it; kernels of this process are stopped too.

    """
    outcomes: list[Outcome] = []
    if is_lost():  # since the jobs before these
        outcomes += [_not_run(job, GONE) for job, _ in jobs]
        for outcome in outcomes:
            done(outcome)
        return outcomes
    futures = {
        pool.submit(run_notebook, job, fingerprint, redact, show, lease): job
        for job, fingerprint in jobs
    }
    # Each says itself that it has ended: to ask all of them after each takes the square of their
    # number.
    ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
    try:
        for future in futures:
            future.add_done_callback(ended.put)
        waited, going = set(futures), True
        while waited:
            try:
                found, lost = [ended.get(timeout=SIGNALS)], False
            except Empty:  # an interruption is only seen between two waits
                lost = is_lost()
                found = [one for one in waited if not one.done()] if lost else []
            for future in waited.intersection(found):
                waited.discard(future)
                if future.cancelled() and not going:
                    continue
                job = futures[future]
                outcomes.append(_not_run(job, GONE) if lost else _outcome(future, job))
                done(outcomes[-1])
                if outcomes[-1].error is not None and not keep_going:
                    going = False
                    _cancel(futures)
    except (
        BaseException
    ):  # interrupted by a person, for instance: what has not started must not, what runs must end
        _cancel(futures)
        while wait(futures, timeout=SIGNALS).not_done:
            stop_all("the run was interrupted")
        raise
    return outcomes


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    """The outcome that a worker returned, or an error where the worker was lost or its scheduler
    cancelled the job.
    """
    if future.cancelled():
        return _not_run(job, GONE)
    error = future.exception()
    if error is None:
        return future.result()
    return _not_run(job, f"its worker was lost ({type(error).__name__})")


def _not_run(job: Job, cause: str) -> Outcome:
    """That a job could not be run."""
    return Outcome(
        job,
        0.0,
        NotebookError(f"{job.title} could not be run: {cause}.", hint=rerun_hint(job)),
        cause,
        cause,
    )


def _cancel(futures: Iterable[Future[Outcome]]) -> None:
    for future in futures:
        future.cancel()


def local_pool(workers: int) -> Executor:
    """Threads, each of which waits for one kernel at a time."""
    return ThreadPoolExecutor(workers)


def run_notebook(
    job: Job,
    fingerprint: Fingerprint,
    redact: Redact,
    show: Show | None = None,
    lease: Lease | None = None,
) -> Outcome:
    """Runs one job: executes to a temporary name, puts the clean notebook in place, then its
    record.
    """
    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what fails is told by its outcome
    start, before = time.monotonic(), _file_stamps(job.writes)
    temporary = temporary_of(job.output, ".ipynb")
    manager, watch = limited_manager(job, lease), _Watch(job, show)
    try:
        check_parameters(job)
        if lease is not None:
            _check_library(job, fingerprint)
        make_private_folder(job.output.parent)
        if job.figures is not None:
            shutil.rmtree(job.figures, ignore_errors=True)
        job.record.unlink(missing_ok=True)  # until it has ended again, it has not
        papermill.execute_notebook(
            read_source(job.source),
            str(temporary),
            parameters=job.parameters,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=manager,
            shutdown_kernel="immediate",
            on_cell_start=watch,
            resources={
                "metadata": {"path": str(job.folder)}
            },  # papermill's cwd moves the whole process, and other threads in it
        )
        outcome = _store_result(
            job, fingerprint, nbformat.read(temporary, as_version=4), start, before
        )
    except NotebookError as error:
        return Outcome(job, time.monotonic() - start, error, error.what, error.what)
    except PapermillExecutionError as error:
        name, value, traceback = (
            str(error.ename),
            redact(without_colours(error.evalue)),
            "\n".join(error.traceback),
        )
        message = notebook_error_message(name, value, traceback, _notebook_code(job))
        limit = f"a limit is set: {job.memory_mib} MiB of memory beyond the imports"
        if name == "MemoryError":
            message = f"{name} ({limit})"
        elif (
            name == "CellExecutionError"
        ):  # papermill's word for an error of which nothing was told
            message = f"it could not say why ({limit})"
        failed = read_notebook(temporary)
        fault = Fault("failed", watch.cell, name, value, message, traceback)
    except (
        Exception
    ) as error:  # whatever papermill, the kernel or the disk may raise, the other notebooks go on
        name, value = type(error).__name__, redact(without_colours(error))
        message = FULL if is_full(error) else process_error_message(error)
        if manager.stopped is not None:
            message = manager.stopped
        elif isinstance(error, DeadKernelError):
            limit = (
                f"it may have wanted more than the {job.memory_mib} MiB of memory that are its "
                "limit"
            )
            message = f"{name}: its kernel died; {limit}"
        verb = "was stopped" if manager.stopped else "failed" if watch.cell else "could not be run"
        failed = read_notebook(
            temporary
        )  # None where the kernel died: papermill writes nothing then
        fault = Fault(verb, watch.cell, name, value, message)
    else:
        return outcome
    finally:
        temporary.unlink(missing_ok=True)
    error_raised = save_failed_notebook(job, failed or watch.notebook(), fault, redact)
    return Outcome(
        job,
        time.monotonic() - start,
        error_raised,
        fault.safe_message,
        f"{fault.safe_message} {fault.value}",
    )


def _notebook_code(job: Job) -> str:
    """The code of a notebook and the values of its parameters."""
    cells = read_source(job.source).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return "\n".join([*code, *job.parameters.values()])


class _Watch:
    """What nbclient calls as a cell starts: counts the code cells of the analyst's notebook (that
    of papermill is none of them), and tells the text above them, which is what they do.
    """

    def __init__(self, job: Job, show: Show | None) -> None:
        self._job, self._show = job, show
        self.cell: int | None = None
        self._started_cells: list[nbformat.NotebookNode] = []

    def __call__(
        self,
        *,
        cell: nbformat.NotebookNode,
        cell_index: int,  # noqa: ARG002 - nbclient names both
    ) -> None:
        self._started_cells.append(cell)
        if cell.cell_type == "code" and cell.source.strip() and not _is_injected(cell):
            self.cell = (self.cell or 0) + 1
        elif cell.cell_type == "markdown" and self._show is not None:
            self._show(self._job, cell.source.strip().partition("\n")[0].lstrip("# "))

    def notebook(self) -> nbformat.NotebookNode:
        """The cells met so far, with what they have shown."""
        notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=self._started_cells)
        return notebook


def _is_injected(cell: nbformat.NotebookNode) -> bool:
    return "injected-parameters" in cell.metadata.get("tags", [])


def _check_library(job: Job, fingerprint: Fingerprint) -> None:
    """Refuses to run on a worker whose library is not that of the command."""
    asked = {name: digest for name, digest in fingerprint.items() if name.startswith(LIBRARY)}
    installed = library_digests((name.removeprefix(LIBRARY) for name in asked), Digests(NOTHING))
    differences = fingerprint_changes(asked, installed)
    if differences:
        raise NotebookError(
            f"{job.title} was refused: the worker has another library ({', '.join(differences)}).",
            hint="install the same commit on every worker.",
        )


def _file_stamps(paths: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
    """Path → (inode, modification time) of each file, None where it does not exist."""
    states = {path: path.stat() if path.exists() else None for path in paths}
    return {
        path: None if state is None else (state.st_ino, state.st_mtime_ns)
        for path, state in states.items()
    }


def _store_result(
    job: Job,
    fingerprint: Fingerprint,
    notebook: nbformat.NotebookNode,
    start: float,
    before: dict[Path, tuple[int, int] | None],
) -> Outcome:
    """Puts an executed notebook in place, cleaned, and its record after it.

    Raises:
        NotebookError: it did not write a table that it should.

    """
    for path, mark in _file_stamps(job.writes).items():
        if mark is None or mark == before[path]:
            layer = next(part for part in reversed(path.parts[:-1]) if "=" not in part)
            raise NotebookError(
                f"{job.title} ran, but did not write {layer}.",
                where=job.source.name,
                hint="its last cell should save what plan.yml says it writes.",
            )
    for cell in notebook.cells:
        if PARAMETERS in cell.metadata.get("tags", []):  # values that the run did not use
            cell.source = without_values(cell.source, job.parameters)
    work = sum(cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in notebook.cells)
    write_whole(job.output, nbformat.writes(clean_notebook(notebook)) + "\n")
    seconds = time.monotonic() - start
    times = {"seconds": round(seconds, 3), "work": round(work, 3)}  # the second is its cells' own
    record = {
        "made_of": fingerprint,
        "outputs": output_digests(job, Digests(NOTHING)),
        "parameters": job.parameters,
        **times,
    }
    write_whole(job.record, json.dumps(record, indent=1, sort_keys=True))
    discard_failed_notebook(job)
    return Outcome(job, seconds, None)
