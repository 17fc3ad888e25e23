"""Figures from the cube: means of scores and distributions, with their whole covariance.

A share, a balance and a mean are one thing: the weighted mean of a score given to each level of a scale. Its
linearized score is summed to PSU from the cube, so no row is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.cube import TOTAL, Breakdown, Cube, Table
from analysis.inference.design import Floats, Ints, covariance, grouped


@dataclass(frozen=True)
class Estimates:
    """One score of one item in the D domains of a breakdown.

    Attributes:
        item, by: What was estimated.
        domains: D labels.
        value: (D,) weighted mean score; NaN where `base` is 0.
        covariance: (D, D), in the squared unit of the score; NaN where a base is 0.
        base: (D,) unweighted valid answers.
        counts: (D, L) unweighted answers by level.
        weighted_base: (D,) sum of weights of valid answers.
        df: (D,) degrees of freedom: PSU − strata among those that hold the domain.

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

    @property
    def se(self) -> Floats:
        """(D,) standard errors."""
        result: Floats = np.sqrt(np.diagonal(self.covariance))
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


def mean(cube: Cube, item: str, *, scores: Sequence[float], by: str = TOTAL) -> Estimates:
    """The weighted mean of the scores of an item's levels, by domain.

    Args:
        cube: Sufficient statistics.
        item: One of the cube's items.
        scores: One score per level, worst level first: (0, 0, 0, 1, 1) is the share of the two best.
        by: A declared breakdown.

    Raises:
        InferenceError: unknown item or breakdown, or not one score per level.

    Equal to R's ``svymean`` (``svyby`` for a breakdown), standard errors included.

    """
    table = cube.table(item, by)
    if len(scores) != len(cube.levels[item]):
        raise InferenceError(f"Item {item} has {len(cube.levels[item])} levels, {len(scores)} scores were given.")
    value, totals = _linearized(cube, table, cube.breakdown(by), np.asarray(scores, dtype=np.float64)[:, None])
    sample = cube.sample
    spread = covariance(totals[:, :, 0], sample.psu_stratum, sample.strata, sample.population, sample.lonely)
    base = table.counts.sum(axis=1)
    spread[base == 0, :] = np.nan
    spread[:, base == 0] = np.nan
    return Estimates(
        item=item,
        by=by,
        domains=cube.breakdown(by).domains,
        value=value[:, 0],
        covariance=spread,
        base=base,
        counts=table.counts,
        weighted_base=grouped(cube.breakdown(by).cell_domain, table.weights[:, :-1], len(base)).sum(axis=1),
        df=cube.breakdown(by).df,
    )


def distribution(cube: Cube, item: str, *, by: str = TOTAL) -> Distribution:
    """The weighted share of each level of an item, by domain."""
    table, breakdown = cube.table(item, by), cube.breakdown(by)
    levels = cube.levels[item]
    value, totals = _linearized(cube, table, breakdown, np.eye(len(levels)))
    sample = cube.sample
    psus, domains, _ = totals.shape
    spread = covariance(totals.reshape(psus, -1), sample.psu_stratum, sample.strata, sample.population, sample.lonely)
    base = table.counts.sum(axis=1)
    se = np.sqrt(np.diagonal(spread)).reshape(domains, len(levels)).copy()
    se[base == 0] = np.nan
    return Distribution(item, by, breakdown.domains, levels, value, se, base, table.counts, breakdown.df)


def _linearized(cube: Cube, table: Table, breakdown: Breakdown, scores: Floats) -> tuple[Floats, Floats]:
    """Values (D, K) of K scores (L, K), and their linearized scores summed to PSU (P, D, K).

    The score of row i is w_i (c_i − p_d) / N_d inside domain d and 0 outside; calibrated, the part that the
    margins explain is taken away.
    """
    domains, kinds = len(breakdown.domains), scores.shape[1]
    answered = np.hstack([scores, np.ones((len(scores), 1))])
    sums = table.weights @ np.vstack([answered, np.zeros(kinds + 1)])  # (C, K + 1): scores, then answers
    by_domain = grouped(breakdown.cell_domain, sums, domains)
    size = by_domain[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = by_domain[:, :-1] / size[:, None]
    safe_size, safe_value = np.where(size > 0, size, 1.0), np.nan_to_num(value)
    inside = breakdown.cell_domain
    cells = (sums[:, :-1] - safe_value[inside] * sums[:, -1:]) / safe_size[inside][:, None]
    totals = np.zeros((cube.sample.psus, domains, kinds))
    totals[breakdown.cell_psu, inside] = cells
    if cube.margins is not None:
        assert table.margin_counts is not None
        deviation = (scores[:, None, :] - safe_value[None]) / safe_size[None, :, None]  # (L, D, K)
        residual = np.einsum("jdl,ldk->jdk", table.margin_counts, deviation)
        explained = np.zeros_like(residual)
        for _ in range(cube.margins.sweeps):
            for group in cube.margins.groups:
                part = residual[group] - np.einsum("ij,jdk->idk", cube.margins.products[group], explained)
                explained[group] += part / np.diagonal(cube.margins.products)[group][:, None, None]
        totals -= np.einsum("pj,jdk->pdk", cube.margins.psu_weights, explained)
    return value, totals
