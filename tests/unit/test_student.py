"""Student's quantiles against closed forms, the integral of the density and scipy."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from scipy import integrate, stats

from analysis.inference.student import student_quantile

TOLERANCE = 1e-9
"""Relative, in all that follows."""

ORDERS = (0.001, 0.025, 0.2, 0.6, 0.9, 0.975, 0.9995)


def of_one_degree(p: float) -> float:
    """Cauchy's quantile."""
    return math.tan(math.pi * (p - 0.5))


def of_two_degrees(p: float) -> float:
    return (2 * p - 1) / math.sqrt(2 * p * (1 - p))


def of_four_degrees(p: float) -> float:
    """The root of a cubic by its cosine (Shaw 2006)."""
    root = math.sqrt(4 * p * (1 - p))
    return math.copysign(2 * math.sqrt(math.cos(math.acos(root) / 3) / root - 1), p - 0.5)


def probability_under(t: float, df: float) -> float:
    """The probability under t: the integral of the density from 0, and one half."""
    log_constant = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.log(df * math.pi) / 2

    def density(x: float) -> float:
        return math.exp(log_constant - (df + 1) / 2 * math.log1p(x * x / df))

    return 0.5 + float(integrate.quad(density, 0, t, epsabs=1e-13, epsrel=1e-12)[0])


@pytest.mark.parametrize("p", ORDERS)
@pytest.mark.parametrize(
    ("df", "closed"), [(1, of_one_degree), (2, of_two_degrees), (4, of_four_degrees)]
)
def test_quantiles_of_few_degrees_have_a_closed_form(
    df: int, closed: Callable[[float], float], p: float
) -> None:
    expected = pytest.approx(closed(p), rel=TOLERANCE)
    assert float(student_quantile(p, df)) == expected
    assert float(student_quantile(p, df + 1)) != expected


@pytest.mark.parametrize("df", [0.5, 2.5, 3, 7.25, 30, 200])
@pytest.mark.parametrize("p", [0.025, 0.7, 0.975, 0.995])
def test_the_density_up_to_a_quantile_holds_its_order(p: float, df: float) -> None:
    """Whole or not: the degrees of a difference of two designs are a ratio."""
    found = float(student_quantile(p, df))
    assert probability_under(found, df) == pytest.approx(p, rel=TOLERANCE)
    assert probability_under(found, df + 1) != pytest.approx(p, rel=TOLERANCE)


@pytest.mark.parametrize("p", ORDERS)
def test_quantiles_of_many_degrees_at_once_are_those_of_scipy(p: float) -> None:
    df = np.array([[1, 2, 3.7, 9], [10, 33, 250, 1_000]])
    expected = stats.t.ppf(p, df)
    np.testing.assert_allclose(student_quantile(p, df), expected, rtol=TOLERANCE)
    off_by_one = np.abs(student_quantile(p, df + 1) / expected - 1)
    assert (off_by_one > TOLERANCE).all()


@pytest.mark.parametrize("df", [0.3, 1, 2, 5.5, 40, 10_000])
def test_quantiles_are_symmetric_about_zero_and_rise_with_their_order(df: float) -> None:
    orders = [0.0005, 0.03, 0.25, 0.4375, 0.5, 0.5625, 0.75, 0.97, 0.9995]
    found = np.array([float(student_quantile(p, df)) for p in orders])
    np.testing.assert_allclose(found, -found[::-1], rtol=TOLERANCE, atol=1e-12)
    assert (np.diff(found) > 0).all()


@pytest.mark.parametrize("p", [0.9, 0.975, 0.995])
def test_many_degrees_come_near_the_normal_from_above_and_do_not_reach_it(p: float) -> None:
    """The first term of the expansion in 1/df tells by how much (Fisher 1926)."""
    normal = NormalDist().inv_cdf(p)
    df = np.array([1e2, 1e3, 1e4, 1e5])
    excess = student_quantile(p, df) - normal
    assert (excess > 0).all() and (np.diff(excess) < 0).all()
    np.testing.assert_allclose(excess * df, (normal**3 + normal) / 4, rtol=0.05)
    np.testing.assert_allclose((excess * df)[2:], (normal**3 + normal) / 4, rtol=5e-4)


@pytest.mark.parametrize("df", [0, 0.0, -1, -math.inf, math.nan])
def test_without_a_degree_of_freedom_there_is_no_quantile(df: float) -> None:
    for p in ORDERS:
        found = student_quantile(p, df)
        assert found.shape == () and np.isnan(found)


def test_one_stratum_without_a_degree_takes_no_quantile_from_the_others() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = student_quantile(0.975, [[1, 0], [-3, 2]])
    assert found.shape == (2, 2)
    np.testing.assert_array_equal(np.isnan(found), [[False, True], [True, False]])
    assert found[0, 0] == pytest.approx(of_one_degree(0.975), rel=TOLERANCE)
    assert found[1, 1] == pytest.approx(of_two_degrees(0.975), rel=TOLERANCE)
    assert student_quantile(0.975, []).shape == (0,)
