from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.indicators import change_word
from analysis.inference import (
    Design,
    Estimand,
    PointEstimate,
    build_cube,
    independent_difference,
    joint_estimates,
    mean,
    score_intervals,
    share_intervals,
)
from analysis.inference.multiplicity import adjust_family


def shares(counts: dict[str, tuple[int, int]]) -> pl.DataFrame:
    rows = [
        (site, level)
        for site, pair in counts.items()
        for level, n in enumerate(pair, start=1)
        for _ in range(n)
    ]
    return pl.DataFrame(rows, schema=["site", "y"], orient="row")


def wilson(p: float, n: float, quantile: float) -> tuple[float, float]:
    """Wilson (1927), as it is printed."""
    centre = p + quantile**2 / (2 * n)
    half = quantile * np.sqrt(p * (1 - p) / n + quantile**2 / (4 * n * n))
    return (centre - half) / (1 + quantile**2 / n), (centre + half) / (1 + quantile**2 / n)


def test_wilson_is_that_of_the_domain_file_for_simple_samples() -> None:
    """70 of 100: 60.4 to 78.1 with the normal quantile and 100 answers; Student's is wider, and a
    sample of 100 weighs as 99."""
    assert wilson(0.7, 100, stats.norm.ppf(0.975)) == pytest.approx((0.604, 0.781), abs=0.0005)
    cube = build_cube(shares({"a": (30, 70)}), Design(), items={"y": (1, 2)})
    found = share_intervals(mean(cube, "y", scores=(0, 1)))
    bounds = (found.low[0], found.high[0])
    assert found.design_effect[0] == pytest.approx(100 / 99, rel=1e-12)
    assert bounds == pytest.approx(wilson(0.7, 99, stats.t.ppf(0.975, 99)), rel=1e-12)
    assert bounds == pytest.approx((0.60240295, 0.78229793), abs=1e-8)
    for n, quantile in ((99, stats.norm.ppf(0.975)), (100, stats.t.ppf(0.975, 99))):
        assert bounds != pytest.approx(wilson(0.7, n, quantile), abs=1e-4)
    assert found.method == "wilson"


def test_a_site_at_100_percent_has_an_interval_of_its_size() -> None:
    cube = build_cube(
        shares({"a": (0, 40), "b": (10, 30), "c": (12, 28)}),
        Design(strata=("site",)),
        items={"y": (1, 2)},
        breakdowns={"site": "site"},
    )
    found = share_intervals(mean(cube, "y", scores=(0, 1), by="site"))
    n, t = 39.0, stats.t.ppf(0.975, 39)  # 40 answers weigh as 39, as those of the other sites do
    assert found.high[0] == 1
    assert found.low[0] == pytest.approx(n / (n + t**2), rel=1e-12)
    assert found.low[0] != pytest.approx(n / (n + stats.norm.ppf(0.975) ** 2), abs=5e-3)
    assert np.isfinite(found.low).all()


def test_a_design_effect_is_never_below_its_floor() -> None:
    data = shares({"a": (0, 20), "b": (20, 0)})
    cube = build_cube(data, Design(strata=("site",)), items={"y": (1, 2)})
    assert share_intervals(mean(cube, "y", scores=(0, 1))).design_effect[0] == 1


def test_an_item_without_an_answer_is_flagged_not_invented() -> None:
    data = pl.DataFrame({"y": [1, 2, 97, 98], "site": ["a", "a", "b", "b"]})
    cube = build_cube(data, Design(), items={"y": (1, 2)}, breakdowns={"site": "site"})
    found = mean(cube, "y", scores=(0, 1), by="site")
    assert found.base.tolist() == [2, 0]
    assert np.isnan(found.value[1]) and np.isnan(found.se[1])
    assert np.isnan(share_intervals(found).low[1])


def test_scores_stay_in_their_bounds() -> None:
    cube = build_cube(shares({"a": (1, 4)}), Design(), items={"y": (1, 2)})
    found = score_intervals(mean(cube, "y", scores=(0, 10)), bounds=(0, 10))
    assert found.high[0] == 10, "8 and 2.78 standard errors are beyond the scale"
    assert found.low[0] == pytest.approx(8 - stats.t.ppf(0.975, 4) * 2, rel=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "se", "word"),
    [
        (0.60, 0.70, 0.015, "up"),
        (0.70, 0.60, 0.015, "down"),
        (0.60, 0.64, 0.01, "small"),
        (0.60, 0.61, 0.01, "equivalent"),
        (0.60, 0.64, 0.03, "none"),
    ],
)
def test_words_of_a_change_follow_the_rule(
    before: float, after: float, se: float, word: str
) -> None:
    difference = independent_difference(
        PointEstimate(before, se, 500), PointEstimate(after, se, 500)
    )
    assert change_word(difference, threshold=0.05) == word


def test_two_waves_of_one_cluster_each_have_no_interval_and_no_word() -> None:
    answers = {"wave": [1, 1, 1, 2, 2, 2], "day": [1, 1, 1, 2, 2, 2], "y": [1, 1, 2, 2, 2, 1]}
    frame = pl.DataFrame(answers)
    design = Design(clusters=("day",))
    before, after = (
        mean(build_cube(frame.filter(wave=wave), design, items={"y": (1, 2)}), "y", scores=(0, 1))
        for wave in (1, 2)
    )
    difference = independent_difference(
        *(PointEstimate(one.value[0], one.se[0], one.df[0]) for one in (before, after))
    )
    assert (difference.df, difference.value) == (0, pytest.approx(1 / 3))
    bounds = (difference.low, difference.high, difference.inner_low, difference.inner_high)
    assert np.isnan([*bounds, difference.detectable]).all()
    assert change_word(difference, threshold=0.05) is None

    cube = build_cube(
        frame,
        Design(strata=("wave",), clusters=("day",)),
        items={"y": (1, 2)},
        breakdowns={"wave": "wave"},
    )
    waves = joint_estimates(cube, [Estimand("y", (0, 1), by="wave")])
    step = waves.contrast([[-1, 1]], ["step"])
    assert (step.df, step.se[0]) == (0, 0) and step.value[0] == pytest.approx(1 / 3)
    assert np.isnan(step.interval()).all()
    adjusted = adjust_family(step)
    assert np.isnan([adjusted.p_value, adjusted.adjusted, adjusted.low, adjusted.high]).all()
    assert not adjusted.selected.any()


def test_one_degree_of_freedom_is_enough_for_an_interval() -> None:
    """Student's quantile of one degree of freedom is the tangent of 0.475 π."""
    found = independent_difference(PointEstimate(0.6, 0.01, 1), PointEstimate(0.7, 0.0, 9))
    half = np.tan(0.475 * np.pi) * 0.01
    assert (found.low, found.high) == pytest.approx((0.1 - half, 0.1 + half))


def test_the_detectable_difference_is_that_of_the_power_formula() -> None:
    """(1.959964 + 0.841621) × the standard error of a difference of two equal errors."""
    found = independent_difference(PointEstimate(0.7, 0.01, 10**7), PointEstimate(0.7, 0.01, 10**7))
    assert found.detectable == pytest.approx(2.801585 * 0.01 * 2**0.5, rel=1e-5)
    few = independent_difference(PointEstimate(0.7, 0.01, 5), PointEstimate(0.7, 0.0, 9))
    assert few.detectable == pytest.approx(3.49012561587714 * 0.01, rel=1e-9)
    assert few.inner_high == pytest.approx(2.01504837333302 * 0.01, rel=1e-9)
