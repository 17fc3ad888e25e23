"""Evaluates a file of oracles: python tests/oracle/check.py ORACLES.json DATA_DIR

One line per oracle: it agrees (and which of its fields we do not offer), differs by how much, or is
not covered and why. Nothing that one oracle holds stops the others. Exit code 1 when one differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

if __name__ == "__main__":
    sys.path.insert(
        0, str(Path(__file__).resolve().parents[2])
    )  # run as a command, its neighbours are imported too

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from tests.oracle.designs import NotCovered, Oracle, frame_of
from tests.oracle.figures import STATISTICS
from tests.oracle.found import Found
from tests.oracle.replicates import replicated

TOLERANCE = 1e-9
"""Both compute in doubles with sums of a few hundred terms; raking adds a convergence of 1e-10."""

CALIBRATED_AGAIN = 1e-8
"""Tolerance of the spread of replicates that were calibrated one by one: each converges by
itself."""

SADDLEPOINT = 1e-6
"""Tolerance of a probability by saddlepoint: R seeks the point to 1e-8."""

ROUNDING = 1e-6
"""A standard error under a millionth of its estimate, or a design effect under a millionth, is the
rounding of a variance that is zero."""

REASONS = {
    "proportional odds svyolr": "ordinal regression: R's optimiser stops at a relative change of "
    "1e-8, and its results have no more digits",
}
"""Why a statistic is not covered, by type."""

FIELDS = {
    "estimate": "estimate",
    "se": "se",
    "low": "ci_lower",
    "high": "ci_upper",
    "df": "df",
    "deff": "deff",
    "vcov": "vcov",
    "p_value": "p_value",
}
"""Our names of what is compared → the oracles'."""


@dataclass(frozen=True)
class Expected:
    """One field of an oracle.

    Attributes:
        values: (V,) R's values.
        scale: (V,) what their differences are relative to.
        tolerance: Largest relative difference.

    """

    values: Floats
    scale: Floats
    tolerance: float


def expected_fields(oracle: Oracle, covers: tuple[str, ...] | None = None) -> dict[str, Expected]:
    """The fields of an oracle by our names, narrowed to the results that we offer.

    A standard error or covariance is compared relative to itself (a covariance, to the product of
    its two standard errors), and never to less than the rounding of its estimates.
    """
    extra, kind = oracle.get("extra") or {}, oracle["statistic"]["type"]
    given = {
        **{name: oracle.get(name) for name in FIELDS.values()},
        "p_value": extra.get("p" if kind == "ranktest" else "p_value"),
    }
    if given["df"] is None and kind in ("independence test", "ranktest"):
        given["df"] = extra.get("df" if kind == "ranktest" else "parameter") or None
    values = {
        name: np.asarray(given[key], dtype=np.float64).ravel()
        for name, key in FIELDS.items()
        if given[key] is not None
    }
    if covers is not None:
        positions = [oracle["names"].index(name) for name in covers]
        values = {name: array[positions] for name, array in values.items()}
    rounding = ROUNDING * np.abs(values["estimate"])
    again = (oracle["design"].get("replicates") or {}).get("calibrated", False)
    saddlepoint = oracle["statistic"].get("statistic") == "saddlepoint"
    fields = {}
    for name, array in values.items():
        scale = np.maximum(np.abs(array), 1e-300)
        if name == "se":
            scale = np.maximum(scale, rounding)
        elif name == "deff":
            scale = np.maximum(scale, ROUNDING)
        elif name == "vcov":
            variance = np.diagonal(array.reshape(len(rounding), -1))
            error = np.maximum(np.sqrt(np.maximum(variance, 0)), rounding)
            scale = np.outer(error, error).ravel()
        tolerance = TOLERANCE
        if name == "p_value" and saddlepoint:
            tolerance = SADDLEPOINT
        elif again and name != "estimate":
            tolerance = CALIBRATED_AGAIN
        fields[name] = Expected(values=array, scale=scale, tolerance=tolerance)
    return fields


