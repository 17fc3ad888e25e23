"""Workbooks (XLSX): looked at before they are opened, then read as text.

A workbook is an archive of XML. The library that reads its cells takes room for all of them between
the first and the last, and for as many texts as a file says it has: what is broken or made to harm
is found out before. Values of formulas are those that were kept when the workbook was last saved;
where none was kept, the cell is empty. Hidden columns, rows and sheets are read like others.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from xml.parsers import expat

from analysis.errors import IntakeError, quoted
from analysis.intake.measures.mapping import MOST_ROWS
from analysis.study.labels import normalise

MOST_COLUMNS = 500
"""Columns of a sheet: forty years of months. As many columns and `MOST_ROWS` are 300 MiB."""

MOST_UNPACKED = 64 << 20
"""Bytes of all that a workbook holds, unpacked: its archive may be a hundred times smaller."""

MOST_MEMBERS = 2_000
MOST_TEXTS = 1_000_000
"""Texts that a workbook may say it has: room is taken for all of them at once."""

ERROR = "\N{REPLACEMENT CHARACTER}"
"""Stands for a cell that holds an error (#REF!, #DIV/0!): neither a number nor a sign."""

ARCHIVE, OLD = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook starts; and how one that is encrypted, or of the format before, does."""

ENCRYPTED = 1
"""The bit of a member of an archive that says so."""

_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_CONTENTS = frozenset({"v", "f", "is"})
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    expat.ExpatError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook, by its first bytes: of this format, or one that is refused."""
    with path.open("rb") as stream:
        start = stream.read(len(OLD))
    return start.startswith(ARCHIVE) or start == OLD


def read_workbook(path: Path, names: tuple[str, ...], where: str) -> dict[str, list[list[str]]]:
    """The cells of some sheets of a workbook, as text: the first row and column are the sheet's.

    A number has a decimal point, at most nine decimals and no thousands separator, a date is
    `2024-01-31 00:00:00`, an empty cell an empty text, an error `ERROR`.

    Raises:
        IntakeError: it is protected, broken, too large, or lacks a sheet.

    """
    from fastexcel import read_excel

    content = _content_to_open(path, where)
    with _library_errors(where):
        workbook = read_excel(content)
    present = {normalise(name): name for name in workbook.sheet_names}
    missing = [name for name in names if normalise(name) not in present]
    if missing:
        near = get_close_matches(normalise(missing[0]), present, n=2, cutoff=0.6)
        alike = " or ".join(quoted(present[name]) for name in near)
        raise IntakeError(
            f"The workbook has no sheet {quoted(missing[0])}.",
            where=where,
            hint=f"is it {alike}?" if near else "none of its sheets has a name like it.",
        )
    sheets = {}
    for name in names:
        with _library_errors(where):
            sheet = workbook.load_sheet(
                present[normalise(name)], header_row=None, skip_rows=0, dtypes="string"
            )
            offset = min((column.absolute_index for column in sheet.available_columns()), default=0)
            cells, errors = sheet.to_arrow_with_errors()
            rows = list(zip(*(column.to_pylist() for column in cells.columns), strict=True))
        sheets[name] = [[""] * offset + [cell or "" for cell in row] for row in rows]
        for error in errors.errors if errors is not None else ():
            row, column = error.position
            sheets[name][row][offset + column] = ERROR
    return sheets


@contextmanager
def _library_errors(where: str) -> Iterator[None]:
    """Context manager: what the reading library raises, as an error of ours.

    Its panics are no `Exception`: they are told by their name.
    """
    from fastexcel import FastExcelError

    try:
        yield
    except FastExcelError:
        raise _broken(where) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(where) from None


# --- before it is opened --------------------------------------------------------------------------


def _content_to_open(path: Path, where: str) -> bytes:
    """The bytes of a workbook that can be opened."""
    if path.stat().st_size > MOST_UNPACKED:
        raise _too_large(where)
    content = path.read_bytes()
    if content.startswith(OLD):
        raise _protected(where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if len(members) > MOST_MEMBERS or size > MOST_UNPACKED:
                raise _too_large(where)
            if any(member.flag_bits & ENCRYPTED for member in members):
                raise _protected(where)
            if not any(member.filename.lower() == "xl/workbook.xml" for member in members):
                raise IntakeError(
                    "The file is an archive, and no workbook (XLSX).",
                    where=where,
                    hint="put the workbook itself into the delivery, saved as XLSX.",
                )
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    extent = _Extent()
                    extent.read(archive.read(member))
                    extent.check(where)
    except _BROKEN:
        raise _broken(where) from None
    return content


class _Extent:
    """How far the cells of an XML document reach, and how many texts it says it has."""

    def __init__(self) -> None:
        self.rows = self.columns = self.texts = 0
        self._row = self._column = 0

    def read(self, document: bytes) -> None:
        """Goes through a document.

        Raises:
            ValueError: it is no XML, or declares entities.

        """
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(document, True)

    def check(self, where: str) -> None:
        """Refuses a document that reaches too far.

        Raises:
            IntakeError: it has too many columns, rows or texts.

        """
        if self.columns > MOST_COLUMNS:
            raise IntakeError(
                f"A sheet has {self.columns} columns, and {MOST_COLUMNS} are read at most.",
                where=where,
                hint="is something written far to the right of the table? Remove it.",
            )
        if self.rows > MOST_ROWS:
            raise IntakeError(
                f"A sheet has {self.rows} rows, and {MOST_ROWS} are read at most.",
                where=where,
                hint="is something written far below the table? Remove it.",
            )
        if self.texts > MOST_TEXTS:
            raise _broken(where)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
        elif kind == "c":
            place = _CELL.fullmatch(attributes.get("r", ""))
            self._column = self._column + 1 if place is None else _column_number(place[1])
            self._row = self._row if place is None else int(place[2])
        elif kind in _CONTENTS:
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)
        counts = (attributes.get("count", ""), attributes.get("uniqueCount", ""))
        self.texts = max(self.texts, *(int(text) for text in counts if text.isdecimal()), 0)

    @staticmethod
    def _refuse(*_: object) -> None:
        raise ValueError("a document type")


def _column_number(letters: str) -> int:
    """The number of a column, from 1.

    >>> _column_number("A"), _column_number("AA"), _column_number("XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _broken(where: str) -> IntakeError:
    return IntakeError(
        "The workbook is broken, or no XLSX.",
        where=where,
        hint="open it, save it as XLSX, or ask its sender for it again.",
    )


def _protected(where: str) -> IntakeError:
    return IntakeError(
        "The workbook is protected by a password, or in the format before XLSX.",
        where=where,
        hint="open it, take its password off, and save it as XLSX.",
    )


def _too_large(where: str) -> IntakeError:
    return IntakeError(
        f"The workbook holds more than {MOST_UNPACKED >> 20} MiB.",
        where=where,
        hint="is it a table of monthly figures? Leave its pictures and other sheets out.",
    )
