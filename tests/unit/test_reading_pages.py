"""The grid as it is read, breaks of a series, what composition explains of a change, and series
that others publish: on literal figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.publishing.pages import reading as reading_page
from analysis.publishing.pages import synthesis, trends
from analysis.publishing.wording.changes import change_in_short, change_title
from analysis.publishing.wording.commitments import commitment_change
from analysis.publishing.wording.decompositions import decomposition_texts
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.published import published_reading
from analysis.study import Definition, Study
from analysis.study.field import Break
from analysis.study.kinds import LanguageCode
from tests.promised import (
    assert_said,
    commitment,
    indicator,
    level,
    measure,
    norm,
    one_followed,
    perceived,
    promising,
    reading,
    target,
    typeset,
    without_pictures,
)
from tests.released import HIDDEN, change_row, detectable_row, page, row
from tests.unit.test_commitment_pages import english
from tests.unit.test_pages import gap_row, lines
from tests.unit.test_reading_grid import gap, margin

WAITING = {"indicator": "attente", "item": "Q08"}

# --- the grid -------------------------------------------------------------------------------------


@pytest.fixture
def promised(study: Study) -> Study:
    return promising(study, commitment(), management=[indicator()], breaks=())


def grid_rows() -> list[dict[str, Any]]:
    """Overall satisfaction that rises, and a wait that is short of its target."""
    about = {"breakdown": "canal", "base": 200}
    return [
        *(row(), change_row("up"), detectable_row()),
        *(level(value=0.55, low=0.52, high=0.58), gap("dpaph", "def", "below")),
        *(reading("measured"), perceived("not_kept", value=0.55, low=0.51, high=0.59), target()),
        *(measure(18.0, "kept"), norm(20)),
        *margin("1", 0.25, 0.3, -0.05),
        row(category="qr", category_label="QR code affiché", claim="C2", value=0.44, **about),
        gap_row("total", "qr", 0.21, "above", claim="C2"),
    ]


def test_the_grid_reads_each_core_figure_then_says_three_lines(promised: Study) -> None:
    found = lines(reading_page.grid(page(promised, *grid_rows())))
    assert found[:4] == [
        "## Ce que disent ces chiffres, et que regarder ensuite",
        "Indicateur|Niveau|Évolution|À regarder ensuite|",
        "Satisfaction globale|65 %|+7 points sur un an, une hausse (intervalle de confiance à 95 % "
        "[2 ; 12]).|Dire ce qui a été fait, et fixer une cible.|",
        "Temps d’attente|55 % ; au-dessous de sa cible (60 %) ; plus bas que DEF|Évolution non "
        "disponible, faute de deux mesures comparables|La norme est respectée, mais la cible n’est "
        "pas atteinte : comprendre pourquoi, information ou autre cause.|",
    ]
    assert found[4] == "Grille de lecture des indicateurs du socle, DPAPH, 2ᵉ semestre 2026"
    assert found[-5:] == [
        "Satisfaction globale : 44 % (QR code affiché) contre 65 % (enquête sur invitation) ; qui "
        "choisit de répondre est plus sévère",
        "- **Qui manque :** « 18-29 ans », 25 % des réponses avant redressement, pour 30 % des "
        "usagers ; le redressement corrige cet écart",
        "- **Ce qui va :** « Satisfaction globale »",
        "- **Ce qui ne va pas :** « Temps d’attente »",
        "- **Ce que l’on ne peut pas dire encore :** Rien parmi ce qui est montré ici.",
    ]


def test_of_two_commitments_that_one_indicator_tells_the_second_stands_in_the_lines(
    study: Study,
) -> None:
    wanted = {"measured": "x"}
    about = {"label": "Un accueil rapide", "target": 50, "measured": None, "wanted": wanted}
    other = commitment("autre", **about)
    study = promising(study, commitment(), other, management=[indicator()], breaks=())
    second = [
        reading("perceived", "autre"),
        perceived("kept", "autre", value=0.55, low=0.51, high=0.59),
        target(0.5, "autre"),
    ]
    found = lines(reading_page.grid(page(study, *grid_rows(), *second)))
    assert any(line.startswith("Temps d’attente|55 % ; au-dessous de sa cible") for line in found)
    assert found[-3:-1] == [
        "- **Ce qui va :** « Satisfaction globale » et « Un accueil rapide »",
        "- **Ce qui ne va pas :** « Temps d’attente »",
    ]


def test_a_grid_without_a_figure_is_nothing_and_without_gaps_says_nothing_of_channels(
    promised: Study,
) -> None:
    unsaid = [measure(18.0, "kept"), reading("measured")]
    for rows in ([], [row(**HIDDEN)], unsaid, [row()]):  # the last has nothing to be read against
        assert reading_page.grid(page(promised, *rows)).markdown == ""
    found = lines(reading_page.grid(page(promised, row(), change_row("up"), detectable_row())))
    assert not [line for line in found if "contre" in line]
    assert "- **Qui manque :** on ne sait pas, faute de totaux connus des usagers" in found


def test_the_grid_says_of_each_sentence_the_rule_and_the_figures(promised: Study) -> None:
    block = reading_page.grid(page(promised, *grid_rows()))
    rules = [(one["place"], one["rule"]) for one in block.sentences]
    assert rules[:6] == [
        ("tile 1", "level_alone"),
        ("tile 2", "in_short_up"),
        ("tile 3", "next_tell"),
        ("tile 1", "level_reading"),
        ("tile 2", "change_unavailable"),
        ("tile 3", "next_information"),
    ]
    assert [rule for place, rule in rules[6:] if place == "fact"] == [
        *("missing_group", "grid_well", "grid_badly", "grid_nothing_unknown")
    ]
    assert ("paragraph", "finding_channels_harsher") in rules


def test_the_grid_in_english(promised: Study, tmp_path: Path) -> None:
    found = lines(reading_page.grid(english(promised, tmp_path, *grid_rows())))
    assert found[3] == (
        "Waiting time|55%; below its target (60%); below DEF|Change not available, for want of two "
        "comparable measures|The standard is met, but the target is not reached: understand why, "
        "information or another cause.|"
    )
    assert found[-2:] == [
        "- **What is going badly:** “Waiting time”",
        "- **What cannot be told yet:** Nothing among what is shown here.",
    ]


# --- breaks ---------------------------------------------------------------------------------------

DAY = date(2025, 10, 1)
BROKEN = "Évolution non lue~: la question est reformulée, le 1ᵉʳ~octobre 2025, change la mesure"


def broken(study: Study, kind: str, day: date = DAY, **about: Any) -> Study:
    """The study with one break."""
    label = {"wording": "la question est reformulée"}.get(kind, "l’ouverture d’un accueil (fictif)")
    found = {"id": "b", "label": label, "date": day, "kind": kind, **about}
    return study.model_copy(update={"breaks": (Break.model_validate(found),)})


def test_what_was_asked_otherwise_a_year_ago_is_not_compared_and_says_since_when(
    promised: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a title, nor in a tile, nor in what is told of a commitment."""
    without_pictures(monkeypatch)
    study = broken(promised, "wording")
    waves = [row(wave="2025-1"), row(wave="2026-1"), row()]
    rows = [*waves, level(), reading("both"), perceived(), target()]
    shown = page(study, *rows, folder=tmp_path)
    found = lines(trends.trend(shown))
    assert found[0] == f"## {BROKEN}".replace("~", " ")
    assert any(line.startswith("1ᵉʳ semestre 2025|nd|nd|nd|") for line in found)
    assert any(line.startswith("1ᵉʳ semestre 2026|65 %|") for line in found)
    tiles = lines(synthesis.summary(shown))
    assert [line for line in tiles if BROKEN.replace("~", " ") in line]
    change = commitment_change(shown.wording, shown.figures, one_followed(shown))
    assert_said(change, "change_broken", BROKEN)


