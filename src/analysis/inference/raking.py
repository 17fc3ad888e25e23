"""Raking: weights calibrated to known totals of the categories of several variables.

It works on the distinct cells of the margins, then gathers once to the rows: its cost hardly
depends on n.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy

from analysis.errors import InferenceError
from analysis.inference.arrays import THREADS, WIDEST_KEY_RANGE, Floats, Ints, compact_codes
from analysis.inference.calibration import EXACT, HALVINGS, Calibration
from analysis.inference.design import base_weights
from analysis.inference.kernel import label_codes
from analysis.inference.projection import RAKING_SWEEPS, MarginCells, Projection

UNKNOWN = "unknown"
"""Category of the rows whose value is not known: with it, categories add up to the total."""

TOLERANCE = 1e-10
"""Largest relative gap to a margin that counts as reached, and at which sweeps end."""

SWEEPS = 100
"""Sweeps over the margins before Newton's steps."""

STEPS = 50
"""Newton's steps at most."""

SAME_POPULATION = 1e-6
"""Relative difference of the sums of two margins that rounding explains."""

FEW_CELLS = 1 << 16
"""Up to so many combinations of categories are all kept, whether or not somebody is in them:
finding out costs more."""

Codes = npt.NDArray[np.integer[Any]]
"""(n,) codes of categories, as narrow as they came."""


def rake(
    frame: pl.DataFrame,
    *,
    margins: Mapping[str, Mapping[str, float]],
    weights: str | None = None,
) -> Calibration:
    """Rakes the rows of a frame to known totals: sweeps over the margins (iterative proportional
    fitting), then Newton's steps, which end where sweeps without end would.

    Args:
        frame: One row per respondent; each margin's column is read as text.
        margins: variable → category → known total. All margins count the same population.
        weights: Column of base weights; None means 1.

    Missing values: a row without a category keeps its share. The unknown become a category of their
    own, whose total is their weighted share of the sample, and the known totals shrink in
    proportion.

    Raises:
        InferenceError: a category has a total and no respondent, or respondents and no total; the
            margins do not converge (the message names margin and category).

    Reference: Deming and Stephan (1940); R's ``survey::rake``.

    """
    if not margins:
        raise InferenceError(
            "Raking needs at least one margin.",
            hint="give one per variable: category → known total.",
        )
    base = np.ones(frame.height) if weights is None else base_weights(frame, weights)
    _check_totals(margins)
    with ThreadPoolExecutor(THREADS) as pool:
        coded = list(
            pool.map(
                lambda variable: _code_margin(frame, variable, margins[variable], base=base),
                margins,
            )
        )
    targets = [margin.target for margin in coded]
    labels = [(margin.variable, name) for margin in coded for name in margin.names]
    starts = np.cumsum([0] + [len(target) for target in targets])
    cells, cell_of_row = _margin_cells(
        [margin.code for margin in coded], [len(target) for target in targets]
    )
    cells += starts[:-1]
    mass = np.bincount(cell_of_row, weights=base, minlength=len(cells)).astype(np.float64)
    factor, sweep = _sweep(cells, starts, mass, targets=targets)
    factor = _newton(cells, starts, mass, factor, targets=targets)
    gap, worst = _largest_gap(cells, starts, mass * factor, targets=targets)
    if gap <= TOLERANCE:
        return Calibration(
            weights=base * factor[cell_of_row],
            base_weights=base,
            projection=Projection(
                weights=np.ones_like(base),
                cells=MarginCells(categories=cells, cell=cell_of_row),
                size=len(labels),
                matrix=None,
                sweeps=RAKING_SWEEPS,
            ),
            variables=tuple(margins),
            labels=tuple(labels),
            iterations=sweep,
            gap=gap,
        )
    variable, category = labels[worst]
    raise InferenceError(
        f"Raking cannot reach the margins: after {sweep} sweeps margin {variable!r} is still "
        f"{gap:.1%} away in category {category!r}.",
        hint=(
            f"merge category {category!r} of {variable!r} with a neighbour: few respondents link "
            "it to the others."
        ),
    )


