"""LimeSurvey CSV: headings as codes, answers as labels (« long »), UTF-8 with or without a byte-order mark.

An answer is mapped by its label, never by its code: A1…A5 run in the direction the questionnaire's author chose.
An unfinished response (no submit date) has abandoned what it left empty; a finished one has given no answer.
Source: LimeSurvey, ``application/helpers/admin/export`` (FormattingOptions, Writer).
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from analysis.errors import IntakeError, nearest
from analysis.intake.manifest import (
    DateColumn,
    DateShape,
    Dialect,
    FileEntry,
    ItemColumn,
    Mapping,
    Respondent,
    Selector,
)
from analysis.intake.readers.delimited import RawTable, read_rows, require
from analysis.study import MissingKind, Study

SYSTEM = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr", "refurl")
TOKEN = "token"  # noqa: S105 - the name of a column
SITE = "SITE"
NOT_SHOWN = "N/A"
TIMINGS = re.compile(r"interviewtime|groupTime\d+|\w+Time")
ARRAY = re.compile(r"\w+\[(\w+)\]")
MOMENT = DateShape(shape="9999-99-99 99:99:99", formats=("%Y-%m-%d %H:%M:%S",))


def read(path: Path, entry: FileEntry, study: Study, where: str) -> RawTable:
    """Reads an export; its columns of questions become items by their code, alone or within an array.

    Raises:
        IntakeError: not a LimeSurvey export, or a column that the questionnaire does not know.

    """
    rows, lines, refusals = read_rows(path, entry.dialect or Dialect(), where)
    for column in ("id", "submitdate", "startdate", "datestamp", SITE):
        require(column, rows.columns, where)
    assert entry.channel is not None and entry.wave is not None
    asked = study.channel(entry.channel).items
    items: dict[str, ItemColumn] = {}
    for column in rows.columns:
        if column in (*SYSTEM, TOKEN, SITE) or TIMINGS.fullmatch(column):
            continue
        match = ARRAY.fullmatch(column)
        name = match[1] if match else column
        if name not in asked:
            raise IntakeError(
                f"Unknown column: {column!r}.",
                where=where,
                hint=f"{nearest(name, asked)} Add the question to questionnaire.yml and to the channel's items.",
            )
        if name in items:
            raise IntakeError(f"Item {name} stands in two columns: {items[name].column!r} and {column!r}.", where=where)
        items[name] = _column(study, name, column)
    unfinished = pl.col("submitdate") == ""
    answers = [column.column for column in items.values() if column.values is not None]
    rows = rows.with_columns(
        day=pl.when(unfinished).then("datestamp").otherwise("submitdate"),
        **{name: pl.when(unfinished & (pl.col(name) == "")).then(pl.lit(_ABANDONED)).otherwise(name) for name in answers},
    )
    mapping = Mapping(
        wave=Selector(value=entry.wave),
        channel=Selector(value=entry.channel),
        site=Selector(column=SITE),
        day=DateColumn(column="day", shapes=(MOMENT,)),
        respondent=Respondent(column=TOKEN, keep="last", finished="submitdate") if TOKEN in rows.columns else None,
        items=items,
    )
    return RawTable(rows, lines, refusals, mapping)


_ABANDONED = "\N{SYMBOL FOR NULL}"


def _column(study: Study, item: str, column: str) -> ItemColumn:
    scale, missing = study.scale(item), study.missing
    if scale.kind == "text":
        return ItemColumn(column=column)
    values = {level.label: level.code for level in scale.levels}
    values |= {one.label: one.code for one in study.questionnaire.missing}
    values |= {NOT_SHOWN: missing[MissingKind.NOT_ASKED], _ABANDONED: missing[MissingKind.ABANDONED]}
    return ItemColumn(column=column, values=values, empty=missing[MissingKind.REFUSED])
