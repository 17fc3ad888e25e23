"""Quantiles of a continuous variable, with Woodruff's intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats
from analysis.inference.proportions import ProportionMethod, proportion_interval
from analysis.inference.replication import Replicates, replicate
from analysis.inference.student import student_quantile
from analysis.inference.survey import Survey

QuantileRule = Literal[
    "math", "school", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9", "shahvaish"
]


@dataclass(frozen=True)
class Quantiles:
    """Quantiles of one column.

    Attributes:
        p: (Q,) orders asked.
        value, low, high: (Q,) in the unit of the column.
        se: (Q,) width of the interval over twice Student's quantile, in the same unit.
        df: Degrees of freedom.

    """

    p: Floats
    value: Floats
    low: Floats
    high: Floats
    se: Floats
    df: float


def quantiles(
    survey: Survey,
    column: str,
    *,
    p: tuple[float, ...],
    method: ProportionMethod = "mean",
    rule: QuantileRule = "math",
    confidence: float = 0.95,
    df: float | None = None,
    replicates: Replicates | None = None,
) -> Quantiles:
    """Quantiles and their Woodruff intervals: the interval of the share at or below the quantile,
    read back.

    Args:
        rule: `math` (`hf1`): the smallest value whose share at or below reaches p; `school`
            (`hf2`): the middle of two values where the share is p exactly (and, as R has it, of the
            first two where that of the first passes p already); `hf3` … `hf9`: Hyndman and Fan's,
            for weighted data; `shahvaish`: Shah and Vaish's plotting positions.
        p: Orders, in [0, 1].
        method: How the interval of that share is made.
        confidence: Of the intervals.
        df: Degrees of freedom; those of the design (or of the replicates) unless given (a domain
            has its own).
        replicates: Replicate weights of the rows, from which the variance of the share is taken
            instead.

    Missing values: rows without a value are outside the domain.

    Raises:
        InferenceError: no row has a value, or an order is not between 0 and 1.

    Reference: Woodruff (1952); R's ``svyquantile`` (4.1 and later) with the same rule names.

    """
    freedom = df if df is not None else survey.df if replicates is None else replicates.df
    values = survey.values(column)
    answered = ~np.isnan(values)
    weighs = answered & (survey.sample.weights > 0)
    if not weighs.any():
        raise InferenceError(
            f"Column {column!r} has no value.",
            hint="all its answers are missing here: look at the filter, or at what was asked.",
        )
    if not all(0 <= order <= 1 for order in p):
        raise InferenceError(
            f"An order of a quantile of {column!r} is not between 0 and 1.",
            hint="the median is of order 0.5.",
        )
    distribution = _WeightedValues.of(values[weighs], survey.sample.weights[weighs])
    value, low, high = np.empty(len(p)), np.empty(len(p)), np.empty(len(p))
    for number, order in enumerate(p):
        value[number] = distribution.quantile(order, rule)
        below = values <= value[number]
        score, share = survey.score(
            np.where(answered, below.astype(float), np.nan), np.ones(len(values)), answered
        )
        if replicates is None:
            covariance = survey.covariance(score[:, None], answered[:, None])
        else:
            estimator = partial(_share_below, answered, below)
            covariance = replicate(replicates, survey.sample.weights, estimator).covariance
        bounds = proportion_interval(
            share,
            float(covariance[0, 0]),
            n=int(answered.sum()),
            df=freedom,
            method=method,
            confidence=confidence,
        )
        low[number] = distribution.quantile(bounds[0], rule)
        high[number] = distribution.quantile(bounds[1], rule)
    t = float(student_quantile((1 + confidence) / 2, freedom))
    return Quantiles(
        p=np.array(p), value=value, low=low, high=high, se=(high - low) / (2 * t), df=freedom
    )


def weighted_quantile(
    values: Floats, weights: Floats, *, p: float, rule: QuantileRule = "math"
) -> float:
    """The quantile of order p of known values (n,) with weights (n,); rows of weight 0 do not
    count.

    >>> weighted_quantile(np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 2.0]), p=0.5)
    2.0
    """
    used = weights > 0
    return _WeightedValues.of(values[used], weights[used]).quantile(p, rule)


def _share_below(answered: Flags, below: Flags, weights: Floats) -> Floats:
    """(1,) weighted share of the rows `below` among those that answered."""
    return np.array([(weights * answered)[below].sum() / (weights * answered).sum()])


@dataclass(frozen=True)
class _WeightedValues:
    """A weighted distribution of n values.

    Attributes:
        values: (n,) sorted.
        weights: (n,) in their order.
        cumulative: (n,) running sums of the weights.
        mass: Their sum.

    """

    values: Floats
    weights: Floats
    cumulative: Floats
    mass: float

    @classmethod
    def of(cls, values: Floats, weights: Floats) -> _WeightedValues:
        """The distribution of values (n,) with weights (n,).

        Weights are summed in extended precision, as R does: whether a share is reached exactly
        depends on it.
        """
        order = np.argsort(values, kind="stable")
        running = np.cumsum(weights[order].astype(np.longdouble))
        return cls(
            values=values[order],
            weights=weights[order],
            cumulative=running.astype(np.float64),
            mass=float(running[-1]),
        )

    def quantile(self, p: float, rule: QuantileRule) -> float:  # noqa: PLR0911 - one per rule
        """The value at a share, by one of Hyndman and Fan's rules for weighted data; NaN outside
        [0, 1].
        """
        if not 0 <= p <= 1:
            return float("nan")
        if len(self.values) == 1:  # no two values to interpolate between
            return float(self.values[0])
        if rule == "shahvaish":
            scaled = np.cumsum(self.weights / self.weights.mean())
            # the raw weight, as R has it: positions need not grow with the values
            position = (scaled + 0.5 - self.weights / 2) / (len(self.values) + 1)
            order = np.argsort(position, kind="stable")
            last = int(np.searchsorted(position[order], p, side="right")) - 1
            return float(self.values[order][max(last, 0)])
        if rule in _POSITIONS:
            return float(np.interp(p, _POSITIONS[rule](self), self.values))
        if rule == "hf3":
            distinct = self._merge_ties()
            low, high, left, _ = distinct._neighbours(p)
            even = (low + 1) % 2 == 0
            return float(distinct.values[low if left == 0 and even else high])
        low, high, left, right = self._neighbours(p)
        if rule == "hf4":
            share = left / (left + right) if left + right else 0.0
            return float(self.values[low] + (self.values[high] - self.values[low]) * share)
        if left > 0:
            return float(self.values[high])
        if rule in ("school", "hf2"):
            return float(self.values[low] + self.values[high]) / 2
        return float(self.values[low])

    def _neighbours(self, p: float) -> tuple[int, int, float, float]:
        """The positions of the values on both sides of a share, and its distances from the shares
        that they reach.
        """
        at_most = np.flatnonzero(self.cumulative <= p * self.mass)
        low = int(at_most[-1]) if len(at_most) else 0
        high = min(low + 1, len(self.values) - 1)
        return (
            low,
            high,
            p - float(self.cumulative[low]) / self.mass,
            float(self.cumulative[high]) / self.mass - p,
        )

    def _merge_ties(self) -> _WeightedValues:
        """The same distribution with one value where several are equal."""
        points, start = np.unique(self.values, return_index=True)
        return _WeightedValues.of(points, np.add.reduceat(self.weights, start))


def _cumulative_before(distribution: _WeightedValues) -> Floats:
    """(n,) sums of the weights of the values before each."""
    return np.concatenate([[0.0], distribution.cumulative[:-1]])


_POSITIONS: dict[str, Callable[[_WeightedValues], Floats]] = {
    "hf5": lambda d: (d.cumulative - d.weights / 2) / d.mass,
    "hf6": lambda d: d.cumulative / (d.mass + d.weights[-1]),
    "hf7": lambda d: _cumulative_before(d) / d.cumulative[-2],
    "hf8": lambda d: (
        (_cumulative_before(d) / 3 + d.cumulative * 2 / 3) / (d.mass + d.weights[-1] / 3)
    ),
    "hf9": lambda d: (
        (_cumulative_before(d) * 3 / 8 + d.cumulative * 5 / 8) / (d.mass + d.weights[-1] / 4)
    ),
}
"""Rules that interpolate between plotting positions."""
