"""Tests of independence of two categorical variables under a design (Rao and Scott; Koch)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, solve
from analysis.inference.survey import Survey

EDGE = 1e-9
"""How near to its poles the saddlepoint is looked for."""

ROUNDING = 1e-9
"""By how much a number of degrees of freedom may miss the whole number that it is."""

NEAR_MEAN = 1e-4
"""A saddlepoint nearer to 0 than this loses all its digits."""

Statistic = Literal["F", "Chisq", "saddlepoint", "Wald", "adjWald"]


@dataclass(frozen=True)
class Independence:
    """The result of a test of independence.

    Attributes:
        statistic: Value of the statistic.
        df1, df2: Degrees of freedom; df2 is infinite for `Chisq`.
        p_value: Probability of a larger value.
        method: Which correction.

    """

    statistic: float
    df1: float
    df2: float
    p_value: float
    method: Statistic


def independence(survey: Survey, row: str, column: str, *, method: Statistic = "F") -> Independence:
    """Whether two categorical columns are independent.

    `Chisq` is Pearson's with Rao and Scott's first correction, `F` their second (Satterthwaite);
    `saddlepoint` takes the distribution itself of the weighted sum of chi-squares over that of the
    variance; `Wald` is Koch's test of the totals n_ij − r_i c_j / N, `adjWald` the same adjusted.

    Pearson's statistic is that of a table scaled to all the rows of the design, with an answer or
    without, as R prints it; probabilities do not depend on the scale.

    Missing values: rows without one of the two are outside the table.

    Raises:
        InferenceError: a variable has a single category; the test needs degrees of freedom
            (`adjWald`, as many as cells that are tested) and the design has none; a category holds
            no weight; or the cells do not vary.

    Reference: Rao and Scott (1984); R's ``svychisq``.

    """
    left, right = (
        survey.frame.get_column(row).cast(pl.String),
        survey.frame.get_column(column).cast(pl.String),
    )
    answered = (left.is_not_null() & right.is_not_null()).to_numpy()
    rows, columns = (values.filter(pl.Series(answered)).unique().sort() for values in (left, right))
    if len(rows) < 2 or len(columns) < 2:
        raise InferenceError(
            f"A table of {row!r} and {column!r} has a single row or column.",
            hint="a test needs two categories of each: one of the two variables has one here.",
        )
    in_row = np.stack(
        [(left == name).fill_null(value=False).to_numpy() & answered for name in rows], axis=1
    )
    in_column = np.stack(
        [(right == name).fill_null(value=False).to_numpy() & answered for name in columns], axis=1
    )
    cells = (
        (in_row[:, :, None] & in_column[:, None, :])
        .reshape(survey.frame.height, -1)
        .astype(np.float64)
    )
    table = _ContingencyTable(
        totals=(survey.sample.weights @ cells).reshape(len(rows), len(columns)),
        covariance=survey.covariance(cells, answered[:, None]),
        n=survey.frame.height,
        df=survey.df,
    )
    empty = np.flatnonzero(
        np.concatenate([table.totals.sum(axis=1), table.totals.sum(axis=0)]) <= 0
    )
    if len(empty):
        raise InferenceError(
            f"Category {[*rows, *columns][empty[0]]!r} of the table of {row!r} and {column!r} "
            "holds no weight.",
            hint="leave it out of the table.",
        )
    if table.df < 1 and method != "Chisq":
        raise InferenceError(
            f"The design leaves no degree of freedom to test {row!r} and {column!r}.",
            hint="a test needs more clusters than strata.",
        )
    try:
        if method in ("Wald", "adjWald"):
            return _wald(table, method)
        return _rao_scott(table, method)
    except np.linalg.LinAlgError:
        raise InferenceError(
            f"The cells of {row!r} and {column!r} do not vary enough for a test.",
            hint="merge categories: some cells are empty, or clusters are fewer than cells.",
        ) from None


@dataclass(frozen=True)
class _ContingencyTable:
    """An estimated table of R rows and C columns.

    Attributes:
        totals: (R, C) weighted totals of the cells.
        covariance: (R C, R C) of the totals, row by row.
        n: Rows of the design.
        df: Degrees of freedom of the design.

    """

    totals: Floats
    covariance: Floats
    n: int
    df: int


def _rao_scott(table: _ContingencyTable, method: Statistic) -> Independence:
    """Pearson's statistic with a correction for the design."""
    mass = float(table.totals.sum())
    shares = table.totals / mass
    share = shares.ravel()
    ratio = (np.eye(len(share)) - share[:, None]) / mass
    covariance = ratio @ table.covariance @ ratio.T
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    pearson = table.n * float(((shares - expected) ** 2 / expected).sum())
    main, interaction = _contrasts(shares.shape)
    residual = interaction - main @ np.linalg.lstsq(main, interaction, rcond=None)[0]
    inverse = np.diag(np.divide(1, share, out=np.zeros_like(share), where=share > 0))
    simple = residual.T @ inverse @ residual / table.n
    design = solve(simple, residual.T @ inverse @ covariance @ inverse @ residual)
    trace, square, size = float(np.trace(design)), float(np.trace(design @ design)), len(design)
    if trace <= 0:
        raise np.linalg.LinAlgError
    if method == "Chisq":
        return Independence(
            statistic=pearson,
            df1=size,
            df2=np.inf,
            p_value=float(scipy.stats.chi2.sf(pearson * size / trace, size)),
            method=method,
        )
    df1 = trace**2 / square
    df2 = df1 * table.df
    if method == "saddlepoint":
        return Independence(
            statistic=pearson,
            df1=size,
            df2=df2,
            p_value=f_sum_tail(pearson, np.linalg.eigvals(design).real.astype(float), df2),
            method=method,
        )
    return _f_test(pearson / trace, df1=df1, df2=df2, method=method)


