"""What a reader of a format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analysis.intake.raw_table import RawTable, Source
from analysis.study import Study


@dataclass(frozen=True)
class Reader:
    """A format of raw file.

    Attributes:
        name: How a manifest names it.
        described_by: What a manifest must say of such a file: its channel and wave, a mapping, or
            nothing.
        read: Opens a file; None where files are kept and not read.

    """

    name: str
    described_by: Literal["channel and wave", "mapping", "nothing"]
    read: Callable[[Source, Study], RawTable] | None
