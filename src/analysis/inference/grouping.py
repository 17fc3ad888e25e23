"""The cube's grouping step written once, in Narwhals, for any engine: Polars, DuckDB, Dask.

An engine adds up weights and counts by unit (a cluster, or the respondents drawn one by one in a
stratum) and domain, wherever the rows are; the small tables that come back become the same cube as
the numpy kernel makes on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.cube import SINGLE, TOTAL, Breakdown, Cube, Table
from analysis.inference.design import Design, Floats, Ints, Units, codes

WEIGHT = "_w"


def build_cube_with(
    frame: Any,
    design: Design,
    *,
    items: Mapping[str, Sequence[int]],
    breakdowns: Mapping[str, str] | None = None,
) -> Cube:
    """The cube of a frame of any engine that Narwhals knows (a Polars frame, a DuckDB relation, a
    Dask frame).

    Raises:
        InferenceError: the design has a finite population or mixes clusters with respondents drawn
            one by one, or a weight is missing, zero or negative.

    """
    if design.fpc is not None or design.single is not None:
        raise InferenceError(
            "An engine groups by the columns of clusters and strata alone: this design has more.",
            hint="use `build_cube_from`.",
        )
    keys = list(dict.fromkeys([*design.strata, *design.clusters]))
    rows = nw.from_native(frame).lazy()
    weighted = rows.with_columns(
        (nw.lit(1.0) if design.weights is None else nw.col(design.weights)).alias(WEIGHT)
    )
    _check_weights(weighted)
    names = {TOTAL: None, **(breakdowns or {})}
    groups = {name: _grouped(weighted, keys, column, items) for name, column in names.items()}
    return _assembled(groups, design, keys, {item: tuple(levels) for item, levels in items.items()})


def _check_weights(rows: nw.LazyFrame[Any]) -> None:
    bad = rows.select(
        ((nw.col(WEIGHT).is_null()) | ~((nw.col(WEIGHT) > 0) & nw.col(WEIGHT).is_finite()))
        .cast(nw.Int64)
        .sum()
        .alias("bad")
    )
    count = int(nw.to_native(bad.collect("polars"))["bad"][0] or 0)
    if count:
        raise InferenceError(
            f"{count} weights are missing, zero or negative.",
            hint=(
                "every row has a positive weight; drop no row: give it the weight it was drawn "
                "with."
            ),
        )


def _grouped(
    rows: nw.LazyFrame[Any], keys: list[str], by: str | None, items: Mapping[str, Sequence[int]]
) -> pl.DataFrame:
    """One row per unit and domain, with the sums of weights, of their squares and the counts of
    each item and level.
    """
    products: list[nw.Expr] = [nw.lit(1).cast(nw.Int64).alias("_rows")]
    columns = ["_rows"]
    for item, levels in items.items():
        for place, level in enumerate(levels):
            hit = (nw.col(item) == level).fill_null(value=False)
            kinds = {"w": nw.col(WEIGHT), "s": nw.col(WEIGHT) * nw.col(WEIGHT), "n": nw.lit(1.0)}
            for kind, value in kinds.items():
                columns.append(f"{item}|{kind}|{place}")
                products.append(nw.when(hit).then(value).otherwise(nw.lit(0.0)).alias(columns[-1]))
    inside = rows if by is None else rows.filter(~nw.col(by).is_null())
    keyed = inside.with_columns(*products)
    # A column may be both a key and a domain: the domain gets a name of its own.
    keyed = keyed.with_columns(
        (nw.lit("") if by is None else nw.col(by).cast(nw.String)).alias("_domain")
    )
    sums = keyed.group_by([*keys, "_domain"]).agg(
        *(nw.col(column).sum() for column in columns), nw.col(WEIGHT).sum().alias("_mass")
    )
    # collected as polars
    return nw.to_native(sums.collect("polars"))  # type: ignore[no-any-return]


def _assembled(
    groups: Mapping[str, pl.DataFrame],
    design: Design,
    keys: list[str],
    items: Mapping[str, tuple[int, ...]],
) -> Cube:
    whole = groups[TOTAL].sort(keys) if keys else groups[TOTAL]
    unit, units = _units(whole, design)
    order = np.argsort(unit)
    unit_keys = whole.select(*keys, pl.lit(not design.clusters).alias(SINGLE))[order]
    numbers = whole.select(*keys, _key=pl.lit(0)).with_columns(_unit=pl.Series(unit))
    found: dict[str, Breakdown] = {}
    tables: dict[tuple[str, str], Table] = {}
    for name, group in groups.items():
        joined = group.with_columns(
            pl.when(pl.lit(name == TOTAL))
            .then(pl.lit(TOTAL))
            .otherwise("_domain")
            .alias("_domain"),
            _key=pl.lit(0),
        ).join(numbers, on=[*keys, "_key"], how="left")
        domain, _ = codes(joined, ("_domain",))
        labels = tuple(joined.get_column("_domain").unique().sort())
        cell = np.lexsort((domain, joined["_unit"].to_numpy()))
        joined, domain = joined[cell], domain[cell]
        place = joined["_unit"].to_numpy().astype(np.int64)
        psus = np.where(units.single[place], joined["_rows"].to_numpy(), 1).astype(np.int64)
        found[name] = Breakdown.of(labels, place, domain, psus, units)
        for item, levels in items.items():
            tables[item, name] = _table(joined, domain, found[name], item, len(levels))
    mass, rows = float(whole["_mass"].sum()), int(whole["_rows"].sum())
    return Cube(
        dict(items),
        found,
        tables,
        units,
        unit_keys,
        design.strata,
        None,
        mass,
        rows,
        nest=design.nest,
    )


def _units(whole: pl.DataFrame, design: Design) -> tuple[Ints, Units]:
    """The unit of each row of the table of everybody, and the units."""
    placed = Design(
        strata=design.strata, clusters=design.clusters, lonely=design.lonely, nest=design.nest
    )
    if design.clusters:
        sample = placed.sample(whole)
        return sample.psu, sample.units
    stratum, strata = codes(whole, design.strata)
    size = np.empty(strata, dtype=np.int64)
    size[stratum] = whole["_rows"].to_numpy()
    every = np.arange(strata)
    return stratum, Units(
        every, size, np.ones(strata, dtype=bool), strata, None, design.lonely
    ).collapsed()


def _table(
    group: pl.DataFrame, domain: Ints, breakdown: Breakdown, item: str, levels: int
) -> Table:
    def sums(kind: str) -> Floats:
        return (
            group.select(f"{item}|{kind}|{place}" for place in range(levels))
            .to_numpy()
            .astype(np.float64)
        )

    counts = np.zeros((len(breakdown.domains), levels), dtype=np.int64)
    np.add.at(counts, domain, sums("n").astype(np.int64))
    squares = sums("s")[breakdown.single][:, :, None] * np.eye(levels)
    return Table(sums("w"), counts, squares, None, None)
