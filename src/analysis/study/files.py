"""Files written whole: under a temporary name that is known as such, then put in place in one step."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

_TEMPORARY = re.compile(r"\..+\.\d+\.tmp(\.[a-z]+)?")

FOLDER = ".observatoire-"
"""How the names of temporary folders begin."""


def temporary_of(path: Path, suffix: str = "") -> Path:
    """The name beside `path` under which this process writes it."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp{suffix}")


def is_temporary(path: Path) -> bool:
    """Whether a file has a name that `temporary_of` gives.

    >>> is_temporary(Path("a/.part-0.parquet.123.tmp")), is_temporary(Path("a/.mine.tmp"))
    (True, False)
    """
    return _TEMPORARY.fullmatch(path.name) is not None


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Calls `write` with a temporary name beside `path`, then puts the result in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_of(path)
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Writes a text whole."""
    write_atomically(path, lambda place: place.write_text(text, encoding="utf-8"))
