"""Samples: how many people were invited to answer in a file, as its manifest says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from analysis.errors import ObservatoryError
from analysis.intake import Delivery, FileEntry, Manifest, read_deliveries, write_tables
from analysis.intake.deliveries import check_entry
from analysis.study import Study, Workspace

HEADER = "id,submitdate,lastpage,startlanguage,seed,startdate,datestamp,token,SITE,Q14"
STAMP = "2026-08-03 10:00:00"


def entry(study: Study, **changes: Any) -> FileEntry:
    """An export of the invitation, with the number of people drawn."""
    asked = [item for item in study.channel("invitation").items if item != "Q14"]
    content = {
        "path": "a.csv",
        "reader": "limesurvey",
        "channel": "invitation",
        "wave": "2026-2",
        "absent": asked,
        "sample": {"def": {"drawn": 40, "ineligible": 2}},
    }
    return FileEntry.model_validate(content | changes)


def delivery(folder: Path, one: FileEntry, *, answers: int) -> Delivery:
    """A delivery of one file with an answer per token."""
    rows = [
        f"{n},{STAMP},6,fr,1,{STAMP},{STAMP},t{n},pmi-acacias,Jamais" for n in range(1, answers + 1)
    ]
    (folder / one.path).write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    manifest = Manifest(delivery="first", received=date(2026, 11, 1), simulated=True, files=(one,))
    return Delivery(folder, manifest)


def dispositions(study: Study, folder: Path, one: FileEntry) -> list[tuple[object, ...]]:
    """The rows of the layer that a file of 30 answers becomes."""
    read = read_deliveries([delivery(folder, one, answers=30)], study)
    workspace = Workspace(folder)
    write_tables(workspace, study, read)
    (table,) = workspace.processed(study.id, "dispositions").rglob("*.parquet")
    assert table.parent.as_posix().endswith("directorate=def/wave=2026-2")
    return pl.read_parquet(table, hive_partitioning=False).rows()


def test_a_sample_becomes_the_dispositions_of_its_scope(study: Study, tmp_path: Path) -> None:
    found = dispositions(study, tmp_path, entry(study))
    assert found == [("first", "a.csv", 0, "invitation", None, None, 40, None, 2, 0)]


def test_a_file_that_says_nothing_of_its_sample_has_none(study: Study, tmp_path: Path) -> None:
    assert dispositions(study, tmp_path, entry(study, sample={})) == []


def test_more_answers_than_people_drawn_are_refused(study: Study, tmp_path: Path) -> None:
    """30 answers and 31 drawn, of whom 2 are no users; 32 would do."""
    short = entry(study, sample={"def": {"drawn": 31, "ineligible": 2}})
    with pytest.raises(ObservatoryError, match="30 people of directorate def answered, and 29"):
        read_deliveries([delivery(tmp_path, short, answers=30)], study)
    enough = entry(study, sample={"def": {"drawn": 32, "ineligible": 2}})
    assert read_deliveries([delivery(tmp_path, enough, answers=30)], study)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sample": {"voirie": {"drawn": 40}}}, "Unknown directorate: 'voirie'"),
        ({"channel": "qr"}, "Nobody is invited to channel 'qr'"),
    ],
)
def test_a_sample_of_nobody_is_refused(study: Study, changes: dict[str, Any], words: str) -> None:
    check_entry(study, entry(study), "manifest.yml")
    with pytest.raises(ObservatoryError) as caught:
        check_entry(study, entry(study, absent=[], **changes), "manifest.yml")
    assert words in str(caught.value) and "manifest.yml" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sample": {"def": {"drawn": 0}}}, "greater than or equal to 1"),
        ({"sample": {"def": {"drawn": 40, "ineligible": 40}}}, "ineligible . unknown < drawn"),
        ({"sample": {"def": {"invited": 40}}}, "Extra inputs are not permitted"),
        ({"reader": "archive", "channel": None}, "of one channel and wave"),
    ],
)
def test_a_sample_that_cannot_be_is_no_entry(
    study: Study, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        entry(study, **changes)
