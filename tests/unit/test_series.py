"""Monthly series: what a trend, a season and steps are, by hand; and how often a step is found."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats
from analysis.inference.series import (
    AFTER,
    BEFORE,
    DRAWS,
    FEWEST_MONTHS,
    MonthlyFit,
    fit_months,
    mean_difference,
)

MARCH = 3
MONTHS = np.arange(40)
SEASON = 0.2 * np.cos(2 * np.pi * (MONTHS + MARCH - 1) / 12)
"""Highest in January."""


def noise(seed: int, *, size: int = 40, autocorrelation: float = 0.0) -> Floats:
    """(size,) months of unit variance."""
    shocks = np.random.default_rng(seed).standard_normal(size)
    for month in range(1, size):
        shocks[month] = (
            autocorrelation * shocks[month - 1] + np.sqrt(1 - autocorrelation**2) * shocks[month]
        )
    return shocks


def test_what_a_series_is_made_of_is_found_to_the_digit() -> None:
    values = 7 + 0.3 * MONTHS / 12 + SEASON - 0.5 * (MONTHS >= 20) + 1e-9 * noise(1)
    fit = fit_months(values, first_month=MARCH)
    assert fit.trend == pytest.approx(0.3, abs=1e-7)
    assert fit.season == pytest.approx(0.2 * np.cos(2 * np.pi * np.arange(12) / 12), abs=1e-7)
    assert fit.season.sum() == pytest.approx(0, abs=1e-9)
    (step,) = fit.steps
    assert step.index == 20 and step.size == pytest.approx(-0.5, abs=1e-7)
    assert step.p_value == 1 / (1 + DRAWS)


def design(first_month: int, step: int) -> Floats:
    """The same terms by hand: the month of the year by its name, not by its place."""
    month = (MONTHS + first_month - 1) % 12
    angles = [2 * np.pi * k * month / 12 for k in (1, 2)]
    waves = [f(angle) for angle in angles for f in (np.cos, np.sin)]
    return np.column_stack([np.ones(40), MONTHS / 12, *waves, step <= MONTHS]).astype(float)


def test_a_fit_is_least_squares() -> None:
    values = SEASON - 0.4 * (MONTHS >= 25) + 0.03 * noise(2)
    fit = fit_months(values, first_month=MARCH, declared=[25])
    expected = sm.OLS(values, design(MARCH, 25)).fit()
    (step,) = fit.steps
    assert np.isnan(step.p_value), "it was declared"
    assert (step.size, step.se) == pytest.approx((expected.params[-1], expected.bse[-1]), rel=1e-9)
    assert fit.trend == pytest.approx(expected.params[1], rel=1e-9)
    assert fit.deviation**2 == pytest.approx(expected.mse_resid, rel=1e-9)
    assert fit.df == expected.df_resid
    other = sm.OLS(values, design(MARCH + 6, 26)).fit()
    assert step.se != pytest.approx(other.bse[-1], rel=1e-9), "another step has another error"


def test_months_that_are_not_known_are_left_out() -> None:
    values = SEASON - 0.4 * (MONTHS >= 25) + 0.03 * noise(3)
    values[[4, 31]] = np.nan
    known = np.isfinite(values)
    fit = fit_months(values, first_month=MARCH, declared=[25])
    expected = sm.OLS(values[known], design(MARCH, 25)[known]).fit()
    assert fit.steps[0].size == pytest.approx(expected.params[-1], rel=1e-9)
    assert fit.df == 38 - 7


def steps(fit: MonthlyFit) -> list[int]:
    return [step.index for step in fit.steps]


def test_a_second_step_is_sought_after_the_first() -> None:
    values = 0.6 * (MONTHS >= 12) - 0.5 * (MONTHS >= 28) + 0.02 * noise(4)
    assert steps(fit_months(values, first_month=1)) == [12, 28]
    assert steps(fit_months(values, first_month=1, declared=[12])) == [12, 28]


def test_a_step_lasts_and_has_months_before_it() -> None:
    """One month alone is no new level, and nothing is known of what came before the first ones."""
    alone = 0.02 * noise(5)
    alone[38] += 1
    assert steps(fit_months(alone, first_month=1)) == []
    for index, found in ((BEFORE - 1, False), (BEFORE, True), (40 - AFTER, True)):
        values = (index <= MONTHS) + 0.02 * noise(6)
        assert (index in steps(fit_months(values, first_month=1))) is found
    values = 1.0 * (MONTHS >= 41 - AFTER) + 0.02 * noise(6)
    assert 41 - AFTER not in steps(fit_months(values, first_month=1))


def test_it_does_not_depend_on_the_unit_nor_on_the_level() -> None:
    values = SEASON - 0.09 * (MONTHS >= 25) + 0.05 * noise(7)
    one, other = (fit_months(v, first_month=MARCH) for v in (values, 1000 * values + 55))
    assert steps(one) == steps(other)
    assert [s.p_value for s in one.steps] == [s.p_value for s in other.steps]
    assert other.deviation == pytest.approx(1000 * one.deviation, rel=1e-9)


@pytest.mark.parametrize(("autocorrelation", "most"), [(0.0, 0.035), (0.3, 0.045)])
def test_a_step_is_seldom_found_where_there_is_none(autocorrelation: float, most: float) -> None:
    """At one in a hundred: of 300 series, nine at most in 997 of 1,000 such tests."""
    plain = [SEASON + 0.05 * noise(s, autocorrelation=autocorrelation) for s in range(300)]
    found = [bool(fit_months(values, first_month=3).steps) for values in plain]
    assert np.mean(found) <= most
    often = [bool(fit_months(values, first_month=3, level=0.2).steps) for values in plain[:100]]
    assert np.mean(often) > most, "at one in five it speaks oftener: the level is what decides"


def test_a_step_of_a_fifth_is_found_where_it_is() -> None:
    found = [
        steps(fit_months(SEASON - 0.22 * (MONTHS >= 35) + 0.05 * noise(s), first_month=3))
        for s in range(60)
    ]
    assert sum(35 in one for one in found) >= 48


def test_the_change_over_a_year_is_that_of_the_means() -> None:
    """Months of one season: the season goes, and the error is that of eight independent months."""
    values = SEASON + 0.05 * noise(8)
    fit = fit_months(values, first_month=MARCH)
    change = mean_difference(fit, values, later=range(36, 40), earlier=range(24, 28))
    assert change.value == pytest.approx(values[36:].mean() - values[24:28].mean(), rel=1e-12)
    rho, weights = fit.autocorrelation, np.zeros(40)
    weights[36:], weights[24:28] = 0.25, -0.25
    expected = fit.deviation**2 * sum(
        weights[i] * weights[j] * rho ** abs(i - j) for i in range(40) for j in range(40)
    )
    assert change.se**2 == pytest.approx(expected, rel=1e-12)
    assert change.df == fit.df


def test_months_alike_say_less() -> None:
    """Autocorrelation widens the error of a mean of consecutive months."""
    errors = []
    for autocorrelation in (0.0, 0.6):
        found = []
        for seed in range(40):
            values = noise(seed, autocorrelation=autocorrelation)
            fit = fit_months(values, first_month=1)
            change = mean_difference(fit, values, later=range(36, 40), earlier=range(24, 28))
            found.append(change.se / fit.deviation)
        errors.append(float(np.mean(found)))
    assert all(later > earlier * 1.1 for earlier, later in pairwise(errors))


def test_what_cannot_be_fitted_says_why() -> None:
    with pytest.raises(InferenceError, match="23 months are known"):
        fit_months(noise(1, size=FEWEST_MONTHS - 1), first_month=1)
    values = noise(1)
    with pytest.raises(InferenceError, match="No month is known on one side"):
        fit_months(values, first_month=1, declared=[0])
    with pytest.raises(InferenceError, match="as many steps as months"):
        fit_months(noise(1, size=24), first_month=1, declared=range(1, 20))
    fit = fit_months(values, first_month=1)
    values[3] = np.nan
    for later in ([3, 4], []):
        with pytest.raises(InferenceError, match="comparison is not known"):
            mean_difference(fit, values, later=later, earlier=[5])
