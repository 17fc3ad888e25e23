"""Three official series that changed their definition in April 2026, read as they are: the switch
is found from the counts beside them, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from analysis.indicators import published_breaks
from analysis.inference import DefinitionBreaks, definition_breaks
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.published import published_reading
from analysis.study import Definition
from tests.conftest import shared

LEVELS = ("very-dissatisfied", "dissatisfied", "neither", "satisfied", "very-satisfied")
PUBLISHED = "user-satisfaction-percent"
CANDIDATES = {
    "top one": (0.0, 0.0, 0.0, 0.0, 100.0),
    "top two": (0.0, 0.0, 0.0, 100.0, 100.0),
    "mean": (0.0, 25.0, 50.0, 75.0, 100.0),
    "balance": (-100.0, -100.0, 0.0, 100.0, 100.0),
}


@dataclass(frozen=True)
class Service:
    """A service, and what is known of its months.

    Attributes:
        months, counted: How many there are, and how many have counts.
        published, mean, top_two: Of March and April 2026; the last two as worked out by hand.
        odd: The months whose value no definition gives.

    """

    file: str
    months: int
    counted: int
    published: tuple[float, float]
    mean: tuple[float, float]
    top_two: tuple[float, float]
    odd: tuple[str, ...] = ()


USE = Service(
    "use_a_lasting_power_of_attorney",
    months=64,
    counted=64,
    published=(85, 89),
    mean=(84.97, 85.54),
    top_two=(87.81, 89.01),
    odd=("2023-02", "2025-04"),
)
MAKE = Service(
    "make_a_lasting_power_of_attorney",
    months=64,
    counted=14,
    published=(86, 89),
    mean=(86.29, 85.78),
    top_two=(90.2, 89.5),
)
DEPUTY = Service(
    "complete_the_deputy_report",
    months=39,
    counted=39,
    published=(80, 84),
    mean=(80.47, 80.88),
    top_two=(83.6, 84.0),
)
SERVICES = pytest.mark.parametrize("service", [USE, MAKE, DEPUTY], ids=lambda one: one.file)


def months_of(service: Service) -> pl.DataFrame:
    """The months of a service in the order of time: what is published, and the answers by level."""
    text = shared("data", "opg", f"{service.file}.json").read_text(encoding="utf-8")
    rows = pl.DataFrame(json.loads(text), schema_overrides={"count": pl.String}, strict=False)
    wide = rows.pivot("dataType", index="_timestamp", values="count").sort("_timestamp")
    return wide.select(
        pl.col("_timestamp").str.slice(0, 7).alias("month"),
        pl.col(PUBLISHED, *LEVELS).cast(pl.Float64),
    )


def found_in(months: pl.DataFrame, **more: Any) -> DefinitionBreaks:
    counts, published = columns_of(months)
    return definition_breaks(counts, published, candidates=CANDIDATES, **more)


def columns_of(months: pl.DataFrame) -> tuple[NDArray[Any], NDArray[Any]]:
    known = months.with_columns(pl.col(*LEVELS, PUBLISHED).fill_null(np.nan))
    return known.select(LEVELS).to_numpy(), known.get_column(PUBLISHED).to_numpy()


@SERVICES
def test_the_switch_of_april_2026_is_found_and_nothing_else(service: Service) -> None:
    months = months_of(service)
    assert months.height == service.months
    assert months.drop_nulls(LEVELS[0]).height == service.counted
    found = found_in(months)
    assert found.first == "mean"
    (one,) = found.switches
    assert (one.before, one.after) == ("mean", "top two")
    names = months.get_column("month")
    assert (names[one.index], names[one.earliest]) == ("2026-04", "2026-04")
    assert (one.known_before, one.known_after) == (service.counted - 3, 3)
    assert one.agreeing_before == service.counted - 3 - len(service.odd)
    assert one.agreeing_after == 3
    assert tuple(names[index] for index in found.unexplained) == service.odd
    assert found.contrary == ()


@SERVICES
def test_two_months_or_those_of_one_definition_are_no_switch(service: Service) -> None:
    months = months_of(service)
    for without in (months[:-1], months[:-3], months[-3:]):
        assert found_in(without).switches == ()
    assert found_in(months[-3:]).first == "top two"
    assert len(found_in(months[:-1], persistence=2).switches) == 1


@SERVICES
def test_a_constant_definition_moved_less_or_the_other_way(service: Service) -> None:
    months = months_of(service)
    found, published = found_in(months), columns_of(months)[1]
    april = found.switches[0].index
    both = slice(april - 1, april + 1)
    assert tuple(published[both]) == service.published
    assert found.recomputed["mean"][both] == pytest.approx(service.mean, abs=0.05)
    assert found.recomputed["top two"][both] == pytest.approx(service.top_two, abs=0.05)
    said = np.diff(published[both])[0]
    constant = [np.diff(found.recomputed[name][both])[0] for name in ("mean", "top two")]
    assert said > 0
    for moved in constant:
        assert np.sign(moved) == (-1 if service is MAKE else 1)
        assert abs(moved) < said / 2


def test_five_counts_are_stored_as_text() -> None:
    text = shared("data", "opg", f"{MAKE.file}.json").read_text(encoding="utf-8")
    assert sum(isinstance(one["count"], str) for one in json.loads(text)) == 5
    table = pl.read_csv(shared("data", "opg", f"{MAKE.file}.csv"))
    same = table.select(PUBLISHED, *LEVELS).cast(pl.Float64)
    assert same.equals(months_of(MAKE).select(PUBLISHED, *LEVELS))


DEFINITIONS = (
    Definition(id="M100", version="1.0", label="note moyenne sur 100", kind="mean", maximum=100),
    Definition(id="T2B", version="1.0", label="part des deux meilleures", kind="top_share", top=2),
)
SAID = {
    USE.file: "de 85 à 89 alors que la définition change (note moyenne sur 100, puis part des deux "
    "meilleures). À définition constante, elle passe de 87,8 à 89,0, une hausse.",
    MAKE.file: "de 86 à 89 alors que la définition change (note moyenne sur 100, puis part des "
    "deux meilleures). À définition constante, elle passe de 90,2 à 89,5, une baisse.",
    DEPUTY.file: "de 80 à 84 alors que la définition change (note moyenne sur 100, puis part des "
    "deux meilleures). À définition constante, elle passe de 83,6 à 84,0, une hausse.",
}


@SERVICES
def test_a_rise_that_the_definition_made_is_reported_as_what_it_hides(service: Service) -> None:
    found = published_breaks(
        months_of(service), DEFINITIONS, levels=LEVELS, period="month", published=PUBLISHED
    )
    (row,) = found.iter_rows(named=True)
    language = Language.of("fr")
    said = published_reading(language, row, DEFINITIONS)
    assert said == f"2026-04\N{NO-BREAK SPACE}: la valeur publiée passe {SAID[service.file]}"
    assert row["published_word"] == "up"
    assert (row["constant_word"] == "down") == (service is MAKE)
