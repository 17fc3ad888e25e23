"""Verbs that keep a workspace: schedule, backup, restore, lab, phrases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional, get_args

import typer

from analysis.cli.app import (
    HERE,
    OnFailureOption,
    OnSuccessOption,
    StudyArgument,
    WorkspaceOption,
    app,
    hold_workspace,
    open_context,
    tell,
    workspace_at,
)
from analysis.study.kinds import LanguageCode

if TYPE_CHECKING:
    from analysis.operations.schedule import System


@app.command()
def schedule(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    systemd: Annotated[bool, typer.Option("--systemd", help="A service and its timer.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="Lines of a crontab.")] = False,
    gitlab: Annotated[
        bool, typer.Option("--gitlab", help="A job, and the schedules to create.")
    ] = False,
    kubernetes: Annotated[bool, typer.Option("--kubernetes", help="CronJobs.")] = False,
    on_success: OnSuccessOption = None,
    on_failure: OnFailureOption = None,
    output: Annotated[
        Optional[Path],
        typer.Option("--output", help="Folder to write the files in; printed otherwise."),
    ] = None,
) -> None:
    """Write what looks each day, by itself, for what the calendar of the waves makes due."""
    from analysis.errors import ScopeError
    from analysis.operations.schedule import schedule_files as files_of
    from analysis.study.files import write_whole

    context = open_context(study, workspace)
    requested: dict[System, bool] = {
        "systemd": systemd,
        "cron": cron,
        "gitlab": gitlab,
        "kubernetes": kubernetes,
    }
    if not any(requested.values()):
        raise ScopeError("Which scheduler?", hint="--systemd, --cron, --gitlab or --kubernetes.")
    for system, is_requested in requested.items():
        files = (
            files_of(context, system, on_success=on_success, on_failure=on_failure)
            if is_requested
            else {}
        )
        for name, text in files.items():
            if output is None:
                print(f"# {name}\n{text}")
            else:
                write_whole(
                    output / name, text
                )  # for its owner: it may name an address that is a secret
                print(output / name)


@app.command()
def backup(
    target: Annotated[
        Path, typer.Argument(help="File to write (.tar.gz). It holds personal data.")
    ],
    workspace: WorkspaceOption = HERE,
) -> None:
    """Write the workspace's parameters, data and reports into one file."""
    from analysis.operations.backup import write_backup

    study_workspace = workspace_at(workspace)
    with hold_workspace(study_workspace, "backup"):
        archive = write_backup(study_workspace, target)
    print(f"{archive.files} files")
    for name in archive.left_out[:20]:
        tell(f"left out, since links and devices are not followed: {name}")
    if len(archive.left_out) > 20:
        tell(f"… and {len(archive.left_out) - 20} more")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="File that backup wrote.")],
    folder: Annotated[Path, typer.Argument(help="Empty folder.")],
) -> None:
    """Put a backup into an empty folder, each file checked."""
    from analysis.operations.backup import restore_backup as read_backup

    print(f"{read_backup(source, folder)} files")


@app.command()
def lab(study: StudyArgument = None, workspace: WorkspaceOption = HERE) -> None:
    """Open JupyterLab on the notebooks."""
    from analysis.operations.lab import open_lab

    raise typer.Exit(open_lab(open_context(study, workspace)))


@app.command()
def phrases(
    language: Annotated[
        Optional[LanguageCode], typer.Option("--language", help="One language only.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="As a page, to read in a browser.")] = False,
) -> None:
    """List every phrase that editions are worded with, each beside an example."""
    from analysis.publishing.wording.phrases import phrase_lines, phrase_page

    codes = [language] if language else list(get_args(LanguageCode))
    print(phrase_page(codes) if html else phrase_lines(codes))
