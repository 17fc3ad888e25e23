"""The guide "Your first analysis": each of its blocks runs as it stands."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest

from analysis.disclosure import INTERNAL_MARK
from analysis.publishing.rendering.pages import read_page
from tests.conftest import ROOT, observatoire

GUIDE = ROOT / "docs" / "first-analysis.md"
BLOCK = re.compile(
    r"(?:^<!-- (?P<place>[^\n]*) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.S | re.M
)


def blocks() -> list[tuple[str, str, str]]:
    """The blocks of the guide: where each belongs (empty: tried in a cell), its kind, its text."""
    found = BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))
    return [(one["place"] or "", one["kind"], one["text"]) for one in found]


def shown(source: str, names: dict[str, Any]) -> object:
    """What a cell shows: the value of its last line."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    return (
        None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    )


def write(workspace: Path, place: str, text: str) -> None:
    """Puts a block where the guide says it goes."""
    path = workspace / place
    if path.suffix != ".ipynb":
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")
        return
    notebook = nbformat.read(path, as_version=4) if path.exists() else nbformat.v4.new_notebook()
    cell = nbformat.v4.new_code_cell(text.rstrip("\n"))
    if not notebook.cells:
        cell.metadata["tags"] = ["parameters"]
    if path.parent.name == "publication":
        cell.source = "#| output: asis\n" + cell.source
    notebook.cells.append(cell)
    nbformat.write(notebook, path)


def test_every_block_is_of_a_kind_that_is_run() -> None:
    kinds = {(kind, bool(place)) for place, kind, _ in blocks()}
    assert kinds == {("python", False), ("python", True), ("yaml", True), ("sh", True)}
    fences = GUIDE.read_text(encoding="utf-8").count("\n```")
    assert fences == 2 * len(blocks()), "no block escapes the pattern"


def test_the_guide_runs_to_the_page(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib

    matplotlib.use("Agg")
    assert observatoire(workspace, "run").returncode == 0
    monkeypatch.chdir(workspace / "notebooks" / "workshop")
    names: dict[str, Any] = {}
    views = []
    for place, kind, text in blocks():
        if kind == "python" and not place:
            views.append(shown(text, names))
        elif kind == "sh":
            done = observatoire(workspace, *text.split()[1:])
            assert done.returncode == 0, done.stderr
        else:
            write(workspace, place, text)
    bundles = [view._repr_mimebundle_()[0] for view in views if hasattr(view, "_repr_mimebundle_")]
    assert len(bundles) == 4
    assert all(INTERNAL_MARK in bundle["text/html"] for bundle in bundles)
    edition = workspace / "reports/editions/cd93/2026-2/v1.0.0"
    page = read_page(edition / "seul-dpaph.ipynb").body
    assert "](figures/alone-dpaph)" in page and "ont rempli seuls" in page
    assert (edition / "_site" / "seul-def.html").exists()
    released = pl.read_parquet(edition / "released" / "public.parquet").filter(layer="alone")
    assert set(released["directorate"]) == {"dpaph", "def"}
    mine = names["mine"]
    about = released.filter(directorate="dpaph", wave="2026-2")
    assert released["wave"].n_unique() == 2 and about.height == mine.height
    kept = about.join(mine, on="category", suffix="_mine")
    for row in kept.filter(pl.col("value").is_not_null()).iter_rows(named=True):
        assert row["value"] == row["value_mine"]
        assert row["base"] == row["base_mine"] >= 30
    assert kept["value"].is_not_null().any()
