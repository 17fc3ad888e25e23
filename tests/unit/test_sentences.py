"""Formats and sentences: what is printed of released figures, and what is said of them."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from analysis.publishing.wording.changes import (
    change_cell,
    change_detail,
    change_in_short,
    change_title,
    threshold_text,
)
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import (
    apart,
    hidden_finding,
    lecture,
    level,
    levels,
    ranking,
    sign_notes,
)
from analysis.study import Definition, Study
from analysis.study.settings import Noun, Terms
from tests.released import HIDDEN, change_row, detectable_row, figure, page, row

NB, NNB = "\u00a0", "\u202f"


def spaces(text: str) -> str:
    return text.replace(NB, " ").replace(NNB, " ")


# --- formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "value", "bounds"),
    [
        ({}, "65 %", "[62 ; 68]"),
        ({"base": 60}, "65 %", "[62 ; 68]"),
        ({"base": 60, "value": 0.6449}, "64 %", "[62 ; 68]"),
        ({"base": 60, "value": 0.6450}, "65 %", "[62 ; 68]"),
        ({"definition": "M10", "value": 7.1, "low": 6.8, "high": 7.4}, "7,1", "[6,8 ; 7,4]"),
        (
            {"definition": "NET", "value": 0.42, "low": 0.4, "high": 0.44, "base": 400},
            "+42 points",
            "[40 ; 44]",
        ),
        (
            {"definition": "P1", "value": 0.071, "low": 0.06, "high": 0.08, "base": 60},
            "7 %",
            "[6 ; 8]",
        ),
        ({"kind": "count", "unit": "answers", "value": 1234.0, "low": None}, "1 234", "nd"),
        (
            {"kind": "difference", "unit": "points", "value": -0.062, "base": None, "low": None},
            "−6 points",
            "nd",
        ),
        (
            {"kind": "detectable", "unit": "points", "value": 0.062, "base": None, "low": None},
            "6 points",
            "nd",
        ),
        ({"kind": "difference", "unit": "score_10", "value": 0.24, "low": None}, "+0,2", "nd"),
        (HIDDEN, "s", "s"),
        ({**HIDDEN, "status": "nd"}, "nd", "nd"),
    ],
)
def test_a_figure_is_printed_by_its_kind_and_unit(
    study: Study, about: dict[str, object], value: str, bounds: str
) -> None:
    formats = page(study).wording.formats
    assert spaces(formats.value(figure(**about))) == value
    assert spaces(formats.interval(figure(**about))) == bounds


def test_a_definition_of_any_name_is_printed_by_its_kind(study: Study) -> None:
    note = figure(definition="PNOTE", kind="mean", unit="score_10", value=7.1, low=6.8, high=7.4)
    assert page(study).wording.formats.value(note) == "7,1"


def test_a_small_base_is_flagged(study: Study) -> None:
    formats = page(study).wording.formats
    assert formats.flagged_value(figure(status="caution", base=60), beside=[figure()]).endswith(
        "(!)"
    )


# --- under a table --------------------------------------------------------------------------------


def test_the_lecture_of_each_kind_of_figure(study: Study) -> None:
    wording = page(study).wording
    said = lecture(wording, [figure()])
    assert said is not None and said.rule == "reading_top_share"
    assert said.figures == ("estimates/dpaph/2026-2/-/satisfaction_globale/T2B/share/total/total",)
    assert spaces(said.text) == snapshot(
        "65 % des usagers reçus répondraient « Plutôt satisfait(e) » ou « Très satisfait(e) » à la "
        "question « Globalement, êtes-vous satisfait(e) de la qualité du service que vous avez "
        "reçu ? » (2ᵉ semestre 2026 ; intervalle de confiance à 95 % [62 ; 68] ; 1 042 réponses)."
    )
    trend = figure(
        claim="C2", breakdown="canal", category="qr", category_label="QR code affiché", base=169
    )
    said = lecture(wording, [trend])
    assert said is not None
    assert spaces(said.text) == snapshot(
        "65 % des personnes qui ont choisi de répondre (QR code affiché) ont répondu « Plutôt "
        "satisfait(e) » ou « Très satisfait(e) » à la question « Globalement, êtes-vous "
        "satisfait(e) de la qualité du service que vous avez reçu ? » (2ᵉ semestre 2026 ; "
        "variabilité [62 ; 68] ; 169 réponses)."
    )
    mean = lecture(wording, [figure(definition="M10", value=7.1, low=7.0, high=7.2)])
    assert mean is not None and "la note moyenne des usagers reçus est de 7,1 sur 10 (" in spaces(
        mean.text
    )
    balance = lecture(wording, [figure(definition="NET", value=0.52, low=0.48, high=0.56)])
    assert balance is not None and spaces(balance.text).startswith(
        "Le solde des réponses (« Plutôt satisfait(e) » ou « Très satisfait(e) », moins « Pas du "
        "tout satisfait(e) » ou « Plutôt pas satisfait(e) ») des usagers reçus à la question"
    )
    assert " est de +52 points (" in spaces(balance.text)


def test_presses_are_not_people_who_answer(study: Study) -> None:
    kiosk = figure(indicator="visages", item="Q01V", claim="C3", base=1, value=0.7)
    said = lecture(page(study).wording, [kiosk])
    assert said is not None and said.rule == "reading_presses"
    assert spaces(said.text) == snapshot(
        "70 % des appuis sur les bornes se portent sur « Vert clair » ou « Vert foncé » à la "
        "question « Comment s’est passée votre visite aujourd’hui ? » (2ᵉ semestre 2026 ; "
        "variabilité [62 ; 68] ; 1 appui)."
    )


@pytest.mark.parametrize(
    ("item", "about", "counted"),
    [
        ("Q15", {"definition": "T1B"}, "« Oui »"),
        ("Q14", {"definition": "T2B"}, "« Une fois » ou « Jamais »"),
        ("Q01", {"definition": "M10"}, "note de 0 à 10"),
        ("Q08", {"definition": "T4B"}, "de « Plutôt pas satisfait(e) » à « Très satisfait(e) »"),
        ("Q08", {"definition": "T3B"}, "« Ni satisfait(e) ni insatisfait(e) », « Plutôt satis"),
    ],
)
def test_what_is_counted_is_said_in_the_words_of_the_scale(
    study: Study, item: str, about: dict[str, str], counted: str
) -> None:
    more = tuple(
        Definition(id=f"T{top}B", version="1.0", label="x", kind="top_share", top=top)
        for top in (3, 4)
    )
    widened = study.model_copy(update={"definitions": (*study.definitions, *more)})
    said = page(widened).wording.counted(figure(item=item, **about))
    assert spaces(said).startswith(counted)


def test_the_lecture_reads_the_first_shown_figure(study: Study) -> None:
    wording = page(study).wording
    hidden, other = figure(**HIDDEN), figure(value=0.2)
    said = lecture(wording, [hidden, figure(), other])
    assert said is not None and "65 % des usagers" in spaces(said.text)
    assert lecture(wording, [hidden]) is None


def test_without_an_interval_the_lecture_has_none(study: Study) -> None:
    said = lecture(page(study).wording, [figure(low=None, high=None, se=None)])
    assert said is not None and "(2ᵉ semestre 2026 ; 1 042 réponses)" in spaces(said.text)


def test_signs_are_explained_where_they_stand_and_only_there(study: Study) -> None:
    wording = page(study).wording
    assert spaces(sign_notes(wording, [figure(**HIDDEN), figure()])) == (
        "s = non diffusé, pour que personne ne soit reconnu."
    )
    assert sign_notes(wording, [figure()]) == ""
    assert spaces(sign_notes(wording, [figure(status="fragile")], "une note")) == (
        "Une note. (!!) = moins de 30 réponses, fragile."
    )


def test_notes_say_the_thresholds_of_the_study(study: Study) -> None:
    thresholds = study.thresholds.model_copy(update={"caution_below": 60, "fragile_below": 20})
    wording = page(study.model_copy(update={"thresholds": thresholds})).wording
    assert "moins de 60 réponses" in sign_notes(wording, [figure(status="caution")])
    assert "moins de 20 réponses" in sign_notes(wording, [figure(status="fragile")])


# --- findings -------------------------------------------------------------------------------------


def test_a_best_and_a_worst_are_named_alone_only_where_intervals_do_not_meet(study: Study) -> None:
    rows = [
        figure(indicator="accueil", value=0.8, low=0.77, high=0.83),
        figure(indicator="delai", value=0.5, low=0.47, high=0.53),
        figure(indicator="attente", value=0.49, low=0.46, high=0.52),
    ]
    said = ranking(page(study).wording, rows)
    assert said.rule == "finding_best_sole+finding_worst_near"
    assert spaces(said.text) == snapshot(
        "« Bienveillance et respect » est l’aspect le mieux perçu (80 %), « Temps d’attente » (49 "
        "%) parmi les moins bien perçus"
    )


def test_aspects_whose_intervals_meet_have_neither_best_nor_worst(study: Study) -> None:
    rows = [
        figure(indicator="accueil", value=0.52, low=0.49, high=0.55),
        figure(indicator="delai", value=0.5, low=0.47, high=0.53),
        figure(indicator="attente", value=0.49, low=0.46, high=0.52),
    ]
    said = ranking(page(study).wording, rows)
    assert said.rule == "finding_aspects_near" and len(set(said.figures)) == 3
    assert spaces(said.text) == ("De 49 % à 52 % selon l’aspect : aucun ne se détache nettement")


def test_what_a_ranking_leaves_out_is_named_with_its_number(study: Study) -> None:
    rows = [
        figure(indicator="besoin_satisfait", item="Q15", definition="T1B", value=0.3),
        figure(indicator="accueil", item="Q11", **HIDDEN),
    ]
    said = apart(page(study).wording, rows[::-1])
    assert said is not None and set(said.figures) == {one.key for one in rows}
    assert spaces(said.text).endswith(
        ": « Besoin satisfait », 30 % (« Oui ») ; « Bienveillance et respect », non diffusé."
    )
    assert apart(page(study).wording, []) is None


def test_few_answers_and_protection_are_different_reasons(study: Study) -> None:
    wording = page(study).wording
    few, protected = figure(**{**HIDDEN, "status": "nd"}), figure(**HIDDEN)
    assert hidden_finding(wording, [few]).rule == "finding_few"
    assert hidden_finding(wording, [few, protected]).rule == "finding_hidden"


def test_the_level_of_one_indicator_names_it_and_whom_it_is_about(study: Study) -> None:
    wording = page(study).wording
    assert spaces(level(wording, [figure(base=60)]).text) == "Satisfaction globale : 65 %"
    said = level(wording, [figure(base=60, claim="C2")])
    assert spaces(said.text) == (
        "Satisfaction globale, chez les personnes qui ont choisi de répondre : 65 %"
    )
    assert level(wording, [figure(**HIDDEN)]).rule == "finding_hidden"


def test_the_levels_of_directorates_are_those_that_are_shown(study: Study) -> None:
    wording = page(study).wording
    dpaph, def_ = study.directorates
    both = [(dpaph, figure(base=60)), (def_, figure(directorate="def", base=70, value=0.7))]
    assert spaces(levels(wording, both).text) == (
        "Satisfaction globale : 65 % (DPAPH) et 70 % (DEF)"
    )
    one = levels(wording, [both[0], (def_, figure(directorate="def", **HIDDEN))])
    assert spaces(one.text) == "Satisfaction globale : 65 % (DPAPH)"
    assert one.figures == (both[0][1].key,)


# --- changes --------------------------------------------------------------------------------------


def changed(study: Study, word: str = "up", **about: object) -> tuple[str, str | None]:
    """Title and detail of a change."""
    shown = page(study, row(**about), change_row(word, **about), detectable_row(**about))
    wording, now = shown.wording, figure(**about)
    changes = shown.figures.changes(now)
    detail = change_detail(wording, changes)
    title = change_title(wording, study.overall, changes)
    return spaces(title.text), detail and spaces(detail.text)


def test_a_change_is_worded_by_rule_and_says_what_could_be_seen(study: Study) -> None:
    assert changed(study) == snapshot(
        (
            "Satisfaction globale en hausse sur un an : +7 points",
            "Sur un an, écart de +7 points (intervalle de confiance à 95 % [2 ; 12]).",
        )
    )


@pytest.mark.parametrize(
    ("word", "beginning"),
    [
        ("up", "Satisfaction globale en hausse sur un an : +7 points"),
        ("down", "Satisfaction globale en baisse sur un an : +7 points"),
        ("small", "Évolution mesurée faible sur un an, inférieure à 5 points"),
        ("equivalent", "Écart inférieur à 5 points sur un an"),
        ("none", "Pas d’évolution détectée sur un an"),
        ("", "Évolution non mesurable"),
    ],
)
def test_each_word_has_its_title(study: Study, word: str, beginning: str) -> None:
    assert changed(study, word)[0].startswith(beginning)


def test_a_change_that_is_not_shown_is_not_said(study: Study) -> None:
    hidden = page(study, row(), change_row(**HIDDEN))
    changes = hidden.figures.changes(figure())
    assert changes.all == [] and change_detail(hidden.wording, changes) is None
    said = change_title(hidden.wording, study.overall, changes)
    assert said.rule == "change_unavailable" and said.figures == ()
    assert change_cell(hidden.wording, None) == "nd"


def test_what_self_selected_people_say_is_not_what_users_say(study: Study) -> None:
    assert changed(study, claim="C2")[0].startswith(
        "Chez les personnes qui ont choisi de répondre, satisfaction globale en hausse sur un an"
    )


def test_a_change_of_a_mean_is_no_number_of_points(study: Study) -> None:
    title, detail = changed(
        study, "small", definition="M10", unit="score_10", value=0.3, low=0.2, high=0.4
    )
    assert title.endswith("inférieure à 0,5") and "point" not in title
    assert detail is not None and "écart de +0,3 (" in detail and "point" not in detail


def compared(study: Study, wave: str = "2026-2", **words: str) -> tuple[str, str]:
    """Rule and text of the title of a trend, given the word of each comparison."""
    about = {
        "reference": {"against": "2025-2"},
        "previous": {"against": "2026-1" if wave == "2026-2" else "2024-1"},
        "trend": {"against": "2024-1", "kind": "trend"},
    }
    rows = [change_row(word, wave=wave, **about[name]) for name, word in words.items()]
    shown = page(study, row(wave=wave), *rows, wave=wave)
    title = change_title(shown.wording, study.overall, shown.figures.changes(figure(wave=wave)))
    return title.rule, spaces(title.text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"reference": "up", "trend": "down", "previous": "down"},
            "Satisfaction globale en hausse sur un an : +7 points",
        ),
        (
            {"reference": "none", "trend": "up", "previous": "down"},
            "Satisfaction globale en hausse au fil des vagues, depuis la première (1ᵉʳ semestre "
            "2024) : +7 points",
        ),
        (
            {"reference": "small", "trend": "none", "previous": "down"},
            "Évolution mesurée faible sur un an, inférieure à 5 points",
        ),
        (
            {"reference": "equivalent", "trend": "none", "previous": "none"},
            "Écart inférieur à 5 points sur un an",
        ),
    ],
)
def test_the_title_of_a_trend_says_the_first_rise_or_fall_that_can_be_said(
    study: Study, words: dict[str, str], said: str
) -> None:
    assert compared(study, **words)[1] == said


@pytest.mark.parametrize("word", ["none", "up"])
def test_a_step_is_no_headline_of_a_seasonal_study(study: Study, word: str) -> None:
    """From one season to another, a rise is not told from the season."""
    assert compared(study, "2024-2", previous=word) == (
        "change_no_reference",
        "Pas encore d’évolution à lire sur un an",
    )
    assert compared(study, reference="none", previous=word)[0] == "change_none"
    yearly = study.model_copy(update={"comparison": "previous"})
    assert compared(yearly, "2024-2", previous="none")[0] == "change_none"


def test_how_many_changes_are_looked_at_together_is_said(study: Study) -> None:
    family = {"method": "bonferroni 24"}
    shown = page(study, row(), change_row("up", **family), detectable_row(**family))
    detail = change_detail(shown.wording, shown.figures.changes(figure()))
    assert detail is not None
    assert spaces(detail.text).endswith(
        "Les intervalles tiennent compte des 24 évolutions examinées ensemble."
    )


@pytest.mark.parametrize(
    ("word", "low", "family", "range_said"),
    [
        ("up", 0.004, 24, "intervalle ajusté à 95 % [0,4 ; 11,7]"),
        ("up", 0.006, 24, "intervalle ajusté à 95 % [1 ; 12]"),
        ("none", -0.004, 24, "intervalle ajusté à 95 % [0 ; 12]"),
        ("up", 0.006, 1, "intervalle de confiance à 95 % [1 ; 12]"),
    ],
)
def test_the_interval_of_a_change_is_called_what_it_is(
    study: Study, word: str, low: float, family: int, range_said: str
) -> None:
    about = {"method": f"bonferroni {family}", "low": low}
    shown = page(study, row(), change_row(word, **about), detectable_row())
    detail = change_detail(shown.wording, shown.figures.changes(figure()))
    assert detail is not None and f"({range_said})" in spaces(detail.text)


def test_a_tile_says_the_change_over_a_year_beside_another_that_moved(study: Study) -> None:
    rows = [
        change_row("none"),
        detectable_row(),
        change_row("up", against="2024-1", kind="trend", value=0.13, low=0.09, high=0.17),
        detectable_row(against="2024-1", kind="detectable_trend", value=0.08),
    ]
    shown = page(study, row(), *rows)
    number, said = change_in_short(shown.wording, shown.figures.changes(figure()))
    assert number == "Non détectée" and said.text.startswith(number)
    assert said.rule == "in_short_none+in_short_up"
    assert spaces(said.text) == snapshot(
        "Non détectée sur un an ; une évolution de moins de 7 points aurait pu échapper à "
        "l’enquête. +13 points au fil des vagues, depuis la première (1ᵉʳ semestre 2024), une "
        "hausse (intervalle de confiance à 95 % [9 ; 17])."
    )
    alone = page(study, row(), *rows[:2])
    number, said = change_in_short(alone.wording, alone.figures.changes(figure()))
    assert (number, said.rule) == ("Non détectée", "in_short_none")
    risen = page(study, row(), change_row("up"), detectable_row())
    number, said = change_in_short(risen.wording, risen.figures.changes(figure()))
    assert (spaces(number), said.rule) == ("+7 points", "in_short_up")
    hidden = page(study, row())
    assert change_in_short(hidden.wording, hidden.figures.changes(figure()))[1].rule == (
        "change_unavailable"
    )


def test_the_threshold_is_in_the_unit_of_the_change(study: Study) -> None:
    wording = page(study).wording
    scored = figure(definition="M10", kind="difference", unit="score_10")
    assert threshold_text(wording, scored) == "0,5"
    assert spaces(threshold_text(wording)) == "5 points"


# --- words that are a study's own -----------------------------------------------------------------


def test_titles_name_the_indicator_that_they_are_about(study: Study) -> None:
    first = study.indicators[0].model_copy(update={"label": "Temps d’attente ressenti"})
    renamed = study.model_copy(update={"indicators": (first, *study.indicators[1:])})
    assert page(renamed).wording.subject == "Temps d’attente ressenti"
    assert changed(renamed)[0].startswith("Temps d’attente ressenti en hausse")


def test_people_and_answers_are_called_as_the_study_does_or_in_general_terms(
    study: Study,
) -> None:
    terms = Terms(people={"C1": "lecteurs"}, answers=Noun(one="avis", many="avis"))
    named = page(study.model_copy(update={"terms": terms})).wording
    said = lecture(named, [figure()])
    assert said is not None
    assert "des lecteurs répondraient" in said.text and "1 042 avis" in spaces(said.text)
    plain = page(study.model_copy(update={"terms": Terms()})).wording
    assert plain.people("C1") == "usagers" and spaces(plain.answers(1)) == "1 réponse"
    assert Language.of("en").text("people_C1") == "users"


def test_a_definition_of_the_parameters_says_its_own_threshold(study: Study) -> None:
    twenty = Definition(id="N20", version="1.0", label="note", kind="mean", maximum=20)
    scored = study.model_copy(update={"definitions": (*study.definitions, twenty)})
    change = figure(definition="N20", kind="difference", unit="score_20")
    assert threshold_text(page(scored).wording, change) == "1,0"
