"""`indicators.yml`, typed: how answers become figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from analysis.study.kinds import FigureKind
from analysis.study.languages import PrintedText
from analysis.study.types import (
    Identifier,
    ItemId,
    Model,
    Version,
)


class Definition(Model):
    """How one distribution becomes one number. « Satisfied » is a definition, not a fact.

    `top_share` counts the `top` best levels, `net` subtracts the `bottom` worst, `mean` places the
    levels evenly on 0…`maximum`. P1, P2, … are taken: they are the shares of the levels.
    """

    id: Annotated[str, StringConstraints(pattern=r"^([A-OQ-Z][A-Z0-9]{1,9}|P[A-Z][A-Z0-9]{0,8})$")]
    version: Version
    label: PrintedText
    kind: Literal["top_share", "net", "mean"]
    top: Annotated[int, Field(ge=1, le=90)] | None = None
    bottom: Annotated[int, Field(ge=1, le=90)] | None = None
    maximum: Annotated[float, Field(gt=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _check_complete(self) -> Definition:
        needs = {"top_share": {"top"}, "net": {"top", "bottom"}, "mean": {"maximum"}}[self.kind]
        parameters = {
            name for name in ("top", "bottom", "maximum") if getattr(self, name) is not None
        }
        if parameters != needs:
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
        """The unit of its figures: see `indicators.satisfaction.Estimates`."""
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
    label: PrintedText
    item: ItemId
    definitions: Annotated[tuple[str, ...], Field(min_length=1)]
    headline: bool = False
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _check_dates(self) -> Indicator:
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
    label: PrintedText
    by: Literal["channel", "site"] | ItemId


class IndicatorsFile(Model):
    """`indicators.yml`: definitions, indicators and declared breakdowns."""

    definitions: Annotated[tuple[Definition, ...], Field(min_length=1)]
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    breakdowns: tuple[Breakdown, ...]
