"""The study, typed: what is asked, of whom, when, where, and how it is read.

One class per thing a parameter file describes, one `*File` class per file. Everything is frozen;
an unknown key is an error. `study.Study` holds them together, cross-checked.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from analysis.study.kinds import Claim, FigureKind, MissingKind
from analysis.study.types import (
    NOT_FOR_INTAKE,
    PAGES_ONLY,
    Identifier,
    ItemId,
    Label,
    Level,
    Model,
    Text,
    Version,
)

# --- study.yml ------------------------------------------------------------------------------------


class Sampling(Model):
    """How a channel's respondents were drawn: the columns that make strata and first-stage
    clusters.
    """

    strata: tuple[Literal["site", "channel"], ...] = ()
    clusters: tuple[Literal["site", "day"], ...] = ()


class Channel(Model):
    """A way to be heard: its claim, its mode, the moment, and what it asks.

    Those who are `invited` hold a token of their own: without it in the file, nobody can tell who
    answered twice. `note` stands under every table that shows the channel.
    """

    id: Identifier
    label: Label
    claim: Annotated[Claim, NOT_FOR_INTAKE]
    claim_reason: Annotated[Text, PAGES_ONLY]
    mode: Literal["web", "telephone", "paper", "kiosk", "interviewer", "mixed"]
    moment: Literal["a_chaud", "a_froid", "continu"]
    items: Annotated[tuple[ItemId, ...], Field(min_length=1)]
    invited: bool = False
    note: Annotated[Text | None, PAGES_ONLY] = None
    sampling: Annotated[Sampling, NOT_FOR_INTAKE] = Sampling()


class Thresholds(Model):
    """The one table of thresholds: unweighted bases, and the practical threshold of a change."""

    suppressed_below: Annotated[int, Field(ge=2, le=1_000_000)] = 11
    fragile_below: Annotated[int, Field(ge=2, le=1_000_000)] = 30
    caution_below: Annotated[int, Field(ge=2, le=1_000_000)] = 100
    decimals_from: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1000
    practical_change: Annotated[float, Field(gt=0, lt=100)] = 5.0

    @model_validator(mode="after")
    def _ordered(self) -> Thresholds:
        if not self.suppressed_below <= self.fragile_below <= self.caution_below:
            raise ValueError("suppressed_below ≤ fragile_below ≤ caution_below must hold")
        return self


class Noun(Model):
    """A noun, as it stands after 1 and after other numbers."""

    one: Text
    many: Text


class Terms(Model):
    """The words that are a study's own; what is left out is said in general terms.

    Attributes:
        people: Claim → whom figures of that claim are about, in the plural (« usagers reçus »).
        answers: What an answer is called.
        unit: What a directorate, which is a publishing unit, is called.

    """

    people: dict[Claim, Text] = Field(default_factory=dict)
    answers: Noun | None = None
    unit: Noun | None = None


class StudyFile(Model):
    """`study.yml`: who asks, what for, by which channels."""

    id: Identifier
    title: Annotated[Text, PAGES_ONLY]
    subtitle: Annotated[Text, PAGES_ONLY]
    publisher: Annotated[Text, PAGES_ONLY]
    mission: Annotated[Text, PAGES_ONLY]
    contact: Annotated[Text, PAGES_ONLY]
    language: Annotated[Literal["fr", "en"], NOT_FOR_INTAKE]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    thresholds: Annotated[Thresholds, NOT_FOR_INTAKE] = Thresholds()
    terms: Annotated[Terms, PAGES_ONLY] = Terms()


# --- questionnaire.yml ----------------------------------------------------------------------------


class ScaleLevel(Model):
    """One answer of a scale."""

    code: Level
    label: Text


class Scale(Model):
    """An ordered (or nominal) list of answers, from worst to best when ordered."""

    id: Identifier
    label: Label
    kind: Literal["ordinal", "nominal", "text"]
    levels: tuple[ScaleLevel, ...] = ()

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes of its levels, worst first when ordered."""
        return tuple(level.code for level in self.levels)


