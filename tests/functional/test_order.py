"""Notebooks that read what others write: in order, only when what they read changed, not after a
failure; and stopped ones."""

from __future__ import annotations

import os
import signal
import time
from datetime import date
from pathlib import Path

import nbformat
import pytest
from ruamel.yaml import YAML

from tests.conftest import observatoire, started
from tests.faults.killing import zygotes_of

PLAN = """
notebooks:
  - {id: 50_after, folder: workshop, per: [directorate], reads: [answers]}
  - {id: 10_before, folder: workshop, per: [directorate, wave], reads: [responses],
     writes: [answers]}
"""
PLACE = 'Path(f"../../data/processed/cd93/answers/directorate={directorate}")'
BEFORE = f"""
place = {PLACE} / f"wave={{wave}}" / "part-0.parquet"
place.parent.mkdir(parents=True, exist_ok=True)
place.write_text("made")
"""
AFTER = f'print(sorted(path.read_text() for path in {PLACE}.glob("*/*")))'


def write(workspace: Path, name: str, source: str, *, per_wave: bool) -> None:
    parameters = 'study = "cd93"\ndirectorate = "def"\n' + ('wave = "2026-2"\n' if per_wave else "")
    cells = [
        nbformat.v4.new_code_cell(text)
        for text in (parameters, f"from pathlib import Path\n{source}")
    ]
    cells[0].metadata["tags"] = ["parameters"]
    path = workspace / "notebooks" / "workshop" / f"{name}.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")


@pytest.fixture
def chained(workspace: Path) -> Path:
    """A workspace whose second notebook reads, per directorate, what the first one wrote for each
    wave."""
    (workspace / "notebooks" / "plan.yml").write_text(PLAN, encoding="utf-8")
    write(workspace, "10_before", BEFORE, per_wave=True)
    write(workspace, "50_after", AFTER, per_wave=False)
    return workspace


def test_what_is_read_is_made_first_and_remade_only_if_it_differs(chained: Path) -> None:
    said = observatoire(chained, "status").stdout.splitlines()
    assert said[-1] == "stale    50_after def: it never ran to its end"
    first = observatoire(chained, "run")
    assert first.stdout == "6 notebooks ran, 0 were current.\n", first.stderr
    executed = nbformat.read(chained / "reports/runs/cd93/dpaph/50_after.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0]["text"] == "['made', 'made']\n"

    write(chained, "10_before", BEFORE + "1", per_wave=True)  # another notebook, the same tables
    said = observatoire(chained, "run", "--dry-run").stdout.splitlines()
    table = "cd93/answers/directorate=def/wave=2026-1/part-0.parquet"
    assert said[0] == "stale    10_before dpaph 2026-1: notebook 10_before changed"
    assert said[-1].startswith(f"stale    50_after def: {table} will be made again")
    assert observatoire(chained, "run").stdout == "4 notebooks ran, 2 were current.\n"

    write(chained, "10_before", BEFORE.replace("made", "new"), per_wave=True)
    one = observatoire(chained, "run", "--directorate", "def", "--wave", "2026-2")
    assert one.stdout == "1 notebook ran, 0 were current.\n", one.stderr
    said = observatoire(chained, "run", "--dry-run").stdout.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "stale    10_before dpaph 2026-1",
        "stale    10_before dpaph 2026-2",
        "stale    10_before def 2026-1",
        "stale    50_after dpaph",
        "stale    50_after def",
    ]
    assert observatoire(chained, "run").stdout == "5 notebooks ran, 1 was current.\n"


def test_what_is_due_is_the_waves_whose_field_has_closed(chained: Path) -> None:
    path, yaml = chained / "params/cd93/waves.yml", YAML(typ="safe", pure=True)
    content = yaml.load(path)
    content["waves"][1].update(
        end=date(2126, 10, 31),
        publication=date(2126, 11, 16),
        next_publication=date(2127, 9, 13),
    )
    yaml.dump(content, path)
    assert observatoire(chained, "run", "--due").stdout == "2 notebooks ran, 0 were current.\n"
    assert len(list((chained / "reports/runs/cd93").rglob("2026-1/10_before.record.json"))) == 2
    assert list((chained / "reports/runs/cd93").rglob("50_after*")) == []  # it reads an open wave


@pytest.mark.parametrize(("options", "ran"), [((), 0), (("--keep-going",), 4)])
def test_what_reads_a_failed_notebook_is_not_started(
    chained: Path, options: tuple[str, ...], ran: int
) -> None:
    write(
        chained,
        "10_before",
        BEFORE + '1 / (directorate != "def" or wave != "2026-2")',
        per_wave=True,
    )
    done = observatoire(chained, "run", "--workers", "1", *options)
    assert done.returncode == 7
    assert "10_before def 2026-2 failed" in done.stderr and "50_after def failed" not in done.stderr
    words = (
        "1 were not started: they read what failed"
        if options
        else "2 were not started: --keep-going"
    )
    assert words in done.stderr
    assert (chained / "reports/runs/cd93/dpaph/50_after.record.json").exists() == bool(ran)
    assert not (chained / "reports/runs/cd93/def/50_after.record.json").exists()


def test_a_person_stops_a_run_at_once_and_it_goes_on_later(chained: Path) -> None:
    write(
        chained,
        "10_before",
        BEFORE + 'import time\ntime.sleep(600 if wave == "2026-2" else 0)',
        per_wave=True,
    )
    run = started(chained, "run")
    records = chained / "reports" / "runs" / "cd93"
    end = time.monotonic() + 60
    while len(list(records.rglob("*.record.json"))) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGINT)
    said = run.communicate(timeout=30)[1]
    assert run.returncode == 130
    assert said.endswith(
        "\nStopped.\n\nHint: what is done is kept: the same command goes on from there.\n"
    )
    assert "Kernel" not in said and "Traceback" not in said
    assert [
        path for part in ("data", "reports") for path in (chained / part).rglob(".*.tmp*")
    ] == []
    assert zygotes_of(chained) == []
    write(chained, "10_before", BEFORE, per_wave=True)
    assert observatoire(chained, "run").returncode == 0


def test_a_failed_notebook_goes_when_the_retention_rule_says_so(chained: Path) -> None:
    write(chained, "10_before", "1 / 0", per_wave=True)
    assert observatoire(chained, "run", "--keep-going").returncode == 7
    (chained / "params/cd93/retention.yml").write_text("failed_notebooks: 10\n", encoding="utf-8")
    kept = sorted((chained / "reports/runs/cd93").rglob("failed/*"))
    assert len(kept) == 2 * 4
    for path, days in zip(kept, (9, 9, 11, 11, 9, 9, 11, 11), strict=True):
        then = time.time() - days * 86_400
        os.utime(path, (then, then))
    scope = [
        part
        for key, part in zip(("--directorate", "--wave"), kept[0].parts[-4:-2], strict=True)
        for part in (key, part)
    ]
    done = observatoire(chained, "run", *scope)
    assert "4 files of failed notebooks were older" in done.stderr
    assert sorted((chained / "reports/runs/cd93").rglob("failed/*")) == [*kept[:2], *kept[4:6]]
    (chained / "params/cd93/retention.yml").write_text("failed_notebooks: 0\n", encoding="utf-8")
    assert observatoire(chained, "run").returncode == 3
