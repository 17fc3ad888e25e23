"""What every verb that makes an edition does: its wave, the room it takes, its freezing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from analysis.editions.catalogue import (
    EditionState,
    catalogue,
    edition_folders,
    finish_withdrawals,
    latest,
)
from analysis.editions.difference import Difference, write_causes
from analysis.editions.manifest import (
    EditionManifest,
    altered_files,
    put_in_place,
    read_manifest,
)
from analysis.editions.register import Register
from analysis.editions.versions import Version
from analysis.errors import NotReadyError, ParameterError
from analysis.operations.building import EDITION_SIZE, build_sources, render_edition
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.operations.links import keep_published
from analysis.operations.notices import leave_tombstones
from analysis.operations.quality import gone, stored_flags, warning_lines, warnings_of
from analysis.operations.receive import read_new_deliveries
from analysis.operations.release import Prepared, check_still
from analysis.operations.run import RunOptions
from analysis.operations.unchanged import record_edition
from analysis.pipeline.plan import answered_scopes
from analysis.publishing.edition import Edition
from analysis.publishing.fonts import unprintable_texts
from analysis.study import Wave
from analysis.study.disk import require_room, size_of, writing
from analysis.study.files import FOLDER
from analysis.study.scope import Scope


def ready_wave(context: Context, wave: str | None, *, today: date, provisional: bool) -> Wave:
    """The wave that was named, or the latest that somebody answered in, once deliveries are read:
    among those that are closed; of a provisional edition, among those that have begun.

    Raises:
        ParameterError: a text of the study holds what no font of an edition has.
        NotReadyError: there is none.

    """
    study = context.study
    if faults := unprintable_texts(study):  # before the work, not at its last step
        raise ParameterError.together(faults)
    read_new_deliveries(context)
    if wave is not None:
        return study.wave(wave)
    answered = answered_scopes(context.workspace, study)
    begun = [one for one in study.waves if one.start <= today]
    for one in reversed(begun if provisional else study.closed_waves(today)):
        if any(Scope(wave=one.id).covers(scope) for scope in answered):
            return one
    raise NotReadyError(
        f"No {'wave' if provisional else 'closed wave'} of study {study.id} has any answer.",
        hint="name a wave with --wave, or wait for its end.",
    )


def known_editions(context: Context) -> list[EditionState]:
    """All editions of the study, once what a command before left unfinished is done."""
    workspace, study = context.workspace, context.study.id
    Register(workspace, study).complete(edition_folders(workspace, study))
    finish_withdrawals(workspace, study)
    editions = catalogue(workspace, study)
    leave_tombstones(context, editions)
    return editions


def latest_of_all(context: Context, editions: list[EditionState], wave: str | None) -> EditionState:
    """The latest edition of a wave; by default, of the last wave that has one: a final one, else a
    provisional one.

    Raises:
        NotReadyError: there is none.

    """
    waves = [one.id for one in context.study.waves] if wave is None else [wave]
    for name in reversed(waves):
        period = context.study.wave(name)
        for provisional in (False, True):
            if found := latest(editions, period.id, provisional=provisional):
                return found
    raise NotReadyError(
        f"Study {context.study.id} has no edition yet.",
        where=f"wave {wave}" if wave else f"study {context.study.id}",
        hint=f"`observatoire publish {context.study.id}` makes one.",
    )


def tell_warnings(context: Context, period: Wave, *, goes_on: bool) -> None:
    """Tells what weakens an edition."""
    flags = warnings_of(stored_flags(context, period), context.study, period, goes_on=goes_on)
    for line in warning_lines([*gone(context), *flags]):
        context.tell(line)


@contextmanager
def making_room(context: Context) -> Iterator[Path]:
    """A temporary folder to build an edition in, on the disk it will lie on, so that putting it in
    place is one rename; there is room for it.
    """
    editions = context.workspace.editions_of(context.study.id)
    editions.mkdir(parents=True, exist_ok=True)
    needed = max([EDITION_SIZE, *(size_of(edition) for edition in editions.glob("*/v*"))])
    require_room("the edition", editions, needed)
    with (
        writing("the edition", editions, needed=needed),
        tempfile.TemporaryDirectory(dir=editions, prefix=FOLDER) as temporary,
    ):
        yield Path(temporary)


def frozen_edition(context: Context, folder: Path) -> Edition:
    """What an existing edition is, by its manifest.

    Raises:
        NotReadyError: its files are not those that were frozen.

    """
    manifest = frozen_manifest(context, folder)
    if altered := altered_files(folder, manifest):
        raise NotReadyError(
            f"Files of this edition are not those that were frozen: {', '.join(altered[:5])}.",
            where=context.workspace.relative(folder),
            hint="restore them from a backup.",
        )
    return manifest.edition


def frozen_manifest(context: Context, folder: Path) -> EditionManifest:
    """The manifest of an edition, which is the one that was frozen."""
    manifest = read_manifest(folder)
    Register(context.workspace, context.study.id).check_manifest(folder)
    return manifest


def freeze(
    context: Context,
    edition: Edition,
    temporary: Path,
    options: RunOptions,
    prepared: Prepared,
    *,
    differs: Difference | None = None,
) -> Path:
    """Builds an edition in a temporary folder, renders it, and puts it in place whole; gives its
    folder. Of a correction, what made it differ is kept with it.
    """
    workspace, study = context.workspace, context.study
    built = temporary / "edition"
    pages = build_sources(context, edition, built, options, prepared)
    if differs is not None:
        write_causes(built, differs)
    render_edition(context, edition, built, pages, prepared, options)
    check_still(context, study.wave(edition.wave))
    folder = workspace.editions(study.id, edition.wave) / Version.read(edition.version).folder
    if prepared.published is not None:
        about = {"wave": edition.wave, "version": edition.version}
        keep_published(workspace, prepared.published, prepared.provenance, **about)
    put_in_place(built, folder)
    Register(workspace, study.id).publish(read_manifest(folder), folder)
    Journal(workspace, study.id).note("edition", wave=edition.wave, version=edition.version)
    note_edition(context, edition, folder)
    return folder


def note_edition(context: Context, edition: Edition, folder: Path) -> None:
    """Records the fingerprint of an edition, so that the next command can tell from digests that it
    is current.
    """
    answered = answered_scopes(context.workspace, context.study)
    record_edition(context, edition, folder, {str(scope.wave) for scope in answered})
