"""One measure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Record:
    """A measure beside its peer, both taken in this run; `memory_mib` where memory was measured."""

    name: str
    n: int
    seconds: float
    peer: str = ""
    peer_seconds: float | None = None
    memory_mib: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our seconds over theirs; None where nothing is beside."""
        return None if not self.peer_seconds else self.seconds / self.peer_seconds

    def as_dict(self) -> dict[str, object]:
        """The measure as JSON has it."""
        return {**asdict(self), "ratio": self.ratio}


def best_of(times: int, work: Callable[[], object]) -> float:
    """The shortest of several runs, in seconds."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest
