"""The units that a sample was drawn by, and the variance of a table of their totals: all variances
of the package end in `Units.covariance`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats, Ints, sum_by_group

SELF_REPRESENTING = 1e-7
"""Under this share of a population that was not drawn, a stratum has no sampling error: R's."""

PairEstimator = Literal["horvitz-thompson", "yates-grundy"]

LonelyRule = Literal["fail", "remove", "adjust", "average", "certainty", "collapse"]


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
        inclusion: (U,) probability that each PSU was drawn, or None (equal ones).
        pairs: (U, U) of unequal probabilities (π_ij − π_i π_j) / π_ij, with π_ij that two PSU were
            drawn together; None takes Brewer's approximation.
        estimator: Of the variance by pairs: Yates and Grundy's, of samples of a fixed size, is not
            negative where no pair is drawn together more often than apart.
        parent: (H,) of a later stage: the unit of the stage before that holds the stratum. What the
            rules for lonely strata take from others, they take within it.
        share: (H,) of a later stage: share of the populations before it that were drawn.

    """

    stratum: Ints
    size: Ints
    element_sampled: Flags
    strata: int
    population: Floats | None
    lonely: LonelyRule
    inclusion: Floats | None = None
    pairs: Floats | None = None
    estimator: PairEstimator = "yates-grundy"
    parent: Ints | None = None
    share: Floats | None = None

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

    @property
    def unit_scale(self) -> Floats:
        """(U,) factor of the square of each unit: that of its stratum, or, with probabilities π,
        (1 − π) n / (n − 1), which is Brewer's (2002, equation 9.32); times the share of a stage.
        """
        scale = self.scale[self.stratum]
        if self.inclusion is not None:
            scale = scale * (1 - self.inclusion)
        return scale if self.share is None else scale * self.share[self.stratum]

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
        """(H, K) factor of the variances of K scores under the rule `average`: the strata that hold
        a score over those of them that are not lonely, among those of one parent; NaN where all
        are, 1 for a score that none holds. `held` is (H, K).
        """
        used = held & (self.stratum_size > 0)[:, None]
        known = self._by_parent(used & ~self.lonely_strata[:, None])
        count = self._by_parent(used)
        none = np.where(count > 0, np.nan, 1.0)
        return np.divide(count, known, out=none, where=known > 0)

    def _by_parent(self, values: Floats | Flags) -> Floats:
        """(H, K) sums of values (H, K) over the strata of the same parent."""
        if self.parent is None:
            return np.broadcast_to(values.sum(axis=0, dtype=np.float64), values.shape)
        sums = sum_by_group(self.parent, values.astype(np.float64), int(self.parent.max()) + 1)
        result: Floats = sums[self.parent]
        return result

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
        give 0, as does a lonely PSU that is its stratum's whole population. By pairs, rules have
        nothing to say, and the result need not be positive. Reference: R survey 4.5,
        ``survey:::onestrat`` and ``survey:::ppsvar``.

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
        if self.pairs is not None:
            by_pairs: Floats = totals.T @ self.pairs @ totals
            if self.estimator == "yates-grundy":
                by_pairs -= (totals * self.pairs.sum(axis=1)[:, None]).T @ totals
            return by_pairs
        means = (
            sum_by_group(self.stratum, totals, self.strata) / np.maximum(strata_size, 1)[:, None]
        )
        if self.lonely == "adjust" and lonely.any():
            sums = self._by_parent(means * strata_size[:, None])
            sizes = self._by_parent(held * strata_size[:, None])
            means[lonely] = (sums / np.maximum(sizes, 1) * held)[lonely]
        scale = self.unit_scale
        if squares is not None:
            centred = (totals / self.size[:, None] - means[self.stratum]) * np.sqrt(
                scale * self.size
            )[:, None]
        else:
            centred = (totals - means[self.stratum]) * np.sqrt(scale)[:, None]
        if self.lonely == "average" and lonely.any():
            if self.parent is None and lonely[strata_size > 0].all():
                raise InferenceError(
                    "Every stratum holds a single PSU: no variance can be estimated.",
                    hint=(
                        "declare another rule for lonely strata (adjust, average, collapse), or "
                        "fewer strata."
                    ),
                )
            root = np.sqrt(self.lonely_factors(held))
            centred *= root[self.stratum]
            if squares is not None:  # of a first stage, whose factors are those of all strata
                squares = squares * np.outer(root[0], root[0])
                totals = totals * root[0]
        result: Floats = centred.T @ centred
        if squares is not None:
            spread = np.sqrt(scale / self.size)[self.element_sampled]
            within = totals[self.element_sampled] * spread[:, None]
            result += squares - within.T @ within
        return result


@dataclass(frozen=True)
class Drawn:
    """The units of a later stage.

    Attributes:
        unit: (n,) code of each row's unit.
        units: Them, of size 1 each.

    """

    unit: Ints
    units: Units


@dataclass(frozen=True)
class Sample:
    """A design applied to n rows.

    Attributes:
        weights: (n,) sampling weights.
        psu: (n,) code of each row's PSU, 0 … P-1.
        units: The P PSU, of size 1 each.
        declared_stratum: (P,) code of each PSU's stratum before lonely ones were collapsed.
        later: The units of later stages.

    """

    weights: Floats
    psu: Ints
    units: Units
    declared_stratum: Ints
    later: tuple[Drawn, ...] = ()

    @property
    def psus(self) -> int:
        """P, the number of PSU."""
        return len(self.units.stratum)

    def covariance(self, scores: Floats, inside: Flags | None = None) -> Floats:
        """The (K, K) covariance of the K totals whose row scores, weights included, are `scores`
        (n, K), over all stages.

        Args:
            scores: A row outside what is estimated scores 0.
            inside: (n, K) or (n, 1), the rows that each score is of; None: all rows, as after
                calibration.

        """
        result = np.zeros((scores.shape[1], scores.shape[1]))
        for drawn in (Drawn(self.psu, self.units), *self.later):
            units, held = drawn.units, None
            if inside is not None and units.lonely_strata.any():
                rows = np.broadcast_to(inside, scores.shape).astype(np.float64)
                held = sum_by_group(units.stratum[drawn.unit], rows, units.strata) > 0
            totals = sum_by_group(drawn.unit, scores, len(units.stratum))
            result += units.covariance(totals, held=held)
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
