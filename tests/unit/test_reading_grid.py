"""The reading grid, on literal figures: each rule in the situation in which it speaks, beside one
in which its neighbour does."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.publishing.pages.page import Page
from analysis.publishing.released import Changes
from analysis.publishing.wording.commitments import followed
from analysis.publishing.wording.reading import (
    Read,
    between_directorates,
    change_reading,
    level_reading,
    missing_people,
    next_reading,
    three_lines,
)
from analysis.study import Study
from tests.promised import (
    CALLS,
    LATE,
    RATE,
    REACHED,
    SHORT,
    assert_said,
    commitment,
    indicator,
    keys,
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
from tests.released import HIDDEN, change_row, detectable_row, page, row
from tests.unit.test_references import reference

WAITING = {"indicator": "attente", "item": "Q08"}


@pytest.fixture
def promised(study: Study) -> Study:
    return promising(study, commitment(), management=[indicator(), RATE], breaks=())


def changes(word: str, trend: str = "", **about: Any) -> list[dict[str, Any]]:
    """A change over a year, and along all waves where it has a word."""
    found = [change_row(word, **about), detectable_row(**about)] if word else []
    if trend:
        along = {"against": "2024-1", "kind": "trend", **about}
        found.append(change_row(trend, **along))
        found.append(detectable_row(**{**along, "kind": "detectable_trend"}))
    return found


def read_of(
    study: Study, said: str = "", seen: str = "", moved: str = "", trend: str = ""
) -> tuple[Page, Read, list[dict[str, Any]]]:
    """Waiting, as users say of it against its target, as it is measured and as it has moved."""
    rows = [level()]
    if said or seen:
        rows.append(reading("unclear"))
    rows += [perceived(said), target()] if said else []
    rows += [measure(18.0, seen), norm(20)] if seen else []
    moves = changes(moved, trend, **WAITING)
    shown = page(study, *rows, *moves)
    figure = shown.figures.find("estimates", **WAITING)
    assert figure is not None
    commitment = one_followed(shown) if said or seen else None
    found = Read(figure=figure, changes=shown.figures.changes(figure), commitment=commitment)
    words = [one for one in (*rows[1:], *moves) if one["word"] and one["kind"] != "reading"]
    return shown, found, words


# --- what to look at next -------------------------------------------------------------------------

NEXT = {
    "urgent": "À traiter d’abord~: lire les commentaires, puis chercher quels profils sont les "
    "plus sévères.",
    "information": "La norme est respectée, mais la cible n’est pas atteinte~: comprendre "
    "pourquoi, information ou autre cause.",
    "continue": "Poursuivre ce qui a été engagé~: en hausse, sans que la cible soit atteinte à "
    "coup sûr.",
    "understand": "Comprendre~: lire les commentaires, puis chercher quels profils sont les plus "
    "sévères.",
    "watch": "Chercher ce qui a changé~: canal, organisation, personnes reçues.",
    "norm": "La norme n’est pas respectée~: revenir à ce qui a été annoncé.",
    "keep": "Maintenir, et dire aux équipes ce qui marche.",
    "tell": "Dire ce qui a été fait, et fixer une cible.",
    "wait": "Attendre la prochaine vague~: sur ce point, rien d’établi n’appelle à agir.",
}


@pytest.mark.parametrize(
    ("said", "seen", "moved", "rule"),
    [
        ("not_kept", "kept", "down", "urgent"),
        ("not_kept", "", "down", "urgent"),
        ("not_kept", "kept", "up", "information"),
        ("not_kept", "kept", "none", "information"),
        ("not_kept", "kept", "", "information"),
        ("not_kept", "", "up", "continue"),
        ("not_kept", "unclear", "up", "continue"),
        ("unclear", "", "up", "continue"),
        ("unclear", "kept", "up", "continue"),
        ("not_kept", "not_kept", "up", "understand"),
        ("not_kept", "unclear", "small", "understand"),
        ("not_kept", "", "", "understand"),
        ("kept", "kept", "down", "watch"),
        ("unclear", "not_kept", "down", "watch"),
        ("", "", "down", "watch"),
        ("kept", "not_kept", "up", "norm"),
        ("unclear", "not_kept", "up", "norm"),
        ("", "not_kept", "none", "norm"),
        ("kept", "kept", "up", "keep"),
        ("kept", "unclear", "none", "keep"),
        ("kept", "", "", "keep"),
        ("", "", "up", "tell"),
        ("", "kept", "up", "tell"),
        ("unclear", "kept", "none", "wait"),
        ("unclear", "", "equivalent", "wait"),
        ("", "kept", "small", "wait"),
        ("", "", "", "wait"),
    ],
)
def test_what_to_look_at_next_is_the_first_rule_that_applies(
    promised: Study, said: str, seen: str, moved: str, rule: str
) -> None:
    shown, read, words = read_of(promised, said, seen, moved)
    found = next_reading(shown.wording, read)
    assert (found.rule, found.text) == (f"next_{rule}", typeset(NEXT[rule]))
    assert set(keys(*words)) == set(found.figures), "what it rests on"


@pytest.mark.parametrize(
    ("moved", "trend", "rule"),
    [
        ("none", "up", "tell"),
        ("none", "down", "watch"),
        ("up", "down", "watch"),
        ("", "up", "tell"),
    ],
)
def test_a_fall_counts_wherever_it_is_seen_and_then_a_rise(
    promised: Study, moved: str, trend: str, rule: str
) -> None:
    shown, read, _ = read_of(promised, moved=moved, trend=trend)
    assert next_reading(shown.wording, read).rule == f"next_{rule}"
    assert read.standing == {"watch": "badly", "tell": "well"}[rule]


def test_the_step_from_one_season_to_another_moves_nothing(promised: Study) -> None:
    step = change_row("down", **WAITING, against="2026-1")
    shown = page(promised, level(), step, detectable_row(**WAITING, against="2026-1"))
    figure = shown.figures.find("estimates", **WAITING)
    assert figure is not None
    read = Read(figure=figure, changes=shown.figures.changes(figure))
    assert (read.moved, read.standing) == ("", "unknown")
    assert next_reading(shown.wording, read).rule == "next_wait"


@pytest.mark.parametrize(
    ("said", "seen", "moved", "standing"),
    [
        ("kept", "", "", "well"),
        ("kept", "kept", "up", "well"),
        ("kept", "unclear", "none", "well"),
        ("", "", "up", "well"),
        ("unclear", "kept", "up", "well"),
        ("not_kept", "kept", "up", "badly"),
        ("kept", "not_kept", "up", "badly"),
        ("kept", "kept", "down", "badly"),
        ("", "not_kept", "", "badly"),
        ("unclear", "kept", "none", "well"),
        ("", "kept", "small", "well"),
        ("unclear", "unclear", "none", "unknown"),
        ("", "", "equivalent", "unknown"),
        ("", "", "", "unknown"),
    ],
)
def test_what_goes_well_goes_badly_on_no_side(
    promised: Study, said: str, seen: str, moved: str, standing: str
) -> None:
    _, read, _ = read_of(promised, said, seen, moved)
    assert read.standing == standing


def test_a_change_is_read_as_it_is_elsewhere(promised: Study) -> None:
    shown, read, words = read_of(promised, moved="up")
    assert_said(
        change_reading(shown.wording, read),
        "in_short_up",
        "+7~points sur un an, une hausse (intervalle de confiance à 95~% [2~; 12]).",
        words[0],
        detectable_row(**WAITING),
    )


# --- a level --------------------------------------------------------------------------------------


def gap(first: str, second: str, word: str, /, **changes: Any) -> dict[str, Any]:
    about = {
        "layer": "standings",
        "directorate": first,
        "kind": "difference",
        "unit": "points",
        "breakdown": "directorate",
        "category": f"{first}~{second}",
        "word": word,
        "method": "bonferroni 8",
    }
    return row(**{**WAITING, **about, **changes})


@pytest.mark.parametrize(
    ("word", "value", "bound", "text"),
    [
        ("kept", 0.65, 0.6, "65~%~; atteint sa cible (60~%)"),
        ("kept", 0.604, 0.6, "60,4~%~; atteint sa cible (60~%)"),
        ("not_kept", 0.5961, 0.6, "59,6~%~; au-dessous de sa cible (60~%)"),
        ("not_kept", 0.65, 0.725, "65,0~%~; au-dessous de sa cible (72,5~%)"),
        ("unclear", 0.6, 0.6, "60~%~; sans que l’on sache si sa cible est atteinte (60~%)"),
        ("unclear", 0.604, 0.6, "60~%~; sans que l’on sache si sa cible est atteinte (60~%)"),
    ],
)
def test_a_level_is_read_against_its_target(
    promised: Study, word: str, value: float, bound: float, text: str
) -> None:
    rows = [level(value=value), perceived(word, SHORT, value=value), target(bound)]
    shown = page(promised, reading("both"), *rows)
    figure = shown.figures.find("estimates", **WAITING)
    assert figure is not None
    read = Read(figure, Changes(None, None, None), one_followed(shown))
    assert_said(level_reading(shown.wording, read), "level_reading", text, *rows)


@pytest.mark.parametrize(
    ("value", "bounds", "text"),
    [
        (61, (0.6165, 0.6811), "65~%~; au-dessus de 61~% (Baromètre voisin, mars 2026)"),
        (69, (0.6165, 0.6811), "65~%~; au-dessous de 69~% (Baromètre voisin, mars 2026)"),
        (62, (0.6165, 0.6811), "65~%~; sans écart net avec 62~% (Baromètre voisin, mars 2026)"),
        (68, (0.6165, 0.6811), "65~%~; sans écart net avec 68~% (Baromètre voisin, mars 2026)"),
        (62, (0.62, 0.68), "65~%~; sans écart net avec 62~% (Baromètre voisin, mars 2026)"),
        (68, (0.62, 0.68), "65~%~; sans écart net avec 68~% (Baromètre voisin, mars 2026)"),
        (61, (None, None), "65~%"),
    ],
)
def test_a_level_is_read_against_what_others_published(
    study: Study, value: float, bounds: tuple[float | None, float | None], text: str
) -> None:
    own = row(low=bounds[0], high=bounds[1])
    shown = page(study, own)
    figure = shown.figures.overall(directorate="dpaph", wave="2026-2")
    assert figure is not None
    beside = [reference(label="Baromètre voisin", value=value)]
    read = Read(figure, Changes(None, None, None), references=beside)
    rule = "level_reading" if ";" in text else "level_alone"
    assert_said(level_reading(shown.wording, read), rule, text, own)


def test_a_mean_is_compared_out_of_its_maximum(study: Study) -> None:
    score = {"definition": "M10", "value": 7.1, "low": 6.9, "high": 7.3}
    shown = page(study, row(**score))
    figure = shown.figures.select("estimates")[0]
    beside = [reference(label="Voisin", value=6.8, definition="M10")]
    read = Read(figure, Changes(None, None, None), references=beside)
    assert level_reading(shown.wording, read).text == typeset(
        "7,1 sur 10~; au-dessus de 6,8 (Voisin, mars 2026)"
    )


@pytest.mark.parametrize(
    ("directorate", "first", "second", "word", "text"),
    [
        ("dpaph", "dpaph", "def", "above", "65~%~; plus haut que DEF"),
        ("dpaph", "dpaph", "def", "below", "65~%~; plus bas que DEF"),
        ("dpaph", "dpaph", "def", "none", "65~%~; pas d’écart détecté avec DEF"),
        ("def", "dpaph", "def", "above", "65~%~; plus bas que DPAPH"),
        ("def", "dpaph", "def", "below", "65~%~; plus haut que DPAPH"),
        ("def", "dpaph", "def", "none", "65~%~; pas d’écart détecté avec DPAPH"),
    ],
)
def test_another_directorate_is_seen_from_either_side(
    promised: Study, directorate: str, first: str, second: str, word: str, text: str
) -> None:
    own, between = level(directorate=directorate), gap(first, second, word)
    shown = page(promised, own, between, directorate=directorate)
    found = between_directorates(shown.wording, shown.figures, shown.directorate, "attente")
    figure = shown.figures.select("estimates")[0]
    read = Read(figure, Changes(None, None, None), between=found)
    assert_said(level_reading(shown.wording, read), "level_reading", text, own, between)


def test_a_gap_that_says_nothing_or_of_others_is_not_read(promised: Study) -> None:
    silent = [
        gap("dpaph", "def", ""),
        gap("dpaph", "def", "above", **HIDDEN),
        gap("pmi", "def", "above"),
        gap("dpaph", "def", "above", indicator="delai"),
        gap("dpaph", "def", "above", wave="2026-1"),
    ]
    for one in silent:
        shown = page(promised, level(), one)
        dpaph = shown.directorate
        assert between_directorates(shown.wording, shown.figures, dpaph, "attente") == []
    shown = page(promised, level(), gap("dpaph", "def", "above"))
    assert (
        len(between_directorates(shown.wording, shown.figures, shown.directorate, "attente")) == 1
    )


# --- who is missing -------------------------------------------------------------------------------


def margin(category: str, sample: float, frame: float, gap: float, **changes: Any) -> list[Any]:
    about = {"layer": "margins", "indicator": "AGE", "item": "AGE", "breakdown": "AGE"}
    values = {"sample_share": sample, "frame_share": frame, "gap": gap}
    return [
        row(
            **{
                **about,
                "category": category,
                "definition": name,
                "kind": "difference" if name == "gap" else "share",
                "unit": "points" if name == "gap" else "share",
                "value": value,
                **changes,
            }
        )
        for name, value in values.items()
    ]


MISSING = "«~18-29 ans~», 25~% des réponses avant redressement, pour 30~% des usagers~; le "
NOBODY = "aucun groupe connu ne manque de plus de 5 points dans les réponses"

UNTOLD = (
    "on ne peut pas le dire, car un groupe au moins est trop petit pour être montré, et aucun "
    "autre ne manque de plus de 5 points dans les réponses"
)


@pytest.mark.parametrize(
    ("gaps", "rule", "text", "told"),
    [
        (
            [margin("1", 0.25, 0.3, -0.05), margin("2", 0.75, 0.7, 0.05)],
            "missing_group",
            f"{MISSING}redressement corrige cet écart",
            (2, 0, 1),
        ),
        (
            [margin("1", 0.25, 0.3, -0.05), margin("2", 0.1, 0.16, -0.06)],
            "missing_group",
            "«~30-44 ans~», 10~% des réponses avant redressement, pour 16~% des usagers~; le "
            "redressement corrige cet écart",
            (5, 3, 4),
        ),
        (
            [margin("1", 0.251, 0.3, -0.049), margin("2", 0.8, 0.7, 0.1)],
            "missing_none",
            NOBODY,
            (2, 5),
        ),
        (
            [margin("1", 0.1, 0.3, -0.2, indicator="site")],
            "missing_unknown",
            "on ne sait pas, faute de totaux connus des usagers",
            (),
        ),
        (
            [margin("1", 0.1, 0.3, -0.2, **HIDDEN)],
            "missing_hidden",
            UNTOLD,
            (),
        ),
        (
            [margin("1", 0.1, 0.3, -0.2, **HIDDEN), margin("2", 0.28, 0.3, -0.02)],
            "missing_hidden",
            UNTOLD,
            (5,),
        ),
        ([], "missing_unknown", "on ne sait pas, faute de totaux connus des usagers", ()),
    ],
)
def test_the_group_that_is_most_missing_is_named(
    study: Study, gaps: list[list[Any]], rule: str, text: str, told: tuple[int, ...]
) -> None:
    rows = [one for own in gaps for one in own]
    shown = page(study, *rows)
    said = missing_people(shown.wording, shown.figures, shown.directorate)
    assert_said(said, rule, text, *(rows[place] for place in told))


# --- three lines ----------------------------------------------------------------------------------


def three(study: Study) -> Study:
    """Commitments of the core, outside it, and that nothing measures."""
    wanted = {"measured": "x", "perceived": "x"}
    nothing = {"perceived": None, "target": None, "measured": None, "wanted": wanted}
    others = [
        commitment(REACHED, label="Joignable", perceived="joignabilite", measured=CALLS),
        commitment(LATE, label="Écouté", **nothing),
        commitment("facile", label="Facile", perceived="confort", measured=None, wanted=wanted),
    ]
    return promising(study, commitment(), *others, management=[indicator(), RATE], breaks=())


def lines_of(
    study: Study, *rows: dict[str, Any], moves: dict[str, str] | None = None
) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Standing → rule, text and figures of its line, for waiting and processing."""
    core = [level(), level("delai", "Q09")]
    moved = [
        one
        for name, word in (moves or {}).items()
        for one in changes(word, indicator=name, item="Q08" if name == "attente" else "Q09")
    ]
    shown = page(study, *core, *rows, *moved)
    commitments = followed(shown.wording, shown.figures, shown.directorate)
    by = {one.commitment.perceived: one for one in commitments if one.perceived}
    reads = [
        Read(figure, shown.figures.changes(figure), by.get(figure.indicator))
        for figure in shown.figures.select("estimates")
    ]
    found = three_lines(shown.wording, reads, commitments, [])
    return {name: (one.rule, one.text, one.figures) for name, one in found.items()}


