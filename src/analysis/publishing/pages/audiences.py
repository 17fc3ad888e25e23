"""The page on who the users of each product are: what they answer on themselves, who is far from
digital services, and which products have the same users.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes

from analysis.publishing import charts
from analysis.publishing.blocks import Block, Part, block, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    Told,
    bounds_heading,
    modes_note,
    told_cell,
    told_levels,
)
from analysis.publishing.released import ReleasedFigure, visible
from analysis.publishing.sheets import Rows
from analysis.publishing.wording.sentences import (
    Sentence,
    join_with_signs,
    sign_notes,
    source_text,
    upper_first,
)
from analysis.study import Directorate
from analysis.study.levels import levels_id
from analysis.study.profiles import FarFromDigital, Profiles

PAGE = "publics"
"""The file of this page, as plan.yml has it."""

Cell = tuple[Directorate, ReleasedFigure]
"""A product, and a figure of its users."""


def users(page: Page) -> Block:
    """What the users of each product answer on themselves: a finding and a table per question."""
    return block(
        "users", *(part for item in _profiles(page).items for part in _described(page, item))
    )


def far(page: Page) -> Block:
    """Who is far from digital services, from the product with most of them to that with fewest."""
    declared = _profiles(page).far_from_digital
    if declared is None:
        return block("far")
    first, last = declared.group(page.study.scale(declared.item).codes)
    cells = _cells(page, declared.item, far_definition(page, declared))
    shown = [(unit, one) for unit, one in cells if not one.hidden]
    if not shown:
        return block("far")
    shown.sort(key=lambda cell: -cell[1].shown_value)
    formats, figures = page.wording.formats, [one for _, one in cells]
    columns = {
        upper_first(page.wording.unit): [unit.acronym for unit, _ in cells],
        page.language.text("column_share"): [formats.value(one) for one in figures],
        bounds_heading(page, figures): [formats.interval(one) for one in figures],
        page.wording.base_heading: [formats.base(one) for one in figures],
    }
    note = page.language.text(
        "far_note",
        answers=page.wording.answers_named(declared.item, first, last),
        question=_quoted(page, page.study.item(declared.item).wording),
    )
    asked = {channel for figure in figures for channel in figure.channels.split("+") if channel}
    online = any(page.study.channel(channel).mode == "web" for channel in asked)
    notes = [note, *([page.language.text("far_online")] if online else []), modes_note(page, shown)]
    caption = page.language.text("far_caption", wave=page.wording.wave_label())
    return block(
        "far",
        heading(_spread(page, shown, about="far")),
        _far_chart(page, shown),
        table("far", columns=columns, caption=caption, numeric=list(columns)[1:]),
        figure_notes(
            page.language,
            note=sign_notes(page.wording, figures, *notes),
            source=source_text(page.wording),
        ),
    )


def far_definition(page: Page, declared: FarFromDigital) -> str:
    """What the share of those who are far from digital services is called among figures."""
    codes = page.study.scale(declared.item).codes
    return levels_id(codes, declared.group(codes))


def shared(page: Page) -> Block:
    """The declared audiences, and the products that are for each; nothing where there is none."""
    listening, language, wording = page.study.listening, page.language, page.wording
    counts = {
        one.category: one
        for one in page.figures.select("audiences", wave=page.wave.id, definition="reached")
    }
    if listening is None or not counts:
        return block("shared")
    names = {
        audience.id: [
            unit.acronym
            for unit in page.study.directorates
            if unit.id in listening.products
            and audience.id in listening.products[unit.id].audiences
        ]
        for audience in listening.audiences
    }
    several = [one for one in counts.values() if one.shown_value > 1]
    ending = "none" if not several else "one" if len(several) == 1 else "n"
    parts = {"count": upper_first(language.count(len(several)))} if ending == "n" else {}
    columns = {
        language.text("column_audience"): [
            language.typeset(audience.label) for audience in listening.audiences
        ],
        language.text("shared_count", units=wording.units): [
            wording.formats.value(counts[audience.id]) for audience in listening.audiences
        ],
        language.text("shared_which"): [
            language.listing(names[audience.id]) for audience in listening.audiences
        ],
    }
    caption = language.text("shared_caption", units=wording.units, wave=wording.wave_label())
    return block(
        "shared",
        heading(
            wording.said(
                f"shared_head_{ending}", list(counts.values()), units=wording.units, **parts
            )
        ),
        table("shared", columns=columns, caption=caption, numeric=list(columns)[1:2]),
        figure_notes(language, note=f"{upper_first(language.text('shared_note'))}."),
    )


def uses(page: Page) -> Block:
    """Which other products the users of each use; nothing where no question asks that."""
    study, wording = page.study, page.wording
    asked = [item for item in study.questionnaire.items if item.uses is not None]
    found = {
        (unit.id, item.id): (unit, one)
        for item in asked
        for unit, one in _cells(page, item.id, f"P{study.scale(item.id).codes[-1]}")
    }
    shown = [cell for cell in found.values() if not cell[1].hidden]
    if not shown:
        return block("uses")
    units = list(dict.fromkeys(unit.id for unit, _ in found.values()))
    in_order = [unit for unit in study.directorates if unit.id in units]
    so = page.language.text("sign_so")
    columns = {upper_first(wording.unit): [unit.acronym for unit in in_order]}
    for item in asked:
        cells = [found.get((unit.id, item.id)) for unit in in_order]
        columns[study.directorate(str(item.uses)).acronym] = [
            so if cell is None else wording.formats.flagged_value(cell[1]) for cell in cells
        ]
    figures = [one for _, one in found.values()]
    printed = [cell for column in columns.values() for cell in column]
    caption = page.language.text("uses_caption", wave=wording.wave_label())
    notes = [one for one in (page.language.text("users_note"), modes_note(page, shown)) if one]
    note = join_with_signs(page.language, [so] if so in printed else [], notes)
    return block(
        "uses",
        heading(_most_used(page, shown)),
        table("uses", columns=columns, caption=caption, numeric=list(columns)[1:]),
        figure_notes(
            page.language, note=sign_notes(wording, figures, note), source=source_text(wording)
        ),
    )


# --- parts ----------------------------------------------------------------------------------------


def _described(page: Page, item: str) -> list[Part | None]:
    """The answers to one question, a line per product; nothing where none is shown."""
    study, wording, language = page.study, page.wording, page.language
    codes = study.scale(item).codes
    figures = [
        (unit, page.figures.select("profiles", directorate=unit.id, wave=page.wave.id, item=item))
        for unit in _products(page)
    ]
    figures = [(unit, found) for unit, found in figures if found]
    shown = [(unit, one) for unit, found in figures for one in visible(found)]
    if not shown:
        return []
    told = [
        told_levels(codes, {one.definition: one for one in visible(found)}) for _, found in figures
    ]
    first = [found[0] for _, found in figures]
    columns = {upper_first(wording.unit): [unit.acronym for unit, _ in figures]}
    for rank, level in enumerate(study.scale(item).levels):
        columns[language.typeset(level.label)] = [told_cell(page, parts, rank) for parts in told]
    if len({one.claim for one in first}) > 1:
        columns[language.text("column_about")] = [wording.people(one.claim) for one in first]
    columns[wording.base_heading] = [_base(page, found) for _, found in figures]
    is_grouped = any(part.levels[0] < part.levels[1] for parts in told for part in parts)
    notes = [
        language.text("users_note"),
        language.text("note_r") if is_grouped else "",
        modes_note(page, shown),
        _margin_note(page, item, [unit for unit, _ in figures]),
    ]
    hidden = [one for _, found in figures for one in found if one.hidden]
    caption = language.text(
        "users_caption", item=language.typeset(study.item(item).short), wave=wording.wave_label()
    )
    numeric = [name for name in list(columns)[1:] if name != language.text("column_about")]
    anchor = item.lower().replace("_", "-")
    return [
        heading(_widest(page, item, shown), anchor=anchor),
        table(f"users-{anchor}", columns=columns, caption=caption, numeric=numeric),
        figure_notes(
            language,
            note=sign_notes(wording, hidden if _hides(told) else [], *notes),
            source=source_text(wording),
        ),
    ]


def _hides(told: Sequence[Sequence[Told]]) -> bool:
    """Whether some levels of a table are shown neither alone nor together."""
    return any(part.figure is None for parts in told for part in parts)


def _base(page: Page, figures: Sequence[ReleasedFigure]) -> str:
    """The answers behind the figures of a row: those of the first that is shown."""
    shown = visible(figures)
    return page.wording.formats.base(shown[0] if shown else figures[0])


def _widest(page: Page, item: str, cells: Sequence[Cell]) -> Sentence:
    """From where to where the share goes of the level that differs most from product to product,
    among those that stand for all of their users; of one product, the most frequent.
    """
    codes = page.study.scale(item).codes
    strongest = min(one.claim for _, one in cells)
    by_level = {
        code: [
            (unit, one)
            for unit, one in cells
            if one.definition == f"P{code}" and one.claim == strongest
        ]
        for code in codes
    }

    def width(code: int) -> tuple[float, float]:
        values = [one.shown_value for _, one in by_level[code]]
        return max(values, default=0.0) - min(values, default=0.0), max(values, default=0.0)

    code = max(codes, key=width)
    labels = {level.code: level.label for level in page.study.scale(item).levels}
    level = _quoted(page, labels[code])
    return _spread(page, by_level[code] or list(cells), about="users", level=level)


def _spread(
    page: Page, cells: Sequence[Cell], *, about: Literal["users", "far"], level: str = ""
) -> Sentence:
    """From the lowest to the highest of some shown figures; of one alone, what it is."""
    strongest = min(one.claim for _, one in cells)
    ordered = sorted(
        (cell for cell in cells if cell[1].claim == strongest), key=lambda cell: cell[1].shown_value
    )
    (lowest, low), (highest, high) = ordered[0], ordered[-1]
    value, people = page.wording.formats.value, page.wording.people(strongest)
    if len(ordered) == 1:
        return page.wording.said(
            f"spread_one_{about}",
            [low],
            level=level,
            value=value(low),
            people=people,
            named=lowest.acronym,
        )
    return page.wording.said(
        f"spread_{about}",
        [one for _, one in ordered],
        level=level,
        low=value(low),
        lowest=lowest.acronym,
        high=value(high),
        highest=highest.acronym,
        people=people,
        count=page.language.count(len(ordered)),
        units=page.wording.units,
    )


def _most_used(page: Page, cells: Sequence[Cell]) -> Sentence:
    """The product that is used most by the users of another."""
    unit, most = max(cells, key=lambda cell: cell[1].shown_value)
    other = page.study.directorate(str(page.study.item(str(most.item)).uses))
    return page.wording.said(
        "uses_head",
        [one for _, one in cells],
        value=page.wording.formats.value(most),
        people=page.wording.people(most.claim),
        named=unit.acronym,
        other=other.acronym,
    )


def _far_chart(page: Page, cells: Sequence[Cell]) -> Part:
    """A point and its interval per product."""
    language, figures = page.language, [one for _, one in cells]
    names = [unit.acronym for unit, _ in cells]

    def percents(values: Sequence[float | None]) -> list[float | None]:
        return [None if value is None else 100 * value for value in values]

    def draw(axes: Axes) -> None:
        charts.intervals(
            axes,
            labels=names,
            values=percents([one.value for one in figures]),
            low=percents([one.low for one in figures]),
            high=percents([one.high for one in figures]),
        )
        axes.set_xlim(left=0)
        axes.set_xlabel(language.text("far_axis"))

    values = [
        language.text("alt_value", label=name, value=page.wording.formats.value(one))
        for name, one in zip(names, figures, strict=True)
    ]
    return page.chart_part(
        "far",
        draw,
        alt=page.wording.said("far_alt", figures, values=language.series(values)),
        caption=language.text("far_caption", wave=page.wording.wave_label()),
        height=lambda sheet: 0.9 + Rows(names, sheet, charts.INTERVAL).height,
    )


def _margin_note(page: Page, item: str, units: Sequence[Directorate]) -> str:
    """Of which products the answers to a question are those of a margin; empty where of none."""
    of = [unit.acronym for unit in units if item in page.study.margin(page.wave.id, unit.id)]
    return page.language.text("users_note_margin", named=page.language.listing(of)) if of else ""


def _cells(page: Page, item: str, definition: str) -> list[Cell]:
    """The figures of one answer, product by product."""
    return [
        (unit, one)
        for unit in _products(page)
        for one in page.figures.select(
            "profiles", directorate=unit.id, wave=page.wave.id, item=item, definition=definition
        )
    ]


def _products(page: Page) -> list[Directorate]:
    """The units that are no department, department by department."""
    return [unit for _, units in page.study.by_department() for unit in units]


def _profiles(page: Page) -> Profiles:
    assert page.study.profiles is not None, "a page of a study that declares its profiles"
    return page.study.profiles


def _quoted(page: Page, label: str) -> str:
    return page.language.quoted(page.language.typeset(label))
