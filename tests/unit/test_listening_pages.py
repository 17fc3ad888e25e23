"""The pages on what devices count and say together, on literal figures; and their words against a
known truth.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.indicators import movements
from analysis.publishing.pages import convergence, flows, observatory, product
from analysis.publishing.pages import listened as listened_page
from analysis.study import Study
from benchmarks.truth import listening as truth
from benchmarks.truth.studies import score_study
from tests.released import HIDDEN, page, row
from tests.unit.test_convergence import FLOW, POST, TESTS
from tests.unit.test_listening import device, listened, survey
from tests.unit.test_pages import lines


def counted(
    part: str, value: float | None, series: str = "replies", **about: Any
) -> dict[str, Any]:
    """A figure of a series of the telephone: a rate of calls."""
    share = "share" if series == "replies" else "count"
    unit = {"year": "points", "break": "points"}.get(part, share)
    content = {
        "layer": "movements",
        "indicator": f"phone.{series}",
        "definition": part,
        "kind": "difference" if unit == "points" else "measure",
        "unit": unit,
        **dict.fromkeys(("claim", "channels", "method", "word"), ""),
        **dict.fromkeys(("item", "low", "high", "se", "base", "df")),
    }
    return row(**content | {"value": value} | about)


def month(name: str, value: float, series: str = "replies") -> dict[str, Any]:
    return counted("month", value, series, breakdown="month", category=name)


ROWS = [
    counted("total", 4000.0, "calls"),
    *(month(name, 900.0, "calls") for name in ("2026-05", "2026-06")),
    counted("total", 0.62),
    month("2026-05", 0.75),
    month("2026-06", 0.6),
]


def test_a_count_is_told_with_how_it_moved_and_where_it_broke(study: Study, tmp_path: Path) -> None:
    moved = counted("year", -0.2, word="down", method="worse")
    broke = counted(
        "break", -0.19, breakdown="month", category="2026-06", word="down", method="worse"
    )
    opened = page(listened(study, FLOW), *ROWS, moved, broke, folder=tmp_path)
    found = lines(flows.flows(opened))
    assert found[0] == "## Le seul comptage que l’on peut juger a bougé depuis un an"
    assert [one for one in found if one.startswith(("Calls", "R ("))] == [
        "Calls|Phone|4 000|nd|Trop peu de mois, ou trop petits nombres, pour en juger|",
        "R (part des calls)|Phone|62 %|−20 points|En baisse, ce qui est moins bien ; rupture à "
        "la baisse en juin 2026 (−19 points)|",
    ]
    described = " ".join(str(one["text"]) for one in flows.flows(opened).sentences)
    assert "75\u00a0% en mai 2026, puis 60\u00a0% en juin 2026" in described
    assert [path.name for path in tmp_path.rglob("comptages-dpaph.svg")]


def test_counts_that_broke_are_listed_over_all_products(study: Study) -> None:
    broke = counted(
        "break", -0.19, breakdown="month", category="2026-06", word="down", method="worse"
    )
    changed = counted("break", 0.3, breakdown="month", category="2026-05", word="declared")
    opened = page(listened(study, FLOW), *ROWS, broke, changed, directorate=None)
    found = lines(flows.breaks(opened))
    assert found[0] == "## Une rupture dans les comptages de l’année qui s’achève avec la vague"
    line = (
        "DPAPH|R (part des calls)|Rupture à la baisse en juin 2026 (−19 points), ce qui est "
        "moins bien|"
    )
    assert [one for one in found if "|" in one][1:] == [f"{line}Non rapproché d’une enquête|"]
    hidden = page(
        listened(study, FLOW),
        *ROWS,
        broke,
        told("verdict", "total", "") | HIDDEN,
        directorate=None,
    )
    said = f"{line}Non diffusé, car l’un des chiffres est caché|"
    assert [one for one in lines(flows.breaks(hidden)) if "|" in one][1:] == [said]
    seen = told("signal", "total", "signal"), told("verdict", "total", "apart")
    signalled = page(listened(study, FLOW), *ROWS, broke, *seen, directorate=None)
    together = f"{line}Ni concordants, ni contradictoires. À regarder|"
    assert [one for one in lines(flows.breaks(signalled)) if "|" in one][1:] == [together]
    quiet = page(listened(study, FLOW), *ROWS, directorate=None)
    assert lines(flows.breaks(quiet)) == [
        "## Aucune rupture dans les comptages de l’année qui s’achève avec la vague"
    ]


@pytest.mark.parametrize(
    ("word", "better", "said"),
    [
        ("steady", "", "Pas de mouvement établi"),
        ("up", "", "En hausse"),
        ("up", "better", "En hausse, ce qui est mieux"),
        ("declared", "", "Ce qui est compté a changé entre les deux"),
    ],
)
def test_each_movement_has_its_words(
    study: Study, tmp_path: Path, word: str, better: str, said: str
) -> None:
    value = None if word == "declared" else 0.2
    moved = counted("year", value, word=word, method=better)
    opened = page(listened(study, FLOW), *ROWS, moved, folder=tmp_path)
    (line,) = (one for one in lines(flows.flows(opened)) if one.startswith("R ("))
    assert line.split("|")[4] == said


def test_a_hidden_count_shows_its_sign_and_no_word(study: Study, tmp_path: Path) -> None:
    hidden = [counted(part, None) | HIDDEN for part in ("total", "year")]
    opened = page(listened(study, FLOW), *hidden, folder=tmp_path)
    (line,) = (one for one in lines(flows.flows(opened)) if one.startswith("R ("))
    assert line.split("|")[2:4] == ["s", "nd"] and "Trop peu" in line
    assert flows.flows(page(study, row())).markdown == ""


# --- together -------------------------------------------------------------------------------------


def told(definition: str, category: str, word: str, **about: Any) -> dict[str, Any]:
    return row(
        layer="convergence",
        indicator="convergence",
        item=None,
        definition=definition,
        kind="reading",
        unit="reading",
        breakdown="dimension",
        category=f"attente.{category}",
        word=word,
        **dict.fromkeys(("value", "low", "high", "se", "base")),
        **about,
    )


NOTHING_BAD = (
    "## Aucun dispositif ne dit, sans qu’un autre dise le contraire, que quelque chose va mal ou "
    "moins bien"
)


def test_what_contradicts_and_what_is_to_be_looked_at_is_told_device_by_device(
    study: Study,
) -> None:
    known = listened(study, FLOW, TESTS, POST)
    rows = [
        told("state", "post", "good"),
        told("movement", "post", "steady"),
        told("state", "tests", "poor"),
        told("movement", "phone", "worse"),
        told("verdict", "total", "contrary"),
        told("signal", "total", "signal"),
        told("verdict", "total", "alone", directorate="def"),
    ]
    opened = page(known, *rows, directorate=None)
    found = lines(convergence.points(opened))
    said = (
        "Phone : moins bien qu’un an avant ; Tests : niveau faible ; Post : bon niveau, pas de "
        "mouvement établi"
    )
    assert f"DPAPH|Attente|{said}|" in found
    assert f"DPAPH|Attente|2|{said}|" not in found, "another device says that it goes well"
    told_of = "un comptage a bougé sans qu’une enquête bouge, ou l’inverse"
    assert [one for one in found if one.startswith("## ")] == [
        NOTHING_BAD,
        "## Les dispositifs se contredisent sur le seul point que plusieurs familles jugent",
        f"## Un point à regarder : {told_of}",
    ], "nothing is said where nothing agrees"
    assert sum("Un point = une dimension" in one for one in found) == 1
    agreed = page(known, told("verdict", "total", "same"), directorate=None)
    said_alike = "## Plusieurs familles d’écoute disent la même chose sur un point"
    assert said_alike in lines(convergence.points(agreed))
    own = page(known, *rows)
    assert f"Attente|{said}|Contradictoires. À regarder|" in lines(convergence.together(own))
    assert f"Attente|{said}|Contradictoires. À regarder|" in lines(product.users(own))
    nobody = page(known, told("verdict", "total", "steady"), directorate=None)
    assert [one for one in lines(convergence.points(nobody)) if one.startswith("##")] == [
        NOTHING_BAD,
        "## Nulle part les dispositifs ne se contredisent",
        "## Aucun comptage ne bouge sans qu’une enquête bouge, ni l’inverse",
    ]
    hidden = page(known, told("verdict", "total", "") | HIDDEN, directorate=None)
    assert "contredisent sur" not in convergence.points(hidden).markdown


def things(layer: str, breakdown: str, category: str, value: float, **about: Any) -> dict[str, Any]:
    """A figure that is a number of things, which nobody was drawn for."""
    content = {
        "layer": layer,
        "indicator": layer,
        **dict.fromkeys(("definition", "kind", "unit"), "count"),
        **dict.fromkeys(("claim", "channels", "method"), ""),
        **dict.fromkeys(("item", "low", "high", "se", "base", "df")),
    }
    return row(**content | {"breakdown": breakdown, "category": category, "value": value} | about)


def test_the_first_page_names_what_is_to_be_looked_at_and_leads_to_the_rest(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = listened(study, FLOW, TESTS, POST)
    broke = counted(
        "break", -0.19, breakdown="month", category="2026-06", word="down", method="worse"
    )
    totals = [
        things("listening", "total", name, value, directorate=None)
        for name, value in (("silent", 0.0), ("thin", 1.0), ("moments", 4.0))
    ]
    rows = [
        *(told("verdict", "total", "contrary", directorate=one) for one in ("def", "dpaph")),
        told("signal", "total", "signal"),
        *ROWS,
        broke,
        *totals,
    ]
    found = lines(listened_page.findings(page(known, *rows, directorate=None)))
    place = found.index(
        "Les dispositifs se contredisent sur 2 des 2 points que plusieurs familles jugent"
    )
    named = ["- **DPAPH :** Attente", "- **DEF :** Attente"]
    assert found[place + 1 : place + 3] == named
    assert "- **DPAPH :** R (part des calls)" in found
    thin = "À un moment d’usage, un dispositif au moins est déclaré, mais presque rien n’en est"
    assert any(one.startswith(thin) for one in found)
    way = "[Observatoire : point par point](observatoire.html)"
    assert found[-1] == f"{way} · [Ce que d’autres ont publié](methode.html)"
    alone = known.model_copy(update={"references": (), "context": ()})
    monkeypatch.setattr(observatory, "MOST_NAMED", 1)
    found = lines(listened_page.findings(page(alone, *rows, directorate=None)))
    assert found[-1] == way and not any(one.startswith("- **DEF") for one in found)
    assert "- **DPAPH :** Attente" in found, "one is not too many"


def test_the_calendar_is_in_the_order_of_days(study: Study) -> None:
    """On the last day of the wave, 31 October 2026."""
    late, over, now = (
        survey(name, period)
        for name, period in (
            ("late", ("2027-03-01", "2027-03-20")),
            ("over", ("2026-05-01", "2026-05-20")),
            ("now", ("2026-10-12", "2026-11-06")),
        )
    )
    known = listened(study, TESTS, late, over, now)
    shown = lines(observatory.devices(page(known, row(), directorate=None)))
    names = [one.split("|")[0] for one in shown if one.count("|") == 7]
    assert names == ["Dispositif", "Now", "Late", "Tests", "Over"]


def test_a_count_that_changed_is_not_among_those_that_are_judged(
    study: Study, tmp_path: Path
) -> None:
    changed = counted("year", None, word="declared")
    opened = page(listened(study, FLOW), *ROWS, changed, folder=tmp_path)
    assert lines(flows.flows(opened))[0] == "## Aucun comptage ne se juge encore sur un an"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("steady", "steady"), "Aucun mouvement établi sur un an parmi les 2 comptages que l’on "),
        (("up", "steady"), "Un comptage a bougé depuis un an, parmi les 2 que l’on "),
        (("up", "down"), "2 comptages ont bougé depuis un an, parmi les 2 que l’on "),
    ],
)
def test_counts_that_moved_are_told_out_of_those_that_are_judged(
    study: Study, tmp_path: Path, words: tuple[str, str], said: str
) -> None:
    years = [
        counted("year", 0.2, series, word=word)
        for series, word in zip(("calls", "replies"), words, strict=True)
    ]
    opened = page(listened(study, FLOW), *ROWS, *years, folder=tmp_path)
    assert lines(flows.flows(opened))[0] == f"## {said}peut juger"


def test_contradictions_are_told_out_of_the_points_that_several_families_judge(
    study: Study,
) -> None:
    rows = [
        told("verdict", "total", "contrary"),
        told("verdict", "total", "steady", directorate="def"),
    ]
    found = convergence.contradictions_head(page(listened(study, FLOW), *rows, directorate=None))
    assert found.text == (
        "Les dispositifs se contredisent sur un des 2 points que plusieurs familles jugent"
    )


def test_devices_that_bring_nothing_are_named(study: Study) -> None:
    channel = study.channels[0].id
    silent = survey("silent", ("2026-08-01", "2026-08-20"))
    known = listened(study, FLOW, TESTS, silent, survey("read", channel=channel))
    seen = things("observations", "dimension", "attente.tests", 2.0, definition="sessions")
    shown = lines(observatory.devices(page(known, seen, directorate=None)))
    assert "Les résultats d’un dispositif ne sont pas lus ici : Silent." in shown
    before = {**seen, "wave": "2026-1"}
    earlier = lines(observatory.devices(page(known, before, directorate=None)))
    assert any(one.endswith("ne sont pas lus ici : Silent.") for one in earlier)
    nobody = lines(observatory.devices(page(known, row(), directorate=None)))
    assert "Les résultats de 2 dispositifs ne sont pas lus ici : Tests et Silent." in nobody
    own = lines(observatory.devices(page(known, row())))
    assert not any("Aucun résultat n" in one for one in own), (
        "a product's page tells of its own devices"
    )


# --- against the truth ----------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", truth.SCENARIOS)
def test_words_of_a_drawn_observatory_are_true(scenario: str) -> None:
    found = [score_study(0, seed=seed, scenarios=[scenario]).verdicts for seed in range(4)]
    families = {one.family for verdicts in found for one in verdicts}
    assert {truth.MOVED, truth.CONTRARY, truth.ALIKE, truth.SIGNAL, truth.TWICE} <= families
    claims = [
        one for verdicts in found for one in verdicts if one.family not in truth.WITHOUT_LIMIT
    ]
    assert sum(one.false for one in claims) <= 1


def test_a_word_that_the_truth_denies_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same flows, said to have moved against what was planted."""
    plain = movements

    def turned(*about: Any, **more: Any) -> pl.DataFrame:
        table = plain(*about, **more)
        other = {"up": "down", "down": "up", "steady": "up"}
        return table.with_columns(pl.col("word").replace(other))

    def broken() -> list[bool]:
        verdicts = truth.score_listening(truth.SCENARIOS[1], np.random.default_rng(3))
        return [one.false for one in verdicts if one.family == truth.BROKEN]

    assert not any(broken())
    monkeypatch.setattr(truth, "movements", turned)
    assert any(broken())
    verdicts = truth.score_listening(truth.SCENARIOS[1], np.random.default_rng(3))
    moved = [one.false for one in verdicts if one.family == truth.MOVED]
    assert sum(moved) > len(moved) / 2


