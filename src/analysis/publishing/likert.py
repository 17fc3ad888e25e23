"""Stacked bars of answers: the levels of a scale in the colours of the house, under their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.legend import Legend

from analysis.publishing.charts import GREY, INK, LIKERT, PAPER
from analysis.publishing.sheets import LINE, Rows, Sheet, sheet_of, wrapped, write_labels
from analysis.study.languages import without_marks

LABEL_FROM, LABEL_FROM_ON_PHONES = 0.05, 0.12
"""Shares from which a part of a bar holds its number."""

ROOMY = 0.08
"""Shares from which the number has its usual size."""

LEGEND_ROW, SWATCH = 13.9, 3
"""Characters of an inch of the legend, and of what stands before a name in it."""

BAR = 0.45
"""Inches that a bar takes, at least."""


@dataclass(frozen=True)
class LikertPanel:
    """Questions of one scale.

    Attributes:
        levels: Names of its levels, worst first.
        labels: One per question.
        shares: Per question, the ranks of adjacent levels (first, last) and their share in [0, 1],
            covering the scale; None where it is hidden (drawn hatched, the room it takes being what
            the shown leave).
        counted: Per question, its measure as it is printed.

    """

    levels: Sequence[str]
    labels: Sequence[str]
    shares: Sequence[Sequence[tuple[tuple[int, int], float | None]]]
    counted: Sequence[str]


def likert_height(panels: Sequence[LikertPanel], sheet: Sheet) -> float:
    """Inches that stacked bars take."""
    return 0.25 + sum(
        _legend_height(panel, sheet) + Rows(panel.labels, sheet, BAR).height for panel in panels
    )


def likert(axes: Axes, panels: Sequence[LikertPanel], *, write: Callable[[float], str]) -> None:
    """Stacked bars by scale, worst level first, centred on the middle of the neutral level (on the
    boundary between the two sides of a scale without one), under the names of the levels; at the
    right, the measure of each question.

    Args:
        axes: Where they are drawn.
        panels: One per scale.
        write: How a share is printed.

    """
    sheet, down = sheet_of(axes), 0.0
    edges: list[tuple[float, float]] = []
    counted: list[tuple[float, str]] = []
    stacked: list[tuple[Rows, float]] = []
    for panel in panels:
        rows = Rows(panel.labels, sheet, BAR)
        legend = _legend_height(panel, sheet)
        _level_legend(axes, panel, down - legend / 2)
        down -= legend + rows.height
        stacked.append((rows, down))
        middles, reach = rows.middles(down), rows.mark / 2
        axis = np.zeros_like(middles)
        axes.vlines(axis, middles - reach, middles + reach, color=INK, linewidth=0.8, zorder=0)
        for middle, parts, value in zip(middles, panel.shares, panel.counted, strict=True):
            edges.append(_stacked_bar(axes, middle, 0.72 * rows.mark, parts, panel, write))
            counted.append((middle, value))
    least, most = min(edge for edge, _ in edges), max(edge for _, edge in edges)
    for position, value in counted:
        axes.text(most + 0.03, position, value, ha="left", va="center", fontweight="bold")
    axes.set_xlim(least, most)
    axes.set_ylim(down, 0)
    write_labels(axes, stacked)
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _level_colors(count: int) -> tuple[str, ...]:
    """The colours of a scale of some levels, worst first: those of the palette, or between them."""
    chosen = {2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
    if count in chosen:
        return tuple(LIKERT[index] for index in chosen[count])
    between = mpl.colors.LinearSegmentedColormap.from_list("likert", LIKERT)
    return tuple(mpl.colors.to_hex(between(rank / (count - 1))) for rank in range(count))


def _ink_on(color: str) -> str:
    """The ink that reads on a colour."""
    red, green, blue = mpl.colors.to_rgb(color)
    return PAPER if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.3 else INK


def _stacked_bar(
    axes: Axes,
    middle: float,
    height: float,
    parts: Sequence[tuple[tuple[int, int], float | None]],
    panel: LikertPanel,
    write: Callable[[float], str],
) -> tuple[float, float]:
    """Draws a question's bar; returns where it starts and ends. Levels told together have the
    colour of the one nearest the middle, hatched in that of the other end.
    """
    neutral, colors = (len(panel.levels) - 1) / 2, _level_colors(len(panel.levels))
    least = LABEL_FROM_ON_PHONES if sheet_of(axes).over else LABEL_FROM
    shown = sum(share for _, share in parts if share is not None)
    hidden = sum(share is None for _, share in parts)
    widths = [max(0.0, 1 - shown) / hidden if share is None else share for _, share in parts]
    start = first_edge = -sum(
        width * _part_before(group, neutral)
        for (group, _), width in zip(parts, widths, strict=True)
    )
    for (group, share), width in zip(parts, widths, strict=True):
        inner, outer = sorted(group, key=lambda rank: abs(rank - neutral))
        color = PAPER if share is None else colors[inner]
        outlined = share is None or inner == neutral or inner != outer
        axes.barh(
            middle,
            width,
            left=start,
            height=height,
            color=color,
            edgecolor=colors[outer]
            if inner != outer and share is not None
            else GREY
            if outlined
            else PAPER,
            linewidth=1,
            hatch="///" if share is None else "..." if inner != outer else None,
        )
        if share is not None and round(share, 2) >= least:
            label = axes.text(
                start + width / 2,
                middle,
                write(share),
                ha="center",
                va="center",
                color=_ink_on(color),
                fontsize=9.5 if share > ROOMY else 8,
            )
            if inner != outer:
                label.set_bbox({"facecolor": color, "edgecolor": "none", "pad": 1})
        start += width
    return first_edge, start


def _part_before(group: tuple[int, int], middle: float) -> float:
    """How much of a part of a bar stands left of the middle of its scale."""
    first, last = group
    return min(1.0, max(0.0, (middle + 0.5 - first) / (last - first + 1)))


def _legend_height(panel: LikertPanel, sheet: Sheet) -> float:
    """Inches that the names of a panel's levels take, over its bars."""
    columns, width = _legend_columns(panel, sheet)
    lines = max(wrapped(name, width).count("\n") + 1 for name in panel.levels)
    return LINE * lines * -(-len(panel.levels) // columns) + 0.15


def _legend_columns(panel: LikertPanel, sheet: Sheet) -> tuple[int, int]:
    """How many names of levels stand in a row, and the characters of a line of each: all in one
    row, but on a phone as many as fit.
    """
    row = LEGEND_ROW * sheet.width
    most = len(panel.levels)
    if sheet.over:
        longest = max(len(without_marks(name)) for name in panel.levels)
        most = min(most, max(1, int(row / (longest + SWATCH))))
    return most, max(6, int(row / most) - SWATCH)


def _level_legend(axes: Axes, panel: LikertPanel, position: float) -> None:
    """The names of the levels in one row, over the bars of a panel."""
    columns, width = _legend_columns(panel, sheet_of(axes))
    patches = [
        mpl.patches.Patch(facecolor=color, edgecolor=GREY, label=wrapped(name, width))
        for color, name in zip(_level_colors(len(panel.levels)), panel.levels, strict=True)
    ]
    legend = Legend(
        axes,
        patches,
        [str(patch.get_label()) for patch in patches],
        ncols=columns,
        frameon=False,
        loc="center right",
        bbox_to_anchor=(1.0, position),
        bbox_transform=axes.get_yaxis_transform(),
        fontsize=9,
        handlelength=1.0,
        handletextpad=0.4,
        columnspacing=0.9,
        borderpad=0,
        borderaxespad=0,
    )
    legend.set_in_layout(False)
    axes.add_artist(legend)
