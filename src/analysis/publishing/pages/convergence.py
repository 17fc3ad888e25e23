"""What devices of several families say of one thing: where they contradict each other, what is to
be looked at, and, on a product's page, each of them beside the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import Block, Part, block, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import join_notes, source_text, upper_first
from analysis.study.listening import Device

TOTAL = "total"

Told = dict[str, dict[str, ReleasedFigure]]
"""Device → what it says: `state` and `movement`."""


def contradictions(page: Page) -> Block:
    """Over all products: the dimensions on which families contradict each other."""
    found = [one for one in _verdicts(page) if one.word == "disagree"]
    return _points(page, "contradictions", found)


def agreements(page: Page) -> Block:
    """Over all products: the dimensions of which families say the same; nothing where there are
    none.
    """
    found = [one for one in _verdicts(page) if one.word == "agree"]
    return _points(page, "agreements", found) if found else block("agreements")


def signals(page: Page) -> Block:
    """Over all products: where a flow moves and no sample does, or a sample alone."""
    found = page.figures.select("convergence", wave=page.wave.id, definition="signal")
    return _points(page, "signals", [one for one in found if not one.hidden])


def together(page: Page) -> Block:
    """What devices say of each dimension of the page's product; nothing where none says any."""
    product = page.directorate.id
    rows = [
        (dimension, told)
        for dimension in _dimensions(page)
        if (told := _told(page, product, dimension))
    ]
    if not rows:
        return block("together")
    text = page.language.text
    verdicts = {_dimension_of(one): one for one in _verdicts(page) if one.directorate == product}
    columns = {
        text("column_dimension"): [_dimension_label(page, one) for one, _ in rows],
        text("column_devices_say"): [_said(page, told) for _, told in rows],
        text("column_together"): [
            text(f"verdict_{verdicts[one].word}") if one in verdicts else text("sign_nd")
            for one, _ in rows
        ],
    }
    caption = text(
        "caption_together", product=page.directorate.acronym, wave=page.wording.wave_label()
    )
    return block(
        "together",
        heading(text("together_head")),
        table(f"ensemble-{product}", columns=columns, caption=caption),
        _notes(page),
    )


def _points(page: Page, name: str, found: Sequence[ReleasedFigure]) -> Block:
    """A section on some points, each a dimension of a product: a line each."""
    order = [unit.id for unit in page.study.directorates]
    found = sorted(found, key=lambda one: order.index(str(one.directorate)))
    text = page.language.text
    ending = "none" if not found else "one" if len(found) == 1 else "n"
    total = len({one.key for one in _verdicts(page)})
    head = page.wording.said(
        f"{name}_head_{ending}",
        found,
        count=page.language.number(len(found)),
        total=page.language.number(total),
    )
    parts: list[Part | None] = [heading(head)]
    if found:
        told = [_told(page, str(one.directorate), _dimension_of(one)) for one in found]
        columns = {
            upper_first(page.wording.unit): [
                page.study.directorate(str(one.directorate)).acronym for one in found
            ],
            text("column_dimension"): [_dimension_label(page, _dimension_of(one)) for one in found],
            text("column_devices_say"): [_said(page, one) for one in told],
        }
        caption = text(f"caption_{name}", wave=page.wording.wave_label())
        parts += [table(name, columns=columns, caption=caption), _notes(page)]
    return block(name, *parts)


def _notes(page: Page) -> Part | None:
    listening = page.study.listening
    assert listening is not None, "words of devices"
    number, rules = page.language.number, listening.rules
    note = page.language.text(
        "note_convergence",
        good=number(rules.good_from),
        poor=number(rules.poor_below),
        blocked=number(rules.blocked_from),
        points=number(page.study.thresholds.practical_change),
    )
    return figure_notes(page.language, note=join_notes([note]), source=source_text(page.wording))


def _verdicts(page: Page) -> list[ReleasedFigure]:
    found = page.figures.select("convergence", wave=page.wave.id, definition="verdict")
    return [one for one in found if not one.hidden]


def _dimension_of(figure: ReleasedFigure) -> str:
    return figure.category.rpartition(".")[0]


def _told(page: Page, product: str, dimension: str) -> Told:
    """What the devices say of a dimension, in the order in which they are declared."""
    found: Told = {device.id: {} for device in _devices(page)}
    for figure in page.figures.select("convergence", wave=page.wave.id, directorate=product):
        about, _, device = figure.category.rpartition(".")
        if about == dimension and device != TOTAL and not figure.hidden:
            found[device][figure.definition] = figure
    return {device: words for device, words in found.items() if words}


def _said(page: Page, told: Told) -> str:
    """What devices say, one after the other."""
    text, labels = page.language.text, {one.id: one.label for one in _devices(page)}
    return page.language.series(
        [
            text(
                "device_says",
                device=page.language.typeset(labels[device]),
                words=", ".join(
                    text(f"{part}_{words[part].word}")
                    for part in ("state", "movement")
                    if part in words
                ),
            )
            for device, words in told.items()
        ]
    )


def _devices(page: Page) -> tuple[Device, ...]:
    return page.study.listening.devices if page.study.listening is not None else ()


def _dimensions(page: Page) -> list[str]:
    return [dimension.id for dimension in page.study.questionnaire.dimensions]


def _dimension_label(page: Page, name: str) -> str:
    labels = {one.id: one.label for one in page.study.questionnaire.dimensions}
    return page.language.typeset(labels[name])


# --- user tests -----------------------------------------------------------------------------------


def observations(page: Page) -> Block:
    """What was seen in user tests of the page's product; nothing where there were none."""
    found: dict[str, dict[str, ReleasedFigure]] = {}
    about = {"wave": page.wave.id, "directorate": page.directorate.id}
    for figure in page.figures.select("observations", **about):
        found.setdefault(figure.category, {})[figure.definition] = figure
    if not found:
        return block("observations")
    text, value = page.language.text, page.wording.formats.value
    labels = {one.id: one.label for one in _devices(page)}
    places = [name.rpartition(".") for name in found]
    counts = ("sessions", "participants", "themes", "new_themes")
    columns = {
        text("column_dimension"): [_dimension_label(page, place[0]) for place in places],
        text("column_device"): [page.language.typeset(labels[place[2]]) for place in places],
        **{
            text(f"column_{name}"): [value(rows[name]) for rows in found.values()]
            for name in counts
        },
        text("column_seen"): [
            upper_first(text(f"state_{rows['state'].word}")) for rows in found.values()
        ],
    }
    caption = text(
        "caption_observations", product=page.directorate.acronym, wave=page.wording.wave_label()
    )
    numeric = [text(f"column_{name}") for name in counts]
    return block(
        "observations",
        heading(text("observations_head")),
        table(f"tests-{page.directorate.id}", columns=columns, caption=caption, numeric=numeric),
        figure_notes(
            page.language,
            note=join_notes([text("note_observations")]),
            source=source_text(page.wording),
        ),
    )
