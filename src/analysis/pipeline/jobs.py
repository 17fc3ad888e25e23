"""A job: one notebook for one scope. It loads nothing, so that deciding what to do costs
nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from analysis.study.scope import Scope


class Paths(dict[str, Path]):
    """Name of a file in a workspace → its path, made once: several notebooks read a table, and to
    make its path takes longer than to look at it.
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def __missing__(self, name: str) -> Path:
        path = self[name] = self._root / name
        return path


@dataclass(frozen=True)
class Chain:
    """The tables of a layer from wave to wave. It is shared by the jobs that read some of its
    waves: what they read grows with the waves, and not with their square.

    Attributes:
        name: Its own among those of a study.
        links: The files of each wave, in the order of time.

    """

    name: str
    links: tuple[tuple[Path, ...], ...]


@dataclass(frozen=True)
class Past:
    """The tables of a chain up to a wave, that one included.

    Attributes:
        length: How many of its waves these are.

    """

    chain: Chain
    length: int

    @property
    def paths(self) -> Iterator[Path]:
        """Its files."""
        return itertools.chain.from_iterable(self.chain.links[: self.length])


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
        history: What it reads, besides, of its own wave and of those before.
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
    history: tuple[Past, ...] = ()
    scopes: tuple[Scope, ...] = ()
    study_parts: dict[str, str] = field(default_factory=dict)
    figures: Path | None = None
    seconds: int = 900
    memory_mib: int = 4096

    @property
    def inputs(self) -> Iterator[Path]:
        """All the files that it depends on."""
        return itertools.chain.from_iterable([self.reads, *(past.paths for past in self.history)])

    @property
    def record(self) -> Path:
        """What is noted of its last run, beside its executed notebook."""
        return self.output.with_suffix(".record.json")

    def to_json(self, root: Path) -> dict[str, Any]:
        """The job as JSON, its paths seen from the workspace, its chains by their names."""

        def seen(path: Path) -> str:
            return path.relative_to(root).as_posix()

        return {
            "title": self.title,
            "source": seen(self.source),
            "output": seen(self.output),
            "folder": seen(self.folder),
            "parameters": self.parameters,
            "reads": [seen(path) for path in self.reads],
            "history": [[past.chain.name, past.length] for past in self.history],
            "writes": [seen(path) for path in self.writes],
            "scopes": [scope.parameters for scope in self.scopes],
            "study_parts": self.study_parts,
            "figures": None if self.figures is None else seen(self.figures),
            "seconds": self.seconds,
            "memory_mib": self.memory_mib,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any], paths: Paths, chains: Mapping[str, Chain]) -> Job:
        """The job that `to_json` wrote, with the chains of its study by their names."""
        return cls(
            title=content["title"],
            source=paths[content["source"]],
            output=paths[content["output"]],
            folder=paths[content["folder"]],
            parameters=content["parameters"],
            reads=tuple([paths[path] for path in content["reads"]]),
            history=tuple([Past(chains[name], length) for name, length in content["history"]]),
            writes=tuple([paths[path] for path in content["writes"]]),
            scopes=tuple([Scope(**scope) for scope in content["scopes"]]),
            study_parts=content["study_parts"],
            figures=None if content["figures"] is None else paths[content["figures"]],
            seconds=content["seconds"],
            memory_mib=content["memory_mib"],
        )


_Node = int | tuple[str, int]
"""The place of a job among others; a chain, and how many of its waves."""


def topological_levels(jobs: Sequence[Job]) -> list[list[Job]]:
    """Jobs in levels, in their order: each job reads only files that no job writes, or that a job
    of an earlier level does.
    """
    writers = {path: index for index, job in enumerate(jobs) for path in job.writes}

    def made_by(paths: Iterable[Path]) -> set[_Node]:
        return {writers[path] for path in paths if path in writers}

    graph: dict[_Node, set[_Node]] = {}
    for index, job in enumerate(jobs):
        pasts = [past for past in job.history if past.length]
        graph[index] = made_by(job.reads) | {(past.chain.name, past.length) for past in pasts}
        for past in pasts:
            name, length = past.chain.name, past.length
            while length and (name, length) not in graph:  # those before it are there too
                before = {(name, length - 1)} if length > 1 else set[_Node]()
                graph[name, length] = made_by(past.chain.links[length - 1]) | before
                length -= 1
    ranks: dict[_Node, int] = {}
    for node in TopologicalSorter(graph).static_order():
        deepest = max((ranks[before] for before in graph[node]), default=-1)
        ranks[node] = deepest + 1 if isinstance(node, int) else deepest
    levels: list[list[Job]] = [[] for _ in range(1 + max(ranks.values(), default=-1))]
    for index, job in enumerate(jobs):
        levels[ranks[index]].append(job)
    return levels
