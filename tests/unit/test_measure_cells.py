"""Cells of monthly figures: which texts are months, numbers and signs, and which are not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from analysis.intake.measures.cells import EMPTY, Cell, as_shares, read_cell, share_ways
from analysis.intake.measures.months import month_of
from analysis.intake.measures.workbook import _column_number


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("janv.-24", (2024, 1)),
        ("févr.-24", (2024, 2)),
        ("fevr-24", (2024, 2)),
        ("Mars 2024", (2024, 3)),
        ("AVRIL 2024", (2024, 4)),
        ("mai-2024", (2024, 5)),
        ("juin 24", (2024, 6)),
        ("juil.-24", (2024, 7)),
        ("aout 2024", (2024, 8)),
        ("août\n2024", (2024, 8)),
        ("sept. 2024", (2024, 9)),
        ("October 2024", (2024, 10)),
        ("nov\u00a02024", (2024, 11)),
        ("déc.24", (2024, 12)),
        ("01/2024", (2024, 1)),
        ("1/2024", (2024, 1)),
        ("01-2024", (2024, 1)),
        ("2024-01", (2024, 1)),
        ("2024/1", (2024, 1)),
        ("2024-01-31 00:00:00", (2024, 1)),
        ("2024-01-31", (2024, 1)),
        ("01/02/2024", (2024, 2)),
        ("45292", (2024, 1)),
        ("45322", (2024, 1)),
        ("45323", (2024, 2)),
    ],
)
def test_a_month_is_read_however_it_is_written(text: str, month: tuple[int, int]) -> None:
    assert month_of(text) == date(*month, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Cumul", "T1 2024", "2024", "jui-24", "ja-24", "janvierx 2024", "13/2024", "0/2024"),
        *("02/03/2024", "01/24", "janv.-124", "1999-01", "99999", "12345", "٠١/2024", "9" * 5000),
        *("janv.-24 (p)", "janv.-24¹", "2024-01-01 <script>"),
    ],
)
def test_what_could_be_another_month_or_none_is_no_month(text: str) -> None:
    """02/03/2024 is the 2nd of March to some and the 3rd of February to others."""
    assert month_of(text) is None


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("12", 12, "1/2"),
        ("12,5", "25/2", "1/20"),
        ("12.50", "25/2", "1/200"),
        ("1\u202f234", 1234, "1/2"),
        ("1\u00a0234\u00a0567,8", "12345678/10", "1/20"),
        ("1 234", 1234, "1/2"),
        (" 7 ", 7, "1/2"),
        ("0", 0, "1/2"),
        ("-3", -3, "1/2"),
        ("−3", -3, "1/2"),
        ("0.30000000000000004", "3/10", "1/20"),
        ("45.299999999999997", "453/10", "1/20"),
        ("0.0000001", "1/10000000", "1/20000000"),
        ("100000000000000000000", 10**20, "1/2"),
    ],
)
def test_a_number_is_read_with_what_it_may_be_rounded_by(
    text: str, value: int | str, half: str
) -> None:
    cell = read_cell(text)
    assert cell is not None
    assert (cell.value, cell.half, cell.missing) == (Fraction(value), Fraction(half), "")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        *(("n.d.", "nd"), ("nd", "nd"), ("ND", "nd"), ("-", "nd"), ("–", "nd"), ("—", "nd")),
        *(("ns", "ns"), ("n.s.", "ns"), ("so", "so"), ("s.o.", "so"), ("///", "so")),
    ],
)
def test_a_sign_stands_for_a_missing_number(text: str, sign: str) -> None:
    cell = read_cell(text)
    assert cell is not None
    assert (cell.value, cell.missing, cell.filled) == (None, sign, True)
    assert read_cell("  \u00a0") == EMPTY


@pytest.mark.parametrize(
    "text",
    [
        *("3 jours", "1.234,5", "12 34", "1 2345", "12,", ",5", "1e5", "+3", "≈ 12", "12*"),
        *("45¹", "45²", "٣", "true", "2024-01-01 00:00:00", "#REF!", "9" * 60, "inf", "nan"),
        *("68,3 % (p)", "% 68", "zéro", "\ufffd"),
    ],
)
def test_what_is_neither_a_number_nor_a_sign_is_nothing(text: str) -> None:
    assert read_cell(text) is None


def shares(*texts: str) -> list[float | None]:
    """A row of shares, as numbers."""
    return [None if cell.value is None else float(cell.value) for cell in as_shares(row_of(*texts))]


def row_of(*texts: str) -> list[Cell]:
    """The cells of a row."""
    row = [read_cell(text) for text in texts]
    assert all(cell is not None for cell in row)
    return [cell for cell in row if cell is not None]


def test_shares_are_percents_or_fractions() -> None:
    assert shares("68,3 %", "71 %", "n.d.") == [0.683, 0.71, None]
    assert shares("0.683", "0.71", "1") == [0.683, 0.71, 1]
    assert shares("68,3", "71", "0") == [0.683, 0.71, 0]
    assert shares("68,3 %", "0.71") == [0.683, 0.71]
    assert shares("0", "0") == [0, 0]
    assert shares("0,4 %", "71 %") == [0.004, 0.71]


@pytest.mark.parametrize(
    ("texts", "ways"),
    [
        (("0.683", "71"), {"fraction", "percent"}),
        (("0,9", "1,1"), {"fraction", "percent"}),
        (("0.683", "1", "0", "n.d.", "71 %"), {"fraction"}),
        (("68,3", "0", "1,5"), {"percent"}),
        (("68,3 %", "0", "n.d."), set()),
    ],
)
def test_shares_are_written_one_way(texts: tuple[str, ...], ways: set[str]) -> None:
    """Percents under 1 need a sign."""
    assert share_ways(row_of(*texts)) == ways


def test_columns_are_counted_as_spreadsheets_name_them() -> None:
    assert [_column_number(one) for one in ("A", "Z", "aa", "XFD")] == [1, 26, 27, 16_384]
