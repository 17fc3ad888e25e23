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
from scipy import sparse

from analysis.inference.design import WIDEST, Floats, Ints, Units
from analysis.inference.projection import Cells

Small = npt.NDArray[np.uint8]
"""Ranks of levels: a scale has fewer than 200."""

DIGITS = 256
"""What one byte can hold."""

Keys = npt.NDArray[np.int32] | Ints


@dataclass(frozen=True)
class Groups:
    """The group of each of n rows, 0 … `count` − 1, and `count` for a row in none."""

    codes: Ints
    count: int
    _spread: dict[int, Keys] = field(default_factory=dict, repr=False)

    def spread(self, width: int) -> Keys:
        """(n,) codes times `width`, as narrow as they fit; kept, since all items of one scale ask
        for them.
        """
        if width not in self._spread:
            wide, narrow = self.codes * width, (self.count + 1) * width < np.iinfo(np.int32).max
            self._spread[width] = wide.astype(np.int32) if narrow else wide
        return self._spread[width]

    def of(self, rows: Ints, numbers: Ints, count: int) -> Groups:
        """Some of the rows, in groups numbered anew."""
        return Groups(np.append(numbers, count)[self.codes[rows]], count)


@dataclass(frozen=True)
class Places:
    """Where each row falls in one breakdown of D domains and C cells.

    Attributes:
        labels: D labels, sorted.
        domain, cell: Groups of the rows.
        cell_unit, cell_domain: (C,) the unit and the domain of each cell, in the order of unit then
            domain.
        cell_psus: (C,) the PSU that each holds.

    """

    labels: tuple[str, ...]
    domain: Groups
    cell: Groups
    cell_unit: Ints
    cell_domain: Ints
    cell_psus: Ints


