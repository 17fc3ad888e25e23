"""What those who manage measure from site to site, beside what users perceive; all figures of it,
and what of it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.indicators import Management
from analysis.inference import rank_correlation
from analysis.study import Study
from analysis.study.field import Site
from tests.unit.test_changes import estimate
from tests.unit.test_management import (
    CASES,
    COMPLAINTS,
    DAYS,
    FIELD,
    LOWER,
    PER_THOUSAND,
    TIME,
    VISITS,
    WEIGHTS,
    found,
    indicator,
    managed,
    measures,
)

# --- over sites -----------------------------------------------------------------------------------

NAMES = tuple(f"s{place}" for place in range(12))
WAIT = (12, 15, 9, 22, 18, 30, 11, 26, 14, 19, 40, 45)
SATISFIED = (0.8, 0.7, 0.9, 0.5, 0.7, 0.4, 0.75, 0.45, 0.72, 0.6, 0.95, 0.9)
KINDS = ("pmi",) * 5 + ("nursery",) * 5 + ("office",) * 2
WAITING = indicator(
    "wait", "minutes", of="visits", **LOWER, perceived="delai", cohort={"label": "visits"}
)


@pytest.fixture
def twelve(study: Study) -> Study:
    """Twelve sites of three kinds, and a wait that users perceive."""
    sites = tuple(Site(id=n, label=n, kind=kind) for n, kind in zip(NAMES, KINDS, strict=True))
    dpaph = study.directorate("dpaph").model_copy(update={"sites": sites})
    return managed(study.model_copy(update={"directorates": (dpaph,)}), WAITING)


def perceived(name: str, value: float, **changed: Any) -> dict[str, Any]:
    about = {"indicator": "delai", "item": "Q09", "breakdown": "site", "category": name}
    return estimate(**{**about, "value": value, "base": 40, **changed})


def waits(wait: Sequence[float] = WAIT) -> list[dict[str, Any]]:
    return [
        row
        for name, minutes in zip(NAMES, wait, strict=True)
        for row in measures(WAITING, dict.fromkeys(FIELD, float(minutes)), 25.0, site=name)
    ]


OPINIONS = [perceived(name, value) for name, value in zip(NAMES, SATISFIED, strict=True)]


def correlations(
    study: Study, rows: Sequence[dict[str, Any]], opinions: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    frame = found(study, *rows, estimates=opinions)
    return list(frame.filter(part="correlation").iter_rows(named=True))


def expected(chosen: Sequence[int]) -> Any:
    x, y, kinds = ([one[place] for place in chosen] for one in (WAIT, SATISFIED, KINDS))
    return rank_correlation(np.array(x, dtype=float), np.array(y), groups=kinds)


def test_sites_are_correlated_within_their_kinds(twelve: Study) -> None:
    (row,) = correlations(twelve, waits(), OPINIONS)
    whole = expected(range(12))
    assert (row["value"], row["low"], row["high"]) == (whole.value, whole.low, whole.high)
    assert (row["size"], row["unit"], row["item"], row["base"]) == (12, "correlation", "Q09", None)
    assert row["word"] == "agree" and row["high"] < 0, "a shorter wait is better"
    across = rank_correlation(np.array(WAIT, dtype=float), np.array(SATISFIED))
    assert abs(across.value - whole.value) > 0.1, "offices wait long, and are satisfied"


def test_the_correlations_of_a_directorate_are_judged_together(twelve: Study) -> None:
    """Of each of its indicators with a partner: neither of one without, nor of another's."""
    dpaph = twelve.directorate("dpaph")
    others = tuple(dpaph.model_copy(update={"id": name}) for name in ("alike", "third"))
    more = managed(
        twelve.model_copy(update={"directorates": (dpaph, *others)}),
        WAITING.model_copy(update={"directorates": ("dpaph", "alike")}),
        WAITING.model_copy(update={"id": "again"}),
        WAITING.model_copy(update={"id": "elsewhere", "directorates": ("alike", "third")}),
        indicator("alone", "minutes", of="visits", **LOWER),
    )
    (one,), (row,) = (correlations(study, waits(), OPINIONS) for study in (twelve, more))
    assert (one["family"], row["family"]) == (1, 2)
    x, y = np.array(WAIT, dtype=float), np.array(SATISFIED)
    both = rank_correlation(x, y, groups=KINDS, confidence=0.975)
    assert (row["low"], row["high"]) == (both.low, both.high)
    assert row["low"] <= one["low"] and one["high"] < row["high"]


