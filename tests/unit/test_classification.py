"""Whether classifications are alike: which class is which, and how many people are put together."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from analysis.inference import adjusted_rand, best_assignment, matching_classes, share_alike

PROFILES = [
    np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]),
    np.array([[0.8, 0.2], [0.1, 0.9], [0.7, 0.3]]),
]


def test_classes_are_matched_whatever_their_order() -> None:
    for order in permutations(range(3)):
        shuffled = [table[list(order)] * 0.9 + 0.05 for table in PROFILES]
        matched = matching_classes(PROFILES, shuffled)
        assert [order[place] for place in matched] == [0, 1, 2]


def test_a_match_is_the_best_of_all_at_once_and_not_class_by_class() -> None:
    """The first class is nearest to the second's own; together, each takes the other."""
    reference = [np.array([[0.6, 0.4], [0.5, 0.5]])]
    other = [np.array([[0.52, 0.48], [0.9, 0.1]])]
    assert matching_classes(reference, other) == (1, 0)


def test_classes_that_are_left_over_come_last() -> None:
    assert matching_classes([PROFILES[0][:2]], [PROFILES[0][[2, 1, 0]]]) == (2, 1, 0)
    assert best_assignment(np.array([[1.0], [0.0]])) == (-1, 0)


def test_the_adjusted_rand_index_is_that_of_the_formula() -> None:
    """By hand: the table [[2, 1], [1, 2]] has 2 pairs together in both; 6 and 6 of 15 in each."""
    first, second = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 0, 1, 1])
    expected = (2 - 6 * 6 / 15) / ((6 + 6) / 2 - 6 * 6 / 15)
    assert adjusted_rand(first, second) == pytest.approx(expected)
    assert adjusted_rand(first, 1 - second) == pytest.approx(expected), "names do not matter"
    assert adjusted_rand(first, 1 - first) == 1.0
    assert adjusted_rand(np.zeros(4, dtype=int), np.zeros(4, dtype=int)) == 1.0


def test_chance_alone_makes_classifications_alike_and_the_index_takes_it_away() -> None:
    rng = np.random.default_rng(1)
    first, second = (rng.choice(2, 4000, p=[0.9, 0.1]) for _ in range(2))
    assert share_alike(first, second, np.ones(4000)) > 0.8
    assert abs(adjusted_rand(first, second)) < 0.02


def test_people_weigh_as_their_weights_say() -> None:
    first, second = np.array([0, 1]), np.array([0, 0])
    assert share_alike(first, second, np.array([3.0, 1.0])) == 0.75
