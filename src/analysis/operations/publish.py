"""Publishes an edition: runs what is stale, releases, runs the publication notebooks, freezes and
renders.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.editions.manifest import (
    altered_files,
    content_digest,
    latest_edition,
    put_in_place,
    read_manifest,
)
from analysis.errors import NotReadyError, ParameterError, ScopeError
from analysis.operations.building import EDITION_SIZE, build_sources, render_edition
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.operations.quality import gone, stored_flags, warning_lines, warnings_of
from analysis.operations.receive import read_new_deliveries
from analysis.operations.release import check_still, prepare
from analysis.operations.run import RunOptions
from analysis.operations.unchanged import record_edition
from analysis.pipeline.plan import answered_scopes
from analysis.publishing.edition import Edition
from analysis.publishing.fonts import unprintable_texts
from analysis.study import Wave
from analysis.study.disk import require_room, size_of, writing
from analysis.study.files import FOLDER
from analysis.study.scope import Scope

FIRST_VERSION = "1.0.0"


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
        check_still(context, period)
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


def _build_parent(context: Context) -> Path:
    """Where editions are built: on the disk they will lie on, so that putting them in place is one
    rename.
    """
    folder = context.workspace.reports / "editions" / context.study.id
    folder.mkdir(parents=True, exist_ok=True)
    return folder
