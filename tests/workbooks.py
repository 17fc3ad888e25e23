"""Workbooks of monthly figures, made from literal tables: what tests of their reading share."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from analysis.intake import Delivery, FileEntry, Manifest, MeasuredFile, read_delivery_file
from analysis.study import Study

SHEET = "Suivi mensuel"
HEADER = "Indicateur | Unité | Direction | janv.-24 | févr.-24 | mars-24 | Cumul | Cible"
TABLE: dict[str, Any] = {
    "sheet": SHEET,
    "header": 1,
    "indicator": "Indicateur",
    "unit": "Unité",
    "directorate": "Direction",
    "total": "Cumul",
    "ignored": ["Cible"],
    "indicators": {"Visites": "visites"},
    "units": {"nombre": "count", "jours": "days", "minutes": "minutes", "%": "share"},
    "totals": ["Ensemble"],
}
"""How the tables of tests are read, unless they say otherwise."""

Cell = str | float | date | None


def cells(text: str) -> list[list[str]]:
    """The cells of a table as it is printed: a line per row, ` | ` between cells."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]


def workbook(sheets: dict[str, list[list[Cell]]], **options: Any) -> bytes:
    """A workbook: numbers as numbers, days as dates that show their month, texts as texts.

    A text that is a number with a decimal point is one; a text that starts with `=` is a formula,
    whose kept value follows a `→`.
    """
    built = io.BytesIO()
    with xlsxwriter.Workbook(built, {"in_memory": True}) as book:
        month = book.add_format({"num_format": "mmm-yy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for column in options.get("hidden", ()):
                sheet.set_column(column, column, None, None, {"hidden": True})
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if isinstance(value, date):
                        sheet.write_datetime(row, column, value, month)
                    elif isinstance(value, str) and value.startswith("="):
                        formula, _, kept = value.partition("→")
                        sheet.write_formula(row, column, formula.strip(), None, kept.strip())
                    elif isinstance(value, str) and not re.fullmatch(r"\d+(\.\d+)?", value):
                        sheet.write_string(row, column, value)
                    elif value is not None:
                        sheet.write_number(row, column, float(value))
            if "merged" in options:
                sheet.merge_range(options["merged"], str(rows[0][0]))
    return built.getvalue()


def sheet(text: str, **options: Any) -> bytes:
    """A workbook of one sheet, from a table as it is printed."""
    rows: list[list[Cell]] = [list(row) for row in cells(text)]
    return workbook({SHEET: rows}, **options)


def delivery(
    folder: Path,
    content: bytes,
    *tables: dict[str, Any],
    name: str = "d",
    received: str = "2026-11-01",
    path: str = "gestion.xlsx",
    **entry: Any,
) -> Delivery:
    """A delivery of one file of figures, in a folder of its own."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / path).write_bytes(content)
    file = {"path": path, "reader": "measures", "measures": list(tables or [TABLE]), **entry}
    manifest = {"delivery": name, "received": received, "simulated": True, "files": [file]}
    return Delivery(folder / name, Manifest.model_validate(manifest))


def read(
    study: Study, folder: Path, content: bytes, *tables: dict[str, Any], **more: Any
) -> MeasuredFile:
    """What a file holds, read as its delivery is."""
    given = delivery(folder, content, *tables, **more)
    (entry,) = given.manifest.files
    found = read_delivery_file(given, entry, study.for_intake())
    assert isinstance(found, MeasuredFile)
    return found


def entry_of(**table: Any) -> FileEntry:
    """An entry of a manifest with one table, some of whose keys are others."""
    return FileEntry.model_validate(
        {"path": "gestion.xlsx", "reader": "measures", "measures": [TABLE | table]}
    )
