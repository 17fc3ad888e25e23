"""Delimited text, read as text: every row with its line, nothing guessed, nothing dropped.

The generic reader takes its mapping from the manifest; the other formats build theirs on `read_rows`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analysis.errors import IntakeError, nearest
from analysis.intake.manifest import Dialect, FileEntry, Mapping
from analysis.study import Study

csv.field_size_limit(1 << 20)

if TYPE_CHECKING:
    from _csv import Reader


@dataclass(frozen=True)
class RawTable:
    """A file's rows as text, and how to read them.

    Attributes:
        rows: One String column per column of the file (an empty cell is an empty text).
        lines: (n,) line of the file where each row starts, from 1.
        refusals: (n,) why the format itself refuses a row, or null.
        mapping: Columns → directorate, wave, channel, answers.

    """

    rows: pl.DataFrame
    lines: pl.Series
    refusals: pl.Series
    mapping: Mapping


def read(path: Path, entry: FileEntry, _study: Study, where: str) -> RawTable:
    """Reads a file by the mapping of its manifest.

    Raises:
        IntakeError: a column of the mapping is absent from the file.

    """
    assert entry.mapping is not None
    mapping = entry.mapping
    rows, lines, refusals = read_rows(path, entry.dialect or Dialect(), where)
    selectors = (mapping.directorate, mapping.wave, mapping.channel, mapping.site)
    wanted = [one.column for one in selectors if one is not None and one.column is not None]
    wanted += [mapping.day.column, *(column.column for column in mapping.items.values())]
    wanted += [mapping.respondent.column] if mapping.respondent else []
    for column in wanted:
        require(column, rows.columns, where)
    return RawTable(rows, lines, refusals, mapping)


def read_rows(path: Path, dialect: Dialect, where: str) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    """Every row of a delimited file as text, the line where it starts, and a reason where its width is wrong.

    Raises:
        IntakeError: the file has another encoding, no header, no row, or a column name twice.

    """
    text = decode(path.read_bytes(), dialect.encoding, where)
    stream = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True)
    try:
        return _rows(stream, dialect, where)
    except csv.Error as error:
        raise IntakeError(
            f"The file is not well delimited: {error}.",
            where=f"{where}, line {stream.line_num}",
            hint="a quotation mark may not be closed, or a cell is not what it should be: ask for the export again.",
        ) from None


def _rows(stream: Reader, dialect: Dialect, where: str) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    header = [name.strip() for name in next(stream, [])]
    if len(header) < 2:
        raise IntakeError(
            "The first line does not hold column names.",
            where=where,
            hint=f"is {dialect.delimiter!r} the right separator?",
        )
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise IntakeError(f"A column name stands twice: {', '.join(sorted(twice))}.", where=where)
    records: list[list[str]] = []
    lines: list[int] = []
    refusals: list[str | None] = []
    start = stream.line_num + 1
    for fields in stream:
        if any(field.strip() for field in fields):
            whole = len(fields) == len(header)
            refusals.append(None if whole else f"{len(fields)} cells where the header has {len(header)}")
            records.append(fields if whole else (fields + [""] * len(header))[: len(header)])
            lines.append(start)
        start = stream.line_num + 1
    if not records:
        raise IntakeError("The file holds a header and no row.", where=where, hint="ask its sender for the export again.")
    rows = pl.DataFrame(records, schema=dict.fromkeys(header, pl.String), orient="row")
    return rows, pl.Series("line", lines, dtype=pl.Int64), pl.Series("refusal", refusals, dtype=pl.String)


def decode(content: bytes, encoding: str, where: str) -> str:
    """The text of a file in its declared encoding, without a byte-order mark.

    Raises:
        IntakeError: the bytes are not in that encoding, or look like another.

    """
    try:
        if encoding == "utf-8":
            return content.decode("utf-8-sig")
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        other = "cp1252" if encoding == "utf-8" else "utf-8"
        raise IntakeError(
            f"The file is not encoded in {encoding}.",
            where=f"{where}, line {line}",
            hint=f"declare `dialect: {{encoding: {other}}}` in the manifest, or export it again.",
        ) from None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return text
    if content.isascii():
        return text
    raise IntakeError(
        f"The file is declared {encoding} but reads as utf-8.",
        where=where,
        hint="declare `dialect: {encoding: utf-8}` in the manifest: accents would be garbled.",
    )


def require(column: str, columns: list[str], where: str) -> None:
    """Refuses a file that lacks a column."""
    if column not in columns:
        raise IntakeError(f"The file has no column {column!r}.", where=where, hint=nearest(column, columns))
