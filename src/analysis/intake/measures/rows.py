"""The rows of a table: of which indicator and place they are, and what they say of each month.

No cell stands in a message: a workbook may hold anything. What is like a known text is named by
that text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.errors import IntakeError, quoted
from analysis.intake.measures.cells import (
    THOUSANDTH,
    Cell,
    as_shares,
    read_cell,
    share_ways,
    with_row_precision,
)
from analysis.intake.measures.header import Columns, find_columns
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.measures.places import Place, known_places
from analysis.intake.measures.sheets import Sheet, nearest_known
from analysis.study import ManagementIndicator, Study
from analysis.study.labels import normalise
from analysis.study.management import ADDITIVE, MeasureUnit

MARKS: dict[str, MeasureUnit] = {"%": "share", "‰": "per_thousand"}
"""The unit in which a number may stand that is followed by a sign."""


@dataclass(frozen=True)
class MeasureRow:
    """A row of figures of one indicator and place.

    Attributes:
        number: Which row of the sheet it is, from 1.
        cells: One per month of the table; shares in [0, 1].
        total: The cell of the whole period; None where the table has no such column.

    """

    number: int
    indicator: ManagementIndicator
    place: Place
    cells: tuple[Cell, ...]
    total: Cell | None


@dataclass(frozen=True)
class TableRows:
    """The rows of a table that hold figures, in their order, and what is wrong with the others."""

    columns: Columns
    rows: list[MeasureRow]
    faults: list[IntakeError]


def read_rows(sheet: Sheet, table: MeasureTable, study: Study, *, end: int) -> TableRows:
    """Reads the rows of a table, from below its header to a last one.

    A row without a cell in any month is a title or a note, and is passed over.

    Raises:
        IntakeError: its header is not the declared one.

    """
    columns = find_columns(sheet, table, end=end)
    reader = _RowReader(sheet, table, study, columns)
    rows: list[MeasureRow] = []
    faults: list[IntakeError] = []
    for number in range(table.header + 1, end + 1):
        try:
            row = reader.read(number)
        except IntakeError as error:
            faults.append(error)
        else:
            rows += [] if row is None else [row]
    return TableRows(columns, rows, faults + reader.never_seen())


class _RowReader:
    """Reads rows in their order: what is merged downwards stands in the first of them only."""

    def __init__(self, sheet: Sheet, table: MeasureTable, study: Study, columns: Columns) -> None:
        self._sheet, self._table, self._columns = sheet, table, columns
        known = {indicator.id: indicator for indicator in study.management}
        self._indicators = {normalise(text): known[name] for text, name in table.indicators.items()}
        self._others = {normalise(text) for text in table.other_indicators}
        self._units = {normalise(text): unit for text, unit in table.units.items()}
        self._places = known_places(table, study)
        self._above = {"indicator": "", "unit": ""}
        self._seen: set[str] = set()
        self._totals: dict[str, int] = {}
        self._share_ways: dict[str, set[str]] = {}

    def read(self, number: int) -> MeasureRow | None:
        """A row; None where it holds no figure that counts.

        Raises:
            IntakeError: it cannot be understood.

        """
        columns, text = self._columns, self._sheet.text
        self._above["indicator"] = text(number, columns.indicator) or self._above["indicator"]
        self._above["unit"] = text(number, columns.unit) or self._above["unit"]
        if not any(text(number, column) for column in columns.months.values()):
            return None
        place_text = normalise(text(number, columns.place))
        if not place_text:
            raise self._sheet.fault(
                "The row holds figures and no place.",
                "name its place, or empty its months if it is a note.",
                row=number,
                column=columns.place,
            )
        if normalise(self._above["indicator"]) in self._others:
            return None
        indicator = self._indicator(number)
        place = self._place(number, place_text, indicator)
        self._check_unit(number, indicator)
        self._check_unnamed(number)
        cells = self._cells(number, indicator)
        row = MeasureRow(
            number=number,
            indicator=indicator,
            place=place,
            cells=tuple(with_row_precision(cells[: len(columns.months)])),
            total=None if columns.total is None else cells[-1],
        )
        return self._unless_foreign(row)

    def never_seen(self) -> list[IntakeError]:
        """A fault for each indicator of the mapping that no row was of."""
        texts: dict[str, list[str]] = {}
        for text, name in self._table.indicators.items():
            texts.setdefault(name, []).append(text)
        return [
            self._sheet.fault(
                f"No row is of indicator {name}: was it renamed?",
                f"it is known as {' or '.join(map(quoted, texts[name]))}: add its new name to "
                "`indicators`, or take it out of them.",
            )
            for name in texts
            if name not in self._seen
        ]

    # --- what a row is of -------------------------------------------------------------------------

    def _indicator(self, number: int) -> ManagementIndicator:
        text = normalise(self._above["indicator"])
        if not text:
            raise self._sheet.fault(
                "The row holds figures and no indicator, and there is none above.",
                "name what it measures.",
                row=number,
                column=self._columns.indicator,
            )
        if text not in self._indicators:
            raise self._unknown(
                "indicator",
                text,
                self._table.indicators,
                "A renamed indicator gets a second line in `indicators`; one that the study does "
                "not follow goes to `other_indicators`.",
                at=(number, self._columns.indicator),
            )
        self._seen.add(self._indicators[text].id)
        return self._indicators[text]

    def _place(self, number: int, text: str, indicator: ManagementIndicator) -> Place:
        if text not in self._places:
            raise self._unknown(
                "place",
                text,
                (*self._places, *self._table.places, *self._table.totals),
                "A place gets a line in `places`; a sum of the rows above goes to `totals`, and "
                "what the study does not follow to `other_places`.",
                at=(number, self._columns.place),
            )
        place = self._places[text]
        if place.role != "total":
            return place
        self._totals[indicator.id] = self._totals.get(indicator.id, 0) + 1
        return Place(role="total", name=str(self._totals[indicator.id]))

    def _check_unit(self, number: int, indicator: ManagementIndicator) -> None:
        text, at = normalise(self._above["unit"]), (number, self._columns.unit)
        if text not in self._units:
            advice = "Each unit gets a line in `units`."
            raise self._unknown("unit", text, self._table.units, advice, at=at)
        if self._units[text] != indicator.unit:
            raise self._sheet.fault(
                f"Indicator {indicator.id} is in {self._units[text]} here, and in "
                f"{indicator.unit} in management.yml.",
                "a change of unit is no change of what is measured: convert the row, or declare "
                "another indicator.",
                row=number,
                column=at[1],
            )

    def _check_unnamed(self, number: int) -> None:
        """Refuses a cell in a column that has no name."""
        for column in range(len(self._sheet.rows[number - 1])):
            if column not in self._columns.named and self._sheet.text(number, column):
                raise self._sheet.fault(
                    "A cell stands in a column without a name.",
                    "name the column, and list it in `ignored` if it is not to be read.",
                    row=number,
                    column=column,
                )

    def _unless_foreign(self, row: MeasureRow) -> MeasureRow | None:
        """A row, unless nothing is to be measured in its place, and nothing is."""
        directorates = row.indicator.directorates
        if row.place.role != "followed" or row.place.directorate in directorates:
            return row
        if all(cell.value is None for cell in row.cells):
            return None
        raise self._sheet.fault(
            f"Indicator {row.indicator.id} is not one of directorate {row.place.directorate}.",
            "add it to its `directorates` in management.yml, or take the row out.",
            row=row.number,
        )

    def _unknown(
        self, kind: str, text: str, known: Iterable[str], advice: str, *, at: tuple[int, int]
    ) -> IntakeError:
        """The error for a text that stands for nothing."""
        hint = f"{nearest_known(text, known)} {advice}"
        return self._sheet.fault(f"Unknown {kind}.", hint, row=at[0], column=at[1])

    # --- what it says -----------------------------------------------------------------------------

    def _cells(self, number: int, indicator: ManagementIndicator) -> list[Cell]:
        """The cells of the months, and of the total where there is one."""
        columns = list(self._columns.months.values())
        columns += [] if self._columns.total is None else [self._columns.total]
        cells = []
        for column in columns:
            cell = read_cell(self._sheet.text(number, column))
            if cell is None or (cell.mark and MARKS[cell.mark] != indicator.unit):
                raise self._sheet.fault(
                    f"The cell is no number in {indicator.unit}, and no sign for a missing one.",
                    "write a number, or one of n.d., n.s., s.o., – (a cell left empty is n.d.).",
                    row=number,
                    column=column,
                )
            cells.append(cell)
        shares = cells if indicator.unit != "share" else self._shares(cells, number, indicator)
        for cell, column in zip(shares, columns, strict=True):
            self._check_range(cell, indicator.unit, at=(number, column))
        return shares

    def _shares(self, cells: list[Cell], number: int, indicator: ManagementIndicator) -> list[Cell]:
        """Shares in [0, 1], of a row that is written as the rows above of its indicator are."""
        ways = share_ways(cells)
        above = self._share_ways.setdefault(indicator.id, set())
        if len(ways | above) > 1:
            where = "within the row" if len(ways) > 1 else "from a row above"
            raise self._sheet.fault(
                f"The unit changes {where}: some shares are at most 1, others above.",
                "write all of them in percent, or all as fractions; or with a % behind each.",
                row=number,
            )
        above |= ways
        return as_shares(cells)

    def _check_range(self, cell: Cell, unit: MeasureUnit, *, at: tuple[int, int]) -> None:
        value = cell.value
        if value is None:
            return
        wrong = ""
        if value < 0:
            wrong = "The figure is negative."
        elif unit == "share" and value > 1:
            wrong = "The share is above 100 %."
        elif unit == ADDITIVE and value.denominator != 1:
            wrong = "The count is no whole number."
        elif unit == ADDITIVE and cell.half == THOUSANDTH / 2:
            wrong = "The count has three decimals: a separator of thousands?"
        if wrong:
            raise self._sheet.fault(wrong, "ask who keeps it.", row=at[0], column=at[1])
