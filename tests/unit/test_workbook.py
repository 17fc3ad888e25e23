"""Workbooks that are broken, locked, too large or made to harm: refused before they are opened."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import IntakeError
from analysis.intake.measures.workbook import MOST_UNPACKED
from analysis.study import Study
from tests.workbooks import HEADER, SHEET, TABLE, cells, read, sheet, workbook

RIGHT = f"{HEADER}\nVisites | nombre | DEF | 1 | 2 | 3 | 6 |"
SHEET_PART, TEXTS_PART = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def altered(old: bytes, new: bytes, part: str = SHEET_PART) -> bytes:
    """A workbook in one part of which something is other than it was."""
    built = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet(RIGHT))) as archive,
        zipfile.ZipFile(built, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new, 1)
            copy.writestr(name, content)
    return built.getvalue()


def archive_of(**members: bytes) -> bytes:
    built = io.BytesIO()
    with zipfile.ZipFile(built, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return built.getvalue()


def locked() -> bytes:
    """An archive whose members say that they are encrypted."""
    content = bytearray(sheet(RIGHT))
    start = 0
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + flags] |= 1
            start += 1
    return bytes(content)


def refusal(study: Study, folder: Path, content: bytes, **table: Any) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        read(study, folder, content, TABLE | table)
    return caught.value


BROKEN = "The workbook is broken, or no XLSX."
LOCKED = "The workbook is protected by a password, or in the format before XLSX."
LARGE = "The workbook holds more than 64 MiB."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, LOCKED),
        (locked(), LOCKED),
        (sheet(RIGHT)[:-200], BROKEN),
        (b"PK\x03\x04", BROKEN),
        (altered(b"<sheetData>", b"<sheetData><row"), BROKEN),
        (altered(b"<worksheet", b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet"), BROKEN),
        (archive_of(readme=b"<a/>"), "The file is an archive, and no workbook (XLSX)."),
        (archive_of(xl__workbook=b"<a/>"), BROKEN),
        (archive_of(xl__workbook=b"<a/>", more=b" " * (MOST_UNPACKED + 1)), LARGE),
        (b"PK" + b"\0" * MOST_UNPACKED, LARGE),
        (altered(b"uniqueCount=", b'uniqueCount="99999999999" a=', TEXTS_PART), BROKEN),
        (
            RIGHT.encode(),
            "The file is no workbook (XLSX), and its tables name sheets of one.",
        ),
        (
            altered(b'<c r="H1"', b'<c r="XFD1"'),
            "A sheet has 16384 columns, and 500 are read at most.",
        ),
        (
            altered(b'<c r="D2"', b'<c r="D1048576"'),
            "A sheet has 1048576 rows, and 20000 are read at most.",
        ),
    ],
)
def test_what_cannot_be_opened_is_refused(
    study: Study, tmp_path: Path, content: bytes, what: str
) -> None:
    error = refusal(study, tmp_path, content)
    assert (error.what, error.where) == (what, "d/gestion.xlsx")


def test_cells_without_their_places_are_counted(study: Study, tmp_path: Path) -> None:
    """A row far below whose cells do not say where they are."""
    content = altered(b'<row r="2"', b'<row r="99999"><c><v>1</v></c></row><row r="2"')
    assert "A sheet has 99999 rows" in refusal(study, tmp_path, content).what


def test_cells_without_their_places_start_again_in_each_row(study: Study, tmp_path: Path) -> None:
    rows = b"".join(b"<row><c><v>1</v></c></row>" for _ in range(600))
    content = altered(b"</sheetData>", rows + b"</sheetData>")
    assert read(study, tmp_path, content).figures.height == 3


def test_empty_cells_far_away_are_no_content(study: Study, tmp_path: Path) -> None:
    """Programs keep the format of whole rows and columns, cell by cell."""
    content = altered(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    )
    assert read(study, tmp_path, content).figures.height == 3


def test_a_missing_sheet_is_told_with_those_alike(study: Study, tmp_path: Path) -> None:
    content = workbook({"Suivi mensuel 2": [["a"]], "Notes de Mme Zephyrine": [["b"]]})
    error = refusal(study, tmp_path, content)
    assert error.what == "The workbook has no sheet 'Suivi mensuel'."
    assert error.hint == "is it 'Suivi mensuel 2'?"
    error = refusal(study, tmp_path, content, sheet="Par site")
    assert error.hint == "none of its sheets has a name like it."
    other = workbook({" suivi  Mensuel": [["a"]]})
    assert "has no column" in refusal(study, tmp_path, other).what, "spaces and capitals are one"


def test_a_workbook_needs_the_name_of_its_sheet(study: Study, tmp_path: Path) -> None:
    error = refusal(study, tmp_path, sheet(RIGHT), sheet=None)
    assert "does not say in which sheet it is" in error.what


def test_an_empty_sheet_has_no_header(study: Study, tmp_path: Path) -> None:
    assert "has no column" in refusal(study, tmp_path, workbook({SHEET: []})).what


def test_formulas_are_the_values_that_were_kept(study: Study, tmp_path: Path) -> None:
    """One without a kept value is an empty cell; one that failed is no number."""
    rows = RIGHT.replace("| 1 | 2 | 3 | 6 |", "| =1 → 1 | =1+1 → | =SUM(D2:E2) → 3 | =6 → 6 |")
    found = read(study, tmp_path, sheet(rows))
    assert found.figures.select("value", "missing").rows() == [(1, ""), (None, "nd"), (3, "")]
    assert (found.reconciled, found.unreconciled) == (0, 1)
    error = refusal(study, tmp_path, sheet(rows.replace("=1+1 →", "=1/0 → #DIV/0!")))
    assert error.what.startswith("The cell is no number in count")
    assert error.where == f"d/gestion.xlsx, sheet '{SHEET}', row 2, column E"


def test_rows_and_columns_are_counted_from_the_first_of_the_sheet(
    study: Study, tmp_path: Path
) -> None:
    """Two empty rows and columns before the table."""

    def place(cell: str) -> str:
        rows = cells(RIGHT.replace("| 2 |", f"| {cell} |"))
        shifted: list[list[Any]] = [[], [], *([None, None, *row] for row in rows)]
        content = workbook({SHEET: shifted})
        if cell == "2":
            return str(read(study, tmp_path, content, TABLE | {"header": 3}).reconciled)
        return (refusal(study, tmp_path, content, header=3).where or "").partition("row ")[2]

    assert place("2") == "1"
    assert place("deux") == place("=1/0 → #REF!") == "4, column G"


def test_a_panic_of_the_library_is_an_error_of_ours(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no `Exception`; what a person does to stop is none of ours."""
    panic = type("PanicException", (BaseException,), {})
    for raised, expected in ((panic, IntakeError), (KeyboardInterrupt, KeyboardInterrupt)):

        def opens(content: bytes, error: type[BaseException] = raised) -> None:
            raise error("index out of bounds")

        monkeypatch.setattr("fastexcel.read_excel", opens)
        with pytest.raises(expected):
            read(study, tmp_path, sheet(RIGHT))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xe9", "The file is not encoded in utf-8."),
        (b'a,"b', "The file is not well delimited: unexpected end of data."),
        (b"a," * 600, "The file has more than 500 columns or 20000 rows."),
        (b"a,b\n" * 20_001, "The file has more than 500 columns or 20000 rows."),
        (b"a,b\n", "The header has no column 'Indicateur'."),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(
    study: Study, tmp_path: Path, content: bytes, what: str
) -> None:
    assert refusal(study, tmp_path, content, sheet=None).what == what
