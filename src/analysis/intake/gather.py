"""From registered deliveries to what they hold, checked against one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analysis.errors import RawDataError, quoted
from analysis.intake.deliveries import Delivery
from analysis.intake.flows.counting import FlowFile
from analysis.intake.flows.gathered import DeliveredFlow, GatheredFlows, gather_flows
from analysis.intake.frame import FrameFile
from analysis.intake.grids import GridFile
from analysis.intake.harmonise import HarmonisedFile, harmonise
from analysis.intake.manifest import FileEntry
from analysis.intake.measures.figures import MeasuredFile
from analysis.intake.measures.gathered import (
    DeliveredMeasures,
    GatheredMeasures,
    gather_measures,
)
from analysis.intake.raw_table import RawTable, Source
from analysis.intake.read_files import ReadFile, ReadFlow, ReadFrame, ReadGrid, ReadMeasures
from analysis.intake.readers import READERS
from analysis.intake.samples import check_samples
from analysis.storage import sha256_file
from analysis.study import Study


@dataclass(frozen=True)
class Reading:
    """What the files of some deliveries hold; its length is their number.

    Attributes:
        answers: The files of answers.
        measures: The files of monthly figures.
        frames: The sampling frames.
        flows: The files of counts.
        grids: The workbooks of sessions.
        figures: What files of monthly figures say together.
        counts: What files of counts do.

    """

    answers: tuple[ReadFile, ...]
    measures: tuple[ReadMeasures, ...]
    frames: tuple[ReadFrame, ...]
    flows: tuple[ReadFlow, ...]
    grids: tuple[ReadGrid, ...]
    figures: GatheredMeasures
    counts: GatheredFlows

    def __len__(self) -> int:
        return len(self.files)

    @property
    def files(self) -> tuple[ReadFile | ReadMeasures | ReadFrame | ReadFlow | ReadGrid, ...]:
        """All files that were read."""
        return (*self.answers, *self.measures, *self.frames, *self.flows, *self.grids)

    @property
    def deliveries(self) -> tuple[str, ...]:
        """The deliveries that something was read of."""
        return tuple(dict.fromkeys(file.delivery.id for file in self.files))


def read_delivery_file(
    delivery: Delivery, entry: FileEntry, study: Study
) -> HarmonisedFile | MeasuredFile | FrameFile | FlowFile | GridFile | None:
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
        measures=entry.measures,
        flow=entry.flow,
        grid=entry.grid,
        reviews=entry.reviews,
        received=delivery.manifest.received,
        absent=entry.absent,
    )
    raw = reader.read(source, study)
    if not isinstance(raw, RawTable):
        return raw
    return harmonise(
        raw,
        study,
        delivery=delivery.origin(entry),
        file=entry.path,
        digest=entry.sha256 or sha256_file(delivery.path(entry)),
        where=where,
    )


def read_deliveries(registered: Sequence[Delivery], study: Study) -> Reading:
    """Reads all files of some deliveries, and checks them against one another.

    Raises:
        IntakeError: a file cannot be read as its manifest says.
        RawDataError: nothing of a delivery is kept, the same answers, counts or observations stand
            in two files, a delivery gives two numbers for one figure, or a sample is told twice or
            too small.

    """
    answers: list[ReadFile] = []
    measures: list[ReadMeasures] = []
    frames: list[ReadFrame] = []
    flows: list[ReadFlow] = []
    grids: list[ReadGrid] = []
    for delivery in registered:
        for entry in delivery.manifest.files:
            content = read_delivery_file(delivery, entry, study)
            if isinstance(content, MeasuredFile):
                measures.append(ReadMeasures(delivery, entry, content))
            elif isinstance(content, FrameFile):
                frames.append(ReadFrame(delivery, entry, content))
            elif isinstance(content, FlowFile):
                flows.append(ReadFlow(delivery, entry, content))
            elif isinstance(content, GridFile):
                grids.append(ReadGrid(delivery, entry, content))
            elif content is not None:
                answers.append(ReadFile(delivery, entry, content))
    read = Reading(
        answers=tuple(answers),
        measures=tuple(measures),
        frames=tuple(frames),
        flows=tuple(flows),
        grids=tuple(grids),
        figures=_gather(measures, study),
        counts=_gather_counts(flows),
    )
    _check_not_empty(read)
    _check_overlap(answers)
    _check_sessions(grids)
    check_samples(answers, frames, study)
    return read


def _gather(files: Sequence[ReadMeasures], study: Study) -> GatheredMeasures:
    """What files of figures say together."""
    delivered = [
        DeliveredMeasures(
            delivery=file.delivery.id,
            origin=file.origin,
            received=file.delivery.manifest.received,
            file=file.entry.path,
            measured=file.measured,
        )
        for file in files
    ]
    return gather_measures(delivered, study)


def _gather_counts(files: Sequence[ReadFlow]) -> GatheredFlows:
    """What files of counts say together."""
    return gather_flows(
        [
            DeliveredFlow(
                delivery=file.delivery.id,
                origin=file.origin,
                received=file.delivery.manifest.received,
                file=file.entry.path,
                flow=file.flow,
            )
            for file in files
        ]
    )


def _check_sessions(files: Sequence[ReadGrid]) -> None:
    """Refuses a session that stands in two files: its people would count twice."""
    first: dict[tuple[str, ...], ReadGrid] = {}
    for file in files:
        for session in file.grid.rows.select("directorate", "device", "session").unique().rows():
            other = first.setdefault(session, file)
            if other is not file:
                raise RawDataError(
                    f"Session {quoted(session[2])} of {session[0]} stands in two files.",
                    where=f"{other.name} and {file.name}",
                    hint="each session counts once: name it otherwise, or leave one file out.",
                )


def _check_not_empty(read: Reading) -> None:
    """Refuses a delivery of whose answers nothing is kept, or of whose figures where it has no
    answers, or of whose frames, counts and observations where it has neither.
    """
    for delivery in read.deliveries:
        answers = [file for file in read.answers if file.delivery.id == delivery]
        figures = [file.measured for file in read.measures if file.delivery.id == delivery]
        cells = [one.frame.cells.height for one in read.frames if one.delivery.id == delivery]
        counts = [one.flow.counts.height for one in read.flows if one.delivery.id == delivery]
        seen = [one.grid.rows.height for one in read.grids if one.delivery.id == delivery]
        kept = [file.kept_rows for file in answers] or [one.figures.height for one in figures]
        if sum(kept or [*cells, *counts, *seen]):
            continue
        reasons: Counter[str] = Counter()
        for file in answers:
            reasons.update(file.harmonised.refused.get_column("reason"))
        for measured in figures:
            reasons.update(measured.refused)
        for flow in (one.flow for one in read.flows if one.delivery.id == delivery):
            reasons.update(flow.left_out)
        first = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3]
        main_reasons = "; ".join(f"{reason} ({rows})" for reason, rows in first)
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
