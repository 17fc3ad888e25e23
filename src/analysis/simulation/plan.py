"""`simulation.yml`: the truth of a simulated study, in the units of a latent opinion (standard
deviations).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from analysis.errors import ParameterError
from analysis.simulation.flow_plan import FlowPlan, GridPlan, Season
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


class CommitmentEffects(Model):
    """What posting each commitment does to the opinion on some items, reached after a ramp: more
    than nothing, nothing, or a harm.
    """

    ramp_days: Annotated[int, Field(ge=1)]
    effects: dict[Identifier, dict[ItemId, float]] = Field(default_factory=dict)


class MissingShares(Model):
    """`not_concerned` is a trait of users; the rest happens when they answer. `profile` is of
    planted questions on who answers (see `PlantedSegments`); others are always answered.
    """

    not_concerned: dict[ItemId, Share]
    dont_know: Share
    refused: Share
    illegible: Share
    abandons: Share
    profile: Share = 0.0


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

    Of those who do not answer, a share `gone` is found to be no users any more, and of a share
    `returned` nobody knows: their invitation came back.
    """

    invited_per_site: Annotated[int, Field(ge=1)]
    intercept: float
    by_opinion: float = 0.0
    profile: dict[ItemId, dict[int, float]]
    gone: Share = 0.0
    returned: Share = 0.0
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
    """A monthly series of management: what its `base` is multiplied by is 1 plus all the rest.

    Attributes:
        base: Its level in the first wave, by directorate; in percent for a share.
        per_unit: What one unit of its users' opinion adds, as a share of the base: of the item by
            which the indicator is perceived (the overall one by default), of users as many months
            later as its cohort says.
        per_year: A trend of its own, which users do not feel, by directorate.
        noise: Standard deviation, of a directorate's month and of a site's within it.
        season: What comes back every year.
        decimals: Those that it is delivered with (of percent, for a share): none where whole things
            are counted.
        by_site: Whether it is known by site: a count is then shared out by their users, and the
            mean of another series over sites, by the count that it is `of`, is the directorate's.
        unavailable: The months that are delivered without a figure, by directorate, each by its
            first day.

    """

    base: dict[Identifier, Positive]
    per_unit: float = 0.0
    per_year: dict[Identifier, float] = Field(default_factory=dict)
    noise: Annotated[float, Field(ge=0)]
    season: Season | None = None
    decimals: Annotated[int, Field(ge=0, le=3)] = 1
    by_site: bool = False
    unavailable: dict[Identifier, tuple[date, ...]] = Field(default_factory=dict)


class PlantedSegments(Model):
    """Kinds of users, told apart by how they answer some questions, and by nothing else.

    Attributes:
        kinds: Kind → item → level → how likely it is; of the same items and levels for each.
        shares: Directorate → kind → its share among the users.
        elsewhere: The shares in the other directorates.

    """

    kinds: Annotated[dict[Identifier, dict[ItemId, dict[int, Share]]], Field(min_length=2)]
    shares: dict[Identifier, dict[Identifier, Share]] = Field(default_factory=dict)
    elsewhere: dict[Identifier, Share]

    @property
    def items(self) -> tuple[str, ...]:
        """The questions."""
        return tuple(next(iter(self.kinds.values())))

    def of(self, directorate: str) -> dict[str, float]:
        """Kind → its share among the users of a directorate."""
        return self.shares.get(directorate, self.elsewhere)


