"""Stacked bars of answers: the levels of a scale in the colours of the house, under their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.legend import Legend

from analysis.publishing.charts import GREY, INK, LIKERT, LINE, PAPER, height_of, wrapped

LABEL_FROM = 0.05
"""Shares from which a part of a bar holds its number."""

ROOMY = 0.08
"""Shares from which the number has its usual size."""

LEGEND_ROW = 100
"""Characters of the row of a legend."""

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


def likert_height(panels: Sequence[LikertPanel]) -> float:
    """Inches that stacked bars take."""
    return 0.25 + sum(
        _legend_lines(panel) * LINE + 0.15 + height_of(panel.labels, least=BAR) for panel in panels
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
    down, ticks = 0.0, {}
    edges: list[tuple[float, float]] = []
    counted: list[tuple[float, str]] = []
    for panel in panels:
        lines = _legend_lines(panel)
        room = (lines * LINE + 0.15) / (height_of(panel.labels, least=BAR) / len(panel.labels))
        _level_legend(axes, panel, down - room / 2)
        down -= room
        axes.vlines(0, down - len(panel.labels), down, color=INK, linewidth=0.8, zorder=0)
        for label, parts, value in zip(panel.labels, panel.shares, panel.counted, strict=True):
            down -= 0.5
            edges.append(_stacked_bar(axes, down, parts, len(panel.levels), write))
            ticks[down] = wrapped(label)
            counted.append((down, value))
            down -= 0.5
    least, most = min(edge for edge, _ in edges), max(edge for _, edge in edges)
    for position, value in counted:
        axes.text(most + 0.03, position, value, ha="left", va="center", fontweight="bold")
    axes.set_xlim(least, most)
    axes.set_ylim(down, 0)
    axes.set_yticks(list(ticks), list(ticks.values()))
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
    position: float,
    parts: Sequence[tuple[tuple[int, int], float | None]],
    levels: int,
    write: Callable[[float], str],
) -> tuple[float, float]:
    """Draws a question's bar; returns where it starts and ends. Levels told together have the
    colour of the one nearest the middle, hatched in that of the other end.
    """
    colors, middle = _level_colors(levels), (levels - 1) / 2
    shown = sum(share for _, share in parts if share is not None)
    hidden = sum(share is None for _, share in parts)
    widths = [max(0.0, 1 - shown) / hidden if share is None else share for _, share in parts]
    start = first_edge = -sum(
        width * _part_before(group, middle) for (group, _), width in zip(parts, widths, strict=True)
    )
    for (group, share), width in zip(parts, widths, strict=True):
        inner, outer = sorted(group, key=lambda rank: abs(rank - middle))
        color = PAPER if share is None else colors[inner]
        outlined = share is None or inner == middle or inner != outer
        axes.barh(
            position,
            width,
            left=start,
            height=0.72,
            color=color,
            edgecolor=colors[outer]
            if inner != outer and share is not None
            else GREY
            if outlined
            else PAPER,
            linewidth=1,
            hatch="///" if share is None else "..." if inner != outer else None,
        )
        if share is not None and round(share, 2) >= LABEL_FROM:
            label = axes.text(
                start + width / 2,
                position,
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


def _legend_lines(panel: LikertPanel) -> int:
    """Lines of the longest name of a panel's levels."""
    return max(wrapped(name, _level_width(panel)).count("\n") + 1 for name in panel.levels)


def _level_width(panel: LikertPanel) -> int:
    """Characters of a line of a level's name, so that all stand in one row."""
    return max(6, LEGEND_ROW // len(panel.levels) - 3)


def _level_legend(axes: Axes, panel: LikertPanel, position: float) -> None:
    """The names of the levels in one row, over the bars of a panel."""
    patches = [
        mpl.patches.Patch(facecolor=color, edgecolor=GREY, label=wrapped(name, _level_width(panel)))
        for color, name in zip(_level_colors(len(panel.levels)), panel.levels, strict=True)
    ]
    legend = Legend(
        axes,
        patches,
        [str(patch.get_label()) for patch in patches],
        ncols=len(patches),
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
