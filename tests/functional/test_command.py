"""The command: each fault ends in one clear message, its own exit code, no traceback, nothing
half-written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import alter, observatoire


def tree(folder: Path) -> dict[str, bytes]:
    kept = ("data", "reports/editions", "reports/runs")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in kept
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    }


def raw(workspace: Path, name: str = "papier.csv") -> Path:
    return workspace / "data" / "raw" / "cd93" / "2026-2" / name


def twice(workspace: Path) -> None:
    shutil.copytree(workspace / "data/raw/cd93/2026-2", workspace / "data/raw/cd93/again")
    alter(workspace / "data/raw/cd93/again/manifest.yml", "delivery: 2026-2", "delivery: again")


CASES: dict[str, tuple[Callable[[Path], object], tuple[str, ...], int, str]] = {
    "a missing raw file": (lambda w: raw(w).unlink(), ("run",), 4, "A raw file is missing"),
    "an altered raw file": (
        lambda w: raw(w).write_bytes(raw(w).read_bytes() + b"\n"),
        ("run",),
        4,
        "was altered",
    ),
    "an empty raw file": (lambda w: raw(w).write_bytes(b""), ("run",), 4, "A raw file is empty"),
    "one file in two manifests": (twice, ("run",), 4, "One file is registered twice"),
    "an unknown key": (
        lambda w: alter(w / "data/raw/cd93/2026-2/manifest.yml", "received:", "recieved:"),
        ("run",),
        3,
        "recieved",
    ),
    "a wave in a manifest that does not exist": (
        lambda w: alter(w / "data/raw/cd93/2026-2/manifest.yml", "wave: 2026-2", "wave: 2027-1"),
        ("check",),
        2,
        "2027-1",
    ),
    "a wave that does not exist": (
        lambda w: None,
        ("run", "--wave", "2027-1"),
        2,
        "Unknown wave: '2027-1'",
    ),
    "a path for a directorate": (
        lambda w: None,
        ("run", "--directorate", "../../etc"),
        2,
        "Unknown directorate",
    ),
    "a path for a study": (lambda w: None, ("run", "../../etc"), 2, "Unknown study"),
    "a duplicate key": (
        lambda w: alter(
            w / "params/cd93/study.yml", "languages: [fr", "languages: [en]\nlanguages: [fr"
        ),
        ("run",),
        3,
        "twice",
    ),
    "no simulation plan": (
        lambda w: (w / "params/cd93/simulation.yml").unlink(),
        ("simulate",),
        3,
        "no simulation plan",
    ),
    "simulated twice": (lambda w: None, ("simulate",), 4, "has deliveries already"),
    "no data": (lambda w: shutil.rmtree(w / "data"), ("run",), 10, "observatoire simulate cd93"),
    "a plan that cannot be read": (
        lambda w: alter(
            w / "notebooks/plan.yml",
            "per: [directorate, wave], reads",
            "per: [directorate, waves], reads",
        ),
        ("publish",),
        3,
        "plan.yml",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_ends_in_one_message(workspace: Path, case: str) -> None:
    spoil, arguments, code, words = CASES[case]
    spoil(workspace)
    before = tree(workspace)
    done = observatoire(workspace, *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(workspace) == before


def test_a_margin_whose_category_nobody_has_names_it_and_the_other_scopes_are_done(
    workspace: Path,
) -> None:
    path = workspace / "params/cd93/margins/2026-2.yml"
    content = YAML(typ="safe", pure=True).load(path)
    ages = content["margins"]["def"]["AGE"]
    ages["3"] -= 1
    ages["5"] = 1
    YAML(typ="safe", pure=True).dump(content, path)
    done = observatoire(workspace, "run", "--wave", "2026-2", "--keep-going")
    assert done.returncode == 7
    assert "10_collection def 2026-2 failed" in done.stderr
    assert "5 were not started: they read what failed" in done.stderr
    assert "No respondent stands in margin 'AGE', category 5" in done.stderr
    assert "observatoire run cd93 --directorate def --wave 2026-2" in done.stderr
    assert "Traceback" not in done.stderr
    made = workspace / "data/processed/cd93/estimates"
    assert (made / "directorate=dpaph/wave=2026-2/part-0.parquet").exists()
    assert not (made / "directorate=def").exists()


def test_other_hidden_files_are_left_alone_and_ours_go(workspace: Path) -> None:
    theirs = [
        workspace / "data/raw/.Trash-1000/a.csv",
        workspace / "data/raw/.x.1.tmp/y",
        workspace / "data/raw/.mine.tmp",
    ]
    ours = [
        workspace / ".observatoire/cd93/.digests.json.1.tmp",
        workspace / "data/raw/.observatoire-x/file",
    ]
    for path in (*theirs, *ours):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert observatoire(workspace, "run", "--only", "10_collection", "--force").returncode == 0
    assert [path.exists() for path in theirs] == [True] * 3 and [
        path.exists() for path in ours
    ] == [False] * 2


def test_simulating_never_removes_a_file(workspace: Path) -> None:
    shutil.rmtree(workspace / "data" / "raw" / "cd93")
    waiting = workspace / "data" / "raw" / "cd93" / "2026-3" / "export.csv"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("a;b\n1;2\n", encoding="utf-8")
    for arguments in (("simulate",), ("simulate", "--if-empty")):
        done = observatoire(workspace, *arguments)
        assert done.returncode == 4 and "no manifest describes" in done.stderr
    assert waiting.exists()
