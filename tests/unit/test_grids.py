"""Workbooks of user tests and of reviews: what their sheets become, and each of their faults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from pydantic import ValidationError

from analysis.errors import IntakeError, ScopeError
from analysis.intake import FileEntry
from analysis.intake.deliveries import check_entry
from analysis.intake.grid_table import GridTable
from analysis.intake.grids import GridFile
from analysis.intake.harmonise import HarmonisedFile, harmonise
from analysis.intake.raw_table import RawTable, Source
from analysis.intake.readers import READERS
from analysis.intake.readers.jdma import ADDRESS
from analysis.intake.review_table import ReviewTable
from analysis.study import Study
from tests.unit.test_listening import device, listened

HEADER = ["Participant", "Tâche", "Issue", "Thème", "Citation"]
ROWS = [
    ["P1", "Trouver le formulaire", "seul", "", "facile"],
    ["P1", "Joindre une pièce", "Échec", "format refusé", "je n’y arrive pas"],
    ["P2", "Trouver le formulaire", "avec aide", "vocabulaire", ""],
    ["P2", "Joindre une pièce", "échec", "Format refusé", ""],
]
TABLE: dict[str, Any] = {
    "device": "tests",
    "product": "dpaph",
    "sessions": {"Session 1": date(2026, 9, 10)},
    "participant": "Participant",
    "task": "Tâche",
    "outcome": "Issue",
    "theme": "Thème",
    "ignored": ["Citation"],
    "tasks": {
        "Trouver le formulaire": {"id": "find", "dimension": "search"},
        "Joindre une pièce": {"id": "join", "dimension": "effort"},
    },
    "outcomes": {"seul": "done", "avec aide": "helped", "échec": "blocked"},
    "themes": {"format refusé": "format", "vocabulaire": "words"},
}


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[str]]]) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def read(study: Study, folder: Path, *rows: Sequence[str], **changes: Any) -> GridFile:
    path = workbook(folder / "grid.xlsx", {"Session 1": [HEADER, *rows]})
    grid = GridTable.model_validate(TABLE | changes)
    open_file = READERS["grid"].read
    assert open_file is not None
    found = open_file(Source(path, "d/grid.xlsx", grid=grid), study)
    assert isinstance(found, GridFile)
    return found


def test_a_grid_is_read_row_by_row_and_quotations_are_not(study: Study, tmp_path: Path) -> None:
    found = read(study, tmp_path, *ROWS)
    columns = ("wave", "participant", "task", "dimension", "outcome", "theme", "line")
    assert found.rows.select(columns).rows() == [
        ("2026-2", "P1", "find", "search", "done", "", 2),
        ("2026-2", "P1", "join", "effort", "blocked", "format", 3),
        ("2026-2", "P2", "find", "search", "helped", "words", 4),
        ("2026-2", "P2", "join", "effort", "blocked", "format", 5),
    ]
    assert found.summary == "4 observations of 2 participants in 1 sessions"
    assert "facile" not in str(found.rows.to_dicts())


def test_a_session_after_the_last_wave_is_not_kept(study: Study, tmp_path: Path) -> None:
    found = read(study, tmp_path, *ROWS, sessions={"Session 1": date(2026, 11, 1)})
    assert (found.rows.height, found.late) == (0, 4)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (["Jeanne", ROWS[0][1], "seul", "", ""], "A participant is not known by a sign"),
        (["P1", "Autre chose", "seul", "", ""], "what this text of 'Tâche' stands for"),
        (["P1", ROWS[0][1], "presque", "", ""], "what this text of 'Issue' stands for"),
        (["P1", ROWS[0][1], "seul", "ennui", ""], "what this text of 'Thème' stands for"),
        (["P2", ROWS[0][1], "seul", "", ""], "does this task in row 4 too"),
    ],
)
def test_a_fault_is_named_by_row_and_not_quoted(
    study: Study, tmp_path: Path, row: list[str], what: str
) -> None:
    with pytest.raises(IntakeError, match=what) as caught:
        read(study, tmp_path, *ROWS, row)
    assert "row 6" in str(caught.value.where)
    assert not {"Jeanne", "Autre", "presque", "ennui"} & set(str(caught.value).split())


def test_a_sheet_has_the_columns_of_the_manifest(study: Study, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no column 'Résultat'"):
        read(study, tmp_path, *ROWS, outcome="Résultat", ignored=["Citation", "Issue"])
    with pytest.raises(IntakeError, match="Unknown column") as caught:
        read(study, tmp_path, *ROWS, ignored=[])
    assert "column E" in str(caught.value.where)
    with pytest.raises(IntakeError, match="no sheet 'Session 2'"):
        read(study, tmp_path, *ROWS, sessions={"Session 2": date(2026, 9, 10)})
    (tmp_path / "grid.csv").write_text("a,b\n1,2\n")
    source = Source(tmp_path / "grid.csv", "d/grid.csv", grid=GridTable.model_validate(TABLE))
    with pytest.raises(IntakeError, match="no workbook"):
        READERS["grid"].read(source, study)  # type: ignore[misc] # the grid reader reads


def test_only_a_device_that_observes_has_a_grid(study: Study) -> None:
    about = {"regime": "qualitative", "family": "mobilisation", "dimensions": ["effort", "info"]}
    tests = device("tests", **about)
    table = TABLE | {"tasks": {"x": {"id": "x", "dimension": "effort"}}}
    themes = [{"id": name, "label": name} for name in ("format", "words")]
    known = listened(study, tests, device("visits"), themes=themes)

    def grid(**changes: Any) -> FileEntry:
        content = {"path": "g.xlsx", "reader": "grid", "grid": table | changes}
        return FileEntry.model_validate(content)

    check_entry(known, grid(), "m")
    for change, what in (
        ({"device": "visits"}, "observes nobody: its regime is 'flow'"),
        ({"product": "def"}, "Unknown product of tests"),
        ({"tasks": TABLE["tasks"]}, "Unknown dimension of tests: 'search'"),
        ({"themes": {"mots": "word"}}, "Unknown theme of sessions in listening.yml: 'word'"),
    ):
        with pytest.raises(ScopeError, match=what):
            check_entry(known, grid(**change), "m")
    with pytest.raises(ValidationError, match="themes stand in a column"):
        grid(theme=None)
    with pytest.raises(ValidationError, match="two of its columns have one name"):
        grid(ignored=["Issue"])


# --- reviews --------------------------------------------------------------------------------------

Q01 = "Globalement, qu’avez-vous pensé du service ?"
FREE = "Souhaitez-vous nous en dire plus ?"
SYSTEM = ["Date de l'avis", "Nom du formulaire", "Lien d'intégration", "Identifiant Avis"]
REVIEWS: dict[str, Any] = {
    "channel": "qr",
    "forms": {"Mon service": "dpaph"},
    "questions": {Q01: "Q01", FREE: "Q18"},
    "ignored": ["Autre question"],
}


def review(day: str, number: str, *answers: str) -> list[str]:
    return [f"{day} 10:00:00", "Mon service", "lien", number, *answers]


def labels(study: Study) -> dict[int, str]:
    return {level.code: str(level.label) for level in study.scale("Q01").levels}


def harmonised(study: Study, path: Path, **changes: Any) -> HarmonisedFile:
    table = ReviewTable.model_validate(REVIEWS | changes)
    asked = study.channel("qr").items
    absent = tuple(item for item in asked if item not in ("Q01", "Q18"))
    open_file = READERS["jdma"].read
    assert open_file is not None
    raw = open_file(Source(path, "d/avis", reviews=table, absent=absent), study)
    assert isinstance(raw, RawTable)
    return harmonise(raw, study, delivery="d", file="avis", digest="0" * 64, where="d/avis")


def codes(found: HarmonisedFile) -> list[tuple[Any, ...]]:
    return found.responses.sort("line").select("line", "wave", "Q01").rows()


def test_reviews_of_several_years_are_read_sheet_by_sheet(study: Study, tmp_path: Path) -> None:
    """The second sheet asks another question, and hides the free text: it is « not asked »."""
    good, poor = labels(study)[5], labels(study)[1]
    first = [[*SYSTEM, Q01, FREE], review("2025-09-01", "a1b2c3d", good, "Merci à tous")]
    second = [
        [*SYSTEM, Q01, "Autre question"],
        review("2026-09-01", "a1b2c3d", poor, "oui / non"),
        ["", "", "", "", "", ""],
        review("2026-09-02", "a1b2c3e", "", ""),
        review("2026-09-02", "a1b2c3e", "", ""),
    ]
    path = workbook(tmp_path / "avis.xlsx", {"2025": first, "2026": second})
    found = harmonised(study, path, sheets=["2025", "2026"])
    abandoned = next(one.code for one in study.questionnaire.missing if one.kind == "abandoned")
    assert codes(found) == [(2, "2025-2", 5), (4, "2026-2", 1), (6, "2026-2", abandoned)]
    assert found.verbatims.select("line", "text").rows() == [(2, "Merci à tous")]
    assert found.receipt.select("received", "duplicates").row(0) == (4, 1)


def test_reviews_in_a_csv_are_the_same(study: Study, tmp_path: Path) -> None:
    rows = [[*SYSTEM, Q01, FREE], review("2026-09-01", "a1b2c3d", labels(study)[4], "Oui")]
    pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_csv(tmp_path / "avis.csv")
    assert codes(harmonised(study, tmp_path / "avis.csv")) == [(2, "2026-2", 4)]


def test_a_new_wording_or_question_is_refused(study: Study, tmp_path: Path) -> None:
    rows = [[*SYSTEM, "Comment cela s’est-il passé ?", FREE], review("2026-09-01", "a", "x", "y")]
    path = workbook(tmp_path / "avis.xlsx", {"2026": rows})
    with pytest.raises(IntakeError, match="Unknown question, in place 5") as caught:
        harmonised(study, path, sheets=["2026"])
    assert "passé" not in str(caught.value)
    with pytest.raises(IntakeError, match="names none of its sheets"):
        harmonised(study, path)
    for header, what in (
        ([*SYSTEM[:3], ADDRESS, Q01, FREE], "no column 'Identifiant Avis'"),
        ([*SYSTEM, Q01, Q01.upper()], "stands in two columns"),
    ):
        other = workbook(tmp_path / "b.xlsx", {"2026": [header, rows[1]]})
        with pytest.raises(IntakeError, match=what):
            harmonised(study, other, sheets=["2026"])


def test_reviews_name_what_the_study_has(study: Study) -> None:
    asked = study.channel("qr").items
    absent = [item for item in asked if item not in ("Q01", "Q18")]

    def reviews(**changes: Any) -> FileEntry:
        content = {"path": "a.csv", "reader": "jdma", "reviews": REVIEWS | changes}
        return FileEntry.model_validate(content | {"absent": absent})

    check_entry(study, reviews(), "m")
    for change, what in (
        ({"channel": "qrr"}, "Unknown channel"),
        ({"forms": {"x": "dpap"}}, "Unknown directorate"),
        ({"questions": {Q01: "Q01"}}, "asks Q18, and the file lacks it"),
    ):
        with pytest.raises(ScopeError, match=what):
            check_entry(study, reviews(**change), "m")
    with pytest.raises(ValidationError, match="another wording is another item"):
        reviews(questions={Q01: "Q01", FREE: "Q01"})
    with pytest.raises(ValidationError, match="a heading stands twice"):
        reviews(ignored=[Q01.upper()])
