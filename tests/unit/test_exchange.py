"""Editions of other bodies: imported once, kept as they came, and set beside the study's results
where they are of the same measure.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.editions.comparability import comparison_table, small_here
from analysis.editions.package import read_package
from analysis.editions.received import Received, compared_editions, received
from analysis.errors import ObservatoryError, RawDataError, ScopeError
from analysis.operations.compared import write_compared
from analysis.operations.context import Context
from analysis.operations.exchange import ImportOutcome, import_edition, remove_edition
from analysis.publishing.imported import ImportedFigures
from analysis.publishing.pages import comparison
from analysis.publishing.pages.page import Page
from analysis.storage import Imported, read_table
from analysis.study import Study, Workspace
from tests.conftest import ROOT
from tests.packages import send, with_schema
from tests.released import HIDDEN, page, row
from tests.unit.test_pages import lines

DAY = date(2026, 11, 27)


@pytest.fixture
def context(study: Study, tmp_path: Path) -> Context:
    workspace = tmp_path / "w"
    shutil.copytree(ROOT / "params" / "cd93", workspace / "params" / "cd93")
    return Context(Workspace(workspace), study, lambda line: None)


@pytest.fixture
def sent(study: Study, tmp_path: Path) -> Path:
    return send(study, tmp_path / "sent")


def imported(context: Context, source: Path) -> ImportOutcome:
    return import_edition(context, source, today=DAY)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def table(study: Study, sent: Path) -> pl.DataFrame:
    return comparison_table([read_package(sent)], study, "2026-2")


# --- the store ------------------------------------------------------------------------------------


def test_an_import_is_kept_as_it_came_and_nobody_writes_it(context: Context, sent: Path) -> None:
    done = imported(context, sent)
    assert (done.act, done.results, done.comparable, done.hidden) == ("imported", 3, 3, 0)
    assert context.workspace.relative(done.folder) == "data/imported/cd93/voisin/2026-2/v1.0.0"
    for name in ("resultats.csv", "schema.json", "dictionnaire.csv", "dcat.jsonld"):
        assert (done.folder / name).read_bytes() == (sent / name).read_bytes()
        assert (done.folder / name).stat().st_mode & 0o777 == 0o400
    (one,) = received(context.workspace, "cd93")
    assert one.note.digest == read_package(sent).digest and one.note.day == DAY


def test_the_same_again_changes_nothing(context: Context, sent: Path) -> None:
    imported(context, sent)
    before = tree(context.workspace.imported("cd93"))
    assert imported(context, sent).act == "unchanged"
    assert tree(context.workspace.imported("cd93")) == before


def test_a_newer_version_replaces_and_an_older_one_is_refused(
    context: Context, study: Study, sent: Path, tmp_path: Path
) -> None:
    imported(context, sent)
    newer = send(study, tmp_path / "newer", version="1.10.0")
    done = imported(context, newer)
    assert (done.act, done.replaced) == ("replaced", "1.0.0")
    between = send(study, tmp_path / "between", version="1.9.0")
    with pytest.raises(RawDataError, match=r"A later version .* voisin/2026-2/1\.10\.0"):
        imported(context, between)
    assert imported(context, sent).act == "unchanged", "it was imported before"
    known = received(context.workspace, "cd93")
    assert [one.package.name for one in known] == ["voisin/2026-2/1.0.0", "voisin/2026-2/1.10.0"]
    (chosen,) = compared_editions(known, study.wave("2026-2"))
    assert chosen.package.name == "voisin/2026-2/1.10.0"


def test_one_version_with_two_contents_is_refused(
    context: Context, study: Study, sent: Path, tmp_path: Path
) -> None:
    imported(context, sent)
    other = send(study, tmp_path / "other", row(value=0.64))
    with pytest.raises(RawDataError, match="was imported before, with another content"):
        imported(context, other)


def test_the_study_itself_and_a_name_that_two_bodies_share_are_refused(
    context: Context, study: Study, sent: Path, tmp_path: Path
) -> None:
    with pytest.raises(ScopeError, match="an edition of the study itself"):
        imported(context, send(study, tmp_path / "own", id="cd93"))
    imported(context, sent)
    same = send(study, tmp_path / "same", version="1.1.0", publisher="Une autre ville")
    with pytest.raises(RawDataError, match="'Une autre ville' here"):
        imported(context, same)


@pytest.mark.parametrize("spoilt", ["resultats.csv", "import.json", "the folder"])
def test_what_was_altered_since_is_seen(context: Context, sent: Path, spoilt: str) -> None:
    folder = imported(context, sent).folder
    received(context.workspace, "cd93")
    if spoilt == "the folder":
        folder.rename(folder.with_name("v1.2.0"))
    else:
        path = folder / spoilt
        path.chmod(0o600)
        path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    with pytest.raises(ObservatoryError):
        received(context.workspace, "cd93")


def test_an_import_is_taken_out_by_its_name(context: Context, sent: Path) -> None:
    imported(context, sent)
    with pytest.raises(ScopeError, match=r"Unknown imported edition: '\.\./\.\./x'"):
        remove_edition(context, "../../x")
    remove_edition(context, "voisin/2026-2/1.0.0")
    assert received(context.workspace, "cd93") == []
    assert not context.workspace.imported("cd93").exists()


def test_a_wave_is_set_beside_the_last_one_that_had_begun(
    context: Context, study: Study, sent: Path
) -> None:
    imported(context, sent)
    known = received(context.workspace, "cd93")
    assert compared_editions(known, study.wave("2026-1")) == []
    waves = known[0].package.description.waves
    earlier = known[0].package.description.model_copy(
        update={"wave": waves[-2].id, "version": "3.0.0"}
    )
    older = Received(known[0].folder, replace(known[0].package, description=earlier), known[0].note)
    (chosen,) = compared_editions([*known, older], study.wave("2026-2"))
    assert chosen.package.description.wave == "2026-2"
    (chosen,) = compared_editions([*known, older], study.wave("2026-1"))
    assert chosen is older


# --- what may be compared -------------------------------------------------------------------------


def test_results_of_the_same_measure_may_stand_beside_one_another(study: Study, sent: Path) -> None:
    found = table(study, sent)
    assert found.get_column("comparable").to_list() == [["dpaph", "def"]] * 3
    assert found.select("source", "indicator", "definition", "mode", "value", "status").rows() == [
        ("voisin", "satisfaction_globale", "T2B", "web", 0.65, ""),
        ("voisin", "satisfaction_globale", "T2B", "web", 0.55, ""),
        ("voisin", "accueil", "T2B", "web", None, "s"),
    ]


def _first(name: str, code: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(schema: dict[str, Any]) -> None:
        one = next(one for one in schema["edition"][name] if one["id"] == code)
        one.update(changes)

    return change


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (_first("definitions", "T2B", top=3), ["definition"]),
        (_first("questions", "Q01", wording="Êtes-vous content ?"), ["question"]),
        (_first("questions", "Q01", levels=["Non", "Oui"]), ["scale"]),
        (_first("channels", "invitation", mode="telephone"), ["mode"]),
        (lambda schema: schema["edition"].update(population="residents"), ["population"]),
    ],
)
def test_a_result_of_another_measure_is_told_apart_with_the_reason(
    study: Study,
    sent: Path,
    change: Callable[[dict[str, Any]], None],
    reasons: list[str],
) -> None:
    with_schema(sent, change)
    found = table(study, sent).filter(pl.col("key").str.contains("/dpaph/.*satisfaction_globale"))
    assert found.get_column("differences").to_list() == [reasons]
    assert found.get_column("comparable").to_list() == [[]]


def test_a_weaker_claim_is_a_reason_too(study: Study, tmp_path: Path) -> None:
    sent = send(study, tmp_path / "sent", row(claim="C2"))
    assert table(study, sent).get_column("differences").to_list() == [["claim"]]


def test_definitions_are_compared_by_what_they_count_and_not_by_their_names(
    study: Study, tmp_path: Path
) -> None:
    renamed = tuple(
        one.model_copy(update={"id": {"T2B": "FAV", "T1B": "T2B"}.get(one.id, one.id)})
        for one in study.definitions
    )
    figures = row(definition="FAV", kind="share", unit="share")
    sent = send(study, tmp_path / "sent", figures, row(), definitions=renamed)
    found = table(study, sent)
    assert found.select("definition", "definition_label").rows() == [
        ("T2B", "part des deux réponses les plus favorables"),
        ("T1B", "part de la réponse la plus favorable"),
    ]


def test_an_indicator_is_known_by_its_question_whatever_it_is_called(
    study: Study, tmp_path: Path
) -> None:
    called = tuple(
        one.model_copy(update={"id": "contentement" if one.item == "Q01" else one.id})
        for one in study.indicators
    )
    sent = send(study, tmp_path / "sent", row(indicator="contentement"), indicators=called)
    assert table(study, sent).get_column("indicator").to_list() == ["satisfaction_globale"]
    with_schema(sent, _first("questions", "Q01", wording="Tout autre chose ?"))
    found = table(study, sent)
    assert found.select("indicator", "differences").rows() == [("contentement", ["question"])]


def test_a_question_is_the_same_in_any_language_that_both_have(
    study: Study, tmp_path: Path
) -> None:
    english = {"wording": {"en": study.in_language("en").item("Q01").wording}}
    sent = send(study, tmp_path / "sent", row())
    with_schema(sent, _first("questions", "Q01", **english))
    assert table(study, sent).get_column("comparable").to_list() == [["dpaph", "def"]]
    with_schema(sent, _first("questions", "Q01", wording={"en": "Are you well?"}))
    assert table(study, sent).get_column("differences").to_list() == [["question"]]


def test_what_rests_on_too_few_answers_here_is_hidden_and_what_was_hidden_stays_so(
    study: Study, sent: Path
) -> None:
    thresholds = study.thresholds.model_copy(
        update={"suppressed_below": 200, "fragile_below": 500, "caution_below": 2_000}
    )
    strict = study.with_only(study.visible_fields() | {"thresholds": thresholds})
    package = read_package(sent)
    assert (small_here(package, study), small_here(package, strict)) == (0, 1)
    found = table(strict, sent)
    assert found.get_column("status").to_list() == ["caution", "nd", "s"]
    numbers = found.select("value", "se", "low", "high", "base").rows()
    assert numbers[1] == numbers[2] == (None,) * 5 and numbers[0][4] == 1042


# --- the page -------------------------------------------------------------------------------------


def shown(study: Study, sent: Path, folder: Path, *rows: dict[str, Any]) -> Page:
    own = rows or (row(value=0.6, low=0.57, high=0.63), row(indicator="accueil", item="Q11"))
    made = page(study.in_language("fr"), *own, directorate=None, folder=folder)
    return replace(made, imported=ImportedFigures(table(study, sent)))


def test_the_page_sets_results_side_by_side_and_works_nothing_out(
    study: Study, sent: Path, tmp_path: Path
) -> None:
    made = shown(study, sent, tmp_path)
    read = lines(comparison.alike(made))
    assert "### Satisfaction globale, chez les usagers reçus, en ligne" in read
    cells = [line for line in read if line.endswith("|")]
    assert "DPAPH|60 %|[57 ; 63]|1 042|" in cells
    there = [line for line in cells if "Département voisin (fictif)" in line]
    assert [line.split("|")[1:4] for line in there] == [
        ["65 %", "[62 ; 68]", "1 042"],
        ["55 %", "[50 ; 60]", "380"],
        ["s", "s", "s"],
    ], "by unit, in the order of names; what was hidden stays so"
    text = "\n".join(read)
    assert "5 points" not in text and "écart n’est calculé" in text
    assert (tmp_path / "figures" / "alike-satisfaction-globale-web-c1.svg").exists()
    images = {path.name for path in (tmp_path / "figures").iterdir()}
    assert not any("accueil" in name for name in images), "one of its sides shows nothing"


def test_what_is_not_compared_stands_apart_with_its_reason(
    study: Study, sent: Path, tmp_path: Path
) -> None:
    assert lines(comparison.apart(shown(study, sent, tmp_path))) == []
    with_schema(sent, _first("questions", "Q01", levels=["Non", "Oui"]))
    made = shown(study, sent, tmp_path)
    (line,) = [line for line in lines(comparison.apart(made)) if "Satisfaction globale" in line]
    assert line.split("|")[:4] == [
        "Département voisin (fictif)",
        "Satisfaction globale",
        "part des deux réponses les plus favorables",
        "Échelle qui n’a pas autant de réponses possibles",
    ]
    assert not any("Satisfaction globale" in line for line in lines(comparison.alike(made)))


def test_nothing_stands_beside_a_result_that_the_edition_has_not(
    study: Study, sent: Path, tmp_path: Path
) -> None:
    made = shown(study, sent, tmp_path, row(wave="2026-1"))
    assert lines(comparison.alike(made)) == []
    hidden = lines(comparison.alike(shown(study, sent, tmp_path, row(**HIDDEN))))
    assert any(line.startswith("DPAPH|s|s|s|") for line in hidden)
    assert not any("Lecture" in line for line in hidden)


def test_simulated_results_of_others_are_said_on_a_page_of_real_ones(
    study: Study, sent: Path, tmp_path: Path
) -> None:
    real = row(simulated=False)
    text = "\n".join(lines(comparison.bodies(shown(study, sent, tmp_path, real))))
    assert "viennent de données simulées" in text and "|simulées|" in text
    assert shown(study, sent, tmp_path, real).image_mark == "données simulées"
    text = "\n".join(lines(comparison.bodies(shown(study, sent, tmp_path))))
    assert "viennent de données simulées" not in text, "the banner of the page says it of all"


def test_a_provisional_edition_of_others_bears_its_sign(
    study: Study, sent: Path, tmp_path: Path
) -> None:
    early = send(study, tmp_path / "early", version="0.2.0")
    told = [
        "\n".join(lines(comparison.bodies(shown(study, one, tmp_path)))) for one in (early, sent)
    ]
    assert "semestre 2026 (p), version 0.2.0" in told[0] and "(p)" not in told[1]


def test_words_of_another_language_say_which(study: Study, sent: Path, tmp_path: Path) -> None:
    made = page(study.in_language("en"), row(), directorate=None, folder=tmp_path)
    made = replace(made, imported=ImportedFigures(table(study, sent)))
    assert "[Département voisin \\(fictif\\)]{lang=fr}" in comparison.alike(made).markdown
    assert '<span lang="fr">Département voisin (fictif)</span>' in comparison.bodies(made).markdown


# --- what an edition is made of -------------------------------------------------------------------


def test_the_figures_to_compare_are_written_and_go_with_the_last_import(
    context: Context, study: Study, sent: Path
) -> None:
    period = study.wave("2026-2")
    path = context.workspace.compared("cd93", "2026-2")
    assert write_compared(context, period) == {} and not path.exists()
    digest = imported(context, sent).package.digest
    assert write_compared(context, period) == {"voisin/2026-2/1.0.0": digest}
    assert read_table(path, Imported, hint="").height == 3
    remove_edition(context, "voisin/2026-2/1.0.0")
    assert write_compared(context, period) == {} and not path.exists()


def test_a_package_is_known_by_the_digest_of_its_description(sent: Path) -> None:
    known = hashlib.sha256((sent / "dcat.jsonld").read_bytes()).hexdigest()
    assert read_package(sent).digest == known
    with_schema(sent, lambda schema: schema.update(comment="another byte"))
    assert read_package(sent).digest != known
