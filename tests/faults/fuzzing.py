"""Broken files, manifests, parameters and archives, drawn at random: python -m tests.faults.fuzzing
[CASES] [SEED]

Each case spoils something that is right, as people and programs spoil it, and hands it to the code
that must refuse or take it. What is checked of each: it ends in time and memory; what is raised is
one of our errors, with a hint, on lines a terminal can show; nothing is half-registered; the rows
that are taken add up; and none of the canaries that stand in the cells (a name, a token, an
address, a number) comes out in a message, the journal or a record.
"""

from __future__ import annotations

import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from analysis.errors import ObservatoryError
from analysis.operations.backup import restore_backup, write_backup
from analysis.operations.check import check_study
from analysis.operations.context import Context
from analysis.operations.register import register_delivery
from analysis.study import Workspace, load_study
from tests.conftest import ROOT
from tests.faults.accidents import (
    CANARIES,
    FORMATS,
    REDACTED,
    TEXT,
    manifest,
    spoil_archive,
    spoil_file,
    spoil_yaml,
)

SECONDS, MEMORY = 30, 3 << 30
"""What one case may take, and all of them beyond what is imported, in bytes."""

SHARES = {"files": 0.62, "manifests": 0.13, "parameters": 0.15, "archives": 0.10}


@dataclass
class Report:
    """What was tried, and what was wrong."""

    cases: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def wrong(self, kind: str, seed: str, what: str) -> None:
        self.violations.append(f"{kind}, case {seed}: {what}")


# --- one case -------------------------------------------------------------------------------------


class _TooLong(BaseException):
    """A case that did not end in time."""


def _alarm(*_: object) -> None:
    raise _TooLong


def attempt(report: Report, kind: str, seed: str, act: Callable[[], object]) -> bool | None:
    """Runs a case: True where it was taken, False where it was refused as it should be, None where
    it was wrong."""
    signal.alarm(SECONDS)
    try:
        act()
    except ObservatoryError as error:
        message = str(error)
        if CANARIES.search(message):
            report.wrong(kind, seed, f"a cell stands in the message: {message[:300]}")
        if message.count("Hint: ") != 1 + _count(error) or not error.hint.strip():
            report.wrong(kind, seed, f"a message has no hint: {message[:300]}")
        if not all(
            line.isprintable()
            for line in message.replace("\u202f", " ").replace("\xa0", " ").split("\n")
        ):
            report.wrong(kind, seed, f"a message holds what cannot be seen: {message[:300]!r}")
        return False
    except _TooLong:
        report.wrong(kind, seed, f"it did not end within {SECONDS} s")
        return None
    except BaseException as error:
        report.wrong(kind, seed, f"{type(error).__name__}: {str(error)[:300]}")
        return None
    finally:
        signal.alarm(0)
    return True


def _count(error: ObservatoryError) -> int:
    return sum(1 + _count(one) for one in error.others)


@dataclass
class Place:
    """Where cases are tried: a workspace whose study is loaded once."""

    root: Path
    context: Context
    told: list[str]

    @classmethod
    def make(cls, root: Path) -> Place:
        for name in ("params/cd93", "notebooks"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copyfile(ROOT / "requirements.lock", root / "requirements.lock")
        told: list[str] = []
        return cls(root, Context.open(Workspace(root), "cd93", told.append), told)

    def clear(self) -> None:
        self.told.clear()
        for name in ("data", "reports", "draft"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "draft").mkdir()


def try_delivery(
    report: Report, place: Place, kind: str, seed: str, content: bytes, text: str
) -> None:
    """Registers a delivery that is spoilt, and looks at everything that came of it."""
    place.clear()
    draft = place.root / "draft" / "manifest.yml"
    draft.write_text(text, encoding="utf-8", errors="replace")
    (place.root / "draft" / "raw.csv").write_bytes(content)
    taken = attempt(report, kind, seed, lambda: register_delivery(place.context, draft))
    report.taken[kind] += taken is True
    raw = place.context.workspace.raw("cd93")
    registered = [path.name for path in raw.iterdir()] if raw.exists() else []
    if taken is not True and registered:
        report.wrong(kind, seed, f"refused, and yet something is registered: {registered}")
    told = "\n".join(place.told)
    journal = place.root / "reports/runs/cd93/journal.jsonl"
    told += journal.read_text(encoding="utf-8") if journal.exists() else ""
    if CANARIES.search(told):
        report.wrong(kind, seed, f"a cell is told: {told[:300]}")
    for path in (place.root / "data" / "processed").rglob("*.parquet"):
        table = pl.read_parquet(path, hive_partitioning=False)
        layer = path.relative_to(place.root / "data/processed/cd93").parts[0]
        pattern = REDACTED if layer == "verbatims" else CANARIES
        columns = ["text"] if layer == "verbatims" else table.columns
        if pattern.search(str(table.select(columns).rows())):
            report.wrong(kind, seed, f"a cell stands in {layer}")
        if (
            layer == "receipts"
            and table.select(
                (
                    pl.col("received") != pl.col("kept") + pl.col("refused") + pl.col("duplicates")
                ).any()
            ).item()
        ):
            report.wrong(kind, seed, "rows are lost")


def try_parameters(report: Report, folder: Path, seed: str, drawn: random.Random) -> None:
    """Loads a small study of which one file is spoilt."""
    source = ROOT / "tests" / "acceptance" / "nhs_fft"
    names = ["study.yml", "questionnaire.yml", "waves.yml", "directorates.yml", "indicators.yml"]
    place = folder / "params" / "nhs_fft"
    shutil.rmtree(folder, ignore_errors=True)
    place.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, place / name)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for name in drawn.sample(names, drawn.randint(1, 2)):
        text = spoil_yaml((source / name).read_text(encoding="utf-8"), drawn)
        (place / name).write_text(text, encoding="utf-8", errors="replace")
    if drawn.random() < 0.1:
        plan = folder / "notebooks" / "plan.yml"
        plan.write_text(
            spoil_yaml(plan.read_text(encoding="utf-8"), drawn), encoding="utf-8", errors="replace"
        )
    taken = attempt(report, "parameters", seed, lambda: check_study(Workspace(folder), "nhs_fft"))
    report.taken["parameters"] += taken is True


