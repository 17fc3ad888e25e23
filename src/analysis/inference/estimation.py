"""Figures from the cube: means, totals and distributions, with their whole covariance.

A share, a balance and a mean are one thing: the weighted mean of a score given to each level of a
scale. Its linearized score is summed to the cube's units, so no row is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.cube import TOTAL, Breakdown, Cube
from analysis.inference.design import Floats, Ints, grouped
from analysis.inference.joint import LINEARIZATION, Joint

Kind = Literal["mean", "total"]


@dataclass(frozen=True)
class Estimates:
    """One score of one item in the D domains of a breakdown.

    Attributes:
        item, by: What was estimated.
        domains: D labels.
        value: (D,) weighted mean or total of the score; NaN where `base` is 0.
        covariance: (D, D), in the squared unit of the score; NaN where a base is 0.
        base: (D,) unweighted valid answers.
        counts: (D, L) unweighted answers by level.
        weighted_base: (D,) sum of weights of valid answers.
        df: (D,) degrees of freedom: PSU − strata among those that hold the domain.
        method: How the covariance was estimated.

    """

    item: str
    by: str
    domains: tuple[str, ...]
    value: Floats
    covariance: Floats
    base: Ints
    counts: Ints
    weighted_base: Floats
    df: Ints
    method: str = LINEARIZATION

    @property
    def se(self) -> Floats:
        """(D,) standard errors."""
        result: Floats = np.sqrt(np.maximum(np.diagonal(self.covariance), 0))
        return result


@dataclass(frozen=True)
class Distribution:
    """The share of each of L levels in the D domains of a breakdown.

    Attributes:
        levels: L codes, worst first.
        value, se: (D, L); NaN where `base` is 0.
        base: (D,) unweighted valid answers.
        counts: (D, L) unweighted answers by level.
        df: (D,) degrees of freedom.
        method: How the errors were estimated.

    """

    item: str
    by: str
    domains: tuple[str, ...]
    levels: tuple[int, ...]
    value: Floats
    se: Floats
    base: Ints
    counts: Ints
    df: Ints
    method: str = LINEARIZATION


@dataclass(frozen=True)
class Figure:
    """One figure to be estimated together with others.

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


def mean(
    cube: Cube, item: str, *, scores: Sequence[float] | None = None, by: str = TOTAL
) -> Estimates:
    """The weighted mean of the scores of an item's levels, or of an amount, by domain.

    Args:
        cube: Sufficient statistics.
        item: One of the cube's items.
        scores: One score per level, worst level first: (0, 0, 0, 1, 1) is the share of the two
            best. None for an amount.
        by: A declared breakdown.

    Raises:
        InferenceError: unknown item or breakdown, or not one score per level.

    Equal to R's ``svymean`` (``svyby`` for a breakdown), standard errors included.

    """
    return _estimates(cube, item, scores, by, "mean")


def means(
    cube: Cube, item: str, *, scores: Sequence[Sequence[float]], by: str = TOTAL
) -> tuple[Estimates, ...]:
    """The weighted means of several scores of an item's levels, by domain: what `mean` gives for
    each, in one pass.

    Args:
        cube: Sufficient statistics.
        item: One of the cube's items, not an amount.
        scores: K times one score per level, worst level first.
        by: A declared breakdown.

    Returns:
        K estimates, in the order of the scores.

    Raises:
        InferenceError: as `mean`.

    """
    cube.table(item, by)
    for one in scores:
        _check_scores(cube, item, one)
    counts = cube.table(item, by).counts
    linear = _linearized(
        cube, item, by, np.asarray(scores, dtype=np.float64).T, np.ones(counts.shape[1])
    )
    spread = _covariance(cube, [linear])
    kinds = len(scores)
    return tuple(
        _of_domains(linear, kind, spread[kind::kinds, kind::kinds], counts) for kind in range(kinds)
    )


def total(
    cube: Cube, item: str, *, scores: Sequence[float] | None = None, by: str = TOTAL
) -> Estimates:
    """The weighted total of the scores of an item's levels, or of an amount, by domain; arguments
    as `mean`.

    A missing answer adds nothing. Equal to R's ``svytotal``.
    """
    return _estimates(cube, item, scores, by, "total")


def distribution(cube: Cube, item: str, *, by: str = TOTAL) -> Distribution:
    """The weighted share of each level of an item, by domain.

    Raises:
        InferenceError: unknown item or breakdown, or an amount.

    """
    cube.table(item, by)
    size = len(cube.levels[item])
    if not size:
        raise InferenceError(
            f"Item {item} is an amount: it has no levels.", hint="ask for its mean."
        )
    linear = _linearized(cube, item, by, np.eye(size), np.ones(size))
    spread = _covariance(cube, [linear])
    shape = linear.value.shape
    se = np.sqrt(np.maximum(np.diagonal(spread), 0)).reshape(shape)
    se[linear.base == 0] = np.nan
    breakdown = cube.breakdown(by)
    counts = cube.table(item, by).counts
    return Distribution(
        item,
        by,
        breakdown.domains,
        cube.levels[item],
        linear.value,
        se,
        linear.base,
        counts,
        breakdown.df,
    )


