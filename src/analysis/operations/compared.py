"""The figures of other bodies that stand beside those of an edition: chosen, hidden where they rest
on too few answers, and written before any page is made.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.editions.comparability import comparison_table
from analysis.editions.received import compared_editions, received
from analysis.operations.context import Context
from analysis.storage import Imported, Provenance, write_table
from analysis.study import Wave


def write_compared(context: Context, period: Wave) -> Mapping[str, str]:
    """Writes `storage.Imported` for the edition of a wave; nothing where no edition of another body
    is to stand beside it.

    Returns:
        The editions that do: name → digest that each was imported by.

    """
    study, workspace = context.study, context.workspace
    path = workspace.compared(study.id, period.id)
    chosen = compared_editions(received(workspace, study.id), period)
    table = comparison_table([one.package for one in chosen], study, period.id)
    if table.is_empty():
        path.unlink(missing_ok=True)
        return {}
    digests = {one.package.name: one.note.digest for one in chosen}
    provenance = Provenance(
        study=study.id,
        study_digest=study.for_pages(period.id).digest,
        inputs=digests,
        simulated=any(one.package.description.simulated for one in chosen),
    )
    write_table(table, path, Imported, provenance)
    return digests
