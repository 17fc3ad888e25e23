"""Studies drawn, published and scored, one after the other or by several workers."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.errors import InferenceError
from benchmarks.truth import listening
from benchmarks.truth.publication import publish
from benchmarks.truth.recorded import Truth
from benchmarks.truth.scenarios import SCENARIOS, draw
from benchmarks.truth.scoring import score
from benchmarks.truth.verdicts import Case, Verdict

WORKERS = 2

ALL_SCENARIOS = (*SCENARIOS, *listening.SCENARIOS)
"""Of one service or two, and of an observatory over several products."""


@dataclass(frozen=True)
class Scored:
    """A study's scenario, the verdicts on what it says, and the rules that nothing scores; an
    edition that is refused (too few answer for the weights to be made) says nothing.
    """

    scenario: str
    verdicts: tuple[Verdict, ...] = ()
    unscored: frozenset[str] = frozenset()
    refused: bool = False


def score_study(
    rank: int, *, seed: int, adjusted: bool = True, scenarios: Sequence[str] = ALL_SCENARIOS
) -> Scored:
    """The study of a rank: scenarios take turns, and each study has a seed of its own."""
    scenario, rng = scenarios[rank % len(scenarios)], np.random.default_rng([seed, rank])
    if scenario in listening.SCENARIOS:
        return Scored(scenario, listening.score_listening(scenario, rng))
    try:
        published = publish(draw(scenario, rng), adjusted=adjusted)
    except InferenceError:
        return Scored(scenario, refused=True)
    verdicts, unscored = score(Case(published, Truth(published)))
    return Scored(scenario, tuple(verdicts), frozenset(unscored))


def score_studies(
    studies: int, *, seed: int, adjusted: bool, scenarios: Sequence[str] = ALL_SCENARIOS
) -> Iterator[Scored]:
    """The studies of ranks 0 to `studies` − 1, as they are done."""
    os.environ["POLARS_MAX_THREADS"] = "1"  # read by the workers: each has a core
    work = partial(score_study, seed=seed, adjusted=adjusted, scenarios=tuple(scenarios))
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as workers:
        for done in as_completed([workers.submit(work, rank) for rank in range(studies)]):
            yield done.result()
