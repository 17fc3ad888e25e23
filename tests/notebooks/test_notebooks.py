"""Notebooks from a fresh workspace: their default parameters run, and an analyst's mistakes are
answered."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import polars as pl
import pytest
from nbclient import NotebookClient

from analysis.errors import NotReadyError, ScopeError
from analysis.study import load_study
from analysis.workbench import open_edition, open_scope
from tests.conftest import DAY, ROOT, empty_workspace, observatoire


def collect(workspace: Path, directorate: str = "dpaph", wave: str = "2026-2") -> None:
    """Weights and cube of a scope, which every later notebook reads."""
    scope = ("--directorate", directorate, "--wave", wave)
    done = observatoire(workspace, "run", "--only", "10_collection", *scope)
    assert done.returncode == 0, done.stderr


WORKSHOP = sorted(path.name for path in (ROOT / "notebooks" / "workshop").glob("*.ipynb"))


OF_THE_SECOND = ("83_profiles.ipynb", "85_listening.ipynb")
"""Those whose default study is the second: the first declares neither profiles nor devices."""


BEFORE = ("10_collection", "20_satisfaction")
"""What these read of each directorate."""


def execute(source: Path, workspace: Path) -> nbformat.NotebookNode:
    """Runs a notebook as it stands, in its own folder."""
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", str(source), "--inplace"],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    executed: nbformat.NotebookNode = nbformat.read(source, as_version=4)
    return executed


def executed_warm(source: Path) -> nbformat.NotebookNode:
    """The same on a kernel that is forked, and nothing written."""
    notebook = nbformat.read(source, as_version=4)
    where = {"metadata": {"path": str(source.parent)}}
    done: nbformat.NotebookNode = NotebookClient(notebook, resources=where).execute()
    return done


def html_of(notebook: nbformat.NotebookNode) -> list[str]:
    """The HTML that a notebook shows, output by output."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [str(output.get("data", {}).get("text/html", "")) for output in outputs]


def test_the_default_parameters_run_and_read_as_words(altered: Path) -> None:
    """Every workshop notebook, in their order, after a run: each reads what the earlier write."""
    done = observatoire(altered, "run")
    assert done.returncode == 0, done.stderr
    identifiers = {one.id for one in load_study(ROOT / "params" / "cd93").indicators}
    for name in (one for one in WORKSHOP if one not in OF_THE_SECOND):
        executed = executed_warm(altered / "notebooks" / "workshop" / name)
        shown = html_of(executed)
        assert "ne pas diffuser" in "".join(shown), name
        assert "Traceback" not in json.dumps(executed), name
        assert "réponses retenues" in shown[-1], name
        cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", "".join(shown))
        assert len(cells) > 20, name
        assert [one for one in cells if one in identifiers or re.search(r"\d\.\d{2}", one)] == []


def test_the_second_study_has_notebooks_of_its_own(tmp_path: Path) -> None:
    """Who the users are, and who listens to whom, on their default parameters, once the answers of
    the wave are counted and estimated.
    """
    workspace = empty_workspace(tmp_path / "w")
    shutil.copytree(ROOT / "params" / "dila", workspace / "params" / "dila")
    first, then = (["run", "--wave", "2026-1", "--only", name] for name in BEFORE)
    for verb in (["simulate"], first, then):
        done = observatoire(workspace, *verb)
        assert done.returncode == 0, done.stderr
    for name, words in zip(OF_THE_SECOND, (("Guichet",), ("barometre", "acheteurs")), strict=True):
        executed = execute(workspace / "notebooks" / "workshop" / name, workspace)
        shown = "".join(html_of(executed))
        assert "ne pas diffuser" in shown and "Traceback" not in json.dumps(executed)
        assert all(word.casefold() in shown.casefold() for word in words), name


def test_a_publication_notebook_is_read_where_it_is_run(altered: Path) -> None:
    assert observatoire(altered, "publish", "--date", DAY).returncode == 0
    folder = altered / "notebooks"
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    shown = html_of(execute(folder / "publication" / "director.ipynb", altered))
    assert sum("<article>" in one for one in shown) >= 6
    assert sum("data:image/svg+xml" in one for one in shown) >= 2 and "<table" in "".join(shown)
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before


