"""Means over groups of a breakdown's domains, from the cube: sites of one kind, districts of a
region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.cube import Cube, Domains
from analysis.inference.estimation import DomainEstimates
from analysis.inference.linearization import Estimand, check_scores, covariance_of, linearize


def group_means(
    cube: Cube,
    item: str,
    *,
    scores: Sequence[float],
    by: str,
    groups: Mapping[str, Sequence[str]],
) -> DomainEstimates:
    """The weighted mean of the scores of an item's levels in groups of domains.

    A group's mean is the total of its domains' scores over that of their weights; its error, that
    of this ratio, with the covariance of all totals.

    Args:
        cube: Sufficient statistics.
        item: One of the cube's items, not an amount.
        scores: One score per level, worst level first.
        by: A declared breakdown.
        groups: Name → the domains in it, none of them in two; a domain that nobody stands in counts
            for nothing.

    Returns:
        As `mean`, with groups for domains: NaN in a group without an answer.

    Raises:
        InferenceError: unknown item or breakdown, not one score per level, or a domain that stands
            in two groups.

    """
    check_scores(cube, Estimand(item, tuple(scores), by=by))
    domains = cube.domains(by)
    member = _membership(domains, groups)
    numerator = np.column_stack([np.asarray(scores, dtype=np.float64), np.ones(len(scores))])
    linear = linearize(
        cube,
        Estimand(item, by=by, kind="total"),
        numerator=numerator,
        denominator=np.ones(len(scores)),
    )
    totals = member @ linear.value
    weighted_base = totals[:, 1]
    base = member.astype(np.int64) @ linear.base
    safe = np.where(base > 0, weighted_base, 1.0)
    value = np.where(base > 0, totals[:, 0] / safe, np.nan)
    gradient = np.zeros((len(groups), len(domains.labels), 2))
    gradient[:, :, 0] = member / safe[:, None]
    gradient[:, :, 1] = -member * (value / safe)[:, None]
    flat = gradient.reshape(len(groups), -1)
    return DomainEstimates(
        item=item,
        by=by,
        domains=tuple(groups),
        value=value,
        covariance=flat @ covariance_of(cube, [linear]) @ flat.T,
        base=base,
        counts=member.astype(np.int64) @ linear.table.counts,
        weighted_base=weighted_base,
        df=np.array([_freedom(cube, domains, one) for one in member], dtype=np.int64),
    )


def _membership(domains: Domains, groups: Mapping[str, Sequence[str]]) -> Floats:
    """(G, D) 1 where a domain stands in a group."""
    member = np.array(
        [[float(label in set(names)) for label in domains.labels] for names in groups.values()]
    ).reshape(len(groups), len(domains.labels))
    if (member.sum(axis=0) > 1).any():
        twice = domains.labels[int(np.argmax(member.sum(axis=0)))]
        raise InferenceError(
            f"A domain stands in two groups: {twice}.", hint="groups have no domain in common."
        )
    return member


def _freedom(cube: Cube, domains: Domains, member: Floats) -> int:
    """PSU − strata among those that hold a group."""
    cells = np.flatnonzero(member[domains.cell_domain] > 0)
    held = domains.cell_unit[cells]
    single = cube.units.element_sampled[held]
    psus = int(domains.cell_psus[cells][single].sum()) + len(np.unique(held[~single]))
    return psus - len(np.unique(cube.units.stratum[held]))
