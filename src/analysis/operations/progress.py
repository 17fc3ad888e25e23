"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """Counts steps out of a total; used as a context."""

    def __init__(self, tell: Callable[[str], None], label: str, total: int) -> None:
        self._tell, self._label, self._total, self._done = tell, label, total, 0
        self._bar: Bar | None = None
        if total and sys.stderr.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(label, total=total)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def step(self, title: str) -> None:
        """One more is done."""
        self._done += 1
        if self._bar:
            self._bar.update(self._task, advance=1, description=title)
        else:
            self._tell(f"{self._label} {self._done}/{self._total}: {title}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()
