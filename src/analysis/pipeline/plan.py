"""The plan: each notebook × its scopes, as jobs."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from analysis.errors import NotReadyError, ParameterError
from analysis.pipeline.jobs import Job
from analysis.study import Model, Study, Workspace, read_model

NotebookId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
Axis = Literal["directorate", "wave"]
Layer = Literal["responses", "receipts", "refused", "collection", "estimates", "cube"]
READ: dict[Layer, tuple[Axis, ...]] = {"responses": ("directorate", "wave"), "receipts": (), "refused": ()}
"""The layers that deliveries are read into, and what each has a table per; notebooks write the others."""


class Page(Model):
    """The page of an edition that a publication notebook becomes. `{directorate}` in a title is its label."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    titles: dict[Literal["fr", "en"], str]

    @field_validator("titles")
    @classmethod
    def _check_titles(cls, titles: dict[str, str]) -> dict[str, str]:
        for title in titles.values():
            fields = [field for _, field, _, _ in Formatter().parse(title) if field is not None]
            if any(field != "directorate" for field in fields):
                raise ValueError(f"a title may hold {{directorate}}, and nothing else in braces: {title}")
        return titles

    def title(self, language: Literal["fr", "en"]) -> str:
        """Its title in a language.

        Raises:
            ParameterError: it has none.

        """
        if language not in self.titles:
            raise ParameterError(f"Page {self.name!r} has no title in {language!r}.", where="plan.yml")
        return self.titles[language]


class Notebook(Model):
    """One notebook of the plan.

    Attributes:
        per: What it runs per, the study always; for what is left out it reads all of them together.
        requires: What a study must have for this notebook to make sense.
        reads, writes: Layers of processed data, for workshop notebooks; publication notebooks read what was released.
        page: For publication notebooks.
        seconds, memory_mib: What one run may take, on the clock and beyond what is imported, before it is stopped.

    """

    id: NotebookId
    folder: Literal["workshop", "publication"]
    per: tuple[Axis, ...]
    requires: tuple[Literal["margins", "commitments", "management"], ...] = ()
    reads: tuple[Layer, ...] = ()
    writes: tuple[Layer, ...] = ()
    page: Page | None = None
    seconds: Annotated[int, Field(gt=0)] = 900
    memory_mib: Annotated[int, Field(gt=0)] = 4096


class Plan(Model):
    """`notebooks/plan.yml`, in the order of reading."""

    notebooks: tuple[Notebook, ...]

    def writer(self, layer: Layer) -> Notebook | None:
        """The notebook that writes a layer; None for what is read from deliveries."""
        return next((one for one in self.notebooks if layer in one.writes), None)

    def tables_per(self, layer: Layer) -> tuple[Axis, ...]:
        """What a layer has a table per."""
        writer = self.writer(layer)
        return READ[layer] if writer is None else writer.per


def load_plan(workspace: Workspace) -> Plan:
    """The plan of a workspace.

    Raises:
        ParameterError: a notebook of the plan does not exist, an identifier stands twice, or layers do not fit together.

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
    _check_layers(plan, path)
    return plan


def _check_layers(plan: Plan, path: Path) -> None:
    """Refuses layers that two notebooks write or none does, and notebooks that wait for one another."""
    for notebook in plan.notebooks:
        for layer in notebook.writes:
            if layer in READ:
                raise ParameterError(
                    f"Notebook {notebook.id!r} writes {layer!r}, which is read from deliveries.", where=str(path)
                )
            if plan.writer(layer) is not notebook:
                raise ParameterError(f"Two notebooks write {layer!r}.", where=f"{path}, {notebook.id}")
        for layer in notebook.reads:
            if layer not in READ and plan.writer(layer) is None:
                raise ParameterError(f"Notebook {notebook.id!r} reads {layer!r}, which none writes.", where=str(path))
    writers = {one.id: {writer.id for layer in one.reads if (writer := plan.writer(layer))} for one in plan.notebooks}
    try:
        TopologicalSorter(writers).prepare()
    except CycleError as error:
        raise ParameterError(f"Notebooks wait for one another: {' → '.join(error.args[1])}.", where=str(path)) from None


def source_of(workspace: Workspace, notebook: Notebook) -> Path:
    """Where a notebook lies."""
    return workspace.notebooks / notebook.folder / f"{notebook.id}.ipynb"


def makes_sense(notebook: Notebook, study: Study) -> bool:
    """Whether a study has what a notebook requires."""
    has = {"margins": bool(study.margins), "commitments": bool(study.commitments), "management": bool(study.management)}
    return all(has[one] for one in notebook.requires)


def plan_jobs(workspace: Workspace, study: Study, plan: Plan) -> list[Job]:
    """The workshop jobs of a study, by scope; a scope that nobody answered in has none.

    Raises:
        NotReadyError: there are no responses.

    """
    scopes: dict[tuple[str, str | None, str | None], list[tuple[str, str]]] = {}
    workshop = {one.id: one for one in plan.notebooks if one.folder == "workshop" and makes_sense(one, study)}
    for directorate in study.directorates:
        for wave in study.waves:
            if not workspace.part(study.id, "responses", directorate.id, wave.id).exists():
                continue
            for notebook in workshop.values():
                scopes.setdefault((notebook.id, *_seen(notebook.per, directorate.id, wave.id)), []).append(
                    (directorate.id, wave.id)
                )
    if not scopes:
        raise NotReadyError("Nobody answered.", hint="register the delivery of a wave first.")
    return [_job(workspace, study, plan, workshop[key[0]], tuple(read)) for key, read in scopes.items()]


def _seen(per: tuple[Axis, ...], directorate: str, wave: str) -> tuple[str | None, str | None]:
    """A scope as a notebook or a layer sees it: None for all of them together."""
    return directorate if "directorate" in per else None, wave if "wave" in per else None


def _job(workspace: Workspace, study: Study, plan: Plan, notebook: Notebook, scopes: tuple[tuple[str, str], ...]) -> Job:
    directorate, wave = _seen(notebook.per, *scopes[0])
    scope = {key: one for key, one in (("directorate", directorate), ("wave", wave)) if one is not None}
    folder = workspace.runs(study.id).joinpath(*scope.values())
    reads = {
        workspace.part(study.id, layer, *_seen(plan.tables_per(layer), *one)): None for layer in notebook.reads for one in scopes
    }
    return Job(
        title=" ".join([notebook.id, *scope.values()]),
        source=source_of(workspace, notebook),
        output=folder / f"{notebook.id}.ipynb",
        folder=workspace.notebooks / notebook.folder,
        parameters={"study": study.id, **scope},
        reads=tuple(reads),
        writes=tuple(workspace.part(study.id, layer, directorate, wave) for layer in notebook.writes),
        scopes=scopes,
        seconds=notebook.seconds,
        memory_mib=notebook.memory_mib,
    )
