"""Sampling designs: weights, strata, clusters of one stage or several, finite populations.

A `Design` names columns; applied to a frame it becomes a `Sample`, which holds the same things as
arrays of integer codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats, Ints, compact_codes
from analysis.inference.pairs import MOST_PAIRED, hartley_rao, weighted_pairs
from analysis.inference.units import Drawn, LonelyRule, PairEstimator, Sample, Units


@dataclass(frozen=True)
class Stage:
    """A later stage of sampling: what was drawn within each unit of the stage before.

    Attributes:
        fpc: Column of the number of units in the population of the stratum, within the unit of the
            stage before.
        clusters: Columns whose combinations, within that unit, are the units drawn; none makes each
            row its own.
        strata: Columns whose combinations, within that unit, are the strata.

    """

    fpc: str
    clusters: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()


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
        inclusion: Column of the probability that a PSU was drawn, for PSU drawn without replacement
            and with unequal probabilities. In the place of `fpc`.
        pairs: How the probabilities π_ij that two PSU of a stratum were drawn together are told
            from those of one: `brewer` needs none (Brewer 2002, equation 9.32); `hartley-rao` is
            the truncated approximation of Hartley and Rao (1962), with Σ π² / n estimated by the
            mean of π. Where they are known, `sample` takes them.
        estimator: Of the variance where pairs are told.
        later: Later stages, in their order, of a design whose first has finite populations; with
            replacement, the first stage is all that a variance takes.

    """

    weights: str | None = None
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    fpc: str | None = None
    lonely: LonelyRule = "adjust"
    nest: bool = False
    element_sampled: str | None = None
    inclusion: str | None = None
    pairs: Literal["brewer", "hartley-rao"] = "brewer"
    estimator: PairEstimator = "yates-grundy"
    later: tuple[Stage, ...] = ()

    def sample(self, frame: pl.DataFrame, *, joint: Floats | None = None) -> Sample:
        """The design applied to a frame of n rows.

        Args:
            frame: The rows.
            joint: (P, P) probabilities that two PSU were drawn together, in the sorted order of
                their labels (of the rows, without `clusters`); on the diagonal, that each was.

        Raises:
            InferenceError: a weight is missing, infinite or negative, or all are 0; a stratum or
                PSU is missing; a PSU stands in two strata; a population is smaller than its sample;
                a probability is not between 0 and 1; there are later stages, and no finite
                population at the first; joint probabilities are not those of the PSU.

        """
        if (self.later and self.fpc is None) or (self.fpc and self.inclusion):
            raise InferenceError(
                "A design has finite populations of PSU, or probabilities of theirs; later stages "
                "need the former.",
                hint="name the column of the number of PSU in the population as `fpc`.",
            )
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
        population = (
            None if self.fpc is None else _population(frame, self.fpc, stratum, size, unit="PSU")
        )
        psu_by_element = np.ones(psus, dtype=bool)
        if by_element is not None:
            psu_by_element[psu] = by_element
        inclusion = None if self.inclusion is None else _inclusion(frame, self.inclusion, psu, psus)
        units = Units(
            stratum=psu_stratum,
            size=np.ones(psus, dtype=np.int64),
            element_sampled=psu_by_element,
            strata=strata,
            population=population,
            lonely=self.lonely,
            inclusion=inclusion,
            pairs=self._pairs(inclusion, psu_stratum, joint),
            estimator=self.estimator,
        )
        return Sample(
            weights=weights,
            psu=psu,
            units=units.collapse_lonely(),
            declared_stratum=psu_stratum,
            later=self._later_stages(frame, psu, units),
        )

    def _pairs(
        self, inclusion: Floats | None, stratum: Ints, joint: Floats | None
    ) -> Floats | None:
        """(P, P) weighted covariances of the draws of PSU, where pairs are told."""
        if joint is None and self.pairs == "brewer":
            return None
        if inclusion is None:
            raise InferenceError(
                "Pairs of clusters are told, and not how likely each was to be drawn.",
                hint="name the column of that probability as `inclusion`.",
            )
        if len(inclusion) > MOST_PAIRED:
            raise InferenceError(
                f"Pairs of {len(inclusion):,} clusters are too many: {MOST_PAIRED:,} at most.",
                hint="take Brewer's approximation, which needs none.",
            )
        return (
            hartley_rao(inclusion, stratum) if joint is None else weighted_pairs(joint, inclusion)
        )

    def _later_stages(self, frame: pl.DataFrame, psu: Ints, first: Units) -> tuple[Drawn, ...]:
        """The units of the later stages; each share is that of the units before it that were drawn,
        all stages before it multiplied.
        """
        stages: list[Drawn] = []
        before, units = psu, first
        share: Floats = np.ones(first.strata)
        for stage in self.later:
            assert units.population is not None, "each stage has its own"
            drawn = (share * units.stratum_size / units.population)[units.stratum]
            stratum, strata = _within(frame, stage.strata, before)
            parent = np.zeros(strata, dtype=np.int64)
            parent[stratum] = before
            unit, count = (
                _within(frame, stage.clusters, stratum)
                if stage.clusters
                else (np.arange(frame.height), frame.height)
            )
            unit_stratum = np.zeros(count, dtype=np.int64)
            unit_stratum[unit] = stratum
            size = np.bincount(unit_stratum, minlength=strata)
            units = Units(
                stratum=unit_stratum,
                size=np.ones(count, dtype=np.int64),
                element_sampled=np.zeros(count, dtype=bool),
                strata=strata,
                population=_population(frame, stage.fpc, stratum, size, unit="units"),
                lonely=self.lonely,
                parent=parent,
                share=drawn[parent],
            )
            stages.append(Drawn(unit=unit, units=units))
            before, share = unit, drawn[parent]
        return tuple(stages)

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


def _population(
    frame: pl.DataFrame, column: str, stratum: Ints, size: Ints, *, unit: str
) -> Floats:
    """(H,) units in the population of each stratum, by a column of the rows; `stratum` (n,) is that
    of each row, `size` (H,) counts the units in the sample.
    """
    value = positive_values(frame, column)
    population = np.zeros(len(size))
    population[stratum] = value
    if (population[stratum] != value).any():
        raise InferenceError(
            f"Column {column} changes within a stratum.", hint="one population per stratum."
        )
    if (population < size).any():
        worst = int(np.argmin(population - size))
        raise InferenceError(
            f"A stratum's population ({population[worst]:g}) is smaller than its sample "
            f"({size[worst]} {unit}).",
            where=f"column {column}",
            hint=f"the fpc column holds the number of {unit} of the stratum in the population.",
        )
    return population


def _inclusion(frame: pl.DataFrame, column: str, psu: Ints, psus: int) -> Floats:
    """(P,) probability that each PSU was drawn; `psu` (n,) is that of each row."""
    value = positive_values(frame, column)
    inclusion = np.zeros(psus)
    inclusion[psu] = value
    if (inclusion[psu] != value).any() or (value > 1).any():
        raise InferenceError(
            f"Column {column} changes within a cluster, or passes 1.",
            hint="it holds the probability that the cluster was drawn.",
        )
    return inclusion


def _within(frame: pl.DataFrame, columns: tuple[str, ...], group: Ints) -> tuple[Ints, int]:
    """(n,) code of each row's combination of some columns within its group (n,), and how many there
    are; the group itself without a column.
    """
    code, codes = combination_codes(frame, columns)
    return compact_codes(group * codes + code, (int(group.max()) + 1) * codes)


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
