"""The command, and what its verbs share. Imports stand inside them: `--help` answers at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from analysis.operations.context import Context
    from analysis.study import Workspace
    from analysis.study.kinds import RendererName

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
RendererOption = Annotated[
    Optional[str],
    typer.Option(
        "--renderer",
        envvar="OBSERVATOIRE_RENDERER",
        help="quarto or embedded: Quarto where it is on the PATH, by default.",
    ),
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


@contextmanager
def report_outcome(
    on_success: str | None, on_failure: str | None, **details: object
) -> Iterator[dict[str, object]]:
    """Context manager: notifies the success or the failure of a verb at its end."""
    from analysis.errors import ObservatoryError

    try:
        yield details
    except BaseException as error:
        what = error.what if isinstance(error, ObservatoryError) else type(error).__name__
        _notify(on_failure, {**details, "failed": True, "message": what})
        raise
    _notify(on_success, {**details, "failed": False})


def _notify(target: str | None, outcome: dict[str, object]) -> None:
    """Sends an outcome to an address or a command; where that fails, says so and goes on."""
    from analysis.errors import ObservatoryError
    from analysis.operations.journal import notify

    if target is None:
        return
    try:
        notify(target, outcome)
    except ObservatoryError as error:
        tell(f"\n{error}")


@contextmanager
def hold_workspace(
    workspace: Workspace, verb: str, *, runs_notebooks: bool = False
) -> Iterator[None]:
    """Context manager: holds the workspace's lock; an interruption becomes a `StoppedError`.

    Where the verb runs notebooks here, the process that their kernels are forked from starts at
    once: it imports for seconds, as the verb itself does. It ends with a verb that ran none.
    """
    from analysis.errors import StoppedError
    from analysis.operations.lock import workspace_lock
    from analysis.pipeline.forks import ZYGOTE

    with workspace_lock(workspace, verb):
        try:
            if runs_notebooks:
                ZYGOTE.prepare()
            yield
        except KeyboardInterrupt:
            raise StoppedError(
                "Stopped.", hint="what is done is kept: the same command goes on from there."
            ) from None
        finally:
            ZYGOTE.dismiss()


def named_study(study: str | None, folder: Path) -> tuple[Workspace, str]:
    """A workspace, and the study that was named or the only one in it."""
    from analysis.operations.context import only_study

    workspace = workspace_at(folder)
    return workspace, only_study(workspace, study)


def workspace_at(folder: Path) -> Workspace:
    """The workspace at or above a folder."""
    from analysis.study.workspace import Workspace

    return Workspace.find(folder)


def open_context(study: str | None, folder: Path) -> Context:
    """What a verb starts from: workspace, study, and where progress is told."""
    from analysis.operations.context import Context, only_study

    workspace = workspace_at(folder)
    return Context.open(workspace, only_study(workspace, study), tell)


def today() -> date:
    """The day, where this machine is."""
    return datetime.now().astimezone().date()


def renderer_of(text: str | None) -> RendererName | None:
    """The renderer of an option.

    Raises:
        ScopeError: there is none of that name.

    """
    from typing import get_args

    from analysis.errors import ScopeError
    from analysis.study.kinds import RendererName

    known = get_args(RendererName)
    if text and text not in known:
        raise ScopeError.unknown("renderer", text, known)
    return next((name for name in known if name == text), None)


def day_of(text: str) -> date:
    """The day of an option.

    Raises:
        ScopeError: it is none.

    """
    from analysis.errors import ScopeError, quoted

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScopeError(
            f"{quoted(text)} is no day.", hint="write year, month and day: 2026-11-26."
        ) from None


def tell(line: object) -> None:
    """Shows a line of progress."""
    print(line, file=sys.stderr, flush=True)
