"""Files larger than memory: a cube from parquet in batches, its time and the memory it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analysis.inference import build_cube_from, mean
from benchmarks.inference import DESIGN, ITEMS, LEVELS, survey
from benchmarks.record import Record

BATCH = 500_000
SIZES = (2_000_000, 10_000_000)


def measure() -> list[Record]:
    """One record per size, each in a process of its own; the peer is the smaller size, scaled to as many rows."""
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as place:
        for size in SIZES:
            folder = Path(place) / str(size)
            folder.mkdir()
            for number in range(size // BATCH):
                survey(BATCH).write_parquet(folder / f"part-{number:03d}.parquet")
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "benchmarks.large", str(folder)],
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(done.stdout)
            scaled = records[0].seconds * size / SIZES[0] if records else None
            records.append(
                Record(
                    "A from parquet in batches", size, found["seconds"], "2,000,000 rows, scaled" if scaled else "", scaled,
                    found["mib"],
                )
            )  # fmt: skip
    return records


def batches(folder: Path) -> Iterator[pl.DataFrame]:
    """The parts of a folder, one at a time."""
    for path in sorted(folder.glob("*.parquet")):
        yield pl.read_parquet(path)


def run(folder: Path) -> None:
    """Builds the cube of a folder and all its means; prints seconds and the memory added, in MiB."""
    before = _memory("VmRSS")
    start = time.perf_counter()
    cube = build_cube_from(batches(folder), DESIGN, items=dict.fromkeys(ITEMS, LEVELS), breakdowns={"domain": "domain"})
    for item in ITEMS:
        mean(cube, item, scores=LEVELS, by="domain")
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "mib": _memory("VmHWM") - before}))


def _memory(name: str) -> float:
    """A field of this process's status, in MiB (the peak that `getrusage` gives would be its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    run(Path(sys.argv[1]))
