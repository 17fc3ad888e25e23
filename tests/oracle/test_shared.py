"""Equality with the oracles beside the project, where they are present, through the command that
checks any such file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import SHARED, shared
from tests.oracle.check import evaluate

NOT_COVERED = {
    "likelihood intervals": 2,
    "score intervals of quantiles: R's search ends on one side of a step or the other": 2,
    "rank tests": 4,
    "predictive margins": 1,
    "ordinal regression": 1,
    "psych: factor loadings, omega, ICC, KMO": 4,
}
"""What is not covered, and how many oracles each reason leaves out."""


def _oracles() -> list[dict[str, Any]]:
    path = SHARED / "oracles" / "r_survey.json"
    return list(json.loads(path.read_text(encoding="utf-8"))["oracles"]) if path.exists() else []


@pytest.fixture(scope="module")
def verdicts() -> dict[str, str]:
    shared("oracles", "r_survey.json")
    return {oracle["id"]: evaluate(oracle, SHARED / "oracles")[0] for oracle in _oracles()}


def test_every_oracle_agrees_or_is_not_covered_for_a_reason(verdicts: dict[str, str]) -> None:
    assert [name for name, verdict in verdicts.items() if verdict == "differs"] == []
    assert list(verdicts.values()).count("not covered") == sum(NOT_COVERED.values())


def test_a_perturbed_oracle_is_rejected(verdicts: dict[str, str]) -> None:
    accepted = []
    for oracle in _oracles():
        if verdicts[oracle["id"]] == "agrees":
            wrong = {**oracle, "estimate": [value * (1 + 1e-6) for value in oracle["estimate"]]}
            if evaluate(wrong, SHARED / "oracles")[0] == "agrees":
                accepted.append(oracle["id"])
    assert accepted == []
