"""Many tests at once: Benjamini-Hochberg with Benjamini-Yekutieli intervals, Holm with Bonferroni
intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.joint import JointEstimates
from analysis.inference.student import student_quantile


@dataclass(frozen=True)
class AdjustedTests:
    """A family of K tests that each difference is 0, adjusted for their number.

    Attributes:
        names: K labels.
        p_value, adjusted: (K,) plain and adjusted p-values; NaN without a degree of freedom.
        selected: (K,) whether a difference is found at the level; never without a degree of
            freedom.
        low, high: (K,) intervals at the adjusted level (for `bh`, meant for the selected ones);
            NaN without a degree of freedom.
        size: K, which is to be printed.
        method: `bh` or `holm`.

    """

    names: tuple[str, ...]
    p_value: Floats
    adjusted: Floats
    selected: np.typing.NDArray[np.bool_]
    low: Floats
    high: Floats
    size: int
    method: Literal["bh", "holm"]


def adjust_family(
    differences: JointEstimates, *, method: Literal["bh", "holm"] = "bh", level: float = 0.05
) -> AdjustedTests:
    """Tests that each of a declared family of differences is 0, adjusted for their number.

    Args:
        differences: The family.
        method: Benjamini and Hochberg's with Benjamini and Yekutieli's intervals, or Holm's with
            Bonferroni's.
        level: Of the false discovery rate, or of the family-wise error.

    Raises:
        InferenceError: the family is empty.

    Reference: Benjamini and Hochberg (1995), Benjamini and Yekutieli (2005) for intervals after
    selection; Holm (1979).

    """
    if not differences.names:
        raise InferenceError("A family of no difference has no test.", hint="declare one at least.")
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(differences.value) / differences.se  # infinite where nothing varies
    t[(differences.value == 0) & (differences.se == 0)] = 0.0
    p = 2 * scipy.stats.t.sf(t, differences.df if differences.df > 0 else np.nan)
    size, order = len(p), np.argsort(p, kind="stable")
    ranked = p[order]
    if method == "bh":
        monotone = np.minimum.accumulate((ranked * size / np.arange(1, size + 1))[::-1])[::-1]
    else:
        monotone = np.maximum.accumulate(ranked * (size - np.arange(size)))
    adjusted = np.empty(size)
    adjusted[order] = np.minimum(monotone, 1.0)
    selected = adjusted <= level
    share = max(int(selected.sum()), 1) / size if method == "bh" else 1 / size
    half = student_quantile(1 - level * share / 2, differences.df) * differences.se
    return AdjustedTests(
        names=differences.names,
        p_value=p,
        adjusted=adjusted,
        selected=selected,
        low=differences.value - half,
        high=differences.value + half,
        size=size,
        method=method,
    )
