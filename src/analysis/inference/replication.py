"""Replicate weights on PSU: jackknife, balanced repeated replication, Fay, rescaled bootstrap.

Replicates multiply PSU totals (a PSU × replicate matrix product); nothing is stored per row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, sum_by_group
from analysis.inference.calibration import Calibration
from analysis.inference.joint import JointEstimates
from analysis.inference.kernel import sparse_totals
from analysis.inference.projection import MarginCells
from analysis.inference.units import Sample

SWEEPS = 1000
"""Largest number of sweeps over the margins for each replicate."""

FACTOR_TOLERANCE = 1e-11
"""A replicate is raked when no factor moves by more than this share in a sweep."""

Method = Literal["JK1", "JKn", "BRR", "Fay", "rao_wu", "given"]


@dataclass(frozen=True)
class Replicates:
    """Replicate factors and how their spread becomes a variance.

    Attributes:
        factors: (P, R) by which each PSU's weights are multiplied; (n, R), by row, for weights made
            elsewhere.
        scale: Overall scale of the squared deviations.
        rscales: (R,) scale of each replicate's.
        method: Name.
        mse: Deviations are taken from the full-sample estimate rather than from the replicates'
            mean.
        calibrated: Each replicate was calibrated again.

    """

    factors: Floats
    scale: float
    rscales: Floats
    method: Method
    mse: bool = False
    calibrated: bool = False

    def covariance(self, full: Floats, replicates: Floats) -> Floats:
        """The (K, K) covariance from the full-sample estimates (K,) and the replicates' (R, K)."""
        used = self.rscales > 0
        centre = full if self.mse else replicates[used].mean(axis=0)
        away = (replicates - centre) * np.sqrt(self.rscales)[:, None]
        result: Floats = self.scale * away.T @ away
        return result

    def means(self, totals: Floats, sizes: Floats) -> Floats:
        """(R, K) replicate means from PSU totals (P, K) of the values and of the weights."""
        result: Floats = (self.factors.T @ totals) / (self.factors.T @ sizes)
        return result

    @property
    def df(self) -> int:
        """Rank of the replicate factors less one (R takes the rank of the weights, which raking
        them again raises).
        """
        return (
            int(np.linalg.matrix_rank(self.factors, tol=1e-5 * np.linalg.norm(self.factors, 2))) - 1
        )


def psu_totals(sample: Sample, values: Floats) -> tuple[Floats, Floats]:
    """(P, K) weighted totals of values (n, K), and (P, K) weights of the rows that have them; a NaN
    counts in neither.
    """
    answered = ~np.isnan(values)
    weights = sample.weights[:, None]
    totals = sum_by_group(sample.psu, np.where(answered, values, 0.0) * weights, sample.psus)
    return totals, sum_by_group(sample.psu, answered * weights, sample.psus)


def jackknife(sample: Sample, *, mse: bool = False) -> Replicates:
    """JK1 for one stratum, JKn otherwise: each replicate leaves one PSU out.

    A stratum that was drawn whole has no replicate: it has no sampling error, and no degree of
    freedom.

    Raises:
        InferenceError: a stratum has one PSU, or all were drawn whole.

    """
    size = _stratum_sizes(sample)
    whole = sample.units.self_representing
    if whole.all():
        raise InferenceError(
            "Every stratum was drawn whole: there is no sampling error.",
            hint="what was counted needs no replicates.",
        )
    stratum = sample.units.stratum
    n = size[stratum]
    fraction = (
        np.ones(sample.units.strata)
        if sample.units.population is None
        else 1 - size / sample.units.population
    )
    others = n / np.maximum(n - 1, 1)
    factors = np.where(stratum[:, None] == stratum[None, :], others[None, :], 1.0)
    np.fill_diagonal(factors, 0.0)
    drawn = ~whole[stratum]
    method: Method = "JK1" if sample.units.strata == 1 else "JKn"
    return Replicates(
        factors=factors[:, drawn],
        scale=1.0,
        rscales=(((n - 1) / n) * fraction[stratum])[drawn],
        method=method,
        mse=mse,
    )


