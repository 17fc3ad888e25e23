"""Four-face kiosks: one line per press, button 0 (worst) to 3 (best), local time without offset.

Presses flagged as misuse are refused, and so is a press less than five seconds after the one before at the same
kiosk (a child's burst, a test by staff).
Source: HappyOrNot API v2, ``ButtonFeedback``.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analysis.errors import IntakeError
from analysis.intake.manifest import DateColumn, DateShape, Dialect, FileEntry, ItemColumn, Mapping, Selector
from analysis.intake.readers.delimited import RawTable, read_rows, require
from analysis.study import Study

COLUMNS = (
    "feedbackId", "smileyId", "localTime", "surveyId", "experiencePointId", "buttonIndex", "misuse", "position",
    "ui", "smileyType",
)  # fmt: skip
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
FACES = 4
BURST_SECONDS = 5


def read(path: Path, entry: FileEntry, study: Study, where: str) -> RawTable:
    """Reads an export of presses; the channel asks one item, on a scale of four faces.

    Raises:
        IntakeError: not such an export, or the channel's item does not have four levels.

    """
    rows, lines, refusals = read_rows(path, entry.dialect or Dialect(), where)
    for column in COLUMNS:
        require(column, rows.columns, where)
    assert entry.channel is not None and entry.wave is not None
    items = study.channel(entry.channel).items
    if len(items) != 1 or len(study.scale(items[0]).levels) != FACES:
        raise IntakeError(f"Channel {entry.channel} does not ask one item on {FACES} faces.", where=where)
    times = rows.get_column("localTime").str.to_datetime(TIME_FORMAT, strict=False)
    presses = pl.DataFrame({"row": range(rows.height), "kiosk": rows["experiencePointId"], "time": times})
    gaps = presses.sort("kiosk", "time", "row").with_columns(gap=pl.col("time").diff().over("kiosk")).sort("row")
    burst = (gaps.get_column("gap") < pl.duration(seconds=BURST_SECONDS)).fill_null(value=False)
    reason = (
        pl.when(refusals.is_not_null())
        .then(refusals)
        .when(rows.get_column("misuse").str.to_lowercase() == "true")
        .then(pl.lit("misuse flagged by the kiosk"))
        .when(burst)
        .then(pl.lit(f"burst: under {BURST_SECONDS} s after the press before"))
    )
    codes = study.scale(items[0]).codes
    mapping = Mapping(
        wave=Selector(value=entry.wave),
        channel=Selector(value=entry.channel),
        site=Selector(column="experiencePointId"),
        day=DateColumn(column="localTime", shapes=(DateShape(shape="9999-99-99T99:99:99", formats=(TIME_FORMAT,)),)),
        items={items[0]: ItemColumn(column="buttonIndex", values={str(index): code for index, code in enumerate(codes)})},
    )
    return RawTable(rows, lines, pl.select(reason.alias("refusal")).to_series(), mapping)
