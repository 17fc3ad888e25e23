"""What simulated devices count and see is what is read of their files, to the last one."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analysis.intake import FileEntry
from analysis.intake.deliveries import check_entry
from analysis.intake.flows.counting import FlowFile
from analysis.intake.flows.gathered import DeliveredFlow, gather_flows
from analysis.intake.grids import GridFile
from analysis.intake.raw_table import Source
from analysis.intake.readers import READERS
from analysis.simulation import SimulationPlan, load_simulation_plan, true_flows
from analysis.simulation.flow_files import write_flows, write_grids
from analysis.simulation.raw_file import RawFile
from analysis.study import Study, load_study
from tests.conftest import ROOT

FOLDER = ROOT / "params" / "dila"
KEY = ["directorate", "device", "series", "month"]


@pytest.fixture(scope="module")
def second() -> Study:
    return load_study(FOLDER)


@pytest.fixture(scope="module")
def plan(second: Study) -> SimulationPlan:
    return load_simulation_plan(FOLDER, second)


def read(file: RawFile, study: Study, folder: Path, rank: int) -> FlowFile | GridFile:
    """A simulated file, as a manifest describes it."""
    path = folder / file.name
    path.write_bytes(file.content)
    described = {"path": file.name, "reader": file.reader, **file.described}
    entry = FileEntry.model_validate(described)
    check_entry(study, entry, "m")
    day = study.waves[rank].publication
    source = Source(path, "d", dialect=None, flow=entry.flow, grid=entry.grid, received=day)
    open_file = READERS[file.reader].read
    assert open_file is not None
    found = open_file(source, study)
    assert isinstance(found, FlowFile | GridFile)
    return found


def test_every_count_that_was_written_is_read_and_no_other(
    second: Study, plan: SimulationPlan, tmp_path: Path
) -> None:
    truth = true_flows(second, plan)
    files = [
        DeliveredFlow(wave.id, wave.id, wave.publication, file.name, flow)
        for rank, wave in enumerate(second.waves)
        for file in write_flows(truth, second, plan, wave)
        if isinstance(flow := read(file, second, tmp_path, rank), FlowFile)
    ]
    assert {file.file for file in files} == {f"{name}.csv" for name in plan.flows}
    found = gather_flows(files).table
    assert found.height == truth.height > 2000
    columns = [*KEY, "count"]
    assert found.select(columns).sort(KEY).equals(truth.select(columns).sort(KEY))
    twin = truth.with_columns(pl.col("count") + (pl.col("series") == "messages"))
    assert not found.select(columns).sort(KEY).equals(twin.select(columns).sort(KEY))


def test_a_planted_step_is_in_the_truth_in_its_month_and_product_alone(
    second: Study, plan: SimulationPlan
) -> None:
    device, series = plan.flows["visites"], plan.flows["visites"].series["sans-resultat"]
    step = series.steps[0]
    without = series.model_copy(update={"steps": series.steps[1:]})
    flow = device.model_copy(update={"series": {**device.series, "sans-resultat": without}})
    other = plan.model_copy(update={"flows": {**plan.flows, "visites": flow}})
    both = true_flows(second, plan).join(true_flows(second, other), on=KEY)
    moved = both.filter(pl.col("count") != pl.col("count_right"))
    assert set(moved["directorate"]) == {step.product} and set(moved["series"]) == {"sans-resultat"}
    assert moved["month"].min() == step.month


def test_sessions_belong_to_the_wave_that_follows_them(
    second: Study, plan: SimulationPlan, tmp_path: Path
) -> None:
    seen = {}
    for rank, wave in enumerate(second.waves):
        for file in write_grids(second, plan, wave):
            grid = read(file, second, tmp_path, rank)
            assert isinstance(grid, GridFile) and grid.late == 0
            assert set(grid.rows["wave"]) == {wave.id}
            seen[wave.id, file.name] = sorted(set(grid.rows["session"]))
    name = "tests-legifrance.xlsx"
    assert seen["2025-2", name] == ["2025-10-06"]
    assert seen["2026-1", name] == ["2026-02-02", "2026-06-01"]
