"""Tables of earlier versions of the software stay readable."""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from analysis.errors import NotReadyError
from analysis.indicators import Changes, Participation, Weights
from analysis.storage import Dispositions, Provenance, Released, read_table, write_table
from analysis.storage.migrations import STEPS, VERSIONS, migrate, version_of

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
    kind_and_unit = STEPS[schema, 1](former())
    assert kind_and_unit.select("kind", "unit").rows() == [one[4:] for one in FIGURES]
    assert migrate(kind_and_unit, schema, version_of(schema), where="x").equals(kind_and_unit)


FIRST: dict[str, object] = {
    "directorate": "d",
    "wave": "w",
    "indicator": "i",
    "definition": "T2B",
    "item": "Q",
    "definition_version": "1.0",
    "breakdown": "age",
    "category": "1",
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
}
"""A row of `Released` as its first version was written."""


def stored(path: Path, rows: list[dict[str, object]], version: int) -> Path:
    """A table of released figures as some version of the software wrote it."""
    origin = Provenance("s", "x", {}, simulated=True)
    told = {"observatoire.provenance": origin.dump(), "observatoire.schema": str(version)}
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(path, metadata=told)
    return path


@pytest.mark.parametrize(("version", "more"), [(1, {}), (2, {"kind": "share", "unit": "share"})])
def test_released_figures_of_each_version_are_read_as_those_of_today(
    tmp_path: Path, version: int, more: dict[str, object]
) -> None:
    hidden = dict.fromkeys(("value", "se", "low", "high", "base", "df"))
    rows = [{**FIRST, **more}, {**FIRST, **more, **hidden, "category": "2", "status": "s"}]
    read = read_table(stored(tmp_path / "old.parquet", rows, version), Released, hint="")
    assert set(read.columns) == set(Released.column_names())
    assert read.select(list(FIRST)).rows() == [tuple(row[name] for name in FIRST) for row in rows]
    assert read.select("key", "layer", "against", "kind", "unit", "size", "word").rows() == [
        (
            f"estimates/d/w/-/i/T2B/share/age/{category}",
            "estimates",
            None,
            "share",
            "share",
            None,
            "",
        )
        for category in ("1", "2")
    ]
    today = Released.validate(read.select(Released.column_names()), cast=True)
    write_table(
        today, tmp_path / "today.parquet", Released, Provenance("s", "x", {}, simulated=True)
    )
    assert read_table(tmp_path / "today.parquet", Released, hint="").equals(today)


def test_a_table_of_a_later_version_is_refused(tmp_path: Path) -> None:
    later = stored(tmp_path / "later.parquet", [FIRST], version_of("Released") + 1)
    with pytest.raises(NotReadyError, match="later version"):
        read_table(later, Released, hint="")


def test_each_version_has_the_steps_that_lead_to_it() -> None:
    assert {(name, step) for name, number in VERSIONS.items() for step in range(1, number)} == set(
        STEPS
    )


ADDED: dict[type[dy.Schema], dict[str, object]] = {
    Changes: {"shared": 0},
    Dispositions: {
        "line": 0,
        "site": None,
        "population": None,
        "answered": None,
        "unknown": 0,
    },
    Participation: {"unknown": 0},
    Weights: {"population": None},
}
"""Schema → the columns of its second version, with what they hold in a table of the first."""


@pytest.mark.parametrize(
    ("schema", "name"), [(one, name) for one, columns in ADDED.items() for name in columns]
)
def test_what_the_second_version_tells_is_empty_in_tables_of_the_first(
    schema: type[dy.Schema], name: str
) -> None:
    former = schema.create_empty().drop(*ADDED[schema]).clear(n=1)
    read = migrate(former, schema.__name__, 1, where="x")
    assert set(read.columns) == set(schema.column_names())
    assert read.get_column(name).to_list() == [ADDED[schema][name]]
    assert read.schema[name] == schema.create_empty().schema[name]
