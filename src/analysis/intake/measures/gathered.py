"""What the files of figures of all deliveries say together: one figure per indicator, month and
place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analysis.errors import RawDataError, quoted
from analysis.intake.measures.figures import MeasuredFile
from analysis.storage import Measures
from analysis.study import Study
from analysis.study.management import ADDITIVE, SCALE

KEY = ["directorate", "site", "indicator", "month"]


@dataclass(frozen=True)
class DeliveredMeasures:
    """The figures of a file, and where it came from: its delivery, and the one that it is known by,
    which brought it first.
    """

    delivery: str
    origin: str
    received: date
    file: str
    measured: MeasuredFile


@dataclass(frozen=True)
class GatheredMeasures:
    """The figures of all files.

    Attributes:
        table: `storage.Measures`, of all directorates and waves.
        repeated: How many are not in it, since they are given again, by a later delivery or another
            table of the same one.
        revised: Delivery → how many figures of earlier ones it says otherwise.

    """

    table: pl.DataFrame
    repeated: int
    revised: dict[str, int]


def gather_measures(files: Sequence[DeliveredMeasures], study: Study) -> GatheredMeasures:
    """One figure per indicator, month and place: of several deliveries, the one that was received
    last counts, then the last by its identifier. Within a delivery, a number comes before a sign.

    Raises:
        RawDataError: two tables of one delivery give two numbers for one figure.

    """
    if not files:
        return GatheredMeasures(Measures.create_empty(), 0, {})
    every = pl.concat(_with_origin(file) for file in files)
    rows = every.sort(
        "received", "delivery", *KEY, pl.col("missing") != "", "file", "sheet", "line"
    )
    _check_agree(rows)
    once = rows.unique(["delivery", *KEY], keep="first", maintain_order=True)
    value = pl.col("value")
    revisions = once.filter(
        value.ne_missing(value.shift(1)).over(KEY), pl.int_range(pl.len()).over(KEY) > 0
    )
    counts = revisions.group_by("delivery").len().sort("delivery")
    last = once.unique(KEY, keep="last", maintain_order=True).with_columns(delivery="origin")
    repeated = rows.height - last.height
    return GatheredMeasures(_with_parts(last, study), repeated, dict(counts.iter_rows()))


def _with_origin(file: DeliveredMeasures) -> pl.DataFrame:
    return file.measured.figures.with_columns(
        delivery=pl.lit(file.delivery),
        origin=pl.lit(file.origin),
        file=pl.lit(file.file),
        received=pl.lit(file.received),
    )


def _check_agree(rows: pl.DataFrame) -> None:
    """Refuses a delivery that gives two numbers for one figure.

    Raises:
        RawDataError: where both stand.

    """
    key = ["delivery", *KEY]
    known = rows.filter(pl.col("value").is_not_null())
    apart = known.filter(pl.col("value").n_unique().over(key) > 1)
    if not apart.height:
        return
    first = apart.row(0, named=True)
    other = apart.filter(
        *(pl.col(name) == first[name] for name in key), pl.col("value") != first["value"]
    ).row(0, named=True)
    raise RawDataError(
        f"Two figures stand for {first['indicator']} of {first['site'] or first['directorate']} in "
        f"{first['month']:%Y-%m}: {first['value']:g} and {other['value']:g}.",
        where=f"{_place(first)} = {_place(other)}",
        hint="a delivery gives each figure once: correct one, or take its row out.",
    )


def _place(row: dict[str, Any]) -> str:
    sheet = f", sheet {quoted(row['sheet'])}" if row["sheet"] else ""
    return f"{row['delivery']}/{row['file']}{sheet}, row {row['line']}"


def _with_parts(figures: pl.DataFrame, study: Study) -> pl.DataFrame:
    """`storage.Measures`: each figure with what it is made of, where the count it is `of` is known
    in the same place and month.
    """
    of = {indicator.id: indicator.of for indicator in study.management if indicator.of}
    counts = figures.filter(pl.col("unit") == ADDITIVE).select(
        "directorate", "site", "month", of="indicator", denominator="value"
    )
    scale = pl.col("unit").replace_strict(SCALE, default=1.0, return_dtype=pl.Float64)
    parts = figures.with_columns(
        of=pl.col("indicator").replace_strict(of, default=None, return_dtype=pl.String)
    ).join(counts, on=["directorate", "site", "month", "of"], how="left")
    made = pl.col("value") * pl.col("denominator") / scale
    table = parts.with_columns(
        numerator=pl.when(pl.col("unit") == ADDITIVE)
        .then("value")
        .when(pl.col("denominator") == 0)  # no case: nothing to add, whatever stands there
        .then(0.0)
        .otherwise(made)
    )
    names = Measures.column_names()
    return table.select(names).sort(Measures.primary_key())
