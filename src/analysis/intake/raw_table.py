"""Delimited text, read as text in batches: every row with its line, nothing guessed, nothing
dropped.

No cell of a file ever stands in a message: a file without its header would put a person into it. A
column's name is shown only where it is, or is close to, a name that the study or the format
expects.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from analysis.errors import IntakeError, quoted
from analysis.intake.flows.mapping import FlowTable
from analysis.intake.grid_table import GridTable
from analysis.intake.mapping import ColumnMapping, Dialect
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.review_table import ReviewTable

BATCH = 250
"""Rows held as text at once: few enough to stay in the processor's cache, which halves the time of
reading."""

MOST_COLUMNS = 5_000
"""Columns of a file: a wider one is no survey's export."""

LONGEST_LINE = 4 << 20
"""Bytes without a line's end: beyond them, the file has lost its line ends."""

BYTE_ORDER_MARK = "\ufeff"

LONGEST_CELL = 1 << 20
"""Characters of a cell: beyond it, a quotation mark is not closed."""

csv.field_size_limit(LONGEST_CELL)

Prepare = Callable[[list[str], int], str | None]
"""Completes the cells of a row, in place, given its number among the rows; says why the format
refuses it, or None."""


@dataclass(frozen=True)
class Source:
    """A file and what its manifest says of it.

    Attributes:
        path: Where it lies.
        where: How messages name it: delivery and file.
        dialect: How it is written; None where the format tells.
        channel, wave: Of all its rows; None where a mapping tells.
        mapping: For the generic reader.
        measures: The tables of a file of monthly figures.
        flow: What a file of counts is of.
        grid: What a workbook of observations is of.
        reviews: What a file of reviews is of.
        received: The day on which the delivery was received; None where no manifest says.
        absent: What the channel asks and the file lacks, knowingly.

    """

    path: Path
    where: str
    dialect: Dialect | None = None
    channel: str | None = None
    wave: str | None = None
    mapping: ColumnMapping | None = None
    measures: tuple[MeasureTable, ...] = ()
    flow: FlowTable | None = None
    grid: GridTable | None = None
    reviews: ReviewTable | None = None
    received: date | None = None
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, as text.

    Attributes:
        lines: (n,) line of the file where each row starts, from 1.
        numbers: (n,) number of each row among those of the file, from 0; rows of a wrong width
            count.
        refusals: (n,) why the format itself refuses a row, or None.
        columns: Column → its n cells (an empty cell is an empty text).
        malformed: (line, reason) of the rows whose width is not the header's; their cells are not
            kept.

    """

    lines: list[int]
    numbers: list[int]
    refusals: list[str | None]
    columns: dict[str, Sequence[str]]
    malformed: list[tuple[int, str]]


@dataclass(frozen=True)
class RawTable:
    """A file's rows as text, and how to read them.

    Attributes:
        batches: The rows, some at a time, in their order; to be gone through once.
        mapping: Columns → directorate, wave, channel, answers.
        absent: What the channel asks and the file lacks, knowingly.

    """

    batches: Iterable[Batch]
    mapping: ColumnMapping
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class DelimitedFile:
    """A delimited file whose encoding and header were checked.

    Attributes:
        source: The file.
        columns: The names of its header.

    """

    source: Source
    columns: tuple[str, ...]
    dialect: Dialect = field(repr=False)

    @classmethod
    def open(cls, source: Source, default: Dialect, expected: Iterable[str]) -> DelimitedFile:
        """Checks the encoding of a whole file, and reads its header.

        Args:
            source: The file.
            default: Its dialect, where the manifest gives none, or a part of it.
            expected: Names of columns that may stand in it: messages quote no other.

        Raises:
            IntakeError: it has another encoding, no header, or two columns of one name.

        """
        settings = {} if source.dialect is None else source.dialect.model_dump(exclude_unset=True)
        dialect = default.model_copy(update=settings)
        check_encoding(source.path, dialect.encoding, source.where)
        with _text(source.path, dialect) as stream:
            try:
                header = next(csv.reader(stream, delimiter=dialect.delimiter))
            except StopIteration:
                header = []
            except csv.Error as error:
                raise badly_delimited(error, f"{source.where}, line 1") from None
        names = tuple(name.strip() for name in header)
        _check_header(names, dialect, frozenset(expected), source.where)
        return cls(source, names, dialect)

    def require(self, *columns: str) -> None:
        """Refuses a file that lacks a column.

        Raises:
            IntakeError: the column is named, and the nearest of the file where one is alike.

        """
        missing = [column for column in columns if column not in self.columns]
        if not missing:
            return
        if len(missing) == len(columns) > 1:
            raise IntakeError(
                f"The first line holds none of the expected columns ({', '.join(columns[:4])}, …).",
                where=self.source.where,
                hint=(
                    "export it again with its column names, or declare another reader or separator."
                ),
            )
        near = get_close_matches(missing[0], self.columns, n=1, cutoff=0.75)
        position = f"column {self.columns.index(near[0]) + 1} has a name like it. " if near else ""
        raise IntakeError(
            f"The file has no column {quoted(missing[0])}.",
            where=self.source.where,
            hint=f"{position}Export all columns, with their codes as names.",
        )

    def unknown(self, column: str, allowed: Sequence[str], advice: str) -> IntakeError:
        """The error for an unexpected column. It gives the column's position and the names it may
        stand for, never its own name: where a line end is lost, a header can hold an answer.
        """
        number = self.columns.index(column) + 1
        near = get_close_matches(column, allowed, n=2, cutoff=0.6)
        candidates = " or ".join(map(quoted, near))
        return IntakeError(
            f"Unknown column, in place {number}.",
            where=f"{self.source.where}, column {number}",
            hint=(
                f"{f'is it {candidates}?' if near else 'its name is like no known one.'} {advice}"
            ),
        )

    def batches(
        self, columns: Sequence[str], *, prepare: Prepare | None = None, added: Sequence[str] = ()
    ) -> Iterator[Batch]:
        """The rows of the file, some at a time; empty lines are no rows.

        Args:
            columns: Which columns to give, `added` ones among them.
            prepare: Completes each row; see `Prepare`.
            added: Names of the cells that `prepare` appends to a row.

        Raises:
            IntakeError: a cell or line has no end, or the file holds a header and no row.

        """
        names = (*self.columns, *added)
        positions = {name: names.index(name) for name in columns}
        width, number = len(self.columns), 0
        batch = Batch([], [], [], {}, [])
        rows: list[list[str]] = []
        with _text(self.source.path, self.dialect) as stream:
            reader = csv.reader(stream, delimiter=self.dialect.delimiter, strict=True)
            try:
                next(reader)
                start = reader.line_num + 1
                for row in reader:
                    line, start = start, reader.line_num + 1
                    if not row or not (row[0].strip() or any(map(str.strip, row))):
                        continue
                    if len(row) == width:
                        batch.refusals.append(None if prepare is None else prepare(row, number))
                        batch.lines.append(line)
                        batch.numbers.append(number)
                        rows.append(row)
                    else:
                        reason = f"{len(row)} cells where the header has {width}"
                        batch.malformed.append((line, reason))
                    number += 1
                    if number % BATCH == 0:
                        yield _with_rows(batch, rows, positions)
                        batch, rows = Batch([], [], [], {}, []), []
            except csv.Error as error:
                raise badly_delimited(
                    error, f"{self.source.where}, line {reader.line_num}"
                ) from None
        if not number:
            raise IntakeError(
                "The file holds a header and no row.",
                where=self.source.where,
                hint="ask its sender for the export again.",
            )
        yield _with_rows(batch, rows, positions)


def _with_rows(batch: Batch, rows: list[list[str]], positions: dict[str, int]) -> Batch:
    """A batch with the cells of its rows by column."""
    transposed = list(zip(*rows, strict=True))
    batch.columns.update(
        {name: transposed[position] if rows else () for name, position in positions.items()}
    )
    return batch


def _check_header(
    names: tuple[str, ...], dialect: Dialect, expected: frozenset[str], where: str
) -> None:
    if len(names) < 2:
        raise IntakeError(
            "The first line does not hold column names.",
            where=where,
            hint=f"is {dialect.delimiter!r} the right separator?",
        )
    if len(names) > MOST_COLUMNS:
        raise IntakeError(
            f"The file has {len(names)} columns, and {MOST_COLUMNS} are read at most.",
            where=where,
            hint="is it one survey's export, with its column names and the right separator?",
        )
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        positions = [number for number, name in enumerate(names, 1) if name == repeated[0]]
        where_repeated = (
            quoted(repeated[0])
            if repeated[0] in expected
            else "of columns " + ", ".join(map(str, positions[:5]))
        )
        raise IntakeError(
            f"A column name stands twice: {where_repeated}.",
            where=where,
            hint="export it again with its column names, each its own.",
        )


def check_encoding(path: Path, encoding: str, where: str) -> None:
    """Reads a whole file, some of it at a time, to know that it is in its declared encoding and has
    lines.

    Raises:
        IntakeError: the bytes are not in that encoding, or look like another, or a line has no end.

    """
    declared, utf8 = (codecs.getincrementaldecoder(name)() for name in (encoding, "utf-8"))
    lines, unended, ascii_only, reads_as_utf8 = 1, 0, True, True
    with path.open("rb") as stream:
        while True:
            block = stream.read(1 << 20)
            try:
                declared.decode(block, final=not block)
            except UnicodeDecodeError as error:
                other = _other_encoding(path, encoding)
                line = lines + block[: error.start].count(b"\n")
                raise IntakeError(
                    f"The file is not encoded in {encoding}.",
                    where=f"{where}, line {line}",
                    hint=(
                        f"declare `dialect: {{encoding: {other}}}` in the manifest, or export it "
                        "again."
                    ),
                ) from None
            if encoding != "utf-8" and reads_as_utf8:
                try:
                    utf8.decode(block, final=not block)
                except UnicodeDecodeError:
                    reads_as_utf8 = False
            if not block:
                break
            ascii_only = ascii_only and block.isascii()
            lines += block.count(b"\n")
            line_end = max(block.rfind(b"\n"), block.rfind(b"\r"))
            unended = len(block) - line_end - 1 if line_end >= 0 else unended + len(block)
            if unended > LONGEST_LINE:
                raise IntakeError(
                    f"A line is longer than {LONGEST_LINE >> 20} MiB.",
                    where=f"{where}, line {lines}",
                    hint="the file has lost its line ends, or is no delimited text.",
                )
    if encoding != "utf-8" and reads_as_utf8 and not ascii_only:
        raise IntakeError(
            f"The file is declared {encoding} but reads as utf-8.",
            where=where,
            hint="declare `dialect: {encoding: utf-8}` in the manifest: accents would be garbled.",
        )


def _other_encoding(path: Path, encoding: str) -> str:
    """The encoding that a file is in, more likely than the one it was said to be in."""
    with path.open("rb") as stream:
        if stream.read(2) == codecs.BOM_UTF16_LE:
            return "utf-16-le"
    return "cp1252" if encoding == "utf-8" else "utf-8"


def _text(path: Path, dialect: Dialect) -> TextIO:
    """A file as text, behind its byte-order mark where it has one."""
    stream = path.open(encoding=dialect.encoding, newline="")
    if stream.read(1) != BYTE_ORDER_MARK:
        stream.seek(0)
    return stream


def badly_delimited(error: csv.Error, where: str) -> IntakeError:
    """The error for a file whose cells or lines have no end."""
    return IntakeError(
        f"The file is not well delimited: {error}.",
        where=where,
        hint=(
            "a quotation mark may not be closed, or a cell is not what it should be: ask for the "
            "export again."
        ),
    )
