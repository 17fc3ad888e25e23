"""What may hold personal data goes when the study's retention rule says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.study.workspace import Workspace

if TYPE_CHECKING:
    from analysis.operations.context import Context

DAY = 86_400


def failed_notebooks(workspace: Workspace, study: str) -> Iterator[Path]:
    """The notebooks of failed runs that are kept, and their records."""
    return (path for path in workspace.runs(study).rglob("failed/*") if path.is_file())


def delete_expired_notebooks(context: Context) -> None:
    """Removes failed notebooks and their records that are older than the rule allows."""
    oldest = time.time() - context.study.retention.failed_notebooks * DAY
    old = [
        path
        for path in failed_notebooks(context.workspace, context.study.id)
        if path.stat().st_mtime < oldest
    ]
    for path in old:
        path.unlink()
    if old:
        context.tell(
            f"{len(old)} files of failed notebooks were older than retention.yml allows, and are "
            "gone"
        )
