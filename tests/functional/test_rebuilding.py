"""A workspace as it was when an edition was made: with the deliveries that were current then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from analysis.editions.manifest import EditionManifest
from analysis.intake import deliveries
from analysis.operations.rebuilding import workspace_of
from analysis.study import Workspace
from tests.conftest import WAVES

FIRST, LAST = WAVES


@pytest.fixture
def replaced(workspace: Path) -> Path:
    """A workspace in which a delivery was replaced by the same without one of its files."""
    raw = workspace / "data" / "raw" / "cd93"
    folder = raw / "fewer"
    shutil.copytree(raw / LAST, folder)
    yaml = YAML(typ="safe", pure=True)
    manifest = yaml.load(folder / "manifest.yml")
    (dropped,) = (entry for entry in manifest["files"] if entry["path"].startswith("qr"))
    (folder / dropped["path"]).unlink()
    manifest["files"].remove(dropped)
    manifest |= {"delivery": "fewer", "replaces": LAST}
    with (folder / "manifest.yml").open("w", encoding="utf-8") as stream:
        yaml.dump(manifest, stream)
    return workspace


@pytest.mark.parametrize(
    ("current", "kept"),
    [
        ((FIRST, LAST), [FIRST, LAST]),
        ((FIRST, "fewer"), [FIRST, "fewer"]),
        ((), [FIRST, LAST]),
    ],
    ids=["before", "after", "a manifest that does not name them"],
)
def test_an_edition_is_made_again_of_the_deliveries_of_its_day(
    replaced: Path, tmp_path: Path, current: tuple[str, ...], kept: list[str]
) -> None:
    """Files that were handed on are known by their first delivery, whichever is current."""
    manifest = EditionManifest.model_construct(
        study="cd93",
        inputs={f"{FIRST}/invitation.csv": "0", f"{LAST}/invitation.csv": "0"},
        deliveries=current,
    )
    made = workspace_of(Workspace(replaced), manifest, tmp_path / "copy", print)
    found = deliveries(made.workspace, made.study)
    assert [one.id for one in found] == kept
    files = {entry.path for one in found if one.id != FIRST for entry in one.manifest.files}
    assert any(name.startswith("qr") for name in files) == ("fewer" not in kept)
