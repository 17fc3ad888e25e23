"""What a study of impact could see, on cases whose answer is known in closed form."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from analysis.simulation import load_simulation_plan, simulate_respondents
from analysis.study import Study
from benchmarks.power import (
    Line,
    Panel,
    declared_effects,
    group_time_effect,
    panel_of,
    plan_without,
    table,
    true_effect,
)
from tests.conftest import ROOT

PARAMS = ROOT / "params" / "cd93"
NEVER = 6


def line(*estimates: float, true: float = 0.0) -> Line:
    return Line("reponse-claire", "Q03", true=true, estimates=estimates)


def test_the_effect_that_is_seen_four_times_in_five_has_that_power() -> None:
    """1.96 + 0.84 standard errors; nothing is seen once in twenty; the side makes no difference."""
    one = line(-1.0, 1.0)
    assert one.standard_error == pytest.approx(np.sqrt(2))
    assert one.detectable == pytest.approx(2.8016 * np.sqrt(2), abs=1e-3)
    for true, power in ((one.detectable, 0.8), (-one.detectable, 0.8), (0.0, 0.05)):
        assert line(-1.0, 1.0, true=true).power == pytest.approx(power, abs=1e-4)
    assert line(-1.0, 1.0, true=one.detectable / 2).power == pytest.approx(0.288, abs=1e-3)
    assert line(-2.0, 2.0, true=one.detectable).power < 0.31, "half as precise"


def panel(posted: list[int], *, waves: int = NEVER, sizes: list[float] | None = None) -> Panel:
    """Sites with levels and a course of their own, without an effect."""
    values = np.arange(len(posted), dtype=float)[:, None] + np.linspace(0, 7, waves) ** 2
    sizes = sizes or [1.0] * len(posted)
    return Panel(values=values, posted=np.array(posted), sizes=np.array(sizes))


def test_an_effect_is_found_beside_levels_and_a_common_course() -> None:
    """Groups are weighted by their sizes; the wave of the posting, and a group that posts in the
    last one, are left out."""
    posted, sizes = [3, 3, 4, 5, NEVER, NEVER], [1.0, 2.0, 9.0, 4.0, 1.0, 1.0]
    case = panel(posted, sizes=sizes)
    assert group_time_effect(case) == pytest.approx(0)
    case.values[0, 4:] += 6
    case.values[1, 4:] += 12
    case.values[2, 5:] += 2
    case.values[[0, 1], 3] += 99
    case.values[3, 5] += 50
    first = (6 * 1 + 12 * 2) / 3
    assert group_time_effect(case) == pytest.approx((first * 3 + 2 * 9) / 12)


def test_those_who_have_posted_are_no_control() -> None:
    """A group that posts later is one until it does; to take it for one after that would tell."""
    case = panel([1, 5, NEVER])
    case.values[1, 5] += 1000
    assert group_time_effect(case) == pytest.approx(0)
    wrong = Panel(values=case.values, posted=np.array([1, NEVER, NEVER]), sizes=case.sizes)
    assert group_time_effect(wrong) == pytest.approx(-500 / 4)
    alone = Panel(values=case.values, posted=np.array([1, 1, 1]), sizes=case.sizes)
    assert np.isnan(group_time_effect(alone)), "nobody to compare with"


def test_its_spread_is_that_of_four_means() -> None:
    """One group of n sites, m that never post, one later wave, and errors of one size: the variance
    is 2 σ² (1/n + 1/m)."""
    rng, (n, m), sigma = np.random.default_rng(7), (12, 4), 3.0
    posted = np.array([1] * n + [3] * m)
    estimates = [
        group_time_effect(
            Panel(values=rng.normal(0, sigma, (n + m, 3)), posted=posted, sizes=np.ones(n + m))
        )
        for _ in range(2000)
    ]
    expected = sigma * np.sqrt(2 * (1 / n + 1 / m))
    assert line(*estimates).standard_error == pytest.approx(expected, rel=0.05)
    assert line(*estimates).found == pytest.approx(0, abs=4 * expected / np.sqrt(2000))
    assert line(*estimates).standard_error != pytest.approx(expected / np.sqrt(2), rel=0.05)


def small_study(study: Study) -> Study:
    """Three waves and a few sites: half of them post on the first day of the second wave."""
    waves = study.waves[:3]
    unit = study.directorate("def")
    sites = tuple(site for site in unit.sites if site.kind == "pmi")[:6]
    days = {site.id: waves[1].start for site in sites[:3]}
    (first, *_) = study.commitments
    return study.model_copy(
        update={
            "waves": waves,
            "directorates": (unit.model_copy(update={"sites": sites}),),
            "commitments": (first.model_copy(update={"posted": days}),),
        }
    )


def test_the_true_effect_is_that_on_users_and_the_panel_holds_the_answers(study: Study) -> None:
    small, plan = small_study(study), load_simulation_plan(PARAMS, study)
    assert declared_effects(study, plan)[:3] == [
        ("reponse-claire", "Q02"),
        ("reponse-claire", "Q03"),
        ("reponse-claire", "Q01"),
    ]
    none = {name for name, _ in declared_effects(study, plan)} - set(plan.commitments.effects)
    assert none == {"lieu-accessible", "delai-annonce", "accueil-respect"}
    everything, without = (
        simulate_respondents(small, one) for one in (plan, plan_without(plan, "reponse-claire"))
    )
    found = true_effect(
        small, plan, "reponse-claire", "Q03", everything=everything, without=without
    )
    posted = small.commitments[0].posted
    ready = {site: day + timedelta(days=plan.commitments.ramp_days) for site, day in posted.items()}

    def share(rows: list[tuple[str, date, int]]) -> float:
        levels = [code for site, day, code in rows if site in ready and day >= ready[site]]
        return 100 * sum(code in (4, 5) for code in levels) / sum(1 <= code <= 5 for code in levels)

    by_hand = [
        share(one.population.select("site", "day", "Q03").rows()) for one in (everything, without)
    ]
    assert found == pytest.approx(by_hand[0] - by_hand[1])
    assert 4 < found < 12
    case = panel_of(everything, small, "reponse-claire", "Q03")
    assert case.values.shape == (6, 3) and sorted(case.posted.tolist()) == [1, 1, 1, 3, 3, 3]
    site = sorted(one.id for one in small.directorates[0].sites)[2]
    codes = everything.answers.filter(channel="invitation", site=site, wave=small.waves[2].id)
    answered = [code for code in codes.get_column("Q03") if 1 <= code <= 5]
    top = 100 * sum(code >= 4 for code in answered) / len(answered)
    assert case.values[2, 2] == pytest.approx(top)


def test_each_line_says_what_it_found(study: Study) -> None:
    written = table([line(2.0, 4.0, true=3.0), line(-1.0, 1.0)], study).splitlines()
    assert written[1].split() == (
        ["reponse-claire", "Q03", "clarte", "T2B", "+3.0", "+3.0", "1.41", "4.0", "56", "%"]
    )
    assert written[2].split()[-2:] == ["5", "%"]
    assert len({len(text) for text in written}) == 1
