"""The plan: each notebook × its scopes, as jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from analysis.errors import NotReadyError, ParameterError
from analysis.pipeline.jobs import Job
from analysis.study import Directorate, Model, Study, Wave, Workspace, read_model

NotebookId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
Layer = Literal["responses", "collection", "estimates", "cube"]


class Page(Model):
    """The page of an edition that a publication notebook becomes. `{directorate}` in a title is its label."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    titles: dict[Literal["fr", "en"], str]


class Notebook(Model):
    """One notebook of the plan.

    Attributes:
        per: What it runs per; the study is always a parameter.
        requires: What a study must have for this notebook to make sense.
        reads, writes: Layers of processed data, for workshop notebooks; publication notebooks read what was released.
        page: For publication notebooks.
        seconds, memory_mib: What one run may take, on the clock and beyond what is imported, before it is stopped.

    """

    id: NotebookId
    folder: Literal["workshop", "publication"]
    per: tuple[Literal["directorate", "wave"], ...]
    requires: tuple[Literal["margins", "commitments", "management"], ...] = ()
    reads: tuple[Layer, ...] = ()
    writes: tuple[Layer, ...] = ()
    page: Page | None = None
    seconds: Annotated[int, Field(gt=0)] = 900
    memory_mib: Annotated[int, Field(gt=0)] = 4096


class Plan(Model):
    """`notebooks/plan.yml`, in the order of reading."""

    notebooks: tuple[Notebook, ...]


def load_plan(workspace: Workspace) -> Plan:
    """The plan of a workspace.

    Raises:
        ParameterError: a notebook of the plan does not exist, or an identifier stands twice.

    """
    path = workspace.notebooks / "plan.yml"
    plan = read_model(path, Plan)
    names = [notebook.id for notebook in plan.notebooks]
    for notebook in plan.notebooks:
        if names.count(notebook.id) > 1:
            raise ParameterError(f"Notebook {notebook.id!r} stands twice.", where=str(path))
        if (notebook.folder == "publication") != (notebook.page is not None):
            raise ParameterError(f"Notebook {notebook.id!r}: a publication notebook has a page, no other has.", where=str(path))
        if not source_of(workspace, notebook).exists():
            raise ParameterError(f"Notebook {notebook.id!r} does not exist.", where=str(source_of(workspace, notebook)))
    pages = [notebook.page.name for notebook in plan.notebooks if notebook.page is not None]
    if len(set(pages)) < len(pages):
        raise ParameterError("Two notebooks make one page.", where=str(path), hint="give each page a name of its own.")
    return plan


def source_of(workspace: Workspace, notebook: Notebook) -> Path:
    """Where a notebook lies."""
    return workspace.notebooks / notebook.folder / f"{notebook.id}.ipynb"


def makes_sense(notebook: Notebook, study: Study) -> bool:
    """Whether a study has what a notebook requires."""
    has = {"margins": bool(study.margins), "commitments": bool(study.commitments), "management": bool(study.management)}
    return all(has[one] for one in notebook.requires)


def plan_jobs(
    workspace: Workspace,
    study: Study,
    notebooks: tuple[Notebook, ...],
    *,
    directorates: tuple[Directorate, ...],
    waves: tuple[Wave, ...],
) -> list[Job]:
    """The workshop jobs of some directorates and waves; a scope that nobody answered in has none.

    Raises:
        NotReadyError: none of them has responses.

    """
    jobs = []
    for directorate in directorates:
        for wave in waves:
            part = workspace.part(study.id, "responses", directorate.id, wave.id)
            if not part.exists():
                continue
            jobs += [_job(workspace, study, one, directorate, wave) for one in notebooks if makes_sense(one, study)]
    if not jobs:
        asked = f"{', '.join(one.id for one in directorates)} × {', '.join(one.id for one in waves)}"
        raise NotReadyError(f"Nobody answered in {asked}.", hint="register the delivery of these waves first.")
    return jobs


def _job(workspace: Workspace, study: Study, notebook: Notebook, directorate: Directorate, wave: Wave) -> Job:
    folder = workspace.runs(study.id) / directorate.id / wave.id
    scope = {"directorate": directorate.id, "wave": wave.id}
    return Job(
        title=f"{notebook.id} {directorate.id} {wave.id}",
        source=source_of(workspace, notebook),
        output=folder / f"{notebook.id}.ipynb",
        folder=workspace.notebooks / notebook.folder,
        parameters={"study": study.id, **{name: scope[name] for name in notebook.per}},
        reads=tuple(workspace.part(study.id, layer, directorate.id, wave.id) for layer in notebook.reads),
        writes=tuple(workspace.part(study.id, layer, directorate.id, wave.id) for layer in notebook.writes),
        seconds=notebook.seconds,
        memory_mib=notebook.memory_mib,
    )
