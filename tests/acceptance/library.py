"""The answers of the library users' study, as literal distributions, and workspaces of that study.

What is true of the answers is computed here a second time, in plain Python: the pages of the
editions are held to it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from scipy import stats

from analysis.study import load_study
from tests.conftest import ROOT, empty_workspace, observatoire

SOURCE = ROOT / "tests" / "acceptance" / "library_users"
STARTS = {"2025-1": date(2025, 3, 1), "2025-2": date(2025, 9, 1), "2026-1": date(2026, 3, 1)}
AGES = ("under 25", "25 to 64", "65 and over", "25 to 64", "25 to 64")
"""One respondent after the other."""

DONT_KNOW = -1
MEMBERS = {"under 25": 3000, "25 to 64": 5000, "65 and over": 2000}
"""On the register of the branch libraries."""

Change = Callable[[dict[str, Any]], None]
"""Alters parameter files, by name."""

MARKS: dict[tuple[str, str, str], dict[int, int]] = {
    ("2025-1", "central", "cards"): {10: 5, 9: 7, 8: 12, 7: 13, 6: 10, 5: 7, 4: 6, 2: 5},
    ("2025-1", "central", "form"): {10: 3, 9: 5, 8: 9, 7: 11, 6: 10, 5: 6, 3: 6, 0: 5},
    ("2025-1", "branches", "phone_survey"): {10: 5, 9: 6, 8: 10, 7: 9, 6: 6, 5: 6, 4: 6},
    ("2025-1", "branches", "cards"): {9: 4, 8: 5, 6: 5},
    ("2025-1", "branches", "form"): {10: 3, 8: 8, 7: 8, 5: 6, 1: 5},
    ("2025-2", "central", "cards"): {10: 5, 9: 8, 8: 11, 7: 12, 6: 11, 5: 7, 4: 5, 2: 6},
    ("2025-2", "central", "form"): {10: 4, 9: 5, 8: 8, 7: 12, 6: 9, 5: 6, 3: 6, 0: 5},
    ("2025-2", "branches", "phone_survey"): {10: 5, 9: 6, 8: 9, 7: 9, 6: 6, 5: 6, 4: 5},
    ("2025-2", "branches", "cards"): {9: 4, 8: 6, 6: 5},
    ("2025-2", "branches", "form"): {10: 3, 8: 8, 7: 8, 5: 6, 1: 5},
    ("2026-1", "central", "cards"): {10: 12, 9: 14, 8: 14, 7: 10, 6: 6, 5: 5, DONT_KNOW: 3},
    ("2026-1", "central", "form"): {10: 9, 9: 11, 8: 12, 7: 9, 6: 6, 5: 5, 3: 5},
    ("2026-1", "branches", "phone_survey"): {10: 5, 9: 6, 8: 10, 7: 7, 6: 6, 5: 6},
    ("2026-1", "branches", "cards"): {9: 4, 8: 3, 6: 5},
    ("2026-1", "branches", "form"): {10: 3, 8: 8, 7: 8, 5: 6, 1: 5},
}
"""(wave, directorate, channel) → mark → how many gave it."""


def as_it_is(_: dict[str, Any]) -> None:
    """Alters nothing."""


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


def change_files(folder: Path, change: Change) -> Path:
    """The study's parameter files, altered, in a folder of their own.

    Args:
        folder: Where; `delivery.yml` is written beside it.
        change: Alters the content of the files, by name.

    """
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    files = {
        path.relative_to(SOURCE).with_suffix("").as_posix(): yaml.load(path)
        for path in sorted(SOURCE.rglob("*.yml"))
    }
    change(files)
    (folder / "margins").mkdir(parents=True)
    for name, content in files.items():
        place = folder.parent if name == "delivery" else folder
        yaml.dump(content, place / f"{name}.yml")
    return folder


def library_workspace(folder: Path, change: Change = as_it_is) -> Path:
    """A workspace with the study, altered, and the answers of its directorates and waves."""
    empty_workspace(folder)
    params = change_files(folder / "params" / "library_users", change)
    study = load_study(params)
    units = {one.id for one in study.directorates}
    rows = [
        row
        for row in replies()
        if row["Service"] in units
        and any(one.start <= date.fromisoformat(row["Date"]) <= one.end for one in study.waves)
    ]
    (folder / "incoming").mkdir()
    with (folder / "incoming" / "replies.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = observatoire(
        folder, "register", "library_users", "params/delivery.yml", "--source", "incoming"
    )
    assert done.returncode == 0, done.stderr
    return folder


def one_service_one_wave(files: dict[str, Any]) -> None:
    """The study with its first directorate and its last wave alone."""
    files["directorates"]["directorates"] = files["directorates"]["directorates"][:1]
    files["waves"]["waves"] = files["waves"]["waves"][-1:]
    for name in [name for name in files if name.startswith("margins/")]:
        del files[name]


SITE = "reports/editions/library_users/2026-1/v1.0.0/_site"
"""Where the pages of the last wave are, in a workspace."""


def published(folder: Path) -> Path:
    """Publishes the last wave of a workspace: the folder of its pages."""
    done = observatoire(folder, "publish", "--date", "2026-07-01")
    assert done.returncode == 0, done.stderr
    return folder / SITE


# --- by hand --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ByHand:
    """A figure, worked out from the answers in plain Python."""

    value: float
    se: float
    df: int
    base: int

    def bounds(self, family: int = 1) -> tuple[float, float]:
        """Student's 95 % interval, by Bonferroni for a family that is looked at together."""
        half = float(stats.t.ppf(1 - 0.025 / family, self.df)) * self.se
        return self.value - half, self.value + half

    def wilson(self) -> tuple[float, float]:
        """Wilson's 95 % interval of a share, on the effective number of answers."""
        p, t = self.value, float(stats.t.ppf(0.975, self.df))
        size = min(self.base, p * (1 - p) / self.se**2)
        centre, half = p + t**2 / (2 * size), t * (p * (1 - p) / size + (t / size / 2) ** 2) ** 0.5
        return (centre - half) / (1 + t**2 / size), (centre + half) / (1 + t**2 / size)


