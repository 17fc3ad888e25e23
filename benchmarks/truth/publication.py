"""From a simulated study to its sentences, in memory, by the code that makes an edition: answers,
weights, cube, indicators, figures, gate, sections of pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import polars as pl

from analysis.disclosure import Audience, release
from analysis.indicators import (
    Answers,
    Changes,
    Estimates,
    Gaps,
    Margins,
    Sites,
    Weighting,
    answers_by_channel,
    change_word,
    changes,
    gaps,
    margin_shares,
    sample_cubes,
    satisfaction,
    site_funnel,
    weigh_all,
    weighting_table,
)
from analysis.inference import PointEstimate
from analysis.inference.contrasts import difference
from analysis.publishing.blocks import Block, Part
from analysis.publishing.blocks import image as figure_part
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence, Wording
from analysis.simulation import Simulation, SimulationPlan, margins, simulate_respondents
from analysis.study import Study
from analysis.study.field import MarginsFile
from benchmarks.truth.scenarios import UNIT, Scenario

NOTEBOOKS = Path(__file__).parents[2] / "notebooks" / "publication"
PAGES = ("synthesis", "director", "method")


@dataclass(frozen=True)
class Said:
    """A sentence as `sentences.json` records it; `part` is which of several rules that are joined
    by `+` is looked at.
    """

    page: str
    section: str
    place: str
    rule: str
    figures: tuple[str, ...]
    text: str
    part: int = 0


@dataclass(frozen=True)
class Publication:
    """A study published as far as its sentences.

    Attributes:
        scenario, simulation: What it was made from.
        study: The study with the known totals of its waves.
        changes, sites: `indicators.Changes` and `Sites` of the last wave, before the gate.
        released: `storage.Released` of the edition, by key.
        sentences: Those of its pages.

    """

    scenario: Scenario
    simulation: Simulation
    study: Study
    changes: pl.DataFrame
    sites: pl.DataFrame
    released: dict[str, dict[str, Any]]
    sentences: tuple[Said, ...]


def publish(scenario: Scenario, *, adjusted: bool = True) -> Publication:
    """Simulates a study and publishes it; `adjusted` is False in the perturbed twin, whose changes
    are judged one by one.
    """
    simulation = simulate_respondents(scenario.study, scenario.plan, in_waves=scenario.in_waves)
    study = with_known_totals(scenario.study, scenario.plan, simulation)
    scenario = replace(scenario, study=study)
    estimates, figures = _estimates(scenario, simulation)
    scope = {"directorate": UNIT, "wave": scenario.wave}
    changed = changes(estimates, study, **scope)
    if not adjusted:
        changed = one_by_one(changed)
    sites = site_funnel(estimates, study, **scope)
    figures += [Changes.figures(changed), Sites.figures(sites)]
    released = release(pl.concat(figures), study, audience=Audience.PUBLIC)
    return Publication(
        scenario=scenario,
        simulation=simulation,
        study=study,
        changes=changed,
        sites=sites,
        released={row["key"]: row for row in released.iter_rows(named=True)},
        sentences=tuple(_sentences(released, study, scenario.wave)),
    )


def with_known_totals(study: Study, plan: SimulationPlan, simulation: Simulation) -> Study:
    """The study with the margins that a management system would know of its users."""
    known = {
        wave.id: MarginsFile.model_validate(
            {"source": "simulation", "margins": margins(simulation, study, plan, wave.id)}
        )
        for wave in study.waves
    }
    return study.model_copy(update={"margins": known})


def one_by_one(changed: pl.DataFrame) -> pl.DataFrame:
    """`indicators.Changes` as if each were looked at alone: what statistics forbid."""
    rows = []
    for row in changed.iter_rows(named=True):
        measured = PointEstimate(value=row["value"], se=row["se"], df=row["df"])
        alone = difference(measured, family=1)
        word = change_word(alone, threshold=row["threshold"]) if row["word"] else None
        again = {"low": alone.low, "high": alone.high, "detectable": alone.detectable}
        rows.append(row | again | {"family": 1, "word": word or ""})
    return Changes.validate(pl.DataFrame(rows, schema=changed.schema))


def _estimates(
    scenario: Scenario, simulation: Simulation
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """`indicators.Estimates` of all waves, and their figures; with those on answers, weights and
    gaps of the last one.
    """
    tables, figures = [], []
    for wave in scenario.study.waves:
        study, scope = scenario.study_at(wave.id), {"directorate": UNIT, "wave": wave.id}
        responses = simulation.answers.filter(pl.col("wave") == wave.id).with_columns(
            response_id=pl.col("answer").cast(pl.String)
        )
        samples = weigh_all(responses, study, **scope)
        weighting = weighting_table(samples, study, simulated=True, **scope)
        cubes = sample_cubes(samples, study, **scope)
        tables.append(satisfaction(cubes, weighting, study, **scope))
        if wave.id != scenario.wave:
            continue
        answers = answers_by_channel(responses, samples, study, simulated=True, **scope)
        apart = gaps(cubes, tables[-1], study, **scope)
        beside = margin_shares(samples[0], study, simulated=True, **scope)
        figures += [
            Weighting.figures(weighting),
            Answers.figures(answers),
            Gaps.figures(apart),
            Margins.figures(beside),
        ]
    estimates = pl.concat(tables)
    return estimates, [Estimates.figures(estimates), *figures]


# --- pages ----------------------------------------------------------------------------------------


class TextPage(Page):
    """A page that draws nothing: its sentences are what is looked at."""

    def chart_part(  # noqa: D102 - as it overrides
        self, name: str, draw: Any, *, alt: str | Sentence, caption: str, height: float
    ) -> Part:
        del draw, height
        return figure_part(name, alt=alt, caption=caption, svg="<svg/>")


def _sentences(released: pl.DataFrame, study: Study, wave: str) -> list[Said]:
    """The sentences of the pages of an edition, in their order."""
    seen = study.for_pages(wave).in_language(study.language)
    said = []
    for name in PAGES:
        page = TextPage(
            study=seen,
            wave=seen.wave(wave),
            figures=ReleasedFigures(released, seen),
            wording=Wording(seen, Language.of(seen.language), seen.wave(wave)),
            open_directorate=seen.directorate(UNIT),
            folder=Path(),
        )
        for section in sections_of(name):
            said += [
                Said(
                    page=name,
                    section=str(row["section"]),
                    place=str(row["place"]),
                    rule=str(row["rule"]),
                    figures=tuple(row["figures"]),  # type: ignore[arg-type]
                    text=str(row["text"]),
                )
                for row in section(page).sentences
            ]
    return said


@cache
def sections_of(page: str) -> tuple[Callable[[Page], Block], ...]:
    """The sections that a publication notebook places on its page."""
    notebook = nbformat.read(NOTEBOOKS / f"{page}.ipynb", as_version=4)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    placed = re.findall(r"^(\w+)\.(\w+)\(page\)$", source, flags=re.MULTILINE)
    assert placed, page
    return tuple(
        getattr(import_module(f"analysis.publishing.pages.{module}"), function)
        for module, function in placed
    )
