"""The first page: three tiles per directorate, on one sheet."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.arrangement import MOST_AT_LARGE, units_in_bar
from analysis.publishing.blocks import (
    Block,
    Link,
    Part,
    Tile,
    block,
    figure_notes,
    heading,
    link_line,
    tiles,
)
from analysis.publishing.pages.department import (
    Pair,
    department_address,
    notes,
    overall_of,
    overall_table,
    page_address,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import change_notes, first_wave
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.changes import change_in_short
from analysis.publishing.wording.identity import (
    participation,
    reference_answers,
    respondents,
)
from analysis.publishing.wording.sentences import (
    Sentence,
    field_text,
    hidden_finding,
    level,
    level_in_short,
    level_range,
    levels,
    sign_notes,
    source_text,
    upper_first,
)
from analysis.study import Directorate

MOST_LED_TO = 24
"""Units whose pages the first page leads to one by one; of more, to those of their departments."""


def summary(page: Page) -> Block:
    """The overall indicator of each directorate: its level, its change, who answered."""
    wording, text = page.wording, page.language.text
    pairs = overall_of(page, page.study.directorates)
    rows = [figure for _, figure in pairs]
    if not rows:
        return block("summary", heading(wording.said("finding_few")))
    if len(pairs) > MOST_AT_LARGE:
        return _by_department(page, pairs)
    changes = [page.figures.changes(figure).reference for figure in rows]
    heads = [text("tile_level"), text("tile_change"), text("tile_answers")]
    cells = [
        [_level(page, figure), _change(page, figure), _answers(page, directorate)]
        for directorate, figure in pairs
    ]
    if first_wave(page):
        heads = [heads[0], heads[2]]
        cells = [[row[0], row[2]] for row in cells]
    return block(
        "summary",
        heading(levels(wording, pairs) if len(pairs) > 1 else level(wording, rows)),
        tiles(
            "synthese",
            corner=upper_first(wording.unit),
            heads=heads,
            rows=[wording.directorate_name(directorate) for directorate, _ in pairs],
            cells=cells,
            caption=text("caption_summary", indicator=wording.subject, wave=wording.wave_label()),
        ),
        figure_notes(
            page.language,
            field=page.language.enumeration(
                [
                    field_text(wording, directorate, figure.claim)
                    for directorate, figure in pairs
                    if not figure.hidden
                ]
            ),
            note=sign_notes(wording, rows, *change_notes(page, rows, changes, [])),
            source=source_text(wording),
        ),
    )


def _by_department(page: Page, pairs: list[Pair]) -> Block:
    """The overall indicator of many units: a line each, in a table per department, strongest claims
    first in the title.
    """
    tables: list[Part | None] = []
    for department, units in page.study.by_department():
        if found := overall_of(page, units):
            name = f"synthese-{department.id if department else 'tout'}"
            named = department.acronym if department else upper_first(page.wording.units)
            tables += [overall_table(page, name, found, named=named)]
            if department is not None and len(pairs) <= MOST_LED_TO:
                tables += [_ways_within(page, [unit for unit, _ in found])]
    shown = [(unit, figure) for unit, figure in pairs if not figure.hidden]
    head = hidden_finding(page.wording, [figure for _, figure in pairs])
    if shown:
        strongest = min(figure.claim for _, figure in shown)
        head = level_range(page.wording, [pair for pair in shown if pair[1].claim == strongest])
    return block(
        "summary",
        heading(head),
        _ways(page, departments=True),
        *tables,
        _ways(page, departments=False),
        notes(page, pairs),
    )


def _ways_within(page: Page, products: Sequence[Directorate]) -> Part:
    """The ways to the pages of a department's products."""
    return link_line(
        [Link(page.language.typeset(one.acronym), page_address(one)) for one in products]
    )


def _ways(page: Page, *, departments: bool) -> Part | None:
    """The ways to the pages of departments, or of the units without one; None where there are none,
    or the navigation holds them.
    """
    if units_in_bar(page.study):
        return None
    links = []
    for department, units in page.study.by_department():
        found = [unit for unit, _ in overall_of(page, units)]
        if department is None and not departments:
            links += [Link(page.language.typeset(one.label), page_address(one)) for one in found]
        elif department is not None and departments and found:
            label = page.language.typeset(department.label)
            links.append(Link(label, department_address(department)))
    return link_line(links) if links else None


def _level(page: Page, figure: ReleasedFigure) -> Tile:
    if figure.hidden:
        return Tile("", hidden_finding(page.wording, [figure]))
    return Tile(page.wording.formats.with_unit(figure), level_in_short(page.wording, figure))


def _change(page: Page, figure: ReleasedFigure) -> Tile:
    changes = page.figures.changes(figure)
    return Tile(*change_in_short(page.wording, changes, figure=figure))


def _answers(page: Page, directorate: Directorate) -> Tile:
    """Who answered, of how many."""
    told = participation(page.wording, page.figures, directorate, named=False)
    rows = reference_answers(page.wording, page.figures, directorate)
    if told is None or any(row.hidden for row in rows):
        hidden = page.wording.said("answers_hidden", rows)
        return Tile("", Sentence(upper_first(hidden.text), hidden.rule, hidden.figures))
    number = respondents(page.wording, rows[0]) if len(rows) == 1 else ""
    return Tile(number, Sentence(f"{told.text.rstrip('.')}.", told.rule, told.figures))