@pytest.mark.parametrize(
    ("orientation", "values", "word"),
    [
        ("lower_is_better", SATISFIED, "agree"),
        ("higher_is_better", SATISFIED, "disagree"),
        ("higher_is_better", [1 - one for one in SATISFIED], "agree"),
        ("lower_is_better", [0.6, 0.5, 0.6, 0.5, 0.4, 0.5, 0.6, 0.6, 0.4, 0.5, 0.5, 0.6], "none"),
    ],
)
def test_a_correlation_is_called_by_what_is_better(
    twelve: Study, orientation: str, values: Sequence[float], word: str
) -> None:
    oriented = managed(twelve, WAITING.model_copy(update={"orientation": orientation}))
    opinions = [perceived(name, value) for name, value in zip(NAMES, values, strict=True)]
    (row,) = correlations(oriented, waits(), opinions)
    assert row["word"] == word


@pytest.mark.parametrize(
    "changed",
    [
        {"base": 10},
        {"category": "unknown"},
        {"category": "elsewhere"},
        {"breakdown": "canal"},
        {"definition": "T1B"},
        {"indicator": "clarte"},
    ],
)
def test_a_site_is_correlated_where_enough_people_answered_what_is_perceived(
    twelve: Study, changed: dict[str, Any]
) -> None:
    (row,) = correlations(twelve, waits(), [OPINIONS[0] | changed, *OPINIONS[1:]])
    assert (row["size"], row["value"]) == (11, expected(range(1, 12)).value)
    (whole,) = correlations(twelve, waits(), [OPINIONS[0] | {"base": 11}, *OPINIONS[1:]])
    assert whole["size"] == 12


def test_a_site_that_lacks_a_month_is_left_out_and_its_kind_with_one_site_too(
    twelve: Study,
) -> None:
    hole = [row for row in waits() if (row["site"], row["month"]) != ("s3", date(2026, 9, 1))]
    (row,) = correlations(twelve, hole, OPINIONS)
    assert row["value"] == expected([0, 1, 2, *range(4, 12)]).value
    without_s10 = [row for row in waits() if row["site"] != "s10"]
    (row,) = correlations(twelve, without_s10, OPINIONS)
    assert (row["size"], row["value"]) == (10, expected(range(10)).value)


def test_few_sites_make_no_correlation(twelve: Study) -> None:
    eight = [row for row in waits() if row["site"] in NAMES[:8]]
    (row,) = correlations(twelve, eight, OPINIONS)
    assert row["size"] == 8
    assert correlations(twelve, eight, OPINIONS[1:]) == []
    low = twelve.thresholds.model_copy(update={"sites_compared_from": 3})
    fewer = twelve.model_copy(update={"thresholds": low})
    four = [row for row in waits() if row["site"] in NAMES[:4]]
    assert correlations(fewer, four, OPINIONS) == [], "fewer than a correlation takes"


@pytest.mark.parametrize("wait", [[20] * 12, [10] * 5 + [20] * 5 + [30] * 2])
def test_what_is_the_same_in_all_the_sites_of_each_kind_is_not_correlated(
    twelve: Study, wait: list[int]
) -> None:
    assert correlations(twelve, waits(wait), OPINIONS) == []
    alike = [perceived(name, one / 100) for name, one in zip(NAMES, wait, strict=True)]
    assert correlations(twelve, waits(), alike) == []
    assert len(correlations(twelve, waits([*wait[:-1], 31]), OPINIONS)) == 1


def test_without_a_perceived_indicator_there_is_no_correlation(twelve: Study) -> None:
    alone = managed(twelve, WAITING.model_copy(update={"perceived": None}))
    assert correlations(alone, waits(), OPINIONS) == []


# --- figures --------------------------------------------------------------------------------------


def every_part(twelve: Study) -> pl.DataFrame:
    told = indicator("told", "minutes", of="visits")
    bound = WAITING.model_copy(update={"norm": {"dpaph": 20}, "announced": "told"})
    rows = [
        *measures(WAITING, dict.fromkeys(FIELD, 15.0), 300.0),
        *measures(told, dict.fromkeys(FIELD, 10.0), 300.0),
    ]
    return found(managed(twelve, bound, told), *rows, *waits(), estimates=OPINIONS)


def test_each_part_is_a_figure_of_its_kind(twelve: Study) -> None:
    figures = Management.figures(every_part(twelve)).filter(indicator="wait")
    assert figures["key"].n_unique() == figures.height
    shape = figures.select("definition", "kind", "unit", "breakdown", "category").rows()
    assert sorted(shape) == sorted(
        [
            ("cohort", "measure", "minutes", "total", "total"),
            *(("month", "measure", "minutes", "month", month) for month in FIELD),
            ("announced", "measure", "minutes", "total", "total"),
            ("norm", "norm", "minutes", "total", "total"),
            ("relative", "relative", "share", "total", "total"),
            ("correlation", "correlation", "correlation", "total", "total"),
        ]
    )
    assert set(figures["layer"]) == {"management"} and set(figures["claim"]) == {"C1"}
    assert set(figures["simulated"]) == {True} and figures["counts"].is_null().all()
    cohort = "management/dpaph/2026-2/-/wait/cohort/measure/total/total"
    assert cohort in figures["key"].to_list()
    made_from = dict(figures.select("definition", "made_from").iter_rows())
    assert made_from.pop("relative") == [cohort]
    assert set(map(tuple, made_from.values())) == {()}
    methods = dict(figures.select("definition", "method").iter_rows())
    assert methods["cohort"] == " ; ".join(f"d1/wait.xlsx!S!{line}" for line in range(1, 5))


