"""What is asked of a design drawn at random: of R's survey package, and of us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from analysis.inference import Design, Survey
from tests.oracle import random_answers as ours

TOLERANCE = 1e-9

CALIBRATED = 1e-8
"""Of R's own calibrations, which stop at a gap and not at a solution."""

RANKED = "a row that weighs nothing has a rank, and equal values share it"

EVERYBODY = pl.lit(value=True)

FIRST = "where clusters hold nobody, all get the probability of the first of the stratum"

FITTED = 1e-6
"""Of models, and of R's interval of a share by logit, which is one: R leaves in the errors the
weights of its last step but one, and the last step depends on a rounding."""

SADDLEPOINT = 1e-4
"""Of a probability by saddlepoint: R seeks the point to 1e-8."""

NEAR_MEAN = (1e-2, "near the mean of the statistic, R's search for the saddlepoint loses digits")
SINGULAR = (1e-6, "a matrix that is nearly singular leaves few digits")

LEVELS = "R counts the categories that occur only where the other column has no value"

ALL_LONELY = "where all clusters of a domain are lonely, its error is 0"


def asked(
    answer: Callable[..., ours.Answer], survey: Callable[[], Survey], *given: Any
) -> Callable[[], ours.Answer]:
    """What answers a question once it is asked: a design may be refused, as an answer may."""
    return lambda: answer(survey(), *given)


@dataclass(frozen=True)
class Question:
    """One question: what R is asked, and what we are.

    Attributes:
        empty: Nobody answered: we must have no number. (R says 0, with an error of 0.)
        known: Why R, in every version, may answer otherwise; empty where it should not.
        loose: A tolerance beyond which nothing is excused, and why digits are lost short of it.

    """

    family: str
    name: str
    r: str
    ours: Callable[[], ours.Answer]
    tolerance: float = TOLERANCE
    empty: bool = False
    known: str = ""
    loose: tuple[float, str] | None = None


@dataclass
class Case:
    """One design with its rows and its questions."""

    number: int
    frame: pl.DataFrame
    design: Design
    r_design: str
    lonely: str
    questions: list[Question] = field(default_factory=list)
