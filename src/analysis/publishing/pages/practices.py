"""The page of practices: notes on what was tried to listen to users, and the ways to them from the
pages of the devices and products that they speak of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from analysis.errors import ParameterError
from analysis.publishing.blocks import (
    Block,
    Fact,
    Link,
    Part,
    block,
    fact_list,
    heading,
    link_line,
    table,
)
from analysis.publishing.pages.colophon import METHOD
from analysis.publishing.pages.department import PRODUCT
from analysis.publishing.pages.page import Page
from analysis.publishing.practice_texts import unpublishable_notes
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import upper_first
from analysis.study import Directorate
from analysis.study.languages import foreign, in_parts, without_marks
from analysis.study.practices import HEADINGS, SECTIONS, Practice

PAGE, OBSERVATORY = "pratiques", "observatoire"
"""The files of the page of practices and of the page over all products, as plan.yml has them."""

NAMED_AT_MOST = 3
"""Products that a line of the table names; of more, it says how many."""

_TARGET = re.compile(r"(\]\([^()\s]*\)|<https:[^<>\s]*>)")
"""The address of a link, in Markdown."""


def index(page: Page) -> Block:
    """Every note in a line, then the ways to them by device and by product."""
    language, text = page.language, page.language.text
    notes, elsewhere = page.study.practices, published_elsewhere(page)
    columns = {
        text("column_practice"): [language.typeset(note.title) for note in notes],
        text("column_practice_by"): [_by(page, note) for note in notes],
        text("column_devices"): [language.series(_devices(page, note)) for note in notes],
        upper_first(page.wording.units): [_products_in_short(page, note) for note in notes],
        text("column_practice_status"): [text(f"practice_status_{note.status}") for note in notes],
        text("column_practice_cost"): [_cost(page, note) for note in notes],
        text("column_practice_date"): [language.day(note.date) for note in notes],
    }
    return block(
        "index",
        heading(text("practices_head")),
        table(
            "practices",
            columns=columns,
            caption=text("caption_practices"),
            numeric=[text("column_practice_cost")],
        ),
        *by_device(page),
        heading(text("practices_by_product", unit=page.wording.unit), level=3, anchor="by-product"),
        fact_list(
            language,
            {
                page.wording.directorate_name(unit): links_to(page, _about_product(page, unit))
                for unit in page.study.directorates
                if not page.study.products_of(unit.id)
            },
        ),
        link_line(elsewhere) if elsewhere else None,
    )


def notes(page: Page) -> Block:
    """Each note: what it is about, then its sections under their headings.

    Raises:
        ParameterError: one holds what cannot be published.

    """
    if faults := unpublishable_notes(page.study):
        raise ParameterError.together(faults)
    parts = [part for note in page.study.practices for part in _note(page, note)]
    return block("practices", *parts)


def of_products(page: Page) -> Block:
    """The ways to the notes on the products of the page's department."""
    products = page.study.products_of(page.directorate.id)
    return block("practices", *about_products(page, products, level=2))


def about_products(page: Page, products: Sequence[Directorate], *, level: int) -> list[Part]:
    """The ways to the notes that speak of some products, by how far each is; nothing where none
    does.

    Args:
        page: Which names them.
        products: One of which a note speaks of.
        level: Of the heading.

    """
    wanted = {product.id for product in products}
    about = [note for note in page.study.practices if wanted & set(note.products)]
    if not about:
        return []
    told = {
        upper_first(page.language.text(f"practice_status_{state}")): links_to(
            page, [note for note in about if note.status == state]
        )
        for state in dict.fromkeys(note.status for note in about)
    }
    title = heading(page.language.text("practices_of_head"), level=level, anchor="practices")
    return [title, fact_list(page.language, told)]


def by_device(page: Page) -> list[Part]:
    """The ways to the notes that speak of each device; nothing where none does."""
    listening = page.study.listening
    told = {
        page.language.typeset(device.label): links_to(
            page, [note for note in page.study.practices if device.id in note.devices]
        )
        for device in (listening.devices if listening else ())
    }
    if not any(told.values()):
        return []
    title = heading(page.language.text("practices_by_device"), level=3, anchor="by-device")
    return [title, fact_list(page.language, told)]


