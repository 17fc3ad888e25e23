"""Faults of the machine: killed processes (a few here; 200, corrections among them, by `make
faults`), full and read-only disks, a clock set back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import alter, observatoire
from tests.faults.killing import PUBLISH, WITHDRAW, Verb, survive


@pytest.mark.parametrize(("verb", "runs"), [(PUBLISH, 3), (WITHDRAW, 2)])
def test_a_killed_run_is_finished_by_a_plain_one(
    unpublished: Path, tmp_path: Path, verb: Verb, runs: int
) -> None:
    report = survive(verb, unpublished, tmp_path / "place", runs=runs, seed=5)
    assert report.killed.total() == runs
    assert report.faults == []


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small file system in memory, where that is allowed."""
    place = tmp_path / "mounted"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("a file system in memory cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def fill(mounted: Path, *, left: int) -> Path:
    """Leaves so many bytes of a disk, and returns the file that takes the rest."""
    filler = mounted / "filler"
    filler.write_bytes(b"\0" * max(shutil.disk_usage(mounted).free - left, 0))
    return filler


def without_results(workspace: Path, copy: Path) -> None:
    shutil.copytree(
        workspace,
        copy,
        ignore=shutil.ignore_patterns(
            "processed", "published", "runs", "editions", ".observatoire"
        ),
    )


def says_that_the_disk_is_full(done: subprocess.CompletedProcess[str], what: str) -> None:
    """It ended in one message, which names what could not be written."""
    assert done.returncode == 12 and "Traceback" not in done.stderr, done.stderr
    message = done.stderr[done.stderr.index("The disk is full") :]
    assert what in message.splitlines()[0] and "could not be written" in message
    assert "MiB are missing" in message or "more is needed" in message
    assert "Hint: make room" in message and "font" not in message


@pytest.mark.parametrize(
    ("verb", "left", "what"),
    [
        (("run",), 0, "the lock"),
        (("run",), 40_000, "part-0.parquet"),
        (("publish",), 5_000_000, "the edition"),
        (("backup", "../b.tar.gz"), 60_000, "the backup"),
        (("schedule", "--cron", "--output", "units"), 0, "observatoire-cd93.cron"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else str(one),
)
def test_a_full_disk_is_one_message_that_says_what_was_written(
    workspace: Path, mounted: Path, verb: tuple[str, ...], left: int, what: str
) -> None:
    without_results(workspace, mounted / "w")
    fill(mounted, left=left)
    says_that_the_disk_is_full(observatoire(mounted / "w", *verb), what)


def test_a_disk_that_fills_while_a_correction_is_put_in_place_leaves_what_was_frozen(
    unpublished: Path, mounted: Path
) -> None:
    shutil.copytree(unpublished, mounted / "w")
    first = mounted / "w" / observatoire(mounted / "w", "publish").stdout.splitlines()[-1]
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    alter(mounted / "w" / "params/cd93/study.yml", "direction par direction", "unité par unité")
    filler = fill(mounted, left=3_000_000)
    correct = ("correct", "--wave", "2026-2", "--reason", "Le sous-titre change.")
    done = observatoire(mounted / "w", *correct)
    assert done.returncode == 12 and "Traceback" not in done.stderr, done.stderr
    assert "The disk is full" in done.stderr and "could not be written" in done.stderr
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before
    assert [path.name for path in first.parent.iterdir()] == ["v1.0.0"]
    filler.unlink()
    done = observatoire(mounted / "w", *correct)
    assert done.returncode == 0 and "1.0.0 → 1.0.1" in done.stdout, done.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_after_room_is_made_the_same_command_goes_on(workspace: Path, mounted: Path) -> None:
    without_results(workspace, mounted / "w")
    filler = fill(mounted, left=600_000)
    says_that_the_disk_is_full(observatoire(mounted / "w", "run", "--keep-going"), "makes")
    filler.unlink()
    done = observatoire(mounted / "w", "run", "--directorate", "def", "--wave", "2026-2")
    assert done.returncode == 0, done.stderr


def test_restoring_onto_a_full_disk_leaves_nothing(
    workspace: Path, mounted: Path, tmp_path: Path
) -> None:
    assert observatoire(workspace, "backup", str(tmp_path / "b.tar.gz")).returncode == 0
    filler = fill(mounted, left=(tmp_path / "b.tar.gz").stat().st_size + 50_000)
    done = observatoire(tmp_path, "restore", str(tmp_path / "b.tar.gz"), str(mounted / "back"))
    assert done.returncode == 12 and "the workspace could not be written" in done.stderr, (
        done.stderr
    )
    assert [path for path in mounted.iterdir() if path != filler] == []


def test_a_workspace_that_may_not_be_written_is_told(workspace: Path, mounted: Path) -> None:
    shutil.copytree(workspace, mounted / "w")
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    for verb in ("run", "publish"):
        done = observatoire(mounted / "w", verb)
        assert done.returncode == 12, done.stderr
        assert "Read-only file system" in done.stderr and "Traceback" not in done.stderr
    assert observatoire(mounted / "w", "status").returncode == 0


def test_a_clock_set_back_hides_no_change(workspace: Path) -> None:
    scope = ("--directorate", "def", "--wave", "2026-2")
    assert observatoire(workspace, "run", *scope).returncode == 0
    path = workspace / "params/cd93/questionnaire.yml"
    text = path.read_text(encoding="utf-8")
    state = path.stat()
    assert "Satisfaction globale" in text
    path.write_text(text.replace("Satisfaction globale", "Satisfaction Globale"), encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns - 10**12))
    said = observatoire(workspace, "run", "--dry-run", *scope).stdout
    assert "cd93/questionnaire.yml changed" in said
