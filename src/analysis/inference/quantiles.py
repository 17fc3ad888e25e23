"""Quantiles of a continuous variable, with Woodruff's intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from scipy import stats

from analysis.errors import InferenceError
from analysis.inference.design import Flags, Floats
from analysis.inference.proportions import ProportionMethod, proportion_interval
from analysis.inference.replication import Replicates, replicate
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
        se: (Q,) width of the interval over twice Student's quantile.
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
            (`hf2`): the middle of two values where the share is p exactly; `hf3` … `hf9`: Hyndman
            and Fan's, for weighted data; `shahvaish`: Shah and Vaish's plotting positions.
        method: How the interval of that share is made.
        df: Degrees of freedom; those of the design (or of the replicates) unless given (a domain
            has its own).
        replicates: Replicate weights of the rows, from which the variance of the share is taken
            instead.

    Missing values: rows without a value are outside the domain.

    Reference: Woodruff (1952); R's ``svyquantile`` (4.1 and later) with the same rule names.

    """
    freedom = df if df is not None else survey.df if replicates is None else replicates.df
    values = survey.values(column)
    known = ~np.isnan(values)
    if not known.any():
        raise InferenceError(
            f"Column {column!r} has no value.",
            hint="all its answers are missing here: look at the filter, or at what was asked.",
        )
    distribution = _Distribution.of(values[known], survey.sample.weights[known])
    found, low, high = [], [], []
    for order_p in p:
        value = distribution.quantile(order_p, rule)
        below = survey.score(
            np.where(known, (values <= value).astype(float), np.nan), np.ones(len(values)), known
        )
        if replicates is None:
            variance = float(survey.covariance(below[0][:, None])[0, 0])
        else:
            shared = replicate(
                replicates, survey.sample.weights, partial(_share, known, values <= value)
            )
            variance = float(shared.covariance[0, 0])
        bounds = proportion_interval(
            below[1], variance, n=int(known.sum()), df=freedom, method=method, confidence=confidence
        )
        found.append(value)
        low.append(distribution.quantile(bounds[0], rule))
        high.append(distribution.quantile(bounds[1], rule))
    t = float(stats.t.ppf((1 + confidence) / 2, freedom))
    width = np.array(high) - np.array(low)
    return Quantiles(
        np.array(p), np.array(found), np.array(low), np.array(high), width / (2 * t), freedom
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
    return _Distribution.of(values[used], weights[used]).quantile(p, rule)


def _share(known: Flags, within: Flags, weights: Floats) -> Floats:
    return np.array([(weights * known)[within].sum() / (weights * known).sum()])


@dataclass(frozen=True)
class _Distribution:
    """A weighted distribution: sorted values, their weights, and the running sums."""

    values: Floats
    weights: Floats
    cumulative: Floats
    mass: float

    @classmethod
    def of(cls, values: Floats, weights: Floats) -> _Distribution:
        """Sums in extended precision, as R does: whether a share is reached exactly depends on
        it.
        """
        order = np.argsort(values, kind="stable")
        running = np.cumsum(weights[order].astype(np.longdouble))
        return cls(values[order], weights[order], running.astype(np.float64), float(running[-1]))

    def quantile(self, p: float, rule: QuantileRule) -> float:  # noqa: PLR0911 - one per rule
        """The value at a share, by one of Hyndman and Fan's rules for weighted data; NaN outside
        [0, 1].
        """
        if not 0 <= p <= 1:
            return float("nan")
        if rule == "shahvaish":
            scaled = np.cumsum(self.weights / self.weights.mean())
            place = (scaled + 0.5 - self.weights / 2) / (
                len(self.values) + 1
            )  # the raw weight, as R has it
            order = np.argsort(place, kind="stable")  # so that places need not grow with the values
            return float(
                self.values[order][max(int(np.searchsorted(place[order], p, side="right")) - 1, 0)]
            )
        if rule in _POSITIONS:
            return float(np.interp(p, _POSITIONS[rule](self), self.values))
        if rule == "hf3":
            merged = _Distribution.of(*self._merged())
            low, high, left, _ = merged._around(p)
            even = (low + 1) % 2 == 0
            return float(merged.values[low if left == 0 and even else high])
        low, high, left, right = self._around(p)
        if rule == "hf4":
            share = left / (left + right) if left + right else 0.0
            return float(self.values[low] * (1 - share) + self.values[high] * share)
        if left != 0:
            return float(self.values[high])
        if rule in ("school", "hf2"):
            return float(self.values[low] + self.values[high]) / 2
        return float(self.values[low])

    def _around(self, p: float) -> tuple[int, int, float, float]:
        """The places on both sides of a share, and how far it is from each."""
        reached = np.flatnonzero(self.cumulative <= p * self.mass)
        low = int(reached[-1]) if len(reached) else 0
        high = min(low + 1, len(self.values) - 1)
        return (
            low,
            high,
            p - float(self.cumulative[low]) / self.mass,
            float(self.cumulative[high]) / self.mass - p,
        )

    def _merged(self) -> tuple[Floats, Floats]:
        points, start = np.unique(self.values, return_index=True)
        return points, np.add.reduceat(self.weights, start)


def _before(distribution: _Distribution) -> Floats:
    return np.concatenate([[0.0], distribution.cumulative[:-1]])


_POSITIONS: dict[str, Callable[[_Distribution], Floats]] = {
    "hf5": lambda d: (d.cumulative - d.weights / 2) / d.mass,
    "hf6": lambda d: d.cumulative / (d.mass + d.weights[-1]),
    "hf7": lambda d: _before(d) / d.cumulative[-2],
    "hf8": lambda d: (_before(d) / 3 + d.cumulative * 2 / 3) / (d.mass + d.weights[-1] / 3),
    "hf9": lambda d: (_before(d) * 3 / 8 + d.cumulative * 5 / 8) / (d.mass + d.weights[-1] / 4),
}
"""Rules that interpolate between plotting positions."""
