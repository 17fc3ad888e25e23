"""What a calibration explains of a score: the part that the variance must not count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.inference.design import Floats, Ints, grouped

RAKING_SWEEPS = 10
"""Sweeps of the projection on raked margins: the number R's ``survey:::svyrecvar`` takes. Equality to 1e-9 depends on it."""


@dataclass(frozen=True)
class Projection:
    """The auxiliary variables of a calibration.

    Attributes:
        weights: (n,) weights of the projection: 1 after raking, base weights otherwise (R's conventions).
        categories: (n, M) code of each row's category in each margin, 0 … J-1 over all margins; or None.
        size: J.
        matrix: (n, p) model matrix of a calibration on continuous variables; or None.
        sweeps: Sweeps over the margins; None projects on all of them at once (least squares).

    """

    weights: Floats
    categories: Ints | None
    size: int
    matrix: Floats | None
    sweeps: int | None

    def residual(self, scores: Floats) -> Floats:
        """The (n, K) scores less what the auxiliary variables explain of them (weights left out of both)."""
        if self.sweeps is not None and self.categories is not None:
            return self._swept(scores)
        root = np.sqrt(self.weights)[:, None]
        model = self.design_matrix()
        coefficients = np.linalg.lstsq(model * root, scores * root, rcond=None)[0]
        result: Floats = scores - model @ coefficients
        return result

    def design_matrix(self) -> Floats:
        """The (n, p) matrix that is projected on: the model matrix, or one indicator per category."""
        if self.matrix is not None:
            return self.matrix
        assert self.categories is not None
        indicators = np.zeros((len(self.weights), self.size))
        for column in self.categories.T:
            indicators[np.arange(len(column)), column] = 1
        return indicators

    def _swept(self, scores: Floats) -> Floats:
        assert self.categories is not None and self.sweeps is not None
        result = scores.copy()
        for _ in range(self.sweeps):
            for column in self.categories.T:
                total = grouped(column, result * self.weights[:, None], self.size)
                mass = np.bincount(column, weights=self.weights, minlength=self.size)
                result -= np.divide(total, mass[:, None], out=np.zeros_like(total), where=mass[:, None] > 0)[column]
        return result
