"""What is said beside the two sides of a commitment, on literal figures: what users were told,
since when and where it is posted, what was decided, what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analysis.publishing.wording.commitments import (
    announced_text,
    commitment_change,
    decisions,
    in_force_text,
    months_text,
    posting_text,
)
from analysis.study import Study
from tests.promised import (
    DELAY,
    DELAYS,
    LATE,
    action,
    announced,
    assert_said,
    commitment,
    indicator,
    level,
    measure,
    one_followed,
    perceived,
    posting,
    promising,
    reading,
    sites,
    typeset,
)
from tests.released import HIDDEN, change_row, detectable_row, page


@pytest.fixture
def promised(study: Study) -> Study:
    return promising(study, commitment(), management=[indicator(), *DELAYS])


# --- what users were told -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "measured", "text"),
    [
        (45.0, 52.3, "45~jours en moyenne {told} aux usagers, 52~jours en moyenne {seen}."),
        (45.2, 45.4, "45,2~jours en moyenne {told} aux usagers, 45,4~jours en moyenne {seen}."),
        (45.24, 45.16, "45,24~jours en moyenne {told} aux usagers, 45,16~jours en moyenne {seen}."),
        (1.0, 45.0, "1~jour en moyenne {told} aux usagers, 45~jours en moyenne {seen}."),
        (45.0, 45.0, "45~jours en moyenne {told} aux usagers, 45~jours en moyenne {seen}."),
    ],
)
def test_what_users_were_told_stands_beside_what_was_measured_apart_from_it(
    promised: Study, told: float, measured: float, text: str
) -> None:
    study = promised.model_copy(update={"commitments": (commitment(measured=DELAY),)})
    rows = [announced(told), measure(measured, "kept", DELAY)]
    shown = page(study, reading("both"), *rows)
    assert_said(
        announced_text(shown.wording, one_followed(shown)),
        "announced_beside",
        text.format(told="d’après ce qui a été annoncé", seen="d’après ce qui a été mesuré"),
        *rows,
    )


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([announced(45.0)], "45~jours en moyenne d’après ce qui a été annoncé aux usagers."),
        (
            [announced(45.0), measure(None, "unclear", DELAY, method="missing 2026-08")],
            "45~jours en moyenne d’après ce qui a été annoncé aux usagers.",
        ),
        (
            [announced(45.0), measure(None, "", DELAY, **HIDDEN)],
            "45~jours en moyenne d’après ce qui a été annoncé aux usagers.",
        ),
        ([measure(52.3, "kept", DELAY)], None),
        ([announced(None, method="missing 2026-08"), measure(52.3, "kept", DELAY)], None),
        ([announced(None, **HIDDEN), measure(52.3, "kept", DELAY)], None),
    ],
)
def test_what_users_were_told_stands_alone_or_is_not_told(
    promised: Study, rows: list[dict[str, Any]], text: str | None
) -> None:
    study = promised.model_copy(update={"commitments": (commitment(measured=DELAY),)})
    shown = page(study, reading("unclear"), *rows)
    said = announced_text(shown.wording, one_followed(shown))
    if text is None:
        assert said is None
    else:
        assert_said(said, "announced_alone", text, rows[0])


@pytest.mark.parametrize(
    ("months", "text"),
    [
        ("2026-03", "mars 2026"),
        ("2026-03+2026-04", "mars 2026 et avril 2026"),
        ("2025-11+2025-12+2026-01", "novembre 2025, décembre 2025 et janvier 2026"),
        ("2025-11+2025-12+2026-01+2026-02", "les mois de novembre 2025 à février 2026"),
        (
            "2026-01+2026-02+2026-04+2026-05",
            "janvier 2026, février 2026, avril 2026 et mai 2026",
        ),
    ],
)
def test_months_are_named_and_none_that_is_there_is_said_to_be_missing(
    study: Study, months: str, text: str
) -> None:
    """March is not among them: « from January to May » would say that it is."""
    assert months_text(page(study).wording, months) == text


# --- since when, and where ------------------------------------------------------------------------

SOME = "affiché, à la fin de la vague, dans 3 des 12 sites ouverts."


@pytest.mark.parametrize(
    ("since", "counts", "text"),
    [
        ("2025-07-01", (3, 12), f"En vigueur depuis le 1ᵉʳ~juillet 2025~; {SOME}"),
        (
            "2025-07-02",
            (1, 12),
            "En vigueur depuis le 2~juillet 2025~; affiché, à la fin de la vague, dans un des "
            "12 sites ouverts.",
        ),
        (
            "2025-07-02",
            (0, 1234),
            "En vigueur depuis le 2~juillet 2025~; pas encore affiché, à la fin de la vague "
            "(1_234 sites ouverts).",
        ),
        (
            "2023-12-31",
            (3, 12),
            "En vigueur depuis le 31~décembre 2023 (avant la première mesure, 1ᵉʳ semestre "
            "2024, si bien que "
            f"rien ne dit ce qu’il a changé)~; {SOME}",
        ),
        ("2024-01-01", (3, 12), f"En vigueur depuis le 1ᵉʳ~janvier 2024~; {SOME}"),
        (None, (3, 12), f"Date à confirmer~; {SOME}"),
        (
            "2025-07-02",
            (1, 1),
            "En vigueur depuis le 2~juillet 2025~; affiché, à la fin de la vague, dans le seul "
            "site ouvert.",
        ),
        (
            "2025-07-02",
            (0, 1),
            "En vigueur depuis le 2~juillet 2025~; pas encore affiché, à la fin de la vague, "
            "dans le seul site "
            "ouvert.",
        ),
        ("2025-07-02", (0, 0), "En vigueur depuis le 2~juillet 2025."),
        ("2025-07-02", None, "En vigueur depuis le 2~juillet 2025."),
        ("2026-10-31", None, "En vigueur depuis le 31~octobre 2026."),
        ("2026-11-01", None, "En vigueur à partir du 1ᵉʳ~novembre 2026, après la fin de la vague."),
        (None, None, "Date à confirmer."),
    ],
)
def test_since_when_and_in_how_many_sites(
    study: Study, since: str | None, counts: tuple[int, int] | None, text: str
) -> None:
    """A sentence ends where nothing follows; the first day of the first wave is not before it."""
    promised = promising(study, commitment(since=since), management=[indicator()])
    counted = sites(*counts) if counts else []
    shown = page(promised, reading("both"), *counted)
    told = counted if counts and counts[1] else []
    assert_said(in_force_text(shown.wording, one_followed(shown)), "in_force", text, *told)


@pytest.mark.parametrize(
    ("gap", "family", "rule", "text"),
    [
        (
            {"value": 0.07, "low": 0.021, "high": 0.119, "word": "above"},
            5,
            "posting_gap",
            "72~% là où il est affiché, 65~% là où il ne l’est pas encore (écart de +7~points, "
            "intervalle ajusté à 95~% [2~; 12]).",
        ),
        (
            {"value": 0.07, "low": 0.004, "high": 0.136, "word": "above"},
            1,
            "posting_gap",
            "72~% là où il est affiché, 65~% là où il ne l’est pas encore (écart de +7~points, "
            "intervalle de confiance à 95~% [0,4~; 13,6]).",
        ),
        (
            {"value": 0.07, "low": -0.004, "high": 0.144, "word": "none"},
            5,
            "posting_gap_none",
            "72~% là où il est affiché, 65~% là où il ne l’est pas encore~; écart non établi "
            "(+7~points, intervalle ajusté à 95~% [0~; 14]).",
        ),
    ],
)
def test_sites_that_post_it_are_set_beside_those_that_do_not(
    promised: Study, gap: dict[str, Any], family: int, rule: str, text: str
) -> None:
    rows = posting(0.72, 0.65, {**gap, "method": f"bonferroni {family}"})
    shown = page(promised, reading("both"), *rows)
    assert_said(posting_text(shown.wording, one_followed(shown)), rule, text, *rows)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        posting(0.72, 0.65, {"value": 0.07})[:2],
        posting(0.72, None, {"value": None, "word": ""}, **HIDDEN),
        posting(0.72, 0.65, HIDDEN),
        posting(0.72, 0.65, {"value": 0.07, "low": None, "high": None, "word": ""}),
    ],
    ids=["none", "no gap", "hidden", "gap hidden", "nothing tells how precise"],
)
def test_without_two_sides_or_a_gap_nothing_is_told_of_sites(
    promised: Study, rows: list[dict[str, Any]]
) -> None:
    shown = page(promised, reading("both"), *rows)
    assert posting_text(shown.wording, one_followed(shown)) is None


# --- what was decided, and what changed -----------------------------------------------------------

DECIDED = (
    action("A", "2025-10-14", started="2026-01-05", done="2026-06-19", owner="Courrier"),
    action("B", "2026-03-10", started="2026-09-01"),
    action("C", "2026-11-16", directorates=["def"]),
    action("D", "2026-02-03", given_up="2026-12-01", directorates=["dpaph"]),
    action("E", "2026-11-17"),
    action("F", "2026-01-06", commitments=[LATE]),
)
DONE_A = "Ouvrir le guichet A (fait le 19~juin 2026, Courrier)."


@pytest.mark.parametrize(
    ("directorate", "day", "told"),
    [
        (
            "dpaph",
            date(2026, 11, 16),
            {
                "decided_under_way": "Ouvrir le guichet B (en cours depuis le 1ᵉʳ~septembre 2026, "
                "Accueil).",
                "decided_planned": "Ouvrir le guichet D (décidé le 3~février 2026, Accueil).",
                "decided_done": DONE_A,
            },
        ),
        (
            "def",
            date(2026, 11, 16),
            {
                "decided_planned": "Ouvrir le guichet C (décidé le 16~novembre 2026, Accueil).",
                "decided_under_way": "Ouvrir le guichet B (en cours depuis le 1ᵉʳ~septembre 2026, "
                "Accueil).",
                "decided_done": DONE_A,
            },
        ),
        (
            "dpaph",
            date(2026, 4, 1),
            {
                "decided_planned": "Ouvrir le guichet B (décidé le 10~mars 2026, Accueil).",
                "decided_planned-": "Ouvrir le guichet D (décidé le 3~février 2026, Accueil).",
                "decided_under_way": "Ouvrir le guichet A (en cours depuis le 5~janvier 2026, "
                "Courrier).",
            },
        ),
        ("dpaph", date(2025, 10, 13), {"decided_nothing": "Rien n’a été décidé à ce jour."}),
    ],
)
def test_what_was_decided_is_told_as_of_the_day_of_the_edition(
    promised: Study, directorate: str, day: date, told: dict[str, str]
) -> None:
    """The latest decision first; none of the day after, of another directorate or commitment."""
    study = promised.model_copy(update={"actions": DECIDED})
    shown = page(study, reading("both", directorate=directorate), directorate=directorate)
    found = decisions(replace(shown.wording, published=day), one_followed(shown))
    assert [(one.rule, one.text) for one in found] == [
        (rule.removesuffix("-"), typeset(text)) for rule, text in told.items()
    ]


def test_what_was_given_up_is_said_and_no_day_of_an_edition_is_the_planned_one(
    promised: Study,
) -> None:
    study = promised.model_copy(update={"actions": DECIDED[3:5]})
    shown = page(study, reading("both"))
    later = replace(shown.wording, published=date(2026, 12, 1))
    assert [one.text for one in decisions(later, one_followed(shown))] == [
        "Ouvrir le guichet E (décidé le 17\u00a0novembre 2026, Accueil).",
        "Ouvrir le guichet D (abandonné le 1ᵉʳ\u00a0décembre 2026, Accueil).",
    ]
    planned = [one.rule for one in decisions(shown.wording, one_followed(shown))]
    assert planned == ["decided_planned"], "on 16 November, E is not decided nor D given up"


def test_a_change_is_that_of_the_perceived_indicator(promised: Study) -> None:
    about = {"indicator": "attente", "item": "Q08"}
    change, seen = change_row("up", **about), detectable_row(**about)
    rows = [reading("both"), perceived(), level(), change, seen]
    shown = page(promised, *rows)
    assert_said(
        commitment_change(shown.wording, shown.figures, one_followed(shown)),
        "in_short_up",
        "+7~points sur un an, une hausse (intervalle de confiance à 95~% [2~; 12]).",
        *(change, seen),
    )
    for silent in (rows[:2], [*rows[:2], level(**HIDDEN), *rows[3:]], [rows[0], *rows[2:]]):
        hidden = page(promised, *silent)
        assert commitment_change(hidden.wording, hidden.figures, one_followed(hidden)) is None
    rows = [one | {"wave": "2024-1"} for one in rows[:3]]
    first = page(promised, *rows, wave="2024-1")
    one = one_followed(first)
    assert one.estimate is not None
    assert commitment_change(first.wording, first.figures, one) is None, "nothing came before"
