"""The cube's grouping step written once, in Narwhals, for any engine: Polars, DuckDB, Dask.

An engine adds up weights and counts by cluster and domain, wherever the rows are; the small tables that come back become
the same cube as the numpy kernel makes on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.cube import TOTAL, Breakdown, Cube, Table, breakdown_of
from analysis.inference.design import Design, Ints, Sample, codes

WEIGHT = "_w"


def build_cube_with(
    frame: Any,
    design: Design,
    *,
    items: Mapping[str, Sequence[int]],
    breakdowns: Mapping[str, str] | None = None,
) -> Cube:
    """The cube of a frame of any engine that Narwhals knows (a Polars frame, a DuckDB relation, a Dask frame).

    Raises:
        InferenceError: the design has no clusters (respondents would come back one by one) or a finite population, or
            a weight is missing, zero or negative.

    """
    if not design.clusters or design.fpc is not None:
        raise InferenceError(
            "An engine groups by cluster: this design has none, or a finite population.", hint="use `build_cube_from`."
        )
    keys = list(dict.fromkeys([*design.strata, *design.clusters]))
    rows = nw.from_native(frame).lazy()
    weighted = rows.with_columns((nw.lit(1.0) if design.weights is None else nw.col(design.weights)).alias(WEIGHT))
    _check_weights(weighted)
    names = {TOTAL: None, **(breakdowns or {})}
    groups = {name: _grouped(weighted, keys, column, items) for name, column in names.items()}
    return _assembled(groups, design, keys, {item: tuple(levels) for item, levels in items.items()})


def _check_weights(rows: nw.LazyFrame[Any]) -> None:
    bad = rows.select(((nw.col(WEIGHT).is_null()) | ~(nw.col(WEIGHT) > 0)).cast(nw.Int64).sum().alias("bad"))
    count = int(nw.to_native(bad.collect("polars"))["bad"][0] or 0)
    if count:
        raise InferenceError(f"{count} weights are missing, zero or negative.")


def _grouped(rows: nw.LazyFrame[Any], keys: list[str], by: str | None, items: Mapping[str, Sequence[int]]) -> pl.DataFrame:
    """One row per cluster and domain, with the sums of weights and the counts of each item and level."""
    products: list[nw.Expr] = [nw.lit(1).cast(nw.Int64).alias("_rows")]
    for item, levels in items.items():
        for place, level in enumerate(levels):
            hit = (nw.col(item) == level).fill_null(value=False)
            products.append(nw.when(hit).then(nw.col(WEIGHT)).otherwise(nw.lit(0.0)).alias(f"{item}|w|{place}"))
            products.append(nw.when(hit).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias(f"{item}|n|{place}"))
    columns = [
        "_rows",
        *(f"{item}|{kind}|{place}" for item, levels in items.items() for place in range(len(levels)) for kind in "wn"),
    ]
    inside = rows if by is None else rows.filter(~nw.col(by).is_null())
    keyed = inside.with_columns(*products)
    # A column may be both a key and a domain: the domain gets a name of its own.
    keyed = keyed.with_columns((nw.lit("") if by is None else nw.col(by).cast(nw.String)).alias("_domain"))
    sums = keyed.group_by([*keys, "_domain"]).agg(
        *(nw.col(column).sum() for column in columns), nw.col(WEIGHT).sum().alias("_mass")
    )
    return nw.to_native(sums.collect("polars"))  # type: ignore[no-any-return]  # collected as polars


def _assembled(groups: Mapping[str, pl.DataFrame], design: Design, keys: list[str], items: Mapping[str, tuple[int, ...]]) -> Cube:
    whole = groups[TOTAL].sort(keys)
    placed = Design(strata=design.strata, clusters=design.clusters, lonely=design.lonely, nest=design.nest).sample(whole)
    order = np.argsort(placed.psu)
    sample = Sample(np.empty(0), np.empty(0, dtype=np.int64), placed.psu_stratum, placed.strata, None, design.lonely)
    psu_keys = whole.select(keys)[order].with_columns(_row=pl.lit(None, dtype=pl.Int64))
    numbers = whole.select(keys).with_columns(_psu=pl.Series(placed.psu))
    found: dict[str, Breakdown] = {}
    tables: dict[tuple[str, str], Table] = {}
    for name, group in groups.items():
        joined = group.join(numbers, on=keys, how="left").with_columns(
            pl.when(pl.lit(name == TOTAL)).then(pl.lit(TOTAL)).otherwise("_domain").alias("_domain")
        )
        domain, _ = codes(joined, ("_domain",))
        labels = tuple(joined.get_column("_domain").unique().sort())
        cell = np.lexsort((domain, joined["_psu"].to_numpy()))
        joined, domain = joined[cell], domain[cell]
        found[name] = breakdown_of(labels, joined["_psu"].to_numpy().astype(np.int64), domain, sample)
        for item, levels in items.items():
            tables[item, name] = _table(joined, domain, len(labels), item, len(levels))
    return Cube(
        dict(items), found, tables, sample, psu_keys, design.strata, None, float(whole["_mass"].sum()), int(whole["_rows"].sum())
    )


def _table(group: pl.DataFrame, domain: Ints, domains: int, item: str, levels: int) -> Table:
    weights = group.select(f"{item}|w|{place}" for place in range(levels)).to_numpy().astype(np.float64)
    spare = group["_mass"].to_numpy() - weights.sum(axis=1)
    counts = np.zeros((domains, levels), dtype=np.int64)
    np.add.at(counts, domain, group.select(f"{item}|n|{place}" for place in range(levels)).to_numpy().astype(np.int64))
    return Table(np.hstack([weights, spare[:, None]]), counts, None)
