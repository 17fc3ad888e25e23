"""What differs between two editions: which figures, by what cause, which sentences; and how large a
version that makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from analysis.disclosure import Status
from analysis.editions.difference import (
    Difference,
    EditionContent,
    FigureChange,
    SentenceChange,
    difference,
)
from analysis.editions.difference_page import DifferencePage
from analysis.editions.manifest import Origin
from analysis.publishing.released import ReleasedFigure
from analysis.study import Study
from tests.released import HIDDEN, row

A, B = "a" * 64, "b" * 64


def figure(**changes: Any) -> ReleasedFigure:
    made = row(**changes)
    return ReleasedFigure(**{**made, "status": Status(made["status"])})


def origin(**changes: dict[str, str]) -> Origin:
    same = {"inputs": {"d/a.csv": A}, "parameters": {"study.yml": A}, "definitions": {"T2B": A}}
    return Origin.model_validate({**same, **changes})


def sentence(
    text: str, *, rule: str = "r", place: str = "paragraph", keys: Sequence[str] = ()
) -> dict[str, Any]:
    about = {"page": "index", "section": "summary", "place": place, "rule": rule, "text": text}
    return {**about, "figures": list(keys)}


def content(
    *figures: ReleasedFigure,
    sentences: Sequence[dict[str, Any]] = (),
    made_of: Origin | None = None,
    wave: str = "2026-2",
) -> EditionContent:
    return EditionContent(wave, made_of or origin(), {one.key: one for one in figures}, sentences)


def only(found: Difference) -> Any:
    (change,) = found.figures
    return change


# --- figures --------------------------------------------------------------------------------------


def test_what_is_the_same_but_for_noise_is_no_difference() -> None:
    first = figure(value=0.65, se=0.015)
    last = figure(value=0.65 * (1 + 1e-12), se=0.015 * (1 - 1e-12))
    assert difference(content(first), content(last)).figures == ()
    assert (
        only(difference(content(first), content(figure(value=0.65 * (1 + 1e-7), se=0.015)))).kind
        == "changed"
    )


@pytest.mark.parametrize(
    "changed",
    [
        *({"value": 0.66}, {"se": 0.02}, {"low": 0.61}, {"base": 409}, {"word": "up"}),
        *({"status": "caution"}, {"method": "other"}, {"definition_version": "2.0"}),
    ],
)
def test_each_thing_that_is_said_of_a_figure_counts(changed: dict[str, Any]) -> None:
    assert only(difference(content(figure()), content(figure(**changed)))).kind == "changed"


def test_figures_appear_and_vanish() -> None:
    new = figure(indicator="other", key="k")
    assert only(difference(content(), content(new))).kind == "appeared"
    assert only(difference(content(new), content())).kind == "vanished"
    assert only(difference(content(new), content())).difference is None


@pytest.mark.parametrize(
    ("before", "after", "first", "last", "cause"),
    [
        ({}, {"inputs": {"d/a.csv": B}}, {}, {"value": 0.7}, "data"),
        ({}, {"parameters": {"study.yml": B}}, {}, {"value": 0.7}, "parameters"),
        ({}, {"definitions": {"T2B": B}}, {}, {"value": 0.7}, "definition"),
        ({}, {"definitions": {"T2B": A, "M10": B}}, {}, {"value": 0.7}, "software"),
        ({}, {}, {}, {"value": 0.7, "definition_version": "2.0"}, "definition"),
        ({}, {}, {}, {"value": 0.7}, "software"),
        ({}, {}, {"value": 0.65}, {"value": 0.6500001}, "rounding"),
        ({}, {}, {"method": "wilson"}, {"method": "t", "low": 0.6}, "method"),
        ({}, {"inputs": {"d/a.csv": B}}, {}, {"status": "s", "value": None}, "disclosure"),
        (
            {},
            {"inputs": {"d/a.csv": B}, "parameters": {"study.yml": B}},
            {},
            {"value": 0.7},
            "data",
        ),
    ],
)
def test_a_difference_has_its_cause(
    before: dict[str, Any],
    after: dict[str, Any],
    first: dict[str, Any],
    last: dict[str, Any],
    cause: str,
) -> None:
    earlier = content(figure(**first), made_of=origin(**before))
    later = content(figure(**last), made_of=origin(**after))
    assert only(difference(earlier, later)).causes == (cause,)


def test_what_comes_of_answers_is_told_from_what_does_not() -> None:
    """By the earlier answers under the later parameters."""
    later = origin(inputs={"d/a.csv": B}, definitions={"T2B": B})
    first, middle, last = (figure(value=value) for value in (0.5, 0.6, 0.7))
    both = [content(first), content(last, made_of=later)]
    assert only(difference(*both, bridge={first.key: middle})).causes == ("definition", "data")
    assert only(difference(*both, bridge={first.key: first})).causes == ("data",)
    assert only(difference(*both, bridge={first.key: last})).causes == ("definition",)


def test_two_waves_are_compared_by_what_lies_as_far_back() -> None:
    waves = ["2025-1", "2025-2", "2026-1", "2026-2"]

    def change(wave: str, against: str, value: float) -> ReleasedFigure:
        about = {"layer": "changes", "wave": wave, "against": against, "kind": "difference"}
        return figure(**about, key=f"changes/{wave}/{against}", value=value)

    before = content(
        change("2026-1", "2025-2", 0.1), change("2026-1", "2025-1", 0.2), wave="2026-1"
    )
    after = content(change("2026-2", "2026-1", 0.1), change("2026-2", "2025-2", 0.3), wave="2026-2")
    found = only(difference(before, after, waves=waves))
    assert (found.before.against, found.after.against, found.causes) == ("2025-1", "2025-2", ())
    assert found.difference == pytest.approx(0.1)


# --- versions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "changed", "size"),
    [
        ("heading", {"value": 0.71}, "major"),
        ("heading", {"word": "up"}, "major"),
        ("heading", {"status": "s", "value": None}, "major"),
        ("heading", {"value": 0.6501}, "minor"),
        ("heading", {"low": 0.6}, "minor"),
        ("paragraph", {"value": 0.71}, "minor"),
        ("heading", {}, "patch"),
    ],
)
def test_a_version_is_as_large_as_what_it_changes(
    place: str, changed: dict[str, Any], size: str
) -> None:
    first, last = figure(value=0.65), figure(**{"value": 0.65, **changed})
    said = [sentence("a", place=place, keys=[first.key])]
    found = difference(content(first, sentences=said), content(last, sentences=said))
    assert found.size("fr") == size


# --- sentences ------------------------------------------------------------------------------------


def kinds(
    first: Sequence[dict[str, Any]], last: Sequence[dict[str, Any]]
) -> list[tuple[str, str | None, str | None]]:
    found = difference(content(sentences=first), content(sentences=last))
    return [(one.kind, one.before, one.after) for one in found.sentences]


def test_sentences_appear_vanish_and_change() -> None:
    a, b = sentence("A 1.", keys=["a"]), sentence("B 1.", keys=["b"])
    assert kinds([a, b], [a, b]) == []
    assert kinds([a], [a, b]) == [("appeared", None, "B 1.")]
    assert kinds([a, b], [b]) == [("vanished", "A 1.", None)]
    assert kinds([a, b], [sentence("A 2.", keys=["a"]), b]) == [("text", "A 1.", "A 2.")]
    other = sentence("A fell.", keys=["a"], rule="fall")
    assert kinds([a, b], [b, other]) == [("word", "A 1.", "A fell.")]


def test_a_sentence_is_the_one_that_is_made_from_the_same_figures() -> None:
    first = [sentence("A 1.", keys=["a"]), sentence("B 1.", keys=["b"])]
    last = [sentence("B 2.", keys=["b"]), sentence("A 2.", keys=["a"])]
    assert kinds(first, last) == [("text", "B 1.", "B 2."), ("text", "A 1.", "A 2.")]


def test_a_word_that_a_figure_changed_changes_the_sentence_of_the_same_rule() -> None:
    first, last = figure(word="up"), figure(word="none")
    texts = [sentence(text, keys=[first.key]) for text in ("Above.", "No gap.")]
    found = difference(content(first, sentences=texts[:1]), content(last, sentences=texts[1:]))
    assert [one.kind for one in found.sentences] == ["word"]


# --- as readers get it ----------------------------------------------------------------------------


def moved(before: float, **after: Any) -> FigureChange:
    """A figure at the head that has another value."""
    about = {name: after[name] for name in ("unit", "kind") if name in after}
    was, now = figure(**about, value=before), figure(**about | after)
    return FigureChange("changed", was.key, was, now, ("data",), head=True)


def test_a_page_tells_each_figure_before_after_by_how_much_and_why(study: Study) -> None:
    found = Difference(
        figures=(
            moved(0.652, value=0.641),
            moved(7.1, value=7.4, unit="score_10", kind="mean"),
            moved(400.0, value=388.0, unit="answers", kind="count"),
            moved(0.652, **HIDDEN),
        ),
        sentences=(
            SentenceChange("text", "index", "summary", "paragraph", "A.", "B."),
            SentenceChange("text", "old", "summary", "paragraph", "C.", "D."),
        ),
    )
    titles = {"index": "Synthèse"}
    page = DifferencePage(study.in_language("fr"), found, same_wave=True, titles=titles)
    told = "\n".join(part.markdown for part in page.parts("x.csv"))
    rows = [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)]
        for line in re.findall(r"<tr.*?</tr>", told, re.DOTALL)
    ]
    name = "DPAPH, Satisfaction globale, part des deux réponses les plus favorables"
    assert rows[1][0].replace("\u00a0", " ") == name
    spaced = [[cell.replace("\u00a0", " ") for cell in row[1:]] for row in rows]
    assert [row[0] for row in rows[-2:]] == ["Synthèse", "old"]
    assert spaced[:5] == [
        ["Avant", "Après", "Écart", "Cause"],
        ["65 %", "64 %", "−1,1 point", "données"],
        ["7,1 sur 10", "7,4 sur 10", "+0,3", "données"],
        ["400", "388", "−12", "données"],
        ["65 %", "s", "–", "données"],
    ]
