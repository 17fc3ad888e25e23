"""Changes between waves, on literal estimates; those of clusters met again, on waves drawn here."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.indicators import Changes, Estimates, changes
from analysis.inference import Cube, Design, build_cube, mean, wave_difference
from analysis.storage import make_table
from analysis.study import Study
from analysis.study.field import Baseline, Break


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


# --- commitments ----------------------------------------------------------------------------------


def test_changes_of_what_commitments_promise_are_judged_with_the_core(study: Study) -> None:
    """An indicator by which users perceive a commitment is judged though it makes no headline."""
    first = headline(study, "T2B")
    promised = next(one for one in first.commitments if one.perceived == "clarte")
    about = {"indicator": "clarte", "item": "Q03"}
    rows = [*six_waves(), *six_waves(**about)]
    for kept, family, judged in (((), 3, 3), ((promised,), 6, 6)):
        found = of_wave(first.model_copy(update={"commitments": kept}), *rows)
        assert sum(row["word"] != "" for row in found) == judged and len(found) == 6
        core = [row for row in found if row["indicator"] == "satisfaction_globale"]
        assert {row["family"] for row in core} == {family}
    balance = {**about, "definition": "NET", "kind": "balance", "unit": "points"}
    kept = first.model_copy(update={"commitments": (promised,)})
    assert not any(row["word"] for row in of_wave(kept, *six_waves(**balance)))


# --- breaks ---------------------------------------------------------------------------------------


def broken(study: Study, *breaks: tuple[str, str], **about: Any) -> Study:
    """The study with breaks of some kinds, on some days."""
    made = tuple(
        Break.model_validate({"id": f"b{day}", "label": "x", "kind": kind, "date": day, **about})
        for kind, day in breaks
    )
    return study.model_copy(update={"breaks": made})


@pytest.mark.parametrize("kind", ["wording", "definition", "channel"])
def test_what_another_measure_gave_is_not_compared(study: Study, kind: str) -> None:
    """It was asked otherwise from March 2026 on: the wave before is half in it, and the next one of
    its kind is still to come."""
    assert set(comparisons(study, *six_waves())) == {"reference", "previous", "trend"}
    assert comparisons(broken(study, (kind, "2026-03-01")), *six_waves()) == {}
    elsewhere = broken(study, (kind, "2026-03-01"), directorates=["def"])
    assert len(comparisons(elsewhere, *six_waves())) == 3
    other = broken(study, (kind, "2026-03-01"), indicators=["clarte"])
    assert len(comparisons(other, *six_waves())) == 3
    named = broken(study, (kind, "2026-03-01"), indicators=["satisfaction_globale"])
    assert comparisons(named, *six_waves()) == {}


@pytest.mark.parametrize("kind", ["site", "event"])
def test_what_users_live_through_is_compared(study: Study, kind: str) -> None:
    found = comparisons(broken(study, (kind, "2026-03-01")), *six_waves())
    assert found == comparisons(study, *six_waves())


def test_a_break_on_the_first_day_of_a_wave_leaves_it_whole(study: Study) -> None:
    """From July 2025 on: the wave of that half-year is on the near side of it."""
    found = comparisons(broken(study, ("wording", "2025-07-01")), *six_waves())
    assert {name: row["against"] for name, row in found.items()} == {
        "reference": "2025-2",
        "previous": "2026-1",
    }
    late = comparisons(broken(study, ("wording", "2025-07-02")), *six_waves())
    assert {name: row["against"] for name, row in late.items()} == {"previous": "2026-1"}
    end = comparisons(broken(study, ("wording", "2026-10-31")), *six_waves())
    assert (
        end == {} and len(comparisons(broken(study, ("wording", "2026-11-01")), *six_waves())) == 3
    )


def test_a_trend_begins_after_the_last_break(study: Study) -> None:
    """Of the waves of 2025 and 2026, each season twice: worked out from these four alone."""
    rows = six_waves()
    for row in rows[:2]:
        row["value"] += 0.3
    one = broken(study, ("wording", "2024-03-01"), ("wording", "2025-01-01"))
    found = comparisons(one, *rows)["trend"]
    assert found["against"] == "2025-1" and len(found["compared"]) == 4
    times = np.array([(start + end) / 2 for start, end in FIELDS[2:]]) / 365.25
    centred = times - np.where(np.arange(4) % 2, times[1::2].mean(), times[::2].mean())
    values = np.array([row["value"] for row in rows[2:]])
    span = float(times[-1] - times[0])
    slope = float(centred @ values / (centred @ centred))
    assert found["value"] == pytest.approx(slope * span, rel=1e-12)
    assert found["se"] == pytest.approx(0.02 * span / float(centred @ centred) ** 0.5, rel=1e-12)
    whole = comparisons(study, *rows)["trend"]
    assert abs(whole["value"] - found["value"]) > 0.1, "the fall is one of measure"


def test_two_waves_after_a_break_are_no_trend(study: Study) -> None:
    found = comparisons(broken(study, ("wording", "2025-07-01")), *six_waves())
    assert "trend" not in found and found["reference"]["value"] == pytest.approx(0.04)
    three = comparisons(broken(study, ("wording", "2024-07-01")), *six_waves())
    assert three["trend"]["against"] == "2024-2"
    assert len(three["trend"]["compared"]) == 5


# --- clusters met in two waves --------------------------------------------------------------------

WAVES = ("2024-2", "2025-2", "2026-2")


def met(wave: int, *, clusters: range = range(24)) -> pl.DataFrame:
    """Answers of a wave in clusters whose opinion stays from wave to wave."""
    random = np.random.default_rng([wave, 81])
    cluster = np.repeat(np.array(clusters), 12)
    opinion = np.random.default_rng(82).normal(0, 1, 60)[cluster]
    answer = np.clip(np.round(3.2 + 0.2 * wave + opinion + random.normal(0, 1, len(cluster))), 1, 5)
    return pl.DataFrame({"Q01": answer.astype(int), "cluster": cluster})


def cube(frame: pl.DataFrame) -> Cube:
    return build_cube(frame, Design(clusters=("cluster",)), items={"Q01": range(1, 6)})


def measured(cubes: dict[str, Cube]) -> list[dict[str, Any]]:
    """The estimates of some waves, as their cubes give them."""
    rows = []
    for wave, one in cubes.items():
        found = mean(one, "Q01", scores=TOP)
        numbers = {"value": float(found.value[0]), "se": float(found.se[0]), "df": int(found.df[0])}
        rows.append(estimate(wave=wave, **numbers))
    return rows


TOP = (0, 0, 0, 1, 1)


def changed(study: Study, cubes: dict[str, Cube], *, given: bool = True) -> dict[str, Any]:
    """Comparison → its row, with the cubes at hand or without."""
    found = changes(
        table(*measured(cubes)),
        study,
        directorate="dpaph",
        wave="2026-2",
        cubes=cubes if given else None,
    )
    return {row["comparison"]: row for row in found.iter_rows(named=True)}


def test_clusters_met_again_make_waves_covary(study: Study) -> None:
    cubes = {wave: cube(met(place)) for place, wave in enumerate(WAVES)}
    row, plain = (changed(study, cubes, given=given)["reference"] for given in (True, False))
    expected = wave_difference(cubes["2025-2"], cubes["2026-2"], "Q01", scores=TOP)
    assert expected.shared == 24 == row["shared"] and plain["shared"] == 0
    assert row["value"] == pytest.approx(expected.measured.value, rel=1e-9)
    assert row["se"] == pytest.approx(expected.measured.se, rel=1e-9)
    t = stats.t.ppf(1 - 0.05 / row["family"] / 2, 23)
    assert row["high"] == pytest.approx(row["value"] + t * row["se"], rel=1e-9)
    two = measured(cubes)[1:]
    apart = np.hypot(two[0]["se"], two[1]["se"])
    assert plain["se"] == pytest.approx(apart, rel=1e-12) and apart > 1.3 * row["se"]
    assert (plain["value"], plain["df"]) == (row["value"], row["df"])


def test_clusters_that_are_met_once_leave_waves_independent(study: Study) -> None:
    others = {
        wave: cube(met(place, clusters=range(20 * place, 20 * place + 20)))
        for place, wave in enumerate(WAVES)
    }
    assert changed(study, others) == changed(study, others, given=False)
    one_of_them = {**others, "2025-2": cube(met(1, clusters=range(25, 45)))}
    some, none = (changed(study, one_of_them, given=given)["reference"] for given in (True, False))
    shared = wave_difference(one_of_them["2025-2"], one_of_them["2026-2"], "Q01", scores=TOP)
    assert shared.shared == 5
    assert some["se"] == pytest.approx(shared.measured.se, rel=1e-9)
    assert (some["shared"], none["shared"]) == (5, 0)
    methods = [
        Changes.figures(pl.DataFrame([row], schema=Changes.create_empty().schema))["method"][0]
        for row in (some, none)
    ]
    assert [one.split()[2] for one in methods] == ["common", "independent"]
    assert abs(some["se"] / none["se"] - 1) > 1e-3


def test_a_trend_has_the_covariance_of_all_its_waves(study: Study) -> None:
    """The weights of a line through three waves, and the covariance of each pair of them, from the
    difference of the two."""
    cubes = {wave: cube(met(place)) for place, wave in enumerate(WAVES)}
    row, plain = (changed(study, cubes, given=given)["trend"] for given in (True, False))
    days = [(start + end) / 2 for start, end in FIELDS[1::2]]
    times = np.array(days) / 365.25
    centred = times - times.mean()
    weights = centred / (centred @ centred) * (times[-1] - times[0])
    covariance = np.diag([one["se"] ** 2 for one in measured(cubes)])
    for i, j in ((0, 1), (0, 2), (1, 2)):
        pair = wave_difference(cubes[WAVES[i]], cubes[WAVES[j]], "Q01", scores=TOP).measured.se
        covariance[i, j] = covariance[j, i] = (covariance[i, i] + covariance[j, j] - pair**2) / 2
    assert row["se"] == pytest.approx(float(weights @ covariance @ weights) ** 0.5, rel=1e-9)
    independent = float(weights @ np.diag(np.diagonal(covariance)) @ weights) ** 0.5
    assert plain["se"] == pytest.approx(independent, rel=1e-9)
    assert independent > 1.3 * row["se"]


def test_without_one_of_the_two_cubes_waves_are_independent(study: Study) -> None:
    cubes = {wave: cube(met(place)) for place, wave in enumerate(WAVES)}
    last = changes(
        table(*measured(cubes)),
        study,
        directorate="dpaph",
        wave="2026-2",
        cubes={"2026-2": cubes["2026-2"]},
    )
    expected = changed(study, cubes, given=False)
    assert {row["comparison"]: row for row in last.iter_rows(named=True)} == expected
