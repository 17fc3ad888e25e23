"""Monthly figures of several deliveries: registered, told, and one table per directorate and
wave."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from analysis.errors import IntakeError, ObservatoryError, RawDataError, ScopeError
from analysis.intake import Delivery, check_entry, deliveries, read_deliveries, write_tables
from analysis.operations.check import check_study
from analysis.operations.context import Context
from analysis.operations.receive import read_new_deliveries
from analysis.operations.register import register_delivery
from analysis.storage import read_provenance
from analysis.study import Study, Workspace
from analysis.study.scope import Scope
from tests.conftest import ROOT, journal
from tests.unit.test_deliveries import forms
from tests.workbooks import TABLE, delivery, entry_of, sheet

FIRST = """
Indicateur | Unité | Direction | mai-24 | juin-24 | juil.-24 | Cumul
Visites | nombre | DPAPH | 100 | 200 | 300 | 600
Visites | nombre | DEF | 10 | 20 | n.d. |
Attente | minutes | DPAPH | 12,5 | 14 | 13 |
Attente | minutes | DEF | 5 | 6 | 7 |
"""
SECOND = """
Indicateur | Unité | Direction | juin-24 | juil.-24 | août-24 | Cumul
Visites | nombre | DPAPH | 200 | 310 | 400 | 910
Visites | nombre | DEF | 20 | 30 | n.d. |
Attente | minutes | DPAPH | n.d. | 13 | 15 |
Attente | minutes | DEF | 6 | 7 | 8 |
"""
BOTH = TABLE | {
    "ignored": [],
    "indicators": {"Visites": "visites", "Attente": "attente_moyenne"},
}


def two(
    folder: Path, *, received: tuple[str, str] = ("2024-09-01", "2024-10-01")
) -> list[Delivery]:
    """Two deliveries that have months in common."""
    return [
        delivery(folder, sheet(text), BOTH, name=name, received=day)
        for name, text, day in (("a", FIRST, received[0]), ("b", SECOND, received[1]))
    ]


def tables(workspace: Workspace) -> dict[str, pl.DataFrame]:
    """The tables of figures, by their scope."""
    folder = workspace.processed("cd93", "measures")
    return {
        path.parent.relative_to(folder).as_posix(): pl.read_parquet(path, hive_partitioning=False)
        for path in sorted(folder.rglob("*.parquet"))
    }


def content(workspace: Workspace) -> dict[str, bytes]:
    folder = workspace.processed("cd93", "measures")
    return {path.as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


# --- one figure per indicator, month and place ----------------------------------------------------


def test_each_directorate_and_wave_has_its_figures(study: Study, tmp_path: Path) -> None:
    """June ends the first wave of 2024; what was received last counts; a mean is made of its
    count."""
    totals = write_tables(
        Workspace(tmp_path), study, read_deliveries(two(tmp_path), study.for_intake())
    )
    assert (totals.figures, totals.received, totals.revised) == (16, 0, {"b": 3})
    found = tables(Workspace(tmp_path))
    assert list(found) == [
        f"directorate={unit}/wave={wave}"
        for unit in ("def", "dpaph")
        for wave in ("2024-1", "2024-2")
    ]
    columns = ("indicator", "month", "value", "numerator", "denominator", "missing", "delivery")
    assert found["directorate=dpaph/wave=2024-1"].select(*columns).rows() == [
        ("attente_moyenne", date(2024, 5, 1), 12.5, 1250, 100, "", "a"),
        ("attente_moyenne", date(2024, 6, 1), None, None, 200, "nd", "b"),
        ("visites", date(2024, 5, 1), 100, 100, None, "", "a"),
        ("visites", date(2024, 6, 1), 200, 200, None, "", "b"),
    ]
    assert found["directorate=def/wave=2024-2"].select(*columns).rows() == [
        ("attente_moyenne", date(2024, 7, 1), 7, 210, 30, "", "b"),
        ("attente_moyenne", date(2024, 8, 1), 8, None, None, "", "b"),
        ("visites", date(2024, 7, 1), 30, 30, None, "", "b"),
        ("visites", date(2024, 8, 1), None, None, None, "nd", "b"),
    ]
    row = found["directorate=dpaph/wave=2024-1"].row(1, named=True)
    assert [row[name] for name in ("site", "unit", "file", "sheet", "line")] == [
        *("", "minutes", "gestion.xlsx", "Suivi mensuel", 4)
    ]


def test_the_later_delivery_counts_whatever_their_order(study: Study, tmp_path: Path) -> None:
    """The same bytes; and on one day, the later name."""
    workspace = Workspace(tmp_path)
    given = two(tmp_path)
    write_tables(workspace, study, read_deliveries(given, study.for_intake()))
    before = content(workspace)
    write_tables(workspace, study, read_deliveries(given[::-1], study.for_intake()))
    assert content(workspace) == before and len(before) == 4
    july = pl.col("month") == date(2024, 7, 1)

    def visits(*received: str) -> float:
        read = read_deliveries(two(tmp_path, received=received), study.for_intake())
        found = read.figures.table.filter(july, indicator="visites", directorate="dpaph")
        return float(found.item(0, "value"))

    assert visits("2024-09-01", "2024-10-01") == 310
    assert visits("2024-09-01", "2024-09-01") == 310
    assert visits("2024-10-01", "2024-09-01") == 300


def test_the_same_figure_twice_is_no_revision(study: Study, tmp_path: Path) -> None:
    again = [
        delivery(tmp_path, sheet(FIRST), BOTH, name=name, received=f"2024-09-0{number}")
        for number, name in enumerate(("a", "b", "c"), 1)
    ]
    read = read_deliveries(again, study.for_intake())
    assert (read.figures.revised, read.figures.repeated) == ({}, 24)
    assert read.figures.table.height == 12


def test_two_numbers_for_one_figure_of_a_delivery_are_refused(study: Study, tmp_path: Path) -> None:
    """A number and a sign are not."""
    first, second = two(tmp_path)
    shutil.copy(second.folder / "gestion.xlsx", first.folder / "other.xlsx")
    (entry,) = first.manifest.files
    files = (entry, entry.model_copy(update={"path": "other.xlsx"}))
    both = replace(first, manifest=first.manifest.model_copy(update={"files": files}))
    with pytest.raises(RawDataError) as caught:
        read_deliveries([both], study.for_intake())
    sheet_name = "sheet 'Suivi mensuel', row 2"
    assert caught.value.what == "Two figures stand for visites of dpaph in 2024-07: 300 and 310."
    assert caught.value.where == f"a/gestion.xlsx, {sheet_name} = a/other.xlsx, {sheet_name}"
    (first.folder / "other.xlsx").write_bytes(
        sheet(SECOND.replace("310 | 400 | 910", "n.d. | 400 |"))
    )
    found = read_deliveries([both], study.for_intake()).figures
    assert found.table.height == 16 and found.revised == {}
    assert found.table.filter(pl.col("missing") == "nd").height == 1


def test_a_share_and_a_rate_are_made_of_what_they_are_of(study: Study, tmp_path: Path) -> None:
    text = """
    Indicateur | Unité | Direction | mai-24 | Cumul
    Décroché | % | DEF | 70 % |
    Appels | nombre | DEF | 400 |
    Incidents | pour mille | DEF | 3,5 ‰ |
    """
    rated = study.model_copy(
        update={
            "management": (
                *study.management,
                study.management[0].model_copy(
                    update={"id": "incidents", "unit": "per_thousand", "of": "appels"}
                ),
            )
        }
    )
    table = BOTH | {
        "indicators": {"Décroché": "taux_decroche", "Appels": "appels", "Incidents": "incidents"},
        "units": {"%": "share", "nombre": "count", "pour mille": "per_thousand"},
    }
    given = delivery(tmp_path, sheet(text), table)
    found = read_deliveries([given], rated.for_intake()).figures.table
    assert found.select("indicator", "value", "numerator", "denominator").rows() == [
        ("appels", 400, 400, None),
        ("incidents", 3.5, pytest.approx(1.4), 400),
        ("taux_decroche", 0.7, pytest.approx(280), 400),
    ]


def test_a_month_without_a_case_adds_nothing(study: Study, tmp_path: Path) -> None:
    """Whether its share is missing, or stands there as nought; where cases are, it is a hole."""
    text = """
    Indicateur | Unité | Direction | mai-24 | juin-24 | juil.-24 | Cumul
    Décroché | % | DEF | 70 % | n.d. | 0 % |
    Appels | nombre | DEF | 400 | 0 | 0 |
    """
    table = BOTH | {
        "indicators": {"Décroché": "taux_decroche", "Appels": "appels"},
        "units": {"%": "share", "nombre": "count"},
    }
    for calls, made in ((0, 0), (20, None)):
        given = delivery(tmp_path, sheet(text.replace("| 0 | 0", f"| {calls} | 0")), table)
        found = read_deliveries([given], study.for_intake()).figures.table
        shares = found.filter(indicator="taux_decroche").sort("month")
        assert shares["numerator"].to_list() == [pytest.approx(280), made, 0]


def test_a_figure_says_how_far_it_may_be_rounded(study: Study, tmp_path: Path) -> None:
    """Half a unit of the last decimal of its row; a count is exact."""
    text = """
    Indicateur | Unité | Direction | mai-24 | juin-24 | Cumul
    Décroché | % | DEF | 70 % | 71,5 % |
    Appels | nombre | DEF | 400 | 300 |
    """
    table = BOTH | {
        "indicators": {"Décroché": "taux_decroche", "Appels": "appels"},
        "units": {"%": "share", "nombre": "count"},
    }
    given = delivery(tmp_path, sheet(text), table)
    found = read_deliveries([given], study.for_intake()).figures.table
    halves = dict(found.select("indicator", "half").iter_rows())
    assert halves == {"appels": 0, "taux_decroche": pytest.approx(0.0005)}
    coarser = delivery(tmp_path, sheet(text.replace("71,5", "71")), table)
    found = read_deliveries([coarser], study.for_intake()).figures.table
    assert found.filter(indicator="taux_decroche")["half"].to_list() == [pytest.approx(0.005)] * 2


# --- tables beside answers ------------------------------------------------------------------------


@pytest.fixture
def context(tmp_path: Path) -> Context:
    workspace = tmp_path / "workspace"
    for name in ("params/cd93", "notebooks"):
        shutil.copytree(ROOT / name, workspace / name)
    shutil.copyfile(ROOT / "requirements.lock", workspace / "requirements.lock")
    lines: list[str] = []
    context = Context.open(Workspace(workspace), "cd93", lines.append)
    return replace(context, tell=Told(lines))


class Told:
    """Keeps the lines that are told."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def __call__(self, line: str) -> None:
        self.lines.append(line)


