"""The library users' study, published once per session; tests must not change what they get."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.library import library_workspace, one_service_one_wave, published


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the study, its last of three waves published."""
    folder = library_workspace(tmp_path_factory.mktemp("library") / "w")
    published(folder)
    return folder


@pytest.fixture(scope="session")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the same study with one service and one wave, published."""
    folder = library_workspace(tmp_path_factory.mktemp("single") / "w", one_service_one_wave)
    published(folder)
    return folder
