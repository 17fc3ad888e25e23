"""What a reader of a format is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis.intake.flows.counting import FlowFile
from analysis.intake.frame import FrameFile
from analysis.intake.grids import GridFile
from analysis.intake.measures.figures import MeasuredFile
from analysis.intake.raw_table import RawTable, Source
from analysis.study import MissingKind, Study

ANSWERS = (
    *("responses", "verbatims", "refused", "refusals", "receipts", "item_receipts"),
    "dispositions",
)
"""What files of answers become."""

FLOWS = ("flows",)
"""What files of counts become."""

Content = RawTable | MeasuredFile | FrameFile | FlowFile | GridFile
"""What a file holds: rows that are harmonised next, or what was read of it."""


Description = Literal[
    "channel and wave", "mapping", "measures", "flow", "grid", "reviews", "nothing"
]
"""What a manifest says of a file, beside its path."""


@dataclass(frozen=True)
class Reader:
    """A format of raw file.

    Attributes:
        name: How a manifest names it.
        described_by: What a manifest must say of such a file: its channel and wave, a mapping, the
            tables of its measures, what its flow, grid or reviews are of, or nothing.
        read: Opens a file of answers, whose rows are harmonised next, or reads any other; None
            where files are kept and not read.
        produces: The layers that its rows become.
        personal: Its own columns that hold personal data: nothing of them leaves `data/raw`.
        codes: What it writes for each way of not answering, where the format has a text of its
            own; the simulator writes with them.

    """

    name: str
    described_by: Description
    read: Callable[[Source, Study], Content] | None
    produces: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    codes: Mapping[MissingKind, str] = field(default_factory=dict)
