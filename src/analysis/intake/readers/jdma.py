"""« Je donne mon avis »: one row per review (CSV with commas, or XLSX with a sheet per year): day,
its form, and a column per question headed by its wording.

Answers are saved at each step: questions further down have fewer. A sheet that lacks a
question did not ask it. The identifier of a review is short, and comes back over the years: a
review is known by it and its second. Days are those of universal time. Of several answers joined by
a slash none is a level. What people wrote is redacted; their address, where they left one, is not
read. Source: DISIC, ``jedonnemonavis.numerique.gouv.fr`` (export of reviews, MIT); not seen in a
real file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from analysis.errors import IntakeError
from analysis.intake.mapping import (
    ColumnMapping,
    DateColumn,
    DateShape,
    Dialect,
    ItemColumn,
    Selector,
)
from analysis.intake.measures.workbook import is_workbook, read_workbook
from analysis.intake.raw_table import BATCH, Batch, DelimitedFile, RawTable, Source
from analysis.intake.readers.base import ANSWERS, Reader
from analysis.intake.review_table import ReviewTable
from analysis.study import MissingKind, Study
from analysis.study.labels import normalise

DAY, TITLE, NUMBER = "Date de l'avis", "Nom du formulaire", "Identifiant Avis"
LINK, ADDRESS = "Lien d'intégration", "Adresse e-mail"
SYSTEM = (DAY, TITLE, LINK, NUMBER)
MOMENT = DateShape(shape="9999-99-99 99:99:99", formats=("%Y-%m-%d %H:%M:%S",))

NOT_ASKED = "\N{SYMBOL FOR NULL}"
"""Stands in the cells of a question that a sheet lacks."""


def read_jdma(source: Source, study: Study) -> RawTable:
    """Reads an export of reviews.

    Raises:
        IntakeError: a system column is missing, or a heading is neither a question of the manifest
            nor ignored.

    """
    table = source.reviews
    assert table is not None
    mapping = ColumnMapping(
        directorate=Selector(column=TITLE, values=table.forms),
        channel=Selector(value=table.channel),
        day=DateColumn(column=DAY, shapes=(MOMENT,)),
        identity=(NUMBER, DAY),
        items={item: _column(study, item) for item in table.questions.values()},
    )
    if is_workbook(source.path):
        return RawTable(_sheets(source, table, mapping), mapping, source.absent)
    if table.sheets:
        raise IntakeError(
            "The file is no workbook (XLSX), and the manifest names sheets of one.",
            where=source.where,
            hint="is it the right file? If it is a CSV, take `sheets` out.",
        )
    return RawTable(_lines(source, table, mapping), mapping, source.absent)


def _column(study: Study, item: str) -> ItemColumn:
    scale, missing = study.scale(item), study.missing
    if scale.kind == "text":
        return ItemColumn(column=item, ignore=(NOT_ASKED,))
    values = {level.label: level.code for level in scale.levels}
    values[NOT_ASKED] = missing[MissingKind.NOT_ASKED]
    return ItemColumn(column=item, values=values, empty=missing[MissingKind.ABANDONED])


def _lines(source: Source, table: ReviewTable, mapping: ColumnMapping) -> Iterator[Batch]:
    """The rows of a CSV, their columns named by item."""
    headings = (*SYSTEM, ADDRESS, *table.questions, *table.ignored)
    file = DelimitedFile.open(source, Dialect(), headings)
    places = _places(file.columns, table, source.where)
    wanted = [file.columns[place] for place in places.values()]
    for batch in file.batches(wanted):
        size = len(batch.lines)
        columns = {
            name: batch.columns[file.columns[places[name]]]
            if name in places
            else [NOT_ASKED] * size
            for name in mapping.columns
        }
        yield Batch(batch.lines, batch.numbers, batch.refusals, columns, batch.malformed)


def _sheets(source: Source, table: ReviewTable, mapping: ColumnMapping) -> Iterator[Batch]:
    """The rows of the sheets of a workbook, one after the other: they are counted through."""
    if not table.sheets:
        raise IntakeError(
            "The file is a workbook, and the manifest names none of its sheets.",
            where=source.where,
            hint="name them in `sheets`: one per year, or part of one.",
        )
    content = read_workbook(source.path, table.sheets, source.where)
    line = 0
    for name in table.sheets:
        header, *rows = content[name] or [[]]
        columns = tuple(cell.strip() for cell in header)
        places = _places(columns, table, f"{source.where}, sheet {name!r}")
        line += 1
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            yield _batch(part, line + 1, places, mapping)
            line += len(part)


def _batch(
    rows: Sequence[Sequence[str]], first: int, places: dict[str, int], mapping: ColumnMapping
) -> Batch:
    """Rows of a sheet, the first of them at a line; rows without a cell are none."""
    filled = [(line, row) for line, row in zip(count(first), rows) if any(map(str.strip, row))]
    lines = [line for line, _ in filled]
    columns: dict[str, Sequence[str]] = {
        name: [row[places[name]] if name in places else NOT_ASKED for _, row in filled]
        for name in mapping.columns
    }
    return Batch(lines, lines, [None] * len(filled), columns, [])


def _places(columns: Sequence[str], table: ReviewTable, where: str) -> dict[str, int]:
    """Item or system column → where its column stands.

    Raises:
        IntakeError: a system column is missing, or a heading is unknown.

    """
    names = {normalise(text): item for text, item in table.questions.items()}
    names |= {normalise(text): text for text in (DAY, TITLE, NUMBER)}
    aside = {normalise(text) for text in (LINK, ADDRESS, *table.ignored)}
    places: dict[str, int] = {}
    for place, column in enumerate(columns):
        text = normalise(column)
        if names.get(text) in places:
            raise IntakeError(
                "A question stands in two columns.",
                where=f"{where}, columns {places[names[text]] + 1} and {place + 1}",
                hint="export the reviews of one questionnaire at a time.",
            )
        if text in names:
            places[names[text]] = place
        elif text not in aside:
            raise IntakeError(
                f"Unknown question, in place {place + 1}.",
                where=f"{where}, column {place + 1}",
                hint="a new question, or wording: name it in `questions`, as the item it asks, or "
                "in `ignored`. A new wording is another item.",
            )
    for name in (DAY, TITLE, NUMBER):
        if name not in places:
            raise IntakeError(
                f"There is no column {name!r}.",
                where=where,
                hint="export the reviews again, with all their columns.",
            )
    return places


READER = Reader(
    name="jdma",
    described_by="reviews",
    read=read_jdma,
    produces=ANSWERS,
    personal=(LINK, ADDRESS),
)
