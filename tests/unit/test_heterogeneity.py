"""How much true values differ, and who is out of the ordinary: against published results, another
package, hand computation, and simulated sites whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.oneway import anova_oneway

from analysis.inference import funnel, heterogeneity
from analysis.inference.funnel import winsorised_variance

BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)
"""Thirteen trials of the BCG vaccine (Colditz and others 1994): cases and others, treated and
not."""

MANY = 1e12


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    values = np.log(a / (a + b)) - np.log(c / (c + d))
    return values, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_trials_of_bcg_are_as_r_metafor_has_them() -> None:
    """Q(12) = 152.2330, Paule and Mandel's variance 0.3181, its Q-profile interval 0.1197 to
    1.1115: as printed in the documentation of metafor's `rma` and `confint`."""
    values, se = log_risk_ratios()
    found = heterogeneity(values, se, np.full(13, MANY))
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.between == pytest.approx(0.3181, abs=5e-5)
    assert (found.low**2, found.high**2) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    other = combine_effects(values, se**2, method_re="iterated")
    assert found.mean == pytest.approx(other.mean_effect_re, rel=1e-6)
    assert found.between == pytest.approx(other.tau2, rel=1e-6)
    doubled = heterogeneity(values, 2 * se, np.full(13, MANY))
    assert doubled.between != pytest.approx(0.3181, abs=5e-3)


def test_without_doubt_on_the_errors_the_test_is_cochrans() -> None:
    values, se = np.array([0.5, 0.55, 0.62, 0.58]), np.array([0.02, 0.03, 0.04, 0.02])
    found = heterogeneity(values, se, np.full(4, MANY))
    weights = 1 / se**2
    q = float(weights @ (values - weights @ values / weights.sum()) ** 2)
    assert found.q == pytest.approx(q, rel=1e-12)
    assert found.p == pytest.approx(stats.chi2.sf(q, 3), rel=1e-6)


def test_with_few_degrees_of_freedom_the_test_is_welchs() -> None:
    rng = np.random.default_rng(3)
    groups = [rng.normal(0.3 * i, 1 + 0.4 * i, 4 + 2 * i) for i in range(5)]
    values = np.array([group.mean() for group in groups])
    se = np.array([group.std(ddof=1) / len(group) ** 0.5 for group in groups])
    df = np.array([len(group) - 1.0 for group in groups])
    expected = anova_oneway(groups, use_var="unequal").pvalue
    assert heterogeneity(values, se, df).p == pytest.approx(expected, rel=1e-9)
    assert heterogeneity(values, se, np.full(5, MANY)).p != pytest.approx(expected, rel=0.05)


def test_sites_alike_have_no_variance_between_and_a_bound() -> None:
    found = heterogeneity(np.full(9, 0.7), np.full(9, 0.04), np.full(9, 60.0))
    assert (found.between, found.low, found.p) == (0.0, 0.0, pytest.approx(1.0))
    assert found.high == 0.0, "Q is 0 whatever the variance"
    rng = np.random.default_rng(4)
    noisy = heterogeneity(0.7 + rng.normal(0, 0.04, 9), np.full(9, 0.04), np.full(9, 60.0))
    assert noisy.high > 0


def test_nine_true_values_in_ten_lie_in_the_middle_that_is_said() -> None:
    """Over 300 sets of 20 sites, and the sites as they truly are: not as they answer, which would
    be too wide a range, nor a mean and its error, which would be too narrow."""
    rng = np.random.default_rng(5)
    held, raw = [], []
    for _ in range(300):
        true = 0.7 + rng.normal(0, 0.06, 20)
        se = rng.uniform(0.03, 0.06, 20)
        values = true + rng.normal(0, se)
        low, high = heterogeneity(values, se, np.full(20, 80.0)).middle(0.9)
        held.append(np.mean((low < true) & (true < high)))
        raw.append(np.mean((low < values) & (values < high)))
    assert np.mean(held) == pytest.approx(0.88, abs=0.03)
    assert np.mean(raw) < 0.84


def test_the_reliability_is_the_share_of_variance_between() -> None:
    values, se = log_risk_ratios()
    found = heterogeneity(values, se, np.full(13, MANY))
    expected = found.between / (found.between + se**2)
    assert found.reliability(se) == pytest.approx(expected, rel=1e-12)
    assert found.deviation == pytest.approx(0.3181**0.5, abs=5e-5)


