"""What a change may be called, by rule."""

from __future__ import annotations

from typing import Literal

from analysis.inference import Difference

Verdict = Literal["up", "down", "small", "equivalent", "none"]


def verdict(difference: Difference, *, threshold: float) -> Verdict | None:
    """The word for a change, given the practical threshold in the unit of the estimate.

    `up` or `down` when the 95 % interval excludes 0 and the estimate reaches the threshold; `small`
    when it excludes 0 and the estimate does not; `equivalent` when both one-sided tests at 5 % show
    less than the threshold; `none` otherwise. Without a degree of freedom there is no word.
    """
    if difference.df < 1:
        return None
    if difference.low > 0 or difference.high < 0:
        if abs(difference.value) >= threshold:
            return "up" if difference.value > 0 else "down"
        return "small"
    if -threshold < difference.inner_low and difference.inner_high < threshold:
        return "equivalent"
    return "none"
