"""The sections on results. Each takes a page and answers one question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from analysis.publishing import charts
from analysis.publishing.blocks import Block, Part, block, callout, heading, reading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    bounds_heading,
    caption_of,
    change_column,
    change_notes,
    first_wave,
    flagged,
    measured,
)
from analysis.publishing.released import TOTAL, ReleasedFigure, shown
from analysis.publishing.wording.formats import alike
from analysis.publishing.wording.sentences import (
    FEWEST_RANKED,
    Sentence,
    change_cell,
    change_detail,
    change_title,
    field_text,
    lecture,
    level,
    levels,
    ranking,
    sign_notes,
    source_text,
    upper_first,
    with_directorate,
)
from analysis.study import Directorate


def banner(page: Page) -> Block:
    """The mention on each page made from simulated data; nothing otherwise."""
    if not page.figures.simulated:
        return block("banner")
    text, study = page.language.text, page.study
    fictitious = [
        name
        for name, there in (
            ("answers", True),
            ("sites", any(one.sites for one in study.directorates)),
            ("commitments", bool(study.commitments)),
        )
        if there
    ]
    if len(fictitious) == 1:
        said = text("simulated_answers_text")
    else:
        listed = page.language.listing([text(f"fictitious_{name}") for name in fictitious])
        said = text("simulated_text", fictitious=listed)
    return block("banner", callout(text("simulated_title"), said))


def overview(page: Page) -> Block:
    """How the core questions are answered: stacked bars, and the same in a table."""
    language, study, formats = page.language, page.study, page.wording.formats
    likert = [
        one
        for one in _headline_figures(page)
        if len(study.scale(str(one.item)).levels) == len(charts.LIKERT)
    ]
    if not likert:
        return block("overview")
    if alike(likert):
        likert.sort(key=lambda one: -(one.value or 0))
    shares = {one.indicator: _level_shares(page, one) for one in likert}
    drawn = [one for one in likert if shown(shares[one.indicator])]
    if not drawn:
        return block("overview", heading(page.wording.said("finding_hidden")))
    labels = {
        one.indicator: page.wording.indicator(study.indicator(one.indicator)) for one in likert
    }
    left_out = [language.quoted(labels[one.indicator]) for one in likert if one not in drawn]
    levels_named = _level_names(page, likert)
    every = [share for one in likert for share in shares[one.indicator]]
    name = f"likert-{page.directorate.id}"
    caption = language.text(
        "caption_likert", field=page.directorate.acronym, wave=page.wording.wave_label()
    )
    picture = page.drawn(
        name,
        lambda axes: charts.likert(
            axes,
            labels=[labels[one.indicator] for one in drawn],
            levels=levels_named,
            write=language.percent,
            shares=[[share.value for share in shares[one.indicator]] for one in drawn],
        ),
        alt=page.wording.said(
            "alt_likert" if len(drawn) > 1 else "alt_likert_one",
            list(dict.fromkeys([drawn[0], drawn[-1]])),
            best=labels[drawn[0].indicator],
            best_value=formats.measure("worded", drawn[0], value=formats.with_unit(drawn[0])),
            worst=labels[drawn[-1].indicator],
            worst_value=formats.measure("worded", drawn[-1], value=formats.with_unit(drawn[-1])),
        ),
        caption=caption,
        height=1.1 + charts.height_of([labels[one.indicator] for one in drawn], least=0.5),
    )
    columns = {language.text("column_indicator"): [labels[one.indicator] for one in likert]}
    for place, label in enumerate(levels_named):
        columns[label] = [
            formats.value(shares[one.indicator][place], beside=every) for one in likert
        ]
    columns[formats.heading(likert)] = flagged(page, likert)
    columns[page.wording.base_heading] = [formats.base(one) for one in likert]
    note_left_out = (
        language.text("note_left_out", items=language.listing(left_out)) if left_out else ""
    )
    return block(
        "overview",
        heading(_finding(page, likert)),
        picture,
        reading(
            language,
            lecture=lecture(page.wording, likert),
            field=field_text(page.wording, page.directorate, drawn[0].claim),
            source=source_text(page.wording),
            note=sign_notes(page.wording, every, language.text("note_likert"), note_left_out),
        ),
        table(name, columns=columns, caption=caption, numeric=list(columns)[1:]),
    )


def headline(page: Page) -> Block:
    """The core indicators with their interval and, from the second wave on, their change."""
    language, formats = page.language, page.wording.formats
    rows = _headline_figures(page)
    if not rows:
        return block("headline", heading(page.wording.said("finding_hidden")))
    found = [page.figures.change(one) for one in rows]
    changes = [change_cell(page.wording, one, beside=rows) for one in found]
    rounding = language.text("note_rounding") if any(one and one.word for one in found) else ""
    columns = {
        language.text("column_indicator"): [
            page.wording.indicator(page.study.indicator(one.indicator)) for one in rows
        ],
        **measured(page, rows),
        page.wording.base_heading: [formats.base(one) for one in rows],
        **change_column(page, changes),
    }
    caption = language.text(
        "caption_headline", field=page.directorate.acronym, wave=page.wording.wave_label()
    )
    title = language.text("finding_headline_first" if first_wave(page) else "finding_headline")
    return block(
        "headline",
        heading(title),
        table("socle", columns=columns, caption=caption, numeric=list(columns)[1:]),
        reading(
            language,
            lecture=lecture(page.wording, rows),
            field=field_text(page.wording, page.directorate, rows[0].claim),
            note=sign_notes(page.wording, rows, *change_notes(page, rows, changes), rounding),
            source=source_text(page.wording),
        ),
    )


def trend(page: Page) -> Block:
    """The overall indicator of the page's directorate, wave after wave."""
    return block("trend", *_trend(page, page.directorate, titled=False))


