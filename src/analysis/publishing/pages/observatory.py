"""The page over all products: who listens to whom, whom nobody hears, who is asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from analysis.publishing.blocks import (
    Block,
    Fact,
    Part,
    block,
    escape_markdown,
    fact_list,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.practices import about_products, by_device
from analysis.publishing.pages.tables import device_labels
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import Sentence, join_notes, source_text, upper_first
from analysis.study.listening import FAMILIES, Device, Listening, Period

MOST_NAMED = 8
"""Points that are named after how many they are: of more, a table tells."""


def coverage(page: Page) -> Block:
    """By product and moment, which families listen: a table per department."""
    language = page.language
    words = {
        (str(one.directorate), one.category, one.definition): one.word
        for one in page.figures.select("listening", wave=page.wave.id, breakdown="moment")
    }
    wave = page.wording.wave_label()
    tables = []
    for department, products in page.study.by_department():
        columns = {
            upper_first(page.wording.unit): [product.acronym for product in products],
            **{
                language.typeset(moment.label): [
                    _signs(page, words, product.id, moment.id) for product in products
                ]
                for moment in _listening(page).moments
            },
        }
        caption = (
            language.text("caption_listening_all", wave=wave)
            if department is None
            else language.text("caption_listening", department=department.acronym, wave=wave)
        )
        name = "listening" if department is None else f"listening-{department.id}"
        tables.append(table(name, columns=columns, caption=caption))
    note = [language.text("note_listening")]
    note += [language.text("note_thin")] if "thin" in words.values() else []
    note += [language.text("note_piled_up")] if "piled_up" in words.values() else []
    told = [*named(page, moments(page, "silent")), *thin(page)]
    return _section(page, "listening", coverage_head(page), [*told, *tables], *note)


def coverage_head(page: Page) -> Sentence:
    """How many moments of use nobody listens to."""
    silent, total = _out_of(page, "silent", "moments")
    return _said_out_of(page, f"listening_head_{_ending(silent.value)}", silent, total)


def thin(page: Page) -> list[Part]:
    """At how many moments of use a device is declared, and next to nothing of any has come; nothing
    where there are none.
    """
    count, _ = _out_of(page, "thin", "moments")
    if not count.value:
        return []
    key = f"thin_{_ending(count.value)}"
    head = page.wording.said(key, [count], count=page.wording.formats.value(count))
    return [paragraph(head), *named(page, moments(page, "thin"))]


def moments(page: Page, word: Literal["silent", "thin"]) -> list[tuple[str, str]]:
    """The moments of use that no device listens to, or of which next to nothing has come: product,
    moment.
    """
    words: dict[tuple[str, str], set[str]] = {}
    for one in page.figures.select("listening", wave=page.wave.id, breakdown="moment"):
        words.setdefault((str(one.directorate), one.category), set()).add(one.word)
    labels = {one.id: page.language.typeset(one.label) for one in _listening(page).moments}
    return [
        (product.id, labels[moment])
        for product in page.study.directorates
        for moment in labels
        if (heard := words.get((product.id, moment), set()))
        and word in heard
        and heard <= {word, "silent"}
    ]


def named(page: Page, found: Sequence[tuple[str, str]]) -> list[Part]:
    """Products, each with what it is about; nothing where there are more than a reader looks
    through.
    """
    if not 0 < len(found) <= MOST_NAMED:
        return []
    about: dict[str, list[str]] = {}
    for product, what in found:
        name = page.study.directorate(product).acronym
        about.setdefault(name, []).append(upper_first(what))
    facts: dict[str, Fact] = {
        name: page.language.series(list(dict.fromkeys(whats))) for name, whats in about.items()
    }
    return [fact_list(page.language, facts)]


def unreached(page: Page) -> Block:
    """The audiences that no device reaches, by product."""
    language = page.language
    labels = {one.id: language.typeset(one.label) for one in _listening(page).audiences}
    silent: dict[str, list[str]] = {}
    for one in page.figures.select("listening", wave=page.wave.id, breakdown="audience"):
        if one.word != "covered":
            silent.setdefault(str(one.directorate), []).append(labels[one.category])
    products = [unit for unit in page.study.directorates if unit.id in silent]
    missed, total = _out_of(page, "unreached", "audiences")
    head = _said_out_of(page, f"unreached_head_{_ending(missed.value)}", missed, total)
    note = language.text("note_unreached")
    if not products:
        counted = upper_first(join_notes([note]))
        return block("unreached", heading(head), paragraph(escape_markdown(counted)))
    columns = {
        upper_first(page.wording.unit): [product.acronym for product in products],
        language.text("column_audiences"): [
            language.listing(silent[product.id]) for product in products
        ],
    }
    caption = language.text("caption_unreached", wave=page.wording.wave_label())
    unheard = table("unreached", columns=columns, caption=caption)
    return _section(page, "unreached", head, [unheard], note)


def calendar(page: Page) -> Block:
    """Whom two devices ask within too short a time."""
    language, listening = page.language, _listening(page)
    order = [unit.id for unit in page.study.directorates]
    found = sorted(
        page.figures.select("collisions", wave=page.wave.id),
        key=lambda figure: (figure.shown_value, order.index(str(figure.directorate))),
    )
    labels = {one.id: language.typeset(one.label) for one in listening.audiences}
    columns = {
        upper_first(page.wording.unit): [
            page.study.directorate(str(one.directorate)).acronym for one in found
        ],
        **_pairs(page, found),
        language.text("column_audience"): [labels[one.category] for one in found],
        language.text("column_days_between"): [page.wording.formats.value(one) for one in found],
        language.text("column_nearest"): [_nearest(page, one) for one in found],
    }
    caption = language.text("caption_collisions", wave=page.wording.wave_label())
    numeric = [language.text("column_days_between")]
    return _section(
        page,
        "collisions",
        collisions_head(page),
        [table("collisions", columns=columns, caption=caption, numeric=numeric)] if found else [],
        language.text("note_collisions"),
    )


def _nearest(page: Page, collision: ReleasedFigure) -> str:
    """When two devices ask one audience, at the nearest."""
    language, wave = page.language, page.wave
    known = {device.id: device for device in _listening(page).devices}
    first, second = (known[name] for name in collision.definition.split("+"))
    found = first.nearest(second, wave.start, wave.end)
    assert found is not None, "two devices that are too near have periods"
    one, other = (language.period(period.start, period.end) for period in found)
    return language.text("nearest_periods", first=one, last=other)


def collisions_head(page: Page) -> Sentence:
    """How often one audience is asked twice within too short a time."""
    found = page.figures.select("collisions", wave=page.wave.id)
    number = page.language.number
    return page.wording.said(
        f"collisions_head_{_ending(len(found))}",
        found,
        count=number(len(found)),
        days=number(_listening(page).rest_days),
    )


def poolings(page: Page) -> Block:
    """The devices that could be one, and what that would spare; nothing where there are none."""
    language = page.language
    found = page.figures.select("poolings", wave=page.wave.id)
    pairs = {one.definition: one for one in found if one.category == "requests"}
    if not pairs:
        return block("poolings")
    costs = {one.definition: one for one in found if one.category == "cost"}
    devices = {device.id: device for device in _listening(page).devices}
    shared = [
        [product for product in devices[first].products if product in devices[second].products]
        for first, second in (name.split("+") for name in pairs)
    ]
    spared = ("column_requests_spared", "column_cost_spared")
    columns = {
        **_pairs(page, list(pairs.values())),
        language.text("column_products"): [
            language.listing([page.study.directorate(one).acronym for one in products])
            for products in shared
        ],
        language.text(spared[0]): [page.wording.formats.value(one) for one in pairs.values()],
        language.text(spared[1]): [page.wording.formats.value(costs[name]) for name in pairs],
    }
    caption = language.text("caption_poolings", wave=page.wording.wave_label())
    numeric = [language.text(key) for key in spared]
    return _section(
        page,
        "poolings",
        page.wording.said(
            f"poolings_head_{_ending(len(pairs))}",
            list(pairs.values()),
            count=language.number(len(pairs)),
        ),
        [table("poolings", columns=columns, caption=caption, numeric=numeric)],
        language.text("note_poolings"),
    )


def devices(page: Page) -> Block:
    """What each device tells, and what it cannot, and the ways to what was learnt by them; of the
    page's product, where it is about one. Nothing where the study declares none and keeps no notes.
    """
    listening, product = page.study.listening, page.open_directorate
    kept = [
        device
        for device in (listening.devices if listening else ())
        if product is None or product.id in device.products
    ]
    parts: list[Part] = []
    if kept:
        head = "devices_head" if product is None else "devices_of_head"
        parts += _section(
            page,
            "devices",
            page.language.text(head),
            [
                _device_table(page, kept),
                *([*unread(page), _device_calendar(page, kept)] if product is None else []),
            ],
            page.language.text("note_devices"),
        ).parts
    if product is None:
        parts += by_device(page)
    else:
        parts += about_products(page, [product], level=3 if kept else 2)
    return block("devices", *parts)


def unread(page: Page) -> list[Part]:
    """Which devices are declared, of which neither answers nor counts are to come, and no session
    did in any wave so far.
    """
    observed = {
        figure.category.rpartition(".")[2] for figure in page.figures.select("observations")
    }
    language = page.language
    found = [
        language.typeset(one.label)
        for one in _listening(page).devices
        if one.channel is None and not one.series and one.id not in observed
    ]
    if not found:
        return []
    about = {"devices": language.listing(found), "count": language.number(len(found))}
    return [
        paragraph(
            escape_markdown(
                language.text("devices_unread_one", **about)
                if len(found) == 1
                else language.text("devices_unread_n", **about)
            )
        )
    ]


def _device_table(page: Page, kept: Sequence[Device]) -> Part:
    language = page.language
    columns = {
        language.text("column_device"): [language.typeset(one.label) for one in kept],
        language.text("column_device_family"): [
            language.text(f"family_{one.family}") for one in kept
        ],
        language.text("column_owner"): [language.typeset(one.owner) for one in kept],
        language.text("column_says"): [language.typeset(one.says) for one in kept],
        language.text("column_cannot"): [language.typeset(one.cannot) for one in kept],
    }
    return table("devices", columns=columns, caption=language.text("caption_devices"))


def _device_calendar(page: Page, kept: Sequence[Device]) -> Part:
    """Whom each device reaches, how often, when next, and what it takes: those under way first,
    then by day; last, those that have no day of their own.
    """
    kept = sorted(kept, key=lambda one: _next_day(page, one))
    language, number = page.language, page.language.number
    labels = {one.id: language.typeset(one.label) for one in _listening(page).audiences}
    none = language.text("cell_silent")
    columns = {
        language.text("column_device"): [language.typeset(one.label) for one in kept],
        language.text("column_audiences"): [
            language.series([labels[name] for name in one.audiences]) for one in kept
        ],
        language.text("column_rhythm"): [language.text(f"rhythm_{one.rhythm}") for one in kept],
        language.text("column_next_period"): [_next_period(page, one) for one in kept],
        language.text("column_requests"): [
            number(one.requests) if one.requests else none for one in kept
        ],
        language.text("column_cost"): [number(one.cost) if one.cost else none for one in kept],
        language.text("column_tool"): [
            language.typeset(f"{one.tool} ({one.licence})" if one.licence else one.tool)
            for one in kept
        ],
    }
    numeric = [language.text("column_requests"), language.text("column_cost")]
    caption = language.text("caption_device_calendar")
    return table("device-calendar", columns=columns, caption=caption, numeric=numeric)


def _coming(page: Page, device: Device) -> list[Period]:
    """The periods of a device that are not over on the day of the edition."""
    return [period for period in device.periods if period.end >= _day(page)]


def _day(page: Page) -> date:
    return page.edition.published if page.edition else page.wave.end


def _next_day(page: Page, device: Device) -> tuple[bool, date]:
    """Where a device comes in the calendar: whether it has no day of its own, and its next one."""
    coming = _coming(page, device)
    if device.rhythm == "continuous" or not coming:
        return True, date.max
    return False, coming[0].start


def _next_period(page: Page, device: Device) -> str:
    """When a device listens on the day of the edition, or next."""
    text = page.language.text
    if device.rhythm == "continuous":
        return text("rhythm_continuous")
    day, coming = _day(page), _coming(page, device)
    if not coming:
        return text("cell_silent" if device.rhythm == "once" else "period_unset")
    if coming[0].start <= day:
        return text("period_now", day=page.language.day(coming[0].end))
    return page.language.period(coming[0].start, coming[0].end)


def _section(
    page: Page, name: str, head: str | Sentence, tables: Sequence[Part], *notes: str
) -> Block:
    return block(
        name,
        heading(head),
        *tables,
        figure_notes(page.language, note=join_notes(list(notes)), source=source_text(page.wording))
        if tables
        else None,
    )


def _out_of(page: Page, part: str, whole: str) -> tuple[ReleasedFigure, ReleasedFigure]:
    """How many moments, or audiences, nobody hears, and how many there are."""
    totals = {
        one.category: one
        for one in page.figures.select("listening", wave=page.wave.id, breakdown="total")
    }
    return totals[part], totals[whole]


def _said_out_of(page: Page, key: str, count: ReleasedFigure, total: ReleasedFigure) -> Sentence:
    value = page.wording.formats.value
    return page.wording.said(key, [count, total], count=value(count), total=value(total))


def _ending(count: float | None) -> str:
    """Of the phrase on so many."""
    return "none" if not count else "one" if count == 1 else "n"


def _pairs(page: Page, found: Sequence[ReleasedFigure]) -> dict[str, list[str]]:
    """The two devices of some figures."""
    labels = device_labels(page)
    first, second = (
        [labels[figure.definition.split("+")[place]] for figure in found] for place in (0, 1)
    )
    text = page.language.text
    return {text("column_device_first"): first, text("column_device_second"): second}


def _signs(page: Page, words: dict[tuple[str, str, str], str], product: str, moment: str) -> str:
    """The families that listen to a product at a moment, each by its sign; empty where it is no
    moment of its use.
    """
    language, signs = page.language, []
    if (product, moment, FAMILIES[0]) not in words:
        return ""
    for family in FAMILIES:
        word = words[product, moment, family]
        sign = language.text(f"family_sign_{family}")
        if word == "covered":
            signs.append(sign)
        elif word in ("thin", "piled_up"):
            signs.append(language.text(f"cell_{word}", sign=sign))
    return " ".join(signs) or language.text("cell_silent")


def _listening(page: Page) -> Listening:
    assert page.study.listening is not None, "a page of a study that declares its devices"
    return page.study.listening