def places(values: pl.Series | None, unit: Ints, units: Units, *, everybody: str) -> Places:
    """The places of rows in a breakdown; without a column, all are in one domain named
    `everybody`.
    """
    count = len(units.stratum)
    if values is None:
        zeros = np.zeros(count, dtype=np.int64)
        whole = Groups(np.zeros(len(unit), dtype=np.int64), 1)
        return Places((everybody,), whole, Groups(unit, count), np.arange(count), zeros, units.size)
    labels, narrow = coded(values)
    domain = narrow.astype(np.int64)
    size = len(labels)
    key = unit * (size + 1) + domain
    inside = domain < size
    present = _present(key if inside.all() else key[inside], count * (size + 1))
    if count * (size + 1) <= WIDEST:
        index = np.full(count * (size + 1), len(present), dtype=np.int64)
        index[present] = np.arange(len(present))
        cell = index[key]
    else:
        cell = np.where(inside, np.searchsorted(present, key), len(present))
    cells = len(present)
    held = (
        np.bincount(cell, minlength=cells)[:cells]
        if units.single.any()
        else np.ones(cells, dtype=np.int64)
    )
    psus = np.where(units.single[present // (size + 1)], held, 1)
    return Places(
        labels,
        Groups(domain, size),
        Groups(cell, cells),
        present // (size + 1),
        present % (size + 1),
        psus,
    )


def _present(key: Ints, space: int) -> Ints:
    """The distinct keys, sorted."""
    if space > WIDEST:
        return np.unique(key)
    seen = np.zeros(space, dtype=bool)
    seen[key] = True
    return np.flatnonzero(seen)


def coded(values: pl.Series) -> tuple[tuple[str, ...], npt.NDArray[np.integer[Any]]]:
    """Labels as text, sorted as text, and the rank of each row's (their number where it has none),
    as narrow as it came.
    """
    if values.dtype.is_integer() and values.null_count() < len(values):
        low, high = int(values.min()), int(values.max())  # type: ignore[arg-type]  # integers
        if high - low < WIDEST:
            return _coded_integers(values, low, high)
    labels = tuple(values.drop_nulls().unique().cast(pl.String).sort())
    ranked = values.cast(pl.String).rank("dense").fill_null(len(labels) + 1)
    return labels, ranked.to_numpy().astype(np.int64) - 1


def _coded_integers(
    values: pl.Series, low: int, high: int
) -> tuple[tuple[str, ...], npt.NDArray[np.integer[Any]]]:
    distinct = values.drop_nulls().unique().sort().to_list()
    labels = sorted(map(str, distinct))
    known = (values.fill_null(low) if values.null_count() else values).to_numpy()
    if labels == [str(value) for value in range(low, high + 1)] and low >= 0:
        code = known - known.dtype.type(low)
    else:
        ranks = np.zeros(high - low + 1, dtype=np.int64)
        ranks[[int(label) - low for label in labels]] = np.arange(len(labels))
        code = ranks[known.astype(np.int64) - low]
    if values.null_count():
        code = np.where(values.is_null().to_numpy(), np.int64(len(labels)), code)
    return tuple(labels), code


def added_up(key: Keys, values: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """Sums (size,) of n values by their key; of ones, counts.

    A sparse column of the values, its repeated keys added up as it is multiplied by one: twice as
    fast as `numpy.bincount`, which copies narrow keys.
    """
    column = sparse.csc_array(
        (values, key, np.array([0, len(key)], dtype=key.dtype)), shape=(size, 1)
    )
    sums: npt.NDArray[Any] = column @ np.ones(
        1, dtype=np.int64 if values.dtype.kind == "i" else np.float64
    )
    return sums


@dataclass(frozen=True)
class Levels:
    """Answers of n rows on a scale of B = `width` levels, as B indicators each: (n,) ranks, B for
    no answer.
    """

    ranks: Small
    width: int

    def totals(self, groups: Groups, weights: Floats) -> Floats:
        """(G, B) weighted totals by group."""
        full = self.width + 1
        sums = added_up(groups.spread(full) + self.ranks, weights, (groups.count + 1) * full)
        return sums.reshape(-1, full)[: groups.count, : self.width]

    def products(self, groups: Groups, weights: Floats) -> Floats:
        """(G, B, B) weighted totals of products of two of the numbers."""
        return self.totals(groups, weights)[:, :, None] * np.eye(self.width)

    def take(self, rows: Ints) -> Levels:
        return Levels(self.ranks[rows], self.width)


@dataclass(frozen=True)
class Amounts:
    """Answers of n rows that are numbers: 1 and the value where it is known, NaN for no answer."""

    values: Floats
    width: int = 2

    def _powers(self, groups: Groups, weights: Floats, most: int) -> Floats:
        """(G, most + 1) weighted totals of the powers 0 … `most` of the known values."""
        known = ~np.isnan(self.values)
        value, power = np.where(known, self.values, 0.0), weights * known
        columns = []
        for _ in range(most + 1):
            columns.append(
                np.bincount(groups.codes, weights=power, minlength=groups.count + 1)[: groups.count]
            )
            power = power * value
        return np.stack(columns, axis=1)

    def totals(self, groups: Groups, weights: Floats) -> Floats:
        """(G, 2) weighted totals by group."""
        return self._powers(groups, weights, 1)

    def products(self, groups: Groups, weights: Floats) -> Floats:
        """(G, 2, 2) weighted totals of products of two of the numbers."""
        return self._powers(groups, weights, 2)[:, [[0, 1], [1, 2]]]

    def take(self, rows: Ints) -> Amounts:
        return Amounts(self.values[rows])


def table_of(
    rows: Ints, columns: Ints, weights: Floats, height: int, width: int
) -> sparse.csr_array:
    """The sparse (height, width) table of sums of weights by two codes."""
    return sparse.coo_array((weights, (rows, columns)), shape=(height, width)).tocsr()


Answers = Levels | Amounts
"""The answers of n rows to one item, as B numbers per row of which totals are kept."""


def answers(column: pl.Series, codes: tuple[int, ...]) -> Answers:
    """The answers of a column: to the levels of these codes, or amounts where there are none."""
    if not codes:
        return Amounts(column.cast(pl.Float64).fill_null(np.nan).to_numpy())
    spare, low = len(codes), min(codes)
    if column.dtype == pl.Null:
        return Levels(np.full(len(column), spare, dtype=np.uint8), spare)
    if column.dtype.is_signed_integer() and codes == tuple(range(low, low + spare)):
        values = (column.fill_null(low + spare) if column.null_count() else column).to_numpy()
        shifted = values - values.dtype.type(low)
        unsigned = shifted.view(
            shifted.dtype.str.replace("i", "u")
        )  # below the first level wraps to far above the last
        if unsigned.max(initial=0) > spare:
            unsigned = np.minimum(unsigned, unsigned.dtype.type(spare))
        return Levels(unsigned.astype(np.uint8, copy=False), spare)
    ranks = {code: rank for rank, code in enumerate(codes)}
    return Levels(
        column.replace_strict(ranks, default=spare, return_dtype=pl.UInt8)
        .fill_null(spare)
        .to_numpy(),
        spare,
    )


def counted(items: Sequence[Answers], groups: Groups) -> list[Ints]:
    """Respondents by group and level (G, L) of each item; L = 1 for amounts.

    Items of one scale are counted three at a time, as digits of one number: to count is to wait for
    memory.
    """
    found: dict[int, Ints] = {}
    scales: dict[int, list[int]] = {}
    for place, one in enumerate(items):
        if isinstance(one, Amounts):
            known = groups.codes[~np.isnan(one.values)]
            found[place] = np.bincount(known, minlength=groups.count + 1)[
                : groups.count, None
            ].astype(np.int64)
        else:
            scales.setdefault(one.width, []).append(place)
    for width, places_of in scales.items():
        full = width + 1
        most = next(digits for digits in (3, 2, 1) if full**digits <= DIGITS or digits == 1)
        for some in (places_of[start : start + most] for start in range(0, len(places_of), most)):
            packed = np.zeros(1, dtype=np.uint8)
            for place in some:
                # not amounts
                packed = packed * np.uint8(full) + items[place].ranks  # type: ignore[union-attr]
            size = full ** len(some)
            count = added_up(
                groups.spread(size) + packed,
                np.ones(len(packed), dtype=np.int8),
                (groups.count + 1) * size,
            )
            together = count.reshape(-1, *[full] * len(some))[: groups.count]
            for axis, place in enumerate(some, start=1):
                others = tuple(other for other in range(1, len(some) + 1) if other != axis)
                found[place] = together.sum(axis=others)[:, :width]
    return [found[place] for place in range(len(items))]


def pair_products(first: Answers, second: Answers, groups: Groups, weights: Floats) -> Floats:
    """(G, B, B') weighted totals of products of the numbers of two items."""
    columns = []
    for place in range(first.width):
        if isinstance(first, Levels):
            part = weights * (first.ranks == place)
        else:
            part = weights * np.nan_to_num(first.values) ** place * ~np.isnan(first.values)
        columns.append(second.totals(groups, part))
    return np.stack(columns, axis=1)


def crossed(groups: Groups, cells: Cells, size: int) -> list[Groups]:
    """For each margin, the groups of the rows within its categories, out of J = `size` in all."""
    total = size * groups.count
    inside = groups.codes < groups.count
    margins = range(cells.categories.shape[1])
    return [
        Groups(np.where(inside, cells.of_rows(margin) * groups.count + groups.codes, total), total)
        for margin in margins
    ]


def by_margin(answers: Answers, margins: list[Groups], size: int, weights: Floats) -> Floats:
    """(J, G, B) weighted totals by margin category and group, from the groups that `crossed`
    made.
    """
    return reduce(np.add, (answers.totals(groups, weights) for groups in margins)).reshape(
        size, -1, answers.width
    )
