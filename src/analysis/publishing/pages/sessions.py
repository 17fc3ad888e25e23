"""What was seen and heard in sessions: user tests, workshops, interviews. A few people are no share
of anybody, and none is told.
"""

from __future__ import annotations

from datetime import date

from analysis.errors import ParameterError
from analysis.publishing.blocks import Block, Part, block, figure_notes, heading, paragraph, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import device_labels, dimension_labels
from analysis.publishing.practice_texts import unpublishable_quotations
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import join_notes, source_text, upper_first
from analysis.study.listening import Listening


def observations(page: Page) -> Block:
    """What was seen in sessions on the page's product; nothing where there were none."""
    found: dict[tuple[str, str], dict[str, ReleasedFigure]] = {}
    about = {"wave": page.wave.id, "directorate": page.directorate.id}
    for figure in page.figures.select("observations", **about):
        dimension, _, device = figure.category.rpartition(".")
        found.setdefault((dimension, device), {})[figure.definition] = figure
    quotations = _quotations(page)
    if not found:
        return block("observations", *quotations)
    text, value = page.language.text, page.wording.formats.value
    devices, dimensions = device_labels(page), dimension_labels(page)
    counts = (
        ("sessions", "column_sessions"),
        ("participants", "column_participants"),
        ("new_themes", "column_new_themes"),
    )
    columns = {
        text("column_dimension"): [dimensions[place[0]] for place in found],
        text("column_device"): [devices[place[1]] for place in found],
        text("column_themes"): [_met(page, *place) for place in found],
        **{text(key): [value(rows[name]) for rows in found.values()] for name, key in counts},
        text("column_seen"): [
            upper_first(text(f"device_state_{rows['state'].word}")) for rows in found.values()
        ],
    }
    caption = text(
        "caption_observations", product=page.directorate.acronym, wave=page.wording.wave_label()
    )
    numeric = [text(key) for _, key in counts]
    return block(
        "observations",
        heading(text("observations_head")),
        table(f"tests-{page.directorate.id}", columns=columns, caption=caption, numeric=numeric),
        figure_notes(
            page.language,
            note=join_notes([text("note_observations")]),
            source=source_text(page.wording),
        ),
        *quotations,
    )


def themes(page: Page) -> Block:
    """What was met in sessions, over all products: the themes that most of them share first;
    nothing where there were no sessions.
    """
    met = page.figures.select("themes", wave=page.wave.id)
    if not met:
        return block("themes")
    products = {
        theme.id: {str(one.directorate) for one in met if _theme_of(one) == theme.id}
        for theme in _listening(page).themes
    }
    ranked = sorted(filter(products.get, products), key=lambda theme: -len(products[theme]))
    shared = [one for one in met if len(products[_theme_of(one)]) > 1]
    count = len({_theme_of(one) for one in shared})
    ending = "none" if not count else "one" if count == 1 else "n"
    text, labels = page.language.text, _theme_labels(page)
    columns = {
        text("column_theme"): [upper_first(labels[theme]) for theme in ranked],
        text("column_met_on"): [
            page.language.listing(
                [unit.acronym for unit in page.study.directorates if unit.id in products[theme]]
            )
            for theme in ranked
        ],
    }
    caption = text("caption_themes", wave=page.wording.wave_label())
    head = page.wording.said(f"themes_head_{ending}", shared, count=page.language.number(count))
    return block(
        "themes",
        heading(head),
        table("themes", columns=columns, caption=caption),
        figure_notes(
            page.language,
            note=join_notes([text("note_themes")]),
            source=source_text(page.wording),
        ),
    )


def _met(page: Page, dimension: str, device: str) -> str:
    """The themes that a device met on a dimension of the page's product, each with the sessions in
    which it did, the most frequent first.
    """
    labels, value = _theme_labels(page), page.wording.formats.value
    found = [
        one
        for one in page.figures.select("themes", wave=page.wave.id, directorate=page.directorate.id)
        if one.category.startswith(f"{dimension}.{device}.")
    ]
    ranked = sorted(found, key=lambda one: -one.shown_value)
    named = [
        page.language.text("theme_met", theme=labels[_theme_of(one)], count=value(one))
        for one in ranked
    ]
    return upper_first(page.language.listing(named)) or page.language.text("cell_silent")


def _theme_of(figure: ReleasedFigure) -> str:
    return figure.category.rpartition(".")[2]


def _listening(page: Page) -> Listening:
    assert page.study.listening is not None, "sessions are of devices"
    return page.study.listening


def _theme_labels(page: Page) -> dict[str, str]:
    return {one.id: page.language.typeset(one.label) for one in _listening(page).themes}


def _quotations(page: Page) -> list[Part]:
    """What was said of the page's product since the wave before, where somebody let it be printed.

    Raises:
        ParameterError: a quotation tells who spoke.

    """
    if faults := unpublishable_quotations(page.study):
        raise ParameterError.together(faults)
    if page.study.listening is None:
        return []
    language = page.language
    waves = page.study.waves_until(page.wave.id)
    after = waves[-2].end if len(waves) > 1 else date.min
    labels = device_labels(page)
    told = [
        language.text(
            "quotation",
            text=language.quoted(language.typeset(one.text)),
            device=labels[one.device],
            day=language.day(one.date),
            office=language.typeset(one.approved_by),
        )
        for one in page.study.listening.quotations
        if one.product == page.directorate.id and after < one.date <= page.wave.end
    ]
    if not told:
        return []
    head = heading(language.text("quotations_head"), level=3, anchor="quotations")
    return [head, *(paragraph(one) for one in told)]
