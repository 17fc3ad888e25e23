"""Runs that are killed at random moments, then finished by a plain one: python -m
tests.faults.killing [RUNS] [SEED]

On a miniature study, `observatoire publish`, `correct` or `withdraw` is started and one of its
processes (the command itself with its workers, which are threads, a kernel, the zygote, the
renderer) gets SIGKILL at a random moment of its life; ten times over on one workspace, then a plain
run ends it. All editions must be byte for byte the undisturbed ones, and no temporary file, kernel
or zygote may be left.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from analysis.pipeline.kernels import socket_folders
from analysis.storage import sha256_file
from tests.conftest import alter, observatoire, small_workspace, started

TODAY = date.today().isoformat()  # noqa: DTZ011 - the day of this machine, as the command has it
"""The day that all editions bear, whenever a run ends: that of pages that were rendered before."""


@dataclass(frozen=True)
class Verb:
    """What is killed.

    Attributes:
        arguments: The command.
        prepared: The commands before it, on a workspace that nothing has run in.
        share: Of all runs.
        ended: With which codes a plain run may end, after others that were killed: once an edition
            is withdrawn, it says so.

    """

    arguments: tuple[str, ...]
    prepared: tuple[tuple[str, ...], ...]
    share: float
    ended: tuple[int, ...] = (0,)


PUBLISH = Verb(("publish", "--date", TODAY), (), 0.6)
TEXT = ("params/cd93/study.yml", "direction par direction", "unité par unité")
"""What is changed of a study before its edition is corrected."""
ABOUT = ("--wave", "2026-2", "--reason", "Un texte change.")
CORRECT = Verb(("correct", *ABOUT, "--date", TODAY), (PUBLISH.arguments,), 0.3)
WITHDRAW = Verb(("withdraw", *ABOUT, "--version", "1.0.0"), (PUBLISH.arguments,), 0.1, (0, 10))

PER_SEQUENCE = 10
PATIENCE = 180
LINGER = {"the command": 15.0, "the zygote": 6.0, "a kernel": 1.0, "the renderer": 0.1}
"""What is killed, and up to how many seconds after it was first seen: about as long as each
lives."""
REDONE = 0.5
"""Share of the notebooks that run again after a run that came to its end."""
RENDERER = "pandoc"


@dataclass
class Report:
    """What was killed, how often, and what was wrong afterwards."""

    killed: Counter[str] = field(default_factory=Counter)
    started: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def digest(workspace: Path) -> dict[str, str]:
    """Digest of each file of all editions, the register among them."""
    editions = workspace / "reports" / "editions"
    return {
        path.relative_to(editions).as_posix(): sha256_file(path)
        for path in sorted(editions.rglob("*"))
        if path.is_file()
    }


def processes() -> dict[int, tuple[int, str]]:
    """Process → its parent and its command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int(
                    (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
                )
                found[int(folder.name)] = (
                    parent,
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(),
                )
            except (OSError, ValueError, IndexError):
                continue
    return found


def zygotes_of(workspace: Path) -> list[int]:
    """The zygotes and kernels that were started in a workspace (a kernel has its zygote's command
    line)."""
    found = []
    for pid, (_, line) in processes().items():
        try:
            here = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            continue
        if "analysis.pipeline.zygote" in line and here.is_relative_to(workspace):
            found.append(pid)
    return found


def victims(main: int) -> dict[str, list[int]]:
    """The processes of a run by what they do."""
    every = processes()
    ours = {pid: line for pid, (parent, line) in every.items() if parent == main}
    zygotes = [pid for pid, line in ours.items() if "analysis.pipeline.zygote" in line]
    kernels = [pid for pid, (parent, _) in every.items() if parent in zygotes]
    renderers = [pid for pid, line in ours.items() if Path(line.split(" ")[0]).name == RENDERER]
    return {
        "the command": [main],
        "the zygote": zygotes,
        "a kernel": kernels,
        "the renderer": renderers,
    }


def kill_one(
    verb: Verb, workspace: Path, pristine: Path, rng: random.Random, report: Report
) -> None:
    """Starts a run, waits for a process of some kind and a random time more, and kills it."""
    kind = rng.choice(sorted(LINGER)) if verb is not WITHDRAW else "the command"
    end = time.monotonic() + PATIENCE
    run = started(
        workspace,
        *verb.arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    report.started.add(run.pid)
    lingers = rng.uniform(0, LINGER[kind] if verb is not WITHDRAW else 1.5)
    while run.poll() is None and time.monotonic() < end:
        if not victims(run.pid)[kind]:
            time.sleep(0.01)
            continue
        time.sleep(lingers)
        lingers = 0.0  # whoever comes next, if that one has ended
        found = victims(run.pid)[kind] if run.poll() is None else []
        if found:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(found), signal.SIGKILL)
                report.killed[kind] += 1
                break
    run.wait(timeout=PATIENCE)
    if run.returncode in verb.ended:  # it came to its end: the next must have something to do
        for name in ("reports/editions", "data/published"):
            shutil.rmtree(workspace / name, ignore_errors=True)
            if (pristine / name).exists():
                shutil.copytree(pristine / name, workspace / name)
        for record in sorted((workspace / "reports" / "runs").rglob("*.record.json")):
            if rng.random() < REDONE:
                record.unlink()


def check(
    verb: Verb, workspace: Path, expected: dict[str, str], report: Report, label: str
) -> None:
    """Finishes by a plain run, and looks at what is left."""
    done = observatoire(workspace, *verb.arguments)
    if done.returncode not in verb.ended:
        report.faults.append(
            f"{label}: the plain run ended with {done.returncode}: {done.stderr[-500:]}"
        )
        return
    found = digest(workspace)
    if found != expected:
        names = sorted(
            name for name in {*found, *expected} if found.get(name) != expected.get(name)
        )
        report.faults.append(f"{label}: the edition differs: {names[:5]}")
    parts = ("data", "reports", ".observatoire")
    left = [
        path
        for part in parts
        for path in (workspace / part).rglob(".*")
        if path.name != ".gitignore"
    ]
    left += [folder for owner, folder in socket_folders() if owner in report.started]
    if left:
        report.faults.append(f"{label}: left behind: {left[:5]}")
    end = time.monotonic() + 5
    while (alive := zygotes_of(workspace)) and time.monotonic() < end:
        time.sleep(0.1)
    if alive:
        report.faults.append(f"{label}: {len(alive)} zygotes or kernels are left")


def survive(verb: Verb, simulated: Path, place: Path, runs: int, seed: int) -> Report:
    """Kills so many runs of a verb, on copies of a simulated workspace."""
    rng, report = random.Random(seed), Report()
    pristine, undisturbed = place / "prepared", place / "undisturbed"
    shutil.copytree(simulated, pristine)
    for arguments in verb.prepared:
        done = observatoire(pristine, *arguments)
        assert done.returncode == 0, done.stderr
        alter(pristine / TEXT[0], *TEXT[1:])
    shutil.copytree(pristine, undisturbed)
    done = observatoire(undisturbed, *verb.arguments)
    assert done.returncode == 0, done.stderr
    expected = digest(undisturbed)
    shutil.rmtree(undisturbed)
    sequence = 0
    while report.killed.total() < runs:
        sequence += 1
        workspace = place / f"sequence-{sequence}"
        shutil.copytree(pristine, workspace)
        most = min(report.killed.total() + PER_SEQUENCE, runs)
        while report.killed.total() < most:
            kill_one(verb, workspace, pristine, rng, report)
        check(verb, workspace, expected, report, f"{verb.arguments[0]}, sequence {sequence}")
        shutil.rmtree(workspace)
        total, faults = report.killed.total(), len(report.faults)
        print(f"{verb.arguments[0]}: {total} runs killed, {faults} faults", flush=True)
    shutil.rmtree(pristine)
    return report


def main() -> int:
    runs, seed = (int(value) for value in [*sys.argv[1:3], *("200", "1")[len(sys.argv) - 1 :]])
    killed: Counter[str] = Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        simulated = small_workspace(place / "simulated")
        for verb in (PUBLISH, CORRECT, WITHDRAW):
            report = survive(verb, simulated, place, round(verb.share * runs), seed)
            killed += report.killed
            faults += report.faults
    print(", ".join(f"{name}: {count}" for name, count in sorted(killed.items())))
    print(
        "\n".join(faults) or "Every edition was the undisturbed one, and nothing was left behind."
    )
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
