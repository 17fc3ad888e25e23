"""The verbs, and what they share. Imports stand inside the verbs, so that `--help` answers at
once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from analysis.operations.agenda import Agenda, Task
    from analysis.operations.context import Context
    from analysis.operations.schedule import System
    from analysis.study import Workspace

app = typer.Typer(
    name="observatoire",
    help="What users think of public services: from raw exports to numbered editions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

StudyArgument = Annotated[
    Optional[str], typer.Argument(help="Study; may be left out when there is one.")
]
WorkspaceOption = Annotated[Path, typer.Option("--workspace", help="Folder of the repository.")]
DirectorateOption = Annotated[
    Optional[str], typer.Option("--directorate", help="One directorate only.")
]
WaveOption = Annotated[Optional[str], typer.Option("--wave", help="One wave only.")]
WorkersOption = Annotated[
    Optional[int], typer.Option("--workers", min=1, help="Notebooks at once.")
]
KeepGoingOption = Annotated[
    bool, typer.Option("--keep-going", help="Start the other notebooks after a failure.")
]
SchedulerOption = Annotated[
    Optional[str], typer.Option("--scheduler", help="Address of a Dask scheduler.")
]
OnSuccessOption = Annotated[
    Optional[str],
    typer.Option("--on-success", help="Address or command that is told of a success."),
]
OnFailureOption = Annotated[
    Optional[str],
    typer.Option("--on-failure", help="Address or command that is told of a failure."),
]
HERE = Path()


@app.command()
def check(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    write_schemas: Annotated[
        bool, typer.Option("--write-schemas", help="Write the JSON Schemas for editors.")
    ] = False,
) -> None:
    """Check the parameters of a study, its deliveries and the plan of the notebooks."""
    from analysis.operations.check import check_study, write_parameter_schemas

    if write_schemas:
        for path in write_parameter_schemas(_workspace(workspace)):
            _tell(path)
    from analysis.operations.backup import open_to_others

    place, name = _place(study, workspace)
    print(check_study(place, name))
    for folder in open_to_others(place):
        _tell(
            f"{folder} can be read by every user of this machine; it holds personal data: chmod -R "
            f"o-rwx {folder}"
        )


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

    context = _context(study, workspace)
    with _locked(context.workspace, f"simulate {context.study.id}"):
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

    context = _context(study, workspace)
    with _locked(context.workspace, f"register {study}"):
        register_delivery(context, draft, source=source)


@app.command()
def run(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    directorate: DirectorateOption = None,
    wave: WaveOption = None,
    only: Annotated[
        Optional[list[str]], typer.Option("--only", help="This notebook only; may be given again.")
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only the waves whose field has closed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would run and why; run nothing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Run what is current too.")] = False,
    keep_going: KeepGoingOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    on_success: OnSuccessOption = None,
    on_failure: OnFailureOption = None,
) -> None:
    """Run the workshop notebooks that are not current."""
    from analysis.operations.retention import failed_notebooks
    from analysis.operations.run import Tally, Wanted, due_waves, known, planned, run_workshop

    place, name = _place(study, workspace)
    told = (None, None) if dry_run else (on_success, on_failure)
    with _told(*told, verb="run", study=name) as details:
        waves = None if wave is None else (wave,)
        wanted = Wanted(
            directorate,
            waves,
            tuple(only or ()),
            force=force,
            keep_going=keep_going,
            workers=workers,
            scheduler=scheduler,
        )
        if due:
            wanted = replace(wanted, waves=due_waves(_context(name, workspace), _today(), waves))
            if not wanted.waves:
                print("Nothing is due.")
                return
        agenda = known(place, name, wanted)
        if dry_run:
            _show(
                agenda or planned(_context(name, workspace), wanted),
                only=lambda task: bool(task.reasons) or force,
            )
            return
        if (
            agenda is None
            or agenda.reading
            or agenda.stale
            or force
            or any(failed_notebooks(place, name))
        ):
            with _locked(place, f"run {name}"):
                tally = run_workshop(_context(name, workspace), wanted)
        else:
            tally = Tally(0, len(agenda.tasks))
        details.update(ran=tally.ran, current=tally.current)
    print(tally)


@app.command()
def status(study: StudyArgument = None, workspace: WorkspaceOption = HERE) -> None:
    """Say which workshop notebooks are current, and why the others are not."""
    from analysis.operations.run import Wanted, known, planned

    place, name = _place(study, workspace)
    _show(known(place, name, Wanted()) or planned(_context(name, workspace), Wanted()))


@app.command()
def publish(
    study: StudyArgument = None,
    workspace: WorkspaceOption = HERE,
    wave: WaveOption = None,
    due: Annotated[
        bool,
        typer.Option(
            "--due", help="Only a wave whose day of publication has come, and has no edition."
        ),
    ] = False,
    keep_going: KeepGoingOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    on_success: OnSuccessOption = None,
    on_failure: OnFailureOption = None,
) -> None:
    """Publish the edition of a wave: of the latest closed one, unless told otherwise."""
    from analysis.errors import ScopeError
    from analysis.operations.run import Wanted, due_edition

    place, name = _place(study, workspace)
    wanted = Wanted(keep_going=keep_going, workers=workers, scheduler=scheduler)
    with _told(on_success, on_failure, verb="publish", study=name) as details:
        if due and wave is not None:
            raise ScopeError(
                "Which one: --due or --wave?",
                hint="--due chooses the wave by its day of publication.",
            )
        if due:
            wave = due_edition(_context(name, workspace), _today())
            if wave is None:
                print("Nothing is due.")
                return
        with _locked(place, f"publish {name}"):
            from analysis.operations.publish import publish as publish_edition

            published = publish_edition(
                _context(name, workspace), wave=wave, today=_today(), wanted=wanted
            )
        details.update(edition=place.relative(published.folder), new=published.new)
    if not published.new:
        print("Nothing changed since this edition was made:")
    print(place.relative(published.folder))


@app.command()
def verify(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    workspace: WorkspaceOption = HERE,
    workers: WorkersOption = None,
) -> None:
    """Build an edition again in a temporary place, and compare it with the frozen one."""
    from analysis.operations.run import Wanted
    from analysis.operations.verify import verify_edition

    place = _workspace(workspace)
    with _locked(place, "verify"):
        verdict = verify_edition(place, edition, wanted=Wanted(workers=workers), tell=_tell)
    for line in verdict.lines():
        print(line)
    if not verdict.same:
        raise typer.Exit(code=1)


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
    from analysis.operations.schedule import schedule as files_of
    from analysis.study.files import write_whole

    context = _context(study, workspace)
    chosen: dict[System, bool] = {
        "systemd": systemd,
        "cron": cron,
        "gitlab": gitlab,
        "kubernetes": kubernetes,
    }
    if not any(chosen.values()):
        raise ScopeError("Which scheduler?", hint="--systemd, --cron, --gitlab or --kubernetes.")
    for system, wanted in chosen.items():
        files = (
            files_of(context, system, on_success=on_success, on_failure=on_failure)
            if wanted
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
    from analysis.operations.backup import backup as write_backup

    place = _workspace(workspace)
    with _locked(place, "backup"):
        written = write_backup(place, target)
    print(f"{written.files} files")
    for name in written.left_out[:20]:
        _tell(f"left out, since links and devices are not followed: {name}")
    if len(written.left_out) > 20:
        _tell(f"… and {len(written.left_out) - 20} more")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="File that backup wrote.")],
    folder: Annotated[Path, typer.Argument(help="Empty folder.")],
) -> None:
    """Put a backup into an empty folder, each file checked."""
    from analysis.operations.backup import restore as read_backup

    print(f"{read_backup(source, folder)} files")


@app.command()
def lab(study: StudyArgument = None, workspace: WorkspaceOption = HERE) -> None:
    """Open JupyterLab on the notebooks."""
    from analysis.operations.lab import open_lab

    raise typer.Exit(open_lab(_context(study, workspace)))


def _show(agenda: Agenda, *, only: Callable[[Task], bool] | None = None) -> None:
    """Prints an agenda, one line per task, each with the reasons it has to run."""
    from analysis.operations.agenda import simplified

    if agenda.reading or only is None:
        print(_line("reading of deliveries", simplified(agenda.reading)))
    for task in agenda.tasks if only is None else filter(only, agenda.tasks):
        print(_line(task.job.title, simplified(task.reasons)))
    if agenda.reading:
        print("Once deliveries are read, notebooks whose answers changed are stale too.")


def _line(title: str, reasons: list[str]) -> str:
    more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return f"stale    {title}: {'; '.join(reasons[:3])}{more}" if reasons else f"current  {title}"


@contextmanager
def _told(
    on_success: str | None, on_failure: str | None, **details: object
) -> Iterator[dict[str, object]]:
    """Tells the end of a verb, good or bad, to whom it may concern."""
    from analysis.errors import ObservatoryError

    try:
        yield details
    except BaseException as error:
        what = error.what if isinstance(error, ObservatoryError) else type(error).__name__
        _notify(on_failure, {**details, "failed": True, "message": what})
        raise
    _notify(on_success, {**details, "failed": False})


def _notify(target: str | None, outcome: dict[str, object]) -> None:
    """Tells an outcome; that nobody took it is said, and changes nothing of the outcome."""
    from analysis.errors import ObservatoryError
    from analysis.operations.journal import notify

    if target is None:
        return
    try:
        notify(target, outcome)
    except ObservatoryError as error:
        _tell(f"\n{error}")


@contextmanager
def _locked(workspace: Workspace, verb: str) -> Iterator[None]:
    """Holds the workspace; a person may stop what is done meanwhile."""
    from analysis.errors import StoppedError
    from analysis.operations.lock import locked

    with locked(workspace, verb):
        try:
            yield
        except KeyboardInterrupt:
            raise StoppedError(
                "Stopped.", hint="what is done is kept: the same command goes on from there."
            ) from None


def _place(study: str | None, folder: Path) -> tuple[Workspace, str]:
    from analysis.operations.context import only_study

    workspace = _workspace(folder)
    return workspace, only_study(workspace, study)


def _workspace(folder: Path) -> Workspace:
    from analysis.study.workspace import Workspace

    return Workspace.find(folder)


def _context(study: str | None, folder: Path) -> Context:
    from analysis.operations.context import Context, only_study

    workspace = _workspace(folder)
    return Context.open(workspace, only_study(workspace, study), _tell)


def _today() -> date:
    """The day, where this machine is."""
    return datetime.now().astimezone().date()


def _tell(line: object) -> None:
    print(line, file=sys.stderr, flush=True)
