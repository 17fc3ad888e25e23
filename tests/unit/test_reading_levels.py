"""Levels read by the rules of a study that declares its devices, where no target says what is
enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.publishing.pages import reading as reading_page
from analysis.publishing.released import Changes, ReleasedFigure
from analysis.publishing.wording.commitments import Followed
from analysis.publishing.wording.reading import Read, level_reading, next_reading, three_lines
from analysis.study import Study
from analysis.study.listening import ReadingRules
from tests.promised import commitment, level, one_followed, perceived, promising, reading, target
from tests.released import page, row
from tests.unit.test_listening import device, listened
from tests.unit.test_pages import lines

RULES = ReadingRules(good_from=70, poor_below=50)


def read(
    study: Study, rules: ReadingRules | None = RULES, **about: Any
) -> tuple[Any, Read, ReleasedFigure]:
    shown = page(study, row(**about))
    figure = shown.figures.find("estimates", indicator="satisfaction_globale")
    assert figure is not None
    return shown, Read(figure=figure, changes=shown.figures.changes(figure), rules=rules), figure


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.70, 0.80, "good"),
        (0.6999, 0.80, "mixed"),
        (0.40, 0.4999, "poor"),
        (0.40, 0.50, "mixed"),
        (0.45, 0.75, "mixed"),
        (None, None, None),
    ],
)
def test_all_of_the_interval_lies_there(
    study: Study, low: float | None, high: float | None, expected: str | None
) -> None:
    assert read(study, low=low, high=high)[1].level == expected


@pytest.mark.parametrize(
    "about", [{"claim": "C2"}, {"unit": "score_10", "definition": "M10"}, {"unit": "points"}]
)
def test_of_nobody_but_users_and_of_no_other_number(study: Study, about: dict[str, Any]) -> None:
    assert read(study, low=0.1, high=0.2)[1].level == "poor"
    assert read(study, low=0.1, high=0.2, **about)[1].level is None
    assert read(study, None, low=0.1, high=0.2)[1].level is None, "a study that declares no rule"


def test_what_is_good_goes_well_and_what_is_poor_does_not(study: Study) -> None:
    for bounds, word, standing, ahead in (
        ((0.8, 0.9), "bon niveau", "well", "Le niveau est bon : le maintenir"),
        ((0.2, 0.3), "niveau faible", "badly", "Le niveau est faible : lire"),
        ((0.4, 0.8), "", "unknown", "Attendre la prochaine vague"),
    ):
        shown, found, figure = read(study, low=bounds[0], high=bounds[1])
        assert found.standing == standing
        assert next_reading(shown.wording, found).text.replace("\u00a0", " ").startswith(ahead)
        said = level_reading(shown.wording, found).text.replace("\u00a0", " ")
        assert said == (f"65 % ; {word}" if word else "65 %")
        named = three_lines(shown.wording, [found], (), ())
        name = "«\u00a0Satisfaction globale\u00a0»"
        assert named[found.standing].text == f"{name} ({word or 'sans cible'})"
        assert figure.key in named[found.standing].figures
        assert (figure.key in next_reading(shown.wording, found).figures) is bool(word)
        assert found.compared is bool(word), "its level is something to read it against"


def test_a_target_says_what_is_enough(study: Study) -> None:
    promised = promising(study, commitment(), breaks=())
    shown = page(promised, level(low=0.1, high=0.2), reading("kept"), perceived("kept"), target())
    figure = shown.figures.find("estimates", indicator="attente", item="Q08")
    assert figure is not None
    followed: Followed = one_followed(shown)
    with_target = Read(
        figure=figure, changes=Changes(None, None, None), commitment=followed, rules=RULES
    )
    assert with_target.level is None and with_target.standing == "well"
    assert Read(figure=figure, changes=Changes(None, None, None), rules=RULES).standing == "badly"


def test_the_grid_says_by_which_rules(study: Study) -> None:
    low = row(low=0.2, high=0.3)
    known = listened(study, device("visits"))
    found = lines(reading_page.grid(page(known, low)))
    rules = "sans cible, un bon niveau (tout l’intervalle à 70 % ou plus)"
    assert any(rules in one for one in found)
    assert any(one.startswith("- **Ce qui ne va pas :** « Satisfaction globale »") for one in found)
    assert reading_page.grid(page(study, low)).markdown == "", "nothing to read it against"
    gap = row(
        layer="standings", directorate=None, category="dpaph~def", kind="difference", word="below"
    )
    found = lines(reading_page.grid(page(study, low, gap)))
    assert any("ou une baisse. Ce qui va" in one for one in found)
    assert not any(rules in one for one in found)
    assert "- **Ce qui ne va pas :** Rien n’est établi." in found


def test_what_a_device_says_badly_is_not_said_to_be_unknown(study: Study) -> None:
    shown, found, figure = read(study, low=0.4, high=0.8)
    named = three_lines(shown.wording, [found], (), ())
    assert "Satisfaction globale" in named["unknown"].text
    heard = replace(found, beside=[figure])
    named = three_lines(shown.wording, [heard], (), [("badly", "« Accueil » (Tests)", [figure])])
    assert named["unknown"].rule == "grid_nothing_unknown"
    assert named["badly"].text == "« Accueil » (Tests)"
