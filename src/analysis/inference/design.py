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
WIDEST_KEY_RANGE = 1 << 26
"""Largest range of keys that is numbered by marking rather than by sorting."""

THREADS = 2
"""Columns are worked on in two threads."""

SELF_REPRESENTING = 1e-7
"""Under this share of a population that was not drawn, a stratum has no sampling error: R's."""

FEW_COLUMNS = 4
"""With fewer columns than this, sums by group are faster one column after the other."""

LonelyRule = Literal["fail", "remove", "adjust", "average", "certainty", "collapse"]


@dataclass(frozen=True)
class Design:
    """The columns of a frame that say how its rows were drawn.

    Attributes:
        weights: Column of sampling weights; None gives every row the weight 1. A row of weight 0
            (a duplicate frame, a unit that fell out) keeps its cluster and counts for nothing.
        strata: Columns whose combinations are the strata; none makes one stratum.
        clusters: Columns whose combinations are the first-stage clusters (PSU); none makes each row
            its own.
        fpc: Column of the number of PSU in the population of the stratum; None means with
            replacement.
        lonely: What a stratum with a single PSU contributes (R's ``survey.lonely.psu``); `collapse`
            joins it to its neighbour in the order of the strata before anything is computed, as
            replicates need.
        nest: PSU are numbered within strata, so that one label may stand in two of them.
        element_sampled: Boolean column, true for respondents drawn one by one, each a PSU whatever
            its cluster. Without `clusters` all are.

    """

    weights: str | None = None
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    fpc: str | None = None
    lonely: LonelyRule = "adjust"
    nest: bool = False
    element_sampled: str | None = None

    def sample(self, frame: pl.DataFrame) -> Sample:
        """The design applied to a frame of n rows.

        Raises:
            InferenceError: a weight is missing, infinite or negative, or all are 0; a stratum or
                PSU is missing; a PSU stands in two strata; a population is smaller than its sample.

        """
        n = frame.height
        if n == 0:
            raise InferenceError(
                "A design needs at least one row.",
                hint="this scope or domain is empty: look at what was filtered.",
            )
        weights = np.ones(n) if self.weights is None else base_weights(frame, self.weights)
        stratum, strata = combination_codes(frame, self.strata)
        psu, psus, by_element = self._psu_codes(frame, stratum, strata)
        psu_stratum = np.zeros(psus, dtype=np.int64)
        psu_stratum[psu] = stratum
        spans_strata = psu_stratum[psu] != stratum
        if spans_strata.any():
            row = frame.row(int(np.flatnonzero(spans_strata)[0]), named=True)
            name = ", ".join(f"{column} {row[column]}" for column in self.clusters)
            raise InferenceError(
                f"A cluster stands in two strata: {name}.",
                hint="number the clusters within strata and declare nest=True, or mend the strata.",
            )
        size = np.bincount(psu_stratum, minlength=strata)
        population = None if self.fpc is None else self._population(frame, stratum, size)
        psu_by_element = np.ones(psus, dtype=bool)
        if by_element is not None:
            psu_by_element[psu] = by_element
        units = Units(
            stratum=psu_stratum,
            size=np.ones(psus, dtype=np.int64),
            element_sampled=psu_by_element,
            strata=strata,
            population=population,
            lonely=self.lonely,
        )
        return Sample(
            weights=weights, psu=psu, units=units.collapse_lonely(), declared_stratum=psu_stratum
        )

    def _psu_codes(
        self, frame: pl.DataFrame, stratum: Ints, strata: int
    ) -> tuple[Ints, int, Flags | None]:
        """(n,) PSU of each row, their number, and (n,) whether a row is element-sampled (None: all
        are).
        """
        n = frame.height
        by_element = None if self.element_sampled is None else self._element_flags(frame)
        if not self.clusters or (by_element is not None and by_element.all()):
            return np.arange(n), n, None
        if by_element is None or not by_element.any():
            psu, clusters = self._cluster_codes(frame, stratum, strata)
            return psu, clusters, np.zeros(n, dtype=bool)
        in_cluster, elements = ~by_element, int(by_element.sum())
        psu = np.empty(n, dtype=np.int64)
        psu[in_cluster], clusters = self._cluster_codes(
            frame.filter(in_cluster), stratum[in_cluster], strata
        )
        psu[by_element] = clusters + np.arange(elements)
        return psu, clusters + elements, by_element

    def _cluster_codes(self, frame: pl.DataFrame, stratum: Ints, strata: int) -> tuple[Ints, int]:
        """(n,) code of each row's cluster, within strata where they are nested, and their
        number.
        """
        cluster, clusters = combination_codes(frame, self.clusters)
        if not self.nest:
            return cluster, clusters
        return compact_codes(cluster * strata + stratum, clusters * strata)

    def _element_flags(self, frame: pl.DataFrame) -> Flags:
        """(n,) whether each row is element-sampled."""
        assert self.element_sampled is not None
        flags = frame.get_column(self.element_sampled)
        if flags.dtype != pl.Boolean or flags.null_count():
            raise InferenceError(
                f"Column {self.element_sampled!r} must say true or false for each row.",
                hint="fill its missing values.",
            )
        return flags.to_numpy()

    def _population(self, frame: pl.DataFrame, stratum: Ints, size: Ints) -> Floats:
        """(H,) PSU in the population of each stratum; `size` (H,) those in the sample."""
        assert self.fpc is not None
        value = positive_values(frame, self.fpc)
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
    """What totals are kept of: clusters, one unit each; and element-sampled respondents, which
    make one unit per stratum where only their sums are kept.

    Attributes:
        stratum: (U,) code of each unit's stratum.
        size: (U,) PSU in each unit: 1, or the number of its element-sampled respondents.
        element_sampled: (U,) whether its PSU are element-sampled respondents.
        strata: H, the number of strata.
        population: (H,) PSU in the population of each stratum, or None (with replacement).
        lonely: Rule for strata with one PSU.

    """

    stratum: Ints
    size: Ints
    element_sampled: Flags
    strata: int
    population: Floats | None
    lonely: LonelyRule

    @property
    def psus(self) -> int:
        """The number of PSU."""
        return int(self.size.sum())

    @property
    def stratum_size(self) -> Floats:
        """(H,) PSU in each stratum."""
        return np.bincount(self.stratum, weights=self.size, minlength=self.strata).astype(
            np.float64
        )

    @property
    def scale(self) -> Floats:
        """(H,) factor of a stratum's sum of squares: (1 − n/N) n / (n − 1), with n its PSU and N
        those of its population; 1 − n/N where n is 1.
        """
        size = self.stratum_size
        fraction = np.ones(self.strata) if self.population is None else 1 - size / self.population
        scaled: Floats = fraction * np.divide(
            size, size - 1, out=np.ones(self.strata), where=size > 1
        )
        return scaled

    def collapse_lonely(self) -> Units:
        """These units with each lonely stratum joined to its neighbour, under the rule `collapse`;
        unchanged under the others.
        """
        size = self.stratum_size
        if self.lonely != "collapse" or not (size == 1).any():
            return self
        merged = collapse_strata(size.astype(np.int64))
        strata = int(merged.max()) + 1
        population = None
        if self.population is not None:
            population = np.bincount(merged, weights=self.population, minlength=strata).astype(
                np.float64
            )
        return replace(self, stratum=merged[self.stratum], strata=strata, population=population)

    @property
    def self_representing(self) -> Flags:
        """(H,) whether a stratum was drawn whole: it has no sampling error."""
        if self.population is None:
            return np.zeros(self.strata, dtype=bool)
        left: Flags = 1 - self.stratum_size / self.population < SELF_REPRESENTING
        return left

    @property
    def lonely_strata(self) -> Flags:
        """(H,) whether a stratum holds a single PSU that stands for others too."""
        single: Flags = self.stratum_size == 1
        return single if self.population is None else single & ~self.self_representing

    def lonely_factors(self, held: Flags) -> Floats:
        """(K,) factor of the variances of K scores under the rule `average`: the strata that hold a
        score over those of them that are not lonely; NaN where all are, 1 for a score that none
        holds. `held` is (H, K).
        """
        used = held & (self.stratum_size > 0)[:, None]
        known = (used & ~self.lonely_strata[:, None]).sum(axis=0)
        count = used.sum(axis=0)
        none = np.where(count > 0, np.nan, 1.0)
        factors: Floats = np.divide(count, known, out=none, where=known > 0)
        return factors

    def covariance(
        self, totals: Floats, squares: Floats | None = None, *, held: Flags | None = None
    ) -> Floats:
        """Between-PSU, within-stratum covariance of score totals (Taylor linearization, first
        stage).

        Args:
            totals: (U, K) scores summed to units; a PSU outside a domain has zeros, it is never
                dropped.
            squares: (K, K) sum over the element-sampled units of `scale` times the Σ z zᵀ of their
                respondents; None when no unit holds several PSU.
            held: (H, K) whether a stratum holds anybody that a score is of; None means that all
                do. Only the rules for lonely strata look at it.

        Returns:
            (K, K), symmetric, positive semi-definite; NaN, under `average`, for a score whose
            strata are all lonely.

        Raises:
            InferenceError: a stratum has one PSU and `lonely` is `fail`, or all have one and it is
                `average`.

        `adjust` centres lonely PSU at the grand mean of those of the strata held; `average` gives
        their strata the mean contribution of the others that are held; `remove` and `certainty`
        give 0, as does a lonely PSU that is its stratum's whole population. Reference: R survey
        4.5, ``survey:::onestrat``.

        """
        strata_size = self.stratum_size
        lonely = self.lonely_strata
        if held is None:
            held = np.ones((self.strata, totals.shape[1]), dtype=bool)
        if self.lonely == "fail" and (refused := lonely & held.any(axis=1)).any():
            raise InferenceError(
                f"{int(refused.sum())} strata hold a single PSU.",
                hint="declare a rule: lonely='adjust', for instance.",
            )
        means = (
            sum_by_group(self.stratum, totals, self.strata) / np.maximum(strata_size, 1)[:, None]
        )
        if self.lonely == "adjust" and lonely.any():
            grand = totals.sum(axis=0) / np.maximum(strata_size @ held, 1)
            means[lonely] = grand * held[lonely]
        scale = self.scale[self.stratum]
        if squares is not None:
            centred = (totals / self.size[:, None] - means[self.stratum]) * np.sqrt(
                scale * self.size
            )[:, None]
        else:
            centred = (totals - means[self.stratum]) * np.sqrt(scale)[:, None]
        result: Floats = centred.T @ centred
        if squares is not None:
            root = np.sqrt(scale / self.size)[self.element_sampled]
            within = totals[self.element_sampled] * root[:, None]
            result += squares - within.T @ within
        if self.lonely == "average" and lonely.any():
            if lonely[strata_size > 0].all():
                raise InferenceError(
                    "Every stratum holds a single PSU: no variance can be estimated.",
                    hint=(
                        "declare another rule for lonely strata (adjust, average, collapse), or "
                        "fewer strata."
                    ),
                )
            root = np.sqrt(self.lonely_factors(held))
            result *= np.outer(root, root)
        return result


