"""The section on the core indicators: each with its interval, and how it changed."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import Block, block, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    change_column,
    change_notes,
    core_figures,
    counted_column,
    first_wave,
    value_columns,
)
from analysis.publishing.released import Change, visible
from analysis.publishing.wording.changes import change_cell, since_text
from analysis.publishing.wording.sentences import (
    Sentence,
    field_text,
    lecture,
    sign_notes,
    source_text,
)


def headline(page: Page) -> Block:
    """The core indicators with what each counts, its interval and, from the second wave on, its
    change; nothing where none is shown.
    """
    language, formats = page.language, page.wording.formats
    rows = core_figures(page)
    if not visible(rows):
        return block("headline")
    changes = [page.figures.changes(figure).reference for figure in rows]
    cells = [change_cell(page.wording, change) for change in changes]
    columns = {
        language.text("column_indicator"): [
            page.wording.indicator(page.study.indicator(figure.indicator)) for figure in rows
        ],
        **counted_column(page, rows),
        **value_columns(page, rows),
        page.wording.base_heading: [formats.base(figure) for figure in rows],
        **change_column(page, cells),
    }
    caption = language.text(
        "caption_headline", field=page.directorate.acronym, wave=page.wording.wave_label()
    )
    is_judged = any(change is not None and change.word for change in changes)
    rounding = language.text("note_rounding") if is_judged else ""
    notes = [*change_notes(page, rows, changes, cells), rounding]
    return block(
        "headline",
        heading(_finding(page, changes)),
        table("socle", columns=columns, caption=caption, numeric=list(columns)[2:]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows),
            field=field_text(page.wording, page.directorate, visible(rows)[0].claim),
            note=sign_notes(page.wording, rows, *notes),
            source=source_text(page.wording),
        ),
    )


def _finding(page: Page, changes: Sequence[Change | None]) -> str | Sentence:
    """How many of the core indicators rise or fall; a plain title where no change is judged."""
    judged = [change for change in changes if change is not None and change.word]
    reference = page.study.compared_with(page.wave.id)
    if not judged or reference is None:
        title = "finding_headline_first" if first_wave(page) else "finding_headline"
        return page.language.text(title)
    rises, falls = (sum(change.word == word for change in judged) for word in ("up", "down"))
    rule = "finding_changes_none"
    if rises or falls:
        rule = "finding_changes_up" if not falls else "finding_changes_down"
    if rises and falls:
        rule = "finding_changes_up_down"
    return page.wording.said(
        rule,
        [change.figure for change in judged],
        up=page.language.number(rises),
        down=page.language.number(falls),
        count=page.language.number(len(judged)),
        since=since_text(page.wording, reference),
    )
