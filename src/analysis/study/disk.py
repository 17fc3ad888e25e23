"""Room on the disk: asked for before long work, and told in one message where it ran out."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import DiskError, printable

FULL = (errno.ENOSPC, errno.EDQUOT)
_WORDS = ("No space left on device", "os error 28", "Disk quota exceeded", "os error 122")


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk is behind an error: by its number, its text, or those of what it came
    from.
    """
    visited = set()
    while error is not None and id(error) not in visited:
        visited.add(id(error))
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if says_disk_full(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def says_disk_full(text: str) -> bool:
    """Whether a text is what a system, a library or another program says of a full disk."""
    return any(words in text for words in _WORDS)


def disk_full_error(what: str, folder: Path, *, needed: int | None = None) -> DiskError:
    """The error for a full disk: what was being written, and how much room is missing."""
    free = _free_bytes(folder)
    room = f"{_mib(free)} MiB are free, and more is needed"
    if needed is not None and needed > free:
        room = (
            f"it needs about {_mib(needed)} MiB, {_mib(free)} MiB are free: {_mib(needed - free)} "
            "MiB are missing"
        )
    return DiskError(
        f"The disk is full: {printable(what)} could not be written; {room}.",
        where=str(_existing_parent(folder)),
        hint=(
            "make room, then run the same command: what is done is kept, and it goes on from there."
        ),
    )


def require_room(what: str, folder: Path, needed: int) -> None:
    """Refuses to begin what the disk has no room for.

    Args:
        what: What is about to be written.
        folder: Where; it may not exist yet.
        needed: Bytes, about.

    Raises:
        DiskError: less is free.

    """
    if needed > _free_bytes(folder):
        raise disk_full_error(what, folder, needed=needed)


@contextmanager
def writing(what: str, folder: Path, *, needed: int | None = None) -> Iterator[None]:
    """Context manager: a full disk becomes a `DiskError` that says what was being written; other
    errors pass.

    Raises:
        DiskError: the disk was full.

    """
    try:
        yield
    except DiskError:
        raise
    except Exception as error:
        if is_full(error):
            raise disk_full_error(what, folder, needed=needed) from error
        raise


def size_of(folder: Path) -> int:
    """Bytes of the files of a folder, links not followed; 0 where it does not exist."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(_existing_parent(folder)).free


def _existing_parent(folder: Path) -> Path:
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _mib(size: int) -> str:
    """Mebibytes with one decimal, rounded up so that what is missing is never said to be
    nothing.
    """
    return f"{-(-size * 10 // (1 << 20)) / 10:g}"
