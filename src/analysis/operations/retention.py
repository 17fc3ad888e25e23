"""What may hold personal data goes when the study's retention rule says so."""

from __future__ import annotations

import time

from analysis.operations.context import Context

DAY = 86_400


def expire(context: Context) -> int:
    """Removes failed notebooks and their records that are older than the rule allows; returns how many files."""
    oldest = time.time() - context.study.retention.failed_notebooks * DAY
    kept = (path for path in context.workspace.runs(context.study.id).rglob("failed/*") if path.is_file())
    old = [path for path in kept if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink()
    return len(old)
