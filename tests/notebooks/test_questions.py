"""Questions of an analyst's own, on a study that has run: equal to what the cube says, weighted,
with names that are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.errors import ScopeError
from analysis.indicators import Estimates
from analysis.storage import Provenance, as_figures, read_provenance
from analysis.study import Workspace
from analysis.workbench import OpenScope, open_scope, stored
from analysis.workbench.questions import Crosstab

NUMBERS = ("value", "unweighted", "se", "low", "high", "design_effect")


@pytest.fixture
def scope(published: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> OpenScope:
    """A scope of a study whose notebooks have all run."""
    assert published.exists()
    monkeypatch.chdir(small / "notebooks" / "workshop")
    return open_scope("cd93", directorate="dpaph", wave="2026-2")


def differences(found: pl.DataFrame, cube: pl.DataFrame) -> list[str]:
    """In what two tables of figures differ by more than 1e-9, by category."""
    both = cube.join(found, on="category", suffix="_found", how="full")
    wrong = [
        f"{row['category']}: {name}"
        for row in both.iter_rows(named=True)
        for name in NUMBERS
        if (row[name] is None) != (row[f"{name}_found"] is None)
        or (row[name] is not None and abs(row[name] - row[f"{name}_found"]) > 1e-9)
    ]
    exact = ("base", "df", "counts", "kind", "unit", "method", "claim", "weights_id")
    return wrong + [
        f"{row['category']}: {name}"
        for row in both.iter_rows(named=True)
        for name in exact
        if row[name] != row[f"{name}_found"]
    ]


ASKED = [
    ("Q01", "T2B", "age"),
    ("Q01", "M10", "age"),
    ("Q08", "NET", "pour"),
    ("Q15", "T1B", "site"),
    ("Q01", "P5", "total"),
]


@pytest.mark.parametrize(("item", "definition", "breakdown"), ASKED)
def test_a_crosstab_from_rows_says_what_the_cube_says(
    scope: OpenScope, item: str, definition: str, breakdown: str
) -> None:
    cube = scope.read("estimates").filter(
        item=item, definition=definition, breakdown=breakdown, channels="invitation"
    )
    by = () if breakdown == "total" else breakdown
    found = scope.crosstab(item, definition, by=by)
    assert cube.height >= 1
    assert differences(found, cube) == []
    moved = found.with_columns(pl.col("se") * (1 + 1e-6))
    assert differences(moved, cube), "a standard error that is off would be seen"
    plain = found.with_columns(value="unweighted")
    assert differences(plain, cube), "figures without their weights would be seen"


def test_other_channels_are_asked_apart(scope: OpenScope) -> None:
    cube = scope.read("estimates").filter(
        item="Q01", definition="T2B", breakdown="canal", channels="qr"
    )
    found = scope.crosstab("Q01", "T2B", by="channel", channels=["qr"])
    assert differences(found, cube) == []
    assert found.item(0, "claim") == "C2"


def test_two_variables_are_crossed(scope: OpenScope) -> None:
    crossed = scope.crosstab("Q01", "T2B", by=["AGE", "POUR"])
    assert crossed["category"].to_list() == sorted(crossed["category"])
    first = crossed.row(0, named=True)
    assert (first["breakdown"], first["category"]) == ("AGE*POUR", "1*1")
    assert (first["AGE"], first["POUR"]) == ("18-29 ans", "Pour soi-même")
    assert first["category_label"] == "18-29 ans, Pour soi-même"
    frame = scope.survey().frame
    inside = frame.filter(AGE=4, POUR=2).filter(pl.col("Q01").is_not_null())
    value = np.average(inside["Q01"] >= 4, weights=inside["_weight"])
    row = crossed.row(by_predicate=pl.col("category") == "4*2", named=True)
    assert row["base"] == inside.height
    assert row["value"] == pytest.approx(value, rel=1e-12)
    assert row["value"] != pytest.approx((inside["Q01"] >= 4).mean(), rel=1e-6)
    assert sum(crossed["base"]) == scope.crosstab("Q01", "T2B").item(0, "base")


def test_small_bases_are_flagged_as_an_internal_view_wants(scope: OpenScope) -> None:
    found = scope.crosstab("Q01", "T2B", by=["AGE", "SEUL"])
    for row in found.iter_rows(named=True):
        words = {"s": (1, 10), "fragile": (11, 29), "caution": (30, 99), "": (100, 10**9)}
        least, most = words[row["status"]]
        assert least <= row["base"] <= most
    assert {"s", "fragile", "caution"} <= set(found["status"])
    shown = scope.show(found).html
    assert "fragile" in shown and "trop peu pour être lu" in shown
    assert "fragile" not in scope.show(found.filter(pl.col("base") >= 30)).html


WRONG: list[tuple[Callable[[OpenScope], object], str]] = [
    (lambda scope: scope.crosstab("Q99", "T2B"), "did you mean 'Q09'"),
    (lambda scope: scope.crosstab("Q01", "T2C"), "did you mean 'T2B'"),
    (lambda scope: scope.crosstab("Q01", "P9"), "Unknown definition: 'P9'"),
    (lambda scope: scope.crosstab("Q01", "T2B", by="AGES"), "did you mean 'AGE'"),
    (lambda scope: scope.crosstab("Q01", "T2B", by="PREMIERE"), "is not asked in dpaph"),
    (lambda scope: scope.crosstab("Q18", "T2B"), r"scope\.verbatims\('Q18'\)"),
    (lambda scope: scope.crosstab("Q09b", "T2B"), "no order.*P1, P2, P3"),
    (lambda scope: scope.crosstab("Q01", "T2B", channels=["qrr"]), "did you mean 'qr'"),
    (lambda scope: scope.series("Q99", "T2B"), "did you mean 'Q09'"),
    (lambda scope: scope.series("Q01", "TB"), "did you mean 'T2B' or 'T1B'"),
    (lambda scope: scope.series("Q08b", "T2B"), "item of the stored cube"),
    (lambda scope: scope.verbatims("Q19"), "did you mean 'Q18'"),
]


@pytest.mark.parametrize(("ask", "told"), WRONG)
def test_a_name_that_does_not_exist_is_answered(
    scope: OpenScope, ask: Callable[[OpenScope], object], told: str
) -> None:
    with pytest.raises(ScopeError, match=f"(?s){told}"):
        ask(scope)


def test_a_crosstab_is_a_table_of_figures(scope: OpenScope) -> None:
    found = scope.crosstab("Q01", "T2B", by="SEUL")
    assert set(Estimates.column_names()) <= set(found.columns)
    Crosstab.validate(found.select(Crosstab.column_names()))
    figures = as_figures(found, layer="mine")
    assert figures["key"][0] == "mine/dpaph/2026-2/-/satisfaction_globale/T2B/share/SEUL/1"
    assert figures["counts"].to_list() == found["counts"].to_list()


def test_nobody_heard_makes_an_empty_table(scope: OpenScope) -> None:
    sample = scope._sample(())
    scope._samples[()] = replace(sample, frame=sample.frame.clear(), calibration=None)
    empty = scope.crosstab("Q01", "T2B", by="AGE")
    assert empty.height == 0 and "AGE" in empty.columns
    assert "Aucune ligne" in scope.show(empty).html and "Aucune ligne" in scope.draw(empty).html


def test_a_series_says_what_it_measures(scope: OpenScope) -> None:
    constant = scope.series("Q01", "T2B")
    assert constant["wave"].to_list() == ["2026-1", "2026-2"]
    assert constant.item(0, "unit") == "share" and constant.item(0, "channels") == "invitation"
    shown = scope.show(constant).html
    assert "2ᵉ semestre 2026" in shown and "2026-2" not in shown
    assert "<svg" in scope.draw(constant).html


def test_pandas_and_seaborn_take_what_a_scope_gives(scope: OpenScope) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import seaborn
    from matplotlib import pyplot

    found = scope.crosstab("Q01", "T2B", by="AGE")
    table = found.to_pandas()
    assert table.loc[2, "AGE"] == "45-59 ans"
    assert table["value"].tolist() == found["value"].to_list()
    assert scope.show(table).html == scope.show(found).html
    assert scope.draw(table).html == scope.draw(found).html
    _, axes = pyplot.subplots()
    seaborn.pointplot(data=table, x="AGE", y="value", ax=axes)
    assert [one.get_text() for one in axes.get_xticklabels()] == found["AGE"].to_list()
    assert scope.responses.to_pandas().shape == scope.responses.shape


def test_a_scope_says_what_it_is_and_reads_no_answers_to_do_so(scope: OpenScope) -> None:
    said = repr(scope).splitlines()
    assert len(said) <= 5 and len(repr(open_scope("cd93")).splitlines()) <= 5
    assert "2ᵉ semestre 2026" in said[0] and "Enquête sur invitation (" in said[2]
    assert "responses" not in vars(scope)
    about = scope.provenance
    assert f"{scope.responses.height:,}".replace(",", "\u202f") in repr(about)
    for word in ("invitation.csv", "livraison 2026-2", "Données simulées", about.study_digest[:12]):
        assert word in repr(about)
    assert "réponses retenues" in about._repr_html_()


def test_verbatims_are_redacted_texts_of_the_scope(scope: OpenScope, small: Path) -> None:
    texts = scope.verbatims("Q18")
    assert texts.height > 0 and set(texts["directorate"]) == {"dpaph"}
    path = Workspace(small).table("cd93", "verbatims", scope.scope)
    assert texts.equals(pl.read_parquet(path, hive_partitioning=False).filter(item="Q18"))


def test_the_primary_definition_is_kept_by_what_it_is_broken_down(scope: OpenScope) -> None:
    estimates = scope.read("estimates")
    total = scope.primary(estimates, by="total")
    assert total["indicator"].n_unique() == total.height
    first = {one.id: one.definitions[0] for one in scope.study.indicators}
    assert all(first[row["indicator"]] == row["definition"] for row in total.iter_rows(named=True))
    assert set(scope.primary(estimates, by="profile")["breakdown"]) == {"age", "pour"}
    assert set(scope.primary(estimates, by="site")["breakdown"]) == {"site"}
    assert set(scope.primary(estimates, by="channel")["category"]) > {"qr", "borne"}
    assert scope.profiles == ("AGE", "POUR", "SEUL")


@pytest.mark.parametrize("simulated", ["measures", "responses", ""])
def test_what_is_made_from_simulated_figures_says_so_beside_real_answers(
    scope: OpenScope, monkeypatch: pytest.MonkeyPatch, simulated: str
) -> None:
    promised = open_scope(
        "cd93", directorate="dpaph", wave="2026-2", requires=("commitments", "management")
    )
    layers = {
        name: promised.workspace.processed("cd93", name) for name in ("measures", "responses")
    }

    def only_there(path: Path) -> Provenance:
        there = bool(simulated) and path.is_relative_to(layers[simulated])
        return replace(read_provenance(path), simulated=there)

    monkeypatch.setattr(stored, "read_provenance", only_there)
    opened = replace(promised)
    assert opened.simulated == (simulated == "responses")
    made = opened.management()
    assert made.height > 0 and set(made["simulated"]) == {simulated != ""}
    monkeypatch.setattr(OpenScope, "_read_where_made", lambda *_: made)
    assert set(opened.commitments()["simulated"]) == {simulated != ""}
