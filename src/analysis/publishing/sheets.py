"""What a figure is drawn on: the width of a page's text, or that of a phone's screen, with texts
that are read on it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from analysis.study.languages import without_marks

LINE = 0.19
"""Inches of a line of a label."""


@dataclass(frozen=True)
class Sheet:
    """A width to draw on.

    Attributes:
        width: In inches.
        across: Characters of a line as long as the sheet is wide.
        label: Characters of a line of a label of a row.
        over: Whether the label of a row stands over it; else it stands beside.
        smallest: Points of the smallest text.

    """

    width: float
    across: int
    label: int
    over: bool = False
    smallest: float = 0


PAGE = Sheet(width=7.2, across=122, label=34)
PHONE = Sheet(width=4.0, across=48, label=42, over=True, smallest=11)
"""The 288 pixels that a screen of 320 leaves a figure: a point is a pixel there."""


def sheet_of(axes: Axes) -> Sheet:
    """The sheet that axes are drawn on."""
    canvas = axes.get_figure(root=True)
    assert canvas is not None
    return PHONE if canvas.get_figwidth() == PHONE.width else PAGE


Height = Callable[[Sheet], float]
"""How high a figure is on a sheet, in inches."""


def wrapped(label: str, width: int = PAGE.label) -> str:
    """A label in lines short enough to leave room for what it names; a word longer than a line is
    cut.

    >>> wrapped("une question assez longue pour deux lignes").splitlines()
    ['une question assez longue pour', 'deux lignes']
    """
    label = without_marks(label)
    return "\n".join(textwrap.wrap(label, width, break_on_hyphens=False)) or label


@dataclass(frozen=True)
class Rows:
    """The rows of a figure, from the top: a label each, beside its mark or over it.

    Attributes:
        labels: One per row.
        sheet: That they are drawn on.
        least: Inches that the mark of a row takes, at least.

    """

    labels: Sequence[str]
    sheet: Sheet
    least: float

    @property
    def row_height(self) -> float:
        """Inches of a row: all are as high as the longest label asks."""
        lines = max((text.count("\n") + 1 for text in self.texts), default=1)
        if self.sheet.over:
            return self.least + LINE * lines
        return max(self.least, LINE * lines + 0.1)

    @property
    def height(self) -> float:
        """Inches of them all."""
        return self.row_height * len(self.labels)

    @property
    def mark(self) -> float:
        """Inches of a row that its mark may take, at its foot."""
        return self.least if self.sheet.over else self.row_height

    def middles(self, foot: float = 0) -> NDArray[np.float64]:
        """Where the middle of each mark stands on a vertical axis in inches, above their foot."""
        ranks = np.arange(len(self.labels), dtype=np.float64)[::-1]
        return foot + self.mark / 2 + self.row_height * ranks

    @property
    def texts(self) -> list[str]:
        """The labels, in lines."""
        return [wrapped(label, self.sheet.label) for label in self.labels]


def write_labels(axes: Axes, stacked: Sequence[tuple[Rows, float]]) -> None:
    """Writes the labels of rows beside or over their marks.

    Args:
        axes: Whose vertical axis is in inches.
        stacked: Rows, each group with where its foot stands.

    """
    placed = [
        (text, middle, rows)
        for rows, foot in stacked
        for text, middle in zip(rows.texts, rows.middles(foot), strict=True)
    ]
    if not placed[0][2].sheet.over:
        axes.set_yticks([middle for _, middle, _ in placed], [text for text, _, _ in placed])
        return
    axes.set_yticks([])
    for text, middle, rows in placed:
        axes.annotate(
            text,
            (0, middle + rows.mark / 2),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            xytext=(3, 0),
            va="bottom",
        )


def frame_rows(axes: Axes, rows: Rows) -> None:
    """Writes the labels of the only rows of a figure, whose foot is at 0, with room about them."""
    write_labels(axes, [(rows, 0)])
    axes.set_ylim(-0.1 * rows.row_height, rows.height + 0.1 * rows.row_height)
