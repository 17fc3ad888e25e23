"""Tests of known shares of a category, and of terms of a model, under a design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import solve
from analysis.inference.joint import JointEstimates
from analysis.inference.survey import Survey


@dataclass(frozen=True)
class GoodnessOfFit:
    """Whether the shares of a category are known ones.

    Attributes:
        statistic: Pearson's, of the estimated totals.
        scale, df: It is about `scale` times a chi-square of `df` degrees of freedom
            (Satterthwaite).
        p_value: Probability of a larger value.

    """

    statistic: float
    scale: float
    df: float
    p_value: float


def goodness_of_fit(survey: Survey, column: str, shares: Mapping[str, float]) -> GoodnessOfFit:
    """Whether the categories of a column have these shares in the population.

    Args:
        survey: Rows with their design.
        column: Categories, read as text.
        shares: Category → share, positive; they are taken in proportion to their sum.

    Missing values: rows without a category are outside the test.

    Raises:
        InferenceError: fewer than two shares, one that is not positive, a category without a
            share, or totals that do not vary.

    Reference: Rao and Scott (1981); R's ``svygofchisq``.

    """
    labels = survey.frame.get_column(column).cast(pl.String)
    names, known = list(shares), np.array(list(shares.values()), dtype=np.float64)
    if len(names) < 2 or not (known > 0).all():
        raise InferenceError(
            f"The shares of {column!r} are not two or more positive numbers.",
            hint="give one per category.",
        )
    if others := sorted(set(labels.drop_nulls()) - set(names)):
        raise InferenceError(
            f"Category {others[0]!r} of {column!r} has no share.",
            hint="give one per category, or leave its rows out.",
        )
    answered = labels.is_not_null().to_numpy()
    cells = np.stack(
        [(labels == name).fill_null(value=False).to_numpy() for name in names], axis=1
    ).astype(np.float64)
    totals = survey.sample.weights @ cells
    share = known / known.sum()
    expected = share * totals.sum()
    away = totals - expected
    # Each term is (O − E) / √E, and E is a share of the sum of all O.
    of_expected = -1 / np.sqrt(expected) - away / (2 * expected**1.5)
    jacobian = np.diag(1 / np.sqrt(expected)) + (share * of_expected)[:, None]
    spread = jacobian @ survey.covariance(cells, answered[:, None]) @ jacobian.T
    eigenvalues = np.linalg.eigvalsh(spread)
    mean = float(eigenvalues.mean())
    if not mean > 0:
        raise InferenceError(
            f"The categories of {column!r} do not vary from cluster to cluster.",
            hint="a test needs more clusters than strata.",
        )
    spread_of = float(np.square(eigenvalues).mean()) / mean**2
    scale, df = mean * spread_of, len(names) / spread_of
    statistic = float((away**2 / expected).sum())
    return GoodnessOfFit(statistic, scale, df, float(scipy.stats.chi2.sf(statistic / scale, df)))


@dataclass(frozen=True)
class WaldTest:
    """Whether several estimates are all 0: F on df1 and df2 degrees of freedom."""

    statistic: float
    df1: int
    df2: float
    p_value: float


def wald_test(estimates: JointEstimates, names: Sequence[str]) -> WaldTest:
    """Whether the estimates of these names are all 0: the coefficients of a term of a model, or
    contrasts.

    Raises:
        InferenceError: no name is given or one is unknown, there is no degree of freedom, or they
            do not vary apart from one another.

    Reference: R's ``regTermTest``.

    """
    if not names:
        raise InferenceError("No estimate is named.", hint="name those that are tested.")
    chosen = estimates.take(names)
    try:
        if estimates.df < 1:
            raise np.linalg.LinAlgError
        value = chosen.value @ solve(chosen.covariance, chosen.value)
    except np.linalg.LinAlgError:
        raise InferenceError(
            f"Whether {', '.join(names)} are 0 cannot be tested: {estimates.df:g} degrees of "
            "freedom are left, or their errors are not those of different estimates.",
            hint="test fewer, or merge categories.",
        ) from None
    size = len(names)
    f = float(value) / size
    return WaldTest(f, size, estimates.df, float(scipy.stats.f.sf(f, size, estimates.df)))
