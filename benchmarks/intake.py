"""A million rows of a survey's export: read, checked and coded, beside a library that only splits
them into texts.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.large import memory_field
from benchmarks.record import Record

ROWS = 1_000_000
STUDY, CHANNEL, WAVE = "cd93", "invitation", "2026-2"
ROOT = Path(__file__).resolve().parents[1]


def measure() -> list[Record]:
    """One record, each side in a process of its own: seconds, and the memory that it took beyond
    its imports.
    """
    with tempfile.TemporaryDirectory() as place:
        _write(Path(place) / "raw.csv")
        ours, theirs = (
            json.loads(
                subprocess.run(
                    [sys.executable, "-m", "benchmarks.intake", side, place],
                    capture_output=True,
                    text=True,
                    check=True,
                    cwd=ROOT,
                ).stdout
            )
            for side in ("ours", "polars")
        )
    name = "read a LimeSurvey export into responses"
    peer = f"polars.read_csv alone (+{theirs['mib']:.0f} MiB)"
    return [Record(name, ROWS, ours["seconds"], peer, theirs["seconds"], ours["mib"])]


def _write(path: Path) -> None:
    """An export whose answers are drawn: every column, every item, a text in one row of four."""
    from analysis.intake.readers import limesurvey
    from analysis.study import load_study

    study, drawn = load_study(ROOT / "params" / STUDY), random.Random(1)
    items = study.channel(CHANNEL).items
    labels = [[level.label for level in study.scale(item).levels] for item in items]
    start, days = study.wave(WAVE).start, 28
    sites = [site.id for one in study.directorates for site in one.sites if site.population is None]
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        headings = [f"ACC[{item}]" if study.item(item).scale == "a5" else item for item in items]
        writer.writerow(
            [*limesurvey.SYSTEM, limesurvey.TOKEN, limesurvey.SITE, *headings, "interviewtime"]
        )
        for row in range(ROWS):
            moment = f"{start.replace(day=1 + row % days)} {row % 24:02d}:{row % 60:02d}:00"
            system = [row, moment, 6, "fr", row, moment, moment, "192.0.2.1", "", f"t{row:09d}"]
            text = "Accueil bien, mais attente longue" if row % 4 == 0 else ""
            answers = [drawn.choice(one) if one else text for one in labels]
            writer.writerow([*system, sites[row % len(sites)], *answers, "31.2"])


def run(side: str, folder: Path) -> None:
    """Reads the file, and prints seconds and MiB."""
    import polars as pl

    from analysis.intake import Delivery, FileEntry, Manifest, read_delivery_file
    from analysis.study import load_study

    study = load_study(ROOT / "params" / STUDY)
    entry = FileEntry(path="raw.csv", reader="limesurvey", channel=CHANNEL, wave=WAVE)
    manifest = Manifest.model_validate(
        {
            "delivery": "d",
            "received": "2026-11-01",
            "simulated": True,
            "files": [entry.model_dump()],
        }
    )
    before, start = memory_field("VmRSS"), time.perf_counter()
    if side == "ours":
        received = read_delivery_file(Delivery(folder, manifest), entry, study)
        rows = 0 if received is None else received.responses.height
    else:
        rows = pl.read_csv(folder / "raw.csv", infer_schema=False).height
    assert rows == ROWS, rows
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "mib": memory_field("VmHWM") - before}))


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))
