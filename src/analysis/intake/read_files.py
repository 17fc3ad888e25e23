"""Files of deliveries, with what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.intake.deliveries import Delivery
from analysis.intake.flows.counting import FlowFile
from analysis.intake.frame import FrameFile
from analysis.intake.grids import GridFile
from analysis.intake.harmonise import HarmonisedFile
from analysis.intake.manifest import FileEntry
from analysis.intake.measures.figures import MeasuredFile


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery."""

    delivery: Delivery
    entry: FileEntry

    @property
    def origin(self) -> str:
        """The delivery that it is known by."""
        return self.delivery.origin(self.entry)

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"{self.delivery.id}/{self.entry.path}"


@dataclass(frozen=True)
class ReadFile(DeliveredFile):
    """A file of answers, with the tables it was harmonised to."""

    harmonised: HarmonisedFile

    @property
    def kept_rows(self) -> int:
        """How many of its rows were kept."""
        return int(self.harmonised.receipt.item(0, "kept"))


@dataclass(frozen=True)
class ReadMeasures(DeliveredFile):
    """A file of monthly figures, with what it holds."""

    measured: MeasuredFile


@dataclass(frozen=True)
class ReadFrame(DeliveredFile):
    """A sampling frame, with its cells."""

    frame: FrameFile


@dataclass(frozen=True)
class ReadFlow(DeliveredFile):
    """A file of counts, with its months."""

    flow: FlowFile


@dataclass(frozen=True)
class ReadGrid(DeliveredFile):
    """A workbook of sessions, with what was seen."""

    grid: GridFile
