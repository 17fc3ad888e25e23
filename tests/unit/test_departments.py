"""Many units: a line each by department, the page of a department, and the ways between pages."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.publishing.pages import colophon, department, synthesis, trends
from analysis.publishing.wording import sentences
from analysis.study import Study
from analysis.study.field import Directorate
from tests.released import HIDDEN, page, row
from tests.unit.test_pages import lines

COUNT = 14


@pytest.fixture(scope="module")
def many(study: Study) -> Study:
    """Fourteen units in two departments: even ones north, odd ones south."""
    model = study.directorate("dpaph")
    places = ("north", "south")

    def unit(name: str, parent: str | None = None) -> Directorate:
        about = {"id": name, "label": name.title(), "acronym": name.upper(), "parent": parent}
        return model.model_copy(update=about)

    units = [unit(name) for name in places]
    units += [unit(f"u{number}", places[number % 2]) for number in range(COUNT)]
    return study.model_copy(update={"directorates": tuple(units)})


def rows(count: int = COUNT, **last: Any) -> list[dict[str, Any]]:
    """The overall indicator of each unit, 50 % and more; the last one may be otherwise."""
    return [
        row(
            directorate=f"u{number}",
            value=0.5 + number / 100,
            low=0.4 + number / 100,
            high=0.6 + number / 100,
            **(last if number == count - 1 else {}),
        )
        for number in range(count)
    ]


def test_many_units_have_a_line_each_by_department(many: Study) -> None:
    found = lines(synthesis.summary(page(many, *rows(), directorate=None)))
    assert found[0].startswith("## Satisfaction globale, chez les usagers reçus")
    assert found[0].endswith(": de 50 % (U0) à 63 % (U13), sur 14 directions")
    heads = [one for one in found if one.startswith("Direction|")]
    assert len(heads) == 2
    units = [one.split("|")[0] for one in found if one.startswith("U")]
    assert units == [f"U{n}" for n in (*range(0, COUNT, 2), *range(1, COUNT, 2))]
    assert "U3|53 %|[43 ; 63]|usagers reçus|" in "\n".join(found).replace("\u202f", " ")
    shown = synthesis.summary(page(many, *rows(), directorate=None)).markdown
    assert shown.count("](direction-u") == COUNT, "each leads to its page"


def test_units_that_were_heard_otherwise_are_named(
    many: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "Réponses recueillies en ligne, sauf U13 (sur papier)."
    for channel, is_told in (("papier", True), ("qr", False)):
        shown = page(many, *rows(channels=channel), directorate=None)
        assert any(told in one for one in lines(synthesis.summary(shown))) is is_told
    two = [one | {"channels": "papier"} if n < 2 else one for n, one in enumerate(rows())]
    for most, named in ((2, "U0 (sur papier) et U1 (sur papier)"), (1, "2 directions")):
        monkeypatch.setattr(sentences, "MOST_UNITS_NAMED", most)
        shown = page(many, *two, directorate=None)
        assert any(f"sauf {named}." in one for one in lines(synthesis.summary(shown)))
    hidden = [
        one | HIDDEN if one["channels"] == "papier" else one for one in rows(channels="papier")
    ]
    shown = page(many, *hidden, directorate=None)
    assert not any(told in one for one in lines(synthesis.summary(shown)))


def test_units_too_many_to_be_named_are_led_to_by_their_departments(
    many: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "MOST_LED_TO", COUNT - 1)
    shown = synthesis.summary(page(many, *rows(), directorate=None)).markdown
    assert "U3" in shown and "](direction-u" not in shown


def test_few_units_have_tiles(many: Study) -> None:
    found = lines(synthesis.summary(page(many, *rows(12), directorate=None)))
    assert "U0" in found[0] and "U11" in found[0], "each is named"
    assert "sur 12" not in found[0]


def test_the_range_is_of_the_strongest_claim(many: Study) -> None:
    """What people who chose to answer say is on no common scale with estimates of all users."""
    found = lines(synthesis.summary(page(many, *rows(claim="C2"), directorate=None)))
    assert found[0].endswith("de 50 % (U0) à 62 % (U12), sur 13 directions")
    assert any(one.startswith("U13|63 %") for one in found), "it has its line"


def test_no_line_is_drawn_of_more_units_than_a_page_holds(many: Study) -> None:
    assert trends.trends(page(many, *rows(), directorate=None)).markdown == ""


def test_a_department_shows_its_own_units_and_leads_to_them(many: Study) -> None:
    opened = page(many, *rows(), directorate="north")
    found = lines(department.products(opened))
    units = [one.split("|")[0] for one in found if one.startswith("U")]
    assert units == [f"U{n}" for n in range(0, COUNT, 2)]
    markdown = department.products(opened).markdown
    assert "(direction-u4.html)" in markdown and "direction-u5.html" not in markdown
    assert department.products(page(many, row(), directorate="north")).markdown == ""


def test_a_unit_leads_to_its_department(many: Study, study: Study) -> None:
    markdown = colophon.head(page(many, *rows(), directorate="u3")).markdown
    assert "[South](departement-south.html)" in markdown
    assert "departement" not in colophon.head(page(study, row())).markdown
