"""Progress of long work: a bar on a terminal with what runs under it, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text


class Progress:
    """Counts steps out of so many; used as a context."""

    def __init__(self, tell: Callable[[str], None], label: str, total: int) -> None:
        self._tell, self._label, self._total, self._ended = tell, label, total, 0
        self._bar = _Bar(label, total) if total and sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def show(self, title: str, what: str) -> None:
        """Says what a step is at; a terminal shows it until the step has ended."""
        if self._bar:
            self._bar.running[title] = what

    def step(self, title: str) -> None:
        """Counts one more finished step."""
        self._ended += 1
        if self._bar:
            self._bar.running.pop(title, None)
            self._bar.advance(self._bar.task_ids[0])
        else:
            self._tell(f"{self._label} {self._ended}/{self._total}: {title}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()


class _Bar(Bar):
    """A bar, and under it a line per running step."""

    def __init__(self, label: str, total: int) -> None:
        self.running: dict[str, str] = {}
        columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        super().__init__(*columns, console=Console(stderr=True), transient=True)
        self.add_task(label, total=total)

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        for title, what in list(self.running.items()):
            yield Text(f"  {title} · {what}", no_wrap=True, overflow="ellipsis")
