"""How flows moved, on series by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.indicators import Movements, movements
from analysis.storage import Flows
from analysis.study import Study
from tests.unit.test_listening import device, listened

WAVE = "2026-2"
"""Of July to October 2026."""

MONTHS = [date(2023 + (6 + n) // 12, (6 + n) % 12 + 1, 1) for n in range(40)]
"""July 2023 to October 2026."""

RATE = [
    {"id": "calls", "label": "calls"},
    {"id": "replies", "label": "r", "of": "calls", "better": "high", "dimension": "attente"},
]


def counted(study: Study, **changes: Any) -> Study:
    phone = device("phone", series=RATE, dimensions=["attente"], **changes)
    return listened(study, phone)


def flows(series: str, counts: Any, product: str = "dpaph") -> pl.DataFrame:
    rows = [
        {
            "directorate": product,
            "wave": WAVE,
            "device": "phone",
            "series": series,
            "month": month,
            "count": int(count),
            "delivery": "d",
            "file": "f",
            "line": 2,
        }
        for month, count in zip(MONTHS, counts, strict=True)
        if count is not None
    ]
    return pl.DataFrame(rows, schema=Flows.create_empty().schema)


def noisy(level: float, spread: float, seed: int, **steps: float) -> np.ndarray[Any, Any]:
    """40 months about a level, multiplied from some months on (`m36=0.7`)."""
    values = level * np.exp(np.random.default_rng(seed).normal(0, spread, 40))
    for name, factor in steps.items():
        values[int(name[1:]) :] *= factor
    return np.rint(values)


def moved(study: Study, *tables: pl.DataFrame) -> pl.DataFrame:
    return movements(pl.concat(tables), study, wave=WAVE, simulated=True)


def part(table: pl.DataFrame, name: str, series: str = "calls") -> dict[str, Any]:
    return table.filter(part=name, series=series).row(0, named=True)


def test_a_count_is_the_sum_of_the_months_of_the_wave_and_a_rate_is_by_its_whole(
    study: Study,
) -> None:
    calls, replies = noisy(1000, 0.02, 1), noisy(800, 0.02, 2)
    table = moved(counted(study), flows("calls", calls), flows("replies", replies))
    total = part(table, "total")
    assert (total["value"], total["base"], total["unit"]) == (
        calls[-4:].sum(),
        total["value"],
        "count",
    )
    rate = part(table, "total", "replies")
    assert rate["value"] == pytest.approx(replies[-4:].sum() / calls[-4:].sum(), rel=1e-12)
    assert (rate["unit"], rate["base"]) == ("share", replies[-4:].sum())
    year = part(table, "year")
    assert year["value"] == pytest.approx(calls[-4:].sum() / calls[-16:-12].sum() - 1, rel=1e-12)
    assert (year["word"], year["better"]) == ("steady", "")
    months = table.filter(part="month", series="calls")
    assert months["value"].to_list() == calls.tolist()


def test_the_months_of_a_stock_are_not_added(study: Study) -> None:
    readers = noisy(12, 0.1, 3)

    def counted_as(**about: Any) -> pl.DataFrame:
        series = [{"id": "calls", "label": "readers", **about}]
        return moved(listened(study, device("phone", series=series)), flows("calls", readers))

    stock, flow = counted_as(stock=True), counted_as()
    for table, value, base in (
        (stock, readers[-4:].mean(), readers[-4:].min()),
        (flow, readers[-4:].sum(), readers[-4:].sum()),
    ):
        total = part(table, "total")
        assert (total["value"], total["base"]) == (value, base)
    year = part(stock, "year")["value"]
    assert year == pytest.approx(readers[-4:].mean() / readers[-16:-12].mean() - 1, rel=1e-12)
    with pytest.raises(ValueError, match="a stock is counted at a date"):
        listened(study, device("phone", series=[RATE[0], {**RATE[1], "stock": True}]))


def test_a_flow_that_broke_is_found_in_its_month_and_read_by_its_orientation(study: Study) -> None:
    calls = noisy(1000, 0.02, 1)
    replies = np.rint(calls * np.where(np.arange(40) < 33, 0.8, 0.6))
    table = moved(counted(study), flows("calls", calls), flows("replies", replies))
    found = part(table, "break", "replies")
    assert (found["month"], found["word"], found["better"]) == (date(2026, 4, 1), "down", "worse")
    assert found["value"] == pytest.approx(-0.2, abs=0.02) and found["unit"] == "points"
    assert found["p_value"] < 0.01
    year = part(table, "year", "replies")
    assert (year["word"], year["better"]) == ("down", "worse")
    assert table.filter(part="break", series="calls").is_empty()
    worse = [{**one, "better": "low"} if "of" in one else one for one in RATE]
    low = listened(study, device("phone", series=worse, dimensions=["attente"]))
    table = moved(low, flows("calls", calls), flows("replies", replies))
    assert part(table, "year", "replies")["better"] == "better"


def test_a_small_step_and_a_small_year_are_no_movement(study: Study) -> None:
    """Under one in ten, however sure: the study says from when on a flow moves."""
    for factor, word in ((0.93, "steady"), (0.85, "down")):
        table = moved(counted(study), flows("calls", noisy(10_000, 0.005, 3, m30=factor)))
        assert part(table, "year")["word"] == word
        assert table.filter(part="break").height == (word == "down")


def test_a_large_change_that_months_make_by_themselves_is_none(study: Study) -> None:
    years = [
        part(moved(counted(study), flows("calls", noisy(1000, 0.3, seed))), "year")
        for seed in range(20)
    ]
    large = [year["word"] for year in years if abs(year["value"]) > 0.1]
    assert len(large) > 8 and large.count("steady") >= len(large) - 2


def test_a_declared_break_takes_the_comparison_away(study: Study) -> None:
    breaks = [{"label": "x", "month": date(2026, 1, 15), "series": ["calls"]}]
    values = noisy(1000, 0.02, 5, m30=0.6)
    table = moved(counted(study, breaks=breaks), flows("calls", values))
    year, found = part(table, "year"), part(table, "break")
    assert (year["value"], year["word"], year["better"]) == (None, "declared", "")
    assert (found["month"], found["word"]) == (date(2026, 1, 1), "declared")
    assert found["value"] == pytest.approx(-0.4, abs=0.03) and found["p_value"] is None
    elsewhere = [{"label": "x", "month": date(2026, 1, 15), "products": ["def"]}]
    both = counted(study, breaks=elsewhere, products=["dpaph", "def"])
    assert part(moved(both, flows("calls", values)), "year")["word"] == "down"


def test_what_is_short_small_or_not_whole_says_only_what_it_can(study: Study) -> None:
    short = [None] * 20 + noisy(1000, 0.02, 6)[20:].tolist()
    parts = moved(counted(study), flows("calls", short))["part"]
    assert set(parts) == {"month", "total"}
    small = moved(counted(study), flows("calls", noisy(3, 0.5, 7)))
    assert small.filter(pl.col("part").is_in(["year", "break"])).is_empty()
    hole = noisy(1000, 0.02, 8).tolist()
    hole[38] = None
    assert moved(counted(study), flows("calls", hole)).filter(part="total").is_empty()
    early = noisy(1000, 0.02, 8).tolist()
    early[25] = None
    table = moved(counted(study), flows("calls", early))
    assert table.filter(part="year").is_empty() and table.filter(part="total").height == 1


def test_a_flow_is_a_figure_without_interval_shown_where_its_total_is(study: Study) -> None:
    values = noisy(1000, 0.02, 9, m33=0.5)
    figures = Movements.figures(moved(counted(study), flows("calls", values)))
    assert figures["low"].is_null().all() and figures["se"].is_null().all()
    by = {row["definition"]: row for row in figures.iter_rows(named=True)}
    assert by["year"]["made_from"] == [by["total"]["key"]] == by["break"]["made_from"]
    assert (by["total"]["kind"], by["year"]["kind"]) == ("measure", "relative")
    assert (by["break"]["breakdown"], by["break"]["category"]) == ("month", "2026-04")
    assert by["year"]["base"] is None
