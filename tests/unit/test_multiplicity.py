"""Adjusted p-values and intervals of a family, against fractions worked by hand and against the
definitions of the procedures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import numpy as np
import pytest

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.joint import JointEstimates
from analysis.inference.multiplicity import AdjustedTests, adjust_family

Method = Literal["bh", "holm"]
METHODS: tuple[Method, ...] = ("bh", "holm")


def quantile(order: float) -> float:
    """Student's quantile of two degrees of freedom, in closed form."""
    return (2 * order - 1) / math.sqrt(2 * order * (1 - order))


def family(p: Sequence[Fraction | float], units: Sequence[float] | None = None) -> JointEstimates:
    """Differences that have these p-values on two degrees of freedom, each in a unit of its own."""
    unit = np.ones(len(p)) if units is None else np.asarray(units, dtype=np.float64)
    value = np.array([quantile(1 - float(one) / 2) for one in p]) * unit
    names = tuple(f"d{number}" for number in range(len(p)))
    return JointEstimates(names=names, value=value, covariance=np.diag(unit**2), df=2)


def adjusted(p: Sequence[Fraction | float], method: Method) -> Floats:
    return adjust_family(family(p), method=method).adjusted


def by_definition(p: Sequence[Fraction], method: Method) -> list[Fraction]:
    """Each adjusted p-value is the lowest level at which its procedure finds the difference."""
    size = len(p)
    if method == "bh":
        found = {one: size * one / sum(other <= one for other in p) for one in p}
        return [min(Fraction(1), *(found[other] for other in p if other >= one)) for one in p]
    left = {one: one * (size - sum(other < one for other in p)) for one in p}
    return [min(Fraction(1), max(left[other] for other in p if other <= one)) for one in p]


def fractions(*texts: str) -> list[Fraction]:
    return [Fraction(text) for text in texts]


@pytest.mark.parametrize(
    ("p", "bh", "holm"),
    [
        # 4 · p(r) / r is 1/25 at each rank; Holm: 4/100, 3/50, then 2 · 3/100 and 1/25 are under.
        (
            fractions("1/100", "1/50", "3/100", "1/25"),
            fractions("1/25", "1/25", "1/25", "1/25"),
            fractions("1/25", "3/50", "3/50", "3/50"),
        ),
        # BH: 5/200, 5/200, 5/100, 5/80, 2/5. Holm: 5/200, 4/100, 9/100, 2/20, 2/5.
        (
            fractions("1/200", "1/100", "3/100", "1/20", "2/5"),
            fractions("1/40", "1/40", "1/20", "1/16", "2/5"),
            fractions("1/40", "1/25", "9/100", "1/10", "2/5"),
        ),
        # Out of order: of 1/100, 3/100, 1/25, BH takes 3 · 3/200 down to 1/25, and Holm 1/25 up.
        (
            fractions("1/25", "1/100", "3/100"),
            fractions("1/25", "3/100", "1/25"),
            fractions("3/50", "3/100", "3/50"),
        ),
        # Equal p-values are adjusted equally; no adjusted one is above 1 (Holm: 2 · 3/5).
        (
            fractions("3/5", "1/100", "1/100", "9/10"),
            fractions("4/5", "1/50", "1/50", "9/10"),
            fractions("1", "1/25", "1/25", "1"),
        ),
        # One test is not many.
        (fractions("3/100"), fractions("3/100"), fractions("3/100")),
    ],
)
def test_adjusted_p_values_are_those_worked_by_hand(
    p: list[Fraction], bh: list[Fraction], holm: list[Fraction]
) -> None:
    for method, expected in (("bh", bh), ("holm", holm)):
        found = adjust_family(family(p), method="bh" if method == "bh" else "holm")
        np.testing.assert_allclose(found.p_value, np.array(p, dtype=np.float64), rtol=1e-12)
        np.testing.assert_allclose(found.adjusted, np.array(expected, dtype=np.float64), rtol=1e-12)
        assert (found.size, found.method) == (len(p), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(12))
