"""A workspace in one file, and back: parameters, data and reports, with the digest of each file."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from pathlib import Path
from typing import BinaryIO

from analysis.errors import NotReadyError, RawDataError
from analysis.storage import sha256_file
from analysis.study.files import FOLDER, temporary_of
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
    if not target.parent.is_dir():
        raise NotReadyError("There is no such folder.", where=str(target.parent), hint="make it first.")
    paths = [path for part in PARTS for path in _files(workspace.root / part)]  # before the file itself can be among them
    digests: dict[str, str] = {}
    temporary = temporary_of(target)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for path in paths:
                name = path.relative_to(workspace.root).as_posix()
                with path.open("rb") as source:
                    read = _Digest(source)
                    archive.addfile(archive.gettarinfo(arcname=name, fileobj=source), read)
                digests[name] = read.total.hexdigest()
            content = json.dumps(digests, indent=1, sort_keys=True).encode()
            about = tarfile.TarInfo(CONTENTS)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return len(digests)


class _Digest(io.RawIOBase):
    """A file whose digest is taken as it is read: what stands in the archive is what was hashed, whoever writes meanwhile."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.total = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self.total.update(content)
        return content


def restore(source: Path, folder: Path) -> int:
    """Puts a backup into an empty folder, and checks each file; returns how many.

    Raises:
        NotReadyError: the folder is not empty.
        RawDataError: the file is no backup, or one of its files is not what was written.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotReadyError("This folder is not empty.", where=folder.name, hint="restore into a new one.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=FOLDER) as name:
        place = Path(name) / "workspace"
        place.mkdir(mode=0o700)
        try:
            with tarfile.open(source, mode="r:gz") as archive:
                archive.extractall(place, filter="data")
            about = place / CONTENTS
            digests = json.loads(about.read_text(encoding="utf-8"))
            about.unlink()
        except (tarfile.TarError, EOFError, ValueError, FileNotFoundError) as error:
            raise RawDataError(f"This is no backup, or it is damaged: {error}", where=source.name) from None
        wrong = [name for name, digest in digests.items() if not (place / name).exists() or sha256_file(place / name) != digest]
        if wrong:
            raise RawDataError(
                f"{len(wrong)} files of this backup are not what was written.",
                where=", ".join(wrong[:5]),
                hint="take another backup.",
            )
        if folder.exists():
            folder.rmdir()
        place.rename(folder)
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
    found = [workspace.root / name for name in ("data/raw", "data/processed", "reports/runs")]
    return [workspace.relative(path) for path in found if path.exists() and path.stat().st_mode & 0o007]
