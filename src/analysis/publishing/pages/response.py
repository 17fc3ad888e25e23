"""The sections on who is missing among those who were asked: unlike answering, and questions left
without an answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing.blocks import Block, Part, block, figure_notes, heading
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import unit_tables
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import join_with_signs, source_text
from analysis.study import Channel, Directorate

OVERALL, SPREAD = "R", "unconditional"
_Samples = Iterator[tuple[Directorate, Channel, list[ReleasedFigure]]]


def representativity(page: Page) -> Block:
    """The R-indicator of each sample with a frame, and how propensities to answer spread along what
    the frame knows; nothing where there is none.
    """
    language = page.language
    rows, units = [], []
    variables: dict[str, None] = {}
    for directorate, channel, figures in _samples(page, "representativity"):
        by_variable = {one.indicator: one for one in figures if one.definition == SPREAD}
        whole = next((one for one in figures if one.definition == OVERALL), None)
        if whole is not None:
            units.append(directorate)
            rows.append((_named(page, directorate, channel), whole, by_variable))
            variables |= dict.fromkeys(by_variable)
    if not rows:
        return block("representativity")
    columns = {
        language.text("column_sample_of"): [name for name, _, _ in rows],
        language.text("participation_R"): [page.wording.formats.value(one) for _, one, _ in rows],
        language.text("column_interval_C1"): [
            page.wording.formats.interval(one) for _, one, _ in rows
        ],
    }
    for variable in variables:
        head = language.text("column_spread", variable=_variable(page, variable))
        columns[head] = [
            page.wording.formats.value(found[variable])
            if variable in found
            else language.text("sign_so")
            for _, _, found in rows
        ]
    wave = page.wording.wave_label()
    return _section(
        page,
        unit_tables(
            page,
            "representativity",
            columns,
            units,
            caption=language.text("caption_representativity", wave=wave),
        ),
        name="representativity",
        head=language.text("representativity_head"),
        note=language.text("note_representativity"),
        columns=columns,
    )


def exposed(page: Page) -> Block:
    """Of the channels that anyone may answer, how many did among those whom the services count."""
    language, formats = page.language, page.wording.formats
    rows, units = [], []
    for directorate, channel, figures in _samples(page, "exposure"):
        by_definition = {one.definition: one for one in figures}
        if {"exposed", "rate"} <= by_definition.keys():
            units.append(directorate)
            rows.append((_named(page, directorate, channel), by_definition))
    if not rows:
        return block("exposed")
    management = {one.id: one.label for one in page.study.management}
    columns = {
        language.text("column_channel"): [name for name, _ in rows],
        language.text("column_exposure"): [
            language.typeset(management[found["exposed"].indicator]) for _, found in rows
        ],
        language.text("column_exposed"): [formats.value(found["exposed"]) for _, found in rows],
        language.text("column_participation"): [formats.value(found["rate"]) for _, found in rows],
    }
    wave = page.wording.wave_label()
    return _section(
        page,
        unit_tables(
            page,
            "exposed",
            columns,
            units,
            caption=language.text("caption_exposed", wave=wave),
            numeric=list(columns)[2:],
        ),
        name="exposed",
        head=language.text("exposed_head"),
        note=language.text("note_exposed"),
        columns=columns,
    )


def unanswered(page: Page) -> Block:
    """Per channel, how many of the questions that it puts stay without an answer, and which one
    most often.
    """
    language, formats = page.language, page.wording.formats
    names, shares, most, units = [], [], [], []
    for directorate, channel, figures in _samples(page, "item_response"):
        whole = next((one for one in figures if one.item is None), None)
        if whole is None:
            continue
        units.append(directorate)
        names.append(_named(page, directorate, channel))
        shares.append(formats.value(whole))
        most.append(_most_left(page, whole, figures))
    if not names:
        return block("unanswered")
    columns = {
        language.text("column_channel"): names,
        language.text("column_unanswered"): shares,
        language.text("column_most_unanswered"): most,
    }
    wave = page.wording.wave_label()
    return _section(
        page,
        unit_tables(
            page,
            "unanswered",
            columns,
            units,
            caption=language.text("caption_unanswered", wave=wave),
            numeric=[language.text("column_unanswered")],
        ),
        name="unanswered",
        head=language.text("unanswered_head"),
        note=language.text("note_unanswered"),
        columns=columns,
    )


def _most_left(page: Page, whole: ReleasedFigure, figures: list[ReleasedFigure]) -> str:
    """The question that stays without an answer most often: one that is shown, and above all of
    them together; else one that is hidden may be it.
    """
    language = page.language
    above = [
        one
        for one in figures
        if one.item and not (one.hidden or whole.hidden) and one.shown_value > whole.shown_value
    ]
    if above:
        worst = max(above, key=lambda one: one.shown_value)
        return language.text(
            "question_most_left",
            question=language.typeset(page.study.item(str(worst.item)).short),
            share=page.wording.formats.value(worst),
        )
    return language.text("sign_s" if any(one.hidden for one in figures) else "sign_so")


def _samples(page: Page, layer: str) -> _Samples:
    """The figures of a layer by directorate and channel, in the study's order."""
    for directorate in page.study.directorates:
        found = page.figures.select(layer, wave=page.wave.id, directorate=directorate.id)
        for channel in directorate.channels:
            own = [one for one in found if one.category == channel]
            if own:
                yield directorate, page.study.channel(channel), own


def _named(page: Page, directorate: Directorate, channel: Channel) -> str:
    return f"{directorate.acronym} – {page.language.typeset(channel.label)}"


def _variable(page: Page, variable: str) -> str:
    if variable == "site":
        return page.language.text("variable_site")
    return page.language.typeset(page.study.item(variable).short)


def _section(
    page: Page,
    tables: list[Part],
    *,
    name: str,
    head: str,
    note: str,
    columns: dict[str, list[str]],
) -> Block:
    """Tables under their heading, with what their note and their signs say."""
    cells = {cell for column in columns.values() for cell in column}
    return block(
        name,
        heading(head, level=3),
        *tables,
        figure_notes(
            page.language,
            note=join_with_signs(page.language, cells, [note]),
            source=source_text(page.wording),
        ),
    )
