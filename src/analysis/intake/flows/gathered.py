"""What the files of counts of all deliveries say together: one count per product, series and
month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from analysis.errors import RawDataError
from analysis.intake.flows.counting import FlowFile
from analysis.storage import Flows

KEY = ["directorate", "device", "series", "month"]


@dataclass(frozen=True)
class DeliveredFlow:
    """The counts of a file, and where it came from: its delivery, and the one that it is known by,
    which brought it first.
    """

    delivery: str
    origin: str
    received: date
    file: str
    flow: FlowFile


@dataclass(frozen=True)
class GatheredFlows:
    """The counts of all files.

    Attributes:
        table: `storage.Flows`, of all products and waves.
        repeated: How many are not in it, since a later delivery gives them again.
        revised: Delivery → how many counts of earlier ones it says otherwise.

    """

    table: pl.DataFrame
    repeated: int
    revised: dict[str, int]


def gather_flows(files: Sequence[DeliveredFlow]) -> GatheredFlows:
    """One count per series, month and product: of several deliveries, the one that was received
    last counts, then the last by its identifier.

    Raises:
        RawDataError: two files of one delivery hold a month of one series.

    """
    if not files:
        return GatheredFlows(Flows.create_empty(), 0, {})
    rows = pl.concat(
        file.flow.counts.with_columns(
            delivery=pl.lit(file.delivery),
            origin=pl.lit(file.origin),
            file=pl.lit(file.file),
            received=pl.lit(file.received),
        )
        for file in files
    ).sort("received", "delivery", *KEY, "file", "line")
    _check_once(rows)
    changed = rows.filter(
        pl.col("count").ne_missing(pl.col("count").shift(1)).over(KEY),
        pl.int_range(pl.len()).over(KEY) > 0,
    )
    revised = changed.group_by("delivery").len().sort("delivery")
    last = rows.unique(KEY, keep="last", maintain_order=True).with_columns(delivery="origin")
    table = last.select(Flows.column_names()).sort(Flows.primary_key())
    return GatheredFlows(table, rows.height - last.height, dict(revised.iter_rows()))


def _check_once(rows: pl.DataFrame) -> None:
    """Refuses a delivery that gives a month twice."""
    twice = rows.filter(pl.struct("delivery", *KEY).is_duplicated())
    if not twice.height:
        return
    first = twice.row(0, named=True)
    other = twice.filter(*(pl.col(name) == first[name] for name in ["delivery", *KEY])).row(
        1, named=True
    )
    raise RawDataError(
        f"The month {first['month']:%Y-%m} of {first['series']} of {first['directorate']} stands "
        "in two files.",
        where=f"{first['delivery']}: {first['file']}, line {first['line']} = {other['file']}, "
        f"line {other['line']}",
        hint="a delivery gives each month once: leave one of the two out.",
    )
