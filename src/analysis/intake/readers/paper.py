"""Paper questionnaires entered by an agent: semicolons, cp1252, one numeric code per cell."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from analysis.errors import IntakeError, nearest
from analysis.intake.manifest import DateColumn, DateShape, Dialect, FileEntry, ItemColumn, Mapping, Selector
from analysis.intake.readers.delimited import RawTable, read_rows, require
from analysis.study import MissingKind, Study

DIALECT = Dialect(encoding="cp1252", delimiter=";")
NUMBER, DAY, SITE, CLERK = "N° fiche", "Date", "Code site", "Saisi par"
DAY_FORMAT = "%d/%m/%Y"
NOT_CONCERNED, DONT_KNOW, ILLEGIBLE = "NC", "NSP", "?"
_TWO_TICKS = re.compile(r"\d\s*[,/+]\s*\d")


def read(path: Path, entry: FileEntry, study: Study, where: str) -> RawTable:
    """Reads an entry file: levels as digits, NC, NSP, « ? » where illegible; two ticks are illegible too.

    Raises:
        IntakeError: a column that the questionnaire does not know.

    """
    rows, lines, refusals = read_rows(path, entry.dialect or DIALECT, where)
    for column in (NUMBER, DAY, SITE):
        require(column, rows.columns, where)
    assert entry.channel is not None and entry.wave is not None
    asked = study.channel(entry.channel).items
    columns = [column for column in rows.columns if column not in (NUMBER, DAY, SITE, CLERK)]
    for column in columns:
        if column not in asked:
            raise IntakeError(f"Unknown column: {column!r}.", where=where, hint=nearest(column, asked))
    closed = [column for column in columns if study.scale(column).kind != "text"]
    rows = rows.with_columns(
        pl.when(pl.col(name).str.contains(_TWO_TICKS.pattern)).then(pl.lit(ILLEGIBLE)).otherwise(name).alias(name)
        for name in closed
    )
    mapping = Mapping(
        wave=Selector(value=entry.wave),
        channel=Selector(value=entry.channel),
        site=Selector(column=SITE),
        day=DateColumn(column=DAY, shapes=(DateShape(shape="99/99/9999", formats=(DAY_FORMAT,)),)),
        items={name: _column(study, name) for name in columns},
    )
    return RawTable(rows, lines, refusals, mapping)


def _column(study: Study, item: str) -> ItemColumn:
    scale, missing = study.scale(item), study.missing
    if scale.kind == "text":
        return ItemColumn(column=item)
    values = {str(code): code for code in scale.codes}
    values |= {
        NOT_CONCERNED: missing[MissingKind.NOT_CONCERNED],
        DONT_KNOW: missing[MissingKind.DONT_KNOW],
        ILLEGIBLE: missing[MissingKind.ILLEGIBLE],
    }
    return ItemColumn(column=item, values=values, empty=missing[MissingKind.REFUSED])
