"""From released figures to an edition's folder: its pages run, its open data and sources written,
all of it rendered.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl

from analysis.editions.manifest import RELEASED, write_manifest
from analysis.editions.open_data import write_open_data
from analysis.operations.context import Context
from analysis.operations.release import Prepared
from analysis.operations.run import RunOptions, run_jobs
from analysis.operations.unchanged import software_fingerprint
from analysis.pipeline.jobs import Job
from analysis.pipeline.ledger import notebook_digest
from analysis.pipeline.plan import (
    Notebook,
    PlannedPage,
    is_applicable,
    load_notebook_plan,
    notebook_path,
)
from analysis.pipeline.sources import notebook_sources
from analysis.pipeline.staleness import BuildState
from analysis.publishing.arrangement import units_in_bar
from analysis.publishing.blocks import IMAGES_FOLDER
from analysis.publishing.edition import Edition, note_path, write_note
from analysis.publishing.project import ProjectPage, project_folders, write_project
from analysis.publishing.rendering.renderer import find_renderer
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.quality import LAYER as QUALITY_FLAGS
from analysis.publishing.wording.sentences import Wording
from analysis.storage import Released, read_table, sha256_bytes, sha256_file
from analysis.study import Wave
from analysis.study.files import make_private_folder
from analysis.study.kinds import LanguageCode
from analysis.study.scope import Scope

LOCK = "requirements.lock"
EDITION_SIZE = 16 << 20
"""Bytes that an edition takes while it is made, about; as many as the largest of a study, where
that is more."""


def build_sources(
    context: Context, edition: Edition, built: Path, options: RunOptions, prepared: Prepared
) -> int:
    """From released tables to the sources of an edition: pages, figures, open data. Returns the
    number of pages.
    """
    period = context.study.wave(edition.wave)
    table = context.workspace.released(context.study.id, period.id)
    write_note(table, edition)
    pages = _run_pages(context, period, options)
    (built / RELEASED).mkdir(parents=True)
    for one in (table, context.workspace.compared(context.study.id, period.id)):
        if one.exists():
            shutil.copyfile(one, built / RELEASED / one.name)
    released = read_table(table, Released, hint="")
    write_open_data(released, context.study, edition, built / "data")
    write_project(
        built,
        context.workspace.reports,
        pages,
        context.study,
        edition,
        simulated=prepared.provenance.simulated,
    )
    return sum(map(len, pages.values()))


def render_edition(
    context: Context,
    edition: Edition,
    built: Path,
    pages: int,
    prepared: Prepared,
    options: RunOptions,
) -> None:
    """Renders the sources of an edition, and writes its manifest."""
    renderer = find_renderer(
        context.tell,
        options.renderer,
        kept=context.workspace.notes / context.study.id / "rendered",
    )
    context.tell(f"rendering {pages} pages with {renderer.name}")
    for folder in project_folders(built, context.study).values():
        renderer.render(folder, epoch=edition.epoch)
    software, lock = made_by(context)
    write_manifest(
        built,
        context.study.for_pages(edition.wave),
        edition,
        prepared.provenance,
        deliveries=prepared.deliveries,
        linked=prepared.linked,
        imported=prepared.imported,
        renderer=renderer.name,
        software=software,
        lock=lock,
    )


def made_by(context: Context) -> tuple[str, str]:
    """What makes figures and pages: one digest over the library and the notebooks, and that of the
    file that pins every package.
    """
    workspace = context.workspace
    digests = BuildState(workspace, context.study.id).digests
    sources = software_fingerprint(workspace, digests) | {
        workspace.relative(path): notebook_digest(path)
        for path in notebook_sources(workspace.notebooks)
    }
    software = sha256_bytes(json.dumps(sources, sort_keys=True).encode())
    return software, sha256_file(workspace.root / LOCK)


def _run_pages(
    context: Context, period: Wave, options: RunOptions
) -> dict[LanguageCode, list[ProjectPage]]:
    """Runs the publication notebooks, in each language of the study; the pages by language."""
    notebooks = _page_notebooks(context, period)
    in_bar = {None, *(unit.id for unit in units_in_bar(context.study))}
    parts = context.study.for_pages(period.id).part_digests()
    jobs: list[Job] = []
    pages: dict[LanguageCode, list[ProjectPage]] = {code: [] for code in context.study.languages}
    for code, listed in pages.items():
        study, language = context.study.in_language(code), Language.of(code)
        wording, shorts = Wording(study, language, period), short_titles(context, code)
        for notebook in notebooks:
            assert notebook.page is not None
            for directorate in _directorates_of(notebook, context, period):
                stem, title = _stem(notebook.page, directorate), notebook.page.title(code)
                if directorate is not None:
                    name = wording.directorate_name(study.directorate(directorate))
                    title = title.format(directorate=name)
                job = _page_job(context, period, notebook, directorate, stem, code, parts)
                jobs.append(job)
                shown = directorate in in_bar
                listed.append(ProjectPage(stem, title, shorts[stem], job.output, in_bar=shown))
    run_jobs(context, jobs, options, label="pages")
    return pages


def _page_notebooks(context: Context, period: Wave | None = None) -> list[Notebook]:
    """The notebooks that make the pages of the edition of a wave; of any edition of the study, by
    default.
    """
    study, workspace = context.study, context.workspace
    imported = period is None or workspace.compared(study.id, period.id).exists()
    return [
        notebook
        for notebook in load_notebook_plan(workspace).notebooks
        if notebook.folder == "publication" and is_applicable(notebook, study, imported=imported)
    ]


def _stem(page: PlannedPage, directorate: str | None) -> str:
    """The name of the file of a page."""
    return page.name if directorate is None else f"{page.name}-{directorate}"


def short_titles(context: Context, code: LanguageCode) -> dict[str, str]:
    """What the pages of a study are called in the navigation, by the name of their file."""
    titles, language = {}, Language.of(code)
    acronyms = {unit.id: unit.acronym for unit in context.study.in_language(code).directorates}
    for notebook in _page_notebooks(context):
        assert notebook.page is not None
        title = notebook.page.title(code)
        for directorate in acronyms if "directorate" in notebook.per else (None,):
            called = language.typeset(acronyms[directorate]) if directorate else ""
            titles[_stem(notebook.page, directorate)] = title.format(directorate=called)
    return titles


def _directorates_of(notebook: Notebook, context: Context, period: Wave) -> list[str | None]:
    if "directorate" not in notebook.per:
        return [None]
    table = pl.scan_parquet(
        context.workspace.released(context.study.id, period.id), hive_partitioning=False
    )
    told = (pl.col("wave") == period.id) & (pl.col("layer") != QUALITY_FLAGS)
    answered = table.filter(told).select("directorate").collect()
    present = set(answered.to_series())
    assert notebook.page is not None
    if notebook.page.of == "department":
        present = {unit.parent for unit in context.study.directorates if unit.id in present}
    return [unit.id for unit in context.study.directorates if unit.id in present]


def _page_job(
    context: Context,
    period: Wave,
    notebook: Notebook,
    directorate: str | None,
    stem: str,
    language: LanguageCode,
    study_parts: dict[str, str],
) -> Job:
    study, workspace = context.study, context.workspace
    folder = workspace.runs(study.id) / "pages" / period.id / language / stem
    released = workspace.released(study.id, period.id)
    make_private_folder(folder)
    scope = Scope(directorate, period.id)
    return Job(
        title=f"{notebook.id} {scope.title} {language}",
        source=notebook_path(workspace, notebook),
        output=folder / f"{stem}.ipynb",
        folder=folder,
        parameters={
            "study": study.id,
            **scope.along(notebook.per).parameters,
            "language": language,
        },
        reads=(
            released,
            note_path(released),
            *([workspace.compared(study.id, period.id)] if "imported" in notebook.requires else []),
        ),
        writes=(),
        study_parts=study_parts,
        figures=folder / IMAGES_FOLDER,
        seconds=notebook.seconds,
        memory_mib=notebook.memory_mib,
    )
