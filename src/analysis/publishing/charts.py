"""Figures: drawn as SVG (page, PDF), as PNG (word processors) and once more for a phone's screen,
the same bytes each time.

Colours and rules are those of the house: the Likert palette, a neutral middle, direct labels from 5
%, no meaning by colour alone. A figure made from simulated data carries the mention inside the
image.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from analysis.errors import RenderingError, quoted
from analysis.publishing.blocks import ON_PHONES
from analysis.publishing.fonts import FACE, FACE_FILES, FALLBACK, missing_characters
from analysis.publishing.sheets import (
    PAGE,
    PHONE,
    Height,
    Rows,
    Sheet,
    frame_rows,
    sheet_of,
    wrapped,
)
from analysis.publishing.svg import complete_svg
from analysis.study.files import write_atomically
from analysis.study.languages import without_marks

LIKERT = ("#8c2d04", "#d9792b", "#b3b3b3", "#5b93c5", "#08459c")
INK, GREY, PAPER = "#161616", "#616161", "#ffffff"
ACCENT = "#08459c"
STYLE: dict[Any, Any] = {
    "font.family": [FACE, FALLBACK],
    "font.size": 11,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "observatoire",
    "text.parse_math": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
}
for _file in FACE_FILES:  # once, and in the process that kernels are forked from
    font_manager.fontManager.addfont(_file)
Suffix = Literal[".svg", ".png"]
SURFACES = {".svg": FigureCanvasSVG, ".png": FigureCanvasAgg}
DOTS = {".svg": 72, ".png": 200}
"""Dots per inch: those that SVG counts in, and those of an image for word processors."""
MARK_BAND = 0.2
"""Inches left at the foot of an image for the mention it carries."""
WAVE_ROOM, WAVE_WIDTH, WAVE_LEAST = 11.2, 14, 4
"""Characters of an inch below an axis; of a line of a wave's name: at most, at least."""

VALUE_ROOM = 4
"""Characters that a value over a point takes."""

INTERVAL, RANGE = 0.3, 0.5
"""Inches of the row of an interval; of a range."""


def save(
    folder: Path,
    name: str,
    *,
    title: str,
    description: str,
    height: Height,
    mark: str | None,
    draw: Callable[[Axes], None],
) -> None:
    """Draws on one pair of axes and writes `name.svg`, `name.png` and `name-narrow.svg` in a
    folder.

    Args:
        folder: Where.
        name: Of the files.
        title: What the figure is, for those who do not see it.
        description: What it shows, in words.
        height: Of a sheet, in inches.
        mark: A mention written inside the image (simulated data), or None.
        draw: Draws on the axes.

    """
    image, picture = images((".svg", ".png"), height=height(PAGE), mark=mark, draw=draw)
    (narrow,) = images((".svg",), height=height(PHONE), mark=mark, draw=draw, sheet=PHONE)
    for named, drawn in ((name, image), (f"{name}{ON_PHONES}", narrow)):
        svg = complete_svg(drawn.decode("utf-8"), name=named, title=title, description=description)
        write_atomically(folder / f"{named}.svg", svg.encode("utf-8"))
    write_atomically(folder / f"{name}.png", picture)


def images(
    suffixes: Sequence[Suffix],
    *,
    height: float,
    mark: str | None,
    draw: Callable[[Axes], None],
    sheet: Sheet = PAGE,
) -> list[bytes]:
    """The bytes of one image in some formats, drawn and laid out once, the same each time;
    arguments as `save`, for one sheet.

    Raises:
        RenderingError: a label has a character that no font has, or labels leave no room; the label
            is named.

    """
    import seaborn

    band = MARK_BAND / height if mark else 0.0
    with seaborn.axes_style("ticks"), mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*constrained_layout not applied.*")
        warnings.filterwarnings("error", message=".*missing from font.*")
        canvas = Canvas(figsize=(sheet.width, height), dpi=DOTS[suffixes[0]])
        SURFACES[suffixes[0]](canvas)
        draw(canvas.add_subplot())
        if mark:
            canvas.text(
                0.995,
                0.1 * band,
                mark,
                ha="right",
                va="bottom",
                fontsize=9,
                color=GREY,
                style="italic",
            )
        for text in canvas.findobj(Text):
            text.set_text(without_marks(text.get_text()))
            text.set_fontsize(max(float(text.get_fontsize()), sheet.smallest))
        _check_texts(canvas)
        try:
            # Laid out once, here: `savefig` would draw everything a second time to do it.
            ConstrainedLayoutEngine(rect=(0, band, 1, 1 - band)).execute(canvas)
            return [_written(canvas, suffix, mark=mark) for suffix in suffixes]
        except UserWarning as warning:
            longest = max((text.get_text() for text in canvas.findobj(Text)), key=len)
            raise RenderingError(
                f"A figure has no room for its labels: {warning}.",
                where=quoted(longest),
                hint="shorten this label: it is the longest.",
            ) from None


