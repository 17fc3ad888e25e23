"""Designs drawn at random, answered by R's survey package and by us:
python -m tests.oracle.random_designs [DESIGNS [SEED]]

Prints, by family of questions, how many answers agree, differ, are refused by both or by one, and
the first that differ.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from tests.oracle.check import Expected, differences
from tests.oracle.random_cases import draw
from tests.oracle.random_questions import ALL_LONELY, Case, Question

HERE = Path(__file__).parent
Verdict = Literal[
    "agree",
    "known",
    "refused by both",
    "refused by us",
    "refused by R",
    "differ",
    "no number",
    "crash",
]
TOLD = ("estimate", "se", "vcov")
"""What we have a number for, or say why not; an interval may have an end that is not there."""

OLD_RULES = ("math", "school", "hf1", "hf2")


def known_difference(version: str, case: Case, question: Question) -> str:
    """Why a version of R answers a question otherwise; nothing where it should not."""
    if question.known:
        return question.known
    if not version.startswith("4.1"):
        return ""
    if question.family == "variance":
        return "its n counts the rows without a value"
    if question.family == "quantile" and question.name.split()[0] in OLD_RULES:
        return "these rules err below the share of the first value"
    centred = ("total", "domain total", "independence", "fit", "calibrated", "calibrated cube")
    centred += ("two stages", "unequal")
    if case.lonely == "adjust" and question.family in centred:
        return "lonely clusters are centred at 0, not at the mean of all clusters"
    if question.family == "independence" and case.frame["w"].min() == 0:
        return "its degrees of freedom count clusters that weigh nothing"
    return ""


@dataclass(frozen=True)
class Compared:
    """The verdict on one question of one case."""

    case: int
    question: Question
    verdict: Verdict
    detail: str = ""


def compare(question: Question, case: Case, theirs: Mapping[str, Any], version: str) -> Compared:
    """Our answer beside R's: `theirs` holds its fields, or why it was `refused`."""
    compared = _compare(question, case.number, theirs)
    reason = known_difference(version, case, question)
    if compared.verdict == "differ" and question.loose is not None and not reason:
        tolerance, why = question.loose
        looser = _compare(replace(question, tolerance=tolerance), case.number, theirs)
        reason = why if looser.verdict == "agree" else ""
    if reason and (compared.verdict == "differ" or reason == ALL_LONELY):
        return replace(compared, verdict="known", detail=reason)
    return compared


def _compare(question: Question, case: int, theirs: Mapping[str, Any]) -> Compared:
    try:
        with np.errstate(all="ignore"):
            ours = {
                name: np.asarray(value, dtype=np.float64).ravel()
                for name, value in question.ours().items()
            }
    except InferenceError as error:
        refused = question.empty or "refused" in theirs or _has_nan(theirs)
        verdict: Verdict = "refused by both" if refused else "refused by us"
        return Compared(case, question, verdict, str(error).splitlines()[0])
    except Exception as error:  # whatever is raised, it is a crash and told
        return Compared(case, question, "crash", f"{type(error).__name__}: {error}")
    if question.empty:
        nothing = all(np.isnan(value).all() for value in ours.values())
        return Compared(case, question, "refused by both" if nothing else "differ", "nobody")
    if "refused" in theirs:
        return Compared(case, question, "refused by R", str(theirs["refused"])[:100])
    if question.family in ("share", "quantile") and _has_nan(theirs):  # an end without a number
        return Compared(case, question, "refused by R")
    return judge(question, case, ours, theirs)


def _has_nan(answer: Mapping[str, Floats]) -> bool:
    return any(np.isnan(values).any() for values in answer.values())


