"""The page of those who manage as it is read, on literal figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.publishing import charts, management_charts
from analysis.publishing.management_charts import Panel
from analysis.publishing.pages import commitments, crossing, management
from analysis.publishing.wording.management import correlation_reading
from analysis.study import Study
from analysis.study.field import Break
from tests.promised import (
    CALLS,
    COMPLAINTS,
    DELAY,
    DELAYS,
    FEWER,
    RATE,
    announced,
    assert_said,
    commitment,
    correlation,
    indicator,
    level,
    measure,
    month,
    norm,
    one_measured,
    perceived,
    promising,
    reading,
    relative,
    target,
    to_target,
    typeset,
    without_pictures,
)
from tests.released import HIDDEN, page
from tests.unit.test_commitment_pages import english
from tests.unit.test_pages import lines

VISITS = indicator(
    "visites", label="Visites", unit="count", of=None, orientation=None, norm={}, perceived=None
)


@pytest.fixture
def measuring(study: Study) -> Study:
    management = [VISITS, indicator(), *DELAYS, RATE, FEWER]
    return promising(study, commitment(), management=management, breaks=())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that these tests draw are written elsewhere."""
    monkeypatch.chdir(tmp_path)


Drawn = list[tuple[list[Panel], dict[str, Any]]]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """What would be drawn of series in time, in place of the drawing."""
    kept: Drawn = []

    def images(some: Sequence[str], *, draw: Callable[[Any], None], **_: Any) -> list[bytes]:
        if ".png" in some:
            draw(None)
        return [b"<svg></svg>"] * len(some)

    def keep(_: Any, panels: list[Panel], **about: Any) -> None:
        kept.append((panels, about))

    monkeypatch.setattr(charts, "images", images)
    monkeypatch.setattr(charts, "complete_svg", lambda svg, **_: svg)
    monkeypatch.setattr(management_charts, "panels_in_time", keep)
    return kept


# --- every figure ---------------------------------------------------------------------------------


def test_every_figure_stands_with_its_norm_its_partner_its_cases_and_its_place(
    measuring: Study,
) -> None:
    rows = [
        measure(4512.0, "", "visites", unit="count", method="a.csv!!3 ; a.csv!!4"),
        *(measure(23.4, "not_kept"), norm(20), level()),
        *(measure(None, "unclear", DELAY, method="missing 2026-07"), norm(120, DELAY)),
        level("delai", "Q09", **HIDDEN),
        *(measure(0.7996, "not_kept", CALLS, method=""), norm(0.8, CALLS)),
        *(measure(7.96, "kept", COMPLAINTS, directorate="def"),),
        norm(8, COMPLAINTS, directorate="def"),
    ]
    found = lines(management.figures(page(measuring, *rows, directorate=None)))
    assert found == [
        "## Normes respectées : 0 sur 3 (DPAPH) et 1 sur 1 (DEF)",
        "Indicateur de gestion|Mesuré|Norme|D’après les usagers|Cas|Lu dans|",
        "Attente moyenne|23 minutes|20 minutes|Temps d’attente, 65 % [62 ; 68]|Visites, juillet à "
        "octobre 2026|2026-2/gestion.xlsx, Suivi, l. 12|",
        "Délai moyen|nd|120 jours|Délai de traitement, non diffusé|Décisions notifiées, juin à "
        "septembre 2026|il manque juillet 2026|",
        "Part des appels pris|79,96 %|80 %|Service joint, non diffusé|Appels, juillet à octobre "
        "2026|so|",
        "Visites|4 512|so|so|Visites, juillet à octobre 2026|a.csv, l. 3 et 4|",
        "Les chiffres de gestion et leurs partenaires, DPAPH, 2ᵉ semestre 2026",
        "Indicateur de gestion|Mesuré|Norme|D’après les usagers|Cas|Lu dans|",
        "Réclamations pour 1 000 dossiers|7,96 pour 1 000|8,0 pour 1 000|so|Juillet à octobre "
        "2026|2026-2/gestion.xlsx, Suivi, l. 12|",
        "Les chiffres de gestion et leurs partenaires, DEF, 2ᵉ semestre 2026",
        "**Note :** En face d’un chiffre, ce que les usagers disent du sujet le plus proche, avec "
        "son intervalle. Un nombre est la somme de ses mois ; une part, un délai ou une attente, "
        "la moyenne de ses mois, pondérée par les cas de chacun. "
        "Les mois retenus sont ceux des cas dont parlent les usagers, qui peuvent précéder le "
        "recueil. Un mois manquant ôte le chiffre. so = sans objet. nd = un mois manque, ou aucun "
        "cas.",
        "**Source :** chiffres de gestion livrés, dans les fichiers que nomme le tableau ; enquête "
        "de la vague",
    ]


