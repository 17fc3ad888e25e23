"""What tables of figures have in common: columns that follow the kind and unit of what stands in
them, and notes that follow what is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.publishing.arrangement import unit_groups
from analysis.publishing.blocks import Part, table
from analysis.publishing.pages.page import Page
from analysis.publishing.released import TOTAL, Change, ReleasedFigure
from analysis.publishing.wording.changes import change_note, since_text
from analysis.study import Directorate
from analysis.study.levels import Group, levels_id
from analysis.study.settings import Mode


def core_figures(page: Page) -> list[ReleasedFigure]:
    """The core indicators of the page's directorate, over everybody, hidden ones too."""
    rows = page.figures.primary(directorate=page.directorate.id, wave=page.wave.id, breakdown=TOTAL)
    return [figure for figure in rows if page.study.indicator(figure.indicator).headline]


def counted_column(page: Page, figures: Sequence[ReleasedFigure]) -> dict[str, list[str]]:
    """The column that says what each row counts, in the words of its question's scale."""
    return {page.language.text("column_counted"): [page.wording.counted(one) for one in figures]}


def flagged_values(page: Page, figures: Sequence[ReleasedFigure]) -> list[str]:
    """The cells of a column of figures, each with the sign of its precision."""
    return [page.wording.formats.flagged_value(figure, beside=figures) for figure in figures]


def value_columns(page: Page, figures: Sequence[ReleasedFigure]) -> dict[str, list[str]]:
    """The columns of values and of their bounds."""
    formats = page.wording.formats
    return {
        formats.heading(figures): flagged_values(page, figures),
        bounds_heading(page, figures): [formats.interval(figure) for figure in figures],
    }


@dataclass(frozen=True)
class Told:
    """Some adjacent levels of a question, and the figure that shows their share; None where none
    does.
    """

    levels: Group
    figure: ReleasedFigure | None


def told_levels(codes: Sequence[int], shares: Mapping[str, ReleasedFigure]) -> list[Told]:
    """The levels of a question, worst first, as they are shown: one by one, or together where one
    is rare.

    Args:
        codes: Those of its scale.
        shares: Level, or group of levels (`study.levels.levels_id`) → the shown figure of it.

    """
    told: list[Told] = []
    while len(told) < 1 or told[-1].levels[1] < len(codes) - 1:
        first = told[-1].levels[1] + 1 if told else 0
        groups = [(first, last) for last in range(first, len(codes))]
        group = next((one for one in groups if levels_id(codes, one) in shares), groups[0])
        told.append(Told(group, shares.get(levels_id(codes, group))))
    return told


def told_cell(page: Page, told: Sequence[Told], rank: int) -> str:
    """The share of a level: with the levels it is told with, in the column of the last of them."""
    part = next(part for part in told if part.levels[0] <= rank <= part.levels[1])
    if part.figure is None:
        return page.language.text("sign_s")
    if rank < part.levels[1]:
        return page.language.text("sign_r")
    value = page.wording.formats.value(part.figure)
    return value if part.levels[0] == rank else page.language.text("with_r", value=value)


def modes_note(page: Page, cells: Sequence[tuple[Directorate, ReleasedFigure]]) -> str:
    """Of which units the answers were collected otherwise than of most, or of how many where they
    are more than a reader looks through; empty where of none.
    """
    modes = {unit.acronym: _mode(page, figure) for unit, figure in cells}
    (usual, _), *others = Counter(modes.values()).most_common()
    if not others:
        return ""
    text = page.language.text
    apart = [f"{name} ({text(f'mode_{mode}')})" for name, mode in modes.items() if mode != usual]
    named = page.wording.named_or_counted(apart)
    return text("note_modes", mode=text(f"mode_{usual}"), named=named)


def _mode(page: Page, figure: ReleasedFigure) -> Mode:
    """By what the people of a figure were asked."""
    modes = {page.study.channel(one).mode for one in figure.channels.split("+") if one}
    return modes.pop() if len(modes) == 1 else "mixed"


def bounds_heading(page: Page, figures: Sequence[ReleasedFigure]) -> str:
    """The heading of a column of bounds: an interval, a variability, or the one or the other."""
    claims = {figure.claim for figure in figures}
    return page.language.text(
        f"column_interval_{claims.pop()}" if len(claims) == 1 else "column_range"
    )


def unit_tables(
    page: Page,
    name: str,
    columns: Mapping[str, Sequence[str]],
    units: Sequence[Directorate],
    *,
    caption: str,
    numeric: Sequence[str] | None = None,
) -> list[Part]:
    """A table with rows about units: one, or one per department where units are many.

    Args:
        page: Its study says which.
        name: Of the table, followed by its department's.
        columns: Heading → cells, the first of which are the headers of rows.
        units: Of which unit each row is.
        caption: Above it, after the short name of its department.
        numeric: Headings of the columns of numbers; all but the first by default.

    """
    made = []
    for department, group in unit_groups(page.study):
        within = {unit.id for unit in group}
        places = [place for place, unit in enumerate(units) if unit.id in within]
        if not places:
            continue
        made.append(
            table(
                name if department is None else f"{name}-{department.id}",
                columns={
                    head: [cells[place] for place in places] for head, cells in columns.items()
                },
                caption=caption
                if department is None
                else page.language.text("titled", directorate=department.acronym, text=caption),
                numeric=list(columns)[1:] if numeric is None else numeric,
            )
        )
    return made


def first_wave(page: Page) -> bool:
    """Whether the page is about the first wave of its study, before which nothing was measured."""
    return len(page.study.waves_until(page.wave.id)) < 2


def change_column(page: Page, cells: Sequence[str]) -> dict[str, list[str]]:
    """The column of changes since the wave that the study compares with; none where there is no
    such wave yet.
    """
    reference = page.study.compared_with(page.wave.id)
    if reference is None:
        return {}
    since = since_text(page.wording, reference)
    return {page.language.text("column_change_since", since=since): list(cells)}


def change_notes(
    page: Page,
    figures: Sequence[ReleasedFigure],
    changes: Sequence[Change | None],
    cells: Sequence[str],
) -> list[str]:
    """What has to be known of the changes of some figures, and of the cells they stand in."""
    text = page.language.text
    if first_wave(page):
        return [text("note_change_first")]
    if page.study.compared_with(page.wave.id) is None:
        return [text("note_change_no_reference")]
    judged = [change for change in changes if change is not None and change.word]
    notes = [change_note(page.wording, figures)] if judged else []
    family = max((change.family for change in judged), default=1)
    if family > 1:
        notes.append(text("note_change_family", count=page.language.number(family)))
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


def device_labels(page: Page) -> dict[str, str]:
    """Device → what it is called; empty where the study declares none."""
    devices = page.study.listening.devices if page.study.listening is not None else ()
    return {one.id: page.language.typeset(one.label) for one in devices}


def dimension_labels(page: Page) -> dict[str, str]:
    """Dimension of the questionnaire → what it is called."""
    dimensions = page.study.questionnaire.dimensions
    return {one.id: page.language.typeset(one.label) for one in dimensions}