def _f_test(value: float, *, df1: float, df2: float, method: Statistic) -> Independence:
    """The result of a statistic that has Fisher's distribution."""
    p_value = float(scipy.stats.f.sf(value, df1, df2))
    return Independence(statistic=value, df1=df1, df2=df2, p_value=p_value, method=method)


def f_sum_tail(value: float, scales: Floats, df: float) -> float:
    """The probability that a sum of chi-squares of one degree of freedom, times `scales`, passes
    `value` times an independent chi-square of `df` over `df`.

    The saddlepoint takes as many whole degrees of freedom as `df` has; near the mean of the
    statistic, where it loses its digits, Satterthwaite's approximation stands instead: both as R
    does.

    >>> round(f_sum_tail(3.94, np.array([1.0]), 100), 2)
    0.05

    Reference: Kuonen (1999), the saddlepoint approximation of Lugannani and Rice; R's ``pFsum``.
    """
    shares = np.append(scales, -value / df)
    times = np.append(np.ones(len(scales)), max(np.floor(df + ROUNDING), 1.0))
    largest = float(shares.max())
    shares = shares / largest

    def slope(at: float) -> float:
        return float((times * shares / (1 - 2 * shares * at)).sum())

    low, high = 1 / (2 * float(shares.min())), 1 / (2 * float(shares.max()))
    at = float(scipy.optimize.brentq(slope, low * (1 - EDGE), high * (1 - EDGE), xtol=1e-16))
    if abs(at) < NEAR_MEAN:
        squares = float(np.square(scales).sum() / scales.sum() ** 2)
        return float(scipy.stats.f.sf(value / scales.sum(), 1 / squares, df))
    generating = -0.5 * float((times * np.log(1 - 2 * shares * at)).sum())
    curve = 2 * float((times * shares**2 / (1 - 2 * shares * at) ** 2).sum())
    w, v = np.sign(at) * np.sqrt(-2 * generating), at * np.sqrt(curve)
    return float(scipy.stats.norm.sf(w + np.log(v / w) / w))


def _wald(table: _ContingencyTable, method: Statistic) -> Independence:
    """Koch's test of the differences between the totals and those of independence."""
    totals, (rows, columns) = table.totals, table.totals.shape
    mass = float(totals.sum())
    row, column = totals.sum(axis=1), totals.sum(axis=0)
    gap = (totals - np.outer(row, column) / mass)[:-1, :-1].ravel()
    jacobian = np.zeros((rows - 1, columns - 1, rows, columns))
    for i in range(rows - 1):
        for j in range(columns - 1):
            jacobian[i, j] += row[i] * column[j] / mass**2
            jacobian[i, j, i, j] += 1.0
            jacobian[i, j, i, :] -= column[j] / mass
            jacobian[i, j, :, j] -= row[i] / mass
    jacobian = jacobian.reshape(len(gap), -1)
    spread = jacobian @ table.covariance @ jacobian.T
    value, size = float(gap @ solve(spread, gap)), len(gap)
    if method == "Wald":
        return _f_test(value / size, df1=size, df2=table.df, method=method)
    df2 = table.df - size + 1
    if df2 < 1:
        raise InferenceError(
            f"The adjusted test of {size} cells needs as many degrees of freedom; the design has "
            f"{table.df}.",
            hint="merge categories, or take Rao and Scott's test.",
        )
    return _f_test(value * df2 / (table.df * size), df1=size, df2=df2, method=method)


def _contrasts(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Model matrices (R C, ·) of the main effects, with the constant, and of the interaction of R
    rows and C columns, by sum contrasts.
    """
    rows, columns = shape
    a: Floats = np.vstack([np.eye(rows - 1), -np.ones(rows - 1)])
    b: Floats = np.vstack([np.eye(columns - 1), -np.ones(columns - 1)])
    one_a, one_b = np.ones((rows, 1)), np.ones((columns, 1))
    main: Floats = np.hstack([np.kron(one_a, one_b), np.kron(a, one_b), np.kron(one_a, b)])
    interaction: Floats = np.kron(a, b).astype(np.float64)
    return main.astype(np.float64), interaction