def answers_of(wave: str, directorate: str, *channels: str) -> list[tuple[str, int, str]]:
    """Channel, mark and age of each respondent of some channels in a wave."""
    found = []
    for channel in channels:
        distribution = MARKS[wave, directorate, channel]
        marks = [mark for mark, count in distribution.items() for _ in range(count)]
        found += [(channel, mark, AGES[place % len(AGES)]) for place, mark in enumerate(marks)]
    return found


def self_selected(
    answers: list[tuple[str, int, str]], score: Callable[[int], float | None]
) -> ByHand:
    """The mean of a score, each channel being a stratum of respondents who all weigh the same.

    `score` gives None for who does not count, and stays in the design all the same.
    """
    scores = [(channel, score(mark)) for channel, mark, _ in answers]
    valid = [one for _, one in scores if one is not None]
    value = sum(valid) / len(valid)
    variance = 0.0
    for stratum in {channel for channel, _ in scores}:
        z = [
            0.0 if one is None else (one - value) / len(valid) for c, one in scores if c == stratum
        ]
        centre = sum(z) / len(z)
        variance += len(z) / (len(z) - 1) * sum((one - centre) ** 2 for one in z)
    return ByHand(value, variance**0.5, len(scores) - len({c for c, _ in scores}), len(valid))


def members(answers: list[tuple[str, int, str]], score: Callable[[int], float]) -> ByHand:
    """The mean of a score over members, known by age, of whom each group weighs what it counts."""
    counted = Counter(age for _, _, age in answers)
    weight = {age: MEMBERS[age] / count for age, count in counted.items()}
    total = float(sum(MEMBERS.values()))
    value = sum(weight[age] * score(mark) for _, mark, age in answers) / total
    inner = {
        age: sum(score(mark) for _, mark, a in answers if a == age) / counted[age]
        for age in counted
    }
    squares = sum(
        (weight[age] * (score(mark) - inner[age]) / total) ** 2 for _, mark, age in answers
    )
    n = len(answers)
    return ByHand(value, (n / (n - 1) * squares) ** 0.5, n - 1, n)


def mark_of(mark: int) -> float | None:
    """The mark itself, where one was given."""
    return None if mark == DONT_KNOW else float(mark)


def entirely(mark: int) -> float:
    """1 for who found everything they came for."""
    return float(found(mark) == "entirely")