def try_archive(report: Report, folder: Path, seed: str, content: bytes) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in").mkdir(parents=True)
    (folder / "spoilt").write_bytes(content)
    taken = attempt(
        report, "archives", seed, lambda: restore_backup(folder / "spoilt", folder / "in" / "back")
    )
    report.taken["archives"] += taken is True
    names = sorted(path.name for path in folder.iterdir())
    left = sorted(path.name for path in (folder / "in").iterdir())
    if names != ["in", "spoilt"] or left != (["back"] if taken else []):
        report.wrong("archives", seed, f"something else lies there: {names} {left}")


def fuzz(cases: int, seed: int, tell: Callable[[str], None]) -> Report:
    """Tries so many cases, the same ones for the same seed."""
    report = Report()
    signal.signal(signal.SIGALRM, _alarm)
    with tempfile.TemporaryDirectory() as name:
        place = Place.make(Path(name) / "workspace")
        honest = _honest_archive(Path(name))
        for kind, share in SHARES.items():
            for number in range(round(cases * share)):
                label = f"{seed}/{kind}/{number}"
                drawn = random.Random(label)
                reader = drawn.choice(list(FORMATS))
                make, channel = FORMATS[reader]
                if kind == "files":
                    try_delivery(
                        report,
                        place,
                        kind,
                        label,
                        spoil_file(make(), drawn),
                        manifest(reader, channel),
                    )
                elif kind == "manifests":
                    try_delivery(
                        report,
                        place,
                        kind,
                        label,
                        make(),
                        spoil_yaml(manifest(reader, channel), drawn),
                    )
                elif kind == "parameters":
                    try_parameters(report, Path(name) / "small", label, drawn)
                else:
                    try_archive(report, Path(name) / "archive", label, spoil_archive(honest, drawn))
                report.cases[kind] += 1
                if report.cases.total() % 250 == 0:
                    tell(f"{report.cases.total()} cases, {len(report.violations)} violations")
    return report


def _honest_archive(folder: Path) -> bytes:
    root = folder / "honest"
    for name in ("params/s/study.yml", "data/raw/s/d/a.csv", "requirements.lock"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(TEXT)
    write_backup(Workspace(root), folder / "honest.tar.gz")
    return (folder / "honest.tar.gz").read_bytes()


def main() -> int:
    """Prints what was tried and every violation; 1 where there is one."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    load_study(ROOT / "params" / "cd93")
    held = (
        int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmData:")[1].split()[0])
        << 10
    )
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, held + MEMORY))
    start = time.monotonic()
    report = fuzz(cases, seed, lambda line: print(line, flush=True))
    for violation in report.violations[:50]:
        print(f"VIOLATION {violation}")
    tried = ", ".join(
        f"{count} {kind} ({report.taken[kind]} taken)" for kind, count in report.cases.items()
    )
    print(f"{tried}: {len(report.violations)} violations, {time.monotonic() - start:.0f} s")
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
