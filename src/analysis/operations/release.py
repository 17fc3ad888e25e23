"""From raw data to what an edition may show: deliveries read, stale workshop notebooks run, figures
released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analysis.disclosure import Audience, release
from analysis.errors import NotReadyError
from analysis.intake import manifests, without_replaced
from analysis.operations.compared import write_compared
from analysis.operations.context import Context
from analysis.operations.links import Links, links_to_all, to_keep
from analysis.operations.receive import read_new_deliveries
from analysis.operations.run import (
    RunOptions,
    Selection,
    make_run_plan,
    parameters_unchanged,
    run_workshop,
)
from analysis.pipeline.plan import answered_scopes, is_applicable, load_notebook_plan
from analysis.storage import (
    Figures,
    Provenance,
    Released,
    known_layers,
    published_layers,
    read_provenance,
    read_tables,
    write_table,
)
from analysis.study import Wave


@dataclass(frozen=True)
class Prepared:
    """Figures that an edition may show, released and written.

    Attributes:
        provenance: Where they come from.
        deliveries: Those that no other replaces.
        linked: The earlier editions that they were released with: name → digest of what is kept of
            each.
        imported: The editions of other bodies that are shown beside them: name → digest.
        published: `storage.Published` of them, to be kept once the edition is in place; None where
            only released figures are left.

    """

    provenance: Provenance
    deliveries: tuple[str, ...]
    linked: Mapping[str, str]
    imported: Mapping[str, str]
    published: pl.DataFrame | None


def prepare(
    context: Context,
    period: Wave,
    options: RunOptions,
    *,
    links: Links | None = None,
) -> Prepared:
    """From raw data to releasable figures: reads deliveries, runs the stale workshop notebooks that
    make tables, releases.

    Args:
        context: Its study.
        period: The wave of the edition.
        options: How notebooks are run.
        links: The earlier editions that it is released with; all that were published, by default.

    """
    read_new_deliveries(context)
    run_workshop(context, _selection_until(context, period), options)
    check_still(context, period)
    return _release(context, period, links or links_to_all(context.workspace, context.study.id))


def _selection_until(context: Context, period: Wave) -> Selection:
    """The workshop jobs that the edition of a wave depends on."""
    until = tuple(wave.id for wave in context.study.waves_until(period.id))
    return Selection(waves=until, making=True)


def check_still(context: Context, period: Wave) -> None:
    """Refuses to continue if parameters, deliveries or tables of the edition changed since the
    command began.

    Raises:
        NotReadyError: parameters, deliveries, a workshop notebook, the library or a table are not
            what they were.

    """
    plan = make_run_plan(context, _selection_until(context, period))
    moved = [*plan.intake_reasons, *(reason for task in plan.stale for reason in task.reasons)]
    if not parameters_unchanged(context):
        moved.append("a parameter file changed")
    if moved:
        raise NotReadyError(
            "What the edition is made of was changed while it was made: "
            f"{'; '.join(sorted(set(moved))[:3])}.",
            hint="nothing was published: let the change be finished, then run the same command.",
        )


def _release(
    context: Context,
    period: Wave,
    links: Links,
) -> Prepared:
    """Decides once, over all tables of the edition and with all earlier ones, what the public may
    see, and writes it.
    """
    study, workspace = context.study, context.workspace
    wave_ids = {wave.id for wave in study.waves_until(period.id)}
    scopes = [scope for scope in answered_scopes(workspace, study) if scope.wave in wave_ids]
    if not any(scope.wave == period.id for scope in scopes):
        raise NotReadyError(
            f"Nobody answered in wave {period.id} of study {study.id}.",
            where=workspace.relative(workspace.processed(study.id, "responses")),
            hint=f"register its delivery first: `observatoire register {study.id} DRAFT.yml`.",
        )
    written_by = {
        name
        for notebook in load_notebook_plan(workspace).notebooks
        if is_applicable(notebook, study)
        for name in notebook.writes
    }
    figures: list[pl.DataFrame] = [Figures.create_empty()]
    parts: list[Provenance] = []
    for layer, to_figures in published_layers(known_layers(workspace).values()):
        if layer.name not in written_by:
            continue
        tables = dict.fromkeys(scope.along(layer.axes) for scope in scopes)
        paths = [workspace.table(study.id, layer.name, scope) for scope in tables]
        table = read_tables(paths, layer.schema, hint=f"observatoire run {study.id}")
        figures.append(to_figures(table))
        parts += [read_provenance(path) for path in paths]
    provenance = Provenance(
        study=study.id,
        study_digest=study.for_pages(period.id).digest,
        inputs={name: digest for part in parts for name, digest in part.inputs.items()},
        simulated=any(part.simulated for part in parts),
    )
    together = pl.concat(figures)
    public = release(together, study, audience=Audience.PUBLIC, published=links.published)
    write_table(public, workspace.released(study.id, period.id), Released, provenance)
    return Prepared(
        provenance=provenance,
        deliveries=tuple(one.id for one in without_replaced(manifests(workspace, study))),
        linked=links.digests,
        imported=write_compared(context, period),
        published=to_keep(together, public, edition=period.id),
    )
