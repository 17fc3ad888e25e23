"""What devices of several families say of one thing: where they contradict each other, what is to
be looked at, and, on a product's page, each of them beside the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set, Sized

from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    figure_notes,
    heading,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import device_labels, dimension_labels
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.reading import Mention, Standing
from analysis.publishing.wording.sentences import (
    Sentence,
    join_notes,
    source_text,
    upper_first,
)
from analysis.study.listening import Device, Family

TOTAL = "total"

BAD, GOOD = frozenset({"poor", "worse"}), frozenset({"good", "better"})
JUDGED_TOGETHER = frozenset({"same", "contrary", "steady", "apart"})
"""Verdicts on points of which several families of devices say something."""

Words = dict[str, dict[str, ReleasedFigure]]
"""Device → what it says: `state` and `movement`."""


def points(page: Page) -> Block:
    """Over all products: what goes badly by any device, where families of devices contradict each
    other, what is to be looked at, and where they say the same.
    """
    contrary, same = (_verdicts(page, word) for word in ("contrary", "same"))
    told = [
        *_where_to_begin(page),
        *_points(page, contradictions_head(page), contrary, "caption_contradictions"),
        *_points(page, signals_head(page), _signals(page), "caption_signals"),
    ]
    if same:
        head = _counted(page, f"agreements_head_{_ending(same)}", same)
        told += _points(page, head, same, "caption_agreements")
    return block("points", *told, _notes(page))


def bad_head(page: Page) -> Sentence:
    """How many points go badly by a device, and well by none."""
    found = _bad_points(page)
    figures = [figure for said in found.values() for figure in said]
    about = {} if len(found) < 2 else {"count": page.language.number(len(found))}
    return page.wording.said(f"bad_head_{_ending(found)}", figures, **about)


def going_badly(page: Page) -> list[tuple[str, str]]:
    """The points that go badly by a device, and well by none, those that most families say so of
    first: product, dimension.
    """
    return [(product, _dimension_label(page, name)) for product, name in _bad_points(page)]


def _where_to_begin(page: Page) -> list[Part]:
    """These points, each with how many families say so, and what all devices say of it."""
    found, text = _bad_points(page), page.language.text
    if not found:
        return [heading(bad_head(page))]
    columns = {
        upper_first(page.wording.unit): [
            page.study.directorate(product).acronym for product, _ in found
        ],
        text("column_dimension"): [_dimension_label(page, name) for _, name in found],
        text("column_families_bad"): [
            page.language.number(len(_families(page, said))) for said in found.values()
        ],
        text("column_devices_say"): [_said(page, _told(page, *point)) for point in found],
    }
    wave = page.wording.wave_label()
    numeric = [text("column_families_bad")]
    return [
        heading(bad_head(page)),
        table("bad", columns=columns, caption=text("caption_bad", wave=wave), numeric=numeric),
    ]


def _bad_points(page: Page) -> dict[tuple[str, str], list[ReleasedFigure]]:
    """Product, dimension → what is said to go badly there, the points of most families first, then
    in the order of products and dimensions; none on which devices contradict each other.
    """
    found: dict[tuple[str, str], list[ReleasedFigure]] = {}
    contrary = {_point(one) for one in _verdicts(page, "contrary")}
    for figure in page.figures.select("convergence", wave=page.wave.id):
        if figure.word in BAD and not figure.hidden and _point(figure) not in contrary:
            found.setdefault(_point(figure), []).append(figure)
    products = [unit.id for unit in page.study.directorates]
    dimensions = _dimensions(page)
    ranked = sorted(
        found,
        key=lambda point: (
            -len(_families(page, found[point])),
            products.index(point[0]),
            dimensions.index(point[1]),
        ),
    )
    return {point: found[point] for point in ranked}


def _point(figure: ReleasedFigure) -> tuple[str, str]:
    """The product and the dimension of what is said."""
    return str(figure.directorate), _dimension_of(figure)


def _families(page: Page, said: Sequence[ReleasedFigure]) -> set[Family]:
    """The families of the devices that say something."""
    families = {device.id: device.family for device in _devices(page)}
    return {families[figure.category.rpartition(".")[2]] for figure in said}


def contradictions_head(page: Page) -> Sentence:
    """On how many points families of devices contradict each other, of those that several of them
    judge.
    """
    found, number = _verdicts(page, "contrary"), page.language.number
    judged = sum(one.word in JUDGED_TOGETHER for one in _verdicts(page))
    ending = "only" if len(found) == judged == 1 else _ending(found)
    about = {"count": number(len(found)), "total": number(judged)}
    return page.wording.said(f"contradictions_head_{ending}", found, **about)


def signals_head(page: Page) -> Sentence:
    """On how many points a flow is seen to move and no sample, or a sample alone."""
    found = _signals(page)
    return _counted(page, f"signals_head_{_ending(found)}", found)


def contradictory(page: Page) -> list[tuple[str, str]]:
    """The points on which families of devices contradict each other: product, dimension."""
    return _places(page, _verdicts(page, "contrary"))


def to_look_at(page: Page) -> list[tuple[str, str]]:
    """The points to be looked at: product, dimension."""
    return _places(page, _signals(page))


def _places(page: Page, found: Sequence[ReleasedFigure]) -> list[tuple[str, str]]:
    return [
        (product, _dimension_label(page, dimension))
        for product, dimension in map(_point, _in_order(page, found))
    ]


def _in_order(page: Page, found: Sequence[ReleasedFigure]) -> list[ReleasedFigure]:
    """Figures in the order of products."""
    order = [unit.id for unit in page.study.directorates]
    return sorted(found, key=lambda one: order.index(str(one.directorate)))


def contradiction(page: Page, dimension: str) -> ReleasedFigure | None:
    """That families of devices contradict each other on a dimension of the page's product."""
    return _of_product(page, dimension, _verdicts(page, "contrary"))


