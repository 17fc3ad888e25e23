"""The verbs, and what they share. Imports stand inside the verbs, so that `--help` answers at once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from analysis.operations.context import Context
    from analysis.study import Workspace

app = typer.Typer(
    name="observatoire",
    help="What users think of public services: from raw exports to numbered editions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

StudyArgument = Annotated[Optional[str], typer.Argument(help="Study; may be left out when there is one.")]
WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Folder of the repository.")]
DirectorateOption = Annotated[Optional[str], typer.Option("--directorate", help="One directorate only.")]
WaveOption = Annotated[Optional[str], typer.Option("--wave", help="One wave only.")]
WorkersOption = Annotated[Optional[int], typer.Option("--workers", min=1, help="Notebooks at once.")]
HERE = Path()


@app.command()
def check(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    write_schemas: Annotated[bool, typer.Option("--write-schemas", help="Write the JSON Schemas for editors.")] = False,
) -> None:
    """Check the parameters of a study, its deliveries and the plan of the notebooks."""
    from analysis.operations.check import check_study, write_parameter_schemas

    if write_schemas:
        for path in write_parameter_schemas(_workspace(workspace)):
            _tell(path)
    print(check_study(_context(study, workspace)))


@app.command()
def simulate(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing when deliveries are there.")] = False,
    margins: Annotated[bool, typer.Option("--margins", help="Write the margins of the simulated users instead.")] = False,
) -> None:
    """Write the raw exports of a simulated study, with the flaws of real ones."""
    from analysis.operations.simulate import has_deliveries, simulate_study, write_margins

    context = _context(study, workspace)
    if margins:
        write_margins(context)
    elif not (if_empty and has_deliveries(context)):
        simulate_study(context)


@app.command()
def register(
    study: Annotated[str, typer.Argument(help="Study.")],
    draft: Annotated[Path, typer.Argument(help="Manifest to complete; its files lie beside it, or in --source.")],
    workspace: WorkspaceOption = HERE,
    source: Annotated[Optional[Path], typer.Option("--source", help="Folder of the files.")] = None,
) -> None:
    """Copy a delivery into data/raw, hash it, and read it: every row is kept, refused with a reason, or a duplicate."""
    from analysis.operations.register import register_delivery

    register_delivery(_context(study, workspace), draft, source=source)


@app.command()
def run(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    directorate: DirectorateOption = None,
    wave: WaveOption = None,
    workers: WorkersOption = None,
) -> None:
    """Run the workshop notebooks that are not current."""
    from analysis.operations.run import run_workshop

    context = _context(study, workspace)
    waves = None if wave is None else [context.study.wave(wave)]
    tally = run_workshop(context, directorate=directorate, waves=waves, workers=workers)
    print(f"{tally.ran} notebooks ran, {tally.current} were current.")


@app.command()
def status(study: StudyArgument = None, workspace: WorkspaceOption = HERE) -> None:
    """Say which workshop notebooks are current."""
    from analysis.operations.run import status as jobs_status

    for title, current in jobs_status(_context(study, workspace)):
        print(f"{'current' if current else 'stale  '}  {title}")


@app.command()
def publish(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    wave: WaveOption = None,
    workers: WorkersOption = None,
) -> None:
    """Publish the edition of a wave: of the latest closed one, unless told otherwise."""
    from analysis.operations.publish import publish as publish_edition

    context = _context(study, workspace)
    published = publish_edition(context, wave=wave, today=datetime.now(tz=UTC).date(), workers=workers)
    if not published.new:
        print("Nothing changed since this edition was made:")
    print(context.workspace.relative(published.folder))


@app.command()
def lab(study: StudyArgument = None, workspace: WorkspaceOption = HERE) -> None:
    """Open JupyterLab on the notebooks."""
    from analysis.operations.lab import open_lab

    open_lab(_context(study, workspace))


def _workspace(folder: Path) -> Workspace:
    from analysis.study import Workspace

    return Workspace.find(folder)


def _context(study: str | None, folder: Path) -> Context:
    from analysis.operations.context import Context, only_study

    workspace = _workspace(folder)
    return Context.open(workspace, only_study(workspace, study), _tell)


def _tell(line: object) -> None:
    print(line, file=sys.stderr, flush=True)
