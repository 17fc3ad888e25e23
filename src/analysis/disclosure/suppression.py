"""One release per edition: over all its tables, which figures are hidden.

Primary suppression follows the table of thresholds, and hides a cell whose primary reading would
show a small group. Then the complements: where the categories of a table add up to a published
total, no hidden category may be found by subtraction. Last, the readings of one distribution:
together they give its level counts back, so a cell with a small level keeps its primary reading
only; and again the complements, reading by reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from analysis.disclosure.policy import Audience, Status, status_of_base
from analysis.storage import Collection, Estimates, Released
from analysis.study import Definition, Study, Thresholds

TOTAL = "total"
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
    rows = list(estimates.iter_rows(named=True))
    cells: dict[Key, _Cell] = {}
    for row in rows:
        key = _key(row)
        cell = cells.setdefault(key, _Cell(row["base"], row["counts"]))
        cell.readings.setdefault(row["definition"], Status.SHOWN)
        if row["kind"] == "level_share":
            cell.levels.add(row["definition"])
    for key, cell in cells.items():
        cell.status = _cell_status(key, cell, study, audience)
    tables = _tables(cells)
    for _, table in tables:
        _hide_complements(table, thresholds)
    for key, cell in cells.items():
        _hide_readings(cell, _primaries(study, key), thresholds)
    for total, table in tables:
        _hide_lone_readings(total, table)
    status = [cells[_key(row)].readings[row["definition"]] for row in rows]
    hidden = pl.Series([one.hidden for one in status], dtype=pl.Boolean)
    released = estimates.with_columns(
        pl.Series("status", [one.value for one in status], dtype=pl.String),
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in NUMBERS),
        audience=pl.lit(audience.value),
    )
    return Released.validate(released.select(Released.column_names()).sort(Released.primary_key()))


def release_collection(
    collection: pl.DataFrame, study: Study, *, audience: Audience
) -> pl.DataFrame:
    """What an audience may see of the collection: counts and shares on bases under the threshold
    are emptied, with a second category of the same variable where one alone would be found by
    subtraction.
    """
    thresholds = study.thresholds
    keys = ["directorate", "wave", "variable"]
    small: set[tuple[str, ...]] = set()
    counted = collection.filter(pl.col("measure").is_in(["answers", "sample_share"]))
    for group, rows in counted.sort("base", "category").group_by(keys, maintain_order=True):
        cells = [_Cell(row["base"], [], name=row["category"]) for row in rows.iter_rows(named=True)]
        for cell in cells:
            cell.status = (
                status_of_base(cell.base, thresholds, audience) if cell.base else Status.SHOWN
            )
        _hide_complements(cells, thresholds)
        small |= {(*map(str, group), cell.name) for cell in cells if cell.status.hidden}
    key = pl.concat_list(*keys, "category")
    hidden = collection.select(key.alias("key")).to_series().to_list()
    mask = pl.Series([tuple(one) in small for one in hidden], dtype=pl.Boolean)
    result = collection.with_columns(
        pl.when(~mask).then(pl.col(name)).alias(name) for name in ("value", "base")
    )
    return Collection.validate(result)


# --- cells ----------------------------------------------------------------------------------------

Key = tuple[str, ...]


@dataclass
class _Cell:
    """One cell of a table: its base, level counts (worst first) and what becomes of it and of each
    reading.
    """

    base: int
    counts: Sequence[int]
    status: Status = Status.SHOWN
    name: str = ""
    readings: dict[str, Status] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)

    def smaller_side(self, primary: Definition) -> int:
        """The unweighted answers on the smaller side of a share."""
        favourable = sum(self.counts[len(self.counts) - (primary.top or 0) :])
        return min(favourable, self.base - favourable)


def _key(row: dict[str, object]) -> Key:
    return tuple(str(row[name]) for name in CELL)


def _primaries(study: Study, key: Key) -> list[Definition]:
    """The primary definitions of the indicators of a cell's item, in the study's order."""
    item = key[CELL.index("item")]
    return [study.definition(one.definitions[0]) for one in study.indicators if one.item == item]


def _cell_status(key: Key, cell: _Cell, study: Study, audience: Audience) -> Status:
    """What the base allows, and whether a share would show a small group on one of its sides."""
    thresholds = study.thresholds
    status = status_of_base(cell.base, thresholds, audience)
    if status.hidden:
        return status
    sides = [
        cell.smaller_side(primary)
        for primary in _primaries(study, key)
        if primary.kind == "top_share"
    ]
    lowest = 0 if study.item(key[CELL.index("item")]).sensitive else 1
    if any(lowest <= side < thresholds.suppressed_below for side in sides):
        return Status.SUPPRESSED
    return status


def _tables(cells: dict[Key, _Cell]) -> list[tuple[_Cell, list[_Cell]]]:
    """Published totals with the cells that add up to them: the categories of a breakdown of the
    same channels and item.
    """
    tables: dict[Key, list[_Cell]] = {}
    totals: dict[Key, _Cell] = {}
    for key, cell in cells.items():
        *table, breakdown, _ = key
        total = cells.get((*table, TOTAL, TOTAL))
        if breakdown != TOTAL and total is not None:
            tables.setdefault((*table, breakdown), []).append(cell)
            totals[*table, breakdown] = total
    return [(totals[key], table) for key, table in tables.items()]


def _hide_complements(table: list[_Cell], thresholds: Thresholds) -> None:
    """Hides the smallest shown cells until what is hidden cannot be found by subtracting the shown
    from the total.
    """
    while True:
        hidden = [cell for cell in table if cell.status.hidden and cell.base > 0]
        shown = sorted(
            (cell for cell in table if not cell.status.hidden), key=lambda cell: cell.base
        )
        enough = (
            len(hidden) >= 2 and sum(cell.base for cell in hidden) >= thresholds.suppressed_below
        )
        if not hidden or enough or not shown:
            return
        shown[0].status = Status.SUPPRESSED


# --- readings -------------------------------------------------------------------------------------


def _hide_readings(cell: _Cell, primaries: list[Definition], thresholds: Thresholds) -> None:
    """Decides each reading of a cell: all where no group is small, the first primary one alone
    otherwise.
    """
    small = any(0 < count < thresholds.suppressed_below for count in cell.counts)
    for name in cell.readings:
        status = cell.status
        if not status.hidden and name != primaries[0].id:
            if cell.base < thresholds.fragile_below or small:
                status = Status.SUPPRESSED
            elif name in cell.levels and cell.base < thresholds.caution_below:
                status = Status.UNAVAILABLE
        cell.readings[name] = status


def _hide_lone_readings(total: _Cell, table: list[_Cell]) -> None:
    """Hides a reading in a second category where it is hidden in one alone and shown for the
    total.
    """
    for name, status in total.readings.items():
        hidden = [
            cell for cell in table if cell.base > 0 and cell.readings.get(name, Status.SHOWN).hidden
        ]
        shown = [
            cell
            for cell in table
            if cell.base > 0 and not cell.readings.get(name, Status.UNAVAILABLE).hidden
        ]
        if not status.hidden and len(hidden) == 1 and shown:
            min(shown, key=lambda cell: cell.base).readings[name] = Status.SUPPRESSED
