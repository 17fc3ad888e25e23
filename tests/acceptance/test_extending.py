"""What is added touches what it should, and nothing else: a definition its parameter file, a layer
three files, a page its notebook, its module, the catalogues and its line in the plan.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import polars as pl
import pytest

from tests.acceptance.library import SITE, published
from tests.conftest import ROOT
from tests.page_text import lines_of

SOURCES = ROOT / "src"
WATCHED = ("notebooks", "params", "reports/theme", "reports/_quarto.yml", "requirements.lock")


def copied_sources(folder: Path) -> Path:
    """A copy of the library that a test may change."""
    ignored = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(SOURCES, folder / "src", ignore=ignored)


def copied_workspace(workspace: Path, folder: Path) -> Path:
    """A copy of a workspace, with the results of its workshop and without its edition."""
    ignored = shutil.ignore_patterns("editions", "published", "runs")
    return shutil.copytree(workspace, folder / "w", ignore=ignored)


def changed_files(before: Path, after: Path) -> set[str]:
    """The files of two folders that are not the same in both, bytecode aside."""

    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    both = files(before) & files(after)
    _, differing, faults = filecmp.cmpfiles(before, after, sorted(both), shallow=False)
    assert faults == []
    return set(differing) | (files(before) ^ files(after))


def changed_in_workspace(before: Path, after: Path) -> set[str]:
    """The files that a person keeps in a workspace which are not the same in both."""
    found = set()
    for name in WATCHED:
        if (before / name).is_dir():
            found |= {f"{name}/{one}" for one in changed_files(before / name, after / name)}
        elif not filecmp.cmp(before / name, after / name, shallow=False):
            found.add(name)
    return found


def insert(path: Path, before: str, line: str) -> None:
    """Writes a line before the only place where a text stands in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, path
    path.write_text(text.replace(before, line + before), encoding="utf-8")


# --- a definition ---------------------------------------------------------------------------------


def test_a_definition_is_parameters_and_nothing_else(single: Path, tmp_path: Path) -> None:
    """Marks of 9 and 10: 46 of the 118 that were given, 39 %."""
    folder = copied_workspace(single, tmp_path)
    path = folder / "params" / "library_users" / "indicators.yml"
    text = path.read_text(encoding="utf-8")
    added = (
        "definitions:\n- {id: T2B, version: '1.0', label: share of marks of 9 or 10, "
        "kind: top_share, top: 2}\n"
    )
    text = text.replace("definitions:\n", added, 1)
    assert text.count("  - T5B\n") == 1
    path.write_text(text.replace("  - T5B\n", "  - T5B\n  - T2B\n"), encoding="utf-8")
    site = published(folder)
    assert changed_in_workspace(single, folder) == {"params/library_users/indicators.yml"}
    assert "T2B | 1.0 | share of marks of 9 or 10" in lines_of(site / "methode.html")
    found = pl.read_csv(site / "data" / "resultats.csv").filter(
        definition="T2B", indicateur="visit", ventilation="total"
    )
    assert found.select("valeur", "base", "type").rows() == [(0.39, 118, "share")]
    before = pl.read_csv(single / SITE / "data" / "resultats.csv")
    assert "T2B" not in before.get_column("definition")


# --- a layer --------------------------------------------------------------------------------------

WRITER = '''"""How many people replied, by channel."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.storage import as_figures, make_table


class Repliers(dy.Schema):
    """One row per channel."""

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    people = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """One count per channel."""
        return as_figures(
            table.select(
                "directorate",
                "wave",
                "simulated",
                claim=pl.lit("C2"),
                indicator=pl.lit("repliers"),
                definition=pl.lit("count"),
                kind=pl.lit("count"),
                unit=pl.lit("answers"),
                breakdown=pl.lit("channel"),
                category="channel",
                category_label="channel",
                value=pl.col("people").cast(pl.Float64),
                base="people",
            ),
            layer="repliers",
        )


def repliers(responses: pl.DataFrame, *, directorate: str, wave: str) -> pl.DataFrame:
    """The `Repliers` of a directorate and wave."""
    counted = responses.group_by("channel").len().sort("channel")
    rows = [
        {
            "directorate": directorate,
            "wave": wave,
            "channel": channel,
            "people": people,
            "simulated": True,
        }
        for channel, people in counted.iter_rows()
    ]
    return make_table(rows, Repliers)
'''

READER = '''"""The section on who replied."""

from __future__ import annotations

from analysis.publishing.blocks import Block, block, table
from analysis.publishing.pages.page import Page


def repliers(page: Page) -> Block:
    """How many people replied, by channel."""
    found = page.figures.select("repliers", directorate=page.directorate.id, wave=page.wave.id)
    columns = {
        page.language.text("column_channel"): [page.wording.category(one) for one in found],
        page.wording.base_heading: [page.wording.formats.value(one) for one in found],
    }
    return block("repliers", table("repliers", columns=columns, caption="Repliers"))
'''

ADDRESS = "indicators.repliers:Repliers"
LINE = f'        Layer("repliers", "{ADDRESS}", AXES, "notebooks", "confidential"),\n'

