"""Open data: what stands in the CSV, and how it is described."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

from analysis.editions.open_data import COLUMNS, write_open_data
from analysis.publishing.edition import Edition
from analysis.study import Study
from tests.released import HIDDEN, change_row, released, row

EDITION = Edition(wave="2026-2", version="1.0.0", published=date(2026, 11, 20))


def written(study: Study, folder: Path, *rows: dict[str, object]) -> list[dict[str, str]]:
    """The rows of the CSV of some figures."""
    write_open_data(released(*rows), study, EDITION, folder)
    with (folder / "resultats.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_open_data_has_no_formula_and_a_status_for_what_is_hidden(
    study: Study, tmp_path: Path
) -> None:
    formula = {"category": "1", "category_label": '=HYPERLINK("x")'}
    found = written(
        study,
        tmp_path,
        row(),
        row(breakdown="age", **formula, **HIDDEN),
    )
    assert [one["ventilation"] for one in found] == ["total", "age"]
    hidden = found[1]
    assert hidden["libelle_categorie"] == '\'=HYPERLINK("x")' and hidden["statut"] == "s"
    assert {hidden[name] for name in ("valeur", "erreur_type", "borne_basse", "base")} == {""}


def test_a_change_is_a_row_with_its_reference_and_its_word(study: Study, tmp_path: Path) -> None:
    (found,) = written(study, tmp_path, change_row("up"))
    assert (found["type"], found["unite"], found["reference"], found["constat"]) == (
        "difference",
        "points",
        "2025-2",
        "up",
    )
    assert (
        found["cle"]
        == "changes/dpaph/2026-2/2025-2/satisfaction_globale/T2B/difference/total/total"
    )
    assert (found["valeur"], found["borne_basse"]) == ("0.07", "0.022")


def test_every_column_is_described(study: Study, tmp_path: Path) -> None:
    found = written(study, tmp_path, row())
    schema = json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in schema["fields"]] == list(found[0]) == list(COLUMNS)
    described = {one["name"]: one["description"] for one in schema["fields"]}
    assert all(described.values()) and "T2B, T1B, NET, M10" in described["definition"]