# --- funnels --------------------------------------------------------------------------------------


def test_a_funnel_finds_the_one_site_that_differs() -> None:
    rng = np.random.default_rng(1)
    se = np.full(30, 0.03)
    values = 0.6 + rng.normal(0, 0.03, 30)
    values[4] = 0.9
    found = funnel(values, se, np.full(30, 20.0))
    assert np.flatnonzero(found.outside).tolist() == [4]
    half = found.bound * np.sqrt(0.03**2 + found.between)
    assert (found.low[0], found.high[0]) == pytest.approx((found.mean - half, found.mean + half))


def test_the_variance_between_sites_is_that_of_winsorised_scores() -> None:
    """Scores −2 … 2 are cut at −1.6 and 1.6, the deciles: squares add up to 7.12, of a normal
    winsorised as they are 0.6787 times as many, and four would be chance; the rest is shared among
    5 − 5 / 5."""
    values = np.array([-0.02, -0.01, 0.0, 0.01, 0.02]) + 0.5
    found = funnel(values, np.full(5, 0.01), np.full(5, 9.0))
    assert found.mean == pytest.approx(0.5)
    between = (7.12 / 0.678651 - 4) / 4
    assert found.between == pytest.approx(between * 0.01**2, rel=1e-5)
    assert found.z[0] == pytest.approx(-0.02 / (0.01 * np.sqrt(1 + between)), rel=1e-5)


@pytest.mark.parametrize(("sites", "df"), [(8, 4), (25, 4), (25, 60)])
@pytest.mark.parametrize("spread", [0.0, 0.07])
def test_ordinary_sites_are_out_of_the_ordinary_as_often_as_is_said(
    sites: int, df: int, spread: float
) -> None:
    """Once in twenty sets, whether there are few sites or few clusters in them; 22 of 200 and more
    are met once in 2,000 such tests. By Student's quantile on K − 1 degrees of freedom it would be
    once in a thousand, or once in eight."""
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(200):
        true_se = rng.uniform(0.03, 0.06, sites)
        values = 0.5 + rng.normal(0, spread, sites) + rng.normal(0, true_se)
        se = true_se * np.sqrt(rng.chisquare(df, sites) / df)
        found += bool(np.any(funnel(values, se, np.full(sites, float(df))).outside))
    assert found < 22


def test_limits_are_where_the_furthest_of_ordinary_sites_seldom_is() -> None:
    """Of eight sites measured as well as can be, and equal: scores are about their own mean."""
    se, df = np.full(8, 0.03), np.full(8, 1e6)
    draws = np.random.default_rng(8).standard_normal((200_000, 8))
    draws -= draws.mean(axis=1, keepdims=True)
    # The variance between sites that chance gave is estimated, and takes from their scores.
    cut = np.quantile(draws, [0.1, 0.9], axis=1)
    squares = np.square(np.clip(draws, cut[0][:, None], cut[1][:, None])).sum(axis=1)
    between = np.maximum((squares / winsorised_variance(0.1) - 7) / 7, 0)
    furthest = np.abs(draws).max(axis=1) / np.sqrt(1 + between)
    bound = funnel(np.full(8, 0.5), se, df).bound
    assert bound == pytest.approx(float(np.quantile(furthest, 0.95)), rel=0.02)
    assert bound != pytest.approx(float(np.quantile(furthest, 0.90)), rel=0.02)


def test_limits_do_not_depend_on_the_scale_nor_on_the_level_of_shares() -> None:
    values, se = np.array([0.4, 0.5, 0.52, 0.6, 0.55]), np.linspace(0.02, 0.04, 5)
    df = np.arange(5.0, 10.0)
    one, other = funnel(values, se, df), funnel(values / 10 + 0.2, se / 10, df)
    assert other.bound == pytest.approx(one.bound, rel=1e-9)
    assert other.z == pytest.approx(one.z, rel=1e-9)
    assert funnel(values, se, df).bound == one.bound
    assert funnel(values, se, df - 3).bound > one.bound, "errors that are known less well"


def test_a_level_shared_by_several_kinds_widens_the_limits() -> None:
    values, se, df = np.array([0.4, 0.5, 0.52, 0.6, 0.55]), np.full(5, 0.03), np.full(5, 9.0)
    alone, shared = funnel(values, se, df), funnel(values, se, df, level=0.025)
    assert (shared.low <= alone.low).all() and shared.bound > alone.bound
