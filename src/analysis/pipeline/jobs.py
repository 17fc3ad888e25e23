"""A job: one notebook for one scope. It loads nothing, so that deciding what to do costs
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from analysis.study.scope import Scope


class Paths(dict[str, Path]):
    """Name of a file in a workspace → its path, made once: a table stands in the history of every
    later wave, and to make its path takes longer than to look at it.
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def __missing__(self, name: str) -> Path:
        path = self[name] = self._root / name
        return path


@dataclass(frozen=True)
class Job:
    """One notebook for one scope.

    Attributes:
        title: How a person is told of it.
        source: The notebook.
        output: Where its executed copy goes.
        folder: Working directory.
        parameters: Values for its parameters cell.
        scopes: The directorates and waves that it reads.
        reads: Files it depends on.
        writes: Files it makes.
        study_parts: What it sees of the study: file of parameters → digest of what is seen of it.
        figures: Folder that it alone fills, emptied before it runs; or None.
        seconds, memory_mib: What it may take before it is stopped.

    """

    title: str
    source: Path
    output: Path
    folder: Path
    parameters: dict[str, str]
    reads: tuple[Path, ...]
    writes: tuple[Path, ...]
    scopes: tuple[Scope, ...] = ()
    study_parts: dict[str, str] = field(default_factory=dict)
    figures: Path | None = None
    seconds: int = 900
    memory_mib: int = 4096

    @property
    def record(self) -> Path:
        """What is noted of its last run, beside its executed notebook."""
        return self.output.with_suffix(".record.json")

    def to_json(self, root: Path) -> dict[str, Any]:
        """The job as JSON, its paths seen from the workspace."""

        def seen(path: Path) -> str:
            return path.relative_to(root).as_posix()

        return {
            "title": self.title,
            "source": seen(self.source),
            "output": seen(self.output),
            "folder": seen(self.folder),
            "parameters": self.parameters,
            "reads": [seen(path) for path in self.reads],
            "writes": [seen(path) for path in self.writes],
            "scopes": [scope.parameters for scope in self.scopes],
            "study_parts": self.study_parts,
            "figures": None if self.figures is None else seen(self.figures),
            "seconds": self.seconds,
            "memory_mib": self.memory_mib,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any], paths: Paths) -> Job:
        """The job that `to_json` wrote."""
        return cls(
            title=content["title"],
            source=paths[content["source"]],
            output=paths[content["output"]],
            folder=paths[content["folder"]],
            parameters=content["parameters"],
            reads=tuple([paths[path] for path in content["reads"]]),
            writes=tuple([paths[path] for path in content["writes"]]),
            scopes=tuple([Scope(**scope) for scope in content["scopes"]]),
            study_parts=content["study_parts"],
            figures=None if content["figures"] is None else paths[content["figures"]],
            seconds=content["seconds"],
            memory_mib=content["memory_mib"],
        )


def topological_levels(jobs: Sequence[Job]) -> list[list[Job]]:
    """Jobs in levels, in their order: each job reads only files that no job writes, or that a job
    of an earlier level does.
    """
    writers = {path: index for index, job in enumerate(jobs) for path in job.writes}
    graph = TopologicalSorter(
        {
            index: {writers[path] for path in job.reads if path in writers}
            for index, job in enumerate(jobs)
        }
    )
    graph.prepare()
    ranks = []
    while graph.is_active():
        ready = sorted(graph.get_ready())
        graph.done(*ready)
        ranks.append([jobs[index] for index in ready])
    return ranks
