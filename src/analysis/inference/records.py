"""A cube stored as a small frame, and read back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.cube import CalibrationMargins, Cube, Domains, Table
from analysis.inference.units import Units

FORMAT = 2
TABLE_ARRAYS = ("weights", "counts", "squares", "margin_totals", "margin_squares")
MARGIN_ARRAYS = ("unit_weights", "unit_squares", "products")
KEYS = "_keys"
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "name": pl.String,
    "text": pl.String,
    "shape": pl.List(pl.Int64),
    "values": pl.List(pl.Float64),
}


def to_record(cube: Cube) -> pl.DataFrame:
    """The record of a cube: one row per array (name, shape, values), after two rows of text for
    what is not an array.

    Integers are exact as floats up to 2⁵³; keys of PSU are kept as text and integers.
    """
    units, margins = cube.units, cube.margins
    keys = cube.keys.with_columns(cs.categorical().cast(pl.String), cs.enum().cast(pl.String))
    description = {
        "format": FORMAT,
        "levels": {item: list(codes) for item, codes in cube.levels.items()},
        "domains": {name: list(domains.labels) for name, domains in cube.breakdowns.items()},
        "strata": list(cube.strata),
        "nest": cube.nest,
        "lonely": units.lonely,
        "stratum_count": units.strata,
        "weighted_total": cube.weighted_total.hex(),
        "rows": cube.rows,
        "pairs": sorted(cube.pairs),
        "groups": []
        if margins is None
        else [[group.start, group.stop] for group in margins.groups],
        "sweeps": None if margins is None else margins.sweeps,
        "key_types": [[name, str(kind)] for name, kind in keys.schema.items()],
    }
    arrays: dict[str, Any] = {
        "stratum": units.stratum,
        "size": units.size,
        "single": units.element_sampled,
    }
    if units.population is not None:
        arrays["population"] = units.population
    if margins is not None:
        arrays |= {f"margins|{name}": getattr(margins, name) for name in MARGIN_ARRAYS}
    for name, domains in cube.breakdowns.items():
        arrays |= {
            f"{name}|unit": domains.cell_unit,
            f"{name}|domain": domains.cell_domain,
            f"{name}|psus": domains.cell_psus,
        }
    for (item, name), table in cube.tables.items():
        fields = {field: getattr(table, field) for field in TABLE_ARRAYS}
        arrays |= {
            f"{name}|{item}|{field}": array for field, array in fields.items() if array is not None
        }
    arrays |= {f"{by}|{first}|{second}": array for (first, second, by), array in cube.pairs.items()}
    rows: list[dict[str, Any]] = [
        {"name": "", "text": json.dumps(description, sort_keys=True), "shape": [], "values": []},
        {"name": KEYS, "text": keys.write_json(), "shape": [], "values": []},
    ]
    rows += [
        {
            "name": name,
            "text": "",
            "shape": list(array.shape),
            "values": np.asarray(array, dtype=np.float64).ravel().tolist(),
        }
        for name, array in arrays.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def from_record(record: pl.DataFrame) -> Cube:
    """The cube that a record holds.

    Raises:
        InferenceError: the record is of another format.

    """
    description = json.loads(record["text"][0])
    if description["format"] != FORMAT:
        raise InferenceError(
            f"This cube is stored in format {description['format']}, not {FORMAT}.",
            hint="build it again.",
        )
    stored = record[2:]
    shapes = stored["shape"].to_list()
    arrays: dict[str, Floats] = {
        name: stored["values"][row].to_numpy().reshape(shapes[row])
        for row, name in enumerate(stored["name"])
    }

    def integers(name: str) -> Ints:
        return arrays[name].astype(np.int64)

    units = Units(
        stratum=integers("stratum"),
        size=integers("size"),
        element_sampled=arrays["single"].astype(bool),
        strata=description["stratum_count"],
        population=arrays.get("population"),
        lonely=description["lonely"],
    )
    breakdowns = {
        name: Domains.from_cells(
            tuple(labels),
            cell_unit=integers(f"{name}|unit"),
            cell_domain=integers(f"{name}|domain"),
            cell_psus=integers(f"{name}|psus"),
            units=units,
        )
        for name, labels in description["domains"].items()
    }
    levels = {item: tuple(codes) for item, codes in description["levels"].items()}
    margins = None
    if description["sweeps"] is not None:
        margins = CalibrationMargins(
            groups=tuple(slice(*bounds) for bounds in description["groups"]),
            **{name: arrays[f"margins|{name}"] for name in MARGIN_ARRAYS},
            sweeps=description["sweeps"],
        )
    column_types = {name: getattr(pl, kind) for name, kind in description["key_types"]}
    return Cube(
        levels=levels,
        breakdowns=breakdowns,
        tables={
            (item, name): _table(arrays, f"{name}|{item}") for name in breakdowns for item in levels
        },
        units=units,
        keys=pl.read_json(record["text"][1].encode(), schema=column_types),
        strata=tuple(description["strata"]),
        margins=margins,
        weighted_total=float.fromhex(description["weighted_total"]),
        rows=description["rows"],
        pairs={
            (first, second, by): arrays[f"{by}|{first}|{second}"]
            for first, second, by in description["pairs"]
        },
        nest=description["nest"],
    )


def _table(arrays: dict[str, Floats], prefix: str) -> Table:
    """The table whose arrays have names of this prefix."""
    return Table(
        weights=arrays[f"{prefix}|weights"],
        counts=arrays[f"{prefix}|counts"].astype(np.int64),
        squares=arrays[f"{prefix}|squares"],
        margin_totals=arrays.get(f"{prefix}|margin_totals"),
        margin_squares=arrays.get(f"{prefix}|margin_squares"),
    )
