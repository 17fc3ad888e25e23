"""What came in: manifests, readers, and responses with every refusal explained."""

from __future__ import annotations

from analysis.intake.harmonise import Received, harmonise
from analysis.intake.manifest import MANIFEST, Delivery, FileEntry, Manifest, check_entry, check_file, deliveries
from analysis.intake.readers import READERS
from analysis.study import Study

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
]


def receive(delivery: Delivery, entry: FileEntry, study: Study) -> Received | None:
    """Reads one file of a delivery; None for an archive, which is kept and hashed but not read."""
    if entry.reader == "archive":
        return None
    where = f"{delivery.manifest.delivery}/{entry.path}"
    raw = READERS[entry.reader](delivery.path(entry), entry, study, where)
    return harmonise(raw, study, delivery=delivery.manifest.delivery, file=entry.path, where=where)