Draft = Callable[..., Path]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """Writes a draft of a delivery: its files of figures, and one of paper forms of wave 2026-2."""

    def write(
        name: str, *, answers: bool = False, received: str = "2026-11-01", **more: Any
    ) -> Path:
        folder = tmp_path / "drafts" / name
        folder.mkdir(parents=True)
        figures = more.pop("figures", None)
        files: list[dict[str, Any]] = []
        if figures:
            (folder / "gestion.xlsx").write_bytes(sheet(figures))
            files.append({"path": "gestion.xlsx", "reader": "measures", "measures": [BOTH]})
        if answers:
            (folder / "a.csv").write_bytes(forms(0, 20).encode("cp1252"))
            paper = {"reader": "paper", "channel": "papier", "wave": "2026-2"}
            files.append({"path": "a.csv", **paper})
        manifest = {"delivery": name, "received": received, "simulated": True, "files": files}
        with (folder / "draft.yml").open("w", encoding="utf-8") as stream:
            YAML(typ="safe", pure=True).dump(manifest | more, stream)
        return folder / "draft.yml"

    return write


def said(context: Context) -> list[str]:
    assert isinstance(context.tell, Told)
    return context.tell.lines


def test_a_delivery_of_figures_alone_is_registered_told_and_noted(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("a", figures=FIRST))
    assert said(context) == [
        "gestion.xlsx: 12 figures of 2 indicators, 1 missing, 1 totals reconciled",
        "12 monthly figures received = 12 kept + 0 refused + 0 given again later",
    ]
    said(context).clear()
    register_delivery(context, draft("b", figures=SECOND, received="2026-11-02"))
    assert said(context) == [
        "gestion.xlsx: 12 figures of 2 indicators, 2 missing, 1 totals reconciled",
        "24 monthly figures received = 16 kept + 0 refused + 8 given again later",
        "  b revises 3 figures of deliveries before it",
    ]
    assert not read_new_deliveries(context), "what was registered was read"
    line = journal(context.workspace.root, "cd93")[-1]
    assert (line["deliveries"], line["figures"], line["revised"]) == (["a", "b"], 16, {"b": 3})
    assert "2 deliveries. No fault found." in check_study(context.workspace, "cd93")
    registered = deliveries(context.workspace, context.study)
    assert registered[0].manifest.files[0].measures == entry_of(**BOTH).measures


