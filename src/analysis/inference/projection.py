"""What a calibration explains of a score: the part that the variance must not count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.inference.arrays import Floats, Ints, sum_by_group

RAKING_SWEEPS = 10
"""Sweeps of the projection on raked margins: the number R's ``survey:::svyrecvar`` takes. Equality
to 1e-9 depends on it."""


@dataclass(frozen=True)
class MarginCells:
    """The cells of M margins, their distinct combinations of categories: all that calibrating and
    projecting need of the rows.

    Attributes:
        categories: (C, M) category of each cell in each margin, 0 … J − 1 over all margins.
        cell: (n,) code of each row's cell.

    """

    categories: Ints
    cell: Ints

    def row_categories(self, margin: int) -> Ints:
        """(n,) category of each row in a margin, 0 … J − 1 over all margins."""
        categories: Ints = self.categories[self.cell, margin]
        return categories


@dataclass(frozen=True)
class Projection:
    """The auxiliary variables of a calibration.

    Attributes:
        weights: (n,) weights of the projection: 1 after raking, base weights otherwise (R's
            conventions).
        cells: The cells of the margins, with those of the rows; None without margins.
        size: J, the number of categories of all margins, or of columns of the matrix.
        matrix: (n, p) model matrix of a calibration on continuous variables; or None.
        sweeps: Sweeps over the margins; None projects on all of them at once (least squares).

    """

    weights: Floats
    cells: MarginCells | None
    size: int
    matrix: Floats | None
    sweeps: int | None

    def residual(self, scores: Floats) -> Floats:
        """The (n, K) scores less what the auxiliary variables explain of them (weights left out of
        both).
        """
        if self.cells is not None and self.sweeps is not None:
            return self._sweep_margins(scores, self.cells, self.sweeps)
        assert self.matrix is not None
        root = np.sqrt(self.weights)[:, None]
        coefficients = np.linalg.lstsq(self.matrix * root, scores * root, rcond=None)[0]
        result: Floats = scores - self.matrix @ coefficients
        return result

    def _sweep_margins(self, scores: Floats, cells: MarginCells, sweeps: int) -> Floats:
        """(n, K) scores less their means by category, margin after margin, so many times over."""
        count = len(cells.categories)
        mass = np.bincount(cells.cell, weights=self.weights, minlength=count)[:, None].astype(
            np.float64
        )
        sums = sum_by_group(cells.cell, scores * self.weights[:, None], count)
        explained = np.zeros_like(sums)
        for _ in range(sweeps):
            for column in cells.categories.T:
                total = sum_by_group(column, sums - mass * explained, self.size)
                size = sum_by_group(column, mass, self.size)
                means = np.divide(total, size, out=np.zeros_like(total), where=size > 0)
                explained += means[column]
        result: Floats = scores - explained[cells.cell]
        return result
