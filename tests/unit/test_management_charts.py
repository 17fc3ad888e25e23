"""Figures that set what is measured beside what is perceived, as they are drawn; and sheets and
verdicts as they are rendered."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pypdf
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

from analysis.publishing import charts, fonts
from analysis.publishing.blocks import Tile, block, heading, page_break, paragraph, tiles
from analysis.publishing.management_charts import Panel, Point, bars, panels_in_time, quadrants
from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.sheets import PAGE, PHONE, Sheet
from analysis.publishing.wording.sentences import Sentence
from analysis.study import Study
from tests.one_page import EDITION, project_of


def drawn(
    draw: Callable[[Axes], Any], *, height: float = 3.9, sheet: Sheet = PAGE
) -> tuple[Figure, Any]:
    """A figure laid out as those of an edition are, and what its drawing returns."""
    for file in fonts.FACE_FILES:
        mpl.font_manager.fontManager.addfont(file)
    with mpl.rc_context(charts.STYLE):
        figure = Figure(figsize=(sheet.width, height), dpi=72)
        FigureCanvasAgg(figure)
        found = draw(figure.add_subplot())
        ConstrainedLayoutEngine().execute(figure)
        figure.canvas.draw()
    return figure, found


def ticked(axes: Axes) -> list[Text]:
    """The labels of the ticks that lie on the axes: others are kept and not drawn."""
    found = []
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        low, high = sorted(limits)
        ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        found += [tick.label1 for tick in ticks if tick.label1.get_visible()]
    return found


def shown(figure: Figure) -> list[Text]:
    """The texts that a figure shows."""
    texts = []
    for axes in figure.axes:
        titles = [text for text in axes.get_children() if isinstance(text, Text)]
        texts += [*titles, *ticked(axes), axes.xaxis.label, axes.yaxis.label]
    return [text for text in texts if text.get_text()]


def written(figure: Figure) -> list[str]:
    return [text.get_text() for text in shown(figure)]


def outside(figure: Figure) -> list[str]:
    """The texts that a figure does not show whole."""
    width, height = figure.bbox.width, figure.bbox.height
    boxes = {text.get_text(): text.get_window_extent() for text in shown(figure)}
    return [
        text
        for text, box in boxes.items()
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def test_a_text_that_would_be_cut_is_seen() -> None:
    figure, _ = drawn(lambda axes: axes.text(0.99, 0.5, "trop à droite", in_layout=False))
    assert outside(figure) == ["trop à droite"]


# --- series in time -------------------------------------------------------------------------------

DAYS = [date(2026, month, 15) for month in range(1, 7)]
NOTHING: list[float | None] = [None] * 6


def panel(
    values: Sequence[float | None], norm: float | None = None, half: float | None = None
) -> Panel:
    low = [None if value is None else value - (half or 0.0) for value in values]
    high = [None if value is None else value + (half or 0.0) for value in values]
    bounds = {} if half is None else {"low": low, "high": high}
    return Panel(title="Attente (en minutes)", days=DAYS, values=values, norm=norm, **bounds)


def in_time(
    *panels: Panel, breaks: Sequence[tuple[date, str]] = ()
) -> Callable[[Axes], list[Axes]]:
    return lambda axes: panels_in_time(
        axes,
        panels,
        breaks=breaks,
        write=[lambda value: f"{value:.0f} minutes", *[lambda value: f"{value:.0f} %"] * 7],
        ticks=[(DAYS[0], "janvier 2026"), (DAYS[-1], "juin 2026")],
    )


SERIES = (panel([10.0, 12, None, 14, 18, 22], 20), panel([None, 50.0, None, None, 55, 65], 60, 4))


def test_series_share_their_time_axis_and_never_their_scale() -> None:
    figure, (upper, lower) = drawn(in_time(*SERIES, breaks=[(DAYS[2], "changement")]))
    assert figure.axes == [upper, lower]
    assert upper.get_shared_x_axes().joined(upper, lower)
    assert not upper.get_shared_y_axes().joined(upper, lower)
    assert upper.get_xlim() == lower.get_xlim()
    assert upper.get_ylim() == pytest.approx((0, 27.5))
    assert lower.get_ylim() == pytest.approx((0, 86.25)), "the upper bound is 69"
    assert upper.get_position().y0 > lower.get_position().y1, "one above the other"
    texts = written(figure)
    assert texts.count("changement") == 1 and "22 minutes" in texts and "65 %" in texts
    assert [text for text in texts if "2026" in text] == ["janvier 2026", "juin 2026"], "once"
    dotted = [[one for one in axes.lines if one.get_linestyle() == ":"] for axes in (upper, lower)]
    assert [len(lines) for lines in dotted] == [1, 1], "the day crosses both"


def test_a_month_that_is_missing_leaves_a_gap_and_the_last_that_is_there_is_written() -> None:
    figure, (upper, _) = drawn(in_time(panel([10.0, None, 12, 13.0, None, None]), SERIES[1]))
    (line,) = (one for one in upper.lines if one.get_marker() == "o")
    assert np.isnan(line.get_ydata()).tolist() == [False, True, False, False, True, True]
    assert "13 minutes" in written(figure) and "12 minutes" not in written(figure)


@pytest.mark.parametrize(
    "values",
    [
        [None, 3.0, None, None, 4.0, None],
        [0.0] * 6,
        [1.0, 2.0, 1e9, 1.0, 2.0, 1.0],
        [1.0, 2.0, 1.0, 1.0, 2.0, 1e9],
        [-20.0, -30.0, -25.0, -10.0, -5.0, -12.0],
        [-20.0, 30.0, None, None, None, 10.0],
        NOTHING,
    ],
    ids=["two", "noughts", "enormous", "enormous at the end", "negative", "both signs", "nothing"],
)
def test_nothing_of_a_series_lies_outside_its_panel(values: list[float | None]) -> None:
    """With a norm or none, on the bottom or far above; with an interval or none."""
    panels = [panel(values, norm, half) for norm in (None, 0.0, 15.0, 5e9) for half in (None, 2.0)]
    figure, axes = drawn(in_time(*panels), height=14)
    for one, own in zip(panels, axes, strict=True):
        points = [value for side in (one.values, one.low, one.high) for value in side]
        low, high = own.get_ylim()
        assert low < high
        known = [value for value in (*points, one.norm, 0.0) if value is not None]
        assert [value for value in known if not low <= value <= high] == []
    assert outside(figure) == []


# --- bars -----------------------------------------------------------------------------------------


def rows(
    values: Sequence[float], norms: Sequence[float | None], texts: Sequence[str] = ()
) -> Callable[[Axes], Axes]:
    def draw(axes: Axes) -> Axes:
        bars(
            axes,
            labels=[f"Direction {place}, annoncé" for place in range(len(values))],
            values=values,
            norms=norms,
            texts=texts or [f"{value:.0f} jours" for value in values],
            label="en jours",
        )
        return axes

    return draw


def test_bars_begin_at_nought_with_a_mark_where_there_is_a_norm() -> None:
    figure, axes = drawn(rows([45.0, 52.3], [None, 60.0], ["45,2 jours", "52,3 jours"]))
    assert [one.get_width() for one in axes.patches] == [45.0, 52.3]
    assert {one.get_x() for one in axes.patches} == {0}
    assert axes.patches[0].get_y() > axes.patches[1].get_y(), "the first on top"
    (mark,) = axes.collections
    ends = sorted(point[1] for point in mark.get_segments()[0])
    assert ends == pytest.approx([0.45 * 0.14, 0.45 * 0.86]), "about the middle of the last row"
    assert {point[0] for point in mark.get_segments()[0]} == {60.0}
    assert {"45,2 jours", "52,3 jours"} <= set(written(figure)), "as they are told"
    places = {text.get_text(): text.xy for text in axes.texts}
    assert {name: x for name, (x, _) in places.items()} == {"45,2 jours": 45.0, "52,3 jours": 60.0}
    assert places["45,2 jours"][1] - places["52,3 jours"][1] == pytest.approx(0.45)


@pytest.mark.parametrize("sheet", [PAGE, PHONE])
@pytest.mark.parametrize(
    ("values", "norms"),
    [
        ([45.0, 52.3], [None, None]),
        ([0.0, 0.0], [None, None]),
        ([0.0], [None]),
        ([1.0, 1e9], [None, 5.0]),
        ([1.0, 2.0], [None, 1e9]),
        ([1e-9, 2e-9], [None, 1e-9]),
    ],
)
def test_no_bar_mark_or_label_lies_outside(
    values: list[float], norms: list[float | None], sheet: Sheet
) -> None:
    texts = [f"{value:,.0f} jours d’un libellé assez long" for value in values]
    figure, axes = drawn(rows(values, norms, texts), height=2.5, sheet=sheet)
    low, high = axes.get_xlim()
    assert low == 0
    assert [one for one in (*values, *(norm or 0 for norm in norms)) if one > high] == []
    assert outside(figure) == []


# --- quadrants ------------------------------------------------------------------------------------

CORNERS = ("maîtrisé", "irritant d’information", "tolérance", "prioritaire")


def about(*points: Point) -> Callable[[Axes], Axes]:
    def draw(axes: Axes) -> Axes:
        quadrants(axes, points, corners=CORNERS, labels=("Mesuré", "Perçu"))
        return axes

    return draw


def point(x: float, y: float, *, half: float = 0.03, sure: bool = True, name: str = "1") -> Point:
    return Point(name=name, x=x, y=y, low=y - half, high=y + half, sure=sure)


def test_a_corner_is_where_both_sides_say_what_it_says() -> None:
    _, axes = drawn(about(point(0.1, 0.05)), height=4.6)
    centre = np.array([0.5, 0.5])
    sides = {
        text.get_text(): tuple(np.sign(np.array(text.xy) - centre))
        for text in axes.texts
        if text.get_text() in CORNERS
    }
    assert sides == {
        "maîtrisé": (1, 1),
        "irritant d’information": (1, -1),
        "tolérance": (-1, 1),
        "prioritaire": (-1, -1),
    }


@pytest.mark.parametrize("sheet", [PAGE, PHONE])
@pytest.mark.parametrize(
    "points",
    [
        [point(0.1, 0.05)],
        [point(0.0, 0.0, half=0.0, sure=False)],
        [point(25.0, -0.9, half=0.4)],
        [point(-0.99, 0.39), point(0.2, -0.02, name="2", sure=False)],
        [point(place / 50 - 0.2, 0.0, name=str(place)) for place in range(1, 21)],
    ],
    ids=["one", "on both bounds", "enormous", "two", "twenty"],
)
def test_points_lie_about_the_two_bounds_whole_and_the_unsure_are_hollow(
    points: list[Point], sheet: Sheet
) -> None:
    figure, axes = drawn(about(*points), height=4.6, sheet=sheet)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert (left, bottom) == (-right, -top), "the bounds cross in the middle"
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in marks] == [
        (pytest.approx(100 * one.x), pytest.approx(100 * one.y)) for one in points
    ]
    hollow = [to_hex(line.get_markerfacecolor()) == charts.PAPER for line in marks]
    assert hollow == [not one.sure for one in points]
    for one in points:
        assert left < 100 * one.x < right
        assert bottom < 100 * one.low <= 100 * one.high < top
    texts = [text.get_text().replace("\n", " ") for text in axes.texts]
    named = [text for text in texts if text not in CORNERS]
    assert named == [one.name for one in points]
    assert outside(figure) == []


# --- the same bytes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "other"),
    [
        (in_time(*SERIES), in_time(SERIES[0], panel([1.0] * 6))),
        (rows([45.0, 52.3], [None, 60.0]), rows([45.0, 52.4], [None, 60.0])),
        (about(point(0.1, 0.05)), about(point(0.1, 0.05, sure=False))),
    ],
    ids=["series", "bars", "quadrants"],
)
def test_the_same_figure_is_the_same_bytes(
    draw: Callable[[Axes], Any], other: Callable[[Axes], Any]
) -> None:
    first, again, unlike = (
        charts.images((".svg", ".png"), height=3.9, mark="simulées", draw=one)
        for one in (draw, draw, other)
    )
    assert first == again and all(a != b for a, b in zip(first, unlike, strict=True))
    assert b"nan" not in first[0].lower()


# --- sheets and verdicts --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of three sheets, with a table of verdicts, as the embedded renderer makes it."""
    folder = tmp_path_factory.mktemp("sheets")
    said = Sentence("Tenu : 65 % des usagers, pour une cible de 60 %.", "perceived_kept")
    plain = Sentence("Question non posée.", "perceived_wanted")
    shown = block(
        "sheets",
        *(heading("Une attente courte"), paragraph("Premier feuillet.")),
        *(page_break(), heading("Un délai tenu"), paragraph("Deuxième feuillet.")),
        page_break(),
        tiles(
            "verdicts",
            corner="Engagement",
            heads=["D’après les usagers", "Conclusion"],
            rows=["Une attente courte"],
            cells=[[Tile("", said, "Tenu"), Tile("", plain)]],
            caption="Les engagements",
        ),
    )
    project = project_of(study, folder, shown, title="Cartes")
    EmbeddedRenderer().render(project, epoch=EDITION.epoch)
    return project / "_site"


