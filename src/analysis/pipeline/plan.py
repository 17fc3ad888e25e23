"""The plan: each notebook × its scopes, as jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from analysis.errors import NotReadyError, ParameterError, nearest
from analysis.pipeline.jobs import Chain, Job, Past
from analysis.pipeline.sources import written_as
from analysis.storage import Layer, known_layers, layers_from
from analysis.storage.own_layers import LayerName
from analysis.study import Model, Study, Workspace, read_model
from analysis.study.scope import Requirement, Scope, ScopeAxis

NotebookId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]


class PlannedPage(Model):
    """The page of an edition that a publication notebook becomes. `{directorate}` in a title is its
    label. One per directorate is `of` each unit with results, or of each department: a unit that is
    the parent of some.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    of: Literal["unit", "department"] = "unit"
    titles: dict[Literal["fr", "en"], str]

    @field_validator("titles")
    @classmethod
    def _check_titles(cls, titles: dict[str, str]) -> dict[str, str]:
        for title in titles.values():
            fields = [field for _, field, _, _ in Formatter().parse(title) if field is not None]
            if any(field != "directorate" for field in fields):
                raise ValueError(
                    f"a title may hold {{directorate}}, and nothing else in braces: {title}"
                )
        return titles

    def title(self, language: Literal["fr", "en"]) -> str:
        """Its title in a language.

        Raises:
            ParameterError: it has none.

        """
        if language not in self.titles:
            raise ParameterError(
                f"Page {self.name!r} has no title in {language!r}.",
                where="plan.yml",
                hint="give its `title` in each language that a study is published in.",
            )
        return self.titles[language]


class Notebook(Model):
    """One notebook of the plan.

    Attributes:
        per: What it runs per, the study always; for what is left out it reads all of them together.
        requires: What a study must have for this notebook to make sense.
        sees: What it sees of the study beside, where the study has it.
        reads, writes: Layers of processed data, for workshop notebooks; publication notebooks read
            what was released.
        history: Layers that it reads of every wave up to its own, where they are made.
        page: For publication notebooks.
        seconds, memory_mib: What one run may take, on the clock and beyond what is imported, before
            it is stopped.

    """

    id: NotebookId
    folder: Literal["workshop", "publication"]
    per: tuple[ScopeAxis, ...]
    requires: tuple[Requirement, ...] = ()
    sees: tuple[Requirement, ...] = ()
    reads: tuple[LayerName, ...] = ()
    history: tuple[LayerName, ...] = ()
    writes: tuple[LayerName, ...] = ()
    page: PlannedPage | None = None
    seconds: Annotated[int, Field(gt=0, le=604_800)] = 900
    memory_mib: Annotated[int, Field(gt=0, le=16_777_216)] = 4096


class NotebookPlan(Model):
    """`notebooks/plan.yml`, in the order of reading."""

    notebooks: tuple[Notebook, ...]

    def writer(self, layer: str) -> Notebook | None:
        """The notebook that writes a layer; None for what is read from deliveries."""
        return next((notebook for notebook in self.notebooks if layer in notebook.writes), None)


def load_notebook_plan(workspace: Workspace) -> NotebookPlan:
    """The plan of a workspace.

    Raises:
        NotReadyError: it has none.
        ParameterError: every notebook of the plan that does not exist, identifier that stands
            twice, and layer that does not fit with the others.

    """
    path = workspace.notebooks / "plan.yml"
    if not path.exists():
        raise NotReadyError(
            "This workspace has no plan of its notebooks.",
            where=workspace.relative(path),
            hint="`observatoire new FOLDER` makes a workspace with all that it needs: copy from it "
            "what is missing here.",
        )
    state = path.stat()
    plan = _read_plan(path, state.st_mtime_ns, state.st_size)
    if faults := _plan_faults(plan, workspace, path):
        raise ParameterError.together(faults)
    return plan


@lru_cache(maxsize=8)
def _read_plan(path: Path, _time: int, _size: int) -> NotebookPlan:
    """A plan as it is written, read once for as long as its file stays as it is."""
    return read_model(path, NotebookPlan)


