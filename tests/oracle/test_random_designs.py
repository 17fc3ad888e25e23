"""Designs drawn at random: R's survey package, where it is installed, and we say the same."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from tests.oracle.random_cases import draw
from tests.oracle.random_designs import Compared, answers_of, compare, judge
from tests.oracle.random_questions import Question

DESIGNS, SEED = 25, 11
BAD = ("differ", "no number", "crash")


def has_r() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "library(survey)"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def compared() -> list[tuple[Question, dict[str, object], Compared]]:
    """Each question, R's answer and the verdict."""
    if not has_r():
        pytest.skip("R with its survey package is not installed")
    cases = [draw(number, SEED) for number in range(DESIGNS)]
    version, theirs = answers_of(cases)
    return [
        (one, found, compare(one, case, found, version))
        for case in cases
        for one in case.questions
        for found in [theirs[case.number, one.name]]
    ]


def test_no_answer_differs_and_none_is_a_crash_or_no_number(
    compared: list[tuple[Question, dict[str, object], Compared]],
) -> None:
    bad = [
        f"case {one.case}, {one.question.name}: {one.verdict}, {one.detail}"
        for _, _, one in compared
        if one.verdict in BAD
    ]
    assert bad == []
    agreed = {question.family for question, _, one in compared if one.verdict == "agree"}
    assert agreed >= {question.family for question, _, _ in compared} - {"variance"}


def test_an_answer_that_is_moved_no_longer_agrees(
    compared: list[tuple[Question, dict[str, object], Compared]],
) -> None:
    """The estimate by ten tolerances; and a question that nobody answered takes no number."""
    accepted = []
    for question, theirs, one in compared:
        if one.verdict != "agree" or "estimate" not in theirs:
            continue
        ours = {name: np.array(values, dtype=np.float64) for name, values in theirs.items()}  # type: ignore[call-overload]
        place = int(np.argmax(np.abs(np.nan_to_num(ours["estimate"]))))
        if ours["estimate"][place] == 0:
            continue
        ours["estimate"][place] *= 1 + 10 * question.tolerance
        if judge(question, one.case, ours, theirs).verdict != "differ":  # type: ignore[arg-type]
            accepted.append(question.name)
    assert accepted == []
    empty = next(question for question, _, _ in compared if question.empty)
    case = draw(0, SEED)
    told = replace(empty, ours=lambda: {"estimate": 0.0, "vcov": 0.0})
    assert compare(told, case, {"estimate": np.zeros(1)}, "4.5").verdict == "differ"