@dataclass(frozen=True)
class Sample:
    """A design applied to n rows.

    Attributes:
        weights: (n,) sampling weights.
        psu: (n,) code of each row's PSU, 0 … P-1.
        units: The P PSU, of size 1 each.
        declared_stratum: (P,) code of each PSU's stratum before lonely ones were collapsed.

    """

    weights: Floats
    psu: Ints
    units: Units
    declared_stratum: Ints

    @property
    def psus(self) -> int:
        """P, the number of PSU."""
        return len(self.units.stratum)

    def covariance(self, scores: Floats) -> Floats:
        """The (K, K) covariance of the K totals whose row scores, weights included, are `scores`
        (n, K).
        """
        return self.units.covariance(sum_by_group(self.psu, scores, self.psus))


def sum_by_group(group: Ints, values: Floats, groups: int) -> Floats:
    """Sums of the rows of `values` (n, K) by group: (groups, K)."""
    if values.shape[1] < FEW_COLUMNS:
        sums = np.empty((groups, values.shape[1]))
        for index, column in enumerate(values.T):
            sums[:, index] = np.bincount(group, weights=column, minlength=groups)
        return sums
    n = len(group)
    member = sparse.csc_array((np.ones(n), group, np.arange(n + 1)), shape=(groups, n))
    result: Floats = member @ values
    return result


