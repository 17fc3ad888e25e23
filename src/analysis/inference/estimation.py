"""Figures from the cube: means, totals and distributions, with their whole covariance.

A share, a balance and a mean are one thing: the weighted mean of a score given to each level of a
scale. Its linearized score is summed to the cube's units, so no row is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.cube import TOTAL, Cube
from analysis.inference.joint import LINEARIZATION, JointEstimates
from analysis.inference.linearization import (
    Estimand,
    LinearizedEstimands,
    check_scores,
    covariance_of,
    linearize,
    linearize_estimand,
)


@dataclass(frozen=True)
class DomainEstimates:
    """Estimates of one score of one item in the D domains of a breakdown.

    Attributes:
        item: The item.
        by: The breakdown.
        domains: D labels.
        value: (D,) weighted mean or total of the score; NaN where `base` is 0.
        covariance: (D, D), in the squared unit of the score; NaN where a base is 0, and, under the
            rule `average`, where every stratum that holds the domain has a single PSU (`df` is 0).
        base: (D,) unweighted valid answers.
        counts: (D, L) unweighted answers by level.
        weighted_base: (D,) sum of weights of valid answers.
        df: (D,) degrees of freedom: PSU − strata among those that hold the domain; without one,
            there is no interval.
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
        """(D,) standard errors, in the unit of the score; NaN where `covariance` is."""
        result: Floats = np.sqrt(np.maximum(np.diagonal(self.covariance), 0))
        return result


@dataclass(frozen=True)
class Distribution:
    """Estimated shares of the L levels of an item in the D domains of a breakdown.

    Attributes:
        item: The item.
        by: The breakdown.
        domains: D labels.
        levels: L codes, worst first.
        value, se: (D, L); NaN where `base` is 0; `se` as in `DomainEstimates`.
        base: (D,) unweighted valid answers.
        counts: (D, L) unweighted answers by level.
        df: (D,) degrees of freedom: PSU − strata among those that hold the domain.
        method: How the standard errors were estimated.

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


def mean(
    cube: Cube, item: str, *, scores: Sequence[float] | None = None, by: str = TOTAL
) -> DomainEstimates:
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
    return _estimate_one(cube, Estimand(item, _as_scores(scores), by=by))


def means(
    cube: Cube, item: str, *, scores: Sequence[Sequence[float]], by: Sequence[str] = (TOTAL,)
) -> dict[str, tuple[DomainEstimates, ...]]:
    """The weighted means of several scores of an item's levels, by domain: what `mean` gives for
    each, in one pass per breakdown.

    Args:
        cube: Sufficient statistics.
        item: One of the cube's items, not an amount.
        scores: K times one score per level, worst level first.
        by: Declared breakdowns.

    Returns:
        Breakdown → K estimates, in the order of the scores.

    Raises:
        InferenceError: as `mean`.

    """
    return {name: _score_means(cube, item, scores, name) for name in by}


def _score_means(
    cube: Cube, item: str, scores: Sequence[Sequence[float]], by: str
) -> tuple[DomainEstimates, ...]:
    """The means of K scores in one breakdown."""
    estimands = [Estimand(item, tuple(levels), by=by) for levels in scores]
    for estimand in estimands:
        check_scores(cube, estimand)
    linear = linearize(
        cube,
        estimands[0],
        numerator=np.asarray(scores, dtype=np.float64).T,
        denominator=np.ones(len(cube.levels[item])),
    )
    covariance = covariance_of(cube, [linear])
    kinds = len(estimands)
    return tuple(
        _domain_estimates(linear, estimand, rank, covariance[rank::kinds, rank::kinds].copy())
        for rank, estimand in enumerate(estimands)
    )


def total(
    cube: Cube, item: str, *, scores: Sequence[float] | None = None, by: str = TOTAL
) -> DomainEstimates:
    """The weighted total of the scores of an item's levels, or of an amount, by domain; arguments
    as `mean`.

    A missing answer adds nothing. Equal to R's ``svytotal``.
    """
    return _estimate_one(cube, Estimand(item, _as_scores(scores), by=by, kind="total"))


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
    linear = linearize(
        cube, Estimand(item, by=by), numerator=np.eye(size), denominator=np.ones(size)
    )
    variance = np.diagonal(covariance_of(cube, [linear])).reshape(linear.value.shape)
    se = np.sqrt(np.maximum(variance, 0))
    se[linear.base == 0] = np.nan
    return Distribution(
        item=item,
        by=by,
        domains=linear.domains.labels,
        levels=cube.levels[item],
        value=linear.value,
        se=se,
        base=linear.base,
        counts=linear.table.counts,
        df=linear.domains.df,
    )


def joint_estimates(cube: Cube, estimands: Sequence[Estimand]) -> JointEstimates:
    """Estimates of several estimands with their joint covariance, over items, domains and
    breakdowns.

    Its degrees of freedom are the fewest of its domains'.

    Raises:
        InferenceError: unknown items or breakdowns; a domain without an answer; or, among
            element-sampled respondents, figures of different breakdowns or of items that are no
            declared pair: rows are needed.

    """
    linears, names = [], []
    for estimand in estimands:
        linear = linearize_estimand(cube, estimand)
        labels = linear.domains.labels
        if not labels:
            raise InferenceError(
                f"Nobody stands in any domain of {estimand.by}.", hint="leave this breakdown out."
            )
        if (linear.base == 0).any():
            empty = labels[int(np.argmin(linear.base))]
            raise InferenceError(
                f"Nobody answered {estimand.item} in {estimand.by} = {empty}.",
                hint="leave this breakdown out.",
            )
        name = estimand.name or estimand.item
        names += [name] if estimand.by == TOTAL else [f"{name}|{label}" for label in labels]
        linears.append(linear)
    if len(set(names)) < len(names):
        raise InferenceError(
            "Two figures have the same name.", hint="give each a `name` of its own."
        )
    return JointEstimates(
        names=tuple(names),
        value=np.concatenate([linear.value[:, 0] for linear in linears]),
        covariance=covariance_of(cube, linears),
        df=min(int(linear.domains.df.min()) for linear in linears),
        base=np.concatenate([linear.base for linear in linears]),
    )


def _as_scores(scores: Sequence[float] | None) -> tuple[float, ...] | None:
    """Scores as an `Estimand` holds them."""
    return None if scores is None else tuple(scores)


def _estimate_one(cube: Cube, estimand: Estimand) -> DomainEstimates:
    """The estimates of one estimand by domain; NaN in the domains without an answer."""
    linear = linearize_estimand(cube, estimand)
    return _domain_estimates(linear, estimand, 0, covariance_of(cube, [linear]))


def _domain_estimates(
    linear: LinearizedEstimands, estimand: Estimand, index: int, covariance: Floats
) -> DomainEstimates:
    """The estimates of one of K estimands by domain, given the covariance between its domains: NaN
    in the domains without an answer.
    """
    empty = linear.base == 0
    covariance[empty, :] = np.nan
    covariance[:, empty] = np.nan
    return DomainEstimates(
        item=estimand.item,
        by=estimand.by,
        domains=linear.domains.labels,
        value=np.where(empty, np.nan, linear.value[:, index]),
        covariance=covariance,
        base=linear.base,
        counts=linear.table.counts,
        weighted_base=linear.weighted_base,
        df=linear.domains.df,
    )
