"""R-indicators: how unlike those who answered a survey are to those who were drawn for it.

Users answer with propensities ρ that a logistic model gives from what the register knows of
everybody. R = 1 − 2 S(ρ) is 1 where all answer alike, and 0 where half of them always do and half
never. Schouten, Cobben and Bethlehem, *Survey Methodology* 35 (2009) 101-113; bias and error as in
Shlomo, Skinner and Schouten, *Journal of Statistical Planning and Inference* 142 (2012) 201-211,
with the sampling design of strata from finite populations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.intervals import CONFIDENCE
from analysis.inference.regression import fit_weighted

SAME = 1e-10
"""What is left of a column that others tell, in share of the largest, is rounding."""


@dataclass(frozen=True)
class Spread:
    """The standard deviation of propensities, of which the noise of their estimates was taken out.

    Attributes:
        value: In [0, 1/2]; 0 where they differ no more than by chance.
        variance: Its square before it is cut at 0.
        variance_se: Standard error of `variance`.

    """

    value: float
    variance: float
    variance_se: float

    @classmethod
    def of(cls, variance: float, variance_se: float) -> Spread:
        """That of a variance with its standard error."""
        return cls(float(np.sqrt(max(variance, 0.0))), variance, variance_se)

    def bounds(self, level: float = CONFIDENCE) -> tuple[float, float]:
        """Its interval: that of the variance, cut at 0."""
        half = float(scipy.stats.norm.ppf((1 + level) / 2)) * self.variance_se
        low, high = max(self.variance - half, 0.0), max(self.variance + half, 0.0)
        return float(np.sqrt(low)), float(np.sqrt(high))


@dataclass(frozen=True)
class Representativity:
    """How unlike one another the propensities of those who were drawn are.

    Attributes:
        spread: Of all of them.
        unconditional: Variable → the spread between its categories.
        conditional: Variable → the spread that it adds to the others.

    """

    spread: Spread
    unconditional: Mapping[str, Spread]
    conditional: Mapping[str, float]

    @property
    def value(self) -> float:
        """The R-indicator."""
        return 1 - 2 * self.spread.value

    @property
    def se(self) -> float:
        """Its standard error; NaN where no propensity differs from another."""
        if self.spread.value == 0:
            return float("nan")
        return self.spread.variance_se / self.spread.value

    def bounds(self, level: float = CONFIDENCE) -> tuple[float, float]:
        """Its interval."""
        low, high = self.spread.bounds(level)
        return 1 - 2 * high, 1 - 2 * low


def representativity(
    variables: Mapping[str, Sequence[str | None]],
    drawn: Ints,
    answered: Ints,
    *,
    strata: Sequence[str],
    weights: Floats,
) -> Representativity:
    """The R-indicator of a sample, and what each variable has in it.

    Args:
        variables: Name → (C,) category of each cell of the frame; an unknown one (None) is a
            category like any other.
        drawn, answered: (C,) people who were drawn, and those of them who answered.
        strata: (C,) stratum of each cell; people of a stratum were drawn at random among all of
            them.
        weights: (C,) users over people drawn, of the stratum.

    Raises:
        InferenceError: nobody was drawn, or of some category nobody answered, or everybody did: the
            model has no solution.

    """
    kept = drawn > 0
    model = _Model(drawn[kept], answered[kept], np.asarray(strata)[kept], weights[kept])
    codes = {
        name: np.unique(["" if one is None else f"={one}" for one in values], return_inverse=True)[
            1
        ][kept]
        for name, values in variables.items()
    }
    if not kept.any():
        raise InferenceError("Nobody was drawn.", hint="the frame says who was.")
    for name, which in codes.items():
        people, answers = (np.bincount(which, weights=count) for count in (model.n, model.r))
        if ((answers == 0) | (answers == people)).any():
            raise InferenceError(
                f"Of a category of {name!r}, nobody answered, or everybody did: no propensity can "
                "be told.",
                hint="group its categories in the frame.",
            )
    whole = model.spread(list(codes.values()))
    return Representativity(
        spread=whole,
        unconditional={name: model.spread([which]) for name, which in codes.items()},
        conditional={
            name: _root(
                whole.variance
                - model.spread([one for other, one in codes.items() if other != name]).variance
            )
            for name in codes
        },
    )


def _root(variance: float) -> float:
    return float(np.sqrt(max(variance, 0.0)))


class _Model:
    """Cells of C kinds of people, and how they were drawn."""

    def __init__(self, drawn: Ints, answered: Ints, strata: np.ndarray, weights: Floats) -> None:
        self.n, self.r = drawn.astype(np.float64), answered.astype(np.float64)
        self._d, self._strata = weights, np.unique(strata, return_inverse=True)[1]

    def spread(self, factors: Sequence[Ints]) -> Spread:
        """That of the propensities of a model with the main effects of some factors (C,)."""
        x = _model_matrix(factors, len(self.n))
        people = self._d * self.n
        share = people / people.sum()
        fit = fit_weighted(self.r / self.n, x, weights=share, family="binomial")
        rho = np.asarray(scipy.special.expit(x @ fit.coefficients), dtype=np.float64)
        noise = rho * (1 - rho)
        z = noise[:, None] * x
        bread = np.linalg.inv((x * (people * noise)[:, None]).T @ x)
        covariance = bread @ ((x * (self._d * people * noise)[:, None]).T @ x) @ bread
        apart = rho - share @ rho
        centred = z - share @ z
        matrix = (centred * share[:, None]).T @ centred
        # Noise of the answers: it spreads the fitted propensities around their mean.
        of_answers = float(np.trace(matrix @ covariance))
        gradient = 2 * (share * apart) @ z
        sampled = self._variance_of_mean(apart**2)
        return Spread.of(
            float(share @ apart**2) - of_answers + self._variance_of_mean(rho),
            float(
                np.sqrt(
                    gradient @ covariance @ gradient
                    + 2 * np.trace(matrix @ covariance @ matrix @ covariance)
                    + sampled
                )
            ),
        )

    def _variance_of_mean(self, values: Floats) -> float:
        """Of the weighted mean of values (C,), by the stratified draw."""
        size = np.bincount(self._strata, weights=self.n)
        users = np.bincount(self._strata, weights=self._d * self.n)
        mean = np.bincount(self._strata, weights=self.n * values) / size
        squares = np.bincount(self._strata, weights=self.n * (values - mean[self._strata]) ** 2)
        within = squares / np.maximum(size - 1, 1)
        part = (users / users.sum()) ** 2 * (1 - size / users) * within / size
        return float(part.sum())


def _model_matrix(factors: Sequence[Ints], rows: int) -> Floats:
    """A constant, and an indicator of each category of each factor but its first; columns that
    others tell are left out.
    """
    indicators = [
        (factor[:, None] == np.arange(1, factor.max() + 1)).astype(np.float64) for factor in factors
    ]
    x = np.hstack([np.ones((rows, 1)), *indicators])
    triangle, order = scipy.linalg.qr(x, mode="r", pivoting=True)
    size = np.abs(np.diagonal(triangle))
    return x[:, np.sort(order[: int((size > SAME * size[0]).sum())])]
