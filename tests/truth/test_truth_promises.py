"""What is said of commitments, and of what is measured, is scored against a known truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.truth.publication import Publication, Said, pages_of, publish
from benchmarks.truth.recorded import Figure, Truth
from benchmarks.truth.scored_promises import (
    BOUNDS,
    DELIVERED,
    MEASURED,
    PERCEIVED,
    POSTING,
    QUADRANTS,
    READINGS,
    RELATED,
    SITES_COUNTED,
    UNTOLD,
)
from benchmarks.truth.scored_reading import COMPOSITION, GRID, MISSING, PARTS, STANDINGS
from benchmarks.truth.scored_results import LEVELS
from benchmarks.truth.scoring import SAYS_NOTHING, score
from benchmarks.truth.service import OTHER, UNIT, Scenario, service_study
from benchmarks.truth.table import count_studies
from benchmarks.truth.verdicts import Case
from tests.truth.truths import drawn, false_families, said_by, verdicts, with_figure

OF_PROMISES = {
    PERCEIVED,
    MEASURED,
    READINGS,
    BOUNDS,
    POSTING,
    SITES_COUNTED,
    QUADRANTS,
    DELIVERED,
    RELATED,
    STANDINGS,
    COMPOSITION,
    PARTS,
    GRID,
    MISSING,
}


def is_related(scenario: Scenario) -> bool:
    return scenario.plan.management["delai_moyen"].per_unit != 0


@pytest.fixture(scope="module")
def promised() -> Publication:
    """Two directorates that differ, whose users stay who they are; delays have nothing to do with
    what users say."""

    def accept(study: Scenario) -> bool:
        return not (study.alike or study.in_waves or is_related(study))

    return publish(drawn("commitments", accept))


@pytest.fixture(scope="module")
def other_users() -> Publication:
    """Users who are others than before, and sites that measure worse and are better perceived."""

    def accept(study: Scenario) -> bool:
        delays = study.plan.management["delai_moyen"]
        return bool(study.in_waves) and not study.alike and delays.per_unit > 0

    return publish(drawn("commitments", accept))


def families(published: Publication, said: Said) -> set[str]:
    """What is false in a study that says one thing only, beside the words of its figures."""
    return false_families(replace(published, sentences=(said,)))


def test_what_a_commitment_is_true_of(promised: Publication) -> None:
    """Counted by hand: how far users are above a target, where it is posted and where it is not,
    and whether a norm is met."""
    truth, study = Truth(promised), promised.study
    users = list(
        promised.simulation.population.filter(wave="2026-2", directorate=OTHER).iter_rows(
            named=True
        )
    )

    def share(answers: list[int]) -> float:
        return sum(answer >= 4 for answer in answers) / len(answers)

    one = study.commitment("delai")
    assert one.target is not None
    above = truth.above_target("delai", OTHER)
    assert above == pytest.approx(share([user["Q1"] for user in users]) - one.target / 100)
    end = study.wave("2026-2").end
    by_side: dict[bool, list[int]] = {True: [], False: []}
    for user in users:
        day = one.posted.get(user["site"])
        by_side[day is not None and day <= end].append(user["Q1"])
    gap = figure_of(promised, "posting_gap:delai", OTHER)
    assert truth.posting_gap(gap) == pytest.approx(share(by_side[True]) - share(by_side[False]))
    before = {date(2026, month, 1) for month in range(1, 6)}  # half a year: see its cohort
    rows = [
        row
        for row in promised.exact.filter(
            directorate=OTHER, site="", indicator="delai_moyen"
        ).iter_rows(named=True)
        if row["month"] in before
    ]
    assert len(rows) == len(before)
    mean = sum(row["value"] * row["denominator"] for row in rows) / sum(
        row["denominator"] for row in rows
    )
    norm = study.management_indicator("delai_moyen").norm[OTHER]
    assert truth.is_met("delai_moyen", OTHER) is (mean <= norm)


def test_parts_add_up_to_a_change(other_users: Publication) -> None:
    truth = Truth(other_users)
    parts = [
        row
        for row in other_users.released.values()
        if row["layer"] == "decompositions" and row["indicator"] == "q1"
    ]
    of_unit = [row for row in parts if row["directorate"] == UNIT]
    total = {**of_unit[0], "breakdown": "total", "category": "total"}
    change = truth.value(total) - truth.value(total, "2025-2")
    assert sum(map(truth.composition, of_unit)) == pytest.approx(change)
    assert {truth.users_change(part) for part in of_unit} == {True}


def figure_of(published: Publication, breakdown: str, directorate: str) -> Figure:
    return next(
        row
        for row in published.released.values()
        if (row["breakdown"], row["directorate"]) == (breakdown, directorate)
    )


def test_what_is_true_of_commitments_is_not_false(
    promised: Publication, other_users: Publication
) -> None:
    for published in (promised, other_users):
        assert {verdict.family for verdict in verdicts(published)} >= OF_PROMISES
        assert not OF_PROMISES & false_families(published)


@pytest.mark.parametrize(
    ("rule", "instead", "family"),
    [
        ("perceived_kept", "perceived_not_kept", PERCEIVED),
        ("perceived_not_kept", "perceived_kept", PERCEIVED),
        ("measured_kept", "measured_not_kept", MEASURED),
        ("measured_not_kept", "measured_kept", MEASURED),
        ("commitment_both", "commitment_neither", READINGS),
        ("commitment_neither", "commitment_measured", READINGS),
        ("commitment_neither", "commitment_perceived", READINGS),
        ("commitment_not_yet", "commitment_unmeasured", READINGS),
        ("commitment_unmeasured", "commitment_not_yet", READINGS),
        ("correlation_none", "correlation_agree", RELATED),
        ("decomposition_none", "decomposition_some", COMPOSITION),
        ("next_keep", "next_understand", GRID),
        ("next_wait", "next_tell", GRID),
        ("next_norm", "next_information", GRID),
        ("grid_well", "grid_badly", GRID),
        ("grid_badly", "grid_well", GRID),
        ("missing_group", "missing_none", MISSING),
        ("missing_group", "missing_unknown", MISSING),
    ],
)
def test_another_rule_is_false(promised: Publication, rule: str, instead: str, family: str) -> None:
    said = said_by(promised, rule)
    assert family not in families(promised, said)
    assert family in families(promised, replace(said, rule=instead))


def test_a_link_of_the_other_sign_is_false(other_users: Publication) -> None:
    said = next(said for said in other_users.sentences if said.rule.startswith("correlation_"))
    told = {word: replace(said, rule=f"correlation_{word}") for word in ("disagree", "agree")}
    assert RELATED not in families(other_users, told["disagree"])
    assert RELATED in families(other_users, told["agree"])


@pytest.mark.parametrize(
    ("rule", "old", "new", "family"),
    [
        ("commitments_title", " sur ", " sur 9", READINGS),
        ("commitments_title_all", " sur ", " sur 9", READINGS),
        ("management_title", " sur ", " sur 9", MEASURED),
        ("quadrants_alt", "maîtrisé", "prioritaire", QUADRANTS),
    ],
)
def test_another_text_is_false(
    promised: Publication, rule: str, old: str, new: str, family: str
) -> None:
    said = next(said for said in promised.sentences if said.rule == rule)
    assert family not in families(promised, said)
    changed = replace(said, text=said.text.replace(old, new))
    assert changed != said and family in families(promised, changed)


def test_a_directorate_on_the_other_side_is_false(promised: Publication) -> None:
    """From the side of each of the two."""
    for word, other in (("plus haut", "plus bas"), ("plus bas", "plus haut")):
        said = next(
            said
            for said in promised.sentences
            if said.rule == "level_reading" and f"{word} que" in said.text
        )
        assert STANDINGS not in families(promised, said)
        assert STANDINGS in families(promised, replace(said, text=said.text.replace(word, other)))


@pytest.mark.parametrize(
    ("rule", "place", "changed", "family"),
    [
        ("perceived_kept", 0, {"low": 0.98, "high": 0.99}, BOUNDS),
        ("perceived_kept", 1, {"value": 0.01}, PERCEIVED),
        ("measured_kept", 0, {"value": 1.0}, DELIVERED),
        ("posting_gap", 2, {"low": 0.8, "high": 0.9}, POSTING),
        ("posting_gap", 0, {"low": 0.98, "high": 0.99}, LEVELS),
        ("in_force", 0, {"value": 11.0}, SITES_COUNTED),
        ("announced_beside", 0, {"value": 1.0}, DELIVERED),
        ("delays_alt", 1, {"value": 1.0}, DELIVERED),
        ("delays_reading", 2, {"low": 0.98, "high": 0.99}, LEVELS),
        ("series_alt", 0, {"value": 1.0}, DELIVERED),
        ("quadrants_alt", 0, {"value": 1.0}, QUADRANTS),
        ("quadrants_alt", 1, {"low": 0.98, "high": 0.99}, BOUNDS),
        ("decomposition_none", 0, {"low": 0.98, "high": 0.99}, PARTS),
        ("missing_group", 1, {"value": 0.01}, MISSING),
    ],
)
def test_another_number_is_false(
    promised: Publication, rule: str, place: int, changed: dict[str, float], family: str
) -> None:
    said = said_by(promised, rule)
    key = said.figures[place]

    def false_of_it(published: Publication) -> set[tuple[str, str]]:
        one = replace(published, sentences=(said,))
        found = verdicts(one)
        return {(verdict.family, verdict.about) for verdict in found if verdict.false}

    new = false_of_it(with_figure(promised, key, **changed)) - false_of_it(promised)
    assert family in {name for name, _ in new}


@pytest.mark.parametrize(
    ("about", "word", "family"),
    [
        ({"layer": "commitments", "kind": "share", "word": "kept"}, "not_kept", PERCEIVED),
        ({"layer": "commitments", "kind": "share", "word": "not_kept"}, "kept", PERCEIVED),
        ({"layer": "commitments", "kind": "reading", "word": "neither"}, "both", READINGS),
        ({"layer": "commitments", "kind": "difference", "word": "above"}, "below", POSTING),
        ({"layer": "management", "kind": "measure", "word": "kept"}, "not_kept", MEASURED),
        ({"layer": "management", "kind": "correlation"}, "disagree", RELATED),
        ({"layer": "standings", "word": "above"}, "below", STANDINGS),
        ({"layer": "decompositions", "category": "composition"}, "explains", COMPOSITION),
    ],
)
def test_another_word_of_a_figure_is_false(
    promised: Publication, about: dict[str, str], word: str, family: str
) -> None:
    """In tables and open data, without a sentence."""
    silent = replace(promised, sentences=())
    assert family not in false_families(silent)
    case = Case(promised, Truth(promised))
    figure = case.find(**about)[0]
    assert family in false_families(with_figure(silent, figure["key"], word=word))


def test_a_commitment_far_from_its_target_is_told(promised: Publication) -> None:
    """It has no limit: what is not told claims nothing."""
    case = Case(promised, Truth(promised))
    told = [one for one in verdicts(promised) if one.family == UNTOLD]
    assert told and not any(one.false for one in told)
    figure = promised.released[told[0].about]
    assert case.truth.above_target(figure["indicator"], figure["directorate"])
    silent = with_figure(promised, figure["key"], word="unclear")
    assert UNTOLD in false_families(silent)
    rows = count_studies([("commitments", verdicts(silent))])
    assert all(row.held for row in rows if row.family == UNTOLD)


def test_pages_are_those_of_the_plan(promised: Publication) -> None:
    pages = [notebook.id for notebook in pages_of(service_study())]
    assert pages == ["synthesis", "director", "method"]
    more = ["commitments", "directorate_commitments", "cards", "management"]
    assert {notebook.id for notebook in pages_of(promised.study)} == {*pages, *more}
    assert {said.directorate for said in promised.sentences} == {"", UNIT, OTHER}


def test_a_rule_that_nobody_scores_is_told(promised: Publication) -> None:
    said = replace(said_by(promised, "perceived_kept"), rule="perceived_kept+something_new")
    _, unscored = score(Case(replace(promised, sentences=(said,)), Truth(promised)))
    assert unscored == {"something_new"}
    assert all(SAYS_NOTHING.values())
