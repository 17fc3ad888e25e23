"""Parquet in and out: checked, atomic, and with its provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from analysis.errors import NotReadyError
from analysis.storage.migrations import migrate, version_of
from analysis.storage.provenance import Provenance
from analysis.study.files import write_atomically

KEY, SCHEMA_KEY = "observatoire.provenance", "observatoire.schema"


def make_table(rows: Sequence[Mapping[str, Any]], schema: type[dy.Schema]) -> pl.DataFrame:
    """Rows as a table of a schema, in the order of its columns; a table without a row has them too.

    Raises:
        dataframely.ValidationError: a row is not of the schema.

    """
    return _checked(pl.DataFrame(rows, schema=schema.create_empty().schema), schema)


def write_table(
    frame: pl.DataFrame, path: Path, schema: type[dy.Schema], provenance: Provenance
) -> None:
    """Validates the schema's columns of a frame and writes the whole frame, provenance inside.

    Columns that the schema does not name (the items of a questionnaire) are kept as they are.
    """
    _checked(frame.select(schema.column_names()), schema)
    metadata = {KEY: provenance.dump(), SCHEMA_KEY: str(version_of(schema.__name__))}
    write_parquet(frame, path, metadata)


def write_parquet(frame: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Writes a frame whole; by way of memory, since polars does not always say that a disk is
    full.
    """
    content = BytesIO()
    frame.write_parquet(content, metadata=metadata)
    write_atomically(path, content.getvalue())


def read_table(path: Path, schema: type[dy.Schema], *, hint: str) -> pl.DataFrame:
    """Reads a table and checks its schema.

    A table of an earlier version of its schema is migrated.

    Raises:
        NotReadyError: the file does not exist yet (`hint` says what makes it), or a later version
            wrote it.

    """
    frame = _migrated(path, schema, _stored_version(path, schema, hint=hint))
    _checked(frame.select(schema.column_names()), schema)
    return frame


def read_tables(paths: Sequence[Path], schema: type[dy.Schema], *, hint: str) -> pl.DataFrame:
    """Reads many tables of a schema, one after the other, and checks it once: for a directorate and
    wave, opening and checking take longer than reading.

    Raises:
        NotReadyError: as `read_table`.

    """
    numbers = {path: _stored_version(path, schema, hint=hint) for path in paths}
    current = [path for path in paths if numbers[path] == version_of(schema.__name__)]
    if not paths:
        return schema.create_empty()
    if len(current) < len(paths):
        parts = [_migrated(path, schema, number) for path, number in numbers.items()]
        frame = pl.concat([part.select(schema.column_names()) for part in parts])
    else:
        frame = pl.read_parquet(current, columns=schema.column_names(), hive_partitioning=False)
    return _checked(frame, schema)


def _checked(frame: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """The frame, which is of the schema. Which rows are not is looked for only where some are: that
    takes twice as long, and every notebook reads and writes dozens of tables.

    Raises:
        dataframely.ValidationError: a row is not of the schema.

    """
    return frame if schema.is_valid(frame) else schema.validate(frame)


def _stored_version(path: Path, schema: type[dy.Schema], *, hint: str) -> int:
    """The version of its schema that a table was written by."""
    if not path.exists():
        raise NotReadyError(
            f"There is no {schema.__name__.lower()} table yet.", where=path.name, hint=hint
        )
    return int(pl.read_parquet_metadata(path).get(SCHEMA_KEY, "1"))


def _migrated(path: Path, schema: type[dy.Schema], number: int) -> pl.DataFrame:
    return migrate(_read(path), schema.__name__, number, where=path.name)


def _read(path: Path) -> pl.DataFrame:
    """The table of a parquet file, read without threads: for one directorate and wave they would
    cost more than they save.
    """
    return pl.read_parquet(path, hive_partitioning=False, parallel="none")


def read_provenance(path: Path) -> Provenance:
    """The provenance a table carries."""
    return Provenance.load(str(pl.read_parquet_metadata(path)[KEY]))
