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
    Commitments,
    Decompositions,
    Estimates,
    Gaps,
    Management,
    Margins,
    Sites,
    Standings,
    Weighting,
    answers_by_channel,
    change_word,
    changes,
    commitments,
    decompositions,
    gaps,
    management,
    margin_shares,
    sample_cubes,
    sample_name,
    satisfaction,
    site_funnel,
    standings,
    stored_cube,
    weigh_all,
    weighting_table,
)
from analysis.inference import Cube, PointEstimate
from analysis.inference.contrasts import difference
from analysis.pipeline.plan import Notebook, NotebookPlan, is_applicable
from analysis.publishing.blocks import Block, Part
from analysis.publishing.blocks import image as figure_part
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence, Wording
from analysis.simulation import (
    Simulation,
    SimulationPlan,
    margins,
    simulate_respondents,
    true_measures,
)
from analysis.study import Study, read_model
from analysis.study.field import MarginsFile
from benchmarks.truth.promises import delivered_measures, with_bounds
from benchmarks.truth.service import Scenario

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@dataclass(frozen=True)
class Said:
    """A sentence as `sentences.json` records it; `part` is which of several rules that are joined
    by `+` is looked at, `directorate` that of its page, where it has one.
    """

    page: str
    section: str
    place: str
    rule: str
    figures: tuple[str, ...]
    text: str
    directorate: str = ""
    part: int = 0


