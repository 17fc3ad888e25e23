"""Runs every measure, prints one table and writes `benchmarks/results.json`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from benchmarks import inference, intake, large, pipeline
from benchmarks.record import Record
from benchmarks.scale import __main__ as scale

HERE = Path(__file__).parent


def main() -> None:
    """Measures, prints, writes."""
    records: list[Record] = [
        *inference.measure(),
        *large.measure(),
        *intake.measure(),
        *pipeline.measure(),
    ]
    print(f"{os.cpu_count()} cores")
    print(f"{'measure':<44} {'n':>9} {'seconds':>8} {'beside':<38} {'seconds':>8} {'ratio':>7}")
    for one in records:
        beside = (
            f"{one.peer:<38} {one.peer_seconds:8.3f} {one.ratio:7.3f}"
            if one.peer_seconds and one.ratio
            else one.peer
        )
        memory = f"  +{one.memory_mib:.0f} MiB" if one.memory_mib is not None else ""
        print(f"{one.name:<44} {one.n:>9} {one.seconds:8.3f} {beside}{memory}")
    content = [one.as_dict() for one in records]
    scale.run()
    (HERE / "results.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
