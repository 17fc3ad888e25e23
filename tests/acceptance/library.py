"""The answers of the library users' study, as literal distributions, and workspaces of that study.

What is true of the answers is computed here a second time, in plain Python: the pages of the
editions are held to it.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.conftest import ROOT, empty_workspace, observatoire

SOURCE = ROOT / "tests" / "acceptance" / "library_users"
STARTS = {"2025-1": date(2025, 3, 1), "2025-2": date(2025, 9, 1), "2026-1": date(2026, 3, 1)}
AGES = ("under 25", "25 to 64", "65 and over", "25 to 64", "25 to 64")
"""One respondent after the other."""

DONT_KNOW = -1

MARKS: dict[tuple[str, str, str], dict[int, int]] = {
    ("2025-1", "central", "cards"): {10: 5, 9: 7, 8: 12, 7: 13, 6: 10, 5: 7, 4: 6, 2: 5},
    ("2025-1", "central", "form"): {10: 3, 9: 5, 8: 9, 7: 11, 6: 10, 5: 6, 3: 6, 0: 5},
    ("2025-1", "branches", "telephone"): {10: 5, 9: 6, 8: 10, 7: 9, 6: 6, 5: 6, 4: 6},
    ("2025-1", "branches", "cards"): {9: 4, 8: 5, 6: 5},
    ("2025-1", "branches", "form"): {10: 3, 8: 8, 7: 8, 5: 6, 1: 5},
    ("2025-2", "central", "cards"): {10: 5, 9: 8, 8: 11, 7: 12, 6: 11, 5: 7, 4: 5, 2: 6},
    ("2025-2", "central", "form"): {10: 4, 9: 5, 8: 8, 7: 12, 6: 9, 5: 6, 3: 6, 0: 5},
    ("2025-2", "branches", "telephone"): {10: 5, 9: 6, 8: 9, 7: 9, 6: 6, 5: 6, 4: 5},
    ("2025-2", "branches", "cards"): {9: 4, 8: 6, 6: 5},
    ("2025-2", "branches", "form"): {10: 3, 8: 8, 7: 8, 5: 6, 1: 5},
    ("2026-1", "central", "cards"): {10: 12, 9: 14, 8: 14, 7: 10, 6: 6, 5: 5, DONT_KNOW: 3},
    ("2026-1", "central", "form"): {10: 9, 9: 11, 8: 12, 7: 9, 6: 6, 5: 5, 3: 5},
    ("2026-1", "branches", "telephone"): {10: 5, 9: 6, 8: 10, 7: 7, 6: 6, 5: 6},
    ("2026-1", "branches", "cards"): {9: 4, 8: 3, 6: 5},
    ("2026-1", "branches", "form"): {10: 3, 8: 8, 7: 8, 5: 6, 1: 5},
}
"""(wave, directorate, channel) → mark → how many gave it."""


def found(mark: int) -> str:
    """What somebody who gave a mark found."""
    return "entirely" if mark >= 7 else "in part" if mark >= 5 else "not at all"


def replies() -> list[dict[str, str]]:
    """The rows of the file, by rule."""
    rows = []
    for (wave, directorate, channel), distribution in MARKS.items():
        marks = [mark for mark, count in distribution.items() for _ in range(count)]
        for place, mark in enumerate(marks):
            rows.append(
                {
                    "Service": directorate,
                    "Channel": channel,
                    "Date": (STARTS[wave] + timedelta(days=place)).isoformat(),
                    "Visit": "don’t know" if mark == DONT_KNOW else str(mark),
                    "Found": found(mark),
                    "Age": AGES[place % len(AGES)],
                    "Why": "",
                }
            )
    return rows


def library_workspace(folder: Path, change: Callable[[dict[str, Any]], None] | None = None) -> Path:
    """A workspace with the study and its delivery.

    Args:
        folder: Where.
        change: Alters the parameter files, by name, before they are written.

    """
    empty_workspace(folder)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    files = {
        path.relative_to(SOURCE).with_suffix("").as_posix(): yaml.load(path)
        for path in sorted(SOURCE.rglob("*.yml"))
    }
    if change is not None:
        change(files)
    params = folder / "params" / "library_users"
    (params / "margins").mkdir(parents=True)
    for name, content in files.items():
        yaml.dump(
            content, folder / "delivery.yml" if name == "delivery" else params / f"{name}.yml"
        )
    units = {one["id"] for one in files["directorates"]["directorates"]}
    waves = {one["id"] for one in files["waves"]["waves"]}
    kept = {wave: start.isoformat() for wave, start in STARTS.items() if wave in waves}
    first = min(kept.values())
    rows = [one for one in replies() if one["Service"] in units and one["Date"] >= first]
    (folder / "incoming").mkdir()
    with (folder / "incoming" / "replies.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = observatoire(folder, "register", "library_users", "delivery.yml", "--source", "incoming")
    assert done.returncode == 0, done.stderr
    return folder