def _written(canvas: Canvas, suffix: Suffix, *, mark: str | None) -> bytes:
    metadata: dict[str, str | None] = (
        {"Date": None, "Creator": None} if suffix == ".svg" else {"Software": None}
    )
    if mark:  # in Dublin Core's words, as SVG has them, and PNG's own ones alike
        metadata["Source"] = mark
    image = BytesIO()
    canvas.savefig(image, format=suffix[1:], dpi=DOTS[suffix], metadata=metadata)
    return image.getvalue()


def _check_texts(canvas: Canvas) -> None:
    """Refuses a figure with a character that no font has.

    Raises:
        RenderingError: the text is named.

    """
    for text in canvas.findobj(Text):
        if missing := missing_characters(text.get_text()):
            raise RenderingError(
                f"A label holds {missing!r}, which no font of an edition has.",
                where=quoted(text.get_text()),
                hint="write it with other characters.",
            )


def title(axes: Axes, text: str) -> None:
    """A title over the whole image, from its left edge."""
    canvas = axes.get_figure(root=True)
    assert canvas is not None
    canvas.suptitle(text, x=0.01, ha="left", fontsize=11, fontweight="bold")


def subtitle(axes: Axes, text: str) -> None:
    """What the values of a whole image are, with their unit, over it from its left edge."""
    canvas = axes.get_figure(root=True)
    assert canvas is not None
    canvas.suptitle(wrapped(text, sheet_of(axes).across), x=0.01, ha="left", fontsize=10)


def intervals(
    axes: Axes,
    *,
    labels: Sequence[str],
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
) -> None:
    """A point and its interval per line, the first on top; a line without a value stays empty."""
    rows = Rows(labels, sheet_of(axes), INTERVAL)
    positions = rows.middles()
    bounds = np.array(
        [[np.nan if bound is None else bound for bound in side] for side in (values, low, high)],
        dtype=np.float64,
    )
    axes.hlines(positions, bounds[1], bounds[2], color=LIKERT[3], linewidth=5)
    axes.plot(bounds[0], positions, "o", color=ACCENT, markersize=7)
    frame_rows(axes, rows)
    axes.grid(axis="x", color="#dddddd", linewidth=0.7)


@dataclass(frozen=True)
class TrendLine:
    """A line by wave with its intervals; None where a wave is hidden, which leaves a gap."""

    title: str
    values: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]


