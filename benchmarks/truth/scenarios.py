"""The studies that are simulated: six half-yearly waves of one public service or two, and a truth
drawn by scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from analysis.simulation import SimulationPlan
from analysis.study import Study
from benchmarks.truth.promises import promised_scenario
from benchmarks.truth.service import (
    ALIKE,
    COMPARED,
    DAY,
    KINDS,
    SPREAD,
    UNIT,
    Rng,
    Scenario,
    in_each_wave,
    service_plan,
    service_study,
    sites_of,
    with_response,
)


def draw(name: str, rng: Rng) -> Scenario:
    """A study of a scenario, drawn at random."""
    return SCENARIOS[name](name, rng)


def small_survey(rng: Rng, *, link: float) -> tuple[Study, SimulationPlan]:
    """A survey of one wave, four sites and one question, whose users differ in opinion by age;
    `link` is what one unit of that opinion adds to the propensity to answer.
    """
    study = service_study(sites={UNIT: sites_of()[:4]})
    (invitation, _), (unit,) = study.channels, study.directorates
    asked = {
        "waves": study.waves[:1],
        "channels": (invitation.model_copy(update={"items": ("Q0", "AGE")}),),
        "directorates": (unit.model_copy(update={"channels": (invitation.id,)}),),
        "indicators": study.indicators[:1],
        "breakdowns": (),
    }
    ages = {"profile_effects": {"AGE": {1: -0.7, 2: 0.0, 3: 0.7}}}
    plan = with_response(service_plan(rng, **ages, items={"Q0": 0.0}), invited_per_site=260)
    return study.model_copy(update=asked), with_response(plan, by_opinion=link)


# --- scenarios ------------------------------------------------------------------------------------


def _flat(name: str, rng: Rng) -> Scenario:
    """Nothing changes; half of the time channels hear the same, and ages think alike."""
    plan = service_plan(rng)
    if rng.random() < 0.5:
        qr = plan.response.qr.model_copy(update={"discontent": 0.0})
        alike = {"profile_effects": {"AGE": dict.fromkeys((1, 2, 3), 0.0)}}
        plan = with_response(plan, qr=qr).model_copy(
            update={**alike, "modes": dict.fromkeys(plan.modes, 0.0)}
        )
    return Scenario(name, service_study(), plan, still=True)


def _rise(name: str, rng: Rng) -> Scenario:
    """A steady rise or fall, from nothing to 25 points a year."""
    return Scenario(
        name, service_study(), service_plan(rng, trend_per_year=float(rng.uniform(-0.7, 0.7)))
    )


def _seasonal(name: str, rng: Rng) -> Scenario:
    """One half of the year is better than the other, and no year than another."""
    season = {"amplitude": float(rng.uniform(0.1, 0.5)), "best_month": int(rng.integers(1, 13))}
    return Scenario(name, service_study(), service_plan(rng, season=season), still=True)


def _composition(name: str, rng: Rng) -> Scenario:
    """The old replace the young, or the reverse; at each age, opinions stay what they are."""
    plan = service_plan(rng, profile_effects={"AGE": {1: -0.6, 2: 0.0, 3: 0.6}})
    final = float(rng.uniform(-0.25, 0.25))
    study = service_study()

    def shifted(rank: int) -> SimulationPlan:
        moved = final * rank / (len(study.waves) - 1)
        ages = {1: 0.3 - moved, 2: 0.4, 3: 0.3 + moved}
        return plan.model_copy(update={"profiles": {UNIT: {"AGE": ages}}})

    return Scenario(name, study, plan, in_waves=in_each_wave(study, shifted))


def _definition_break(name: str, rng: Rng) -> Scenario:
    """What counts as satisfied is changed after some wave, or the overall question is replaced by
    one that is answered more kindly; opinions stay what they are.
    """
    study, plan = service_study(), service_plan(rng)
    until = study.waves[int(rng.integers(1, 5))]
    if rng.random() < 0.5:
        return Scenario(name, study, plan, still=True, old_until=until.id)
    first, second, *others = study.indicators
    indicators = (
        first.model_copy(update={"valid_to": until.end}),
        second.model_copy(update={"label": first.label, "valid_from": until.end + DAY}),
        *others,
    )
    kinder = plan.model_copy(update={"items": plan.items | {second.item: plan.items["Q0"] + 0.4}})
    return Scenario(name, study.model_copy(update={"indicators": indicators}), kinder, still=True)


def _with_sites(rng: Rng, **changed: Any) -> SimulationPlan:
    """A plan in which enough answer in each site for sites to be compared."""
    plan = service_plan(rng, **{"users": dict.fromkeys(KINDS, 900), **changed})
    return with_response(plan, invited_per_site=300)


def _sites_change(name: str, rng: Rng) -> Scenario:
    """A site closes and another opens in the last year, each of which may be unlike the others."""
    sites = sites_of(COMPARED + 1)
    sites[0]["closed"], sites[1]["opened"] = date(2025, 12, 31), date(2026, 1, 2)
    openings = {sites[rank]["id"]: float(rng.uniform(-0.9, 0.9)) for rank in (0, 1)}
    plan = _with_sites(rng, openings=openings)
    return Scenario(name, service_study(sites={UNIT: sites}), plan, apart=openings)


def _sites_alike(name: str, rng: Rng) -> Scenario:
    """No site differs from another."""
    plan = _with_sites(rng, spread=SPREAD | {"site": ALIKE})
    return Scenario(name, service_study(sites={UNIT: sites_of(COMPARED)}), plan, still=True)


def _site_apart(name: str, rng: Rng) -> Scenario:
    """One site is far from the others, which are all alike or differ a little."""
    sites = sites_of(COMPARED)
    site = str(rng.choice([site["id"] for site in sites]))
    far = float(rng.choice([-1.2, 1.0]))
    spread = SPREAD | {"site": float(rng.choice([ALIKE, 0.1, 0.2]))}
    plan = _with_sites(rng, openings={site: far}, spread=spread)
    return Scenario(name, service_study(sites={UNIT: sites}), plan, still=True, apart={site: far})


def _mode_mix(name: str, rng: Rng) -> Scenario:
    """The QR code, which the discontented answer more, grows to many times what it was."""
    plan, study = service_plan(rng), service_study()
    growth = float(rng.uniform(1.5, 2.2))

    def grown(rank: int) -> SimulationPlan:
        qr = plan.response.qr.model_copy(update={"rate": min(0.4, 0.01 * growth**rank)})
        return with_response(plan, qr=qr)

    return Scenario(name, study, plan, in_waves=in_each_wave(study, grown), still=True)


def _nonresponse(name: str, rng: Rng) -> Scenario:
    """The discontented groups answer less and less: unweighted, satisfaction would rise."""
    plan = service_plan(rng, profile_effects={"AGE": {1: -0.5, 2: 0.0, 3: 0.5}})
    study = service_study()

    def tied(rank: int) -> SimulationPlan:
        return with_response(plan, by_opinion=0.5 * rank)

    return Scenario(name, study, plan, in_waves=in_each_wave(study, tied), still=True)


def _few_answers(name: str, rng: Rng) -> Scenario:
    """Nothing changes, and some tens of people answer, in four sites."""
    plan = with_response(service_plan(rng), invited_per_site=int(rng.integers(30, 100)))
    return Scenario(name, service_study(sites={UNIT: sites_of()[:4]}), plan, still=True)


def _many_answers(name: str, rng: Rng) -> Scenario:
    """Some thousands answer, and a year changes about as much as the practical threshold."""
    plan = service_plan(
        rng,
        users=dict.fromkeys(KINDS, 4000),
        trend_per_year=float(rng.uniform(-0.3, 0.3)),
        profile_effects={"AGE": {1: -0.1, 2: 0.0, 3: 0.1}},
    )
    return Scenario(name, service_study(), with_response(plan, invited_per_site=1600))


SCENARIOS: dict[str, Callable[[str, Rng], Scenario]] = {
    "rise or fall": _rise,
    "flat": _flat,
    "seasonal": _seasonal,
    "composition only": _composition,
    "definition break": _definition_break,
    "site closed, site opened": _sites_change,
    "sites alike": _sites_alike,
    "one site apart": _site_apart,
    "mode mix shifting": _mode_mix,
    "non-response shifting": _nonresponse,
    "few answers": _few_answers,
    "many answers": _many_answers,
    "commitments": promised_scenario,
}