def test_a_correction_replaces_the_figures_of_a_delivery(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("a", figures=FIRST, answers=True))
    said(context).clear()
    register_delivery(context, draft("b", answers=True, figures=SECOND, replaces="a"))
    assert "16" not in "".join(said(context))
    assert {
        one["delivery"].unique().item() for one in tables(context.workspace).values() if one.height
    } == {"b"}
    register_delivery(context, draft("c", answers=True, replaces="b"))
    assert any("have no successor here: gestion.xlsx" in line for line in said(context))
    assert all(not one.height for one in tables(context.workspace).values())


def test_a_scope_with_answers_and_no_figures_has_an_empty_table(
    context: Context, draft: Draft
) -> None:
    """It says where it comes from all the same; the tables of answers are what they are without
    figures."""
    register_delivery(context, draft("a", answers=True))
    here = Scope("def", "2026-2")
    path = context.workspace.table("cd93", "measures", here)
    responses = context.workspace.table("cd93", "responses", here)
    before = responses.read_bytes()
    assert pl.read_parquet(path, hive_partitioning=False).height == 0
    assert read_provenance(path) == read_provenance(responses)
    register_delivery(context, draft("b", figures=FIRST))
    assert sorted(tables(context.workspace)) == [
        *("directorate=def/wave=2024-1", "directorate=def/wave=2024-2"),
        *("directorate=def/wave=2026-2", "directorate=dpaph/wave=2024-1"),
        "directorate=dpaph/wave=2024-2",
    ]
    assert responses.read_bytes() == before
    figures = context.workspace.table("cd93", "measures", Scope("def", "2024-1"))
    assert list(read_provenance(figures).inputs) == ["b/gestion.xlsx"]
    assert read_provenance(figures).simulated


