"""Verbs that make results: run, status, publish, verify."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from analysis.cli.app import (
    HERE,
    DirectorateOption,
    KeepGoingOption,
    OnFailureOption,
    OnSuccessOption,
    RendererOption,
    SchedulerOption,
    StudyArgument,
    WaveOption,
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
    from analysis.pipeline.staleness import RunPlan, Task


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
    from analysis.operations.run import (
        RunOptions,
        RunSummary,
        Selection,
        cached_run_plan,
        due_waves,
        make_run_plan,
        run_workshop,
    )

    study_workspace, name = named_study(study, workspace)
    targets = (None, None) if dry_run else (on_success, on_failure)
    with report_outcome(*targets, verb="run", study=name) as details:
        waves = None if wave is None else (wave,)
        selection = Selection(directorate=directorate, waves=waves, notebooks=tuple(only or ()))
        options = RunOptions(
            force=force, keep_going=keep_going, workers=workers, scheduler=scheduler
        )
        if due:
            closed = due_waves(open_context(name, workspace), today(), waves)
            if not closed:
                print("Nothing is due.")
                return
            selection = replace(selection, waves=closed)
        plan = cached_run_plan(study_workspace, name, selection)
        if dry_run:
            plan = plan or make_run_plan(open_context(name, workspace), selection)
            _show(plan, only=lambda task: bool(task.reasons) or force)
            return
        idle = plan is not None and not (plan.intake_reasons or plan.stale or force)
        if plan is not None and idle and not any(failed_notebooks(study_workspace, name)):
            tally = RunSummary(0, len(plan.tasks))
        else:
            with hold_workspace(study_workspace, f"run {name}", runs_notebooks=scheduler is None):
                tally = run_workshop(open_context(name, workspace), selection, options)
        details.update(ran=tally.ran, current=tally.current)
    print(tally)


@app.command()
def status(study: StudyArgument = None, workspace: WorkspaceOption = HERE) -> None:
    """Say which workshop notebooks are current, and why the others are not."""
    from analysis.operations.run import Selection, cached_run_plan, make_run_plan

    study_workspace, name = named_study(study, workspace)
    plan = cached_run_plan(study_workspace, name, Selection())
    _show(plan or make_run_plan(open_context(name, workspace), Selection()))


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
    day: Annotated[
        Optional[str],
        typer.Option(
            "--date",
            help="Day that the edition bears, as 2026-11-26: that of the edition there is, or "
            "today, by default.",
        ),
    ] = None,
    provisional: Annotated[
        bool,
        typer.Option("--provisional", help="Its figures may still change: the field goes on."),
    ] = False,
    keep_going: KeepGoingOption = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    renderer: RendererOption = None,
    on_success: OnSuccessOption = None,
    on_failure: OnFailureOption = None,
) -> None:
    """Publish the edition of a wave: of the latest closed one, unless told otherwise."""
    from analysis.errors import ScopeError
    from analysis.operations.run import RunOptions, due_edition
    from analysis.operations.unchanged import unchanged_edition

    study_workspace, name = named_study(study, workspace)
    options = RunOptions(
        keep_going=keep_going,
        workers=workers,
        scheduler=scheduler,
        renderer=renderer_of(renderer),
    )
    with report_outcome(on_success, on_failure, verb="publish", study=name) as details:
        if due and wave is not None:
            raise ScopeError(
                "Which one: --due or --wave?",
                hint="--due chooses the wave by its day of publication.",
            )
        if due and (day is not None or provisional):
            raise ScopeError(
                "--due publishes final editions, on the day.",
                hint="leave it out, and name the wave: --wave.",
            )
        bears = None if day is None else day_of(day)
        if due:
            wave = due_edition(open_context(name, workspace), today())
            if wave is None:
                print("Nothing is due.")
                return
        asked: dict[str, Any] = {"wave": wave, "day": bears, "provisional": provisional}
        folder = unchanged_edition(study_workspace, name, today=today(), **asked)
        new = False
        if folder is None:
            with hold_workspace(
                study_workspace, f"publish {name}", runs_notebooks=scheduler is None
            ):
                from analysis.operations.publish import publish_edition

                published = publish_edition(
                    open_context(name, workspace), today=today(), options=options, **asked
                )
                folder, new = published.folder, published.new
        details.update(edition=study_workspace.relative(folder), new=new)
    if not new:
        print("Nothing changed since this edition was made:")
    print(study_workspace.relative(folder))


@app.command()
def verify(
    edition: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    workspace: WorkspaceOption = HERE,
    workers: WorkersOption = None,
    renderer: RendererOption = None,
) -> None:
    """Build an edition again in a temporary place, and compare it with the frozen one."""
    from analysis.operations.run import RunOptions

    study_workspace = workspace_at(workspace)
    with hold_workspace(study_workspace, "verify", runs_notebooks=True):
        from analysis.operations.verify import verify_edition

        verdict = verify_edition(
            study_workspace,
            edition,
            options=RunOptions(workers=workers, renderer=renderer_of(renderer)),
            tell=tell,
        )
    for line in verdict.lines():
        print(line)
    if not verdict.same:
        raise typer.Exit(code=1)


def _show(plan: RunPlan, *, only: Callable[[Task], bool] | None = None) -> None:
    """Prints a plan, one line per task, each with the reasons it has to run."""
    from analysis.pipeline.staleness import plain_reasons

    if plan.intake_reasons or only is None:
        print(_line("reading of deliveries", plain_reasons(plan.intake_reasons)))
    for task in plan.tasks if only is None else filter(only, plan.tasks):
        print(_line(task.job.title, plain_reasons(task.reasons)))
    if plan.intake_reasons:
        print("Once deliveries are read, notebooks whose answers changed are stale too.")


def _line(title: str, reasons: list[str]) -> str:
    more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return f"stale    {title}: {'; '.join(reasons[:3])}{more}" if reasons else f"current  {title}"
