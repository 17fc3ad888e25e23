"""Building a cube: one pass over the rows of a frame, by the numpy kernel, in two threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import kernel
from analysis.inference.arrays import THREADS, Floats, Ints, compact_codes, sum_by_group
from analysis.inference.calibration import Calibration
from analysis.inference.cube import ELEMENT_SAMPLED, TOTAL, CalibrationMargins, Cube, Domains, Table
from analysis.inference.design import Design
from analysis.inference.projection import RAKING_SWEEPS, Projection
from analysis.inference.units import Sample, Units


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
        pairs: Items whose covariance will be asked for. Needed where respondents are
            element-sampled; clusters give all covariances.

    Raises:
        InferenceError: an item or a column is absent, or the calibration is of other rows.

    """
    columns = dict(breakdowns or {})
    for column in (*items, *columns.values(), *(item for pair in pairs for item in pair)):
        if column not in frame.columns:
            raise InferenceError.unknown("column", column, frame.columns)
    if design.later or design.inclusion:
        raise InferenceError(
            "Rows needed: a cube keeps the totals of first-stage clusters alone.",
            hint="estimate from rows (`Survey`), or declare the first stage alone.",
        )
    sample = design.sample(frame)
    if not sample.weights.all():
        raise InferenceError(
            f"{int((sample.weights == 0).sum())} rows weigh nothing, and a cube would count them.",
            hint="leave them out of the cube, or estimate from rows (`Survey`).",
        )
    projection = None if calibration is None else _margin_projection(calibration, frame.height)
    weights = sample.weights if calibration is None else calibration.weights
    unit, units = _group_into_units(sample)
    levels = {item: tuple(codes or ()) for item, codes in items.items()}
    indexes = {
        name: kernel.index_cells(frame.get_column(column), unit, units, total_label=TOTAL)
        for name, column in columns.items()
    }
    partition = next(
        (name for name, index in indexes.items() if _covers_all_rows(index.domain)), None
    )
    if partition is None:
        indexes[TOTAL] = kernel.index_cells(None, unit, units, total_label=TOTAL)
    domains = {
        name: Domains.from_cells(
            index.labels,
            cell_unit=index.cell_unit,
            cell_domain=index.cell_domain,
            cell_psus=index.cell_psus,
            units=units,
        )
        for name, index in indexes.items()
    }
    element_rows = np.flatnonzero(units.element_sampled[unit])
    sums = {
        name: _BreakdownSums(
            index,
            domains[name],
            weights=weights,
            element_rows=element_rows,
            projection=projection,
        )
        for name, index in indexes.items()
    }
    buffers = _allocate_weighted_totals(sums, levels)

    def build_tables(items_of_thread: Sequence[str]) -> dict[tuple[str, str], Table]:
        answers = {
            item: kernel.code_answers(frame.get_column(item), levels[item])
            for item in items_of_thread
        }
        tables = {}
        for name, of_breakdown in sums.items():
            counts = kernel.count_levels(list(answers.values()), of_breakdown.index.domain)
            for (item, coded), count in zip(answers.items(), counts, strict=True):
                buffer = buffers[item, name]
                tables[item, name] = of_breakdown.table(coded, counts=count, buffer=buffer)
        return tables

    names = list(levels)
    with ThreadPoolExecutor(THREADS) as pool:
        parts = pool.map(build_tables, (names[start::THREADS] for start in range(THREADS)))
        tables = {key: table for part in parts for key, table in part.items()}
    products = {}
    for first, second in pairs:
        left, right = (
            kernel.code_answers(frame.get_column(item), levels[item]).take(element_rows)
            for item in (first, second)
        )
        for name, of_breakdown in sums.items():
            products[first, second, name] = of_breakdown.pair_products(left, right)
    if partition is not None:
        domains[TOTAL] = Domains.overall(units)
        for item in levels:
            tables[item, TOTAL] = _sum_over_domains(tables[item, partition], domains[partition])
        for first, second in pairs:
            products[first, second, TOTAL] = _sum_by_unit(
                products[first, second, partition], domains[partition], of_elements=True
            )
    return Cube(
        levels=levels,
        breakdowns=domains,
        tables=tables,
        units=units,
        keys=_unit_keys(frame, design, unit, units=units),
        strata=design.strata,
        margins=None if calibration is None else _margins(calibration, unit, units=units),
        weighted_total=float(weights.sum()),
        rows=frame.height,
        pairs=products,
        nest=design.nest,
    )