# --- what leaves ----------------------------------------------------------------------------------


def released(study: Study, frame: pl.DataFrame, audience: Audience) -> pl.DataFrame:
    return release(Management.figures(frame), study, audience=audience)


def statuses(released: pl.DataFrame, of: str = "visits") -> list[str]:
    """The statuses of an indicator's months, in their order."""
    rows = released.filter(indicator=of, definition="month").sort("category")
    return rows["status"].to_list()


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((10, 60, 50, 70), ["s", "", "s", ""]),
        ((11, 60, 50, 70), ["", "", "", ""]),
        ((6, 60, 5, 70), ["s", "", "s", ""]),
        ((6, 60, 4, 70), ["s", "s", "s", ""]),
        ((0, 60, 50, 70), ["", "", "", ""]),
        ((0, 60, 10, 70), ["", "s", "s", ""]),
    ],
)
def test_a_month_of_few_cases_is_hidden_with_another_that_keeps_it_from_being_found(
    study: Study, audience: Audience, counts: tuple[int, ...], expected: list[str]
) -> None:
    """Their sum stands in the cohort. What is shown is of whole services: no base is fragile."""
    one = managed(study, VISITS)
    frame = found(one, *measures(VISITS, dict(zip(FIELD, counts, strict=True))))
    out = released(one, frame, audience)
    assert statuses(out) == expected
    shown = [None if status else float(n) for n, status in zip(counts, expected, strict=True)]
    assert out.filter(definition="month").sort("category")["value"].to_list() == shown
    assert out.filter(definition="cohort")["value"].to_list() == [sum(counts)]


def test_people_who_answer_are_not_shown_where_as_many_cases_are(study: Study) -> None:
    """Fifteen cases are a measure, fifteen answers a fragile count."""
    one = managed(study, VISITS)
    frame = found(one, *measures(VISITS, dict.fromkeys(FIELD, 15)))
    figures = Management.figures(frame)
    counted = figures.with_columns(
        kind=pl.lit("count"), key=pl.col("key").str.replace("measure", "count")
    )
    kinds = [release(one_kind, one, audience=Audience.PUBLIC) for one_kind in (figures, counted)]
    assert [statuses(out) for out in kinds] == [[""] * 4, ["nd"] * 4]


@pytest.mark.parametrize(("few", "status"), [(10, "s"), (11, "")])
def test_a_cohort_of_few_cases_is_hidden_with_what_is_made_from_it(
    study: Study, few: int, status: str
) -> None:
    """Two, two, two and four or five decisions in the months of the cohort."""
    one = managed(study, TIME)
    frame = found(one, *measures(TIME, DAYS, (2.0, 2.0, 2.0, few - 6.0)))
    out = released(one, frame, Audience.PUBLIC)
    by_part = {row["definition"]: row for row in out.iter_rows(named=True)}
    assert by_part["cohort"]["status"] == by_part["relative"]["status"] == status
    assert (
        (by_part["cohort"]["word"] == "") == (by_part["relative"]["value"] is None) == bool(status)
    )
    assert (by_part["norm"]["status"], by_part["norm"]["value"]) == ("", 120)


def test_the_smaller_count_of_a_rate_is_what_hides_it(study: Study) -> None:
    one = managed(study, COMPLAINTS, CASES, PER_THOUSAND)
    rows = [
        *measures(COMPLAINTS, dict(zip(FIELD, (3, 40, 30, 50), strict=True))),
        *measures(CASES, dict.fromkeys(FIELD, 1000)),
    ]
    out = released(one, found(one, *rows), Audience.PUBLIC)
    assert statuses(out, "complaints") == statuses(out, "rate") == ["s", "", "s", ""]
    assert statuses(out, "cases") == [""] * 4


def test_a_month_that_is_missing_or_empty_is_no_secret(study: Study) -> None:
    one = managed(study, TIME)
    frame = found(one, *measures(TIME, {**DAYS, "2026-10": 50.0}, (*WEIGHTS[:2], None, 40.0, 0.0)))
    out = released(one, frame, Audience.PUBLIC)
    assert statuses(out, "time") == [""] * 4
    values = out.filter(definition="month").sort("category")["value"].to_list()
    assert values == [130.0, None, 90.0, None]


def test_a_correlation_of_sites_that_are_not_named_leaves(twelve: Study) -> None:
    out = released(twelve, every_part(twelve), Audience.PUBLIC)
    (row,) = out.filter(kind="correlation").iter_rows(named=True)
    assert (row["status"], row["word"], row["size"]) == ("", "agree", 12)
    assert not any(f"/{name}," in out.write_csv() for name in NAMES)
