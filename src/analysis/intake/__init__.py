"""What came in: manifests, readers, and responses with every refusal explained."""

from __future__ import annotations

from analysis.intake.deliveries import (
    Delivery,
    check_entry,
    check_file,
    deliveries,
    delivery_faults,
    delivery_set_faults,
    manifests,
    stray_entries,
    without_replaced,
)
from analysis.intake.frame import FrameFile
from analysis.intake.gather import Reading, read_deliveries, read_delivery_file
from analysis.intake.harmonise import HarmonisedFile, harmonise
from analysis.intake.manifest import MANIFEST, FileEntry, Manifest
from analysis.intake.measures.figures import MeasuredFile
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.read_files import ReadFile, ReadFlow, ReadFrame, ReadGrid, ReadMeasures
from analysis.intake.writing import Totals, write_tables

__all__ = [
    "MANIFEST",
    "Delivery",
    "FileEntry",
    "FrameFile",
    "HarmonisedFile",
    "Manifest",
    "MeasureTable",
    "MeasuredFile",
    "ReadFile",
    "ReadFlow",
    "ReadFrame",
    "ReadGrid",
    "ReadMeasures",
    "Reading",
    "Totals",
    "check_entry",
    "check_file",
    "deliveries",
    "delivery_faults",
    "delivery_set_faults",
    "harmonise",
    "manifests",
    "read_deliveries",
    "read_delivery_file",
    "stray_entries",
    "without_replaced",
    "write_tables",
]
