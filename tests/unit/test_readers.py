"""What each format of raw file declares of itself."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import polars.selectors as cs

from analysis.intake import Manifest
from analysis.intake.readers import READERS
from analysis.storage import LAYERS
from analysis.study import read_model


def test_what_readers_call_personal_leaves_no_table(small: Path) -> None:
    """The values of those columns, as they stand in the raw files, are in no processed table."""
    tables = [
        pl.read_parquet(path, hive_partitioning=False)
        for path in (small / "data" / "processed").rglob("*.parquet")
    ]
    texts = {
        str(value)
        for table in tables
        for column in table.select(cs.string())
        for value in column.unique()
    }
    looked_at = 0
    for manifest in (small / "data" / "raw").rglob("manifest.yml"):
        for entry in read_model(manifest, Manifest).files:
            reader = READERS[entry.reader]
            if not reader.personal:
                continue
            text = (manifest.parent / entry.path).read_bytes()
            encoding = "cp1252" if entry.reader == "paper" else "utf-8-sig"
            rows = csv.DictReader(
                io.StringIO(text.decode(encoding)),
                delimiter=";" if entry.reader == "paper" else ",",
            )
            personal = [name for name in rows.fieldnames or () if name in reader.personal]
            values = {row[name] for row in rows for name in personal if row[name]}
            looked_at += len(values)
            assert values.isdisjoint(texts), entry.path
    assert looked_at > 100


def test_every_format_says_what_it_produces() -> None:
    for reader in READERS.values():
        assert set(reader.produces) <= set(LAYERS)
        assert bool(reader.produces) == (reader.read is not None)