def values_of(found: Found) -> dict[str, Floats]:
    """Our values, by field; fields that we do not compute are absent."""
    return {
        name: np.asarray(getattr(found, name), dtype=np.float64).ravel()
        for name in FIELDS
        if getattr(found, name) is not None
    }


def differences(expected: Mapping[str, Expected], ours: Mapping[str, Floats]) -> dict[str, float]:
    """Largest relative difference of each field that passes its tolerance; infinite where a value
    is missing or too many.
    """
    faults = {}
    for name in expected.keys() & ours.keys():
        field, values = expected[name], ours[name]
        if values.shape != field.values.shape:
            faults[name] = float("inf")
            continue
        gap = float(np.max(np.abs(values - field.values) / field.scale, initial=0.0))
        if not gap <= field.tolerance:  # NaN is a difference too
            faults[name] = gap
    return faults


def perturbed(
    expected: Mapping[str, Expected], ours: Mapping[str, Floats]
) -> Iterator[tuple[str, dict[str, Floats]]]:
    """Values that must be rejected, with the field that is wrong: one number of it is moved by ten
    tolerances or is missing, or there is one number too few or too many.
    """
    for name, field in expected.items():
        right = ours[name]
        for place in range(len(right)):
            moved, lost = right.copy(), right.copy()
            moved[place] += 10 * field.tolerance * field.scale[place]
            lost[place] = np.nan
            yield name, {**ours, name: moved}
            yield name, {**ours, name: lost}
        yield name, {**ours, name: right[:-1]}
        yield name, {**ours, name: np.append(right, right[-1])}


def found_for(oracle: Oracle, folder: Path) -> Found:
    """What we compute for an oracle.

    Raises:
        NotCovered: we do not offer what it asks.

    """
    kind = oracle["statistic"]["type"]
    if kind not in STATISTICS:
        raise NotCovered(REASONS.get(kind, f"no {kind}"))
    oracle = {**oracle, "_folder": folder}
    try:
        frame = frame_of(oracle, folder)
        by_replicates = {"base", "replicates"} & oracle["design"].keys() and kind != "glm"
        return (replicated if by_replicates else STATISTICS[kind])(oracle, frame)
    except pl.exceptions.ColumnNotFoundError as error:
        raise NotCovered(f"a column that the data lacks: {str(error).splitlines()[0]}") from error


def evaluate(oracle: Oracle, folder: Path) -> tuple[str, str]:
    """(`agrees` | `differs` | `not covered`, detail)."""
    try:
        found = found_for(oracle, folder)
    except NotCovered as reason:
        return "not covered", str(reason)
    except InferenceError as error:
        return "differs", str(error).splitlines()[0]
    except KeyError as error:
        return "not covered", f"the oracle does not say {error}"
    except Exception as error:  # whatever one oracle brings about, the others are evaluated
        return "differs", f"{type(error).__name__}: {str(error).splitlines()[0]}"
    expected, ours = expected_fields(oracle, found.covers), values_of(found)
    faults = differences(expected, ours)
    if faults:
        return "differs", ", ".join(f"{name} by {gap:.2g}" for name, gap in faults.items())
    absent = [*sorted(expected.keys() - ours.keys())]
    if found.covers is not None:
        absent += [name for name in oracle["names"] if name not in found.covers]
    return "agrees", f"{', '.join(absent)} not offered" if absent else ""


def load_oracles(path: Path) -> list[dict[str, Any]]:
    """The oracles of a file."""
    return list(json.loads(path.read_text(encoding="utf-8"))["oracles"])


def main(arguments: list[str]) -> int:
    counts = {"agrees": 0, "differs": 0, "not covered": 0}
    for oracle in load_oracles(Path(arguments[0])):
        verdict, detail = evaluate(oracle, Path(arguments[1]))
        counts[verdict] += 1
        print(f"{oracle.get('id', 'without an id')}: {verdict}{': ' + detail if detail else ''}")
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return int(counts["differs"] > 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
