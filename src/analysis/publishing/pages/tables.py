"""What tables of figures have in common: columns that follow the kind and unit of what stands in
them, and notes that follow what is printed.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import change_note


def flagged_values(page: Page, figures: Sequence[ReleasedFigure]) -> list[str]:
    """The cells of a column of figures, each with the sign of its precision."""
    return [page.wording.formats.flagged_value(figure, beside=figures) for figure in figures]


def value_columns(page: Page, figures: Sequence[ReleasedFigure]) -> dict[str, list[str]]:
    """The columns of values and of their bounds."""
    formats = page.wording.formats
    return {
        formats.heading(figures): flagged_values(page, figures),
        bounds_heading(page, figures): [
            formats.interval(figure, beside=figures) for figure in figures
        ],
    }


def bounds_heading(page: Page, figures: Sequence[ReleasedFigure]) -> str:
    """The heading of a column of bounds: an interval, a variability, or the one or the other."""
    claims = {figure.claim for figure in figures}
    return page.language.text(
        f"column_interval_{claims.pop()}" if len(claims) == 1 else "column_range"
    )


def first_wave(page: Page) -> bool:
    """Whether the page is about the first wave of its study, before which nothing was measured."""
    return len(page.study.waves_until(page.wave.id)) < 2


def change_column(page: Page, cells: Sequence[str]) -> dict[str, list[str]]:
    """The column of changes; none at the first wave."""
    return {} if first_wave(page) else {page.language.text("column_change"): list(cells)}


def change_notes(page: Page, figures: Sequence[ReleasedFigure], cells: Sequence[str]) -> list[str]:
    """What has to be known of the changes of some figures, and of the cells they stand in."""
    text = page.language.text
    if first_wave(page):
        return [text("note_change_first")]
    notes = [change_note(page.wording, figures)] if set(cells) != {text("sign_nd")} else []
    return notes + ([text("note_change_nd")] if text("sign_nd") in cells else [])


def caption_of(page: Page, key: str, **parts: str) -> str:
    """A caption that names indicator, directorate and wave."""
    return page.language.text(
        key,
        **parts,
        indicator=page.wording.subject,
        field=page.directorate.acronym,
        wave=page.wording.wave_label(),
    )
