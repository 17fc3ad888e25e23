"""The levels of a scale, and which of them are told together where one is too rare to be told."""

from __future__ import annotations

from collections.abc import Sequence

Group = tuple[int, int]
"""The first and the last of adjacent levels, by rank, worst first."""


def level_groups(counts: Sequence[int], scores: Sequence[float], *, at_least: int) -> list[Group]:
    """The levels of a cell in groups of adjacent ones, none of which holds a few answers.

    A group that holds a few (more than none, fewer than `at_least`) joins the smaller of its
    neighbours that the primary definition counts alike, so that the primary tells nothing of a
    group's levels. Where no neighbour is left to join, all the levels are one group.

    Args:
        counts: (L,) unweighted answers of each level, worst first.
        scores: (L,) what the primary definition counts for each.
        at_least: The fewest answers that may be told.

    Returns:
        Groups that cover the levels, in their order.

    >>> level_groups([3, 9, 40, 60, 12], [0, 0, 0, 1, 1], at_least=11)
    [(0, 1), (2, 2), (3, 3), (4, 4)]
    >>> level_groups([40, 40, 3], [0, 0, 1], at_least=11)
    [(0, 2)]

    """
    groups: list[Group] = [(rank, rank) for rank in range(len(counts))]

    def answers(group: Group) -> int:
        return sum(counts[group[0] : group[1] + 1])

    while True:
        few = [at for at, group in enumerate(groups) if 0 < answers(group) < at_least]
        if not few:
            return groups
        at = min(few, key=lambda index: answers(groups[index]))
        alike = [
            other
            for other in (at - 1, at + 1)
            if 0 <= other < len(groups) and scores[groups[other][0]] == scores[groups[at][0]]
        ]
        if not alike:
            return [(0, len(counts) - 1)]
        first, last = sorted((at, min(alike, key=lambda index: answers(groups[index]))))
        groups[first : last + 1] = [(groups[first][0], groups[last][1])]


def levels_id(codes: Sequence[int], group: Group) -> str:
    """What the share of a level, or of a group of them, is called.

    >>> levels_id([1, 2, 3], (1, 1)), levels_id([1, 2, 3], (0, 1))
    ('P2', 'P1-2')
    """
    first, last = codes[group[0]], codes[group[1]]
    return f"P{first}" if first == last else f"P{first}-{last}"
