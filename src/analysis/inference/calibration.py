"""Calibration to known totals: raking, and what later variances must know of it.

Raking works on the distinct cells of the margins, then gathers once to the rows: its cost hardly depends on n.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.design import Floats, Ints

UNKNOWN = "unknown"
"""Category of the rows whose value is not known: with it, categories add up to the total."""

TOLERANCE = 1e-10
"""Largest relative gap to a margin at which raking stops: far below 1e-9, to which results are compared."""


@dataclass(frozen=True)
class Calibration:
    """Calibrated weights, how they were reached, and the margins they honour.

    Attributes:
        weights: (n,) final weights.
        base_weights: (n,) weights before.
        projection_weights: (n,) weights of the projection that variances take on the margins. For raking they are 1:
            R's projection uses plain means there, and design weights only after post-stratification.
        variables: Names of the M margins.
        categories: (n, M) code of each row's category in each margin, offset so that codes are 0 … J-1
            over all margins.
        labels: J pairs (variable, category).
        iterations: Sweeps over the margins.
        gap: Largest relative gap to a margin that is left.

    """

    weights: Floats
    base_weights: Floats
    projection_weights: Floats
    variables: tuple[str, ...]
    categories: Ints
    labels: tuple[tuple[str, str], ...]
    iterations: int
    gap: float

    @property
    def ratio_range(self) -> tuple[float, float]:
        """Smallest and largest ratio of final to base weight, relative to their mean ratio."""
        ratio = self.weights / self.base_weights
        return float(ratio.min() / ratio.mean()), float(ratio.max() / ratio.mean())


def rake(
    frame: pl.DataFrame,
    *,
    margins: Mapping[str, Mapping[str, float]],
    weights: str | None = None,
    iterations: int = 1000,
) -> Calibration:
    """Rakes the rows of a frame to known totals (iterative proportional fitting).

    Args:
        frame: One row per respondent; each margin's column is read as text.
        margins: variable → category → known total. All margins count the same population.
        weights: Column of base weights; None means 1.
        iterations: Largest number of sweeps over the margins.

    Missing values: a row without a category keeps its share. The unknown become a category of their own, whose
    total is their weighted share of the sample, and the known totals shrink in proportion.

    Raises:
        InferenceError: a category has a total and no respondent, or respondents and no total; the margins do not
            converge (the message names margin and category).

    Reference: Deming and Stephan (1940); R's ``survey::rake``.

    """
    if not margins:
        raise InferenceError("Raking needs at least one margin.")
    base = np.ones(frame.height) if weights is None else frame.get_column(weights).cast(pl.Float64).to_numpy()
    columns, targets, labels = [], [], []
    offset = 0
    for variable, totals in margins.items():
        code, target, names = _margin(frame, variable, totals, base)
        columns.append(code + offset)
        targets.append(target)
        labels += [(variable, name) for name in names]
        offset += len(names)
    categories = np.stack(columns, axis=1)
    cells, cell_of = np.unique(categories, axis=0, return_inverse=True)
    cell_of = cell_of.reshape(-1)
    mass = np.bincount(cell_of, weights=base)
    starts = np.cumsum([0] + [len(target) for target in targets])
    factor = np.ones(len(cells))
    gap = np.inf
    for sweep in range(1, iterations + 1):
        for index, target in enumerate(targets):
            code = cells[:, index] - starts[index]
            total = np.bincount(code, weights=mass * factor, minlength=len(target))
            factor *= (target / total)[code]
        gap, worst = _gap(cells, starts, mass * factor, targets)
        if gap <= TOLERANCE:
            final = base * factor[cell_of]
            return Calibration(final, base.copy(), np.ones_like(base), tuple(margins), categories, tuple(labels), sweep, gap)
    variable, category = labels[worst]
    raise InferenceError(
        f"Raking does not converge: after {iterations} sweeps margin {variable!r} is still {gap:.1%} away "
        f"in category {category!r}.",
        hint=f"merge category {category!r} of {variable!r} with a neighbour: few respondents link it to the others.",
    )


def kish_design_effect(weights: Floats) -> float:
    """Kish's design effect of unequal weights, n Σw² / (Σw)²; 1 when they are equal.

    >>> kish_design_effect(np.array([1.0, 1.0, 2.0]))
    1.125
    """
    return float(len(weights) * np.square(weights).sum() / weights.sum() ** 2)


def _margin(frame: pl.DataFrame, variable: str, totals: Mapping[str, float], base: Floats) -> tuple[Ints, Floats, list[str]]:
    """Codes of one margin's categories, their totals and their names, the unknown last."""
    if variable not in frame.columns:
        raise InferenceError.unknown("margin", variable, frame.columns)
    values = frame.get_column(variable).cast(pl.String)
    names = sorted(totals)
    known = {name: index for index, name in enumerate(names)}
    code = values.replace_strict(known, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy().copy()
    strange = values.filter(pl.Series(code == -1) & values.is_not_null()).unique().sort()
    if len(strange):
        raise InferenceError(
            f"Respondents stand in categories that margin {variable!r} has no total for: {', '.join(strange)}.",
            hint="add their totals, or merge these categories with others in the margins file.",
        )
    counts = np.bincount(code[code >= 0], minlength=len(names))
    if (counts == 0).any():
        empty = [names[index] for index in np.flatnonzero(counts == 0)]
        fullest = names[int(np.argmax(counts))]
        raise InferenceError(
            f"No respondent stands in margin {variable!r}, category {', '.join(empty)}.",
            hint=f"merge it with another category of the margin ({fullest!r} is the fullest), in both files.",
        )
    target = np.array([totals[name] for name in names], dtype=np.float64)
    unknown = code == -1
    if unknown.any():
        share = float(base[unknown].sum() / base.sum())
        target = np.append(target * (1 - share), target.sum() * share)
        names.append(UNKNOWN)
        code[unknown] = len(names) - 1
    return code, target, names


def _gap(cells: Ints, starts: Ints, mass: Floats, targets: list[Floats]) -> tuple[float, int]:
    """The largest relative gap to a target, and which category of all margins it stands in."""
    gaps = [
        np.abs(np.bincount(cells[:, index] - starts[index], weights=mass, minlength=len(target)) / target - 1)
        for index, target in enumerate(targets)
    ]
    every = np.concatenate(gaps)
    worst = int(np.argmax(every))
    return float(every[worst]), worst
