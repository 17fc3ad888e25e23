"""Checks what a study says before anything runs, and writes the schemas that editors complete it
by.
"""

from __future__ import annotations

from pathlib import Path

from analysis.editions.manifest import EditionManifest
from analysis.errors import ObservatoryError
from analysis.intake import Delivery, Manifest, deliveries, stray_entries
from analysis.pipeline.plan import NotebookPlan, load_notebook_plan
from analysis.publishing.fonts import unprintable_texts
from analysis.publishing.practice_texts import unpublishable_notes, unpublishable_quotations
from analysis.simulation import SimulationPlan, load_simulation_plan
from analysis.storage.own_layers import OwnLayersFile
from analysis.study import Model, Study, Workspace, load_study, write_schemas
from analysis.study.loading import FILES

SCHEMAS: dict[str, type[Model]] = {
    **FILES,
    "simulation": SimulationPlan,
    "manifest": Manifest,
    "plan": NotebookPlan,
    "layers": OwnLayersFile,
    "edition": EditionManifest,
}


def check_study(workspace: Workspace, name: str) -> str:
    """One line that says what a study holds.

    Raises:
        ObservatoryError: every fault of its parameters, of the plan of the notebooks and of its
            deliveries, each with its place.

    """
    faults: list[ObservatoryError] = []
    study: Study | None = None
    registered: tuple[Delivery, ...] = ()
    folder = workspace.study(name)
    try:
        study = load_study(folder)
    except ObservatoryError as error:
        faults.append(error)
    try:
        load_notebook_plan(workspace)
    except ObservatoryError as error:
        faults.append(error)
    faults += stray_entries(workspace)
    if study is not None:
        faults += unprintable_texts(study)
        faults += unpublishable_notes(study)
        faults += unpublishable_quotations(study)
        if (folder / "simulation.yml").exists():
            try:
                load_simulation_plan(folder, study)
            except ObservatoryError as error:
                faults.append(error)
        try:
            registered = deliveries(workspace, study)
        except ObservatoryError as error:
            faults.append(error)
    if faults or study is None:
        raise ObservatoryError.together(faults)
    sites = sum(len(directorate.sites) for directorate in study.directorates)
    return (
        f"{study.id}: {len(study.directorates)} directorates, {sites} sites, {len(study.waves)} "
        "waves, "
        f"{len(study.questionnaire.items)} items, {len(study.indicators)} indicators, "
        f"{len(registered)} deliveries. No fault found."
    )


def write_parameter_schemas(workspace: Workspace) -> list[Path]:
    """Writes `params/schemas/*.schema.json`."""
    return write_schemas(workspace.params / "schemas", SCHEMAS)
