"""Workbooks of monthly figures: read as they really are, and refused where they cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import IntakeError
from analysis.intake import MeasuredFile
from analysis.study import Study
from tests.workbooks import HEADER, SHEET, TABLE, cells, read, sheet, workbook

REAL = """
Tableau de bord de gestion | | | | | | |
Direction des finances (fictive) | | | | | | |
 | | | | | | |
Indicateur | Unité | Direction | Service | 2024-01-01 | 2024-02-01 | 2024-03-01 | Cumul
Visites reçues | nombre | DPAPH | x | 1\u202f200 | 900 | 1000 | 3100
 | | DEF | x | 800 | 700 | 1 000 | 2500
 | | Ensemble | | 2000 | 1600 | 2000 | 5600
Attente | minutes | DPAPH | x | 12,5 | n.d. | 14 | n.d.
 | | DEF | x | 8.5 | 9.25 | 10 |
Appels | nombre | DPAPH | y | 400 | 500 | 100 | 1000
Part décrochée | % | DPAPH | y | 68,3 % | 71 % | 0.8 | 70,8 %
 | | DEF | y | 0.683 | - | 0.71 |
 | | | | | | |
(1) hors accueil du mercredi | | | | | | |
"""
REAL_TABLE: dict[str, Any] = TABLE | {
    "header": 4,
    "ignored": ["Service", "Cible"],
    "indicators": {
        "Visites reçues": "visites",
        "Attente": "attente_moyenne",
        "Appels": "appels",
        "Part décrochée": "taux_decroche",
    },
    "places": {"Dpaph": "dpaph"},
}
FIGURES = [
    ("dpaph", "visites", "count", [1200, 900, 1000], 5),
    ("def", "visites", "count", [800, 700, 1000], 6),
    ("dpaph", "attente_moyenne", "minutes", [12.5, "nd", 14], 8),
    ("def", "attente_moyenne", "minutes", [8.5, 9.25, 10], 9),
    ("dpaph", "appels", "count", [400, 500, 100], 10),
    ("dpaph", "taux_decroche", "share", [0.683, 0.71, 0.8], 11),
    ("def", "taux_decroche", "share", [0.683, "nd", 0.71], 12),
]


def series(found: MeasuredFile) -> list[tuple[str, str, str, list[float | str], int]]:
    """The figures of a file, a row per indicator and place: a sign where there is no number."""
    told: dict[tuple[str, str, str], list[float | str]] = {}
    lines: dict[tuple[str, str, str], int] = {}
    for row in found.figures.sort("line", "month").iter_rows(named=True):
        key = (row["site"] or row["directorate"], row["indicator"], row["unit"])
        told.setdefault(key, []).append(row["missing"] or row["value"])
        lines[key] = row["line"]
    return [(*key, values, lines[key]) for key, values in told.items()]


def with_dates(rows: list[list[str]]) -> list[list[Any]]:
    """Rows whose days are real ones."""
    return [
        [date.fromisoformat(cell) if cell.startswith("2024-") else cell for cell in row]
        for row in rows
    ]


def faults(study: Study, folder: Path, content: bytes, *tables: dict[str, Any]) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        read(study, folder, content, *tables)
    return caught.value


def told(error: IntakeError) -> list[tuple[str, str]]:
    """Each fault with its place, without the file's name."""
    every = (error, *error.others)
    return [(one.what, (one.where or "").removeprefix("d/gestion.xlsx, ")) for one in every]


# --- what is right --------------------------------------------------------------------------------


def test_a_workbook_is_read_as_it_is_kept(study: Study, tmp_path: Path) -> None:
    """Titles merged above, labels merged downwards, totals inside, a note below, a hidden column;
    dates, texts and numbers, percents and fractions, spaces of every width."""
    content = workbook({SHEET: with_dates(cells(REAL))}, merged="A1:H1", hidden=[3])
    found = read(study, tmp_path, content, REAL_TABLE)
    assert series(found) == FIGURES
    assert found.figures["wave"].unique().to_list() == ["2024-1"]
    assert found.figures["sheet"].unique().to_list() == [SHEET]
    assert found.figures["month"].unique().sort().to_list() == [
        date(2024, month, 1) for month in (1, 2, 3)
    ]
    assert (found.reconciled, found.unreconciled, found.refused) == (8, 0, {})
    assert found.summary == ("21 figures of 4 indicators, 2 missing, 8 totals reconciled")


