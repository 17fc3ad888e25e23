"""Whether two measures of places rise and fall together: rank correlation with its bootstrap
interval.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.intervals import CONFIDENCE

FEWEST = 5
"""Places below which a bootstrap of their correlation means nothing."""

RESAMPLES = 9999


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's correlation over N places.

    Attributes:
        value: In [-1, 1].
        low, high: Its interval, by a bootstrap of the places.
        size: N.

    """

    value: float
    low: float
    high: float
    size: int


def rank_correlation(
    x: Floats,
    y: Floats,
    *,
    groups: Sequence[str] = (),
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> RankCorrelation:
    """Spearman's correlation of two measures of the same places, with a bias-corrected and
    accelerated bootstrap interval (places are resampled, with both of their measures).

    It is about places, and says nothing of people: who waits longer in a place need not be who is
    less satisfied there (Robinson's ecological fallacy).

    Args:
        x, y: (N,) measures, without a missing value.
        groups: N labels; measures are first taken from the mean of their group, so that kinds of
            place that differ in both do not make a correlation. None by default.
        confidence: Probability that the bounds hold the correlation.
        seed: Of the resampling.

    Raises:
        InferenceError: fewer than five places, or a measure that does not vary.

    Reference: Efron (1987); Hesterberg (2015), expanded percentiles; Robinson (1950).

    >>> steps = np.arange(12.0)
    >>> round(rank_correlation(steps, -steps).value, 6)
    -1.0

    """
    if len(x) < FEWEST:
        raise InferenceError(
            f"A correlation over {len(x)} places means nothing.",
            hint=f"it takes {FEWEST} at least.",
        )
    labels = np.array(groups if len(groups) else [""] * len(x))
    first, second = _from_group_mean(x, labels), _from_group_mean(y, labels)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise InferenceError("A measure does not vary from place to place.", hint="leave it out.")
    value = float(_spearman(first, second))
    if abs(value) == 1:  # every resample is the same: there is nothing to correct by
        return RankCorrelation(value=value, low=value, high=value, size=len(x))
    low, high = _interval(first, second, confidence, seed, df=len(x) - len(np.unique(labels)))
    return RankCorrelation(value=value, low=low, high=high, size=len(x))


def _interval(
    first: Floats, second: Floats, confidence: float, seed: int, *, df: int
) -> tuple[float, float]:
    """The bounds of the bootstrap; those of its percentiles where measures are so tied that it can
    neither be corrected nor accelerated.

    A bootstrap of N places is too narrow by the freedom that their groups take, and knows nothing
    of Student's tails: its percentiles are expanded by both.
    """
    low, high = np.nan, np.nan
    expanded = np.sqrt(len(first) / df) * scipy.stats.t.ppf((1 + confidence) / 2, df)
    confidence = 1 - 2 * float(scipy.stats.norm.sf(expanded))
    for method in ("BCa", "percentile"):
        with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
            warnings.simplefilter("ignore", scipy.stats.DegenerateDataWarning)
            found = scipy.stats.bootstrap(
                (first, second),
                _spearman,
                paired=True,
                vectorized=True,
                n_resamples=RESAMPLES,
                confidence_level=confidence,
                method=method,
                rng=np.random.default_rng(seed),
            ).confidence_interval
        low, high = float(found.low), float(found.high)
        if np.isfinite([low, high]).all():
            break
    return low, high


def _from_group_mean(values: Floats, labels: np.typing.NDArray[np.str_]) -> Floats:
    """Values less the mean of their group."""
    centred = np.asarray(values, dtype=np.float64).copy()
    for label in np.unique(labels):
        centred[labels == label] -= centred[labels == label].mean()
    return np.round(centred, 12)  # what is equal stays equal


def _spearman(first: Floats, second: Floats, axis: int = -1) -> Floats:
    """Spearman's correlation along an axis; 0 where a resample does not vary."""
    ranks = [scipy.stats.rankdata(values, axis=axis) for values in (first, second)]
    x, y = (rank - rank.mean(axis=axis, keepdims=True) for rank in ranks)
    spread = np.sqrt((x**2).sum(axis=axis) * (y**2).sum(axis=axis))
    result: Floats = (x * y).sum(axis=axis) / np.where(spread > 0, spread, 1.0)
    return np.round(result, 12)
