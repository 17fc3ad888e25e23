"""The map of listening by hand: which moments and audiences are heard, by what reached us."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from analysis.errors import ScopeError
from analysis.indicators import Answers, listening_map
from analysis.publishing.pages import observatory
from analysis.storage.schemas import Flows, Grids
from analysis.study import Study
from analysis.study.listening import FAMILIES
from tests.released import page
from tests.unit.test_listening import WAVE, device, listened, reading, survey

AUGUST = date(2026, 8, 1)
"""Within the wave, which ends on 31 October 2026."""


def answers(count: int, channel: str = "qr", wave: str = WAVE) -> pl.DataFrame:
    rows = [("dpaph", wave, channel, "x", "C2", count, True)]
    return pl.DataFrame(rows, schema=Answers.create_empty().schema, orient="row")


def counts(*devices: str, month: date = AUGUST, product: str = "dpaph") -> pl.DataFrame:
    """A count of each of these devices, in a month."""
    where = ("delivery", "visites.csv", 2)
    rows = [(product, WAVE, name, "visits", month, 40, *where) for name in devices]
    return pl.DataFrame(rows, schema=Flows.create_empty().schema, orient="row")


def session(name: str, day: date, product: str = "dpaph") -> pl.DataFrame:
    """Somebody who was seen at a task, by a device."""
    seen = (product, WAVE, name, "S1", "P1", "find", day, "effort", "done", "")
    return pl.DataFrame(
        [(*seen, "delivery", "tests.xlsx", 2)],
        schema=Grids.create_empty().schema,
        orient="row",
    )


def mapped(study: Study, **heard: pl.DataFrame) -> pl.DataFrame:
    """The map, of what has come."""
    empty = (Answers.create_empty(), Flows.create_empty(), Grids.create_empty())
    tables = dict(zip(("answers", "flows", "grids"), empty, strict=True)) | heard
    return listening_map(**tables, study=study, wave=WAVE, simulated=True)


def word(table: pl.DataFrame, category: str, family: str, product: str = "dpaph") -> str:
    found = table.filter(directorate=product, category=category, family=family)
    return str(found.get_column("word").item())


def totals(table: pl.DataFrame) -> dict[str, int]:
    return dict(table.filter(about="total").select("category", "devices").iter_rows())


def test_a_moment_is_silent_where_no_device_is_and_covered_where_one_listens(study: Study) -> None:
    table = mapped(listened(study, device("visits")), flows=counts("visits"))
    assert word(table, "read", "feedback") == "covered"
    assert word(table, "read", "consultation") == word(table, "act", "feedback") == "silent"
    assert word(table, "act", "feedback", "def") == "silent"
    moments = table.filter(about="moment")
    assert moments.height == 3 * (2 + 1), "of each family at each moment of use, and no other"


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ((("2026-08-01", "2026-08-09"),), "covered"),
        ((("2025-10-20", "2025-11-01"),), "covered"),
        ((("2025-09-01", "2025-10-30"),), "thin"),
        ((("2026-11-01", "2026-11-09"),), "thin"),
    ],
)
def test_a_device_that_has_not_listened_for_a_year_is_thin(
    study: Study, periods: tuple[tuple[str, str], ...], expected: str
) -> None:
    asked = listened(study, survey("post", *periods, channel="qr"))
    assert word(mapped(asked, answers=answers(30)), "read", "consultation") == expected


@pytest.mark.parametrize(("count", "expected"), [(29, "thin"), (30, "covered")])
def test_a_channel_that_hardly_anybody_answered_is_thin(
    study: Study, count: int, expected: str
) -> None:
    button = listened(study, device("button", regime="sample", channel="qr"))
    assert word(mapped(button, answers=answers(count)), "read", "feedback") == expected
    other = mapped(button, answers=answers(count, "papier"))
    assert word(other, "read", "feedback") == "thin"


@pytest.mark.parametrize(
    ("before", "expected"), [("2026-1", "covered"), ("2025-2", "covered"), ("2025-1", "thin")]
)
def test_answers_of_a_wave_that_ended_within_the_year_count_too(
    study: Study, before: str, expected: str
) -> None:
    """2025-1 ended on 30 June 2025, more than a year before 31 October 2026."""
    button = listened(study, device("button", regime="sample", channel="qr"))
    heard = pl.concat([answers(15), answers(15, wave=before)])
    assert word(mapped(button, answers=heard), "read", "feedback") == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 31), "covered"),
        (date(2025, 11, 1), "covered"),
        (date(2025, 10, 31), "thin"),
        (date(2026, 11, 1), "thin"),
    ],
)
def test_what_counts_or_observes_is_heard_where_something_of_it_came_within_a_year(
    study: Study, day: date, expected: str
) -> None:
    table = mapped(listened(study, device("visits")), flows=counts("visits", month=day))
    assert word(table, "read", "feedback") == expected
    tests = device("tests", family="mobilisation", regime="qualitative")
    table = mapped(listened(study, tests), grids=session("tests", day))
    assert word(table, "read", "mobilisation") == expected
    assert word(table, "people", "") == expected
    for elsewhere in (session("tests", day, "def"), session("other", day)):
        table = mapped(listened(study, tests), grids=elsewhere)
        assert word(table, "read", "mobilisation") == "thin", "of another product, or device"


def test_of_a_survey_whose_answers_are_not_delivered_nothing_is_heard(study: Study) -> None:
    abroad = survey("abroad", ("2026-08-01", "2026-08-09"))
    table = mapped(listened(study, abroad), answers=answers(500))
    assert word(table, "read", "consultation") == word(table, "people", "") == "thin"
    expected = {"silent": 2, "thin": 1, "moments": 3, "unreached": 3, "audiences": 3}
    assert totals(table) == expected
    visits = mapped(listened(study, abroad, device("visits")), flows=counts("visits"))
    assert totals(visits)["thin"] == 0, "another family tells something of the moment"


def test_moments_of_which_next_to_nothing_came_are_named_apart_from_silent_ones(
    study: Study,
) -> None:
    words = {
        ("dpaph", "read"): ("thin", "silent", "silent"),
        ("dpaph", "act"): ("silent", "silent", "silent"),
        ("def", "act"): ("thin", "covered", "silent"),
    }
    rows = [
        reading(moment, family, said)
        | {"directorate": product, "key": f"{product}{moment}{family}"}
        for (product, moment), every in words.items()
        for family, said in zip(FAMILIES, every, strict=True)
    ]
    opened = page(listened(study, device("visits")), *rows, directorate=None)
    assert observatory.moments(opened, "thin") == [("dpaph", "Read")]
    assert observatory.moments(opened, "silent") == [("dpaph", "Act")]


def test_too_many_devices_of_a_family_on_one_audience_pile_up(study: Study) -> None:
    names = ("one", "two", "three")

    def said(*devices: dict[str, Any], of: tuple[str, ...] = names) -> str:
        asked = mapped(listened(study, *devices), flows=counts(*of), answers=answers(30))
        return word(asked, "read", "feedback")

    every = [device(name) for name in names]
    assert said(*every) == "piled_up"
    assert said(*every[:2]) == "covered"
    assert said(*every[:2], of=names[:2]) == "covered"
    assert said(*every, of=names[:1]) == "piled_up", "people are asked, whatever comes of it"
    assert said(*every, of=()) == "thin"
    assert said(*every[:2], device("three", audiences=["firms"])) == "covered", "of two audiences"
    asking = survey("s", ("2026-08-01", "2026-08-02"), channel="qr")
    assert said(*every[:2], asking) == "covered", "of two families"


def test_counts_reach_nobody_in_particular(study: Study) -> None:
    firms = {"audiences": ["firms"], "channel": "qr"}
    sample = survey("post", ("2026-08-01", "2026-08-09"), **firms)
    asked = listened(study, device("visits"), sample)
    table = mapped(asked, flows=counts("visits"), answers=answers(30))
    assert word(table, "firms", "") == "covered"
    assert word(table, "people", "") == word(table, "people", "", "def") == "silent"
    expected = {"silent": 2, "thin": 0, "moments": 3, "unreached": 2, "audiences": 3}
    assert totals(table) == expected


def test_a_study_without_devices_has_no_map(study: Study) -> None:
    with pytest.raises(ScopeError, match="declares no device"):
        mapped(study)
