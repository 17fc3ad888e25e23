"""Verbs on other administrations: their editions come in, remarks that concern them go out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from analysis.cli.app import HERE, WorkspaceOption, app, hold_workspace, named_study, open_context
from analysis.cli.app import today as present_day

exchange = typer.Typer(
    name="exchange",
    help="Exchange with other administrations: their editions in, remarks that concern them out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(exchange)

StudyOption = Annotated[
    Optional[str], typer.Option("--study", help="Study; may be left out when there is one.")
]


@exchange.command(name="import")
def import_package(
    source: Annotated[
        Path, typer.Argument(help="Folder `data` of another body's edition, or a zip of it.")
    ],
    study: StudyOption = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Import the edition of another body, to stand beside the figures of a study."""
    from analysis.operations.exchange import import_edition

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, f"exchange import {name}"):
        done = import_edition(open_context(name, workspace), source, today=present_day())
    said = done.package.description
    if done.act == "unchanged":
        print(f"{done.package.name} was imported before, and nothing of it changed:")
    if done.act == "replaced":
        print(f"{done.package.name} replaces {done.replaced}, an earlier version of this edition:")
    print(study_workspace.relative(done.folder))
    print(f"of {said.publisher}{', simulated' if said.simulated else ''}")
    print(f"sha256 of dcat.jsonld: {done.package.digest}")
    print(
        f"{done.results} results over everybody: {done.comparable} may stand beside one of {name}, "
        f"{done.hidden} rest on too few answers to be shown here"
    )


@exchange.command(name="list")
def list_packages(study: StudyOption = None, workspace: WorkspaceOption = HERE) -> None:
    """List the editions of other bodies that were imported."""
    from analysis.operations.exchange import imported_editions

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, f"exchange list {name}"):
        known = imported_editions(open_context(name, workspace))
    if not known:
        print("No edition of another body was imported.")
    last = {one.edition: one.version for one in known}
    for one in known:
        said = one.package.description
        replaced = "" if one.version == last[one.edition] else f"  replaced by {last[one.edition]}"
        print(f"{one.package.name:<32} {one.note.day}  {said.publisher}{replaced}")


@exchange.command(name="remove")
def remove_package(
    edition: Annotated[str, typer.Argument(help="Which one, as `exchange list` names it.")],
    study: StudyOption = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Take an imported edition out; published editions keep what they show of it."""
    from analysis.operations.exchange import remove_edition

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, f"exchange remove {name}"):
        removed = remove_edition(open_context(name, workspace), edition)
    print(f"{removed} is no longer imported.")


@exchange.command(name="hand-over")
def hand_over_remarks(
    recipient: Annotated[str, typer.Argument(help="To whom, as in recipients.yml.")],
    wave: Annotated[str, typer.Option("--wave", help="Of which wave.")],
    listed: Annotated[
        Optional[Path],
        typer.Option("--list", help="File of the responses that a person chose, one to a line."),
    ] = None,
    study: StudyOption = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """Write the remarks that concern another body, redacted, to a package for it."""
    from analysis.operations.hand_over import count_told, hand_over

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, f"exchange hand-over {name}"):
        context = open_context(name, workspace)
        done = hand_over(
            context, recipient=recipient, wave=wave, listed=listed, today=present_day()
        )
    if done.line is None or done.folder is None:
        print(f"No remark of wave {wave} concerns {recipient}: nothing was written.")
        return
    if done.before:
        print(f"The same remarks were handed over on {done.line.day}: nothing was written.")
    told = count_told(done.line.count, context.study.thresholds)
    print(f"{told}, sha256 {done.line.digest}")
    print(study_workspace.relative(done.folder))


@exchange.command(name="handed-over")
def list_handed_over(study: StudyOption = None, workspace: WorkspaceOption = HERE) -> None:
    """List what was handed over: when, to whom, by which agreement."""
    from analysis.operations.hand_over import count_told, handed_over

    study_workspace, name = named_study(study, workspace)
    with hold_workspace(study_workspace, f"exchange handed-over {name}"):
        context = open_context(name, workspace)
        lines = handed_over(context)
    if not lines:
        print("Nothing was handed over.")
    for line in lines:
        told = count_told(line.count, context.study.thresholds)
        print(f"{line.day}  {line.recipient:<16} {line.wave:<8} {told:<24} {line.agreement}")
