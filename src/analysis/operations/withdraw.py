"""Withdraws an edition: its files are taken out of their place, and a tombstone says why."""

from __future__ import annotations

from datetime import date

from analysis.editions.catalogue import EditionState
from analysis.editions.register import Act, Register
from analysis.editions.versions import Version
from analysis.errors import NotReadyError
from analysis.operations.compare import find_edition
from analysis.operations.context import Context
from analysis.operations.correct import check_words
from analysis.operations.freezing import known_editions
from analysis.operations.journal import Journal
from analysis.study.languages import without_marks


def withdraw_edition(
    context: Context,
    *,
    wave: str,
    version: str,
    reason: str,
    signer: str | None,
    today: date,
) -> EditionState:
    """Withdraws a version. The register says so for good; its files lie aside, for their owner
    alone, and a tombstone stands in their place.

    Args:
        context: Its study.
        wave, version: Which one.
        reason: Why, for those who look for it.
        signer: Who says so; the study's publisher by default.
        today: The present day.

    Raises:
        ScopeError: there is no such edition, or the reason or the signer cannot be.
        NotReadyError: it was withdrawn before.

    """
    signer = signer or without_marks(context.study.publisher)
    for name, text in (("reason", reason), ("signer", signer)):
        check_words(name, text)
    period, number = context.study.wave(wave), Version.read(version)
    name = f"{period.id}/{number}"
    found = find_edition(context, known_editions(context), name)
    if found.withdrawn is not None:
        raise NotReadyError(
            f"{found.name} was withdrawn on {found.withdrawn.day}.",
            where=found.withdrawn.reason,
            hint="a version is withdrawn once; what is right is a version that follows it.",
        )
    act = Act(
        act="withdrawn",
        wave=found.wave,
        version=str(found.version),
        day=today,
        manifest=found.published.manifest,
        reason=reason,
        signer=signer,
    )
    workspace, study = context.workspace, context.study.id
    Register(workspace, study).add(act)
    Journal(workspace, study).note("withdrawn", wave=found.wave, version=str(found.version))
    return find_edition(context, known_editions(context), name)
