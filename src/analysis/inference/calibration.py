"""Calibration to known totals of any variables, by a distance; what later variances must know of
it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.projection import Projection

EXACT = 1e-14
"""Relative gap at which nothing is left to gain. Where margins are nearly one another's, sweeps
that gain little each stop far from the solution: Newton's steps end there."""

HALVINGS = 30
"""How often a step is halved before it is given up."""

SMALLEST_STEP = 2.0 ** (1 - HALVINGS)

REACHED = 1e-12
"""Largest relative gap to a total of any variable that counts as reached."""

TRIMMED = 1e-10
"""Share of the sum of weights that trimming may leave undistributed."""


@dataclass(frozen=True)
class Calibration:
    """Calibrated weights, how they were reached, and what they honour.

    Attributes:
        weights: (n,) final weights.
        base_weights: (n,) weights before.
        projection: What variances must take away from scores.
        variables: Names of the margins or terms.
        labels: J pairs (variable, category), or (term, "") for continuous variables.
        iterations: Sweeps over the margins, or Newton steps.
        gap: Largest relative gap to a total that is left.

    """

    weights: Floats
    base_weights: Floats
    projection: Projection
    variables: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    iterations: int
    gap: float

    @property
    def ratio_range(self) -> tuple[float, float]:
        """Smallest and largest ratio of final to base weight, relative to their mean ratio."""
        ratio = self.weights / self.base_weights
        return float(ratio.min() / ratio.mean()), float(ratio.max() / ratio.mean())


@dataclass(frozen=True)
class Distance:
    """A calibration distance, as functions of u = x'λ (n,).

    Attributes:
        ratio: The ratio g of final to base weight (n,).
        slope: Its derivative (n,).

    """

    ratio: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def linear_distance(bounds: tuple[float, float] = (-np.inf, np.inf)) -> Distance:
    """GREG: g = 1 + u, cut at the bounds."""
    low, high = bounds
    return Distance(
        lambda u: np.clip(1 + u, low, high),
        lambda u: ((1 + u > low) & (1 + u < high)).astype(np.float64),
    )


def raking_distance() -> Distance:
    """Exponential: g = exp(u), always positive."""
    return Distance(np.exp, np.exp)


def logit_distance(bounds: tuple[float, float]) -> Distance:
    """Logit between two bounds, low < 1 < high (Deville and Särndal, 1992)."""
    low, high = bounds
    if not low < 1 < high:
        raise InferenceError(
            f"Bounds of the ratio must hold 1 between them: {low:g}, {high:g}.",
            hint="take a lower bound under 1 and an upper one above it.",
        )
    scale = (high - low) / ((1 - low) * (high - 1))

    def ratio(u: Floats) -> Floats:
        e = np.exp(np.clip(scale * u, -300, 300))
        result: Floats = (low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e)
        return result

    def slope(u: Floats) -> Floats:
        e = np.exp(np.clip(scale * u, -300, 300))
        result: Floats = (
            scale * e * (1 - low) * (high - 1) * (high - low) / (high - 1 + (1 - low) * e) ** 2
        )
        return result

    return Distance(ratio, slope)


def calibrate(
    matrix: Floats,
    totals: Floats,
    *,
    weights: Floats,
    distance: Distance,
    names: tuple[str, ...],
    iterations: int = 200,
) -> Calibration:
    """Calibrates weights to totals of any variables, by a distance.

    Args:
        matrix: (n, p) model matrix; a column of ones counts the population.
        totals: (p,) known totals.
        weights: (n,) base weights.
        distance: `linear_distance()`, `raking_distance()` or `logit_distance(bounds)`.
        names: p names of the columns.
        iterations: Largest number of Newton steps.

    Missing values: the matrix and the weights have none.

    Raises:
        InferenceError: the totals cannot be reached within the bounds; the message names the column
            furthest away.

    Reference: Deville and Särndal (1992); R's ``calibrate``, whose variances take the residuals of
    the base-weighted regression with the final weights.

    """
    multiplier = np.zeros(matrix.shape[1])
    scale: Floats = np.maximum(
        np.abs(totals), np.abs(matrix).T @ weights
    )  # a total near 0 has no scale of its own

    def largest_gap(multiplier: Floats) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # a step too far, which is halved
            reached = matrix.T @ (weights * distance.ratio(matrix @ multiplier))
        return float(np.abs((totals - reached) / scale).max())

    step, gap = 0, largest_gap(multiplier)
    while gap > EXACT and step < iterations:
        step += 1
        u = matrix @ multiplier
        residual = totals - matrix.T @ (weights * distance.ratio(u))
        slope = weights * distance.slope(u)
        move: Floats = np.linalg.lstsq(matrix.T @ (matrix * slope[:, None]), residual, rcond=None)[
            0
        ].astype(np.float64)
        length = _step_length(largest_gap, multiplier, move, below=gap)
        if length < SMALLEST_STEP and gap <= REACHED:
            break  # as near as numbers go
        multiplier = multiplier + length * move
        gap = largest_gap(multiplier)
    ratio = distance.ratio(matrix @ multiplier)
    if gap <= REACHED:
        return Calibration(
            weights=weights * ratio,
            base_weights=weights.copy(),
            projection=Projection(
                weights=weights, cells=None, size=matrix.shape[1], matrix=matrix, sweeps=None
            ),
            variables=names,
            labels=tuple((name, "") for name in names),
            iterations=step,
            gap=gap,
        )
    residual = totals - matrix.T @ (weights * ratio)
    worst = names[int(np.argmax(np.abs(residual / scale)))]
    raise InferenceError(
        f"Calibration cannot reach the totals: after {step} steps that of {worst!r} is still "
        f"{gap:.2%} away.",
        hint="widen the bounds, or merge the categories that few respondents stand in.",
    )


def _step_length(
    largest_gap: Callable[[Floats], float], multiplier: Floats, move: Floats, *, below: float
) -> float:
    """The first of 1, ½, ¼, … by which the multiplier (p,) can be moved so that the largest gap
    falls; half the smallest step where none is.
    """
    length = 1.0
    for _ in range(HALVINGS):
        if largest_gap(multiplier + length * move) < below:  # false for NaN
            return length
        length /= 2
    return length


def trim(calibration: Calibration, *, low: float, high: float) -> Floats:
    """Final weights cut at `low` and `high` times their mean, the excess being shared among the
    other rows in proportion to their weights (R's ``trimWeights`` gives each as much). Calibrate
    again afterwards: totals have moved.

    Returns:
        (n,) weights with the same sum.

    """
    weights = calibration.weights.copy()
    bounds = low * weights.mean(), high * weights.mean()
    free = np.ones(len(weights), dtype=bool)
    for _ in range(len(weights)):
        cut = np.clip(weights, *bounds)
        free &= cut == weights
        excess = weights.sum() - cut.sum()
        if abs(excess) <= TRIMMED * weights.sum() or not free.any():
            return cut
        cut[free] += excess * cut[free] / cut[free].sum()
        weights = cut
    return weights


def kish_design_effect(weights: Floats) -> float:
    """Kish's design effect of unequal weights, n Σw² / (Σw)²; 1 when they are equal.

    >>> kish_design_effect(np.array([1.0, 1.0, 2.0]))
    1.125
    """
    return float(len(weights) * np.square(weights).sum() / weights.sum() ** 2)
