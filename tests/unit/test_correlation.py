"""Rank correlation of places: against scipy, within groups, and the coverage of its interval over
simulated places whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from analysis.errors import InferenceError
from analysis.inference import rank_correlation
from analysis.inference.correlation import FEWEST

Array = NDArray[np.float64]


def places(seed: int, size: int = 20, r: float = 0.6) -> tuple[Array, Array]:
    """Two measures of places, drawn from a bivariate normal of correlation r."""
    random = np.random.default_rng([seed, 41])
    x = random.normal(size=size)
    return x, r * x + np.sqrt(1 - r**2) * random.normal(size=size)


# --- the correlation ------------------------------------------------------------------------------


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_spearmans(seed: int, tied: bool) -> None:
    x, y = places(seed)
    if tied:
        x, y = np.round(x), np.round(2 * y)
    found = rank_correlation(x, y)
    assert found.value == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-11)
    assert found.size == 20 and found.low < found.value < found.high
    assert rank_correlation(np.exp(x), y).value == pytest.approx(found.value, abs=1e-11)
    assert rank_correlation(x, -y).value == pytest.approx(-found.value, abs=1e-11)
    assert abs(stats.pearsonr(x, y).statistic - found.value) > 1e-3
    swapped = y.copy()
    ends = [np.argmin(y), np.argmax(y)]
    swapped[ends] = y[ends[::-1]]
    assert rank_correlation(x, swapped).value != pytest.approx(found.value, abs=1e-6)


def test_bounds_are_those_of_a_bootstrap_of_places() -> None:
    """Corrected and accelerated by Efron's formulas, at percentiles expanded by Hesterberg's, on
    resamples of one's own."""
    size = 12
    x, y = places(2, size=size, r=0.8)
    found = rank_correlation(x, y)
    drawn = np.random.default_rng(42).integers(0, size, (20_000, size))
    ranks = stats.rankdata(x[drawn], axis=1), stats.rankdata(y[drawn], axis=1)
    first, second = (rank - rank.mean(axis=1, keepdims=True) for rank in ranks)
    resampled = (first * second).sum(axis=1) / np.sqrt(
        (first**2).sum(axis=1) * (second**2).sum(axis=1)
    )
    left_out = np.array(
        [stats.spearmanr(np.delete(x, at), np.delete(y, at)).statistic for at in range(size)]
    )
    pull = left_out.mean() - left_out
    acceleration = (pull**3).sum() / (6 * (pull**2).sum() ** 1.5)
    bias = stats.norm.ppf((resampled < found.value).mean() + (resampled == found.value).mean() / 2)

    def quantile(z: float) -> float:
        corrected = bias + (bias + z) / (1 - acceleration * (bias + z))
        return float(np.quantile(resampled, stats.norm.cdf(corrected)))

    expanded = float(np.sqrt(size / (size - 1)) * stats.t.ppf(0.975, size - 1))
    assert found.low == pytest.approx(quantile(-expanded), abs=0.05)
    assert found.high == pytest.approx(quantile(expanded), abs=0.01)
    narrow, plain = quantile(-1.96), np.quantile(resampled, stats.norm.cdf(-expanded))
    assert min(narrow, plain) - found.low > 0.15, "not expanded, or percentiles alone"


def test_each_kind_of_place_takes_a_degree_of_freedom() -> None:
    """The same numbers, which sum to nought in either half."""
    x, y = (np.r_[one - one.mean(), other - other.mean()] for one, other in (places(3), places(4)))
    one, two = (rank_correlation(x, y, groups=groups) for groups in ((), ["a"] * 20 + ["b"] * 20))
    assert one.value == pytest.approx(two.value, abs=1e-12)
    assert two.low < one.low and one.high < two.high


def test_the_same_seed_gives_the_same_bounds() -> None:
    x, y = places(6)
    first, again, other = (rank_correlation(x, y, seed=seed) for seed in (7, 7, 8))
    assert first == again == rank_correlation(x, y, seed=7)
    assert (other.low, other.high) != (first.low, first.high)
    assert other.value == first.value
    assert (other.low, other.high) == pytest.approx((first.low, first.high), abs=0.05)


def test_measures_that_agree_entirely_have_no_width() -> None:
    steps = np.arange(8.0)
    for sign in (1, -1):
        found = rank_correlation(steps, sign * steps**2)
        assert (found.value, found.low, found.high) == (sign, sign, sign)
    nearly = rank_correlation(steps, np.array([0, 1, 2, 3, 4, 5, 7, 6.0]))
    assert nearly.low < nearly.value < 1 and np.isfinite(nearly.high)


