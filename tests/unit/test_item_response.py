"""Questions that stay without an answer: counts by hand, what is shown of them, the page."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.indicators import Answers, ItemResponse, item_response
from analysis.publishing.pages.response import unanswered as section
from analysis.storage import Figures
from analysis.study import MissingKind, Study
from tests.released import HIDDEN, page, row
from tests.unit.test_pages import lines


def responses(study: Study, **answers: list[int | MissingKind]) -> pl.DataFrame:
    """Respondents of the invitation and their answers; the other questions are not put."""
    count = len(next(iter(answers.values())))
    codes = {
        item.id: [study.missing[MissingKind.NOT_ASKED]] * count
        for item in study.questionnaire.items
        if study.scale(item.id).kind != "text"
    }
    for item, values in answers.items():
        codes[item] = [
            study.missing[one] if isinstance(one, MissingKind) else one for one in values
        ]
    about = {"channel": ["invitation"] * count, "population": ["generale"] * count}
    return pl.DataFrame({**about, **codes})


def table(study: Study, found: pl.DataFrame) -> pl.DataFrame:
    return item_response(found, study, directorate="def", wave="2026-2", simulated=True)


def test_who_is_not_asked_or_not_concerned_leaves_nothing_open(study: Study) -> None:
    """Of 8 people, one was not asked and one is not concerned: 6 are asked, of whom 4 answer
    nothing, each in their way."""
    ways = [kind for kind in MissingKind if kind is not MissingKind.UNKNOWN]
    found = table(study, responses(study, Q01=[5, 4, *ways], Q02=[1] * 8))
    rows = {one["item"]: one for one in found.iter_rows(named=True)}
    assert set(rows) == {"Q01", "Q02"}, "what nobody was asked has no row"
    first = rows["Q01"]
    names = ("asked", "dont_know", "refused", "illegible", "abandoned")
    assert [first[name] for name in names] == [6, 1, 1, 1, 1]
    assert [rows["Q02"][name] for name in names] == [8, 0, 0, 0, 0]
    figures = ItemResponse.figures(found)
    shares = dict(figures.select("indicator", "value").iter_rows())
    assert shares == {"Q01": pytest.approx(0.67), "Q02": 0, "questions": pytest.approx(0.29)}
    bases = dict(figures.select("indicator", "base").iter_rows())
    assert bases == {"Q01": 2, "Q02": 8, "questions": 4}


def test_few_who_answered_nothing_are_not_told(study: Study) -> None:
    """10 of 200 on one question, 30 on another: the first is hidden, the rest is shown."""
    unknown = MissingKind.DONT_KNOW
    found = responses(study, Q01=[unknown] * 10 + [4] * 190, Q02=[unknown] * 30 + [4] * 170)
    answers = pl.DataFrame(
        [("def", "2026-2", "invitation", "x", "C1", 200, True)],
        schema=Answers.create_empty().schema,
        orient="row",
    )
    figures = [Answers.figures(answers), ItemResponse.figures(table(study, found))]
    released = release(Figures.validate(pl.concat(figures)), study, audience=Audience.PUBLIC)
    status = dict(released.filter(layer="item_response").select("indicator", "status").iter_rows())
    assert status["Q01"] == "s" and status["Q02"] != "s" and status["questions"] != "s"


@pytest.mark.parametrize("answer", [4, MissingKind.REFUSED])
def test_what_all_or_none_of_a_few_left_open_is_not_told(
    study: Study, answer: int | MissingKind
) -> None:
    """Ten people of 200 were asked: nothing is said of them, nor where eleven would be."""
    for few, shown in ((10, False), (40, True)):
        rest = [MissingKind.NOT_CONCERNED] * (200 - few)
        found = responses(study, Q01=[answer] * few + rest, Q02=[4] * 200)
        answers = pl.DataFrame(
            [("def", "2026-2", "invitation", "x", "C1", 200, True)],
            schema=Answers.create_empty().schema,
            orient="row",
        )
        figures = [Answers.figures(answers), ItemResponse.figures(table(study, found))]
        released = release(Figures.validate(pl.concat(figures)), study, audience=Audience.PUBLIC)
        (status,) = released.filter(layer="item_response", indicator="Q01")["status"]
        assert (status in ("", "caution")) == shown, (few, status)


def figure(value: float | None, item: str | None = None, **about: Any) -> dict[str, Any]:
    found = {
        "layer": "item_response",
        "indicator": item or "questions",
        "item": item,
        "definition": "nonresponse",
        **dict.fromkeys(("kind", "unit"), "share"),
        "breakdown": "channel",
        "category": "invitation",
        "value": value,
        "low": None,
        "high": None,
        **about,
    }
    return row(**found | (HIDDEN if value is None else {}))


def test_the_section_names_the_question_that_is_left_most_often(study: Study) -> None:
    rows = [
        figure(0.04),
        figure(0.02, "Q01"),
        figure(0.09, "Q09"),
        figure(None, "Q02"),
        figure(0.07, category="qr"),
        figure(None, "Q01", category="qr"),
        figure(0.0, "Q02", category="qr"),
        figure(0.0, category="borne"),
        figure(0.0, "Q01V", category="borne"),
    ]
    found = lines(section(page(study, *rows, directorate=None)))
    most = study.item("Q09").short
    assert [one for one in found if "|" in one] == [
        "Canal|Questions sans réponse|La plus souvent sans réponse|",
        f"DPAPH – Enquête sur invitation|4 %|{most} (9 %)|",
        "DPAPH – QR code affiché|7 %|s|",
        "DPAPH – Borne à quatre visages|0 %|so|",
    ]
    assert section(page(study, row(), directorate=None)).markdown == ""
