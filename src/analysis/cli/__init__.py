"""The `observatoire` command: thin verbs over `analysis.operations`."""

from __future__ import annotations

import errno
import sys

from analysis.cli.app import app
from analysis.errors import DiskError, ObservatoryError

UNWRITABLE = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EDQUOT)

UNREACHABLE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG)


def main() -> None:
    """Runs the command; a user's mistake ends in its message and its exit code, without a traceback."""
    try:
        app(standalone_mode=True)
    except ObservatoryError as error:
        fault = error
    except OSError as error:
        if error.errno not in (*UNWRITABLE, *UNREACHABLE):
            raise
        room = "make room, or give back the right to write; then the same command goes on from what is kept."
        fault = DiskError(
            f"{error.strerror}.", where=str(error.filename or "the workspace"),
            hint=room if error.errno in UNWRITABLE else "look at this path: something else is there, or nothing.",
        )  # fmt: skip
    else:
        return
    print(f"\n{fault}", file=sys.stderr)
    sys.exit(fault.exit_code)
