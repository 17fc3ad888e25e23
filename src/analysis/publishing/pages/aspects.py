"""The sections on the core questions: how each is answered, and how it changed."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing import charts
from analysis.publishing.blocks import Block, block, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    change_column,
    change_notes,
    first_wave,
    flagged_values,
    value_columns,
)
from analysis.publishing.released import TOTAL, ReleasedFigure, visible
from analysis.publishing.wording.changes import change_cell
from analysis.publishing.wording.formats import same_measure
from analysis.publishing.wording.sentences import (
    FEWEST_RANKED,
    Sentence,
    field_text,
    lecture,
    level,
    ranking,
    sign_notes,
    source_text,
)


def overview(page: Page) -> Block:
    """How the core questions are answered: stacked bars, and the same in a table."""
    language, study, formats = page.language, page.study, page.wording.formats
    likert = [
        figure
        for figure in _headline_figures(page)
        if len(study.scale(str(figure.item)).levels) == len(charts.LIKERT)
    ]
    if not likert:
        return block("overview")
    if same_measure(likert):
        likert.sort(key=lambda figure: -(figure.value or 0))
    shares = {figure.indicator: _level_shares(page, figure) for figure in likert}
    plotted = [figure for figure in likert if visible(shares[figure.indicator])]
    if not plotted:
        return block("overview", heading(page.wording.said("finding_hidden")))
    labels = {
        figure.indicator: page.wording.indicator(study.indicator(figure.indicator))
        for figure in likert
    }
    left_out = [
        language.quoted(labels[figure.indicator]) for figure in likert if figure not in plotted
    ]
    levels_named = _level_names(page, likert)
    all_shares = [share for figure in likert for share in shares[figure.indicator]]
    name = f"likert-{page.directorate.id}"
    caption = language.text(
        "caption_likert", field=page.directorate.acronym, wave=page.wording.wave_label()
    )
    picture = page.chart_part(
        name,
        lambda axes: charts.likert(
            axes,
            labels=[labels[figure.indicator] for figure in plotted],
            levels=levels_named,
            write=language.percent,
            shares=[[share.value for share in shares[figure.indicator]] for figure in plotted],
        ),
        alt=page.wording.said(
            "alt_likert" if len(plotted) > 1 else "alt_likert_one",
            list(dict.fromkeys([plotted[0], plotted[-1]])),
            best=labels[plotted[0].indicator],
            best_value=formats.measure("worded", plotted[0], value=formats.with_unit(plotted[0])),
            worst=labels[plotted[-1].indicator],
            worst_value=formats.measure(
                "worded", plotted[-1], value=formats.with_unit(plotted[-1])
            ),
        ),
        caption=caption,
        height=1.1 + charts.height_of([labels[figure.indicator] for figure in plotted], least=0.5),
    )
    columns = {language.text("column_indicator"): [labels[figure.indicator] for figure in likert]}
    for rank, label in enumerate(levels_named):
        columns[label] = [
            formats.value(shares[figure.indicator][rank], beside=all_shares) for figure in likert
        ]
    columns[formats.heading(likert)] = flagged_values(page, likert)
    columns[page.wording.base_heading] = [formats.base(figure) for figure in likert]
    note_left_out = (
        language.text("note_left_out", items=language.listing(left_out)) if left_out else ""
    )
    return block(
        "overview",
        heading(_finding(page, likert)),
        picture,
        figure_notes(
            language,
            lecture=lecture(page.wording, likert),
            field=field_text(page.wording, page.directorate, plotted[0].claim),
            source=source_text(page.wording),
            note=sign_notes(page.wording, all_shares, language.text("note_likert"), note_left_out),
        ),
        table(name, columns=columns, caption=caption, numeric=list(columns)[1:]),
    )


def headline(page: Page) -> Block:
    """The core indicators with their interval and, from the second wave on, their change."""
    language, formats = page.language, page.wording.formats
    rows = _headline_figures(page)
    if not rows:
        return block("headline", heading(page.wording.said("finding_hidden")))
    measured_changes = [page.figures.changes(figure).reference for figure in rows]
    changes = [change_cell(page.wording, change, beside=rows) for change in measured_changes]
    is_judged = any(change and change.word for change in measured_changes)
    rounding = language.text("note_rounding") if is_judged else ""
    columns = {
        language.text("column_indicator"): [
            page.wording.indicator(page.study.indicator(figure.indicator)) for figure in rows
        ],
        **value_columns(page, rows),
        page.wording.base_heading: [formats.base(figure) for figure in rows],
        **change_column(page, changes),
    }
    caption = language.text(
        "caption_headline", field=page.directorate.acronym, wave=page.wording.wave_label()
    )
    notes = [*change_notes(page, rows, measured_changes, changes), rounding]
    title = language.text("finding_headline_first" if first_wave(page) else "finding_headline")
    return block(
        "headline",
        heading(title),
        table("socle", columns=columns, caption=caption, numeric=list(columns)[1:]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows),
            field=field_text(page.wording, page.directorate, rows[0].claim),
            note=sign_notes(page.wording, rows, *notes),
            source=source_text(page.wording),
        ),
    )


def _headline_figures(page: Page) -> list[ReleasedFigure]:
    """The core indicators of the page's directorate, over everybody."""
    rows = page.figures.primary(directorate=page.directorate.id, wave=page.wave.id, breakdown=TOTAL)
    return [figure for figure in rows if page.study.indicator(figure.indicator).headline]


def _level_shares(page: Page, figure: ReleasedFigure) -> list[ReleasedFigure]:
    """The shares of each level of the item of a figure, worst first."""
    return [
        share
        for code in page.study.scale(str(figure.item)).codes
        for share in page.figures.select(
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
    scales = {page.study.item(str(figure.item)).scale for figure in figures}
    levels = page.study.scale(str(figures[0].item)).levels
    return [
        page.language.text(f"level_{rank}")
        if len(scales) > 1
        else page.language.typeset(level.label)
        for rank, level in enumerate(levels, start=1)
    ]


def _finding(page: Page, figures: Sequence[ReleasedFigure]) -> Sentence:
    if len(figures) >= FEWEST_RANKED and same_measure(figures):
        return ranking(page.wording, figures)
    return level(page.wording, figures)
