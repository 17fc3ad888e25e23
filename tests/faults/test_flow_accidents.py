"""What happens by accident to files of counts, user tests and reviews: what is raised is one of our
errors, with a hint, and nothing that stands in a cell comes out of it.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from analysis.errors import ObservatoryError
from analysis.intake.flows.counting import FlowFile
from analysis.intake.flows.mapping import FlowTable
from analysis.intake.grid_table import GridTable
from analysis.intake.grids import GridFile
from analysis.intake.harmonise import harmonise
from analysis.intake.raw_table import RawTable, Source
from analysis.intake.readers import READERS
from analysis.intake.review_table import ReviewTable
from analysis.study import Study
from tests.faults.accidents import CANARIES, MAIL, NAME, NUMBER, TEXT, TOKEN, spoil_file
from tests.unit.test_grids import HEADER, Q01, REVIEWS, SYSTEM, TABLE

CASES = 60
COVERS = {"start": date(2026, 7, 1), "end": date(2026, 10, 31)}
FLOW: dict[str, Any] = {"device": "d", "product": "dpaph"}


def _csv(header: str, rows: list[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode(encoding)


def matomo() -> bytes:
    rows = [f"2026-{m:02d}\t{NUMBER}\t{m * 90}\t{m * 200}" for m in range(1, 11)]
    return _csv("\ufeffdate\tnb_uniq_visitors\tnb_visits\tnb_actions", rows, "utf-16-le")


def calls() -> bytes:
    rows = [f"0{d}/09/2026 10:{h}0;A;{d};{d};{NAME}" for d in range(1, 10) for h in (0, 3)]
    return _csv("Intervalle;File;Présentés;Décrochés;Durée moyenne", rows, "cp1252")


def tickets() -> bytes:
    rows = [
        f'{TOKEN}{n},2026-09-0{1 + n % 9} 10:00:00,2026-09-1{n % 9} 10:00:00,{MAIL},"{TEXT}"'
        for n in range(20)
    ]
    return _csv("id,created_at,first_reply_at,email,subject", rows)


def monthly() -> bytes:
    return _csv("Mois;Ventes", [f"{m:02d}/2026;1\u202f{m}00" for m in range(1, 10)])


def polls() -> bytes:
    options = [(n, option) for n in range(1, 8) for option in ("Oui", "Non")]
    rows = [f"2026-09-0{n},{NAME}{n},{option},{n}" for n, option in options]
    return _csv("date,poll,option,votes", rows)


def experiences() -> bytes:
    rows = [f"{TOKEN}{n};0{n}/09/2026;{NAME};{TEXT};Positif" for n in range(1, 8)]
    return _csv("ID expérience;Écrit le;Titre;Description;Ressenti usager", rows)


def grid() -> bytes:
    rows = [HEADER, *([f"P{n}", "Trouver le formulaire", "seul", "", TEXT] for n in range(1, 9))]
    return _book({"Session 1": rows})


def reviews() -> bytes:
    rows = [
        [f"2026-09-0{n} 10:00:00", "Mon service", TOKEN, f"a{n}", "Très satisfait(e)", MAIL]
        for n in range(1, 9)
    ]
    return _book({"2026": [[*SYSTEM, Q01, "Adresse e-mail"], *rows]})


def _book(sheets: dict[str, list[list[str]]]) -> bytes:
    built = io.BytesIO()
    with xlsxwriter.Workbook(built, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return built.getvalue()


def _flow(**table: Any) -> dict[str, Any]:
    return {"flow": FlowTable.model_validate(FLOW | table)}


FILES: dict[str, tuple[Callable[[], bytes], dict[str, Any]]] = {
    "matomo": (matomo, _flow(series={"visits": "visits"})),
    "calls": (calls, _flow(series={"offered": "calls", "answered": "replies"}, covers=COVERS)),
    "tickets": (
        tickets,
        _flow(
            series={"received": "messages", "answered_in_time": "replies"},
            covers=COVERS,
            within_days=5,
        ),
    ),
    "monthly": (monthly, _flow(series={"Ventes": "sales"})),
    "polls": (polls, _flow(series={"Oui": "useful"}, covers=COVERS)),
    "experiences": (experiences, _flow(series={"Positif": "good"}, covers=COVERS)),
    "grid": (grid, {"grid": GridTable.model_validate(TABLE)}),
    "jdma": (
        reviews,
        {
            "reviews": ReviewTable.model_validate(
                REVIEWS | {"questions": {Q01: "Q01"}, "sheets": ["2026"]}
            )
        },
    ),
}


def take(study: Study, reader: str, path: Path, described: dict[str, Any]) -> int:
    """Reads a file to its end; how much of it is taken."""
    asked = tuple(item for item in study.channel("qr").items if item != "Q01")
    source = Source(path, "d/raw", received=date(2026, 11, 20), absent=asked, **described)
    read = READERS[reader].read
    assert read is not None
    found = read(source, study)
    if isinstance(found, RawTable):
        about = {"delivery": "d", "file": "raw", "digest": "0" * 64, "where": "d/raw"}
        return harmonise(found, study, **about).responses.height
    if isinstance(found, FlowFile):
        return found.counts.height
    assert isinstance(found, GridFile)
    return found.rows.height


@pytest.mark.parametrize("reader", FILES)
def test_what_happens_to_a_file_is_told_without_what_stands_in_it(
    study: Study, tmp_path: Path, reader: str
) -> None:
    make, described = FILES[reader]
    path = tmp_path / "raw"
    path.write_bytes(make())
    assert take(study, reader, path, described) > 0, "it is right before it is spoilt"
    refused = 0
    for case in range(CASES):
        path.write_bytes(spoil_file(make(), random.Random(f"{reader} {case}")))
        try:
            take(study, reader, path, described)
        except ObservatoryError as error:
            told = str(error)
            assert error.hint and not CANARIES.search(told), told
            refused += 1
    assert refused > CASES / 5, "an accident seldom goes unseen"
