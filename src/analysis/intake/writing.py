"""From what deliveries hold to tables per directorate and wave."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from analysis.intake.gather import Reading
from analysis.intake.read_files import ReadGrid
from analysis.intake.samples import dispositions
from analysis.storage import (
    LAYERS,
    Grids,
    Measures,
    Provenance,
    layers_from,
    write_table,
)
from analysis.study import Study, Workspace
from analysis.study.scope import Scope


@dataclass(frozen=True)
class Totals:
    """How much was read.

    Attributes:
        received, kept, refused, duplicates: Rows of answers: the first is the sum of the others.
        figures, figures_refused, figures_repeated: Monthly figures that are kept (those that are
            missing among them), refused, and left for those of a later delivery.
        counts, counts_repeated: Monthly counts that are kept, and left for those of a later
            delivery.
        observations: Rows of grids.
        revised: Delivery → how many figures or counts of earlier deliveries it says otherwise.

    """

    received: int = 0
    kept: int = 0
    refused: int = 0
    duplicates: int = 0
    figures: int = 0
    figures_refused: int = 0
    figures_repeated: int = 0
    counts: int = 0
    counts_repeated: int = 0
    observations: int = 0
    revised: dict[str, int] = field(default_factory=dict)


def write_tables(workspace: Workspace, study: Study, read: Reading) -> Totals:
    """Writes what was read: responses, verbatims, receipts, counts of refusals and monthly figures
    per directorate and wave, and the refused rows of all.

    The files of a scope are those in which answers of it stand, and those of its wave of which
    nothing was kept. Its tables depend on them and on what is seen of the study there alone: what
    another wave brings leaves them as they are, to the byte.
    """
    for layer in layers_from("deliveries"):
        shutil.rmtree(workspace.processed(study.id, layer.name), ignore_errors=True)
    writer = _Writer(workspace, study, read)
    responses = writer.write_answers()
    if study.management:
        writer.write_measures(read.figures.table, responses)
    writer.write_by_scope("flows", read.counts.table)
    writer.write_by_scope("grids", _observations(read.grids))
    rows = {
        name: sum(int(file.harmonised.receipt.item(0, name)) for file in read.answers)
        for name in ("received", "kept", "refused", "duplicates")
    }
    return Totals(
        **rows,
        figures=read.figures.table.height,
        figures_refused=sum(sum(file.measured.refused.values()) for file in read.measures),
        figures_repeated=read.figures.repeated,
        counts=read.counts.table.height,
        counts_repeated=read.counts.repeated,
        observations=sum(file.grid.rows.height for file in read.grids),
        revised=dict(Counter(read.figures.revised) + Counter(read.counts.revised)),
    )


class _Writer:
    """Writes tables, each with the files that its rows come from."""

    def __init__(self, workspace: Workspace, study: Study, read: Reading) -> None:
        self._workspace, self._study = workspace, study.for_intake()
        self._answers, self._frames = read.answers, read.frames
        self._origins = {
            (file.origin, file.entry.path): (
                file.entry.sha256 or "",
                file.delivery.manifest.simulated,
            )
            for file in read.files
        }

    def write_answers(self) -> dict[Scope, pl.DataFrame]:
        """Writes what files of answers became; gives the responses of each directorate and wave."""
        if not self._answers:
            return {}
        files = [file.harmonised for file in self._answers]
        responses = _by_scope(pl.concat([file.responses for file in files]))
        verbatims = _by_scope(pl.concat([file.verbatims for file in files]))
        refused = pl.concat([file.refused for file in files])
        receipts = pl.concat([file.receipt for file in files])
        items = pl.concat([file.items for file in files])
        refusals = refused.group_by("delivery", "file", "reason").agg(rows=pl.len().cast(pl.Int64))
        without_answers = self._files_without_answers()
        for scope, part in responses.items():
            origin = self._provenance(part, scope)
            sources = pl.concat(
                layer.select("delivery", "file")
                for layer in (part, without_answers.filter(pl.col("wave") == scope.wave))
            )
            self._write("responses", scope, part, origin)
            if scope in verbatims:
                self._write("verbatims", scope, verbatims[scope], origin)
            for name, table in (
                ("refusals", refusals),
                ("receipts", receipts),
                ("item_receipts", items),
            ):
                of_scope = table.join(sources, on=["delivery", "file"], how="semi")
                self._write(name, scope, of_scope, origin)
            samples = dispositions(self._answers, self._frames, scope)
            both = [table.select("delivery", "file") for table in (part, samples)]
            self._write("dispositions", scope, samples, self._provenance(pl.concat(both), scope))
        self._write("refused", Scope(), refused, self._provenance(receipts, Scope()))
        return responses

    def write_measures(self, table: pl.DataFrame, responses: dict[Scope, pl.DataFrame]) -> None:
        """Writes the monthly figures of each directorate and wave that has some, or answers: an
        empty table says that nothing was delivered, and comes from the files of the answers.
        """
        parts = _by_scope(table)
        for scope in sorted({*parts, *responses}, key=lambda scope: scope.parts):
            part = parts.get(scope, Measures.create_empty())
            origin = self._provenance(part if part.height else responses[scope], scope)
            self._write("measures", scope, part, origin)

    def write_by_scope(self, name: str, table: pl.DataFrame) -> None:
        """Writes the rows of a layer of each directorate and wave that has some."""
        for scope, part in _by_scope(table).items():
            self._write(name, scope, part, self._provenance(part, scope))

    def _files_without_answers(self) -> pl.DataFrame:
        """The files of which nothing was kept, with their waves."""
        return pl.DataFrame(
            [
                (file.origin, file.entry.path, file.entry.wave)
                for file in self._answers
                if not file.kept_rows
            ],
            schema=dict.fromkeys(("delivery", "file", "wave"), pl.String),
            orient="row",
        )

    def _write(self, name: str, scope: Scope, table: pl.DataFrame, origin: Provenance) -> None:
        schema = LAYERS[name].schema
        path = self._workspace.table(self._study.id, name, scope)
        write_table(table.sort(schema.primary_key()), path, schema, origin)

    def _provenance(self, part: pl.DataFrame, scope: Scope) -> Provenance:
        """The provenance of a table: the files that its rows come from."""
        sources = sorted(part.select("delivery", "file").unique().iter_rows())
        return Provenance(
            study=self._study.id,
            study_digest=self._study.restricted_to(scope).digest,
            inputs={
                f"{delivery}/{file}": self._origins[delivery, file][0] for delivery, file in sources
            },
            simulated=any(self._origins[source][1] for source in sources),
        )


def _observations(files: Sequence[ReadGrid]) -> pl.DataFrame:
    """`storage.Grids`: what was seen in all sessions."""
    rows = [
        file.grid.rows.with_columns(delivery=pl.lit(file.origin), file=pl.lit(file.entry.path))
        for file in files
    ]
    return pl.concat(rows).select(Grids.column_names()) if rows else Grids.create_empty()


def _by_scope(frame: pl.DataFrame) -> dict[Scope, pl.DataFrame]:
    """The rows of each directorate and wave, in their order."""
    parts = frame.partition_by("directorate", "wave", as_dict=True, maintain_order=True)
    return {Scope(str(key[0]), str(key[1])): part for key, part in sorted(parts.items())}
