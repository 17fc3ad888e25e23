"""How a table of monthly figures is read: its columns, and what its texts stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from analysis.errors import ScopeError, quoted
from analysis.study import Model, Study
from analysis.study.labels import normalise
from analysis.study.management import MeasureUnit
from analysis.study.types import Identifier, Text

MOST_ROWS = 20_000
"""Rows of a sheet: a longer one is no table of monthly figures."""


class MeasureTable(Model):
    """A table of a workbook or CSV: wide by month, one row per indicator and place.

    Columns are named by their headers and rows by their texts; capitals, spaces and kinds of
    apostrophe make no difference. A header that is neither named here nor a month is refused.

    Attributes:
        sheet: The sheet of a workbook; none for a CSV.
        header: The row of its header, from 1. The table ends where the next one of the same sheet
            has its own.
        indicator, unit: The columns of what is measured, and in what.
        directorate, site: The column of the place, one of the two: a site tells its directorate.
        total: The column of the whole period, which is checked and not kept.
        ignored: Columns left aside.
        indicators: Text → delivered management indicator. A renamed one has a text of each time.
        units: Text → unit.
        places: Text → directorate or site; their identifiers need none.
        totals: Texts that stand, as a place, for all rows of the indicator above, since the total
            before.
        other_indicators: Texts of indicators that the study does not follow: rows left aside.
        other_places: Texts of places that it does not follow: their rows count in totals alone.
        jumps: Indicators of which some month is far from the one before, and rightly so: a change
            that looks like one of unit is not refused.

    """

    sheet: Text | None = None
    header: Annotated[int, Field(ge=1, le=MOST_ROWS)]
    indicator: Text
    unit: Text
    directorate: Text | None = None
    site: Text | None = None
    total: Text | None = None
    ignored: tuple[Text, ...] = ()
    indicators: Annotated[dict[Text, Identifier], Field(min_length=1)]
    units: Annotated[dict[Text, MeasureUnit], Field(min_length=1)]
    places: dict[Text, Identifier] = Field(default_factory=dict)
    totals: tuple[Text, ...] = ()
    other_indicators: tuple[Text, ...] = ()
    other_places: tuple[Text, ...] = ()
    jumps: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _check_texts_differ(self) -> MeasureTable:
        if (self.directorate is None) == (self.site is None):
            raise ValueError("a table has one column of places: `directorate` or `site`")
        for kind, texts in (
            ("columns", (*self.columns, *self.ignored)),
            ("indicators", (*self.indicators, *self.other_indicators)),
            ("units", tuple(self.units)),
            ("places", (*self.places, *self.totals, *self.other_places)),
        ):
            repeated = [text for text, count in Counter(map(normalise, texts)).items() if count > 1]
            if repeated:
                raise ValueError(f"a text stands twice among the {kind}: {quoted(repeated[0])}")
        return self

    @property
    def place(self) -> str:
        """The column of the place."""
        return self.directorate or self.site or ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it needs."""
        total = () if self.total is None else (self.total,)
        return (self.indicator, self.unit, self.place, *total)


def check_tables(study: Study, tables: Iterable[MeasureTable]) -> None:
    """Refuses a table that names what the study lacks, or what nobody delivers.

    Raises:
        ScopeError: an indicator or place does not exist, or an indicator is computed from others.

    """
    sites = {site.id for directorate in study.directorates for site in directorate.sites}
    directorates = {directorate.id for directorate in study.directorates}
    for table in tables:
        for name in (*table.indicators.values(), *table.jumps):
            _check_indicator(study, name)
        kind, places = (
            ("site", sites) if table.directorate is None else ("directorate", directorates)
        )
        for place in table.places.values():
            if place not in places:
                raise ScopeError.unknown(kind, place, places)


def _check_indicator(study: Study, name: str) -> None:
    known = {indicator.id: indicator for indicator in study.management}
    if name not in known:
        raise ScopeError.unknown("management indicator", name, known)
    if not known[name].delivered:
        raise ScopeError(
            f"Management indicator {name!r} is not delivered: it is computed from two counts.",
            hint=f"take it out of `indicators`, and deliver {known[name].numerator} and "
            f"{known[name].of}.",
        )