def joint(cube: Cube, figures: Sequence[Figure]) -> Joint:
    """Several figures with their joint covariance, over items, domains and breakdowns.

    Its degrees of freedom are the fewest of its domains'.

    Raises:
        InferenceError: unknown items or breakdowns; a domain without an answer; or respondents
            drawn one by one, and
            figures of different breakdowns or of items that are no declared pair: rows are needed.

    """
    linears, names = [], []
    for figure in figures:
        linear = _figure(cube, figure.item, figure.scores, figure.by, figure.kind)
        if not len(linear.base):
            raise InferenceError(
                f"Nobody stands in any domain of {figure.by}.", hint="leave this breakdown out."
            )
        if (linear.base == 0).any():
            empty = linear.breakdown.domains[int(np.argmin(linear.base))]
            raise InferenceError(
                f"Nobody answered {figure.item} in {figure.by} = {empty}.",
                hint="leave this breakdown out.",
            )
        label = figure.name or figure.item
        names += (
            [label]
            if figure.by == TOTAL
            else [f"{label}|{domain}" for domain in linear.breakdown.domains]
        )
        linears.append(linear)
    if len(set(names)) < len(names):
        raise InferenceError(
            "Two figures have the same name.", hint="give each a `name` of its own."
        )
    return Joint(
        tuple(names),
        np.concatenate([linear.value[:, 0] for linear in linears]),
        _covariance(cube, linears),
        min(int(linear.breakdown.df.min()) for linear in linears),
        np.concatenate([linear.base for linear in linears]),
    )


# --- linearized scores ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Linear:
    """K figures of one item in one breakdown, and their scores.

    Attributes:
        value: (D, K).
        size: (D,) weighted valid answers.
        base: (D,) unweighted ones.
        totals: (U, D, K) scores summed to units.
        deviation: (D, K, B) the score of a respondent of a domain, as coefficients on the B numbers
            of the answer.
        explained: (J, D, K) coefficients of the margins, or None.

    """

    item: str
    by: str
    breakdown: Breakdown
    value: Floats
    size: Floats
    base: Ints
    totals: Floats
    deviation: Floats
    explained: Floats | None


def _estimates(
    cube: Cube, item: str, scores: Sequence[float] | None, by: str, kind: Kind
) -> Estimates:
    linear = _figure(cube, item, scores, by, kind)
    return _of_domains(linear, 0, _covariance(cube, [linear]), cube.table(item, by).counts)


def _of_domains(linear: _Linear, kind: int, spread: Floats, counts: Ints) -> Estimates:
    """The estimates of one of the figures of an item, given the covariance between its domains."""
    empty = linear.base == 0
    covariance = spread.copy()
    covariance[empty, :] = np.nan
    covariance[:, empty] = np.nan
    return Estimates(
        item=linear.item,
        by=linear.by,
        domains=linear.breakdown.domains,
        value=np.where(empty, np.nan, linear.value[:, kind]),
        covariance=covariance,
        base=linear.base,
        counts=counts,
        weighted_base=linear.size,
        df=linear.breakdown.df,
    )


def _check_scores(cube: Cube, item: str, scores: Sequence[float] | None) -> None:
    size = len(cube.levels[item])
    if len(scores or ()) != size:
        raise InferenceError(
            f"Item {item} has {size} levels, {len(scores or ())} scores were given.",
            hint="give one score per level, worst level first.",
        )


def _figure(cube: Cube, item: str, scores: Sequence[float] | None, by: str, kind: Kind) -> _Linear:
    cube.table(item, by)
    _check_scores(cube, item, scores)
    if scores is None:
        numerator, denominator = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    else:
        numerator, denominator = np.asarray(scores, dtype=np.float64), np.ones(len(scores))
    return _linearized(cube, item, by, numerator[:, None], denominator, kind)


