"""Figures that set what is measured beside what is perceived: quadrants, and series one above the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.publishing.charts import ACCENT, GREY, INK, LIKERT, PAPER
from analysis.publishing.sheets import Rows, frame_rows, sheet_of, wrapped

BAR = 0.45
"""Inches of the row of a bar."""

LETTER = 0.15
"""Inches that a letter takes, and its part of the room beside the bars."""

LARGE = 10_000
"""From which on the numbers of an axis are written as those of the text are."""

TICK_ON_PHONES = 8
"""Characters of a line of a month under an axis, on a phone."""


@dataclass(frozen=True)
class Point:
    """A point of the quadrants.

    Attributes:
        name: Beside it: a number, or a few letters.
        x: By how much what is measured is better than its norm, in share of the norm.
        y, low, high: How far what is perceived is from its target, and its interval.
        sure: Whether it is known on which side of both lines it lies; else it is hollow.

    """

    name: str
    x: float
    y: float
    low: float
    high: float
    sure: bool


def quadrants(
    axes: Axes, points: Sequence[Point], *, corners: Sequence[str], labels: tuple[str, str]
) -> None:
    """Points about two lines, that of the norm and that of the target.

    Args:
        axes: Where it is drawn.
        points: In any order.
        corners: The four quadrants: good on both, measured alone, perceived alone, on neither.
        labels: Of the horizontal and of the vertical axis.

    """
    sheet = sheet_of(axes)
    x = np.array([100 * point.x for point in points])
    bounds = np.array([[100 * point.low, 100 * point.high] for point in points])
    reach = 1.35 * max(10.0, float(np.abs(x).max()))
    height = 1.25 * max(10.0, float(np.abs(bounds).max()))
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-height, height)
    axes.axhline(0, color=INK, linewidth=1)
    axes.axvline(0, color=INK, linewidth=1)
    places = ((1, 1), (1, -1), (-1, 1), (-1, -1))
    for text, (right, up) in zip(corners, places, strict=True):
        axes.annotate(
            wrapped(text, sheet.across // 3),
            (0.5 + 0.49 * right, 0.5 + 0.49 * up),
            xycoords="axes fraction",
            ha="right" if right > 0 else "left",
            va="top" if up > 0 else "bottom",
            fontsize=10,
            color=GREY,
            fontweight="bold",
        )
    for point, value, (low, high) in zip(points, x, bounds, strict=True):
        axes.vlines(value, low, high, color=LIKERT[3], linewidth=4)
        axes.plot(
            value,
            100 * point.y,
            "o",
            markersize=9,
            markeredgewidth=2,
            markeredgecolor=ACCENT,
            markerfacecolor=ACCENT if point.sure else PAPER,
        )
        axes.annotate(
            point.name,
            (value, 100 * point.y),
            textcoords="offset points",
            xytext=(9, 6),
            fontweight="bold",
        )
    axes.set_xlabel(wrapped(labels[0], sheet.across))
    axes.set_ylabel(wrapped(labels[1], sheet.across))


@dataclass(frozen=True)
class Panel:
    """A series on the time axis that others share.

    Attributes:
        title: What it is, with its unit.
        days: When each value is.
        values: None where there is none, which leaves a gap.
        low, high: Its interval, where it has one.
        norm: A line across it, where there is one.
        breaks: Days on which this series alone changed, each with its mark.

    """

    title: str
    days: Sequence[date]
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    norm: float | None = None
    breaks: Sequence[tuple[date, str]] = ()


def panels_in_time(
    axes: Axes,
    panels: Sequence[Panel],
    *,
    breaks: Sequence[tuple[date, str]] = (),
    write: Sequence[Callable[[float], str]],
    ticks: Sequence[tuple[date, str]],
) -> list[Axes]:
    """Series one above the other on one time axis, each on a scale of its own, from 0 or the least.

    Args:
        axes: Where they are drawn; it is taken away.
        panels: From the top.
        breaks: Days on which something changed, each with its mark, drawn across all panels.
        write: How the values of each panel are printed.
        ticks: Days of the time axis, and what stands under them.

    Returns:
        The axes of the panels.

    """
    sheet = sheet_of(axes)
    canvas, place = axes.get_figure(), axes.get_subplotspec()
    assert canvas is not None and place is not None
    axes.remove()
    grid = place.subgridspec(len(panels), 1)
    drawn: list[Axes] = []
    for index, panel in enumerate(panels):
        shared = drawn[0] if drawn else None
        own = canvas.add_subplot(grid[index, 0], sharex=shared)
        _series(own, panel, write[index])
        for day, mark in (*breaks, *panel.breaks):
            own.axvline(_at(day), color=GREY, linewidth=1, linestyle=":")
            if index and (day, mark) in breaks:
                continue  # told once, above the first panel
            own.annotate(
                mark,
                (_at(day), 1),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                xytext=(-3, -1),
                va="top",
                ha="right",
                fontsize=9,
                color=GREY,
            )
        own.set_title(
            wrapped(panel.title, sheet.across), loc="left", fontsize=10, fontweight="bold"
        )
        own.tick_params(labelbottom=index == len(panels) - 1)
        drawn.append(own)
    width = TICK_ON_PHONES if sheet.over else sheet.across
    days, texts = zip(*((_at(day), wrapped(text, width)) for day, text in ticks), strict=True)
    drawn[-1].set_xticks(days, texts)
    return drawn


def _series(axes: Axes, panel: Panel, write: Callable[[float], str]) -> None:
    """One series: its points joined, its interval, its norm, and its last value written."""
    x = np.array([_at(day) for day in panel.days])
    y = np.array([np.nan if value is None else value for value in panel.values])
    drawn = [y[np.isfinite(y)], [panel.norm or 0.0]]
    if panel.low:
        bottom, top = (
            np.array([np.nan if bound is None else bound for bound in side])
            for side in (panel.low, panel.high)
        )
        bars = np.vstack([y - bottom, top - y])
        axes.errorbar(x, y, yerr=bars, fmt="none", ecolor=INK, elinewidth=1.4, capsize=5)
        drawn += [side[np.isfinite(side)] for side in (bottom, top)]
    axes.plot(x, y, "-o", color=ACCENT, markersize=4, linewidth=1.6)
    if panel.norm is not None:
        axes.axhline(panel.norm, color=LIKERT[0], linewidth=1.4, linestyle="--")
    lowest, highest = (1.25 * side(0.0, *np.concatenate(drawn)) for side in (min, max))
    highest = highest if highest > lowest else 1.0
    known = np.flatnonzero(np.isfinite(y))
    for index in known[-1:]:
        over = panel.norm is not None and 0 <= panel.norm - y[index] < 0.25 * (highest - lowest)
        axes.annotate(
            write(y[index]),
            (x[index], y[index]),
            textcoords="offset points",
            xytext=(0, -19 if over else 12),
            ha="right",
            fontweight="bold",
        )
    axes.set_ylim(lowest, highest)
    if highest >= LARGE:
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_formatter(lambda value, _: write(value))
    axes.grid(axis="y", color="#dddddd", linewidth=0.7)


def _at(day: date) -> float:
    """Where a day lies on a time axis."""
    return float(dates.date2num(day))


def bars(
    axes: Axes,
    *,
    labels: Sequence[str],
    values: Sequence[float],
    norms: Sequence[float | None],
    texts: Sequence[str],
    label: str,
) -> None:
    """A bar per line, from 0, with its value at its end and a mark at its norm; the first on top.

    Args:
        axes: Where they are drawn.
        labels: Of the lines.
        values: Their lengths, all in one unit.
        norms: Where the mark of each is; None where it has none.
        texts: How each value is printed.
        label: Of the horizontal axis.

    """
    rows = Rows(labels, sheet_of(axes), BAR)
    positions = rows.middles()
    most = 1.2 * max(*values, *(norm or 0 for norm in norms)) or 1.0
    letter = LETTER / rows.sheet.width * most
    axes.barh(positions, values, height=0.5 * rows.mark, color=LIKERT[3])
    for position, value, norm, text in zip(positions, values, norms, texts, strict=True):
        near = norm is not None and value <= norm < value + letter * len(text)
        axes.annotate(
            text,
            (norm if norm is not None and near else value, position),
            textcoords="offset points",
            xytext=(7, 0),
            va="center",
            fontweight="bold",
        )
        if norm is not None:
            reach = 0.36 * rows.mark
            axes.vlines(norm, position - reach, position + reach, color=LIKERT[0], linewidth=3)
    frame_rows(axes, rows)
    axes.set_xlim(0, most)
    axes.set_xlabel(wrapped(label, rows.sheet.across))
    axes.grid(axis="x", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
