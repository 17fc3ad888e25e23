"""What is said of what is measured, beside what is perceived, on literal figures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from analysis.publishing.pages import crossing
from analysis.publishing.wording.management import (
    cohort_text,
    delays_reading,
    management_title,
    measured_of,
    measured_value,
    months_span,
    quadrant_reading,
    quadrant_word,
    source_of,
)
from analysis.study import Study
from tests.promised import (
    CALLS,
    COMPLAINTS,
    COUNTED,
    DELAY,
    DELAYS,
    FEWER,
    RATE,
    SHORT,
    WAIT,
    announced,
    assert_said,
    commitment,
    indicator,
    level,
    measure,
    norm,
    one_followed,
    one_measured,
    perceived,
    printed,
    promising,
    reading,
    relative,
    target,
    to_target,
    typeset,
    without_pictures,
)
from tests.released import HIDDEN, page
from tests.unit.test_pages import lines

ALL = (indicator(), *DELAYS, RATE, FEWER)


@pytest.fixture
def measuring(study: Study) -> Study:
    return promising(study, commitment(), management=ALL)


# --- titles and values ----------------------------------------------------------------------------


def test_the_title_counts_the_norms_that_are_met_in_each_directorate(measuring: Study) -> None:
    other = {"directorate": "def"}
    cohorts = [
        measure(18.0, "kept"),
        measure(130.0, "not_kept", DELAY),
        measure(0.8, "unclear", CALLS),
        measure(40.0, "kept", DELAY, **other),
    ]
    bounds = [norm(20), norm(120, DELAY), norm(0.8, CALLS), norm(45, DELAY, **other)]
    without = measure(7.0, "", COMPLAINTS, **other)
    unseen = measure(0.9, "", CALLS, **HIDDEN, **other), norm(0.8, CALLS, **other)
    shown = page(measuring, *cohorts, *bounds, without, *unseen)
    found = [
        one
        for directorate in measuring.directorates
        for one in measured_of(shown.wording, shown.figures, directorate)
    ]
    assert_said(
        management_title(shown.wording, found),
        "management_title",
        "Normes respectées~: 1 sur 3 (DPAPH) et 1 sur 1 (DEF)",
        *cohorts,
    )
    alone = page(measuring, without, directorate="def")
    assert_said(
        management_title(alone.wording, [one_measured(alone, COMPLAINTS)]),
        "management_title_none",
        "Chiffres de gestion, sans norme annoncée",
    )


@pytest.mark.parametrize(
    ("name", "value", "bound", "text"),
    [
        (WAIT, 17.83, 20, "18~minutes"),
        (WAIT, 20.3, 20, "20,3~minutes"),
        (WAIT, 17.83, None, "18~minutes"),
        (CALLS, 0.7996, 0.8, "79,96~%"),
        (CALLS, 0.8, 0.8, "80~%"),
        (COMPLAINTS, 8.04, 8, "8,04~pour 1_000"),
        (COMPLAINTS, 7.6, 8, "7,6~pour 1_000"),
        (DELAY, 1234.0, 120, "1_234~jours"),
    ],
)
def test_a_measure_is_printed_on_its_side_of_its_norm(
    measuring: Study, name: str, value: float, bound: float | None, text: str
) -> None:
    bounds = [] if bound is None else [norm(bound, name)]
    shown = page(measuring, measure(value, "kept", name), *bounds)
    assert measured_value(shown.wording, one_measured(shown, name)) == typeset(text)


def test_a_measure_that_is_not_there_is_a_sign(measuring: Study) -> None:
    for changes, sign in (({"method": "missing 2026-08"}, "nd"), (HIDDEN, "s")):
        shown = page(measuring, measure(None, "", **changes), norm(20))
        assert measured_value(shown.wording, one_measured(shown)) == sign


# --- which cases, and where they were read --------------------------------------------------------


@pytest.mark.parametrize(
    ("cohort", "text"),
    [
        (None, "juillet à octobre 2026"),
        ({"label": "visites"}, "visites, juillet à octobre 2026"),
        ({"label": "décisions", "months_before": 1}, "décisions, juin à septembre 2026"),
        ({"label": "décisions", "months_before": 8}, "décisions, novembre 2025 à février 2026"),
    ],
)
def test_cases_are_those_of_the_months_that_the_rule_says(
    study: Study, cohort: dict[str, Any] | None, text: str
) -> None:
    one = indicator(cohort=cohort, perceived=None)
    assert cohort_text(page(study).wording, one) == text


def test_one_month_is_no_span(study: Study) -> None:
    wording = page(study).wording
    first = study.wave("2026-2").start
    assert months_span(wording, first, first) == "juillet 2026"


@pytest.mark.parametrize(
    ("method", "text"),
    [
        ("2026-2/gestion.xlsx!Suivi!12", "2026-2/gestion.xlsx, Suivi, l. 12"),
        (
            "a.xlsx!Suivi!12 ; a.xlsx!Suivi!13 ; a.xlsx!Suivi!14",
            "a.xlsx, Suivi, l. 12, 13 et 14",
        ),
        (
            "a.xlsx!Suivi!12 ; a.xlsx!Appels!3 ; b.xlsx!Suivi!4",
            "a.xlsx, Suivi, l. 12~; a.xlsx, Appels, l. 3~; b.xlsx, Suivi, l. 4",
        ),
        ("2026-2/gestion.csv!!7 ; 2026-2/gestion.csv!!9", "2026-2/gestion.csv, l. 7 et 9"),
        ("a.xlsx!Suivi ! 2026!12", "a.xlsx, Suivi ! 2026, l. 12"),
        ("a.xlsx!Appels ; visites!12 ; a.xlsx!Appels ; visites!13", "{0}, l. 12 et 13"),
        ("a.csv!!3 ; a.xlsx!Appels ; visites!12", "a.csv, l. 3~; {0}, l. 12"),
        ("missing 2026-08", "il manque août 2026"),
        ("", ""),
    ],
)
def test_a_figure_says_its_file_its_sheet_and_its_rows(
    measuring: Study, method: str, text: str
) -> None:
    """A sheet may bear the very signs that stand between two places."""
    shown = page(measuring, measure(18.0, method=method))
    said = source_of(shown.wording, one_measured(shown).cohort)
    assert said == typeset(text).format("a.xlsx, Appels ; visites")


# --- announced, measured, perceived ---------------------------------------------------------------

CASES = "décisions notifiées, juin à septembre 2026"
TOLD, SEEN = "en moyenne d’après ce qui a été annoncé", "d’après ce qui a été mesuré"


@pytest.mark.parametrize(
    ("rows", "rule", "text"),
    [
        (
            [announced(45.0), measure(52.3, "kept", DELAY)],
            "delays_reading",
            f"DPAPH, {CASES}~: 45~jours {TOLD}, 52~jours {SEEN}.",
        ),
        (
            [announced(52.2), measure(52.3, "kept", DELAY), level("delai", "Q09")],
            "delays_reading_perceived",
            f"DPAPH, {CASES}~: 52,2~jours {TOLD}, 52,3~jours {SEEN}~; 65~% des usagers reçus "
            f"répondraient {COUNTED} sur «~Délai de traitement~».",
        ),
        (
            [announced(45.0), measure(52.3, "kept", DELAY), level("delai", "Q09", **HIDDEN)],
            "delays_reading",
            f"DPAPH, {CASES}~: 45~jours {TOLD}, 52~jours {SEEN}.",
        ),
    ],
)
def test_delays_are_told_for_the_same_cases(
    measuring: Study, rows: list[dict[str, Any]], rule: str, text: str
) -> None:
    shown = page(measuring, *rows)
    told = [one for one in rows if not one["status"]]
    assert_said(delays_reading(shown.wording, one_measured(shown, DELAY)), rule, text, *told)


@pytest.mark.parametrize(
    ("told", "measured", "rule", "text", "of"),
    [
        (
            {},
            {"value": None, "method": "missing 2026-08"},
            "measured_missing",
            "Chiffre non disponible, car il manque août 2026 («~Délai moyen~», DPAPH).",
            1,
        ),
        (
            {},
            {"value": None, "base": 0},
            "measured_empty",
            "Chiffre sans objet, faute de cas sur la période («~Délai moyen~», DPAPH).",
            1,
        ),
        ({}, HIDDEN, "side_hidden", "«~Délai moyen~», DPAPH, non diffusé.", 1),
        (
            {"value": None, "method": "missing 2026-08"},
            {},
            "measured_missing",
            "Chiffre non disponible, car il manque août 2026 («~Délai annoncé~», DPAPH).",
            0,
        ),
        (HIDDEN, {}, "side_hidden", "«~Délai annoncé~», DPAPH, non diffusé.", 0),
    ],
)
def test_the_delay_that_is_not_there_is_the_one_that_is_named(
    measuring: Study, told: dict[str, Any], measured: dict[str, Any], rule: str, text: str, of: int
) -> None:
    """What was hidden is not said to have had no case."""
    rows = [announced(45.0, **told), measure(52.3, "", DELAY, **measured)]
    shown = page(measuring, *rows)
    assert_said(delays_reading(shown.wording, one_measured(shown, DELAY)), rule, text, rows[of])


def test_delays_have_bars_where_both_are_there_and_a_sentence_everywhere(
    measuring: Study, tmp_path: Path
) -> None:
    other = {"directorate": "def"}
    rows = [
        *(announced(45.24), measure(45.2, "kept", DELAY), norm(120, DELAY)),
        announced(30.0, **other),
        measure(None, "unclear", DELAY, method="missing 2026-08", **other),
    ]
    found = lines(crossing.delays(page(measuring, *rows, folder=tmp_path)))
    assert found[:3] == [
        "## Annoncé, mesuré, perçu",
        f"DPAPH, {CASES} : 45,24 jours {TOLD}, 45,20 jours {SEEN}.",
        "Chiffre non disponible, car il manque août 2026 (« Délai moyen », DEF).",
    ]
    assert found[3] == (
        '![](figures/annonce-days){fig-alt="Barres de ce qui a été annoncé et mesuré. DPAPH, '
        'annoncé : 45,24 jours ; DPAPH, mesuré : 45,20 jours."}'
    )
    drawn = (tmp_path / "figures" / "annonce-days.svg").read_text(encoding="utf-8")
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", drawn)
    assert {"45,24\u00a0jours", "45,20\u00a0jours"} <= set(texts)
    missing = page(measuring, *rows[3:], directorate="def", folder=tmp_path)
    assert "fig-alt" not in crossing.delays(missing).markdown


# --- quadrants ------------------------------------------------------------------------------------

MEANINGS = {
    "mastered": "maîtrisé = la norme est respectée et la cible atteinte.",
    "information": "irritant d’information = la norme est respectée et la cible ne l’est pas~: à "
    "comprendre, information ou autre cause.",
    "tolerated": "tolérance = la norme n’est pas respectée, et la cible est atteinte~: un risque.",
    "priority": "prioritaire = ni la norme ni la cible ne sont atteintes.",
    "unsure": "entre deux (point creux) = l’intervalle coupe la cible, ou la mesure est à la "
    "limite de la norme.",
}


@pytest.mark.parametrize(
    ("measured", "said", "quadrant"),
    [
        ("kept", "kept", "mastered"),
        ("kept", "not_kept", "information"),
        ("not_kept", "kept", "tolerated"),
        ("not_kept", "not_kept", "priority"),
        ("kept", "unclear", "unsure"),
        ("unclear", "not_kept", "unsure"),
        ("unclear", "unclear", "unsure"),
        ("kept", "", "unsure"),
    ],
)
def test_each_quadrant_is_a_pair_of_words(
    measuring: Study, measured: str, said: str, quadrant: str
) -> None:
    rows = [measure(18.0, measured), perceived(said)]
    shown = page(measuring, reading("unclear"), *rows)
    one = one_followed(shown)
    assert quadrant_word(one) == quadrant
    assert_said(
        quadrant_reading(shown.wording, one), f"meaning_{quadrant}", MEANINGS[quadrant], *rows
    )


def crossed(
    words: tuple[str, str],
    better: float,
    distance: tuple[float | None, ...],
    name: str = SHORT,
    measured: str = WAIT,
    **about: Any,
) -> list[dict[str, Any]]:
    """A commitment on both sides: how much better than its norm, how far from its target."""
    return [
        *(reading("unclear", name, **about), perceived(words[1], name, **about)),
        *(target(0.6, name, **about), to_target(*distance, name, **about)),
        *(measure(18.0, words[0], measured, **about), norm(20, measured, **about)),
        relative(better, measured, **about),
    ]


CELLS = {
    "20 minutes|+11 %|60 %|+5 points|[2 ; 8]|Maîtrisé|": (
        *(("kept", "kept"), 0.11, (0.05, 0.02, 0.08)),
    ),
    "20 minutes|+11 %|60 %|−5 points|[−9,6 ; −0,4]|Irritant d’information|": (
        *(("kept", "not_kept"), 0.11, (-0.05, -0.096, -0.004)),
    ),
    "20 minutes|−0,4 %|60 %|+5 points|[0 ; 10]|Tolérance|": (
        *(("not_kept", "kept"), -0.004, (0.05, 0.0, 0.1)),
    ),
    "20 minutes|−50 %|60 %|−5 points|[−9 ; −1]|Prioritaire|": (
        *(("not_kept", "not_kept"), -0.5, (-0.05, -0.09, -0.01)),
    ),
    "20 minutes|0 %|60 %|0 point|[−4 ; 4]|Entre deux|": (
        *(("kept", "unclear"), 0.0, (0.0, -0.04, 0.04)),
    ),
}
"""Cells of a row of the table → the words of both sides, and how far each is from its bound."""


def test_the_table_of_quadrants_says_on_which_side_of_both_bounds(
    study: Study, tmp_path: Path
) -> None:
    """An interval that leaves the target out is not printed as if it held it; the numbers in the
    picture are those of the table."""
    names = [f"mesure-{place}" for place in range(len(CELLS))]
    crossing_all = promising(
        study,
        *(commitment(f"engagement-{name}", label=name, measured=name) for name in names),
        management=[indicator(name) for name in names],
    )
    rows = [
        row
        for name, about in zip(names, CELLS.values(), strict=True)
        for row in crossed(*about, f"engagement-{name}", name)
    ]
    block = crossing.quadrants(page(crossing_all, *rows, directorate=None, folder=tmp_path))
    found = [line for line in lines(block) if re.match(r"\d\.", line)]
    heads = [f"{place}. {name} (DPAPH)" for place, name in enumerate(names, start=1)]
    assert found == [f"{head}|{cells}" for head, cells in zip(heads, CELLS, strict=True)]
    places = ["maîtrisé", "irritant d’information", "tolérance", "prioritaire", "entre deux"]
    listed = "\u00a0; ".join(f"{head}, {place}" for head, place in zip(heads, places, strict=True))
    assert printed(block) == (
        f"Points autour de deux lignes, celle de la norme et celle de la cible. {listed}."
    )
    svg = (tmp_path / "figures" / "quadrants.svg").read_text(encoding="utf-8")
    bold = re.findall(r'style="font-weight: 700;[^>]*>([^<]*)</text>', svg)
    assert [text for text in bold if text.isdigit()] == ["1", "2", "3", "4", "5"]
    assert svg.count("fill: #ffffff; stroke: #08459c") == 1, "the unsure one is hollow"
    note = next(line for line in lines(block) if line.startswith("**Note"))
    meanings = [text.replace("~", " ").split(" = ")[1] for text in MEANINGS.values()]
    assert [note.count(f" = {meaning}") for meaning in meanings] == [1] * 5


def test_the_quadrants_of_several_directorates_are_numbered_through(
    measuring: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_pictures(monkeypatch)
    far = ("not_kept", "kept"), -0.2, (0.05, 0.02, 0.08)
    rows = [*crossed(*far), *crossed(*far, directorate="def")]
    block = crossing.quadrants(page(measuring, *rows, directorate=None, folder=tmp_path))
    assert [line.partition("|")[0] for line in lines(block) if re.match(r"\d\.", line)] == [
        "1. Une attente courte (DPAPH)",
        "2. Une attente courte (DEF)",
    ]
    names = [one["key"] for one in rows if one["kind"] in ("relative", "difference")]
    assert set(names) == set(block.sentences[0]["figures"]) and len(set(names)) == 4  # type: ignore[call-overload]


def test_what_has_no_norm_no_target_or_no_interval_is_no_point(
    measuring: Study, tmp_path: Path
) -> None:
    whole = crossed(("kept", "kept"), 0.11, (0.05, 0.02, 0.08))
    score = {"definition": "M10", "unit": "score_10"}
    for rows in (
        [one for one in whole if one["definition"] != "relative"],
        [one for one in whole if one["kind"] != "difference"],
        [*whole[:3], to_target(0.05, None, None), *whole[4:]],
        [*whole[:3], to_target(0.5, 0.2, 0.8, **score), *whole[4:]],
        whole[4:],
        [],
    ):
        shown = page(measuring, *rows, directorate=None, folder=tmp_path)
        assert crossing.quadrants(shown).markdown == ""
    assert not (tmp_path / "figures").exists()
