"""Whether two classifications are alike: which class of one is which of the other, and how many
people both put together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from analysis.inference.arrays import Floats, Ints


def matching_classes(reference: Sequence[Floats], other: Sequence[Floats]) -> tuple[int, ...]:
    """Which class of another model is each class of a reference, by how they answer: the one-to-one
    assignment of the smallest total distance (Hungarian method).

    Args:
        reference: J times (C, K), how likely each level of a question is in a class.
        other: J times (D, K), of the same questions.

    Returns:
        The classes of the other model in the order of those of the reference that they are matched
        with; those that are left over come last. The distance of two classes is the sum over
        questions of half the absolute differences of their levels.

    >>> matching_classes([np.array([[0.9, 0.1], [0.2, 0.8]])], [np.array([[0.1, 0.9], [1.0, 0.0]])])
    (1, 0)

    """
    distance = sum(
        np.abs(mine[:, None, :] - theirs[None, :, :]).sum(axis=2) / 2
        for mine, theirs in zip(reference, other, strict=True)
    )
    order = best_assignment(np.asarray(distance))
    return (*order, *(place for place in range(len(other[0])) if place not in order))


def best_assignment(cost: Floats) -> tuple[int, ...]:
    """The column of each row in the one-to-one assignment of the smallest total cost (R, C); of
    more rows than columns, rows without one have -1.

    >>> best_assignment(np.array([[1.0, 2.0], [1.0, 9.0]]))
    (1, 0)
    """
    rows, columns = scipy.optimize.linear_sum_assignment(cost)
    found = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    return tuple(found.get(row, -1) for row in range(len(cost)))


def share_alike(first: Ints, second: Ints, weights: Floats) -> float:
    """The weighted share of people whom two classifications put in the same class.

    >>> share_alike(np.array([0, 1, 1]), np.array([0, 1, 0]), np.ones(3)) == 2 / 3
    True
    """
    return float(weights @ (first == second)) / float(weights.sum())


def adjusted_rand(first: Ints, second: Ints) -> float:
    """How alike two classifications of the same people are, whatever their classes are called: 1
    where they are the same, about 0 where they have nothing in common but chance.

    Two classifications that each put everybody in one class are the same.

    Reference: Hubert and Arabie (1985).

    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    table = np.zeros((int(first.max()) + 1, int(second.max()) + 1))
    np.add.at(table, (first, second), 1.0)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    by_chance = rows * columns / pairs(table.sum(keepdims=True).ravel())
    most = (rows + columns) / 2
    return 1.0 if most == by_chance else (both - by_chance) / (most - by_chance)
