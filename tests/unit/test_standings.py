"""How far apart directorates are, on literal estimates; and what of it may leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.disclosure import Audience, release
from analysis.indicators import Estimates, Standings, standings
from analysis.study import Study
from tests.unit.test_changes import estimate, headline, table


def between(study: Study, *rows: dict[str, Any], wave: str = "2026-2") -> list[dict[str, Any]]:
    return list(standings(table(*rows), study, wave=wave).iter_rows(named=True))


@pytest.fixture
def one(study: Study) -> Study:
    """The study with one headline indicator."""
    return headline(study, "T2B", "NET")


@pytest.fixture
def three(one: Study) -> Study:
    """The same with a third directorate, the last in its order and the first in the alphabet."""
    third = one.directorates[1].model_copy(update={"id": "asap"})
    return one.model_copy(update={"directorates": (*one.directorates, third)})


HERE, THERE = estimate(), estimate(directorate="def", value=0.58, se=0.03, df=25)


def test_two_directorates_are_independent_samples(one: Study) -> None:
    (row,) = between(one, THERE, HERE)
    se, t = float(np.hypot(0.02, 0.03)), stats.t.ppf(0.975, 25)
    assert (row["directorate"], row["other"]) == ("dpaph", "def"), "in the study's order"
    assert row["value"] == pytest.approx(0.08, rel=1e-12)
    assert row["se"] == pytest.approx(se, rel=1e-12)
    assert row["low"] == pytest.approx(0.08 - t * se, rel=1e-12)
    assert row["high"] == pytest.approx(0.08 + t * se, rel=1e-12)
    assert (row["df"], row["family"], row["word"], row["unit"]) == (25, 1, "above", "points")
    assert row["compared"] == [
        f"estimates/{name}/2026-2/-/satisfaction_globale/T2B/share/total/total"
        for name in ("dpaph", "def")
    ]
    (doubled,) = between(one, {**THERE, "se": 0.06}, HERE)
    assert doubled["se"] != pytest.approx(se, rel=0.1)


@pytest.mark.parametrize(
    ("value", "word"), [(0.58, "above"), (0.6, "none"), (0.72, "none"), (0.74, "below")]
)
def test_a_directorate_is_above_or_below_where_the_interval_excludes_0(
    one: Study, value: float, word: str
) -> None:
    """2.06 standard errors of 3.6 points are 7.4 points."""
    (row,) = between(one, HERE, {**THERE, "value": value})
    assert row["word"] == word
    assert row["value"] == pytest.approx(0.66 - value, rel=1e-9)


def test_intervals_are_as_wide_as_the_pairs_of_the_wave_are_many(three: Study) -> None:
    """Three directorates make three pairs of one indicator; a second, asked in two, a fourth."""
    second = three.indicators[1].model_copy(update={"headline": True, "definitions": ("T2B",)})
    study = three.model_copy(update={"indicators": (three.indicators[0], second)})
    about = {"indicator": second.id, "item": second.item}
    rows = [HERE, THERE, estimate(directorate="asap", value=0.5), HERE | about, THERE | about]
    found = between(study, *rows)
    pairs = [(row["indicator"], row["directorate"], row["other"]) for row in found]
    assert pairs == [
        ("satisfaction_globale", "dpaph", "def"),
        ("satisfaction_globale", "dpaph", "asap"),
        ("satisfaction_globale", "def", "asap"),
        (second.id, "dpaph", "def"),
    ]
    assert {row["family"] for row in found} == {4}
    t = stats.t.ppf(1 - 0.05 / 4 / 2, 25)
    assert found[0]["high"] == pytest.approx(found[0]["value"] + t * found[0]["se"], rel=1e-12)
    assert found[0]["word"] == "none", "alone, it would be above"
    assert between(study, *rows[:2])[0]["word"] == "above"


@pytest.mark.parametrize(
    "changed",
    [
        {"value": None},
        {"se": None},
        {"wave": "2026-1"},
        {"breakdown": "age", "category": "1"},
        {"definition": "NET", "kind": "balance", "unit": "points"},
        {"indicator": "simplicite"},
        {"definition_version": "2.0"},
        {"claim": "C2"},
        {"item": "Q02"},
        {"directorate": "elsewhere"},
    ],
)
def test_what_is_not_measured_alike_is_not_set_side_by_side(
    one: Study, changed: dict[str, Any]
) -> None:
    assert between(one, HERE, THERE | changed) == []
    assert len(between(one, HERE, THERE)) == 1


@pytest.mark.parametrize("claim", ["C2", "C3"])
def test_levels_of_which_nothing_is_claimed_are_not_set_side_by_side(
    one: Study, claim: str
) -> None:
    assert between(one, HERE | {"claim": claim}, THERE | {"claim": claim}) == []


def test_what_is_made_from_a_simulated_figure_is_simulated(one: Study) -> None:
    real = {"simulated": False}
    (row,) = between(one, HERE, THERE | real)
    assert (row["claim"], row["simulated"]) == ("C1", True)
    assert between(one, HERE | real, THERE | real)[0]["simulated"] is False


def test_a_mean_is_apart_on_its_scale(study: Study) -> None:
    scored = headline(study, "M10")
    mean = {"definition": "M10", "kind": "mean", "unit": "score_10"}
    (row,) = between(scored, HERE | mean | {"value": 6.4}, THERE | mean | {"value": 7.0})
    assert (row["unit"], row["definition"]) == ("score_10", "M10")
    assert row["value"] == pytest.approx(-0.6, rel=1e-12)
    assert row["word"] == "below"


@pytest.mark.parametrize("without", ["dpaph", "def"])
def test_without_a_degree_of_freedom_there_is_no_word(one: Study, without: str) -> None:
    rows = [row | {"df": 0} if row["directorate"] == without else row for row in (HERE, THERE)]
    (row,) = between(one, *rows)
    assert (row["low"], row["high"], row["word"], row["df"]) == (None, None, "", 0)
    assert row["value"] == pytest.approx(0.08)


def test_one_directorate_stands_alone(one: Study) -> None:
    assert between(one, HERE) == [] == between(one)


# --- figures, and what leaves ---------------------------------------------------------------------


def test_each_pair_is_a_figure_shown_where_both_of_its_figures_are(three: Study) -> None:
    def released(base: int, *more: dict[str, Any]) -> pl.DataFrame:
        answers = {"base": base, "counts": [base // 5] * 5}
        others = [THERE | {"base": 500, "counts": [100] * 5}, *more]
        estimates = table(HERE | answers, *others)
        figures = [
            Estimates.figures(estimates),
            Standings.figures(standings(estimates, three, wave="2026-2")),
        ]
        out = release(pl.concat(figures), three, audience=Audience.PUBLIC)
        return out.filter(layer="standings").sort("key")

    (row,) = released(500).iter_rows(named=True)
    assert row["key"] == (
        "standings/dpaph/2026-2/-/satisfaction_globale/T2B/difference/directorate/dpaph~def"
    )
    assert (row["kind"], row["method"], row["status"]) == ("difference", "bonferroni 1", "")
    assert (row["word"], row["value"]) == ("above", pytest.approx(0.08))
    for base, status in ((10, "s"), (25, "nd")):
        (row,) = released(base).iter_rows(named=True)
        assert (row["status"], row["word"], row["value"]) == (status, "", None)
    third = estimate(directorate="asap", base=500, counts=[100] * 5)
    several = released(10, third)
    assert several["key"].n_unique() == 3
    statuses = dict(several.select("category", "status").iter_rows())
    assert statuses == {"dpaph~def": "s", "dpaph~asap": "s", "def~asap": ""}
