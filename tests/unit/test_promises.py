"""What was promised and what is measured, as a study holds them: what must agree with the rest of
it, and what a scope sees."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.errors import ScopeError
from analysis.study import Study
from analysis.study.consistency import inconsistencies
from analysis.study.field import Site
from analysis.study.scope import Scope
from tests.conftest import ROOT
from tests.unit.test_commitment_parameters import (
    BOTH,
    NORTH,
    SOUTH,
    action,
    broken,
    commitment,
    count,
    indicator,
)

FOLDER = ROOT / "params" / "cd93"

# --- what agrees with the rest of a study ---------------------------------------------------------


def placed(study: Study, **changes: Any) -> Study:
    """The study with one site in each directorate, and nothing promised or measured."""
    opened, closed = date(2026, 1, 13), date(2026, 6, 30)
    sites = {
        "dpaph": Site(id=NORTH, label=BOTH, kind="pmi", opened=opened, closed=closed),
        "def": Site(id=SOUTH, label=BOTH, kind="pmi"),
    }
    directorates = tuple(
        one.model_copy(update={"sites": (sites[one.id],)}) for one in study.directorates
    )
    channels = tuple(one.model_copy(update={"exposure": None}) for one in study.channels)
    bare = {"commitments": (), "actions": (), "management": (), "margins": {}, "channels": channels}
    return study.model_copy(update={"directorates": directorates, **bare, **changes})


def faults(study: Study, **changes: Any) -> list[tuple[str, str]]:
    """Where each fault of the study is, and what it says."""
    found = inconsistencies(placed(study, **changes), FOLDER)
    return [((fault.where or "").removeprefix(f"{FOLDER}/"), fault.what) for fault in found]


def unknown(name: str) -> str:
    return f"Unknown name: '{name}'."


@pytest.mark.parametrize(
    ("changed", "key", "name"),
    [
        ({"heading": "e9"}, "heading", "e9"),
        ({"perceived": "claire"}, "perceived", "claire"),
        ({"measured": "temps"}, "measured", "temps"),
        ({"posted": {"nord": "2026-02-01"}}, "posted", "nord"),
    ],
)
def test_a_commitment_names_what_there_is(
    study: Study, changed: dict[str, Any], key: str, name: str
) -> None:
    told = faults(study, commitments=(commitment(**changed),))
    assert told == [(f"commitments.yml, clear.{key}", unknown(name))]


def test_an_action_names_what_there_is(study: Study) -> None:
    promised = (commitment(),)
    kept = action(directorates=["def"])
    assert faults(study, commitments=promised, actions=(kept,)) == []
    lost = action(commitments=["clear", "short"], directorates=["def", "dgs"])
    assert faults(study, commitments=promised, actions=(lost,)) == [
        ("actions.yml, letters.commitments", unknown("short")),
        ("actions.yml, letters.directorates", unknown("dgs")),
    ]


@pytest.mark.parametrize(
    ("changed", "key", "name"),
    [
        ({"heading": "e9"}, "heading", "e9"),
        ({"directorates": ["dpaph", "def", "dgs"]}, "directorates", "dgs"),
        ({"norm": {"dgs": 12}}, "norm", "dgs"),
        ({"directorates": ["dpaph"], "norm": {"dpaph": 12, "def": 12}}, "norm", "def"),
        ({"perceived": "temps", "cohort": {"label": BOTH}}, "perceived", "temps"),
        ({"announced": "told"}, "announced", "told"),
        ({"of": "choices"}, "of, numerator", "choices"),
        ({"of": "time"}, "of, numerator", "time"),
        ({"unit": "share", "numerator": "late"}, "of, numerator", "late"),
    ],
)
def test_a_measure_names_what_there_is(
    study: Study, changed: dict[str, Any], key: str, name: str
) -> None:
    told = faults(study, management=(count(), indicator(**changed)))
    assert told == [(f"management.yml, time.{key}", unknown(name))]


def scored(study: Study, *definitions: str) -> Study:
    """The study whose indicator `clarte` is read by some definitions."""
    indicators = tuple(
        one.model_copy(update={"definitions": definitions}) if one.id == "clarte" else one
        for one in study.indicators
    )
    return study.model_copy(update={"indicators": indicators})


@pytest.mark.parametrize(
    ("definition", "target", "what"),
    [
        ("T2B", 100.5, "100.5 is no value of definition T2B."),
        ("T2B", -0.5, "-0.5 is no value of definition T2B."),
        ("T2B", 100, None),
        ("T2B", 0, None),
        ("NET", -101, "-101 is no value of definition NET."),
        ("NET", 101, "101 is no value of definition NET."),
        ("NET", -100, None),
        ("M10", 10.5, "10.5 is no value of definition M10."),
        ("M10", -0.5, "-0.5 is no value of definition M10."),
        ("M10", 10, None),
    ],
)
def test_a_target_lies_within_the_scale_of_the_primary_definition(
    study: Study, definition: str, target: float, what: str | None
) -> None:
    """The other definition has another scale: it is not the one that counts."""
    other = "M10" if definition != "M10" else "T2B"
    one = scored(study, definition, other)
    told = faults(one, commitments=(commitment(target=target),))
    assert told == ([] if what is None else [("commitments.yml, clear.target", what)])


@pytest.mark.parametrize(
    ("day", "is_open"),
    [("2026-01-12", False), ("2026-01-13", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_commitment_is_posted_at_a_site_that_is_open_that_day(
    study: Study, day: str, is_open: bool
) -> None:
    told = faults(study, commitments=(commitment(posted={NORTH: day, SOUTH: day}),))
    fault = ("commitments.yml, clear.posted.north", f"This site is not open on {day}.")
    assert told == ([] if is_open else [fault])


def test_a_commitment_is_measured_against_a_norm(study: Study) -> None:
    promised = (commitment(measured="time", wanted={}),)
    fault = ("commitments.yml, clear.measured", "Management indicator 'time' has no norm.")
    assert faults(study, commitments=promised, management=(count(), indicator())) == [fault]
    bound = indicator(norm={"def": 45})
    assert faults(study, commitments=promised, management=(count(), bound)) == []


def test_a_measure_is_made_of_what_is_measured_in_the_same_directorates(study: Study) -> None:
    """What is divided, what divides, and what users were told: a scope sees those of its own
    directorate only."""
    of_one = count(directorates=["dpaph"])
    told = ("management.yml, time", "'decisions' is not measured in def.")
    assert faults(study, management=(of_one, indicator())) == [told]
    late = count("late", directorates=["def"])
    derived = indicator(unit="share", numerator="late")
    told = ("management.yml, time", "'late' is not measured in dpaph.")
    assert faults(study, management=(count(), late, derived)) == [told]
    announced = indicator(id="told", directorates=["dpaph"])
    beside = indicator(announced="told")
    told = ("management.yml, time", "'told' is not measured in def.")
    assert faults(study, management=(count(), announced, beside)) == [told]
    narrow = indicator(announced="told", directorates=["dpaph"])
    assert faults(study, management=(of_one, announced, narrow)) == []


def test_what_was_announced_is_in_the_unit_of_what_is_measured(study: Study) -> None:
    beside = indicator(announced="told")
    minutes = indicator(id="told", unit="minutes")
    fault = ("management.yml, time.announced", "'told' is in another unit: minutes, not days.")
    assert faults(study, management=(count(), minutes, beside)) == [fault]
    assert faults(study, management=(count(), indicator(id="told"), beside)) == []


@pytest.mark.parametrize(
    ("unit", "bound", "what"),
    [
        ("share", 100.5, "100.5 is no value in share."),
        ("share", 100, None),
        ("share", -1, "-1 is no value in share."),
        ("days", 1000, None),
        ("days", 0, None),
        ("days", -1, "-1 is no value in days."),
        ("per_thousand", 1000.5, None),
    ],
)
def test_a_norm_is_a_value_of_its_unit(
    study: Study, unit: str, bound: float, what: str | None
) -> None:
    told = faults(study, management=(count(), indicator(unit=unit, norm={"def": bound})))
    assert told == ([] if what is None else [("management.yml, time.norm.def", what)])


@pytest.mark.parametrize(
    ("field", "two", "where"),
    [
        ("commitments", (commitment(), commitment()), "commitments.yml, commitments"),
        ("management", (count(), count()), "management.yml, indicators"),
    ],
)
def test_what_is_declared_twice_is_a_fault(
    study: Study, field: str, two: tuple[Any, ...], where: str
) -> None:
    assert faults(study, **{field: two}) == [(where, f"'{two[0].id}' is declared 2 times.")]
    assert faults(study, **{field: two[:1]}) == []


# --- what is seen ---------------------------------------------------------------------------------


@pytest.fixture
def promised(study: Study) -> Study:
    """A commitment posted in both directorates, with a norm in both."""
    days = {NORTH: "2026-02-01", SOUTH: "2026-02-01"}
    return placed(
        study,
        commitments=(commitment(posted=days, measured="time", wanted={}, target=70),),
        actions=(action(),),
        management=(
            count(),
            indicator(norm={"dpaph": 120, "def": 45}),
            count("only", directorates=["def"]),
        ),
    )


def test_a_scope_sees_the_postings_and_norms_of_its_own_directorate(promised: Study) -> None:
    every = ("commitments", "management")
    seen = promised.for_scope(Scope("dpaph", "2026-2"), requires=every)
    assert seen.commitments[0].posted == {NORTH: date(2026, 2, 1)}
    assert [one.id for one in seen.management] == ["decisions", "time"]
    assert {one.directorates for one in seen.management} == {("dpaph",)}
    assert seen.management_indicator("time").norm == {"dpaph": 120}
    other = promised.for_scope(Scope("def", "2026-2"), requires=every)
    assert other.commitments[0].posted == {SOUTH: date(2026, 2, 1)}
    assert [one.id for one in other.management] == ["decisions", "time", "only"]
    assert other.management_indicator("time").norm == {"def": 45}
    whole = promised.for_scope(Scope(wave="2026-2"), requires=every)
    assert set(whole.commitments[0].posted) == {NORTH, SOUTH}
    assert whole.management_indicator("time").norm == {"dpaph": 120, "def": 45}


def test_what_another_directorate_posts_or_announces_changes_nothing_for_a_scope(
    promised: Study,
) -> None:
    every, here = ("commitments", "management"), Scope("dpaph", "2026-2")
    (one,), (decisions, time, only) = promised.commitments, promised.management
    later = one.model_copy(update={"posted": {**one.posted, SOUTH: date(2026, 3, 1)}})
    nearer = one.model_copy(update={"posted": {**one.posted, NORTH: date(2026, 3, 1)}})
    looser = time.model_copy(update={"norm": {"dpaph": 120, "def": 60}})
    elsewhere = promised.model_copy(
        update={"commitments": (later,), "management": (decisions, looser, only)}
    )
    digest = promised.for_scope(here, requires=every).digest
    assert elsewhere.for_scope(here, requires=every).digest == digest
    own = promised.model_copy(update={"commitments": (nearer,)})
    assert own.for_scope(here, requires=every).digest != digest
    intake = promised.for_intake().restricted_to(here)
    assert elsewhere.for_intake().restricted_to(here).digest == intake.digest
    with pytest.raises(ScopeError, match="ManagementIndicator is seen here without its norm"):
        _ = intake.management[0].norm


@pytest.mark.parametrize("name", ["commitments", "management"])
def test_what_is_not_required_is_not_seen(promised: Study, name: Any) -> None:
    here = Scope("dpaph", "2026-2")
    (other,) = {"commitments", "management"} - {name}
    seen = promised.for_scope(here, requires=[name])
    assert getattr(seen, name)
    with pytest.raises(ScopeError, match=f"Study is seen here without its {other}"):
        getattr(seen, other)
    with pytest.raises(ScopeError, match="Study is seen here without its actions"):
        _ = promised.for_scope(here, requires=["commitments", "management"]).actions
    with pytest.raises(ScopeError, match=f"Study is seen here without its {name}"):
        getattr(promised.for_scope(here), name)


def test_words_of_a_commitment_are_seen_by_pages_alone(promised: Study) -> None:
    (seen,) = promised.for_scope(Scope("dpaph"), requires=["commitments"]).commitments
    assert (seen.target, seen.perceived, seen.measured) == (70, "clarte", "time")
    for field in ("label", "promise", "status", "wanted"):
        with pytest.raises(ScopeError, match=f"Commitment is seen here without its {field}"):
            getattr(seen, field)
    page = promised.for_pages("2026-1")
    assert page.commitment("clear").promise == "x" and page.actions == promised.actions
    with pytest.raises(ScopeError, match="Unknown commitment: 'short'"):
        page.commitment("short")
    with pytest.raises(ScopeError, match="Unknown management indicator: 'short'"):
        page.management_indicator("short")


def test_a_break_after_a_wave_is_not_seen_at_it(study: Study) -> None:
    end = study.wave("2026-1").end
    last, after = broken(end.isoformat()), broken("2026-07-01")
    one = study.model_copy(update={"breaks": (after, last)})
    assert one.for_scope(Scope("dpaph", "2026-1")).breaks == (last,)
    assert one.for_pages("2026-1").breaks == (last,)
    assert one.for_scope(Scope("dpaph", "2026-2")).breaks == (after, last)
    assert one.for_scope(Scope("dpaph")).breaks == (after, last)
    before = study.model_copy(update={"breaks": (last,)})
    for wave_id, same in (("2026-1", True), ("2026-2", False)):
        scope = Scope("dpaph", wave_id)
        assert (before.for_scope(scope).digest == one.for_scope(scope).digest) == same


def test_the_demonstration_study_is_checked_from_its_folder(study: Study) -> None:
    """What these tests start from has no fault of its own."""
    assert faults(study) == []
