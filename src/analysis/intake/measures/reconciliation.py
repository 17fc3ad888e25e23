"""Whether the totals of a table are those of its figures.

A total of counts is their sum. A total of anything else is the mean of its parts, weighted by the
count that the indicator is `of`, in the same table and place. Where a part or a count is missing,
a total cannot be checked, and that is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from analysis.errors import IntakeError
from analysis.intake.measures.cells import Cell
from analysis.intake.measures.places import Place
from analysis.intake.measures.rows import MeasureRow, TableRows
from analysis.intake.measures.series import TableSeries
from analysis.intake.measures.sheets import Sheet
from analysis.study import ManagementIndicator
from analysis.study.management import ADDITIVE

FLOAT_NOISE = Fraction(1, 10**12)
"""What a spreadsheet's own arithmetic may lose of a mean, in share of it."""


@dataclass
class Reconciliation:
    """How many totals of a file were checked, how many could not be, and which are wrong."""

    checked: int = 0
    unchecked: int = 0
    faults: list[IntakeError] = field(default_factory=list)


@dataclass(frozen=True)
class _Part:
    """A part of a total, and what it weighs."""

    cell: Cell | None
    weight: Cell | None


@dataclass(frozen=True)
class _Expected:
    """What a total should be, and by how much its parts may be rounded."""

    value: Fraction
    half: Fraction


def reconcile(sheet: Sheet, content: TableRows, series: TableSeries) -> Reconciliation:
    """Checks the total rows and the total column of a table."""
    reconciler = _Reconciler(sheet, content, series)
    reconciler.check_all()
    return reconciler.result


class _Reconciler:
    """Goes through the rows of a table, with the places since the total before."""

    def __init__(self, sheet: Sheet, content: TableRows, series: TableSeries) -> None:
        self.result = Reconciliation()
        self._sheet, self._content, self._series = sheet, content, series
        self._above: dict[str, list[Place]] = {}

    def check_all(self) -> None:
        """Checks each total row, and each total of a row."""
        total_column = self._content.columns.total
        for row in self._content.rows:
            places = self._above.setdefault(row.indicator.id, [])
            if row.place.role == "total":
                self._check_row(row, places)
                places.clear()
            elif row.place not in places:
                places.append(row.place)
            if row.total is not None and total_column is not None:
                at = (row.number, total_column)
                self._check(row, row.total, self._months(row), "over all months", at=at)

    def _check_row(self, row: MeasureRow, places: Sequence[Place]) -> None:
        """Checks a total row against the places above it, month by month."""
        name, of = row.indicator.id, row.indicator.of or ""
        for (month, column), total in zip(
            self._content.columns.months.items(), row.cells, strict=True
        ):
            parts = [
                _Part(self._series.cell(name, place, month), self._series.cell(of, place, month))
                for place in places
            ]
            self._check(row, total, parts, f"in {month:%Y-%m}", at=(row.number, column))

    def _months(self, row: MeasureRow) -> list[_Part]:
        """The months of a row, each weighted by its own count."""
        of = row.indicator.of or ""
        return [
            _Part(cell, self._series.cell(of, row.place, month))
            for month, cell in zip(self._content.columns.months, row.cells, strict=True)
        ]

    def _check(
        self,
        row: MeasureRow,
        total: Cell,
        parts: Sequence[_Part],
        when: str,
        *,
        at: tuple[int, int],
    ) -> None:
        """Checks one total; a cell without a number is none."""
        if total.value is None:
            return
        expected = _expected(row.indicator, parts)
        if expected is None:
            self.result.unchecked += 1
            return
        self.result.checked += 1
        allowed = Fraction(0)
        if row.indicator.unit != ADDITIVE:
            allowed = expected.half + total.half + FLOAT_NOISE * expected.value
        if abs(total.value - expected.value) > allowed:
            self.result.faults.append(self._fault(row, total.value, expected.value, when, at=at))

    def _fault(
        self, row: MeasureRow, total: Fraction, made: Fraction, when: str, *, at: tuple[int, int]
    ) -> IntakeError:
        """The error for a total that is not that of its parts. Figures of management are nobody's
        personal data: they are told.
        """
        indicator = row.indicator
        shown, parts, apart = (_shown(one, indicator) for one in (total, made, abs(total - made)))
        hint = "a figure or the total is wrong: ask who keeps them."
        if indicator.unit != ADDITIVE:
            hint = f"its parts are weighted by {indicator.of}: a plain mean of them is another one."
        return self._sheet.fault(
            f"The total of {indicator.id} {when} does not add up: it is {shown}, its parts make "
            f"{parts}: {apart} too {'much' if total > made else 'little'}.",
            hint,
            row=at[0],
            column=at[1],
        )


def _expected(indicator: ManagementIndicator, parts: Sequence[_Part]) -> _Expected | None:
    """What a total should be; None where a part of it is missing, or all its weights are 0."""
    weighed: list[tuple[Cell, Fraction]] = []
    for part in parts:
        weight = Fraction(1)
        if indicator.unit != ADDITIVE:
            if part.weight is None or part.weight.value is None:
                return None
            weight = part.weight.value
        if weight and (part.cell is None or part.cell.value is None):
            return None
        if weight and part.cell is not None:
            weighed.append((part.cell, weight))
    whole = sum((weight for _, weight in weighed), Fraction(0))
    if not whole:
        return None
    divisor = Fraction(1) if indicator.unit == ADDITIVE else whole
    value = sum((weight * (cell.value or 0) for cell, weight in weighed), Fraction(0)) / divisor
    half = sum((weight * cell.half for cell, weight in weighed), Fraction(0)) / divisor
    return _Expected(value, half)


def _shown(value: Fraction, indicator: ManagementIndicator) -> str:
    """A figure as a message shows it."""
    if indicator.unit == ADDITIVE:
        return str(value)
    if indicator.unit == "share":
        return f"{100 * float(value):g} %"
    return f"{float(value):g} {indicator.unit}"
