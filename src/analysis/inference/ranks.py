"""Rank tests under a design: whether a variable tends to be higher in one group than in others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, solve, sum_by_group
from analysis.inference.survey import Survey

RankScore = Literal["wilcoxon", "vanderWaerden", "median"]


@dataclass(frozen=True)
class RankTest:
    """The result of a rank test of G groups.

    Attributes:
        groups: G labels, sorted.
        differences: (G − 1,) mean rank score of each group but the first, less that of the first.
        statistic: Student's t of two groups, Fisher's F of more.
        df1, df2: Degrees of freedom; df1 is 1 for two groups.
        p_value: Of a test on both sides.

    """

    groups: tuple[str, ...]
    differences: Floats
    statistic: float
    df1: int
    df2: int
    p_value: float


def rank_test(
    survey: Survey, column: str, group: str, *, score: RankScore = "wilcoxon"
) -> RankTest:
    """Whether the ranks of a column differ between groups.

    Args:
        survey: Rows with their design.
        column: What is ranked; equal values share the mean of their ranks.
        group: Two groups or more.
        score: Of the estimated rank in the population, over its size: itself (`wilcoxon`, which is
            Kruskal and Wallis's of more than two groups), the normal quantile (`vanderWaerden`), or
            whether it is past the middle (`median`).

    Missing values: rows without a value or a group are outside the test.

    Raises:
        InferenceError: there are fewer than two groups, no degree of freedom, or no variation.

    Reference: Lumley and Scott (2013), Biometrika 100; R's ``svyranktest``.

    """
    values, labels = survey.values(column), survey.frame.get_column(group).cast(pl.String)
    used = ~np.isnan(values) & labels.is_not_null().to_numpy() & (survey.sample.weights > 0)
    names = labels.filter(pl.Series(used)).unique().sort().to_list()
    freedom = survey.freedom(used) - (len(names) - 1)
    if len(names) < 2 or freedom < 1:
        raise InferenceError(
            f"The ranks of {column!r} cannot be compared by {group!r}: {len(names)} groups have "
            f"values, and {max(freedom, 0)} degrees of freedom are left.",
            hint="a test needs two groups, and more clusters than strata and groups.",
        )
    weights = np.where(used, survey.sample.weights, 0.0)
    scores = np.zeros(len(values))
    scores[used] = _scores(values[used], weights[used], score)
    x = np.stack(
        [
            used.astype(np.float64),
            *((labels == name).fill_null(False).to_numpy() for name in names[1:]),
        ],
        axis=1,
    )
    x[~used] = 0.0
    bread = np.linalg.inv((x * weights[:, None]).T @ x)
    coefficients = bread @ (x.T @ (weights * scores))
    residuals = np.where(used, scores - x @ coefficients, 0.0)
    spread = survey.covariance((x * residuals[:, None]) @ bread, used[:, None])[1:, 1:]
    differences = coefficients[1:]
    size = len(differences)
    try:
        if np.ptp(scores[used]) == 0:
            raise np.linalg.LinAlgError
        f = float(differences @ solve(spread, differences)) / size
    except np.linalg.LinAlgError:
        raise InferenceError(
            f"The ranks of {column!r} do not vary enough by {group!r} for a test.",
            hint="merge groups: clusters are fewer than groups, or all values are equal.",
        ) from None
    if size == 1:
        t = float(differences[0] / np.sqrt(spread[0, 0]))
        p_value = 2 * float(scipy.stats.t.sf(abs(t), freedom))
        return RankTest(tuple(names), differences, t, 1, freedom, p_value)
    p_value = float(scipy.stats.f.sf(f, size, freedom))
    return RankTest(tuple(names), differences, f, size, freedom, p_value)


def _scores(values: Floats, weights: Floats, score: RankScore) -> Floats:
    """(n,) scores of the ranks that values (n,) with weights (n,) are estimated to have in the
    population: half the weight of a row, and that of all before it.
    """
    order = np.argsort(values, kind="stable")
    rank = np.empty(len(values))
    rank[order] = np.cumsum(weights[order]) - weights[order] / 2
    _, tie = np.unique(values, return_inverse=True)
    ties = int(tie.max()) + 1
    sums = sum_by_group(tie, np.stack([rank, np.ones(len(rank))], axis=1), ties)
    shares: Floats = (sums[:, 0] / sums[:, 1])[tie] / weights.sum()
    if score == "vanderWaerden":
        return np.asarray(scipy.special.ndtri(shares), dtype=np.float64)
    return (shares > 0.5).astype(np.float64) if score == "median" else shares
