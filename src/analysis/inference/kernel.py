"""The numpy kernel of the cube: one integer per row and item, and one `bincount` of the weights by it.

Rows outside every domain, and answers that are no level, fall into a spare cell and a spare level that are cut off at
the end: that costs less than leaving them out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.inference.design import WIDEST, Floats, Ints
from analysis.inference.projection import Projection

Small = np.typing.NDArray[np.uint8]
"""Ranks of levels: a scale has fewer than 200."""


@dataclass(frozen=True)
class Places:
    """Where each row falls in one breakdown of D domains and C cells.

    Attributes:
        labels: D labels, sorted.
        domain: (n,) 0 … D-1, and D for a row without one.
        cell: (n,) 0 … C-1, and C for such a row.
        cell_psu, cell_domain: (C,) the PSU and the domain of each cell, in the order of PSU then domain.

    """

    labels: tuple[str, ...]
    domain: Ints
    cell: Ints
    cell_psu: Ints
    cell_domain: Ints


def places(values: pl.Series | None, psu: Ints, psus: int, *, everybody: str) -> Places:
    """The places of rows in a breakdown; without a column, all are in one domain named `everybody`."""
    if values is None:
        domain = np.zeros(len(psu), dtype=np.int64)
        return Places((everybody,), domain, psu, np.arange(psus), np.zeros(psus, dtype=np.int64))
    labels, domain = coded(values)
    size = len(labels)
    key = psu * (size + 1) + domain
    inside = domain < size
    present = _present(key if inside.all() else key[inside], psus * (size + 1))
    if psus * (size + 1) <= WIDEST:
        index = np.full(psus * (size + 1), len(present), dtype=np.int64)
        index[present] = np.arange(len(present))
        cell = index[key]
    else:
        cell = np.where(inside, np.searchsorted(present, key), len(present))
    return Places(labels, domain, cell, present // (size + 1), present % (size + 1))


def _present(key: Ints, space: int) -> Ints:
    """The distinct keys, sorted."""
    if space > WIDEST:
        return np.unique(key)
    seen = np.zeros(space, dtype=bool)
    seen[key] = True
    return np.flatnonzero(seen)


def coded(values: pl.Series) -> tuple[tuple[str, ...], Ints]:
    """Labels as text, sorted as text, and the rank of each row's (their number where it has none)."""
    distinct = values.drop_nulls().unique()
    labels = tuple(distinct.cast(pl.String).sort())
    if values.dtype.is_integer() and len(distinct):
        low, high = int(distinct.min()), int(distinct.max())  # type: ignore[arg-type]  # integers
        if high - low < WIDEST:
            ranks = {label: rank for rank, label in enumerate(labels)}
            table = np.full(high - low + 2, len(labels), dtype=np.int64)
            for value in distinct:
                table[int(value) - low] = ranks[str(value)]
            return labels, table[values.fill_null(high + 1).to_numpy().astype(np.int64) - low]
    ranked = values.cast(pl.String).rank("dense").fill_null(len(labels) + 1)
    return labels, ranked.to_numpy().astype(np.int64) - 1


def levels(answers: pl.Series, codes: tuple[int, ...]) -> Small:
    """The rank of each answer among the levels, and their number where it is none of them."""
    spare, low = len(codes), min(codes)
    if answers.dtype.is_integer() and codes == tuple(range(low, low + spare)):
        values = (answers.fill_null(low - 1) if answers.null_count() else answers).to_numpy()
        shifted = values - values.dtype.type(low)
        unsigned = shifted.view(shifted.dtype.str.replace("i", "u"))  # below the first level wraps to far above the last
        ranked: Small = np.minimum(unsigned, unsigned.dtype.type(spare)).astype(np.uint8)
        return ranked
    ranks = {code: rank for rank, code in enumerate(codes)}
    return answers.replace_strict(ranks, default=spare, return_dtype=pl.UInt8).fill_null(spare).to_numpy()


class Tally:
    """Adds up items in some breakdowns, one after the other, in memory that is used again: fresh memory costs more
    than the sums.
    """

    def __init__(self, weights: Floats) -> None:
        self._weights = weights
        self._scratch = np.empty(len(weights), dtype=np.int64)
        self._bases: dict[tuple[int, int], tuple[Ints, Ints]] = {}

    def add_up(self, where: Places, level: Small, size: int) -> tuple[Floats, Ints]:
        """Sums of weights by cell and level (C, L + 1), the last column being rows without a level; and counts by domain
        and level (D, L), for L = `size` levels.
        """
        cells, domains = len(where.cell_psu), len(where.labels)
        key = (id(where), size)
        if key not in self._bases:
            self._bases[key] = where.cell * (size + 1), where.domain * (size + 1)
        by_cell, by_domain = self._bases[key]
        np.add(by_cell, level, out=self._scratch)
        total = np.bincount(self._scratch, weights=self._weights, minlength=(cells + 1) * (size + 1))
        np.add(by_domain, level, out=self._scratch)
        count = np.bincount(self._scratch, minlength=(domains + 1) * (size + 1))
        return (
            total.astype(np.float64, copy=False).reshape(cells + 1, size + 1)[:cells],
            count.reshape(domains + 1, size + 1)[:domains, :size].astype(np.int64),
        )


def tally_margins(where: Places, level: Small, size: int, projection: Projection) -> Floats:
    """Sums of projection weights by margin category, domain and level (J, D, L)."""
    assert projection.categories is not None
    domains = len(where.labels)
    block = (domains + 1) * (size + 1)
    place = where.domain * (size + 1) + level
    total = np.zeros(projection.size * block)
    for column in projection.categories.T:
        total += np.bincount(column * block + place, weights=projection.weights, minlength=projection.size * block)
    return total.reshape(projection.size, domains + 1, size + 1)[:, :domains, :size]
