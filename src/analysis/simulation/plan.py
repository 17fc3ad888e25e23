"""`simulation.yml`: the truth of a simulated study, in the units of a latent opinion (standard
deviations).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis.errors import ParameterError
from analysis.study import Model, Study, read_model
from analysis.study.types import Identifier, ItemId

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class Spread(Model):
    """Standard deviations of the random parts of an opinion."""

    site: Positive
    day: Positive
    person: Positive
    item: Positive


class Season(Model):
    """A yearly wave of opinion."""

    amplitude: float
    best_month: Annotated[int, Field(ge=1, le=12)]


class CommitmentEffects(Model):
    """What posting each commitment does to the opinion on some items, reached after a ramp: more
    than nothing, nothing, or a harm.
    """

    ramp_days: Annotated[int, Field(ge=1)]
    effects: dict[Identifier, dict[ItemId, float]] = Field(default_factory=dict)


class MissingShares(Model):
    """`not_concerned` is a trait of users; the rest happens when they answer."""

    not_concerned: dict[ItemId, Share]
    dont_know: Share
    refused: Share
    illegible: Share
    abandons: Share


class PaperCollection(Model):
    """Paper at the counter, on sampled site-days."""

    sites_share: Share
    days: Annotated[int, Field(ge=1)]
    per_day: Positive


class QrCollection(Model):
    """A poster to scan: the discontented answer more."""

    rate: Share
    discontent: float


class KioskCollection(Model):
    """Four faces at the exit of some sites."""

    kinds: tuple[str, ...]
    sites_share: Share
    rate: Share


class ResponsePlan(Model):
    """Who is asked and who answers: a logistic propensity by profile for the invited.

    `by_opinion` ties answering to opinion: what one unit of the part of the opinion that comes from
    the profile (as far as `margins` hold it) adds to the propensity. Above 0 the discontented
    groups answer less, which weighting by these margins undoes, and nothing else does.
    """

    invited_per_site: Annotated[int, Field(ge=1)]
    intercept: float
    by_opinion: float = 0.0
    profile: dict[ItemId, dict[int, float]]
    paper: PaperCollection
    qr: QrCollection
    kiosk: KioskCollection


class Theme(Model):
    """What people write about an item, content or not."""

    item: ItemId
    good: str
    bad: str


class VerbatimPlan(Model):
    """Free texts; the traps are what must leave nowhere."""

    rate: Share
    themes: tuple[Theme, ...]
    traps: tuple[str, ...]


class ManagementSeries(Model):
    """A monthly series: base per directorate, response to one unit of the opinion on its items,
    noise, and the decimals that it is delivered with: none where whole things are counted.
    """

    base: dict[Identifier, float]
    per_unit: float
    noise: float
    decimals: Annotated[int, Field(ge=0, le=3)] = 1


class SimulationPlan(Model):
    """Everything the simulator needs beyond the study itself."""

    seed: int
    users: dict[str, Annotated[int, Field(ge=1)]]
    margins: tuple[ItemId, ...]
    profiles: dict[Identifier, dict[ItemId, dict[int, Share]]]
    directorates: dict[Identifier, float]
    items: dict[ItemId, float]
    spread: Spread
    profile_effects: dict[ItemId, dict[int, float]]
    trend_per_year: float
    season: Season
    commitments: CommitmentEffects
    openings: dict[Identifier, float] = Field(default_factory=dict)
    modes: dict[Identifier, float]
    cuts: dict[int, tuple[float, ...]]
    missing: MissingShares
    response: ResponsePlan
    verbatims: VerbatimPlan
    management: dict[Identifier, ManagementSeries]


def load_simulation_plan(folder: Path, study: Study) -> SimulationPlan:
    """The simulation plan of a study, checked against it.

    Raises:
        ParameterError: there is none, or it names what the study lacks.

    """
    path = folder / "simulation.yml"
    if not path.exists():
        raise ParameterError(
            f"Study {study.id!r} has no simulation plan.",
            where=str(path),
            hint="its data comes from deliveries: `observatoire register`.",
        )
    plan = read_model(path, SimulationPlan)
    references = {
        "directorate": (
            set(plan.directorates) | set(plan.profiles),
            {directorate.id for directorate in study.directorates},
        ),
        "channel": (set(plan.modes), {channel.id for channel in study.channels}),
        "item": (set(plan.items), {item.id for item in study.questionnaire.items}),
        "site kind": (
            set(plan.users),
            {site.kind for directorate in study.directorates for site in directorate.sites},
        ),
        "commitment": (
            set(plan.commitments.effects),
            {commitment.id for commitment in study.commitments},
        ),
        "management indicator": (
            set(plan.management),
            {indicator.id for indicator in study.management},
        ),
    }
    faults = [
        ParameterError.unknown(kind, name, allowed, where=str(path))
        for kind, (names, allowed) in references.items()
        for name in sorted(names - allowed)
    ]
    if faults:
        raise ParameterError.together(faults)
    return plan
