"""From registered deliveries to responses: done once per change of the deliveries, the study or the reading code."""

from __future__ import annotations

import shutil

import polars as pl

from analysis.errors import NotReadyError
from analysis.intake import Delivery, deliveries, receive
from analysis.operations.agenda import Books
from analysis.operations.context import Context
from analysis.storage import (
    Provenance,
    Receipts,
    Refused,
    Responses,
    Verbatims,
    write_table,
)


def bring_in(context: Context) -> bool:
    """Reads all registered deliveries into `data/processed`; returns False when nothing had changed.

    Raises:
        NotReadyError: no delivery is registered.

    """
    workspace, study = context.workspace, context.study
    books = Books(workspace, study.id)
    if not books.reading():
        return False
    found = deliveries(workspace, study)
    if not any(entry.reader != "archive" for one in found for entry in one.manifest.files):
        raise NotReadyError(
            f"Study {study.id!r} has no data yet.",
            where=workspace.relative(workspace.raw(study.id)),
            hint=f"`observatoire simulate {study.id}` makes the demonstration data, "
            f"`observatoire register {study.id} DRAFT.yml` brings in real exports.",
        )
    context.tell(f"reading {sum(len(one.manifest.files) for one in found)} raw files")
    made = books.deliveries()
    books.forget_reading()
    _write(context, found)
    books.keep_reading(made)
    books.digests.save()
    return True


def _write(context: Context, found: tuple[Delivery, ...]) -> None:
    """Reads everything first, so that a faulty file leaves what was there untouched; then writes."""
    workspace, study = context.workspace, context.study
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
    totals = receipts.select(pl.sum("received", "kept", "refused", "duplicates")).row(0, named=True)
    context.tell(
        f"{totals['received']} rows received = {totals['kept']} kept + {totals['refused']} refused "
        f"+ {totals['duplicates']} duplicates"
    )