def balanced_repeated(sample: Sample, *, fay: float = 0.0, mse: bool = False) -> Replicates:
    """Balanced repeated replication, two PSU per stratum; with `fay` in (0, 1) halves are softened.

    Raises:
        InferenceError: a stratum does not have two PSU.

    """
    size = _stratum_sizes(sample)
    if (size != 2).any():
        raise InferenceError(
            "Balanced replication needs two clusters in each stratum.",
            hint="use the jackknife or the bootstrap.",
        )
    order = 1
    while order <= sample.units.strata:
        order *= 2
    signs = scipy.linalg.hadamard(order)[:, 1 : sample.units.strata + 1].astype(np.float64)
    first = np.zeros(sample.psus)
    first[np.unique(sample.units.stratum, return_index=True)[1]] = 1
    side = np.where(first == 1, 1.0, -1.0)
    factors = 1 + (1 - fay) * side[:, None] * signs[:, sample.units.stratum].T
    return Replicates(
        factors=factors,
        scale=1 / (order * (1 - fay) ** 2),
        rscales=np.ones(order),
        method="Fay" if fay else "BRR",
        mse=mse,
    )


def rao_wu(sample: Sample, *, replicates: int, seed: int, mse: bool = False) -> Replicates:
    """Rao and Wu's rescaled bootstrap: in each stratum n − 1 PSU are drawn with replacement.

    Raises:
        InferenceError: a stratum has one PSU.

    Reference: Rao, Wu and Yue (1992); R's ``subbootstrap``, whose variance is 1/(R − 1) around the
    mean.

    """
    size = _stratum_sizes(sample)
    rng = np.random.default_rng(seed)
    factors = np.empty((sample.psus, replicates))
    for stratum in range(sample.units.strata):
        members = np.flatnonzero(sample.units.stratum == stratum)
        n = int(size[stratum])
        drawn = rng.multinomial(n - 1, np.full(n, 1 / n), size=replicates).T
        factors[members] = drawn * n / (n - 1)
    return Replicates(
        factors=factors,
        scale=1 / (replicates - 1),
        rscales=np.ones(replicates),
        method="rao_wu",
        mse=mse,
    )


def replicates_from_weights(
    weights: Floats, *, scale: float, rscales: Floats, base: Floats, mse: bool = False
) -> Replicates:
    """Replicates from weights (n, R) made elsewhere, as factors on rows of base weights (n,)."""
    return Replicates(
        factors=weights / base[:, None], scale=scale, rscales=rscales, method="given", mse=mse
    )


def replicate(
    replicates: Replicates,
    weights: Floats,
    estimator: Callable[[Floats], Floats],
    *,
    names: tuple[str, ...] | None = None,
) -> JointEstimates:
    """Any estimator of row weights, evaluated on the full sample and on each replicate.

    Args:
        replicates: One row of factors per row of weights, as `replicates_from_weights` makes them.
        weights: (n,) base weights.
        estimator: Weights (n,) → estimates (K,).
        names: K names; 0, 1, 2, … by default.

    Raises:
        InferenceError: a replicate has no estimate.

    """
    full = np.atleast_1d(estimator(weights))
    with np.errstate(invalid="ignore", divide="ignore"):  # an empty replicate is told below
        estimates = np.stack(
            [np.atleast_1d(estimator(weights * column)) for column in replicates.factors.T]
        )
    return _replicate_estimates(
        replicates, names or tuple(map(str, range(len(full)))), full=full, estimates=estimates
    )


