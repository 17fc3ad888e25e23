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
SIZES = (2_000_000, 10_000_000, 30_000_000)


def measure() -> list[Record]:
    """One record per size, each in a process of its own; the peer is the smaller size, scaled to as
    many rows.
    """
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as place:
        for number in range(max(SIZES) // BATCH):
            # The same rows, of other clusters' weights: generating is slower than reading.
            first = Path(place) / "part-000.parquet"
            rows = (
                survey(BATCH)
                if number == 0
                else pl.read_parquet(first).with_columns(pl.col("weight") * (1 + number / 100))
            )
            rows.write_parquet(Path(place) / f"part-{number:03d}.parquet")
        for size in SIZES:
            done = subprocess.run(
                [
                    sys.executable,
                    "-W",
                    "ignore",
                    "-m",
                    "benchmarks.large",
                    place,
                    str(size // BATCH),
                ],
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(done.stdout)
            scaled = records[0].seconds * size / SIZES[0] if records else None
            records.append(
                Record(
                    "A from parquet in batches",
                    size,
                    found["seconds"],
                    "2,000,000 rows, scaled" if scaled else "",
                    scaled,
                    found["mib"],
                )
            )
    return records


def batches(folder: Path, count: int) -> Iterator[pl.DataFrame]:
    """The first parts of a folder, one at a time."""
    for path in sorted(folder.glob("*.parquet"))[:count]:
        yield pl.read_parquet(path)


def run(folder: Path, count: int) -> None:
    """Builds the cube of the first parts of a folder and all its means; prints seconds and the
    memory added, in MiB.
    """
    before = memory_field("VmRSS")
    start = time.perf_counter()
    cube = build_cube_from(
        batches(folder, count),
        DESIGN,
        items=dict.fromkeys(ITEMS, LEVELS),
        breakdowns={"domain": "domain"},
    )
    for item in ITEMS:
        mean(cube, item, scores=LEVELS, by="domain")
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "mib": memory_field("VmHWM") - before}))


def memory_field(name: str) -> float:
    """A field of this process's status, in MiB (the peak that `getrusage` gives would be its
    parent's).
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