def test_a_step_since_the_break_does_not_make_a_year_readable(promised: Study) -> None:
    """The wave before is of the same measure, and of another season: the year is not read, and the
    break says why."""
    study = broken(promised, "wording")
    step = {"against": "2026-1"}
    shown = page(study, row(), change_row("none", **step), detectable_row(**step))
    figure = shown.figures.overall(directorate="dpaph", wave="2026-2")
    assert figure is not None
    changes = shown.figures.changes(figure)
    assert changes.reference is None and changes.previous is not None
    assert_said(
        change_title(shown.wording, study.overall, changes, figure=figure), "change_broken", BROKEN
    )
    assert change_in_short(shown.wording, changes, figure=figure)[0] == ""


def test_a_trend_since_the_break_is_told(promised: Study) -> None:
    study = broken(promised, "wording", date(2024, 8, 1))
    along = {"against": "2025-1", "kind": "trend"}
    seen = detectable_row(against="2025-1", kind="detectable_trend")
    shown = page(study, row(), change_row("up", **along), seen)
    figure = shown.figures.overall(directorate="dpaph", wave="2026-2")
    assert figure is not None
    title = change_title(shown.wording, study.overall, shown.figures.changes(figure), figure=figure)
    assert title.rule == "change_up"


def test_the_bounds_of_a_score_show_that_they_exclude_nought(promised: Study) -> None:
    about = {"definition": "M10", "unit": "score_10", "kind": "difference"}
    moved = change_row("small", **about, value=0.2, low=0.03, high=0.37)
    level_of = row(definition="M10", value=7.1, low=6.9, high=7.3)
    seen = detectable_row(0.3, **{**about, "kind": "detectable"})
    shown = page(promised, level_of, moved, seen)
    changes = shown.figures.changes(shown.figures.select("estimates")[0])
    assert change_in_short(shown.wording, changes)[1].text == typeset(
        "Faible sur un an, mesurée au-dessous de 0,5 (intervalle de confiance à 95~% [0,03~;~"
        "0,37])."
    )


