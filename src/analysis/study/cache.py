"""A study parsed once per change of its files, and kept: YAML takes a hundred times what its typed
form takes to read.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from analysis.errors import DiskError
from analysis.study.files import write_whole
from analysis.study.study import Study
from analysis.study.workspace import Workspace, practice_notes

NOT_LOADED = "simulation.yml"
"""A parameter file that is no part of a `Study`."""

CODE = Path(__file__).parent
"""The modules that make a `Study` of files."""


def open_study(workspace: Workspace, name: str) -> Study:
    """A study of a workspace, from the cache if that matches its files and the code, else from its
    files.

    Raises:
        ScopeError: there is no such study.
        ParameterError: as `load_study`.

    """
    folder = workspace.study(name)
    path = workspace.notes / name / "study.json"
    key = _key(folder)
    study = _cached_study(path, key)
    if study is None:
        from analysis.study.loading import load_study

        study = load_study(folder)
        if _key(folder) == key:  # no editor saved meanwhile
            _store(study, path, key)
    return study


def _cached_study(path: Path, key: str) -> Study | None:
    """The study cached under a key; None where there is none, or the file is damaged."""
    try:
        cached = json.loads(path.read_text(encoding="utf-8"))
        if cached["key"] != key:
            return None
        study = Study.model_validate_json(cached["study"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return study if study.digest == cached["digest"] else None


def _store(study: Study, path: Path, key: str) -> None:
    content = {"key": key, "digest": study.digest, "study": study.model_dump_json()}
    with suppress(OSError, DiskError):  # what is not kept is parsed again
        write_whole(path, json.dumps(content))


def _key(folder: Path) -> str:
    """sha256 of the files that a study is loaded from, and of the code that loads it."""
    parameters = [
        path
        for path in [*sorted(folder.rglob("*.yml")), *practice_notes(folder)]
        if path.name != NOT_LOADED and not path.name.startswith(".")
    ]
    total = hashlib.sha256()
    for root, paths in ((folder, parameters), (CODE, sorted(CODE.glob("*.py")))):
        for path in paths:
            with suppress(OSError):  # one that cannot be read is told by who loads it
                content = path.read_bytes()
                name = f"{path.relative_to(root).as_posix()}\0{len(content)}\0"
                total.update(name.encode() + content)
    return total.hexdigest()
