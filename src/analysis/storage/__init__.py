"""Frames with a schema, in and out of parquet, with where they came from."""

from analysis.storage.provenance import Provenance, sha256_bytes, sha256_file
from analysis.storage.schemas import (
    Collection,
    Cubes,
    Estimates,
    ItemReceipts,
    Receipts,
    Refused,
    Released,
    Responses,
    Verbatims,
)
from analysis.storage.tables import read_provenance, read_table, write_parquet, write_table

__all__ = [
    "Collection",
    "Cubes",
    "Estimates",
    "ItemReceipts",
    "Provenance",
    "Receipts",
    "Refused",
    "Released",
    "Responses",
    "Verbatims",
    "read_provenance",
    "read_table",
    "sha256_bytes",
    "sha256_file",
    "write_parquet",
    "write_table",
]