def trend_height(lines: Sequence[TrendLine], sheet: Sheet) -> float:
    """Inches that panels of lines take, under a subtitle."""
    return (1.0 if sheet.over else 0.6) + 1.8 * -(-len(lines) // _trend_columns(sheet))


def _trend_columns(sheet: Sheet) -> int:
    """Panels of lines beside each other."""
    return 1 if sheet.over else 2


def trend_panels(
    axes: Axes,
    lines: Sequence[TrendLine],
    *,
    waves: Sequence[str],
    write: Callable[[float], str],
    scale: float = 100,
    limits: tuple[float, float] = (0, 100),
) -> list[Axes]:
    """Lines by wave, one panel each, all on one scale.

    Args:
        axes: Where they are drawn; it is taken away.
        lines: One per panel.
        waves: Their names.
        write: How a value is printed.
        scale: What values are multiplied by on the scale.
        limits: The least and the largest value of it.

    Returns:
        The axes of the panels.

    """
    canvas, place = axes.get_figure(), axes.get_subplotspec()
    assert canvas is not None and place is not None
    sheet = sheet_of(axes)
    columns = min(_trend_columns(sheet), len(lines))
    room = int(WAVE_ROOM * sheet.width / columns)
    axes.remove()
    grid = place.subgridspec(-(-len(lines) // columns), columns)
    panels: list[Axes] = []
    for index, line in enumerate(lines):
        shared = panels[0] if panels else None
        panel = canvas.add_subplot(grid[index // columns, index % columns], sharey=shared)
        _trend_line(panel, line, waves=waves, write=write, scale=scale, room=room)
        panel.set_title(line.title, loc="left", fontsize=11, fontweight="bold")
        panel.tick_params(labelleft=index % columns == 0)
        panels.append(panel)
    bounds = [
        scale * bound
        for line in lines
        for side in (line.values, line.low, line.high)
        for bound in side
        if bound is not None
    ]
    least, most = limits
    margin = 0.12 * most
    panels[0].set_ylim(max(least, min(bounds) - margin), min(most, max(bounds) + margin))
    return panels


def _trend_line(
    axes: Axes,
    line: TrendLine,
    *,
    waves: Sequence[str],
    write: Callable[[float], str],
    scale: float,
    room: int,
) -> None:
    """One line by wave with its band, and its values over the points."""
    import seaborn

    y, bottom, top = (
        np.array([np.nan if value is None else scale * value for value in side])
        for side in (line.values, line.low, line.high)
    )
    x = np.arange(len(waves))
    axes.fill_between(x, bottom, top, color=LIKERT[3], alpha=0.25, linewidth=0)
    seaborn.lineplot(
        x=x, y=y, ax=axes, color=ACCENT, marker="o", linewidth=2, markersize=7, errorbar=None
    )
    known = [index for index, value in enumerate(line.values) if value is not None]
    written = known if len(waves) * VALUE_ROOM <= room else {*known[:1], *known[-1:]}
    for index, value in enumerate(line.values):
        if value is not None and index in written:
            axes.annotate(
                write(value),
                (index, y[index]),
                textcoords="offset points",
                xytext=(0, 9),
                ha="center",
                fontweight="bold",
            )
    width = max(WAVE_LEAST, min(WAVE_WIDTH, room // len(waves)))
    axes.set_xticks(x, [wrapped(wave, width) for wave in waves])
    axes.set_xlim(-0.4, len(waves) - 0.6)
    axes.grid(axis="y", color="#dddddd", linewidth=0.7)


def ranges(
    axes: Axes,
    *,
    labels: Sequence[str],
    means: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    write: Callable[[float], str],
    label: str,
) -> None:
    """A bar per line between two shares that are written at its ends, with a mark at their mean;
    the first line is on top.

    Args:
        axes: Where it is drawn.
        labels: Of the lines.
        means, low, high: Shares in [0, 1], one per line.
        write: How a share is printed.
        label: Of the horizontal axis.

    """
    rows = Rows(labels, sheet_of(axes), RANGE)
    positions = rows.middles()
    left, right, middle = (100 * np.array(side) for side in (low, high, means))
    axes.barh(positions, right - left, left=left, height=0.36 * rows.mark, color=LIKERT[3])
    axes.plot(middle, positions, "|", color=INK, markersize=17, markeredgewidth=2)
    for position, start, end in zip(positions, low, high, strict=True):
        for share, shift, side in ((start, -6, "right"), (end, 6, "left")):
            axes.annotate(
                write(share),
                (100 * share, position),
                textcoords="offset points",
                xytext=(shift, 0),
                ha=side,
                va="center",
                fontweight="bold",
            )
    frame_rows(axes, rows)
    axes.set_xlim(max(0, left.min() - 12), min(100, right.max() + 12))
    axes.set_xlabel(wrapped(label, rows.sheet.across))
    axes.grid(axis="x", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)


@dataclass(frozen=True)
class FunnelSite:
    """A site of a funnel: its name, its effective sample size, its share and the limits between
    which it is ordinary.
    """

    name: str
    size: float
    share: float
    low: float
    high: float

    @property
    def ordinary(self) -> bool:
        """Whether it lies between its limits."""
        return self.low <= self.share <= self.high


def funnel_chart(
    axes: Axes, *, sites: Sequence[FunnelSite], mean: float, labels: dict[str, str]
) -> None:
    """Named sites by effective sample size, with their mean and the limits of the ordinary: for the
    internal view alone.

    Args:
        axes: Where it is drawn.
        sites: In any order.
        mean: Of all sites, in [0, 1].
        labels: `x`, `y`, `mean` and `limits`.

    """
    ordered = sorted(sites, key=lambda site: site.size)
    sizes = [site.size for site in ordered]
    for bounds, name in (
        ([site.low for site in ordered], labels["limits"]),
        ([site.high for site in ordered], None),
    ):
        axes.plot(sizes, 100 * np.array(bounds), color=GREY, linewidth=1.2, label=name)
    axes.axhline(100 * mean, color=INK, linewidth=1, label=labels["mean"])
    for ordinary, color, marker, size in ((True, ACCENT, "o", 7), (False, LIKERT[0], "D", 9)):
        chosen = [site for site in ordered if site.ordinary is ordinary]
        axes.plot(
            [site.size for site in chosen],
            [100 * site.share for site in chosen],
            marker,
            color=color,
            markersize=size,
        )
    for rank, site in enumerate(ordered):
        axes.annotate(
            site.name,
            (site.size, 100 * site.share),
            textcoords="offset points",
            xytext=(0, (7, -13, 16, -22)[rank % 4]),
            ha="center",
            fontsize=7,
        )
    axes.margins(x=0.12)
    axes.set_xlabel(labels["x"])
    axes.set_ylabel(labels["y"])
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    axes.grid(axis="y", color="#dddddd", linewidth=0.7)
