"""Runs what is stale: reads deliveries, then the workshop notebooks of the chosen directorates and
waves.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.errors import DiskError, NotebookError, ScopeError
from analysis.operations.journal import Journal
from analysis.operations.lock import lease
from analysis.pipeline.jobs import Job, topological_levels
from analysis.pipeline.staleness import BuildState, RunPlan
from analysis.study.scope import Scope
from analysis.study.workspace import Workspace

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import date
    from pathlib import Path

    from analysis.operations.context import Context
    from analysis.pipeline.execution import Outcome
    from analysis.study.kinds import RendererName


MOST_SCOPES = 8
"""Scopes that a message names."""

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - named so that it is warned of


@dataclass(frozen=True)
class RunOptions:
    """How jobs are run.

    Attributes:
        force: Run current ones too.
        keep_going: Start the others after a failure.
        workers: Notebooks at once; by default, one more than processors: while one begins or ends,
            another computes.
        scheduler: Address of a Dask scheduler that runs them instead.
        renderer: What makes the pages of an edition; see `rendering.find_renderer`.

    """

    force: bool = False
    keep_going: bool = False
    workers: int | None = None
    scheduler: str | None = None
    renderer: RendererName | None = None


@dataclass(frozen=True)
class Selection:
    """Which workshop jobs: directorates, waves and notebooks, and only those that make tables (the
    analyst's tour makes none); all of them by default.
    """

    directorate: str | None = None
    waves: tuple[str, ...] | None = None
    notebooks: tuple[str, ...] = ()
    making: bool = False

    def __call__(self, job: Job) -> bool:
        """Whether a job is selected: a notebook that reads several scopes is, where all are."""
        named = not self.notebooks or job.source.stem in self.notebooks
        makes = not self.making or bool(job.writes)
        return (
            named
            and makes
            and all(
                Scope(directorate=self.directorate).covers(scope)
                and (self.waves is None or scope.wave in self.waves)
                for scope in job.scopes
            )
        )


@dataclass(frozen=True)
class RunSummary:
    """How many jobs ran, and how many were current."""

    ran: int
    current: int

    def __str__(self) -> str:
        ran = "1 notebook ran" if self.ran == 1 else f"{self.ran} notebooks ran"
        return f"{ran}, {'1 was' if self.current == 1 else f'{self.current} were'} current."


def cached_run_plan(workspace: Workspace, study: str, selection: Selection) -> RunPlan | None:
    """The run plan of a selection, from digests alone; None where the parameters have to be read
    first.
    """
    state = BuildState(workspace, study)
    plan = state.run_plan(selection)
    state.digests.save()
    return plan if plan is not None and plan.tasks else None


def make_run_plan(context: Context, selection: Selection) -> RunPlan:
    """The run plan of a selection, computed anew from the parameters.

    Raises:
        ScopeError: a directorate, wave or notebook does not exist.
        NotReadyError: the study has no data, or nobody answered in this scope.

    """
    from analysis.errors import NotReadyError

    _check_selection(context, selection)
    state = BuildState(context.workspace, context.study.id)
    planned = state.jobs_fingerprint()
    parts = context.study.for_intake().part_digests()
    intake_reasons = state.intake_reasons(parts)
    try:
        jobs = workshop_jobs(context)
    except NotReadyError:
        if intake_reasons and any(context.workspace.raw(context.study.id).glob("*/manifest.yml")):
            return RunPlan(
                intake_reasons, []
            )  # deliveries are there, and nothing was read from them yet
        raise
    tasks = state.tasks([job for job in jobs if selection(job)])
    if not tasks:
        raise NotReadyError(
            f"No notebook runs within {_selection_title(selection)} alone.",
            where=f"study {context.study.id}, notebooks/plan.yml",
            hint=(
                f"somebody answered in {_scopes_answered(jobs)}: register the delivery of other "
                "scopes first. A notebook that reads more than this runs with all that it reads."
            ),
        )
    if not intake_reasons and parameters_unchanged(context):
        state.record_jobs(jobs, parts, planned)
    state.digests.save()
    return RunPlan(intake_reasons, tasks)


def run_workshop(context: Context, selection: Selection, options: RunOptions) -> RunSummary:
    """Brings in the deliveries, then runs the stale workshop notebooks that are selected.

    Raises:
        NotReadyError, ScopeError: as `make_run_plan`.
        NotebookError: notebooks failed; the message tells each, what the others made is kept.

    """
    from analysis.operations.receive import read_new_deliveries
    from analysis.operations.retention import delete_expired_notebooks

    _check_selection(context, selection)
    delete_expired_notebooks(context)
    read_new_deliveries(context)
    jobs = [task.job for task in make_run_plan(context, selection).tasks]
    return run_jobs(context, jobs, options, label="notebooks")


def run_jobs(context: Context, jobs: list[Job], options: RunOptions, *, label: str) -> RunSummary:
    """Runs the stale ones of some jobs, each after those whose tables it reads, with a progress bar
    and a journal.

    Raises:
        NotebookError: notebooks failed; those that read what they write were not started.

    """
    from analysis.operations.progress import Progress
    from analysis.pipeline.execution import execute
    from analysis.privacy import redact

    state = BuildState(context.workspace, context.study.id)
    pending = {task.job.title for task in state.tasks(jobs) if task.reasons or options.force}
    if not pending:
        return RunSummary(0, len(jobs))
    journal = Journal(context.workspace, context.study.id)
    outcomes: list[Outcome] = []
    missing: set[Path] = set()
    with (
        Progress(context.tell, label, len(pending)) as progress,
        _worker_pool(options, context.tell) as (pool, is_lost),
    ):

        def done(outcome: Outcome) -> None:
            progress.step(outcome.job.title)
            journal.note(
                "notebook",
                title=outcome.job.title,
                seconds=round(outcome.seconds, 2),
                failed=outcome.error is not None,
                cause=outcome.cause,
            )

        def show(job: Job, what: str) -> None:
            progress.show(job.title, what)

        for level in topological_levels(jobs):
            # Once more: what they read may be new.
            tasks = state.tasks(
                [job for job in level if not missing or missing.isdisjoint(job.inputs)]
            )
            stale = [task for task in tasks if task.reasons or options.force]
            # Threads end with this process, and need no lease.
            worker_lease = lease(context.workspace) if options.scheduler else None
            finished = execute(
                [(task.job, task.fingerprint) for task in stale],
                pool=pool,
                redact=redact,
                done=done,
                show=None if options.scheduler else show,
                lease=worker_lease,
                is_lost=is_lost,
                keep_going=options.keep_going,
            )
            outcomes += finished
            failed = {outcome.job.title for outcome in finished if outcome.error is not None}
            current = {task.job.title for task in tasks} - {task.job.title for task in stale}
            for title in pending & current:  # what they read was made again, and is what it was
                progress.step(title)
            done_titles = current | {outcome.job.title for outcome in finished}
            pending -= done_titles
            if failed and not options.keep_going:
                break
            missing |= {
                path
                for job in level
                if job.title in failed or job.title not in done_titles
                for path in job.writes
            }
    failures = [outcome for outcome in outcomes if outcome.error is not None]
    assert failures or not pending, pending
    full = next(
        (failure.error for failure in failures if isinstance(failure.error, DiskError)), None
    )
    if full is not None:
        raise full
    if failures:
        raise NotebookError(
            _failure_report(failures, len(outcomes) + len(pending), pending, options),
            hint="mend the first cause, then run the same command: what is done is kept.",
        )
    return RunSummary(len(outcomes), len(jobs) - len(outcomes))


def _failure_report(
    failures: list[Outcome], count: int, pending: set[str], options: RunOptions
) -> str:
    """All failures in one message, those of one cause told once."""
    by_cause: dict[str, list[Outcome]] = defaultdict(list)
    for failure in failures:
        by_cause[failure.group].append(failure)
    lines = [f"{len(failures)} of {count} notebooks failed; what the others made is kept."]
    if pending:
        explanation = (
            "they read what failed" if options.keep_going else "--keep-going would have gone on"
        )
        lines.append(f"{len(pending)} were not started: {explanation}.")
    for same_cause in by_cause.values():
        other_titles = ", ".join(other.job.title for other in same_cause[1:])
        lines.append(
            str(same_cause[0].error) + (f"\nThe same in: {other_titles}." if other_titles else "")
        )
    return "\n\n".join(lines)


def scheduler_warning(address: str) -> str | None:
    """A warning on the address of a scheduler that is open or ambiguous; None where there is
    nothing to say.

    >>> str(scheduler_warning("tcp://0.0.0.0:8786"))[:62]
    '0.0.0.0 is every address of a machine, for listening: name one'
    >>> scheduler_warning("tls://scheduler:8786"), scheduler_warning("tcp://127.0.0.1:8786")
    (None, None)
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    host = (parts.hostname or "").strip("[]")
    where = 'See docs/scaling.md, "Whom to trust".'
    if host in EVERY_ADDRESS:
        return f"{host} is every address of a machine, for listening: name one. {where}"
    if parts.scheme in ("tls", "inproc") or host in ("localhost", "::1") or host.startswith("127."):
        return None
    return f"{parts.scheme}:// is open: whoever reaches this scheduler can run code here. {where}"


def _has_certificate(security: Any) -> bool:
    """Whether Dask's configuration names a client certificate.

    Raises:
        OSError: it names a file that cannot be read.

    """
    return security.get_connection_args("client").get("ssl_context") is not None


@contextmanager
def _worker_pool(
    options: RunOptions, tell: Callable[[str], None]
) -> Iterator[tuple[Executor, Callable[[], bool]]]:
    """Threads of this machine, or the workers of a Dask scheduler; and whether they are lost."""
    from analysis.pipeline.execution import local_pool

    if options.scheduler is not None and (warning := scheduler_warning(options.scheduler)):
        tell(warning)
    if options.scheduler is None:
        with local_pool(options.workers or (os.cpu_count() or 1) + 1) as pool:
            yield pool, lambda: False
        return
    try:
        from distributed import Client, Security
    except ImportError:
        raise ScopeError(
            "Dask is not installed.",
            hint="install the extra: pip install 'observatoire-usagers[dask]'.",
        ) from None
    for name in (
        "distributed",
        "distributed.client",
        "asyncio",
    ):  # outcomes tell what they lose; they add tracebacks
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        is_tls = urlsplit(options.scheduler).scheme == "tls"
        if is_tls and not _has_certificate(Security()):  # type: ignore[no-untyped-call]  # dask has no types
            raise ScopeError(
                "No certificate is configured for this command.",
                where=options.scheduler,
                hint='set the variables of docs/scaling.md, "Whom to trust".',
            )
        client = Client(  # type: ignore[no-untyped-call]  # dask has no types
            options.scheduler, timeout="10s", set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ScopeError(
            f"No scheduler answers: {type(error).__name__}.",
            where=options.scheduler,
            hint="start it, or leave --scheduler out: notebooks then run on this machine.",
        ) from None
    with client:
        executor = client.get_executor(pure=False, retries=2)  # type: ignore[no-untyped-call]  # dask has no types
        with executor as pool:
            yield pool, lambda: _is_lost(client)


def _is_lost(client: Any) -> bool:
    """Whether a Dask client has no scheduler any more. One that closes says so to its clients, and
    they go on waiting: they only look for another when it breaks off.
    """
    if client.status == "running":
        return client.scheduler_comm is None or bool(client.scheduler_comm.closed())
    return client.status in ("closing", "closed")


def parameters_unchanged(context: Context) -> bool:
    """Whether the parameter files still say what they said when a command opened the study."""
    from analysis.study import open_study

    return open_study(context.workspace, context.study.id).digest == context.study.digest


def workshop_jobs(context: Context) -> list[Job]:
    """All the workshop jobs of a study."""
    from analysis.pipeline.plan import load_notebook_plan, plan_jobs

    return plan_jobs(context.workspace, context.seen, load_notebook_plan(context.workspace))


def due_waves(context: Context, today: date, names: tuple[str, ...] | None) -> tuple[str, ...]:
    """The wanted waves whose field has closed.

    Raises:
        ScopeError: a wave does not exist.

    """
    selected = None if names is None else {context.study.wave(wave).id for wave in names}
    return tuple(
        wave.id
        for wave in context.study.closed_waves(today)
        if selected is None or wave.id in selected
    )


def due_edition(context: Context, today: date) -> str | None:
    """The latest wave whose day of publication has come, where it has no final edition
    yet.
    """
    come = [wave for wave in context.study.closed_waves(today) if wave.publication <= today]
    if not come or any(context.workspace.editions(context.study.id, come[-1].id).glob("v[1-9]*")):
        return None
    return come[-1].id


def _check_selection(context: Context, selection: Selection) -> None:
    from analysis.pipeline.plan import load_notebook_plan

    if selection.directorate is not None:
        context.study.directorate(selection.directorate)
    for wave in selection.waves or ():
        context.study.wave(wave)
    names = [
        notebook.id
        for notebook in load_notebook_plan(context.workspace).notebooks
        if notebook.folder == "workshop"
    ]
    for name in selection.notebooks:
        if name not in names:
            raise ScopeError.unknown("notebook", name, names)


def _scopes_answered(jobs: list[Job]) -> str:
    """The scopes whose answers some jobs read."""
    scopes = dict.fromkeys(scope.title for job in jobs for scope in job.scopes)
    examples = ", ".join(list(scopes)[:MOST_SCOPES])
    return f"{examples}, …" if len(scopes) > MOST_SCOPES else examples


def _selection_title(selection: Selection) -> str:
    parts = [
        selection.directorate or "any directorate",
        ", ".join(selection.waves) if selection.waves else "any wave",
        *([", ".join(selection.notebooks)] if selection.notebooks else []),
    ]
    return " × ".join(parts)
