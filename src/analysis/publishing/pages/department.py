"""The page of a department: its products side by side, and the ways to their pages."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import (
    Block,
    Link,
    Part,
    block,
    fact_list,
    figure_notes,
    heading,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import change_notes, first_wave, modes_note
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.changes import change_in_short
from analysis.publishing.wording.identity import reference_answers, respondents
from analysis.publishing.wording.sentences import levels, sign_notes, source_text, upper_first
from analysis.study import Directorate

PRODUCT, DEPARTMENT = "direction", "departement"
"""What the files of the pages of products and departments begin with, as plan.yml has it."""

Pair = tuple[Directorate, ReleasedFigure]


def products(page: Page) -> Block:
    """The overall indicator of each product of the page's department, and where to read more."""
    pairs = overall_of(page, page.study.products_of(page.directorate.id))
    if not pairs:
        return block("products")
    pages = {
        page.wording.directorate_name(unit): Link(
            page.language.text("product_page", product=unit.acronym), page_address(unit)
        )
        for unit, _ in pairs
    }
    return block(
        "products",
        heading(levels(page.wording, pairs)),
        overall_table(page, "products", pairs, named=page.directorate.acronym),
        notes(page, pairs),
        fact_list(page.language, pages),
    )


def overall_of(page: Page, units: Sequence[Directorate]) -> list[Pair]:
    """The overall indicator of some units in the edition's wave, of those that have one."""
    return [
        (unit, figure)
        for unit in units
        for figure in page.figures.primary(
            directorate=unit.id, wave=page.wave.id, indicator=page.study.overall.id
        )
    ]


def page_address(unit: Directorate) -> str:
    """The page of a unit that is no department, as plan.yml names it."""
    return f"{PRODUCT}-{unit.id}.html"


def department_address(department: Directorate) -> str:
    """The page of a department."""
    return f"{DEPARTMENT}-{department.id}.html"


def overall_table(page: Page, name: str, pairs: Sequence[Pair], *, named: str) -> Part:
    """The overall indicator of some units, a line each."""
    wording, formats, text = page.wording, page.wording.formats, page.language.text
    changes = [page.figures.changes(figure) for _, figure in pairs]
    columns = {
        upper_first(wording.unit): [unit.acronym for unit, _ in pairs],
        text("tile_level"): [formats.flagged_value(figure) for _, figure in pairs],
        text("column_bounds"): [formats.interval(figure) for _, figure in pairs],
        text("column_about"): [wording.people(figure.claim) for _, figure in pairs],
        text("tile_change"): [
            change_in_short(wording, change, figure=figure)[0]
            for change, (_, figure) in zip(changes, pairs, strict=True)
        ],
        text("tile_answers"): [_answers(page, unit) for unit, _ in pairs],
    }
    if first_wave(page):
        del columns[text("tile_change")]
    caption = text(
        "caption_overall", indicator=wording.subject, named=named, wave=wording.wave_label()
    )
    return table(name, columns=columns, caption=caption)


def notes(page: Page, pairs: Sequence[Pair]) -> Part | None:
    """What stands under such tables."""
    rows = [figure for _, figure in pairs]
    changes = [page.figures.changes(figure).reference for figure in rows]
    shown = [(unit, figure) for unit, figure in pairs if not figure.hidden]
    told = [*([modes_note(page, shown)] if shown else []), *change_notes(page, rows, changes, [])]
    return figure_notes(
        page.language,
        note=sign_notes(page.wording, rows, *told),
        source=source_text(page.wording),
    )


def _answers(page: Page, unit: Directorate) -> str:
    """How many answered in the channels that a figure rests on."""
    rows = reference_answers(page.wording, page.figures, unit)
    return " + ".join(respondents(page.wording, row) for row in rows)
