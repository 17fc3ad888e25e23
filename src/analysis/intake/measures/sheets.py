"""The sheets of a file of figures as text, whatever its format; and how messages name their
cells.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from analysis.errors import LONGEST_NAME, IntakeError, quoted
from analysis.intake.mapping import Dialect
from analysis.intake.measures.mapping import MOST_ROWS
from analysis.intake.measures.workbook import MOST_COLUMNS, is_workbook, read_workbook
from analysis.intake.raw_table import Source, badly_delimited, check_encoding
from analysis.study.labels import normalise


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet, or of a CSV.

    Attributes:
        name: Its name in the workbook; empty for a CSV.
        file: How messages name its file: delivery and file.
        rows: Row → column → text. Rows may be of several widths.

    """

    name: str
    file: str
    rows: list[list[str]]

    def text(self, row: int, column: int) -> str:
        """A cell, without the spaces around it.

        Args:
            row: From 1, as spreadsheets count.
            column: From 0.

        """
        cells = self.rows[row - 1] if row <= len(self.rows) else []
        return cells[column].strip() if column < len(cells) else ""

    def where(self, row: int | None = None, column: int | None = None) -> str:
        """How messages name a cell, a row or the sheet."""
        parts = [self.file]
        if self.name:
            parts.append(f"sheet {quoted(self.name)}")
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            parts.append(f"column {column_letters(column)}")
        return ", ".join(parts)

    def fault(
        self, what: str, hint: str, *, row: int | None = None, column: int | None = None
    ) -> IntakeError:
        """The error for something of this sheet."""
        return IntakeError(what, where=self.where(row, column), hint=hint)


def read_sheets(source: Source) -> dict[str, Sheet]:
    """The sheets that a file's tables name; a CSV is one, without a name.

    Raises:
        IntakeError: the file cannot be read, lacks a sheet, or is no workbook and has none.

    """
    named = tuple(dict.fromkeys(table.sheet for table in source.measures if table.sheet))
    if is_workbook(source.path):
        if any(table.sheet is None for table in source.measures):
            raise IntakeError(
                "The file is a workbook, and a table of it does not say in which sheet it is.",
                where=source.where,
                hint="name the `sheet` of each table in the manifest.",
            )
        content = read_workbook(source.path, named, source.where)
        return {name: Sheet(name, source.where, rows) for name, rows in content.items()}
    if named:
        raise IntakeError(
            "The file is no workbook (XLSX), and its tables name sheets of one.",
            where=source.where,
            hint="is it the right file? If it is a CSV, take `sheet` out of its tables.",
        )
    return {"": Sheet("", source.where, _delimited_rows(source))}


def _delimited_rows(source: Source) -> list[list[str]]:
    """The rows of a CSV, title rows and empty ones among them: a cell may take several lines."""
    dialect = source.dialect or Dialect()
    check_encoding(source.path, dialect.encoding, source.where)
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    rows: list[list[str]] = []
    with source.path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=dialect.delimiter, strict=True)
        try:
            for row in reader:
                rows.append(row)
                if len(row) > MOST_COLUMNS or len(rows) > MOST_ROWS:
                    raise IntakeError(
                        f"The file has more than {MOST_COLUMNS} columns or {MOST_ROWS} rows.",
                        where=f"{source.where}, row {len(rows)}",
                        hint="is it a table of monthly figures, with the right separator?",
                    )
        except csv.Error as error:
            raise badly_delimited(error, f"{source.where}, row {len(rows) + 1}") from None
    return rows


def nearest_known(text: str, known: Iterable[str]) -> str:
    """Asks whether a text is one of the known ones that it is like. They are quoted, and never the
    text: a workbook may hold anything.
    """
    names = {normalise(name): name for name in known}
    near = get_close_matches(normalise(text)[:LONGEST_NAME], names, n=2, cutoff=0.6)
    alike = " or ".join(quoted(names[name]) for name in near)
    return f"is it {alike}?" if near else "it is like no known one."


def column_letters(column: int) -> str:
    """The letters of a column counted from 0, as spreadsheets show them.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters, number = "", column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