def published_elsewhere(page: Page) -> list[Link]:
    """The way to what others published; none where the study tells nothing of it."""
    if not page.study.references and not page.study.context:
        return []
    return [Link(page.language.text("references_more"), f"{METHOD}.html")]


def links_to(page: Page, notes: Sequence[Practice]) -> tuple[Link, ...]:
    """The ways to some notes."""
    return tuple(
        Link(page.language.typeset(note.title), f"{PAGE}.html#practices-{note.id}")
        for note in notes
    )


def _note(page: Page, note: Practice) -> list[Part]:
    language, text = page.language, page.language.text
    facts: dict[str, Fact] = {
        text("column_practice_by"): _by(page, note),
        text("column_practice_status"): text(f"practice_status_{note.status}"),
        text("column_practice_date"): language.day(note.date),
        text("column_practice_cost"): _cost(page, note),
        text("column_devices"): tuple(
            Link(name, f"{OBSERVATORY}.html#devices") for name in _devices(page, note)
        ),
        upper_first(page.wording.units): tuple(
            Link(language.typeset(unit.acronym), f"{PRODUCT}-{unit.id}.html")
            for unit in _products(page, note)
            if _has_page(page, unit)
        ),
        text("fact_contact"): language.typeset(note.contact),
    }
    parts = [
        heading(language.typeset(note.title), anchor=note.id),
        fact_list(language, facts),
    ]
    for name in SECTIONS:
        parts += [
            heading(HEADINGS[language.code][name], level=3, anchor=f"{note.id}-{name}"),
            _prose(language, getattr(note.sections, name)),
        ]
    return parts


def _prose(language: Language, text: str) -> Part:
    """A text of Markdown, as its language writes it; one in another language says which."""
    markdown, html = [], []
    for code, part in in_parts(text):
        typeset = "".join(
            piece if _TARGET.fullmatch(piece) else _typeset(language, piece, code)
            for piece in _TARGET.split(part)
        )
        markdown.append(typeset if code is None else f"::: {{lang={code}}}\n\n{typeset}\n\n:::")
        html.append(f"<div>{escape(typeset)}</div>")
    return Part(markdown="\n\n".join(markdown), html="".join(html))


def _typeset(language: Language, text: str, code: str | None) -> str:
    """A text as the language of a code writes it; the page's own where there is none."""
    return (
        language.typeset(text)
        if code is None
        else without_marks(language.typeset(foreign(text, code)))
    )


def _devices(page: Page, note: Practice) -> list[str]:
    listening = page.study.listening
    devices = listening.devices if listening else ()
    return [page.language.typeset(one.label) for one in devices if one.id in note.devices]


def _products(page: Page, note: Practice) -> list[Directorate]:
    """The products that a note speaks of, in the order of the study."""
    return [unit for unit in page.study.directorates if unit.id in note.products]


def _products_in_short(page: Page, note: Practice) -> str:
    products = _products(page, note)
    if len(products) > NAMED_AT_MOST:
        count = page.language.number(len(products))
        return page.language.text("practice_products", count=count, units=page.wording.units)
    return page.language.listing([page.language.typeset(one.acronym) for one in products])


def _about_product(page: Page, unit: Directorate) -> list[Practice]:
    return [note for note in page.study.practices if unit.id in note.products]


def _by(page: Page, note: Practice) -> str:
    """Whose practice it is: another body's, or the publisher's own."""
    return page.language.typeset(note.body or page.study.publisher)


def _cost(page: Page, note: Practice) -> str:
    if note.cost is None:
        return page.language.text("practice_cost_unknown")
    return page.language.number(note.cost)


def _has_page(page: Page, unit: Directorate) -> bool:
    """Whether a product has a page in this edition: something is told of it."""
    about = {"directorate": unit.id, "wave": page.wave.id}
    return any(page.figures.select(layer, **about) for layer in ("answers", "listening"))
