"""What those who manage measure of the cases of a wave's users, on literal tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from analysis.indicators import Management, management
from analysis.storage import Measures, make_table
from analysis.study import ManagementIndicator, Study
from tests.unit.test_changes import table

SUMMER = ("2026-06", "2026-07", "2026-08", "2026-09")
FIELD = ("2026-07", "2026-08", "2026-09", "2026-10")
"""The months of the last wave, and those that a cohort of one month before lies in."""

SCALES = {"per_thousand": 1000}


def indicator(name: str, unit: str = "count", **changed: Any) -> ManagementIndicator:
    fields = {"id": name, "label": name, "unit": unit, "directorates": ["dpaph"]}
    return ManagementIndicator.model_validate({**fields, **changed})


LOWER, HIGHER = {"orientation": "lower_is_better"}, {"orientation": "higher_is_better"}
BEFORE = {"cohort": {"label": "cases", "months_before": 1}}
VISITS, DECISIONS, CALLS = indicator("visits"), indicator("decisions"), indicator("calls")
TIME = indicator("time", "days", of="decisions", norm={"dpaph": 120}, **LOWER, **BEFORE)
ANSWERED = indicator("answered", "share", of="calls", norm={"dpaph": 80}, **HIGHER)


def measures(
    of: ManagementIndicator,
    values: Mapping[str, float | None],
    counted: Sequence[float | None] | float | None = None,
    *,
    site: str = "",
    half: float = 0.0,
) -> list[dict[str, Any]]:
    """What was delivered of an indicator, by month; `counted` are the denominators of its months,
    where it is no count, and `half` is how far its numbers are rounded.
    """
    listed = counted if isinstance(counted, Sequence) else [counted] * len(values)
    rows = []
    for line, ((month, value), below) in enumerate(
        zip(values.items(), listed, strict=True), start=1
    ):
        above = value
        if of.unit != "count":
            known = value is not None and below is not None
            above = value * below / SCALES.get(of.unit, 1) if known else None
        rows.append(
            {
                "directorate": "dpaph",
                "wave": "2026-2",
                "indicator": of.id,
                "site": site,
                "month": date.fromisoformat(f"{month}-01"),
                "unit": of.unit,
                "value": value,
                "half": half,
                "numerator": above,
                "denominator": below if of.unit != "count" else None,
                "missing": "nd" if value is None else "",
                "delivery": "d1",
                "file": f"{of.id}.xlsx",
                "sheet": "S",
                "line": line,
            }
        )
    return rows


def managed(study: Study, *indicators: ManagementIndicator) -> Study:
    return study.model_copy(update={"management": indicators})


def found(
    study: Study, *rows: dict[str, Any], estimates: Sequence[dict[str, Any]] = (), wave: str = ""
) -> pl.DataFrame:
    return management(
        make_table(rows, Measures),
        table(*estimates),
        study,
        directorate="dpaph",
        wave=wave or "2026-2",
        simulated=True,
    )


def part(frame: pl.DataFrame, name: str, of: str | None = None) -> dict[str, Any]:
    chosen = frame.filter(part=name) if of is None else frame.filter(part=name, indicator=of)
    (row,) = chosen.iter_rows(named=True)
    return row


def months(frame: pl.DataFrame, of: str) -> dict[str, Any]:
    chosen = frame.filter(part="month", indicator=of)
    return dict(chosen.select("category", "value").iter_rows())


# --- months put together --------------------------------------------------------------------------


def test_counts_add_up(study: Study) -> None:
    delivered = dict(zip(FIELD, (100, 250, 300, 50), strict=True))
    frame = found(managed(study, VISITS), *measures(VISITS, {"2026-06": 7, **delivered}))
    cohort = part(frame, "cohort")
    assert (cohort["value"], cohort["base"], cohort["unit"]) == (700, 700, "count")
    assert (cohort["word"], cohort["missing"]) == ("", "")
    assert months(frame, "visits") == delivered
    assert frame.filter(part="month")["base"].to_list() == [100, 250, 300, 50]
    assert set(frame["part"]) == {"cohort", "month"}, "nothing else is known of it"


DAYS = dict(zip(SUMMER, (100.0, 130.0, 120.0, 90.0), strict=True))
"""Weighted by 10, 30, 20 and 40 decisions: 109; without weights, 110."""
WEIGHTS = (10.0, 30.0, 20.0, 40.0)


def test_a_mean_is_weighted_by_what_it_is_of_over_the_months_of_the_cohort(study: Study) -> None:
    """June lies in the wave before; October is no month of the cohort, and one of the field."""
    october = {**DAYS, "2026-10": 500.0}
    frame = found(managed(study, TIME), *measures(TIME, october, (*WEIGHTS, 60.0)))
    cohort = part(frame, "cohort")
    assert cohort["value"] == pytest.approx(109, rel=1e-12)
    assert (cohort["base"], cohort["word"], cohort["unit"]) == (100, "kept", "days")
    assert months(frame, "time") == {
        "2026-07": 130.0,
        "2026-08": 120.0,
        "2026-09": 90.0,
        "2026-10": 500.0,
    }
    assert frame.filter(part="month")["base"].to_list() == [30, 20, 40, 60]
    short = found(managed(study, TIME), *measures(TIME, dict.fromkeys(SUMMER, 0.2), WEIGHTS))
    assert part(short, "cohort")["base"] == 100, "cases, and not their days"
    heavier = found(managed(study, TIME), *measures(TIME, october, (10.0, 90.0, 20.0, 40.0, 60.0)))
    value = part(heavier, "cohort")["value"]
    assert value == pytest.approx((1000 + 11700 + 2400 + 3600) / 160, rel=1e-12)


def test_a_share_counts_what_is_on_both_of_its_sides(study: Study) -> None:
    """70 of 100 and 270 of 300, nothing of the others: 340 of 400, whatever months say."""
    rows = measures(ANSWERED, dict(zip(FIELD, (0.7, 0.9, 0.5, 0.5), strict=True)), (100, 300, 0, 0))
    cohort = part(found(managed(study, ANSWERED), *rows), "cohort")
    assert cohort["value"] == pytest.approx(0.85, rel=1e-12)
    assert (cohort["base"], cohort["word"]) == (60, "kept"), "those who are left out are fewer"


@pytest.mark.parametrize(
    ("value", "of_each", "base"),
    [(0.01, 100, 4), (0.99, 100, 4), (0.0, 100, 400), (1.0, 100, 400), (0.0, 1, 4), (1.0, 1, 4)],
)
def test_a_share_is_as_small_as_the_smaller_of_its_sides_that_holds_somebody(
    study: Study, value: float, of_each: int, base: int
) -> None:
    rows = measures(ANSWERED, dict.fromkeys(FIELD, value), of_each)
    assert part(found(managed(study, ANSWERED), *rows), "cohort")["base"] == base


@pytest.mark.parametrize(("taken", "base"), [(495, 5), (5, 5), (500, 500), (250, 250)])
def test_a_count_of_a_share_is_as_small_as_what_the_share_leaves_out(
    study: Study, taken: int, base: int
) -> None:
    """Of 500 calls, 495 are taken: with both, the five that are not are known too."""
    calls, answered = indicator("calls"), indicator("answered")
    share = indicator("rate", "share", of="calls", numerator="answered")
    rows = [
        *measures(calls, dict.fromkeys(FIELD, 0) | {FIELD[0]: 500}),
        *measures(answered, dict.fromkeys(FIELD, 0) | {FIELD[0]: taken}),
    ]
    frame = found(managed(study, calls, answered, share), *rows)
    assert part(frame, "cohort", "answered")["base"] == base
    alone = found(managed(study, calls, answered), *rows)
    assert part(alone, "cohort", "answered")["base"] == taken, "nothing is left out of"


COMPLAINTS, CASES = indicator("complaints"), indicator("cases")
PER_THOUSAND = indicator(
    "rate", "per_thousand", of="cases", numerator="complaints", norm={"dpaph": 8}, **LOWER
)


def test_a_rate_is_made_of_two_counts_that_are_delivered(study: Study) -> None:
    rows = [
        *measures(COMPLAINTS, dict(zip(FIELD, (3, 5, 4, 8), strict=True))),
        *measures(CASES, dict(zip(FIELD, (500, 1500, 1000, 1000), strict=True))),
    ]
    frame = found(managed(study, COMPLAINTS, CASES, PER_THOUSAND), *rows)
    cohort = part(frame, "cohort", "rate")
    assert (cohort["value"], cohort["base"], cohort["word"]) == (5.0, 20, "kept")
    assert months(frame, "rate") == {
        "2026-07": 6.0,
        "2026-08": pytest.approx(10 / 3, rel=1e-11),
        "2026-09": 4.0,
        "2026-10": 8.0,
    }
    assert part(frame, "relative", "rate")["value"] == pytest.approx(3 / 8, rel=1e-12)
    share = indicator("part", "share", of="cases", numerator="complaints")
    frame = found(managed(study, COMPLAINTS, CASES, share), *rows)
    assert part(frame, "cohort", "part")["value"] == 0.005


def test_a_rate_that_is_delivered_is_weighted(study: Study) -> None:
    delivered = indicator("rate", "per_thousand", of="cases")
    rows = measures(
        delivered, dict(zip(FIELD, (6.0, 2.0, 4.0, 8.0), strict=True)), (500, 1500, 1000, 1000)
    )
    cohort = part(found(managed(study, delivered), *rows), "cohort")
    assert (cohort["value"], cohort["base"]) == (4.5, 18)


# --- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({"2026-06": 100.0, "2026-07": 130.0, "2026-09": 90.0}, (10.0, 30.0, 40.0)),
        ({**DAYS, "2026-08": None}, WEIGHTS),
        (DAYS, (10.0, 30.0, None, 40.0)),
    ],
    ids=["no row", "no number", "nothing that it is of"],
)
def test_a_hole_leaves_no_value(
    study: Study, values: dict[str, float | None], counted: Sequence[float | None]
) -> None:
    frame = found(managed(study, TIME), *measures(TIME, values, counted))
    cohort = part(frame, "cohort")
    assert (cohort["value"], cohort["base"], cohort["word"]) == (None, None, "unclear")
    assert cohort["missing"] == "2026-08"
    assert months(frame, "time") == {
        "2026-07": 130.0,
        "2026-08": None,
        "2026-09": 90.0,
        "2026-10": None,
    }
    assert "relative" not in frame["part"].to_list()
    assert part(frame, "norm")["value"] == 120
    whole = found(managed(study, TIME), *measures(TIME, DAYS, WEIGHTS))
    assert part(whole, "cohort")["word"] == "kept"


def test_holes_of_either_count_are_told_together(study: Study) -> None:
    rows = [
        *measures(COMPLAINTS, {"2026-08": 3, "2026-09": None, "2026-10": 4}),
        *measures(CASES, {"2026-07": 100, "2026-09": 100, "2026-10": 100}),
    ]
    frame = found(managed(study, PER_THOUSAND), *rows)
    cohort = part(frame, "cohort")
    assert cohort["missing"] == "2026-07+2026-08+2026-09"
    assert cohort["value"] is None
    assert months(frame, "rate")["2026-10"] == 40


def test_an_empty_cohort_has_no_value_and_misses_nothing(study: Study) -> None:
    rows = measures(TIME, dict.fromkeys(SUMMER, 100.0), 0.0)
    cohort = part(found(managed(study, TIME), *rows), "cohort")
    assert (cohort["value"], cohort["base"]) == (None, 0)
    assert (cohort["word"], cohort["missing"]) == ("unclear", "")
    nothing = [
        *measures(COMPLAINTS, dict.fromkeys(FIELD, 0)),
        *measures(CASES, dict.fromkeys(FIELD, 0)),
    ]
    frame = found(managed(study, COMPLAINTS, PER_THOUSAND), *nothing)
    assert part(frame, "cohort", "rate")["value"] is None
    assert part(frame, "cohort", "complaints")["value"] == 0, "to count none is a figure"


def test_the_first_wave_lacks_the_month_before_it(study: Study) -> None:
    first = [f"2024-{month:02d}" for month in range(1, 7)]
    rows = measures(TIME, dict.fromkeys(first, 100.0), 20.0)
    frame = found(managed(study, TIME), *rows, wave="2024-1")
    cohort = part(frame, "cohort")
    assert (cohort["missing"], cohort["word"], cohort["value"]) == ("2023-12", "unclear", None)
    assert set(months(frame, "time").values()) == {100.0}
    same = TIME.model_copy(update={"cohort": None})
    assert part(found(managed(study, same), *rows, wave="2024-1"), "cohort")["word"] == "kept"


def test_what_is_of_another_place_or_directorate_is_left_out(study: Study) -> None:
    of_def = indicator("visits", directorates=["def"])
    rows = measures(VISITS, dict.fromkeys(FIELD, 100))
    assert found(managed(study, of_def), *rows).is_empty()
    by_site = measures(VISITS, dict.fromkeys(FIELD, 20), site="north")
    assert part(found(managed(study, VISITS), *rows, *by_site), "cohort")["value"] == 400
    alone = part(found(managed(study, VISITS), *by_site), "cohort")
    assert (alone["value"], alone["missing"]) == (None, "+".join(FIELD))


def test_a_figure_says_where_it_was_read(study: Study) -> None:
    rows = [
        *measures(COMPLAINTS, dict.fromkeys(FIELD, 3)),
        *measures(CASES, {"2026-07": 9, "2026-08": None, "2026-09": 9, "2026-10": 9}),
    ]
    for row in rows:
        if row["month"] >= date(2026, 9, 1):
            row["line"] = 3
        if row["indicator"] == "cases":
            row["sheet"] = ""
    frame = found(managed(study, COMPLAINTS, PER_THOUSAND), *rows)
    counts = "d1/complaints.xlsx!S!1 ; d1/complaints.xlsx!S!2 ; d1/complaints.xlsx!S!3"
    assert part(frame, "cohort", "complaints")["sources"] == counts
    divided = "d1/cases.xlsx!!1 ; d1/cases.xlsx!!2 ; d1/cases.xlsx!!3"
    assert part(frame, "cohort", "rate")["sources"] == f"{counts} ; {divided}"
    july = frame.filter(category="2026-07", indicator="rate").item(0, "sources")
    assert july == "d1/complaints.xlsx!S!1 ; d1/cases.xlsx!!1"
    figures = Management.figures(frame)
    methods = dict(figures.filter(definition="cohort").select("indicator", "method").iter_rows())
    assert methods == {"complaints": counts, "rate": "missing 2026-08"}


# --- norms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "value", "word", "better"),
    [
        (TIME, 90.0, "kept", 0.25),
        (TIME, 120.0, "unclear", 0.0),
        (TIME, 120.25, "not_kept", -0.25 / 120),
        (ANSWERED, 0.9, "kept", 0.125),
        (ANSWERED, 0.8, "unclear", 0.0),
        (ANSWERED, 0.7999, "not_kept", -0.000125),
    ],
)
def test_a_norm_is_met_from_its_good_side(
    study: Study, of: ManagementIndicator, value: float, word: str, better: float
) -> None:
    """On it, it cannot be told: what was delivered is rounded. 431, 1024, 147 and 879 times 0.8,
    over 2481, is a little less than 0.8 to a computer, and yet no distance from it."""
    counted = (431.0, 1024.0, 147.0, 879.0)
    used, half = (SUMMER, 0.05) if of is TIME else (FIELD, 0.00005)
    rows = measures(of, dict.fromkeys(used, value), counted, half=half)
    frame = found(managed(study, of), *rows)
    assert part(frame, "cohort")["word"] == word
    relative = part(frame, "relative")
    assert relative["value"] == pytest.approx(better, rel=1e-9, abs=0)
    assert (relative["unit"], relative["base"]) == ("share", None)
    norm = part(frame, "norm")
    assert norm["value"] == (120 if of is TIME else 0.8) and norm["unit"] == of.unit
    assert sum(0.8 * one for one in counted) / sum(counted) < 0.8


@pytest.mark.parametrize(
    ("values", "half", "word"),
    [
        ((119.0, 120.0), 0.5, "kept"),
        ((119.5, 120.0), 0.05, "kept"),
        ((120.0, 121.0), 0.5, "not_kept"),
        ((120.0, 121.0), 0.51, "unclear"),
        ((119.99, 120.01), 0.005, "unclear"),
        ((119.98, 120.0), 0.005, "kept"),
        ((120.0, 120.0), 0.5, "unclear"),
        ((100 / 3, 620 / 3 + 0.001), 0.0, "not_kept"),
    ],
)
def test_a_measure_as_near_to_its_norm_as_rounding_goes_is_not_clear(
    study: Study, values: tuple[float, float], half: float, word: str
) -> None:
    first, second = values
    days = dict(zip(SUMMER, (first, second, first, second), strict=True))
    rows = measures(TIME, days, 20.0, half=half)
    cohort = part(found(managed(study, TIME), *rows), "cohort")
    assert cohort["value"] == pytest.approx((first + second) / 2, rel=1e-11)
    assert cohort["word"] == word


def test_only_the_months_of_a_cohort_tell_how_it_is_rounded(study: Study) -> None:
    """A mean of 120.25 days: the coarsest of its months tells; October is no month of it."""
    days = dict(zip(SUMMER, (120.0, 120.0, 120.0, 121.0), strict=True))
    tenths = measures(TIME, days, 20.0, half=0.05)
    other = measures(TIME, {"2026-10": 1.0}, 20.0, half=0.5)
    assert part(found(managed(study, TIME), *tenths, *other), "cohort")["word"] == "not_kept"
    whole = [tenths[0] | {"half": 0.5}, *tenths[1:]]
    assert part(found(managed(study, TIME), *whole), "cohort")["word"] == "unclear"


@pytest.mark.parametrize(
    ("late", "orientation", "word"),
    [
        (7, "lower_is_better", "kept"),
        (8, "lower_is_better", "not_kept"),
        (7, "higher_is_better", "kept"),
        (6, "higher_is_better", "not_kept"),
    ],
)
def test_two_counts_are_exact_and_meet_a_norm_that_they_are_on(
    study: Study, late: int, orientation: str, word: str
) -> None:
    """Seven in a thousand are 0.7 %, which is not 0.7 / 100 to a computer."""
    share = indicator(
        "late-share",
        "share",
        of="cases",
        numerator="late",
        norm={"dpaph": 0.7},
        orientation=orientation,
    )
    rows = [
        *measures(indicator("late"), dict(zip(FIELD, (late - 3, 1, 1, 1), strict=True))),
        *measures(CASES, dict.fromkeys(FIELD, 250)),
    ]
    assert part(found(managed(study, share), *rows), "cohort")["word"] == word


def test_without_a_norm_here_nothing_is_judged(study: Study) -> None:
    elsewhere = TIME.model_copy(update={"norm": {"def": 45}})
    frame = found(managed(study, elsewhere), *measures(TIME, DAYS, WEIGHTS))
    assert set(frame["part"]) == {"cohort", "month"} and part(frame, "cohort")["word"] == ""
    none = TIME.model_copy(update={"norm": {"dpaph": 0}})
    frame = found(managed(study, none), *measures(TIME, DAYS, WEIGHTS))
    assert part(frame, "norm")["value"] == 0 and part(frame, "cohort")["word"] == "not_kept"
    assert "relative" not in frame["part"].to_list(), "nothing is a share of none"


def test_what_was_announced_is_over_the_same_cases(study: Study) -> None:
    told = indicator("told", "days", of="decisions")
    time = TIME.model_copy(update={"announced": "told"})
    rows = [
        *measures(TIME, DAYS, WEIGHTS),
        *measures(told, {**dict.fromkeys(SUMMER, 60.0), "2026-09": 70.0, "2026-10": 900.0}, 25.0),
    ]
    frame = found(managed(study, time, told), *rows)
    announced = part(frame, "announced", "time")
    assert (announced["value"], announced["base"], announced["unit"]) == (62.5, 100, "days")
    assert (announced["word"], announced["missing"]) == ("", "")
    field = part(frame, "cohort", "told")
    assert field["value"] == (60 + 60 + 70 + 900) / 4, "of itself, it has no cohort"
    hole = found(managed(study, time, told), *rows[:-2])
    assert part(hole, "announced", "time")["missing"] == "2026-09"
    assert part(hole, "cohort", "time")["value"] == pytest.approx(109)
