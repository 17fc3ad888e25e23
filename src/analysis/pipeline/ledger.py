"""Whether a job has anything to do, and why: content hashes of all that can change its result."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import analysis
from analysis.errors import DiskError
from analysis.pipeline.jobs import Job, Past
from analysis.pipeline.parameters import PARAMETERS, without_values
from analysis.pipeline.reach import NOTEBOOKS, packages_imported, packages_reached
from analysis.pipeline.sources import source_cells
from analysis.study.files import write_whole

ABSENT = "absent"

BYTECODE = "__pycache__"
"""What Python writes beside sources while it runs, under names that come and go."""

LIBRARY = "library "
"""How the names of packages begin, among what a result is made of."""

TABLE_PARTS = 4
"""Parts of a table's path that tell it apart: layer, directorate, wave, file."""

SETTLED = 2_000_000_000
"""A file younger than these nanoseconds may change again within one tick of the disk's clock: its
digest is not kept."""

Fingerprint = dict[str, str]
"""What a result was made of: name → digest."""


class Digests:
    """sha256 of files, kept with their size, times and inode so that unchanged files are not read
    again.

    Args:
        path: Where they are kept between runs; a file that cannot be read is as good as none.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            self._stored: dict[str, list[object]] = stored if isinstance(stored, dict) else {}
        except (OSError, ValueError):
            self._stored = {}
        self._changed = False

    def of(self, path: Path) -> str:
        """The digest of a file, or `absent`."""
        name = os.fspath(path)
        try:
            # Path.stat takes twice the time, and this is all that the decision does.
            state = os.stat(name)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            return ABSENT
        mark: list[object] = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        entry = self._stored.get(name)
        if entry is not None and entry[:-1] == mark:
            return str(entry[-1])
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if abs(time.time_ns() - state.st_mtime_ns) > SETTLED:
            self._stored[name] = [*mark, digest]
            self._changed = True
        return digest

    def save(self) -> None:
        """Keeps what was learnt, where the disk lets us."""
        if not self._changed:
            return
        with suppress(OSError, DiskError):  # what is not kept is read again
            write_whole(self._path, json.dumps(self._stored))


class Snapshot:
    """Digests of files as they are at one moment: each file is looked at once, however many results
    are made of it.
    """

    def __init__(self, digests: Digests) -> None:
        self._digests = digests
        self._seen: dict[str, str] = {}
        self._pasts: dict[tuple[str, int], str] = {}

    def of(self, path: Path) -> str:
        """The digest of a file, or `absent`."""
        name = os.fspath(path)
        digest = self._seen.get(name)
        if digest is None:
            digest = self._seen[name] = self._digests.of(path)
        return digest

    def of_past(self, past: Past, root: Path) -> str:
        """The digest of a chain up to a wave: that of the chain up to the wave before, and of the
        files of the wave, if it has any. Each is kept under the chain's name, so that each wave is
        gone through once, however many jobs read it.
        """
        name, length = past.chain.name, past.length
        start = next((one for one in range(length, 0, -1) if (name, one) in self._pasts), 0)
        digest = self._pasts[name, start] if start else ""
        for place in range(start, length):
            files = file_digests(past.chain.links[place], root, self)
            if files:  # a wave that nobody answered in changes nothing
                told = "\n".join([digest, *(f"{file} {one}" for file, one in files.items())])
                digest = hashlib.sha256(told.encode()).hexdigest()
            self._pasts[name, place + 1] = digest
        return digest


def library_digests(packages: Iterable[str], digests: Digests | Snapshot) -> Fingerprint:
    """The digest of each of some packages of the library, sources and names."""
    root = Path(analysis.__file__).parent
    fingerprint = {}
    for package in packages:
        total = hashlib.sha256()
        single = root / f"{package}.py"
        for path in [single] if single.exists() else sorted((root / package).rglob("*")):
            if path.parent.name != BYTECODE and path.is_file():
                total.update(f"{path.relative_to(root).as_posix()} {digests.of(path)}\n".encode())
        fingerprint[f"{LIBRARY}{package}"] = total.hexdigest()
    return fingerprint


def file_digests(paths: Iterable[Path], root: Path, digests: Digests | Snapshot) -> Fingerprint:
    """The digests of some files of the workspace, by their names in it."""
    # `relative_to` takes ten times as long.
    begins = len(os.fspath(root)) + 1
    return {os.fspath(path)[begins:]: digests.of(path) for path in paths}


def study_part_digests(study: str, digests: Mapping[str, str]) -> Fingerprint:
    """Digests of the visible parts of a study, by the path of their parameter files in the
    workspace.
    """
    return {f"params/{study}/{name}": digest for name, digest in digests.items()}


def shared_fingerprint(root: Path, digests: Digests | Snapshot) -> Fingerprint:
    """The part of a fingerprint that all jobs share: the packages that notebooks reach, and the
    lock file.
    """
    return {
        **file_digests([root / "requirements.lock"], root, digests),
        **library_digests(packages_reached(NOTEBOOKS), digests),
    }


def fingerprint_of(
    job: Job, shared: Mapping[str, str], root: Path, digests: Snapshot
) -> Fingerprint:
    """The fingerprint of a job's result: the shared part, its notebook, its parameters, its part of
    the study, the files it reads, and what it reads of past waves, a layer at a time.
    """
    parameters = hashlib.sha256(json.dumps(job.parameters, sort_keys=True).encode()).hexdigest()
    notebook = {
        f"notebook {job.source.stem}": notebook_digest(job.source, tuple(job.parameters)),
        "its parameters": parameters,
        **library_digests(_packages_beside(job.source, shared), digests),
    }
    parts = study_part_digests(job.parameters["study"], job.study_parts)
    pasts = {f"history of {past.chain.name}": digests.of_past(past, root) for past in job.history}
    return {**shared, **notebook, **parts, **file_digests(job.reads, root, digests), **pasts}


def stale_reasons(
    job: Job, fingerprint: Mapping[str, str], digests: Digests | Snapshot
) -> list[str]:
    """Why a job has to run; empty if its last run had the same fingerprint and its outputs are
    unaltered.
    """
    try:
        record = json.loads(job.record.read_text(encoding="utf-8"))
        before, outputs = record["made_of"], record["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return ["it never ran to its end"]
    if not isinstance(before, dict) or not isinstance(outputs, dict):
        return ["it never ran to its end"]
    reasons = fingerprint_changes(before, fingerprint)
    for past in job.history:  # one digest each: what is not there has its name, the latest first
        name = f"history of {past.chain.name}"
        if before.get(name) != fingerprint.get(name):
            absent = [path for path in past.paths if digests.of(path) == ABSENT]
            named = ["/".join(path.parts[-TABLE_PARTS:]) for path in reversed(absent)]
            reasons += [f"{one} is not there" for one in named]
    current = output_digests(job, digests)
    reasons += [
        f"{name} was altered or removed"
        for name, digest in outputs.items()
        if current.get(name) != digest
    ]
    return reasons + [f"{name} is not of its making" for name in current if name not in outputs]


def fingerprint_changes(before: Mapping[str, str], current: Mapping[str, str]) -> list[str]:
    """One line per difference between two fingerprints."""
    lines: list[str] = []
    if before == current:  # as nearly all are
        return lines
    for name in sorted({*before, *current}):
        old, new = before.get(name, ABSENT), current.get(name, ABSENT)
        if old != new:
            lines.append(
                f"{name} is {'new' if old == ABSENT else 'gone' if new == ABSENT else 'changed'}"
            )
    return [line.replace(" is changed", " changed") for line in lines]


_NotebookKey = tuple[str, int, int]
_NOTEBOOKS: dict[_NotebookKey, list[dict[str, Any]]] = {}
_NOTEBOOK_DIGESTS: dict[tuple[_NotebookKey, tuple[str, ...]], str] = {}


def notebook_digest(path: Path, injected: tuple[str, ...] = ()) -> str:
    """sha256 of a notebook's sources, kinds and tags; outputs, ids and other metadata do not
    count, nor the values in its parameters cell of the parameters that each run gives.
    """
    key = (_notebook_key(path), injected)
    if key not in _NOTEBOOK_DIGESTS:
        _NOTEBOOK_DIGESTS[key] = _digest_of_cells(path, injected)
    return _NOTEBOOK_DIGESTS[key]


def _digest_of_cells(path: Path, injected: tuple[str, ...]) -> str:
    cells = [
        [
            cell["cell_type"],
            without_values(cell["source"], injected)
            if PARAMETERS in cell["tags"]
            else cell["source"],
            cell["tags"],
        ]
        for cell in _notebook_cells(path)
    ]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def _packages_beside(path: Path, shared: Mapping[str, str]) -> list[str]:
    """The packages of the library that a notebook reaches, and that are not shared by all."""
    code = "\n".join(
        cell["source"] for cell in _notebook_cells(path) if cell["cell_type"] == "code"
    )
    reached = {package for name in packages_imported(code) for package in packages_reached(name)}
    return sorted(name for name in reached if f"{LIBRARY}{name}" not in shared)


def _notebook_cells(path: Path) -> list[dict[str, Any]]:
    """The kind, source and tags of a notebook's cells.

    Raises:
        NotebookError: it is no notebook.

    """
    key = _notebook_key(path)
    if key not in _NOTEBOOKS:
        _NOTEBOOKS[key] = source_cells(path)
    return _NOTEBOOKS[key]


def _notebook_key(path: Path) -> _NotebookKey:
    """What tells whether a notebook is still the one that was read: name, time, size."""
    state = path.stat()
    return os.fspath(path), state.st_mtime_ns, state.st_size


def output_digests(job: Job, digests: Digests | Snapshot) -> dict[str, str]:
    """The digests of what a job made: the notebook and its figures by name, tables by layer and
    scope too.
    """
    figures = sorted(job.figures.iterdir()) if job.figures and job.figures.exists() else ()
    tables = {"/".join(path.parts[-TABLE_PARTS:]): digests.of(path) for path in job.writes}
    return {**{path.name: digests.of(path) for path in (job.output, *figures)}, **tables}
