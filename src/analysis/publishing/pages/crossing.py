"""The sections that set what is measured beside what is perceived: quadrants, delays, series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matplotlib.axes import Axes

from analysis.publishing import management_charts
from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.management_charts import Panel, Point
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.trends import FEWEST_DRAWN
from analysis.publishing.released import TOTAL, ReleasedFigure
from analysis.publishing.sheets import Rows
from analysis.publishing.wording.commitments import Followed, announced_and_measured, followed
from analysis.publishing.wording.management import (
    Measured,
    all_measured,
    delays_reading,
    indicator_name,
    quadrant_word,
)
from analysis.publishing.wording.sentences import join_notes, upper_first
from analysis.study import Break, Wave

CORNERS = ("mastered", "information", "tolerated", "priority")
"""The quadrants: good on both sides, as measured alone, as perceived alone, on neither."""

# --- perceived × measured -------------------------------------------------------------------------


def quadrants(page: Page) -> Block:
    """The commitments that have a norm and a target, about the two; nothing where none has."""
    wording, text = page.wording, page.language.text
    drawn: list[tuple[Followed, ReleasedFigure, ReleasedFigure]] = []
    for directorate in page.study.directorates:
        for one in followed(wording, page.figures, directorate):
            relative = page.figures.find(
                "management",
                directorate=directorate.id,
                wave=page.wave.id,
                indicator=one.commitment.measured or "-",
                definition="relative",
            )
            distance = page.figures.find(
                "commitments",
                directorate=directorate.id,
                wave=page.wave.id,
                indicator=one.commitment.id,
                kind="difference",
                breakdown=TOTAL,
            )
            if relative and distance and distance.low is not None and distance.unit == "points":
                drawn.append((one, relative, distance))
    if not drawn:
        return block("quadrants")
    names = [
        text(
            "quadrant_name",
            number=page.language.number(place),
            commitment=_label(page, one),
            directorate=one.directorate.acronym,
        )
        for place, (one, _, _) in enumerate(drawn, start=1)
    ]
    points = [
        Point(
            name=page.language.number(place),
            x=relative.shown_value,
            y=distance.shown_value,
            low=distance.low or 0.0,
            high=distance.high or 0.0,
            sure=quadrant_word(one) != "unsure",
        )
        for place, (one, relative, distance) in enumerate(drawn, start=1)
    ]
    columns = {
        text("column_commitment"): names,
        text("column_norm"): [_bound(page, one.norm) for one, _, _ in drawn],
        text("column_to_norm"): [_from_bound(page, relative) for _, relative, _ in drawn],
        text("column_target"): [_bound(page, one.target) for one, _, _ in drawn],
        text("column_to_target"): [_from_bound(page, distance) for _, _, distance in drawn],
        text("column_adjusted"): [_around_bound(page, distance) for _, _, distance in drawn],
        text("column_quadrant"): [
            upper_first(text(f"quadrant_{quadrant_word(one)}")) for one, _, _ in drawn
        ],
    }
    meanings = [text(f"meaning_{name}") for name in (*CORNERS, "unsure")]
    return block(
        "quadrants",
        heading(text("quadrants_head")),
        page.chart_part(
            "quadrants",
            lambda axes: management_charts.quadrants(
                axes,
                points,
                corners=[text(f"quadrant_{corner}") for corner in CORNERS],
                labels=(text("axis_to_norm"), text("axis_to_target")),
            ),
            alt=wording.said(
                "quadrants_alt",
                [figure for _, *pair in drawn for figure in pair],
                points=page.language.series(
                    [
                        text("quadrants_alt_point", name=name, quadrant=quadrant.lower())
                        for name, quadrant in zip(
                            names, columns[text("column_quadrant")], strict=True
                        )
                    ]
                ),
            ),
            caption=text("caption_quadrants", wave=wording.wave_label()),
            height=lambda _: 4.6,
        ),
        figure_notes(
            page.language,
            note=join_notes([text("quadrants_note"), *meanings]),
            source=text("management_source"),
        ),
        table(
            "quadrants",
            columns=columns,
            caption=text("caption_quadrants_table", wave=wording.wave_label()),
            numeric=list(columns)[1:6],
        ),
    )


def _bound(page: Page, figure: ReleasedFigure | None) -> str:
    """A bound, where there is one."""
    return page.wording.formats.bound(figure) if figure else page.language.text("partner_none")


def _from_bound(page: Page, figure: ReleasedFigure) -> str:
    """A distance from a bound, with as many decimals as it takes to show its sign."""
    formats = page.wording.formats
    decimals = formats.apart([figure.shown_value], 0.0, figure)
    return formats.number(figure.shown_value, figure, decimals=decimals)


def _around_bound(page: Page, figure: ReleasedFigure) -> str:
    """The interval of a distance from a bound, with as many decimals as it takes to show whether it
    holds the bound.
    """
    formats, bounds = page.wording.formats, (figure.low or 0.0, figure.high or 0.0)
    return formats.range(*bounds, figure, decimals=formats.apart(bounds, 0.0, figure))


def _label(page: Page, one: Followed) -> str:
    return page.language.typeset(one.commitment.label)


# --- announced, measured, perceived ---------------------------------------------------------------


def delays(page: Page) -> Block:
    """What was announced, what was measured and what users say, for the same cases."""
    wording, text = page.wording, page.language.text
    found = [one for one in all_measured(page.wording, page.figures) if one.announced is not None]
    shown = [
        one
        for one in found
        if one.announced is not None
        and not (one.announced.hidden or one.cohort.hidden)
        and one.announced.value is not None
        and one.cohort.value is not None
    ]
    if not found:
        return block("delays")
    parts: list[Part | None] = [heading(text("delays_head"))]
    parts += [paragraph(delays_reading(wording, one)) for one in found]
    units = list(dict.fromkeys(one.indicator.unit for one in shown))
    parts += [
        _delay_bars(page, [one for one in shown if one.indicator.unit == unit]) for unit in units
    ]
    parts.append(
        figure_notes(
            page.language, note=join_notes([text("delays_note")]), source=text("management_source")
        )
    )
    return block("delays", *parts)


def _delay_bars(page: Page, found: Sequence[Measured]) -> Part:
    """Announced above measured for each, all in one unit, with a mark at the norm."""
    wording, text = page.wording, page.language.text
    scale = 100 if found[0].indicator.unit == "share" else 1
    rows: list[tuple[str, str, ReleasedFigure, ReleasedFigure | None]] = []
    several = "_of" if len({one.indicator.id for one in found}) > 1 else ""
    for one in found:
        assert one.announced is not None
        names = {"field": one.directorate.acronym}
        if several:
            names["name"] = indicator_name(wording, one.indicator)
        both = announced_and_measured(wording, one.announced, one.cohort)
        announced = text(f"delays_announced{several}", **names)
        measured = text(f"delays_measured{several}", **names)
        rows.append((announced, both["value"], one.announced, None))
        rows.append((measured, both["measured"], one.cohort, one.norm))
    told = [text("alt_value", label=label, value=value) for label, value, _, _ in rows]
    labels = [label for label, _, _, _ in rows]
    return page.chart_part(
        f"annonce-{found[0].indicator.unit}".replace("_", "-"),
        lambda axes: management_charts.bars(
            axes,
            labels=labels,
            values=[scale * figure.shown_value for _, _, figure, _ in rows],
            norms=[scale * norm.shown_value if norm else None for _, _, _, norm in rows],
            texts=[value for _, value, _, _ in rows],
            label=text(f"measure_unit_{found[0].indicator.unit}"),
        ),
        alt=wording.said(
            "delays_alt", [figure for _, _, figure, _ in rows], values=page.language.series(told)
        ),
        caption=text("caption_delays", wave=wording.wave_label()),
        height=lambda sheet: 0.9 + Rows(labels, sheet, management_charts.BAR).height,
    )


# --- in time --------------------------------------------------------------------------------------


def in_time(page: Page) -> Block:
    """Each paired indicator month after month, above what users perceive of it wave after wave, on
    one time axis and never on one scale.
    """
    paired = [
        one
        for one in all_measured(page.wording, page.figures)
        if one.indicator.perceived is not None
    ]
    drawn = [(one, part) for one in paired if (part := _panels(page, one)) is not None]
    if not drawn:
        return block("in-time")
    text = page.language.text
    shown = [broken for one, _ in drawn for broken in _breaks(page, one)]
    notes = [text("in_time_note")]
    notes += [_break_note(page, broken) for broken in page.study.breaks if broken in shown]
    return block(
        "in-time",
        heading(text("in_time_head")),
        *(part for _, part in drawn),
        figure_notes(page.language, note=join_notes(notes), source=text("management_source")),
    )


def _panels(page: Page, one: Measured) -> Part | None:
    """The measured series above the perceived one; None where one of them is not a line."""
    wording, text, formats = page.wording, page.language.text, page.wording.formats
    about = {"directorate": one.directorate.id, "indicator": one.indicator.id}
    months = sorted(
        (
            figure
            for figure in page.figures.select("management", **about, definition="month")
            if not figure.hidden
        ),
        key=lambda figure: figure.category,
    )
    asked = page.study.indicator(str(one.indicator.perceived))
    waves = page.study.waves_until(page.wave.id)
    perceived = [_perceived_at(page, one, wave) for wave in waves]
    known = [figure for figure in perceived if figure is not None]
    measured = [figure for figure in months if figure.value is not None]
    if len(measured) < FEWEST_DRAWN or len(known) < FEWEST_DRAWN:
        return None
    scale = formats.axis(known[-1]).scale
    share = one.indicator.unit == "share"
    name = indicator_name(wording, one.indicator)
    panels = [
        Panel(
            title=text(
                "panel_measured", indicator=name, unit=text(f"measure_unit_{one.indicator.unit}")
            ),
            days=[date.fromisoformat(f"{figure.category}-15") for figure in months],
            values=[_scaled(figure.value, 100 if share else 1) for figure in months],
            norm=_scaled(one.norm.value, 100 if share else 1) if one.norm else None,
        ),
        Panel(
            title=text(
                "panel_perceived",
                indicator=wording.indicator(asked),
                counted=wording.unit_of(known[-1]),
            ),
            days=[wave.start + (wave.end - wave.start) / 2 for wave in waves],
            values=[_scaled(figure.value, scale) if figure else None for figure in perceived],
            low=[_scaled(figure.low, scale) if figure else None for figure in perceived],
            high=[_scaled(figure.high, scale) if figure else None for figure in perceived],
            norm=_target(page, one, scale),
        ),
    ]
    first, last = measured[0], measured[-1]

    def draw(axes: Axes) -> None:
        management_charts.panels_in_time(
            axes,
            panels,
            breaks=[(broken.date, text("break_mark")) for broken in _breaks(page, one)],
            write=[
                lambda value: formats.number(value / (100 if share else 1), one.cohort),
                lambda value: formats.number(value / scale, known[-1]),
            ],
            ticks=[
                (wave.start.replace(day=1), page.language.month(f"{wave.start:%Y-%m}"))
                for wave in waves
            ],
        )

    return page.chart_part(
        f"series-{one.directorate.id}-{one.indicator.id}".replace("_", "-"),
        draw,
        alt=wording.said(
            "series_alt",
            [first, last, known[0], known[-1]],
            indicator=name,
            field=one.directorate.acronym,
            first=_month_value(page, first),
            last=_month_value(page, last),
            perceived=wording.indicator(asked),
            first_value=formats.with_unit(known[0]),
            last_value=formats.with_unit(known[-1]),
        ),
        caption=text("caption_series", indicator=name, field=one.directorate.acronym),
        height=lambda _: 3.9,
    )


def _perceived_at(page: Page, one: Measured, wave: Wave) -> ReleasedFigure | None:
    """What users perceived of an indicator at a wave; None where it is not shown, or was measured
    otherwise than today: a line is of one measure.
    """
    study, directorate = page.study, one.directorate.id
    asked = study.indicator(str(one.indicator.perceived))
    broken = study.break_between(wave.id, page.wave.id, indicator=asked.id, directorate=directorate)
    found = page.figures.find(
        "estimates",
        directorate=directorate,
        wave=wave.id,
        indicator=asked.id,
        definition=asked.definitions[0],
        breakdown=TOTAL,
    )
    version = study.definition(asked.definitions[0]).version
    if found is None or found.definition_version != version:
        return None
    return found if wave == page.wave or broken is None else None


def _target(page: Page, one: Measured, scale: float) -> float | None:
    """The target of what is perceived, where a commitment has one."""
    found = followed(page.wording, page.figures, one.directorate)
    targets = [
        paired.target.value
        for paired in found
        if paired.target is not None and paired.commitment.perceived == one.indicator.perceived
    ]
    return _scaled(targets[0], scale) if targets else None


def _month_value(page: Page, figure: ReleasedFigure) -> str:
    """A figure and its month."""
    month = page.language.month(figure.category)
    return page.language.text("value_of", value=page.wording.formats.value(figure), month=month)


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else scale * value


def _breaks(page: Page, one: Measured) -> list[Break]:
    """The declared breaks that touch what is drawn."""
    return [
        broken
        for broken in page.study.breaks
        if broken.touches(str(one.indicator.perceived), one.directorate.id)
    ]


def _break_note(page: Page, broken: Break) -> str:
    """When and where something changed, and what."""
    touched = [
        directorate.acronym
        for directorate in page.study.directorates
        if broken.directorates is None or directorate.id in broken.directorates
    ]
    return page.language.text(
        "note_break",
        day=page.language.day(broken.date),
        event=page.language.typeset(broken.label),
        directorates=page.language.listing(touched),
    )