class MissingCode(Model):
    """One way of having no answer, with the code raw files and responses carry."""

    code: Annotated[int, Field(ge=-9, le=99)]
    kind: MissingKind
    label: Text


class Dimension(Model):
    """What an item is about."""

    id: Identifier
    label: Text


class Heading(Model):
    """A heading of the charter of commitments."""

    id: Identifier
    label: Text


class Item(Model):
    """One question, as it is worded."""

    id: ItemId
    wording: Label
    short: Label
    scale: Identifier
    role: Literal["perception", "satisfaction", "fact", "profile", "verbatim"]
    dimension: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    heading: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    mandatory: bool = False
    sensitive: bool = False
    directorates: tuple[Identifier, ...] | None = None


class QuestionnaireFile(Model):
    """`questionnaire.yml`: scales, missing codes, dimensions, headings and items."""

    version: Version
    scales: Annotated[tuple[Scale, ...], Field(min_length=1)]
    missing: tuple[MissingCode, ...]
    dimensions: Annotated[tuple[Dimension, ...], NOT_FOR_INTAKE] = ()
    headings: Annotated[tuple[Heading, ...], NOT_FOR_INTAKE] = ()
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


# --- waves.yml, directorates.yml ------------------------------------------------------------------


class Wave(Model):
    """One period of collection; `publication` dates its edition, to the byte."""

    id: Identifier
    label: Label
    start: date
    end: date
    publication: Annotated[date, PAGES_ONLY]

    @model_validator(mode="after")
    def _dates(self) -> Wave:
        if not self.start <= self.end < self.publication:
            raise ValueError("start ≤ end < publication must hold")
        return self


class WavesFile(Model):
    """`waves.yml`: the waves in the order of time."""

    waves: Annotated[tuple[Wave, ...], Field(min_length=1)]


class Population(Model):
    """Users with their own rules. A constrained population is never asked its satisfaction."""

    id: Identifier
    label: Label
    constrained: bool = False
    items: tuple[ItemId, ...] | None = None


class Site(Model):
    """A place that receives users."""

    id: Identifier
    label: Label
    kind: Annotated[Text, NOT_FOR_INTAKE]
    population: Identifier | None = None
    opened: Annotated[date | None, NOT_FOR_INTAKE] = None
    closed: Annotated[date | None, NOT_FOR_INTAKE] = None
    merged_into: Annotated[Identifier | None, NOT_FOR_INTAKE] = None

    @model_validator(mode="after")
    def _dates(self) -> Site:
        if self.opened is not None and self.closed is not None and self.closed < self.opened:
            raise ValueError(f"a site closes after it has opened: {self.opened} → {self.closed}")
        return self

    def open_during(self, wave: Wave) -> bool:
        """Whether it receives users on any day of a wave."""
        return (self.opened is None or self.opened <= wave.end) and (
            self.closed is None or self.closed >= wave.start
        )


class Directorate(Model):
    """A publishing unit: a label, sites, and perhaps a parent."""

    id: Identifier
    label: Label
    acronym: Label
    parent: Identifier | None = None
    channels: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    sites: tuple[Site, ...] = ()


class DirectoratesFile(Model):
    """`directorates.yml`: populations, directorates and their sites."""

    populations: Annotated[tuple[Population, ...], Field(min_length=1)]
    directorates: Annotated[tuple[Directorate, ...], Field(min_length=1)]


# --- indicators.yml -------------------------------------------------------------------------------