def signal(page: Page, dimension: str) -> ReleasedFigure | None:
    """That a dimension of the page's product is to be looked at."""
    return _of_product(page, dimension, _signals(page))


def _of_product(
    page: Page, dimension: str, found: Sequence[ReleasedFigure]
) -> ReleasedFigure | None:
    own = [one for one in found if one.directorate == page.directorate.id]
    return next((one for one in own if _dimension_of(one) == dimension), None)


def bad_beside(page: Page, dimension: str) -> list[ReleasedFigure]:
    """What devices that are no surveys say of a dimension of the page's product, where it is poor
    there or has become worse.
    """
    return [
        figure
        for words in _beside(page, dimension).values()
        for figure in words.values()
        if figure.word in BAD
    ]


def beside_surveys(page: Page, read: Set[str]) -> list[Mention]:
    """What is said of the page's product beside the core figures of surveys, in the order of
    dimensions: badly, where one device finds it poor or worse; well, where good or better; nothing
    of a dimension on which devices contradict each other, but that they do.

    Args:
        page: Of a product.
        read: Dimensions of core figures: there, surveys and contradictions are told elsewhere.

    """
    found: list[Mention] = []
    for dimension in _dimensions(page):
        name = page.language.quoted(_dimension_label(page, dimension))
        contrary = contradiction(page, dimension)
        if contrary is not None:
            if dimension not in read:
                both = page.language.text("grid_contrary", name=name)
                found.append(("unknown", both, [contrary]))
            continue
        heard: dict[Standing, Words] = {"badly": {}, "well": {}}
        everybody = _told(page, page.directorate.id, dimension)
        told = _beside(page, dimension) if dimension in read else everybody
        for device, words in told.items():
            said = {figure.word for figure in words.values()}
            if said & (BAD | GOOD):
                heard["badly" if said & BAD else "well"][device] = words
        for standing, said_so in heard.items():
            if said_so:
                named = page.language.text("grid_devices", name=name, devices=_said(page, said_so))
                figures = [figure for words in said_so.values() for figure in words.values()]
                found.append((standing, named, figures))
    return found


