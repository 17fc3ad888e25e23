"""Tables of earlier versions of the software stay readable."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analysis.errors import NotReadyError
from analysis.storage import Provenance, Released, read_table, write_table
from analysis.storage.migrations import STEPS, VERSIONS, migrated, version_of

FIGURES = [
    # definition, method, value, high → kind, unit
    ("T2B", "wilson", 0.6, 0.7, "share", "share"),
    ("T2B", "wilson", None, None, "share", "share"),
    ("P1", "wilson", 0.1, 0.2, "level_share", "share"),
    ("PNOTE", "score", 7.1, 7.4, "mean", "score_10"),
    ("PNOTE", "score", 0.4, 0.6, "mean", "score_10"),
    ("NET", "score", -0.4, -0.2, "balance", "points"),
]


def former() -> pl.DataFrame:
    schema = {"definition": pl.String, "method": pl.String, "value": pl.Float64, "high": pl.Float64}
    return pl.DataFrame([one[:4] for one in FIGURES], schema=schema, orient="row")


@pytest.mark.parametrize("schema", ["Estimates", "Released"])
def test_figures_of_the_first_version_are_given_their_kind_and_unit(schema: str) -> None:
    table = migrated(former(), schema, 1, where="x")
    assert table.select("kind", "unit").rows() == [one[4:] for one in FIGURES]
    assert migrated(table, schema, 2, where="x").equals(table)


def test_a_stored_table_of_the_first_version_is_read_as_one_of_today(tmp_path: Path) -> None:
    row = dict.fromkeys(Released.column_names())
    row |= {
        "directorate": "d",
        "wave": "w",
        "indicator": "i",
        "definition": "T2B",
        "item": "Q",
        "definition_version": "1.0",
        "breakdown": "total",
        "category": "total",
        "category_label": "",
        "channels": "c",
        "claim": "C1",
        "method": "wilson",
        "audience": "public",
        "status": "",
        "value": 0.5,
        "se": 0.1,
        "low": 0.4,
        "high": 0.6,
        "base": 40,
        "df": 39,
        "simulated": True,
        "kind": "share",
        "unit": "share",
    }
    today = Released.validate(pl.DataFrame([row]), cast=True)
    origin = Provenance("s", "x", {}, simulated=True)
    write_table(today, tmp_path / "today.parquet", Released, origin)
    older = {"observatoire.provenance": origin.dump(), "observatoire.schema": "1"}
    today.drop("kind", "unit").write_parquet(tmp_path / "older.parquet", metadata=older)
    read = read_table(tmp_path / "older.parquet", Released, hint="")
    assert read.select(today.columns).equals(
        read_table(tmp_path / "today.parquet", Released, hint="")
    )
    later = {**older, "observatoire.schema": str(version_of("Released") + 1)}
    today.write_parquet(tmp_path / "later.parquet", metadata=later)
    with pytest.raises(NotReadyError, match="later version"):
        read_table(tmp_path / "later.parquet", Released, hint="")


def test_each_version_has_the_steps_that_lead_to_it() -> None:
    assert {(name, step) for name, number in VERSIONS.items() for step in range(1, number)} == set(
        STEPS
    )
