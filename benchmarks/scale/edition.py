"""The released figures of a study of many products, and what an edition shows of all of them at
once: its first page, its page on method, its navigation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import nbformat
import polars as pl

from analysis.disclosure import Audience, release
from analysis.operations.context import Context
from analysis.operations.links import to_keep
from analysis.pipeline.plan import answered_scopes
from analysis.publishing.arrangement import units_in_bar
from analysis.publishing.blocks import Block
from analysis.publishing.edition import Edition
from analysis.publishing.pages import (
    colophon,
    department,
    method,
    participation,
    quality,
    response,
    results,
    synthesis,
    trends,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.project import ProjectPage, write_project
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.storage import Figures, known_layers, published_layers, read_provenance, read_tables
from benchmarks.scale.workspace import STUDY

DAY = date(2026, 11, 27)

FIRST_PAGE: tuple[Callable[[Page], Block], ...] = (
    results.banner,
    quality.weaknesses,
    lambda page: colophon.head(page, answers_elsewhere=True),
    synthesis.summary,
    trends.trends,
    colophon.foot_in_short,
)
METHOD: tuple[Callable[[Page], Block], ...] = (
    results.banner,
    quality.in_full,
    colophon.head,
    method.collection,
    participation.participation,
    response.representativity,
    response.exposed,
    response.unanswered,
    method.weighting,
    method.reading_guide,
    method.privacy,
    colophon.foot,
)
"""What the notebooks of these pages hold, block by block."""


def read_figures(context: Context) -> pl.DataFrame:
    """`Figures` of all layers, waves and products, read as a release reads them."""
    workspace = context.workspace
    scopes = answered_scopes(workspace, context.study)
    parts = [Figures.create_empty()]
    for layer, to_figures in published_layers(known_layers(workspace).values()):
        along = dict.fromkeys(scope.along(layer.axes) for scope in scopes)
        paths = [workspace.table(STUDY, layer.name, scope) for scope in along]
        if paths and paths[0].exists():
            parts.append(to_figures(read_tables(paths, layer.schema, hint="")))
            for path in paths:
                read_provenance(path)
    return pl.concat(parts)


def earlier_editions(
    figures: pl.DataFrame, released: pl.DataFrame, waves: Sequence[str]
) -> pl.DataFrame:
    """`Published` of an edition of each wave but the last: all that it showed up to that wave."""
    kept = []
    for number, wave in enumerate(waves[:-1], 1):
        until = pl.col("wave").is_in(waves[:number])
        kept.append(to_keep(figures.filter(until), released.filter(until), edition=f"{wave}/1.0.0"))
    return pl.concat(kept)


def released_of(
    context: Context, figures: pl.DataFrame, published: pl.DataFrame | None
) -> pl.DataFrame:
    """`Released` of the last wave's edition, beside the earlier ones."""
    return release(figures, context.study, audience=Audience.PUBLIC, published=published)


def open_page(context: Context, released: pl.DataFrame, folder: Path) -> Page:
    """A page on all products, in the last wave."""
    seen = context.study.for_pages(context.study.waves[-1].id).in_language("fr")
    return Page(
        study=seen,
        wave=seen.waves[-1],
        figures=ReleasedFigures(released, seen),
        wording=Wording(seen, Language.of("fr"), seen.waves[-1]),
        open_directorate=None,
        folder=folder,
    )


@dataclass(frozen=True)
class Built:
    """An edition without its pages on single products.

    Attributes:
        project: Its folder, which a renderer takes.
        bar: Links of its navigation.
        charts: Those of its first page.
        size: Bytes of the source of its first page.

    """

    project: Path
    bar: int
    charts: int
    size: int


def build(context: Context, page: Page, folder: Path) -> Built:
    """Writes the first page, that on method and the project around them."""
    pages = []
    for name, blocks in (("index", FIRST_PAGE), ("methode", METHOD)):
        notebook = nbformat.v4.new_notebook()
        for number, make in enumerate(blocks):
            data, _ = make(page)._repr_mimebundle_()
            output = nbformat.v4.new_output("execute_result", data=data)
            notebook.cells.append(nbformat.v4.new_code_cell("", outputs=[output], id=f"c{number}"))
        path = folder / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        pages.append(ProjectPage(name, name.title(), name.title(), path))
    charts = len(list(page.folder.rglob("*.svg")))
    pages += [
        ProjectPage(f"{department.DEPARTMENT}-{unit.id}", unit.label, unit.acronym, path)
        for unit in units_in_bar(page.study)
    ]
    project = folder / "edition"
    project.mkdir()
    edition = Edition(wave=page.wave.id, version="1.0.0", published=DAY)
    base = context.workspace.reports
    write_project(project, base, {"fr": pages}, context.study, edition, simulated=True)
    return Built(project, len(pages), charts, (project / "index.ipynb").stat().st_size)