def _plan_faults(plan: NotebookPlan, workspace: Workspace, path: Path) -> list[ParameterError]:
    """What does not agree in a plan; notebooks that wait for one another are told where nothing
    else is wrong.
    """
    faults = []
    layers = known_layers(workspace)

    def fail(notebook: Notebook, what: str, hint: str) -> None:
        where = f"{path}, notebooks.{notebook.id}"
        faults.append(ParameterError(f"Notebook {notebook.id!r} {what}.", where=where, hint=hint))

    names = Counter(notebook.id for notebook in plan.notebooks)
    pages = Counter(notebook.page.name for notebook in plan.notebooks if notebook.page is not None)
    writers = Counter(layer for notebook in plan.notebooks for layer in notebook.writes)
    for notebook in plan.notebooks:
        if names[notebook.id] > 1:
            fail(notebook, "stands twice", "give each notebook an identifier of its own.")
        if (notebook.folder == "publication") != (notebook.page is not None):
            hint = "give it a `page`, or put it in `workshop`."
            fail(notebook, "has a page and is no publication notebook, or the reverse", hint)
        if notebook.page is not None and pages[notebook.page.name] > 1:
            fail(notebook, "makes the page of another", "give each page a name of its own.")
        written = written_as(workspace.notebooks / notebook.folder, notebook.id)
        if not written:
            fail(notebook, "does not exist", "put the file there, or take it out of plan.yml.")
        if len(written) > 1:
            both = " and ".join(path.name for path in written)
            fail(notebook, f"is written twice, as {both}", "keep one of them.")
        if notebook.folder == "workshop" and "imported" in (*notebook.requires, *notebook.sees):
            hint = "pages alone show editions of other bodies: take `imported` out."
            fail(notebook, "is of the workshop, and names imported editions", hint)
        for what, hint in _layer_faults(notebook, writers, layers):
            fail(notebook, what, hint)
    before = {
        notebook.id: {
            writer.id
            for layer in (*notebook.reads, *notebook.history)
            if (writer := plan.writer(layer)) is not None
        }
        for notebook in plan.notebooks
    }
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        faults.append(
            ParameterError(
                f"Notebooks wait for one another: {' → '.join(error.args[1])}.",
                where=str(path),
                hint="take one of these layers out of `reads` or `history`.",
            )
        )
    return faults


def _layer_faults(
    notebook: Notebook, writers: Mapping[str, int], layers: Mapping[str, Layer]
) -> Iterator[tuple[str, str]]:
    """What does not fit in the layers of a notebook, each with a hint.

    Args:
        notebook: Whose layers.
        writers: How many notebooks write each layer.
        layers: Those of the workspace, by name.

    """
    tables = (*notebook.writes, *notebook.reads, *notebook.history)
    unknown = [name for name in dict.fromkeys(tables) if name not in layers]
    for name in unknown:
        yield f"names the unknown layer {name!r}", nearest(name, layers)
    if unknown:
        return
    for name in notebook.writes:
        if layers[name].origin == "deliveries":
            yield f"writes {name!r}, which is read from deliveries", "name a layer of its own."
        elif writers[name] > 1:
            yield f"writes {name!r}, as another does", "each layer has one writer."
        if layers[name].axes != notebook.per:
            per = " × ".join(layers[name].axes) or "study"
            what = f"writes {name!r}, of which there is one per {per}"
            yield what, f"its `per` should be [{', '.join(layers[name].axes)}]."
    for name in (*notebook.reads, *notebook.history):
        if layers[name].origin == "notebooks" and not writers[name]:
            hint = "name it in the `writes` of the notebook that makes it."
            yield f"reads {name!r}, which none writes", hint
    if notebook.history and "wave" not in notebook.per:
        hint = "name these layers in `reads`: it reads all waves of them already."
        yield "has a history, and does not run per wave", hint
    for name in notebook.history:
        if "wave" not in layers[name].axes:
            what = f"has a history of {name!r}, of which there is none per wave"
            yield what, "name it in `reads`."


def notebook_path(workspace: Workspace, notebook: Notebook) -> Path:
    """Where a notebook of a plan that holds lies."""
    return written_as(workspace.notebooks / notebook.folder, notebook.id)[0]


def is_applicable(notebook: Notebook, study: Study, *, imported: bool = False) -> bool:
    """Whether a study has what a notebook requires.

    Args:
        notebook, study: Which ones.
        imported: Whether editions of other bodies stand beside the figures of the edition in the
            making.

    """
    has = {
        "margins": bool(study.margins),
        "commitments": bool(study.commitments),
        "management": bool(study.management),
        "listening": study.listening is not None,
        "practices": bool(study.practices),
        "profiles": study.profiles is not None,
        "imported": imported,
    }
    of_departments = notebook.page is not None and notebook.page.of == "department"
    if of_departments and all(unit.parent is None for unit in study.directorates):
        return False
    return all(has[layer] for layer in notebook.requires)


