"""One writer per workspace: a lock that ends with its process, and the removal of what dead writers
left.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import BusyError, DiskError
from analysis.study.disk import writing
from analysis.study.files import FOLDER, is_temporary, make_private_folder, sweep_folders
from analysis.study.workspace import Workspace

if TYPE_CHECKING:
    from analysis.pipeline.kernels import Lease


@contextmanager
def workspace_lock(workspace: Workspace, verb: str) -> Iterator[None]:
    """Holds the workspace while a verb writes.

    Raises:
        BusyError: another process holds it; the message says which, since when and for what.

    """
    path = workspace.notes / "lock"
    make_private_folder(path.parent)
    with path.open("ab+", buffering=0) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"Another command is at work here: {_holder(str(path))}.",
                where=workspace.relative(path),
                hint="wait for its end; the lock ends with it, even if it is killed.",
            ) from None
        except OSError as error:
            raise DiskError(
                f"This disk gives no locks: {error.strerror}.",
                where=workspace.relative(path),
                hint="put the workspace on a disk that does; two writers at once would spoil it.",
            ) from None
        with writing("the lock", path.parent):
            stream.truncate(0)
            since = datetime.now(tz=UTC).isoformat(timespec="microseconds")
            holder = {"process": os.getpid(), "verb": verb, "since": since}
            stream.write(json.dumps(holder).encode())
        try:
            sweep(workspace)
            yield
        finally:
            stream.truncate(0)


def sweep(workspace: Workspace) -> None:
    """Removes the temporary files and folders of writers that were killed: the lock's holder is the
    only one there is.
    """
    from analysis.pipeline.kernels import sweep_sockets

    for name in ("data", "reports", ".observatoire"):
        for path in (workspace.root / name).rglob(".*.tmp*"):
            if is_temporary(path) and path.is_file():
                path.unlink(missing_ok=True)
    places = (
        *("reports/", "reports/editions/*/", "reports/editions/*/*/", "data/raw/", "data/raw/*/"),
        *(".observatoire/", ".observatoire/*/rendered/"),
    )
    for pattern in places:
        for folder in workspace.root.glob(f"{pattern}{FOLDER}*"):
            shutil.rmtree(folder, ignore_errors=True)
    pointer = workspace.notes / "backup"
    if pointer.exists():
        sweep_folders(Path(pointer.read_text(encoding="utf-8")))
        pointer.unlink()
    sweep_sockets()


def lease(workspace: Workspace) -> Lease:
    """The lease that remote workers watch: they stop when the command that holds the workspace
    ends.
    """
    from analysis.pipeline.kernels import Lease

    path = workspace.notes / "lock"
    return Lease(path, path.read_text(encoding="utf-8"))


def _holder(path: str) -> str:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return f"`{content['verb']}`, process {content['process']}, since {content['since']}"
    except (OSError, ValueError, KeyError):
        return "it has just started"
