"""What a device that counts brings every month: its series, and the days on which they break."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import model_validator

from analysis.study.languages import PrintedText
from analysis.study.months import first_of_month
from analysis.study.types import NOT_FOR_INTAKE, PAGES_ONLY, Identifier, Label, Model


class Series(Model):
    """Something that a device counts, month by month. It is everything that there was: no sample,
    and no interval of sampling.

    Attributes:
        label: What is counted, in the plural: « appels reçus ».
        of: The series of the same device that it is a part of (answered calls, of calls): it is
            followed as a rate then.
        stock: Whether it is counted at a date, as subscribers are, and not over a month: months do
            not add up then.
        better: Which way is better for users; null for what is neither, as a number of visits.
        dimension: What of the questionnaire it tells something of.

    """

    id: Identifier
    label: Label
    of: Identifier | None = None
    stock: Annotated[bool, NOT_FOR_INTAKE] = False
    better: Annotated[Literal["high", "low"] | None, NOT_FOR_INTAKE] = None
    dimension: Annotated[Identifier | None, NOT_FOR_INTAKE] = None

    @model_validator(mode="after")
    def _check_stock(self) -> Series:
        if self.stock and self.of is not None:
            raise ValueError("a stock is counted at a date: it is no part of what a month brings")
        return self


class SeriesBreak(Model):
    """A month from which series do not count what they counted before.

    Attributes:
        label: What happened, as in the middle of a sentence.
        month: The first month of the new way of counting, by any of its days.
        series, products: Those that it touches; all of the device by default.

    """

    label: Annotated[PrintedText, PAGES_ONLY]
    month: date
    series: tuple[Identifier, ...] | None = None
    products: tuple[Identifier, ...] | None = None

    def touches(self, series: str, product: str) -> bool:
        """Whether a series of a product breaks then."""
        return (self.series is None or series in self.series) and (
            self.products is None or product in self.products
        )

    @property
    def first_month(self) -> date:
        """The first day of the month."""
        return first_of_month(self.month)
