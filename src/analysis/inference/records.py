"""A cube as a small frame, and back: what is stored of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs

from analysis.errors import InferenceError
from analysis.inference.cube import Breakdown, Cube, Margins, Table
from analysis.inference.design import Floats, Units

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
    """One row per array (name, shape, values), and two first rows of text with what is not an
    array.

    Integers are exact as floats up to 2⁵³; keys of PSU are kept as text and integers.
    """
    units, margins = cube.units, cube.margins
    keys = cube.keys.with_columns(cs.categorical().cast(pl.String), cs.enum().cast(pl.String))
    about = {
        "format": FORMAT,
        "levels": {item: list(codes) for item, codes in cube.levels.items()},
        "domains": {name: list(one.domains) for name, one in cube.breakdowns.items()},
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
    arrays: dict[str, Any] = {"stratum": units.stratum, "size": units.size, "single": units.single}
    if units.population is not None:
        arrays["population"] = units.population
    if margins is not None:
        arrays |= {f"margins|{name}": getattr(margins, name) for name in MARGIN_ARRAYS}
    for name, one in cube.breakdowns.items():
        arrays |= {
            f"{name}|unit": one.cell_unit,
            f"{name}|domain": one.cell_domain,
            f"{name}|psus": one.cell_psus,
        }
    for (item, name), table in cube.tables.items():
        held = {field: getattr(table, field) for field in TABLE_ARRAYS}
        arrays |= {
            f"{name}|{item}|{field}": array for field, array in held.items() if array is not None
        }
    arrays |= {f"{by}|{one}|{other}": array for (one, other, by), array in cube.pairs.items()}
    rows: list[dict[str, Any]] = [
        {"name": "", "text": json.dumps(about, sort_keys=True), "shape": [], "values": []},
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
    about = json.loads(record["text"][0])
    if about["format"] != FORMAT:
        raise InferenceError(
            f"This cube is stored in format {about['format']}, not {FORMAT}.",
            hint="build it again.",
        )
    held = record[2:]
    shapes = held["shape"].to_list()
    arrays: dict[str, Floats] = {
        name: held["values"][place].to_numpy().reshape(shapes[place])
        for place, name in enumerate(held["name"])
    }

    def whole(name: str) -> np.typing.NDArray[np.int64]:
        return arrays[name].astype(np.int64)

    population = arrays.get("population")
    units = Units(
        whole("stratum"),
        whole("size"),
        arrays["single"].astype(bool),
        about["stratum_count"],
        population,
        about["lonely"],
    )
    breakdowns = {
        name: Breakdown.of(
            tuple(labels),
            whole(f"{name}|unit"),
            whole(f"{name}|domain"),
            whole(f"{name}|psus"),
            units,
        )
        for name, labels in about["domains"].items()
    }
    levels = {item: tuple(codes) for item, codes in about["levels"].items()}
    tables = {
        (item, name): _table(arrays, f"{name}|{item}") for name in breakdowns for item in levels
    }
    margins = None
    if about["sweeps"] is not None:
        groups = tuple(slice(*bounds) for bounds in about["groups"])
        margins = Margins(
            groups,
            arrays["margins|unit_weights"],
            arrays["margins|unit_squares"],
            arrays["margins|products"],
            about["sweeps"],
        )
    pairs = {(one, other, by): arrays[f"{by}|{one}|{other}"] for one, other, by in about["pairs"]}
    kinds = {name: getattr(pl, kind) for name, kind in about["key_types"]}
    keys = pl.read_json(record["text"][1].encode(), schema=kinds)
    mass = float.fromhex(about["weighted_total"])
    return Cube(
        levels,
        breakdowns,
        tables,
        units,
        keys,
        tuple(about["strata"]),
        margins,
        mass,
        about["rows"],
        pairs,
        about["nest"],
    )


def _table(arrays: dict[str, Floats], prefix: str) -> Table:
    weights, counts, squares, *of_margins = (
        arrays.get(f"{prefix}|{name}") for name in TABLE_ARRAYS
    )
    assert weights is not None and counts is not None and squares is not None
    return Table(weights, counts.astype(np.int64), squares, *of_margins)
