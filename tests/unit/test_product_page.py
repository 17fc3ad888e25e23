"""The page of a product: who its users are, and what its devices that are no surveys add to what is
read of its survey.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from analysis.publishing.pages import product, reading
from analysis.publishing.wording.reading import next_reading, three_lines
from analysis.study import Study
from tests.promised import keys
from tests.released import HIDDEN, change_row, detectable_row, page, row
from tests.unit.test_audience_pages import WAVE, ages, answer, dila, segment, texts
from tests.unit.test_convergence import FLOW, POST, TESTS
from tests.unit.test_listening import listened
from tests.unit.test_listening_pages import told
from tests.unit.test_pages import lines
from tests.unit.test_reading_grid import read_of

__all__ = ["dila"]

# --- who they are ---------------------------------------------------------------------------------


def test_the_users_of_a_product_are_told_from_the_most_frequent_answer(dila: Study) -> None:
    rows = [
        *ages("boamp", 0.10, 0.40, 0.30, 0.20),
        *ages("allo", 0.90, 0.04, 0.03, 0.03),
        answer("boamp", "AISANCE", "P1-2", 0.06),
        segment("accompagnes", 0.12, "boamp"),
        segment("autonomes", 0.84, "boamp"),
        segment("distants", 0.04, "boamp") | HIDDEN,
        segment("autonomes", 0.99, "allo"),
    ]
    opened = page(dila, *rows, directorate="boamp", wave=WAVE)
    found = lines(product.who(opened))
    assert found[0] == "## Qui sont les usagers"
    said = [one.replace("**", "") for one in found if one.startswith("- ")]
    assert said == [
        "- Âge : « 30-44 ans » (40 %), « 45-59 ans » (30 %), « 60 ans et plus » (20 %) et « Moins "
        "de 30 ans » (10 %)",
        "- Groupes : « À l’aise en ligne » (84 %) et « Accompagnés » (12 %)",
        "- Loin du numérique : 6 %, intervalle de confiance à 95 % [2 ; 10]",
    ]
    assert "[Publics, côte à côte](publics.html)" in found[-1]
    rules = texts(product.who(opened))
    assert set(rules) == {"who_answers", "who_far_share"}


def test_rare_answers_are_told_together_and_hidden_ones_not_at_all(dila: Study) -> None:
    rows = [
        *(answer("boamp", "AGE", f"P{code}", 0.2, is_hidden=True) for code in (1, 2)),
        answer("boamp", "AGE", "P1-2", 0.50),
        answer("boamp", "AGE", "P3", 0.30),
        answer("boamp", "AGE", "P4", 0.20, is_hidden=True),
    ]
    opened = page(dila, *rows, directorate="boamp", wave=WAVE)
    (said,) = (one for one in lines(product.who(opened)) if one.startswith("- "))
    assert said.endswith("« Moins de 30 ans » ou « 30-44 ans » (50 %) et « 45-59 ans » (30 %)")
    hidden = page(
        dila, *ages("boamp", 0.1, 0.2, 0.3, 0.4, is_hidden=True), directorate="boamp", wave=WAVE
    )
    assert product.who(hidden).markdown == ""


def test_a_study_without_profiles_tells_nobody(study: Study) -> None:
    assert study.profiles is None
    assert product.who(page(study, row())).markdown == ""


# --- what devices add -----------------------------------------------------------------------------

CONTRARY, SIGNAL = told("verdict", "total", "contrary"), told("signal", "total", "signal")


WORSE = told("movement", "phone", "worse")


@pytest.mark.parametrize(
    ("moved", "said", "rule"),
    [
        ("none", (CONTRARY,), "contrary"),
        ("none", (CONTRARY, WORSE, SIGNAL), "contrary"),
        ("none", (WORSE, SIGNAL), "beside"),
        ("up", (WORSE,), "beside"),
        ("none", (SIGNAL,), "look"),
        ("up", (SIGNAL,), "look"),
        ("up", (CONTRARY,), "contrary"),
        ("down", (CONTRARY, WORSE, SIGNAL), "watch"),
        ("none", (), "wait"),
    ],
)
def test_what_devices_say_is_looked_at_before_one_waits_or_tells(
    study: Study, moved: str, said: tuple[dict[str, Any], ...], rule: str
) -> None:
    shown, read, words = read_of(study, moved=moved)
    by = {one["definition"]: page(study, one).figures.select("convergence")[0] for one in said}
    beside = [by["movement"]] if "movement" in by else []
    read = replace(read, contrary=by.get("verdict"), beside=beside, signal=by.get("signal"))
    found = next_reading(shown.wording, read)
    assert found.rule == f"next_{rule}"
    assert set(found.figures) == set(keys(*words, *said)), "what it rests on"


def test_a_rise_that_devices_contradict_goes_neither_well_nor_badly(study: Study) -> None:
    contrary = page(study, CONTRARY).figures.select("convergence")[0]
    for moved, alone, beside in (("up", "well", "unknown"), ("down", "badly", "badly")):
        shown, read, _ = read_of(study, moved=moved)
        assert read.standing == alone
        contradicted = replace(read, contrary=contrary)
        assert contradicted.standing == beside
        line = three_lines(shown.wording, [contradicted], [], [])[beside]
        assert ("(les dispositifs se contredisent)" in line.text) == (beside == "unknown")
        assert CONTRARY["key"] in line.figures


WAITING = {"indicator": "attente", "item": "Q08"}


def grid(study: Study, *rows: dict[str, Any], about: dict[str, str] = WAITING) -> dict[str, str]:
    """Rule → text of the sentences of the grid of a page whose survey tells a rise."""
    moves = [change_row("up", **about), detectable_row(**about)]
    opened = page(listened(study, FLOW, TESTS, POST), row(**about), *moves, *rows)
    return texts(reading.grid(opened))


def test_a_count_that_has_become_worse_goes_badly_whatever_the_survey_says(study: Study) -> None:
    good = told("state", "tests", "good")
    found = grid(study, WORSE, good, told("state", "post", "poor"))
    assert found["next_beside"].startswith("Un autre dispositif dit que cela va mal")
    assert found["grid_badly"] == "« Attente » (Phone : moins bien qu’un an avant)"
    assert found["grid_well"] == "« Temps d’attente » et « Attente » (Tests : bon niveau)"
    assert "grid_badly" not in grid(study, told("movement", "phone", "steady"))
    assert "grid_badly" not in grid(study, WORSE | HIDDEN)


def test_a_survey_is_heard_on_what_no_core_figure_is_about(study: Study) -> None:
    poor = told("state", "post", "poor")
    assert "grid_badly" not in grid(study, poor), "the grid reads waiting itself"
    found = grid(study, poor, about={"indicator": "accueil", "item": "Q11"})
    assert found["grid_badly"] == "« Attente » (Post : niveau faible)"


def test_a_contradiction_is_told_once_and_not_device_by_device(study: Study) -> None:
    found = grid(study, WORSE, CONTRARY)
    assert found["grid_unknown"] == "« Temps d’attente » (les dispositifs se contredisent)"
    assert found["next_contrary"].startswith("Les dispositifs se contredisent")
    assert not {"grid_badly", "grid_well"} & set(found)
