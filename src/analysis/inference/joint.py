"""Estimates with their joint covariance: contrasts and smooth functions of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.student import student_quantile

STEP = 1e-30
"""Step of the complex derivative: small enough to be exact, since nothing is subtracted."""

LINEARIZATION = "linearization"
"""The method of all variances that are not of replicates."""


@dataclass(frozen=True)
class JointEstimates:
    """K estimates with the covariance between them.

    Attributes:
        names: K labels.
        value: (K,) estimates, each in its own unit.
        covariance: (K, K) in the products of these units.
        df: Degrees of freedom of the design; without one, there is no interval.
        base: (K,) unweighted rows behind each estimate; None for functions of several.
        method: How the covariance was estimated.
        absent: Name → why there is no number, or no error of it (NaN), for estimates without one.

    """

    names: tuple[str, ...]
    value: Floats
    covariance: Floats
    df: float
    base: Ints | None = None
    method: str = LINEARIZATION
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def se(self) -> Floats:
        """(K,) standard errors, each in the unit of its estimate."""
        result: Floats = np.sqrt(np.maximum(np.diagonal(self.covariance), 0))
        return result

    def interval(self, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """(K,) lower and (K,) upper Student's bounds; NaN without a degree of freedom."""
        half = student_quantile((1 + confidence) / 2, self.df) * self.se
        return self.value - half, self.value + half

    def contrast(
        self, coefficients: Sequence[Sequence[float]], names: Sequence[str]
    ) -> JointEstimates:
        """Linear combinations (C, K) of the estimates, with their covariance.

        Raises:
            InferenceError: a combination does not have one coefficient per estimate.

        """
        matrix = np.asarray(coefficients, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != len(self.names):
            raise InferenceError(
                f"A contrast of {len(self.names)} estimates takes as many coefficients.",
                hint="give one coefficient per estimate, in the order of their names.",
            )
        return JointEstimates(
            names=tuple(names),
            value=matrix @ self.value,
            covariance=matrix @ self.covariance @ matrix.T,
            df=self.df,
            method=self.method,
        )

    def smooth(self, function: Callable[[Floats], Floats], names: Sequence[str]) -> JointEstimates:
        """A smooth function of the estimates, by the delta method.

        Args:
            function: Maps K numbers to C; made of operations that take complex numbers (no
                comparison, no abs).
            names: C labels.

        """
        columns = []
        for number in range(len(self.names)):
            moved = self.value.astype(np.complex128)
            moved[number] += 1j * STEP
            columns.append(np.imag(np.atleast_1d(function(moved))) / STEP)  # type: ignore[arg-type]  # complex on purpose
        jacobian = np.stack(columns, axis=1)
        value = np.atleast_1d(np.asarray(function(self.value), dtype=np.float64))
        return JointEstimates(
            names=tuple(names),
            value=value,
            covariance=jacobian @ self.covariance @ jacobian.T,
            df=self.df,
            method=self.method,
        )

    def take(self, names: Sequence[str]) -> JointEstimates:
        """The estimates of these names, in this order.

        Raises:
            InferenceError: a name is unknown.

        """
        for name in names:
            if name not in self.names:
                raise InferenceError.unknown("estimate", name, self.names)
        positions = [self.names.index(name) for name in names]
        return JointEstimates(
            names=tuple(names),
            value=self.value[positions],
            covariance=self.covariance[np.ix_(positions, positions)],
            df=self.df,
            base=None if self.base is None else self.base[positions],
            method=self.method,
            absent={name: why for name, why in self.absent.items() if name in names},
        )
