"""Evaluates a file of oracles: python tests/oracle/check.py ORACLES.json DATA_DIR

One line per oracle: it agrees, differs by how much, or is not covered and why. Exit code 1 when one
differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

if __name__ == "__main__":
    sys.path.insert(
        0, str(Path(__file__).resolve().parents[2])
    )  # run as a command, its neighbours are imported too

from analysis.errors import InferenceError
from tests.oracle.designs import NotCovered, Oracle, frame_of
from tests.oracle.figures import STATISTICS, Found, replicated

TOLERANCE = 1e-9
SOUGHT = 1e-6
"""Tolerance of a probability by saddlepoint: R seeks the point to 1e-8."""
ROUNDING = 1e-6
"""A standard error under a millionth of the estimates is the rounding of a variance that is
zero."""


def compare(oracle: Oracle, found: Found) -> dict[str, float]:
    """The relative differences that pass the tolerance, by what differs."""
    pairs = {
        "estimate": (found.estimate, oracle.get("estimate")),
        "se": (found.se, oracle.get("se")),
        "low": (found.low, oracle.get("ci_lower")),
        "high": (found.high, oracle.get("ci_upper")),
        "df": (found.df, oracle.get("df")),
        "deff": (found.deff, oracle.get("deff")),
        "vcov": (found.vcov, oracle.get("vcov")),
        "p_value": ((found.extra or {}).get("p_value"), (oracle.get("extra") or {}).get("p_value")),
    }
    faults = {}
    for name, (ours, theirs) in pairs.items():
        if ours is None or theirs is None:
            continue
        mine, other = (
            np.asarray(ours, dtype=np.float64).ravel(),
            np.asarray(theirs, dtype=np.float64).ravel(),
        )
        if oracle["statistic"]["type"] == "Cronbach alpha":
            if name != "estimate":
                continue
            other = other[: len(mine)]
        if mine.shape != other.shape:
            faults[name] = float("inf")
            continue
        size = float(np.nanmax(np.abs(np.asarray(oracle["estimate"], dtype=np.float64)))) or 1.0
        floor = {
            "se": ROUNDING * size,
            "vcov": max((ROUNDING * size) ** 2, np.abs(other).max()),
        }.get(name, 1e-300)
        scale = np.maximum(np.abs(other), floor)
        gap = float(np.max(np.abs(mine - other) / scale)) if len(mine) else 0.0
        sought = name == "p_value" and oracle["statistic"].get("statistic") == "saddlepoint"
        if not gap <= (SOUGHT if sought else TOLERANCE):
            faults[name] = gap
    return faults


def evaluate(oracle: Oracle, folder: Path) -> tuple[str, str]:
    """(`agrees` | `differs` | `not covered`, detail)."""
    statistic = oracle["statistic"]
    kind = statistic["type"]
    if kind not in STATISTICS:
        return "not covered", f"no {kind}"
    try:
        oracle = {**oracle, "_folder": folder}
        frame = frame_of(oracle, folder)
        replicates = "base" in oracle["design"] and kind != "glm"
        faults = compare(
            oracle, replicated(oracle, frame) if replicates else STATISTICS[kind](oracle, frame)
        )
    except NotCovered as reason:
        return "not covered", str(reason)
    except pl.exceptions.ColumnNotFoundError as error:
        return "not covered", f"a column that the data lacks: {str(error).splitlines()[0]}"
    except InferenceError as error:
        return "differs", str(error).splitlines()[0]
    if faults:
        return "differs", ", ".join(f"{name} by {gap:.2g}" for name, gap in faults.items())
    return "agrees", ""


def main(arguments: list[str]) -> int:
    oracles = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["oracles"]
    counts = {"agrees": 0, "differs": 0, "not covered": 0}
    for oracle in oracles:
        verdict, detail = evaluate(oracle, Path(arguments[1]))
        counts[verdict] += 1
        print(f"{oracle['id']}: {verdict}{': ' + detail if detail else ''}")
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return int(counts["differs"] > 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