def _covers_all_rows(domain: kernel.GroupCodes) -> bool:
    """Whether each row has a domain."""
    return bool((domain.codes < domain.count).all())


class _BreakdownSums:
    """What summing items in one breakdown needs, prepared once.

    Args:
        index: The domain and cell of each row.
        domains: The domains.
        weights: (n,) final weights.
        element_rows: Positions of the element-sampled rows.
        projection: Of the calibration on margins, or None.

    """

    def __init__(
        self,
        index: kernel.CellIndex,
        domains: Domains,
        *,
        weights: Floats,
        element_rows: Ints,
        projection: Projection | None,
    ) -> None:
        self.index, self.weights, self.projection = index, weights, projection
        self.element_rows = element_rows
        self.element_squares = weights[element_rows] ** 2
        cells = len(domains.element_cells)
        new_codes = np.full(index.cell.count, cells, dtype=np.int64)
        new_codes[domains.element_cells] = np.arange(cells)
        self.element_groups = index.cell.take(element_rows, new_codes=new_codes, count=cells)
        if projection is not None:
            margin_cells, size = projection.cells, projection.size
            assert margin_cells is not None
            self.domain_margins = kernel.cross_with_margins(index.domain, margin_cells, size)
            of_elements = replace(margin_cells, cell=margin_cells.cell[element_rows])
            self.element_margins = kernel.cross_with_margins(self.element_groups, of_elements, size)

    def table(self, answers: kernel.ItemAnswers, *, counts: Ints, buffer: Floats) -> Table:
        """The totals of one item, of whose answers the counts are known; its weighted totals are
        written into `buffer`.
        """
        buffer[...] = answers.totals(self.index.cell, self.weights)
        of_elements = answers.take(self.element_rows)
        totals = squares = None
        if self.projection is not None:
            size, weights = self.projection.size, self.projection.weights
            totals = kernel.sum_by_margin(answers, self.domain_margins, size, weights=weights)
            squares = kernel.sum_by_margin(
                of_elements, self.element_margins, size, weights=self.element_squares
            )
        return Table(
            weights=buffer,
            counts=counts,
            squares=of_elements.products(self.element_groups, self.element_squares),
            margin_totals=totals,
            margin_squares=squares,
        )

    def pair_products(self, first: kernel.ItemAnswers, second: kernel.ItemAnswers) -> Floats:
        """(S, B, B') totals, by squared weights, of products of the numbers of two items, from
        their answers in the element-sampled rows.
        """
        return kernel.pair_products(
            first, second, self.element_groups, weights=self.element_squares
        )


def _allocate_weighted_totals(
    sums: Mapping[str, _BreakdownSums], levels: Mapping[str, tuple[int, ...]]
) -> dict[tuple[str, str], Floats]:
    """(item, breakdown) → an empty (C, B) array, all of one block of memory: small blocks would
    cost more than the sums.
    """
    shapes = {
        (item, name): (of_breakdown.index.cell.count, len(codes) or 2)
        for name, of_breakdown in sums.items()
        for item, codes in levels.items()
    }
    block = np.empty(sum(cells * width for cells, width in shapes.values()))
    buffers, start = {}, 0
    for key, (cells, width) in shapes.items():
        buffers[key] = block[start : start + cells * width].reshape(cells, width)
        start += cells * width
    return buffers


def _margin_projection(calibration: Calibration, rows: int) -> Projection:
    """The projection of a calibration on margins of so many rows.

    Raises:
        InferenceError: it has other rows, or is not on margins.

    """
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


def _group_into_units(sample: Sample) -> tuple[Ints, Units]:
    """(n,) the unit of each row, and the units: the clusters, and the element-sampled respondents
    of each declared stratum together.
    """
    units = sample.units
    if not units.element_sampled.any():
        return sample.psu, units
    strata = int(sample.declared_stratum.max()) + 1
    key = np.where(units.element_sampled, sample.declared_stratum, strata + np.arange(sample.psus))
    unit_of_psu, count = compact_codes(key, strata + sample.psus)
    stratum, by_element = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    stratum[unit_of_psu], by_element[unit_of_psu] = units.stratum, units.element_sampled
    grouped = replace(
        units,
        stratum=stratum,
        size=np.bincount(unit_of_psu, minlength=count),
        element_sampled=by_element,
    )
    return unit_of_psu[sample.psu], grouped


