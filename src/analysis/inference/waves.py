"""What two waves have in common: totals of both with their joint covariance, from their stored
cubes, and the difference of their means.

Respondents drawn one by one in two waves are different people, whatever their stratum: nothing is
shared. A cluster met in both waves (a site that is drawn again, a person of a panel) is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints, sum_by_group
from analysis.inference.contrasts import PointEstimate
from analysis.inference.cube import ELEMENT_SAMPLED, TOTAL, Cube, Domains
from analysis.inference.joint import JointEstimates
from analysis.inference.linearization import (
    Estimand,
    LinearizedEstimands,
    check_scores,
    covariance_of,
    linearize,
)
from analysis.inference.units import Units

WAVES = ("before", "after")


@dataclass(frozen=True)
class WaveDifference:
    """The difference of a mean between two waves, after less before.

    Attributes:
        measured: The difference, in the unit of the scores, its standard error, and the smaller
            degrees of freedom of the two waves.
        shared: How many clusters were met in both waves; where there is none, the waves are
            independent.

    """

    measured: PointEstimate
    shared: int


@dataclass(frozen=True)
class WaveTotals:
    """Weighted totals of one item in two waves and the D domains that one or the other has.

    Attributes:
        domains: D labels, sorted.
        estimates: 4 D totals with their covariance; before and after, in each the domains, in each
            the sum of weighted scores and the sum of weights of valid answers. 0, without error,
            for a domain that the wave does not have. Degrees of freedom are the smaller of the
            two waves'.
        shared: How many clusters were met in both waves.

    """

    domains: tuple[str, ...]
    estimates: JointEstimates
    shared: int


def wave_difference(
    before: Cube, after: Cube, item: str, *, scores: Sequence[float] | None = None
) -> WaveDifference:
    """The difference of a mean between two waves, by the delta method on `wave_totals`.

    Without a cluster in common, its standard error is that of independent samples, √(se₁² + se₂²).

    Args:
        before, after: The cubes of the two waves, calibrated or not.
        item: One of the items of both.
        scores: One score per level, worst level first, as for `mean`; None for an amount.

    Raises:
        InferenceError: unknown item, other levels in one wave than in the other, not one score per
            level, or nobody answered in a wave.

    >>> from analysis.inference import Design, build_cube
    >>> first, second = (
    ...     build_cube(pl.DataFrame({"person": [1, 2, 3, 4], "y": y}), Design(clusters=("person",)),
    ...                items={"y": (0, 1)})
    ...     for y in ([0, 1, 1, 0], [0, 1, 1, 1])
    ... )
    >>> found = wave_difference(first, second, "y", scores=(0, 1))
    >>> (found.measured.value, round(found.measured.se, 4), found.shared)
    (0.25, 0.25, 4)

    """
    totals = wave_totals(before, after, item, scores=scores)
    found = totals.estimates.smooth(_difference_of_means, ["difference"])
    measured = PointEstimate(
        value=float(found.value[0]), se=float(found.se[0]), df=int(totals.estimates.df)
    )
    return WaveDifference(measured=measured, shared=totals.shared)


def _difference_of_means(totals: Floats) -> Floats:
    """The difference of the means of two waves of one domain, from their four totals."""
    return np.atleast_1d(totals[2] / totals[3] - totals[0] / totals[1])


def wave_totals(
    before: Cube, after: Cube, item: str, *, scores: Sequence[float] | None = None, by: str = TOTAL
) -> WaveTotals:
    """The totals of an item in two waves by domain, with their joint covariance.

    Each wave has the covariance of its own design, calibration included. Between the waves, the
    clusters in common add Σ f z₁ z₂ᵀ, with z a cluster's linearized total in a wave less the mean
    of its stratum in that wave, and f the geometric mean of the two strata's factors n / (n − 1) of
    a variance. Where all the clusters of a stratum recur, that is the variance of one design of
    clusters that holds both waves; where none does, of two independent samples. In between it is
    not that of one design whose missing clusters are zeros: such a design takes the differences
    between strata for sampling error, although each wave's number of clusters is fixed.

    A cluster recurs where all the columns of strata and clusters have the same values in both
    waves, and designs have the same columns. A respondent without an answer, or without a value in
    the breakdown, adds nothing.

    Args:
        before, after: The cubes of the two waves.
        item: One of the items of both.
        scores: One score per level, worst level first; None for an amount.
        by: A breakdown that both declare.

    Raises:
        InferenceError: unknown item or breakdown, other levels in one wave than in the other, not
            one score per level, or nobody answered in a wave.

    Reference: Nordberg (2000), Journal of Official Statistics 16, for covariances between waves
    from the units in common.

    """
    for cube in (before, after):
        cube.table(item, by)
    if before.levels[item] != after.levels[item]:
        raise InferenceError(
            f"Item {item} does not have the same levels in both waves.",
            hint="compare waves that asked the question on one scale.",
        )
    cubes = (before, after)
    linears = [_linear_totals(cube, item, scores, by) for cube in cubes]
    for linear, wave_name in zip(linears, WAVES, strict=True):
        if not linear.base.any():
            raise InferenceError(
                f"Nobody answered {item} in the wave {wave_name}, in a category of {by}.",
                hint="compare waves that asked the question, by a breakdown that both have.",
            )
    labels = sorted({label for linear in linears for label in linear.domains.labels})
    size = 2 * len(labels)
    value, covariance = np.zeros((2, size)), np.zeros((2, size, 2, size))
    spreads: list[Floats] = []
    for wave, (cube, linear) in enumerate(zip(cubes, linears, strict=True)):
        columns = _columns_of(linear.domains, labels)
        value[wave, columns] = linear.value.ravel()
        covariance[wave, columns[:, None], wave, columns] = covariance_of(cube, [linear])
        spread = np.zeros((len(cube.units.stratum), size))
        spread[:, columns] = _centred(cube.units, linear.totals.reshape(len(spread), len(columns)))
        spreads.append(spread)
    first, second = _recurring_clusters(before, after)
    between = spreads[0][first].T @ spreads[1][second]
    covariance[0, :, 1], covariance[1, :, 0] = between, between.T
    return WaveTotals(
        domains=tuple(labels),
        estimates=JointEstimates(
            names=tuple(
                f"{wave}|{label}|{what}"
                for wave in WAVES
                for label in labels
                for what in ("scores", "weights")
            ),
            value=value.ravel(),
            covariance=covariance.reshape(2 * size, 2 * size),
            df=min(
                _degrees_of_freedom(cube.units, linear.domains)
                for cube, linear in zip(cubes, linears, strict=True)
            ),
        ),
        shared=len(first),
    )


def shared_clusters(before: Cube, after: Cube) -> int:
    """How many clusters were met in both waves; without one, the waves are independent."""
    return len(_recurring_clusters(before, after)[0])


def _linear_totals(
    cube: Cube, item: str, scores: Sequence[float] | None, by: str
) -> LinearizedEstimands:
    """The linearized totals of one wave: K = 2, weighted scores and weights of valid answers.

    Raises:
        InferenceError: not one score per level.

    """
    estimand = Estimand(item, None if scores is None else tuple(scores), by=by, kind="total")
    check_scores(cube, estimand)
    amounts = not estimand.scores
    valid = np.array([1.0, 0.0]) if amounts else np.ones(len(cube.levels[item]))
    scored = np.array([0.0, 1.0]) if amounts else np.asarray(estimand.scores, dtype=np.float64)
    return linearize(cube, estimand, numerator=np.stack([scored, valid], axis=1), denominator=valid)


def _columns_of(domains: Domains, labels: Sequence[str]) -> Ints:
    """(2 D',) the places of the two totals of each domain of a wave among those of all `labels`."""
    ranks = np.array([labels.index(label) for label in domains.labels], dtype=np.int64)
    return (2 * ranks[:, None] + np.arange(2)).ravel()


def _centred(units: Units, totals: Floats) -> Floats:
    """(U, K) totals as a variance takes them: less the mean of their stratum, times the root of its
    factor. Of clusters, the sum of their squares is `Units.covariance`.
    """
    size, lonely = units.stratum_size, units.lonely_strata
    means = sum_by_group(units.stratum, totals, units.strata) / np.maximum(size, 1)[:, None]
    factor = units.scale
    if units.lonely == "adjust":
        means[lonely] = totals.sum(axis=0) / units.psus
    elif units.lonely == "average":
        factor = factor * units.lonely_factors(np.ones((units.strata, 1), dtype=bool))[:, 0]
    centred: Floats = (totals - means[units.stratum]) * np.sqrt(factor)[units.stratum, None]
    return centred


def _recurring_clusters(before: Cube, after: Cube) -> tuple[Ints, Ints]:
    """The units of each wave that are clusters of both, in one order."""
    columns = [name for name in before.keys.columns if name != ELEMENT_SAMPLED]
    same_design = (before.keys.columns, before.strata) == (after.keys.columns, after.strata)
    if not columns or not same_design:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    clusters = [
        cube.keys.with_row_index(place)
        .filter(~pl.col(ELEMENT_SAMPLED))
        .select(place, pl.col(columns).cast(pl.String))
        for cube, place in ((before, "_before"), (after, "_after"))
    ]
    both = clusters[0].join(clusters[1], on=columns, how="inner", nulls_equal=True)
    return (
        both.get_column("_before").to_numpy().astype(np.int64),
        both.get_column("_after").to_numpy().astype(np.int64),
    )


def _degrees_of_freedom(units: Units, domains: Domains) -> int:
    """PSU − strata among those that hold one of the domains."""
    held = np.unique(domains.cell_unit)
    by_element = units.element_sampled
    elements = int(domains.cell_psus[by_element[domains.cell_unit]].sum())
    clusters = int((~by_element[held]).sum())
    return elements + clusters - len(np.unique(units.stratum[held]))