def test_three_lines_say_the_core_then_the_commitments_outside_it(study: Study) -> None:
    rows = [
        *(reading("both"), perceived("kept"), target(), measure(18.0, "kept"), norm(20)),
        *(reading("measured", REACHED), measure(0.9, "kept", CALLS), norm(0.8, CALLS)),
        *(reading("unmeasured", LATE), reading("unclear", "facile")),
        *(perceived("unclear", "facile"), target(0.6, "facile")),
    ]
    found = lines_of(three(study), *rows)
    assert {name: (rule, text) for name, (rule, text, _) in found.items()} == {
        "well": ("grid_well", typeset("«~Temps d’attente~» et «~Joignable~»")),
        "badly": ("grid_nothing_badly", "Rien n’est établi."),
        "unknown": (
            "grid_unknown",
            typeset(
                "«~Délai de traitement~» (sans cible), «~Écouté~» (non mesuré) et «~Facile~» "
                "(indécis)"
            ),
        ),
    }
    assert found["well"][2] == keys(level(), rows[1], rows[3], rows[5], rows[6])
    assert found["unknown"][2] == keys(level("delai", "Q09"), rows[8], rows[9], rows[10])


def test_a_commitment_that_one_side_says_is_not_kept_goes_badly(study: Study) -> None:
    rows = [
        *(reading("perceived", REACHED), perceived("kept", REACHED), target(0.6, REACHED)),
        *(measure(0.7, "not_kept", CALLS), norm(0.8, CALLS)),
        *(reading("neither", "facile"), perceived("not_kept", "facile"), target(0.6, "facile")),
        *(reading("unclear"), perceived("unclear"), target()),
    ]
    found = lines_of(three(study), *rows, moves={"delai": "down"})
    assert {name: text for name, (_, text, _) in found.items()} == {
        "well": "Rien n’est établi.",
        "badly": typeset("«~Délai de traitement~», «~Joignable~» et «~Facile~»"),
        "unknown": typeset("«~Temps d’attente~» (cible indécise)"),
    }


def test_what_is_hidden_or_not_in_force_stands_in_no_line(study: Study) -> None:
    rows = [
        *(reading("not_yet", REACHED), measure(0.9, "kept", CALLS), norm(0.8, CALLS)),
        *(reading("", "facile", **HIDDEN), perceived("", "facile", **HIDDEN)),
        *(reading("both"), perceived("kept"), target(), measure(18.0, "kept")),
    ]
    found = lines_of(three(study), *rows, moves={"delai": "up"})
    assert {name: (rule, text) for name, (rule, text, _) in found.items()} == {
        "well": ("grid_well", typeset("«~Temps d’attente~» et «~Délai de traitement~»")),
        "badly": ("grid_nothing_badly", "Rien n’est établi."),
        "unknown": ("grid_nothing_unknown", "Rien parmi ce qui est montré ici."),
    }


def test_a_commitment_that_has_an_answer_and_no_target_is_not_said_to_be_unmeasured(
    study: Study,
) -> None:
    rows = [reading("unmeasured", "facile"), perceived("", "facile")]
    found = lines_of(three(study), *rows, moves={"attente": "down", "delai": "down"})
    assert found["unknown"][1] == typeset("«~Facile~» (sans cible)")
