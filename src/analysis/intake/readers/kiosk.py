"""Four-face kiosks: one line per press, button 0 (worst) to 3 (best), local time without offset.

Presses flagged as misuse are refused, and so is a press less than five seconds after the one before
at the same kiosk (a child's burst, a test by staff). Source: HappyOrNot API v2, ``ButtonFeedback``.
"""

from __future__ import annotations

import polars as pl

from analysis.errors import IntakeError
from analysis.intake.mapping import (
    ColumnMapping,
    DateColumn,
    DateShape,
    Dialect,
    ItemColumn,
    Selector,
)
from analysis.intake.raw_table import DelimitedFile, RawTable, Source
from analysis.intake.readers.base import ANSWERS, Reader
from analysis.study import Study

COLUMNS = (
    "feedbackId",
    "smileyId",
    "localTime",
    "surveyId",
    "experiencePointId",
    "buttonIndex",
    "misuse",
    "position",
    "ui",
    "smileyType",
)
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
FACES = 4
BURST_SECONDS = 5


def read_kiosk(source: Source, study: Study) -> RawTable:
    """Reads an export of presses; the channel asks one item, on a scale of four faces.

    Raises:
        IntakeError: not such an export, or the channel's item does not have four levels.

    """
    assert source.channel is not None and source.wave is not None
    items = study.channel(source.channel).items
    if len(items) != 1 or len(study.scale(items[0]).levels) != FACES:
        raise IntakeError(
            f"Channel {source.channel} does not ask one item on {FACES} faces.",
            where=source.where,
            hint=(
                "kiosks with other faces need a scale of as many levels, and a reader that knows "
                "them."
            ),
        )
    file = DelimitedFile.open(source, Dialect(), COLUMNS)
    file.require(*COLUMNS)
    codes = study.scale(items[0]).codes
    values = {str(index): code for index, code in enumerate(codes)}
    shape = DateShape(shape="9999-99-99T99:99:99", formats=(TIME_FORMAT,))
    mapping = ColumnMapping(
        wave=Selector(value=source.wave),
        channel=Selector(value=source.channel),
        site=Selector(column="experiencePointId"),
        day=DateColumn(column="localTime", shapes=(shape,)),
        identity=("feedbackId",),
        items={items[0]: ItemColumn(column="buttonIndex", values=values)},
    )
    bursts, misuse = _bursts(file), file.columns.index("misuse")

    def refusal(row: list[str], number: int) -> str | None:
        if row[misuse].lower() == "true":
            return "misuse flagged by the kiosk"
        return (
            f"burst: under {BURST_SECONDS} s after the press before" if number in bursts else None
        )

    return RawTable(file.batches(mapping.columns, prepare=refusal), mapping)


def _bursts(file: DelimitedFile) -> frozenset[int]:
    """The numbers of the presses that come too soon after the one before on the same device,
    whatever their order.
    """
    columns = ("smileyId", "experiencePointId", "localTime", "misuse")
    parts = [
        pl.DataFrame(batch.columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
            number=pl.Series(batch.numbers, dtype=pl.Int64)
        )
        for batch in file.batches(columns)
    ]
    device = ["smileyId", "experiencePointId"]
    time = pl.col("localTime").str.to_datetime(TIME_FORMAT, strict=False)
    presses = (
        pl.concat(parts)
        .filter(pl.col("misuse").str.to_lowercase() != "true")
        .with_columns(time=time)
        .sort(*device, "time", "number")
    )
    gap = pl.col("time").diff().over(device)
    soon = presses.filter(gap < pl.duration(seconds=BURST_SECONDS))
    return frozenset(soon.get_column("number"))


READER = Reader(name="kiosk", described_by="channel and wave", read=read_kiosk, produces=ANSWERS)
