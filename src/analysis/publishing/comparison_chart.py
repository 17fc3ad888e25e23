"""A chart of results and their intervals, some of a study and some of other bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.publishing.charts import ACCENT, GREY, INTERVAL, LIKERT, PAPER
from analysis.publishing.sheets import Rows, Sheet, frame_rows, sheet_of, wrapped

OUTLINE = "#b3b3b3"


@dataclass(frozen=True)
class Result:
    """A row of the chart.

    Attributes:
        label: Beside it.
        value, low, high: As the axis counts; no bounds where there is no interval.
        here: Whether it is the study's own: a full point; else a hollow square.

    """

    label: str
    value: float
    low: float | None
    high: float | None
    here: bool


def comparison_height(results: Sequence[Result], sheet: Sheet) -> float:
    """Inches that the chart takes, with its axis."""
    return Rows([one.label for one in results], sheet, INTERVAL).height + 0.8


def comparison_chart(
    axes: Axes, results: Sequence[Result], *, limits: tuple[float, float], label: str
) -> None:
    """A point and its interval per row, the first on top.

    Args:
        axes: Where it is drawn.
        results: From the top.
        limits: Of the axis, all of which is shown: none of the results is made to look far apart.
        label: Of the axis.

    """
    rows = Rows([one.label for one in results], sheet_of(axes), INTERVAL)
    for result, position in zip(results, rows.middles(), strict=True):
        colour = LIKERT[3] if result.here else OUTLINE
        if result.low is not None and result.high is not None:
            axes.hlines(position, result.low, result.high, color=colour, linewidth=5)
        axes.plot(
            result.value,
            position,
            "o" if result.here else "s",
            color=ACCENT if result.here else GREY,
            markerfacecolor=ACCENT if result.here else PAPER,
            markeredgewidth=1.5,
            markersize=7,
        )
    frame_rows(axes, rows)
    axes.set_xlim(*limits)
    axes.set_xlabel(wrapped(label, rows.sheet.across))
    axes.grid(axis="x", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
