"""Publishes an edition: runs what is stale, releases, runs the publication notebooks, freezes and
renders.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analysis.disclosure import Audience, release
from analysis.editions.manifest import (
    RELEASED,
    altered_files,
    content_digest,
    latest_edition,
    put_in_place,
    read_manifest,
    write_manifest,
)
from analysis.editions.open_data import write_open_data
from analysis.errors import NotReadyError, ParameterError, ScopeError
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.operations.quality import gone, stored_flags, warning_lines, warnings_of
from analysis.operations.receive import read_new_deliveries
from analysis.operations.run import (
    RunOptions,
    Selection,
    make_run_plan,
    parameters_unchanged,
    run_jobs,
    run_workshop,
)
from analysis.operations.unchanged import record_edition
from analysis.pipeline.jobs import Job
from analysis.pipeline.plan import (
    Notebook,
    answered_scopes,
    is_applicable,
    load_notebook_plan,
    notebook_path,
)
from analysis.publishing.blocks import IMAGES_FOLDER
from analysis.publishing.edition import Edition, note_path, write_note
from analysis.publishing.fonts import unprintable_texts
from analysis.publishing.project import ProjectPage, project_folders, write_project
from analysis.publishing.rendering import find_renderer
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.quality import LAYER as QUALITY_FLAGS
from analysis.publishing.wording.sentences import Wording
from analysis.storage import (
    Figures,
    Provenance,
    Released,
    known_layers,
    published_layers,
    read_provenance,
    read_table,
    sha256_file,
    write_table,
)
from analysis.study import Wave
from analysis.study.disk import require_room, size_of, writing
from analysis.study.files import FOLDER, make_private_folder
from analysis.study.kinds import LanguageCode
from analysis.study.scope import Scope

FIRST_VERSION = "1.0.0"
LOCK = "requirements.lock"
EDITION_SIZE = 16 << 20
"""Bytes that an edition takes while it is made, about; as many as the largest of a study, where
that is more."""


@dataclass(frozen=True)
class Published:
    """An edition's folder, and whether this call made it."""

    folder: Path
    new: bool


def publish_edition(
    context: Context,
    *,
    wave: str | None = None,
    today: date,
    day: date | None = None,
    provisional: bool = False,
    options: RunOptions,
) -> Published:
    """Publishes the edition of a wave (by default, of the latest closed wave that somebody answered
    in; of a provisional one, the latest that has begun).

    What weakens it is told before it is rendered.

    Args:
        context: Its study.
        wave: Identifier.
        today: The present day.
        day: The day that the edition bears; that of the existing one, or today, by default.
        provisional: Its figures may still change: a version below 1.0.0, that a final one follows.
        options: How notebooks are run.

    Raises:
        ParameterError: a text of the study holds what no font of an edition has.
        ScopeError: the day cannot be that of the edition.
        NotReadyError: no wave is closed, nobody answered, or the edition exists and its content
            would change.
        NotebookError, InferenceError, RenderingError, DisclosureError: a step failed; nothing is
            half-written.

    """
    study, workspace = context.study, context.workspace
    if wave is not None:
        _check_day(study.wave(wave), day=day or today, today=today, provisional=provisional)
    if faults := unprintable_texts(study):  # before the work, not at its last step
        raise ParameterError.together(faults)
    read_new_deliveries(context)
    period = study.wave(wave) if wave else _latest_wave(context, today, provisional=provisional)
    _check_day(period, day=day or today, today=today, provisional=provisional)
    folder = workspace.editions(study.id, period.id)
    final = latest_edition(folder)
    if provisional and final is not None:
        raise NotReadyError(
            f"Wave {period.id} has its final edition: none is provisional after it.",
            where=workspace.relative(final),
            hint="publish without --provisional.",
        )
    existing = latest_edition(folder, provisional=provisional)
    provenance = prepare(context, period, options)
    flags = warnings_of(stored_flags(context, period), study, period, goes_on=provisional)
    for line in warning_lines([*gone(context), *flags]):
        context.tell(line)
    editions = _build_parent(context)
    needed = max([EDITION_SIZE, *(size_of(edition) for edition in editions.glob("*/v*"))])
    require_room("the edition", editions, needed)
    with (
        writing("the edition", editions, needed=needed),
        tempfile.TemporaryDirectory(dir=editions, prefix=FOLDER) as temporary,
    ):
        if existing is not None:
            same = Path(temporary) / "same"
            made = _made_edition(context, existing)
            dated = made if day is None else made.model_copy(update={"published": day})
            build_sources(context, dated, same, options, provenance)
            if read_manifest(existing).sources == content_digest(same):
                _record_edition(context, made, existing)
                return Published(existing, new=False)
            if not provisional:
                raise _frozen(context, existing, made, day)
        version = _next_provisional(existing) if provisional else FIRST_VERSION
        edition = Edition(
            wave=period.id, version=version, published=day or today, provisional=provisional
        )
        built = Path(temporary) / "edition"
        pages = build_sources(context, edition, built, options, provenance)
        render_edition(context, edition, built, pages, provenance)
        _check_still(context, period)
        destination = folder / f"v{version}"
        put_in_place(built, destination)
        Journal(workspace, study.id).note("edition", wave=period.id, version=version)
        _record_edition(context, edition, destination)
    return Published(destination, new=True)


