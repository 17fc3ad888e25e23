"""A sampling frame: a CSV of counts by site and known profile (see `intake.frame`)."""

from __future__ import annotations

from analysis.intake.frame import read_frame
from analysis.intake.readers.base import Reader

READER = Reader(
    name="frame",
    described_by="channel and wave",
    read=read_frame,
    produces=("dispositions",),
)
