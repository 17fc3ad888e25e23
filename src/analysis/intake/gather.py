"""From deliveries to tables."""

from __future__ import annotations

import shutil

import polars as pl

from analysis.intake.harmonise import Received, harmonise
from analysis.intake.manifest import Delivery, FileEntry
from analysis.intake.readers import READERS
from analysis.storage import Provenance, Receipts, Refused, Responses, Verbatims, write_table
from analysis.study import Study, Workspace


def receive(delivery: Delivery, entry: FileEntry, study: Study) -> Received | None:
    """Reads one file of a delivery; None for an archive, which is kept and hashed but not read."""
    if entry.reader == "archive":
        return None
    where = f"{delivery.manifest.delivery}/{entry.path}"
    raw = READERS[entry.reader](delivery.path(entry), entry, study, where)
    return harmonise(raw, study, delivery=delivery.manifest.delivery, file=entry.path, where=where)


def write_tables(workspace: Workspace, study: Study, found: tuple[Delivery, ...]) -> dict[str, int]:
    """Reads deliveries, all of them before anything is written, then writes responses, verbatims, refused rows and receipts.

    A faulty file so leaves what was there untouched.

    Returns:
        How many rows were received, kept, refused and duplicates.

    """
    read = [
        (delivery, received)
        for delivery in found
        for entry in delivery.manifest.files
        if (received := receive(delivery, entry, study)) is not None
    ]
    digests = {
        (one.manifest.delivery, entry.path): (entry.sha256 or "", one.manifest.simulated)
        for one in found
        for entry in one.manifest.files
    }

    def provenance(part: pl.DataFrame) -> Provenance:
        sources = sorted(part.select("delivery", "file").unique().iter_rows())
        return Provenance(
            study=study.id,
            study_digest=study.digest,
            inputs={f"{delivery}/{file}": digests[delivery, file][0] for delivery, file in sources},
            simulated=any(digests[source][1] for source in sources),
        )

    responses = pl.concat([received.responses for _, received in read]).sort("response_id")
    verbatims = pl.concat([received.verbatims for _, received in read]).sort("response_id", "item", "line")
    refused = pl.concat([received.refused for _, received in read]).sort("delivery", "file", "line")
    receipts = pl.concat([received.receipt for _, received in read]).sort("delivery", "file")
    for layer in ("responses", "verbatims"):
        shutil.rmtree(workspace.processed(study.id, layer), ignore_errors=True)
    for directorate in study.directorates:
        for wave in study.waves:
            here = (pl.col("directorate") == directorate.id) & (pl.col("wave") == wave.id)
            part = responses.filter(here)
            if part.height:
                origin = provenance(part)
                write_table(part, workspace.part(study.id, "responses", directorate.id, wave.id), Responses, origin)
                texts = verbatims.filter(here)
                if texts.height:
                    write_table(texts, workspace.part(study.id, "verbatims", directorate.id, wave.id), Verbatims, origin)
    whole = provenance(receipts)
    write_table(refused, workspace.processed(study.id, "refused") / "part-0.parquet", Refused, whole)
    write_table(receipts, workspace.processed(study.id, "receipts") / "part-0.parquet", Receipts, whole)
    totals: dict[str, int] = receipts.select(pl.sum("received", "kept", "refused", "duplicates")).row(0, named=True)
    return totals