def trends(page: Page) -> Block:
    """The overall indicator of every directorate, wave after wave."""
    units = page.study.directorates
    parts = [part for one in units for part in _trend(page, one, titled=len(units) > 1)]
    return block("trends", *parts)


def channels(page: Page) -> Block:
    """What each channel hears, with what may be claimed of it; nothing where one is heard."""
    language, study, formats = page.language, page.study, page.wording.formats
    breakdown = next((one.id for one in study.breakdowns if one.by == "channel"), None)
    if breakdown is None or len(page.directorate.channels) < 2:
        return block("channels")
    overall = study.item(study.overall.item)
    heard: dict[str, ReleasedFigure] = {}
    for one in page.figures.primary(
        directorate=page.directorate.id, wave=page.wave.id, breakdown=breakdown
    ):
        asked = study.item(str(one.item))
        if asked == overall or (asked.dimension and asked.dimension == overall.dimension):
            heard.setdefault(one.category, one)
    rows = [heard[name] for name in page.directorate.channels if name in heard]
    if len(rows) < 2:
        return block("channels")
    columns = {
        language.text("column_channel"): [page.wording.category(one) for one in rows],
        **measured(page, rows),
        page.wording.base_heading: [formats.base(one) for one in rows],
        language.text("column_claim"): [page.wording.claim(one.claim) for one in rows],
    }
    together = study.reference_channels(page.directorate.id)
    note = language.text("note_channels")
    if len(together) > 1:
        names = [language.quoted(language.typeset(one.label)) for one in together]
        note = language.text("note_channels_together", channels=language.listing(names))
    caption = caption_of(page, "caption_channels")
    notes = [study.channel(one.category).note or "" for one in rows]
    return block(
        "channels",
        heading(language.text("finding_channels")),
        table("canaux", columns=columns, caption=caption, numeric=list(columns)[1:4]),
        reading(
            language,
            lecture=lecture(page.wording, rows[::-1]),
            note=sign_notes(page.wording, rows, note, *notes),
            source=source_text(page.wording),
        ),
    )


def profiles(page: Page) -> Block:
    """The overall indicator by profile."""
    language, study = page.language, page.study
    rows: list[ReleasedFigure] = []
    names: list[str] = []
    for breakdown in study.breakdowns:
        if breakdown.by not in ("channel", "site"):
            found = page.figures.primary(
                directorate=page.directorate.id,
                wave=page.wave.id,
                breakdown=breakdown.id,
                indicator=study.overall.id,
            )
            rows += found
            label = language.typeset(breakdown.label)
            names += [f"{label} – {page.wording.category(one)}" for one in found]
    if not rows:
        return block("profiles")
    columns = {
        language.text("column_category"): names,
        **measured(page, rows),
        page.wording.base_heading: [page.wording.formats.base(one) for one in rows],
    }
    caption = caption_of(
        page, "caption_profiles", unit=page.wording.formats.measure("unit", rows[0])
    )
    return block(
        "profiles",
        heading(language.text("finding_profiles", indicator=page.wording.subject)),
        table("profils", columns=columns, caption=caption, numeric=list(columns)[1:]),
        reading(
            language,
            lecture=lecture(page.wording, rows),
            field=field_text(page.wording, page.directorate, rows[0].claim),
            note=sign_notes(page.wording, rows),
            source=source_text(page.wording),
        ),
    )


