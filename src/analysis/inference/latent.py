"""Latent classes: people of a few kinds that nobody observed, told apart by how they answer.

Within a class, answers to different questions are independent (Lazarsfeld; Goodman 1974). How a
class answers is the same in all groups; how large it is may differ from group to group.

StepMix fits this model by the same algorithm, and brings scikit-learn with it; its standard errors
know no design, so that the harder part would be ours still.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints

NO_ANSWER = -1
"""What stands in `answers` where somebody did not answer: missing at random."""

STARTS = 24
"""Points that the search starts from: the likelihood has several maxima."""
SHORT = 40
"""Steps from each start, before the most promising ones go on."""
KEPT_STARTS = 4
"""How many go on."""
STEPS = 20_000
"""The most leaps that one of them takes."""
SETTLED = 1e-12
"""Gain in log-likelihood per respondent in one step, below which the search has ended."""

PER_PARAMETER = 5
"""Fewest respondents for each number that is estimated."""

SMALLEST = 1e-300
"""Stands for 0 where a logarithm is taken."""


@dataclass(frozen=True)
class LatentClasses:
    """A fitted model of C classes of people in G groups, who answer J questions.

    Attributes:
        shares: (G, C) share of each class in each group.
        answers: J times (C, K): how likely each of a question's K levels is in a class.
        posterior: (n, C) how likely each respondent is to be of each class, given the answers; that
            of who answered nothing is the shares of the group.
        weights: (n,) those that it was fitted with: of mean 1 among the respondents of each group,
            0 for who answered nothing.
        log_likelihood: Of the weighted respondents: a pseudo-likelihood, where weights differ.
        respondents: Those who answered something; n of the criteria, whatever their weights.

    """

    shares: Floats
    answers: tuple[Floats, ...]
    posterior: Floats
    weights: Floats
    log_likelihood: float
    respondents: int

    @property
    def classes(self) -> int:
        """C."""
        return int(self.shares.shape[1])

    @property
    def parameters(self) -> int:
        """How many numbers are free in it."""
        return parameter_count([table.shape[1] for table in self.answers], *self.shares.shape[::-1])

    @property
    def aic(self) -> float:
        """Akaike's criterion: the smaller, the better."""
        return 2 * self.parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion, by the number of respondents: the smaller, the better. Weights are
        scaled to mean 1, so that it is the ordinary one where all of them are equal; where they are
        not, it is a criterion of the same form on a pseudo-likelihood.
        """
        return self.parameters * math.log(self.respondents) - 2 * self.log_likelihood

    @property
    def entropy(self) -> float:
        """How clearly respondents are of one class: 1 where each is of one for certain, 0 where the
        answers tell nothing (relative entropy, weighted); NaN of a single class.
        """
        if self.classes == 1:
            return math.nan
        terms = -(self.posterior * np.log(np.maximum(self.posterior, SMALLEST))).sum(axis=1)
        blur = float(self.weights @ terms) / float(self.weights.sum())
        return 1 - blur / math.log(self.classes)

    @property
    def class_sizes(self) -> Floats:
        """(C,) how many respondents each class is expected to hold, unweighted."""
        sizes: Floats = self.posterior[self.weights > 0].sum(axis=0)
        return sizes

    def classify(self, answers: Ints, groups: Ints | None = None) -> Floats:
        """(m, C) posterior of other people with these answers (m, J), in the model's groups.

        Args:
            answers: As in `fit_latent_classes`.
            groups: (m,) group of each; -1 for one that the model does not know: classes then have
                their mean shares over groups.

        """
        known = np.vstack([self.shares, self.shares.mean(axis=0)])
        at = np.zeros(len(answers), dtype=np.int64) if groups is None else groups
        indicators = _indicators(answers, self._levels)
        return _posterior(_log_joint(indicators, known, at, np.hstack(self.answers)))

    def reordered(self, order: Sequence[int]) -> LatentClasses:
        """The same model with its classes in another order: `order[c]` is the class that becomes
        the c-th.
        """
        columns = list(order)
        return LatentClasses(
            shares=self.shares[:, columns],
            answers=tuple(table[columns] for table in self.answers),
            posterior=self.posterior[:, columns],
            weights=self.weights,
            log_likelihood=self.log_likelihood,
            respondents=self.respondents,
        )

    @property
    def _levels(self) -> list[int]:
        return [table.shape[1] for table in self.answers]


def parameter_count(levels: Sequence[int], classes: int, groups: int = 1) -> int:
    """How many numbers a model has to estimate.

    >>> parameter_count([2, 2, 2, 2], 2)
    9
    """
    return groups * (classes - 1) + classes * sum(count - 1 for count in levels)


def is_identifiable(levels: Sequence[int], classes: int) -> bool:
    """Whether the answers of one group could tell the numbers of a model: there are no more of them
    than free frequencies of answers. Necessary, and not always enough.

    >>> is_identifiable([2, 2], 2), is_identifiable([2, 2, 2], 2)
    (False, True)
    """
    return parameter_count(levels, classes) <= math.prod(levels) - 1


def fit_latent_classes(
    answers: Ints,
    levels: Sequence[int],
    *,
    classes: int,
    seed: int,
    weights: Floats | None = None,
    groups: Ints | None = None,
    starts: int = STARTS,
) -> LatentClasses:
    """The model of so many classes that makes the answers most likely.

    Args:
        answers: (n, J) rank of each answer among its question's levels, from 0; `NO_ANSWER` where
            there is none, which is taken to be missing at random.
        levels: K of each question.
        classes: C.
        seed: Of the points that the search starts from: the same gives the same model.
        weights: (n,) of a survey; 1 by default. They are scaled to mean 1 in each group.
        groups: (n,) group of each respondent, numbered from 0; one group by default.
        starts: How many such points.

    Returns:
        Its classes in the order of their mean shares over groups, the largest first.

    Raises:
        InferenceError: fewer respondents than such a model takes, a group in which nobody answered,
            or questions that cannot tell so many classes apart.

    Reference: Dempster, Laird and Rubin (1977); Bakk and Kuha (2018) on pseudo-likelihood.

    """
    group = np.zeros(len(answers), dtype=np.int64) if groups is None else groups
    answered = (answers != NO_ANSWER).any(axis=1)
    own = np.ones(len(answers)) if weights is None else weights
    count = int(group.max(initial=-1)) + 1
    _check_size(int(answered.sum()), levels, classes, np.bincount(group[answered], minlength=count))
    scaled = _scaled(np.where(answered, own, 0.0), group, count)
    cells, inverse = np.unique(
        np.column_stack([group, answers])[answered], axis=0, return_inverse=True
    )
    data = _Cells(
        group=cells[:, 0],
        levels=tuple(levels),
        indicators=_indicators(cells[:, 1:], levels),
        weights=_totals(inverse.ravel(), scaled[answered]),
    )
    best = _search(data, classes, np.random.default_rng(seed), 1 if classes == 1 else starts)
    posterior = best.shares[group]
    posterior[answered] = _posterior(_log_joint_of(data, best))[inverse.ravel()]
    order = np.argsort(-best.shares.mean(axis=0), kind="stable").tolist()
    return LatentClasses(
        shares=best.shares,
        answers=tuple(np.split(best.answers, data.first_levels[1:], axis=1)),
        posterior=posterior,
        weights=scaled,
        log_likelihood=best.log_likelihood,
        respondents=int(answered.sum()),
    ).reordered(order)


# --- the search -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cells:
    """Respondents who answered alike in one group, put together, group after group.

    Attributes:
        group, weights: (m,) of each cell.
        indicators: (m, ΣK) 1 where a level was answered.

    """

    group: Ints
    levels: tuple[int, ...]
    indicators: Floats
    weights: Floats

    @cached_property
    def firsts(self) -> Ints:
        """(G,) the first cell of each group."""
        return np.unique(self.group, return_index=True)[1]

    @cached_property
    def first_levels(self) -> Ints:
        """(J,) the first column of each question."""
        return np.cumsum([0, *self.levels[:-1]])

    @property
    def groups(self) -> int:
        """G."""
        return len(self.firsts)


@dataclass(frozen=True)
class _Point:
    """Where the search is: shares (G, C) and answers (C, ΣK). `log_likelihood` is that of the point
    one step before it: where the search has ended, they are the same.
    """

    shares: Floats
    answers: Floats
    log_likelihood: float = -math.inf


def _search(data: _Cells, classes: int, rng: np.random.Generator, starts: int) -> _Point:
    """The best of several climbs: all of them begin, the most promising go to the end."""
    begun = [_begun(data, _start(data, classes, rng)) for _ in range(starts)]
    begun.sort(key=lambda point: -point.log_likelihood)
    ended = [_climb(data, point) for point in begun[:KEPT_STARTS]]
    return max(ended, key=lambda point: point.log_likelihood)


def _start(data: _Cells, classes: int, rng: np.random.Generator) -> _Point:
    tables = [rng.dirichlet(np.full(count, 2.0), size=classes) for count in data.levels]
    shares = np.full((data.groups, classes), 1 / classes)
    return _Point(shares, np.hstack(tables))


def _begun(data: _Cells, point: _Point) -> _Point:
    for _ in range(SHORT):
        point = _step(data, point)
    return point


def _climb(data: _Cells, point: _Point) -> _Point:
    """Steps of expectation and maximisation, until they gain next to nothing.

    Two steps show where they go: the search leaps there, and back to the second of them where that
    would be no model or less likely (SQUAREM, scheme S3 of Varadhan and Roland 2008).
    """
    size = float(data.weights.sum())
    for _ in range(STEPS):
        first = _step(data, point)
        second = _step(data, first)
        if second.log_likelihood - first.log_likelihood < SETTLED * size:
            return second
        leapt = _leap(point, first, second)
        landed = None if leapt is None else _step(data, leapt)
        ahead = landed is not None and landed.log_likelihood > second.log_likelihood
        point = landed if landed is not None and ahead else second
    return point


def _leap(point: _Point, first: _Point, second: _Point) -> _Point | None:
    """Where two steps lead, extrapolated; None where that is no model.

    Of the parameters θ0, θ1, θ2: θ0 + 2ar + a²v, with r = θ1 − θ0, v = θ2 − θ1 − r, a = |r|/|v|.
    """
    starts, ones, twos = (
        np.concatenate([one.shares.ravel(), one.answers.ravel()]) for one in (point, first, second)
    )
    step = ones - starts
    turn = twos - ones - step
    if not turn.any():
        return None
    length = max(1.0, float(np.linalg.norm(step) / np.linalg.norm(turn)))
    leapt = starts + 2 * length * step + length**2 * turn
    if leapt.min() < 0:
        return None
    shares, answers = np.split(leapt, [point.shares.size])
    return _Point(shares.reshape(point.shares.shape), answers.reshape(point.answers.shape))


def _step(data: _Cells, point: _Point) -> _Point:
    joint = _log_joint_of(data, point)
    top = joint.max(axis=0)
    likely = np.exp(joint - top)
    of_cell = likely.sum(axis=0)
    likelihood = float(data.weights @ (top + np.log(of_cell)))
    weighted = likely * (data.weights / of_cell)
    sizes = np.add.reduceat(weighted, data.firsts, axis=1).T
    counts = weighted @ data.indicators
    totals = np.add.reduceat(counts, data.first_levels, axis=1)
    return _Point(
        sizes / sizes.sum(axis=1, keepdims=True),
        counts / np.maximum(np.repeat(totals, data.levels, axis=1), SMALLEST),
        likelihood,
    )


def _log_joint_of(data: _Cells, point: _Point) -> Floats:
    return _log_joint(data.indicators, point.shares, data.group, point.answers)


def _log_joint(indicators: Floats, shares: Floats, group: Ints, answers: Floats) -> Floats:
    """(C, m) log of the probability to be of a class and to answer so: classes are few and cells
    many, and numpy is quick along long rows.
    """
    logs = np.log(np.maximum(answers, SMALLEST))
    result: Floats = logs @ indicators.T + np.log(np.maximum(shares, SMALLEST)).T[:, group]
    return result


def _posterior(joint: Floats) -> Floats:
    """(m, C) how likely each class is, from what `_log_joint` gives."""
    likely = np.exp(joint - joint.max(axis=0))
    result: Floats = (likely / likely.sum(axis=0)).T
    return result


def _indicators(answers: Ints, levels: Sequence[int]) -> Floats:
    """(m, ΣK) 1 where a level was answered; a row has none for what it did not answer."""
    return np.hstack(
        [
            (answers[:, place, None] == np.arange(count)).astype(np.float64)
            for place, count in enumerate(levels)
        ]
    )


def _totals(cell: Ints, weights: Floats) -> Floats:
    """Sums of weights by cell."""
    return np.bincount(cell, weights=weights).astype(np.float64)


def _scaled(weights: Floats, group: Ints, groups: int) -> Floats:
    """Weights of mean 1 among the respondents of each group."""
    totals = np.bincount(group, weights=weights, minlength=groups)
    sizes = np.bincount(group[weights > 0], minlength=groups)
    result: Floats = weights * (sizes / totals)[group]
    return result


def _check_size(respondents: int, levels: Sequence[int], classes: int, per_group: Ints) -> None:
    if classes > 1 and not is_identifiable(levels, classes):
        raise InferenceError(
            f"{len(levels)} questions of {math.prod(levels)} possible answers cannot tell "
            f"{classes} classes apart.",
            hint="ask for fewer classes, or give more questions.",
        )
    if not per_group.all() or not len(per_group):
        raise InferenceError(
            "Nobody answered any of the questions in one of the groups.",
            hint="leave that group out: its classes have no size.",
        )
    needed = PER_PARAMETER * parameter_count(levels, classes, len(per_group))
    if respondents < needed:
        raise InferenceError(
            f"{respondents} respondents are too few for {classes} classes of {len(levels)} "
            f"questions: it takes {needed}.",
            hint="ask for fewer classes or questions, or wait for more answers.",
        )