def test_a_scope_opens_with_its_figures_and_answers_a_typo(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(workspace)
    monkeypatch.chdir(workspace / "notebooks" / "workshop")
    scope = open_scope("cd93", directorate="dpaph", wave="2026-2")
    estimates = scope.satisfaction()
    total = estimates.filter(
        (pl.col("breakdown") == "total") & (pl.col("indicator") == "satisfaction_globale")
    )
    assert total.get_column("definition").to_list() == [
        "T2B",
        "T1B",
        "NET",
        "M10",
        "P1",
        "P2",
        "P3",
        "P4",
        "P5",
    ]
    assert scope.simulated
    claims = {sample.name: sample.claim for sample in scope.samples}
    assert (claims["invitation"], claims["qr"]) == ("C1", "C2")
    with pytest.raises(ScopeError, match="did you mean 'dpaph'"):
        open_scope("cd93", directorate="dpah", wave="2026-2")


def test_rows_of_a_scope_say_what_its_cube_says(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On rows as on the cube: codes of missing answers are no numbers, weights and design count."""
    collect(workspace)
    monkeypatch.chdir(workspace / "notebooks" / "workshop")
    scope = open_scope("cd93", directorate="dpaph", wave="2026-2")
    survey = scope.survey()
    estimates = scope.satisfaction().filter(
        (pl.col("breakdown") == "total") & (pl.col("definition") == "M10")
    )
    assert estimates.height >= 5
    for row in estimates.iter_rows(named=True):
        levels = len(scope.study.scale(row["item"]).codes)
        found = survey.mean(row["item"])
        value = 10 * (found.value[0] - 1) / (levels - 1)
        se = 10 * np.sqrt(found.covariance[0, 0]) / (levels - 1)
        assert value == pytest.approx(row["value"], rel=1e-9), row["item"]
        assert se == pytest.approx(row["se"], rel=1e-9), row["item"]
    missing = list(scope.study.missing.values())
    raw, nulled = scope.samples[0].frame["Q05"], survey.frame["Q05"]
    assert raw.is_in(missing).sum() == nulled.is_null().sum() > 0
    assert survey.frame.height == raw.len(), "no row is dropped"


def test_before_any_data_the_message_names_simulate_and_register(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    shutil.rmtree(workspace / "data")
    monkeypatch.chdir(workspace)
    with pytest.raises(NotReadyError) as caught:
        open_scope("cd93", directorate="dpaph", wave="2026-2")
    assert "observatoire simulate cd93" in str(
        caught.value
    ) and "observatoire register cd93" in str(caught.value)
    with pytest.raises(NotReadyError, match="released"):
        open_edition("cd93", wave="2026-2")


def test_an_indicator_is_yaml_and_changes_what_runs(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workspace / "params" / "cd93" / "indicators.yml"
    text = path.read_text(encoding="utf-8")
    new = (
        '- {id: tres, version: "1.0", label: Très satisfaits, item: Q01, '
        "definitions: [T1B], valid_from: 2024-01-01}\n"
    )
    path.write_text(text.replace("indicators:\n", "indicators:\n" + new, 1), encoding="utf-8")
    done = observatoire(workspace, "run", "--directorate", "def", "--wave", "2026-2")
    assert done.returncode == 0, done.stderr
    part = workspace / "data/processed/cd93/estimates/directorate=def/wave=2026-2/part-0.parquet"
    found = pl.read_parquet(part, hive_partitioning=False).filter(pl.col("indicator") == "tres")
    assert found.height > 0
    monkeypatch.chdir(workspace)
    scope = open_scope("cd93", directorate="def", wave="2026-2")
    constant = scope.series("Q01", "T1B")
    row = found.filter(pl.col("breakdown") == "total", pl.col("definition") == "T1B")
    assert constant["wave"].to_list() == ["2026-2"]
    assert constant["value"][0] == pytest.approx(row["value"][0], rel=1e-12)
    assert constant["low"][0] == pytest.approx(row["low"][0], rel=1e-12)
