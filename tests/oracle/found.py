"""What we compute for an oracle, and how it is read from estimates that have a joint covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.inference.joint import JointEstimates
from tests.oracle.designs import Oracle


@dataclass(frozen=True)
class Found:
    """Our values for an oracle; None where it has nothing of the kind.

    Attributes:
        covers: Names of the oracle's results that we offer; None for all of them, in its order.

    """

    estimate: Any = None
    se: Any = None
    low: Any = None
    high: Any = None
    df: Any = None
    deff: Any = None
    vcov: Any = None
    p_value: Any = None
    covers: tuple[str, ...] | None = None


def found_of(joint: JointEstimates, oracle: Oracle, *, deff: Any = None) -> Found:
    """The values of several estimates, with Student's bounds where the oracle has bounds."""
    low, high = joint.interval() if "ci_lower" in oracle else (None, None)
    return Found(
        estimate=joint.value,
        se=joint.se,
        low=low,
        high=high,
        df=joint.df,
        deff=deff,
        vcov=joint.covariance,
    )
