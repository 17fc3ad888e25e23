"""Corrects an edition: makes the version that follows it, where what it is made of has changed, and
says by how much.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.editions.catalogue import EditionState, last
from analysis.editions.difference import (
    Difference,
    EditionContent,
    difference,
    figures_of,
    printed_alike,
)
from analysis.editions.manifest import EditionManifest, Origin, content_digest
from analysis.editions.versions import Size, Version
from analysis.errors import NotReadyError, ScopeError
from analysis.operations.building import build_sources, made_by
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
from analysis.operations.links import Links
from analysis.operations.rebuilding import is_whole, workspace_of
from analysis.operations.release import Prepared, prepare
from analysis.operations.run import RunOptions
from analysis.publishing.edition import MOST, Edition
from analysis.publishing.fonts import missing_characters
from analysis.publishing.released import ReleasedFigure
from analysis.storage import Released, read_table
from analysis.study import Wave
from analysis.study.files import FOLDER, make_private_folder
from analysis.study.languages import without_marks

SHOWN = 5
"""Figures at the head that a proposal names, at most."""


@dataclass(frozen=True)
class Correction:
    """What follows an edition.

    Attributes:
        corrected: The version that it follows.
        version: Its own; that of the edition there is, where nothing has changed.
        reasons: Why it is that number.
        folder: Where it lies; None where it was only proposed.
        new: Whether this call made it.

    """

    corrected: Version
    version: Version
    reasons: tuple[str, ...]
    folder: Path | None
    new: bool


def correct_edition(
    context: Context,
    *,
    wave: str,
    reason: str,
    signer: str | None,
    today: date,
    day: date | None = None,
    propose: bool = False,
    options: RunOptions,
) -> Correction:
    """Makes the version that follows the final edition of a wave: major where a figure at the head
    is printed or called otherwise, minor where any figure differs, patch where only text, layout or
    software does. The edition that it corrects stays as it is.

    Args:
        context: Its study.
        wave: Identifier.
        reason: Why it is corrected, for its readers.
        signer: Who says so; the study's publisher by default.
        today: The present day.
        day: The day that it bears; today by default.
        propose: Only say which number it would bear, and why.
        options: How notebooks are run.

    Raises:
        ScopeError: the reason, the signer or the day cannot be.
        NotReadyError: the wave has no final edition, or it is not what was frozen.
        NotebookError, InferenceError, RenderingError, DisclosureError: a step failed; nothing is
            half-written.

    """
    signer = signer or without_marks(context.study.publisher)
    for name, text in (("reason", reason), ("signer", signer)):
        check_words(name, text)
    period = ready_wave(context, wave, today=today, provisional=False)
    existing = _corrected(context, period)
    made = frozen_edition(context, existing.folder)
    bears = day or today
    if not made.published <= bears <= today:
        raise ScopeError(
            f"A correction cannot bear the date {bears}.",
            where=f"wave {period.id}",
            hint=f"the edition that it corrects bears {made.published}, and today is {today}.",
        )
    prepared = prepare(context, period, options)
    tell_warnings(context, period, goes_on=False)
    with making_room(context) as temporary:
        same = temporary / "same"
        build_sources(context, made, same, options, prepared)
        unchanged = frozen_manifest(context, existing.folder).sources == content_digest(same)
        if unchanged and existing.state != "withdrawn":
            note_edition(context, made, existing.folder)
            return Correction(existing.version, existing.version, (), existing.folder, new=False)
        found = _difference(context, period, existing, same, prepared, options)
        size = found.size(context.study.language)
        version = existing.version.next(size)
        reasons = tuple(_reasons(context, found, size))
        if propose:
            return Correction(existing.version, version, reasons, None, new=False)
        edition = Edition(
            wave=period.id,
            version=str(version),
            published=bears,
            supersedes=str(existing.version),
            reason=reason,
            signer=signer,
        )
        folder = freeze(context, edition, temporary, options, prepared, differs=found)
    return Correction(existing.version, version, reasons, folder, new=True)


def check_words(name: str, text: str) -> None:
    """Refuses what cannot be said to readers: nothing, more than a few lines, signs that no font
    has.

    Raises:
        ScopeError: it cannot.

    """
    wrong = ""
    if not text.strip():
        wrong = f"The {name} is empty."
    elif len(text) > MOST:
        wrong = f"The {name} is longer than {MOST} signs."
    elif not re.sub("[\u00a0\u202f]", " ", text).isprintable():
        wrong = f"The {name} holds more than one line, or signs that are not printed."
    elif signs := missing_characters(text):
        wrong = f"The {name} holds what no font of an edition has: {' '.join(signs)}."
    if wrong:
        raise ScopeError(wrong, where=f"--{name}", hint="readers are told it, in one sentence.")


def _corrected(context: Context, period: Wave) -> EditionState:
    """The edition that a correction follows: the last final one, withdrawn or not."""
    found = last(known_editions(context), period.id, provisional=False)
    if found is None:
        raise NotReadyError(
            f"Wave {period.id} has no final edition to correct.",
            where=context.workspace.relative(
                context.workspace.editions(context.study.id, period.id)
            ),
            hint=f"`observatoire publish {context.study.id} --wave {period.id}` makes the first.",
        )
    return found


def _difference(
    context: Context,
    period: Wave,
    existing: EditionState,
    same: Path,
    prepared: Prepared,
    options: RunOptions,
) -> Difference:
    """What differs from an edition, with what made it so: where answers and something else changed,
    the earlier answers are taken again under the later parameters.
    """
    manifest = frozen_manifest(context, existing.folder)
    origin = Origin.of(context.study.for_pages(period.id), prepared.provenance)
    before = EditionContent.read(existing.folder, period.id, manifest.origin)
    after = EditionContent.read(same, period.id, origin)
    bridge: Mapping[str, ReleasedFigure] | None = None
    others = before.origin.parameters != after.origin.parameters or (
        manifest.software,
        manifest.lock,
    ) != made_by(context)
    mixed = others and before.origin.inputs != after.origin.inputs
    if mixed and is_whole(context.workspace.raw(context.study.id), manifest.inputs):
        context.tell("taking the earlier answers again under the parameters of today")
        bridge = _bridge(context, period, manifest, options)
    return difference(before, after, bridge=bridge)


def _bridge(
    context: Context, period: Wave, manifest: EditionManifest, options: RunOptions
) -> Mapping[str, ReleasedFigure]:
    """The figures that the parameters and software of today make of earlier answers."""
    workspace, study = context.workspace, context.study
    make_private_folder(workspace.notes)
    with tempfile.TemporaryDirectory(dir=workspace.notes, prefix=FOLDER) as temporary:
        copy = workspace_of(workspace, manifest, Path(temporary), context.tell)
        prepare(copy, copy.study.wave(period.id), options, links=Links())
        table = copy.workspace.released(study.id, period.id)
        return figures_of(read_table(table, Released, hint=""))


def _reasons(context: Context, found: Difference, size: Size) -> list[str]:
    """Why a version bears its number, as lines for a person."""
    language = context.study.language
    if size == "patch":
        return ["patch: no figure changes; text, layout, software or what others published do"]
    heads = [one for one in found.figures if one.head and not printed_alike(one, language)]
    causes = Counter(cause for one in found.figures for cause in one.causes)
    told = ", ".join(f"{cause} {count}" for cause, count in causes.most_common())
    lines = [f"{size}: {len(found.figures)} figures change ({told})"]
    lines += [f"  at the head: {one.key}" for one in heads[:SHOWN]]
    if len(heads) > SHOWN:
        lines.append(f"  and {len(heads) - SHOWN} more at the head")
    if found.sentences:
        lines.append(f"  {len(found.sentences)} sentences change")
    return lines
