"""Tests of independence of two categorical variables under a design (Rao and Scott), and
corrections for many tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy import optimize, stats

from analysis.errors import InferenceError
from analysis.inference.design import Floats
from analysis.inference.survey import Survey

EDGE = 1e-9
"""How near to its poles the saddlepoint is looked for."""

NEAR_MEAN = 1e-4
"""A saddlepoint nearer to 0 than this loses all its digits."""

Statistic = Literal["F", "Chisq", "saddlepoint", "Wald", "adjWald"]


@dataclass(frozen=True)
class Independence:
    """A test of independence.

    Attributes:
        statistic: Its value.
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
    variance; `Wald` is Koch's test, `adjWald` the same adjusted.

    Missing values: rows without one of the two are outside the table.

    Reference: Rao and Scott (1984); R's ``svychisq``.
    """
    left, right = (
        survey.frame.get_column(row).cast(pl.String),
        survey.frame.get_column(column).cast(pl.String),
    )
    both = (left.is_not_null() & right.is_not_null()).to_numpy()
    rows, columns = (
        left.filter(pl.Series(both)).unique().sort(),
        right.filter(pl.Series(both)).unique().sort(),
    )
    if len(rows) < 2 or len(columns) < 2:
        raise InferenceError(
            "A table needs two rows and two columns at least.",
            hint="one of the two variables has a single category here.",
        )
    in_row = np.stack(
        [(left == name).fill_null(value=False).to_numpy() & both for name in rows], axis=1
    )
    in_column = np.stack(
        [(right == name).fill_null(value=False).to_numpy() & both for name in columns], axis=1
    )
    cells = (
        (in_row[:, :, None] & in_column[:, None, :])
        .reshape(survey.frame.height, -1)
        .astype(np.float64)
    )
    mass = float(survey.sample.weights[both].sum())
    share = survey.sample.weights @ cells / mass
    spread = survey.covariance((cells - share * both[:, None]) / mass)
    shape, n = (len(rows), len(columns)), int(both.sum())
    if method in ("Wald", "adjWald"):
        return _wald(survey, share, spread, shape, method)
    return _rao_scott(survey, share, spread, shape, n, method)


def _rao_scott(
    survey: Survey, share: Floats, spread: Floats, shape: tuple[int, int], n: int, method: Statistic
) -> Independence:
    table = share.reshape(shape)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    main, interaction = _contrasts(shape)
    residual = interaction - main @ np.linalg.lstsq(main, interaction, rcond=None)[0]
    inverse = np.diag(np.divide(1, share, out=np.zeros_like(share), where=share > 0))
    simple = residual.T @ inverse @ residual / n
    design = np.linalg.solve(simple, residual.T @ inverse @ spread @ inverse @ residual)
    trace, square, size = float(np.trace(design)), float(np.trace(design @ design)), len(design)
    if method == "Chisq":
        return Independence(
            pearson, size, np.inf, float(stats.chi2.sf(pearson * size / trace, size)), method
        )
    if method == "saddlepoint":
        scales = np.linalg.eigvals(design).real
        return Independence(
            pearson, size, survey.df, f_sum_tail(pearson, scales, survey.df), method
        )
    df1, value = trace**2 / square, pearson / trace
    df2 = df1 * survey.df
    return Independence(value, df1, df2, float(stats.f.sf(value, df1, df2)), method)


def f_sum_tail(value: float, scales: Floats, df: int) -> float:
    """The probability that a sum of chi-squares of one degree of freedom, times `scales`, passes
    `value` times an independent chi-square of `df` over `df`.

    >>> round(f_sum_tail(3.94, np.array([1.0]), 100), 2)
    0.05

    Reference: Kuonen (1999), the saddlepoint approximation of Lugannani and Rice; R's ``pFsum``.
    """
    shares, times = np.append(scales, -value / df), np.append(np.ones(len(scales)), df)

    def slope(at: float) -> float:
        return float((times * shares / (1 - 2 * shares * at)).sum())

    low, high = -df / (2 * value), 1 / (2 * float(scales.max()))
    at = float(optimize.brentq(slope, low * (1 - EDGE), high * (1 - EDGE), xtol=1e-16))
    if abs(at) < NEAR_MEAN:
        raise InferenceError(
            "The saddlepoint has no digits near the mean of the statistic.", hint="use method='F'."
        )
    generating = -0.5 * float((times * np.log(1 - 2 * shares * at)).sum())
    curve = 2 * float((times * shares**2 / (1 - 2 * shares * at) ** 2).sum())
    w, v = np.sign(at) * np.sqrt(-2 * generating), at * np.sqrt(curve)
    return float(stats.norm.sf(w + np.log(v / w) / w))


def _wald(
    survey: Survey, share: Floats, spread: Floats, shape: tuple[int, int], method: Statistic
) -> Independence:
    rows, columns = shape
    table = share.reshape(shape)
    gap = (table - np.outer(table.sum(axis=1), table.sum(axis=0)))[:-1, :-1].reshape(-1)
    jacobian = np.zeros((len(gap), rows * columns))
    for place, (i, j) in enumerate((i, j) for i in range(rows - 1) for j in range(columns - 1)):
        for a in range(rows):
            for b in range(columns):
                jacobian[place, a * columns + b] = (
                    float(a == i and b == j)
                    - float(a == i) * table[:, j].sum()
                    - float(b == j) * table[i].sum()
                )
    value = float(gap @ np.linalg.solve(jacobian @ spread @ jacobian.T, gap))
    size, freedom = len(gap), survey.df
    if method == "Wald":
        return Independence(
            value / size, size, freedom, float(stats.f.sf(value / size, size, freedom)), method
        )
    adjusted = value * (freedom - size + 1) / (freedom * size)
    df2 = freedom - size + 1
    return Independence(adjusted, size, df2, float(stats.f.sf(adjusted, size, df2)), method)


def _contrasts(shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Columns of the main effects (with the constant) and of the interaction, by sum contrasts."""
    rows, columns = shape
    a: Floats = np.vstack([np.eye(rows - 1), -np.ones(rows - 1)])
    b: Floats = np.vstack([np.eye(columns - 1), -np.ones(columns - 1)])
    one_a, one_b = np.ones((rows, 1)), np.ones((columns, 1))
    main: Floats = np.hstack([np.kron(one_a, one_b), np.kron(a, one_b), np.kron(one_a, b)])
    interaction: Floats = np.kron(a, b).astype(np.float64)
    return main.astype(np.float64), interaction