@pytest.mark.parametrize(
    ("kind", "day", "about", "rule"),
    [
        ("wording", DAY, {}, "change_broken"),
        ("definition", DAY, {}, "change_broken"),
        ("channel", DAY, {"directorates": ["dpaph"]}, "change_broken"),
        ("wording", date(2026, 10, 31), {}, "change_broken"),
        ("wording", date(2025, 7, 1), {}, "change_unavailable"),
        ("wording", DAY, {"indicators": ["delai"]}, "change_unavailable"),
        ("wording", DAY, {"directorates": ["def"]}, "change_unavailable"),
        ("site", DAY, {}, "change_unavailable"),
        ("event", DAY, {}, "change_unavailable"),
    ],
)
def test_a_break_is_the_reason_only_where_it_keeps_the_two_waves_apart(
    promised: Study, kind: str, day: date, about: dict[str, Any], rule: str
) -> None:
    """A break on the first day of the wave that is compared leaves it whole."""
    shown = page(broken(promised, kind, day, **about), row())
    figure = shown.figures.overall(directorate="dpaph", wave="2026-2")
    assert figure is not None
    changes = shown.figures.changes(figure)
    assert change_in_short(shown.wording, changes, figure=figure)[1].rule == rule


def test_what_users_lived_through_is_told_and_compared(
    promised: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pictures(monkeypatch)
    study = broken(promised, "site", date(2026, 1, 13), directorates=["dpaph"])
    rows = [row(wave="2025-2", value=0.58), row(), change_row("up"), detectable_row()]
    lived = (
        "À savoir : 13 janvier 2026, l’ouverture d’un accueil (fictif). Rien ici ne dit ce que la "
        "courbe leur doit."
    )
    found = lines(trends.trend(page(study, *rows, folder=tmp_path)))
    assert found[0] == "## Satisfaction globale en hausse sur un an : +7 points"
    assert lived in found
    elsewhere = broken(promised, "site", date(2026, 1, 13), directorates=["def"])
    other = broken(promised, "site", date(2026, 1, 13), indicators=["delai"])
    for one in (elsewhere, other, promised):
        told = lines(trends.trend(page(one, row(), folder=tmp_path)))
        assert told and not [line for line in told if line.startswith("À savoir")]


# --- composition ----------------------------------------------------------------------------------


def parts(
    breakdown: str, composition: float, bounds: tuple[float | None, ...], word: str, **changes: Any
) -> list[dict[str, Any]]:
    about = {"layer": "decompositions", "against": "2025-2", "kind": "difference", "unit": "points"}
    shared = {**about, "breakdown": breakdown, "base": None, "method": ""}
    low, high = bounds
    within = {"category": "within", "value": 0.057, "low": 0.01, "high": 0.1}
    made_of = {"category": "composition", "value": composition, "low": low, "high": high}
    return [
        row(**{**shared, **made_of, "word": word, **changes}),
        row(**{**shared, **within, **changes}),
    ]


AGE = parts("age", 0.0124, (0.004, 0.0208), "explains")
WHOM = parts("pour", 0.0005, (-0.0049, 0.006), "none")
FIRST = parts("premiere", -0.002, (-0.008, 0.004), "none")
EXPLAINED = (
    "Âge~: les personnes qui répondent ne sont plus les mêmes, ce qui fait +1,2~point de cette "
    "évolution (intervalle de confiance à 95~% [0,4~; 2,1])~; à structure constante, elle serait "
    "de +6~points."
)
BY_WHOM = "«~Pour qui~», +0,1~point, intervalle de confiance à 95~% [−0,5~; 0,6]"
BY_FIRST = "«~Première demande~», −0,2~point, intervalle de confiance à 95~% [−0,8~; 0,4]"


def said_of(study: Study, *rows: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    shown = page(study, row(), *rows)
    figure = shown.figures.overall(directorate="dpaph", wave="2026-2")
    assert figure is not None
    changes = shown.figures.changes(figure)
    found = decomposition_texts(shown.wording, shown.figures, figure, changes)
    return [(one.rule, one.text, one.figures) for one in found]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (AGE, [("decomposition_some", EXPLAINED, (0, 1))]),
        (
            WHOM,
            [
                (
                    "decomposition_none",
                    "La composition des répondants n’explique rien de visible de cette évolution "
                    f"({BY_WHOM}).",
                    (0,),
                )
            ],
        ),
        (
            [*FIRST, *AGE, *WHOM],
            [
                ("decomposition_some", EXPLAINED, (2, 3)),
                (
                    "decomposition_none",
                    "La composition des répondants n’explique rien de visible de cette évolution "
                    f"({BY_WHOM}~; {BY_FIRST}).",
                    (4, 0),
                ),
            ],
        ),
        ([AGE[0], {**AGE[1], **HIDDEN}], []),
        ([{**one, **HIDDEN} for one in AGE], []),
        (parts("age", 0.01, (None, None), "none"), []),
        (parts("age", 0.0124, (0.004, 0.0208), "explains", indicator="delai", item="Q09"), []),
        ([], []),
    ],
)
def test_what_composition_explains_is_told_by_profile(
    promised: Study, told: list[dict[str, Any]], expected: list[tuple[str, str, tuple[int, ...]]]
) -> None:
    found = said_of(promised, change_row("up"), detectable_row(), *told)
    assert found == [
        (rule, typeset(text), tuple(told[place]["key"] for place in places))
        for rule, text, places in expected
    ]


