"""Equality with the oracles beside the project, where they are present, through the command that
checks any such file."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.conftest import SHARED, shared
from tests.oracle.check import (
    differences,
    evaluate,
    expected_fields,
    found_for,
    load_oracles,
    perturbed,
    values_of,
)

NOT_COVERED = {
    "likelihood intervals: R interpolates a profile, to three digits": 2,
    "score intervals of quantiles: R's search ends on one side of a step or the other": 2,
    "ordinal regression: R's optimiser stops at a relative change of 1e-8": 1,
    "psych: factor loadings, omega, ICC, KMO": 4,
}
"""What is not covered, and how many oracles each reason leaves out."""

NOT_OFFERED = {("deff", "total"): 4, ("se", "Cronbach alpha"): 1}
"""Fields of covered oracles that we do not compute, by type of statistic, and in how many."""


@pytest.fixture(scope="module")
def oracles() -> dict[str, dict[str, Any]]:
    path = shared("oracles", "r_survey.json")
    return {oracle["id"]: oracle for oracle in load_oracles(path)}


@pytest.fixture(scope="module")
def verdicts(oracles: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: evaluate(oracle, SHARED / "oracles")[0] for name, oracle in oracles.items()}


def test_every_oracle_agrees_or_is_not_covered_for_a_reason(verdicts: dict[str, str]) -> None:
    assert [name for name, verdict in verdicts.items() if verdict == "differs"] == []
    assert list(verdicts.values()).count("not covered") == sum(NOT_COVERED.values())


def test_every_field_of_an_oracle_is_compared_and_a_perturbed_one_is_rejected(
    oracles: dict[str, dict[str, Any]], verdicts: dict[str, str]
) -> None:
    absent: Counter[tuple[str, str]] = Counter()
    accepted = []
    for name in (name for name, verdict in verdicts.items() if verdict == "agrees"):
        oracle = oracles[name]
        found = found_for(oracle, SHARED / "oracles")
        expected, ours = expected_fields(oracle, found.covers), values_of(found)
        kind = oracle["statistic"]["type"]
        absent.update((field, kind) for field in expected.keys() - ours.keys())
        both = {field: expected[field] for field in expected.keys() & ours.keys()}
        for field, wrong in perturbed(both, ours):
            if differences(both, wrong).keys() != {field}:
                accepted.append((name, field))
    assert accepted == []
    assert dict(absent) == NOT_OFFERED