def _check_day(period: Wave, *, day: date, today: date, provisional: bool) -> None:
    """Refuses a day that cannot be that of an edition of a wave.

    Raises:
        ScopeError: it is to come, or before the field begins.
        NotReadyError: the field is not over on that day, and the edition is not provisional.

    """
    if day > today:
        raise ScopeError(
            f"An edition cannot bear the date {day}: that day is to come.",
            where=f"wave {period.id}",
            hint="leave --date out, and it bears today's; a planned day is `publication` in "
            "waves.yml.",
        )
    if provisional and day < period.start:
        raise ScopeError(
            f"An edition cannot bear the date {day}: the field begins on {period.start}.",
            where=f"wave {period.id}",
            hint="name a wave that has begun, or a later day.",
        )
    if not provisional and day <= period.end:
        raise NotReadyError(
            f"Wave {period.id} is not closed"
            f"{'' if day == today else f' on {day}'}: its field ends on {period.end}.",
            where=f"wave {period.id}",
            hint="`observatoire run` estimates it already, and `observatoire publish "
            "--provisional` publishes that; its final edition comes after its end.",
        )


def prepare(context: Context, period: Wave, options: RunOptions) -> Provenance:
    """From raw data to releasable figures: reads deliveries, runs the stale workshop notebooks,
    releases.
    """
    read_new_deliveries(context)
    run_workshop(context, _selection_until(context, period), options)
    _check_still(context, period)
    return _release(context, period, context.study.waves_until(period.id))


def _selection_until(context: Context, period: Wave) -> Selection:
    """The workshop jobs that the edition of a wave depends on."""
    return Selection(waves=tuple(wave.id for wave in context.study.waves_until(period.id)))


def _check_still(context: Context, period: Wave) -> None:
    """Refuses to continue if parameters, deliveries or tables of the edition changed since the
    command began.

    Raises:
        NotReadyError: parameters, deliveries, a workshop notebook, the library or a table are not
            what they were.

    """
    plan = make_run_plan(context, _selection_until(context, period))
    moved = [*plan.intake_reasons, *(reason for task in plan.stale for reason in task.reasons)]
    if not parameters_unchanged(context):
        moved.append("a parameter file changed")
    if moved:
        raise NotReadyError(
            "What the edition is made of was changed while it was made: "
            f"{'; '.join(sorted(set(moved))[:3])}.",
            hint="nothing was published: let the change be finished, then run the same command.",
        )


