"""Sampling frames as files: what they become, and each of their faults by line and column."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from analysis.errors import IntakeError, ObservatoryError, RawDataError
from analysis.intake import Delivery, FileEntry, Manifest, read_deliveries, write_tables
from analysis.intake.deliveries import check_entry
from analysis.intake.frame import FrameFile, read_frame
from analysis.intake.raw_table import Source
from analysis.storage import read_provenance
from analysis.study import Study, Workspace
from tests.unit.test_samples import delivery, entry

HEADER = "directorate,site,AGE,PREMIERE,population,drawn,answered,ineligible,unknown"
LINES = (
    "def,pmi-acacias,1,2,90,40,30,2,1",
    "def,pmi-acacias,,1,10,4,0,0,0",
    "def,creche-faons,2,2,70,0,0,0,0",
    "dpaph,antenne-orme,5,,300,50,12,0,4",
)


def read(study: Study, folder: Path, *lines: str, header: str = HEADER) -> FrameFile:
    (folder / "frame.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    source = Source(folder / "frame.csv", "d/frame.csv", channel="invitation", wave="2026-2")
    return read_frame(source, study)


def test_a_frame_is_read_cell_by_cell(study: Study, tmp_path: Path) -> None:
    found = read(study, tmp_path, *LINES)
    assert found.cells.rows() == [
        ("def", 2, "pmi-acacias", 1, 2, 90, 40, 30, 2, 1),
        ("def", 3, "pmi-acacias", None, 1, 10, 4, 0, 0, 0),
        ("def", 4, "creche-faons", 2, 2, 70, 0, 0, 0, 0),
        ("dpaph", 5, "antenne-orme", 5, None, 300, 50, 12, 0, 4),
    ]
    assert found.summary == "4 cells of a frame: 470 users, 94 drawn, 42 answered"


def test_what_became_of_those_who_did_not_answer_may_be_unknown(
    study: Study, tmp_path: Path
) -> None:
    header, line = "directorate,site,population,drawn,answered", "def,pmi-acacias,90,40,30"
    found = read(study, tmp_path, line, header=header).cells
    assert found.select("ineligible", "unknown").row(0) == (0, 0)


def test_sites_of_people_under_constraint_are_left_out(study: Study, tmp_path: Path) -> None:
    site = next(
        one.id
        for unit in study.directorates
        for one in unit.sites
        if one.population in study.constrained()
    )
    found = read(study, tmp_path, LINES[0], f"def,{site},1,1,50,5,1,0,0")
    assert found.cells["site"].to_list() == ["pmi-acacias"]


FAULTS = [
    ("def,pmi-acacias,1,2,90,40,30,2", "8 cells where the header has 9", "line 2"),
    ("voirie,pmi-acacias,1,2,90,40,30,2,1", "no such directorate", "line 2, column directorate"),
    ("dpaph,pmi-acacias,1,2,90,40,30,2,1", "no site of the directorate", "line 2, column site"),
    ("def,pmi-acacias,9,2,90,40,30,2,1", "no level of the question", "line 2, column AGE"),
    ("def,pmi-acacias,1,2,-90,40,30,2,1", "no count", "line 2, column population"),
    ("def,pmi-acacias,1,2,90,4 0,30,2,1", "no count", "line 2, column drawn"),
    ("def,pmi-acacias,1,2,90,40,3.0,2,1", "no count", "line 2, column answered"),
    ("def,pmi-acacias,1,2,9999999999,40,30,2,1", "no count", "line 2, column population"),
    ("def,pmi-acacias,1,2,39,40,30,2,1", "More people were drawn than", "line 2, column drawn"),
    ("def,pmi-acacias,1,2,90,40,38,2,1", "More came of the draw", "line 2, column drawn"),
]


@pytest.mark.parametrize(("line", "what", "where"), FAULTS)
def test_a_fault_is_named_by_line_and_column(
    study: Study, tmp_path: Path, line: str, what: str, where: str
) -> None:
    with pytest.raises(IntakeError) as caught:
        read(study, tmp_path, line)
    assert what in caught.value.what and caught.value.where == f"d/frame.csv, {where}"


def test_all_faults_are_told_together_and_no_cell_is_quoted(study: Study, tmp_path: Path) -> None:
    secret = "Jeanne"
    lines = [f"{secret},{secret},{secret},2,{secret},1,1,0,0"] * 5
    with pytest.raises(IntakeError) as caught:
        read(study, tmp_path, *lines)
    assert secret not in str(caught.value)
    assert len(caught.value.others) == 12, "twelve, and how many more"
    assert "more faults" in str(caught.value)


def test_a_cell_stands_once(study: Study, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="stands in line 2 too"):
        read(study, tmp_path, LINES[0], "def,pmi-acacias,1,2,1,1,1,0,0")
    assert read(study, tmp_path, LINES[0], "def,pmi-acacias,1,1,1,1,1,0,0").cells.height == 2


def test_columns_are_those_of_a_frame(study: Study, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no column 'drawn'"):
        read(study, tmp_path, "def,pmi-acacias,9,1", header="directorate,site,population,answered")
    with pytest.raises(IntakeError, match="Unknown column, in place 10"):
        read(study, tmp_path, LINES[0] + ",x", header=HEADER + ",nom")


# --- among other files ----------------------------------------------------------------------------


def frame_entry(**changes: Any) -> FileEntry:
    content = {"path": "frame.csv", "reader": "frame", "channel": "invitation", "wave": "2026-2"}
    return FileEntry.model_validate(content | changes)


def delivered(study: Study, folder: Path, *lines: str, **changes: Any) -> Delivery:
    """30 answers of pmi-acacias, and their frame."""
    one = delivery(folder, entry(study, **{"sample": {}} | changes), answers=30)
    (folder / "frame.csv").write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    files = (*one.manifest.files, frame_entry())
    return Delivery(folder, one.manifest.model_copy(update={"files": files}))


def test_a_frame_becomes_the_dispositions_of_its_scope(study: Study, tmp_path: Path) -> None:
    read_files = read_deliveries([delivered(study, tmp_path, *LINES)], study)
    workspace = Workspace(tmp_path)
    write_tables(workspace, study, read_files)
    (path,) = workspace.processed(study.id, "dispositions").rglob("*.parquet")
    table = pl.read_parquet(path, hive_partitioning=False)
    assert table.select("file", "line", "site", "population", "drawn", "AGE").rows() == [
        ("frame.csv", 2, "pmi-acacias", 90, 40, 1),
        ("frame.csv", 3, "pmi-acacias", 10, 4, None),
        ("frame.csv", 4, "creche-faons", 70, 0, 2),
    ]
    assert set(read_provenance(path).inputs) == {"first/a.csv", "first/frame.csv"}


def test_more_answers_of_a_site_than_people_drawn_are_refused(study: Study, tmp_path: Path) -> None:
    few = delivered(study, tmp_path, "def,pmi-acacias,1,2,90,30,29,1,0")
    with pytest.raises(RawDataError, match="30 people of site pmi-acacias answered, and 29 were"):
        read_deliveries([few], study)
    enough = delivered(study, tmp_path, "def,pmi-acacias,1,2,90,30,29,0,0")
    assert len(read_deliveries([enough], study)) == 2


def test_a_sample_is_told_once(study: Study, tmp_path: Path) -> None:
    both = delivered(study, tmp_path, *LINES, sample={"def": {"drawn": 60}})
    with pytest.raises(RawDataError, match=r"channel invitation, .* told twice"):
        read_deliveries([both], study)
    other = delivered(study, tmp_path, *LINES[:3], sample={"dpaph": {"drawn": 60}})
    assert len(read_deliveries([other], study)) == 2


def test_a_frame_is_of_a_channel_that_invites(study: Study) -> None:
    check_entry(study, frame_entry(), "manifest.yml")
    with pytest.raises(ObservatoryError, match="Nobody is invited to channel 'qr'"):
        check_entry(study, frame_entry(channel="qr"), "manifest.yml")
    with pytest.raises(ValidationError, match="needs a channel and a wave"):
        frame_entry(wave=None)
    with pytest.raises(ValidationError, match="it has no `sample`"):
        frame_entry(sample={"def": {"drawn": 3}})


def test_a_delivery_of_a_frame_alone_is_something(study: Study, tmp_path: Path) -> None:
    (tmp_path / "frame.csv").write_text("\n".join([HEADER, *LINES]), encoding="utf-8")
    alone = Manifest(
        delivery="first", received=date(2026, 11, 1), simulated=True, files=(frame_entry(),)
    )
    assert len(read_deliveries([Delivery(tmp_path, alone)], study)) == 1
