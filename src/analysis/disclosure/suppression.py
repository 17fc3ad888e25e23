"""One release per edition: over all its tables, which figures are hidden.

Primary suppression follows the table of thresholds. Then the complements: where the categories of a table add up to a
published total, no hidden category may be found by subtraction. Last, the readings of one distribution: together they
give its level counts back, so a cell with a small level keeps only its primary reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from analysis.disclosure.policy import Audience, Status, status_of_base
from analysis.storage import Collection, Estimates, Released
from analysis.study import Study, Thresholds

TOTAL = "total"
LEVEL_PREFIX = "P"
"""Definitions P1, P2, … are the shares of the levels 1, 2, … of a scale."""

CELL = ("directorate", "wave", "item", "channels", "breakdown", "category")
NUMBERS = ("value", "se", "low", "high", "base", "df")


def release(estimates: pl.DataFrame, study: Study, *, audience: Audience) -> pl.DataFrame:
    """What an audience may see of all the estimates of an edition.

    Args:
        estimates: `storage.Estimates` of every directorate and wave of the edition.
        audience: Who reads it.

    Returns:
        `storage.Released`: the same rows, hidden figures without any number.

    """
    Estimates.validate(estimates)
    thresholds = study.thresholds
    cells = {
        tuple(row[name] for name in CELL): _Cell(row["base"], row["counts"])
        for row in estimates.select(*CELL, "base", "counts").iter_rows(named=True)
    }
    for cell in cells.values():
        cell.status = status_of_base(cell.base, thresholds, audience)
    for table in _tables(cells):
        _hide_complements(table, thresholds)
    status = [_status(row, cells, study) for row in estimates.iter_rows(named=True)]
    hidden = pl.Series([Status(one).hidden for one in status], dtype=pl.Boolean)
    released = estimates.with_columns(
        pl.Series("status", status, dtype=pl.String),
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in NUMBERS),
        audience=pl.lit(audience.value),
    )
    return Released.validate(released.select(Released.column_names()).sort(Released.primary_key()))


def release_collection(collection: pl.DataFrame, study: Study, *, audience: Audience) -> pl.DataFrame:
    """What an audience may see of the collection: counts and shares on bases under the threshold are emptied,
    with a second category of the same variable where one alone would be found by subtraction.
    """
    thresholds = study.thresholds
    keys = ["directorate", "wave", "variable"]
    small: set[tuple[str, ...]] = set()
    counted = collection.filter(pl.col("measure").is_in(["answers", "sample_share"]))
    for group, rows in counted.sort("base", "category").group_by(keys, maintain_order=True):
        cells = [_Cell(row["base"], [], name=row["category"]) for row in rows.iter_rows(named=True)]
        for cell in cells:
            cell.status = status_of_base(cell.base, thresholds, audience) if cell.base else Status.SHOWN
        _hide_complements(cells, thresholds)
        small |= {(*map(str, group), cell.name) for cell in cells if cell.status.hidden}
    key = pl.concat_list(*keys, "category")
    hidden = collection.select(key.alias("key")).to_series().to_list()
    mask = pl.Series([tuple(one) in small for one in hidden], dtype=pl.Boolean)
    result = collection.with_columns(pl.when(~mask).then(pl.col(name)).alias(name) for name in ("value", "base"))
    return Collection.validate(result)


# --- cells ---------------------------------------------------------------------------------------------


@dataclass
class _Cell:
    """One cell of a table: its base, level counts (worst first) and what becomes of it."""

    base: int
    counts: Sequence[int]
    status: Status = Status.SHOWN
    name: str = ""


def _tables(cells: dict[tuple[str, ...], _Cell]) -> Iterable[list[_Cell]]:
    """The cells that add up to a published total: the categories of a breakdown of the same channels and item."""
    tables: dict[tuple[str, ...], list[_Cell]] = {}
    for key, cell in cells.items():
        *table, breakdown, _ = key
        if breakdown != TOTAL and (*table, TOTAL, TOTAL) in cells:
            tables.setdefault((*table, breakdown), []).append(cell)
    return tables.values()


def _hide_complements(table: list[_Cell], thresholds: Thresholds) -> None:
    """Hides the smallest shown cells until what is hidden cannot be found by subtracting the shown from the total."""
    while True:
        hidden = [cell for cell in table if cell.status.hidden and cell.base > 0]
        shown = sorted((cell for cell in table if not cell.status.hidden), key=lambda cell: cell.base)
        enough = len(hidden) >= 2 and sum(cell.base for cell in hidden) >= thresholds.suppressed_below
        if not hidden or enough or not shown:
            return
        shown[0].status = Status.SUPPRESSED


# --- readings ------------------------------------------------------------------------------------------


def _status(row: dict[str, object], cells: dict[tuple[str, ...], _Cell], study: Study) -> str:  # noqa: PLR0911 - one per rule
    """The status of one estimate: its cell's, then what its reading would give away."""
    cell = cells[tuple(str(row[name]) for name in CELL)]
    if cell.status.hidden:
        return cell.status
    indicator = study.indicator(str(row["indicator"]))
    name, primary = str(row["definition"]), study.definition(indicator.definitions[0])
    thresholds = study.thresholds
    top = len(cell.counts) - (primary.top or 0)
    if study.item(indicator.item).sensitive:
        favourable = sum(cell.counts[top:])
        if min(favourable, cell.base - favourable) < thresholds.suppressed_below:
            return Status.SUPPRESSED
    if name == primary.id:
        return cell.status
    if cell.base < thresholds.fragile_below:
        return Status.SUPPRESSED
    hidden_levels = _hidden_levels(cell.counts, top, thresholds)
    if not name.startswith(LEVEL_PREFIX):
        return Status.SUPPRESSED if hidden_levels else cell.status
    if cell.base < thresholds.caution_below:
        return Status.UNAVAILABLE
    codes = study.scale(indicator.item).codes
    return Status.SUPPRESSED if codes.index(int(name[1:])) in hidden_levels else cell.status


def _hidden_levels(counts: Sequence[int], top: int, thresholds: Thresholds) -> set[int]:
    """Levels whose share must be hidden: the small ones, and on each side of the primary reading (whose share is
    published) a second one where a single small level would be the difference.
    """
    hidden: set[int] = set()
    for side in (range(top), range(top, len(counts))):
        small = {level for level in side if 0 < counts[level] < thresholds.suppressed_below}
        others = sorted((level for level in side if level not in small and counts[level] > 0), key=lambda i: counts[i])
        while small and others and (len(small) < 2 or sum(counts[i] for i in small) < thresholds.suppressed_below):
            small.add(others.pop(0))
        hidden |= small
    return hidden
