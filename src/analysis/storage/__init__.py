"""Frames with a schema, in and out of parquet, with where they came from.

Tables are loaded when they are first asked for: deciding that nothing changed needs the registry of
layers only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.storage.layers import LAYERS, Layer, layers_from, published_layers

if TYPE_CHECKING:
    from analysis.storage.figures import (
        Figures,
        Imported,
        Published,
        Released,
        as_figures,
        figure_key,
    )
    from analysis.storage.own_layers import known_layers
    from analysis.storage.provenance import Provenance, sha256_bytes, sha256_file
    from analysis.storage.schemas import (
        Cubes,
        Dispositions,
        Flows,
        Grids,
        ItemReceipts,
        Measures,
        Receipts,
        Refusals,
        Refused,
        Responses,
        Verbatims,
    )
    from analysis.storage.tables import (
        make_table,
        read_provenance,
        read_table,
        read_tables,
        write_parquet,
        write_table,
    )
else:

    def __getattr__(name: str) -> Any:
        """A name of one of the modules."""
        if name not in __all__:
            raise AttributeError(name)
        for module in ("figures", "own_layers", "provenance", "schemas", "tables"):
            loaded = import_module(f"analysis.storage.{module}")
            if hasattr(loaded, name):
                return getattr(loaded, name)
        raise AttributeError(name)


__all__ = [
    "LAYERS",
    "Cubes",
    "Dispositions",
    "Figures",
    "Flows",
    "Grids",
    "Imported",
    "ItemReceipts",
    "Layer",
    "Measures",
    "Provenance",
    "Published",
    "Receipts",
    "Refusals",
    "Refused",
    "Released",
    "Responses",
    "Verbatims",
    "as_figures",
    "figure_key",
    "known_layers",
    "layers_from",
    "make_table",
    "published_layers",
    "read_provenance",
    "read_table",
    "read_tables",
    "sha256_bytes",
    "sha256_file",
    "write_parquet",
    "write_table",
]
