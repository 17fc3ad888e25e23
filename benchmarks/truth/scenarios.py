"""The studies that are simulated: one public service, six half-yearly waves, and a truth drawn by
scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from analysis.simulation import SimulationPlan
from analysis.study import Study

UNIT = "service"
ASPECTS = 5
KINDS = ("guichet", "antenne")
FEW, COMPARED = 3, 8
"""How many sites there are of each kind: too few to be compared, or enough."""

OLD_TOP = 1
"""How many levels count as satisfied before the definition is changed; two after."""

DAY = timedelta(days=1)
SPREAD = {"site": 0.12, "day": 0.1, "person": 0.75, "item": 0.66}
ALIKE = 1e-6
"""The spread of sites that are all alike."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Scenario:
    """A study whose truth is known.

    Attributes:
        name: Of the kind of truth.
        study: What is asked, without the known totals: they follow from the users.
        plan: Of users and channels.
        in_waves: Wave → its plan, where it differs.
        still: Whether nothing changes, by construction, between waves of one season: what users of
            one wave or another happen to be is then no change.
        old_until: The last wave estimated by the old definition; None where it never changed.
        apart: Site → how far it was made out of the ordinary, in the units of an opinion.

    """

    name: str
    study: Study
    plan: SimulationPlan
    in_waves: Mapping[str, SimulationPlan] = field(default_factory=dict)
    still: bool = False
    old_until: str | None = None
    apart: Mapping[str, float] = field(default_factory=dict)

    @property
    def wave(self) -> str:
        """The wave of the edition: the last one."""
        return self.study.waves[-1].id

    def study_at(self, wave: str) -> Study:
        """The study by which a wave is estimated."""
        until = self.old_until
        if until is None or self.study.wave(wave).start > self.study.wave(until).start:
            return self.study
        old = {"version": "0.9", "top": OLD_TOP}
        (definition,) = self.study.definitions
        return self.study.model_copy(update={"definitions": (definition.model_copy(update=old),)})

    def is_broken(self, wave: str) -> bool:
        """Whether a wave was estimated by another definition than the last one."""
        return self.study_at(wave).definitions != self.study.definitions


def draw(name: str, rng: Rng) -> Scenario:
    """A study of a scenario, drawn at random."""
    return SCENARIOS[name](name, rng)


# --- what all of them have in common --------------------------------------------------------------


def _study(*, sites: list[dict[str, Any]] | None = None) -> Study:
    """A service with its sites (three of each kind by default), an invited sample and a QR code,
    and six questions.
    """
    items = [f"Q{rank}" for rank in range(ASPECTS + 1)]
    levels = [{"code": code, "label": f"niveau {code}"} for code in range(1, 6)]
    kinds = ("not_concerned", "dont_know", "refused")
    codes = {"not_asked": -1, "abandoned": -2, "illegible": -3, "unknown": -4}
    codes |= {kind: 97 + rank for rank, kind in enumerate(kinds)}
    waves = [
        {
            "id": f"{year}-{half}",
            "label": f"{half}e semestre {year}",
            "start": date(year, 6 * half - 5, 1),
            "end": date(year, 6 * half - 1, 28),
            "publication": date(year, 6 * half, 20),
        }
        for year in (2024, 2025, 2026)
        for half in (1, 2)
    ]
    shared = {"claim_reason": "simulation", "mode": "web", "items": [*items, "AGE"]}
    return Study.model_validate(
        {
            "id": "truth",
            "title": "Études simulées",
            "subtitle": "Chaque phrase et sa vérité",
            "publisher": "Service simulé",
            "mission": "Compter les phrases fausses.",
            "contact": "Aucun",
            "languages": ["fr"],
            "channels": [
                {
                    **shared,
                    "id": "invitation",
                    "label": "Invitation",
                    "claim": "C1",
                    "moment": "a_froid",
                    "invited": True,
                    "sampling": {"strata": ["site"]},
                },
                {
                    **shared,
                    "id": "qr",
                    "label": "QR code",
                    "claim": "C2",
                    "moment": "a_chaud",
                    "sampling": {"strata": ["site"], "clusters": ["site", "day"]},
                },
            ],
            "questionnaire": {
                "version": "1.0",
                "scales": [
                    {"id": "s5", "label": "Satisfaction", "kind": "ordinal", "levels": levels},
                    {"id": "age", "label": "Âge", "kind": "ordinal", "levels": levels[:3]},
                ],
                "missing": [
                    {"code": code, "kind": kind, "label": kind} for kind, code in codes.items()
                ],
                "dimensions": [{"id": item.lower(), "label": item} for item in items],
                "items": [
                    *(
                        {
                            "id": item,
                            "wording": f"Êtes-vous satisfait de {item} ?",
                            "short": item,
                            "scale": "s5",
                            "role": "satisfaction",
                            "dimension": item.lower(),
                        }
                        for item in items
                    ),
                    {
                        "id": "AGE",
                        "wording": "Votre âge ?",
                        "short": "Âge",
                        "scale": "age",
                        "role": "profile",
                    },
                ],
            },
            "waves": waves,
            "populations": [{"id": "usagers", "label": "Usagers"}],
            "site_kinds": [{"id": kind, "label": f"{kind}s"} for kind in KINDS],
            "directorates": [
                {
                    "id": UNIT,
                    "label": "Service simulé",
                    "acronym": "SIM",
                    "channels": ["invitation", "qr"],
                    "sites": _sites() if sites is None else sites,
                }
            ],
            "definitions": [
                {
                    "id": "T2B",
                    "version": "1.0",
                    "label": "part des deux réponses les plus favorables",
                    "kind": "top_share",
                    "top": 2,
                }
            ],
            "indicators": [
                {
                    "id": item.lower(),
                    "version": "1.0",
                    "label": "Satisfaction globale" if item == items[0] else f"Aspect {item}",
                    "item": item,
                    "definitions": ["T2B"],
                    "headline": True,
                    "valid_from": waves[0]["start"],
                }
                for item in items
            ],
            "breakdowns": [
                {"id": "canal", "label": "Canal", "by": "channel"},
                {"id": "site", "label": "Site", "by": "site"},
                {"id": "age", "label": "Âge", "by": "AGE"},
            ],
        }
    )


