"""Many tests at once: Benjamini-Hochberg with Benjamini-Yekutieli intervals, Holm with Bonferroni
intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from analysis.inference.design import Floats
from analysis.inference.joint import Joint


@dataclass(frozen=True)
class Family:
    """A family of K tests.

    Attributes:
        names: K labels.
        p_value, adjusted: (K,) plain and adjusted p-values.
        selected: (K,) which are found at the level.
        low, high: (K,) intervals at the adjusted level (for `bh`, meant for the selected ones).
        size: K, which is to be printed.
        method: Name.

    """

    names: tuple[str, ...]
    p_value: Floats
    adjusted: Floats
    selected: np.typing.NDArray[np.bool_]
    low: Floats
    high: Floats
    size: int
    method: Literal["bh", "holm"]


def family(
    differences: Joint, *, method: Literal["bh", "holm"] = "bh", level: float = 0.05
) -> Family:
    """Tests that each difference is 0, corrected for their number.

    Reference: Benjamini and Hochberg (1995), Benjamini and Yekutieli (2005) for intervals after
    selection; Holm (1979).
    """
    t = np.abs(differences.value) / differences.se
    p = 2 * stats.t.sf(t, differences.df)
    size, order = len(p), np.argsort(p, kind="stable")
    ranked = p[order]
    if method == "bh":
        stepped = np.minimum.accumulate((ranked * size / np.arange(1, size + 1))[::-1])[::-1]
    else:
        stepped = np.maximum.accumulate(ranked * (size - np.arange(size)))
    adjusted = np.empty(size)
    adjusted[order] = np.minimum(stepped, 1.0)
    selected = adjusted <= level
    share = max(int(selected.sum()), 1) / size if method == "bh" else 1 / size
    half = stats.t.ppf(1 - level * share / 2, differences.df) * differences.se
    return Family(
        differences.names,
        p,
        adjusted,
        selected,
        differences.value - half,
        differences.value + half,
        size,
        method,
    )
