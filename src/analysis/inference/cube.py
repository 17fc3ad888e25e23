"""The cube: sufficient statistics of a sample, from which every design-based figure is algebra.

One pass maps each row to a cell (its cluster × its domain in a declared breakdown) and adds up, per
item and level, the weights and the unweighted counts. Respondents drawn one by one are held
together by stratum, with the sums of their squared weights, so that the cube stays small whatever
their number. The cube holds people, cell by cell: it is as confidential as the responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import kernel
from analysis.inference.calibration import Calibration
from analysis.inference.design import THREADS, Design, Floats, Ints, Sample, Units, compact, grouped
from analysis.inference.projection import RAKING_SWEEPS, Projection

TOTAL = "total"
"""The breakdown that every cube has: one domain, everybody."""

SINGLE = "_single"
"""In the keys of a cube's units: whether the unit holds respondents drawn one by one."""


@dataclass(frozen=True)
class Breakdown:
    """The domains of one breakdown, and the (unit, domain) pairs that occur in the sample.

    Attributes:
        domains: D labels, sorted; a row without a value belongs to no domain.
        cell_unit, cell_domain: (C,) the unit and the domain of each cell.
        cell_psus: (C,) PSU in the cell.
        grid: (U · D,) the cell of each unit and domain, C where there is none.
        single: (S,) the cells of units whose respondents were drawn one by one.
        df: (D,) PSU − strata among those that hold the domain.

    """

    domains: tuple[str, ...]
    cell_unit: Ints
    cell_domain: Ints
    cell_psus: Ints
    grid: Ints
    single: Ints
    df: Ints

    @classmethod
    def of(
        cls, domains: tuple[str, ...], unit: Ints, domain: Ints, psus: Ints, units: Units
    ) -> Breakdown:
        """A breakdown with what follows from its cells (df is R's ``degf(subset(design,
        domain))``).
        """
        size = len(domains)
        held = np.zeros((size, units.strata), dtype=bool)
        held[domain, units.stratum[unit]] = True
        df = np.bincount(domain, weights=psus, minlength=size).astype(np.int64) - held.sum(axis=1)
        grid = np.full(len(units.stratum) * size, len(unit), dtype=np.int64)
        grid[unit * size + domain] = np.arange(len(unit))
        return cls(domains, unit, domain, psus, grid, np.flatnonzero(units.single[unit]), df)


@dataclass(frozen=True)
class Table:
    """Totals of one item in one breakdown of D domains, C cells, S of them of respondents drawn one
    by one.

    Each answer is B numbers: an indicator for each level, or 1 and the amount.

    Attributes:
        weights: (C, B) weighted totals.
        counts: (D, L) unweighted respondents by domain and level (L = 1 for amounts).
        squares: (S, B, B) totals, by squared weights, of products of two of the numbers.
        margin_totals: (J, D, B) totals, by projection weights, in each margin category; None
            without calibration.
        margin_squares: (J, S, B) totals, by squared weights, in each margin category; None without
            calibration.

    """

    weights: Floats
    counts: Ints
    squares: Floats
    margin_totals: Floats | None
    margin_squares: Floats | None


@dataclass(frozen=True)
class Margins:
    """What a variance must know of the calibration (J categories over all margins).

    Attributes:
        groups: The columns of each margin, as slices of the J categories.
        unit_weights: (U, J) sum of final weights.
        unit_squares: (S, J, J) sum of squared final weights in two categories at once, for units of
            respondents drawn one by one, in their order.
        products: (J, J) sum of projection weights in two categories at once.
        sweeps: Sweeps over the margins.

    """

    groups: tuple[slice, ...]
    unit_weights: Floats
    unit_squares: Floats
    products: Floats
    sweeps: int


