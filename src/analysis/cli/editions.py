"""Verbs on editions that are made: correct, diff, withdraw, editions, site, open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from analysis.cli.app import (
    HERE,
    OnFailureOption,
    OnSuccessOption,
    RendererOption,
    SchedulerOption,
    StudyArgument,
    WorkersOption,
    WorkspaceOption,
    app,
    day_of,
    hold_workspace,
    named_study,
    open_context,
    renderer_of,
    report_outcome,
    tell,
    today,
    workspace_at,
)

if TYPE_CHECKING:
    from analysis.operations.compare import Comparison

NamedWave = Annotated[str, typer.Option("--wave", help="Whose edition.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, as readers are told.")]
SignerOption = Annotated[
    Optional[str], typer.Option("--signer", help="Who says so; the publisher by default.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For a machine.")]


@app.command()
def correct(
    wave: NamedWave,
    reason: ReasonOption,
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    signer: SignerOption = None,
    day: Annotated[
        Optional[str], typer.Option("--date", help="Day that it bears: today, by default.")
    ] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Say which version it would be, and why; make none.")
    ] = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    renderer: RendererOption = None,
    on_success: OnSuccessOption = None,
    on_failure: OnFailureOption = None,
) -> None:
    """Make the version that follows an edition, where what it is made of has changed."""
    from analysis.operations.run import RunOptions

    study_workspace, name = named_study(study, workspace)
    with report_outcome(on_success, on_failure, verb="correct", study=name) as details:
        bears = None if day is None else day_of(day)
        with hold_workspace(study_workspace, f"correct {name}", runs_notebooks=scheduler is None):
            from analysis.operations.correct import correct_edition

            made = correct_edition(
                open_context(name, workspace),
                wave=wave,
                reason=reason,
                signer=signer,
                today=today(),
                day=bears,
                propose=propose,
                options=RunOptions(
                    workers=workers, scheduler=scheduler, renderer=renderer_of(renderer)
                ),
            )
        details.update(version=str(made.version), new=made.new)
    if made.folder is not None and not made.new:
        print(f"Nothing has changed since {made.corrected}: there is nothing to correct.")
        return
    for line in made.reasons:
        print(line)
    print(f"{made.corrected} → {made.version}")
    if made.folder is not None:
        print(study_workspace.relative(made.folder))


@app.command()
def diff(
    before: Annotated[
        str, typer.Argument(help="The earlier edition: a wave, 2026-2/1.0.0, or its folder.")
    ],
    after: Annotated[str, typer.Argument(help="The later one.")],
    study: Annotated[Optional[str], typer.Option("--study", help="Which study.")] = None,
    workspace: WorkspaceOption = HERE,
    json: JsonOption = False,
) -> None:
    """Say what differs between two editions: figures, sentences, and what made it so."""
    from analysis.operations.compare import compare_editions

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, "diff"):
        found = compare_editions(open_context(name, workspace), before, after)
    if json:
        print(_as_json(found))
        return
    for line in found.lines():
        print(line)


@app.command()
def withdraw(
    wave: NamedWave,
    version: Annotated[str, typer.Option("--version", help="Which version, as 1.0.0.")],
    reason: ReasonOption,
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    signer: SignerOption = None,
) -> None:
    """Take an edition out of its place; a tombstone says why."""
    from analysis.operations.withdraw import withdraw_edition

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, f"withdraw {name}"):
        gone = withdraw_edition(
            open_context(name, workspace),
            wave=wave,
            version=version,
            reason=reason,
            signer=signer,
            today=today(),
        )
    print(f"{gone.name} is withdrawn. Its files lie in {study_workspace.relative(gone.folder)}.")


@app.command()
def editions(
    study: StudyArgument = None, workspace: WorkspaceOption = HERE, json: JsonOption = False
) -> None:
    """List all editions, and what became of them."""
    from analysis.operations.freezing import known_editions

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, "editions"):
        known = known_editions(open_context(name, workspace))
    rows = [edition.told() for edition in known]
    if json:
        print(_dumped(rows))
        return
    if not rows:
        print("No edition yet.")
    for row in rows:
        why = f"  {row['reason']}" if row["reason"] else ""
        print(f"{row['wave']:<10} {row['version']:<8} {row['state']:<12} {row['day']}{why}")


@app.command()
def site(
    into: Annotated[
        Optional[Path], typer.Option("--into", help="Folder: reports/site, by default.")
    ] = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Assemble what one puts on a web server: an index, the latest, every version."""
    from analysis.operations.context import Context
    from analysis.operations.site import assemble_site

    study_workspace = workspace_at(workspace)
    contexts = [Context.open(study_workspace, name, tell) for name in study_workspace.studies()]
    with hold_workspace(study_workspace, "site"):
        folder = assemble_site(contexts, into or study_workspace.reports / "site")
    print(study_workspace.relative(folder / "index.html"))


@app.command(name="open")
def open_latest(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    wave: Annotated[Optional[str], typer.Option("--wave", help="Of this wave.")] = None,
) -> None:
    """Show the latest edition in the browser."""
    import webbrowser

    from analysis.operations.freezing import known_editions, latest_of_all

    study_workspace, name = named_study(study, workspace)
    context = open_context(name, workspace)
    with hold_workspace(study_workspace, "open"):
        found = latest_of_all(context, known_editions(context), wave)
    page = found.folder / "_site" / "index.html"
    print(study_workspace.relative(page))
    webbrowser.open(page.resolve().as_uri())


def _as_json(found: Comparison) -> str:
    return _dumped(found.told())


def _dumped(content: Any) -> str:
    from json import dumps

    return dumps(content, indent=1, ensure_ascii=False)