def test_measures_that_are_nearly_all_tied_have_bounds() -> None:
    """Leaving any place out changes nothing in the third moment: the bootstrap cannot be
    accelerated."""
    found = rank_correlation(np.array([1, 0, 1, 1, 1, 2.0]), np.array([0, 1, 0, 2, 2, 1.0]))
    assert found.value == pytest.approx(0, abs=1e-12)
    assert -1 <= found.low < 0 < found.high <= 1


# --- within groups --------------------------------------------------------------------------------


def test_kinds_of_place_that_differ_in_both_measures_make_no_correlation() -> None:
    """Within each of three kinds, places that wait longer are less satisfied; kinds that wait
    longer are more."""
    random = np.random.default_rng(43)
    kind = np.repeat(np.arange(3), 8)
    within = random.normal(size=24)
    wait = 30.0 * kind + within
    satisfied = 5.0 * kind - within + random.normal(0, 0.4, 24)
    labels = [f"kind {name}" for name in kind]
    raw, apart = (rank_correlation(wait, satisfied, groups=groups) for groups in ((), labels))
    assert raw.value > 0.7 and apart.value < -0.7
    assert raw.low > 0 > apart.high
    centred = [
        one - np.array([one[kind == name].mean() for name in range(3)])[kind]
        for one in (wait, satisfied)
    ]
    assert apart.value == pytest.approx(stats.spearmanr(*centred).statistic, abs=1e-11)


def test_one_group_is_no_group() -> None:
    x, y = places(9)
    assert rank_correlation(x, y, groups=["pmi"] * 20) == rank_correlation(x, y)


def test_what_is_equal_within_groups_stays_equal_beside_its_mean() -> None:
    """Three places at 0.1, 0.2 and 0.3 above the mean of either kind are tied two by two."""
    x = np.array([0.1, 0.2, 0.3, 100.1, 100.2, 100.3])
    y = np.array([1.0, 3.0, 2.0, 2.0, 6.0, 4.0])
    found = rank_correlation(x, y, groups=["a"] * 3 + ["b"] * 3)
    centred = np.array([-0.1, 0, 0.1] * 2), np.array([-1, 1, 0, -2, 2, 0.0])
    assert found.value == pytest.approx(stats.spearmanr(*centred).statistic, abs=1e-11)
    assert found.value != pytest.approx(stats.spearmanr(np.arange(6), centred[1]).statistic)


# --- what its interval holds ----------------------------------------------------------------------

SAMPLES = 200


@pytest.mark.parametrize("r", [0.0, -0.6, 0.8])
def test_its_interval_holds_the_truth_in_about_95_samples_of_100(r: float) -> None:
    """Twenty places of a bivariate normal, whose Spearman correlation is 6 / π arcsin(r / 2)."""
    truth = 6 / np.pi * np.arcsin(r / 2)
    found = [rank_correlation(*places(100 + seed, r=r), seed=seed) for seed in range(SAMPLES)]
    held = np.mean([one.low <= truth <= one.high for one in found])
    assert 0.88 <= held <= 0.99
    elsewhere = truth - 0.6 if r > 0 else truth + 0.6
    missed = np.mean([not one.low <= elsewhere <= one.high for one in found])
    assert missed > 0.6, "intervals are no wider than that"


# --- what cannot be correlated --------------------------------------------------------------------


def test_too_few_places_are_refused() -> None:
    x, y = places(10, size=FEWEST)
    assert rank_correlation(x, y).size == 5
    with pytest.raises(InferenceError, match="A correlation over 4 places means nothing") as caught:
        rank_correlation(x[:4], y[:4])
    assert caught.value.hint == "it takes 5 at least."


@pytest.mark.parametrize("groups", [[], ["a"] * 4 + ["b"] * 4])
def test_a_measure_that_does_not_vary_within_groups_is_refused(groups: list[str]) -> None:
    varies = np.array([1, 4, 2, 3, 5, 8, 6, 7.0])
    same = np.repeat([0.1, 0.7], 4) if groups else np.full(8, 0.1)
    for measures in ((varies, same), (same, varies)):
        with pytest.raises(InferenceError, match="does not vary from place to place"):
            rank_correlation(*measures, groups=groups)
    if groups:
        assert rank_correlation(varies, same).value > 0, "it varies between them"
