"""Totals of a table of monthly figures: they are those of its rows and months, or it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.errors import IntakeError
from analysis.study import Study
from tests.workbooks import SHEET, TABLE, cells, read, sheet

RIGHT = """
Indicateur | Unité | Direction | janv.-24 | févr.-24 | mars-24 | Cumul
Visites | nombre | DPAPH | 100 | 200 | 300 | 600
 | | DEF | 300 | 200 | 100 | 600
 | | Ensemble | 400 | 400 | 400 | 1200
Attente | minutes | DPAPH | 10 | 20.5 | 30 | 23.5
 | | DEF | 20 | 21.5 | 12 | 19.2
 | | Ensemble | 17.5 | 21 | 25.5 | 21.3
Appels | nombre | DPAPH | 50 | 50 | 100 | 200
Décroché | % | DPAPH | 60,0 % | 80,0 % | 70,0 % | 70,0 %
"""
TOTALS_TABLE = TABLE | {
    "ignored": [],
    "indicators": {
        "Visites": "visites",
        "Attente": "attente_moyenne",
        "Appels": "appels",
        "Décroché": "taux_decroche",
    },
}


def checked(study: Study, folder: Path, text: str, **table: Any) -> tuple[int, int]:
    """How many totals were checked, and how many could not be."""
    found = read(study, folder, sheet(text), TOTALS_TABLE | table)
    return found.reconciled, found.unreconciled


def fault(study: Study, folder: Path, text: str) -> tuple[str, str]:
    with pytest.raises(IntakeError) as caught:
        read(study, folder, sheet(text), TOTALS_TABLE)
    error = caught.value
    return error.what, (error.where or "").removeprefix(f"d/gestion.xlsx, sheet '{SHEET}', ")


def spoilt(old: str, new: str) -> str:
    assert RIGHT.count(old) == 1
    return RIGHT.replace(old, new)


def test_totals_of_every_kind_are_checked(study: Study, tmp_path: Path) -> None:
    """Six in total rows, eight in the total column."""
    assert checked(study, tmp_path, RIGHT) == (14, 0)


@pytest.mark.parametrize(
    ("old", "new", "what", "place"),
    [
        (
            "Ensemble | 400 | 400 | 400",
            "Ensemble | 400 | 401 | 400",
            "The total of visites in 2024-02 does not add up: it is 401, its parts make 400: "
            "1 too much.",
            "row 4, column E",
        ),
        (
            "DEF | 300 | 200 | 100 | 600",
            "DEF | 300 | 200 | 100 | 599",
            "The total of visites over all months does not add up: it is 599, its parts make 600: "
            "1 too little.",
            "row 3, column G",
        ),
        (
            "Ensemble | 17.5 | 21 |",
            "Ensemble | 15 | 21 |",
            "The total of attente_moyenne in 2024-01 does not add up: it is 15 minutes, its parts "
            "make 17.5 minutes: 2.5 minutes too little.",
            "row 7, column D",
        ),
        (
            "Ensemble | 17.5 | 21 |",
            "Ensemble | 17.7 | 21 |",
            "The total of attente_moyenne in 2024-01 does not add up: it is 17.7 minutes, its "
            "parts make 17.5 minutes: 0.2 minutes too much.",
            "row 7, column D",
        ),
        (
            "30 | 23.5",
            "30 | 20.2",
            "The total of attente_moyenne over all months does not add up: it is 20.2 minutes, its "
            "parts make 23.5 minutes: 3.3 minutes too little.",
            "row 5, column G",
        ),
        (
            "70,0 % | 70,0 %",
            "70,0 % | 70,2 %",
            "The total of taux_decroche over all months does not add up: it is 70.2 %, its parts "
            "make 70 %: 0.2 % too much.",
            "row 9, column G",
        ),
    ],
)
def test_a_total_that_does_not_add_up_is_refused(
    study: Study, tmp_path: Path, old: str, new: str, what: str, place: str
) -> None:
    assert fault(study, tmp_path, spoilt(old, new)) == (what, place)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ensemble | 17.5 | 21 |", "Ensemble | 17.6 | 21 |"),
        ("Ensemble | 17.5 | 21 |", "Ensemble | 17.4 | 21 |"),
        ("30 | 23.5", "30 | 23.6"),
        ("30 | 23.5", "30 | 24"),
        ("30 | 23.5", "30 | 23.499999999999996"),
        ("70,0 % | 70,0 %", "70,0 % | 70 %"),
        ("70,0 % | 70,0 %", "70,0 % | 0.7001"),
    ],
)
def test_a_total_may_be_rounded_as_its_parts_are(
    study: Study, tmp_path: Path, old: str, new: str
) -> None:
    """Half a unit of the last decimal of the parts, and half one of the total."""
    assert checked(study, tmp_path, spoilt(old, new)) == (14, 0)


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        # what a missing part is in, and what it weighs: its month and its row, twice
        ("DEF | 300 | 200 | 100 | 600", "DEF | 300 | n.d. | 100 | 600", (10, 4)),
        ("DEF | 20 | 21.5 | 12", "DEF | 20 | | 12", (12, 2)),
        # a sign is no total: that of the whole and of what it weighs
        ("Ensemble | 400 | 400 | 400 | 1200", "Ensemble | 400 | n.d. | 400 | n.d.", (11, 1)),
    ],
)
def test_a_total_that_cannot_be_checked_is_counted(
    study: Study, tmp_path: Path, old: str, new: str, counts: tuple[int, int]
) -> None:
    assert checked(study, tmp_path, spoilt(old, new)) == counts


def test_without_the_count_that_it_is_of_a_mean_cannot_be_checked(
    study: Study, tmp_path: Path
) -> None:
    indicators = {**TOTALS_TABLE["indicators"]}
    del indicators["Appels"]
    text = spoilt("Appels | nombre | DPAPH | 50 | 50 | 100 | 200\n", "")
    assert checked(study, tmp_path, text, indicators=indicators) == (12, 1)


def test_a_month_that_weighs_nothing_may_be_missing(study: Study, tmp_path: Path) -> None:
    text = spoilt("50 | 50 | 100 | 200", "200 | 0 | 0 | 200")
    shares = "60,0 % | 80,0 % | 70,0 % | 70,0 %"
    assert checked(study, tmp_path, text.replace(shares, "70,0 % | n.d. | n.d. | 70,0 %")) == (
        14,
        0,
    )
    what, _ = fault(study, tmp_path, text.replace(shares, "70,0 % | n.d. | n.d. | 71,0 %"))
    assert "its parts make 70 %" in what


def test_what_a_spreadsheet_loses_of_a_mean_is_no_fault(study: Study, tmp_path: Path) -> None:
    """Figures that were computed have fifteen digits in a CSV, nine decimals in a workbook."""
    months = "10.1234567890123 | 20.5678901234567 | 30.9012345678901"
    text = spoilt("10 | 20.5 | 30 | 23.5", f"{months} | {{}}")
    text = text.replace("17.5 | 21 | 25.5 | 21.3", "n.d. | n.d. | n.d. | n.d.")
    mean = (10.1234567890123 * 100 + 20.5678901234567 * 200 + 30.9012345678901 * 300) / 600

    def reconciled(total: float) -> int:
        rows = cells(text.format(f"{total:.13f}"))
        content = "\n".join(";".join(row) for row in rows).encode()
        table = TOTALS_TABLE | {"sheet": None}
        return read(study, tmp_path, content, table, dialect={"delimiter": ";"}).reconciled

    assert reconciled(mean + 1e-11) == 10
    assert checked(study, tmp_path, text.format(f"{mean:.13f}")) == (10, 0)
    with pytest.raises(IntakeError, match="attente_moyenne over all months does not add up"):
        reconciled(mean + 1e-9)


def test_a_total_sums_the_rows_since_the_one_before(study: Study, tmp_path: Path) -> None:
    """By site: a total per directorate; rows of several indicators may stand between."""
    table = {key: value for key, value in TABLE.items() if key not in ("directorate", "total")}
    table |= {
        "site": "Site",
        "ignored": [],
        "totals": ["Total DPAPH", "Total DEF"],
        "indicators": {"Visites": "visites", "Attente": "attente_moyenne"},
    }
    text = """
    Indicateur | Unité | Site | janv.-24
    Visites | nombre | antenne-orme | 10
    Attente | minutes | antenne-orme | 10
    Visites | nombre | antenne-cedre | 30
    Attente | minutes | antenne-cedre | 14
    Visites | nombre | Total DPAPH | 40
    Attente | minutes | Total DPAPH | 13
    Visites | nombre | pmi-iris | 5
    Attente | minutes | pmi-iris | 8
    Visites | nombre | Total DEF | 5
    Attente | minutes | Total DEF | 8
    """
    found = read(study, tmp_path, sheet(text), table)
    assert (found.reconciled, found.unreconciled) == (4, 0)
    with pytest.raises(IntakeError, match="it is 45, its parts make 5: 40 too much"):
        read(study, tmp_path, sheet(text.replace("Total DEF | 5", "Total DEF | 45")), table)


def test_a_total_of_nothing_above_is_not_checked(study: Study, tmp_path: Path) -> None:
    text = """
    Indicateur | Unité | Direction | janv.-24 | Cumul
    Visites | nombre | Ensemble | 12 | 12
    Visites | nombre | DEF | 12 | 12
    """
    assert checked(study, tmp_path, text, indicators={"Visites": "visites"}) == (2, 1)
