"""How figures of the workshop are drawn: labels in words, units on the axis, and a title that says
what, of whom and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import polars as pl
from matplotlib.axes import Axes

from analysis.disclosure import Status
from analysis.errors import ScopeError
from analysis.publishing import charts
from analysis.publishing.sheets import PAGE, Rows, wrapped
from analysis.publishing.wording.formats import Axis, Measure
from analysis.publishing.wording.labels import Row
from analysis.publishing.wording.language import Language
from analysis.workbench.tables import DECIMALS, Tables

LABELS = ("indicator", "item", "category_label", "category", "wave", "channel", "definition")
"""Columns that may name the lines of a chart: the first that tells them apart does."""

TITLE_WIDTH = 92
"""Characters of a line of a title."""

TREND_HEIGHT = 3.2
"""Inches of a chart by wave."""

FUNNEL_HEIGHT = 4.5
"""Inches of a funnel."""


@dataclass(frozen=True)
class Pictures:
    """How charts are drawn.

    Attributes:
        tables: How labels and numbers are printed in them.
        mark: A mention inside the image (simulated data), or None.

    """

    tables: Tables
    mark: str | None

    @property
    def language(self) -> Language:
        """How labels and numbers are written."""
        return self.tables.formats.language

    def svg(self, frame: pl.DataFrame, *, label: str | None = None) -> str:
        """The values of a table with their intervals, as SVG: one line per row, or a curve where
        rows are waves.

        Args:
            frame: Columns value, low and high, and kind and unit where they do not follow from its
                definition; rows of one unit, in the order they are drawn in.
            label: Column that names the rows; found where it is left out.

        Returns:
            An SVG element; a sentence where there is no row.

        Raises:
            ScopeError: rows of several units, or an unknown label.

        """
        rows = self.tables.complete_rows(frame)
        if not rows:
            return f"<p>{escape(self.language.text('rows_none'))}</p>"
        measure = _measure(rows)
        label = label or _label_of(frame)
        if label not in frame.columns:
            raise ScopeError.unknown("column", label, frame.columns)
        names = [self._line_label(label, row) for row in rows]
        axis = self._axis(measure)
        sides = {
            side: [_visible_value(row, side) for row in rows] for side in ("value", "low", "high")
        }
        title = self._title(frame, label)
        if label == "wave":
            write = partial(self._tick_text, measure)

            def draw(axes: Axes) -> None:
                line = charts.TrendLine("", sides["value"], sides["low"], sides["high"])
                (panel,) = charts.trend_panels(
                    axes, [line], waves=names, write=write, scale=axis.scale, limits=axis.limits
                )
                panel.set_title(axis.label, loc="left", fontsize=10)
                panel.yaxis.set_major_formatter(self._tick)
                charts.title(panel, title)

            height = TREND_HEIGHT
        else:
            scaled = {
                side: [None if value is None else axis.scale * value for value in values]
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
                axes.xaxis.set_major_formatter(self._tick)
                charts.title(axes, title)

            height = 1.4 + Rows(names, PAGE, charts.INTERVAL).height
        (image,) = charts.images((".svg",), height=height, mark=self.mark, draw=draw)
        return image[image.index(b"<svg") :].decode()

    def funnel(self, frame: pl.DataFrame) -> str:
        """The funnel of each kind of site, with the sites' names, as SVG.

        Args:
            frame: `indicators.Sites`.

        """
        named = frame.filter(role="site")
        kinds = named.partition_by("site_kind", maintain_order=True)
        if not kinds:
            return f"<p>{escape(self.language.text('rows_none'))}</p>"
        return "\n".join(map(self._funnel, kinds))

    def _funnel(self, sites: pl.DataFrame) -> str:
        """The funnel of the sites of one kind."""
        rows = list(sites.iter_rows(named=True))
        kind = self.language.typeset(rows[0]["kind_label"])
        title = f"{self._title(sites, 'category')}, {kind}"

        def draw(axes: Axes) -> None:
            charts.funnel_chart(
                axes,
                sites=[
                    charts.FunnelSite(
                        name=self.tables.labels.of("site", row["category"], row),
                        size=row["size"],
                        share=row["value"],
                        low=row["low"],
                        high=row["high"],
                    )
                    for row in rows
                ],
                mean=rows[0]["mean"],
                labels={
                    "x": self.language.text("axis_effective"),
                    "y": self.language.text("axis_share"),
                    "mean": self.language.text("legend_mean"),
                    "limits": self.language.text("legend_ordinary"),
                },
            )
            charts.title(axes, wrapped(title, TITLE_WIDTH))

        (image,) = charts.images((".svg",), height=FUNNEL_HEIGHT, mark=self.mark, draw=draw)
        return image[image.index(b"<svg") :].decode()

    def _line_label(self, label: str, row: Row) -> str:
        """What a row is called, with the sign of what hides it."""
        name = self.tables.cell(label, row)
        if not _is_hidden(row):
            return name
        sign = self.language.text(f"sign_{row['status']}")
        return f"{name} ({sign})"

    def _axis(self, measure: Measure) -> Axis:
        if measure.unit:
            return self.tables.formats.axis(measure)
        return Axis(1, (0, 1), self.language.text("axis_value"))

    def _tick_text(self, measure: Measure, value: float) -> str:
        return self.tables.formats.number(value, measure, decimals=DECIMALS)

    def _tick(self, value: float, _place: float | None = None) -> str:
        return self.language.number(value, decimals=int(value % 1 != 0))

    def _title(self, frame: pl.DataFrame, label: str) -> str:
        """What all rows have in common: what is measured, of whom, when."""
        about = self.tables.labels.about(frame, beside=[label, "claim"])
        return wrapped(about, TITLE_WIDTH)


def _visible_value(row: Row, side: str) -> float | None:
    """A number of a row; None where its base is too small to be shown."""
    value: float | None = row[side]
    return None if _is_hidden(row) else value


def _is_hidden(row: Row) -> bool:
    return bool(row.get("status")) and Status(row["status"]).hidden


def _measure(rows: Sequence[Row]) -> Measure:
    """The kind and unit of some rows.

    Raises:
        ScopeError: they have several units.

    """
    measures = {(str(row.get("kind", "")), str(row.get("unit", ""))) for row in rows}
    units = {unit for _, unit in measures}
    if len(units) > 1:
        listed = ", ".join(sorted(units))
        raise ScopeError(
            f"These rows are in several units: {listed}.",
            hint='draw those of one: frame.filter(kind="share"), for instance.',
        )
    return Measure(*min(measures))


def _label_of(frame: pl.DataFrame) -> str:
    """The column that tells the rows apart."""
    candidates = [name for name in LABELS if name in frame.columns]
    for name in candidates:
        if frame.get_column(name).n_unique() == frame.height and frame.height > 1:
            return name
    return next(iter(candidates), frame.columns[0])
