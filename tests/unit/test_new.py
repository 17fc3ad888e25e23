"""A workspace outside the clone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analysis.errors import ScopeError
from analysis.operations import new
from analysis.operations.check import check_study
from analysis.study import Workspace
from tests.conftest import ROOT


def test_a_new_workspace_holds_all_that_a_study_needs(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = new.new_workspace(folder)
    assert {path.relative_to(folder).parts[0] for path in folder.iterdir()} == {
        Path(name).parts[0] for name in made
    }
    workspace = Workspace(folder)
    for name in workspace.studies():
        assert "No fault found" in check_study(workspace, name)
    assert "data/raw/*" in (folder / ".gitignore").read_text(encoding="utf-8")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for taken in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(ScopeError, match="Something is there already"):
            new.new_workspace(taken)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_installed_library_brings_what_the_clone_holds(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    brought = {name.removeprefix("analysis/brought/") for name in names if "/brought/" in name}
    tracked = subprocess.run(
        ["git", "ls-files", *new.BROUGHT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(tracked.stdout.split()) <= brought
