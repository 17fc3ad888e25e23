"""From registered deliveries to responses: done once per change of the deliveries, the study or the
reading code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.errors import NotReadyError
from analysis.intake import deliveries, read_deliveries, write_tables
from analysis.operations.context import Context
from analysis.operations.journal import Journal
from analysis.pipeline.staleness import BuildState

if TYPE_CHECKING:
    from analysis.intake import ReadFile


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


def write_intake(context: Context, read: Sequence[ReadFile]) -> None:
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
    names = list(dict.fromkeys(file.delivery.id for file in read))
    Journal(workspace, study.id).note(READING, deliveries=names, **totals)
    context.tell(
        f"{totals['received']} rows received = {totals['kept']} kept + {totals['refused']} refused "
        f"+ {totals['duplicates']} duplicates"
    )