@dataclass(frozen=True)
class Cube:
    """Sufficient statistics of a sample for its items and declared breakdowns.

    Attributes:
        levels: Item → the codes of its levels, worst first; none for an amount.
        breakdowns: Name → domains; `total` is always there.
        tables: (item, breakdown) → totals.
        pairs: (item, item, breakdown) → (S, B, B') totals, by squared weights, of products of
            numbers of two items.
        units: What totals are kept of: U clusters, and groups of respondents drawn one by one.
        keys: U rows: the strata's and the clusters' columns, and `_single`.
        strata: The names of the strata's columns among them.
        nest: Clusters are numbered within strata.
        margins: The calibration's margins, or None.
        weighted_total: Sum of weights.
        rows: n.

    """

    levels: Mapping[str, tuple[int, ...]]
    breakdowns: Mapping[str, Breakdown]
    tables: Mapping[tuple[str, str], Table]
    units: Units
    keys: pl.DataFrame
    strata: tuple[str, ...]
    margins: Margins | None
    weighted_total: float
    rows: int
    pairs: Mapping[tuple[str, str, str], Floats] = field(default_factory=dict)
    nest: bool = False

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
    items: Mapping[str, Sequence[int] | None],
    breakdowns: Mapping[str, str] | None = None,
    calibration: Calibration | None = None,
    pairs: Sequence[tuple[str, str]] = (),
) -> Cube:
    """Builds the cube of a frame, one row per respondent.

    Args:
        frame: Rows; an answer that is not one of an item's levels (missing codes, null) is no
            answer of that item, and the row stays in the design.
        design: How the rows were drawn. With a calibration its `weights` are the final ones.
        items: Item → codes of its levels, worst first; None for an amount.
        breakdowns: Name → column.
        calibration: Result of raking these same rows, if the weights were calibrated.
        pairs: Items whose covariance will be asked for. Needed where respondents were drawn one by
            one; clusters give all covariances.

    Raises:
        InferenceError: an item or a column is absent, or the calibration is of other rows.

    """
    wanted = dict(breakdowns or {})
    for column in (*items, *wanted.values(), *(item for pair in pairs for item in pair)):
        if column not in frame.columns:
            raise InferenceError.unknown("column", column, frame.columns)
    sample = design.sample(frame)
    projection = None if calibration is None else _projection_of(calibration, frame.height)
    weights = sample.weights if calibration is None else calibration.weights
    unit, units = _units(sample)
    levels = {item: tuple(codes or ()) for item, codes in items.items()}
    where = {
        name: kernel.places(frame.get_column(column), unit, units, everybody=TOTAL)
        for name, column in wanted.items()
    }
    whole = next(
        (name for name, one in where.items() if (one.domain.codes < one.domain.count).all()), None
    )
    if whole is None:
        where[TOTAL] = kernel.places(None, unit, units, everybody=TOTAL)
    found = {
        name: Breakdown.of(one.labels, one.cell_unit, one.cell_domain, one.cell_psus, units)
        for name, one in where.items()
    }
    alone = np.flatnonzero(units.single[unit])
    works = {
        name: _Work(one, found[name], weights, alone, projection) for name, one in where.items()
    }
    memory = _memory(works, levels)

    def tables_of(some: Sequence[str]) -> dict[tuple[str, str], Table]:
        answers = {item: kernel.answers(frame.get_column(item), levels[item]) for item in some}
        made = {}
        for name, work in works.items():
            counts = kernel.counted(list(answers.values()), work.place.domain)
            for (item, given), count in zip(answers.items(), counts, strict=True):
                made[item, name] = work.table(given, count, memory[item, name])
        return made

    names = list(levels)
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(tables_of, (names[start::THREADS] for start in range(THREADS)))
        tables = {key: table for made in parts for key, table in made.items()}
    products = {}
    for first, second in pairs:
        one, other = (
            kernel.answers(frame.get_column(item), levels[item]).take(alone)
            for item in (first, second)
        )
        for name, work in works.items():
            products[first, second, name] = kernel.pair_products(
                one, other, work.single, work.squared
            )
    if whole is not None:
        everyone = np.arange(len(units.stratum))
        found[TOTAL] = Breakdown.of((TOTAL,), everyone, np.zeros_like(everyone), units.size, units)
        for item in levels:
            tables[item, TOTAL] = _added_up(tables[item, whole], found[whole])
        for first, second in pairs:
            products[first, second, TOTAL] = _cells_added_up(
                products[first, second, whole], found[whole], single=True
            )
    margins = None if calibration is None else _margins(calibration, unit, units, alone)
    return Cube(
        levels,
        found,
        tables,
        units,
        _keys(frame, design, unit, units),
        design.strata,
        margins,
        float(weights.sum()),
        frame.height,
        products,
        design.nest,
    )


class _Work:
    """What adding up items in one breakdown needs, made once."""

    def __init__(
        self,
        place: kernel.Places,
        breakdown: Breakdown,
        weights: Floats,
        alone: Ints,
        projection: Projection | None,
    ) -> None:
        self.place, self.weights, self.projection = place, weights, projection
        self.alone = alone
        numbers = np.full(place.cell.count, len(breakdown.single), dtype=np.int64)
        numbers[breakdown.single] = np.arange(len(breakdown.single))
        self.single = place.cell.of(alone, numbers, len(breakdown.single))
        self.squared = weights[alone] ** 2
        if projection is not None:
            assert projection.cells is not None
            self.domains = kernel.crossed(place.domain, projection.cells, projection.size)
            few = replace(projection.cells, cell=projection.cells.cell[alone])
            self.singles = kernel.crossed(self.single, few, projection.size)

    def table(self, answers: kernel.Answers, counts: Ints, memory: Floats) -> Table:
        memory[...] = answers.totals(self.place.cell, self.weights)
        few = answers.take(self.alone)
        totals = squares = None
        if self.projection is not None:
            size = self.projection.size
            totals = kernel.by_margin(answers, self.domains, size, self.projection.weights)
            squares = kernel.by_margin(few, self.singles, size, self.squared)
        return Table(memory, counts, few.products(self.single, self.squared), totals, squares)