def replicate_means(
    replicates: Replicates,
    sample: Sample,
    values: Floats,
    *,
    names: tuple[str, ...],
    calibration: Calibration | None = None,
) -> JointEstimates:
    """Weighted means of columns (n, K), by replicates of PSU; each replicate is raked again where
    the weights were.

    Args:
        replicates: By PSU.
        sample: The design, with base weights where `calibration` is given.
        values: (n, K).
        names: K labels.
        calibration: On margins, made again for each replicate.

    Replicates multiply the totals of PSU × margin cell, and raking acts on these: nothing is done
    per row and replicate. Missing values (NaN): each column has its own base. Without
    `calibration`, the result of calibrated weights would ignore that they were: its method says
    which it is.

    Raises:
        InferenceError: the weights were calibrated otherwise than by margins, or a replicate leaves
            a category of a margin empty.

    """
    weights = sample.weights if calibration is None else calibration.base_weights
    projection = None if calibration is None else calibration.projection
    if projection is not None and projection.cells is None:
        raise InferenceError(
            "Only replicates of weights raked to margins can be calibrated again.",
            hint="rake the design first (`rake`), then replicate it.",
        )
    cells = MarginCells(
        categories=np.zeros((1, 0), dtype=np.int64), cell=np.zeros(len(weights), dtype=np.int64)
    )
    if projection is not None and projection.cells is not None:
        cells = projection.cells
    count = len(cells.categories)

    def cell_totals(amounts: Floats) -> Floats:
        """(1 + R, C) totals of amounts (n,) by margin cell, of the full sample and of each
        replicate.
        """
        totals = sparse_totals(
            sample.psu, cells.cell, weights * amounts, shape=(sample.psus, count)
        )
        factors = np.hstack([np.ones((sample.psus, 1)), replicates.factors])
        result: Floats = (totals.T @ factors).T
        return result

    adjust: Floats = np.ones((replicates.factors.shape[1] + 1, count))
    if calibration is not None:
        adjust = _rake_replicates(cell_totals(np.ones(len(weights))), cells, calibration)
    means = []
    for column in values.T:
        answered = ~np.isnan(column)
        total = cell_totals(np.where(answered, column, 0.0))
        size = cell_totals(answered.astype(np.float64))
        with np.errstate(invalid="ignore", divide="ignore"):  # an empty replicate is told below
            means.append((adjust * total).sum(axis=1) / (adjust * size).sum(axis=1))
    estimates = np.stack(means, axis=1)
    recalibrated = replace(replicates, calibrated=calibration is not None)
    return _replicate_estimates(recalibrated, names, full=estimates[0], estimates=estimates[1:])


def _rake_replicates(mass: Floats, cells: MarginCells, calibration: Calibration) -> Floats:
    """(1 + R, C) factors that bring the cell masses (1 + R, C) of the full sample and of each
    replicate to the calibration's margins.

    Raises:
        InferenceError: a replicate leaves a category empty, or does not converge.

    """
    assert calibration.projection.cells is not None
    size = calibration.projection.size
    final = np.bincount(cells.cell, weights=calibration.weights, minlength=len(cells.categories))
    members = []
    for column in cells.categories.T:
        member = np.zeros((len(column), size))
        member[np.arange(len(column)), column] = 1
        members.append(member[:, member.any(axis=0)])
    factors = np.ones_like(mass)
    for _ in range(SWEEPS):
        before = factors
        for member in members:
            category_totals = (mass * factors) @ member
            if (category_totals <= 0).any():
                raise InferenceError(
                    "A replicate leaves a category of a margin empty.",
                    hint="merge this category, or use the linearized variance.",
                )
            factors = factors * ((final @ member) / category_totals @ member.T)
        if np.abs(factors / before - 1).max() < FACTOR_TOLERANCE:
            return factors
    raise InferenceError(
        f"A replicate does not rake to the margins in {SWEEPS} sweeps.",
        hint="merge rare categories.",
    )


def _replicate_estimates(
    replicates: Replicates, names: tuple[str, ...], *, full: Floats, estimates: Floats
) -> JointEstimates:
    """Estimates (K,) of the full sample with the covariance of the replicates' (R, K).

    Raises:
        InferenceError: a replicate has no estimate: nobody in it answered.

    """
    empty = ~np.isfinite(estimates) & np.isfinite(full)
    if empty.any():
        replicate_number, column = np.argwhere(empty)[0]
        raise InferenceError(
            f"Replicate {replicate_number + 1} has no estimate of {names[column]!r}: nobody in it "
            "answered.",
            hint="merge what is asked with a neighbour, or use the linearized variance.",
        )
    recalibrated = ", calibrated again" if replicates.calibrated else ""
    return JointEstimates(
        names=names,
        value=full,
        covariance=replicates.covariance(full, estimates),
        df=replicates.df,
        method=f"replicates {replicates.method}{recalibrated}",
    )


def _stratum_sizes(sample: Sample) -> Floats:
    """(H,) PSU in each stratum.

    Raises:
        InferenceError: a stratum has one.

    """
    size = sample.units.stratum_size
    if (lonely := sample.units.lonely_strata).any():
        raise InferenceError(
            f"{int(lonely.sum())} strata hold a single PSU.",
            hint="collapse them with a neighbour before replicating.",
        )
    return size
