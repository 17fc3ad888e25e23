"""How numbers, dates and phrases are written."""

from __future__ import annotations

import re
from datetime import date

import pytest

from analysis.errors import RenderingError
from analysis.publishing.wording.catalogue_en import CATALOGUE as ENGLISH
from analysis.publishing.wording.catalogue_fr import CATALOGUE as FRENCH
from analysis.publishing.wording.language import Language

FR, EN = Language.of("fr"), Language.of("en")
NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (FR.number(999), "999"),
        (FR.number(1000), f"1{NNB}000"),
        (FR.number(1234567.891, decimals=1), f"1{NNB}234{NNB}567,9"),
        (FR.number(0.5), "1"),
        (FR.number(1.5), "2"),
        (FR.number(2.5), "3"),
        (FR.number(-0.4), "0"),
        (FR.number(1.005, decimals=2), "1,01"),
        (FR.percent(0.45745, decimals=1), f"45,7{NB}%"),
        (FR.percent(0.585), f"59{NB}%"),
        (FR.points(0.021, decimals=1), f"+2,1{NB}points"),
        (FR.points(0.01), f"+1{NB}point"),
        (FR.points(-0.062), f"−6{NB}points"),
        (FR.points(0.0), f"0{NB}point"),
        (FR.points(0.0196, decimals=1), f"+2,0{NB}points"),
        (FR.points(0.0194, decimals=1), f"+1,9{NB}point"),
        (EN.points(0.012), f"+1{NB}point"),
        (FR.interval(0.431, 0.482, decimals=1), f"[43,1{NB}; 48,2]"),
        (FR.day(date(2026, 3, 1)), f"1ᵉʳ{NB}mars 2026"),
        (FR.day(date(2026, 11, 16)), f"16{NB}novembre 2026"),
        (FR.listing(["a", "b", "c"]), "a, b et c"),
        (FR.quoted("a"), f"«{NB}a{NB}»"),
        (FR.typeset("Oui ? « a » : b"), f"Oui{NB}? «{NB}a{NB}»{NB}: b"),
        (FR.typeset("1er, 1re, 2e et 21e, de 5 %"), f"1ᵉʳ, 1ʳᵉ, 2ᵉ et 21ᵉ, de 5{NB}%"),
        (FR.typeset("2es, la 3e1, a2e"), "2es, la 3e1, a2e"),
        (EN.typeset("1er, 2e : x"), "1er, 2e : x"),
        (EN.percent(0.457, decimals=1), "45.7%"),
        (EN.number(12345.6, decimals=1), "12,345.6"),
        (EN.day(date(2026, 3, 1)), "1 March 2026"),
    ],
)
def test_writing(written: str, expected: str) -> None:
    assert written == expected


def test_french_spaces_before_high_punctuation_do_not_break() -> None:
    wrong = {key: phrase for key, phrase in FRENCH.items() if re.search(r" [:;?!»%]|« ", phrase)}
    assert wrong == {}
    assert not any("'" in phrase for phrase in FRENCH.values())


def test_a_phrase_that_is_missing_is_named() -> None:
    with pytest.raises(RenderingError, match="The phrase 'nothing' does not exist"):
        FR.text("nothing")
    with pytest.raises(RenderingError, match="'edition' does not exist, or lacks its part 'day'"):
        FR.text("edition", version="1")


def test_a_count_is_written_in_letters_or_in_figures() -> None:
    assert [FR.count(number) for number in (2, 5, 12)] == ["deux", "cinq", "12"]


def test_no_phrase_of_the_catalogues_names_what_a_study_asks_or_counts() -> None:
    for catalogue in (FRENCH, ENGLISH):
        for key, phrase in catalogue.items():
            if key == "method_constrained":  # the rule on those who are never asked
                continue
            assert not re.search(
                r"satisf|T2B|M10|quatre visages|four faces|\b(?:30|100) (?:réponses|answers)",
                phrase,
            ), key
