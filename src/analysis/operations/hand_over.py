"""Hands the remarks that concern another body over to it: redacted, under a declared agreement, and
on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analysis.disclosure import Audience, Status, status_of_base
from analysis.editions.handed_over import HandOver, HandOvers, package_bytes
from analysis.errors import NotReadyError, ParameterError, ScopeError
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.operations.receive import read_new_deliveries
from analysis.pipeline.plan import answered_scopes
from analysis.privacy import redact_all
from analysis.storage import Responses, Verbatims, read_provenance, read_table, sha256_bytes
from analysis.study import Study, Thresholds, Wave
from analysis.study.languages import without_marks
from analysis.study.recipients import Recipient
from analysis.study.scope import Scope

LISTED = "response_id"
"""The first line of a list that a person made: the others are identifiers of responses."""


@dataclass(frozen=True)
class HandOverOutcome:
    """What became of a handing over.

    Attributes:
        line: Its line of the register; None where no remark concerns the recipient.
        folder: Where the package lies.
        before: Whether the same remarks had been handed over already.

    """

    line: HandOver | None
    folder: Path | None
    before: bool


def hand_over(
    context: Context, *, recipient: str, wave: str, listed: Path | None, today: date
) -> HandOverOutcome:
    """Writes the remarks of a wave that concern a body to a package for it.

    Args:
        context: The study.
        recipient: Identifier, as in `recipients.yml`.
        wave: Identifier.
        listed: A person's list of responses whose remarks concern it, beside those that the rule of
            the recipient marks.
        today: The present day.

    Raises:
        ScopeError: no such recipient or wave; a list that is none, or names responses that the
            wave has not.
        NotReadyError: the agreement has ended.
        ParameterError: nothing says which remarks concern the recipient.

    """
    study = context.study
    to, period = _agreed(study, recipient, today), study.wave(wave)
    if to.marked is None and listed is None:
        raise ParameterError(
            f"Nothing says which remarks concern {to.id!r}.",
            where=f"params/{study.id}/recipients.yml, recipients.{to.id}",
            hint="declare a rule, `marked`, or name with --list the responses that a person chose.",
        )
    read_new_deliveries(context)
    remarks = _remarks(context, to, period, _listed(listed))
    if remarks.is_empty():
        return HandOverOutcome(None, None, before=False)
    about = HandOver(
        day=today,
        recipient=to.id,
        agreement=to.agreement,
        wave=period.id,
        count=remarks.height,
        digest=sha256_bytes(package_bytes(remarks)),
    )
    hand_overs = HandOvers(context.workspace, study.id)
    earlier = hand_overs.write(remarks, about)
    if earlier is None:
        noted = {"recipient": about.recipient, "wave": about.wave, "digest": about.digest}
        Journal(context.workspace, study.id).note("handed-over", **noted)
    line = earlier or about
    return HandOverOutcome(line, hand_overs.folder(line), before=earlier is not None)


def handed_over(context: Context) -> list[HandOver]:
    """Every time that remarks of the study were handed over."""
    return HandOvers(context.workspace, context.study.id).lines()


def count_told(count: int, thresholds: Thresholds) -> str:
    """A number of remarks as it may be told: a small one is not, as on any page.

    >>> count_told(10, Thresholds()), count_told(11, Thresholds())
    ('fewer than 11 remarks', '11 remarks')
    """
    if status_of_base(count, thresholds, Audience.INTERNAL) is Status.SUPPRESSED:
        return f"fewer than {thresholds.suppressed_below} remarks"
    return f"{count} remarks"


def _agreed(study: Study, recipient: str, today: date) -> Recipient:
    """The recipient, whose agreement holds today."""
    if not study.recipients:
        raise ScopeError(
            f"No agreement is declared: study {study.id!r} hands no remark over to anybody.",
            where=f"params/{study.id}/recipients.yml",
            hint="declare the recipient there, with the reference of its agreement and its last "
            "day.",
        )
    to = study.recipient(recipient)
    if to.until < today:
        raise NotReadyError(
            f"The agreement {to.agreement!r} with {to.id!r} ended on {to.until}.",
            where=f"params/{study.id}/recipients.yml, recipients.{to.id}",
            hint="nothing is handed over without one: give the new one, and its last day.",
        )
    return to


def _listed(path: Path | None) -> set[str]:
    """The responses of a person's list."""
    if path is None:
        return set()
    try:
        first, *others = path.read_text(encoding="utf-8-sig").split()
    except (OSError, ValueError):
        first, others = "", []
    if first != LISTED:
        raise ScopeError(
            "This list is none: a text in UTF-8, one identifier of a response to a line.",
            where=path.name,
            hint=f"its first line is {LISTED!r}.",
        )
    return set(others)


def _remarks(context: Context, to: Recipient, period: Wave, listed: set[str]) -> pl.DataFrame:
    """The remarks that concern a body, under the columns of a package, in an order that tells
    nothing of who wrote them.
    """
    study, workspace = context.study, context.workspace
    marked, simulated = set(listed), False
    texts: list[pl.DataFrame] = [Verbatims.create_empty()]
    present: set[str] = set()
    for scope in answered_scopes(workspace, study):
        if not Scope(wave=period.id).covers(scope):
            continue
        path = workspace.table(study.id, "responses", scope)
        responses = read_table(path, Responses, hint=f"observatoire run {study.id}")
        simulated = simulated or read_provenance(path).simulated
        present |= set(responses.get_column("response_id"))
        rule = to.marked
        if rule is not None and rule.item in responses.columns:
            chosen = responses.filter(pl.col(rule.item).is_in(rule.levels))
            marked |= set(chosen.get_column("response_id"))
        path = workspace.table(study.id, "verbatims", scope)
        if path.exists():
            texts.append(read_table(path, Verbatims, hint=f"observatoire run {study.id}"))
    if unknown := listed - present:
        raise ScopeError(
            f"{len(unknown)} identifiers of the list are of no response of wave {period.id}.",
            hint="take them from `scope.verbatims()` of that wave: they change where a delivery is "
            "replaced.",
        )
    found = pl.concat(texts).filter(
        pl.col("response_id").is_in(list(marked)), pl.col("item").is_in(to.items)
    )
    labels = {unit.id: without_marks(unit.label) for unit in study.directorates}
    questions = {name: without_marks(study.item(name).wording) for name in to.items}
    return found.select(
        vague=pl.lit(without_marks(period.label)),
        direction=pl.col("directorate").replace(labels),
        question=pl.col("item").replace(questions),
        remarque=redact_all(found.get_column("text")),
        simule=pl.lit("true" if simulated else "false"),
    ).sort("direction", "question", "remarque")
