"""`waves.yml`, `directorates.yml` and `margins/`, typed: when, where and of whom it is asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.study.languages import PrintedText
from analysis.study.types import (
    NOT_FOR_INTAKE,
    PAGES_ONLY,
    Identifier,
    ItemId,
    Label,
    Model,
    Text,
)


class Wave(Model):
    """One period of collection; `publication` is the planned day of its edition, which bears
    the day it is made.

    Attributes:
        short: Its label where there is little room: under a figure (« S1 2024 »).
        next_publication: When the edition after it is planned, as its own readers are told.

    """

    id: Identifier
    label: Label
    short: Annotated[PrintedText | None, PAGES_ONLY] = None
    start: date
    end: date
    publication: Annotated[date, PAGES_ONLY]
    next_publication: Annotated[date | None, PAGES_ONLY] = None

    @model_validator(mode="after")
    def _check_dates(self) -> Wave:
        if not self.start <= self.end < self.publication:
            raise ValueError("start ≤ end < publication must hold")
        if self.next_publication is not None and self.next_publication <= self.publication:
            raise ValueError(
                "the next edition comes after this one: publication < next_publication"
            )
        return self


class Baseline(Model):
    """One wave that every later one is compared with."""

    baseline: Identifier


Comparison = Literal["same_season", "previous"] | Baseline
"""What a wave is compared with: the wave of the same season a year before, the one before, or a
named one."""


Frequency = Literal["continuous", "monthly", "quarterly", "semiannual", "annual", "irregular"]
"""How often there is an edition."""


BreakKind = Literal["definition", "wording", "channel", "site", "event"]
"""What broke: after one of the first three, results are of another measure; a site that opens,
closes or merges, or an event, is part of what users live through.
"""

OTHER_MEASURE: tuple[BreakKind, ...] = ("definition", "wording", "channel")


class Break(Model):
    """A day from which results are not what they were before, or may not be.

    Attributes:
        label: What happened, as in the middle of a sentence.
        indicators, directorates: Those whose results it touches; all of them by default.

    """

    id: Identifier
    label: PrintedText
    date: date
    kind: BreakKind
    indicators: tuple[Identifier, ...] | None = None
    directorates: tuple[Identifier, ...] | None = None

    @property
    def breaks_series(self) -> bool:
        """Whether results from before it are of another measure."""
        return self.kind in OTHER_MEASURE

    def touches(self, indicator: str, directorate: str) -> bool:
        """Whether results of an indicator in a directorate are other ones since."""
        return (self.indicators is None or indicator in self.indicators) and (
            self.directorates is None or directorate in self.directorates
        )

    def lies_between(self, before: Wave, after: Wave) -> bool:
        """Whether two waves, one after the other, are on its two sides, even in part."""
        return before.start < self.date <= after.end


class WavesFile(Model):
    """`waves.yml`: the waves in the order of time, what each is compared with, how often there is
    an edition, and the days on which a series breaks.

    Without `comparison`, it is the wave of the same season a year before where a year has more than
    one wave, and the wave before elsewhere.
    """

    waves: Annotated[tuple[Wave, ...], Field(min_length=1)]
    comparison: Annotated[Comparison | None, NOT_FOR_INTAKE] = None
    frequency: Annotated[Frequency | None, PAGES_ONLY] = None
    breaks: Annotated[tuple[Break, ...], NOT_FOR_INTAKE] = ()


class Population(Model):
    """Users with their own rules. A constrained population is never asked its satisfaction."""

    id: Identifier
    label: Label
    constrained: bool = False
    items: tuple[ItemId, ...] | None = None


class SiteKind(Model):
    """Sites that may be compared with one another.

    Attributes:
        label: What they are called, in the plural, as in the middle of a sentence.
        short: The same in a title; the label where it is left out.

    """

    id: Text
    label: Label
    short: Label | None = None


class Site(Model):
    """A place that receives users. Sites of which no kind is said are all of one."""

    id: Identifier
    label: Label
    kind: Annotated[Text, NOT_FOR_INTAKE] = "site"
    population: Identifier | None = None
    opened: Annotated[date | None, NOT_FOR_INTAKE] = None
    closed: Annotated[date | None, NOT_FOR_INTAKE] = None
    merged_into: Annotated[Identifier | None, NOT_FOR_INTAKE] = None

    @model_validator(mode="after")
    def _check_dates(self) -> Site:
        if self.opened is not None and self.closed is not None and self.closed < self.opened:
            raise ValueError(f"a site closes after it has opened: {self.opened} → {self.closed}")
        return self

    def is_open_on(self, day: date) -> bool:
        """Whether it receives users on a day."""
        return (self.opened is None or self.opened <= day) and (
            self.closed is None or day <= self.closed
        )

    def open_on(self, day: date) -> bool:
        """Whether it receives users on a day."""
        return (self.opened is None or self.opened <= day) and (
            self.closed is None or self.closed >= day
        )

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
    """`directorates.yml`: populations, kinds of site, directorates and their sites."""

    populations: Annotated[tuple[Population, ...], Field(min_length=1)]
    site_kinds: Annotated[tuple[SiteKind, ...], NOT_FOR_INTAKE] = ()
    directorates: Annotated[tuple[Directorate, ...], Field(min_length=1)]


class MarginsFile(Model):
    """`margins/<wave>.yml`: known totals of users, by directorate, variable and category."""

    source: PrintedText
    margins: dict[Identifier, dict[str, dict[str, Annotated[float, Field(gt=0, le=1e12)]]]]
