"""Faults of the machine: killed processes (a few here, 200 by `make faults`), full and read-only disks, a clock set back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import observatoire
from tests.faults.killing import survive


def test_a_killed_run_is_finished_by_a_plain_one(workspace: Path, tmp_path: Path) -> None:
    report = survive(workspace, tmp_path / "place", runs=3, seed=5)
    assert report.killed.total() == 3
    assert report.faults == []


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small file system in memory, where that is allowed."""
    place = tmp_path / "mounted"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("a file system in memory cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_is_told_and_the_same_command_goes_on(workspace: Path, mounted: Path) -> None:
    shutil.copytree(workspace, mounted / "w")
    filler = mounted / "filler"
    free = shutil.disk_usage(mounted).free
    filler.write_bytes(b"\0" * max(free - 100_000, 0))
    done = observatoire(mounted / "w", "run", "--keep-going")
    assert done.returncode in (7, 12), done.stderr
    assert "No space left" in done.stderr and "Traceback" not in done.stderr
    filler.unlink()
    done = observatoire(mounted / "w", "run", "--directorate", "def", "--wave", "2026-2")
    assert done.returncode == 0, done.stderr


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
