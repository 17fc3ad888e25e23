"""What a sentence claims, whether it is false, and who says so: a scorer per rule, and one per
layer for the words that tables and open data show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis.publishing.wording.language import Language
from benchmarks.truth.publication import Publication, Said
from benchmarks.truth.recorded import Figure, Truth


@dataclass(frozen=True)
class Verdict:
    """A claim of a family that could be false in this study, and whether it is.

    `about` tells claims of one family apart where each counts for itself (levels); where it is
    empty, a study in which any claim of the family is false counts once.
    """

    family: str
    false: bool
    about: str = ""


@dataclass(frozen=True)
class Case:
    """A published study beside its truth."""

    published: Publication
    truth: Truth

    @cached_property
    def language(self) -> Language:
        """In which its sentences are."""
        return Language.of(self.published.study.language)

    def figures(self, said: Said) -> list[Figure]:
        """The released figures of a sentence, in the order in which it names them."""
        return [self.published.released[key] for key in said.figures]

    def find(self, layer: str, **about: Any) -> list[Figure]:
        """The released figures of a layer that are about something."""
        return [
            row
            for row in self.published.released.values()
            if row["layer"] == layer and all(row[name] == value for name, value in about.items())
        ]


Scorer = Callable[[Said, Case], Iterator[Verdict]]

SCORERS: dict[str, Scorer] = {}
"""Pattern of a rule → what scores its sentences."""

WordScorer = Callable[[Figure, Case], Iterator[Verdict]]

WORD_SCORERS: dict[str, WordScorer] = {}
"""Layer → what scores the words of its figures."""


def scores(*patterns: str) -> Callable[[Scorer], Scorer]:
    """Registers the scorer of the rules that match some patterns."""

    def register(scorer: Scorer) -> Scorer:
        SCORERS.update(dict.fromkeys(patterns, scorer))
        return scorer

    return register


def words_of(layer: str) -> Callable[[WordScorer], WordScorer]:
    """Registers the scorer of the words of a layer's figures."""

    def register(scorer: WordScorer) -> WordScorer:
        WORD_SCORERS[layer] = scorer
        return scorer

    return register
