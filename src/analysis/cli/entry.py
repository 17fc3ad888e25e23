"""Verbs on a study and what comes in: check, simulate, register."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Optional

import typer

from analysis.cli.app import (
    HERE,
    StudyArgument,
    WorkspaceOption,
    app,
    hold_workspace,
    named_study,
    open_context,
    tell,
    today,
    workspace_at,
)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to make; it must not exist, or be empty.")],
) -> None:
    """Make a workspace: notebooks, theme, configuration, and the demonstration's parameters."""
    from analysis.operations.new import new_workspace

    for name in new_workspace(folder):
        print(folder / name)
    tell(f"Go there (cd {folder}), describe your study in params/, then: observatoire check.")


@app.command()
def check(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    write_schemas: Annotated[
        bool, typer.Option("--write-schemas", help="Write the JSON Schemas for editors.")
    ] = False,
    wave: Annotated[
        Optional[str],
        typer.Option("--wave", help="Say too what is missing or odd in this wave."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="What is said of the wave as JSON.")
    ] = False,
) -> None:
    """Check the parameters of a study, its deliveries and the plan of the notebooks; and what
    weakens a wave before it is published.
    """
    from analysis.operations.check import check_study, write_parameter_schemas

    if write_schemas:
        for path in write_parameter_schemas(workspace_at(workspace)):
            tell(path)
    from analysis.operations.backup import folders_open_to_others

    study_workspace, name = named_study(study, workspace)
    verdict = check_study(study_workspace, name)
    if wave is not None:
        _check_wave(name, workspace, wave, as_json=as_json)
    if not as_json:
        print(verdict)
    for folder in folders_open_to_others(study_workspace):
        tell(
            f"{folder} can be read by every user of this machine; it holds personal data: chmod -R "
            f"o-rwx {folder}"
        )


def _check_wave(study: str, workspace: Path, wave: str, *, as_json: bool) -> None:
    """Prints what weakens a wave."""
    from analysis.operations.quality import check_wave, warning_lines

    context = open_context(study, workspace)
    with hold_workspace(context.workspace, f"check {study}"):
        found = check_wave(context, wave, today=today())
    if as_json:
        print(json.dumps([one.as_dict() for one in found], indent=1, ensure_ascii=False))
        return
    for line in warning_lines(found):
        print(line)
    if not found:
        print(f"Nothing that is looked for weakens wave {wave}.")


@app.command()
def simulate(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing when deliveries are there.")
    ] = False,
    margins: Annotated[
        bool, typer.Option("--margins", help="Write the margins of the simulated users instead.")
    ] = False,
) -> None:
    """Write the raw exports of a simulated study, with the flaws of real ones."""
    from analysis.operations.simulate import has_deliveries, simulate_study, write_margins

    context = open_context(study, workspace)
    with hold_workspace(context.workspace, f"simulate {context.study.id}"):
        if margins:
            write_margins(context)
        elif not (if_empty and has_deliveries(context)):
            simulate_study(context)


@app.command()
def register(
    study: Annotated[str, typer.Argument(help="Study.")],
    draft: Annotated[
        Path, typer.Argument(help="Manifest to complete; its files lie beside it, or in --source.")
    ],
    workspace: WorkspaceOption = HERE,
    source: Annotated[Optional[Path], typer.Option("--source", help="Folder of the files.")] = None,
) -> None:
    """Copy a delivery into data/raw, hash it, and read it: every row is kept, refused with a
    reason, or a duplicate.
    """
    from analysis.operations.register import register_delivery

    context = open_context(study, workspace)
    with hold_workspace(context.workspace, f"register {study}"):
        register_delivery(context, draft, source=source)
