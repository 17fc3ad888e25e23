"""The cube's grouping step written once, in Narwhals, for any engine: Polars, DuckDB, Dask.

An engine sums weights and counts by unit (a cluster, or the element-sampled respondents of a
stratum) and domain, wherever the rows are; the small tables that come back become the same cube as
the numpy kernel makes on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints
from analysis.inference.cube import ELEMENT_SAMPLED, TOTAL, Cube, Domains, Table
from analysis.inference.design import Design, combination_codes
from analysis.inference.units import Units

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
        InferenceError: the design has a finite population or mixes clusters with element-sampled
            respondents, or a weight is missing, infinite, zero or negative.

    """
    if design.fpc is not None or design.element_sampled is not None:
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
    columns = {TOTAL: None, **(breakdowns or {})}
    groups = {
        name: _group_by_unit(weighted, keys, by=column, items=items)
        for name, column in columns.items()
    }
    levels = {item: tuple(codes) for item, codes in items.items()}
    return _assemble_cube(groups, design, keys=keys, levels=levels)


def _check_weights(rows: nw.LazyFrame[Any]) -> None:
    """Checks that each row has a positive finite weight.

    Raises:
        InferenceError: some have not; the message counts them.

    """
    invalid = rows.select(
        ((nw.col(WEIGHT).is_null()) | ~((nw.col(WEIGHT) > 0) & nw.col(WEIGHT).is_finite()))
        .cast(nw.Int64)
        .sum()
        .alias("bad")
    )
    count = int(nw.to_native(invalid.collect("polars"))["bad"][0] or 0)
    if count:
        raise InferenceError(
            f"{count} weights are missing, zero or negative.",
            hint=(
                "every row has a positive weight; drop no row: give it the weight it was drawn "
                "with."
            ),
        )


def _group_by_unit(
    rows: nw.LazyFrame[Any],
    keys: list[str],
    *,
    by: str | None,
    items: Mapping[str, Sequence[int]],
) -> pl.DataFrame:
    """One row per unit and domain that occur, for each item and level with the sum of weights
    (`item|w|rank`), of their squares (`item|s|rank`) and the count (`item|n|rank`).
    """
    products: list[nw.Expr] = [nw.lit(1).cast(nw.Int64).alias("_rows")]
    columns = ["_rows"]
    for item, levels in items.items():
        for rank, level in enumerate(levels):
            at_level = (nw.col(item) == level).fill_null(value=False)
            sums = {"w": nw.col(WEIGHT), "s": nw.col(WEIGHT) * nw.col(WEIGHT), "n": nw.lit(1.0)}
            for kind, value in sums.items():
                columns.append(f"{item}|{kind}|{rank}")
                product = nw.when(at_level).then(value).otherwise(nw.lit(0.0))
                products.append(product.alias(columns[-1]))
    with_domain = rows if by is None else rows.filter(~nw.col(by).is_null())
    keyed = with_domain.with_columns(*products)
    # A column may be both a key and a domain: the domain gets a name of its own.
    keyed = keyed.with_columns(
        (nw.lit("") if by is None else nw.col(by).cast(nw.String)).alias("_domain")
    )
    grouped = keyed.group_by([*keys, "_domain"]).agg(
        *(nw.col(column).sum() for column in columns), nw.col(WEIGHT).sum().alias("_mass")
    )
    return nw.to_native(grouped.collect("polars"))  # type: ignore[no-any-return]  # collected as polars


def _assemble_cube(
    groups: Mapping[str, pl.DataFrame],
    design: Design,
    *,
    keys: list[str],
    levels: Mapping[str, tuple[int, ...]],
) -> Cube:
    """The cube of the tables that an engine made, one per breakdown."""
    overall = groups[TOTAL].sort(keys) if keys else groups[TOTAL]
    unit, units = _unit_codes(overall, design)
    unit_keys = overall.select(*keys, pl.lit(not design.clusters).alias(ELEMENT_SAMPLED))
    coded = overall.select(*keys, _key=pl.lit(0)).with_columns(_unit=pl.Series(unit))
    breakdowns: dict[str, Domains] = {}
    tables: dict[tuple[str, str], Table] = {}
    for name, group in groups.items():
        joined = group.with_columns(
            pl.when(pl.lit(name == TOTAL))
            .then(pl.lit(TOTAL))
            .otherwise("_domain")
            .alias("_domain"),
            _key=pl.lit(0),
        ).join(coded, on=[*keys, "_key"], how="left")
        domain, _ = combination_codes(joined, ("_domain",))
        in_order = np.lexsort((domain, joined["_unit"].to_numpy()))
        joined, domain = joined[in_order], domain[in_order]
        cell_unit = joined["_unit"].to_numpy().astype(np.int64)
        psus = np.where(units.element_sampled[cell_unit], joined["_rows"].to_numpy(), 1)
        breakdowns[name] = Domains.from_cells(
            tuple(joined.get_column("_domain").unique().sort()),
            cell_unit=cell_unit,
            cell_domain=domain,
            cell_psus=psus.astype(np.int64),
            units=units,
        )
        for item, codes in levels.items():
            tables[item, name] = _item_table(joined, breakdowns[name], item, levels=len(codes))
    return Cube(
        levels=dict(levels),
        breakdowns=breakdowns,
        tables=tables,
        units=units,
        keys=unit_keys[np.argsort(unit)],
        strata=design.strata,
        margins=None,
        weighted_total=float(overall["_mass"].sum()),
        rows=int(overall["_rows"].sum()),
        nest=design.nest,
    )


def _unit_codes(overall: pl.DataFrame, design: Design) -> tuple[Ints, Units]:
    """(rows,) the unit of each row of the table of breakdown `total`, and the units."""
    if design.clusters:
        unweighted = replace(design, weights=None)
        sample = unweighted.sample(overall)
        return sample.psu, sample.units
    stratum, strata = combination_codes(overall, design.strata)
    size = np.empty(strata, dtype=np.int64)
    size[stratum] = overall["_rows"].to_numpy()
    units = Units(
        stratum=np.arange(strata),
        size=size,
        element_sampled=np.ones(strata, dtype=bool),
        strata=strata,
        population=None,
        lonely=design.lonely,
    )
    return stratum, units.collapse_lonely()


def _item_table(cells: pl.DataFrame, domains: Domains, item: str, *, levels: int) -> Table:
    """The totals of one item of so many levels; `cells` has one row per cell, in their order."""

    def sums(kind: str) -> Floats:
        columns = [f"{item}|{kind}|{rank}" for rank in range(levels)]
        return cells.select(columns).to_numpy().astype(np.float64)

    counts = np.zeros((len(domains.labels), levels), dtype=np.int64)
    np.add.at(counts, domains.cell_domain, sums("n").astype(np.int64))
    return Table(
        weights=sums("w"),
        counts=counts,
        squares=sums("s")[domains.element_cells][:, :, None] * np.eye(levels),
        margin_totals=None,
        margin_squares=None,
    )
