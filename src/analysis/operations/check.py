"""Checks what a study says before anything runs, and writes the schemas that editors complete it by."""

from __future__ import annotations

from pathlib import Path

from analysis.intake import Manifest, deliveries
from analysis.operations.context import Context
from analysis.pipeline.plan import Plan, load_plan
from analysis.simulation import SimulationPlan
from analysis.simulation import load_plan as load_simulation_plan
from analysis.study import Model, Workspace, write_schemas
from analysis.study.loading import FILES

SCHEMAS: dict[str, type[Model]] = {**FILES, "simulation": SimulationPlan, "manifest": Manifest, "plan": Plan}


def check_study(context: Context) -> str:
    """One line that says what the study holds; an error names the first fault."""
    study, workspace = context.study, context.workspace
    load_plan(workspace)
    if (workspace.study(study.id) / "simulation.yml").exists():
        load_simulation_plan(workspace.study(study.id), study)
    found = deliveries(workspace, study)
    sites = sum(len(directorate.sites) for directorate in study.directorates)
    return (
        f"{study.id}: {len(study.directorates)} directorates, {sites} sites, {len(study.waves)} waves, "
        f"{len(study.questionnaire.items)} items, {len(study.reading.indicators)} indicators, {len(found)} deliveries. "
        "No fault found."
    )


def write_parameter_schemas(workspace: Workspace) -> list[Path]:
    """Writes `params/schemas/*.schema.json`."""
    return write_schemas(workspace.params / "schemas", SCHEMAS)
