"""The list of phrases that a person reads: all of them, each completed."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.errors import RenderingError
from analysis.publishing import wording
from analysis.publishing.wording.catalogue_en import CATALOGUE as ENGLISH
from analysis.publishing.wording.catalogue_fr import CATALOGUE as FRENCH
from analysis.publishing.wording.examples import EXAMPLES, OWN_EXAMPLES
from analysis.publishing.wording.phrases import phrase_lines, phrase_page, phrases
from analysis.study.kinds import LanguageCode

CATALOGUES: list[tuple[LanguageCode, dict[str, str]]] = [("fr", FRENCH), ("en", ENGLISH)]


def parts(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize(("code", "catalogue"), CATALOGUES)
def test_every_phrase_is_listed_with_an_example_that_lacks_nothing(
    code: LanguageCode, catalogue: dict[str, str]
) -> None:
    listed = phrases(code)
    assert [(one.key, one.template) for one in listed] == list(catalogue.items())
    assert [one.key for one in listed if re.search(r"[{}]", one.example)] == []
    assert [one.key for one in listed if parts(one.template) and one.example == one.template] == []


def test_no_example_is_left_of_a_part_that_no_phrase_has() -> None:
    used = {name for phrase in FRENCH.values() for name in parts(phrase)}
    assert set(EXAMPLES) == used
    assert {
        key: set(own) - parts(FRENCH[key])
        for key, own in OWN_EXAMPLES.items()
        if set(own) - parts(FRENCH[key])
    } == {}


def test_a_phrase_without_an_example_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(EXAMPLES, "version")
    with pytest.raises(RenderingError, match=r"'edition' has no example of its part 'version'"):
        phrases("en")


def test_the_lists_hold_each_phrase_in_each_language() -> None:
    class Cells(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.languages: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "td":
                self.languages.append(dict(attrs)["lang"] or "")

    cells = Cells()
    cells.feed(phrase_page(["fr", "en"]))
    assert cells.languages == ["fr"] * 2 * len(FRENCH) + ["en"] * 2 * len(ENGLISH)
    lines = phrase_lines(["en"]).splitlines()
    assert lines.count("en edition") == 1
    assert lines[lines.index("en edition") + 2].strip() == "Edition 1.0.0 of 1 March 2026"


LABELLED = ("note_", "claim_", "field_", "reading_", "source_")
"""How keys begin of phrases that stand after a label and its colon (« Note : »)."""


def stacked_colons(key: str, text: str) -> list[str]:
    """The sentences of a text in which a colon follows another."""
    allowed = 0 if key.startswith(LABELLED) else 1
    return [
        sentence
        for sentence in re.split(r"(?<=[.?!])\s", text)
        if len(re.findall(r"(?:\u00a0|\b):\s", sentence)) > allowed
    ]


@pytest.mark.parametrize("code", ["fr", "en"])
def test_no_colon_follows_another_in_a_sentence(code: LanguageCode) -> None:
    assert {
        phrase.key: found
        for phrase in phrases(code)
        if (found := stacked_colons(phrase.key, phrase.example))
    } == {}


def test_colons_that_follow_one_another_would_be_seen() -> None:
    french = "Lecture\u00a0: 2ᵉ semestre 2026\u00a0: 65\u00a0%. Un\u00a0: deux."
    assert stacked_colons("title", french) == ["Lecture\u00a0: 2ᵉ semestre 2026\u00a0: 65\u00a0%."]
    assert stacked_colons("note_s", "s: not disclosed") == ["s: not disclosed"]
    assert stacked_colons("title", "Overall: 65%") == []


@pytest.mark.parametrize("code", ["fr", "en"])
def test_a_phrase_stands_in_one_part_of_a_catalogue(code: LanguageCode) -> None:
    """A second one would take the place of the first without a word."""
    folder = Path(wording.__file__).parent
    parts = sorted(folder.glob(f"catalogue*_{code}.py"))
    keys = [
        key.value
        for part in parts
        for node in ast.walk(ast.parse(part.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    ]
    assert len(parts) > 8 and [key for key, count in Counter(keys).items() if count > 1] == []