def _beside(page: Page, dimension: str) -> Words:
    surveys = {one.id for one in _devices(page) if one.regime == "sample"}
    told = _told(page, page.directorate.id, dimension)
    return {device: words for device, words in told.items() if device not in surveys}


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
    columns = {
        text("column_dimension"): [_dimension_label(page, one) for one, _ in rows],
        text("column_devices_say"): [_said(page, told) for _, told in rows],
        text("column_together"): [verdict_on(page, product, one) for one, _ in rows],
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


def verdict_on(page: Page, product: str, dimension: str | None) -> str:
    """What the devices say together of a dimension of a product, or that it is hidden; where
    nothing is compared, that no survey stands beside it.
    """
    of = {"wave": page.wave.id, "definition": "verdict", "directorate": product}
    verdicts = page.figures.select("convergence", **of)
    found = next((one for one in verdicts if _dimension_of(one) == dimension), None)
    if found is None:
        return upper_first(page.language.text("together_said_unasked"))
    if found.hidden:
        return upper_first(page.language.text("together_said_hidden"))
    signals = [_dimension_of(one) for one in _signals(page, directorate=product)]
    return _verdict(page, found, looked_at=dimension in signals)


def _verdict(page: Page, figure: ReleasedFigure, *, looked_at: bool) -> str:
    """What devices say together, and whether that is to be looked at."""
    verdict = upper_first(page.language.text(f"together_said_{figure.word}"))
    if not looked_at:
        return verdict
    return page.language.text("to_look_at", verdict=verdict)


def _points(
    page: Page, head: Sentence, found: Sequence[ReleasedFigure], caption: str
) -> list[Part]:
    """Some points, each a dimension of a product, under their heading: a line each."""
    if not found:
        return [heading(head)]
    found, text = _in_order(page, found), page.language.text
    columns = {
        upper_first(page.wording.unit): [
            page.study.directorate(str(one.directorate)).acronym for one in found
        ],
        text("column_dimension"): [_dimension_label(page, _dimension_of(one)) for one in found],
        text("column_devices_say"): [
            _said(page, _told(page, str(one.directorate), _dimension_of(one))) for one in found
        ],
    }
    name = caption.removeprefix("caption_")
    wave = page.wording.wave_label()
    return [heading(head), table(name, columns=columns, caption=text(caption, wave=wave))]


def _signals(page: Page, **of: str) -> list[ReleasedFigure]:
    found = page.figures.select("convergence", wave=page.wave.id, definition="signal", **of)
    return [one for one in found if not one.hidden]


def _ending(found: Sized) -> str:
    """Of the phrase on so many."""
    return "none" if not found else "one" if len(found) == 1 else "n"


def _counted(page: Page, key: str, found: Sequence[ReleasedFigure]) -> Sentence:
    """How many points there are."""
    return page.wording.said(key, found, count=page.language.number(len(found)))


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


def _verdicts(page: Page, word: str = "") -> list[ReleasedFigure]:
    """What is said of devices together, of every dimension of a product; those of one word, or
    all.
    """
    found = page.figures.select("convergence", wave=page.wave.id, definition="verdict")
    return [one for one in found if not one.hidden and word in ("", one.word)]


def _dimension_of(figure: ReleasedFigure) -> str:
    return figure.category.rpartition(".")[0]


def _told(page: Page, product: str, dimension: str) -> Words:
    """What the devices say of a dimension, in the order in which they are declared."""
    found: Words = {device.id: {} for device in _devices(page)}
    for figure in page.figures.select("convergence", wave=page.wave.id, directorate=product):
        about, _, device = figure.category.rpartition(".")
        if about == dimension and device != TOTAL and not figure.hidden:
            found[device][figure.definition] = figure
    return {device: words for device, words in found.items() if words}


def _said(page: Page, told: Words) -> str:
    """What devices say, one after the other."""
    text = page.language.text
    return page.language.series(
        [text("device_says", **_says(page, device, words)) for device, words in told.items()]
    )


def _says(page: Page, device: str, words: Mapping[str, ReleasedFigure]) -> dict[str, str]:
    """A device, and what it says."""
    text = page.language.text
    said = [text(f"device_state_{words['state'].word}")] if "state" in words else []
    said += [text(f"device_movement_{words['movement'].word}")] if "movement" in words else []
    return {"device": device_labels(page)[device], "words": ", ".join(said)}


def _devices(page: Page) -> tuple[Device, ...]:
    return page.study.listening.devices if page.study.listening is not None else ()


def _dimensions(page: Page) -> list[str]:
    return [dimension.id for dimension in page.study.questionnaire.dimensions]


def _dimension_label(page: Page, name: str) -> str:
    return dimension_labels(page)[name]
