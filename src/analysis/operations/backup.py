"""A workspace in one file, and back: parameters, data and reports, with the digest of each file."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from analysis.errors import NotReadyError, ObservatoryError, RawDataError, quoted
from analysis.study.disk import require_room, writing
from analysis.study.files import locked_temporary_folder, make_private_folder, sweep_folders
from analysis.study.workspace import Workspace

PARTS = ("params", "notebooks", "data", "reports", "requirements.lock")
CONTENTS = "contents.json"
MAY_BE_LINKS = (
    "data",
    "data/raw",
    "data/processed",
    "data/published",
    "data/imported",
    "data/handed-over",
    "data/truth",
    "reports",
    "reports/editions",
    "reports/runs",
)
"""Folders of a workspace that a person may have put on another disk; below them, no link is
followed."""

LEFT_OUT = (".ipynb_checkpoints", "__pycache__")
BLOCK = 1 << 20
"""Bytes read at once: no header of an archive that we write is longer."""

MOST_CONTENTS = 16 << 20
"""Bytes of the list of contents."""

DAMAGED = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TypeError,
    RecursionError,
    OSError,
)
"""What a damaged archive makes its reader raise."""

DISK_AT_FAULT = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)


@dataclass(frozen=True)
class Backup:
    """What a backup holds.

    Attributes:
        files: How many.
        left_out: Links, sockets and the like, which are not followed nor written, from the
            workspace on.

    """

    files: int
    left_out: tuple[str, ...]


def write_backup(workspace: Workspace, target: Path) -> Backup:
    """Writes a workspace into one file that only its owner can read: it holds personal data.

    Regular files only: the folders of `MAY_BE_LINKS` may lie on another disk, every other link is
    left out and told.

    Raises:
        NotReadyError: the file exists already, or its folder does not.
        DiskError: the disk has no room for it.

    """
    if target.exists() or target.is_symlink():
        raise NotReadyError(
            "This file exists already.", where=target.name, hint="name another, or remove it."
        )
    folder = target.parent
    if not folder.is_dir():
        raise NotReadyError("There is no such folder.", where=str(folder), hint="make it first.")
    sweep_folders(folder)
    left_out: list[str] = []
    paths = [path for part in PARTS for path in _files(workspace, part, left_out)]
    note = workspace.notes / "backup"
    make_private_folder(workspace.notes)
    note.write_text(
        str(folder.resolve()), encoding="utf-8"
    )  # where the next command sweeps, if this one is killed
    size = sum(path.stat().st_size for path in paths)  # compressed, it takes less
    with writing("the backup", folder, needed=size), locked_temporary_folder(folder) as temporary:
        archive = temporary / target.name
        digests = _write_archive(workspace, paths, archive)
        archive.rename(target)
    note.unlink(missing_ok=True)
    return Backup(len(digests), tuple(left_out))


def _write_archive(workspace: Workspace, paths: list[Path], target: Path) -> dict[str, str]:
    """Writes the archive; returns the digest of each of its files, by name."""
    digests: dict[str, str] = {}
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as stream,
        tarfile.open(fileobj=stream, mode="w:gz") as archive,
    ):
        for path in paths:
            name = path.relative_to(workspace.root).as_posix()
            with os.fdopen(
                os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb"
            ) as source:
                about = tarfile.TarInfo(name)
                about.size = os.fstat(source.fileno()).st_size
                read = _Digest(source)
                archive.addfile(about, cast("BinaryIO", read))
            digests[name] = read.total.hexdigest()
        content = json.dumps(digests, indent=1, sort_keys=True).encode()
        about = tarfile.TarInfo(CONTENTS)
        about.size = len(content)
        archive.addfile(about, io.BytesIO(content))
    return digests


class _Digest(io.RawIOBase):
    """A file that computes its digest as it is read, so that the archive holds exactly what was
    hashed even if the file changes meanwhile.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.total = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self.total.update(content)
        return content


def _files(workspace: Workspace, part: str, left_out: list[str]) -> Iterator[Path]:
    """The regular files of a part of a workspace; other entries are added to `left_out`."""
    pending = [workspace.root / part]
    while pending:
        path = pending.pop()
        name = path.relative_to(workspace.root).as_posix()
        try:
            state = path.stat() if name in MAY_BE_LINKS else path.lstat()
        except OSError:
            if name != part:  # a part that is not there is none
                left_out.append(name)
            continue
        if stat.S_ISDIR(state.st_mode):
            pending += sorted(
                (child for child in path.iterdir() if child.name not in LEFT_OUT), reverse=True
            )
        elif stat.S_ISREG(state.st_mode):
            yield path
        else:
            left_out.append(name)