def test_of_a_change_that_is_not_judged_nothing_is_explained(promised: Study) -> None:
    assert said_of(promised, *AGE) == []
    assert said_of(promised, change_row(""), *AGE) == []
    assert said_of(promised, change_row(**HIDDEN), *AGE) == []
    trend = {"against": "2024-1", "kind": "trend"}
    assert said_of(promised, change_row("up", **trend), *AGE) == []
    assert len(said_of(promised, change_row("none"), detectable_row(), *AGE)) == 1


# --- series that others publish -------------------------------------------------------------------

TOP = Definition(id="T2B", version="1.0", label="part des deux meilleures", kind="top_share", top=2)
MEAN = Definition(id="M10", version="1.0", label="note moyenne", kind="mean", maximum=10)


def published(**changes: Any) -> dict[str, Any]:
    return {
        "period": "2026-04",
        "before": "M10",
        "after": "T2B",
        "published_previous": 86.0,
        "published_now": 89.0,
        "constant_previous": 90.24,
        "constant_now": 89.51,
        "constant_word": "down",
        **changes,
    }


@pytest.mark.parametrize(
    ("code", "changes", "text"),
    [
        (
            "fr",
            {},
            "2026-04~: la valeur publiée passe de 86 à 89 alors que la définition change (note "
            "moyenne, puis part des deux meilleures). À définition constante, elle passe de 90,2 à "
            "89,5, une baisse.",
        ),
        (
            "fr",
            {"constant_now": 91.0, "constant_word": "up", "before": None},
            "2026-04~: la valeur publiée passe de 86 à 89 alors que la définition change (une "
            "définition inconnue, puis part des deux meilleures). À définition constante, elle "
            "passe de 90,2 à 91,0, une hausse.",
        ),
        (
            "fr",
            {"constant_now": 90.24, "constant_word": "level"},
            "2026-04~: la valeur publiée passe de 86 à 89 alors que la définition change (note "
            "moyenne, puis part des deux meilleures). À définition constante, elle ne bouge guère "
            "(de 90,2 à 90,2).",
        ),
        (
            "fr",
            {"constant_previous": None, "constant_word": "", "published_previous": None},
            "2026-04~: la valeur publiée passe de nd à 89 alors que la définition change (note "
            "moyenne, puis part des deux meilleures)~; rien ne permet de la recalculer.",
        ),
        (
            "fr",
            {
                "published_previous": 7.1,
                "published_now": 7.4,
                "constant_previous": 7.31,
                "constant_now": 7.24,
            },
            "2026-04~: la valeur publiée passe de 7,1 à 7,4 alors que la définition change (note "
            "moyenne, puis part des deux meilleures). À définition constante, elle passe de 7,31 à "
            "7,24, une baisse.",
        ),
        (
            "fr",
            {"constant_previous": 90.06, "constant_now": 90.14, "constant_word": "up"},
            "2026-04~: la valeur publiée passe de 86 à 89 alors que la définition change (note "
            "moyenne, puis part des deux meilleures). À définition constante, elle passe de 90,06 "
            "à 90,14, une hausse.",
        ),
        (
            "en",
            {},
            "2026-04: the published value goes from 86 to 89 as the definition changes (note "
            "moyenne, then part des deux meilleures). Under a constant definition it goes from "
            "90.2 to 89.5, a fall.",
        ),
    ],
)
def test_a_rise_that_a_definition_made_is_told_as_what_it_hides(
    code: LanguageCode, changes: dict[str, Any], text: str
) -> None:
    """A value is told with the decimals with which it was published."""
    said = published_reading(Language.of(code), published(**changes), [TOP, MEAN])
    assert said == typeset(text)
