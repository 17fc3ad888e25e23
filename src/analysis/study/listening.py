"""`listening.yml`, typed: by which devices a body listens to the users of its products."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.errors import ScopeError
from analysis.study.flows import Series, SeriesBreak
from analysis.study.languages import PrintedText
from analysis.study.types import NOT_FOR_INTAKE, PAGES_ONLY, Identifier, Label, Model

Family = Literal["feedback", "consultation", "mobilisation"]
"""What users bring of themselves, what they are asked, and what they are gathered for (remontée
d'information, consultation, mobilisation)."""

FAMILIES: tuple[Family, ...] = ("feedback", "consultation", "mobilisation")

Regime = Literal["flow", "sample", "qualitative"]
"""What a device yields: counts that have no sampling error, answers that have one, or things said
that are not counted. Numbers of two regimes never stand on one axis."""

Rhythm = Literal["continuous", "weekly", "monthly", "quarterly", "semiannual", "annual", "once"]
"""How often a device listens."""


class Named(Model):
    """Something that has a name: a moment of a journey, an audience, a theme of sessions."""

    id: Identifier
    label: Label


class Use(Model):
    """How a product is used.

    Attributes:
        users: In a year.
        audiences, moments: Whom it has, and the moments of their journey at which they meet it.

    """

    users: Annotated[int, Field(ge=1, le=1_000_000_000)]
    audiences: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    moments: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class Period(Model):
    """Some days, the first and the last among them."""

    start: date
    end: date

    @model_validator(mode="after")
    def _check_order(self) -> Period:
        if self.end < self.start:
            raise ValueError(f"a period ends after it has begun: {self.start} → {self.end}")
        return self


YEAR = timedelta(days=365)


def days_between(earlier: Period, later: Period) -> int:
    """The days from the end of one period to the start of another; 0 where they overlap."""
    return max((later.start - earlier.end).days, 0)


class Device(Model):
    """A device by which users are heard.

    Attributes:
        owner: Who answers for it: an office, not a person.
        audiences: Who is reached.
        dimensions: What of the questionnaire it tells something of.
        says, cannot: In words, what it tells, and what it cannot: its bias.
        channel: The study's channel whose answers it brings.
        series: What it counts, month by month, where it is a flow.
        breaks: When what it counts changed.
        asks: Whether it goes to people, who may find themselves asked too often; others wait for
            them.
        requests: People whom it asks in a year, all products together.
        cost: Euros in a year.
        periods: When it listens; none where it does so all the time.

    """

    id: Identifier
    label: Label
    family: Family
    regime: Regime
    owner: Annotated[PrintedText, PAGES_ONLY]
    products: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    moments: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    audiences: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    dimensions: tuple[Identifier, ...] = ()
    says: Annotated[PrintedText, PAGES_ONLY]
    cannot: Annotated[PrintedText, PAGES_ONLY]
    channel: Identifier | None = None
    series: tuple[Series, ...] = ()
    breaks: Annotated[tuple[SeriesBreak, ...], NOT_FOR_INTAKE] = ()
    rhythm: Rhythm
    asks: bool = False
    requests: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    tool: PrintedText
    licence: Annotated[PrintedText | None, PAGES_ONLY] = None
    cost: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    periods: tuple[Period, ...] = ()

    @model_validator(mode="after")
    def _check_complete(self) -> Device:
        if self.asks != bool(self.requests):
            raise ValueError(
                "a device that asks people says how many in a year (`requests`), and no other does"
            )
        if self.rhythm == "continuous" and self.periods:
            raise ValueError("a device that listens all the time has no periods")
        for before, after in zip(self.periods, self.periods[1:], strict=False):
            if after.start <= before.end:
                raise ValueError(
                    f"its periods stand in the order of time, and do not overlap: {after.start} "
                    f"comes after {before.end}"
                )
        if self.channel is not None and self.regime != "sample":
            raise ValueError("a channel's answers are a sample: they are never merged with a flow")
        if self.series and self.regime != "flow":
            raise ValueError("only a flow counts series: answers and observations are not flows")
        return self

    def one_series(self, name: str) -> Series:
        """One of its series.

        Raises:
            ScopeError: it has none of that name.

        """
        known = {series.id: series for series in self.series}
        if name not in known:
            raise ScopeError.unknown(f"series of {self.id}", name, known)
        return known[name]

    def breaks_of(self, series: str, product: str) -> tuple[date, ...]:
        """The months from which a series of a product counts something else, by their first day."""
        return tuple(one.first_month for one in self.breaks if one.touches(series, product))

    def periods_in(self, start: date, end: date) -> tuple[Period, ...]:
        """Its periods that lie in some days, in part at least: these days themselves where it
        listens all the time.
        """
        if self.rhythm == "continuous":
            return (Period(start=start, end=end),)
        return tuple(one for one in self.periods if one.start <= end and one.end >= start)

    def nearest(self, other: Device, start: date, end: date) -> tuple[Period, Period] | None:
        """The two periods, one of each device, that are nearest to one another in some days and the
        year that follows them, the one that begins first first; None where a device has none.
        """
        end += YEAR
        pairs = [
            (one, another) if one.start <= another.start else (another, one)
            for one in self.periods_in(start, end)
            for another in other.periods_in(start, end)
        ]
        return min(pairs, key=lambda pair: days_between(*pair), default=None)


class Quotation(Model):
    """What somebody said where they were observed or gathered, that may be printed.

    Attributes:
        text: In their words, without anything that tells who they are.
        approved_by: Who let it be printed: an office, not a person.

    """

    device: Identifier
    product: Identifier
    text: PrintedText
    approved_by: PrintedText
    date: date


Level = Literal["good", "mixed", "poor"]
"""How high a share is, by the rules of a study."""


class ReadingRules(Model):
    """By which rules levels are read, and devices of several families together.

    Attributes:
        good_from, poor_below: The shares, in percent, from which on what a sample says is good, and
            under which it is poor: all of its interval lies there.
        moves_from: By how much, in percent, a flow moves at least.
        blocked_from: How many people who were stopped make what a grid says poor.

    """

    good_from: Annotated[float, Field(gt=0, le=100)] = 70.0
    poor_below: Annotated[float, Field(ge=0, lt=100)] = 50.0
    moves_from: Annotated[float, Field(gt=0, le=100)] = 10.0
    blocked_from: Annotated[int, Field(ge=2, le=100)] = 3

    def level(self, low: float, high: float) -> Level:
        """How high a share is, in a word, by the bounds of its interval, from 0 to 1."""
        if 100 * low >= self.good_from:
            return "good"
        return "poor" if 100 * high < self.poor_below else "mixed"

    @model_validator(mode="after")
    def _check_order(self) -> ReadingRules:
        if self.poor_below > self.good_from:
            raise ValueError("what is poor is not good: poor_below ≤ good_from")
        return self


class Listening(Model):
    """`listening.yml`.

    Attributes:
        products: Publishing unit → how it is used.
        rest_days: Within how many days nobody should be asked twice.
        piled_from: From how many devices of one family, at one moment of a product, on one
            audience, they are too many.
        rules: By which levels are read, and devices of several families together.
        themes: What stops or helps people in sessions, whatever the product: grids name these.
        quotations: What was said, and may be printed.

    """

    moments: Annotated[tuple[Named, ...], Field(min_length=1)]
    audiences: Annotated[tuple[Named, ...], Field(min_length=1)]
    products: dict[Identifier, Use]
    rest_days: Annotated[int, Field(ge=1, le=1000)] = 90
    piled_from: Annotated[int, Field(ge=2, le=100)] = 3
    rules: Annotated[ReadingRules, NOT_FOR_INTAKE] = ReadingRules()
    themes: tuple[Named, ...] = ()
    quotations: Annotated[tuple[Quotation, ...], PAGES_ONLY] = ()
    devices: Annotated[tuple[Device, ...], Field(min_length=1)]

    def device(self, name: str) -> Device:
        """One of its devices.

        Raises:
            ScopeError: there is none of that name.

        """
        known = {device.id: device for device in self.devices}
        if name not in known:
            raise ScopeError.unknown("device", name, known)
        return known[name]