class SimulationPlan(Model):
    """Everything the simulator needs beyond the study itself. `item_trends` are what a year adds
    to the opinion on an item, beside what it adds to all (`trend_per_year`); `uses` is, by
    directorate, the share of its users who use the product that an item asks about.
    """

    seed: int
    users: dict[str, Annotated[int, Field(ge=1)]]
    margins: tuple[ItemId, ...]
    profiles: dict[Identifier, dict[ItemId, dict[int, Share]]]
    directorates: dict[Identifier, float]
    items: dict[ItemId, float]
    spread: Spread
    profile_effects: dict[ItemId, dict[int, float]]
    trend_per_year: float
    item_trends: dict[ItemId, float] = Field(default_factory=dict)
    season: Season
    commitments: CommitmentEffects
    openings: dict[Identifier, float] = Field(default_factory=dict)
    modes: dict[Identifier, float]
    cuts: dict[int, tuple[float, ...]]
    missing: MissingShares
    response: ResponsePlan
    verbatims: VerbatimPlan
    management: dict[Identifier, ManagementSeries]
    flows: dict[Identifier, FlowPlan] = Field(default_factory=dict)
    grids: dict[Identifier, GridPlan] = Field(default_factory=dict)
    segments: PlantedSegments | None = None
    uses: dict[Identifier, dict[ItemId, Share]] = Field(default_factory=dict)


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
            set(plan.directorates)
            | set(plan.profiles)
            | set(plan.uses)
            | set(plan.segments.shares if plan.segments else ()),
            {directorate.id for directorate in study.directorates},
        ),
        "channel": (set(plan.modes), {channel.id for channel in study.channels}),
        "item": (
            set(plan.items)
            | set(plan.item_trends)
            | {item for shares in plan.uses.values() for item in shares}
            | set(plan.segments.items if plan.segments else ()),
            {item.id for item in study.questionnaire.items},
        ),
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
    faults += [
        ParameterError(what, where=f"{path}, management", hint=hint)
        for what, hint in _management_faults(plan, study)
    ]
    faults += [
        ParameterError(what, where=f"{path}, flows and grids", hint=hint)
        for what, hint in _device_faults(plan, study)
    ]
    faults += [
        ParameterError(what, where=f"{path}, segments", hint=hint)
        for what, hint in _segment_faults(plan)
    ]
    if faults:
        raise ParameterError.together(faults)
    return plan


def _segment_faults(plan: SimulationPlan) -> Iterator[tuple[str, str]]:
    """What does not agree in the planted kinds of users: the fault, and what to do."""
    if plan.segments is None:
        return
    kinds = plan.segments.kinds
    levels = [{item: set(shares) for item, shares in answers.items()} for answers in kinds.values()]
    if any(one != levels[0] for one in levels):
        yield (
            "Kinds of users do not answer the same items by the same levels.",
            "give each kind every level of every item: 0 for one that it never gives.",
        )
    for directorate, shares in {
        **plan.segments.shares,
        "elsewhere": plan.segments.elsewhere,
    }.items():
        if set(shares) != set(kinds):
            yield (
                f"The shares of {directorate!r} are not of the kinds {', '.join(sorted(kinds))}.",
                "give a share to each of them.",
            )


def _management_faults(plan: SimulationPlan, study: Study) -> Iterator[tuple[str, str]]:
    """What is missing in the series of management: the fault, and what to do."""
    for indicator in study.management:
        series = plan.management.get(indicator.id)
        if not indicator.delivered:
            if series is not None:
                yield (
                    f"{indicator.id!r} is computed from two counts.",
                    "the simulator delivers these counts: leave it out.",
                )
            continue
        lacking = set(indicator.directorates) - set(series.base if series else ())
        if lacking:
            yield (
                f"{indicator.id!r} has no base for {', '.join(sorted(lacking))}.",
                "each directorate that measures it has one.",
            )
        count = plan.management.get(indicator.of or "")
        if series and series.by_site and indicator.of and not (count and count.by_site):
            yield (
                f"{indicator.id!r} is known by site, and {indicator.of!r}, that it is of, is not.",
                "sites are weighted by this count: give it `by_site: true`.",
            )


def _device_faults(plan: SimulationPlan, study: Study) -> Iterator[tuple[str, str]]:
    """What devices count or observe that the study does not declare: the fault, and what to do."""
    devices = {device.id: device for device in study.listening.devices} if study.listening else {}
    for regime, names in (("flow", plan.flows), ("qualitative", plan.grids)):
        for name in names:
            if name not in devices or devices[name].regime != regime:
                yield f"{name!r} is no device of regime {regime!r}.", "see listening.yml."
    for name, flow in plan.flows.items():
        own = {series.id: series for series in devices[name].series} if name in devices else {}
        met: dict[str, set[str]] = {}
        for key, series in flow.series.items():
            if key not in own:
                yield f"{key!r} is no series of {name!r}.", "see its `series` in listening.yml."
                continue
            of = own[key].of
            if (of is not None) != bool(series.share):
                yield f"{name}.{key} is `of` another, or has a base.", "give it a `share`, or none."
            elif of is not None and not set(series.share) <= met.get(of, set()):
                yield f"{name}.{key} is of {of!r}, which comes after it.", "put it before."
            met[key] = {*series.base, *series.share}
            for product in sorted(met[key] - set(devices[name].products)):
                yield (
                    f"{name}.{key} counts nothing of {product!r}.",
                    "name a product of the device.",
                )
    for name, grid in plan.grids.items():
        for product in grid.tasks:
            if name in devices and product not in devices[name].products:
                yield f"{name} observes nothing of {product!r}.", "name one of the device."
