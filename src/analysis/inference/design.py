"""Sampling designs: weights, strata, first-stage clusters, and the variance of a table of scores.

A `Design` names columns; applied to a frame it becomes a `Sample`, which holds the same things as
arrays of integer codes. All variances of the package end in `Units.covariance`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from analysis.errors import InferenceError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
WIDEST = 1 << 26
"""Largest range of keys that is numbered by marking rather than by sorting."""

THREADS = 2
"""Columns are worked on in two threads."""

FEW = 4
"""Columns under which sums by group are faster one column after the other."""

LonelyRule = Literal["fail", "remove", "adjust", "average", "certainty", "collapse"]


@dataclass(frozen=True)
class Design:
    """The columns of a frame that say how its rows were drawn.

    Attributes:
        weights: Column of sampling weights (positive); None gives every row the weight 1.
        strata: Columns whose combinations are the strata; none makes one stratum.
        clusters: Columns whose combinations are the first-stage clusters (PSU); none makes each row
            its own.
        fpc: Column of the number of PSU in the population of the stratum; None means with
            replacement.
        lonely: What a stratum with a single PSU contributes (R's ``survey.lonely.psu``); `collapse`
            joins it to its neighbour in the order of the strata before anything is computed, as
            replicates need.
        nest: PSU are numbered within strata, so that one label may stand in two of them.
        single: Boolean column, true for respondents drawn one by one, whose cluster does not
            matter. Without clusters all are.

    """

    weights: str | None = None
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    fpc: str | None = None
    lonely: LonelyRule = "adjust"
    nest: bool = False
    single: str | None = None

    def sample(self, frame: pl.DataFrame) -> Sample:
        """The design applied to a frame of n rows.

        Raises:
            InferenceError: a weight is missing, infinite, zero or negative; a stratum or PSU is
                missing; a PSU stands in two strata; a population is smaller than its sample.

        """
        n = frame.height
        if n == 0:
            raise InferenceError(
                "A design needs at least one row.",
                hint="this scope or domain is empty: look at what was filtered.",
            )
        weights = np.ones(n) if self.weights is None else positive(frame, self.weights)
        stratum, strata = codes(frame, self.strata)
        psu, labels, alone = self._psu(frame, stratum, strata)
        psu_stratum = np.zeros(labels, dtype=np.int64)
        psu_stratum[psu] = stratum
        strays = psu_stratum[psu] != stratum
        if strays.any():
            row = frame.row(int(np.flatnonzero(strays)[0]), named=True)
            name = ", ".join(f"{column} {row[column]}" for column in self.clusters)
            raise InferenceError(
                f"A cluster stands in two strata: {name}.",
                hint="number the clusters within strata and declare nest=True, or mend the strata.",
            )
        size = np.bincount(psu_stratum, minlength=strata)
        population = None if self.fpc is None else self._population(frame, stratum, size)
        single = np.ones(labels, dtype=bool)
        if alone is not None:
            single[psu] = alone
        units = Units(
            psu_stratum, np.ones(labels, dtype=np.int64), single, strata, population, self.lonely
        )
        return Sample(weights, psu, units.collapsed(), psu_stratum)

    def _psu(
        self, frame: pl.DataFrame, stratum: Ints, strata: int
    ) -> tuple[Ints, int, Flags | None]:
        """The PSU of each row, how many there are, and which rows are a PSU of their own (None:
        all).
        """
        n = frame.height
        alone = None if self.single is None else self._alone(frame)
        if not self.clusters or (alone is not None and alone.all()):
            return np.arange(n), n, None
        if alone is None or not alone.any():
            psu, labels = self._clusters(frame, stratum, strata)
            return psu, labels, np.zeros(n, dtype=bool)
        psu = np.empty(n, dtype=np.int64)
        psu[~alone], labels = self._clusters(frame.filter(~alone), stratum[~alone], strata)
        psu[alone] = labels + np.arange(int(alone.sum()))
        return psu, labels + int(alone.sum()), alone

    def _clusters(self, frame: pl.DataFrame, stratum: Ints, strata: int) -> tuple[Ints, int]:
        psu, labels = codes(frame, self.clusters)
        return compact(psu * strata + stratum, labels * strata) if self.nest else (psu, labels)

    def _alone(self, frame: pl.DataFrame) -> Flags:
        assert self.single is not None
        flags = frame.get_column(self.single)
        if flags.dtype != pl.Boolean or flags.null_count():
            raise InferenceError(
                f"Column {self.single!r} must say true or false for each row.",
                hint="fill its missing values.",
            )
        return flags.to_numpy()

    def _population(self, frame: pl.DataFrame, stratum: Ints, size: Ints) -> Floats:
        assert self.fpc is not None
        value = positive(frame, self.fpc)
        population = np.zeros(len(size))
        population[stratum] = value
        if (population[stratum] != value).any():
            raise InferenceError(
                f"Column {self.fpc} changes within a stratum.", hint="one population per stratum."
            )
        if (population < size).any():
            worst = int(np.argmin(population - size))
            raise InferenceError(
                f"A stratum's population ({population[worst]:g}) is smaller than its sample "
                f"({size[worst]} PSU).",
                where=f"column {self.fpc}",
                hint="the fpc column holds the number of PSU of the stratum in the population.",
            )
        return population


@dataclass(frozen=True)
class Units:
    """What totals are kept of: clusters, one unit each; and respondents drawn one by one, held
    together where only their sums are kept.

    Attributes:
        stratum: (U,) code of each unit's stratum.
        size: (U,) PSU in each unit: 1, or the number of respondents held together.
        single: (U,) whether its PSU are respondents drawn one by one.
        strata: H.
        population: (H,) PSU in the population of each stratum, or None (with replacement).
        lonely: Rule for strata with one PSU.

    """

    stratum: Ints
    size: Ints
    single: Flags
    strata: int
    population: Floats | None
    lonely: LonelyRule

    @property
    def psus(self) -> int:
        return int(self.size.sum())

    @property
    def stratum_size(self) -> Floats:
        """(H,) PSU in each stratum."""
        return np.bincount(self.stratum, weights=self.size, minlength=self.strata).astype(
            np.float64
        )

    @property
    def scale(self) -> Floats:
        """(H,) factor of the squares of a stratum: what is left of its population, times n / (n −
        1).
        """
        size = self.stratum_size
        fraction = np.ones(self.strata) if self.population is None else 1 - size / self.population
        scaled: Floats = fraction * np.divide(
            size, size - 1, out=np.ones(self.strata), where=size > 1
        )
        return scaled

    def collapsed(self) -> Units:
        """The same with lonely strata joined to their neighbours, where the rule says so."""
        size = self.stratum_size
        if self.lonely != "collapse" or not (size == 1).any():
            return self
        merged = collapsed(size.astype(np.int64))
        strata = int(merged.max()) + 1
        population = None
        if self.population is not None:
            population = np.bincount(merged, weights=self.population, minlength=strata).astype(
                np.float64
            )
        return replace(self, stratum=merged[self.stratum], strata=strata, population=population)

    def covariance(self, totals: Floats, squares: Floats | None = None) -> Floats:
        """Between-PSU, within-stratum covariance of score totals (Taylor linearization, first
        stage).

        Args:
            totals: (U, K) scores summed to units; a PSU outside a domain has zeros, it is never
                dropped.
            squares: (K, K) sum over the `single` units of `scale` times the Σ z zᵀ of their
                respondents; None when no unit holds several PSU.

        Returns:
            (K, K), symmetric, positive semi-definite.

        Raises:
            InferenceError: a stratum has one PSU and `lonely` is `fail`, or all have one and it is
                `average`.

        `adjust` centres lonely PSU at the grand mean of all; `average` gives their strata the mean
        contribution of the others; `remove` and `certainty` give 0. Reference: R survey 4.5,
        ``survey:::onestrat``.

        """
        strata_size = self.stratum_size
        alone = strata_size == 1
        if alone.any() and self.lonely == "fail":
            raise InferenceError(
                f"{int(alone.sum())} strata hold a single PSU.",
                hint="declare a rule: lonely='adjust', for instance.",
            )
        means = grouped(self.stratum, totals, self.strata) / np.maximum(strata_size, 1)[:, None]
        if self.lonely == "adjust" and alone.any():
            means[alone] = totals.sum(axis=0) / self.psus
        scale = self.scale[self.stratum]
        if squares is not None:
            centred = (totals / self.size[:, None] - means[self.stratum]) * np.sqrt(
                scale * self.size
            )[:, None]
        else:
            centred = (totals - means[self.stratum]) * np.sqrt(scale)[:, None]
        result: Floats = centred.T @ centred
        if squares is not None:
            within = totals[self.single] * np.sqrt(scale / self.size)[self.single][:, None]
            result += squares - within.T @ within
        if self.lonely == "average" and alone.any():
            used = int((strata_size > 0).sum())
            if used == int(alone.sum()):
                raise InferenceError(
                    "Every stratum holds a single PSU: no variance can be estimated.",
                    hint=(
                        "declare another rule for lonely strata (adjust, average, collapse), or "
                        "fewer strata."
                    ),
                )
            result *= used / (used - int(alone.sum()))
        return result


@dataclass(frozen=True)
class Sample:
    """A design applied to n rows.

    Attributes:
        weights: (n,) sampling weights.
        psu: (n,) code of each row's PSU, 0 … P-1.
        units: The P PSU, of size 1 each.
        declared: (P,) the stratum before lonely ones were collapsed.

    """

    weights: Floats
    psu: Ints
    units: Units
    declared: Ints

    @property
    def psus(self) -> int:
        return len(self.units.stratum)

    def covariance(self, scores: Floats) -> Floats:
        """The (K, K) covariance of the K totals whose row scores, weights included, are `scores`
        (n, K).
        """
        return self.units.covariance(grouped(self.psu, scores, self.psus))


def grouped(group: Ints, values: Floats, groups: int) -> Floats:
    """Sums of the rows of `values` (n, K) by group: (groups, K)."""
    if values.shape[1] < FEW:
        sums = np.empty((groups, values.shape[1]))
        for place, column in enumerate(values.T):
            sums[:, place] = np.bincount(group, weights=column, minlength=groups)
        return sums
    n = len(group)
    member = sparse.csc_array((np.ones(n), group, np.arange(n + 1)), shape=(groups, n))
    result: Floats = member @ values
    return result


def collapsed(size: Ints) -> Ints:
    """New codes of strata of these sizes: each that holds one PSU joins the next, the last ones the
    stratum before.

    >>> collapsed(np.array([1, 3, 2, 1])).tolist()
    [0, 0, 1, 1]
    """
    merged = np.zeros(len(size), dtype=np.int64)
    code, held = 0, 0
    for stratum, count in enumerate(size):
        if held >= 2 and count > 0:
            code, held = code + 1, 0
        merged[stratum] = code
        held += int(count)
    if held < 2 and code > 0:
        merged[merged == code] = code - 1
    return merged


def codes(frame: pl.DataFrame, columns: tuple[str, ...]) -> tuple[Ints, int]:
    """Integer codes of the combinations of some columns, in their sorted order, and how many there
    are.
    """
    if not columns:
        return np.zeros(frame.height, dtype=np.int64), 1
    key, space = np.zeros(frame.height, dtype=np.int64), 1
    for column in columns:
        series = frame.get_column(column)
        if series.null_count():
            raise InferenceError(
                f"{series.null_count()} rows have no value in column {column!r}.",
                hint="a design needs a stratum and a cluster for each row.",
            )
        if series.dtype.is_integer():
            values = series.to_numpy().astype(np.int64)
            rank, size = compact(values - values.min(), int(values.max() - values.min()) + 1)
        else:
            rank = series.rank("dense").to_numpy().astype(np.int64) - 1
            size = int(rank.max()) + 1
        key, space = compact(key * size + rank, space * size) if space > 1 else (rank, size)
    return key, space


def compact(key: Ints, space: int) -> tuple[Ints, int]:
    """Keys in 0 … `space` − 1 numbered anew 0, 1, 2, … in their order, and how many occur."""
    if space > WIDEST:
        values, inverse = np.unique(key, return_inverse=True)
        return inverse.astype(np.int64), len(values)
    seen = np.zeros(space, dtype=bool)
    seen[key] = True
    if seen.all():
        return key, space
    numbers = np.cumsum(seen) - 1
    return numbers[key], int(numbers[-1]) + 1


def positive(frame: pl.DataFrame, column: str) -> Floats:
    """A column of positive finite numbers, or the error that counts the others."""
    series = frame.get_column(column).cast(pl.Float64)
    values = series.fill_null(np.nan).to_numpy()
    if not (values.min() > 0 and np.isfinite(values.max())):  # NaN is not above 0 either
        bad = ~(np.isfinite(values) & (values > 0))
        first = int(np.flatnonzero(bad)[0])
        raise InferenceError(
            f"{int(bad.sum())} values of column {column!r} are missing, infinite, zero or "
            "negative.",
            where=f"first at row {first + 1}: {frame.get_column(column)[first]!r}",
            hint="give each row a positive weight; a row outside the domain keeps its weight.",
        )
    return np.asarray(values, dtype=np.float64)
