"""Other primary definitions of the same answers: what they are called, and in which unit.

Each study differs from the library users' by its definitions alone: its figures are made from the
cubes that are stored already, released, and worded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.indicators import Changes, Estimates, changes, satisfaction
from analysis.publishing.blocks import Block
from analysis.publishing.pages import aspects, results, synthesis, trends
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.study import Study, load_study
from tests.acceptance.library import answers_of, change_files, mark_of, self_selected
from tests.page_text import markdown_lines

WAVES = ("2025-1", "2025-2", "2026-1")


def page_of(library: Path, folder: Path, definition: dict[str, Any], language: str) -> Page:
    """The page of a service in the edition of a study whose primary definition is another."""

    def change(files: dict[str, Any]) -> None:
        files["study"] = {name: value for name, value in files["study"].items() if name != "terms"}
        files["study"]["languages"] = [language]
        files["indicators"]["definitions"].append(
            {"id": "OTHER", "version": "1.0", "label": "another reading", **definition}
        )
        files["indicators"]["indicators"] = files["indicators"]["indicators"][:1]
        files["indicators"]["indicators"][0]["definitions"] = ["OTHER"]

    study = load_study(change_files(folder / "params" / "library_users", change))
    wave = study.wave("2026-1")
    return Page(
        study=study,
        wave=wave,
        figures=ReleasedFigures(released(library, study), study),
        wording=Wording(study, Language.of(study.language), wave),
        open_directorate=study.directorate("central"),
        folder=folder,
    )


def released(library: Path, study: Study) -> pl.DataFrame:
    """What the public may see of the figures of one service, from its stored cubes."""
    about = {"directorate": "central"}

    def stored(layer: str, wave: str) -> pl.DataFrame:
        place = f"data/processed/library_users/{layer}/directorate=central/wave={wave}"
        return pl.read_parquet(library / place / "part-0.parquet", hive_partitioning=False)

    estimates = pl.concat(
        satisfaction(stored("cube", wave), stored("weighting", wave), study, **about, wave=wave)
        for wave in WAVES
    )
    differences = changes(estimates, study, **about, wave=WAVES[-1])
    figures = pl.concat([Estimates.figures(estimates), Changes.figures(differences)])
    return release(figures, study, audience=Audience.PUBLIC)


@dataclass(frozen=True)
class Reading:
    """A primary definition, and what pages say with it.

    Attributes:
        definition: Its parameters.
        said: The lines that stand on the page of a service, by place.

    """

    name: str
    language: str
    definition: dict[str, Any]
    said: tuple[str, ...]


READINGS = (
    Reading(
        "a mean out of 20, in English",
        "en",
        {"kind": "mean", "maximum": 20},
        (
            "Indicator | Answers counted | Mean score (out of 20) | Variability | Answers | Change",
            "Rating of the visit | score from 0 to 20 | 15.5 | [14.8; 16.1] | 118 | rise (+2.8 [",
            "To the question “From 0 to 10, how would you rate your visit?”, the mean score of "
            "people who chose to answer is 15.5 out of 20 (Spring 2026; variability [14.8; 16.1]; "
            "118 answers).",
            "A change is called a rise or a fall if its interval excludes zero and it reaches 1.6 "
            "out of 20, small if",
            "## Among people who chose to answer, rating of the visit up over one year: +2.8",
            "image: Line by wave of “Rating of the visit”, Central: 12.7 out of 20 (Spring 2025), "
            "15.5 out of 20 (Spring 2026).",
            "Rating of the visit by wave (mean score out of 20), Central",
            "Rating of the visit by profile (mean score out of 20), Central, Spring 2026",
            "15.5 out of 20 is the mean score given by people who chose to answer (variability [",
        ),
    ),
    Reading(
        "a mean out of 100, in French",
        "fr",
        {"kind": "mean", "maximum": 100},
        (
            "Indicateur | Réponses comptées | Note moyenne (sur 100) | Variabilité | Réponses | ",
            "Rating of the visit | note de 0 à 100 | 77,4 | [74,1 ; 80,6] | 118 | hausse (+14,0 [",
            "une évolution est dite « hausse » ou « baisse » si son intervalle exclut zéro et "
            "qu’elle atteint 8,0 sur 100, « faible »",
            "## Chez les personnes qui ont choisi de répondre, rating of the visit en hausse sur "
            "un an : +14,0",
            "Rating of the visit par vague (note moyenne sur 100), Central",
            "## Rating of the visit, chez les personnes qui ont choisi de répondre : 77,4 sur 100",
        ),
    ),
    Reading(
        "the five best of eleven levels, in English",
        "en",
        {"kind": "top_share", "top": 5},
        (
            "Indicator | Answers counted | Share | Variability | Answers | Change over one year",
            "Rating of the visit | from “6” to “10” | 87% | [80; 92] | 118 | rise (+16 points [",
            "87% of people who chose to answer answered from “6” to “10” to the question “From 0 "
            "to 10, how would you rate your visit?” (Spring 2026; variability [80; 92]; 118 "
            "answers).",
            "A change is called a rise or a fall if its interval excludes zero and it reaches 8 "
            "points, small if",
            "image: Line by wave of “Rating of the visit”, Central: 71% (Spring 2025), 87% (Spring "
            "2026).",
            "Rating of the visit by wave (from “6” to “10”, in %), Central",
        ),
    ),
    Reading(
        "the five best of eleven levels, in French",
        "fr",
        {"kind": "top_share", "top": 5},
        (
            "Indicateur | Réponses comptées | Part | Variabilité | Réponses | Évolution sur un an",
            "87 % des personnes qui ont choisi de répondre ont répondu de « 6 » à « 10 » à la "
            "question « From 0 to 10, how would you rate your visit? » (Spring 2026 ; variabilité "
            "[80 ; 92] ; 118 réponses).",
        ),
    ),
    Reading(
        "a balance of two and seven levels, in English",
        "en",
        {"kind": "net", "top": 2, "bottom": 7},
        (
            "Indicator | Answers counted | Balance | Variability | Answers | Change over one year",
            "Rating of the visit | “9” or “10”, less from “0” to “6” | +16 points | [2; 30] | 118 "
            "| rise (+45 points [",
            "The balance of answers (“9” or “10”, less from “0” to “6”) from people who chose to "
            "answer to the question “From 0 to 10, how would you rate your visit?” is +16 points "
            "(Spring 2026; variability [2; 30]; 118 answers).",
            "image: Line by wave of “Rating of the visit”, Central: −29 points (Spring 2025), +16 "
            "points (Spring 2026).",
            "Rating of the visit by wave (balance, in points), Central",
            "## Rating of the visit, among people who chose to answer: +16 points",
        ),
    ),
    Reading(
        "a balance of two and seven levels, in French",
        "fr",
        {"kind": "net", "top": 2, "bottom": 7},
        (
            "Indicateur | Réponses comptées | Solde | Variabilité | Réponses | Évolution sur un an",
            "Le solde des réponses (« 9 » ou « 10 », moins de « 0 » à « 6 ») des personnes qui ont "
            "choisi de répondre à la question « From 0 to 10, how would you rate your visit? » est "
            "de +16 points (Spring 2026 ; variabilité [2 ; 30] ; 118 réponses).",
            "Rating of the visit par vague (solde, en points), Central",
        ),
    ),
)


def lines(blocks: list[Block]) -> list[str]:
    return [line for block in blocks for line in markdown_lines(block.markdown)]


@pytest.mark.parametrize("reading", READINGS, ids=lambda one: one.name)
def test_a_primary_definition_is_said_in_its_own_words_and_unit(
    library: Path, tmp_path: Path, reading: Reading
) -> None:
    page = page_of(library, tmp_path, reading.definition, reading.language)
    sections = (aspects.headline, trends.trend, results.profiles, synthesis.summary)
    text = "\n".join(lines([section(page) for section in sections]))
    missing = [one for one in reading.said if one.lower() not in text.lower()]
    assert missing == [], text


@pytest.mark.parametrize(
    ("score", "by_wave", "bounds"),
    [
        (lambda mark: 2.0 * mark, [12.7, 12.7, 15.5], [14.8, 16.1]),
        (lambda mark: 100.0 * (mark >= 6), [70.8, 70.8, 87.3], None),
        (lambda mark: 100.0 * ((mark >= 9) - (mark <= 6)), [-29.2, -27.5, 16.1], [2.0, 30.2]),
    ],
    ids=["out of 20", "five best", "two best less seven worst"],
)
def test_the_figures_are_those_of_the_answers(
    score: Callable[[float], float], by_wave: list[float], bounds: list[float] | None
) -> None:
    """What the sentences above say, worked out by hand."""

    def scored(mark: int) -> float | None:
        given = mark_of(mark)
        return None if given is None else score(given)

    found = [self_selected(answers_of(one, "central", "cards", "form"), scored) for one in WAVES]
    assert [round(one.value, 1) for one in found] == by_wave
    assert bounds is None or [round(one, 1) for one in found[-1].bounds()] == bounds


def test_what_is_drawn_has_the_axis_of_its_unit(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels: dict[str, str] = {}
    ticks: list[str] = []

    def drawn(some: Sequence[str], *, draw: Any, **_: Any) -> list[bytes]:
        from matplotlib.figure import Figure

        canvas = Figure()
        draw(canvas.add_subplot())
        labels[kind] = canvas.get_suptitle().replace("\n", " ")
        for axes in canvas.axes:
            ticks.extend(one.get_text().replace("\n", " ") for one in axes.get_xticklabels())
        return [b"<svg x='1'>"] * len(some)

    monkeypatch.setattr("analysis.publishing.charts.images", drawn)
    for kind, definition in (
        ("mean", {"kind": "mean", "maximum": 20}),
        ("share", {"kind": "top_share", "top": 5}),
        ("balance", {"kind": "net", "top": 2, "bottom": 7}),
    ):
        trends.trend(page_of(library, tmp_path / kind, definition, "en"))
    assert labels == {
        "mean": "mean score out of 20; shaded band: variability",
        "share": "from “6” to “10”, % of answers; shaded band: variability",
        "balance": "balance, in points; shaded band: variability",
    }
    assert set(ticks) == {"Spring 2025", "Autumn 2025", "Spring 2026"}
