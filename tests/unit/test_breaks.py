"""Published series that change their definition, or do not: on literal tables, against every path
there is, and on simulated series whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.errors import InferenceError
from analysis.inference import DefinitionBreaks, definition_breaks

Array = NDArray[Any]
CANDIDATES = {
    "mean": (0.0, 25.0, 50.0, 75.0, 100.0),
    "top two": (0.0, 0.0, 0.0, 100.0, 100.0),
    "top one": (0.0, 0.0, 0.0, 0.0, 100.0),
    "balance": (-100.0, -100.0, 0.0, 100.0, 100.0),
}
TWO = {name: CANDIDATES[name] for name in ("mean", "top two")}
ANSWERS = (10.0, 10.0, 20.0, 30.0, 30.0)
"""A mean of 65, two best of 60."""
MEAN, TOP, NEITHER = 65.0, 60.0, 80.0


def found_in(published: Sequence[float], **more: Any) -> DefinitionBreaks:
    """What is found in a series whose answers are those above, every time."""
    counts = np.tile(ANSWERS, (len(published), 1))
    return definition_breaks(counts, np.array(published), candidates=TWO, **more)


def switched(found: DefinitionBreaks) -> list[tuple[int, str | None, str | None]]:
    return [(one.index, one.before, one.after) for one in found.switches]


# --- the rule -------------------------------------------------------------------------------------


def test_a_switch_is_found_with_what_agrees_on_each_side() -> None:
    found = found_in([MEAN, MEAN, NEITHER, MEAN, MEAN, TOP, TOP, TOP, MEAN, TOP])
    assert found.first == "mean"
    (one,) = found.switches
    assert (one.index, one.earliest, one.before, one.after) == (5, 5, "mean", "top two")
    assert (one.agreeing_before, one.known_before) == (4, 5)
    assert (one.agreeing_after, one.known_after) == (4, 5)
    assert (found.unexplained, found.contrary) == ((2,), (8,))
    assert found.recomputed["mean"] == pytest.approx(np.full(10, 65.0))
    assert found.recomputed["top two"] == pytest.approx(np.full(10, 60.0))


@pytest.mark.parametrize(
    ("values", "switches"),
    [
        ([MEAN] * 9 + [TOP] * 3, [(9, "mean", "top two")]),
        ([MEAN] * 9 + [TOP] * 2, []),
        ([MEAN] * 9 + [TOP, TOP, MEAN, TOP], []),
        ([MEAN] * 9 + [TOP, TOP, NEITHER, TOP], [(9, "mean", "top two")]),
        ([TOP] * 3 + [MEAN] * 9, [(3, "top two", "mean")]),
        ([TOP] * 2 + [MEAN] * 9, []),
        ([MEAN] * 9 + [TOP] * 5 + [MEAN] * 9, []),
        ([MEAN] * 9 + [TOP] * 6 + [MEAN] * 9, [(9, "mean", "top two"), (15, "top two", "mean")]),
        ([MEAN] * 12, []),
    ],
)
def test_three_periods_make_a_switch_at_an_end_and_six_what_comes_and_goes(
    values: list[float], switches: list[Any]
) -> None:
    assert switched(found_in(values)) == switches


def test_without_persistence_every_slip_is_a_switch() -> None:
    slips = [MEAN] * 5 + [TOP] + [MEAN] * 5 + [TOP]
    assert switched(found_in(slips)) == []
    assert found_in(slips).contrary == (5, 11)
    assert switched(found_in(slips, persistence=1)) == [(11, "mean", "top two")]
    twice = [MEAN] * 5 + [TOP] * 2 + [MEAN] * 5
    assert [one.index for one in found_in(twice, persistence=1).switches] == [5, 7]


def test_periods_that_tell_nothing_leave_it_open_when_it_was() -> None:
    """Everybody is very satisfied in period 4: both definitions say 100. Period 5 has no counts, 6
    nothing published, 7 what neither gives."""
    counts = np.tile(ANSWERS, (11, 1))
    counts[4], counts[5] = (0, 0, 0, 0, 50), (np.nan, 1, 1, 1, 1)
    published = np.array([MEAN] * 4 + [100.0, TOP, np.nan, NEITHER] + [TOP] * 3)
    found = definition_breaks(counts, published, candidates=TWO)
    (one,) = found.switches
    assert (one.index, one.earliest) == (8, 4)
    assert (one.agreeing_before, one.known_before, one.agreeing_after) == (5, 6, 3)
    assert found.unexplained == (7,) and found.contrary == ()
    assert np.isnan(found.recomputed["mean"][5]) and found.recomputed["mean"][6] == 65
    counts[9] = 0
    assert switched(definition_breaks(counts, published, candidates=TWO)) == []


def test_a_definition_that_is_no_candidate_is_unknown() -> None:
    """Half of what is published being explained is the least: a stretch without is not forced on
    the candidate that happens to fit once."""
    found = found_in([MEAN] * 8 + [NEITHER, NEITHER, TOP, *[NEITHER] * 6])
    assert switched(found) == [(8, "mean", None)]
    assert (found.switches[0].agreeing_after, found.switches[0].known_after) == (0, 9)
    assert switched(found_in([MEAN] * 8 + [NEITHER] * 5)) == []
    back = found_in([NEITHER] * 8 + [TOP] * 8)
    assert (back.first, switched(back)) == (None, [(8, None, "top two")])
    assert found_in([NEITHER] * 4).first is None
    assert found_in([np.nan] * 4).first == "mean", "nothing speaks against the first"


def test_rounding_of_any_kind_agrees_and_truncation_does_not() -> None:
    top = [(185, 200), (1849, 2000), (184, 200), (2311, 2500)]  # 92.5, 92.45, 92 and 92.44 %
    counts = np.array([[size - high, 0, 0, 0, high] for high, size in top], dtype=float)
    candidates = {"mean": CANDIDATES["mean"]}
    for published, unexplained in (
        ([92, 92, 92, 92], ()),  # 92.5 to the even number
        ([93, 93, 92, 92], ()),  # 92.5 upwards; 92.45 to 92.5 first, then upwards
        ([92, 92, 91, 92], (2,)),
        ([92, 92, 92, 93], (3,)),
        ([94, 92, 92, 92], (0,)),
        ([91, 93, 92, 92], (0,)),
    ):
        found = definition_breaks(counts, np.array(published, float), candidates=candidates)
        assert found.unexplained == unexplained
    tenths = definition_breaks(
        counts, np.array([92.5, 92.4, 91.9, 92.4]), candidates=candidates, step=0.1
    )
    assert tenths.unexplained == (2,)
    every = np.arange(100.0)  # 0.45, 1.45 … 99.45 %, rounded twice
    twice = np.outer(20 * every + 9, (0, 0, 0, 0, 1)) + np.outer(1991 - 20 * every, (1, 0, 0, 0, 0))
    assert definition_breaks(twice, every + 1, candidates=candidates).unexplained == ()


def plainly(agrees: Array, known: Array, *, persistence: int) -> tuple[float, int]:
    """The least cost over every path of definitions, and the most switches of those that have it;
    `agrees` (T, K), to which no definition is added."""
    periods, size = agrees.shape
    costs = []
    for path in product(range(size + 1), repeat=periods):
        switches = sum(one != other for one, other in pairwise(path))
        unexplained = sum(
            (0.5 if state == size else float(not agrees[period, state])) * known[period]
            for period, state in enumerate(path)
        )
        costs.append((unexplained + persistence * switches, -switches))
    least, switches = min(costs)
    return least, -switches


@pytest.mark.parametrize("seed", range(12))
def test_no_path_of_definitions_is_cheaper(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lasting = np.repeat(rng.choice([MEAN, TOP, NEITHER], 3), 3)
    published = np.where(rng.random(9) < 0.2, rng.choice([MEAN, TOP, NEITHER, np.nan], 9), lasting)
    agrees, known = np.stack([published == MEAN, published == TOP], axis=1), ~np.isnan(published)
    for persistence in (1, 2, 3):
        found = found_in(published.tolist(), persistence=persistence)
        names = [*TWO, None]
        states = np.full(9, names.index(found.first))
        for one in found.switches:
            states[one.index :] = names.index(one.after)
        with_none = np.column_stack([1.0 - agrees, np.full(9, 0.5)]) * known[:, None]
        cost = with_none[np.arange(9), states].sum() + persistence * len(found.switches)
        expected = plainly(agrees, known, persistence=persistence)
        assert (cost, len(found.switches)) == expected


# --- series whose truth is known ------------------------------------------------------------------


def simulated(rng: np.random.Generator, definitions: Sequence[str]) -> tuple[Array, Array]:
    """Counts of 30 to 20,000 answers a month whose shares drift, and what is published of them, in
    whole percents: 6 % of it is wrong, half of that being what another definition gives."""
    periods = len(definitions)
    start = rng.dirichlet((2, 2, 4, 8, 10) if rng.random() < 0.5 else (1, 1, 3, 10, 25))
    end = start * np.exp(rng.normal(0, 0.5, 5))
    along = np.linspace(0, 1, periods)[:, None]
    shares = (1 - along) * start + along * end / end.sum()
    sizes = np.exp(rng.uniform(np.log(30), np.log(20_000), periods)).astype(int)
    counts = np.array(
        [rng.multinomial(size, share) for size, share in zip(sizes, shares, strict=True)], float
    )

    def rounded(names: Sequence[str]) -> Array:
        scores = np.array([CANDIDATES[name] for name in names])
        return np.round((counts * scores).sum(axis=1) / counts.sum(axis=1))

    published = rounded(definitions)
    slip = rng.choice([-5, -3, -2, -1, 1, 2, 3, 5], periods)
    other = rounded(rng.choice(list(CANDIDATES), periods).tolist())
    wrong = np.where(rng.random(periods) < 0.5, other, published + slip)
    return counts, np.where(rng.random(periods) < 0.06, wrong, published)


def test_series_of_one_definition_have_no_switch() -> None:
    """None in 200; one in fourteen without the rule of persistence."""
    false, hasty, known = 0, 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        definition = str(rng.choice(list(CANDIDATES)))
        counts, published = simulated(rng, [definition] * int(rng.integers(24, 110)))
        found = definition_breaks(counts, published, candidates=CANDIDATES)
        false += bool(found.switches)
        known += found.first == definition
        hasty += bool(
            definition_breaks(counts, published, candidates=CANDIDATES, persistence=1).switches
        )
    assert (false, known) == (0, 200)
    assert hasty >= 10


def test_a_switch_is_found_where_it_was() -> None:
    """In at least 190 series of 200, of which 170 to the month. With the counts of the month before
    beside each published value, in hardly any."""
    right, to_the_month, misplaced = 0, 0, 0
    for seed in range(1000, 1200):
        rng = np.random.default_rng(seed)
        before, after = rng.choice(list(CANDIDATES), 2, replace=False).tolist()
        periods = int(rng.integers(24, 110))
        index = int(rng.integers(6, periods - 5))
        counts, published = simulated(rng, [before] * index + [after] * (periods - index))
        found = definition_breaks(counts, published, candidates=CANDIDATES)
        ends = [(one.before, one.after) for one in found.switches]
        if ends == [(before, after)]:
            (one,) = found.switches
            right += one.earliest <= index <= one.index
            to_the_month += one.index == index
        shifted = definition_breaks(
            np.roll(counts, 1, axis=0), published, candidates=CANDIDATES
        ).switches
        misplaced += [(one.before, one.after) for one in shifted] == [(before, after)]
    assert right >= 190
    assert to_the_month >= 170
    assert misplaced < 10


def test_the_error_is_at_most_what_is_said() -> None:
    """With 15 % of values that the other definition alone gives, 2 r³ + T r⁶ is 1.3 %; without
    persistence, r would be no bound."""
    rng = np.random.default_rng(5)
    series, periods, r = 3000, 60, 0.15 / 0.85
    bound = 2 * r**3 + periods * r**6
    published = np.where(rng.random((series, periods)) < 0.15, TOP, MEAN)
    false = sum(bool(found_in(values.tolist()).switches) for values in published)
    hasty = sum(
        bool(found_in(values.tolist(), persistence=1).switches) for values in published[:300]
    )
    assert 0.3 * bound < false / series < bound + 2 * (bound / series) ** 0.5
    assert hasty / 300 > 10 * bound


# --- what cannot be asked -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"counts": np.ones((3, 5))}, r"4 published values .* counts of shape \(3, 5\)"),
        ({"counts": np.ones(4)}, r"counts of shape \(4,\)"),
        ({"counts": -np.ones((4, 5))}, "negative or infinite"),
        ({"counts": np.full((4, 5), np.inf)}, "negative or infinite"),
        ({"candidates": {}}, "No definition was given"),
        ({"candidates": {"mean": (0, 1)}}, "Definition mean needs one number for each of 5 levels"),
        ({"candidates": {"mean": (0, 1, 2, 3, np.nan)}}, "Definition mean needs one number"),
        ({"step": 0.0}, "not both positive"),
        ({"persistence": 0}, "not both positive"),
    ],
)
def test_what_cannot_be_compared_is_refused(changed: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "counts": np.ones((4, 5)),
        "published": np.full(4, 50.0),
        "candidates": TWO,
    }
    with pytest.raises(InferenceError, match=message) as raised:
        definition_breaks(**{**given, **changed})
    assert raised.value.hint