def _linearized(
    cube: Cube, item: str, by: str, numerator: Floats, denominator: Floats, kind: Kind = "mean"
) -> _Linear:
    """The figures whose numerators (B, K) and denominator (B,) are on the numbers of an answer.

    The score of row i is w_i (c_i − p_d) / N_d inside domain d and 0 outside, for a mean; w_i c_i
    for a total; calibrated, the part that the margins explain is taken away.
    """
    table, breakdown = cube.table(item, by), cube.breakdown(by)
    domains, kinds = len(breakdown.domains), numerator.shape[1]
    cells = np.zeros(
        (kinds + 1, len(table.weights) + 1)
    )  # numerators, then answers; and one cell of nobody
    np.matmul(np.vstack([numerator.T, denominator]), table.weights.T, out=cells[:, :-1])
    grid = cells.take(breakdown.grid, axis=1).reshape(kinds + 1, len(cube.units.stratum), domains)
    sums = grid.sum(axis=1)
    size = sums[-1]
    if kind == "mean":
        divisor = np.where(size > 0, size, 1.0)
        centre = (sums[:-1] / divisor).T
        value = np.where(size[:, None] > 0, centre, np.nan)
    else:
        divisor, value = np.ones(domains), sums[:-1].T
        centre = np.zeros_like(value)
    totals = np.moveaxis((grid[:-1] - centre.T[:, None] * grid[-1]) / divisor, 0, -1)
    deviation = (numerator.T[None] - centre[:, :, None] * denominator) / divisor[:, None, None]
    explained = None
    if cube.margins is not None:
        assert table.margin_totals is not None
        residual = np.einsum("jdb,dkb->jdk", table.margin_totals, deviation)
        explained = np.zeros_like(residual)
        mass = np.diagonal(cube.margins.products)
        for _ in range(cube.margins.sweeps):
            for group in cube.margins.groups:
                part = residual[group] - np.einsum(
                    "ij,jdk->idk", cube.margins.products[group], explained
                )
                explained[group] += part / mass[group][:, None, None]
        totals -= np.einsum("uj,jdk->udk", cube.margins.unit_weights, explained)
    return _Linear(
        item, by, breakdown, value, size, table.counts.sum(axis=1), totals, deviation, explained
    )


def _covariance(cube: Cube, linears: Sequence[_Linear]) -> Floats:
    """The covariance of all figures (domain by domain, then kind), over all the items given."""
    units = len(cube.units.stratum)
    totals = np.concatenate([linear.totals.reshape(units, -1) for linear in linears], axis=1)
    squares = None
    if cube.units.single.any():
        squares = np.block([[_squares(cube, one, other) for other in linears] for one in linears])
    return cube.units.covariance(totals, squares)


def _squares(cube: Cube, one: _Linear, other: _Linear) -> Floats:
    """Sum over units of respondents drawn one by one of `scale` × Σ z z'ᵀ, for the figures of two
    items.
    """
    if one.by != other.by:
        raise InferenceError(
            f"Rows needed: a cube does not hold who stands in both {one.by} and {other.by}.",
            hint="estimate from rows (`scope.survey()` in a notebook), or declare one breakdown.",
        )
    breakdown, domains = one.breakdown, len(one.breakdown.domains)
    cells = breakdown.single
    domain = breakdown.cell_domain[cells]
    scale = cube.units.scale[cube.units.stratum[breakdown.cell_unit[cells]]]
    moments = _moments(cube, one, other)
    ours, theirs = one.deviation[domain], other.deviation[domain]
    by_cell = np.einsum("s,skb,sbc,smc->skm", scale, ours, moments, theirs, optimize=True)
    kinds, others = ours.shape[1], theirs.shape[1]
    within = grouped(domain, by_cell.reshape(len(cells), -1), domains).reshape(
        domains, kinds, others
    )
    result = np.zeros((domains, kinds, domains, others))
    result[np.arange(domains), :, np.arange(domains), :] = within
    if cube.margins is not None:
        assert one.explained is not None and other.explained is not None
        single_scale = cube.units.scale[cube.units.stratum[cube.units.single]]
        crossed = np.einsum("u,uij->ij", single_scale, cube.margins.unit_squares)
        left, right = (_with_margins(cube, linear, scale, domain) for linear in (one, other))
        result -= np.einsum("jdk,jem->dkem", left, other.explained)
        result -= np.einsum("jdk,jem->dkem", one.explained, right)
        result += np.einsum(
            "idk,ij,jem->dkem", one.explained, crossed, other.explained, optimize=True
        )
    return result.reshape(domains * kinds, domains * others)


def _with_margins(cube: Cube, linear: _Linear, scale: Floats, domain: Ints) -> Floats:
    """(J, D, K) sums of `scale` times the products of scores and margin categories, by squared
    weights.
    """
    table = cube.table(linear.item, linear.by)
    assert table.margin_squares is not None
    by_cell = np.einsum(
        "s,jsb,skb->sjk", scale, table.margin_squares, linear.deviation[domain], optimize=True
    )
    size, kinds = by_cell.shape[1:]
    sums = grouped(domain, by_cell.reshape(len(domain), -1), len(linear.breakdown.domains))
    return sums.reshape(-1, size, kinds).transpose(1, 0, 2)


def _moments(cube: Cube, one: _Linear, other: _Linear) -> Floats:
    """(S, B, B') products of the numbers of two items, where the cube holds them."""
    if one.item == other.item:
        return cube.table(one.item, one.by).squares
    if (one.item, other.item, one.by) in cube.pairs:
        return cube.pairs[one.item, other.item, one.by]
    if (other.item, one.item, one.by) in cube.pairs:
        return cube.pairs[other.item, one.item, one.by].transpose(0, 2, 1)
    raise InferenceError(
        f"Rows needed: this cube does not hold {one.item} and {other.item} together.",
        hint=(
            f"build it with pairs=[({one.item!r}, {other.item!r})], or estimate from rows "
            "(`scope.survey()` in a notebook)."
        ),
    )
