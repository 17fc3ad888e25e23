"""The demonstration study from nothing to its edition, and once more when nothing changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.record import Record

ROOT = Path(__file__).resolve().parents[1]
STUDY = "cd93"


def measure() -> list[Record]:
    """Two records, taken through the command in a temporary workspace."""
    with tempfile.TemporaryDirectory() as place:
        workspace = Path(place)
        for name in ("params", "notebooks", "reports/theme"):
            shutil.copytree(ROOT / name, workspace / name)
        for name in ("requirements.lock", "reports/_quarto.yml"):
            shutil.copyfile(ROOT / name, workspace / name)
        simulated = _timed(workspace, "simulate", STUDY)
        published = _timed(workspace, "publish", STUDY)
        again = _timed(workspace, "publish", STUDY)
        notebooks = len(list((workspace / "reports" / "runs").rglob("*.record.json")))
    return [
        Record("simulate and read the demonstration study", 1, simulated),
        Record("publish it", notebooks, published),
        Record("publish it again, nothing changed", notebooks, again, "publish it", published),
    ]


def _timed(workspace: Path, *arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from analysis.cli import main; main()", *arguments],
        cwd=workspace,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start
