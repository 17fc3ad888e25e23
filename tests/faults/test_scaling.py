"""Notebooks on the workers of a Dask scheduler: the same edition, also when a worker is killed in
the middle."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import DAY, observatoire, started
from tests.faults.killing import digest


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_two_workers_make_the_same_edition_though_one_is_killed(
    workspace: Path, unpublished: Path
) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        run = started(workspace, "publish", "--date", DAY, "--scheduler", cluster.scheduler_address)
        journal = workspace / "reports/runs/cd93/journal.jsonl"
        end = time.monotonic() + 120
        while not journal.exists() and run.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(cluster.workers[0].process.pid, signal.SIGKILL)
        out, told = run.communicate(timeout=300)
    assert run.returncode == 0, told[-2000:]
    done = observatoire(unpublished, "publish", "--date", DAY)
    assert done.returncode == 0, done.stderr
    made = [folder / "reports/editions" for folder in (workspace, unpublished)]
    assert out.strip() == done.stdout.strip() and digest(made[0]) == digest(made[1])


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_lost_is_a_failure_and_what_was_done_is_kept(workspace: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        run = started(workspace, "run", "--keep-going", "--scheduler", cluster.scheduler_address)
        records = workspace / "reports" / "runs" / "cd93"
        end = time.monotonic() + 120
        while (
            not list(records.rglob("*.record.json"))
            and run.poll() is None
            and time.monotonic() < end
        ):
            time.sleep(0.05)
    out, told = run.communicate(timeout=300)
    assert run.returncode == 7, (out, told[-2000:])
    assert "could not be run: " in told
    assert "Traceback" not in told, told[:1500] + told[-3000:]
    assert "stale    " in observatoire(workspace, "status").stdout


def test_a_scheduler_that_does_not_answer_is_told(workspace: Path) -> None:
    done = observatoire(workspace, "run", "--scheduler", "tcp://127.0.0.1:9")
    assert (
        done.returncode == 2
        and "No scheduler answers" in done.stderr
        and "Traceback" not in done.stderr
    )
