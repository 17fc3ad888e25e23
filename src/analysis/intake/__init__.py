"""What came in: manifests, readers, and responses with every refusal explained."""

from __future__ import annotations

from analysis.intake.deliveries import (
    Delivery,
    check_entry,
    check_file,
    deliveries,
    delivery_faults,
    manifests,
    set_faults,
    standing,
    strays,
)
from analysis.intake.gather import ReadFile, read_deliveries, receive, write_tables
from analysis.intake.harmonise import Received, harmonise
from analysis.intake.manifest import MANIFEST, FileEntry, Manifest

__all__ = [
    "MANIFEST",
    "Delivery",
    "FileEntry",
    "Manifest",
    "ReadFile",
    "Received",
    "check_entry",
    "check_file",
    "deliveries",
    "delivery_faults",
    "harmonise",
    "manifests",
    "read_deliveries",
    "receive",
    "set_faults",
    "standing",
    "strays",
    "write_tables",
]
