"""Open data that another body sends: read back as it was written, and refused where anything of it
is not what it says.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.editions import package_files
from analysis.editions.description import SCHEMA_VERSION
from analysis.editions.open_data import COLUMNS
from analysis.editions.package import read_package
from analysis.errors import IntakeError, ObservatoryError, RawDataError
from analysis.study import Study
from analysis.study.settings import Licence, Noun
from tests.packages import described_again, send, with_cell, with_schema, zipped
from tests.released import row


@pytest.fixture
def package(study: Study, tmp_path: Path) -> Path:
    return send(study, tmp_path / "data")


def refusal(source: Path) -> str:
    """What is said of a package that is refused."""
    with pytest.raises(ObservatoryError) as caught:
        read_package(source)
    return str(caught.value)


def test_a_package_says_what_it_is_and_holds_what_was_written(package: Path) -> None:
    read = read_package(package)
    said = read.description
    assert (said.study, said.wave, said.version) == ("voisin", "2026-2", "1.0.0")
    assert str(said.publisher) == "Département voisin (fictif)"
    assert said.minimum_base == 30 and said.simulated
    assert {one.id: one.mode for one in said.channels}["invitation"] == "web"
    t2b = next(one for one in said.definitions if one.id == "T2B")
    assert (t2b.version, t2b.kind, t2b.top) == ("1.0", "top_share", 2)
    q01 = next(one for one in said.questions if one.id == "Q01")
    assert len(q01.levels) == 5 and str(q01.levels[-1]) == "Très satisfait(e)"
    assert [wave.id for wave in said.waves][-1] == "2026-2"
    assert said.waves[-1].end.isoformat() == "2026-10-31"
    assert said.licence.startswith("https://www.etalab.gouv.fr/")
    assert read.figures.columns == list(COLUMNS)
    assert read.figures.select("direction", "valeur", "base", "statut").rows() == [
        ("dpaph", 0.65, 1042, ""),
        ("def", 0.55, 380, ""),
        ("dpaph", None, None, "s"),
    ]


def test_a_package_is_read_whatever_its_sender_calls_its_units(
    study: Study, tmp_path: Path
) -> None:
    unit = Noun.model_validate({"one": "produit", "many": "produits"})
    terms = study.terms.model_copy(update={"unit": unit})
    licence = Licence.model_validate({"name": "Libre", "url": "https://licence.example/libre"})
    sent = send(study.model_copy(update={"terms": terms, "licence": licence}), tmp_path / "data")
    assert "\nproduit," in (sent / "dictionnaire.csv").read_text(encoding="utf-8")
    read = read_package(sent)
    assert read.description.unit == "produit" and read.figures.columns == list(COLUMNS)
    assert str(read.description.licence) == "https://licence.example/libre"
    with_schema(sent, lambda schema: schema["edition"].update(unit="direction"))
    assert "does not describe the columns" in refusal(sent)
    with_schema(sent, lambda schema: schema["edition"].update(unit="../x"))
    assert "as it should: unit." in refusal(sent)


def test_a_zip_is_read_as_its_folder(package: Path, tmp_path: Path) -> None:
    for name, under in (("flat.zip", ""), ("one.zip", "data/")):
        read = read_package(zipped(package, tmp_path / name, under=under))
        assert read.digest == read_package(package).digest


def test_a_label_that_was_kept_from_being_a_formula_comes_back_as_it_was(
    study: Study, tmp_path: Path
) -> None:
    younger = {"breakdown": "age", "category": "1", "category_label": "- de 30 ans"}
    sent = send(study, tmp_path / "data", row(), row(**younger))
    assert "'- de 30 ans" in (sent / "resultats.csv").read_text(encoding="utf-8")
    assert read_package(sent).figures["libelle_categorie"].to_list()[1] == "- de 30 ans"


@pytest.mark.parametrize("name", ["resultats.csv", "dictionnaire.csv", "schema.json"])
def test_a_changed_byte_is_seen(package: Path, name: str) -> None:
    content = bytearray((package / name).read_bytes())
    place = content.index(b"e", len(content) // 2)
    content[place] = ord("o")
    (package / name).write_bytes(content)
    assert f"{name} is not the file that the package describes" in refusal(package)
    described_again(package)  # … and is no fault of its own
    if name == "resultats.csv":
        assert "is not the file" not in str(_outcome(package))


def _outcome(package: Path) -> object:
    try:
        return read_package(package).name
    except ObservatoryError as error:
        return error


@pytest.mark.parametrize(
    "name", ["resultats.csv", "dictionnaire.csv", "schema.json", "dcat.jsonld"]
)
def test_a_missing_file_is_named(package: Path, name: str) -> None:
    (package / name).unlink()
    assert f"The package lacks {name}." in refusal(package)


def test_another_version_of_the_schema_is_refused_with_both(package: Path) -> None:
    with_schema(package, lambda schema: schema.update(version="7.2"))
    said = refusal(package)
    assert "'7.2'" in said and repr(SCHEMA_VERSION) in said
    with_schema(package, lambda schema: schema.pop("version"))
    assert "has no version of the schema" in refusal(package)


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("libelle_direction", "<img src=x onerror=alert(1)>", "A text holds HTML."),
        ("libelle_direction", "Accueil &lt;b&gt;", "A text holds HTML."),
        ("libelle_indicateur", '=HYPERLINK("x")', "A cell is a formula of spreadsheets."),
        ("libelle_indicateur", "'=1+1", "A text is a formula of spreadsheets."),
        ("libelle_indicateur", "'@SUM(A1)", "A text is a formula of spreadsheets."),
        ("libelle_direction", "Accueil\u202etxt.exe", "A text holds characters that are not seen."),
        (
            "libelle_direction",
            "\ue000fr\ue001x\ue002",
            "A text holds characters that are not seen.",
        ),
        ("libelle_direction", "🦄", "A text holds characters that no font of an edition has."),
        ("libelle_direction", "a" * 2_001, "A text is longer than 2000 characters."),
        ("valeur", "abc", "A cell is no number of its column."),
        ("valeur", "inf", "A cell is no number of its column."),
        ("borne_haute", "1e999", "A number has no end."),
        ("valeur", "0.9", "A value lies outside its interval."),
        ("base", "-3", "A cell is no number of its column."),
        ("base", "12", "A figure is shown that rests on fewer answers than the 30"),
        ("base", "", "A figure is shown that rests on fewer answers than the 30"),
        ("statut", "s", "A hidden figure shows a number or a word."),
        ("statut", "x", "A cell holds a code that is not known."),
        ("etude", "autre", "A cell holds a code that is not known."),
        ("vague", "2031-1", "A wave is none of those described."),
        ("question", "Q99", "A question is none of those described."),
        ("canaux", "pigeon", "A channel is none of those described."),
        ("version_definition", "2.0", "A definition, its version, or what it gives, is none"),
        ("unite", "score_10", "A definition, its version, or what it gives, is none"),
        ("portee", "", "A result does not say what may be claimed of it."),
        ("cle", "estimates/x", "A key does not agree with its columns."),
        ("categorie", "inconnue", "The codebook does not say what 'inconnue' means"),
        ("simule", "peut-être", "A cell holds a code that is not known."),
    ],
)
def test_what_a_cell_may_not_be_is_named(package: Path, column: str, text: str, said: str) -> None:
    read_package(package)
    with_cell(package, column, text)
    assert said in refusal(package)


def test_a_value_that_its_unit_cannot_have_is_named(package: Path) -> None:
    for column in ("valeur", "borne_basse", "borne_haute"):
        with_cell(package, column, "1.4")
    assert "A value is none that its unit may have." in refusal(package)


def test_a_figure_that_stands_twice_is_named_at_both_places(package: Path) -> None:
    path = package / "resultats.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    described_again(package)
    said = refusal(package)
    assert said.count("A figure stands twice.") == 2
    assert "line 2" in said and "line 5" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one["edition"].pop("minimum_base"), "schema as it should: minimum_base"),
        (lambda one: one["edition"].update(study="../../etc"), "schema as it should: study"),
        (lambda one: one["edition"].update(wave="../x"), "schema as it should: wave"),
        (lambda one: one["edition"].update(version="1.0/.."), "schema as it should: version"),
        (lambda one: one["edition"].update(publisher="<b>x</b>"), "A text holds HTML."),
        (
            lambda one: one["edition"]["waves"][0].update(label={"fr": "x", "en": "=1+1"}),
            "A text is a formula of spreadsheets.",
        ),
        (lambda one: one["edition"].update(simulated=False), "says that it is not simulated"),
        (lambda one: one["edition"].update(wave="2031-1"), "none of its waves"),
        (
            lambda one: one["edition"]["definitions"].append(one["edition"]["definitions"][0]),
            "stands twice in its definitions",
        ),
        (lambda one: one["fields"].pop(), "does not describe the columns of its version"),
    ],
)
def test_a_description_that_is_wrong_is_named(
    package: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with_schema(package, change)
    assert said in refusal(package)


def test_a_file_in_another_encoding_or_no_table_is_named(package: Path) -> None:
    path = package / "resultats.csv"
    original = path.read_bytes()
    path.write_bytes(original.decode().encode("utf-16"))
    described_again(package)
    assert "This file is not in UTF-8." in refusal(package)
    path.write_bytes(original + b"a,b,c" * 40 + b"\n")
    described_again(package)
    assert "This file is not a table" in refusal(package)
    path.write_bytes(original.replace(b"valeur", b"value", 1))
    described_again(package)
    assert "The columns are not those of the schema: 'valeur', 'value'." in refusal(package)
    path.write_bytes(original)
    (package / "schema.json").write_text("[1", encoding="utf-8")
    assert "This file is not the JSON that it should be." in refusal(package)


def test_a_name_that_leads_out_of_a_zip_is_refused_and_nothing_is_written(
    package: Path, tmp_path: Path
) -> None:
    for number, name in enumerate(("../resultats.csv", "/resultats.csv", "a\\..\\schema.json")):
        source = zipped(package, tmp_path / f"{number}.zip")
        with zipfile.ZipFile(source, "a") as archive:
            archive.writestr(name, b"x")
        before = sorted(tmp_path.rglob("*"))
        assert "A name leads out of the package" in refusal(source)
        assert sorted(tmp_path.rglob("*")) == before


def test_a_link_a_second_edition_and_what_is_no_package_are_refused(
    package: Path, tmp_path: Path
) -> None:
    twice = zipped(package, tmp_path / "twice.zip")
    with zipfile.ZipFile(twice, "a") as archive:
        archive.write(package / "schema.json", "other/schema.json")
    assert "schema.json stands twice in the package." in refusal(twice)
    text = tmp_path / "text.txt"
    text.write_text("x", encoding="utf-8")
    assert "neither a folder nor a zip" in refusal(text)
    secret = tmp_path / "secret"
    secret.write_text("x", encoding="utf-8")
    (package / "resultats.csv").unlink()
    (package / "resultats.csv").symlink_to(secret)
    assert "resultats.csv is a link" in refusal(package)


def test_a_file_that_is_too_large_is_refused_however_it_is_packed(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = zipped(package, tmp_path / "packed.zip")
    monkeypatch.setattr(package_files, "LARGEST", 1_000)
    with pytest.raises(RawDataError, match="is larger than"):
        read_package(package)
    with pytest.raises(RawDataError, match="is larger than"):
        read_package(packed)


def test_faults_have_the_exit_codes_of_their_kinds(package: Path) -> None:
    with_cell(package, "libelle_direction", "<b>x</b>")
    with pytest.raises(IntakeError) as caught:
        read_package(package)
    assert caught.value.exit_code == 5
    assert "resultats.csv, line 2, libelle_direction" in str(caught.value)
    assert "<b>" not in str(caught.value), "what it holds is not repeated"
    (package / "dictionnaire.csv").unlink()
    with pytest.raises(RawDataError) as missing:
        read_package(package)
    assert missing.value.exit_code == 4
