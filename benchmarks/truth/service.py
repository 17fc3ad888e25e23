"""What the simulated studies have in common: a public service with its sites and questions, and
users with opinions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from analysis.simulation import SimulationPlan
from analysis.study import Study

UNIT, OTHER = "service", "autre"
"""The service, and the one that some studies have beside it."""

ACRONYMS = {UNIT: "SIM", OTHER: "AUT"}
ASPECTS = 5
KINDS = ("guichet", "antenne")
HEADING = "charte"
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
        targets: Commitment → the directorate near whose true share its target is set, and how far
            above it.
        norms: Management indicator and directorate → how far above what is measured its norm is
            set, in share of it.
        alike: Whether directorates do not differ, by construction.

    """

    name: str
    study: Study
    plan: SimulationPlan
    in_waves: Mapping[str, SimulationPlan] = field(default_factory=dict)
    still: bool = False
    old_until: str | None = None
    apart: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    norms: Mapping[tuple[str, str], float] = field(default_factory=dict)
    alike: bool = False

    @property
    def wave(self) -> str:
        """The wave of the edition: the last one."""
        return self.study.waves[-1].id

    def plan_of(self, wave: str) -> SimulationPlan:
        """The plan of users and channels in a wave."""
        return self.in_waves.get(wave, self.plan)

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


def service_study(*, sites: Mapping[str, list[dict[str, Any]]] | None = None, **more: Any) -> Study:
    """A service with its sites (three of each kind by default), an invited sample and a QR code,
    and six questions.

    Args:
        sites: Directorate → its sites, where there are others.
        more: Fields of the study beside these.

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
    placed = {UNIT: sites_of()} if sites is None else sites
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
                "headings": [{"id": HEADING, "label": "Engagements"}],
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
                    "id": unit,
                    "label": f"Service {acronym}",
                    "acronym": acronym,
                    "channels": ["invitation", "qr"],
                    "sites": placed[unit],
                }
                for unit, acronym in ACRONYMS.items()
                if unit in placed
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
            **more,
        }
    )


def sites_of(count: int = FEW, *, prefix: str = "") -> list[dict[str, Any]]:
    """So many sites of each kind."""
    return [
        {"id": f"{prefix}{kind}-{rank}", "label": f"{kind} {rank}", "kind": kind}
        for kind in KINDS
        for rank in range(count)
    ]


def service_plan(rng: Rng, **changed: Any) -> SimulationPlan:
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


def with_response(plan: SimulationPlan, **changed: Any) -> SimulationPlan:
    """The plan with other fields of who answers."""
    return plan.model_copy(update={"response": plan.response.model_copy(update=changed)})


def in_each_wave(
    study: Study, change: Callable[[int], SimulationPlan]
) -> dict[str, SimulationPlan]:
    """The plan of each wave, by its rank."""
    return {wave.id: change(rank) for rank, wave in enumerate(study.waves)}
