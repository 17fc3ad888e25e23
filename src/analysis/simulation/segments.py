"""Users of a few kinds, who answer some questions by their kind, and what else they use: planted,
so that what is found of them can be held against it.

Its chance is its own: everything else that is simulated stays as it is without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.simulation.plan import SimulationPlan
from analysis.study import Study

SALT = 5
"""Tells this chance from the others that start from the seed of a plan."""

SEGMENT = "segment"
"""Column of the population: the kind of each user."""


@dataclass(frozen=True)
class Planted:
    """The planted answers of the users of a site in a wave.

    Attributes:
        segment: (n,) kind of each; empty where the plan has none.
        answers: Item → (n,) codes.

    """

    segment: np.typing.NDArray[np.str_]
    answers: dict[str, np.typing.NDArray[np.int64]]


def plant(
    study: Study, plan: SimulationPlan, *, directorate: str, about: str, users: int
) -> Planted:
    """Draws the kind of each user and what follows from it.

    Args:
        study: Its items on the use of products.
        plan: Kinds, their shares, and who uses what else.
        directorate: Whose users they are.
        about: Tells the chance of one site and wave from that of others.
        users: How many.

    """
    rng = np.random.default_rng([plan.seed, SALT, *about.encode()])
    answers: dict[str, np.typing.NDArray[np.int64]] = {}
    segment = np.empty(0, dtype=np.str_)
    shares = plan.segments.of(directorate) if plan.segments else {}
    if plan.segments is not None:
        names = list(shares)
        rank = rng.choice(len(names), size=users, p=_scaled(list(shares.values())))
        segment = np.array(names)[rank]
        for item in plan.segments.items:
            codes = list(plan.segments.kinds[names[0]][item])
            tables = np.array(
                [
                    _scaled([plan.segments.kinds[name][item][code] for code in codes])
                    for name in names
                ]
            )
            drawn = (rng.random(users)[:, None] > np.cumsum(tables, axis=1)[rank]).sum(axis=1)
            answers[item] = np.array(codes)[np.minimum(drawn, len(codes) - 1)]
    for item, share in plan.uses.get(directorate, {}).items():
        no, yes = study.scale(item).codes
        answers[item] = np.where(rng.random(users) < share, yes, no)
    return Planted(segment, answers)


def unanswered(
    plan: SimulationPlan, *, about: str, respondents: int
) -> np.typing.NDArray[np.bool_]:
    """(n,) who leaves a planted question without an answer."""
    rng = np.random.default_rng([plan.seed, SALT, *about.encode()])
    return rng.random(respondents) < plan.missing.profile


def true_segments(population: pl.DataFrame) -> pl.DataFrame:
    """How many users are of each kind, by directorate and wave: directorate, wave, segment,
    users.
    """
    keys = ["directorate", "wave", SEGMENT]
    return population.group_by(keys).len("users").sort(keys)


def _scaled(shares: list[float]) -> np.typing.NDArray[np.float64]:
    values = np.array(shares, dtype=np.float64)
    scaled: np.typing.NDArray[np.float64] = values / values.sum()
    return scaled
