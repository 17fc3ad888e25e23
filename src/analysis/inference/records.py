"""A cube as a small frame, and back: what is stored of it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.cube import Breakdown, Cube, Margins, Table
from analysis.inference.design import Floats, Sample

FORMAT = 1
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "name": pl.String,
    "text": pl.String,
    "shape": pl.List(pl.Int64),
    "values": pl.List(pl.Float64),
}


def to_record(cube: Cube) -> pl.DataFrame:
    """One row per array (name, shape, values), and a first row of text with what is not an array.

    Integers are exact as floats up to 2⁵³; keys of PSU are kept as text and integers.
    """
    about = {
        "format": FORMAT,
        "levels": {item: list(codes) for item, codes in cube.levels.items()},
        "domains": {name: list(one.domains) for name, one in cube.breakdowns.items()},
        "strata": list(cube.strata),
        "lonely": cube.sample.lonely,
        "stratum_count": cube.sample.strata,
        "weighted_total": cube.weighted_total.hex(),
        "rows": cube.rows,
        "groups": [] if cube.margins is None else [[group.start, group.stop] for group in cube.margins.groups],
        "sweeps": None if cube.margins is None else cube.margins.sweeps,
        "keys": json.loads(cube.psu_keys.write_json()),
        "key_types": [[name, str(kind)] for name, kind in cube.psu_keys.schema.items()],
    }
    arrays: dict[str, Any] = {"psu_stratum": cube.sample.psu_stratum}
    if cube.sample.population is not None:
        arrays["population"] = cube.sample.population
    if cube.margins is not None:
        arrays |= {"margin_weights": cube.margins.psu_weights, "margin_products": cube.margins.products}
    for name, one in cube.breakdowns.items():
        arrays |= {f"{name}|psu": one.cell_psu, f"{name}|domain": one.cell_domain, f"{name}|df": one.df}
    for (item, name), table in cube.tables.items():
        arrays |= {f"{name}|{item}|w": table.weights, f"{name}|{item}|n": table.counts}
        if table.margin_counts is not None:
            arrays[f"{name}|{item}|m"] = table.margin_counts
    rows: list[dict[str, Any]] = [{"name": "", "text": json.dumps(about, sort_keys=True), "shape": [], "values": []}]
    rows += [
        {"name": name, "text": "", "shape": list(array.shape), "values": np.asarray(array, dtype=np.float64).ravel().tolist()}
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
        raise InferenceError(f"This cube is stored in format {about['format']}, not {FORMAT}.", hint="build it again.")
    arrays: dict[str, Floats] = {
        row["name"]: np.array(row["values"], dtype=np.float64).reshape(row["shape"]) for row in record[1:].iter_rows(named=True)
    }

    def whole(name: str) -> np.typing.NDArray[np.int64]:
        return arrays[name].astype(np.int64)

    breakdowns = {
        name: Breakdown(tuple(labels), whole(f"{name}|psu"), whole(f"{name}|domain"), whole(f"{name}|df"))
        for name, labels in about["domains"].items()
    }
    levels = {item: tuple(codes) for item, codes in about["levels"].items()}
    tables = {
        (item, name): Table(arrays[f"{name}|{item}|w"], whole(f"{name}|{item}|n"), arrays.get(f"{name}|{item}|m"))
        for name in breakdowns
        for item in levels
    }
    margins = None
    if about["sweeps"] is not None:
        groups = tuple(slice(*bounds) for bounds in about["groups"])
        margins = Margins(groups, arrays["margin_weights"], arrays["margin_products"], about["sweeps"])
    sample = Sample(
        np.empty(0), np.empty(0, dtype=np.int64), whole("psu_stratum"), about["stratum_count"], arrays.get("population"),
        about["lonely"],
    )  # fmt: skip
    kinds = {name: getattr(pl, kind) for name, kind in about["key_types"]}
    keys = pl.DataFrame(about["keys"], schema_overrides=kinds) if about["keys"] else pl.DataFrame(schema=kinds)
    mass = float.fromhex(about["weighted_total"])
    return Cube(
        levels, breakdowns, tables, sample, keys.select(list(kinds)), tuple(about["strata"]), margins, mass, about["rows"]
    )