def _sites(count: int = FEW) -> list[dict[str, Any]]:
    return [
        {"id": f"{kind}-{rank}", "label": f"{kind} {rank}", "kind": kind}
        for kind in KINDS
        for rank in range(count)
    ]


def _plan(rng: Rng, **changed: Any) -> SimulationPlan:
    """A plan in which nothing changes: about 650 invited answers a wave, ages that differ in
    opinion and in how often they answer, sites that differ a little.
    """
    aspects = {f"Q{rank}": float(rng.normal(0, 0.3)) for rank in range(1, ASPECTS + 1)}
    content: dict[str, Any] = {
        "seed": int(rng.integers(1 << 31)),
        "users": dict.fromkeys(KINDS, 1300),
        "margins": ["AGE"],
        "profiles": {UNIT: {"AGE": {1: 0.3, 2: 0.4, 3: 0.3}}},
        "directorates": {UNIT: float(rng.uniform(-0.8, 0.6))},
        "items": {"Q0": 0.0, **aspects},
        "spread": SPREAD,
        "profile_effects": {"AGE": {1: -0.2, 2: 0.0, 3: 0.2}},
        "trend_per_year": 0.0,
        "season": {"amplitude": 0.0, "best_month": 3},
        "commitments": {"ramp_days": 1},
        "modes": {"invitation": 0.0, "qr": -0.3},
        "cuts": {5: (-1.75, -1.227, -0.496, 0.643)},
        "missing": {
            "not_concerned": {},
            "dont_know": 0.01,
            "refused": 0.01,
            "illegible": 0.0,
            "abandons": 0.03,
        },
        "response": {
            "invited_per_site": 350,
            "intercept": -0.8,
            "by_opinion": 1.0,
            "profile": {},
            "paper": {"sites_share": 0.0, "days": 1, "per_day": 1},
            "qr": {"rate": 0.03, "discontent": 0.5},
            "kiosk": {"kinds": [], "sites_share": 0.0, "rate": 0.0},
        },
        "verbatims": {"rate": 0.0, "themes": [], "traps": []},
        "management": {},
    }
    return SimulationPlan.model_validate(content | changed)


def _with_response(plan: SimulationPlan, **changed: Any) -> SimulationPlan:
    return plan.model_copy(update={"response": plan.response.model_copy(update=changed)})


def _in_waves(study: Study, change: Callable[[int], SimulationPlan]) -> dict[str, SimulationPlan]:
    """The plan of each wave, by its rank."""
    return {wave.id: change(rank) for rank, wave in enumerate(study.waves)}


def small_survey(rng: Rng, *, link: float) -> tuple[Study, SimulationPlan]:
    """A survey of one wave, four sites and one question, whose users differ in opinion by age;
    `link` is what one unit of that opinion adds to the propensity to answer.
    """
    study = _study(sites=_sites()[:4])
    (invitation, _), (unit,) = study.channels, study.directorates
    asked = {
        "waves": study.waves[:1],
        "channels": (invitation.model_copy(update={"items": ("Q0", "AGE")}),),
        "directorates": (unit.model_copy(update={"channels": (invitation.id,)}),),
        "indicators": study.indicators[:1],
        "breakdowns": (),
    }
    ages = {"profile_effects": {"AGE": {1: -0.7, 2: 0.0, 3: 0.7}}}
    plan = _with_response(_plan(rng, **ages, items={"Q0": 0.0}), invited_per_site=260)
    return study.model_copy(update=asked), _with_response(plan, by_opinion=link)


# --- scenarios ------------------------------------------------------------------------------------


def _flat(name: str, rng: Rng) -> Scenario:
    """Nothing changes; half of the time channels hear the same, and ages think alike."""
    plan = _plan(rng)
    if rng.random() < 0.5:
        qr = plan.response.qr.model_copy(update={"discontent": 0.0})
        alike = {"profile_effects": {"AGE": dict.fromkeys((1, 2, 3), 0.0)}}
        plan = _with_response(plan, qr=qr).model_copy(
            update={**alike, "modes": dict.fromkeys(plan.modes, 0.0)}
        )
    return Scenario(name, _study(), plan, still=True)


