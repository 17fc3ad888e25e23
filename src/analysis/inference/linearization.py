"""Linearized scores of figures from the cube, summed to its units, and their covariance.

A figure's score is what each respondent adds to its error; the cube holds the totals that it is
made of, so that no row is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats, Ints, sum_by_group
from analysis.inference.cube import TOTAL, CalibrationMargins, Cube, Domains, Table

Kind = Literal["mean", "total"]


@dataclass(frozen=True)
class Estimand:
    """One quantity to be estimated jointly with others: scores of an item, in a breakdown.

    Attributes:
        item: One of the cube's items.
        scores: One score per level, worst level first; none for an amount.
        by: A declared breakdown.
        kind: Mean, or total.
        name: What its estimates are called: `name` over everybody, `name|domain` in a breakdown;
            the item by default.

    """

    item: str
    scores: tuple[float, ...] | None = None
    by: str = TOTAL
    kind: Kind = "mean"
    name: str = ""


@dataclass(frozen=True)
class LinearizedEstimands:
    """K estimands of one item in one breakdown of D domains, and their linearized scores.

    Attributes:
        item: The item.
        by: The breakdown.
        domains: Its domains.
        table: The item's totals there.
        value: (D, K) estimates.
        weighted_base: (D,) sum of weights of valid answers.
        base: (D,) unweighted valid answers.
        totals: (U, D, K) scores summed to units.
        deviation: (D, K, B) score of a respondent of the domain, as coefficients on the B numbers
            of the answer.
        explained: (J, D, K) part of the score that each margin category explains; None without
            calibration.
        held: (H, D) whether a stratum holds an answer of the domain; None where it does not matter:
            no stratum is lonely, or after calibration, when all do.

    """

    item: str
    by: str
    domains: Domains
    table: Table
    value: Floats
    weighted_base: Floats
    base: Ints
    totals: Floats
    deviation: Floats
    explained: Floats | None
    held: Flags | None


def check_scores(cube: Cube, estimand: Estimand) -> None:
    """Refuses an estimand that has not one score per level.

    Raises:
        InferenceError: as said, or its item or breakdown is unknown.

    """
    cube.table(estimand.item, estimand.by)
    size = len(cube.levels[estimand.item])
    count = len(estimand.scores or ())
    if count != size:
        raise InferenceError(
            f"Item {estimand.item} has {size} levels, {count} scores were given.",
            hint="give one score per level, worst level first.",
        )


def linearize_estimand(cube: Cube, estimand: Estimand) -> LinearizedEstimands:
    """The linearized scores of one estimand (K = 1).

    Raises:
        InferenceError: unknown item or breakdown, or not one score per level.

    """
    check_scores(cube, estimand)
    if estimand.scores is None:
        numerator, denominator = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    else:
        numerator, denominator = (
            np.asarray(estimand.scores, dtype=np.float64),
            np.ones(len(estimand.scores)),
        )
    return linearize(cube, estimand, numerator=numerator[:, None], denominator=denominator)


def linearize(
    cube: Cube, estimand: Estimand, *, numerator: Floats, denominator: Floats
) -> LinearizedEstimands:
    """The linearized scores of K estimands that share the item, breakdown and kind of `estimand`;
    their numerators (B, K) and denominator (B,) are coefficients on the B numbers of an answer.

    The score of row i is w_i (c_i − p_d) / N_d inside domain d and 0 outside, for a mean; w_i c_i
    for a total. After calibration, the part that the margins explain is taken away.
    """
    item, by = estimand.item, estimand.by
    table, domains = cube.table(item, by), cube.domains(by)
    size, kinds = len(domains.labels), numerator.shape[1]
    cells = np.zeros((kinds + 1, len(table.weights) + 1))  # the last cell is nobody's
    np.matmul(np.vstack([numerator.T, denominator]), table.weights.T, out=cells[:, :-1])
    grid = cells.take(domains.grid, axis=1).reshape(kinds + 1, len(cube.units.stratum), size)
    sums = grid.sum(axis=1)
    weighted_base = sums[-1]
    if estimand.kind == "mean":
        divisor = np.where(weighted_base > 0, weighted_base, 1.0)
        centre = (sums[:-1] / divisor).T
        value = np.where(weighted_base[:, None] > 0, centre, np.nan)
    else:
        divisor, value = np.ones(size), sums[:-1].T
        centre = np.zeros_like(value)
    totals = np.moveaxis((grid[:-1] - centre.T[:, None] * grid[-1]) / divisor, 0, -1)
    deviation = (numerator.T[None] - centre[:, :, None] * denominator) / divisor[:, None, None]
    explained = None
    if cube.margins is not None:
        explained = _explain(cube.margins, table, deviation)
        totals -= np.einsum("uj,jdk->udk", cube.margins.unit_weights, explained)
    return LinearizedEstimands(
        item=item,
        by=by,
        domains=domains,
        table=table,
        value=value,
        weighted_base=weighted_base,
        base=table.counts.sum(axis=1),
        totals=totals,
        deviation=deviation,
        explained=explained,
        held=_held(cube, grid[-1]),
    )


def _held(cube: Cube, weights: Floats) -> Flags | None:
    """(H, D) whether a stratum holds an answer of a domain, from the weights of the valid answers
    of each unit and domain (U, D); None where it does not matter.
    """
    units = cube.units
    if cube.margins is not None or not units.lonely_strata.any():
        return None
    held: Flags = sum_by_group(units.stratum, (weights > 0).astype(np.float64), units.strata) > 0
    return held


def _explain(margins: CalibrationMargins, table: Table, deviation: Floats) -> Floats:
    """(J, D, K) part of the scores that each margin category explains, by sweeps over the margins;
    `deviation` (D, K, B) gives the scores.
    """
    assert table.margin_totals is not None
    size, kinds = deviation.shape[:2]
    residual = np.einsum("jdb,dkb->jdk", table.margin_totals, deviation)
    residual = residual.reshape(len(residual), size * kinds)
    explained: Floats = np.zeros_like(residual)
    mass = np.diagonal(margins.products)[:, None]
    for _ in range(margins.sweeps):
        for group in margins.groups:
            part = residual[group] - margins.products[group] @ explained
            explained[group] += part / mass[group]
    return explained.reshape(-1, size, kinds)


def covariance_of(cube: Cube, linears: Sequence[LinearizedEstimands]) -> Floats:
    """The covariance of the estimands of some items, in the order of items, domains, estimands."""
    units = len(cube.units.stratum)
    totals = np.concatenate([linear.totals.reshape(units, -1) for linear in linears], axis=1)
    squares = None
    if cube.units.element_sampled.any():
        squares = np.block(
            [[_element_squares(cube, first, second) for second in linears] for first in linears]
        )
    parts = [
        np.repeat(linear.held, linear.value.shape[1], axis=1)
        for linear in linears
        if linear.held is not None
    ]
    held = np.concatenate(parts, axis=1) if parts else None
    return cube.units.covariance(totals, squares, held=held)


def _element_squares(cube: Cube, first: LinearizedEstimands, second: LinearizedEstimands) -> Floats:
    """(D K, D K') sum over the element-sampled units of `scale` × Σ z z'ᵀ of their respondents, for
    the estimands of two items in one breakdown.
    """
    if first.by != second.by:
        raise InferenceError(
            f"Rows needed: a cube does not hold who stands in both {first.by} and {second.by}.",
            hint="estimate from rows (`scope.survey()` in a notebook), or declare one breakdown.",
        )
    domains, size = first.domains, len(first.domains.labels)
    cells = domains.element_cells
    domain = domains.cell_domain[cells]
    scale = cube.units.scale[cube.units.stratum[domains.cell_unit[cells]]]
    products = _product_totals(cube, first, second)
    left, right = first.deviation[domain], second.deviation[domain]
    by_cell = scale[:, None, None] * (left @ products @ right.transpose(0, 2, 1))
    kinds, other_kinds = left.shape[1], right.shape[1]
    within = sum_by_group(domain, by_cell.reshape(len(cells), -1), size)
    indices = np.arange(size)
    result = np.zeros((size, kinds, size, other_kinds))
    result[indices, :, indices, :] = within.reshape(size, kinds, other_kinds)
    if cube.margins is not None:
        assert first.explained is not None and second.explained is not None
        unit_scale = cube.units.scale[cube.units.stratum[cube.units.element_sampled]]
        squares = np.einsum("u,uij->ij", unit_scale, cube.margins.unit_squares)
        left, right = (_margin_products(linear, scale, domain) for linear in (first, second))
        first_explained, second_explained, first_products, second_products = (
            array.reshape(len(array), -1)
            for array in (first.explained, second.explained, left, right)
        )
        calibrated = (
            first_explained.T @ squares @ second_explained
            - first_products.T @ second_explained
            - first_explained.T @ second_products
        )
        result += calibrated.reshape(size, kinds, size, other_kinds)
    return result.reshape(size * kinds, size * other_kinds)


def _margin_products(linear: LinearizedEstimands, scale: Floats, domain: Ints) -> Floats:
    """(J, D, K) sums, by squared weights times `scale` (S,), of the scores in each margin category,
    over the element-sampled cells, whose domains are `domain` (S,).
    """
    squares = linear.table.margin_squares
    assert squares is not None
    scores = linear.deviation[domain].transpose(0, 2, 1)
    by_cell = scale[:, None, None] * (squares.transpose(1, 0, 2) @ scores)
    size, kinds = by_cell.shape[1:]
    sums = sum_by_group(domain, by_cell.reshape(len(domain), -1), len(linear.domains.labels))
    return sums.reshape(-1, size, kinds).transpose(1, 0, 2)


def _product_totals(cube: Cube, first: LinearizedEstimands, second: LinearizedEstimands) -> Floats:
    """(S, B, B') totals, by squared weights, of the products of the numbers of two items.

    Raises:
        InferenceError: the cube does not have this pair of items.

    """
    if first.item == second.item:
        return first.table.squares
    if (first.item, second.item, first.by) in cube.pairs:
        return cube.pairs[first.item, second.item, first.by]
    if (second.item, first.item, first.by) in cube.pairs:
        return cube.pairs[second.item, first.item, first.by].transpose(0, 2, 1)
    raise InferenceError(
        f"Rows needed: this cube does not hold {first.item} and {second.item} together.",
        hint=(
            f"build it with pairs=[({first.item!r}, {second.item!r})], or estimate from rows "
            "(`scope.survey()` in a notebook)."
        ),
    )