def collapse_strata(size: Ints) -> Ints:
    """(H,) new codes of strata of these sizes (H,), in PSU: each that holds one joins the next
    stratum, and the last ones join the stratum before.

    >>> collapse_strata(np.array([1, 3, 2, 1])).tolist()
    [0, 0, 1, 1]
    """
    merged = np.zeros(len(size), dtype=np.int64)
    code, psus = 0, 0
    for stratum, count in enumerate(size):
        if psus >= 2 and count > 0:
            code, psus = code + 1, 0
        merged[stratum] = code
        psus += int(count)
    if psus < 2 and code > 0:
        merged[merged == code] = code - 1
    return merged


def combination_codes(frame: pl.DataFrame, columns: tuple[str, ...]) -> tuple[Ints, int]:
    """(n,) code of each row's combination of some columns, in their sorted order, and the number of
    combinations that occur; without a column, one.

    Raises:
        InferenceError: a value is missing.

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
            rank, size = compact_codes(values - values.min(), int(values.max() - values.min()) + 1)
        else:
            rank = series.rank("dense").to_numpy().astype(np.int64) - 1
            size = int(rank.max()) + 1
        key, space = compact_codes(key * size + rank, space * size) if space > 1 else (rank, size)
    return key, space


def compact_codes(key: Ints, space: int) -> tuple[Ints, int]:
    """(n,) keys in 0 … `space` − 1 numbered anew 0, 1, 2, … in their order, and the number of
    distinct ones.
    """
    if space > WIDEST_KEY_RANGE:
        values, inverse = np.unique(key, return_inverse=True)
        return inverse.astype(np.int64), len(values)
    occurs = np.zeros(space, dtype=bool)
    occurs[key] = True
    if occurs.all():
        return key, space
    numbers = np.cumsum(occurs) - 1
    return numbers[key], int(numbers[-1]) + 1


def base_weights(frame: pl.DataFrame, column: str) -> Floats:
    """(n,) weights of a column: finite, none negative, some positive.

    Raises:
        InferenceError: a value is missing, infinite or negative (the message counts them), or all
            are 0.

    """
    values = _finite_values(frame, column, least=0.0)
    if not values.any():
        raise InferenceError(
            f"All weights of column {column!r} are zero.", hint="nobody counts for anything here."
        )
    return values


def positive_values(frame: pl.DataFrame, column: str) -> Floats:
    """(n,) values of a column of positive finite numbers.

    Raises:
        InferenceError: a value is missing, infinite, zero or negative; the message counts them.

    """
    return _finite_values(frame, column, least=np.nextafter(0, 1))


def _finite_values(frame: pl.DataFrame, column: str, *, least: float) -> Floats:
    """(n,) finite values of a column, none under `least`: 0, or the smallest number above it."""
    series = frame.get_column(column).cast(pl.Float64)
    values = series.fill_null(np.nan).to_numpy()
    if not (values.min() >= least and np.isfinite(values.max())):  # NaN is not above 0 either
        invalid = ~(np.isfinite(values) & (values >= least))
        first = int(np.flatnonzero(invalid)[0])
        raise InferenceError(
            f"{int(invalid.sum())} values of column {column!r} are missing, infinite, "
            f"{'zero or ' if least else ''}negative.",
            where=f"first at row {first + 1}: {frame.get_column(column)[first]!r}",
            hint="give each row its weight; a row outside the domain keeps its own.",
        )
    return np.asarray(values, dtype=np.float64)
