"""The figures of a table by indicator, place and month: each of them once, and in one unit all
along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from analysis.errors import IntakeError
from analysis.intake.measures.cells import Cell
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.measures.places import Place
from analysis.intake.measures.rows import MeasureRow, TableRows
from analysis.intake.measures.sheets import Sheet
from analysis.study import ManagementIndicator
from analysis.study.management import ADDITIVE

LARGEST_RATIO = 6
"""Beyond it from one month to the next, days have become weeks (7) or months (30), minutes hours
(60)."""

SMALL = 10
"""In the indicator's unit: under it in both months, a ratio tells nothing. A mean wait of 1 minute
can be one of 7 the month after, without a change of unit; one of 20 minutes is no 3 the month
after, and one of 2 days that became a count of hours is found. The price: 8 days that become 1.1
weeks are not found here."""

UNCHECKED_UNITS = frozenset({ADDITIVE, "share"})
"""A count can jump. A share that goes from percents to fractions is found in its row, since both
are told apart by 1; what is left is chance (2 % and then 14 %)."""


@dataclass(frozen=True)
class Entry:
    """A cell, and the number of its row."""

    cell: Cell
    row: int


SeriesKey = tuple[str, Place]
"""An indicator and a place."""


@dataclass(frozen=True)
class TableSeries:
    """What a table says.

    Attributes:
        indicators: Those that it is about, by their identifiers.
        entries: Indicator and place → month → the cell that counts.
        faults: What is wrong between cells.

    """

    indicators: dict[str, ManagementIndicator] = field(default_factory=dict)
    entries: dict[SeriesKey, dict[date, Entry]] = field(default_factory=dict)
    faults: list[IntakeError] = field(default_factory=list)

    def cell(self, indicator: str, place: Place, month: date) -> Cell | None:
        """The cell of a month; None where the table has none."""
        entry = self.entries.get((indicator, place), {}).get(month)
        return None if entry is None else entry.cell


def table_series(sheet: Sheet, table: MeasureTable, content: TableRows) -> TableSeries:
    """The figures of a table; rows that share an indicator and place complete one another.

    So a renamed indicator may have a row under each name, with the months of each. Two cells of one
    month are a fault; so is a month so far from the one before that the unit must have changed.
    """
    series = TableSeries()
    for row in content.rows:
        series.indicators[row.indicator.id] = row.indicator
        months = series.entries.setdefault((row.indicator.id, row.place), {})
        twice = [month for month, _ in _add_cells(months, row, content.columns.months)]
        if twice:
            series.faults.append(
                sheet.fault(
                    f"{row.indicator.id} stands twice in {twice[0]:%Y-%m}: here and in row "
                    f"{months[twice[0]].row}.",
                    "each figure has one row: take one of the two out.",
                    row=row.number,
                    column=content.columns.months[twice[0]],
                )
            )
    series.faults.extend(_changes_of_unit(sheet, table, series, content.columns.months))
    return series


def _add_cells(
    months: dict[date, Entry], row: MeasureRow, columns: Mapping[date, int]
) -> Iterator[tuple[date, Cell]]:
    """Adds the cells of a row to those of its indicator and place; gives those that are there
    already.
    """
    for month, cell in zip(columns, row.cells, strict=True):
        if month not in months or not months[month].cell.filled:
            months[month] = Entry(cell, row.number)
        elif cell.filled:
            yield month, cell


def _changes_of_unit(
    sheet: Sheet, table: MeasureTable, series: TableSeries, columns: Mapping[date, int]
) -> Iterator[IntakeError]:
    """A fault for each series whose unit seems to change: its first month that is far from the
    known one before.
    """
    for (name, place), months in series.entries.items():
        unit = series.indicators[name].unit
        if unit in UNCHECKED_UNITS or name in table.jumps or place.role != "followed":
            continue
        known = [
            (month, entry.row, entry.cell.value)
            for month, entry in sorted(months.items())
            if entry.cell.value
        ]
        for (_, _, before), (month, row, after) in pairwise(known):
            low, high = sorted((before, after))
            if high >= SMALL and high > LARGEST_RATIO * low:
                yield sheet.fault(
                    f"{name} goes from {float(before):g} to {float(after):g} {unit} in "
                    f"{month:%Y-%m}: its unit seems to change.",
                    f"convert the months in another unit; if they are right, say `jumps: [{name}]` "
                    "in the table of the manifest.",
                    row=row,
                    column=columns[month],
                )
                break