def test_a_study_without_management_has_no_such_tables(
    context: Context, draft: Draft, study: Study
) -> None:
    register_delivery(context, draft("a", answers=True))
    bare = study.model_copy(update={"management": ()})
    read = read_deliveries(deliveries(context.workspace, bare), bare.for_intake())
    write_tables(context.workspace, bare, read)
    assert tables(context.workspace) == {}


def test_figures_of_no_wave_make_no_delivery(context: Context, draft: Draft) -> None:
    with pytest.raises(RawDataError) as caught:
        register_delivery(context, draft("a", figures=FIRST.replace("-24", "-27")))
    assert caught.value.what == "Nothing of delivery 'a' is kept: after the last wave (12)."
    assert not context.workspace.raw("cd93").exists()


def test_a_fault_of_figures_registers_nothing(context: Context, draft: Draft) -> None:
    with pytest.raises(IntakeError, match="does not add up: it is 601"):
        register_delivery(context, draft("a", figures=FIRST.replace("600", "601"), answers=True))
    assert not context.workspace.raw("cd93").exists()


# --- what a manifest may say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"indicators": {"Visites": "visits"}}, "Unknown management indicator: 'visits'"),
        (
            {"indicators": {"Réclamations": "reclamations_1000"}},
            "'reclamations_1000' is not delivered: it is computed from two counts",
        ),
        ({"jumps": ["attentes"]}, "Unknown management indicator: 'attentes'"),
        ({"places": {"Voirie": "voirie"}}, "Unknown directorate: 'voirie'"),
        ({"places": {"Orme": "antenne-orme"}}, "Unknown directorate: 'antenne-orme'"),
        (
            {"directorate": None, "site": "Site", "places": {"Dir": "dpaph"}},
            "Unknown site: 'dpaph'",
        ),
    ],
)
def test_a_table_names_what_the_study_has(study: Study, table: dict[str, Any], words: str) -> None:
    check_entry(study, entry_of(), "manifest.yml")
    with pytest.raises(ScopeError) as caught:
        check_entry(study, entry_of(**table), "manifest.yml")
    assert words in str(caught.value) and caught.value.where == "manifest.yml"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"site": "Site"}, "one column of places: `directorate` or `site`"),
        ({"directorate": None}, "one column of places: `directorate` or `site`"),
        ({"unit": "Indicateur "}, "a text stands twice among the columns: 'indicateur'"),
        ({"ignored": ["cumul"]}, "a text stands twice among the columns: 'cumul'"),
        ({"totals": ["DPAPH", "Dpaph"]}, "a text stands twice among the places: 'dpaph'"),
        ({"other_indicators": ["visites"]}, "a text stands twice among the indicators: 'visites'"),
        ({"units": {"jours": "weeks"}}, "Input should be 'count', 'share'"),
        ({"indicators": {}}, "at least 1 item"),
        ({"header": 0}, "greater than or equal to 1"),
    ],
)
def test_a_table_that_cannot_be_is_none(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        entry_of(**table)


def test_tables_go_with_their_reader_and_with_no_channel() -> None:
    from analysis.intake import FileEntry

    right = {"path": "a.xlsx", "reader": "measures", "measures": [TABLE]}
    assert FileEntry.model_validate(right).is_read
    for changes in (
        {"measures": []},
        {"reader": "archive"},
        {"channel": "qr"},
        {"wave": "2026-2"},
        {"absent": ["Q01"]},
    ):
        with pytest.raises(ValidationError, match=r"with the measures reader|no channel"):
            FileEntry.model_validate(right | changes)


def test_a_refused_manifest_is_an_error_of_ours(context: Context, draft: Draft) -> None:
    path = draft("a", figures=FIRST)
    text = path.read_text(encoding="utf-8").replace("header: 1", "header: one")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ObservatoryError) as caught:
        register_delivery(context, path)
    assert "files.0.measures.0.header" in str(caught.value)
