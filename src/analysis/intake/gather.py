"""From deliveries to tables."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from analysis.errors import RawDataError
from analysis.intake.deliveries import Delivery
from analysis.intake.harmonise import HarmonisedFile, harmonise
from analysis.intake.manifest import FileEntry
from analysis.intake.raw_table import Source
from analysis.intake.readers import READERS
from analysis.storage import (
    LAYERS,
    Dispositions,
    Provenance,
    layers_from,
    make_table,
    write_table,
)
from analysis.study import Study, Workspace
from analysis.study.scope import Scope


@dataclass(frozen=True)
class ReadFile:
    """A file of a delivery with the tables it was harmonised to."""

    delivery: Delivery
    entry: FileEntry
    harmonised: HarmonisedFile

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"{self.delivery.id}/{self.entry.path}"

    @property
    def kept_rows(self) -> int:
        """How many of its rows were kept."""
        return int(self.harmonised.receipt.item(0, "kept"))


def read_delivery_file(delivery: Delivery, entry: FileEntry, study: Study) -> HarmonisedFile | None:
    """Reads one file of a delivery; None for an archive, which is kept and hashed but not read."""
    reader = READERS[entry.reader]
    if reader.read is None:
        return None
    where = f"{delivery.id}/{entry.path}"
    source = Source(
        path=delivery.path(entry),
        where=where,
        dialect=entry.dialect,
        channel=entry.channel,
        wave=entry.wave,
        mapping=entry.mapping,
        absent=entry.absent,
    )
    raw = reader.read(source, study)
    return harmonise(raw, study, delivery=delivery.id, file=entry.path, where=where)


def read_deliveries(registered: Sequence[Delivery], study: Study) -> tuple[ReadFile, ...]:
    """Reads all files of some deliveries, and checks them against one another.

    Raises:
        IntakeError: a file cannot be read as its manifest says.
        RawDataError: nothing of a delivery is kept, or the same answers stand in two files.

    """
    read = tuple(
        ReadFile(delivery, entry, received)
        for delivery in registered
        for entry in delivery.manifest.files
        if (received := read_delivery_file(delivery, entry, study)) is not None
    )
    _check_not_empty(read)
    _check_overlap(read)
    _check_samples(read, study)
    return read


def _check_not_empty(read: Sequence[ReadFile]) -> None:
    """Refuses a delivery of which nothing is kept."""
    kept_rows: dict[str, int] = {}
    for file in read:
        kept_rows[file.delivery.id] = kept_rows.get(file.delivery.id, 0) + file.kept_rows
    for delivery, count in kept_rows.items():
        if count == 0:
            refused = pl.concat(
                [file.harmonised.refused for file in read if file.delivery.id == delivery]
            )
            reasons = (
                refused.group_by("reason")
                .len("rows")
                .sort("rows", "reason", descending=[True, False])
            )
            main_reasons = "; ".join(
                f"{reason} ({rows})" for reason, rows in reasons.head(3).iter_rows()
            )
            raise RawDataError(
                f"Nothing of delivery {delivery!r} is kept: {main_reasons}.",
                where=delivery,
                hint="its wave, sites or mapping are not those of the study.",
            )


def _check_overlap(read: Sequence[ReadFile]) -> None:
    """Refuses two files of one channel and wave that hold the same answers: each must count
    once.
    """
    keys = [
        file.harmonised.identities.with_columns(file=pl.lit(number, dtype=pl.Int32))
        for number, file in enumerate(read)
    ]
    if not keys:
        return
    key = ["channel", "wave", "kind", "key"]
    everywhere = pl.concat(keys).unique([*key, "file"], keep="first", maintain_order=True)
    duplicated = everywhere.filter(pl.struct(key).is_duplicated())
    if not duplicated.height:
        return
    pairs = (
        duplicated.join(duplicated, on=key, how="inner", maintain_order="left")
        .filter(pl.col("file") < pl.col("file_right"))
        .group_by("file", "file_right", "channel", "wave", "kind", maintain_order=True)
        .agg(pl.len(), pl.first("line", "line_right"))
        .sort("len", descending=True, maintain_order=True)
    )
    worst = pairs.row(0, named=True)
    first, other = read[worst["file"]], read[worst["file_right"]]
    former = min(first, other, key=lambda file: file.delivery.manifest.received).delivery
    hint = f"a fuller export is a new delivery that `replaces: {former.id}`"
    if first.delivery.id == other.delivery.id:
        hint = "leave one of the two out of the delivery"
    raise RawDataError(
        f"{worst['len']} answers stand in two files of channel {worst['channel']}, wave "
        f"{worst['wave']}.",
        where=f"{first.name}, line {worst['line']} = {other.name}, line {worst['line_right']}",
        hint=f"each must count once: {hint}.",
    )


def _check_samples(read: Sequence[ReadFile], study: Study) -> None:
    """Refuses a file with more answers than people who could give one."""
    free = ~pl.col("population").is_in(list(study.constrained()))
    for file in read:
        for directorate, sample in file.entry.sample.items():
            answers = file.harmonised.responses.filter(free, directorate=directorate).height
            eligible = sample.drawn - sample.ineligible
            if answers > eligible:
                raise RawDataError(
                    f"{answers} people of directorate {directorate} answered, and {eligible} were "
                    "drawn.",
                    where=file.name,
                    hint="`sample` counts everybody who was invited, ineligible people left out.",
                )


def _dispositions(read: Sequence[ReadFile], scope: Scope) -> pl.DataFrame:
    """`storage.Dispositions` of the files that were read, for a directorate and wave."""
    rows = [
        {
            "delivery": file.delivery.id,
            "file": file.entry.path,
            "channel": file.entry.channel,
            "drawn": sample.drawn,
            "ineligible": sample.ineligible,
        }
        for file in read
        for directorate, sample in file.entry.sample.items()
        if (directorate, file.entry.wave) == (scope.directorate, scope.wave)
    ]
    return make_table(rows, Dispositions)


def write_tables(workspace: Workspace, study: Study, read: Sequence[ReadFile]) -> dict[str, int]:
    """Writes what was read: responses, verbatims, receipts and counts of refusals per directorate
    and wave, and the refused rows of all.

    The files of a scope are those in which answers of it stand, and those of its wave of which
    nothing was kept. Its tables depend on them and on what is seen of the study there alone: what
    another wave brings leaves them as they are, to the byte.

    Returns:
        How many rows were received, kept, refused and duplicates.

    """
    origins = {
        (file.delivery.id, file.entry.path): (
            file.entry.sha256 or "",
            file.delivery.manifest.simulated,
        )
        for file in read
    }
    for layer in layers_from("deliveries"):
        shutil.rmtree(workspace.processed(study.id, layer.name), ignore_errors=True)

    def write(name: str, scope: Scope, table: pl.DataFrame, origin: Provenance) -> None:
        schema = LAYERS[name].schema
        path = workspace.table(study.id, name, scope)
        write_table(table.sort(schema.primary_key()), path, schema, origin)

    intake_study = study.for_intake()
    responses = _by_scope(pl.concat([file.harmonised.responses for file in read]))
    verbatims = _by_scope(pl.concat([file.harmonised.verbatims for file in read]))
    refused = pl.concat([file.harmonised.refused for file in read])
    receipts = pl.concat([file.harmonised.receipt for file in read])
    items = pl.concat([file.harmonised.items for file in read])
    refusals = refused.group_by("delivery", "file", "reason").agg(rows=pl.len().cast(pl.Int64))
    without_answers = pl.DataFrame(
        [
            (file.delivery.id, file.entry.path, file.entry.wave)
            for file in read
            if not file.kept_rows
        ],
        schema=dict.fromkeys(("delivery", "file", "wave"), pl.String),
        orient="row",
    )
    for scope, part in responses.items():
        origin = _provenance(part, intake_study.restricted_to(scope), origins)
        sources = pl.concat(
            layer.select("delivery", "file")
            for layer in (part, without_answers.filter(pl.col("wave") == scope.wave))
        )
        write("responses", scope, part, origin)
        if scope in verbatims:
            write("verbatims", scope, verbatims[scope], origin)
        for name, table in (
            ("refusals", refusals),
            ("receipts", receipts),
            ("item_receipts", items),
        ):
            write(name, scope, table.join(sources, on=["delivery", "file"], how="semi"), origin)
        write("dispositions", scope, _dispositions(read, scope), origin)
    write("refused", Scope(), refused, _provenance(receipts, intake_study, origins))
    totals: dict[str, int] = receipts.select(
        pl.sum("received", "kept", "refused", "duplicates")
    ).row(0, named=True)
    return totals


def _by_scope(frame: pl.DataFrame) -> dict[Scope, pl.DataFrame]:
    """The rows of each directorate and wave, in their order."""
    parts = frame.partition_by("directorate", "wave", as_dict=True, maintain_order=True)
    return {Scope(str(key[0]), str(key[1])): part for key, part in sorted(parts.items())}


def _provenance(
    part: pl.DataFrame, study: Study, origins: Mapping[tuple[str, str], tuple[str, bool]]
) -> Provenance:
    """The provenance of a table: the files that its rows come from."""
    sources = sorted(part.select("delivery", "file").unique().iter_rows())
    return Provenance(
        study=study.id,
        study_digest=study.digest,
        inputs={f"{delivery}/{file}": origins[delivery, file][0] for delivery, file in sources},
        simulated=any(origins[source][1] for source in sources),
    )