def restore_backup(source: Path, folder: Path) -> int:
    """Puts a backup into a new or empty folder, and checks each file; returns how many.

    Only regular files with a relative name are taken, and each is written here, anew, for its owner
        alone: whatever an
    archive holds, nothing outside the folder is touched. What its list of contents does not name is
    refused.

    Raises:
        NotReadyError: the folder is not empty.
        RawDataError: the file is no backup, or one of its files is not what was written.
        DiskError: the disk has no room for it.

    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise NotReadyError(
            "This folder is not empty.", where=folder.name, hint="restore into a new one."
        )
    if not source.is_file():
        raise RawDataError(
            "This is no file.", where=source.name, hint="name the file that `backup` wrote."
        )
    folder = folder.absolute()
    make_private_folder(folder.parent)
    sweep_folders(folder.parent)
    require_room("the workspace", folder.parent, source.stat().st_size)
    with (
        writing("the workspace", folder.parent),
        locked_temporary_folder(folder.parent) as temporary,
    ):
        restored = temporary / "workspace"
        restored.mkdir(mode=0o700)
        count = _read_archive(source, restored)
        if folder.exists():  # empty, and perhaps where the person stands
            for path in restored.iterdir():
                path.rename(folder / path.name)
        else:
            restored.rename(folder)
    return count


def _read_archive(source: Path, folder: Path) -> int:
    """Writes the files of an archive into a folder of ours; returns how many.

    Raises:
        RawDataError: it is no backup, or damaged; what was written is the caller's to remove.

    """
    digests: dict[str, str] = {}
    listed: object = None
    try:
        with (
            gzip.open(source) as stream,
            tarfile.open(fileobj=_Bounded(stream), mode="r:") as archive,
        ):
            for member in archive:
                content = archive.extractfile(member) if _is_plain(member) else None
                if content is None:
                    raise _not_a_backup(
                        f"it holds what is no plain file: {quoted(member.name)}", source
                    )
                if member.name == CONTENTS:
                    if member.size > MOST_CONTENTS:
                        raise _not_a_backup("its list of contents is too long", source)
                    listed = json.loads(b"".join(_blocks(content)))
                else:
                    digests[member.name] = _write(
                        content, folder.joinpath(*_safe_parts(member.name, source))
                    )
    except ObservatoryError:
        raise
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno in DISK_AT_FAULT:
            raise
        raise _not_a_backup(
            "it is cut short, altered, or was written by something else", source
        ) from None
    if not isinstance(listed, dict) or not all(
        isinstance(digest, str) for digest in listed.values()
    ):
        raise _not_a_backup("it has no list of its contents", source)
    wrong = sorted(name for name in {*listed, *digests} if digests.get(name) != listed.get(name))
    if wrong:
        raise RawDataError(
            f"{len(wrong)} files of this backup are not what was written.",
            where=", ".join(map(quoted, wrong[:5])),
            hint="take another backup.",
        )
    return len(digests)


def _is_plain(member: tarfile.TarInfo) -> bool:
    return member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()


def _safe_parts(name: str, source: Path) -> tuple[str, ...]:
    """The parts of a member's name, which stays within the folder it is put in.

    Raises:
        RawDataError: it does not.

    """
    parts = PurePosixPath(name).parts
    plain = "/".join(parts) == name and "\0" not in name
    if not parts or not plain or name.startswith("/") or ".." in parts:
        raise _not_a_backup(f"it holds a name that leads elsewhere: {quoted(name)}", source)
    return parts


def _blocks(content: IO[bytes]) -> Iterator[bytes]:
    while block := content.read(BLOCK):
        yield block


def _write(content: IO[bytes], path: Path) -> str:
    """Writes a member where nothing is yet; returns its digest."""
    make_private_folder(path.parent)
    total = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        for block in _blocks(content):
            total.update(block)
            stream.write(block)
    return total.hexdigest()


class _Bounded(io.RawIOBase):
    """A stream that refuses large reads: a header claiming an immense size ends the extraction."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= BLOCK:
            raise tarfile.ReadError("a header is too long")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _not_a_backup(why: str, source: Path) -> RawDataError:
    return RawDataError(
        f"This is no backup, or it is damaged: {why}.",
        where=source.name,
        hint="take another; nothing was restored.",
    )


def folders_open_to_others(workspace: Workspace) -> list[str]:
    """The folders of personal data that other users of this machine can read."""
    names = ("data/raw", "data/processed", "data/published", "data/handed-over", "reports/runs")
    folders = [workspace.root / name for name in names]
    return [
        workspace.relative(path)
        for path in folders
        if path.exists() and path.stat().st_mode & 0o007
    ]