def test_signs_are_explained_where_they_stand(measuring: Study) -> None:
    """What is hidden is no month that is missing."""
    hidden = lines(management.figures(page(measuring, measure(None, "", **HIDDEN), norm(20))))
    note = next(line for line in hidden if line.startswith("**Note"))
    assert "s = non diffusé, pour que personne ne soit reconnu." in note and "nd =" not in note
    assert any(line.startswith("Attente moyenne|s|20 minutes|") for line in hidden)
    shown = lines(management.figures(page(measuring, measure(18.0, "kept"), norm(20))))
    note = next(line for line in shown if line.startswith("**Note"))
    assert "s = non" not in note and "nd =" not in note


def test_a_partner_that_nobody_asks_here_is_no_partner_that_is_hidden(measuring: Study) -> None:
    items = tuple(
        one.model_copy(update={"directorates": ("def",)}) if one.id == "Q08" else one
        for one in measuring.questionnaire.items
    )
    silent = measuring.model_copy(
        update={"questionnaire": measuring.questionnaire.model_copy(update={"items": items})}
    )
    silent.__dict__.pop("_items", None)
    rows = [measure(18.0, "kept"), norm(20)]
    for study, partner in ((silent, "so"), (measuring, "Temps d’attente, non diffusé")):
        found = lines(management.figures(page(study, *rows)))
        assert any(
            line.startswith(f"Attente moyenne|18 minutes|20 minutes|{partner}|") for line in found
        )


# --- from site to site ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (
            "agree",
            "DPAPH, d’un site à l’autre~: meilleur est l’indicateur «~Attente moyenne~», mieux est "
            "perçu «~Temps d’attente~» (corrélation des rangs −0,52, intervalle ajusté à 95~% "
            "[−0,74~; −0,18], 24 sites).",
        ),
        (
            "disagree",
            "DPAPH, d’un site à l’autre~: meilleur est l’indicateur «~Attente moyenne~», moins "
            "bien est perçu «~Temps d’attente~» (corrélation des rangs −0,52, intervalle ajusté à "
            "95~% [−0,74~; −0,18], 24 sites).",
        ),
        (
            "none",
            "DPAPH, d’un site à l’autre~: aucun lien n’est détecté entre l’indicateur «~Attente "
            "moyenne~» et «~Temps d’attente~» (corrélation des rangs −0,52, intervalle ajusté à "
            "95~% [−0,74~; −0,18], 24 sites).",
        ),
    ],
)
def test_sites_are_related_as_the_word_says(measuring: Study, word: str, text: str) -> None:
    related = correlation(-0.516, -0.741, -0.176, word)
    shown = page(measuring, measure(18.0), related)
    said = correlation_reading(shown.wording, one_measured(shown))
    assert_said(said, f"correlation_{word}", text, related)


def test_a_bound_that_is_close_to_zero_is_printed_on_its_side(measuring: Study) -> None:
    shown = page(measuring, measure(18.0), correlation(-0.41, -0.7, -0.004, "agree"))
    assert (
        "[−0,700~; −0,004]".replace("~", "\u00a0")
        in correlation_reading(shown.wording, one_measured(shown)).text
    )
    rows = measure(18.0), correlation(-0.41, -0.7, -0.004, "agree")
    table = lines(management.between_sites(page(measuring, *rows, directorate=None)))
    assert any("|[−0,700 ; −0,004]|" in line for line in table)