def _sweep(cells: Ints, starts: Ints, mass: Floats, *, targets: list[Floats]) -> tuple[Floats, int]:
    """(C,) factors of the cells after sweeps over the margins (iterative proportional fitting), and
    how many were made; arguments as `_largest_gap`, with `mass` before any factor.
    """
    factor = np.ones(len(cells))
    for sweep in range(1, SWEEPS + 1):
        before = factor
        for index, target in enumerate(targets):
            code = cells[:, index] - starts[index]
            total = np.bincount(code, weights=mass * factor, minlength=len(target))
            if not (total > 0).all():  # a margin took all that another category had
                return before, sweep
            factor = factor * (target / total)[code]
        if _largest_gap(cells, starts, mass * factor, targets=targets)[0] <= TOLERANCE:
            return factor, sweep
    return factor, SWEEPS


def _newton(
    cells: Ints, starts: Ints, mass: Floats, factor: Floats, *, targets: list[Floats]
) -> Floats:
    """(C,) factors moved to the solution by Newton's steps on the logarithms of the categories'
    factors, whose products they are; each step is halved until it brings all margins nearer.
    """
    target, size = np.concatenate(targets), int(starts[-1])
    used = mass > 0
    member = scipy.sparse.csr_array(
        (
            np.ones(int(used.sum()) * len(targets)),
            cells[used].ravel(),
            np.arange(0, int(used.sum()) * len(targets) + 1, len(targets)),
        ),
        shape=(int(used.sum()), size),
    )
    base, log_factor = mass[used], np.log(factor[used])

    def gap_of(logs: Floats) -> tuple[float, Floats]:
        with np.errstate(over="ignore", invalid="ignore"):
            short = target - member.T @ (base * np.exp(logs))
        return float(np.abs(short / target).max()), short

    gap, short = gap_of(log_factor)
    for _ in range(STEPS):
        if gap <= EXACT:
            break
        weights = base * np.exp(log_factor)
        hessian = (member.T @ (member * weights[:, None])).toarray()
        move = member @ np.linalg.lstsq(hessian, short, rcond=None)[0]
        for halving in range(HALVINGS):
            moved = log_factor + move / 2**halving
            new_gap, new_short = gap_of(moved)
            if new_gap < gap:  # false for NaN
                break
        else:
            break
        log_factor, gap, short = moved, new_gap, new_short
    result = factor.copy()
    result[used] = np.exp(log_factor)
    return result


def post_stratify(
    frame: pl.DataFrame, *, by: str, totals: Mapping[str, float], weights: str | None = None
) -> Calibration:
    """Scales the weights within the categories of one variable to their known totals.

    Raises:
        InferenceError: a category has a total and no respondent, or respondents and no total.

    Equal to R's ``postStratify``: the later projection takes base-weighted means, in one sweep.

    """
    raked = rake(frame, margins={by: totals}, weights=weights)
    projection = replace(raked.projection, weights=raked.base_weights, sweeps=1)
    return replace(raked, projection=projection)


@dataclass(frozen=True)
class _Margin:
    """One margin of J categories, the unknown last.

    Attributes:
        variable: Its column.
        code: (n,) category of each row.
        target: (J,) known totals.
        names: J names.

    """

    variable: str
    code: Codes
    target: Floats
    names: tuple[str, ...]


def _check_totals(margins: Mapping[str, Mapping[str, float]]) -> None:
    """Checks that totals are positive, and that margins count the same population.

    Raises:
        InferenceError: they are not, or do not.

    """
    for variable, totals in margins.items():
        for category, total in totals.items():
            if not (total > 0 and np.isfinite(total)):
                raise InferenceError(
                    f"The total of margin {variable!r}, category {category!r}, is {total:g}.",
                    hint=(
                        "leave out a category that the population lacks, with the respondents who "
                        "say they are in it."
                    ),
                )
    sums = {variable: sum(totals.values()) for variable, totals in margins.items()}
    first, *other_sums = sums
    for other in other_sums:
        if abs(sums[other] / sums[first] - 1) > SAME_POPULATION:
            raise InferenceError(
                f"Margins {first!r} and {other!r} do not count the same population: "
                f"{sums[first]:g} and {sums[other]:g}.",
                hint="mend their totals.",
            )