@dataclass(frozen=True)
class SeenStudy:
    """A study, and what jobs see of it: found once for the notebooks that see the same of a scope,
    however often they are planned.
    """

    study: Study
    _parts: dict[tuple[Scope, frozenset[Requirement]], dict[str, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def by(self, notebook: Notebook, scope: Scope) -> dict[str, str]:
        """File of parameters → digest of what a notebook sees of it in a scope."""
        asked = frozenset((*notebook.requires, *notebook.sees))
        if (scope, asked) not in self._parts:
            visible = self.study.for_scope(scope, requires=asked)
            self._parts[scope, asked] = visible.part_digests()
        return self._parts[scope, asked]


def plan_jobs(workspace: Workspace, seen: SeenStudy, plan: NotebookPlan) -> list[Job]:
    """The workshop jobs of a study, by scope; a scope that nobody answered in has none.

    Raises:
        NotReadyError: there are no responses.

    """
    study = seen.study
    workshop = [
        notebook
        for notebook in plan.notebooks
        if notebook.folder == "workshop" and is_applicable(notebook, study)
    ]
    answered = answered_scopes(workspace, study)
    if not answered:
        raise NotReadyError(
            f"Study {study.id!r} has no answers yet.",
            where=workspace.relative(workspace.processed(study.id, "responses")),
            hint="register the delivery of a wave first.",
        )
    read: dict[tuple[str, Scope], list[Scope]] = {}
    for scope in answered:
        for notebook in workshop:
            read.setdefault((notebook.id, scope.along(notebook.per)), []).append(scope)
    notebooks = {notebook.id: notebook for notebook in workshop}
    made = {name for notebook in workshop for name in notebook.writes}
    made |= {layer.name for layer in layers_from("deliveries")}
    layers = {name: layer for name, layer in known_layers(workspace).items() if name in made}
    past = _Pasts(workspace, answered, study, layers)
    return [
        _job(
            workspace,
            study.id,
            notebooks[name],
            scope,
            tuple(scopes),
            past.until(notebooks[name], scope) if notebooks[name].history else (),
            layers,
            seen.by(notebooks[name], scope),
        )
        for (name, scope), scopes in read.items()
    ]


def answered_scopes(workspace: Workspace, study: Study) -> tuple[Scope, ...]:
    """The directorates and waves in which somebody answered, in the study's order."""
    scopes = (
        Scope(directorate.id, wave.id) for directorate in study.directorates for wave in study.waves
    )
    return tuple(
        scope for scope in scopes if workspace.table(study.id, "responses", scope).exists()
    )


class _Pasts:
    """What the waves of a study hold of its layers, gathered once: each job asks for its own.

    Args:
        workspace, study: Where the tables are.
        answered: The scopes in which somebody answered.
        made: The layers that are made for the study.

    """

    def __init__(
        self,
        workspace: Workspace,
        answered: tuple[Scope, ...],
        study: Study,
        made: Mapping[str, Layer],
    ) -> None:
        self._workspace, self._study, self._made = workspace, study.id, made
        self._waves = [wave.id for wave in study.waves]
        self._places = {wave: len(study.waves_until(wave)) for wave in self._waves}
        self._of: dict[str | None, dict[str, list[Scope]]] = {}
        for scope in answered:
            for directorate in (scope.directorate, None):
                by_wave = self._of.setdefault(directorate, {wave: [] for wave in self._waves})
                by_wave[str(scope.wave)].append(scope)
        self._chains: dict[tuple[str, str | None], Chain] = {}

    def until(self, notebook: Notebook, scope: Scope) -> tuple[Past, ...]:
        """The history of a notebook in a scope: of its directorate, or of all, in its wave and
        those before.
        """
        assert scope.wave is not None, "only notebooks per wave have a history"
        return tuple(
            Past(self._chain(name, scope.directorate), self._places[scope.wave])
            for name in notebook.history
            if name in self._made
        )

    def _chain(self, name: str, directorate: str | None) -> Chain:
        if (name, directorate) not in self._chains:
            axes = self._made[name].axes
            links = tuple(
                tuple(
                    dict.fromkeys(
                        self._workspace.table(self._study, name, scope.along(axes))
                        for scope in self._of[directorate][wave]
                    )
                )
                for wave in self._waves
            )
            self._chains[name, directorate] = Chain(f"{name} {directorate or ''}".rstrip(), links)
        return self._chains[name, directorate]


def _job(
    workspace: Workspace,
    study: str,
    notebook: Notebook,
    scope: Scope,
    scopes: tuple[Scope, ...],
    history: tuple[Past, ...],
    made: Mapping[str, Layer],
    study_parts: dict[str, str],
) -> Job:
    """The job of a notebook in a scope, which reads the tables of the scopes it stands over, of
    layers that are `made` for this study, and its history.
    """
    folder = workspace.runs(study).joinpath(*scope.parameters.values())
    reads = {
        workspace.table(study, name, path.along(made[name].axes)): None
        for name in notebook.reads
        if name in made
        for path in scopes
    }
    return Job(
        title=f"{notebook.id} {scope.title}".rstrip(),
        source=notebook_path(workspace, notebook),
        output=folder / f"{notebook.id}.ipynb",
        folder=workspace.notebooks / notebook.folder,
        parameters={"study": study, **scope.parameters},
        reads=tuple(reads),
        history=history,
        writes=tuple(workspace.table(study, layer, scope) for layer in notebook.writes),
        scopes=scopes,
        study_parts=study_parts,
        seconds=notebook.seconds,
        memory_mib=notebook.memory_mib,
    )
