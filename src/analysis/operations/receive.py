"""From registered deliveries to responses and monthly figures: done once per change of the
deliveries, the study or the reading code.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from analysis.errors import NotReadyError
from analysis.intake import deliveries, read_deliveries, write_tables
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.pipeline.staleness import BuildState

if TYPE_CHECKING:
    from analysis.intake import Reading


READING = "reading"
"""The event of a journal that deliveries were read."""


def read_new_deliveries(context: Context) -> bool:
    """Reads all registered deliveries into `data/processed`; returns False when nothing had
    changed.

    Raises:
        NotReadyError: no delivery is registered.
        RawDataError, IntakeError: what lies in `data/raw` cannot be read; what was read before
            stays.

    """
    workspace, study = context.workspace, context.study
    if not BuildState(workspace, study.id).intake_reasons(study.for_intake().part_digests()):
        return False
    registered = deliveries(workspace, study)
    if not any(entry.is_read for delivery in registered for entry in delivery.manifest.files):
        raise NotReadyError(
            f"Study {study.id!r} has no data yet.",
            where=workspace.relative(workspace.raw(study.id)),
            hint=f"`observatoire simulate {study.id}` makes the demonstration data, "
            f"`observatoire register {study.id} DRAFT.yml` brings in real exports.",
        )
    context.tell(
        f"reading {sum(len(delivery.manifest.files) for delivery in registered)} raw files"
    )
    write_intake(context, read_deliveries(registered, study.for_intake()))
    return True


def write_intake(context: Context, read: Reading) -> None:
    """Writes what all the registered deliveries hold, once it is read, and notes of what it is
    made.
    """
    workspace, study = context.workspace, context.study
    books = BuildState(workspace, study.id)
    inputs = books.intake_inputs(study.for_intake().part_digests())
    books.forget_intake()
    totals = write_tables(workspace, study, read)
    books.record_intake(inputs)
    books.digests.save()
    details = {"deliveries": list(read.deliveries), **asdict(totals)}
    Journal(workspace, study.id).note(READING, **details)
    if read.answers:
        context.tell(
            f"{totals.received} rows received = {totals.kept} kept + {totals.refused} refused "
            f"+ {totals.duplicates} duplicates"
        )
    if read.measures:
        received = totals.figures + totals.figures_refused + totals.figures_repeated
        context.tell(
            f"{received} monthly figures received = {totals.figures} kept + "
            f"{totals.figures_refused} refused + {totals.figures_repeated} given again later"
        )
    if read.flows:
        context.tell(
            f"{totals.counts + totals.counts_repeated} monthly counts received = {totals.counts} "
            f"kept + {totals.counts_repeated} given again later"
        )
    if read.grids:
        context.tell(f"{totals.observations} observations of sessions")
    for delivery, count in totals.revised.items():
        context.tell(f"  {delivery} revises {count} figures of deliveries before it")
