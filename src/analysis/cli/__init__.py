"""The `observatoire` command: thin verbs over `analysis.operations`."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from analysis.cli import editions, entry, exchange, results, upkeep
from analysis.cli.app import app
from analysis.errors import DiskError, ObservatoryError
from analysis.study.disk import disk_full_error, is_full

UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)

UNREACHABLE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG)

NEVER_ASKED = "rfc3987_syntax"
"""A grammar of international addresses that jsonschema builds as it is imported, where it finds it:
seconds of each command, for a format that no schema of a notebook has."""

VERBS = (entry, results, editions, exchange, upkeep)
"""The modules whose import gives the command its verbs."""


def main() -> None:
    """Runs the command; a user's mistake ends in its message and its exit code, without a
    traceback.
    """
    sys.modules[NEVER_ASKED] = None  # type: ignore[assignment]  # Python's word for: not found
    try:
        app(standalone_mode=True)
    except ObservatoryError as error:
        fault = error
    except Exception as error:
        disk_error = _disk_fault(error)
        if disk_error is None:
            raise
        fault = disk_error
    else:
        return
    print(f"\n{fault}", file=sys.stderr)
    sys.exit(fault.exit_code)


def _disk_fault(error: Exception) -> DiskError | None:
    """The error to show where a full or unwritable disk is behind `error`; None otherwise."""
    path = getattr(error, "filename", None)
    location = Path(path) if isinstance(path, str) else None
    if is_full(error):
        return disk_full_error(
            location.name if location else "a file", location.parent if location else Path()
        )
    if not isinstance(error, OSError) or error.errno not in (*UNWRITABLE, *UNREACHABLE):
        return None
    hint = "look at this path: something else is there, or nothing."
    if error.errno in UNWRITABLE:
        hint = "give back the right to write; then the same command goes on from what is kept."
    return DiskError(f"{error.strerror}.", where=str(path or "the workspace"), hint=hint)
