"""The pages on commitments as they are read, on literal figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.publishing.blocks import Block
from analysis.publishing.pages import commitments
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.study import Study
from tests.promised import (
    DELAY,
    DELAYS,
    LATE,
    action,
    announced,
    commitment,
    indicator,
    level,
    measure,
    norm,
    perceived,
    posting,
    promising,
    reading,
    sites,
    target,
)
from tests.released import HIDDEN, change_row, detectable_row, page
from tests.unit.test_pages import lines

GAP = {"value": 0.07, "low": 0.021, "high": 0.119, "word": "above"}


def told(page_of: Page, **changes: Any) -> Page:
    """The page of an edition that is made on another day, or provisional."""
    return replace(page_of, wording=replace(page_of.wording, **changes))


@pytest.fixture
def promised(study: Study) -> Study:
    """A wait that is followed on both sides, and a delay that is measured and not in force yet."""
    later = commitment(
        LATE,
        label={"fr": "Un délai tenu", "en": "A time kept to"},
        promise="Nous tenons nos délais.",
        perceived="delai",
        measured=DELAY,
        since="2027-01-01",
        heading="e2",
    )
    actions = [action("A", "2026-03-10", started="2026-09-01")]
    management = [indicator(), *DELAYS]
    return promising(study, commitment(), later, management=management, actions=actions)


def figures(directorate: str = "dpaph", **changes: Any) -> list[dict[str, Any]]:
    """Kept as perceived, not as measured; the other one is not in force."""
    about = {"directorate": directorate}
    return [
        reading("perceived", **about),
        perceived(**{**about, **changes}),
        target(**about),
        level(**about),
        measure(23.4, "not_kept", **about),
        norm(20, **about),
        *sites(3, 12, **about),
        *posting(0.72, 0.65, GAP, **about),
        reading("not_yet", LATE, **about),
        measure(40.0, "kept", DELAY, **about),
        norm(45, DELAY, **about),
    ]


# --- of a directorate -----------------------------------------------------------------------------


def test_the_overview_says_each_side_and_what_they_amount_to(promised: Study) -> None:
    block = commitments.overview(page(promised, *figures()))
    assert lines(block) == [
        "## Engagements tenus : 1 sur 1 d’après les usagers, 0 sur 1 d’après la gestion",
        "Engagement|D’après les usagers|D’après la gestion|Conclusion|",
        "Une attente courte|Tenu. 65 % des usagers reçus répondraient « Plutôt satisfait(e) » ou "
        "« Très satisfait(e) » sur « Temps d’attente » (intervalle ajusté à 95 % [62 ; 68]), pour "
        "une cible de 60 %.|Non tenu. « Attente moyenne », 23 minutes, pour une norme de 20 "
        "minutes.|Non tenu d’après la gestion, tenu d’après les usagers|",
        "Un délai tenu|Pas encore en vigueur|Pas encore en vigueur|Pas encore en vigueur|",
        "Les engagements, DPAPH, 2ᵉ semestre 2026",
        "**Champ :** usagers reçus (DPAPH) ; estimation pour l’ensemble des usagers reçus",
        "**Note :** Un engagement est dit tenu d’après les usagers si tout l’intervalle de son "
        "indicateur atteint sa cible, non tenu s’il est tout entier au-dessous ; d’après la "
        "gestion, si la mesure respecte la norme annoncée au public. Les intervalles tiennent "
        "compte des 5 engagements jugés ensemble. Indécis = la cible est dans l’intervalle, ou la "
        "mesure à la limite de la norme, ou il en manque un mois. Non mesuré = rien n’est "
        "recueilli qui le dise.",
        "**Source :** Baromètre des usagers, Département de la Seine-Saint-Denis, 2ᵉ semestre "
        "2026 ; édition du 16 novembre 2026",
    ]
    assert [(one["place"], one["rule"]) for one in block.sentences] == [
        ("heading", "commitments_title"),
        ("tile 1", "perceived_kept"),
        ("tile 2", "measured_not_kept"),
        ("tile 3", "commitment_perceived"),
        ("tile 1", "commitment_not_yet"),
        ("tile 2", "commitment_not_yet"),
        ("tile 3", "commitment_not_yet"),
    ]


def bold(block: Block) -> list[str]:
    return re.findall(r"<b>(.*?)</b>", block.markdown)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([perceived(), target(), measure(23.4, "not_kept"), norm(20)], ["Tenu", "Non tenu"]),
        ([perceived("unclear"), target(), measure(20.0, "unclear"), norm(20)], ["Indécis"] * 2),
        ([perceived(""), measure(18.0)], []),
        ([perceived("", **HIDDEN), target(), measure(None, "", **HIDDEN)], []),
        ([], []),
    ],
)
def test_the_verdict_that_a_side_begins_with_is_bold_and_said_once(
    promised: Study, rows: list[dict[str, Any]], words: list[str]
) -> None:
    block = commitments.overview(page(promised, reading("unclear"), *rows))
    assert bold(block) == words
    text = "".join(lines(block)[2])
    assert [text.count(f"{word}. ") for word in dict.fromkeys(words)] == [
        words.count(word) for word in dict.fromkeys(words)
    ]


def test_nothing_tells_how_a_wanted_figure_goes_and_its_absence_is_bold(study: Study) -> None:
    wanted = {"measured": "l’attente", "perceived": "Attendez-vous ?"}
    nothing = commitment(perceived=None, target=None, measured=None, wanted=wanted)
    block = commitments.overview(page(promising(study, nothing), reading("unmeasured")))
    assert lines(block)[0] == (
        "## Engagements tenus : aucun jugé d’après les usagers, aucun jugé d’après la gestion"
    )
    assert lines(block)[2] == (
        "Une attente courte|Question non posée. À ajouter : Attendez-vous ?|Non mesuré. À suivre : "
        "l’attente.|Non mesuré|"
    )
    assert bold(block) == ["Non mesuré"]
    assert not any(line.startswith("**Champ") for line in lines(block)), "nobody was asked"
    assert "jugés ensemble" not in "".join(lines(block))


def test_each_commitment_is_told_under_its_heading_of_the_charter(promised: Study) -> None:
    about = {"indicator": "attente", "item": "Q08"}
    rows = [*figures(), change_row("up", **about), detectable_row(**about)]
    shown = page(promised, *rows)
    headings = {one.id: one.label for one in promised.questionnaire.headings}
    assert lines(commitments.one_by_one(shown)) == [
        f"## {headings['e2']}".replace("\u00a0", " "),
        "### Un délai tenu",
        "- **Promesse :** Nous tenons nos délais.",
        "- **Affichage :** En vigueur à partir du 1ᵉʳ janvier 2027, après la fin de la vague.",
        "- **Suites au 16 novembre 2026 :** Rien n’a été décidé à ce jour.",
        f"## {headings['e3']}".replace("\u00a0", " "),
        "### Une attente courte",
        "- **Promesse :** Nous vous recevons en moins de 20 minutes.",
        "- **Affichage :** En vigueur depuis le 1ᵉʳ juillet 2025 ; affiché, à la fin de la "
        "vague, dans 3 des 12 "
        "sites ouverts.",
        "- **Évolution :** +7 points sur un an, une hausse (intervalle de confiance à 95 % [2 ; "
        "12]).",
        "- **Selon les sites :** 72 % là où il est affiché, 65 % là où il ne l’est pas encore "
        "(écart de +7 points, intervalle ajusté à 95 % [2 ; 12]).",
        "- **Suites au 16 novembre 2026 :** Ouvrir le guichet A (en cours depuis le 1ᵉʳ septembre "
        "2026, Accueil).",
        "**Note :** L’écart entre sites qui affichent un engagement et sites qui ne l’affichent "
        "pas encore ne permet de conclure ni à un effet de l’affichage ni à son absence, car ces "
        "sites diffèrent aussi par ailleurs ; ces écarts sont jugés ensemble. Une évolution sur un "
        "an n’est pas un avant-après.",
    ]


def test_what_sites_say_is_noted_only_where_it_is_told(promised: Study) -> None:
    rows = [one for one in figures() if not one["breakdown"].startswith("posting")]
    hidden = [*rows, *posting(0.72, None, HIDDEN, **HIDDEN)]
    for shown in (page(promised, *rows), page(promised, *hidden)):
        assert "**Note" not in "".join(lines(commitments.one_by_one(shown)))


def test_the_announced_time_stands_among_what_is_told(study: Study) -> None:
    promised = promising(study, commitment(measured=DELAY), management=DELAYS)
    rows = [reading("measured"), measure(52.3, "kept", DELAY), norm(60, DELAY), announced(45.0)]
    assert (
        "- **Annoncé :** 45 jours en moyenne d’après ce qui a été annoncé aux usagers, 52 jours en "
        "moyenne d’après ce qui a été mesuré."
    ) in lines(commitments.one_by_one(page(promised, *rows)))


# --- on one sheet ---------------------------------------------------------------------------------


def test_one_sheet_reads_every_directorate_and_says_each_decision_once(promised: Study) -> None:
    about = {"value": 0.55, "low": 0.5, "high": 0.59, "word": "not_kept"}
    other = figures("def", **about)
    other[0] = reading("neither", directorate="def")
    shown = page(promised, *figures(), *other, directorate=None)
    block = commitments.on_one_sheet(told(shown, published=date(2026, 12, 1)))
    assert lines(block)[:4] == [
        "## Engagements tenus : 1 sur 1 d’après les usagers et 0 sur 1 d’après la gestion (DPAPH) "
        "; 0 sur 1 d’après les usagers et 0 sur 1 d’après la gestion (DEF)",
        "Engagement|DPAPH|DEF|Suites au 1ᵉʳ décembre 2026|",
        "Une attente courte|Non tenu d’après la gestion, tenu d’après les usagers|Non tenu d’après "
        "les usagers et d’après la gestion|Ouvrir le guichet A (en cours depuis le 1ᵉʳ septembre "
        "2026, Accueil).|",
        "Un délai tenu|Pas encore en vigueur|Pas encore en vigueur|Rien n’a été décidé à ce jour.|",
    ]
    assert "édition du 1ᵉʳ décembre 2026" in lines(block)[-1]
    one = commitments.on_one_sheet(page(promised, *figures(), directorate=None))
    assert lines(one)[1] == "Engagement|DPAPH|Suites au 16 novembre 2026|"


def test_a_decision_of_one_directorate_hides_that_the_other_decided_nothing(
    promised: Study,
) -> None:
    mine = promised.model_copy(
        update={"actions": (action("A", "2026-03-10", directorates=["def"]),)}
    )
    rows = [*figures(), *figures("def")]
    block = commitments.on_one_sheet(page(mine, *rows, directorate=None))
    assert lines(block)[2].endswith("|Ouvrir le guichet A (décidé le 10 mars 2026, Accueil).|")
    assert "Rien" in lines(block)[3]


# --- cards ----------------------------------------------------------------------------------------


def test_each_card_has_a_sheet_what_was_promised_said_and_done(promised: Study) -> None:
    both = page(promised, *figures(), *figures("def"), directorate=None)
    block = commitments.each_on_a_sheet(both)
    side = (
        "Tenu. 65 % des usagers reçus répondraient « Plutôt satisfait(e) » ou « Très satisfait(e) "
        "» sur « Temps d’attente » (intervalle ajusté à 95 % [62 ; 68]), pour une cible de 60 %."
    )
    wait = "Non tenu. « Attente moyenne », 23 minutes, pour une norme de 20 minutes."
    assert block.markdown.count("\n\n{{< pagebreak >}}\n\n") == 1, "between two cards"
    assert lines(block) == [
        "## Une attente courte",
        "Nous vous recevons en moins de 20 minutes.",
        "### Vous nous avez dit",
        f"- **D’après les usagers (DPAPH) :** {side}",
        f"- **D’après les usagers (DEF) :** {side}",
        f"- **D’après la gestion (DPAPH) :** {wait}",
        f"- **D’après la gestion (DEF) :** {wait}",
        "### Nous avons fait",
        "Ouvrir le guichet A (en cours depuis le 1ᵉʳ septembre 2026, Accueil).",
        "Prochaine publication : 13 septembre 2027.",
        "{{}}",
        "## Un délai tenu",
        "Nous tenons nos délais.",
        "### Vous nous avez dit",
        "- **D’après les usagers (DPAPH) :** pas encore en vigueur",
        "- **D’après les usagers (DEF) :** pas encore en vigueur",
        "- **D’après la gestion (DPAPH) :** pas encore en vigueur",
        "- **D’après la gestion (DEF) :** pas encore en vigueur",
        "### Nous avons fait",
        "Rien n’a été décidé à ce jour.",
        "Prochaine publication : 13 septembre 2027.",
    ]


def test_a_card_says_once_what_is_the_same_in_all_directorates(study: Study) -> None:
    wanted = {"measured": "l’attente relevée"}
    promised = promising(study, commitment(measured=None, wanted=wanted))
    rows = [
        row
        for name, value in (("dpaph", 0.65), ("def", 0.7))
        for row in (
            reading("perceived", directorate=name),
            perceived(value=value, directorate=name),
            target(directorate=name),
        )
    ]
    found = lines(commitments.each_on_a_sheet(page(promised, *rows, directorate=None)))
    assert [line for line in found if "gestion" in line] == [
        "- **D’après la gestion :** Non mesuré. À suivre : l’attente relevée."
    ]
    assert [line[:44] for line in found if "usagers (" in line] == [
        "- **D’après les usagers (DPAPH) :** Tenu. 65",
        "- **D’après les usagers (DEF) :** Tenu. 70 %",
    ]


def test_a_last_wave_announces_no_other_edition(promised: Study) -> None:
    last = promised.waves[-1].model_copy(update={"next_publication": None})
    alone = promised.model_copy(update={"waves": (*promised.waves[:-1], last)})
    found = lines(commitments.each_on_a_sheet(page(alone, *figures(), directorate=None)))
    assert not [line for line in found if line.startswith("Prochaine")]
    assert len(found) > 10


# --- nothing, and in English ----------------------------------------------------------------------


def test_without_commitments_there_is_not_even_a_heading(study: Study) -> None:
    promised = promising(study, commitment(), management=[indicator()])
    bare = promising(study, management=[indicator()])
    for one in (promised, bare):
        shown = page(one, level(), measure(18.0, "kept"))
        for section in (commitments.overview, commitments.one_by_one, commitments.on_one_sheet):
            assert section(shown).markdown == ""
        assert commitments.each_on_a_sheet(shown).markdown == ""


def test_a_study_that_measures_nothing_has_its_pages(study: Study) -> None:
    wanted = {"measured": "l’attente"}
    promised = promising(study, commitment(measured=None, wanted=wanted))
    shown = page(promised, reading("perceived"), perceived(), target(), level(), *sites(0, 12))
    assert lines(commitments.overview(shown))[2].endswith("|Tenu d’après les usagers|")
    for section in (commitments.one_by_one, commitments.on_one_sheet, commitments.each_on_a_sheet):
        found = lines(section(shown))
        assert len(found) > 4 and not [line for line in found if "0 sur 0" in line]


def english(study: Study, folder: Path, *rows: dict[str, Any]) -> Page:
    said = study.in_language("en")
    shown = page(said, *rows, folder=folder)
    return replace(shown, wording=Wording(said, Language.of("en"), shown.wave))


def test_the_same_in_english(promised: Study, tmp_path: Path) -> None:
    shown = english(promised, tmp_path, *figures())
    found = lines(commitments.overview(shown))
    assert found[0] == "## Commitments kept: 1 out of 1 as perceived, 0 out of 1 as measured"
    assert found[2] == (
        "A short wait|Kept. 65% of people seen by the services would answer “Rather satisfied” or "
        "“Very satisfied” on “Waiting time” (adjusted 95% interval [62; 68]), for a target of "
        "60%.|Not kept. “Mean wait”, 23 minutes, for a standard of 20 minutes.|Not kept as "
        "measured, kept as perceived|"
    )
    assert found[3] == "A time kept to|Not in force yet|Not in force yet|Not in force yet|"
    assert [line for line in lines(commitments.one_by_one(shown)) if "Display" in line] == [
        "- **Display:** In force from 1 January 2027, after the end of the wave.",
        "- **Display:** In force since 1 July 2025; displayed, at the end of the wave, at 3 of "
        "the 12 "
        "open sites.",
    ]