def test_sites_stand_with_the_warning_and_what_is_hidden_does_not(measuring: Study) -> None:
    rows = [measure(18.0), correlation(-0.516, -0.741, -0.176, "agree")]
    found = lines(management.between_sites(page(measuring, *rows, directorate=None)))
    assert "## D’un site à l’autre" in found
    assert any(
        line.startswith("Un lien entre sites ne dit rien de chaque usager") for line in found
    )
    head, row = "|Intervalle ajusté|", "|−0,52|[−0,74 ; −0,18]|24|"
    assert f"Attente moyenne|Temps d’attente|DPAPH{row}" in found
    assert any(head in line for line in found)
    alone = correlation(-0.516, -0.741, -0.176, "agree", method="bonferroni 1")
    lone = page(measuring, rows[0], alone, directorate=None)
    assert not any(head in line for line in lines(management.between_sites(lone)))
    for gone in ([rows[0]], [rows[0], correlation(-0.5, -0.7, -0.1, "", **HIDDEN)], rows[1:]):
        shown = page(measuring, *gone, directorate=None)
        assert management.between_sites(shown).markdown == ""


# --- without a partner ----------------------------------------------------------------------------


def test_what_has_no_partner_is_named_on_both_sides(measuring: Study) -> None:
    headline = [one.label for one in measuring.indicators if one.headline]
    assert len(headline) == 8
    found = lines(management.alone(page(measuring, directorate=None)))
    assert found[:2] == [
        "## Sans partenaire",
        "Chiffres de gestion sans question aux usagers : visites ; délai annoncé ; réclamations "
        "pour 1 000 dossiers.",
    ]
    assert found[2].startswith(
        "Questions aux usagers sans chiffre de gestion : satisfaction globale"
    )
    assert "attente" not in found[2] and "délai" not in found[2]


def test_a_label_without_a_partner_is_text_and_no_markup(study: Study) -> None:
    hostile = "Visites *reçues* <script> _ici_"
    one = VISITS.model_copy(update={"label": hostile})
    block = management.alone(page(promising(study, management=[one]), directorate=None))
    assert "<script>" not in block.markdown and "*reçues*" not in block.markdown.replace("\\*", "")
    assert "visites \\*reçues\\*" in block.markdown


def test_what_is_all_paired_says_nothing(measuring: Study) -> None:
    paired = [
        indicator(f"mesure-{place}", perceived=one.id)
        for place, one in enumerate(measuring.indicators)
    ]
    all_paired = promising(measuring, management=paired)
    assert management.alone(page(all_paired, directorate=None)).markdown == ""


# --- announced and measured -----------------------------------------------------------------------