def test_adjusted_p_values_are_the_levels_at_which_a_difference_is_found(
    seed: int, method: Method
) -> None:
    rng = np.random.default_rng(seed)
    p = [
        Fraction(int(n), 400)
        for n in rng.integers(1, 400, size=rng.integers(2, 30)) ** 2 // 400 + 1
    ]
    expected = np.array(by_definition(p, method), dtype=np.float64)
    np.testing.assert_allclose(adjusted(p, method), expected, rtol=1e-10)
    other = np.array(by_definition(p, "bh" if method == "holm" else "holm"), dtype=np.float64)
    assert not np.allclose(expected, other, rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_a_family_does_not_matter(method: Method) -> None:
    rng = np.random.default_rng(5)
    p = [0.004, 0.2, 0.004, 0.03, 0.81, 0.011, 0.049, 0.3]
    units = [1.0, 10.0, 0.1, 3.0, 1.0, 100.0, 2.0, 0.5]
    before = adjust_family(family(p, units), method=method, level=0.1)
    for _ in range(6):
        order = rng.permutation(len(p))
        after = adjust_family(
            family([p[i] for i in order], [units[i] for i in order]), method=method, level=0.1
        )
        for name in ("p_value", "adjusted", "selected", "low", "high"):
            np.testing.assert_allclose(getattr(after, name), getattr(before, name)[order])


@pytest.mark.parametrize("method", METHODS)
def test_a_larger_p_value_makes_none_smaller(method: Method) -> None:
    p = [0.003, 0.012, 0.02, 0.04, 0.2, 0.5]
    before = adjusted(p, method)
    assert (np.diff(before) >= 0).all()
    for place in range(len(p)):
        raised = list(p)
        raised[place] = min(1.9 * p[place], 0.99)
        after = adjusted(raised, method)
        assert (after >= before - 1e-12).all() and after[place] > before[place]
    assert (adjusted([*p, 0.999], method)[:-1] >= before).all()
    assert adjusted([*p, 0.999], method)[0] == pytest.approx(0.003 * 7)


def test_the_unit_and_the_sign_of_a_difference_do_not_matter() -> None:
    p, units = [0.01, 0.04, 0.3], [100.0, -1.0, 0.01]
    plain, scaled = (adjust_family(family(p, unit), level=0.07) for unit in ([1.0] * 3, units))
    np.testing.assert_allclose(scaled.adjusted, plain.adjusted, rtol=1e-12)
    np.testing.assert_allclose(scaled.high - scaled.low, (plain.high - plain.low) * np.abs(units))
    assert scaled.high[1] == pytest.approx(-plain.low[1])


def half_widths(found: AdjustedTests) -> Floats:
    return (found.high - found.low) / 2


def test_intervals_are_of_the_level_shared_among_what_is_looked_at() -> None:
    """Of five, BH finds three at 6 %: intervals of 1 - 3/5 · 6 %; Bonferroni's are of 1 - 6 %/5."""
    p = fractions("1/200", "1/100", "3/100", "1/20", "2/5")
    bh = adjust_family(family(p), method="bh", level=0.06)
    holm = adjust_family(family(p), method="holm", level=0.06)
    assert bh.selected.tolist() == [True, True, True, False, False]
    assert holm.selected.tolist() == [True, True, False, False, False]
    np.testing.assert_allclose(half_widths(bh), quantile(1 - 0.06 * 3 / 5 / 2), rtol=1e-9)
    np.testing.assert_allclose(half_widths(holm), quantile(1 - 0.06 / 5 / 2), rtol=1e-9)
    np.testing.assert_allclose((bh.low + bh.high) / 2, family(p).value, rtol=1e-9)


def test_where_nothing_is_found_intervals_are_those_of_bonferroni() -> None:
    p = [0.2, 0.5, 0.9, 0.95]
    for method in METHODS:
        found = adjust_family(family(p), method=method)
        assert not found.selected.any()
        np.testing.assert_allclose(half_widths(found), quantile(1 - 0.05 / 4 / 2), rtol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_found_is_what_an_interval_keeps_from_zero(seed: int) -> None:
    """So it is after selection by BH where one is found; Holm finds all that Bonferroni does."""
    rng = np.random.default_rng(seed)
    p = [0.001, *rng.beta(0.4, 2, size=11).clip(1e-6, 0.999)]
    bh, holm = (adjust_family(family(p), method=method, level=0.1) for method in METHODS)
    apart = (bh.low > 0) | (bh.high < 0)
    assert bh.selected.tolist() == apart.tolist()
    assert 0 < bh.selected.sum() < 12
    assert holm.selected[(holm.low > 0) | (holm.high < 0)].all()
    assert bh.selected[holm.selected].all()


def test_holm_finds_what_bonferroni_does_not() -> None:
    """Of two, 3 % is not under 5 %/2, but is under 5 % once 1 % is found."""
    found = adjust_family(family([0.01, 0.03]), method="holm")
    assert found.selected.tolist() == [True, True]
    assert found.low[0] > 0 > found.low[1]


@pytest.mark.parametrize("method", METHODS)
def test_a_difference_that_does_not_vary_is_found_and_leaves_the_others_as_they_are(
    method: Method,
) -> None:
    """Its p-value is 0: it is one of the family, and first of it."""
    others = family([0.02, 0.3])
    joint = JointEstimates(
        names=("same", *others.names),
        value=np.array([0.4, *others.value]),
        covariance=np.diag([0.0, 1.0, 1.0]),
        df=2,
    )
    found = adjust_family(joint, method=method)
    expected = [0, 0.03, 0.3] if method == "bh" else [0, 0.04, 0.3]
    np.testing.assert_allclose(found.adjusted, expected, rtol=1e-12, atol=1e-15)
    assert (found.low[0], found.high[0]) == (0.4, 0.4)


@pytest.mark.parametrize("method", METHODS)
def test_a_difference_that_is_zero_without_varying_hides_no_other(method: Method) -> None:
    """Its p-value is 1: of three, the smallest is tripled."""
    joint = JointEstimates(
        names=("a", "same", "b"),
        value=np.array([quantile(1 - 0.01 / 2), 0.0, 0.0]),
        covariance=np.diag([1.0, 0.0, 1.0]),
        df=2,
    )
    found = adjust_family(joint, method=method)
    np.testing.assert_allclose(found.adjusted, [0.03, 1, 1], rtol=1e-9)
    assert found.selected.tolist() == [True, False, False]


def test_an_empty_family_is_refused() -> None:
    with pytest.raises(InferenceError, match="no difference"):
        adjust_family(family([]))