def _memory(
    works: Mapping[str, _Work], levels: Mapping[str, tuple[int, ...]]
) -> dict[tuple[str, str], Floats]:
    """Room for the weighted totals of all tables, in one block: small blocks would cost more than
    the sums.
    """
    shapes = {
        (item, name): (work.place.cell.count, len(codes) or 2)
        for name, work in works.items()
        for item, codes in levels.items()
    }
    block = np.empty(sum(cells * width for cells, width in shapes.values()))
    made, start = {}, 0
    for key, (cells, width) in shapes.items():
        made[key] = block[start : start + cells * width].reshape(cells, width)
        start += cells * width
    return made


def _projection_of(calibration: Calibration, rows: int) -> Projection:
    if len(calibration.weights) != rows:
        raise InferenceError(
            "The calibration and the frame do not have the same rows.",
            hint="calibrate the design of this very frame.",
        )
    if calibration.projection.cells is None:
        raise InferenceError(
            "Rows needed: a cube cannot hold a calibration on continuous variables.",
            hint="estimate from rows: `scope.survey()` in a notebook, `Survey.of` elsewhere.",
        )
    return calibration.projection


def _units(sample: Sample) -> tuple[Ints, Units]:
    """The unit of each row: its cluster, or all the respondents drawn one by one in its declared
    stratum.
    """
    units = sample.units
    if not units.single.any():
        return sample.psu, units
    strata = int(sample.declared.max()) + 1
    key = np.where(units.single, sample.declared, strata + np.arange(sample.psus))
    numbers, count = compact(key, strata + sample.psus)
    stratum, single = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    stratum[numbers], single[numbers] = units.stratum, units.single
    size = np.bincount(numbers, minlength=count)
    return numbers[sample.psu], Units(
        stratum, size, single, units.strata, units.population, units.lonely
    )


def _keys(frame: pl.DataFrame, design: Design, unit: Ints, units: Units) -> pl.DataFrame:
    """The columns that tell units apart, one row each: what cubes of other rows are merged by."""
    first = np.empty(len(units.stratum), dtype=np.int64)
    first[unit[::-1]] = np.arange(frame.height)[::-1]
    single = pl.Series(SINGLE, units.single)
    columns = [
        frame.get_column(name).gather(first)
        for name in dict.fromkeys([*design.strata, *design.clusters])
    ]
    hidden = [name for name in design.clusters if name not in design.strata]
    return pl.DataFrame([*columns, single]).with_columns(
        pl.when(~pl.col(SINGLE)).then(pl.col(name)) for name in hidden
    )


def _added_up(table: Table, breakdown: Breakdown) -> Table:
    """The table of everybody, from that of a breakdown in which every row has a domain."""
    totals = None if table.margin_totals is None else table.margin_totals.sum(axis=1, keepdims=True)
    squares = None
    if table.margin_squares is not None:
        squares = _cells_added_up(
            table.margin_squares.swapaxes(0, 1), breakdown, single=True
        ).swapaxes(0, 1)
    return Table(
        _cells_added_up(table.weights, breakdown, single=False),
        table.counts.sum(axis=0, keepdims=True),
        _cells_added_up(table.squares, breakdown, single=True),
        totals,
        squares,
    )


def _cells_added_up(values: Floats, breakdown: Breakdown, *, single: bool) -> Floats:
    """Sums, over the cells of each unit, of an array whose first axis is cells (in the order of
    units).
    """
    unit = breakdown.cell_unit[breakdown.single] if single else breakdown.cell_unit
    if not len(unit):
        return values
    if len(unit) == len(breakdown.grid):  # every unit holds every domain
        whole: Floats = values.reshape(-1, len(breakdown.domains), *values.shape[1:]).sum(axis=1)
        return whole
    number = np.cumsum(np.diff(unit, prepend=-1) > 0) - 1
    sums = grouped(number, values.reshape(len(values), -1), int(number[-1]) + 1)
    return sums.reshape(-1, *values.shape[1:])


def _margins(calibration: Calibration, unit: Ints, units: Units, alone: Ints) -> Margins:
    projection = calibration.projection
    assert projection.cells is not None
    size, cells, weights = projection.size, projection.cells, calibration.weights
    member = np.zeros((len(cells.categories), size))  # which categories each cell stands in
    member[np.arange(len(member))[:, None], cells.categories] = 1
    held, number = int(units.single.sum()), np.cumsum(units.single) - 1
    unit_weights = (
        kernel.table_of(unit, cells.cell, weights, len(units.stratum), len(member)) @ member
    )
    by_cell = kernel.table_of(
        number[unit[alone]], cells.cell[alone], weights[alone] ** 2, held, len(member)
    )
    unit_squares = (
        np.stack([(member * row[:, None]).T @ member for row in by_cell.toarray()])
        if held
        else np.zeros((0, size, size))
    )
    mass = np.bincount(cells.cell, weights=projection.weights, minlength=len(member))
    products = (member * mass[:, None]).T @ member
    variables = [variable for variable, _ in calibration.labels]
    starts = [variables.index(variable) for variable in calibration.variables] + [size]
    groups = tuple(slice(start, end) for start, end in pairwise(starts))
    return Margins(groups, unit_weights, unit_squares, products, projection.sweeps or RAKING_SWEEPS)
