"""Ways in which the input of a wave goes wrong: each is refused with an error that names it,
or told on the first screen of the pages; and of what is right, nothing is told.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.sabotage import Outcome, healthy_workspace, outcome
from benchmarks.sabotages import SABOTAGES, Sabotage

REFUSED = [sabotage for sabotage in SABOTAGES if sabotage.refused]
TOLD = [sabotage for sabotage in SABOTAGES if sabotage.told]


def name(sabotage: Sabotage) -> str:
    return sabotage.name


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that is sabotaged; tests must not change it."""
    return healthy_workspace(tmp_path_factory.mktemp("sabotage") / "healthy")


@pytest.fixture(scope="module")
def twin(healthy: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What comes of the same wave, unharmed."""
    return outcome(healthy, tmp_path_factory.mktemp("twin") / "w")


def test_each_sabotage_has_one_end() -> None:
    assert len(SABOTAGES) >= 30 and len({sabotage.name for sabotage in SABOTAGES}) == len(SABOTAGES)
    assert len(REFUSED) + len(TOLD) == len(SABOTAGES)


def test_nothing_is_told_of_a_healthy_wave(twin: Outcome) -> None:
    assert twin.refused == ""
    assert twin.told == {"": (), "dpaph": (), "def": ()}


@pytest.mark.parametrize("sabotage", REFUSED, ids=name)
def test_a_sabotage_is_refused(healthy: Path, tmp_path: Path, sabotage: Sabotage) -> None:
    found = outcome(healthy, tmp_path / "w", sabotage)
    assert sabotage.refused in found.refused and "\n\nHint: " in found.refused


@pytest.mark.parametrize("sabotage", TOLD, ids=name)
def test_a_sabotage_is_told_on_the_first_screen(
    healthy: Path, tmp_path: Path, twin: Outcome, sabotage: Sabotage
) -> None:
    found = outcome(healthy, tmp_path / "w", sabotage)
    assert found.refused == ""
    assert found.tells(sabotage.told), found.told
    assert not twin.tells(sabotage.told)
