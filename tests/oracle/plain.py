"""Plain versions of what the library does fast: slow, row by row, by the definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from math import exp
from typing import Any

import numpy as np
from scipy import optimize

from analysis.inference.arrays import Floats

# --- the cube -------------------------------------------------------------------------------------


def label_codes(values: Sequence[Any]) -> tuple[list[str], list[int]]:
    """The distinct values as text, sorted, and the position of each; that of a None is after the
    last."""
    labels = sorted({str(value) for value in values if value is not None})
    return labels, [len(labels) if value is None else labels.index(str(value)) for value in values]


def answer_numbers(answer: Any, levels: Sequence[int]) -> Floats:
    """An answer as numbers: an indicator per level, or 1 and the amount; zeros for no answer."""
    if levels:
        return np.array([float(answer == level) for level in levels])
    return np.array([0.0, 0.0]) if answer is None else np.array([1.0, float(answer)])


def sums_by_key(keys: Sequence[Hashable | None], values: Sequence[Any]) -> dict[Hashable, Any]:
    """Sums of values by key; those without a key are left out."""
    sums: dict[Hashable, Any] = defaultdict(float)
    for key, value in zip(keys, values, strict=True):
        if key is not None:
            sums[key] = sums[key] + value
    return sums


# --- calibration ----------------------------------------------------------------------------------


def rake(
    categories: Mapping[str, Sequence[str | None]],
    margins: Mapping[str, Mapping[str, float]],
    base: Sequence[float],
    *,
    sweeps: int,
    tolerance: float,
) -> list[float] | None:
    """Weights raked row by row, or None where the sweeps do not suffice; rows without a category
    are one of their own, with their share of the base weights."""
    targets: dict[str, dict[str | None, float]] = {}
    for variable, totals in margins.items():
        unknown = sum(w for w, c in zip(base, categories[variable], strict=True) if c is None)
        share = unknown / sum(base)
        targets[variable] = {name: total * (1 - share) for name, total in totals.items()}
        if None in categories[variable]:
            targets[variable][None] = share * sum(totals.values())
    weights = list(base)
    for _ in range(sweeps):
        for variable, target in targets.items():
            reached = sums_by_label(categories[variable], weights)
            weights = [
                w * target[c] / reached[c]
                for w, c in zip(weights, categories[variable], strict=True)
            ]
        gaps = [
            abs(reached / target[c] - 1)
            for variable, target in targets.items()
            for c, reached in sums_by_label(categories[variable], weights).items()
        ]
        if max(gaps) <= tolerance:
            return weights
    return None


def sums_by_label(
    labels: Sequence[str | None], weights: Sequence[float]
) -> dict[str | None, float]:
    """Sums of weights by label, of which None is one."""
    sums: dict[str | None, float] = {}
    for label, weight in zip(labels, weights, strict=True):
        sums[label] = sums.get(label, 0.0) + weight
    return sums


def linear_ratio(u: float, low: float, high: float) -> float:
    return min(max(1 + u, low), high)


def raking_ratio(u: float, low: float, high: float) -> float:
    return exp(u)


def logit_ratio(u: float, low: float, high: float) -> float:
    """Deville and Särndal (1992), their case 6."""
    e = exp(u * (high - low) / ((1 - low) * (high - 1)))
    return (low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e)


def calibrate(
    matrix: Floats, totals: Floats, base: Floats, *, ratio: Callable[[float], float]
) -> Floats:
    """Weights base × ratio(x'λ) that have the totals: each total rises with its own multiplier, so
    that one after the other is found by bisection, until all hold. The columns are first made
    orthogonal, which changes neither what they span nor the weights."""
    root = np.linalg.cholesky(matrix.T @ (base[:, None] * matrix))
    columns, wanted = np.linalg.solve(root, matrix.T).T, np.linalg.solve(root, totals)
    multiplier = np.zeros(len(totals))

    def weights() -> Floats:
        return base * np.array([ratio(float(u)) for u in columns @ multiplier])

    def gap(value: float, number: int) -> float:
        multiplier[number] = value
        return float(columns[:, number] @ weights() - wanted[number])

    for _ in range(300):
        for number in range(len(totals)):
            low, high = multiplier[number] - 0.1, multiplier[number] + 0.1
            while gap(low, number) > 0:
                low -= 1
            while gap(high, number) < 0:
                high += 1
            multiplier[number] = optimize.brentq(gap, low, high, args=(number,), xtol=1e-14)
        if np.abs(matrix.T @ weights() - totals).max() < 1e-11 * np.abs(totals).max():
            return weights()
    raise AssertionError("these totals cannot be reached")


def swept_residual(
    scores: Sequence[float],
    categories: Sequence[Sequence[int]],
    weights: Sequence[float],
    *,
    sweeps: int,
) -> list[float]:
    """Scores less their weighted means by category, margin after margin, so many times over."""
    residual = list(scores)
    for _ in range(sweeps):
        for margin in categories:
            mass = sums_by_key(margin, weights)
            total = sums_by_key(margin, [w * z for w, z in zip(weights, residual, strict=True)])
            residual = [z - total[c] / mass[c] for z, c in zip(residual, margin, strict=True)]
    return residual


def regression_residual(scores: Floats, matrix: Floats, weights: Floats) -> Floats:
    """Scores less their weighted regression on the columns, by the normal equations."""
    normal = matrix.T @ (weights[:, None] * matrix)
    return np.asarray(scores - matrix @ np.linalg.solve(normal, matrix.T @ (weights * scores)))


# --- quantiles ------------------------------------------------------------------------------------


def quantile(values: Sequence[int], weights: Sequence[int], p: Fraction, rule: str) -> Fraction:
    """A weighted quantile in exact numbers, by Hyndman and Fan's definitions with weights for
    counts (the arithmetic is R's ``survey:::qrule_*``)."""
    if rule == "hf3":
        together = sums_by_key(values, weights)
        values, weights = sorted(together), [together[value] for value in sorted(together)]
    pairs = sorted(zip(values, weights, strict=True), key=lambda pair: pair[0])
    ordered, w = [Fraction(value) for value, _ in pairs], [Fraction(weight) for _, weight in pairs]
    reached = [sum(w[: place + 1], Fraction()) for place in range(len(w))]
    before, mass, n = [Fraction(), *reached[:-1]], reached[-1], len(w)
    if rule in ("math", "hf1"):
        return next(v for v, c in zip(ordered, reached, strict=True) if c >= p * mass)
    if rule in ("school", "hf2"):
        place = next(place for place, c in enumerate(reached) if c >= p * mass)
        exact = reached[place] == p * mass and place < n - 1
        return (ordered[place] + ordered[place + 1]) / 2 if exact else ordered[place]
    if rule == "hf3":
        place = next(place for place, c in enumerate(reached) if c >= p * mass)
        odd = (place + 1) % 2 == 1
        exact = reached[place] == p * mass and place < n - 1
        return ordered[place + 1] if exact and odd else ordered[place]
    if rule == "shahvaish":
        points = sorted(zip(shah_vaish_positions(w), range(n), strict=True))
        under = [place for point, place in points if point <= p]
        return ordered[under[-1] if under else points[0][1]]
    positions = {
        "hf4": [c / mass for c in reached],
        "hf5": [(c - x / 2) / mass for c, x in zip(reached, w, strict=True)],
        "hf6": [c / (mass + w[-1]) for c in reached],
        "hf7": [b / (reached[-2] if n > 1 else mass) for b in before],
        "hf8": [
            (b / 3 + c * 2 / 3) / (mass + w[-1] / 3) for b, c in zip(before, reached, strict=True)
        ],
        "hf9": [
            (b * 3 / 8 + c * 5 / 8) / (mass + w[-1] / 4)
            for b, c in zip(before, reached, strict=True)
        ],
    }[rule]
    if p <= positions[0]:
        return ordered[0]
    for place in range(1, n):
        if p <= positions[place]:
            part = (p - positions[place - 1]) / (positions[place] - positions[place - 1])
            return ordered[place - 1] + part * (ordered[place] - ordered[place - 1])
    return ordered[-1]


def shah_vaish_positions(weights: Sequence[int | Fraction]) -> list[Fraction]:
    """Plotting positions of sorted values: running sums of the weights over their mean, less half
    the raw weight, as R has it."""
    n, mass = len(weights), Fraction(sum(weights))
    reached = [Fraction(sum(weights[: place + 1])) / (mass / n) for place in range(n)]
    return [
        (c + Fraction(1, 2) - Fraction(x) / 2) / (n + 1)
        for c, x in zip(reached, weights, strict=True)
    ]
