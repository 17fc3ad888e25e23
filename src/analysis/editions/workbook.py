"""Open data as a workbook that people open: a cover, notes, what codes mean, one table per sheet.

The rules of the Analysis Function of the Government Statistical Service for spreadsheets that
everybody can read: one table per sheet, from its first column, under its title; no merged and no
empty cell for looks; a first sheet that leads to the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.publishing.edition import Edition
from analysis.publishing.wording.language import Language
from analysis.study import Study
from analysis.study.languages import without_marks

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""What is a text stays one: no formula, link or number is made of it."""

WIDE, NARROW, LONG = 90, 14, 30
"""Characters of the columns of notes; of a column of codes; of one of labels."""

MOST_ROWS = 1_048_574
"""Figures that a sheet holds, below its title and headers: of more, a workbook has those of the
edition's own wave."""

LINE_HEIGHT = 20
"""Points of a line of the notes."""


def write_workbook(
    path: Path,
    frame: pl.DataFrame,
    meanings: pl.DataFrame,
    study: Study,
    edition: Edition,
    *,
    described: Mapping[str, str],
    decimals: int,
) -> None:
    """Writes the figures of an edition as XLSX; the same bytes each time.

    Args:
        path: Where.
        frame: Its figures, under the names of open data.
        meanings: What codes mean: column, breakdown of a category, code, label.
        study: In the language of the workbook.
        edition: It dates the file.
        described: What a column is described as (`data_columns_…`) → its header.
        decimals: To which the figures are rounded.

    """
    language = Language.of(study.language)
    text = language.text
    title = without_marks(language.typeset(f"{study.title}, {study.wave(edition.wave).label}"))
    simulated = bool(frame.get_column("simule").any())
    whole = frame.height <= MOST_ROWS
    shown = frame if whole else frame.filter(vague=edition.wave)
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        book.set_properties(
            {
                "title": title,
                "author": without_marks(study.publisher),
                "subject": without_marks(language.typeset(study.subtitle)),
                "created": datetime.fromtimestamp(edition.epoch, UTC).replace(tzinfo=None),
            }
        )
        head = book.add_format({"bold": True, "font_size": 14})
        lines = book.add_format({"text_wrap": True, "valign": "top"})
        sheets = [text(f"data_sheet_{name}") for name in ("cover", "notes", "codebook", "figures")]
        cover, notes, codes, figures = (book.add_worksheet(name) for name in sheets)
        said = [
            title,
            edition.label(language),
            without_marks(study.publisher),
            *([text("made_of_simulated")] if simulated else []),
            text("licence", licence=without_marks(language.typeset(study.licence.name))),
            text("data_contents"),
        ]
        _column(cover, said, head, lines)
        for row, name in enumerate(sheets[1:], start=len(said)):
            cover.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        columns = [
            f"{header}{language.colon} {text(f'data_columns_{name}')}"
            for name, header in described.items()
        ]
        rules = [
            *([] if whole else [text("data_own_wave")]),
            text("data_missing"),
            text("data_secret"),
            text("data_channels"),
            text("data_numbers", decimals=language.number(decimals)),
            text("data_csv"),
        ]
        _column(notes, [sheets[1], *rules, *columns], head, lines)
        named = meanings.rename(
            dict(zip(meanings.columns, (text(f"data_{one}") for one in CODEBOOK), strict=True))
        )
        _table(codes, named, sheets[2], "Dictionnaire", head)
        _table(figures, shown, sheets[3], "Resultats", head)


CODEBOOK = ("column", "breakdown", "code", "label")
"""The columns of what codes mean."""


def _column(sheet: Worksheet, texts: Sequence[str], head: Format, lines: Format) -> None:
    """Texts one below the other, the first as the title of the sheet."""
    sheet.set_column(0, 0, WIDE)
    for row, told in enumerate(texts):
        sheet.set_row(row, LINE_HEIGHT * -(-len(told) // WIDE))
        sheet.write_string(row, 0, told, lines if row else head)


def _table(sheet: Worksheet, frame: pl.DataFrame, title: str, name: str, head: Format) -> None:
    """A table under its title, whose columns can be sorted and stay in sight."""
    sheet.write_string(0, 0, title, head)
    sheet.add_table(
        1,
        0,
        1 + max(frame.height, 1),
        frame.width - 1,
        {
            "name": name,
            "style": "Table Style Light 1",
            "columns": [{"header": column} for column in frame.columns],
            "data": [list(row) for row in frame.iter_rows()],
        },
    )
    sheet.freeze_panes(2, 1)
    for place, column in enumerate(frame.columns):
        labelled = column.startswith("libelle_") or name == "Dictionnaire" or place == 0
        sheet.set_column(place, place, LONG if labelled else NARROW)
