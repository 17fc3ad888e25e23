"""The cube: sufficient statistics of a sample, from which every design-based figure is algebra.

One pass maps each row to a cell (its PSU × its domain in a declared breakdown) and adds up, per item and level,
the weights and the unweighted counts. The cube holds people, cell by cell: it is as confidential as the responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import kernel
from analysis.inference.calibration import Calibration
from analysis.inference.design import Design, Floats, Ints, Sample
from analysis.inference.projection import RAKING_SWEEPS

THREADS = 2
"""Items are tallied in two threads: `bincount` runs outside the interpreter's lock."""

TOTAL = "total"
"""The breakdown that every cube has: one domain, everybody."""


@dataclass(frozen=True)
class Breakdown:
    """The domains of one breakdown, and the (PSU, domain) pairs that occur in the sample.

    Attributes:
        domains: D labels, sorted; a row without a value belongs to no domain.
        cell_psu, cell_domain: (C,) the PSU and the domain of each cell.

    """

    domains: tuple[str, ...]
    cell_psu: Ints
    cell_domain: Ints
    df: Ints


@dataclass(frozen=True)
class Table:
    """Totals of one item in one breakdown of D domains and C cells.

    Attributes:
        weights: (C, L + 1) sum of weights by cell and level; the last column is of rows without an answer.
        counts: (D, L) unweighted respondents by domain and level.
        margin_counts: (J, D, L) sum of projection weights by margin category, or None without calibration.

    """

    weights: Floats
    counts: Ints
    margin_counts: Floats | None


@dataclass(frozen=True)
class Margins:
    """What a variance must know of the calibration (J categories over all margins).

    Attributes:
        groups: The columns of each margin, as slices of the J categories.
        psu_weights: (P, J) sum of final weights.
        products: (J, J) sum of projection weights in two categories at once.
        sweeps: Sweeps over the margins.

    """

    groups: tuple[slice, ...]
    psu_weights: Floats
    products: Floats
    sweeps: int


@dataclass(frozen=True)
class Cube:
    """Sufficient statistics of a sample for its items and declared breakdowns.

    Attributes:
        levels: Item → the codes of its levels, worst first.
        breakdowns: Name → domains; `total` is always there.
        tables: (item, breakdown) → totals.
        sample: The PSU structure (its row arrays are not kept: `weights` and `psu` are empty).
        psu_keys: (P) rows: the strata's and the clusters' columns, in the order of the PSU codes; and `_row`, which is
            null for clusters and makes each respondent its own PSU where there are none.
        strata: The names of the strata's columns among them.
        margins: The calibration's margins, or None.
        weighted_total: Sum of weights.
        rows: n.

    """

    levels: Mapping[str, tuple[int, ...]]
    breakdowns: Mapping[str, Breakdown]
    tables: Mapping[tuple[str, str], Table]
    sample: Sample
    psu_keys: pl.DataFrame
    strata: tuple[str, ...]
    margins: Margins | None
    weighted_total: float
    rows: int

    def breakdown(self, by: str) -> Breakdown:
        if by not in self.breakdowns:
            raise InferenceError.unknown("breakdown", by, self.breakdowns)
        return self.breakdowns[by]

    def table(self, item: str, by: str) -> Table:
        if item not in self.levels:
            raise InferenceError.unknown("item", item, self.levels)
        self.breakdown(by)
        return self.tables[item, by]


