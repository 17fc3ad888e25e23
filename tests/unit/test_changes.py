"""Changes between waves, on literal estimates."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.indicators import Estimates, changes
from analysis.storage import make_table
from analysis.study import Study
from analysis.study.field import Baseline


def estimate(**changed: Any) -> dict[str, Any]:
    return {
        "directorate": "dpaph",
        "wave": "2026-2",
        "indicator": "satisfaction_globale",
        "definition": "T2B",
        "definition_version": "1.0",
        "kind": "share",
        "unit": "share",
        "item": "Q01",
        "breakdown": "total",
        "category": "total",
        "category_label": "total",
        "channels": "invitation",
        "claim": "C1",
        "value": 0.66,
        "unweighted": 0.66,
        "se": 0.02,
        "low": 0.62,
        "high": 0.7,
        "base": 500,
        "df": 40,
        "design_effect": 1.5,
        "method": "wilson",
        "counts": [0, 0, 0, 0, 0],
        "weights_id": "x",
        "study_digest": "x",
        "simulated": True,
        **changed,
    }


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return make_table(rows, Estimates)


def of_wave(study: Study, *rows: dict[str, Any], wave: str = "2026-2") -> list[dict[str, Any]]:
    found = changes(table(*rows), study, directorate="dpaph", wave=wave)
    return list(found.iter_rows(named=True))


def test_a_change_is_the_difference_of_independent_waves(study: Study) -> None:
    before = estimate(wave="2026-1", value=0.58, se=0.03, df=25)
    (found,) = of_wave(study, before, estimate())
    se = (0.02**2 + 0.03**2) ** 0.5
    t = stats.t.ppf(0.975, 25)
    assert found["value"] == pytest.approx(0.08) and found["se"] == pytest.approx(se, rel=1e-12)
    assert found["low"] == pytest.approx(0.08 - t * se, rel=1e-12)
    assert found["high"] == pytest.approx(0.08 + t * se, rel=1e-12)
    assert found["detectable"] == pytest.approx((t + stats.t.ppf(0.8, 25)) * se, rel=1e-12)
    assert (found["against"], found["df"], found["word"]) == ("2026-1", 25, "up")
    assert (found["unit"], found["threshold"]) == ("points", 0.05)


def headline(study: Study, *definitions: str) -> Study:
    """The study with one headline indicator, read by some definitions."""
    first = study.indicators[0].model_copy(update={"definitions": definitions})
    others = [one.model_copy(update={"headline": False}) for one in study.indicators[1:]]
    return study.model_copy(update={"indicators": (first, *others)})


def test_the_threshold_of_a_mean_is_a_share_of_its_range(study: Study) -> None:
    scored = headline(study, "M10")
    mean = {"definition": "M10", "kind": "mean", "unit": "score_10", "se": 0.05}
    before = estimate(wave="2026-1", value=6.4, **mean)
    (found,) = of_wave(scored, before, estimate(value=6.7, **mean))
    assert (found["unit"], found["threshold"], found["word"]) == ("score_10", 0.5, "small")
    (large,) = of_wave(scored, before, estimate(value=7.4, **mean))
    assert large["word"] == "up"


@pytest.mark.parametrize(
    "before",
    [
        {"definition_version": "0.9"},
        {"wave": "2024-1"},
        {"value": None},
        {"se": None},
        {"kind": "level_share"},
        {"breakdown": "age", "category": "1"},
    ],
)
def test_what_cannot_be_compared_is_not(study: Study, before: dict[str, Any]) -> None:
    earlier = estimate(**{"wave": "2026-1", "value": 0.5, **before})
    assert of_wave(study, earlier, estimate()) == []


def test_the_first_wave_has_no_change(study: Study) -> None:
    assert of_wave(study, estimate(wave="2024-1"), wave="2024-1") == []


def test_without_a_degree_of_freedom_there_is_no_word_and_no_interval(study: Study) -> None:
    none = {"se": 0.0, "df": 0, "low": None, "high": None}
    (found,) = of_wave(study, estimate(wave="2026-1", value=0.5, **none), estimate(**none))
    assert found["value"] == pytest.approx(0.16)
    assert (found["low"], found["high"], found["detectable"], found["word"]) == (
        None,
        None,
        None,
        "",
    )


def test_the_claim_of_a_change_is_the_weakest(study: Study) -> None:
    (found,) = of_wave(study, estimate(wave="2026-1", claim="C2"), estimate())
    assert found["claim"] == "C2"


# --- what is compared, and how many together -----------------------------------------------------


def six_waves(**about: Any) -> list[dict[str, Any]]:
    """Estimates of six waves of two seasons: 4 points more each year, 6 more in each second one."""
    waves = ("2024-1", "2024-2", "2025-1", "2025-2", "2026-1", "2026-2")
    return [
        estimate(wave=wave, value=0.5 + 0.04 * (rank // 2) + 0.06 * (rank % 2), **about)
        for rank, wave in enumerate(waves)
    ]


def comparisons(study: Study, *rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["comparison"]: row for row in of_wave(study, *rows)}


def test_a_seasonal_wave_is_compared_with_the_same_season(study: Study) -> None:
    found = comparisons(study, *six_waves())
    assert {name: row["against"] for name, row in found.items()} == {
        "reference": "2025-2",
        "previous": "2026-1",
        "trend": "2024-1",
    }
    assert found["reference"]["value"] == pytest.approx(0.04)
    assert found["previous"]["value"] == pytest.approx(0.06)


def test_a_trend_is_no_season(study: Study) -> None:
    """The seasons differ by 6 points in each year, and each rises by 4 points a year, from the
    middle of the first field to that of the last: 2.37 years, 2.33 where the last ends in
    October. A line that knew no season would find more."""
    found = comparisons(study, *six_waves())["trend"]
    days = [(start + end) / 2 for start, end in FIELDS]
    times = np.array(days) / 365.25
    centred = times - np.where(np.arange(6) % 2, times[1::2].mean(), times[::2].mean())
    values = np.array([row["value"] for row in six_waves()])
    slope = float(centred @ values / (centred @ centred))
    span = float(times[-1] - times[0])
    assert found["value"] == pytest.approx(slope * span, rel=1e-12)
    assert found["se"] == pytest.approx(0.02 * span / float(centred @ centred) ** 0.5, rel=1e-12)
    plain = float(np.polyfit(times, values, 1)[0]) * span
    assert plain - found["value"] > 0.015
    assert [key.split("/")[2] for key in found["compared"]] == [
        wave["wave"] for wave in six_waves()
    ]


FIELDS = [
    (date(*start).toordinal(), date(*end).toordinal())
    for start, end in (
        ((2024, 1, 1), (2024, 6, 30)),
        ((2024, 7, 1), (2024, 12, 31)),
        ((2025, 1, 1), (2025, 6, 30)),
        ((2025, 7, 1), (2025, 12, 31)),
        ((2026, 1, 1), (2026, 6, 30)),
        ((2026, 7, 1), (2026, 10, 31)),
    )
]


def test_changes_of_headline_figures_are_adjusted_for_their_number_and_others_not_judged(
    study: Study,
) -> None:
    two = headline(study, "T2B", "NET")
    balance = {"definition": "NET", "kind": "balance", "unit": "points"}
    rows = of_wave(two, *six_waves(), *six_waves(**balance))
    judged = [row for row in rows if row["definition"] == "T2B"]
    assert {row["family"] for row in judged} == {3} and all(row["word"] for row in judged)
    others = [row for row in rows if row["definition"] == "NET"]
    assert {row["family"] for row in others} == {1} and not any(row["word"] for row in others)
    (reference,) = [row for row in judged if row["comparison"] == "reference"]
    half = stats.t.ppf(1 - 0.05 / 3 / 2, 40) * 0.02 * 2**0.5
    assert reference["high"] - reference["value"] == pytest.approx(half, rel=1e-12)
    (plain,) = [row for row in others if row["comparison"] == "reference"]
    assert plain["high"] - plain["value"] < half * 0.9


def test_a_baseline_and_the_previous_wave_can_be_declared(study: Study) -> None:
    named = study.model_copy(update={"comparison": Baseline(baseline="2024-2")})
    assert comparisons(named, *six_waves())["reference"]["against"] == "2024-2"
    previous = study.model_copy(update={"comparison": "previous"})
    found = comparisons(previous, *six_waves())
    assert found["reference"]["against"] == "2026-1" and "previous" not in found
