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
    labels, domain = _domains(values)
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


def _domains(values: pl.Series) -> tuple[tuple[str, ...], Ints]:
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


def levels(answers: pl.Series, codes: tuple[int, ...]) -> Ints:
    """The rank of each answer among the levels, and their number where it is none of them."""
    spare, low, high = len(codes), min(codes), max(codes)
    if answers.dtype.is_integer() and high - low < WIDEST:
        table = np.full(high - low + 3, spare, dtype=np.int64)  # one below, one above
        table[np.array(codes) - low + 1] = np.arange(spare)
        values = answers.fill_null(low - 1).to_numpy() if answers.null_count() else answers.to_numpy()
        ranked: Ints = table[np.clip(values.astype(np.int64) - low + 1, 0, high - low + 2)]
        return ranked
    ranks = {code: rank for rank, code in enumerate(codes)}
    return answers.replace_strict(ranks, default=spare, return_dtype=pl.Int64).fill_null(spare).to_numpy()


def tally(where: Places, level: Ints, size: int, weights: Floats) -> tuple[Floats, Ints]:
    """Sums of weights by cell and level (C, L), and counts by domain and level (D, L), for L = `size` levels."""
    cells, domains = len(where.cell_psu), len(where.labels)
    index = where.cell * (size + 1)
    index += level
    total = np.bincount(index, weights=weights, minlength=(cells + 1) * (size + 1)).astype(np.float64, copy=False)
    np.multiply(where.domain, size + 1, out=index)
    index += level
    count = np.bincount(index, minlength=(domains + 1) * (size + 1))
    return (
        np.ascontiguousarray(total.reshape(cells + 1, size + 1)[:cells, :size]),
        count.reshape(domains + 1, size + 1)[:domains, :size].astype(np.int64),
    )


def tally_margins(where: Places, level: Ints, size: int, projection: Projection) -> Floats:
    """Sums of projection weights by margin category, domain and level (J, D, L)."""
    assert projection.categories is not None
    domains = len(where.labels)
    block = (domains + 1) * (size + 1)
    place = where.domain * (size + 1) + level
    total = np.zeros(projection.size * block)
    for column in projection.categories.T:
        total += np.bincount(column * block + place, weights=projection.weights, minlength=projection.size * block)
    return total.reshape(projection.size, domains + 1, size + 1)[:, :domains, :size]
