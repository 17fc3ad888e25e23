"""What came in: manifests, readers, and responses with every refusal explained."""

from __future__ import annotations

from analysis.intake.gather import receive, write_tables
from analysis.intake.harmonise import Received, harmonise
from analysis.intake.manifest import MANIFEST, Delivery, FileEntry, Manifest, check_entry, check_file, deliveries

__all__ = [
    "MANIFEST",
    "Delivery",
    "FileEntry",
    "Manifest",
    "Received",
    "check_entry",
    "check_file",
    "deliveries",
    "harmonise",
    "receive",
    "write_tables",
]
