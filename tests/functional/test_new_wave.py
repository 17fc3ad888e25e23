"""A new wave: its notebooks run, and the tables of the waves before are left alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from analysis.study import Workspace
from analysis.study.yaml_reader import read_yaml
from tests.conftest import observatoire

STUDY = "cd93"
NOTEBOOKS = ("10_collection", "00_start", "20_satisfaction", "50_change")


def rewrite(path: Path, change: Callable[[Any], object]) -> None:
    """Changes what a parameter file says."""
    content = read_yaml(path)
    change(content)
    YAML(typ="safe", pure=True).dump(content, path)


def tables(root: Path) -> dict[str, bytes]:
    """The tables of each scope; refused rows are one table per study."""
    folder = root / "data" / "processed" / STUDY
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.parquet"))
        if path.parent.name != "refused"
    }


def test_a_new_wave_runs_its_notebooks_and_leaves_the_tables_of_others(
    workspace: Path, tmp_path: Path
) -> None:
    place, aside = Workspace(workspace), tmp_path / "aside"
    shutil.move(place.raw(STUDY) / "2026-2", aside)
    margins = place.params / STUDY / "margins" / "2026-2.yml"
    text = margins.read_text(encoding="utf-8")
    margins.unlink()
    path = place.params / STUDY / "waves.yml"
    waves = read_yaml(path)["waves"]
    rewrite(path, lambda content: content["waves"].pop())
    first = observatoire(workspace, "run")
    assert first.stdout == "10 notebooks ran, 0 were current.\n", first.stderr
    before = tables(workspace)
    assert {path.split("/")[-2] for path in before} == {"wave=2026-1"}

    rewrite(path, lambda content: content.update(waves=waves))
    margins.write_text(text, encoding="utf-8")
    shutil.move(aside, place.raw(STUDY) / "2026-2")
    status = observatoire(workspace, "status").stdout.splitlines()
    assert status[0].startswith(
        "stale    reading of deliveries: data/raw/cd93/2026-2/borne.csv is new"
    )
    assert sorted(line for line in status if line.startswith("current")) == sorted(
        [
            "current  15_quality 2026-1",
            "current  52_standings 2026-1",
            *(
                f"current  {notebook} {scope}"
                for notebook in NOTEBOOKS
                for scope in ("dpaph 2026-1", "def 2026-1")
            ),
        ]
    )
    second = observatoire(workspace, "run")
    assert second.stdout == "10 notebooks ran, 10 were current.\n", second.stderr
    assert "10_collection def 2026-2" in second.stderr and " 2026-1" not in second.stderr
    after = tables(workspace)
    assert {path: after[path] for path in before} == before
    assert {path.split("/")[0] for path in after.keys() - before.keys()} == {
        path.split("/")[0] for path in before
    }