def test_a_sheet_ends_on_paper_and_not_on_a_screen(site: Path) -> None:
    pages = [one.extract_text() for one in pypdf.PdfReader(site / "index.pdf").pages]
    assert [
        next((place for place, text in enumerate(pages) if words in text), None)
        for words in ("Premier feuillet", "Deuxième feuillet", "Les engagements")
    ] == [0, 1, 2]
    assert len(pages) == 3
    with zipfile.ZipFile(site / "index.docx") as document:
        body = document.read("word/document.xml").decode("utf-8")
    places = [match.start() for match in re.finditer(r'<w:br w:type="page"\s*/>', body)]
    words = ("Premier feuillet", "Deuxième feuillet", "Question non")
    order = [body.index(word) for word in words]
    assert len(places) == 2 and order[0] < places[0] < order[1] < places[1] < order[2]
    html = (site / "index.html").read_text(encoding="utf-8")
    assert "Deuxième feuillet" in html
    assert "pagebreak" not in html and "page-break" not in html and "<hr" not in html


def test_a_verdict_is_bold_and_what_has_none_is_not(site: Path) -> None:
    html = (site / "index.html").read_text(encoding="utf-8")
    assert "<b>Tenu</b> : 65 % des usagers" in html
    assert html.count("<b>") == 1 and "<td>Question non posée.</td>" in html
    with zipfile.ZipFile(site / "index.docx") as document:
        body = document.read("word/document.xml").decode("utf-8")
    runs = re.findall(r"<w:r>(.*?)</w:r>", body, re.DOTALL)
    bold = {
        re.sub("<[^>]*>", "", run): "<w:b />" in run or "<w:b/>" in run
        for run in runs
        if "Tenu" in run or "65" in run or "Question" in run
    }
    assert bold["Tenu"]
    assert not any(is_bold for text, is_bold in bold.items() if text != "Tenu") and len(bold) > 2


def test_columns_of_verdicts_are_as_wide_as_their_texts_ask(site: Path) -> None:
    with zipfile.ZipFile(site / "index.docx") as document:
        body = document.read("word/document.xml").decode("utf-8")
    widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', body)]
    assert len(widths) == 3
    first, longest, short = (width / sum(widths) for width in widths)
    assert longest > 1.5 * short and longest > 1.5 * first
    assert min(first, short) > 0.13, "a long word fits"
