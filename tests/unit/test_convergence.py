"""What was seen in tests, and what devices of several families say together: on tables by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from analysis.indicators import Estimates, Movements, Observations, convergence
from analysis.indicators.convergence import Convergence
from analysis.indicators.observations import observations
from analysis.storage import Grids
from analysis.study import Study
from tests.unit.test_listening import device, listened
from tests.unit.test_movements import RATE, WAVE

BEFORE = "2025-2"
"""The wave that it is compared with."""


# --- user tests -----------------------------------------------------------------------------------


def seen(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """Session (day of September), participant, outcome, theme."""
    content = [
        {
            "directorate": "dpaph",
            "wave": WAVE,
            "device": "tests",
            "session": f"s{day}",
            "participant": participant,
            "task": f"t{number}",
            "day": date(2026, 9, int(day)),
            "dimension": "attente",
            "outcome": outcome,
            "theme": theme,
            "delivery": "d",
            "file": "f",
            "line": 2,
        }
        for number, (day, participant, outcome, theme) in enumerate(rows)
    ]
    return pl.DataFrame(content, schema=Grids.create_empty().schema)


QUIET = [("1", "P1", "done", ""), ("1", "P2", "helped", "words"), ("8", "P1", "done", "words")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (QUIET, (3, 2, 0, 1, 0, "good")),
        (QUIET[:2], (2, 1, 0, 1, 1, "mixed")),
        ([*QUIET, ("8", "P2", "helped", "format")], (4, 2, 0, 2, 1, "mixed")),
        ([*QUIET, ("8", "P1", "blocked", "words")], (3, 2, 1, 1, 0, "mixed")),
        (
            [
                *QUIET,
                *(("8", f"P{n}", "blocked", "words") for n in (1, 2)),
                ("1", "P1", "blocked", ""),
            ],
            (4, 2, 3, 1, 0, "poor"),
        ),
    ],
)
def test_a_dimension_is_poor_where_several_people_are_stopped_and_good_where_none_is(
    study: Study, rows: list[tuple[str, str, str, str]], expected: tuple[Any, ...]
) -> None:
    known = listened(study, device("tests", regime="qualitative", family="mobilisation"))
    table = observations(seen(*rows), known, wave=WAVE, simulated=True)
    names = ("participants", "sessions", "stopped", "themes", "new_themes", "word")
    assert table.select(names).row(0) == expected
    figures = Observations.figures(table)
    assert set(figures["kind"]) == {"count", "reading"} and "stopped" not in set(
        figures["definition"]
    )


# --- together -------------------------------------------------------------------------------------

FLOW = device("phone", series=RATE, dimensions=["attente"])
TESTS = device("tests", regime="qualitative", family="mobilisation", dimensions=["attente"])
POST = device(
    "post", regime="sample", family="consultation", channel="post", dimensions=["attente"]
)
"""Its channel is that of `estimate`."""


def estimate(wave: str, low: float, high: float, claim: str = "C1") -> dict[str, Any]:
    value = (low + high) / 2
    return {
        "directorate": "dpaph",
        "wave": wave,
        "indicator": "attente",
        "definition": "T2B",
        "definition_version": "1.0",
        "kind": "share",
        "unit": "share",
        "item": "Q08",
        "breakdown": "total",
        "category": "total",
        "category_label": "",
        "channels": "post",
        "claim": claim,
        "value": value,
        "unweighted": value,
        "se": (high - low) / 3.92,
        "low": low,
        "high": high,
        "base": 400,
        "df": 200,
        "design_effect": 1.0,
        "method": "x",
        "counts": [1],
        "weights_id": "x",
        "study_digest": "x",
        "simulated": True,
    }


def year_of(series: str, better: str) -> pl.DataFrame:
    """`Movements` of one series of the telephone: which way it moved for users, or `steady`."""
    row = {
        "directorate": "dpaph",
        "wave": WAVE,
        "device": "phone",
        "series": series,
        "part": "year",
        "month": date(2026, 7, 1),
        "unit": "points",
        "value": 0.1,
        "base": None,
        "word": "steady" if better == "steady" else "up",
        "better": "" if better == "steady" else better,
        "p_value": None,
        "simulated": True,
    }
    return pl.DataFrame([row], schema=Movements.create_empty().schema)


def told(
    study: Study,
    *,
    year: str | None = None,
    state: str | None = None,
    samples: tuple[dict[str, Any], ...] = (),
) -> pl.DataFrame:
    known = listened(study, FLOW, TESTS, POST)
    observed = [
        {
            "directorate": "dpaph",
            "wave": WAVE,
            "device": "tests",
            "dimension": "attente",
            **dict.fromkeys(("participants", "sessions", "stopped", "themes", "new_themes"), 2),
            "word": state,
            "simulated": True,
        }
    ]
    return convergence(
        year_of("replies", year) if year else Movements.create_empty(),
        pl.DataFrame(observed if state else [], schema=Observations.create_empty().schema),
        pl.DataFrame(list(samples), schema=Estimates.create_empty().schema),
        known,
        wave=WAVE,
        simulated=True,
    )


def verdict(table: pl.DataFrame) -> tuple[str, bool]:
    row = table.filter(device="", directorate="dpaph", dimension="attente").row(0, named=True)
    return row["verdict"], row["signal"]


NOW = (estimate(WAVE, 0.75, 0.85),)
MOVED = (estimate(BEFORE, 0.45, 0.55), estimate(WAVE, 0.75, 0.85))
FELL = (estimate(BEFORE, 0.75, 0.85), estimate(WAVE, 0.55, 0.65))
SAME = (estimate(BEFORE, 0.55, 0.65), estimate(WAVE, 0.55, 0.65))


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({}, ("silent", False)),
        ({"year": "better"}, ("alone", False)),
        ({"samples": NOW}, ("alone", False)),
        ({"samples": NOW, "state": "good"}, ("same", False)),
        ({"samples": NOW, "state": "poor"}, ("contrary", False)),
        ({"samples": NOW, "state": "mixed"}, ("apart", False)),
        ({"samples": (estimate(WAVE, 0.69, 0.85),), "state": "poor"}, ("apart", False)),
        ({"samples": (estimate(WAVE, 0.3, 0.49),), "state": "poor"}, ("same", False)),
        ({"samples": (estimate(WAVE, 0.3, 0.5),), "state": "poor"}, ("apart", False)),
        ({"samples": (estimate(WAVE, 0.75, 0.85, "C2"),), "state": "poor"}, ("alone", False)),
        ({"samples": MOVED, "year": "better"}, ("same", False)),
        ({"samples": FELL, "year": "worse"}, ("same", False)),
        ({"samples": FELL, "year": "better"}, ("contrary", False)),
        ({"samples": SAME, "year": "steady"}, ("steady", False)),
        ({"samples": SAME, "year": "worse"}, ("apart", True)),
        ({"samples": MOVED, "year": "steady"}, ("apart", True)),
        ({"samples": MOVED, "state": "poor", "year": "better"}, ("contrary", False)),
    ],
)
def test_families_are_read_together_by_what_each_can_tell(
    study: Study, about: dict[str, Any], expected: tuple[str, bool]
) -> None:
    assert verdict(told(study, **about)) == expected


def test_a_movement_is_beyond_chance_and_as_large_as_the_study_declares(study: Study) -> None:
    """Five points, for all that are looked at together: here one figure of one channel."""

    def movement(before: float, after: float, half: float) -> str:
        rows = ((BEFORE, before), (WAVE, after))
        samples = tuple(estimate(wave, value - half, value + half) for wave, value in rows)
        table = told(study, samples=samples)
        return str(table.filter(device="post")["movement"].item())

    assert movement(0.60, 0.66, 0.01) == "better" and movement(0.66, 0.60, 0.01) == "worse"
    assert movement(0.60, 0.64, 0.001) == "steady", "sure, and small"
    assert movement(0.60, 0.66, 0.06) == "steady", "as large as wished, and not sure"


def test_another_version_of_the_definition_is_another_measure(study: Study) -> None:
    before = estimate(BEFORE, 0.4, 0.5) | {"definition_version": "0.9"}
    table = told(study, samples=(before, estimate(WAVE, 0.7, 0.8)))
    row = table.filter(device="post").row(0, named=True)
    assert (row["state"], row["movement"]) == ("good", "")


def test_two_series_of_a_device_that_say_the_contrary_say_nothing(study: Study) -> None:
    table = told(study, year="better")
    assert table.filter(device="phone")["movement"].item() == "better"
    known = listened(study, FLOW)
    years = pl.concat([year_of("calls", "better"), year_of("replies", "worse")])
    both = [{**one, "better": "high", "dimension": "attente"} for one in RATE]
    for series, expected in ((RATE, "worse"), (both, "")):
        known = listened(study, {**FLOW, "series": series})
        found = convergence(
            years,
            Observations.create_empty(),
            Estimates.create_empty(),
            known,
            wave=WAVE,
            simulated=True,
        )
        assert found.filter(device="phone")["movement"].item() == expected


def test_a_word_is_shown_where_all_that_it_was_read_in_is(study: Study) -> None:
    table = told(study, samples=SAME, year="worse", state="poor")
    figures = Convergence.figures(table)
    by = {(row["definition"], row["category"]): row for row in figures.iter_rows(named=True)}
    assert by["state", "attente.tests"]["made_from"] == []
    post = by["movement", "attente.post"]["made_from"]
    assert len(post) == 2 and all(key.startswith("estimates/dpaph/") for key in post)
    phone = by["movement", "attente.phone"]["made_from"]
    assert phone == [key for key in phone if key.startswith("movements/dpaph/")] != []
    assert set(by["verdict", "attente.total"]["made_from"]) == {*post, *phone}
    assert set(by["signal", "attente.total"]["made_from"]) == {*post, *phone}
    year = Movements.figures(year_of("replies", "worse"))
    assert phone == year["key"].to_list(), "by the key that the figure has"
