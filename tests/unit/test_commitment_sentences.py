"""What is said of each commitment, on literal figures: each rule where it speaks, and where it is
silent."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.publishing.wording.commitments import (
    commitments_title,
    followed,
    measured_side,
    perceived_side,
    reading_text,
    verdict,
)
from analysis.study import Study
from tests.promised import (
    CALLS,
    COMPLAINTS,
    COUNTED,
    DELAY,
    DELAYS,
    FEWER,
    LATE,
    RATE,
    REACHED,
    SHORT,
    WAIT,
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
)
from tests.released import HIDDEN, page

FEW = {**HIDDEN, "status": "nd"}
"""A figure that too few answered to be shown."""


@pytest.fixture
def promised(study: Study) -> Study:
    return promising(study, commitment(), management=[indicator(), *DELAYS, RATE, FEWER])


# --- as perceived ---------------------------------------------------------------------------------

USERS = f"des usagers reçus répondraient {COUNTED} sur «~Temps d’attente~»"
CHOOSING = f"des personnes qui ont choisi de répondre ont répondu {COUNTED} sur «~Temps d’attente~»"


@pytest.mark.parametrize(
    ("side", "bound", "rule", "text"),
    [
        (
            {},
            0.6,
            "perceived_kept",
            f"Tenu. 65~% {USERS} (intervalle ajusté à 95~% [62~; 68]), pour une cible de 60~%.",
        ),
        (
            {"method": "bonferroni 1"},
            0.6,
            "perceived_kept",
            f"Tenu. 65~% {USERS} (intervalle de confiance à 95~% [62~; 68]), pour une cible de "
            "60~%.",
        ),
        (
            {"word": "not_kept", "value": 0.55, "low": 0.504, "high": 0.596},
            0.6,
            "perceived_not_kept",
            f"Non tenu. 55~% {USERS} (intervalle ajusté à 95~% [50,4~; 59,6]), pour une cible "
            "de 60~%.",
        ),
        (
            {"value": 0.6496, "low": 0.60001, "high": 0.6991},
            0.6,
            "perceived_kept",
            f"Tenu. 65~% {USERS} (intervalle ajusté à 95~% [60,001~; 69,910]), pour une cible "
            "de 60~%.",
        ),
        (
            {"word": "unclear", "value": 0.61, "low": 0.57, "high": 0.65},
            0.6,
            "perceived_unclear",
            f"Indécis. 61~% {USERS}, et la cible de 60~% est dans l’intervalle (intervalle ajusté "
            "à 95~% [57~; 65]).",
        ),
        (
            {"word": "unclear", "value": 0.604, "low": 0.597, "high": 0.611},
            0.6,
            "perceived_unclear",
            f"Indécis. 60,4~% {USERS}, et la cible de 60~% est dans l’intervalle (intervalle "
            "ajusté à 95~% [59,7~; 61,1]).",
        ),
        (
            {"word": "unclear", "low": None, "high": None, "se": None},
            0.6,
            "perceived_no_claim",
            f"Indécis. 65~% {USERS}, sans que la collecte permette d’en juger (cible de 60~%).",
        ),
        (
            {"word": "unclear", "claim": "C2", "low": 0.62, "high": 0.68},
            0.6,
            "perceived_no_claim",
            f"Indécis. 65~% {CHOOSING}, sans que la collecte permette d’en juger (cible de 60~%).",
        ),
        (
            {"value": 0.73, "low": 0.7254, "high": 0.74},
            0.725,
            "perceived_kept",
            f"Tenu. 73,0~% {USERS} (intervalle ajusté à 95~% [72,54~; 74,00]), pour une cible de "
            "72,5~%.",
        ),
        (
            {"value": 0.8, "low": 0.77, "high": 0.83},
            0.725,
            "perceived_kept",
            f"Tenu. 80,0~% {USERS} (intervalle ajusté à 95~% [77,0~; 83,0]), pour une cible de "
            "72,5~%.",
        ),
    ],
)
def test_what_users_say_is_told_against_the_target_on_its_side_of_it(
    promised: Study, side: dict[str, Any], bound: float, rule: str, text: str
) -> None:
    """59.6 % is less than 60 %: a bound, or a value, is printed with the decimals that show it, and
    the other one as elsewhere."""
    own, aim = perceived(**side), target(bound)
    shown = page(promised, level(), reading("both"), own, aim)
    assert_said(perceived_side(shown.wording, one_followed(shown)), rule, text, own, aim)


@pytest.mark.parametrize(
    ("about", "text"),
    [
        (
            {"definition": "M10", "kind": "mean", "unit": "score_10", "value": 7.4},
            "Tenu. Note moyenne de 7,4 sur 10 donnée par les usagers reçus sur «~Temps d’attente~»"
            " (intervalle ajusté à 95~% [7,1~; 7,6]), pour une cible de 7,0.",
        ),
        (
            {"definition": "NET", "kind": "balance", "unit": "points", "value": 0.42},
            f"Tenu. Solde de +42~points ({COUNTED}, moins «~Pas du tout satisfait(e)~» ou "
            "«~Plutôt pas satisfait(e)~») chez les usagers reçus sur «~Temps d’attente~» "
            "(intervalle ajusté à 95~% [38~; 46]), pour une cible de +30~points.",
        ),
    ],
)
def test_a_level_is_told_as_its_figure_counts_and_of_whom_it_is(
    promised: Study, about: dict[str, Any], text: str
) -> None:
    bounds = {"mean": ((7.1, 7.6), 7.0), "balance": ((0.38, 0.46), 0.3)}
    (low, high), bound = bounds.get(about.get("kind", ""), ((0.62, 0.68), 0.6))
    own = perceived(**{"low": low, "high": high, **about})
    aim = target(bound, unit=about.get("unit", "share"))
    shown = page(promised, reading("both"), own, aim)
    assert_said(
        perceived_side(shown.wording, one_followed(shown)), "perceived_kept", text, own, aim
    )


def test_a_score_is_printed_on_its_side_of_the_target(promised: Study) -> None:
    about = {"definition": "M10", "kind": "mean", "unit": "score_10"}
    own = perceived("not_kept", value=6.9, low=6.83, high=6.97, **about)
    shown = page(promised, reading("neither"), own, target(7.0, unit="score_10"))
    said = perceived_side(shown.wording, one_followed(shown)).text
    assert said == typeset(
        "Non tenu. Note moyenne de 6,9 sur 10 donnée par les usagers reçus sur «~Temps "
        "d’attente~» (intervalle ajusté à 95~% [6,83~; 6,97]), pour une cible de 7,0."
    )


@pytest.mark.parametrize(
    ("about", "rows", "rule", "text"),
    [
        (
            {"target": None},
            [perceived("")],
            "perceived_no_target",
            f"65~% {USERS}~; aucune cible n’est fixée.",
        ),
        ({}, [], "perceived_not_asked", "Personne, ici, n’a répondu à la question qui le dirait."),
        (
            {"perceived": None, "target": None, "wanted": {"perceived": "Attendez-vous trop ?"}},
            [],
            "perceived_wanted",
            "Question non posée. À ajouter~: Attendez-vous trop~?",
        ),
        (
            {},
            [perceived("", **HIDDEN)],
            "side_hidden",
            "Résultat non diffusé, pour que personne ne soit reconnu.",
        ),
        ({}, [perceived("", **FEW)], "finding_few", "Réponses trop peu nombreuses pour un constat"),
    ],
)
def test_what_keeps_users_from_telling_is_said_and_no_number(
    study: Study, about: dict[str, Any], rows: list[dict[str, Any]], rule: str, text: str
) -> None:
    """Too few answers are another reason than somebody who would be recognised."""
    promised = promising(study, commitment(**about), management=[indicator()])
    shown = page(
        promised, reading(""), *rows, *([target()] if any(one["status"] for one in rows) else [])
    )
    assert_said(perceived_side(shown.wording, one_followed(shown)), rule, text, *rows)


# --- as measured ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "word", "bound", "text"),
    [
        (WAIT, 17.8, "kept", 20, "Tenu. «~Attente moyenne~», 18~minutes, pour une norme de 20~m."),
        (WAIT, 20.0, "kept", 20, "Tenu. «~Attente moyenne~», 20~minutes, pour une norme de 20~m."),
        (
            WAIT,
            20.4,
            "not_kept",
            20,
            "Non tenu. «~Attente moyenne~», 20,4~minutes, pour une norme de 20~m.",
        ),
        (
            WAIT,
            7.49,
            "kept",
            7.5,
            "Tenu. «~Attente moyenne~», 7,49~minutes, pour une norme de 7,5~m.",
        ),
        (
            CALLS,
            0.7996,
            "not_kept",
            0.8,
            "Non tenu. «~Part des appels pris~», 79,96~%, pour une norme de 80~%.",
        ),
        (
            CALLS,
            0.7996,
            "unclear",
            0.8,
            "Indécis. «~Part des appels pris~», 79,96~%, à la limite de la norme de 80~%, à "
            "l’arrondi près des chiffres livrés.",
        ),
        (
            COMPLAINTS,
            7.96,
            "kept",
            8,
            "Tenu. «~Réclamations pour 1_000 dossiers~», 7,96~pour 1_000, pour une norme de "
            "8,0~pour 1_000.",
        ),
        (DELAY, 1.0, "kept", 1.5, "Tenu. «~Délai moyen~», 1,0~jour, pour une norme de 1,5~jour."),
    ],
)
def test_what_is_measured_is_told_against_its_norm_on_its_side_of_it(
    promised: Study, name: str, value: float, word: str, bound: float, text: str
) -> None:
    own = measure(value, word, name)
    limit = norm(bound, name)
    study = promised.model_copy(update={"commitments": (commitment(measured=name),)})
    shown = page(study, reading("both"), own, limit)
    said = text.replace("~m.", "~minutes.")
    assert_said(
        measured_side(shown.wording, one_followed(shown)),
        f"measured_{word}",
        said,
        own,
        limit,
    )


MISSING = {
    "missing 2026-08": "il manque août 2026",
    "missing 2026-08+2026-10": "il manque août 2026 et octobre 2026",
    "missing 2026-06+2026-07+2026-08+2026-09+2026-10": (
        "il manque les mois de juin à octobre 2026"
    ),
}


@pytest.mark.parametrize(
    ("rows", "rule", "text"),
    [
        *(
            (
                [measure(None, "unclear", method=method, base=None), norm(20)],
                "measured_missing",
                f"Chiffre non disponible, car {said} («~Attente moyenne~»).",
            )
            for method, said in MISSING.items()
        ),
        (
            [measure(None, "unclear", base=0), norm(20)],
            "measured_empty",
            "Chiffre sans objet, faute de cas sur la période («~Attente moyenne~»).",
        ),
        (
            [measure(18.0)],
            "measured_no_norm",
            "«~Attente moyenne~», 18~minutes~; aucune norme n’est annoncée.",
        ),
        ([], "measured_not_here", "Ici, aucune mesure de «~Attente moyenne~»."),
        (
            [measure(None, **HIDDEN), norm(20)],
            "side_hidden",
            "«~Attente moyenne~», non diffusé.",
        ),
    ],
)
def test_why_a_measure_is_not_there_is_said(
    promised: Study, rows: list[dict[str, Any]], rule: str, text: str
) -> None:
    shown = page(promised, reading("unclear"), *rows)
    assert_said(measured_side(shown.wording, one_followed(shown)), rule, text, *rows[:1])


def test_a_figure_that_nobody_delivers_is_asked_for(study: Study) -> None:
    wanted = {"measured": "la part des attentes relevées"}
    promised = promising(study, commitment(measured=None, wanted=wanted))
    shown = page(promised, reading("perceived"), measure(18.0, "kept"))
    said = measured_side(shown.wording, one_followed(shown))
    assert_said(said, "measured_wanted", "Non mesuré. À suivre~: la part des attentes relevées.")
    assert "18" not in said.text, "an indicator of no commitment"


# --- both sides -----------------------------------------------------------------------------------

READINGS = {
    ("kept", "kept"): ("both", "tenu d’après les usagers et d’après la gestion"),
    ("kept", "not_kept"): ("perceived", "non tenu d’après la gestion, tenu d’après les usagers"),
    ("kept", "unclear"): ("perceived", "indécis d’après la gestion, tenu d’après les usagers"),
    ("kept", ""): ("perceived", "tenu d’après les usagers"),
    ("not_kept", "kept"): ("measured", "tenu d’après la gestion, non tenu d’après les usagers"),
    ("not_kept", "not_kept"): ("neither", "non tenu d’après les usagers et d’après la gestion"),
    ("not_kept", "unclear"): (
        "unclear",
        "indécis d’après la gestion, non tenu d’après les usagers",
    ),
    ("not_kept", ""): ("neither", "non tenu d’après les usagers"),
    ("unclear", "kept"): ("measured", "tenu d’après la gestion, indécis d’après les usagers"),
    ("unclear", "not_kept"): (
        "unclear",
        "non tenu d’après la gestion, indécis d’après les usagers",
    ),
    ("unclear", "unclear"): ("unclear", "indécis d’après les usagers et d’après la gestion"),
    ("unclear", ""): ("unclear", "indécis d’après les usagers"),
    ("", "kept"): ("measured", "tenu d’après la gestion"),
    ("", "not_kept"): ("neither", "non tenu d’après la gestion"),
    ("", "unclear"): ("unclear", "indécis d’après la gestion"),
}
"""Words as perceived and as measured → the reading of the two, and how it is said."""


@pytest.mark.parametrize(("sides", "said"), READINGS.items())
def test_the_two_sides_are_read_together_each_by_its_name(
    promised: Study, sides: tuple[str, str], said: tuple[str, str]
) -> None:
    word, text = said
    whole = reading(word)
    own = [perceived(sides[0])] if sides[0] else []
    other = [measure(18.0, sides[1])] if sides[1] else []
    shown = page(promised, whole, *own, *other)
    found = reading_text(shown.wording, one_followed(shown))
    assert_said(found, f"commitment_{word}", text, whole, *other, *own)


@pytest.mark.parametrize(
    ("rows", "rule", "text"),
    [
        ([reading("unmeasured")], "commitment_unmeasured", "non mesuré"),
        ([reading("unmeasured"), perceived("")], "commitment_unmeasured", "sans cible ni norme"),
        ([reading("unmeasured"), measure(18.0)], "commitment_unmeasured", "sans cible ni norme"),
        ([reading("not_yet")], "commitment_not_yet", "pas encore en vigueur"),
        ([reading("", **HIDDEN)], "commitment_hidden", "non diffusé"),
        (
            [reading("", **HIDDEN), perceived("", **HIDDEN), measure(18.0, "kept")],
            "commitment_hidden",
            "non diffusé",
        ),
    ],
)
def test_what_cannot_be_read_says_why(
    promised: Study, rows: list[dict[str, Any]], rule: str, text: str
) -> None:
    shown = page(promised, *rows)
    found = reading_text(shown.wording, one_followed(shown))
    assert (found.rule, found.text) == (rule, text)
    assert found.figures[0] == rows[0]["key"]


def test_a_side_has_a_word_or_the_sign_of_what_hides_it(promised: Study) -> None:
    shown = page(promised, reading("both"), perceived(), measure(None, **HIDDEN))
    one, wording = one_followed(shown), shown.wording
    assert [verdict(wording, side) for side in (one.perceived, one.measured, one.announced)] == [
        "tenu",
        "s",
        "non mesuré",
    ]


def test_what_is_not_in_force_yet_is_neither_kept_nor_unasked(study: Study) -> None:
    """Its question is asked, and its wait is measured: nothing was promised of them yet."""
    later = commitment(since="2027-01-01")
    promised = promising(study, later, management=[indicator()])
    whole = reading("not_yet")
    shown = page(promised, whole, level(), measure(18.0, "kept"), norm(20))
    one, wording = one_followed(shown), shown.wording
    for side in (perceived_side(wording, one), measured_side(wording, one)):
        assert_said(side, "commitment_not_yet", "pas encore en vigueur", whole)
    assert commitments_title(wording, [one]).figures == ()


# --- titles ---------------------------------------------------------------------------------------


def three(study: Study, **changes: Any) -> Study:
    """Three commitments, of which two are measured."""
    wanted = {"measured": "la part des délais annoncés"}
    others = (
        commitment(LATE, perceived="delai", measured=None, wanted=wanted, **changes),
        commitment(REACHED, perceived="joignabilite", measured=CALLS),
    )
    return promising(study, commitment(), *others, management=[indicator(), RATE])


def test_the_title_counts_what_is_kept_of_what_is_judged_on_each_side(study: Study) -> None:
    rows = [
        *(reading("both"), perceived(), measure(18.0, "kept")),
        *(reading("neither", LATE), perceived("not_kept", LATE)),
        *(reading("unclear", REACHED), perceived("", REACHED, **HIDDEN)),
        measure(0.7, "not_kept", CALLS),
    ]
    shown = page(three(study), *rows)
    found = followed(shown.wording, shown.figures, shown.directorate)
    assert [one.commitment.id for one in found] == [SHORT, LATE, REACHED]
    assert_said(
        commitments_title(shown.wording, found),
        "commitments_title",
        "Engagements tenus~: 1 sur 2 d’après les usagers, 1 sur 2 d’après la gestion",
        *(rows[place] for place in (1, 2, 4, 6, 7)),
    )


def test_the_title_of_several_directorates_counts_in_each(study: Study) -> None:
    other = {"directorate": "def"}
    rows = [
        *(reading("both"), perceived(), measure(18.0, "kept")),
        *(reading("not_yet", LATE), reading("perceived", LATE, **other)),
        *(perceived("kept", LATE, **other), perceived("kept", REACHED, **other)),
        *(reading("perceived", REACHED, **other),),
    ]
    shown = page(three(study), *rows, directorate=None)
    found = [
        one
        for directorate in shown.study.directorates
        for one in followed(shown.wording, shown.figures, directorate)
    ]
    assert_said(
        commitments_title(shown.wording, found),
        "commitments_title_all",
        "Engagements tenus~: 1 sur 1 d’après les usagers et 1 sur 1 d’après la gestion (DPAPH)~; 2 "
        "sur 2 d’après les usagers et aucun jugé d’après la gestion (DEF)",
        *(rows[place] for place in (1, 2, 5, 6)),
    )


def test_a_study_that_measures_nothing_does_not_count_nought_of_nought(study: Study) -> None:
    wanted = {"measured": "l’attente"}
    promised = promising(study, commitment(measured=None, wanted=wanted))
    shown = page(promised, reading("perceived"), perceived())
    title = commitments_title(shown.wording, [one_followed(shown)])
    assert title.text == typeset(
        "Engagements tenus~: 1 sur 1 d’après les usagers, aucun jugé d’après la gestion"
    )
