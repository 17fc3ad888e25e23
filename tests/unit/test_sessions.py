"""What is told of sessions: the themes that were met, by hand, and on pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from analysis.editions.codebook import Codebook
from analysis.errors import ParameterError
from analysis.indicators import Themes, themes
from analysis.publishing.pages import product, sessions
from analysis.storage.schemas import Grids
from analysis.study import Study
from tests.released import page, row
from tests.unit.test_convergence import FLOW, TESTS
from tests.unit.test_listening import WAVE, device, listened
from tests.unit.test_pages import lines

NAMED = [{"id": name, "label": name} for name in ("words", "forms", "time")]


def met(*rows: tuple[str, str, str, str, str]) -> pl.DataFrame:
    """Product, session, participant, dimension, theme."""
    day = date(2026, 9, 10)
    content = [
        (unit, WAVE, "tests", session, person, f"t{rank}", day, dimension, "helped", theme)
        for rank, (unit, session, person, dimension, theme) in enumerate(rows)
    ]
    return pl.DataFrame(
        [(*one, "delivery", "tests.xlsx", 2) for one in content],
        schema=Grids.create_empty().schema,
        orient="row",
    )


def test_a_theme_is_counted_in_sessions_not_in_people() -> None:
    found = themes(
        met(
            ("dpaph", "1", "P1", "effort", "words"),
            ("dpaph", "1", "P2", "effort", "words"),
            ("dpaph", "2", "P1", "effort", "words"),
            ("dpaph", "2", "P1", "info", "words"),
            ("dpaph", "2", "P2", "effort", ""),
            ("def", "1", "P1", "effort", "forms"),
        ),
        wave=WAVE,
        simulated=True,
    )
    assert found.select("directorate", "dimension", "theme", "sessions").rows() == [
        ("def", "effort", "forms", 1),
        ("dpaph", "effort", "words", 2),
        ("dpaph", "info", "words", 1),
    ]
    figures = Themes.figures(found)
    assert figures["category"].to_list() == [
        "effort.tests.forms",
        "effort.tests.words",
        "info.tests.words",
    ]
    assert figures["value"].to_list() == [1.0, 2.0, 1.0] and set(figures["kind"]) == {"count"}
    assert themes(met(), wave=WAVE, simulated=True).is_empty()


def seen(definition: str, value: float | None, word: str = "") -> dict[str, Any]:
    """What was seen of waiting in tests on dpaph."""
    kind = "reading" if word else "count"
    return row(
        layer="observations",
        indicator="observations",
        item=None,
        definition=definition,
        kind=kind,
        unit=kind,
        breakdown="dimension",
        category="attente.tests",
        word=word,
        value=value,
        **dict.fromkeys(("low", "high", "se", "base")),
    )


def theme(name: str, value: float, unit: str = "dpaph", dimension: str = "attente") -> Any:
    """In how many sessions a theme was met."""
    return row(
        layer="themes",
        directorate=unit,
        indicator="themes",
        item=None,
        definition="sessions",
        **dict.fromkeys(("kind", "unit"), "count"),
        breakdown="theme",
        category=f"{dimension}.tests.{name}",
        category_label="",
        value=value,
        **dict.fromkeys(("low", "high", "se", "base")),
    )


SEEN = [
    seen("sessions", 2.0),
    seen("participants", 12.0),
    seen("themes", 2.0),
    seen("new_themes", 0.0),
    seen("state", None, "poor"),
]


def test_what_was_seen_is_told_without_a_proportion(study: Study) -> None:
    known = listened(study, TESTS, themes=NAMED)
    rows = [*SEEN, theme("words", 1.0), theme("forms", 2.0), theme("time", 2.0, "def")]
    found = lines(sessions.observations(page(known, *rows)))
    assert "Attente|Tests|Forms (2) et words (1)|2|12|0|Niveau faible|" in found
    assert "%" not in "".join(one for one in found if "|" in one)
    found = lines(sessions.observations(page(known, *SEEN)))
    assert "Attente|Tests|–|2|12|0|Niveau faible|" in found
    assert sessions.observations(page(study, row())).markdown == ""
    elsewhere = listened(study, device("x", products=["def"]))
    assert product.users(page(elsewhere, row())).markdown == "", "a device of another product"


@pytest.mark.parametrize(
    ("shared", "head"),
    [
        ((), "Aucun thème de séance ne revient d’un produit à l’autre"),
        (("time",), "Un thème de séance revient d’un produit à l’autre"),
        (("words", "time"), "2 thèmes de séance reviennent d’un produit à l’autre"),
    ],
)
def test_themes_that_come_back_stand_first(
    study: Study, shared: tuple[str, ...], head: str
) -> None:
    known = listened(study, TESTS, themes=NAMED)
    rows = [
        theme("words", 2.0),
        theme("words", 1.0, dimension="global"),
        theme("time", 1.0),
        *(theme(name, 1.0, "def") for name in shared),
    ]
    found = lines(sessions.themes(page(known, *rows, directorate=None)))
    assert found[0] == f"## {head}"
    expected = {name: f"{name.title()}|DPAPH|" for name in ("words", "time")}
    expected |= {name: f"{name.title()}|DPAPH et DEF|" for name in shared}
    shown = [one for one in found if one.count("|") == 2][1:]
    assert set(shown) == set(expected.values())
    assert shown[: len(shared)] == [expected[name] for name in shared]
    assert sessions.themes(page(known, row(), directorate=None)).markdown == ""


def test_open_data_name_a_theme_with_what_it_was_met_on(study: Study) -> None:
    book = Codebook(listened(study, TESTS, themes=NAMED))
    about = theme("words", 2.0, dimension="attente")
    assert book.label("categorie", about) == "Attente, Tests, words"
    assert book.label("ventilation", about) == "thème"


def quoted(study: Study, **changes: Any) -> Study:
    content = {
        "device": "tests",
        "product": "dpaph",
        "text": "Je cherche.",
        "approved_by": "Bureau",
        "date": "2026-09-01",
        **changes,
    }
    return listened(study, TESTS, FLOW, quotations=[content])


def test_what_was_said_is_printed_where_it_was_approved_and_in_its_wave(study: Study) -> None:
    found = lines(sessions.observations(page(quoted(study), row())))
    assert found == [
        "### Ce que des participants ont dit",
        "« Je cherche. » Tests, 1ᵉʳ septembre 2026. Citation approuvée : Bureau.",
    ]
    for change in ({"date": "2026-06-30"}, {"date": "2026-11-01"}, {"product": "def"}):
        opened = page(quoted(study, **change), row())
        assert sessions.observations(opened).markdown == ""
    with pytest.raises(ParameterError, match="looks like a telephone number") as caught:
        sessions.observations(page(quoted(study, text="Au 06 12 34 56 78"), row()))
    assert "06 12" not in str(caught.value)
