"""Merging cubes: parts of one sample add up, waves are appended, and files of any size pass in
batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints, compact_codes
from analysis.inference.building import build_cube
from analysis.inference.cube import ELEMENT_SAMPLED, CalibrationMargins, Cube, Domains, Table
from analysis.inference.design import Design
from analysis.inference.units import Units

NewCodes = list[Ints]
"""For each cube, the new code of each of its codes."""


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
    """The cube of all the rows of several cubes, which must have no row in common.

    Clusters with the same keys are one (met in two partitions, or a panel's in two waves);
    element-sampled respondents are added to those of their stratum. Calibrations stay those of
    their cube.

    Raises:
        InferenceError: the cubes have other items, levels, pairs, breakdowns, strata columns or
            rules.

    """
    first = cubes[0]
    for other in cubes[1:]:
        _check_same_content(first, other)
    if first.units.lonely == "collapse" and first.units.population is not None:
        raise InferenceError(
            "Collapsed strata of finite populations cannot be merged.",
            hint="build one cube from all the rows.",
        )
    units, keys, unit_of = _merge_units(cubes)
    margins = _merge_margins(cubes, unit_of, units)
    breakdowns, tables, pairs = {}, {}, {}
    for name in first.breakdowns:
        merged = _merge_domains([cube.breakdowns[name] for cube in cubes], unit_of, units)
        breakdowns[name] = merged.domains
        for item in first.levels:
            parts = [cube.tables[item, name] for cube in cubes]
            tables[item, name] = _merge_tables(parts, merged, margins)
        for left, right in {pair[:2] for pair in first.pairs}:
            pairs[left, right, name] = _sum_by_new_code(
                [cube.pairs[left, right, name] for cube in cubes],
                merged.element_cell_of,
                len(merged.domains.element_cells),
            )
    return Cube(
        levels=first.levels,
        breakdowns=breakdowns,
        tables=tables,
        units=units,
        keys=keys,
        strata=first.strata,
        margins=margins,
        weighted_total=sum(cube.weighted_total for cube in cubes),
        rows=sum(cube.rows for cube in cubes),
        pairs=pairs,
        nest=first.nest,
    )


@dataclass(frozen=True)
class _MergedDomains:
    """The domains of all cubes in one breakdown.

    Attributes:
        domains: The domains.
        domain_of, cell_of, element_cell_of: For each cube, the new codes of its domains, of its
            cells, and of its element-sampled cells among such cells.

    """

    domains: Domains
    domain_of: NewCodes
    cell_of: NewCodes
    element_cell_of: NewCodes


def _check_same_content(first: Cube, other: Cube) -> None:
    """Checks that two cubes have the same items, breakdowns and margins.

    Raises:
        InferenceError: they do not; the message says what differs.

    """
    same = {
        "items or levels": first.levels == other.levels,
        "pairs of items": set(first.pairs) == set(other.pairs),
        "breakdowns": set(first.breakdowns) == set(other.breakdowns),
        "design columns": (first.keys.columns, first.strata, first.nest)
        == (other.keys.columns, other.strata, other.nest),
        "rule for lonely clusters": first.units.lonely == other.units.lonely,
        "finite population": (first.units.population is None) == (other.units.population is None),
    }
    for what, is_same in same.items():
        if not is_same:
            raise InferenceError(
                f"These cubes cannot be merged: they differ by their {what}.",
                hint="build both from one design, with the same items and breakdowns.",
            )


def _merge_units(cubes: Sequence[Cube]) -> tuple[Units, pl.DataFrame, NewCodes]:
    """The units of all cubes together in the order of their keys, these keys, and the new codes of
    each cube's units.

    Raises:
        InferenceError: the cubes say different populations, or the units cannot stand together.

    """
    columns = cubes[0].keys.columns
    parts = [cube.keys.with_columns(_cube=pl.lit(number)) for number, cube in enumerate(cubes)]
    stacked = pl.concat(parts, how="vertical_relaxed")
    keys = stacked.select(columns).unique().sort(columns, nulls_last=True).with_row_index("_unit")
    coded = stacked.join(keys, on=columns, how="left", nulls_equal=True, maintain_order="left")
    unit_of = [
        coded.filter(pl.col("_cube") == number).get_column("_unit").to_numpy().astype(np.int64)
        for number in range(len(cubes))
    ]
    strata = list(cubes[0].strata)
    if strata:
        rank = keys.select(pl.struct(strata).rank("dense")).to_series()
        stratum = rank.to_numpy().astype(np.int64) - 1
    else:
        stratum = np.zeros(keys.height, dtype=np.int64)
    by_element = keys[ELEMENT_SAMPLED].to_numpy()
    size = np.where(by_element, 0, 1)
    for cube, codes in zip(cubes, unit_of, strict=True):
        size[codes] += np.where(cube.units.element_sampled, cube.units.size, 0)
    units = Units(
        stratum=stratum,
        size=size,
        element_sampled=by_element,
        strata=int(stratum.max()) + 1,
        population=_merge_populations(cubes, unit_of, stratum),
        lonely=cubes[0].units.lonely,
    )
    _check_units(cubes[0], keys, units)
    return units.collapse_lonely(), keys.select(columns), unit_of


def _merge_populations(cubes: Sequence[Cube], unit_of: NewCodes, stratum: Ints) -> Floats | None:
    """(H,) PSU in the population of each stratum, or None; `stratum` (U,) is that of each unit.

    Raises:
        InferenceError: two cubes do not say the same of a stratum.

    """
    if cubes[0].units.population is None:
        return None
    population: Floats = np.zeros(int(stratum.max()) + 1)
    for cube, codes in zip(cubes, unit_of, strict=True):
        assert cube.units.population is not None
        before, now = population[stratum[codes]], cube.units.population[cube.units.stratum]
        if ((before > 0) & (before != now)).any():
            raise InferenceError(
                "These cubes do not say the same population of a stratum.",
                hint="one population per stratum.",
            )
        population[stratum[codes]] = now
    return population


def _check_units(first: Cube, keys: pl.DataFrame, units: Units) -> None:
    """Checks of merged cubes what `Design.sample` checks of one frame.

    Raises:
        InferenceError: a cluster stands in two strata, or a population is smaller than its sample.

    """
    clusters = [
        name for name in keys.columns if name not in (*first.strata, ELEMENT_SAMPLED, "_unit")
    ]
    if (
        clusters
        and not first.nest
        and keys.filter(~pl.col(ELEMENT_SAMPLED)).select(clusters).is_duplicated().any()
    ):
        raise InferenceError(
            "A cluster stands in two strata.",
            hint="number the clusters within strata and declare nest=True, or mend the strata.",
        )
    size, population = units.stratum_size, units.population
    if population is not None and (population < size).any():
        worst = int(np.argmin(population - size))
        raise InferenceError(
            f"A stratum's population ({population[worst]:g}) is smaller than its sample "
            f"({size[worst]:g} PSU).",
            hint="the fpc column holds the number of PSU of the stratum in the population.",
        )


def _merge_domains(parts: Sequence[Domains], unit_of: NewCodes, units: Units) -> _MergedDomains:
    """The domains of all cubes, in the units of all cubes."""
    labels = tuple(sorted({label for part in parts for label in part.labels}))
    code_of = {label: code for code, label in enumerate(labels)}
    domain_of = [
        np.array([code_of[label] for label in part.labels], dtype=np.int64) for part in parts
    ]
    key = np.concatenate(
        [
            unit[part.cell_unit] * len(labels) + domain[part.cell_domain]
            for part, unit, domain in zip(parts, unit_of, domain_of, strict=True)
        ]
    )
    cell, count = compact_codes(key, len(units.stratum) * len(labels))
    cell_keys = np.empty(count, dtype=np.int64)
    cell_keys[cell] = key
    unit, domain = cell_keys // len(labels), cell_keys % len(labels)
    psus = np.bincount(
        cell, weights=np.concatenate([part.cell_psus for part in parts]), minlength=count
    )
    domains = Domains.from_cells(
        labels,
        cell_unit=unit,
        cell_domain=domain,
        cell_psus=np.where(units.element_sampled[unit], psus.astype(np.int64), 1),
        units=units,
    )
    element_cell = np.full(count, -1, dtype=np.int64)
    element_cell[domains.element_cells] = np.arange(len(domains.element_cells))
    ends = np.cumsum([len(part.cell_unit) for part in parts])
    cell_of = np.split(cell, ends[:-1])
    return _MergedDomains(
        domains=domains,
        domain_of=domain_of,
        cell_of=cell_of,
        element_cell_of=[
            element_cell[codes[part.element_cells]]
            for codes, part in zip(cell_of, parts, strict=True)
        ],
    )


def _sum_by_new_code(parts: Sequence[Floats], codes: NewCodes, count: int) -> Floats:
    """(count, …) sums of the rows of arrays (S, …) that have the same new code."""
    result = np.zeros((count, *parts[0].shape[1:]))
    for part, code in zip(parts, codes, strict=True):
        result[code] += part  # distinct within a cube
    return result


def _merge_tables(
    parts: Sequence[Table], merged: _MergedDomains, margins: CalibrationMargins | None
) -> Table:
    """The table of one item of all cubes; `margins` are those of all cubes."""
    domains = merged.domains
    elements = len(domains.element_cells)
    weights = _sum_by_new_code(
        [part.weights for part in parts], merged.cell_of, len(domains.cell_unit)
    )
    counts = np.zeros((len(domains.labels), parts[0].counts.shape[1]), dtype=np.int64)
    for part, domain in zip(parts, merged.domain_of, strict=True):
        counts[domain] += part.counts
    table = Table(
        weights=weights,
        counts=counts,
        squares=_sum_by_new_code(
            [part.squares for part in parts], merged.element_cell_of, elements
        ),
        margin_totals=None,
        margin_squares=None,
    )
    if margins is None:
        return table
    size, width = len(margins.products), weights.shape[1]
    totals = np.zeros((size, len(domains.labels), width))
    squares = np.zeros((size, elements, width))
    start = 0
    for part, domain, cell in zip(parts, merged.domain_of, merged.element_cell_of, strict=True):
        if part.margin_totals is not None and part.margin_squares is not None:
            end = start + len(part.margin_totals)
            totals[start:end, domain] = part.margin_totals
            squares[start:end, cell] = part.margin_squares
            start = end
    return replace(table, margin_totals=totals, margin_squares=squares)


def _merge_margins(
    cubes: Sequence[Cube], unit_of: NewCodes, units: Units
) -> CalibrationMargins | None:
    """The margins of each cube beside one another; a cube without a calibration has none."""
    calibrated = [
        (cube, cube.margins, codes)
        for cube, codes in zip(cubes, unit_of, strict=True)
        if cube.margins is not None
    ]
    if not calibrated:
        return None
    size = sum(len(margins.products) for _, margins, _ in calibrated)
    weights: Floats = np.zeros((len(units.stratum), size))
    element_unit = np.cumsum(units.element_sampled) - 1
    squares: Floats = np.zeros((int(units.element_sampled.sum()), size, size))
    products: Floats = np.zeros((size, size))
    groups: list[slice] = []
    start = 0
    for cube, margins, codes in calibrated:
        end = start + len(margins.products)
        elements = element_unit[codes[cube.units.element_sampled]]
        weights[codes, start:end] = margins.unit_weights
        squares[elements, start:end, start:end] = margins.unit_squares
        products[start:end, start:end] = margins.products
        groups += [slice(start + group.start, start + group.stop) for group in margins.groups]
        start = end
    return CalibrationMargins(
        groups=tuple(groups),
        unit_weights=weights,
        unit_squares=squares,
        products=products,
        sweeps=max(margins.sweeps for _, margins, _ in calibrated),
    )
