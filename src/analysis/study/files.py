"""Files written whole, for their owner alone: under a temporary name that is known as such, then
put in place.

What is written here holds, or may hold, personal data; an edition is opened to readers when it is
frozen.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.study.disk import writing

_TEMPORARY = re.compile(r"\..+\.\d+\.tmp(\.[a-z]+)?")

FOLDER = ".observatoire-"
"""How the names of temporary folders begin."""

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
PUBLIC_FILE, PUBLIC_FOLDER, FROZEN_FILE = 0o644, 0o755, 0o444


def temporary_of(path: Path, suffix: str = "") -> Path:
    """The name beside `path` under which this process writes it."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp{suffix}")


def is_temporary(path: Path) -> bool:
    """Whether a file has a name that `temporary_of` gives.

    >>> is_temporary(Path("a/.part-0.parquet.123.tmp")), is_temporary(Path("a/.mine.tmp"))
    (True, False)
    """
    return _TEMPORARY.fullmatch(path.name) is not None


def make_private_folder(folder: Path) -> None:
    """Makes a folder, and those above it that do not exist, for their owner alone; one that exists
    stays as it is.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name beside its own, then puts it in place in one step.

    Raises:
        DiskError: the disk is full.

    """
    temporary = temporary_of(path)
    try:
        with writing(path.name, path.parent, needed=len(content)):
            make_private_folder(path.parent)
            temporary.touch(mode=PRIVATE_FILE)
            temporary.write_bytes(content)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a text whole, as UTF-8."""
    write_atomically(path, text.encode())


def open_to_readers(folder: Path, *, frozen: bool = False) -> None:
    """Lets everybody read a folder and what lies in it: what is published. The files of one that is
    frozen can be written by nobody.
    """
    for path in (folder, *folder.rglob("*")):
        file = FROZEN_FILE if frozen else PUBLIC_FILE
        path.chmod(PUBLIC_FOLDER if path.is_dir() else file)


@contextmanager
def locked_temporary_folder(parent: Path) -> Iterator[Path]:
    """A temporary folder outside any workspace, removed at the end; if its process is killed, by
    `sweep_folders`.

    It is locked as long as its process lives: that is how a dead one's is known.
    """
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=FOLDER))
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def sweep_folders(parent: Path) -> None:
    """Removes the temporary folders that killed processes left in a folder; those of living
    processes stay.
    """
    for folder in parent.glob(f"{FOLDER}*"):
        if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
            continue
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