def build_sources(
    context: Context, edition: Edition, built: Path, options: RunOptions, provenance: Provenance
) -> int:
    """From released tables to the sources of an edition: pages, figures, open data. Returns the
    number of pages.
    """
    period = context.study.wave(edition.wave)
    table = context.workspace.released(context.study.id, period.id)
    write_note(table, edition)
    pages = _run_pages(context, period, options)
    (built / RELEASED).mkdir(parents=True)
    shutil.copyfile(table, built / RELEASED / table.name)
    released = read_table(table, Released, hint="")
    write_open_data(released, context.study, edition, built / "data")
    write_project(
        built,
        context.workspace.reports,
        pages,
        context.study,
        edition,
        simulated=provenance.simulated,
    )
    return sum(map(len, pages.values()))


def render_edition(
    context: Context, edition: Edition, built: Path, pages: int, provenance: Provenance
) -> None:
    """Renders the sources of an edition, and writes its manifest."""
    renderer = find_renderer(context.tell)
    context.tell(f"rendering {pages} pages with {renderer.name}")
    for folder in project_folders(built, context.study).values():
        renderer.render(folder, epoch=edition.epoch)
    write_manifest(
        built,
        context.study.for_pages(edition.wave),
        edition,
        provenance,
        renderer=renderer.name,
        lock=sha256_file(context.workspace.root / LOCK),
    )


def _made_edition(context: Context, existing: Path) -> Edition:
    """What an existing edition is, by its manifest.

    Raises:
        NotReadyError: its files are not those that were frozen.

    """
    manifest = read_manifest(existing)
    if altered := altered_files(existing, manifest):
        raise NotReadyError(
            f"Files of this edition are not those that were frozen: {', '.join(altered[:5])}.",
            where=context.workspace.relative(existing),
            hint=(
                "restore them from a backup; or, if nobody has read it yet, remove its folder and "
                "publish again."
            ),
        )
    return Edition(**{name: getattr(manifest, name) for name in Edition.model_fields})


def _frozen(context: Context, existing: Path, made: Edition, day: date | None) -> NotReadyError:
    """The error that an edition is not edited."""
    what = "This edition is frozen, and its content would change."
    if day not in (None, made.published):
        what = f"This edition is frozen, and bears the date {made.published}."
    return NotReadyError(
        what,
        where=context.workspace.relative(existing),
        hint=(
            "an edition is never edited: put back what it was made from, or remove an edition "
            "that nobody has read yet."
        ),
    )


def _next_provisional(existing: Path | None) -> str:
    """The version of a provisional edition that follows another."""
    minor = int(existing.name.split(".")[1]) if existing is not None else 0
    return f"0.{minor + 1}.0"


def _record_edition(context: Context, edition: Edition, folder: Path) -> None:
    """Records the fingerprint of an edition, so that the next command can tell from digests that it
    is current.
    """
    answered = answered_scopes(context.workspace, context.study)
    record_edition(context, edition, folder, {str(scope.wave) for scope in answered})


def _latest_wave(context: Context, today: date, *, provisional: bool) -> Wave:
    """The latest wave that somebody answered in, among those that are closed; for a provisional
    edition, among those that have begun.
    """
    study = context.study
    answered = answered_scopes(context.workspace, study)
    begun = [wave for wave in study.waves if wave.start <= today]
    for wave in reversed(begun if provisional else study.closed_waves(today)):
        if any(Scope(wave=wave.id).covers(scope) for scope in answered):
            return wave
    raise NotReadyError(
        f"No {'wave' if provisional else 'closed wave'} of study {study.id} has any answer.",
        hint="name a wave with --wave, or wait for its end.",
    )


