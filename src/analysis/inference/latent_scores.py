"""What each respondent adds to the estimates of latent classes: scores that a design turns into
variances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.latent import NO_ANSWER, LatentClasses

CERTAIN = 1e-4
"""A probability nearer than this to 0 or 1 is at the edge: it is taken as known."""

FLAT = 1e-9
"""Least curvature of the likelihood at its top, over the largest: below it, there is no top."""


@dataclass(frozen=True)
class LatentScores:
    """Linearized scores, without the weights of the model: the weighted sum of a column is, to
    first order, the error of an estimate.

    Attributes:
        shares: (n, G, C) of the share of each class in each group.
        answers: J times (n, C, K), of how likely each level is in a class.

    """

    shares: Floats
    answers: tuple[Floats, ...]


def latent_scores(model: LatentClasses, answers: Ints, groups: Ints | None = None) -> LatentScores:
    """The scores of a model's estimates.

    With s the score of a respondent (the gradient of the log-likelihood, in logits) and I the
    observed information of the whole (Louis 1982), they are I⁻¹ s carried to probabilities:
    with a design's variance of their weighted totals, that is the sandwich.

    Args:
        model: As `fit_latent_classes` gave it.
        answers, groups: Those that it was fitted to.

    Missing values: who answered nothing scores 0.

    Raises:
        InferenceError: the answers do not determine the model (its information is not positive).

    Reference: Louis (1982); Binder (1983); Skinner, Holt and Smith (1989).

    """
    group = np.zeros(len(answers), dtype=np.int64) if groups is None else groups
    blocks = _Blocks.of(model)
    observed, inverse = np.unique(np.column_stack([group, answers]), axis=0, return_inverse=True)
    rows = inverse.ravel()
    weights = np.bincount(rows, weights=model.weights).astype(np.float64)
    posterior = np.zeros((len(observed), model.classes))
    posterior[rows] = model.posterior
    complete = blocks.complete_scores(model, observed[:, 1:], observed[:, 0])
    mean = np.einsum("mc,cmp->mp", posterior, complete)
    weighted = np.einsum("m,mc,cmp,cmq->pq", weights, posterior, complete, complete, optimize=True)
    spread = weighted - (mean * weights[:, None]).T @ mean
    information = blocks.expected(model, observed[:, 1:], observed[:, 0], posterior, weights)
    free = blocks.free(model)
    observed_information = (information - spread)[np.ix_(free, free)]
    curvature = np.linalg.eigvalsh(observed_information)
    if not curvature[0] > FLAT * curvature[-1]:  # NaN is none either
        raise InferenceError(
            "The answers do not determine these classes: several sizes of them fit alike.",
            hint="ask for fewer classes, or give more questions.",
        )
    answered = (observed[:, 1:] != NO_ANSWER).any(axis=1)
    scores = np.zeros((len(observed), blocks.size))
    scores[:, free] = np.linalg.solve(observed_information, mean[:, free].T).T
    scores[~answered] = 0.0
    return blocks.as_probabilities(model, scores, rows)


@dataclass(frozen=True)
class _Blocks:
    """Where the logits of a model stand in one vector: those of the shares of each group, then
    those of the levels of each question in each class. The most likely one of each set is at 0.
    """

    groups: int
    classes: int
    levels: tuple[int, ...]

    @classmethod
    def of(cls, model: LatentClasses) -> _Blocks:
        levels = tuple(table.shape[1] for table in model.answers)
        groups, classes = model.shares.shape
        return cls(groups=groups, classes=classes, levels=levels)

    @property
    def size(self) -> int:
        return self.classes * (self.groups + sum(self.levels))

    def share(self, group: int) -> slice:
        return slice(group * self.classes, (group + 1) * self.classes)

    def answer(self, item: int, label: int) -> slice:
        start = self.classes * (self.groups + sum(self.levels[:item]))
        return slice(start + label * self.levels[item], start + (label + 1) * self.levels[item])

    def sets(self, model: LatentClasses) -> list[tuple[slice, Floats]]:
        """Each set of probabilities that add up to 1, with its place."""
        shares = [(self.share(group), row) for group, row in enumerate(model.shares)]
        return shares + [
            (self.answer(item, label), row)
            for item, table in enumerate(model.answers)
            for label, row in enumerate(table)
        ]

    def free(self, model: LatentClasses) -> Ints:
        """The logits that are estimated: all but one of each set, and those at the edge."""
        kept: list[int] = []
        for place, row in self.sets(model):
            inner = np.flatnonzero((row > CERTAIN) & (np.arange(len(row)) != row.argmax()))
            kept += (place.start + inner).tolist()
        return np.array(kept, dtype=np.int64)

    def complete_scores(self, model: LatentClasses, answers: Ints, group: Ints) -> Floats:
        """(C, m, P) what the scores would be, if each cell were known to be of a class."""
        scores = np.zeros((self.classes, len(answers), self.size))
        cells = np.arange(len(answers))
        for label in range(self.classes):
            for at in range(self.groups):
                inside = group == at
                scores[label, inside, self.share(at)] = -model.shares[at]
                scores[label, inside, self.share(at).start + label] += 1.0
            for item, table in enumerate(model.answers):
                known = answers[:, item] != NO_ANSWER
                place = self.answer(item, label)
                scores[label, known, place] = -table[label]
                scores[label, cells[known], place.start + answers[known, item]] += 1.0
        return scores

    def expected(
        self, model: LatentClasses, answers: Ints, group: Ints, posterior: Floats, weights: Floats
    ) -> Floats:
        """(P, P) the information that known classes would give."""
        result = np.zeros((self.size, self.size))
        for at in range(self.groups):
            size = float(weights[group == at].sum())
            result[self.share(at), self.share(at)] = size * _spread(model.shares[at])
        for item, table in enumerate(model.answers):
            known = weights * (answers[:, item] != NO_ANSWER)
            for label in range(self.classes):
                size = float(known @ posterior[:, label])
                place = self.answer(item, label)
                result[place, place] = size * _spread(table[label])
        return result

    def as_probabilities(self, model: LatentClasses, scores: Floats, rows: Ints) -> LatentScores:
        """The scores of probabilities, by those of logits (m, P) and the cell of each row."""
        moved = np.zeros_like(scores)
        for place, row in self.sets(model):
            moved[:, place] = scores[:, place] @ _spread(row)
        spread = moved[rows]
        tables = []
        for item, count in enumerate(self.levels):
            first = self.answer(item, 0).start
            part = spread[:, first : first + self.classes * count]
            tables.append(part.reshape(len(rows), self.classes, count))
        shares = spread[:, : self.groups * self.classes]
        return LatentScores(
            shares=shares.reshape(len(rows), self.groups, self.classes), answers=tuple(tables)
        )


def _spread(row: Floats) -> Floats:
    """The covariance of one draw from probabilities: how they move with their logits."""
    result: Floats = np.diag(row) - np.outer(row, row)
    return result
