"""Student's quantile, or no number: without a degree of freedom there is no interval."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from analysis.inference.arrays import Floats


def student_quantile(p: float, df: npt.ArrayLike) -> Floats:
    """The quantile of order p of Student's distribution, of the shape of `df`; NaN where `df` is
    not positive.

    >>> round(float(student_quantile(0.975, 10)), 6)
    2.228139
    >>> float(student_quantile(0.975, 0))
    nan
    """
    freedom = np.asarray(df, dtype=np.float64)
    # What `scipy.stats.t.ppf` calls, without its checks, which take thirty times as long.
    t = np.asarray(scipy.special.stdtrit(np.where(freedom > 0, freedom, 1.0), p), dtype=np.float64)
    return np.where(freedom > 0, t, np.nan)