def test_bars_of_a_share_are_in_percent_and_written_as_they_are_told(
    study: Study, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(management_charts, "bars", lambda _, **about: told.append(about))
    rate = RATE.model_copy(update={"announced": "annonce", "norm": {"dpaph": 80, "def": 80}})
    said = RATE.model_copy(update={"id": "annonce", "label": "Part annoncée", "norm": {}})
    rows = [
        *(announced(0.852, CALLS), measure(0.7996, "not_kept", CALLS), norm(0.8, CALLS)),
        *(announced(0.9, CALLS, directorate="def"), measure(0.8, "kept", CALLS, directorate="def")),
        norm(0.8, CALLS, directorate="def"),
    ]
    shown = page(promising(study, management=[rate, said]), *rows, directorate=None)
    block = crossing.delays(shown)
    [kept] = told
    assert kept["values"] == pytest.approx([85.2, 79.96, 90, 80])
    assert kept["norms"] == [None, pytest.approx(80), None, pytest.approx(80)]
    assert kept["texts"] == ["85\u00a0%", "80\u00a0%", "90\u00a0%", "80\u00a0%"]
    assert kept["labels"] == ["DPAPH, annoncé", "DPAPH, mesuré", "DEF, annoncé", "DEF, mesuré"]
    assert kept["label"] == "en\u00a0%"
    alt = next(one for one in block.sentences if one["place"] == "alt")
    assert alt["text"] == typeset(
        "Barres de ce qui a été annoncé et mesuré. DPAPH, annoncé~: 85~%~; DPAPH, mesuré~: 80~%~; "
        "DEF, annoncé~: 90~%~; DEF, mesuré~: 80~%."
    )


# --- in time --------------------------------------------------------------------------------------

WAVES = ("2025-1", "2025-2", "2026-1", "2026-2")


def series() -> list[dict[str, Any]]:
    """Four months, of which two are not there, and the perception of four waves."""
    months = {"2026-07": None, "2026-08": 21.4, "2026-09": 17.2, "2026-10": None}
    return [
        *(measure(18.0, "kept"), norm(20)),
        *(month(value, day) for day, value in months.items()),
        *(level(wave=wave, value=0.5 + place / 20) for place, wave in enumerate(WAVES)),
        *(reading("both"), target(0.6)),
    ]


def test_a_series_is_drawn_above_what_users_say_of_it(measuring: Study, drawn: Drawn) -> None:
    block = crossing.in_time(page(measuring, *series(), directorate=None))
    [(panels, about)] = drawn
    upper, lower = panels
    assert upper.title == "Attente moyenne (en minutes)"
    assert lower.title.startswith("Temps d’attente («\u00a0Plutôt satisfait(e)\u00a0» ou")
    assert (upper.values, upper.norm) == ([None, 21.4, 17.2, None], 20)
    assert upper.days[0] == date(2026, 7, 15)
    assert lower.values == [None, None, *(pytest.approx(one) for one in (50, 55, 60, 65))]
    assert lower.norm == pytest.approx(60)
    written = [write(value) for write, value in zip(about["write"], (17.2, 65.0), strict=True)]
    assert written == ["17\u00a0minutes", "65\u00a0%"]
    assert about["breaks"] == [] and about["ticks"][0] == (date(2024, 1, 1), "janvier 2024")
    told = block.sentences[0]
    assert told["text"] == typeset(
        "Deux courbes l’une au-dessus de l’autre, DPAPH. Attente moyenne~: de 21~minutes (août "
        "2026) à 17~minutes (septembre 2026). Temps d’attente~: de 50~% à 65~%."
    )
    assert "nd" not in str(told["text"])


def test_a_share_is_drawn_in_percent_beside_its_norm(measuring: Study, drawn: Drawn) -> None:
    about = {"indicator": "joignabilite", "item": "Q05"}
    rows = [
        *(measure(0.75, "not_kept", CALLS), norm(0.8, CALLS)),
        *(month(value, day, CALLS) for day, value in (("2026-07", 0.7), ("2026-08", 0.76))),
        *(level(**about), level(wave="2026-1", **about)),
    ]
    crossing.in_time(page(measuring, *rows, directorate=None))
    [(panels, kept)] = drawn
    assert panels[0].values == pytest.approx([70, 76]) and panels[0].norm == pytest.approx(80)
    assert kept["write"][0](76.0) == "76\u00a0%" and panels[1].norm is None


def test_one_month_or_one_wave_is_no_line(measuring: Study, drawn: Drawn) -> None:
    rows = series()
    few_months = [one for one in rows if one["category"] != "2026-09"]
    few_waves = [one for one in rows if one["wave"] == "2026-2"]
    alone = measuring.model_copy(
        update={"management": (indicator(perceived=None), *measuring.management[2:])}
    )
    for study, kept in ((measuring, few_months), (measuring, few_waves), (alone, rows)):
        assert crossing.in_time(page(study, *kept, directorate=None)).markdown == ""
    assert drawn == []


def broken(kind: str, day: date, **about: Any) -> Break:
    return Break.model_validate(
        {"id": f"b-{kind}", "label": "une nouvelle question", "date": day, "kind": kind, **about}
    )


def test_a_line_is_of_one_measure_and_shows_the_days_that_touch_it(
    measuring: Study, drawn: Drawn
) -> None:
    day = date(2025, 10, 1)
    breaks = (
        broken("wording", day, indicators=["attente"]),
        broken("site", date(2026, 1, 13), directorates=["dpaph"]),
        broken("event", date(2026, 2, 1), directorates=["def"]),
        broken("channel", date(2026, 3, 1), indicators=["accueil"]),
    )
    study = measuring.model_copy(update={"breaks": breaks})
    block = crossing.in_time(page(study, *series(), directorate=None))
    [(panels, about)] = drawn
    assert panels[1].values == [None] * 4 + [pytest.approx(one) for one in (60, 65)]
    assert about["breaks"] == [(day, "changement"), (date(2026, 1, 13), "changement")]
    note = next(line for line in lines(block) if line.startswith("**Note"))
    assert note.endswith(
        "1ᵉʳ octobre 2025, une nouvelle question (DPAPH et DEF). 13 janvier 2026, une nouvelle "
        "question (DPAPH)."
    )
    older = [
        {**one, "definition_version": "0.9"} if one["wave"] == "2026-1" else one for one in series()
    ]
    crossing.in_time(page(measuring, *older, directorate=None))
    assert drawn[1][0][1].values == [
        None,
        None,
        *(pytest.approx(one) for one in (50, 55)),
        None,
        pytest.approx(65),
    ]


# --- all of it ------------------------------------------------------------------------------------

SECTIONS = (
    management.figures,
    crossing.quadrants,
    crossing.delays,
    crossing.in_time,
    management.between_sites,
)


def test_without_a_measure_there_is_not_even_a_heading(measuring: Study, study: Study) -> None:
    for one in (measuring, promising(study, commitment(measured=None, wanted={"measured": "x"}))):
        shown = page(one, level(), reading("perceived"), directorate=None)
        assert [section(shown).markdown for section in SECTIONS] == [""] * len(SECTIONS)


def test_a_study_without_commitments_has_its_figures_and_no_quadrants(
    study: Study, drawn: Drawn
) -> None:
    bare = promising(study, management=[indicator()], breaks=())
    rows = [one for one in series() if one["layer"] != "commitments"]
    shown = page(bare, *rows, directorate=None)
    assert crossing.quadrants(shown).markdown == ""
    assert lines(management.figures(shown))[0] == "## Normes respectées : 1 sur 1 (DPAPH)"
    assert lines(crossing.in_time(shown))[0] == "## Mois après mois, vague après vague"
    assert drawn[0][0][1].norm is None


def test_the_same_in_english(measuring: Study, tmp_path: Path) -> None:
    rows = [
        *(measure(52.3, "kept", DELAY), norm(120, DELAY), announced(45.0)),
        correlation(-0.516, -0.741, -0.176, "agree"),
        *(measure(1.0, "kept"), norm(20)),
    ]
    shown = english(measuring, tmp_path, *rows)
    found = lines(management.figures(shown))
    assert found[0] == "## Standards met: 2 out of 2 (DPAPH)"
    assert found[2].startswith("Mean wait|1 minute|20 minutes|Waiting time, not disclosed|Visits, ")
    assert lines(management.between_sites(shown))[1] == (
        "DPAPH, from site to site: the better the indicator “Mean wait”, the better “Waiting time” "
        "is perceived (rank correlation −0.52, adjusted 95% interval [−0.74; −0.18], "
        "24 sites)."
    )


# --- one number per figure ------------------------------------------------------------------------

WRITINGS = {
    "measured": ("52 jours", "52,3 jours", "52,34 jours"),
    "announced": ("45 jours", "44,9 jours", "44,87 jours"),
    "perceived": ("66 %", "65,6 %", "65,62 %"),
    "norm": ("60 jours", "60,0 jours"),
    "target": ("50 %", "50,0 %"),
    "to norm": ("+13 %", "+12,8 %", "+12,77 %"),
    "to target": ("+16 points", "+15,6 points", "+15,62 points"),
}
"""What a figure could be written as."""


def written_as(study: Study, folder: Path, **told: Any) -> dict[str, list[str]]:
    """What each figure is written as, over the sections of both pages."""
    rows = [
        *(reading("both"), perceived(value=0.6562, item="Q09"), target(0.5)),
        to_target(0.1562, 0.1262, 0.1862),
        *(measure(52.34, "kept", DELAY), norm(60, DELAY), announced(told.get("announced", 44.87))),
        *(relative(0.1277, DELAY), level("delai", "Q09", value=0.6562)),
    ]
    own = commitment(perceived="delai", target=50, measured=DELAY)
    shown = page(promising(study, own, management=DELAYS, breaks=()), *rows, folder=folder)
    sections = (
        *(management.figures, crossing.quadrants, crossing.delays),
        *(commitments.overview, commitments.one_by_one, commitments.each_on_a_sheet),
    )
    text = "\n".join(line for section in sections for line in lines(section(shown)))
    return {
        name: [one for one in writings if re.search(rf"(?<![\d,+]){re.escape(one)}(?!\w)", text)]
        for name, writings in WRITINGS.items()
    }


def test_no_figure_is_written_in_two_ways_but_where_a_bound_asks_for_it(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pictures(monkeypatch)
    whole = {name: [writings[0]] for name, writings in WRITINGS.items()}
    assert written_as(study, tmp_path) == whole
    near = written_as(study, tmp_path, announced=52.3)
    assert near["measured"] == ["52 jours", "52,34 jours"], "beside what was announced alone"
