"""The header of a table: which column is what, and which months it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import pairwise

from analysis.errors import IntakeError, quoted
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.measures.months import month_of
from analysis.intake.measures.sheets import Sheet, column_letters, nearest_known
from analysis.study.labels import normalise
from analysis.study.months import first_of_month

LOOKED_AT = 50
"""Rows in which a header is looked for that is not in its place."""


@dataclass(frozen=True)
class Columns:
    """Where what is read stands in a sheet: columns from 0.

    Attributes:
        indicator, unit, place: What each row is of.
        months: Month → column, in the order of time; without those to come, whose columns are
            empty.
        total: The column of the whole period.
        named: All columns that have a header.

    """

    indicator: int
    unit: int
    place: int
    months: dict[date, int]
    total: int | None
    named: frozenset[int]


def find_columns(sheet: Sheet, table: MeasureTable, *, end: int) -> Columns:
    """The columns of a table.

    Args:
        sheet: Its cells.
        table: How its columns are named.
        end: Its last row.

    Raises:
        IntakeError: a column is absent, stands twice or is unknown, or a month is absent between
            two others.

    """
    headers = _headers(sheet, table.header)
    _check_there(sheet, table, headers)
    known = {normalise(name) for name in (*table.columns, *table.ignored)}
    names: dict[str, int] = {}
    months: dict[date, int] = {}
    for column, text in headers.items():
        month = month_of(text)
        if normalise(text) in known:
            earlier = names.setdefault(normalise(text), column)
        elif month is not None:
            earlier = months.setdefault(month, column)
        else:
            raise _unknown(sheet, table, text, column)
        if earlier != column:
            raise sheet.fault(
                f"A column stands twice: here and in column {column_letters(earlier)}.",
                "each name and each month has one column: take one of the two out.",
                row=table.header,
                column=column,
            )
    return Columns(
        indicator=names[normalise(table.indicator)],
        unit=names[normalise(table.unit)],
        place=names[normalise(table.place)],
        months=_months(sheet, table.header, months, end),
        total=None if table.total is None else names[normalise(table.total)],
        named=frozenset(headers),
    )


def _headers(sheet: Sheet, row: int) -> dict[int, str]:
    """Column → header, of those that have one."""
    width = len(sheet.rows[row - 1]) if row <= len(sheet.rows) else 0
    return {column: text for column in range(width) if (text := sheet.text(row, column))}


def _check_there(sheet: Sheet, table: MeasureTable, headers: dict[int, str]) -> None:
    """Refuses a row that lacks a column of the table.

    Raises:
        IntakeError: the column is named; so is the row that has all of them, where there is one.

    """
    wanted = {normalise(name) for name in table.columns}
    present = {normalise(text) for text in headers.values()}
    if wanted <= present:
        return
    rows = range(1, min(len(sheet.rows), LOOKED_AT) + 1)
    elsewhere = [
        row for row in rows if wanted <= {normalise(text) for text in _headers(sheet, row).values()}
    ]
    missing = next(name for name in table.columns if normalise(name) not in present)
    near = get_close_matches(normalise(missing), present, n=1, cutoff=0.75)
    hint = "is it the row of the header, and the name of the column?"
    if near:
        letters = [
            column_letters(column) for column, text in headers.items() if normalise(text) == near[0]
        ]
        hint = f"column {letters[0]} has a name like it."
    if elsewhere:
        hint = f"row {elsewhere[0]} has all of them: `header: {elsewhere[0]}`."
    raise sheet.fault(
        f"The header has no column {quoted(missing)}.",
        hint,
        row=table.header,
    )


def _unknown(sheet: Sheet, table: MeasureTable, text: str, column: int) -> IntakeError:
    """The error for a header that is no month and that the table does not name. It is not quoted:
    a header can hold anything.
    """
    question = nearest_known(text, (*table.columns, *table.ignored))
    return sheet.fault(
        f"Unknown column, in place {column + 1}.",
        f"{question} If it is not to be read, list it in `ignored`.",
        row=table.header,
        column=column,
    )


def _months(sheet: Sheet, row: int, months: dict[date, int], end: int) -> dict[date, int]:
    """The months of a table in the order of time, without those to come: the last ones, if their
    columns are empty.

    Raises:
        IntakeError: there is none, or one is absent between two others.

    """
    order = sorted(months)
    for earlier, later in pairwise(order):
        if first_of_month(later, before=1) != earlier:
            following = first_of_month(earlier, before=-1)
            raise sheet.fault(
                f"There is a hole in the columns: {following:%Y-%m} is absent.",
                "give the months one after the other: one without figures has a column of n.d.",
                row=row,
                column=months[later],
            )
    filled = [
        month
        for month in order
        if any(sheet.text(number, months[month]) for number in range(row + 1, end + 1))
    ]
    if not filled:
        raise sheet.fault(
            "No column of a month holds anything.",
            "months are written janv.-24, janvier 2024, 01/2024, 2024-01, or are dates.",
            row=row,
        )
    return {month: months[month] for month in order if month <= filled[-1]}
