"""Where a published series changed its definition: each published value is compared with what
candidate definitions give from the answers that were counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats, Ints

TOLERANCE = 0.05
"""What a published value may differ by beyond half a step, in steps: a value rounded to tenths of a
step first, and to steps then."""

FLOAT_ERROR = 1e-9
"""In steps: a recomputed value that lies on the bound is within it."""

PERSISTENCE = 3
"""Periods that a switch must explain better than no switch does."""


@dataclass(frozen=True)
class DefinitionSwitch:
    """A change of the definition that a published series follows.

    Attributes:
        index: The first period that shows it: explained by the new definition, not by the old one.
        earliest: The first period at which it may have been: before `index` where the periods
            between tell nothing, being explained by both definitions, by neither, or unknown.
        before, after: The definitions; None where no candidate explains what is published.
        agreeing_before, agreeing_after: Periods of each side, as far as the next switch, that
            its definition explains; 0 where there is none.
        known_before, known_after: Periods of each side that could be compared.

    """

    index: int
    earliest: int
    before: str | None
    after: str | None
    agreeing_before: int
    known_before: int
    agreeing_after: int
    known_after: int


@dataclass(frozen=True)
class DefinitionBreaks:
    """The definitions that a published series of T periods follows.

    Attributes:
        first: The definition in force at the start: of those that explain as much, the first one
            declared; None where no candidate explains what is published.
        switches: Where it changed, in the order of time.
        unexplained: The periods of which no candidate gives the published value.
        contrary: The periods of which another candidate gives it, and not the one in force.
        recomputed: Name → (T,) the series under that candidate alone, in the unit of its scores;
            NaN where counts are not known.

    """

    first: str | None
    switches: tuple[DefinitionSwitch, ...]
    unexplained: tuple[int, ...]
    contrary: tuple[int, ...]
    recomputed: Mapping[str, Floats]


def definition_breaks(
    counts: Floats,
    published: Floats,
    *,
    candidates: Mapping[str, Sequence[float]],
    step: float = 1.0,
    persistence: int = PERSISTENCE,
) -> DefinitionBreaks:
    """Which of several definitions a published series follows, and where it went from one to
    another.

    A candidate explains a period where the mean of its scores is within half a step, and
    `TOLERANCE`, of what is published. The definitions in force are those of the fewest periods left
    unexplained, where each switch must save `persistence` of them: three periods in a row suffice
    at an end of the series, and what comes and goes must last for six. Periods that both
    definitions explain, or neither, count for neither; so do periods that are not known. Where no
    candidate explains half of what is published, the definition in force is unknown, which costs
    half a period for each: such a stretch is not forced on the candidate that happens to fit
    best.

    The error: with e the share of published values that are wrong and that another candidate alone
    happens to give, and d the share that the true one alone gives, a series of T periods with one
    definition shows a switch to that candidate with a probability of at most 2 r³ + T r⁶, r = e / d
    (gambler's ruin): for e = 2 % and d = 80 %, one in thirty thousand.

    Args:
        counts: (T, L) answers by level, worst first, in the order of time; a period is unknown
            where a count is NaN or they add up to 0.
        published: (T,) published values in the unit of the scores; NaN where unknown.
        candidates: Name → L scores, worst level first.
        step: What published values are multiples of, by rounding; 1 for whole percents.
        persistence: See above.

    Raises:
        InferenceError: no candidate, or one without a finite score per level; a negative or
            infinite count; not one published value per period; no positive step or persistence.

    >>> answers = np.array([[10.0, 20.0, 30.0, 40.0]] * 8)
    >>> said = np.array([67.0, 67.0, 67.0, 67.0, 70.0, 70.0, 70.0, 70.0])
    >>> scores = {"mean": (0, 100 / 3, 200 / 3, 100), "top two": (0, 0, 100, 100)}
    >>> found = definition_breaks(answers, said, candidates=scores)
    >>> found.first, [(one.index, one.after) for one in found.switches]
    ('mean', [(4, 'top two')])

    """
    _check(counts, published, candidates, step=step, persistence=persistence)
    names = (*candidates, None)
    total = counts.sum(axis=1)
    divisor = np.where(total > 0, total, np.nan)
    recomputed = {
        name: counts @ np.asarray(scores, dtype=np.float64) / divisor
        for name, scores in candidates.items()
    }
    series = np.stack(list(recomputed.values()), axis=1)
    distance = np.abs(series - published[:, None])
    agrees = np.zeros((len(published), len(names)), dtype=bool)  # the last is no definition
    agrees[:, :-1] = distance <= step * (0.5 + TOLERANCE + FLOAT_ERROR)
    known = np.isfinite(distance[:, 0])
    cost = _costs(agrees, known)
    in_force = _cheapest_path(cost, price=2 * persistence)
    bounds = [0, *(np.flatnonzero(np.diff(in_force)) + 1).tolist(), len(in_force)]
    switches = []
    for start, index, end in zip(bounds, bounds[1:], bounds[2:], strict=False):
        old, new = int(in_force[index - 1]), int(in_force[index])
        switches.append(
            DefinitionSwitch(
                index=index,
                earliest=_earliest(cost[start:index, old] == cost[start:index, new], index),
                before=names[old],
                after=names[new],
                agreeing_before=int(agrees[start:index, old].sum()),
                known_before=int(known[start:index].sum()),
                agreeing_after=int(agrees[index:end, new].sum()),
                known_after=int(known[index:end].sum()),
            )
        )
    explained = agrees.any(axis=1)
    by_one_in_force = agrees[np.arange(len(in_force)), in_force]
    return DefinitionBreaks(
        first=names[int(in_force[0])],
        switches=tuple(switches),
        unexplained=tuple(np.flatnonzero(known & ~explained).tolist()),
        contrary=tuple(np.flatnonzero(explained & ~by_one_in_force).tolist()),
        recomputed=recomputed,
    )


def _check(
    counts: Floats,
    published: Floats,
    candidates: Mapping[str, Sequence[float]],
    *,
    step: float,
    persistence: int,
) -> None:
    """Refuses what `definition_breaks` cannot be asked."""
    if counts.ndim != 2 or published.shape != counts.shape[:1] or not len(published):
        raise InferenceError(
            f"{len(published)} published values were given for counts of shape {counts.shape}.",
            hint="give one row of counts, level by level, and one published value per period.",
        )
    if (counts < 0).any() or np.isinf(counts).any():
        raise InferenceError(
            "A count of answers is negative or infinite.",
            hint="leave what is not known empty (NaN).",
        )
    if not candidates:
        raise InferenceError(
            "No definition was given to compare the series with.",
            hint="give the scores of each definition that it may follow.",
        )
    for name, scores in candidates.items():
        if len(scores) != counts.shape[1] or not np.isfinite(scores).all():
            raise InferenceError(
                f"Definition {name} needs one number for each of {counts.shape[1]} levels.",
                hint="give one score per level, worst level first.",
            )
    if not step > 0 or persistence < 1:
        raise InferenceError(
            f"A step of {step:g} and a persistence of {persistence} are not both positive.",
            hint="the step is what published values are rounded to: 1 for whole percents.",
        )


def _costs(agrees: Flags, known: Flags) -> Ints:
    """(T, K + 1) what each period costs each candidate, in halves of a period: 2 where it does not
    explain it. The last column is no candidate: 1. A period that is not known costs nothing.
    """
    cost = np.where(agrees, 0, 2)
    cost[:, -1] = 1
    return np.where(known[:, None], cost, 0).astype(np.int64)


def _cheapest_path(cost: Ints, *, price: int) -> Ints:
    """(T,) the state of each period such that the costs (T, S) of all, and the price of each
    switch, add up to the least.

    Of equals, the one with the most switches (what saves its price is a switch), these as late as
    may be, and last the state that stands first.
    """
    periods, states = cost.shape
    finer = periods + 1  # so that the number of switches decides between equals only
    scaled, switch_price = cost * finer, price * finer - 1
    total = scaled[0]
    came_from = np.zeros((periods, states), dtype=np.int64)
    for period in range(1, periods):
        cheapest = int(np.argmin(total))
        switched = int(total[cheapest]) + switch_price
        came_from[period] = np.where(total < switched, np.arange(states), cheapest)
        total = np.minimum(total, switched) + scaled[period]
    path = np.zeros(periods, dtype=np.int64)
    path[-1] = int(np.argmin(total))
    for period in range(periods - 1, 0, -1):
        path[period - 1] = came_from[period, path[period]]
    return path


def _earliest(tells_nothing: Flags, index: int) -> int:
    """The first period of those that tell nothing and end just before `index`; itself where there
    is none.
    """
    telling = np.flatnonzero(~tells_nothing)
    return index - len(tells_nothing) + (int(telling[-1]) + 1 if len(telling) else 0)
