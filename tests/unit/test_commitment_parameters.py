"""What was promised, what is measured, and the days on which series break, as parameters: what each
of them refuses, and what it says of a day or of two waves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from analysis.errors import ScopeError
from analysis.study import Study
from analysis.study.commitments import Action, Commitment
from analysis.study.field import Break, Wave
from analysis.study.management import Cohort, ManagementIndicator
from analysis.study.months import cohort_months, first_of_month

BOTH = {"fr": "x", "en": "x"}
NORTH, SOUTH = "north", "south"
"""Sites of the first directorate and of the second."""


def commitment(**changed: Any) -> Commitment:
    """A commitment that users perceive, which nothing measures."""
    fields = {
        "id": "clear",
        "label": BOTH,
        "promise": BOTH,
        "heading": "e1",
        "status": "fictitious",
        "perceived": "clarte",
        "wanted": {"measured": BOTH},
    }
    return Commitment.model_validate({**fields, **changed})


def action(**changed: Any) -> Action:
    fields = {
        "id": "letters",
        "decision": BOTH,
        "owner": BOTH,
        "decided": "2026-03-10",
        "commitments": ["clear"],
    }
    return Action.model_validate({**fields, **changed})


def indicator(**changed: Any) -> ManagementIndicator:
    """The mean time of decisions, in both directorates."""
    fields = {
        "id": "time",
        "label": BOTH,
        "unit": "days",
        "of": "decisions",
        "orientation": "lower_is_better",
        "directorates": ["dpaph", "def"],
    }
    return ManagementIndicator.model_validate({**fields, **changed})


def count(name: str = "decisions", **changed: Any) -> ManagementIndicator:
    return indicator(**{"id": name, "unit": "count", "of": None, "orientation": None, **changed})


def message(caught: pytest.ExceptionInfo[ValidationError]) -> str:
    (fault,) = caught.value.errors()
    return fault["msg"].removeprefix("Value error, ")


# --- commitments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"perceived": None, "target": 70, "wanted": {"perceived": BOTH, "measured": BOTH}},
            "a target is of what users perceive: name it in `perceived`",
        ),
        (
            {"perceived": None},
            "nothing says how it is perceived: name an indicator, or say in `wanted: {perceived: "
            "…}` what would tell",
        ),
        (
            {"wanted": {"perceived": BOTH}},
            "nothing says how it is measured: name an indicator, or say in `wanted: {measured: …}` "
            "what would tell",
        ),
        (
            {"since": "2026-01-02", "posted": {NORTH: "2026-01-02", SOUTH: "2026-01-01"}},
            "it is posted before it takes effect (2026-01-02): south",
        ),
    ],
)
def test_a_commitment_that_cannot_be_followed_is_refused(
    changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        commitment(**changed)
    assert message(caught) == words


@pytest.mark.parametrize(
    "changed",
    [
        {"target": 70},
        {"perceived": None, "wanted": {"perceived": BOTH, "measured": BOTH}},
        {"measured": "time", "wanted": {}},
        {"since": "2026-01-02", "posted": {NORTH: "2026-01-02"}},
        {"since": None, "posted": {NORTH: "1999-01-01"}},
    ],
)
def test_a_commitment_beside_a_fault_is_accepted(changed: dict[str, Any]) -> None:
    assert commitment(**changed).id == "clear"


# --- actions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"started": "2026-03-09"}, "decided ≤ started ≤ done (or given_up) must hold"),
        ({"done": "2026-03-09"}, "decided ≤ started ≤ done (or given_up) must hold"),
        (
            {"started": "2026-04-02", "given_up": "2026-04-01"},
            "decided ≤ started ≤ done (or given_up) must hold",
        ),
        (
            {"done": "2026-05-01", "given_up": "2026-06-01"},
            "what is done was not given up: one of the two days is enough",
        ),
        ({"commitments": []}, "Tuple should have at least 1 item after validation, not 0"),
    ],
)
def test_an_action_whose_days_do_not_follow_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        action(**changed)
    assert message(caught) == words


def test_all_days_of_an_action_may_be_one() -> None:
    day = "2026-03-10"
    assert action(started=day, done=day).done == action(given_up=day).given_up == date(2026, 3, 10)


DONE = action(started="2026-04-01", done="2026-06-19")
AT_ONCE = action(done="2026-03-12")
GIVEN_UP = action(started="2026-04-01", given_up="2026-06-19")


@pytest.mark.parametrize(
    ("taken", "states"),
    [
        (action(), [None, "planned", "planned", "planned", "planned", "planned"]),
        (DONE, [None, "planned", "planned", "under_way", "under_way", "done"]),
        (AT_ONCE, [None, "planned", "done", "done", "done", "done"]),
        (GIVEN_UP, [None, "planned", "planned", "under_way", "under_way", "given_up"]),
    ],
)
def test_an_action_is_as_far_as_it_was_on_a_day(taken: Action, states: list[str | None]) -> None:
    days = [(3, 9), (3, 10), (3, 31), (4, 1), (6, 18), (6, 19)]
    assert [taken.state_on(date(2026, *day)) for day in days] == states
    assert taken.state_on(date(2030, 1, 1)) == states[-1]


def test_an_action_is_of_all_directorates_unless_it_names_some() -> None:
    assert action().is_of("dpaph") and action().is_of("def")
    some = action(directorates=["def"])
    assert not some.is_of("dpaph") and some.is_of("def")


# --- management indicators ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"of": None}, "a count stands alone, and any other unit is `of` a count"),
        ({"unit": "count"}, "a count stands alone, and any other unit is `of` a count"),
        ({"numerator": "late"}, "two counts make a share or a number per thousand"),
        (
            {"norm": {"dpaph": 120}, "orientation": None},
            "a norm is met from above or below: say the orientation",
        ),
        (
            {"perceived": "delai"},
            "what users perceive is of the same cases: say which, in `cohort`",
        ),
        ({"directorates": []}, "Tuple should have at least 1 item after validation, not 0"),
        (
            {"cohort": {"label": BOTH, "months_before": -1}},
            "Input should be greater than or equal to 0",
        ),
        (
            {"cohort": {"label": BOTH, "months_before": 25}},
            "Input should be less than or equal to 24",
        ),
    ],
)
def test_a_measure_that_is_not_whole_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        indicator(**changed)
    assert message(caught) == words


@pytest.mark.parametrize(
    "changed",
    [
        {"unit": "count", "of": None},
        {"unit": "share", "numerator": "late"},
        {"unit": "per_thousand", "numerator": "late"},
        {"norm": {"dpaph": 120}},
        {"perceived": "delai", "cohort": {"label": BOTH}},
        {"cohort": {"label": BOTH, "months_before": 24}},
    ],
)
def test_a_measure_beside_a_fault_is_accepted(changed: dict[str, Any]) -> None:
    made = indicator(**changed)
    assert made.delivered == ("numerator" not in changed)


def test_a_norm_is_a_share_where_the_measure_is_one() -> None:
    """0.7 / 100 is no 0.007 to a computer."""
    share = indicator(unit="share", norm={"dpaph": 80, "def": 0.7})
    assert (share.norm_of("dpaph"), share.norm_of("def")) == (0.8, 0.007)
    assert 0.7 / 100 != 0.007
    days = indicator(norm={"dpaph": 120})
    assert (days.norm_of("dpaph"), days.norm_of("def")) == (120, None)


@pytest.mark.parametrize(
    ("orientation", "met"),
    [("higher_is_better", [False, True, True]), ("lower_is_better", [True, True, False])],
)
def test_a_norm_is_met_from_its_good_side_and_on_it(orientation: str, met: list[bool]) -> None:
    made = indicator(orientation=orientation)
    assert [made.meets(value, 20) for value in (19.999, 20, 20.001)] == met


# --- months ---------------------------------------------------------------------------------------


def wave(start: str, end: str, name: str = "w") -> Wave:
    fields = {"id": name, "label": "x", "start": start, "end": end, "publication": "2027-06-01"}
    return Wave.model_validate(fields)


@pytest.mark.parametrize(
    ("day", "before", "first"),
    [
        ((2026, 1, 1), 0, (2026, 1, 1)),
        ((2026, 1, 31), 1, (2025, 12, 1)),
        ((2026, 12, 31), 0, (2026, 12, 1)),
        ((2026, 12, 31), 11, (2026, 1, 1)),
        ((2026, 12, 31), 12, (2025, 12, 1)),
        ((2026, 12, 31), -1, (2027, 1, 1)),
        ((2026, 2, 28), 26, (2023, 12, 1)),
    ],
)
def test_the_first_of_a_month_some_months_before(
    day: tuple[int, int, int], before: int, first: tuple[int, int, int]
) -> None:
    assert first_of_month(date(*day), before=before) == date(*first)


@pytest.mark.parametrize(
    ("field", "months_before", "expected"),
    [
        (("2026-07-01", "2026-10-31"), 0, ["2026-07", "2026-08", "2026-09", "2026-10"]),
        (("2026-07-31", "2026-08-01"), 0, ["2026-07", "2026-08"]),
        (("2026-07-02", "2026-07-30"), 1, ["2026-06"]),
        (("2025-11-15", "2026-02-10"), 0, ["2025-11", "2025-12", "2026-01", "2026-02"]),
        (("2025-11-15", "2026-02-10"), 1, ["2025-10", "2025-11", "2025-12", "2026-01"]),
        (("2026-01-01", "2026-01-31"), 1, ["2025-12"]),
        (("2026-01-01", "2026-02-28"), 13, ["2024-12", "2025-01"]),
    ],
)
def test_the_months_of_a_cohort_over_the_end_of_a_year(
    field: tuple[str, str], months_before: int, expected: list[str]
) -> None:
    cohort = Cohort(label="x", months_before=months_before)
    found = cohort_months(wave(*field), cohort)
    assert [f"{month:%Y-%m}" for month in found] == expected
    assert {month.day for month in found} == {1}


def test_without_a_cohort_the_months_are_those_of_the_field() -> None:
    field = wave("2026-07-15", "2026-08-02")
    assert cohort_months(field, None) == (date(2026, 7, 1), date(2026, 8, 1))


# --- breaks ---------------------------------------------------------------------------------------


def broken(day: str, kind: str = "wording", **changed: Any) -> Break:
    fields = {"id": f"{kind}-{day}", "label": "x", "date": day, "kind": kind}
    return Break.model_validate({**fields, **changed})


FIRST, SECOND = wave("2026-01-01", "2026-03-31"), wave("2026-07-01", "2026-09-30")


@pytest.mark.parametrize(
    ("day", "between"),
    [
        ("2025-12-31", False),
        ("2026-01-01", False),
        ("2026-01-02", True),
        ("2026-05-01", True),
        ("2026-07-01", True),
        ("2026-09-30", True),
        ("2026-10-01", False),
    ],
)
def test_a_break_lies_between_two_waves_that_are_on_its_sides_even_in_part(
    day: str, between: bool
) -> None:
    """The day itself is the first of what follows: a wave that starts on it lies whole after it."""
    assert broken(day).lies_between(FIRST, SECOND) == between


def test_a_break_touches_all_unless_it_names_some() -> None:
    assert broken("2026-05-01").touches("clarte", "def")
    some = broken("2026-05-01", indicators=["clarte"], directorates=["def"])
    assert [
        some.touches(name, directorate)
        for name in ("clarte", "delai")
        for directorate in ("def", "dpaph")
    ] == [True, False, False, False]


@pytest.mark.parametrize(
    ("kind", "breaks"),
    [
        ("definition", True),
        ("wording", True),
        ("channel", True),
        ("site", False),
        ("event", False),
    ],
)
def test_results_are_of_another_measure_after_some_kinds_of_break(
    study: Study, kind: str, breaks: bool
) -> None:
    made = broken("2026-03-01", kind)
    assert made.breaks_series == breaks
    one = study.model_copy(update={"breaks": (made,)})
    about = {"indicator": "clarte", "directorate": "def"}
    assert one.break_between("2026-1", "2026-2", **about) == (made if breaks else None)


def test_the_first_break_between_two_waves_that_touches_them_is_told(study: Study) -> None:
    """Fields are half-years: what happens on the first day of one is no break within it."""
    late, early = broken("2026-08-01"), broken("2026-03-01")
    others = (
        broken("2026-02-01", "event"),
        broken("2026-02-02", indicators=["delai"]),
        broken("2026-02-03", directorates=["dpaph"]),
        broken("2025-01-01"),
    )
    one = study.model_copy(update={"breaks": (late, *others, early)})

    def between(before: str, after: str, indicator: str = "clarte") -> str | None:
        found = one.break_between(before, after, indicator=indicator, directorate="def")
        return None if found is None else found.date.isoformat()

    assert between("2026-1", "2026-2") == "2026-03-01"
    assert between("2026-1", "2026-2", "delai") == "2026-02-02"
    assert between("2025-1", "2025-2") is None
    assert between("2024-2", "2025-1") == between("2024-1", "2026-2") == "2025-01-01"
    with pytest.raises(ScopeError, match="Unknown wave: '2027-1'"):
        between("2026-1", "2027-1")
