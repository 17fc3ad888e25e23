"""One module per format of raw file. A format's codes live beside its reader: the simulator writes
with them.
"""

from __future__ import annotations

from analysis.intake.readers import (
    calls,
    delimited,
    experiences,
    frame,
    grid,
    jdma,
    kiosk,
    limesurvey,
    matomo,
    measures,
    monthly,
    paper,
    polls,
    tickets,
)
from analysis.intake.readers.base import Reader

ARCHIVE = Reader(name="archive", described_by="nothing", read=None)
"""A file that is kept and hashed, and not read."""

READERS = {
    reader.name: reader
    for reader in (
        *(limesurvey.READER, paper.READER, kiosk.READER, delimited.READER),
        jdma.READER,
        *(matomo.READER, calls.READER, tickets.READER, monthly.READER),
        *(polls.READER, experiences.READER, grid.READER),
        *(measures.READER, frame.READER, ARCHIVE),
    )
}

FRAME = frame.READER.name
"""The format of sampling frames."""

__all__ = ["FRAME", "READERS", "Reader"]
