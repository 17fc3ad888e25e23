"""The cube: sufficient statistics of a sample, from which every design-based figure is algebra.

Rows are mapped to cells (their cluster × their domain in a declared breakdown); of each cell the
cube has, per item and level, the sum of weights and the unweighted count. Element-sampled
respondents are summed by stratum, with their squared weights, so that the cube stays small whatever
their number. The cube holds people, cell by cell: it is as confidential as the responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.units import Units

TOTAL = "total"
"""The breakdown that every cube has: one domain, everybody."""

ELEMENT_SAMPLED = "_single"
"""Column of a cube's keys that says which units are element-sampled, as stored cubes name it."""


@dataclass(frozen=True)
class Domains:
    """The domains of one breakdown, and its cells: the pairs (unit, domain) that occur.

    Attributes:
        labels: D labels, sorted; a row without a value belongs to no domain.
        cell_unit, cell_domain: (C,) the unit and the domain of each cell.
        cell_psus: (C,) number of PSU in each cell.
        grid: (U · D,) the cell of each unit and domain, C where there is none.
        element_cells: (S,) the cells of element-sampled units.
        df: (D,) PSU − strata among those that hold the domain.

    """

    labels: tuple[str, ...]
    cell_unit: Ints
    cell_domain: Ints
    cell_psus: Ints
    grid: Ints
    element_cells: Ints
    df: Ints

    @classmethod
    def from_cells(
        cls,
        labels: tuple[str, ...],
        *,
        cell_unit: Ints,
        cell_domain: Ints,
        cell_psus: Ints,
        units: Units,
    ) -> Domains:
        """The domains of these labels and cells; df is R's ``degf(subset(design, domain))``."""
        size = len(labels)
        in_stratum = np.zeros((size, units.strata), dtype=bool)
        in_stratum[cell_domain, units.stratum[cell_unit]] = True
        psus = np.bincount(cell_domain, weights=cell_psus, minlength=size).astype(np.int64)
        grid = np.full(len(units.stratum) * size, len(cell_unit), dtype=np.int64)
        grid[cell_unit * size + cell_domain] = np.arange(len(cell_unit))
        return cls(
            labels=labels,
            cell_unit=cell_unit,
            cell_domain=cell_domain,
            cell_psus=cell_psus,
            grid=grid,
            element_cells=np.flatnonzero(units.element_sampled[cell_unit]),
            df=psus - in_stratum.sum(axis=1),
        )

    @classmethod
    def overall(cls, units: Units) -> Domains:
        """The one domain of the breakdown `total`."""
        unit_cells = np.arange(len(units.stratum))
        return cls.from_cells(
            (TOTAL,),
            cell_unit=unit_cells,
            cell_domain=np.zeros_like(unit_cells),
            cell_psus=units.size,
            units=units,
        )


@dataclass(frozen=True)
class Table:
    """Totals of one item in one breakdown of D domains and C cells, S of them element-sampled.

    Each answer is B numbers: an indicator for each level, or 1 and the amount.

    Attributes:
        weights: (C, B) weighted totals of the numbers.
        counts: (D, L) unweighted respondents by domain and level (L = 1 for amounts).
        squares: (S, B, B) totals, weighted by squared weights, of the products of two numbers.
        margin_totals: (J, D, B) totals, by projection weights, in each margin category; None
            without calibration.
        margin_squares: (J, S, B) totals, weighted by squared weights, in each margin category; None
            without calibration.

    """

    weights: Floats
    counts: Ints
    squares: Floats
    margin_totals: Floats | None
    margin_squares: Floats | None


@dataclass(frozen=True)
class CalibrationMargins:
    """What a variance needs of a calibration on margins of J categories in all.

    Attributes:
        groups: The categories of each margin, as slices of the J.
        unit_weights: (U, J) sum of final weights in each category.
        unit_squares: (S, J, J) sum of squared final weights in both of two categories, for the
            element-sampled units, in their order.
        products: (J, J) sum of projection weights in both of two categories.
        sweeps: Sweeps of the projection over the margins.

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
        units: What totals are kept of: clusters, and the element-sampled respondents of a stratum.
        keys: U rows: the columns of strata and clusters, and whether a unit is element-sampled.
        strata: The names of the strata's columns among them.
        margins: The calibration's margins, or None.
        weighted_total: Sum of weights.
        rows: n.
        pairs: (item, item, breakdown) → (S, B, B') totals, weighted by squared weights, of the
            products of a number of one item and one of the other.
        nest: Clusters are numbered within strata.

    """

    levels: Mapping[str, tuple[int, ...]]
    breakdowns: Mapping[str, Domains]
    tables: Mapping[tuple[str, str], Table]
    units: Units
    keys: pl.DataFrame
    strata: tuple[str, ...]
    margins: CalibrationMargins | None
    weighted_total: float
    rows: int
    pairs: Mapping[tuple[str, str, str], Floats] = field(default_factory=dict)
    nest: bool = False

    def domains(self, by: str) -> Domains:
        """The domains of a breakdown.

        Raises:
            InferenceError: the cube does not have it.

        """
        if by not in self.breakdowns:
            raise InferenceError.unknown("breakdown", by, self.breakdowns)
        return self.breakdowns[by]

    def table(self, item: str, by: str) -> Table:
        """The totals of an item in a breakdown.

        Raises:
            InferenceError: the cube lacks one or the other.

        """
        if item not in self.levels:
            raise InferenceError.unknown("item", item, self.levels)
        self.domains(by)
        return self.tables[item, by]
