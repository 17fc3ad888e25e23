"""Management figures of a simulated study: true ones that move with what users live through, and
the workbook that delivers them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from analysis.errors import ParameterError
from analysis.intake import Delivery, FileEntry, Manifest, MeasuredFile, read_delivery_file
from analysis.simulation import (
    Simulation,
    SimulationPlan,
    load_simulation_plan,
    simulate_respondents,
    true_measures,
)
from analysis.simulation.workbooks import management_workbook, workbook_mapping
from analysis.study import Study
from analysis.study.months import cohort_months
from tests.conftest import ROOT, alter

PARAMS = ROOT / "params" / "cd93"


@pytest.fixture(scope="module")
def plan(study: Study) -> SimulationPlan:
    return load_simulation_plan(PARAMS, study)


@pytest.fixture(scope="module")
def simulation(study: Study, plan: SimulationPlan) -> Simulation:
    return simulate_respondents(study, plan)


@pytest.fixture(scope="module")
def figures(simulation: Simulation, study: Study, plan: SimulationPlan) -> pl.DataFrame:
    return true_measures(simulation, study, plan)


Rows = dict[tuple[str, str], list[str]]
"""Label and place → the cells after them, as they are read."""


def sheet_of(book: bytes, name: str, header: int) -> tuple[list[str], Rows]:
    """The header of a sheet from its fourth column on, and its rows."""
    sheet = fastexcel.read_excel(book).load_sheet(name, header_row=None, dtypes="string")
    cells = [["" if cell is None else cell for cell in row] for row in sheet.to_polars().rows()]
    end = next(number for number, row in enumerate(cells) if number >= header and not any(row))
    return cells[header - 1][3:], {(row[0], row[2]): row[3:] for row in cells[header:end]}


def number(text: str) -> float:
    """What a person reads in a cell."""
    plain = text.replace("\u202f", "").replace("\u00a0", "").replace(",", ".")
    return float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)


def totals_of(book: bytes, study: Study) -> Iterator[tuple[str, float, float, float]]:
    """Each total of a workbook: its name, what it says, what its parts make by the workbook's own
    cells, and by how much rounding may set the two apart."""
    indicators = {str(one.label): one for one in study.management}
    labels = {one.id: label for label, one in indicators.items()}
    heads, rows = sheet_of(book, "Suivi mensuel", 4)
    _, by_site = sheet_of(book, "Par site", 3)
    months = heads.index("Cumul")
    for (label, place), row in rows.items():
        name, of = f"{label}, {place}", indicators[label].of
        if "n.d." in row[:months]:
            assert row[months] == "n.d."
            continue
        figures = [number(cell) for cell in row[: months + 1]]
        if of is None:
            yield name, figures[months], sum(figures[:months]), 0
        else:
            weights = [number(cell) for cell in rows[labels[of], place][:months]]
            half = ROUNDING[indicators[label].unit] / 2
            yield name, figures[months], mean(figures[:months], weights), 1.001 * half
        if place == "Ensemble":
            for month in range(months):
                parts = [number(rows[label, unit][month]) for unit in ("DPAPH", "DEF")]
                yield name, figures[month], sum(parts), 0
    for label in {label for label, _ in by_site}:
        of = indicators[label].of
        for unit in study.directorates:
            sites = [site.id for site in unit.sites if (label, site.id) in by_site]
            for month in range(months):
                told = number(rows[label, str(unit.acronym)][month])
                values = [number(by_site[label, site][month]) for site in sites]
                name = f"{label}, sites of {unit.id}"
                if of is None:
                    yield name, told, sum(values), 0
                else:
                    weights = [number(by_site[labels[of], site][month]) for site in sites]
                    yield name, told, mean(values, weights), ROUNDING[indicators[label].unit]


ROUNDING = {"share": 0.001, "days": 1.0, "minutes": 0.1}
"""One of the last decimal that is delivered."""


def mean(values: list[float], weights: list[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)


def wrong(totals: Iterable[tuple[str, float, float, float]]) -> list[str]:
    """The totals that do not add up."""
    return [name for name, told, made, allowed in totals if abs(told - made) > allowed]


def test_the_totals_of_a_workbook_add_up_by_its_own_cells(
    figures: pl.DataFrame, plan: SimulationPlan, study: Study
) -> None:
    for wave in study.waves:
        totals = list(totals_of(management_workbook(figures, study, plan, wave), study))
        assert wrong(totals) == [] and len(totals) > 70, wave.id
    one_more = (pl.col("site") == "pmi-iris").cast(pl.Float64)
    spoilt = figures.with_columns(value=pl.col("value") + one_more)
    wave = study.waves[-1]
    faults = wrong(totals_of(management_workbook(spoilt, study, plan, wave), study))
    counts = ("Visites reçues, sites of def", "Décisions notifiées, sites of def")
    assert Counter(faults) == dict.fromkeys(counts, len(cohort_months(wave, None)))


def test_a_workbook_is_written_as_people_write_them(
    figures: pl.DataFrame, plan: SimulationPlan, study: Study
) -> None:
    """The figures are those of the truth, rounded; one is not available, and one directorate types
    its own."""
    hidden = []
    for wave in study.waves:
        book = management_workbook(figures, study, plan, wave)
        heads, rows = sheet_of(book, "Suivi mensuel", 4)
        truth = {
            (indicator, unit, month): value
            for indicator, unit, site, month, value in figures.iter_rows()
            if not site
        }
        for indicator in (one for one in study.management if one.delivered):
            for unit in study.directorates:
                row = rows[str(indicator.label), str(unit.acronym)]
                decimals = plan.management[indicator.id].decimals + 2 * (indicator.unit == "share")
                for month, cell in zip(cohort_months(wave, None), row, strict=False):
                    if cell == "n.d.":
                        hidden.append((wave.id, indicator.id, unit.id, month.isoformat()))
                        continue
                    true = truth[indicator.id, unit.id, month]
                    assert number(cell) == pytest.approx(true, abs=0.5001 * 10**-decimals)
                    assert indicator.unit != "count" or number(cell).is_integer()
        assert heads[-2:] == ["Cumul", "Cible"] and len(heads) == len(cohort_months(wave, None)) + 2
    assert hidden == [("2024-2", "delai_annonce", "def", "2024-09-01")]
    assert heads[:4] == ["juil.-26", "août-26", "sept.-26", "oct.-26"]
    calls = "Part des appels pris par un agent"
    assert re.fullmatch(r"\d\d,\d\u00a0%", rows[calls, "DPAPH"][0])
    assert re.fullmatch(r"0\.\d{1,3}", rows[calls, "DEF"][0])
    assert re.fullmatch(r"\d\u202f\d{3}", rows["Visites reçues", "DPAPH"][0])
    assert re.fullmatch(r"\d{4}", rows["Visites reçues", "DEF"][0])


def test_intake_reads_the_figures_that_the_simulator_recorded(
    figures: pl.DataFrame, plan: SimulationPlan, study: Study, tmp_path: Path
) -> None:
    """Of directorates and sites, rounded as they are delivered, and no total is wrong."""
    seen = study.for_intake()
    for wave in (study.waves[1], study.waves[-1]):
        (tmp_path / "gestion.xlsx").write_bytes(management_workbook(figures, study, plan, wave))
        entry = FileEntry.model_validate(
            {
                "path": "gestion.xlsx",
                "reader": "measures",
                "measures": workbook_mapping(study, plan),
            }
        )
        manifest = Manifest(delivery="d", received=wave.publication, simulated=True, files=(entry,))
        read = read_delivery_file(Delivery(tmp_path, manifest), entry, seen)
        assert isinstance(read, MeasuredFile)
        assert (read.refused, read.unreconciled) == ({}, 0) and read.reconciled > 40
        keys = ["indicator", "directorate", "site", "month"]
        both = read.figures.join(figures, on=keys, how="full", coalesce=True, suffix="_true")
        both = both.filter(pl.col("month").is_in(cohort_months(wave, None)))
        assert both.filter(pl.col("value_true").is_null() | pl.col("missing").is_null()).is_empty()
        assert both.filter(pl.col("missing") != "").height == (wave == study.waves[1])
        assert set(both.get_column("wave")) == {wave.id}
        for row in both.filter(missing="").iter_rows(named=True):
            unit = 1 if row["unit"] == "count" else ROUNDING[row["unit"]]
            assert abs(row["value"] - row["value_true"]) < 0.501 * unit, row


def lagged_correlation(
    figures: pl.DataFrame, simulation: Simulation, indicator: str, item: str, months: int
) -> float:
    """Between the figure of a month and the opinion of the users of so many months later, by site
    and month, each beside its site's mean."""
    opinions = simulation.opinions.filter(item=item).select(
        "site", "opinion", month=pl.col("month").dt.offset_by(f"-{months}mo")
    )
    both = figures.filter(indicator=indicator).join(opinions, on=["site", "month"])
    own = [pl.col(name) - pl.col(name).mean().over("site") for name in ("value", "opinion")]
    assert both.height > 1500
    return float(both.select(pl.corr(*own)).item())


