"""The sections on the overall indicator, wave after wave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.axes import Axes

from analysis.publishing import charts
from analysis.publishing.arrangement import MOST_AT_LARGE
from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    escape_markdown,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import bounds_heading, first_wave
from analysis.publishing.released import Changes, ReleasedFigure
from analysis.publishing.wording.changes import change_detail, change_title
from analysis.publishing.wording.decompositions import decomposition_texts
from analysis.publishing.wording.sentences import (
    Sentence,
    field_text,
    hidden_finding,
    join_notes,
    lecture,
    source_text,
)
from analysis.study import Directorate

FEWEST_DRAWN = 2
"""Waves that make a line."""


def trend(page: Page) -> Block:
    """The overall indicator of the page's directorate, wave after wave: figure, table and reading.
    A single wave is no trend, a single value no line.
    """
    language, wording, directorate = page.language, page.wording, page.directorate
    if first_wave(page):
        return block("trend")
    series = _series(page, directorate)
    available = [figure for figure in series if figure is not None]
    if not available:
        hidden = page.figures.primary(
            directorate=directorate.id, wave=page.wave.id, indicator=page.study.overall.id
        )
        return block("trend", heading(hidden_finding(wording, hidden)))
    last = available[-1]
    is_current = last.wave == page.wave.id
    changes = page.figures.changes(last) if is_current else Changes(None, None, None)
    return block(
        "trend",
        heading(change_title(wording, page.study.overall, changes, figure=last)),
        _picture(page, [directorate]) if len(available) >= FEWEST_DRAWN else None,
        figure_notes(
            language,
            lecture=lecture(wording, available[::-1]),
            field=field_text(wording, directorate, last.claim),
            source=source_text(wording),
            note=change_detail(wording, changes),
        ),
        *(
            paragraph(sentence)
            for sentence in decomposition_texts(wording, page.figures, last, changes)
        ),
        _lived(page, directorate),
        _table(page, directorate, series),
    )


def _lived(page: Page, directorate: Directorate) -> Part | None:
    """The declared days on which something changed for those whose line it is; None where nothing
    did.
    """
    language, overall = page.language, page.study.overall.id
    events = [
        language.text(
            "break_lived", day=language.day(broken.date), event=language.typeset(broken.label)
        )
        for broken in page.study.breaks
        if broken.touches(overall, directorate.id)
    ]
    if not events:
        return None
    return paragraph(escape_markdown(language.text("breaks_lived", events=language.series(events))))


def trends(page: Page) -> Block:
    """The overall indicator of every directorate, wave after wave, on one scale."""
    drawn = [
        directorate
        for directorate in page.study.directorates
        if sum(figure is not None for figure in _series(page, directorate)) >= FEWEST_DRAWN
    ]
    if not drawn or len(drawn) > MOST_AT_LARGE:
        return block("trends")
    return block(
        "trends",
        _picture(page, drawn),
        figure_notes(
            page.language,
            note=join_notes([page.language.text("note_tables_elsewhere", unit=page.wording.unit)]),
            source=source_text(page.wording),
        ),
    )


def _series(page: Page, directorate: Directorate) -> list[ReleasedFigure | None]:
    """The overall indicator of a directorate at each wave so far; None where it is not shown, or
    was measured otherwise than today, by the version of its definition or for a declared break: a
    line is of one measure.
    """
    study, now = page.study, page.wave.id
    version = study.definition(study.overall.definitions[0]).version
    about = {"indicator": study.overall.id, "directorate": directorate.id}
    return [
        figure
        if figure is not None
        and figure.definition_version == version
        and (wave.id == now or study.break_between(wave.id, now, **about) is None)
        else None
        for wave in study.waves_until(now)
        for figure in [page.figures.overall(directorate=directorate.id, wave=wave.id)]
    ]


def _picture(page: Page, directorates: Sequence[Directorate]) -> Part:
    """A line per directorate, each in a panel, all on one scale."""
    wording, formats, text = page.wording, page.wording.formats, page.language.text
    waves = page.study.waves_until(page.wave.id)
    found = [(directorate, _series(page, directorate)) for directorate in directorates]
    shown = [figure for _, series in found for figure in series if figure is not None]
    last = shown[-1]
    axis = formats.axis(last)
    several = len(found) > 1
    lines = [
        charts.TrendLine(
            title=directorate.acronym if several else "",
            values=[None if figure is None else figure.value for figure in series],
            low=[None if figure is None else figure.low for figure in series],
            high=[None if figure is None else figure.high for figure in series],
        )
        for directorate, series in found
    ]
    about = {"indicator": wording.subject, "field": found[0][0].acronym}
    name = "tendances" if several else f"tendance-{found[0][0].id}"

    def draw(axes: Axes) -> None:
        panels = charts.trend_panels(
            axes,
            lines,
            waves=[wording.short_wave_label(wave) for wave in waves],
            write=lambda value: formats.number(value, last),
            scale=axis.scale,
            limits=axis.limits,
        )
        band = text(f"band_{last.claim}")
        charts.subtitle(panels[0], page.language.series([_unit(page, last), band]))

    return page.chart_part(
        name,
        draw,
        alt=_alt(page, found),
        caption=text("caption_trends" if several else "caption_trend", **about),
        height=lambda sheet: charts.trend_height(lines, sheet),
    )


def _unit(page: Page, figure: ReleasedFigure) -> str:
    """What the values of a line are, with their unit."""
    counted = page.wording.counted(figure)
    if figure.unit == "share":
        return page.language.text("axis_counted", counted=counted)
    return page.wording.unit_of(figure)


def _alt(
    page: Page, found: Sequence[tuple[Directorate, Sequence[ReleasedFigure | None]]]
) -> Sentence:
    """The lines in words: of each, the first wave, the turning point where there is one, and the
    last wave.
    """
    lines, told = [], []
    for directorate, series in found:
        shown = [figure for figure in series if figure is not None]
        turn = _turning_point(shown)
        parts = {
            "field": directorate.acronym,
            "first": _wave_of(page, shown[0]),
            "first_value": page.wording.formats.with_unit(shown[0]),
            "last": _wave_of(page, shown[-1]),
            "last_value": page.wording.formats.with_unit(shown[-1]),
            "turn": "",
        }
        if turn is not None:
            value = page.wording.formats.with_unit(turn)
            parts["turn"] = page.language.text("alt_turn", value=value, wave=_wave_of(page, turn))
        lines.append(parts)
        told += [shown[0], *([turn] if turn is not None else []), shown[-1]]
    if len(lines) == 1:
        return page.wording.said("alt_trend", told, indicator=page.wording.subject, **lines[0])
    listed = page.language.series([page.language.text("alt_line", **parts) for parts in lines])
    return page.wording.said("alt_trends", told, indicator=page.wording.subject, lines=listed)


def _turning_point(series: Sequence[ReleasedFigure]) -> ReleasedFigure | None:
    """The figure that lies farthest outside what the first and the last span; None where all lie
    within.
    """
    low, high = sorted((series[0].shown_value, series[-1].shown_value))

    def outside(figure: ReleasedFigure) -> float:
        return max(low - figure.shown_value, figure.shown_value - high)

    farthest = max(series, key=outside)
    return farthest if outside(farthest) > 0 else None


def _wave_of(page: Page, figure: ReleasedFigure) -> str:
    return page.wording.wave_label(page.study.wave(str(figure.wave)))


def _table(page: Page, directorate: Directorate, series: Sequence[ReleasedFigure | None]) -> Part:
    """The same in a table."""
    language, formats, wording = page.language, page.wording.formats, page.wording
    available = [figure for figure in series if figure is not None]

    def shown_or_sign(figure: ReleasedFigure | None, write: Callable[[ReleasedFigure], str]) -> str:
        return language.text("sign_nd") if figure is None else write(figure)

    columns = {
        language.text("column_wave"): [
            wording.wave_label(wave) for wave in page.study.waves_until(page.wave.id)
        ],
        formats.heading(available): [
            shown_or_sign(figure, partial(formats.flagged_value, beside=available))
            for figure in series
        ],
        bounds_heading(page, available): [
            shown_or_sign(figure, formats.interval) for figure in series
        ],
        wording.base_heading: [shown_or_sign(figure, formats.base) for figure in series],
    }
    caption = language.text(
        "caption_trend_table",
        indicator=wording.subject,
        unit=wording.unit_of(available[-1]),
        field=directorate.acronym,
    )
    name = f"tendance-{directorate.id}"
    return table(name, columns=columns, caption=caption, numeric=list(columns)[1:])
