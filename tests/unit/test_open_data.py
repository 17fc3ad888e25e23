"""Open data: what stands in the CSV, and how it is described."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import get_args

import fastexcel
import polars as pl
import pytest

from analysis.disclosure import Status
from analysis.editions import workbook
from analysis.editions.open_data import COLUMNS, write_open_data
from analysis.indicators.changes import Verdict
from analysis.indicators.commitments import Reading
from analysis.indicators.management import Kept
from analysis.publishing.edition import Edition
from analysis.publishing.wording.language import Language
from analysis.study import Claim, Study
from analysis.study.kinds import FigureKind
from analysis.study.settings import Noun
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
    assert all(described.values()) and described["base"] == "Nombre de réponses, non pondéré"
    english = study.in_language("en")
    write_open_data(released(row()), english, EDITION, tmp_path / "en")
    schema = json.loads((tmp_path / "en" / "schema.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in schema["fields"]] == list(COLUMNS), "names stay, words change"
    assert "Number of answers, unweighted" in [one["description"] for one in schema["fields"]]


@pytest.mark.parametrize(
    ("word", "header"),
    [
        ("produit", "produit"),
        ("Pôle d’accueil", "pole_d_accueil"),
        ("unité", "direction"),  # that of another column, without its accent
        (
            "«\u00a0Maison des solidarités et des familles\u00a0»",
            "maison_des_solidarites_et_des_familles",
        ),
        ("m" * 50, "m" * 40),
        ("窓口", "direction"),
        (None, "direction"),
    ],
)
def test_units_stand_in_a_column_of_the_studys_own_word(
    study: Study, tmp_path: Path, word: str | None, header: str
) -> None:
    unit = Noun.model_validate({"one": word, "many": "x"}) if word else None
    terms = study.terms.model_copy(update={"unit": unit})
    own = study.model_copy(update={"terms": terms})
    (found,) = written(own, tmp_path, row())
    schema = json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))
    codebook = (tmp_path / "dictionnaire.csv").read_text(encoding="utf-8")
    assert list(found)[2:4] == [header, f"libelle_{header}"] and found[header] == "dpaph"
    assert [one["name"] for one in schema["fields"]][2:4] == [header, f"libelle_{header}"]
    assert schema["edition"]["unit"] == header
    assert f'\n{header},"",dpaph,' in codebook
    table = pl.read_parquet(tmp_path / "resultats.parquet")
    assert table.columns[2:4] == [header, f"libelle_{header}"]


def test_each_code_has_its_label_beside_it_and_in_the_codebook(
    study: Study, tmp_path: Path
) -> None:
    found = written(
        study,
        tmp_path,
        row(),
        row(definition="P1-2", kind="level_share", item="Q06"),
        row(breakdown="age", category="1~2", category_label="", unit="score_10"),
        change_row("up"),
        row(indicator="ecoute", item="Q07", status="caution"),
        row(layer="answers", indicator="answers", kind="count", unit="answers", item=None),
    )
    assert found[0]["libelle_direction"].startswith("Direction de la population")
    assert found[0]["libelle_vague"] == "2ᵉ semestre 2026"
    assert found[0]["libelle_definition"] == "part des deux réponses les plus favorables"
    assert found[1]["libelle_definition"].startswith("réponses de «\u00a0")
    assert found[2]["libelle_categorie"] == "18-29 ans – 30-44 ans"
    assert found[2]["libelle_unite"] == "note de 0 à 10"
    assert found[3]["libelle_constat"] == "hausse" and found[3]["libelle_type"] == "écart"
    assert [one["precision"] for one in found].count("prudence") == 1
    assert found[5]["libelle_indicateur"] == "réponses reçues"
    with (tmp_path / "dictionnaire.csv").open(encoding="utf-8", newline="") as stream:
        codebook = {
            (one["colonne"], one["ventilation"], one["code"]): one["libelle"]
            for one in csv.DictReader(stream)
        }
    assert codebook["constat", "", "up"] == "hausse"
    assert codebook["categorie", "age", "1~2"] == "18-29 ans – 30-44 ans"
    assert codebook["statut", "", "s"] == "secret statistique"
    for one in found:
        for name in ("direction", "vague", "type", "unite", "constat", "portee"):
            known = codebook.get((name, "", one[name]), "")
            assert known == one[f"libelle_{name}"] and (known != "") == (one[name] != "")


def test_a_figure_of_the_reference_channel_stands_once(study: Study, tmp_path: Path) -> None:
    channel = {"breakdown": "canal", "channels": "invitation"}
    found = written(
        study,
        tmp_path,
        row(channels="invitation"),
        row(**channel, category="invitation"),
        row(**channel | {"channels": "qr"}, category="qr"),
        row(**channel, category="invitation", indicator="accueil", item="Q06"),
    )
    assert [(one["indicateur"], one["ventilation"], one["canaux"]) for one in found] == [
        ("satisfaction_globale", "total", "invitation"),
        ("satisfaction_globale", "canal", "qr"),
        ("accueil", "canal", "invitation"),
    ], "only what a total says already goes"


def test_the_workbook_and_the_parquet_hold_what_the_csv_does(study: Study, tmp_path: Path) -> None:
    formula = {"category": "1", "category_label": '=HYPERLINK("x")'}
    found = written(study, tmp_path, row(), row(breakdown="age", **formula, **HIDDEN))
    sheets = {
        name: fastexcel.read_excel(tmp_path / "resultats.xlsx").load_sheet(
            name, header_row=1, dtypes="string"
        )
        for name in ("Résultats", "Dictionnaire")
    }
    told = sheets["Résultats"].to_polars()
    assert told.columns == list(COLUMNS) and told.height == 2
    assert told["libelle_categorie"].to_list()[1] == '=HYPERLINK("x")', "it is a text there"
    assert float(told["valeur"][0]) == float(found[0]["valeur"]) and told["valeur"][1] is None
    with zipfile.ZipFile(tmp_path / "resultats.xlsx") as book:
        names = book.namelist()
        sheet = book.read("xl/worksheets/sheet4.xml").decode("utf-8")
        core = book.read("docProps/core.xml").decode("utf-8")
    assert "<f>" not in sheet and "HYPERLINK" not in sheet and "mergeCell" not in sheet
    assert "2026-11-20T00:00:00Z" in core and "Baromètre des usagers" in core
    assert sum(name.startswith("xl/tables/") for name in names) == 2
    first = (tmp_path / "resultats.xlsx").read_bytes()
    written(study, tmp_path, row(), row(breakdown="age", **formula, **HIDDEN))
    assert (tmp_path / "resultats.xlsx").read_bytes() == first
    frame = pl.read_parquet(tmp_path / "resultats.parquet")
    assert frame.columns == list(COLUMNS) and frame["valeur"].dtype == pl.Float64


def test_every_kind_word_and_claim_has_its_name_in_each_language() -> None:
    for code in ("fr", "en"):
        catalogue = Language.of(code).catalogue
        words = [f"data_type_{kind}" for kind in get_args(FigureKind)]
        words += [f"data_portee_{claim.value}" for claim in Claim]
        words += [f"data_statut_{one.value}" for one in Status if one.hidden]
        words += [f"data_constat_{word}" for word in (*get_args(Reading), *get_args(Verdict))]
        words += [f"data_constat_{word}" for word in get_args(Kept)]
        assert [word for word in words if word not in catalogue] == []


def test_a_workbook_that_cannot_hold_all_holds_the_edition_s_wave_and_says_so(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sheets() -> list[str]:
        rows = written(study, tmp_path, row(), row(wave="2025-2"))
        assert len(rows) == 2, "the CSV holds all"
        book = fastexcel.read_excel(tmp_path / "resultats.xlsx")
        return [
            book.load_sheet(name, header_row=None).to_polars().write_csv()
            for name in book.sheet_names
        ]

    own_wave = Language.of("fr").text("data_own_wave")
    whole = sheets()
    assert own_wave not in whole[1] and "2025-2" in whole[-1]
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    limited = sheets()
    assert own_wave in limited[1]
    assert "2026-2" in limited[-1] and "2025-2" not in limited[-1]
