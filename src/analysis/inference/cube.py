"""The cube: sufficient statistics of a sample, from which every design-based figure is algebra.

One pass maps each row to a cell (its PSU × its domain in a declared breakdown) and adds up, per item and level,
the weights and the unweighted counts. The cube holds people, cell by cell: it is as confidential as the responses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.calibration import Calibration
from analysis.inference.design import Design, Floats, Ints, Sample
from analysis.inference.projection import RAKING_SWEEPS, Projection

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


@dataclass(frozen=True)
class Table:
    """Totals of one item in one breakdown of D domains and C cells.

    Attributes:
        weights: (C, L) sum of weights by cell and level.
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
        margins: The calibration's margins, or None.
        weighted_total: Sum of weights.
        rows: n.

    """

    levels: Mapping[str, tuple[int, ...]]
    breakdowns: Mapping[str, Breakdown]
    tables: Mapping[tuple[str, str], Table]
    sample: Sample
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
    answers = {item: _levels(frame.get_column(item), codes) for item, codes in levels.items()}
    found: dict[str, Breakdown] = {}
    tables: dict[tuple[str, str], Table] = {}
    for name in (TOTAL, *wanted):
        domain, labels = _domains(frame, wanted.get(name))
        inside = domain >= 0
        key = sample.psu[inside] * len(labels) + domain[inside]
        cells, cell = np.unique(key, return_inverse=True)
        found[name] = Breakdown(labels, cells // max(len(labels), 1), cells % max(len(labels), 1))
        for item, codes in levels.items():
            tables[item, name] = _table(
                cell,
                len(cells),
                domain,
                len(labels),
                answers[item],
                len(codes),
                sample.weights,
                None if calibration is None else calibration.projection,
            )
    empty = np.empty(0)
    bare = Sample(empty, np.empty(0, dtype=np.int64), sample.psu_stratum, sample.strata, sample.population, sample.lonely)
    return Cube(levels, found, tables, bare, margins, float(sample.weights.sum()), frame.height)


def _levels(answers: pl.Series, codes: tuple[int, ...]) -> Ints:
    """The rank of each answer among the levels, -1 where it is none of them."""
    ranks = {code: rank for rank, code in enumerate(codes)}
    return answers.replace_strict(ranks, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()


def _domains(frame: pl.DataFrame, column: str | None) -> tuple[Ints, tuple[str, ...]]:
    """The domain of each row (-1 where it has none) and the domains' labels, sorted."""
    if column is None:
        return np.zeros(frame.height, dtype=np.int64), (TOTAL,)
    values = frame.get_column(column).cast(pl.String)
    labels = tuple(values.drop_nulls().unique().sort())
    ranks = {label: rank for rank, label in enumerate(labels)}
    return values.replace_strict(ranks, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy(), labels


def _table(
    cell: Ints,
    cells: int,
    domain: Ints,
    domains: int,
    level: Ints,
    levels: int,
    weights: Floats,
    projection: Projection | None,
) -> Table:
    """Adds up one item in one breakdown; `cell` has one entry per row that stands in a domain."""
    inside = domain >= 0
    valid = level[inside] >= 0
    level, domain, weights = level[inside][valid], domain[inside][valid], weights[inside][valid]
    cell = cell[valid]
    totals: Floats = np.bincount(cell * levels + level, weights=weights, minlength=cells * levels).astype(np.float64)
    place = domain * levels + level
    counts = np.bincount(place, minlength=domains * levels)
    margin_counts = None
    if projection is not None and projection.categories is not None:
        size, categories = domains * levels, projection.categories[inside][valid]
        mass = projection.weights[inside][valid]
        total = sum(np.bincount(column * size + place, weights=mass, minlength=projection.size * size) for column in categories.T)
        margin_counts = np.asarray(total).reshape(-1, domains, levels)
    return Table(totals.reshape(cells, levels), counts.reshape(domains, levels), margin_counts)


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
