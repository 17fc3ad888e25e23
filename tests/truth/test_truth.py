"""Sentences are scored against a known truth; a false one is found, and a true one is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.errors import InferenceError
from benchmarks.truth.publication import Publication, Said, publish, sections_of
from benchmarks.truth.recorded import Truth
from benchmarks.truth.scenarios import SCENARIOS, draw
from benchmarks.truth.scored_results import (
    CHANGE,
    CHANNELS,
    EQUIVALENT,
    INTERVALS,
    LEVELS,
    MISSED,
    PROFILES,
    RANKING,
)
from benchmarks.truth.scoring import SAYS_NOTHING, score
from benchmarks.truth.service import ASPECTS, UNIT, Scenario
from benchmarks.truth.studies import score_study
from benchmarks.truth.table import ALL, Row, count_studies, printed
from benchmarks.truth.verdicts import Case, Verdict
from benchmarks.truth.weighting import coverage
from tests.truth.truths import SEED, drawn, false_families, said_by, verdicts, with_figure


@pytest.fixture(scope="module")
def rising() -> Publication:
    """A study that rises by some twenty points a year."""

    def is_steep(study: Scenario) -> bool:
        return study.plan.trend_per_year > 0.5 and study.plan.directorates[UNIT] < -0.4

    return publish(drawn("rise or fall", is_steep))


@pytest.fixture(scope="module")
def flat() -> Publication:
    """A study in which nothing changes."""
    return publish(drawn("flat", lambda study: study.plan.modes["qr"] < 0))


def with_sentence(published: Publication, said: Said) -> Publication:
    """The publication as if it said one thing only."""
    tables = {key: row | {"word": ""} for key, row in published.released.items()}
    return replace(published, sentences=(said,), released=tables)


# --- what is true ---------------------------------------------------------------------------------


def test_the_truth_is_that_of_all_users(rising: Publication) -> None:
    """Counted by hand over the users of two waves."""
    said = said_by(rising, "change_up")
    (key,) = said.figures
    users = rising.simulation.population

    def share(wave: str) -> float:
        answers = [user["Q0"] for user in users.filter(wave=wave).iter_rows(named=True)]
        return sum(answer >= 4 for answer in answers) / len(answers)

    change = rising.released[key]
    assert (change["against"], change["kind"]) == ("2025-2", "difference")
    found = Truth(rising).change(change)
    assert found == pytest.approx(share("2026-2") - share("2025-2")) and found > 0.1


def test_what_a_straight_line_is_true_of(rising: Publication) -> None:
    """True shares that rise by steps of 1, 2, … points within each season rise by five years'
    halves: five steps of the mean slope."""
    trend = next(
        row
        for row in rising.released.values()
        if row["kind"] == "trend" and row["indicator"] == "q0"
    )
    truth = Truth(rising)
    values = dict(zip(truth.compared(trend), (0.50, 0.60, 0.52, 0.62, 0.54, 0.64), strict=True))
    truth.value = lambda figure, wave=None: values[wave]  # type: ignore[method-assign]
    assert truth.change(trend) == pytest.approx(0.05, abs=1e-3)


def test_in_a_still_study_no_change_is_true(flat: Publication) -> None:
    changes = [row for row in flat.released.values() if row["layer"] == "changes"]
    assert {Truth(flat).change(row) for row in changes if row["word"]} == {0.0}


# --- what is false is found -----------------------------------------------------------------------


def test_a_plain_rise_is_said_and_is_true(rising: Publication) -> None:
    """Over several waves, titles and tiles speak; silence would be a miss."""
    rules = {said.rule.split("+")[0] for said in rising.sentences}
    assert {"change_up", "in_short_up"} <= rules
    assert false_families(rising) <= {LEVELS}  # one interval in twenty may miss
    assert {MISSED, CHANGE, EQUIVALENT} <= {verdict.family for verdict in verdicts(rising)}
    silent = replace(said_by(rising, "change_up"), rule="change_none")
    assert MISSED in false_families(replace(rising, sentences=(silent,)))


@pytest.mark.parametrize("word", ["up", "down"])
def test_a_rise_or_fall_of_nothing_is_false(flat: Publication, word: str) -> None:
    assert CHANGE not in false_families(flat)
    said = said_by(flat, "change_none")
    changed = with_figure(with_sentence(flat, said), said.figures[0], word=word)
    assert CHANGE in false_families(changed)


def test_an_equivalence_of_what_changed_is_false(rising: Publication) -> None:
    said = said_by(rising, "change_up")
    found = with_figure(with_sentence(rising, said), said.figures[0], word="equivalent")
    assert EQUIVALENT not in false_families(rising)
    assert EQUIVALENT in false_families(found)


def test_an_interval_beside_its_truth_is_false(flat: Publication) -> None:
    said = said_by(flat, "change_detail")
    moved = with_figure(with_sentence(flat, said), said.figures[0], low=0.01, high=0.2)
    assert false_families(moved) == {INTERVALS}
    said = said_by(flat, "reading_top_share")
    moved = with_figure(with_sentence(flat, said), said.figures[0], low=0.0, high=0.01)
    assert false_families(moved) == {LEVELS}


@pytest.mark.parametrize("place", ["best", "worst"])
def test_a_wrong_best_or_worst_aspect_is_false(flat: Publication, place: str) -> None:
    """Aspects in their true order, then turned around; « among the best » leaves two before."""
    truth, said = Truth(flat), said_by(flat, "finding_best")
    keys = [key for key in flat.released if key.endswith("2026-2/-/q0/T2B/share/total/total")]
    keys = [keys[0].replace("/q0/", f"/q{rank}/") for rank in range(1, ASPECTS + 1)]
    keys.sort(key=lambda key: -truth.value(flat.released[key]))

    def named(order: list[str], rule: str) -> set[str]:
        figures = (order[0], order[1], order[-2], order[-1])
        found = replace(said, rule=f"finding_{place}_{rule}", figures=figures)
        return false_families(with_sentence(flat, found))

    turned, third = keys[::-1], [*keys[2:4], keys[0], keys[1], keys[2]]
    for rule in ("sole", "near"):
        assert RANKING not in named(keys, rule)
        assert RANKING in named(turned, rule)
    assert RANKING in named(third, "sole") and RANKING not in named(third, "near")


def test_a_wrong_order_of_channels_or_profiles_is_false(flat: Publication) -> None:
    for rule, family in (
        ("finding_channels_harsher", CHANNELS),
        ("finding_profiles_range", PROFILES),
    ):
        said = said_by(flat, rule)
        gap, low, high = said.figures
        assert family not in false_families(with_sentence(flat, said))
        values = [flat.released[key]["value"] for key in (low, high)]
        swapped = with_figure(with_sentence(flat, said), low, value=values[1])
        swapped = with_figure(swapped, high, value=values[0])
        turned = replace(said, figures=(gap, high, low))
        assert family in false_families(replace(swapped, sentences=(turned,)))


def test_nothing_is_compared_across_a_break() -> None:
    """Neither in a sentence, nor along a line; and what says why is known to claim nothing."""
    broken = publish(drawn("definition break", lambda study: study.old_until == "2026-1"))
    assert broken.changes.is_empty()
    assert {"change_unavailable"} <= {said.rule for said in broken.sentences}
    assert not [said for said in broken.sentences if said.rule.startswith("alt_trend")]
    _, unscored = score(Case(broken, Truth(broken)))
    assert unscored <= set(SAYS_NOTHING)


def test_sections_are_those_of_the_notebooks() -> None:
    names = [section.__name__ for section in sections_of("director")]
    assert {"trend", "channels", "profiles", "sites"} <= set(names)


# --- the table ------------------------------------------------------------------------------------


def test_a_family_counts_once_a_study_and_a_level_for_itself() -> None:
    one = [Verdict("f", false=False), Verdict("f", false=True), Verdict("l", false=True, about="a")]
    other = [Verdict("f", false=False), *(Verdict("l", false=False, about=key) for key in "ab")]
    rows = {(row.family, row.scenario): row for row in count_studies([("x", one), ("y", other)])}
    assert rows["f", ALL] == Row("f", ALL, cases=2, false=1, studies=2)
    assert rows["f", "y"] == Row("f", "y", cases=1, false=0, studies=1)
    assert rows["l", ALL] == Row("l", ALL, cases=3, false=1, studies=2)


def test_a_limit_is_held_over_all_and_in_a_scenario_within_chance() -> None:
    """1 − 0.025^(1/100) is the upper end of none in a hundred."""
    assert Row("f", ALL, 100, 0, studies=100).interval == (0.0, pytest.approx(1 - 0.025**0.01))
    assert Row("f", ALL, 100, 5, studies=100).held and not Row("f", ALL, 100, 6, studies=100).held
    assert Row("f", "x", 20, 3, studies=20).held and not Row("f", "x", 20, 6, studies=20).held
    assert "BROKEN" in printed([Row("f", ALL, 100, 6, studies=100)], scenarios=["x"])


def test_a_study_of_each_scenario_says_nothing_that_no_scorer_knows() -> None:
    """The small table: what the benchmark prints of a thousand studies."""
    scored = [score_study(rank, seed=SEED) for rank in range(len(SCENARIOS))]
    assert {study.scenario for study in scored} == set(SCENARIOS)
    assert frozenset().union(*(study.unscored for study in scored)) <= set(SAYS_NOTHING)
    rows = count_studies((study.scenario, study.verdicts) for study in scored)
    assert [row for row in rows if row.scenario != ALL and not row.held] == []
    assert {CHANGE, EQUIVALENT, MISSED, RANKING} <= {row.family for row in rows}


def test_without_the_adjustment_the_table_fails() -> None:
    """Eighteen changes judged one by one: a rise or fall is announced where nothing moves."""
    found = []
    for rank in range(20):
        scenario = draw("flat", np.random.default_rng([SEED, rank]))
        found.append(("flat", verdicts(publish(scenario, adjusted=False))))
    (row,) = [row for row in count_studies(found) if (row.family, row.scenario) == (CHANGE, "flat")]
    assert row.cases == 20 and not row.held


def test_an_edition_that_is_refused_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Publication:
        raise InferenceError("too few", hint="wait")

    monkeypatch.setattr("benchmarks.truth.studies.publish", refuse)
    scored = score_study(0, seed=SEED)
    assert (scored.refused, scored.verdicts) == (True, ())


# --- weighting ------------------------------------------------------------------------------------


def test_weighting_holds_the_truth_where_the_discontented_answer_less() -> None:
    """Of 200 draws; without the link, weights are not needed."""
    linked = coverage(draws=200, seed=SEED, link=1.5)
    assert linked.weighted >= 0.93 and linked.unweighted < 0.5
    assert linked.unweighted_bias > 0.05 > abs(linked.weighted_bias)
    assert coverage(draws=60, seed=SEED, link=0.0).unweighted > 0.85
