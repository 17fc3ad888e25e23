"""What tests of an edition share: its project to spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from analysis.publishing.rendering.pages import read_configuration
from tests.publication.published_pages import PROJECT


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Path:
    """A copy of an edition of which some pages are rendered again, in one of its languages."""
    copy = tmp_path / "project"
    shutil.copytree(published, copy)
    configuration = read_configuration(copy)
    configuration["project"]["render"] = [f"{name}.ipynb" for name in PROJECT]
    with (copy / "_quarto.yml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(configuration, stream)
    return copy
