"""What `run` and `status` do: what is due and stale and nothing else, chosen, forced or only said;
told at its end; one at a time."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from analysis.cli.app import hold_workspace
from analysis.pipeline.forks import ZYGOTE
from analysis.study.workspace import Workspace
from tests.conftest import alter, journal, observatoire


@pytest.mark.parametrize("runs", [True, False])
def test_what_kernels_are_forked_from_starts_where_a_verb_runs_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: bool
) -> None:
    asked: list[str] = []
    for name in ("prepare", "dismiss"):
        monkeypatch.setattr(ZYGOTE, name, partial(asked.append, name))
    with hold_workspace(Workspace(tmp_path), "run", runs_notebooks=runs):
        assert asked == (["prepare"] if runs else [])
    assert asked[-1] == "dismiss"


def test_a_second_run_has_nothing_to_do_and_status_says_so(workspace: Path) -> None:
    first = observatoire(workspace, "run", "--directorate", "def", "--wave", "2026-2")
    assert first.stdout.strip() == "4 notebooks ran, 0 were current."
    second = observatoire(workspace, "run", "--directorate", "def", "--wave", "2026-2")
    assert second.stdout.strip() == "0 notebooks ran, 4 were current."
    lines = observatoire(workspace, "status").stdout.splitlines()
    assert [line for line in lines if line.startswith("current")] == [
        "current  reading of deliveries",
        "current  10_collection def 2026-2",
        "current  20_satisfaction def 2026-2",
    ]
    assert len(lines) == 1 + 4 * 4 + 2 * 2, "four per directorate and wave, two per wave"
    reading_waves_before = [line for line in lines if "def 2026-2" in line and line[0] == "s"]
    assert [line.split()[1] for line in reading_waves_before] == ["00_start", "50_change"]
    alter(
        workspace / "params/cd93/questionnaire.yml",
        "short: Satisfaction globale",
        "short: Satisfaction",
    )
    lines = observatoire(workspace, "status").stdout.splitlines()
    assert [line for line in lines if line.startswith("current")] == [
        "current  reading of deliveries"  # answers are read by their own words, not by short names
    ]
    assert "stale    10_collection def 2026-2: cd93/questionnaire.yml changed" in lines
    alter(
        workspace / "params/cd93/questionnaire.yml",
        "label: Tout à fait",
        "label: Absolument",
    )
    lines = observatoire(workspace, "status").stdout.splitlines()
    assert lines[0] == "stale    reading of deliveries: cd93/questionnaire.yml changed"


def test_what_is_run_can_be_chosen_forced_and_only_said(workspace: Path) -> None:
    scope = ("--directorate", "def", "--wave", "2026-2")
    said = observatoire(workspace, "run", "--dry-run", *scope)
    assert said.stdout.splitlines() == [
        "stale    10_collection def 2026-2: it never ran to its end",
        "stale    00_start def 2026-2: it never ran to its end",
        "stale    20_satisfaction def 2026-2: it never ran to its end",
        "stale    50_change def 2026-2: it never ran to its end",
    ]
    assert not (workspace / "reports" / "runs").exists()
    assert (
        observatoire(workspace, "run", "--only", "10_collection", *scope).stdout
        == "1 notebook ran, 0 were current.\n"
    )
    assert observatoire(workspace, "run", *scope).stdout == "3 notebooks ran, 1 was current.\n"
    assert (
        observatoire(workspace, "run", "--force", *scope).stdout
        == "4 notebooks ran, 0 were current.\n"
    )
    assert observatoire(workspace, "run", "--force", "--dry-run", *scope).stdout.splitlines() == [
        "current  10_collection def 2026-2",
        "current  00_start def 2026-2",
        "current  20_satisfaction def 2026-2",
        "current  50_change def 2026-2",
    ]
    wrong = observatoire(workspace, "run", "--only", "10_colection")
    assert wrong.returncode == 2 and "did you mean '10_collection'?" in wrong.stderr
    part = next((workspace / "data/processed/cd93/estimates").rglob("*.parquet"))
    part.unlink()
    stale = observatoire(workspace, "run", "--dry-run", *scope).stdout.splitlines()
    table = "estimates/directorate=def/wave=2026-2/part-0.parquet"
    assert stale[0] == f"stale    20_satisfaction def 2026-2: {table} was altered or removed"
    assert stale[1].startswith("stale    50_change def 2026-2: history of estimates def changed")
    assert f"{table} is not there" in stale[1]
    assert len(stale) == 2, "and not what it reads"


def test_the_end_of_a_run_is_told(workspace: Path) -> None:
    teller = workspace / "tell.py"
    teller.write_text(
        "import os\nopen('told.json', 'w').write(os.environ['OBSERVATOIRE_OUTCOME'])",
        encoding="utf-8",
    )
    told = (
        "--on-success",
        f"{sys.executable} tell.py",
        "--on-failure",
        f"{sys.executable} tell.py",
    )
    scope = ("--directorate", "def", "--wave", "2026-2")
    assert observatoire(workspace, "run", *scope, *told).returncode == 0
    assert json.loads((workspace / "told.json").read_text()) == {
        "verb": "run",
        "study": "cd93",
        "ran": 4,
        "current": 0,
        "failed": False,
    }
    alter(workspace / "params/cd93/questionnaire.yml", "id: Q01", "id: Q01x")
    assert observatoire(workspace, "run", *scope, *told).returncode == 3
    outcome = json.loads((workspace / "told.json").read_text())
    assert outcome["failed"] is True and outcome["message"]
    lines = journal(workspace, "cd93")
    titles = [line["title"] for line in lines]
    assert titles[0] == "10_collection def 2026-2", "the others read what it writes"
    assert sorted(titles) == [
        "00_start def 2026-2",
        "10_collection def 2026-2",
        "20_satisfaction def 2026-2",
        "50_change def 2026-2",
    ]
    (workspace / "told.json").unlink()
    assert (
        observatoire(workspace, "run", "--due", *told).returncode == 3
    )  # before anything is known of what is due
    assert json.loads((workspace / "told.json").read_text())["failed"] is True
    for target in ("no-such-command-here", " "):
        wrong = observatoire(workspace, "run", *scope, "--on-failure", target)
        assert (
            wrong.returncode == 3
            and "could not be told" in wrong.stderr
            and "no-such" not in wrong.stderr
        )


def test_nothing_is_due_while_every_field_is_open(workspace: Path) -> None:
    path = workspace / "params/cd93/waves.yml"
    later = re.sub(
        r"\b((?:start|end|publication|next_publication): '?)20",
        r"\g<1>21",
        path.read_text(encoding="utf-8"),
    )
    path.write_text(later, encoding="utf-8")
    done = observatoire(workspace, "run", "--due")
    assert (done.returncode, done.stdout) == (0, "Nothing is due.\n"), done.stderr
    assert observatoire(workspace, "run", "--due", "--wave", "2026-7").returncode == 2


def test_before_anything_is_read_status_says_so(workspace: Path) -> None:
    shutil.rmtree(workspace / "data" / "processed")
    for verb in (("status",), ("run", "--dry-run")):
        done = observatoire(workspace, *verb)
        assert done.returncode == 0 and done.stdout.startswith(
            "stale    reading of deliveries: it was never read"
        ), done.stderr


def test_two_commands_do_not_write_at_once_and_a_dead_one_holds_nothing(workspace: Path) -> None:
    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom pathlib import Path\nfrom analysis.operations.lock import "
            "workspace_lock\n"
            "from analysis.study import Workspace\n"
            "with workspace_lock(Workspace(Path.cwd()), 'publish cd93'):\n"
            "    print('held', flush=True)\n    time.sleep(60)",
        ],
        cwd=workspace,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdout is not None and holding.stdout.readline() == "held\n"
    second = observatoire(workspace, "run")
    assert second.returncode == 11 and f"`publish cd93`, process {holding.pid}" in second.stderr
    left = workspace / "data" / "processed" / ".x.1.tmp"
    left.write_text("half")
    holding.kill()
    holding.wait()
    done = observatoire(
        workspace, "run", "--directorate", "def", "--wave", "2026-2", "--only", "10_collection"
    )
    assert done.returncode == 0, done.stderr
    assert not left.exists()