def judge(
    question: Question, case: int, ours: Mapping[str, Floats], theirs: Mapping[str, Floats]
) -> Compared:
    """The verdict on numbers that we have: each field relative to itself, an error never to less
    than the rounding of its estimates.
    """
    silent = [name for name, values in ours.items() if name in TOLD and np.isnan(values).any()]
    if silent:
        return Compared(case, question, "no number", ", ".join(silent))
    if "estimate" in theirs and np.isnan(theirs["estimate"]).all():
        return Compared(case, question, "refused by R", "NaN")
    expected: dict[str, Expected] = {}
    mine: dict[str, Floats] = {}
    lost = []
    estimate = np.abs(np.nan_to_num(theirs.get("estimate", np.zeros(1))))
    if "ci_lower" in theirs and np.array_equal(theirs["ci_lower"], theirs["ci_upper"]):
        # Without an error, or at 0 or 1, a rounding decides which value an interval of no width is.
        theirs = {name: values for name, values in theirs.items() if name == "estimate"}
    for name, values in theirs.items():
        if name not in ours:
            continue
        own = ours[name]
        if own.shape != values.shape:
            return Compared(case, question, "differ", f"{name}: {own.shape}, not {values.shape}")
        finite = np.isfinite(values)
        if name != "df" and (~np.isfinite(own) & finite).any():
            lost.append(name)
        both = finite & np.isfinite(own)
        rounding = 1e-6 * estimate.max(initial=0.0) + 1e-300
        scale = np.maximum(np.abs(values), rounding)
        if name == "vcov":
            spread = np.sqrt(np.abs(np.diagonal(values.reshape(len(estimate), -1))))
            least = np.maximum(spread, rounding)
            scale = np.outer(least, least).ravel()
        expected[name] = Expected(values[both], scale[both], question.tolerance)
        mine[name] = own[both]
    faults = differences(expected, mine)
    if faults:
        return Compared(
            case, question, "differ", ", ".join(f"{k} by {v:.2g}" for k, v in faults.items())
        )
    if lost:
        return Compared(case, question, "no number", ", ".join(lost))
    return Compared(case, question, "agree")


def answers_of(cases: Sequence[Case]) -> tuple[str, dict[tuple[int, str], dict[str, Any]]]:
    """R's version, and its answers by case and question."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lines = [(HERE / "answers.R").read_text(encoding="utf-8")]
        for case in cases:
            case.frame.write_csv(folder / f"{case.number}.csv", null_value="NA")
            lines += [
                f'x <- read.csv("{case.number}.csv")',
                f"d <- {case.r_design}",
            ]
            for one in case.questions:
                lines += [
                    f'options(survey.lonely.psu = "{case.lonely}")',
                    f'say({case.number}, "{one.name}", {one.r})',
                ]
        (folder / "ask.R").write_text("\n".join(lines), encoding="utf-8")
        done = subprocess.run(
            ["Rscript", "ask.R"], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    version, found = "", defaultdict[tuple[int, str], dict[str, Any]](dict)
    for line in done.stdout.splitlines():
        parts = line.split("\t")
        if parts[0] == "version":
            version = parts[1]
            continue
        case_name, question, name, values = parts
        found[int(case_name), question][name] = (
            values
            if name == "refused"
            else np.array([np.nan if v == "NA" else float(v) for v in values.split()])
        )
    return version, dict(found)


def run(designs: int, seed: int) -> tuple[str, list[Compared]]:
    """R's version, and the verdict on every question of so many designs."""
    cases = [draw(number, seed) for number in range(designs)]
    version, theirs = answers_of(cases)
    return version, [
        compare(question, case, theirs[case.number, question.name], version)
        for case in cases
        for question in case.questions
    ]


def main(arguments: Sequence[str]) -> int:
    designs, seed = (int(one) for one in (*arguments, *("1000", "1")[len(arguments) :]))
    version, compared = run(designs, seed)
    verdicts: tuple[Verdict, ...] = Verdict.__args__  # type: ignore[attr-defined]
    print(f"R survey {version}, {designs} designs, seed {seed}")
    print(f"{'family':20}" + "".join(f"{verdict:>17}" for verdict in verdicts))
    counts = Counter((one.question.family, one.verdict) for one in compared)
    for family in dict.fromkeys(one.question.family for one in compared):
        print(f"{family:20}" + "".join(f"{counts[family, v]:17,}" for v in verdicts))
    shown: Counter[tuple[str, str]] = Counter()
    for one in compared:
        if one.verdict not in ("agree", "known", "refused by both"):
            shown[one.question.family, one.verdict] += 1
            if shown[one.question.family, one.verdict] <= 4:
                print(f"{one.verdict}: case {one.case}, {one.question.name}: {one.detail}")
    return int(any(one.verdict in ("differ", "no number", "crash") for one in compared))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