def build_cube(
    frame: pl.DataFrame,
    design: Design,
    *,
    items: Mapping[str, Sequence[int]],
    breakdowns: Mapping[str, str] | None = None,
    calibration: Calibration | None = None,
) -> Cube:
    """Builds the cube of a frame, one row per respondent.

    Args:
        frame: Rows; an answer that is not one of an item's levels (missing codes, null) is no answer of that
            item, and the row stays in the design.
        design: How the rows were drawn. With a calibration its `weights` are the final ones.
        items: Item → codes of its levels, worst first.
        breakdowns: Name → column.
        calibration: Result of raking these same rows, if the weights were calibrated.

    Raises:
        InferenceError: an item or a column is absent, or the calibration is of other rows.

    """
    wanted = dict(breakdowns or {})
    for column in (*items, *wanted.values()):
        if column not in frame.columns:
            raise InferenceError.unknown("column", column, frame.columns)
    sample = design.sample(frame)
    if calibration is not None:
        if len(calibration.weights) != frame.height:
            raise InferenceError("The calibration and the frame do not have the same rows.")
        if calibration.projection.categories is None:
            raise InferenceError(
                "Rows needed: a cube cannot hold a calibration on continuous variables.",
                hint="estimate from rows, with `Survey`.",
            )
        sample = Sample(calibration.weights, sample.psu, sample.psu_stratum, sample.strata, sample.population, sample.lonely)
    margins = None if calibration is None else _margins(sample, calibration)
    levels = {item: tuple(codes) for item, codes in items.items()}
    where = {
        name: kernel.places(frame.get_column(column), sample.psu, sample.psus, everybody=TOTAL) for name, column in wanted.items()
    }
    whole = next((name for name, one in where.items() if (one.domain < len(one.labels)).all()), None)
    if whole is None:
        where[TOTAL] = kernel.places(None, sample.psu, sample.psus, everybody=TOTAL)
    projection = None if calibration is None else calibration.projection

    def tables_of(some: Sequence[str]) -> dict[tuple[str, str], Table]:
        tally, made = kernel.Tally(sample.weights), {}
        for item in some:
            size = len(levels[item])
            level = kernel.levels(frame.get_column(item), levels[item])
            for name, place in where.items():
                weights, counts = tally.add_up(place, level, size)
                shares = None if projection is None else kernel.tally_margins(place, level, size, projection)
                made[item, name] = Table(weights, counts, shares)
            if whole is not None:
                made[item, TOTAL] = _added_up(made[item, whole], where[whole])
        return made

    names = list(levels)
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(tables_of, (names[start::THREADS] for start in range(THREADS)))
        tables = {key: table for made in parts for key, table in made.items()}
    found = {name: breakdown_of(one.labels, one.cell_psu, one.cell_domain, sample) for name, one in where.items()}
    if whole is not None:
        everywhere = np.arange(sample.psus)
        found[TOTAL] = breakdown_of((TOTAL,), everywhere, np.zeros(sample.psus, dtype=np.int64), sample)
    empty = np.empty(0)
    bare = Sample(empty, np.empty(0, dtype=np.int64), sample.psu_stratum, sample.strata, sample.population, sample.lonely)
    keys = _psu_keys(frame, design, sample)
    mass = float(sample.weights.sum())
    return Cube(levels, found, tables, bare, keys, design.strata, margins, mass, frame.height)


def _psu_keys(frame: pl.DataFrame, design: Design, sample: Sample) -> pl.DataFrame:
    """The columns that tell PSU apart, one row each: what cubes of other rows are merged by."""
    first = np.empty(sample.psus, dtype=np.int64)
    first[sample.psu[::-1]] = np.arange(frame.height)[::-1]
    number = pl.Series("_row", first if not design.clusters else [None] * sample.psus, dtype=pl.Int64)
    columns = dict.fromkeys([*design.strata, *design.clusters])
    return pl.DataFrame([*(frame.get_column(name).gather(first) for name in columns), number])


def breakdown_of(labels: tuple[str, ...], cell_psu: Ints, cell_domain: Ints, sample: Sample) -> Breakdown:
    """A breakdown with the degrees of freedom of its domains (R's ``degf(subset(design, domain))``)."""
    size = len(labels)
    psus = np.bincount(cell_domain, minlength=size)
    pairs = np.unique(cell_domain * sample.strata + sample.psu_stratum[cell_psu])
    return Breakdown(labels, cell_psu, cell_domain, psus - np.bincount(pairs // sample.strata, minlength=size))


def _added_up(table: Table, place: kernel.Places) -> Table:
    """The table of everybody, from that of a breakdown in which every row has a domain (its cells are in PSU order)."""
    starts = np.flatnonzero(np.diff(place.cell_psu, prepend=-1))
    weights = np.add.reduceat(table.weights, starts, axis=0)
    counts = table.counts.sum(axis=0, keepdims=True)
    shares = None if table.margin_counts is None else table.margin_counts.sum(axis=1, keepdims=True)
    return Table(weights, counts, shares)


def _margins(sample: Sample, calibration: Calibration) -> Margins:
    projection = calibration.projection
    assert projection.categories is not None
    size, categories = projection.size, projection.categories
    psu_weights = np.zeros((sample.psus, size))
    products = np.zeros((size, size))
    for column in categories.T:
        np.add.at(psu_weights, (sample.psu, column), calibration.weights)
        for other in categories.T:
            np.add.at(products, (column, other), projection.weights)
    variables = [variable for variable, _ in calibration.labels]
    starts = [variables.index(variable) for variable in calibration.variables] + [size]
    groups = tuple(slice(start, end) for start, end in pairwise(starts))
    return Margins(groups, psu_weights, products, projection.sweeps or RAKING_SWEEPS)
