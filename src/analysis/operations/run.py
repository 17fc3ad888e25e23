"""Runs what is stale: reads deliveries, then the workshop notebooks of the chosen directorates and waves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import NotebookError
from analysis.operations.context import Context
from analysis.operations.progress import Progress
from analysis.operations.receive import bring_in, is_brought_in
from analysis.pipeline import Job, execute, is_current, load_plan, plan_jobs
from analysis.pipeline.ledger import job_key
from analysis.study import Wave

LOCK = "requirements.lock"


@dataclass(frozen=True)
class Tally:
    """How many jobs ran, and how many had nothing to do."""

    ran: int
    current: int


def run_workshop(
    context: Context, *, directorate: str | None = None, waves: Sequence[Wave] | None = None, workers: int | None = None
) -> Tally:
    """Brings in the deliveries, then runs the stale workshop notebooks of a scope (everything by default).

    Raises:
        NotReadyError: the study has no data, or nobody answered in this scope.
        NotebookError: notebooks failed; the message tells each, the others are done.

    """
    if directorate is not None:
        context.study.directorate(directorate)
    bring_in(context)
    jobs = _workshop_jobs(context, directorate, waves)
    return run_jobs(context, jobs, label="notebooks", workers=workers)


def stale_jobs(context: Context, jobs: list[Job]) -> list[tuple[Job, str]]:
    """The jobs that have something to do, with their keys."""
    lock = context.workspace.root / LOCK
    keyed = [(job, job_key(job, study_digest=context.study.digest, lock=lock)) for job in jobs]
    return [(job, key) for job, key in keyed if not is_current(job, key)]


def run_jobs(context: Context, jobs: list[Job], *, label: str, workers: int | None = None) -> Tally:
    """Runs the stale ones of some jobs, with a progress bar."""
    stale = stale_jobs(context, jobs)
    with Progress(context.tell, label, len(stale)) as progress:
        outcomes = execute(stale, workers=workers or os.cpu_count() or 1, done=lambda one: progress.step(one.job.title))
    failures = [outcome.error for outcome in outcomes if outcome.error is not None]
    if failures:
        raise NotebookError(
            f"{len(failures)} of {len(stale)} notebooks failed; what the others made is kept.\n\n"
            + "\n\n".join(str(failure) for failure in failures)
        )
    return Tally(len(stale), len(jobs) - len(stale))


def status(context: Context) -> list[tuple[str, bool]]:
    """The reading of deliveries and each workshop job, and whether it is current; reads nothing but digests."""
    read = is_brought_in(context)
    jobs = _workshop_jobs(context, None, None)
    stale = {job.title for job, _ in stale_jobs(context, jobs)}
    return [("reading of deliveries", read), *((job.title, read and job.title not in stale) for job in jobs)]


def _workshop_jobs(context: Context, directorate: str | None, waves: Sequence[Wave] | None) -> list[Job]:
    study = context.study
    directorates = study.directorates if directorate is None else (study.directorate(directorate),)
    plan = load_plan(context.workspace)
    notebooks = tuple(one for one in plan.notebooks if one.folder == "workshop")
    return plan_jobs(
        context.workspace, study, notebooks, directorates=directorates, waves=tuple(study.waves if waves is None else waves)
    )