def _margin_cells(codes: list[Codes], sizes: list[int]) -> tuple[Ints, Ints]:
    """(C, M) the combinations of the categories of M margins of these sizes, and (n,) the
    combination of each row. All possible combinations where these are few, otherwise those that
    occur.
    """
    key, space = codes[0].astype(np.int32), sizes[0]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        if space * size > WIDEST_KEY_RANGE:
            return _sparse_cells(codes)
        key *= np.int32(size)
        key += code
        space *= size
    if space <= FEW_CELLS:
        categories = np.stack(np.unravel_index(np.arange(space), sizes), axis=1)
        return categories.astype(np.int64), key  # type: ignore[return-value]  # key is narrower
    cell, _ = compact_codes(key.astype(np.int64), space)
    return _cell_categories(codes, cell), cell


def _sparse_cells(codes: list[Codes]) -> tuple[Ints, Ints]:
    """(C, M) the combinations that occur and (n,) that of each row, where the possible ones are too
    many to be numbered.
    """
    cell = np.zeros(len(codes[0]), dtype=np.int64)
    for code in codes:
        cell, _ = compact_codes(
            cell * (int(code.max()) + 1) + code, (int(cell.max()) + 1) * (int(code.max()) + 1)
        )
    return _cell_categories(codes, cell), cell


def _cell_categories(codes: list[Codes], cell: Ints) -> Ints:
    """(C, M) categories of each cell, read from one of its rows; `cell` (n,) is the cell of each
    row.
    """
    a_row = np.empty(int(cell.max()) + 1, dtype=np.int64)
    a_row[cell] = np.arange(len(cell))
    return np.stack([code[a_row] for code in codes], axis=1).astype(np.int64)


def _code_margin(
    frame: pl.DataFrame, variable: str, totals: Mapping[str, float], *, base: Floats
) -> _Margin:
    """A margin with the codes of its rows; rows of unknown category form one more category, whose
    target is their share of the base weights (n,).

    Raises:
        InferenceError: the column is absent, or categories and totals do not match.

    """
    if variable not in frame.columns:
        raise InferenceError.unknown("margin", variable, frame.columns)
    labels, code = label_codes(frame.get_column(variable))
    without_total = sorted(set(labels) - set(totals))
    if without_total:
        raise InferenceError(
            f"Respondents stand in categories that margin {variable!r} has no total for: "
            f"{', '.join(without_total)}.",
            hint="add their totals, or merge these categories with others in the margins file.",
        )
    empty = sorted(set(totals) - set(labels))
    if empty:
        fullest = labels[int(np.argmax(np.bincount(code)[: len(labels)]))] if labels else "none"
        raise InferenceError(
            f"No respondent stands in margin {variable!r}, category {', '.join(empty)}.",
            hint=(
                f"merge it with another category of the margin ({fullest!r} is the fullest), in "
                "both files."
            ),
        )
    target = np.array([totals[name] for name in labels], dtype=np.float64)
    if frame.get_column(variable).null_count() == 0:
        return _Margin(variable=variable, code=code, target=target, names=labels)
    share = float(base[code == len(labels)].sum() / base.sum())
    return _Margin(
        variable=variable,
        code=code,
        target=np.append(target * (1 - share), target.sum() * share),
        names=(*labels, UNKNOWN),
    )


def _largest_gap(
    cells: Ints, starts: Ints, mass: Floats, *, targets: list[Floats]
) -> tuple[float, int]:
    """The largest relative gap to a target over all margins, and the category that has it.

    Args:
        cells: (C, M) categories of the cells.
        starts: (M + 1,) first category of each margin.
        mass: (C,) weights of the cells.
        targets: Totals of each margin's categories.

    """
    gaps = [
        np.abs(
            np.bincount(cells[:, index] - starts[index], weights=mass, minlength=len(target))
            / target
            - 1
        )
        for index, target in enumerate(targets)
    ]
    all_gaps = np.concatenate(gaps)
    worst = int(np.argmax(all_gaps))
    return float(all_gaps[worst]), worst
