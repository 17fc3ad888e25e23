"""Simulated studies, and what is false of them: what the tests of the benchmark begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.truth.publication import Publication, Said
from benchmarks.truth.recorded import Truth
from benchmarks.truth.scenarios import draw
from benchmarks.truth.scoring import score
from benchmarks.truth.service import Scenario
from benchmarks.truth.verdicts import Case, Verdict

SEED = 5


def drawn(name: str, accept: Callable[[Scenario], bool] = lambda scenario: True) -> Scenario:
    """The first study of a scenario that is as asked."""
    studies = (draw(name, np.random.default_rng([SEED, rank])) for rank in range(100))
    return next(study for study in studies if accept(study))


def verdicts(published: Publication) -> list[Verdict]:
    found, _ = score(Case(published, Truth(published)))
    return found


def false_families(published: Publication) -> set[str]:
    return {verdict.family for verdict in verdicts(published) if verdict.false}


def said_by(published: Publication, rule: str) -> Said:
    return next(said for said in published.sentences if rule in said.rule)


def with_figure(published: Publication, key: str, **changed: Any) -> Publication:
    return replace(
        published, released=published.released | {key: published.released[key] | changed}
    )
