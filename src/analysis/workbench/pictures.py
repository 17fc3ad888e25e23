"""How figures of the workshop are drawn: labels in words, units on the axis, and a title that says
what, of whom and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
from matplotlib.axes import Axes

from analysis.disclosure import Status
from analysis.errors import ScopeError
from analysis.inference import TOTAL
from analysis.publishing import charts
from analysis.publishing.wording.formats import Axis, Measure
from analysis.workbench.labels import Row
from analysis.workbench.tables import DECIMALS, Tables

LABELS = ("indicator", "item", "category_label", "category", "wave", "channel", "definition")
"""Columns that may name the lines of a chart: the first that tells them apart does."""

TITLE_WIDTH = 74
"""Characters of a line of a title."""

TREND_HEIGHT = 3.2
"""Inches of a chart by wave."""


@dataclass(frozen=True)
class Pictures:
    """How charts are drawn.

    Attributes:
        tables: How labels and numbers are printed in them.
        mark: A mention inside the image (simulated data), or None.

    """

    tables: Tables
    mark: str | None

    def svg(self, frame: pl.DataFrame, *, label: str | None = None) -> str:
        """The values of a table with their intervals, as SVG: one line per row, or a curve where
        rows are waves.

        Args:
            frame: Columns value, low and high, and kind and unit where they do not follow from its
                definition; rows of one unit, in the order they are drawn in.
            label: Column that names the rows; found where it is left out.

        Raises:
            ScopeError: there is nothing to draw, rows of several units, or an unknown label.

        """
        rows = self.tables.completed(frame)
        measure = _measure(rows)
        label = label or _label_of(frame)
        if label not in frame.columns:
            raise ScopeError.unknown("column", label, frame.columns)
        names = [self.tables.cell(label, row) for row in rows]
        axis = self._axis(measure)
        sides = {side: [_shown(row, side) for row in rows] for side in ("value", "low", "high")}
        title = self._title(frame, rows, label)
        if label == "wave":
            write = partial(self._written, measure)

            def draw(axes: Axes) -> None:
                charts.trend(
                    axes,
                    waves=names,
                    values=sides["value"],
                    low=sides["low"],
                    high=sides["high"],
                    write=write,
                    label=axis.label,
                    scale=axis.scale,
                    limits=axis.limits,
                )
                charts.title(axes, title)

            height = TREND_HEIGHT
        else:
            scaled = {
                side: [None if one is None else axis.scale * one for one in values]
                for side, values in sides.items()
            }

            def draw(axes: Axes) -> None:
                charts.intervals(
                    axes,
                    labels=names,
                    values=scaled["value"],
                    low=scaled["low"],
                    high=scaled["high"],
                )
                axes.set_xlabel(axis.label)
                charts.title(axes, title)

            height = 1.4 + charts.height_of(names, least=0.3)
        image = charts.drawn(".svg", height=height, mark=self.mark, draw=draw).decode()
        return image[image.index("<svg") :]

    def _axis(self, measure: Measure) -> Axis:
        if measure.unit:
            return self.tables.formats.axis(measure)
        return Axis(1, (0, 1), self.tables.text("axis_value"))

    def _written(self, measure: Measure, value: float) -> str:
        return self.tables.formats.number(value, measure, decimals=DECIMALS)

    def _title(self, frame: pl.DataFrame, rows: Sequence[Row], label: str) -> str:
        """What all rows have in common: what is measured, of whom, when."""
        same = {
            name: rows[0][name]
            for name in frame.columns
            if name != label and name in _TITLED and frame.get_column(name).n_unique() == 1
        }
        if same.get("item") and "indicator" not in same and label != "indicator":
            same["indicator"] = same["item"]
        parts = [self._part(name, same, rows[0]) for name in _TITLED if name in same]
        return charts.wrapped(", ".join(part for part in parts if part), TITLE_WIDTH)

    def _part(self, name: str, same: Mapping[str, Any], row: Row) -> str:
        """A part of a title; empty where it goes without saying."""
        if name == "item" or (name == "breakdown" and same[name] == TOTAL):
            return ""
        text = self.tables.labels.of(name, same[name], row)
        return text[:1].lower() + text[1:] if name == "breakdown" else text


_TITLED = ("indicator", "item", "definition", "breakdown", "directorate", "channels", "wave")
"""What a title says, in its order."""


def _shown(row: Row, side: str) -> float | None:
    """A number of a row; None where its base is too small to be read."""
    if row.get("status") and Status(row["status"]).hidden:
        return None
    value: float | None = row[side]
    return value


def _measure(rows: Sequence[Row]) -> Measure:
    """The kind and unit of some rows.

    Raises:
        ScopeError: there is no row, or they have several.

    """
    if not rows:
        raise ScopeError("There is no row to draw.", hint="look at the table first: scope.show(…).")
    units = {(str(row.get("kind", "")), str(row.get("unit", ""))) for row in rows}
    if len({unit for _, unit in units}) > 1:
        listed = ", ".join(sorted(unit for _, unit in units))
        raise ScopeError(
            f"These rows are in several units: {listed}.",
            hint='draw those of one: frame.filter(kind="share"), for instance.',
        )
    return Measure(*min(units))


def _label_of(frame: pl.DataFrame) -> str:
    """The column that tells the rows apart."""
    candidates = [name for name in LABELS if name in frame.columns]
    for name in candidates:
        if frame.get_column(name).n_unique() == frame.height and frame.height > 1:
            return name
    return next(iter(candidates), frame.columns[0])
