"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """Counts steps out of their titles; used as a context. The bar shows those that are next to end."""

    def __init__(self, tell: Callable[[str], None], label: str, titles: Sequence[str]) -> None:
        self._tell, self._label, self._left, self._total = tell, label, list(titles), len(titles)
        self._bar: Bar | None = None
        if titles and sys.stderr.isatty():
            columns = (
                TextColumn(label),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.description}"),
            )
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._running(), total=self._total)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def step(self, title: str) -> None:
        """One more is done."""
        if title in self._left:
            self._left.remove(title)
        if self._bar:
            self._bar.update(self._task, advance=1, description=self._running())
        else:
            self._tell(f"{self._label} {self._total - len(self._left)}/{self._total}: {title}")

    def _running(self) -> str:
        return ", ".join(self._left[: os.cpu_count() or 1])

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar:
            self._bar.stop()
