"""The numpy kernel of the cube: one integer per row and item, and sums of the weights by it.

Rows outside every domain, and answers that are no level, fall into a spare cell and a spare level
that are cut off at the end: that costs less than leaving them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy

from analysis.inference.arrays import WIDEST_KEY_RANGE, Floats, Ints
from analysis.inference.projection import MarginCells
from analysis.inference.units import Units

LevelRanks = npt.NDArray[np.uint8]
"""Ranks of levels: a scale has fewer than 200."""

BYTE_VALUES = 256
"""Different values of one byte."""

Keys = npt.NDArray[np.int32] | Ints
"""Integer keys by which values are summed, as narrow as they fit."""


@dataclass(frozen=True)
class GroupCodes:
    """The group of each of n rows.

    Attributes:
        codes: (n,) 0 … `count` − 1, and `count` for a row in no group.
        count: Number of groups.

    """

    codes: Ints
    count: int
    _scaled: dict[int, Keys] = field(default_factory=dict, repr=False)

    def scaled_codes(self, width: int) -> Keys:
        """(n,) codes times `width`, as narrow as they fit. They are cached, since all items of one
        scale need them.
        """
        if width not in self._scaled:
            wide, fits = self.codes * width, (self.count + 1) * width < np.iinfo(np.int32).max
            self._scaled[width] = wide.astype(np.int32) if fits else wide
        return self._scaled[width]

    def take(self, rows: Ints, *, new_codes: Ints, count: int) -> GroupCodes:
        """Some of the rows, by their positions (m,), in `count` groups: `new_codes` gives each
        group's new code, or `count` for none.
        """
        return GroupCodes(np.append(new_codes, count)[self.codes[rows]], count)


@dataclass(frozen=True)
class CellIndex:
    """The domain and the cell of each row in one breakdown of D domains; a cell is a pair (unit,
    domain) that occurs, of which there are C.

    Attributes:
        labels: D labels, sorted.
        domain: The domain of each row.
        cell: The cell of each row.
        cell_unit, cell_domain: (C,) unit and domain of each cell, in the order of unit, then
            domain.
        cell_psus: (C,) number of PSU in each cell.

    """

    labels: tuple[str, ...]
    domain: GroupCodes
    cell: GroupCodes
    cell_unit: Ints
    cell_domain: Ints
    cell_psus: Ints


def index_cells(
    values: pl.Series | None, unit: Ints, units: Units, *, total_label: str
) -> CellIndex:
    """The cells of n rows in a breakdown.

    Args:
        values: (n,) their categories, of which a null is no domain; None puts all rows in one
            domain, named `total_label`.
        unit: (n,) their units.
        units: All units.
        total_label: Label of the only domain, without `values`.

    """
    count = len(units.stratum)
    if values is None:
        return CellIndex(
            labels=(total_label,),
            domain=GroupCodes(np.zeros(len(unit), dtype=np.int64), 1),
            cell=GroupCodes(unit, count),
            cell_unit=np.arange(count),
            cell_domain=np.zeros(count, dtype=np.int64),
            cell_psus=units.size,
        )
    labels, narrow = label_codes(values)
    domain = narrow.astype(np.int64)
    size = len(labels)
    key = unit * (size + 1) + domain
    inside = domain < size
    cell_keys = _distinct_keys(key if inside.all() else key[inside], count * (size + 1))
    cells = len(cell_keys)
    if count * (size + 1) <= WIDEST_KEY_RANGE:
        cell_of_key = np.full(count * (size + 1), cells, dtype=np.int64)
        cell_of_key[cell_keys] = np.arange(cells)
        cell = cell_of_key[key]
    else:
        cell = np.where(inside, np.searchsorted(cell_keys, key), cells)
    psus = np.ones(cells, dtype=np.int64)
    if units.element_sampled.any():
        rows = np.bincount(cell, minlength=cells)[:cells]
        psus = np.where(units.element_sampled[cell_keys // (size + 1)], rows, 1)
    return CellIndex(
        labels=labels,
        domain=GroupCodes(domain, size),
        cell=GroupCodes(cell, cells),
        cell_unit=cell_keys // (size + 1),
        cell_domain=cell_keys % (size + 1),
        cell_psus=psus,
    )


def _distinct_keys(key: Ints, space: int) -> Ints:
    """The distinct ones of (n,) keys in 0 … `space` − 1, sorted."""
    if space > WIDEST_KEY_RANGE:
        return np.unique(key)
    occurs = np.zeros(space, dtype=bool)
    occurs[key] = True
    return np.flatnonzero(occurs)


def label_codes(values: pl.Series) -> tuple[tuple[str, ...], npt.NDArray[np.integer[Any]]]:
    """The distinct values as text, sorted as text, and (n,) the position of each row's among them.

    A null has the position after the last. Integers give positions as narrow as they came.
    """
    if values.dtype.is_integer() and values.null_count() < len(values):
        low, high = int(values.min()), int(values.max())  # type: ignore[arg-type]  # integers
        if high - low < WIDEST_KEY_RANGE:
            return _integer_label_codes(values, low, high)
    labels = tuple(values.drop_nulls().unique().cast(pl.String).sort())
    ranked = values.cast(pl.String).rank("dense").fill_null(len(labels) + 1)
    return labels, ranked.to_numpy().astype(np.int64) - 1


def _integer_label_codes(
    values: pl.Series, low: int, high: int
) -> tuple[tuple[str, ...], npt.NDArray[np.integer[Any]]]:
    """`label_codes` of integers between `low` and `high`, without sorting the rows."""
    distinct = values.drop_nulls().unique().sort().to_list()
    labels = sorted(map(str, distinct))
    filled = (values.fill_null(low) if values.null_count() else values).to_numpy()
    if labels == [str(value) for value in range(low, high + 1)] and low >= 0:
        code = filled - filled.dtype.type(low)
    else:
        ranks = np.zeros(high - low + 1, dtype=np.int64)
        ranks[[int(label) - low for label in labels]] = np.arange(len(labels))
        code = ranks[filled.astype(np.int64) - low]
    if values.null_count():
        code = np.where(values.is_null().to_numpy(), np.int64(len(labels)), code)
    return tuple(labels), code


def sum_by_key(key: Keys, values: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """(size,) sums of (n,) values by their key; of ones, counts.

    A sparse column of the values, its repeated keys added up as it is multiplied by one: twice as
    fast as `numpy.bincount`, which copies narrow keys.
    """
    column = scipy.sparse.csc_array(
        (values, key, np.array([0, len(key)], dtype=key.dtype)), shape=(size, 1)
    )
    sums: npt.NDArray[Any] = column @ np.ones(
        1, dtype=np.int64 if values.dtype.kind == "i" else np.float64
    )
    return sums


@dataclass(frozen=True)
class Levels:
    """Answers of n rows on a scale, each as B numbers: the indicators of its B levels.

    Attributes:
        ranks: (n,) rank of the level, worst first from 0; B for no answer.
        width: B.

    """

    ranks: LevelRanks
    width: int

    def totals(self, groups: GroupCodes, weights: Floats) -> Floats:
        """(G, B) weighted totals of the indicators by group."""
        full = self.width + 1
        sums = sum_by_key(
            groups.scaled_codes(full) + self.ranks, weights, (groups.count + 1) * full
        )
        return sums.reshape(-1, full)[: groups.count, : self.width]

    def products(self, groups: GroupCodes, weights: Floats) -> Floats:
        """(G, B, B) weighted totals of the products of two indicators."""
        return self.totals(groups, weights)[:, :, None] * np.eye(self.width)

    def take(self, rows: Ints) -> Levels:
        """The answers of some rows, by their positions (m,)."""
        return Levels(self.ranks[rows], self.width)


@dataclass(frozen=True)
class Amounts:
    """Answers of n rows that are amounts, each as B = 2 numbers: 1 and the amount.

    Attributes:
        values: (n,) amounts, NaN for no answer.
        width: B.

    """

    values: Floats
    width: int = 2

    def _power_totals(self, groups: GroupCodes, weights: Floats, *, highest: int) -> Floats:
        """(G, highest + 1) weighted totals of the powers 0 … `highest` of the amounts."""
        answered = ~np.isnan(self.values)
        value, power = np.where(answered, self.values, 0.0), weights * answered
        columns = []
        for _ in range(highest + 1):
            columns.append(
                np.bincount(groups.codes, weights=power, minlength=groups.count + 1)[: groups.count]
            )
            power = power * value
        return np.stack(columns, axis=1)

    def totals(self, groups: GroupCodes, weights: Floats) -> Floats:
        """(G, 2) weighted totals of 1 and the amount by group."""
        return self._power_totals(groups, weights, highest=1)

    def products(self, groups: GroupCodes, weights: Floats) -> Floats:
        """(G, 2, 2) weighted totals of the products of two of 1 and the amount."""
        return self._power_totals(groups, weights, highest=2)[:, [[0, 1], [1, 2]]]

    def take(self, rows: Ints) -> Amounts:
        """The answers of some rows, by their positions (m,)."""
        return Amounts(self.values[rows])


def sparse_totals(
    rows: Ints, columns: Ints, weights: Floats, *, shape: tuple[int, int]
) -> scipy.sparse.csr_array:
    """The sparse table, of some shape, of the sums of (n,) weights by two codes (n,)."""
    return scipy.sparse.coo_array((weights, (rows, columns)), shape=shape).tocsr()


ItemAnswers = Levels | Amounts
"""The answers of n rows to one item, each as B numbers of which totals are kept."""


def code_answers(column: pl.Series, codes: tuple[int, ...]) -> ItemAnswers:
    """The answers of a column (n,): levels of the scale that has these codes, worst first, or
    amounts where there are none.

    A null, or a code that is no level, is no answer.
    """
    if not codes:
        return Amounts(column.cast(pl.Float64).fill_null(np.nan).to_numpy())
    width, low = len(codes), min(codes)  # the rank `width` is no answer
    if column.dtype == pl.Null:
        return Levels(np.full(len(column), width, dtype=np.uint8), width)
    if column.dtype.is_signed_integer() and codes == tuple(range(low, low + width)):
        values = (column.fill_null(low + width) if column.null_count() else column).to_numpy()
        shifted = values - values.dtype.type(low)
        unsigned = shifted.view(
            shifted.dtype.str.replace("i", "u")
        )  # below the first level wraps to far above the last
        if unsigned.max(initial=0) > width:
            unsigned = np.minimum(unsigned, unsigned.dtype.type(width))
        return Levels(unsigned.astype(np.uint8, copy=False), width)
    rank_of = {code: rank for rank, code in enumerate(codes)}
    ranks = column.replace_strict(rank_of, default=width, return_dtype=pl.UInt8).fill_null(width)
    return Levels(ranks.to_numpy(), width)


def count_levels(items: Sequence[ItemAnswers], groups: GroupCodes) -> list[Ints]:
    """Unweighted respondents by group and level, (G, L) for each item; L = 1 for amounts.

    Items of one scale are counted three at a time, as digits of one number: counting takes as long
    as reading the memory.
    """
    counts: dict[int, Ints] = {}
    items_by_width: dict[int, list[int]] = {}
    for number, answers in enumerate(items):
        if isinstance(answers, Amounts):
            group = groups.codes[~np.isnan(answers.values)]
            by_group = np.bincount(group, minlength=groups.count + 1)
            counts[number] = by_group[: groups.count, None].astype(np.int64)
        else:
            items_by_width.setdefault(answers.width, []).append(number)
    for width, numbers in items_by_width.items():
        full = width + 1
        digits = next(few for few in (3, 2, 1) if full**few <= BYTE_VALUES or few == 1)
        for digits_chunk in (
            numbers[start : start + digits] for start in range(0, len(numbers), digits)
        ):
            packed = np.zeros(1, dtype=np.uint8)
            for number in digits_chunk:
                packed = packed * np.uint8(full) + items[number].ranks  # type: ignore[union-attr]  # not amounts
            size = full ** len(digits_chunk)
            count = sum_by_key(
                groups.scaled_codes(size) + packed,
                np.ones(len(packed), dtype=np.int8),
                (groups.count + 1) * size,
            )
            shaped = count.reshape(-1, *[full] * len(digits_chunk))[: groups.count]
            for axis, number in enumerate(digits_chunk, start=1):
                other_axes = tuple(
                    other for other in range(1, len(digits_chunk) + 1) if other != axis
                )
                counts[number] = shaped.sum(axis=other_axes)[:, :width]
    return [counts[number] for number in range(len(items))]


def pair_products(
    first: ItemAnswers, second: ItemAnswers, groups: GroupCodes, *, weights: Floats
) -> Floats:
    """(G, B, B') weighted totals of the products of a number of one item and one of another."""
    columns = []
    for number in range(first.width):
        if isinstance(first, Levels):
            part = weights * (first.ranks == number)
        else:
            part = weights * np.nan_to_num(first.values) ** number * ~np.isnan(first.values)
        columns.append(second.totals(groups, part))
    return np.stack(columns, axis=1)


def cross_with_margins(groups: GroupCodes, cells: MarginCells, size: int) -> list[GroupCodes]:
    """For each margin, the groups of n rows divided by its categories.

    Their codes are j G + g for category j of the J = `size` of all margins and group g of G, and
    J G for a row in no group.
    """
    total = size * groups.count
    inside = groups.codes < groups.count
    margins = range(cells.categories.shape[1])
    return [
        GroupCodes(
            np.where(inside, cells.row_categories(margin) * groups.count + groups.codes, total),
            total,
        )
        for margin in margins
    ]


def sum_by_margin(
    answers: ItemAnswers, margins: list[GroupCodes], size: int, *, weights: Floats
) -> Floats:
    """(J, G, B) weighted totals by margin category and group.

    Args:
        answers: Those of n rows.
        margins: Their groups in each margin, by `cross_with_margins`.
        size: J.
        weights: (n,).

    """
    return reduce(np.add, (answers.totals(groups, weights) for groups in margins)).reshape(
        size, -1, answers.width
    )
