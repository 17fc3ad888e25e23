"""A workspace in one file, and back: parameters, data and reports, with the digest of each file."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

from analysis.errors import NotReadyError, RawDataError
from analysis.storage import sha256_file
from analysis.study.workspace import Workspace

PARTS = ("params", "notebooks", "data", "reports", "requirements.lock")
CONTENTS = "contents.json"


def backup(workspace: Workspace, target: Path) -> int:
    """Writes a workspace into one file that only its owner can read (it holds personal data); returns how many files.

    Raises:
        NotReadyError: the file exists already.

    """
    if target.exists():
        raise NotReadyError("This file exists already.", where=target.name, hint="name another, or remove it.")
    paths = {path.relative_to(workspace.root).as_posix(): path for part in PARTS for path in _files(workspace.root / part)}
    digests = {name: sha256_file(path) for name, path in sorted(paths.items())}
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w:gz", dereference=True) as archive:
            content = json.dumps(digests, indent=1, sort_keys=True).encode()
            about = tarfile.TarInfo(CONTENTS)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
            for name in digests:
                archive.add(paths[name], arcname=name, recursive=False)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return len(paths)


def restore(source: Path, folder: Path) -> int:
    """Puts a backup into an empty folder, and checks each file; returns how many.

    Raises:
        NotReadyError: the folder is not empty.
        RawDataError: the file is no backup, or one of its files is not what was written.

    """
    if folder.exists() and any(folder.iterdir()):
        raise NotReadyError("This folder is not empty.", where=folder.name, hint="restore into a new one.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            archive.extractall(folder, filter="data")
        about = folder / CONTENTS
        digests = json.loads(about.read_text(encoding="utf-8"))
        about.unlink()
    except (tarfile.TarError, EOFError, ValueError, FileNotFoundError) as error:
        raise RawDataError(f"This is no backup, or it is damaged: {error}", where=source.name) from None
    for name, digest in digests.items():
        path = folder / name
        if not path.exists() or sha256_file(path) != digest:
            raise RawDataError("A file of this backup is not what was written.", where=name, hint="take another backup.")
    return len(digests)


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    found = []
    for folder, inner, names in os.walk(place, followlinks=True):  # a folder of data may lie on another disk
        inner[:] = [name for name in inner if name not in (".ipynb_checkpoints", "__pycache__")]
        found += [Path(folder) / name for name in names]
    return found


def open_to_others(workspace: Workspace) -> list[str]:
    """The folders of personal data that other users of this machine can read."""
    found = [workspace.root / "data" / name for name in ("raw", "processed")]
    return [workspace.relative(path) for path in found if path.exists() and path.stat().st_mode & 0o007]
