"""Cubes of other rows added to a cube: partitions add up, waves append, and a file of any size passes in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.cube import Cube, Margins, Table, breakdown_of, build_cube
from analysis.inference.design import Design, Floats, Ints, Sample, collapsed, compact, grouped

Renumbered = list[Ints]
"""For each cube, the new number of each of its codes."""


def build_cube_from(
    batches: Iterable[pl.DataFrame],
    design: Design,
    *,
    items: Mapping[str, Sequence[int]],
    breakdowns: Mapping[str, str] | None = None,
) -> Cube:
    """The cube of rows that come in batches: it needs the memory of one batch and of two cubes.

    Raises:
        InferenceError: as `build_cube`; or there is no batch.

    """
    result: Cube | None = None
    for batch in batches:
        cube = build_cube(batch, design, items=items, breakdowns=breakdowns)
        result = cube if result is None else merge([result, cube])
    if result is None:
        raise InferenceError("A cube needs at least one batch of rows.")
    return result


def merge(cubes: Sequence[Cube]) -> Cube:
    """One cube of several, whose rows are distinct.

    PSU with the same keys are one PSU (a cluster met in two partitions, a panel's in two waves); without clusters each
    respondent stays its own. Calibrations stay those of their cube.

    Raises:
        InferenceError: the cubes have other items, levels, breakdowns, strata columns or rules.

    """
    first = cubes[0]
    for other in cubes[1:]:
        _check_alike(first, other)
    if first.sample.lonely == "collapse" and first.sample.population is not None:
        raise InferenceError("Collapsed strata of finite populations cannot be merged.", hint="build one cube from all the rows.")
    sample, keys, psu_of = _samples(cubes)
    margins = _margins(cubes, psu_of, sample.psus)
    breakdowns, tables = {}, {}
    for name in first.breakdowns:
        labels = tuple(sorted({label for cube in cubes for label in cube.breakdowns[name].domains}))
        numbers = {label: number for number, label in enumerate(labels)}
        domain_of = [np.array([numbers[label] for label in cube.breakdowns[name].domains], dtype=np.int64) for cube in cubes]
        keyed = [
            psu_of[place][cube.breakdowns[name].cell_psu] * len(labels) + domain_of[place][cube.breakdowns[name].cell_domain]
            for place, cube in enumerate(cubes)
        ]
        keys_of = np.concatenate(keyed)
        cell, count = compact(keys_of, sample.psus * len(labels))
        cells = np.empty(count, dtype=np.int64)
        cells[cell] = keys_of
        breakdowns[name] = breakdown_of(labels, cells // len(labels), cells % len(labels), sample)
        for item in first.levels:
            parts = [cube.tables[item, name] for cube in cubes]
            tables[item, name] = _table(parts, cell, len(cells), domain_of, len(labels), margins)
    return Cube(
        first.levels, breakdowns, tables, sample, keys, first.strata, margins,
        sum(cube.weighted_total for cube in cubes), sum(cube.rows for cube in cubes),
    )  # fmt: skip


def _check_alike(first: Cube, other: Cube) -> None:
    same = {
        "items or levels": first.levels == other.levels,
        "breakdowns": set(first.breakdowns) == set(other.breakdowns),
        "design columns": first.psu_keys.columns == other.psu_keys.columns and first.strata == other.strata,
        "rule for lonely clusters": first.sample.lonely == other.sample.lonely,
        "finite population": (first.sample.population is None) == (other.sample.population is None),
    }
    for what, alike in same.items():
        if not alike:
            raise InferenceError(f"These cubes cannot be merged: they differ by their {what}.")


def _samples(cubes: Sequence[Cube]) -> tuple[Sample, pl.DataFrame, Renumbered]:
    """The PSU of all cubes numbered together, in the order of their keys."""
    columns = cubes[0].psu_keys.columns
    parts, shift = [], 0
    for place, cube in enumerate(cubes):
        parts.append(cube.psu_keys.with_columns(pl.col("_row") + shift, _cube=pl.lit(place)))
        shift += cube.rows
    together = pl.concat(parts)
    keys = together.select(columns).unique().sort(columns, nulls_last=True).with_row_index("_psu")
    numbered = together.join(keys, on=columns, how="left", nulls_equal=True, maintain_order="left")
    psu_of = [
        numbered.filter(pl.col("_cube") == place).get_column("_psu").to_numpy().astype(np.int64) for place in range(len(cubes))
    ]
    strata = list(cubes[0].strata)
    if strata:
        stratum = keys.select(pl.struct(strata).rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    else:
        stratum = np.zeros(keys.height, dtype=np.int64)
    size = int(stratum.max()) + 1
    population = None
    if cubes[0].sample.population is not None:
        population = np.zeros(size)
        for place, cube in enumerate(cubes):
            assert cube.sample.population is not None
            population[stratum[psu_of[place]]] = cube.sample.population[cube.sample.psu_stratum]
    if cubes[0].sample.lonely == "collapse":
        merged = collapsed(np.bincount(stratum, minlength=size))
        stratum, size = merged[stratum], int(merged.max()) + 1
    sample = Sample(np.empty(0), np.empty(0, dtype=np.int64), stratum, size, population, cubes[0].sample.lonely)
    return sample, keys.select(columns), psu_of


def _table(parts: Sequence[Table], cell: Ints, cells: int, domain_of: Renumbered, domains: int, margins: Margins | None) -> Table:
    weights = grouped(cell, np.concatenate([part.weights for part in parts]), cells)
    levels = parts[0].counts.shape[1]
    counts = np.zeros((domains, levels), dtype=np.int64)
    shares = None if margins is None else np.zeros((len(margins.products), domains, levels))
    start = 0
    for part, domain in zip(parts, domain_of, strict=True):
        np.add.at(counts, domain, part.counts)
        if shares is not None and part.margin_counts is not None:
            end = start + len(part.margin_counts)
            shares[start:end, domain] = part.margin_counts
            start = end
    return Table(weights, counts, shares)


def _margins(cubes: Sequence[Cube], psu_of: Renumbered, psus: int) -> Margins | None:
    """The margins of each cube beside one another; a cube without a calibration has none."""
    calibrated = [(cube.margins, numbers) for cube, numbers in zip(cubes, psu_of, strict=True) if cube.margins is not None]
    if not calibrated:
        return None
    size = sum(len(margins.products) for margins, _ in calibrated)
    weights: Floats = np.zeros((psus, size))
    products: Floats = np.zeros((size, size))
    groups: list[slice] = []
    start = 0
    for margins, numbers in calibrated:
        end = start + len(margins.products)
        weights[numbers, start:end] = margins.psu_weights
        products[start:end, start:end] = margins.products
        groups += [slice(start + group.start, start + group.stop) for group in margins.groups]
        start = end
    return Margins(tuple(groups), weights, products, max(margins.sweeps for margins, _ in calibrated))