@dataclass(frozen=True)
class Publication:
    """A study published as far as its sentences.

    Attributes:
        scenario, simulation: What it was made from.
        study: The study with the known totals of its waves, its targets and its norms.
        measures: `storage.Measures` of all its directorates and waves.
        exact: The same before they were rounded.
        changes, sites: `indicators.Changes` and `Sites` of the last wave, before the gate.
        released: `storage.Released` of the edition, by key.
        sentences: Those of its pages.

    """

    scenario: Scenario
    simulation: Simulation
    study: Study
    measures: pl.DataFrame
    exact: pl.DataFrame
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
    true = true_measures(simulation, study, scenario.plan)
    exact, measures = (
        delivered_measures(true, study, scenario.plan, rounded=rounded) for rounded in (False, True)
    )
    scenario = replace(scenario, study=with_bounds(study, scenario, simulation, exact))
    made = [
        _of_directorate(scenario, simulation, measures, directorate.id, adjusted=adjusted)
        for directorate in study.directorates
    ]
    between = standings(
        pl.concat(one.estimates for one in made), scenario.study, wave=scenario.wave
    )
    figures = [table for one in made for table in one.figures]
    released = release(
        pl.concat([*figures, Standings.figures(between)]), scenario.study, audience=Audience.PUBLIC
    )
    return Publication(
        scenario=scenario,
        simulation=simulation,
        study=scenario.study,
        measures=measures,
        exact=exact,
        changes=pl.concat(one.changes for one in made),
        sites=pl.concat(one.sites for one in made),
        released={row["key"]: row for row in released.iter_rows(named=True)},
        sentences=tuple(_sentences(released, scenario.study, scenario.wave)),
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


@dataclass(frozen=True)
class _Made:
    """What is made of a directorate: figures of its edition, and the tables that others need."""

    figures: list[pl.DataFrame]
    estimates: pl.DataFrame
    changes: pl.DataFrame
    sites: pl.DataFrame


def _of_directorate(
    scenario: Scenario,
    simulation: Simulation,
    measures: pl.DataFrame,
    directorate: str,
    *,
    adjusted: bool,
) -> _Made:
    """The layers of a directorate: estimates and months of all waves, the others of the last."""
    study = scenario.study
    scope = {"directorate": directorate, "wave": scenario.wave}
    own = measures.filter(directorate=directorate)
    estimates, cubes, figures = _estimates(scenario, simulation, directorate)
    measured = pl.concat(
        management(
            own if wave.id == scenario.wave else own.filter(site=""),  # months alone
            estimates.filter(wave=wave.id),
            study,
            directorate=directorate,
            wave=wave.id,
            simulated=True,
        )
        for wave in study.waves
    )
    promised = commitments(
        cubes[scenario.wave],
        estimates.filter(wave=scenario.wave),
        measured.filter(wave=scenario.wave),
        study,
        **scope,
        simulated=True,
    )
    reference = sample_name(study.reference_channels(directorate))
    by_wave: dict[str, Cube] = {
        wave: cube
        for wave, table in cubes.items()
        if (cube := stored_cube(table, reference)) is not None
    }
    changed = changes(estimates, study, **scope, cubes=by_wave)
    if not adjusted:
        changed = one_by_one(changed)
    parts = decompositions(changed, estimates, by_wave, study, wave=scenario.wave)
    sites = site_funnel(estimates, study, **scope)
    figures += [
        Changes.figures(changed),
        Commitments.figures(promised),
        Decompositions.figures(parts),
        Management.figures(measured),
        Sites.figures(sites),
    ]
    return _Made(figures, estimates, changed, sites)


def _estimates(
    scenario: Scenario, simulation: Simulation, directorate: str
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame], list[pl.DataFrame]]:
    """`indicators.Estimates` of all waves, wave → `storage.Cubes`, and figures: of the estimates,
    and on answers, weights and gaps of the last wave.
    """
    tables, cubes, figures = [], {}, []
    for wave in scenario.study.waves:
        study, scope = scenario.study_at(wave.id), {"directorate": directorate, "wave": wave.id}
        responses = simulation.answers.filter(wave=wave.id, directorate=directorate).with_columns(
            response_id=pl.col("answer").cast(pl.String)
        )
        samples = weigh_all(responses, study, simulation.dispositions(**scope), **scope)
        weighting = weighting_table(samples, study, simulated=True, **scope)
        cubes[wave.id] = sample_cubes(samples, study, **scope)
        tables.append(satisfaction(cubes[wave.id], weighting, study, **scope))
        if wave.id != scenario.wave:
            continue
        answers = answers_by_channel(responses, samples, study, simulated=True, **scope)
        apart = gaps(cubes[wave.id], tables[-1], study, **scope)
        beside = margin_shares(samples[0], study, simulated=True, **scope)
        figures += [
            Weighting.figures(weighting),
            Answers.figures(answers),
            Gaps.figures(apart),
            Margins.figures(beside),
        ]
    estimates = pl.concat(tables)
    return estimates, cubes, [Estimates.figures(estimates), *figures]


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
    for notebook in pages_of(study):
        per_directorate = "directorate" in notebook.per
        for directorate in seen.directorates if per_directorate else [None]:
            page = TextPage(
                study=seen,
                wave=seen.wave(wave),
                figures=ReleasedFigures(released, seen),
                wording=Wording(seen, Language.of(seen.language), seen.wave(wave)),
                open_directorate=directorate,
                folder=Path(),
            )
            for section in sections_of(notebook.id):
                said += [
                    Said(
                        page=notebook.id,
                        section=str(row["section"]),
                        place=str(row["place"]),
                        rule=str(row["rule"]),
                        figures=tuple(row["figures"]),  # type: ignore[arg-type]
                        text=str(row["text"]),
                        directorate=directorate.id if directorate else "",
                    )
                    for row in section(page).sentences
                ]
    return said


def pages_of(study: Study) -> list[Notebook]:
    """The notebooks that become the pages of a study's edition."""
    return [
        notebook
        for notebook in _plan().notebooks
        if notebook.folder == "publication" and is_applicable(notebook, study)
    ]


@cache
def _plan() -> NotebookPlan:
    return read_model(NOTEBOOKS / "plan.yml", NotebookPlan)


@cache
def sections_of(page: str) -> tuple[Callable[[Page], Block], ...]:
    """The sections that a publication notebook places on its page."""
    notebook = nbformat.read(NOTEBOOKS / "publication" / f"{page}.ipynb", as_version=4)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    placed = re.findall(r"^(\w+)\.(\w+)\(page\)$", source, flags=re.MULTILINE)
    assert placed, page
    return tuple(
        getattr(import_module(f"analysis.publishing.pages.{module}"), function)
        for module, function in placed
    )