def test_delays_are_those_of_users_who_answer_a_month_later(
    figures: pl.DataFrame, simulation: Simulation, plan: SimulationPlan, study: Study
) -> None:
    """And waits are those of the day; a plan without the lag is told from it."""
    delay = study.management_indicator("delai_moyen")
    assert delay.cohort is not None and delay.cohort.months_before == 1
    same_day = delay.model_copy(
        update={"cohort": delay.cohort.model_copy(update={"months_before": 0})}
    )
    others = [same_day if one.id == delay.id else one for one in study.management]
    twin = study.model_copy(update={"management": tuple(others)})
    without_lag = true_measures(simulation, twin, plan)
    for table, name, item, lag in (
        (figures, delay.id, "Q09", 1),
        (without_lag, delay.id, "Q09", 0),
        (figures, "attente_moyenne", "Q08", 0),
    ):
        found = [lagged_correlation(table, simulation, name, item, by) for by in (0, 1)]
        assert found[lag] < found[1 - lag] - 0.3, (name, found)


def test_measured_and_perceived_tell_the_story_of_each_commitment(
    figures: pl.DataFrame, simulation: Simulation, study: Study
) -> None:
    """The delay falls below its norm and nobody feels it; waits are kept by both in one
    directorate; calls and complaints are kept in one; sites whose users are more satisfied are
    faster."""
    last = figures.filter(pl.col("month") >= study.waves[-1].start, site="")

    def measured(indicator: str, unit: str) -> float:
        here = last.filter(indicator=indicator, directorate=unit).get_column("value")
        return float(here.mean())  # type: ignore[arg-type]

    def perceived(item: str, unit: str, wave: str) -> float:
        users = simulation.population.filter(
            pl.col(item).is_in(list(study.scale(item).codes)), directorate=unit, wave=wave
        )
        return float(users.select(pl.col(item).is_in(study.scale(item).codes[-2:]).mean()).item())

    first = figures.filter(indicator="delai_moyen", directorate="dpaph", site="").sort("month")
    assert first.get_column("value")[0] > 130
    assert measured("delai_moyen", "dpaph") == pytest.approx(96, abs=3)
    shares = [perceived("Q09", "dpaph", wave.id) for wave in study.waves]
    assert max(shares) < 0.45 and abs(shares[-1] - shares[1]) < 0.04
    assert abs(measured("delai_annonce", "dpaph") - measured("delai_moyen", "dpaph")) < 5
    assert measured("attente_moyenne", "def") < 20 < measured("attente_moyenne", "dpaph")
    assert perceived("Q08", "def", "2026-2") > 0.65
    assert measured("taux_decroche", "dpaph") < 0.78
    assert measured("taux_decroche", "def") == pytest.approx(0.8, abs=0.02)
    complaints = {
        unit: 1000 * measured("reclamations", unit) / measured("dossiers", unit)
        for unit in ("dpaph", "def")
    }
    norm = study.management_indicator("reclamations_1000").norm
    assert complaints["dpaph"] > norm["dpaph"] and complaints["def"] < norm["def"]
    delays = figures.filter(pl.col("site") != "", indicator="delai_moyen")
    opinions = simulation.opinions.filter(item="Q09").group_by("site").agg(pl.mean("opinion"))
    kinds = {site.id: site.kind for unit in study.directorates for site in unit.sites}
    means = delays.group_by("site").agg(pl.mean("value"))
    sites = means.join(opinions, on="site").with_columns(kind=pl.col("site").replace_strict(kinds))
    for kind in ("antenne", "pmi"):
        here = sites.filter(kind=kind)
        assert here.height >= 20
        assert here.select(pl.corr("value", "opinion", method="spearman")).item() < -0.6, kind


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "reclamations: {base: {dpaph: 106, def: 15}",
            "reclamations: {base: {dpaph: 106}",
            "no base for def",
        ),
        ("noise: 0.03, decimals: 0, by_site: true", "noise: 0.03, decimals: 0", "known by site"),
        (
            "  taux_decroche:",
            "  reclamations_1000: {base: {dpaph: 9}, noise: 1}\n  taux_decroche:",
            "computed from two counts",
        ),
        ("item_trends: {Q09:", "item_trends: {Q99:", "Unknown item: 'Q99'"),
    ],
)
def test_a_plan_that_lacks_what_the_study_delivers_is_refused(
    study: Study, tmp_path: Path, old: str, new: str, fault: str
) -> None:
    (tmp_path / "simulation.yml").write_bytes((PARAMS / "simulation.yml").read_bytes())
    alter(tmp_path / "simulation.yml", old, new)
    with pytest.raises(ParameterError, match=fault):
        load_simulation_plan(tmp_path, study)