def summary(page: Page) -> Block:
    """The overall indicator of each directorate, or of the only one: the numbers of the first
    page.
    """
    language, study = page.language, page.study
    named: list[tuple[Directorate, ReleasedFigure]] = []
    for directorate in study.directorates:
        found = page.figures.primary(
            directorate=directorate.id, wave=page.wave.id, indicator=study.overall.id
        )
        named += [(directorate, one) for one in found]
    rows = [one for _, one in named]
    if not rows:
        return block("summary", heading(page.wording.said("finding_hidden")))
    several = len(study.directorates) > 1
    changes = [page.figures.change(one) for one in rows]
    words = [
        language.text(f"word_{one.word}" if one is not None and one.word else "sign_nd")
        for one in changes
    ]
    columns = {
        upper_first(page.wording.unit): [one.acronym for one, _ in named],
        **measured(page, rows),
        page.wording.base_heading: [page.wording.formats.base(one) for one in rows],
        **change_column(page, words),
    }
    caption = language.text(
        "caption_summary" if several else "caption_summary_one",
        indicator=page.wording.subject,
        unit=page.wording.unit,
        wave=page.wording.wave_label(),
    )
    return block(
        "summary",
        heading(levels(page.wording, named) if several else level(page.wording, rows)),
        table("synthese", columns=columns, caption=caption, numeric=list(columns)[1:]),
        reading(
            language,
            lecture=lecture(page.wording, rows, named=several),
            note=sign_notes(page.wording, rows, *change_notes(page, rows, words)),
            source=source_text(page.wording),
        ),
    )


# --- parts ----------------------------------------------------------------------------------------


def _trend(page: Page, directorate: Directorate, *, titled: bool) -> list[Part | None]:
    """Figure, table and reading of a trend; `titled` names the directorate where a page shows
    several. A single wave is no trend, a single value no line.
    """
    language, formats, indicator = page.language, page.wording.formats, page.study.overall

    def worded(sentence: Sentence) -> Sentence:
        return with_directorate(page.wording, directorate, sentence) if titled else sentence

    waves = page.study.waves_until(page.wave.id)
    if first_wave(page):
        return []
    found = [page.figures.overall(directorate=directorate.id, wave=wave.id) for wave in waves]
    together = [one for one in found if one is not None]
    if not together:
        return [heading(worded(page.wording.said("finding_hidden")))]
    first, last = together[0], together[-1]
    change = page.figures.change(last) if last.wave == page.wave.id else None
    detectable = page.figures.detectable(last) if change is not None else None
    name = f"tendance-{directorate.id}"
    axis = _axis(page, last)

    def shown_or_sign(one: ReleasedFigure | None, write: Callable[[ReleasedFigure], str]) -> str:
        return language.text("sign_nd") if one is None else write(one)

    columns = {
        language.text("column_wave"): [page.wording.wave_label(wave) for wave in waves],
        formats.heading(together): [
            shown_or_sign(one, partial(formats.flagged, beside=together)) for one in found
        ],
        bounds_heading(page, together): [
            shown_or_sign(one, partial(formats.interval, beside=together)) for one in found
        ],
        page.wording.base_heading: [shown_or_sign(one, formats.base) for one in found],
    }

    def picture() -> Part:
        return page.drawn(
            name,
            lambda axes: charts.trend(
                axes,
                waves=[page.wording.wave_label(wave) for wave in waves],
                values=[None if one is None else one.value for one in found],
                low=[None if one is None else one.low for one in found],
                high=[None if one is None else one.high for one in found],
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
        heading(worded(change_title(page.wording, indicator, change))),
        picture() if len(together) > 1 else None,
        reading(
            language,
            lecture=lecture(page.wording, together[::-1]),
            field=field_text(page.wording, directorate, last.claim),
            source=source_text(page.wording),
            note=change_detail(page.wording, change, detectable),
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


def _headline_figures(page: Page) -> list[ReleasedFigure]:
    """The core indicators of the page's directorate, over everybody."""
    rows = page.figures.primary(directorate=page.directorate.id, wave=page.wave.id, breakdown=TOTAL)
    return [one for one in rows if page.study.indicator(one.indicator).headline]


def _level_shares(page: Page, figure: ReleasedFigure) -> list[ReleasedFigure]:
    """The shares of each level of the item of a figure, worst first."""
    return [
        one
        for code in page.study.scale(str(figure.item)).codes
        for one in page.figures.select(
            "estimates",
            directorate=str(figure.directorate),
            wave=str(figure.wave),
            breakdown=TOTAL,
            indicator=figure.indicator,
            definition=f"P{code}",
        )
    ]


def _level_names(page: Page, figures: Sequence[ReleasedFigure]) -> list[str]:
    """What the five levels are called: in the scale's own words where all have one scale."""
    scales = {page.study.item(str(one.item)).scale for one in figures}
    named = page.study.scale(str(figures[0].item)).levels
    return [
        page.language.text(f"level_{place}")
        if len(scales) > 1
        else page.language.typeset(level.label)
        for place, level in enumerate(named, start=1)
    ]


def _finding(page: Page, figures: Sequence[ReleasedFigure]) -> Sentence:
    if len(figures) >= FEWEST_RANKED and alike(figures):
        return ranking(page.wording, figures)
    return level(page.wording, figures)
