"""The cells of the tables of a package: each is of its column's type, and no text of them is a
formula or markup.
"""

from __future__ import annotations

from typing import get_args

import polars as pl
from polars.exceptions import PolarsError

from analysis.disclosure import Status
from analysis.editions.description import Description
from analysis.editions.open_data import COLUMNS, PRECISIONS, RISKY
from analysis.editions.package_texts import text_fault
from analysis.errors import IntakeError, ObservatoryError, quoted
from analysis.study import Claim
from analysis.study.kinds import FigureKind

MOST_FAULTS = 20
"""Faults of a kind that are told one by one."""

HINT = "ask the sender for the package as it was published, or to correct it."

_PROTECTED = f"^'{RISKY.removeprefix('^')}"
"""A text that was kept from being a formula, by the apostrophe before it."""

_NUMBERS = {"number": r"^-?\d+(\.\d+)?([eE][-+]?\d+)?$", "integer": r"^\d{1,18}$"}


def read_cells(text: str, name: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """A table of texts as they stand; none is null.

    Raises:
        IntakeError: it is no CSV, or of other columns.

    """
    try:
        frame = pl.read_csv(text.encode(), infer_schema=False)
    except PolarsError:
        raise IntakeError(
            "This file is not a table: a row has more cells than the first, or a quotation mark "
            "is not closed.",
            where=name,
            hint=HINT,
        ) from None
    if tuple(frame.columns) != columns:
        others = [one for one in (*columns, *frame.columns) if (one in columns) != (one in frame)]
        told = ", ".join(quoted(one) for one in others[:5]) or "they stand in another order"
        raise IntakeError(
            f"The columns are not those of the schema: {told}.", where=f"{name}, line 1", hint=HINT
        )
    return frame.fill_null("")


def cell_faults(frame: pl.DataFrame, name: str, description: Description) -> list[ObservatoryError]:
    """What is wrong in the cells of a table that was just read, each with its line."""
    faults: list[ObservatoryError] = []

    def tell(wrong: pl.Series, column: str, what: str) -> None:
        for line in wrong.arg_true().to_list()[:MOST_FAULTS]:
            where = f"{name}, line {line + 2}, {column}"
            faults.append(IntakeError(what, where=where, hint=HINT))

    allowed = {
        "etude": [description.study],
        "type": get_args(FigureKind),
        "portee": ["", *(claim.value for claim in Claim)],
        "statut": ["", *(status.value for status in Status if status.hidden)],
        "precision": ["", *PRECISIONS.values()],
        "simule": ["true", "false"],
    }
    for column in frame.columns:
        cells = frame.get_column(column)
        kind = COLUMNS.get(column, ("", "string"))[1]
        if pattern := _NUMBERS.get(kind):
            wrong = (cells != "") & ~cells.str.contains(pattern)
            tell(wrong, column, "A cell is no number of its column.")
        elif column in allowed:
            tell(~cells.is_in(allowed[column]), column, "A cell holds a code that is not known.")
        else:
            tell(cells.str.contains(RISKY), column, "A cell is a formula of spreadsheets.")
            for text in without_protection(cells).unique(maintain_order=True):
                if fault := text_fault(text):
                    tell(without_protection(cells) == text, column, f"A text {fault}.")
    return faults


def without_protection(cells: pl.Series) -> pl.Series:
    """Texts without the apostrophe that keeps them from being formulas."""
    protected = cells.str.contains(_PROTECTED)
    return cells.str.slice(1).zip_with(protected, cells)
