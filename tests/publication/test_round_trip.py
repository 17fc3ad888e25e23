"""The open data of an edition, read again as another body reads them."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.editions.open_data import DECIMALS, without_repeated
from analysis.editions.package import read_package
from analysis.storage import Released, read_table
from analysis.study import Workspace, open_study
from tests.packages import with_cell

NUMBERS = {
    "valeur": "value",
    "erreur_type": "se",
    "borne_basse": "low",
    "borne_haute": "high",
    "base": "base",
}


def test_an_edition_goes_round_figure_by_figure(published: Path, tmp_path: Path) -> None:
    workspace = Workspace.find(published)
    study = open_study(workspace, "cd93")
    released = read_table(published / "released" / "public.parquet", Released, hint="")
    sent = without_repeated(released, study)
    package = read_package(published / "data")
    came = package.figures
    assert came.get_column("cle").to_list() == sent.get_column("key").to_list()
    for column, name in NUMBERS.items():
        expected = sent.get_column(name)
        expected = expected.round(DECIMALS) if expected.dtype == pl.Float64 else expected
        assert_frame_equal(
            pl.DataFrame({"x": came.get_column(column)}), pl.DataFrame({"x": expected})
        )
    hidden = sent.get_column("status").is_in(["s", "nd"])
    assert hidden.sum() > 100, "this edition hides something"
    assert (came.get_column("statut") != "").to_list() == hidden.to_list()
    bare = came.filter(pl.col("statut") != "").select(*NUMBERS)
    assert bare.null_count().row(0) == (bare.height,) * len(NUMBERS)
    assert package.description.simulated and str(package.description.publisher)
    twin = tmp_path / "twin"
    shutil.copytree(published / "data", twin)
    for path in twin.iterdir():
        path.chmod(0o600)
    place = came.get_column("statut").to_list().index("s")
    with_cell(twin, "valeur", "0.5", line=place)
    with pytest.raises(Exception, match="A hidden figure shows a number"):
        read_package(twin)