def _release(context: Context, period: Wave, waves: tuple[Wave, ...]) -> Provenance:
    """Decides once, over all tables of the edition, what the public may see, and writes it."""
    study, workspace = context.study, context.workspace
    wave_ids = {wave.id for wave in waves}
    scopes = [scope for scope in answered_scopes(workspace, study) if scope.wave in wave_ids]
    if not any(scope.wave == period.id for scope in scopes):
        raise NotReadyError(
            f"Nobody answered in wave {period.id} of study {study.id}.",
            where=workspace.relative(workspace.processed(study.id, "responses")),
            hint=f"register its delivery first: `observatoire register {study.id} DRAFT.yml`.",
        )
    written_by = {
        name
        for notebook in load_notebook_plan(workspace).notebooks
        if is_applicable(notebook, study)
        for name in notebook.writes
    }
    figures: list[pl.DataFrame] = [Figures.create_empty()]
    parts: list[Provenance] = []
    for layer, to_figures in published_layers(known_layers(workspace).values()):
        tables = dict.fromkeys(scope.along(layer.axes) for scope in scopes)
        for scope in tables if layer.name in written_by else ():
            path = workspace.table(study.id, layer.name, scope)
            table = read_table(path, layer.schema, hint=f"observatoire run {study.id}")
            figures.append(to_figures(table))
            parts.append(read_provenance(path))
    provenance = Provenance(
        study=study.id,
        study_digest=study.for_pages(period.id).digest,
        inputs={name: digest for part in parts for name, digest in part.inputs.items()},
        simulated=any(part.simulated for part in parts),
    )
    public = release(pl.concat(figures), study, audience=Audience.PUBLIC)
    write_table(public, workspace.released(study.id, period.id), Released, provenance)
    return provenance


def _run_pages(
    context: Context, period: Wave, options: RunOptions
) -> dict[LanguageCode, list[ProjectPage]]:
    """Runs the publication notebooks, in each language of the study; the pages by language."""
    workspace = context.workspace
    notebooks = [
        notebook
        for notebook in load_notebook_plan(workspace).notebooks
        if notebook.folder == "publication" and is_applicable(notebook, context.study)
    ]
    jobs: list[Job] = []
    pages: dict[LanguageCode, list[ProjectPage]] = {code: [] for code in context.study.languages}
    for code, listed in pages.items():
        study, language = context.study.in_language(code), Language.of(code)
        wording = Wording(study, language, period)
        for notebook in notebooks:
            assert notebook.page is not None
            for directorate in _directorates_of(notebook, context, period):
                name = notebook.page.name
                stem = name if directorate is None else f"{name}-{directorate}"
                names = ("", "")
                if directorate is not None:
                    unit = study.directorate(directorate)
                    names = (wording.directorate_name(unit), language.typeset(unit.acronym))
                title, short = (
                    notebook.page.title(code).format(directorate=called) for called in names
                )
                job = _page_job(context, period, notebook, directorate, stem, code)
                jobs.append(job)
                listed.append(ProjectPage(stem, title, short, job.output))
    run_jobs(context, jobs, options, label="pages")
    return pages


def _directorates_of(notebook: Notebook, context: Context, period: Wave) -> list[str | None]:
    if "directorate" not in notebook.per:
        return [None]
    table = pl.scan_parquet(
        context.workspace.released(context.study.id, period.id), hive_partitioning=False
    )
    told = (pl.col("wave") == period.id) & (pl.col("layer") != QUALITY_FLAGS)
    answered = table.filter(told).select("directorate").collect()
    present = set(answered.to_series())
    return [unit.id for unit in context.study.directorates if unit.id in present]


def _page_job(
    context: Context,
    period: Wave,
    notebook: Notebook,
    directorate: str | None,
    stem: str,
    language: LanguageCode,
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
        reads=(released, note_path(released)),
        writes=(),
        study_parts=study.for_pages(period.id).part_digests(),
        figures=folder / IMAGES_FOLDER,
        seconds=notebook.seconds,
        memory_mib=notebook.memory_mib,
    )


def _build_parent(context: Context) -> Path:
    """Where editions are built: on the disk they will lie on, so that putting them in place is one
    rename.
    """
    folder = context.workspace.reports / "editions" / context.study.id
    folder.mkdir(parents=True, exist_ok=True)
    return folder
