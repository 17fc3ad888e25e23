"""The sections on the overall indicator, wave after wave."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from analysis.publishing import charts
from analysis.publishing.blocks import Block, Part, block, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    bounds_heading,
    first_wave,
)
from analysis.publishing.released import Changes, ReleasedFigure
from analysis.publishing.wording.changes import change_detail, change_title
from analysis.publishing.wording.sentences import (
    Sentence,
    field_text,
    lecture,
    source_text,
    with_directorate,
)
from analysis.study import Directorate


def trend(page: Page) -> Block:
    """The overall indicator of the page's directorate, wave after wave."""
    return block("trend", *_trend_of(page, page.directorate, titled=False))


def trends(page: Page) -> Block:
    """The overall indicator of every directorate, wave after wave."""
    units = page.study.directorates
    parts = [part for unit in units for part in _trend_of(page, unit, titled=len(units) > 1)]
    return block("trends", *parts)


def _trend_of(page: Page, directorate: Directorate, *, titled: bool) -> list[Part | None]:
    """Figure, table and reading of a trend; `titled` names the directorate where a page shows
    several. A single wave is no trend, a single value no line.
    """
    language, formats, indicator = page.language, page.wording.formats, page.study.overall

    def worded(sentence: Sentence) -> Sentence:
        return with_directorate(page.wording, directorate, sentence) if titled else sentence

    waves = page.study.waves_until(page.wave.id)
    if first_wave(page):
        return []
    figures = [page.figures.overall(directorate=directorate.id, wave=wave.id) for wave in waves]
    available = [figure for figure in figures if figure is not None]
    if not available:
        return [heading(worded(page.wording.said("finding_hidden")))]
    first, last = available[0], available[-1]
    current = last.wave == page.wave.id
    changes = page.figures.changes(last) if current else Changes(None, None, None)
    name = f"tendance-{directorate.id}"
    axis = _axis(page, last)

    def shown_or_sign(figure: ReleasedFigure | None, write: Callable[[ReleasedFigure], str]) -> str:
        return language.text("sign_nd") if figure is None else write(figure)

    columns = {
        language.text("column_wave"): [page.wording.wave_label(wave) for wave in waves],
        formats.heading(available): [
            shown_or_sign(figure, partial(formats.flagged_value, beside=available))
            for figure in figures
        ],
        bounds_heading(page, available): [
            shown_or_sign(figure, partial(formats.interval, beside=available)) for figure in figures
        ],
        page.wording.base_heading: [shown_or_sign(figure, formats.base) for figure in figures],
    }

    def picture() -> Part:
        return page.chart_part(
            name,
            lambda axes: charts.trend_chart(
                axes,
                waves=[page.wording.wave_label(wave) for wave in waves],
                values=[None if figure is None else figure.value for figure in figures],
                low=[None if figure is None else figure.low for figure in figures],
                high=[None if figure is None else figure.high for figure in figures],
                **axis,
            ),
            alt=page.wording.said(
                "alt_trend",
                [first, last],
                first=page.wording.wave_label(page.study.wave(str(first.wave))),
                first_value=formats.with_unit(first),
                last=page.wording.wave_label(page.study.wave(str(last.wave))),
                last_value=formats.with_unit(last),
            ),
            caption=language.text(
                "caption_trend",
                indicator=page.wording.subject,
                measure=formats.measure("measure", last),
                field=directorate.acronym,
            ),
            height=3.0,
        )

    return [
        heading(worded(change_title(page.wording, indicator, changes))),
        picture() if len(available) > 1 else None,
        figure_notes(
            language,
            lecture=lecture(page.wording, available[::-1]),
            field=field_text(page.wording, directorate, last.claim),
            source=source_text(page.wording),
            note=change_detail(page.wording, changes),
        ),
        table(
            name,
            columns=columns,
            caption=language.text(
                "caption_trend_table",
                indicator=page.wording.subject,
                unit=formats.measure("unit", last),
                field=directorate.acronym,
            ),
            numeric=list(columns)[1:],
        ),
    ]


def _axis(page: Page, figure: ReleasedFigure) -> dict[str, Any]:
    """How the values of a figure's kind are drawn: scale, limits, label, how each is printed."""
    formats = page.wording.formats
    axis = formats.axis(figure)
    return {
        "scale": axis.scale,
        "limits": axis.limits,
        "label": axis.label,
        "write": lambda value: formats.number(value, figure, decimals=0),
    }
