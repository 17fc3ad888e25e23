"""What devices count of a product: each count on a scale of its own, and how it moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from matplotlib.axes import Axes

from analysis.publishing import management_charts
from analysis.publishing.blocks import Block, Part, block, figure_notes, heading, table
from analysis.publishing.management_charts import Panel
from analysis.publishing.pages import convergence
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.flows import (
    Flow,
    break_reading,
    flow_reading,
    flows_of,
    flows_title,
)
from analysis.publishing.wording.sentences import Sentence, join_notes, source_text, upper_first
from analysis.study import Directorate

MOST_DRAWN = 4
"""Flows that are drawn: those that moved, then those that are read as better or worse."""

Broken = tuple[Directorate, Flow, ReleasedFigure]

PANEL, AROUND = 1.35, 0.5
"""Inches of a panel, and of what stands around them."""


def flows(page: Page) -> Block:
    """What the devices that count brought of the page's product; nothing where none did."""
    found = flows_of(page.wording, page.figures, page.directorate)
    if not found:
        return block("flows")
    return block(
        "flows",
        heading(flows_title(page.wording, found)),
        _chart(page, found),
        _table(page, found),
        figure_notes(page.language, note=_note(page, found), source=source_text(page.wording)),
    )


def breaks(page: Page) -> Block:
    """Over all products: the counts that broke in the year that ends with the wave, in which month,
    and what all devices say together of the same.
    """
    found = broken(page)
    head = heading(breaks_head(page, found))
    if not found:
        return block("breaks", head)
    text = page.language.text
    columns = {
        upper_first(page.wording.unit): [product.acronym for product, _, _ in found],
        text("column_flow"): [upper_first(flow.name(page.language)) for _, flow, _ in found],
        text("column_broke"): [upper_first(break_reading(page.wording, one)) for *_, one in found],
        text("column_together"): [
            convergence.verdict_on(page, product.id, flow.series.dimension)
            for product, flow, _ in found
        ],
    }
    caption = text("caption_breaks", wave=page.wording.wave_label())
    return block(
        "breaks",
        head,
        table("breaks", columns=columns, caption=caption),
        figure_notes(
            page.language,
            note=_note(page, [flow for _, flow, _ in found]),
            source=source_text(page.wording),
        ),
    )


def broken(page: Page) -> list[Broken]:
    """The counts that broke in the year that ends with the wave, where the study does not say why:
    product, count, break.
    """
    return [
        (product, flow, broke)
        for product in page.study.directorates
        for flow in flows_of(page.wording, page.figures, product)
        for broke in flow.breaks
        if broke.word != "declared"
    ]


def breaks_head(page: Page, found: Sequence[Broken]) -> Sentence:
    """How many breaks there are in counts."""
    ending = "none" if not found else "one" if len(found) == 1 else "n"
    told, count = [broke for *_, broke in found], page.language.number(len(found))
    return page.wording.said(f"breaks_head_{ending}", told, count=count)


def _note(page: Page, found: Sequence[Flow]) -> str:
    listening = page.study.listening
    assert listening is not None, "a flow is of a device"
    text, number = page.language.text, page.language.number
    complete = text(
        "note_flows",
        percent=number(listening.rules.moves_from),
        points=number(page.study.thresholds.practical_change),
    )
    stocks = [text("note_stock")] if any(flow.series.stock for flow in found) else []
    return join_notes([complete, *stocks])


def _table(page: Page, found: list[Flow]) -> Part:
    text, value = page.language.text, page.wording.formats.value
    columns = {
        text("column_flow"): [upper_first(flow.name(page.language)) for flow in found],
        text("column_device"): [page.language.typeset(flow.device.label) for flow in found],
        text("column_over_wave"): [value(flow.total) for flow in found],
        text("column_since_year"): [
            value(flow.year) if flow.year is not None else text("sign_nd") for flow in found
        ],
        text("column_flow_reading"): [
            upper_first(flow_reading(page.wording, flow)) for flow in found
        ],
    }
    caption = text(
        "caption_flows", product=page.directorate.acronym, wave=page.wording.wave_label()
    )
    numeric = [text("column_over_wave"), text("column_since_year")]
    return table(
        f"comptages-{page.directorate.id}", columns=columns, caption=caption, numeric=numeric
    )


def _chart(page: Page, found: list[Flow]) -> Part | None:
    """The months of some flows, one above the other: they share days, and no scale."""
    drawn = sorted(
        (flow for flow in found if len(flow.months) > 1),
        key=lambda flow: (not flow.moved, flow.series.better is None),
    )[:MOST_DRAWN]
    if not drawn:
        return None
    language = page.language
    panels = [
        Panel(
            title=upper_first(flow.name(language)),
            days=[_middle(month) for month in flow.months],
            values=[_scaled(month) for month in flow.months],
            breaks=[
                (_middle(one).replace(day=1), language.text("break_mark")) for one in flow.breaks
            ],
        )
        for flow in drawn
    ]

    def draw(axes: Axes) -> None:
        management_charts.panels_in_time(
            axes,
            panels,
            write=[partial(_written, page, flow.total) for flow in drawn],
            ticks=[
                (day, language.month(f"{day:%Y-%m}"))
                for day in _ticks([day for panel in panels for day in panel.days])
            ],
        )

    first = drawn[0]
    return page.chart_part(
        f"comptages-{page.directorate.id}",
        draw,
        alt=page.wording.said(
            "flows_alt",
            [first.months[0], first.months[-1]],
            series=first.name(language),
            first=_month_value(page, first.months[0]),
            last=_month_value(page, first.months[-1]),
        ),
        caption=language.text("caption_flows_drawn", product=page.directorate.acronym),
        height=lambda _: PANEL * len(panels) + AROUND,
    )


def _month_value(page: Page, month: ReleasedFigure) -> str:
    return page.language.text(
        "month_value",
        value=page.wording.formats.value(month),
        month=page.language.month(month.category),
    )


def _written(page: Page, figure: ReleasedFigure, value: float) -> str:
    """A value of a panel, as figures of its kind are printed."""
    scale = 100 if figure.unit == "share" else 1
    return page.wording.formats.number(value / scale, figure)


def _middle(month: ReleasedFigure) -> date:
    return date.fromisoformat(f"{month.category}-15")


def _scaled(month: ReleasedFigure) -> float | None:
    if month.hidden or month.value is None:
        return None
    return month.value * (100 if month.unit == "share" else 1)


def _ticks(days: list[date]) -> list[date]:
    """The first month of each year; where there are not two, the first and the last month."""
    first, last = min(days), max(days)
    starts = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    return starts if len(starts) > 1 else [first, last]