def _unit_keys(frame: pl.DataFrame, design: Design, unit: Ints, *, units: Units) -> pl.DataFrame:
    """The columns that tell units apart, one row each: by these, cubes of other rows are merged."""
    first_row = np.empty(len(units.stratum), dtype=np.int64)
    first_row[unit[::-1]] = np.arange(frame.height)[::-1]
    columns = [
        frame.get_column(name).gather(first_row)
        for name in dict.fromkeys([*design.strata, *design.clusters])
    ]
    by_element = pl.Series(ELEMENT_SAMPLED, units.element_sampled)
    only_clusters = [name for name in design.clusters if name not in design.strata]
    return pl.DataFrame([*columns, by_element]).with_columns(
        pl.when(~pl.col(ELEMENT_SAMPLED)).then(pl.col(name)) for name in only_clusters
    )


def _sum_over_domains(table: Table, domains: Domains) -> Table:
    """The table over all rows, from that of a breakdown in which every row has a domain."""
    totals = None if table.margin_totals is None else table.margin_totals.sum(axis=1, keepdims=True)
    squares = None
    if table.margin_squares is not None:
        by_cell = table.margin_squares.swapaxes(0, 1)
        squares = _sum_by_unit(by_cell, domains, of_elements=True).swapaxes(0, 1)
    return Table(
        weights=_sum_by_unit(table.weights, domains, of_elements=False),
        counts=table.counts.sum(axis=0, keepdims=True),
        squares=_sum_by_unit(table.squares, domains, of_elements=True),
        margin_totals=totals,
        margin_squares=squares,
    )


def _sum_by_unit(values: Floats, domains: Domains, *, of_elements: bool) -> Floats:
    """Sums over the cells of each unit.

    Args:
        values: (C, …) one row per cell; (S, …) where `of_elements`.
        domains: Whose cells they are, in the order of units.
        of_elements: The rows are those of the element-sampled units alone.

    """
    unit = domains.cell_unit[domains.element_cells] if of_elements else domains.cell_unit
    if not len(unit):
        return values
    if len(unit) == len(domains.grid):  # every unit has every domain
        return np.asarray(
            values.reshape(-1, len(domains.labels), *values.shape[1:]).sum(axis=1),
            dtype=np.float64,
        )
    number = np.cumsum(np.diff(unit, prepend=-1) > 0) - 1
    sums = sum_by_group(number, values.reshape(len(values), -1), int(number[-1]) + 1)
    return sums.reshape(-1, *values.shape[1:])


def _margins(calibration: Calibration, unit: Ints, *, units: Units) -> CalibrationMargins:
    """What variances need of a calibration on margins; `unit` (n,) is the unit of each row."""
    projection = calibration.projection
    assert projection.cells is not None
    size, cells, weights = projection.size, projection.cells, calibration.weights
    count = len(cells.categories)
    member = np.zeros((count, size))  # the categories of each margin cell
    member[np.arange(count)[:, None], cells.categories] = 1
    by_unit = kernel.sparse_totals(unit, cells.cell, weights, shape=(len(units.stratum), count))
    elements = int(units.element_sampled.sum())
    of_elements = units.element_sampled[unit]
    number = np.cumsum(units.element_sampled) - 1
    by_cell = kernel.sparse_totals(
        number[unit[of_elements]],
        cells.cell[of_elements],
        weights[of_elements] ** 2,
        shape=(elements, count),
    )
    unit_squares = np.zeros((elements, size, size))
    for position, row in enumerate(by_cell.toarray()):
        unit_squares[position] = (member * row[:, None]).T @ member
    mass = np.bincount(cells.cell, weights=projection.weights, minlength=count)
    variables = [variable for variable, _ in calibration.labels]
    starts = [variables.index(variable) for variable in calibration.variables] + [size]
    return CalibrationMargins(
        groups=tuple(slice(start, end) for start, end in pairwise(starts)),
        unit_weights=by_unit @ member,
        unit_squares=unit_squares,
        products=(member * mass[:, None]).T @ member,
        sweeps=projection.sweeps or RAKING_SWEEPS,
    )