def test_a_break_is_only_true_in_its_month() -> None:
    products = [
        replace(
            truth._product(0, True, truth.FIRST, np.random.default_rng(1)),
            step=2.0,
            month=truth.date(2026, 4, 1),
        )
    ]
    about = {"directorate": products[0].id, "series": "repondus", "part": "break", "word": "up"}
    for when, false in (((2026, 4, 1), False), ((2026, 5, 1), False), ((2026, 7, 1), True)):
        table = pl.DataFrame([about | {"month": truth.date(*when)}])
        by_id = {one.id: one for one in products}
        (verdict, *_) = truth._scored_flows(table, by_id)
        assert verdict.family == truth.BROKEN and verdict.false is false


def test_where_to_begin_is_what_most_families_say_goes_badly(study: Study) -> None:
    other = device("counter", family="consultation", regime="sample", dimensions=["attente"])
    known = listened(study, FLOW, TESTS, POST, other)
    rows = [
        told("state", "tests", "poor", directorate="dpaph"),
        told("movement", "phone", "steady", directorate="dpaph"),
        told("state", "post", "poor", directorate="def"),
        told("state", "counter", "poor", directorate="def"),
        told("movement", "phone", "worse", directorate="def"),
    ]
    opened = page(known, *rows, directorate=None)
    found = lines(convergence.points(opened))
    assert found[0] == (
        "## D’après un dispositif au moins, 2 points vont mal ou moins bien, sans qu’un autre dise "
        "le contraire"
    )
    shown = [one.split("|")[:3] for one in found if one.count("|") == 4]
    assert shown == [
        ["Direction", "Sur quoi", "Familles qui le disent"],
        ["DEF", "Attente", "2"],
        ["DPAPH", "Attente", "1"],
    ], "two devices of one family are one, and what is steady is not bad"
    assert convergence.going_badly(opened) == [("def", "Attente"), ("dpaph", "Attente")]
    assert len(convergence.bad_head(opened).figures) == 4
    alone = page(known, rows[0], directorate=None)
    assert convergence.bad_head(alone).text == (
        "D’après un dispositif au moins, un point va mal ou moins bien, sans qu’un autre dise le "
        "contraire"
    )
    nobody = page(known, told("movement", "phone", "better"), directorate=None)
    assert f"## {convergence.bad_head(nobody).text}" == NOTHING_BAD
