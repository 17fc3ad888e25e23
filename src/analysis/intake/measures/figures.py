"""What a file of monthly figures holds, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analysis.errors import IntakeError, ObservatoryError
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.measures.reconciliation import Reconciliation, reconcile
from analysis.intake.measures.rows import read_rows
from analysis.intake.measures.series import TableSeries, table_series
from analysis.intake.measures.sheets import Sheet, read_sheets
from analysis.intake.raw_table import Source
from analysis.study import Study
from analysis.study.management import ADDITIVE

AFTER_LAST_WAVE = "after the last wave"
"""Why a figure is not kept: no wave is there to which its month belongs."""

MOST_TOLD = 12
"""Faults of a file that one message tells."""

COLUMNS: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("directorate", "wave", "indicator", "site"), pl.String),
    "month": pl.Date,
    "unit": pl.String,
    **dict.fromkeys(("value", "half"), pl.Float64),
    **dict.fromkeys(("missing", "sheet"), pl.String),
    "line": pl.Int64,
}


@dataclass(frozen=True)
class MeasuredFile:
    """The figures of one file.

    Attributes:
        figures: One row per indicator, month and place, with the columns of `storage.Measures` that
            a file tells; one may stand in two tables of it.
        refused: How many were not kept, by reason.
        reconciled: How many totals were found to be those of their parts.
        unreconciled: How many could not be checked: a part or its weight is missing.

    """

    figures: pl.DataFrame
    refused: dict[str, int]
    reconciled: int
    unreconciled: int

    @property
    def summary(self) -> str:
        """What it holds, in a line."""
        missing = int((self.figures["missing"] != "").sum())
        counts = [
            f"{self.figures.height} figures of {self.figures['indicator'].n_unique()} indicators",
            f"{missing} missing",
            f"{self.reconciled} totals reconciled",
        ]
        if self.unreconciled:
            counts.append(f"{self.unreconciled} totals not checked, for want of a part")
        return ", ".join(counts)


def read_measured_file(source: Source, study: Study) -> MeasuredFile:
    """Reads the tables of a file of monthly figures.

    Raises:
        IntakeError: the file, or something in one of its tables, is not what the manifest says; all
            faults of its rows are told together.

    """
    sheets = read_sheets(source)
    faults: list[IntakeError] = []
    rows: list[dict[str, Any]] = []
    checked = unchecked = 0
    for table in source.measures:
        sheet = sheets[table.sheet or ""]
        read = _read_table(sheet, table, study, end=_last_row(sheet, table, source.measures))
        faults += read.faults
        rows += _figures(sheet, read.series, study)
        checked += read.totals.checked
        unchecked += read.totals.unchecked
    if faults:
        raise ObservatoryError.together(first_faults(faults, source.where))
    table_of_all = pl.DataFrame(rows, schema=COLUMNS)
    kept = table_of_all.filter(pl.col("wave").is_not_null())
    later = table_of_all.height - kept.height
    return MeasuredFile(
        figures=kept,
        refused={AFTER_LAST_WAVE: later} if later else {},
        reconciled=checked,
        unreconciled=unchecked,
    )


def first_faults(faults: list[IntakeError], where: str) -> list[IntakeError]:
    """The first faults of a file, and how many there are beside."""
    more = len(faults) - MOST_TOLD
    if more <= 0:
        return faults
    rest = IntakeError(
        f"{more} more faults of this file are not listed.",
        where=where,
        hint="one of those above may have brought them about: mend it first.",
    )
    return [*faults[:MOST_TOLD], rest]


@dataclass(frozen=True)
class _ReadTable:
    """A table, and all that is wrong with it."""

    series: TableSeries
    totals: Reconciliation
    faults: list[IntakeError]


def _read_table(sheet: Sheet, table: MeasureTable, study: Study, *, end: int) -> _ReadTable:
    """A table; its totals are checked where its rows can be read."""
    content = read_rows(sheet, table, study, end=end)
    series = table_series(sheet, table, content)
    totals = Reconciliation() if content.faults else reconcile(sheet, content, series)
    return _ReadTable(series, totals, [*content.faults, *series.faults, *totals.faults])


def _last_row(sheet: Sheet, table: MeasureTable, tables: tuple[MeasureTable, ...]) -> int:
    """The last row that can be one of a table."""
    below = [
        other.header - 1
        for other in tables
        if other.sheet == table.sheet and other.header > table.header
    ]
    return min([len(sheet.rows), *below])


def _figures(sheet: Sheet, series: TableSeries, study: Study) -> list[dict[str, Any]]:
    """The rows of the figures of a table."""
    return [
        {
            "directorate": place.directorate,
            "wave": wave_of(month, study),
            "indicator": name,
            "site": place.site,
            "month": month,
            "unit": series.indicators[name].unit,
            "value": None if entry.cell.value is None else float(entry.cell.value),
            "half": 0.0 if series.indicators[name].unit == ADDITIVE else float(entry.cell.half),
            "missing": entry.cell.missing,
            "sheet": sheet.name,
            "line": entry.row,
        }
        for (name, place), months in series.entries.items()
        if place.role == "followed"
        for month, entry in months.items()
    ]


def wave_of(month: date, study: Study) -> str | None:
    """The first wave whose field ends in a month or later; None after the last one."""
    return next((wave.id for wave in study.waves if wave.end >= month), None)