def test_a_csv_says_the_same(study: Study, tmp_path: Path) -> None:
    text = "\n".join(";".join(row) for row in cells(REAL))
    table = {key: value for key, value in REAL_TABLE.items() if key != "sheet"}
    for encoding, declared in (("cp1252", "cp1252"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8")):
        content = text.replace("\u202f", "\u00a0").encode(encoding)
        dialect = {"encoding": declared, "delimiter": ";"}
        found = read(study, tmp_path, content, table, path="gestion.csv", dialect=dialect)
        assert series(found) == FIGURES and found.reconciled == 8
        assert found.figures["sheet"].unique().to_list() == [""]


def test_a_table_by_site_tells_the_directorates(study: Study, tmp_path: Path) -> None:
    table = {key: value for key, value in TABLE.items() if key not in ("directorate", "total")}
    table |= {"site": "Site", "places": {"PMI des Acacias": "pmi-acacias"}, "header": 2}
    content = sheet(
        """
        Par site
        Indicateur | Unité | Site | 01/2024 | 02/2024
        visites | Nombre | ANTENNE-ORME | 12 | 13
        Visites | nombre | PMI  des acacias | 14 | 15
        Visites | nombre | Ensemble | 26 | 28
        """
    )
    found = read(study, tmp_path, content, table)
    assert found.figures.select("directorate", "site", "value").rows() == [
        ("dpaph", "antenne-orme", 12),
        ("dpaph", "antenne-orme", 13),
        ("def", "pmi-acacias", 14),
        ("def", "pmi-acacias", 15),
    ]
    assert found.reconciled == 2


def test_months_belong_to_the_first_wave_that_ends_later(study: Study, tmp_path: Path) -> None:
    """The last wave ends in October 2026: November is of none. Months before the first are its."""
    content = sheet(
        """
        Indicateur | Unité | Direction | Cumul | 6/2026 | 7/2026 | 8/2026 | 9/2026 | 10/2026 | nov26
        Visites | nombre | DEF | | 1 | 2 | 3 | 4 | 5 | 6
        Visites | nombre | DPAPH | | 1 | 2 | 3 | 4 | 5 | n.d.
        """
    )
    found = read(study, tmp_path, content)
    waves = found.figures.filter(directorate="def").select("month", "wave").rows()
    assert [wave for _, wave in waves] == ["2026-1", *["2026-2"] * 4]
    assert found.refused == {"after the last wave": 2}
    early = sheet(f"{HEADER.replace('-24', '-20')}\nVisites | nombre | DEF | 1 | 2 | 3 | 6 |")
    assert read(study, tmp_path, early).figures["wave"].to_list() == ["2024-1"] * 3


def test_months_to_come_are_none(study: Study, tmp_path: Path) -> None:
    """Columns that are empty to the last are those of months that have not come; between others, an
    empty cell is a missing figure."""
    content = sheet(
        """
        Indicateur | Unité | Direction | janv.-24 | févr.-24 | mars-24 | avr.-24 | mai-24 | Cumul
        Visites | nombre | DPAPH | 1 | 2 | 3 | | | 6
        Visites | nombre | DEF | 4 | | 6 | | |
        """
    )
    found = read(study, tmp_path, content)
    assert series(found) == [
        ("dpaph", "visites", "count", [1, 2, 3], 2),
        ("def", "visites", "count", [4, "nd", 6], 3),
    ]
    assert found.reconciled == 1


def test_a_renamed_indicator_is_one_all_along(study: Study, tmp_path: Path) -> None:
    table = TABLE | {"indicators": {"Visites": "visites", "Passages à l’accueil": "visites"}}
    content = sheet(
        f"""
        {HEADER}
        Visites | nombre | DEF | 10 | 20 | | |
        Passages à l'accueil | nombre | DEF | | | 30 | |
        """
    )
    found = read(study, tmp_path, content, table)
    assert found.figures.select("value", "line").rows() == [(10, 2), (20, 2), (30, 3)]


def test_what_the_study_does_not_follow_is_left_aside(study: Study, tmp_path: Path) -> None:
    """A place that it does not follow counts in the totals."""
    table = TABLE | {"other_indicators": ["Effectifs"], "other_places": ["DGS", "Culture"]}
    content = sheet(
        f"""
        {HEADER}
        Effectifs | ETP | DGS | 1,5 | 1,5 | oui | |
        Visites | nombre | DEF | 10 | 20 | 30 | 60 |
        Visites | nombre | Culture | 1 | 2 | 3 | |
        Visites | nombre | Ensemble | 11 | 22 | 33 | 66 |
        """
    )
    found = read(study, tmp_path, content, table)
    assert series(found) == [("def", "visites", "count", [10, 20, 30], 3)]
    assert found.reconciled == 5


def test_two_tables_of_a_sheet_end_where_the_next_begins(study: Study, tmp_path: Path) -> None:
    content = sheet(
        f"""
        {HEADER}
        Visites | nombre | DEF | 10 | 20 | 30 | 60 |
        Appels | | | | | | |
        {HEADER.replace("-24", "-25")}
        Appels | nombre | DEF | 1 | 2 | 3 | 6 |
        """
    )
    second = TABLE | {"header": 4, "indicators": {"Appels": "appels"}}
    found = read(study, tmp_path, content, TABLE, second)
    assert found.figures.select("indicator", "wave", "line").unique(maintain_order=True).rows() == [
        ("visites", "2024-1", 2),
        ("appels", "2025-1", 5),
    ]


def test_a_row_of_signs_where_nothing_is_measured_is_none(study: Study, tmp_path: Path) -> None:
    """Where something is, management.yml has to say so."""
    narrowed = study.model_copy(
        update={
            "management": tuple(
                one.model_copy(update={"directorates": ("dpaph",)}) if one.id == "visites" else one
                for one in study.management
            )
        }
    )
    rows = f"{HEADER}\nVisites | nombre | DPAPH | 1 | 2 | 3 | 6 |\nVisites | nombre | DEF | "
    found = read(narrowed, tmp_path, sheet(f"{rows}so | so | so | |"))
    assert series(found) == [("dpaph", "visites", "count", [1, 2, 3], 2)]
    assert told(faults(narrowed, tmp_path, sheet(f"{rows}so | 4 | so | |"))) == [
        ("Indicator visites is not one of directorate def.", f"sheet '{SHEET}', row 3")
    ]


# --- what is wrong --------------------------------------------------------------------------------

RIGHT = f"""
{HEADER}
Visites | nombre | DPAPH | 120 | 130 | 140 | 390 | 500
Visites | nombre | DEF | 20 | 30 | 40 | 90 |
Attente | minutes | DPAPH | 12,5 | 13 | 14 | 13,2 | 20
Décroché | % | DPAPH | 68,3 | 71 | n.d. | |
"""
RIGHT_TABLE = TABLE | {
    "indicators": {"Visites": "visites", "Attente": "attente_moyenne", "Décroché": "taux_decroche"}
}


def test_what_the_faults_below_are_made_from_is_right(study: Study, tmp_path: Path) -> None:
    assert read(study, tmp_path, sheet(RIGHT), RIGHT_TABLE).reconciled == 3


@pytest.mark.parametrize(
    ("old", "new", "what", "place"),
    [
        ("Cible", "Objectif", "Unknown column, in place 8.", "row 1, column H"),
        ("mars-24", "Zephyrine", "Unknown column, in place 6.", "row 1, column F"),
        (
            "mars-24",
            "févr. 2024",
            "A column stands twice: here and in column E.",
            "row 1, column F",
        ),
        ("Cible", "Cumul", "A column stands twice: here and in column G.", "row 1, column H"),
        (
            "mars-24",
            "avr.-24",
            "There is a hole in the columns: 2024-03 is absent.",
            "row 1, column F",
        ),
        ("Direction", "Directions", "The header has no column 'Direction'.", "row 1"),
        (
            "Cible",
            "",
            "A cell stands in a column without a name.",
            "row 2, column H",
        ),
        (
            "| 130 |",
            "| Zephyrine |",
            "The cell is no number in count, and no sign for a missing one.",
            "row 2, column E",
        ),
        (
            "| 130 |",
            "| 130 % |",
            "The cell is no number in count, and no sign for a missing one.",
            "row 2, column E",
        ),
        (
            "| 390 |",
            "| 390 visites |",
            "The cell is no number in count, and no sign for a missing one.",
            "row 2, column G",
        ),
        ("| 130 |", "| -130 |", "The figure is negative.", "row 2, column E"),
        ("| 130 |", "| 130,5 |", "The count is no whole number.", "row 2, column E"),
        (
            "| 130 |",
            "| 1,000 |",
            "The count has three decimals: a separator of thousands?",
            "row 2, column E",
        ),
        ("| 71 |", "| 101 |", "The share is above 100 %.", "row 5, column E"),
        (
            "| 71 |",
            "| 0.71 |",
            "The unit changes within the row: some shares are at most 1, others above.",
            "row 5",
        ),
        (
            "Attente | minutes",
            "Attente | jours",
            "Indicator attente_moyenne is in days here, and in minutes in management.yml.",
            "row 4, column B",
        ),
        ("Attente | minutes", "Attente | minuts", "Unknown unit.", "row 4, column B"),
        (
            "| 13 | 14 | 13,2",
            "| 0,21 | 14 |",
            "attente_moyenne goes from 12.5 to 0.21 minutes in 2024-02: its unit seems to change.",
            "row 4, column E",
        ),
        ("nombre | DEF", "nombre | ", "The row holds figures and no place.", "row 3, column C"),
        ("nombre | DEF", "nombre | DEFF", "Unknown place.", "row 3, column C"),
        (
            "Visites | nombre | DEF",
            "Visite | nombre | DEF",
            "Unknown indicator.",
            "row 3, column A",
        ),
        (
            "nombre | DEF",
            "nombre | DPAPH",
            "visites stands twice in 2024-01: here and in row 2.",
            "row 3, column D",
        ),
        (
            "Attente | minutes | DPAPH | 12,5 | 13 | 14",
            "Attente | minutes | DPAPH | | | ",
            "No row is of indicator attente_moyenne: was it renamed?",
            "",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(
    study: Study, tmp_path: Path, old: str, new: str, what: str, place: str
) -> None:
    assert RIGHT.count(old) == 1
    where = f"sheet '{SHEET}'" + (f", {place}" if place else "")
    error = faults(study, tmp_path, sheet(RIGHT.replace(old, new)), RIGHT_TABLE)
    assert told(error)[0] == (what, where)
    assert "Zephyrine" not in str(error)


def test_shares_are_written_one_way_from_row_to_row(study: Study, tmp_path: Path) -> None:
    """0.9 below 68.3 is nine tenths in a workbook, and less than one in a hundred in another."""
    row = "Décroché | % | DPAPH | 68,3 | 71 | n.d. | |"
    below = f"{RIGHT}Décroché | % | DEF | 0,9 | 0 | 0,8 | |\n"
    mixed = below.replace("68,3 %", "68,3").replace(
        "| % | DPAPH | 68,3 | 71", "| % | DPAPH | 68,3 | 71"
    )
    assert row in mixed
    error = faults(study, tmp_path, sheet(mixed), RIGHT_TABLE)
    assert told(error)[0] == (
        "The unit changes from a row above: some shares are at most 1, others above.",
        f"sheet '{SHEET}', row 6",
    )
    for one_way in ("90 | 0 | 80", "0,9 % | 0 | 0,8 %"):
        right = mixed.replace("0,9 | 0 | 0,8", one_way)
        assert series(read(study, tmp_path, sheet(right), RIGHT_TABLE))[-1][-2][:2] in (
            [0.9, 0],
            [0.009, 0],
        )


def test_a_first_row_without_its_indicator_is_refused(study: Study, tmp_path: Path) -> None:
    error = faults(study, tmp_path, sheet(f"{HEADER}\n | nombre | DEF | 1 | 2 | 3 | 6 |"))
    assert told(error) == [
        (
            "The row holds figures and no indicator, and there is none above.",
            f"sheet '{SHEET}', row 2, column A",
        ),
        ("No row is of indicator visites: was it renamed?", f"sheet '{SHEET}'"),
    ]


def test_what_is_alike_is_proposed_and_all_faults_are_told(study: Study, tmp_path: Path) -> None:
    """What stands in the cells is not: it could be anything."""
    spoilt = RIGHT.replace("Visites | nombre | DEF", "Visite | nombre | DEF")
    spoilt = spoilt.replace("Attente | minutes", "Mme Zephyrine | minutes")
    advice = (
        "A renamed indicator gets a second line in `indicators`; one that the study does not "
        "follow goes to `other_indicators`."
    )
    assert str(faults(study, tmp_path, sheet(spoilt), RIGHT_TABLE)) == (
        "Unknown indicator.\n"
        "  at: d/gestion.xlsx, sheet 'Suivi mensuel', row 3, column A\n\n"
        f"Hint: is it 'Visites'? {advice}\n\n"
        "Unknown indicator.\n"
        "  at: d/gestion.xlsx, sheet 'Suivi mensuel', row 4, column A\n\n"
        f"Hint: it is like no known one. {advice}\n\n"
        "No row is of indicator attente_moyenne: was it renamed?\n"
        "  at: d/gestion.xlsx, sheet 'Suivi mensuel'\n\n"
        "Hint: it is known as 'Attente': add its new name to `indicators`, or take it out of them."
    )


def test_a_heap_of_faults_is_told_in_part(study: Study, tmp_path: Path) -> None:
    rows = "\n".join(f"Visites | nombre | DEF{number} | 1 | 2 | 3 | |" for number in range(20))
    every = told(faults(study, tmp_path, sheet(f"{HEADER}\n{rows}")))
    assert len(every) == 13
    assert every[-1][0] == "8 more faults of this file are not listed."


def test_a_header_elsewhere_is_found(study: Study, tmp_path: Path) -> None:
    error = faults(study, tmp_path, sheet("Titre\n" + RIGHT.lstrip()), RIGHT_TABLE)
    assert error.hint == "row 2 has all of them: `header: 2`."
    beyond = faults(study, tmp_path, sheet(RIGHT), RIGHT_TABLE | {"header": 60})
    assert beyond.what == "The header has no column 'Indicateur'."


def test_a_jump_that_is_right_can_be_said_to_be(study: Study, tmp_path: Path) -> None:
    """Under 10 in both months a ratio tells nothing, and 0 is 0 in every unit."""
    rows = "{}\nAttente | minutes | DPAPH | {} | {} | {} | |"
    table = TABLE | {"indicators": {"Attente": "attente_moyenne"}}

    def months(*values: str, **more: Any) -> list[float | str]:
        found = read(study, tmp_path, sheet(rows.format(HEADER, *values)), table | more)
        return series(found)[0][3]

    assert months("70", "10", "n.d.", jumps=["attente_moyenne"]) == [70, 10, "nd"]
    assert months("60", "10", "60") == [60, 10, 60]
    assert months("1", "9", "1") == [1, 9, 1]
    assert months("12", "0", "13") == [12, 0, 13]
    for values in (("61", "10", "60"), ("70", "n.d.", "10"), ("12", "0", "1,9")):
        with pytest.raises(IntakeError, match="its unit seems to change"):
            months(*values)