class Definition(Model):
    """How one distribution becomes one number. « Satisfied » is a definition, not a fact.

    `top_share` counts the `top` best levels, `net` subtracts the `bottom` worst, `mean` places the
    levels evenly on 0…`maximum`. P1, P2, … are taken: they are the shares of the levels.
    """

    id: Annotated[str, StringConstraints(pattern=r"^([A-OQ-Z][A-Z0-9]{1,9}|P[A-Z][A-Z0-9]{0,8})$")]
    version: Version
    label: Text
    kind: Literal["top_share", "net", "mean"]
    top: Annotated[int, Field(ge=1, le=90)] | None = None
    bottom: Annotated[int, Field(ge=1, le=90)] | None = None
    maximum: Annotated[float, Field(gt=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Definition:
        needs = {"top_share": {"top"}, "net": {"top", "bottom"}, "mean": {"maximum"}}[self.kind]
        given = {name for name in ("top", "bottom", "maximum") if getattr(self, name) is not None}
        if given != needs:
            raise ValueError(
                f"a definition of kind {self.kind} takes exactly: {', '.join(sorted(needs))}"
            )
        return self

    @property
    def figure_kind(self) -> FigureKind:
        """What its figures are."""
        kinds: dict[str, FigureKind] = {"top_share": "share", "net": "balance", "mean": "mean"}
        return kinds[self.kind]

    @property
    def unit(self) -> str:
        """The unit of its figures: see `storage.Estimates`."""
        return {"top_share": "share", "net": "points"}.get(
            self.kind, f"score_{self.maximum or 0:g}"
        )

    def scores(self, levels: int) -> tuple[float, ...]:
        """The score of each level, worst first: shares and nets in [-1, 1], means in [0, maximum].

        >>> Definition(id="T2B", version="1.0", label="top two", kind="top_share", top=2).scores(5)
        (0.0, 0.0, 0.0, 1.0, 1.0)
        """
        if self.kind == "mean":
            assert self.maximum is not None
            return tuple(self.maximum * rank / (levels - 1) for rank in range(levels))
        top, bottom = self.top or 0, self.bottom or 0
        return tuple(float(rank >= levels - top) - float(rank < bottom) for rank in range(levels))


class Indicator(Model):
    """A question the observatory follows: an item, read by definitions, during a period of
    validity.

    The first definition is the primary one: it makes the title, the trend and the funnel, and it is
    the one that stays where a small base allows only one reading.
    """

    id: Identifier
    version: Version
    label: Text
    item: ItemId
    definitions: Annotated[tuple[str, ...], Field(min_length=1)]
    headline: bool = False
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _dates(self) -> Indicator:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(
                f"valid_from ≤ valid_to must hold: {self.valid_from} → {self.valid_to}"
            )
        return self

    def valid_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Breakdown(Model):
    """A variable by which the indicators are broken down."""

    id: Identifier
    label: Text
    by: Literal["channel", "site"] | ItemId


class IndicatorsFile(Model):
    """`indicators.yml`: definitions, indicators and declared breakdowns."""

    definitions: Annotated[tuple[Definition, ...], Field(min_length=1)]
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    breakdowns: tuple[Breakdown, ...]


# --- commitments.yml, management.yml, margins/<wave>.yml ------------------------------------------


class Commitment(Model):
    """A promise made to users, the items that perceive it and the day each site posted it."""

    id: Identifier
    label: Text
    heading: Identifier
    items: tuple[ItemId, ...]
    status: Literal["confirmed", "to_confirm", "fictitious"]
    posted: dict[Identifier, date] = Field(default_factory=dict)


class CommitmentsFile(Model):
    """`commitments.yml`."""

    commitments: tuple[Commitment, ...]


class ManagementIndicator(Model):
    """A measured indicator of the finance directorate, with its unit and orientation."""

    id: Identifier
    label: Text
    unit: Text
    orientation: Literal["higher_is_better", "lower_is_better"]
    directorates: tuple[Identifier, ...]
    heading: Identifier | None = None
    items: tuple[ItemId, ...] = ()
    target: float | None = None


class ManagementFile(Model):
    """`management.yml`."""

    indicators: tuple[ManagementIndicator, ...]


class MarginsFile(Model):
    """`margins/<wave>.yml`: known totals of users, by directorate, variable and category."""

    source: Text
    margins: dict[Identifier, dict[str, dict[str, Annotated[float, Field(gt=0, le=1e12)]]]]


# --- retention.yml --------------------------------------------------------------------------------


class RetentionFile(Model):
    """`retention.yml`: for how many days what may hold personal data is kept."""

    failed_notebooks: Annotated[int, Field(gt=0, le=36_500)] = 30
