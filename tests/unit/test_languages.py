"""Texts of the parameters in several languages: how they are read, refused, seen and kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.errors import ParameterError, ScopeError
from analysis.publishing.fonts import unprintable_texts
from analysis.study import Study, load_study
from analysis.study.languages import (
    Multilingual,
    foreign,
    in_parts,
    with_marks,
    without_marks,
)
from analysis.study.scope import Scope
from analysis.study.types import texts_with_keys
from analysis.study.yaml_reader import read_yaml
from tests.conftest import ROOT

SOURCE = ROOT / "tests" / "acceptance" / "nhs_fft"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The parameters of an English study, whose files a test may change."""
    params = tmp_path / "nhs_fft"
    shutil.copytree(SOURCE, params, ignore=shutil.ignore_patterns("*.csv", "delivery.yml"))
    return params


def rewrite(folder: Path, file: str, **texts: Any) -> Study:
    """The study with other values of some keys of a file, keys of keys parted by two underscores;
    a number is a place in a list."""
    path = folder / f"{file}.yml"
    content = read_yaml(path)
    for name, text in texts.items():
        *way, last = name.split("__")
        holder = content
        for part in way:
            holder = holder[int(part) if part.isdecimal() else part]
        holder[last] = text
    YAML(typ="safe", pure=True).dump(content, path)
    return load_study(folder)


def refusal(folder: Path, file: str, **texts: Any) -> str:
    with pytest.raises(ParameterError) as caught:
        rewrite(folder, file, **texts)
    return str(caught.value)


def test_a_text_is_the_main_one_and_is_said_in_each_language(folder: Path) -> None:
    rewrite(folder, "study", languages=["en", "fr"])
    study = rewrite(folder, "waves", waves__0__label={"fr": "Juin", "en": "June"})
    assert study.language == "en" and study.waves[0].label == "June"
    french = study.in_language("fr")
    assert french.waves[0].label == "Juin" and french.languages == ("fr",)
    assert study.in_language("en").waves[0].label == "June"
    assert french.title == foreign(study.title, "en") != study.title
    assert study.in_language("en").title == study.title
    with pytest.raises(ScopeError, match="Unknown language: 'fr'"):
        study.in_language("en").in_language("fr")


def test_every_text_that_people_read_is_marked_where_it_has_no_other(folder: Path) -> None:
    rewrite(folder, "study", languages=["en", "fr"])
    french = load_study(folder).in_language("fr")
    marked = {key for key, text in texts_with_keys(french) if without_marks(text) != text}
    plain = {key for key, text in texts_with_keys(french) if without_marks(text) == text}
    said = ("label", "wording", "short", "title", "subtitle", "publisher", "mission", "contact")
    ends = {key.rpartition(".")[2] for key in marked}
    assert {key for key in plain if key.endswith(tuple(f".{name}" for name in said))} == set()
    assert set(said[:3]) < ends and not ends & {"id", "claim", "mode", "by", "item", "scale"}


def test_a_translation_is_in_no_digest_but_that_of_the_pages(folder: Path) -> None:
    before = rewrite(folder, "study", languages=["en"])
    label = str(before.waves[0].label)
    rewrite(folder, "study", languages=["en", "fr"])
    after = rewrite(folder, "waves", waves__0__label={"en": label, "fr": "Juin"})
    other = rewrite(folder, "waves", waves__0__label={"en": f"{label}!", "fr": "Juin"})
    wave, unit = after.waves[0].id, after.directorates[0].id
    for scope in (Scope(), Scope(unit, wave)):
        assert after.for_scope(scope).digest == before.for_scope(scope).digest
        assert other.for_scope(scope).digest != before.for_scope(scope).digest
    assert after.for_intake().digest == before.for_intake().digest
    assert after.for_pages(wave).digest != before.for_pages(wave).digest
    assert type(after.for_scope(Scope()).waves[0].label) is str


def test_a_study_that_is_kept_parsed_says_the_same_in_each_language(folder: Path) -> None:
    rewrite(folder, "study", languages=["en", "fr"])
    study = rewrite(folder, "waves", waves__0__label={"fr": "Juin", "en": "June"})
    again = Study.model_validate_json(study.model_dump_json())
    assert again.digest == study.digest
    assert again.waves[0].label == "June"
    assert again.in_language("fr").digest == study.in_language("fr").digest
    assert json.loads(study.model_dump_json())["waves"][0]["label"] == {
        "en": "June",
        "fr": "Juin",
    }


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ({}, "a text is given in at least one language"),
        ({"de": "Juni"}, "'de' is no language here: fr, en"),
        ({"en": " "}, "the text in 'en' is not one"),
        ({"en": 6}, "the text in 'en' is not one"),
        ("", "at least 1 character"),
        (["June"], "valid string"),
        ({"fr": "Juin"}, "A text is not given in 'en'"),
        ({"en": "June", "fr": "Juin"}, "A text is given in 'fr', which the study has not"),
    ],
)
def test_what_is_no_text_is_refused_at_its_place(folder: Path, label: Any, message: str) -> None:
    said = refusal(folder, "waves", waves__0__label=label)
    assert message in said and "waves.yml, waves." in said and ".label" in said


@pytest.mark.parametrize(
    ("file", "texts", "where"),
    [
        ("questionnaire", {"items__0__short": {"fr": "x"}}, "questionnaire.yml, items."),
        ("study", {"terms": {"people": {"C2": {"fr": "x"}}}}, "study.yml, terms.people.C2"),
    ],
)
def test_a_text_that_lacks_the_main_language_is_told_where_it_stands(
    folder: Path, file: str, texts: dict[str, Any], where: str
) -> None:
    assert where in refusal(folder, file, **texts)


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        ([], "at least 1 item"),
        (["en", "en"], "each language is named once"),
        (["de"], "'fr' or 'en'"),
        ("en", "valid tuple"),
    ],
)
def test_languages_are_named_once_each(folder: Path, languages: Any, message: str) -> None:
    assert message in refusal(folder, "study", languages=languages)


def test_a_translation_that_no_font_could_show_is_told_with_its_language(folder: Path) -> None:
    rewrite(folder, "study", languages=["en", "fr"])
    study = rewrite(folder, "waves", waves__0__label={"en": "June", "fr": "Juin 🦄"})
    assert [fault.where for fault in unprintable_texts(study)] == [
        f"nhs_fft, waves.{study.waves[0].id}.label.fr"
    ]


def test_marks_are_read_back() -> None:
    text = f"a {foreign('b', 'fr')} c{foreign('d', 'en')}"
    assert without_marks(text) == "a b cd"
    assert with_marks(text, lambda code, part: f"({code} {part})") == "a (fr b) c(en d)"
    assert list(in_parts(text)) == [(None, "a "), ("fr", "b"), (None, " c"), ("en", "d")]
    assert without_marks("\ue000 alone") == "\ue000 alone"
    assert list(in_parts("")) == []


def test_a_text_keeps_its_languages_when_copied() -> None:
    from copy import deepcopy

    text = Multilingual("June", {"en": "June", "fr": "Juin"})
    assert deepcopy(text).texts == text.texts
    assert text.led_by("fr") == "Juin" and list(text.led_by("fr").texts) == ["fr", "en"]
    assert Multilingual("x").led_by("fr") == "x"
