"""What tests of an edition share: its project to spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "project"
    shutil.copytree(published, copy)
    return copy
