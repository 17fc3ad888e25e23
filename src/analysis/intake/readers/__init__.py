"""One module per format of raw file. A format's codes live beside its reader: the simulator writes with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analysis.intake.manifest import FileEntry
from analysis.intake.readers import delimited, kiosk, limesurvey, paper
from analysis.intake.readers.delimited import RawTable
from analysis.study import Study

Reader = Callable[[Path, FileEntry, Study, str], RawTable]

READERS: dict[str, Reader] = {
    "limesurvey": limesurvey.read,
    "paper": paper.read,
    "kiosk": kiosk.read,
    "delimited": delimited.read,
}

__all__ = ["READERS", "RawTable"]
