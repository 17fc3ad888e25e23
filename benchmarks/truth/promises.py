"""Studies with commitments: what is promised, posted, measured and announced in two directorates,
and how far from the truth their targets and norms lie.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from analysis.simulation import Simulation, SimulationPlan
from analysis.storage import Measures, make_table
from analysis.study import Study
from benchmarks.truth.population import PERCENT, cohort_of, measured, share_of
from benchmarks.truth.service import (
    ALIKE,
    HEADING,
    KINDS,
    OTHER,
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

UNITS = (UNIT, OTHER)
PLACES = 5
"""Sites of each kind in a directorate: ten of them, enough for a correlation."""

POSTED_ITEMS = {"delai": "Q1", "accueil": "Q3"}
"""Commitment that sites post → the item on which it may have an effect."""

NEAR, FAR = 0.015, (0.08, 0.2)
"""How far targets lie from the true share: standard deviation, or bounds."""

NEAR_NORM, FAR_NORM = 0.01, (0.1, 0.4)

DELAYS, ANNOUNCED, PICKED_UP, COMPLAINTS = "delai_moyen", "delai_annonce", "decroche", "plaintes"
COHORT_MONTHS = 6
"""How long before a wave the cases lie of which its users speak: in the field of the wave before,
so that no month is missing.
"""


def promised_scenario(name: str, rng: Rng) -> Scenario:
    """Two directorates with commitments, near their targets and norms or far from them.

    Sites post two of the commitments by date, which does something, nothing, or harm; the sites
    that measure better are better perceived, worse, or neither; directorates differ, or not; users
    are others than before, or not.
    """
    base = service_study(sites={unit: sites_of(PLACES, prefix=f"{unit}-") for unit in UNITS})
    alike = bool(rng.random() < 0.3)
    content = {
        "waves": [wave.model_dump() for wave in base.waves[2:]],
        "commitments": _commitments(base, rng),
        "actions": _actions(base),
        "management": _management(),
    }
    study = Study.model_validate(base.model_dump() | content)
    plan = _plan(rng, study, alike=alike)
    final = float(rng.uniform(-0.25, 0.25)) if rng.random() < 0.5 else 0.0

    def shifted(rank: int) -> SimulationPlan:
        moved = final * rank / (len(study.waves) - 1)
        ages = {1: 0.3 - moved, 2: 0.4, 3: 0.3 + moved}
        return plan.model_copy(update={"profiles": {unit: {"AGE": ages} for unit in UNITS}})

    targets = {
        one.id: (str(rng.choice(UNITS)), _distance(rng, NEAR, FAR))
        for one in study.commitments
        if one.perceived and one.id != "plaintes" and rng.random() < 0.9
    }
    norms = {
        (one.id, unit): _distance(rng, NEAR_NORM, FAR_NORM)
        for one in study.management
        if one.orientation and one.id != ANNOUNCED
        for unit in UNITS
        if unit == UNIT or rng.random() < 0.8
    }
    return Scenario(
        name,
        study,
        plan,
        in_waves=in_each_wave(study, shifted) if final else {},
        targets=targets,
        norms=norms,
        alike=alike,
    )


def _distance(rng: Rng, near: float, far: tuple[float, float]) -> float:
    """How far a bound lies from the truth: near it, on it, or far on one of its sides."""
    kind = rng.random()
    if kind < 0.1:
        return 0.0
    if kind < 0.5:
        return float(rng.normal(0, near))
    return float(rng.choice([-1, 1]) * rng.uniform(*far))


def _commitments(study: Study, rng: Rng) -> list[dict[str, Any]]:
    """Of each kind: followed on both sides, on one, on none, and not in force yet."""
    first, last = study.waves[2], study.waves[-1]
    wanted = {"perceived": "Le sauriez-vous ?", "measured": "nombre de cas"}
    since = first.start + timedelta(days=int(rng.integers(0, 200)))
    later = last.end + timedelta(days=int(rng.integers(1, 90)))
    own: dict[str, dict[str, Any]] = {
        "delai": {"perceived": "q1", "measured": DELAYS, "since": since},
        "telephone": {"perceived": "q2", "measured": PICKED_UP},
        "accueil": {"perceived": "q3", "since": first.start - timedelta(days=400)},
        "plaintes": {"perceived": "q4", "measured": COMPLAINTS},
        "dignite": {},
        "demain": {"perceived": "q5", "measured": DELAYS, "since": later},
    }
    for name in POSTED_ITEMS:
        start = own[name]["since"]
        own[name]["posted"] = {
            site.id: day
            for directorate in study.directorates
            for site in directorate.sites
            if (day := _posting_day(rng, max(start, first.start), last.end)) is not None
        }
    return [
        {
            "id": name,
            "label": f"Engagement {name}",
            "promise": f"Nous tenons parole ({name}).",
            "heading": HEADING,
            "status": "fictitious",
            "wanted": {side: text for side, text in wanted.items() if side not in followed},
            **followed,
        }
        for name, followed in own.items()
    ]


def _posting_day(rng: Rng, start: date, end: date) -> date | None:
    """The day on which a site posts a commitment: half of them by the end of the last wave, some
    after it, some never.
    """
    kind = rng.random()
    if kind < 0.5:
        return start + timedelta(days=int(rng.integers(0, (end - start).days + 1)))
    return end + timedelta(days=int(rng.integers(1, 60))) if kind < 0.75 else None


def _actions(study: Study) -> list[dict[str, Any]]:
    """One that is under way, and one that is done."""
    day = study.waves[3].end
    shared = {"owner": "Service simulé", "decided": day, "started": day + timedelta(days=30)}
    return [
        shared | {"id": "file", "decision": "une file par motif", "commitments": ["delai"]},
        shared
        | {
            "id": "renfort",
            "decision": "deux agents de plus",
            "commitments": ["telephone", "accueil"],
            "directorates": [UNIT],
            "done": day + timedelta(days=90),
        },
    ]


def _management() -> list[dict[str, Any]]:
    """Delays that were announced and measured, calls that were answered, and complaints."""
    counts = ("dossiers", "appels", "courriers")
    shared = {"directorates": list(UNITS)}
    better_low = {"orientation": "lower_is_better"}
    cases = {"label": "dossiers", "months_before": COHORT_MONTHS}
    return [
        *({**shared, "id": name, "label": name, "unit": "count"} for name in counts),
        {
            **(shared | better_low),
            "id": DELAYS,
            "label": "Délai moyen",
            "unit": "days",
            "of": "dossiers",
            "perceived": "q1",
            "announced": ANNOUNCED,
            "cohort": cases,
        },
        {
            **(shared | better_low),
            "id": ANNOUNCED,
            "label": "Délai annoncé",
            "unit": "days",
            "of": "dossiers",
        },
        {
            **shared,
            "id": PICKED_UP,
            "label": "Appels pris",
            "unit": "share",
            "of": "appels",
            "orientation": "higher_is_better",
            "perceived": "q2",
            "cohort": {"label": "appels"},
        },
        {
            **(shared | better_low),
            "id": COMPLAINTS,
            "label": "Plaintes pour 1 000 dossiers",
            "unit": "per_thousand",
            "numerator": "courriers",
            "of": "dossiers",
            "cohort": cases,
        },
    ]


def _plan(rng: Rng, study: Study, *, alike: bool) -> SimulationPlan:
    """About 650 invited answers a wave and directorate."""
    level = float(rng.uniform(-0.6, 0.4))
    other = level if alike else level + float(rng.uniform(-0.4, 0.4))
    effects = [0.0 if alike else float(rng.choice([0.0, 0.5, -0.5])) for _ in POSTED_ITEMS]
    related = float(rng.choice([0.0, 0.0, -0.5, 0.5]))
    months = [month for wave in study.waves for month in _months(wave.start, wave.end)]
    unavailable = {UNIT: [months[int(rng.integers(len(months)))]]} if rng.random() < 0.5 else {}
    series: dict[str, dict[str, Any]] = {
        "dossiers": {"base": 900, "noise": 0.05, "by_site": True, "decimals": 0},
        "appels": {"base": 2500, "noise": 0.1, "decimals": 0},
        "courriers": {"base": 8, "noise": 0.2, "decimals": 0},
        DELAYS: {"base": 60, "noise": 0.05, "by_site": True, "per_unit": related},
        ANNOUNCED: {"base": 50, "noise": 0.02, "decimals": 0},
        PICKED_UP: {"base": 80, "noise": 0.04, "unavailable": unavailable},
    }
    drawn = {
        name: one | {"base": {unit: float(one["base"] * rng.uniform(0.7, 1.3)) for unit in UNITS}}
        for name, one in series.items()
    }
    plan = service_plan(
        rng,
        users=dict.fromkeys(KINDS, 800),
        profiles={unit: {"AGE": {1: 0.3, 2: 0.4, 3: 0.3}} for unit in UNITS},
        profile_effects={"AGE": {1: -0.5, 2: 0.0, 3: 0.5}},
        directorates={UNIT: level, OTHER: other},
        spread=SPREAD | {"site": ALIKE if alike else 0.25},
        trend_per_year=float(rng.uniform(-0.6, 0.6)) if rng.random() < 0.5 else 0.0,
        commitments={
            "ramp_days": 30,
            "effects": {
                name: {item: effect}
                for (name, item), effect in zip(POSTED_ITEMS.items(), effects, strict=True)
            },
        },
        management=drawn,
    )
    return with_response(plan, invited_per_site=210)


def _months(start: date, end: date) -> list[date]:
    return [date(start.year, month, 1) for month in range(start.month, end.month + 1)]


# --- what was delivered ---------------------------------------------------------------------------


def delivered_measures(
    true: pl.DataFrame, study: Study, plan: SimulationPlan, *, rounded: bool
) -> pl.DataFrame:
    """`storage.Measures` of a study as those who manage would deliver them, some not available.

    Args:
        true: The figures, as `simulation.true_measures` makes them.
        study, plan: What is delivered, and with how many decimals.
        rounded: As they are delivered; else as they truly are.

    """
    known: dict[tuple[str, str, str, date], float | None] = {}
    halves: dict[str, float] = {}
    columns = ("directorate", "site", "indicator", "month", "value")
    for unit, site, name, month, exact in true.select(columns).iter_rows():
        series = plan.management[name]
        places = series.decimals + (2 if _unit(study, name) == "share" else 0)
        value = round(exact, places) if rounded else exact
        if rounded and _unit(study, name) != "count":
            halves[name] = 0.5 * 10.0**-places
        missing = month in series.unavailable.get(unit, ())
        known[unit, site, name, month] = None if missing else value
    rows = [
        _row(study, key, value, known, line) | {"half": halves.get(key[2], 0.0)}
        for line, (key, value) in enumerate(known.items(), 2)
    ]
    return make_table(rows, Measures)


def _row(
    study: Study,
    key: tuple[str, str, str, date],
    value: float | None,
    known: dict[tuple[str, str, str, date], float | None],
    line: int,
) -> dict[str, Any]:
    """A row of `storage.Measures`, but for how far it is rounded."""
    unit, site, name, month = key
    of = study.management_indicator(name).of
    cases = known.get((unit, site, of, month)) if of else None
    made = value if of is None else None if value is None or cases is None else value * cases
    wave = next(wave.id for wave in study.waves if wave.end >= month)
    return {
        "directorate": unit,
        "wave": wave,
        "indicator": name,
        "site": site,
        "month": month,
        "unit": _unit(study, name),
        "value": value,
        "numerator": made,
        "denominator": cases,
        "missing": "nd" if value is None else "",
        "delivery": "d1",
        "file": "gestion.csv",
        "sheet": "",
        "line": line,
    }


def _unit(study: Study, indicator: str) -> str:
    return study.management_indicator(indicator).unit


# --- targets and norms ----------------------------------------------------------------------------


def with_bounds(
    study: Study, scenario: Scenario, simulation: Simulation, measures: pl.DataFrame
) -> Study:
    """The study with its targets and norms, set from what is true in its last wave."""
    return study.model_copy(
        update={
            "commitments": tuple(
                one.model_copy(update={"target": _target(one.id, study, scenario, simulation)})
                for one in study.commitments
            ),
            "management": tuple(
                one.model_copy(update={"norm": _norms(one.id, study, scenario, measures)})
                for one in study.management
            ),
        }
    )


def _target(
    commitment: str, study: Study, scenario: Scenario, simulation: Simulation
) -> float | None:
    """The target of a commitment, in whole percents."""
    if commitment not in scenario.targets:
        return None
    unit, distance = scenario.targets[commitment]
    indicator = study.indicator(str(study.commitment(commitment).perceived))
    users = simulation.population.filter(directorate=unit, wave=scenario.wave)
    true = share_of(users, indicator.item, indicator.definitions[0], study)
    return float(np.clip(round(PERCENT * (true + distance)), 1, PERCENT - 1))


def _norms(
    indicator: str, study: Study, scenario: Scenario, measures: pl.DataFrame
) -> dict[str, float]:
    """Directorate → the norm of a management indicator, with one decimal: in percent for a
    share.
    """
    one = study.management_indicator(indicator)
    months = cohort_of(study, scenario.wave, one)
    norms = {}
    for (name, unit), distance in scenario.norms.items():
        if name != indicator:
            continue
        of_unit = measures.filter(directorate=unit, site="")
        true = measured(of_unit, one, months)
        scale, most = (PERCENT, PERCENT) if one.unit == "share" else (1, np.inf)
        if true is None:  # a month of it is missing
            true = scenario.plan.management[one.id].base[unit] / scale
        norms[unit] = min(round(scale * true * (1 + distance), 1), most)
    return norms