def _rise(name: str, rng: Rng) -> Scenario:
    """A steady rise or fall, from nothing to 25 points a year."""
    return Scenario(name, _study(), _plan(rng, trend_per_year=float(rng.uniform(-0.7, 0.7))))


def _seasonal(name: str, rng: Rng) -> Scenario:
    """One half of the year is better than the other, and no year than another."""
    season = {"amplitude": float(rng.uniform(0.1, 0.5)), "best_month": int(rng.integers(1, 13))}
    return Scenario(name, _study(), _plan(rng, season=season), still=True)


def _composition(name: str, rng: Rng) -> Scenario:
    """The old replace the young, or the reverse; at each age, opinions stay what they are."""
    plan = _plan(rng, profile_effects={"AGE": {1: -0.6, 2: 0.0, 3: 0.6}})
    final = float(rng.uniform(-0.25, 0.25))
    study = _study()

    def shifted(rank: int) -> SimulationPlan:
        moved = final * rank / (len(study.waves) - 1)
        ages = {1: 0.3 - moved, 2: 0.4, 3: 0.3 + moved}
        return plan.model_copy(update={"profiles": {UNIT: {"AGE": ages}}})

    return Scenario(name, study, plan, in_waves=_in_waves(study, shifted))


def _definition_break(name: str, rng: Rng) -> Scenario:
    """What counts as satisfied is changed after some wave, or the overall question is replaced by
    one that is answered more kindly; opinions stay what they are.
    """
    study, plan = _study(), _plan(rng)
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
    plan = _plan(rng, **{"users": dict.fromkeys(KINDS, 900), **changed})
    return _with_response(plan, invited_per_site=300)


def _sites_change(name: str, rng: Rng) -> Scenario:
    """A site closes and another opens in the last year, each of which may be unlike the others."""
    sites = _sites(COMPARED + 1)
    sites[0]["closed"], sites[1]["opened"] = date(2025, 12, 31), date(2026, 1, 2)
    openings = {sites[rank]["id"]: float(rng.uniform(-0.9, 0.9)) for rank in (0, 1)}
    plan = _with_sites(rng, openings=openings)
    return Scenario(name, _study(sites=sites), plan, apart=openings)


def _sites_alike(name: str, rng: Rng) -> Scenario:
    """No site differs from another."""
    plan = _with_sites(rng, spread=SPREAD | {"site": ALIKE})
    return Scenario(name, _study(sites=_sites(COMPARED)), plan, still=True)


def _site_apart(name: str, rng: Rng) -> Scenario:
    """One site is far from the others, which are all alike or differ a little."""
    sites = _sites(COMPARED)
    site = str(rng.choice([site["id"] for site in sites]))
    far = float(rng.choice([-1.2, 1.0]))
    spread = SPREAD | {"site": float(rng.choice([ALIKE, 0.1, 0.2]))}
    plan = _with_sites(rng, openings={site: far}, spread=spread)
    return Scenario(name, _study(sites=sites), plan, still=True, apart={site: far})


def _mode_mix(name: str, rng: Rng) -> Scenario:
    """The QR code, which the discontented answer more, grows to many times what it was."""
    plan, study = _plan(rng), _study()
    growth = float(rng.uniform(1.5, 2.2))

    def grown(rank: int) -> SimulationPlan:
        qr = plan.response.qr.model_copy(update={"rate": min(0.4, 0.01 * growth**rank)})
        return _with_response(plan, qr=qr)

    return Scenario(name, study, plan, in_waves=_in_waves(study, grown), still=True)


def _nonresponse(name: str, rng: Rng) -> Scenario:
    """The discontented groups answer less and less: unweighted, satisfaction would rise."""
    plan = _plan(rng, profile_effects={"AGE": {1: -0.5, 2: 0.0, 3: 0.5}})
    study = _study()

    def tied(rank: int) -> SimulationPlan:
        return _with_response(plan, by_opinion=0.5 * rank)

    return Scenario(name, study, plan, in_waves=_in_waves(study, tied), still=True)


def _few_answers(name: str, rng: Rng) -> Scenario:
    """Nothing changes, and some tens of people answer, in four sites."""
    plan = _with_response(_plan(rng), invited_per_site=int(rng.integers(30, 100)))
    return Scenario(name, _study(sites=_sites()[:4]), plan, still=True)


def _many_answers(name: str, rng: Rng) -> Scenario:
    """Some thousands answer, and a year changes about as much as the practical threshold."""
    plan = _plan(
        rng,
        users=dict.fromkeys(KINDS, 4000),
        trend_per_year=float(rng.uniform(-0.3, 0.3)),
        profile_effects={"AGE": {1: -0.1, 2: 0.0, 3: 0.1}},
    )
    return Scenario(name, _study(), _with_response(plan, invited_per_site=1600))


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
}
