"""From registered deliveries to responses: done once per change of the deliveries, the study or the reading code."""

from __future__ import annotations

from analysis.errors import NotReadyError
from analysis.intake import deliveries, write_tables
from analysis.operations.agenda import Books
from analysis.operations.context import Context
from analysis.operations.journal import Journal


def bring_in(context: Context) -> bool:
    """Reads all registered deliveries into `data/processed`; returns False when nothing had changed.

    Raises:
        NotReadyError: no delivery is registered.

    """
    workspace, study = context.workspace, context.study
    books = Books(workspace, study.id)
    if not books.reading():
        return False
    found = deliveries(workspace, study)
    if not any(entry.reader != "archive" for one in found for entry in one.manifest.files):
        raise NotReadyError(
            f"Study {study.id!r} has no data yet.",
            where=workspace.relative(workspace.raw(study.id)),
            hint=f"`observatoire simulate {study.id}` makes the demonstration data, "
            f"`observatoire register {study.id} DRAFT.yml` brings in real exports.",
        )
    context.tell(f"reading {sum(len(one.manifest.files) for one in found)} raw files")
    made = books.deliveries()
    books.forget_reading()
    totals = write_tables(workspace, study, found)
    books.keep_reading(made)
    books.digests.save()
    Journal(workspace, study.id).note("reading", **totals)
    context.tell(
        f"{totals['received']} rows received = {totals['kept']} kept + {totals['refused']} refused "
        f"+ {totals['duplicates']} duplicates"
    )
    return True
