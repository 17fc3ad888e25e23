"""Publishes an edition: runs what is stale, releases, runs the publication notebooks, freezes and
renders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.editions.catalogue import last, latest
from analysis.editions.manifest import content_digest, read_manifest
from analysis.editions.versions import FIRST, FIRST_PROVISIONAL
from analysis.errors import NotReadyError, ScopeError
from analysis.operations.building import build_sources
from analysis.operations.context import Context
from analysis.operations.freezing import (
    freeze,
    frozen_edition,
    frozen_manifest,
    known_editions,
    making_room,
    note_edition,
    ready_wave,
    tell_warnings,
)
from analysis.operations.links import Links, links_to
from analysis.operations.release import prepare
from analysis.operations.run import RunOptions
from analysis.publishing.edition import Edition
from analysis.study import Wave


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
    if wave is not None:
        _check_day(context.study.wave(wave), day=day or today, today=today, provisional=provisional)
    period = ready_wave(context, wave, today=today, provisional=provisional)
    _check_day(period, day=day or today, today=today, provisional=provisional)
    editions = known_editions(context)
    final = last(editions, period.id, provisional=False)
    if provisional and final is not None:
        raise NotReadyError(
            f"Wave {period.id} has its final edition: none is provisional after it.",
            where=context.workspace.relative(final.folder),
            hint="publish without --provisional.",
        )
    existing = latest(editions, period.id, provisional=provisional)
    if existing is None and final is not None:
        raise NotReadyError(
            f"The edition of wave {period.id} was withdrawn: {final.version}.",
            where=context.workspace.relative(final.folder),
            hint="`observatoire correct` publishes the version that follows it.",
        )
    links: Links | None = None
    if existing is not None and not provisional:  # as it was made
        linked = frozen_manifest(context, existing.folder).linked
        links = links_to(context.workspace, context.study.id, linked)
    prepared = prepare(context, period, options, links=links)
    tell_warnings(context, period, goes_on=provisional)
    with making_room(context) as temporary:
        version = FIRST
        if existing is not None:
            made = frozen_edition(context, existing.folder)
            dated = made if day is None else made.model_copy(update={"published": day})
            same = temporary / "same"
            build_sources(context, dated, same, options, prepared)
            if read_manifest(existing.folder).sources == content_digest(same):
                note_edition(context, made, existing.folder)
                return Published(existing.folder, new=False)
            if not provisional:
                raise _frozen(context, existing.folder, made, day)
        if provisional:
            before = last(editions, period.id, provisional=True)
            version = before.version.next("minor") if before else FIRST_PROVISIONAL
        edition = Edition(
            wave=period.id, version=str(version), published=day or today, provisional=provisional
        )
        return Published(freeze(context, edition, temporary, options, prepared), new=True)


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


def _frozen(context: Context, existing: Path, made: Edition, day: date | None) -> NotReadyError:
    """The error that an edition is not edited."""
    what = "This edition is frozen, and its content would change."
    if day not in (None, made.published):
        what = f"This edition is frozen, and bears the date {made.published}."
    return NotReadyError(
        what,
        where=context.workspace.relative(existing),
        hint=(
            "an edition is never edited: `observatoire correct` makes the version that follows it, "
            "with a reason; or put back what it was made from."
        ),
    )