THROUGH_THE_GATE = """
from pathlib import Path
import analysis, polars as pl
from analysis.disclosure import Audience, release
from analysis.indicators.repliers import repliers
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.repliers import repliers as section
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.storage import known_layers, published_layers
from analysis.study import Workspace, open_study

workspace = Workspace(Path("."))
study = open_study(workspace, "library_users")
wave = study.wave("2026-1")
place = "data/processed/library_users/responses/directorate=branches/wave=2026-1/part-0.parquet"
responses = pl.read_parquet(place, hive_partitioning=False)
table = repliers(responses, directorate="branches", wave=wave.id)
turn = {layer.name: turn for layer, turn in published_layers(known_layers(workspace).values())}
released = release(turn["repliers"](table), study, audience=Audience.PUBLIC)
page = Page(study, wave, ReleasedFigures(released, study), Wording(study, Language.of("en"), wave),
            study.directorate("branches"), Path("."))
print(Path(analysis.__file__).parent)
print(section(page).markdown)
"""


def through_the_gate(sources: Path, workspace: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", THROUGH_THE_GATE],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": str(sources)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_layer_touches_the_registry_its_writer_and_its_reader(
    library: Path, tmp_path: Path
) -> None:
    """12 cards are under the threshold: they are hidden, and 30 forms with them."""
    sources = copied_sources(tmp_path)
    house = sources / "analysis"
    (house / "indicators" / "repliers.py").write_text(WRITER, encoding="utf-8")
    (house / "publishing" / "pages" / "repliers.py").write_text(READER, encoding="utf-8")
    unknown = through_the_gate(sources, library)
    assert "KeyError: 'repliers'" in unknown.stderr, "without its line in the registry"
    insert(house / "storage" / "layers.py", '        Layer("sites"', LINE)
    done = through_the_gate(sources, library)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == str(house)
    cells = pl.Series(done.stdout.splitlines()).str.extract_all(r"(?:cards|form|survey)</th>.*")
    assert len(cells.explode().drop_nulls()) == 3
    shown = [one for one in ("12", "30", "40") if f">{one}</td>" in done.stdout]
    assert shown == ["40"]
    assert changed_files(SOURCES, sources) == {
        "analysis/storage/layers.py",
        "analysis/indicators/repliers.py",
        "analysis/publishing/pages/repliers.py",
    }


# --- a page ---------------------------------------------------------------------------------------

SECTION = '''"""The page that welcomes."""

from __future__ import annotations

from analysis.publishing.blocks import Block, block, heading
from analysis.publishing.pages.page import Page


def welcome(page: Page) -> Block:
    """Who publishes."""
    text = page.language.text("welcome", publisher=page.study.publisher)
    return block("welcome", heading(text))
'''
PLAN_LINES = """  - id: welcome
    folder: publication
    per: [wave]
    page: {name: bienvenue, titles: {fr: Bienvenue, en: Welcome}}
"""
PHRASES = {"fr": "Bienvenue chez {publisher}", "en": "Welcome to the {publisher}"}


def welcome_notebook(model: Path, path: Path) -> None:
    """A publication notebook like another, with one section of its own."""
    notebook = nbformat.read(model, as_version=4)
    notebook.cells = notebook.cells[:6]
    notebook.cells[3].source = notebook.cells[3].source.replace("results", "welcome")
    notebook.cells[5].source = "#| output: asis\nwelcome.welcome(page)"
    nbformat.write(notebook, path)


def test_a_page_touches_its_notebook_its_module_the_catalogues_and_the_plan(
    single: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, folder = copied_sources(tmp_path), copied_workspace(single, tmp_path)
    publishing = sources / "analysis" / "publishing"
    (publishing / "pages" / "welcome.py").write_text(SECTION, encoding="utf-8")
    for language, phrase in PHRASES.items():
        catalogue = publishing / "wording" / f"catalogue_{language}.py"
        insert(catalogue, '    "skip": ', f'    "welcome": "{phrase}",\n')
    notebooks = folder / "notebooks"
    model = notebooks / "publication" / "synthesis.ipynb"
    welcome_notebook(model, notebooks / "publication" / "welcome.ipynb")
    insert(notebooks / "plan.yml", "  - id: method\n", PLAN_LINES)
    monkeypatch.setenv("PYTHONPATH", str(sources))
    site = published(folder)
    assert changed_files(SOURCES, sources) == {
        "analysis/publishing/pages/welcome.py",
        "analysis/publishing/wording/catalogue_en.py",
        "analysis/publishing/wording/catalogue_fr.py",
    }
    assert changed_in_workspace(single, folder) == {
        "notebooks/plan.yml",
        "notebooks/publication/welcome.ipynb",
    }
    assert "## Welcome to the Borough of Northmere" in lines_of(site / "bienvenue.html")
    assert (site / "bienvenue.pdf").stat().st_size > 1000
    assert 'href="bienvenue.html"' in (site / "methode.html").read_text(encoding="utf-8")
