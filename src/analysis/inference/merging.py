"""Cubes of other rows added to a cube: partitions add up, waves append, and a file of any size
passes in batches.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.cube import SINGLE, Breakdown, Cube, Margins, Table, build_cube
from analysis.inference.design import Design, Floats, Ints, Units, compact

Renumbered = list[Ints]
"""For each cube, the new number of each of its codes."""


def build_cube_from(
    batches: Iterable[pl.DataFrame],
    design: Design,
    *,
    items: Mapping[str, Sequence[int] | None],
    breakdowns: Mapping[str, str] | None = None,
    pairs: Sequence[tuple[str, str]] = (),
) -> Cube:
    """The cube of rows that come in batches: it needs the memory of one batch and of two cubes.

    Raises:
        InferenceError: as `build_cube`; or there is no batch.

    """
    result: Cube | None = None
    for batch in batches:
        cube = build_cube(batch, design, items=items, breakdowns=breakdowns, pairs=pairs)
        result = cube if result is None else merge([result, cube])
    if result is None:
        raise InferenceError(
            "A cube needs at least one batch of rows.",
            hint="the iterator gave no batch: look at its path or filter.",
        )
    return result


def merge(cubes: Sequence[Cube]) -> Cube:
    """One cube of several, whose rows are distinct.

    Clusters with the same keys are one (met in two partitions, or a panel's in two waves);
    respondents drawn one by one are added to those of their stratum. Calibrations stay those of
    their cube.

    Raises:
        InferenceError: the cubes have other items, levels, pairs, breakdowns, strata columns or
            rules.

    """
    first = cubes[0]
    for other in cubes[1:]:
        _check_alike(first, other)
    if first.units.lonely == "collapse" and first.units.population is not None:
        raise InferenceError(
            "Collapsed strata of finite populations cannot be merged.",
            hint="build one cube from all the rows.",
        )
    units, keys, unit_of = _units(cubes)
    margins = _margins(cubes, unit_of, units)
    breakdowns, tables, pairs = {}, {}, {}
    for name in first.breakdowns:
        parts = [cube.breakdowns[name] for cube in cubes]
        breakdown, cell, domain_of = _breakdown(parts, unit_of, units)
        breakdowns[name] = breakdown
        single_number = np.full(len(breakdown.cell_unit), -1, dtype=np.int64)
        single_number[breakdown.single] = np.arange(len(breakdown.single))
        starts = np.cumsum([0, *(len(part.cell_unit) for part in parts)])
        single = [
            single_number[cell[start + part.single]]
            for start, part in zip(starts[:-1], parts, strict=True)
        ]
        for item in first.levels:
            tables[item, name] = _table(
                [cube.tables[item, name] for cube in cubes],
                cell,
                breakdown,
                domain_of,
                single,
                margins,
            )
        for left, right in {pair[:2] for pair in first.pairs}:
            pairs[left, right, name] = _added(
                [cube.pairs[left, right, name] for cube in cubes], single, len(breakdown.single)
            )
    return Cube(
        first.levels,
        breakdowns,
        tables,
        units,
        keys,
        first.strata,
        margins,
        sum(cube.weighted_total for cube in cubes),
        sum(cube.rows for cube in cubes),
        pairs,
        first.nest,
    )


def _check_alike(first: Cube, other: Cube) -> None:
    same = {
        "items or levels": first.levels == other.levels,
        "pairs of items": set(first.pairs) == set(other.pairs),
        "breakdowns": set(first.breakdowns) == set(other.breakdowns),
        "design columns": (first.keys.columns, first.strata, first.nest)
        == (other.keys.columns, other.strata, other.nest),
        "rule for lonely clusters": first.units.lonely == other.units.lonely,
        "finite population": (first.units.population is None) == (other.units.population is None),
    }
    for what, alike in same.items():
        if not alike:
            raise InferenceError(
                f"These cubes cannot be merged: they differ by their {what}.",
                hint="build both from one design, with the same items and breakdowns.",
            )


def _units(cubes: Sequence[Cube]) -> tuple[Units, pl.DataFrame, Renumbered]:
    """The units of all cubes numbered together, in the order of their keys."""
    columns = cubes[0].keys.columns
    parts = [cube.keys.with_columns(_cube=pl.lit(place)) for place, cube in enumerate(cubes)]
    together = pl.concat(parts, how="vertical_relaxed")
    keys = together.select(columns).unique().sort(columns, nulls_last=True).with_row_index("_unit")
    numbered = together.join(keys, on=columns, how="left", nulls_equal=True, maintain_order="left")
    unit_of = [
        numbered.filter(pl.col("_cube") == place).get_column("_unit").to_numpy().astype(np.int64)
        for place in range(len(cubes))
    ]
    strata = list(cubes[0].strata)
    if strata:
        stratum = (
            keys.select(pl.struct(strata).rank("dense")).to_series().to_numpy().astype(np.int64) - 1
        )
    else:
        stratum = np.zeros(keys.height, dtype=np.int64)
    count = int(stratum.max()) + 1
    single = keys[SINGLE].to_numpy()
    size = np.where(single, 0, 1)
    population = None if cubes[0].units.population is None else np.zeros(count)
    for cube, numbers in zip(cubes, unit_of, strict=True):
        size[numbers] += np.where(cube.units.single, cube.units.size, 0)
        if population is not None:
            assert cube.units.population is not None
            before, given = population[stratum[numbers]], cube.units.population[cube.units.stratum]
            if ((before > 0) & (before != given)).any():
                raise InferenceError(
                    "These cubes do not say the same population of a stratum.",
                    hint="one population per stratum.",
                )
            population[stratum[numbers]] = given
    _check_units(
        cubes[0],
        keys,
        np.bincount(stratum, weights=size, minlength=count).astype(np.float64),
        population,
    )
    units = Units(stratum, size, single, count, population, cubes[0].units.lonely)
    return units.collapsed(), keys.select(columns), unit_of


def _check_units(first: Cube, keys: pl.DataFrame, size: Floats, population: Floats | None) -> None:
    """What one cube of all rows would have refused."""
    clusters = [name for name in keys.columns if name not in (*first.strata, SINGLE, "_unit")]
    if (
        clusters
        and not first.nest
        and keys.filter(~pl.col(SINGLE)).select(clusters).is_duplicated().any()
    ):
        raise InferenceError(
            "A cluster stands in two strata.",
            hint="number the clusters within strata and declare nest=True, or mend the strata.",
        )
    if population is not None and (population < size).any():
        worst = int(np.argmin(population - size))
        raise InferenceError(
            f"A stratum's population ({population[worst]:g}) is smaller than its sample "
            f"({size[worst]:g} PSU).",
            hint="the fpc column holds the number of PSU of the stratum in the population.",
        )


def _breakdown(
    parts: Sequence[Breakdown], unit_of: Renumbered, units: Units
) -> tuple[Breakdown, Ints, Renumbered]:
    """The breakdown of all cubes, the new number of each of their cells (one after another), and of
    their domains.
    """
    labels = tuple(sorted({label for part in parts for label in part.domains}))
    numbers = {label: number for number, label in enumerate(labels)}
    domain_of = [
        np.array([numbers[label] for label in part.domains], dtype=np.int64) for part in parts
    ]
    key = np.concatenate(
        [
            numbered[part.cell_unit] * len(labels) + domain[part.cell_domain]
            for part, numbered, domain in zip(parts, unit_of, domain_of, strict=True)
        ]
    )
    cell, count = compact(key, len(units.stratum) * len(labels))
    cells = np.empty(count, dtype=np.int64)
    cells[cell] = key
    unit, domain = cells // len(labels), cells % len(labels)
    added = np.bincount(
        cell, weights=np.concatenate([part.cell_psus for part in parts]), minlength=count
    )
    psus = np.where(units.single[unit], added.astype(np.int64), 1)
    return Breakdown.of(labels, unit, domain, psus, units), cell, domain_of


def _added(parts: Sequence[Floats], numbers: Renumbered, count: int) -> Floats:
    """Arrays (S, …) added up by the new numbers of their rows."""
    result = np.zeros((count, *parts[0].shape[1:]))
    for part, number in zip(parts, numbers, strict=True):
        result[number] += part  # distinct within a cube
    return result


def _table(
    parts: Sequence[Table],
    cell: Ints,
    breakdown: Breakdown,
    domain_of: Renumbered,
    single: Renumbered,
    margins: Margins | None,
) -> Table:
    starts = np.cumsum([0, *(len(part.weights) for part in parts)])
    cells = [cell[start:end] for start, end in itertools.pairwise(starts)]
    weights = _added([part.weights for part in parts], cells, len(breakdown.cell_unit))
    counts = np.zeros((len(breakdown.domains), parts[0].counts.shape[1]), dtype=np.int64)
    for part, domain in zip(parts, domain_of, strict=True):
        counts[domain] += part.counts
    squares = _added([part.squares for part in parts], single, len(breakdown.single))
    if margins is None:
        return Table(weights, counts, squares, None, None)
    size, width = len(margins.products), weights.shape[1]
    totals = np.zeros((size, len(breakdown.domains), width))
    margin_squares = np.zeros((size, len(breakdown.single), width))
    start = 0
    for part, domain, number in zip(parts, domain_of, single, strict=True):
        if part.margin_totals is not None and part.margin_squares is not None:
            end = start + len(part.margin_totals)
            totals[start:end, domain] = part.margin_totals
            margin_squares[start:end, number] = part.margin_squares
            start = end
    return Table(weights, counts, squares, totals, margin_squares)


def _margins(cubes: Sequence[Cube], unit_of: Renumbered, units: Units) -> Margins | None:
    """The margins of each cube beside one another; a cube without a calibration has none."""
    calibrated = [
        (cube, cube.margins, numbers)
        for cube, numbers in zip(cubes, unit_of, strict=True)
        if cube.margins is not None
    ]
    if not calibrated:
        return None
    size = sum(len(margins.products) for _, margins, _ in calibrated)
    weights: Floats = np.zeros((len(units.stratum), size))
    single_number = np.cumsum(units.single) - 1
    squares: Floats = np.zeros((int(units.single.sum()), size, size))
    products: Floats = np.zeros((size, size))
    groups: list[slice] = []
    start = 0
    for cube, margins, numbers in calibrated:
        end = start + len(margins.products)
        weights[numbers, start:end] = margins.unit_weights
        squares[single_number[numbers[cube.units.single]], start:end, start:end] = (
            margins.unit_squares
        )
        products[start:end, start:end] = margins.products
        groups += [slice(start + group.start, start + group.stop) for group in margins.groups]
        start = end
    return Margins(
        tuple(groups),
        weights,
        squares,
        products,
        max(margins.sweeps for _, margins, _ in calibrated),
    )
