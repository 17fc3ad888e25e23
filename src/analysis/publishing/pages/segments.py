"""The section on users of a few kinds: how many, who they are, in which products, and whether they
last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    fact_list,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigure, visible
from analysis.publishing.wording.sentences import (
    Sentence,
    range_text,
    sign_notes,
    source_text,
    upper_first,
)

LAYER = "segments"


def segments(page: Page) -> Block:
    """The groups of users, a sentence each, their share by product, and what they answer; nothing
    where the study declares none, or nothing of them is shown.
    """
    everywhere = _in_order(page, [one for one in _shares(page) if one.directorate is None])
    if not visible(everywhere):
        return block("segments")
    names = {one.category: name(page, one) for one in everywhere}
    answers = page.figures.select(LAYER, wave=page.wave.id, breakdown="segment")
    answers = [one for one in answers if one.item is not None]
    return block(
        "segments",
        heading(_head(page, everywhere, names)),
        fact_list(
            page.language,
            {names[one.category]: _sentence(page, one, answers) for one in visible(everywhere)},
        ),
        paragraph(_lasting(page)),
        _share_table(page, names),
        _answer_table(page, answers, names),
        figure_notes(
            page.language,
            note=sign_notes(page.wording, [*_shares(page), *answers], *_notes(page)),
            source=source_text(page.wording),
        ),
    )


def shares(page: Page, directorate: str) -> list[ReleasedFigure]:
    """The share of each segment in a product."""
    return [one for one in _shares(page) if one.directorate == directorate]


def _shares(page: Page) -> list[ReleasedFigure]:
    """The share of each segment in each product, and over all of them."""
    return page.figures.select(LAYER, wave=page.wave.id, definition="share")


def _in_order(page: Page, figures: Sequence[ReleasedFigure]) -> list[ReleasedFigure]:
    """The figures of segments in the order of their declared names, or of their numbers."""
    declared = page.study.profiles.segments if page.study.profiles else None
    order = [name.id for name in declared.names] if declared else []
    return sorted(
        figures, key=lambda one: order.index(one.category) if one.category in order else len(order)
    )


def name(page: Page, figure: ReleasedFigure) -> str:
    """What a segment is called: as the study does, or by its number."""
    declared = page.study.profiles.segments if page.study.profiles else None
    labels = {name.id: name.label for name in declared.names} if declared else {}
    if figure.category in labels:
        return page.language.typeset(labels[figure.category])
    return upper_first(page.language.text("segment_number", number=figure.category))


def _head(page: Page, figures: Sequence[ReleasedFigure], names: Mapping[str, str]) -> Sentence:
    value = page.wording.formats.value
    listed = [
        page.language.text(
            "segment_named",
            segment=page.language.quoted(names[one.category]),
            value=value(one),
        )
        for one in figures
    ]
    return page.wording.said(
        "segments_head",
        figures,
        units=page.wording.units,
        people=_everybody(page, figures[0]),
        count=page.language.count(len(figures)),
        segments=page.language.listing(listed),
    )


def _everybody(page: Page, figure: ReleasedFigure) -> str:
    """Whom a figure over all products is about: the study's own words are of one product's."""
    return page.language.text(f"people_{figure.claim}")


def _sentence(page: Page, share: ReleasedFigure, answers: Sequence[ReleasedFigure]) -> Sentence:
    """How large a segment is, and the answers by which it is told."""
    wording = page.wording
    marks = [
        one for one in visible(answers) if one.category == share.category and one.word == "marks"
    ]
    about = {
        "value": wording.formats.value(share),
        "people": _everybody(page, share),
        "range": range_text(wording, share, wording.formats.interval(share)),
    }
    if not marks:
        return wording.said("segment_plain", [share], **about)
    told = [
        page.language.text(
            "segment_mark",
            answer=page.language.quoted(_answer(page, one)),
            question=page.language.quoted(_short(page, one)),
            value=wording.formats.value(one),
        )
        for one in marks
    ]
    return wording.said("segment_marks", [share, *marks], **about, marks=page.language.series(told))


def _lasting(page: Page) -> Sentence:
    """Whether the segments are those of the wave before."""
    alike = page.figures.find(LAYER, wave=page.wave.id, definition="alike")
    if alike is None:
        return page.wording.said("segment_first")
    before = page.study.wave(str(alike.against))
    return page.wording.said(
        f"segments_{alike.word}",
        [alike],
        value=page.wording.formats.value(alike),
        before=page.wording.wave_label(before),
    )


def _share_table(page: Page, names: Mapping[str, str]) -> Part:
    """The share of each segment with its interval, a line per product and one for all."""
    found = {(one.directorate, one.category): one for one in _shares(page)}
    units = [unit for unit in page.study.directorates if (unit.id, next(iter(names))) in found]
    lines = [unit.id for unit in units] + [None]
    heads = [unit.acronym for unit in units] + [page.language.text("segment_all")]
    columns = {upper_first(page.wording.unit): heads}
    for segment, name in names.items():
        columns[name] = [_cell(page, found[line, segment]) for line in lines]
    bases = [found[line, next(iter(names))] for line in lines]
    columns[page.wording.base_heading] = [page.wording.formats.base(one) for one in bases]
    caption = page.language.text("segment_shares_caption", wave=page.wording.wave_label())
    return table("segments", columns=columns, caption=caption, numeric=list(columns)[1:])


def _cell(page: Page, figure: ReleasedFigure) -> str:
    formats = page.wording.formats
    value = formats.flagged_value(figure, beside=[figure])
    return value if figure.hidden else f"{value} {formats.interval(figure)}"


def _answer_table(page: Page, answers: Sequence[ReleasedFigure], names: Mapping[str, str]) -> Part:
    """What each segment answers, a line per answer."""
    found = {(one.item, one.definition, one.category): one for one in answers}
    lines = sorted(
        dict.fromkeys((str(one.item), one.definition) for one in answers),
        key=lambda line: _place(page, *line),
    )
    columns = {
        page.language.text("column_counted"): [
            page.language.text(
                "segment_answer",
                item=_short(page, one),
                answer=_answer(page, one),
            )
            for one in (found[(*line, next(iter(names)))] for line in lines)
        ]
    }
    for segment, name in names.items():
        columns[name] = [
            page.wording.formats.flagged_value(
                found[(*line, segment)], beside=[found[(*line, segment)]]
            )
            for line in lines
        ]
    caption = page.language.text("segment_answers_caption", wave=page.wording.wave_label())
    return table("segment-answers", columns=columns, caption=caption, numeric=list(columns)[1:])


def _place(page: Page, item: str, definition: str) -> tuple[int, int]:
    """Where an answer stands: in the order of questions, then of levels."""
    items = [one.id for one in page.study.questionnaire.items]
    return items.index(item), int(definition.removeprefix("P"))


def _answer(page: Page, figure: ReleasedFigure) -> str:
    labels = {f"P{level.code}": level.label for level in page.study.scale(str(figure.item)).levels}
    return page.language.typeset(labels[figure.definition])


def _short(page: Page, figure: ReleasedFigure) -> str:
    return page.language.typeset(page.study.item(str(figure.item)).short)


def _notes(page: Page) -> list[str]:
    """How the groups are found, and how many there could have been."""
    text, numbers = page.language.text, dict[str, ReleasedFigure | None]()
    for name in ("classes", "bic_classes", "entropy"):
        numbers[name] = page.figures.find(LAYER, wave=page.wave.id, definition=name)
    entropy, kept, chosen = (numbers[name] for name in ("entropy", "classes", "bic_classes"))
    notes = [text("note_sum")]
    if entropy is not None:
        written = page.wording.formats.value(entropy)
        notes.append(text("segment_note", units=page.wording.units, entropy=written))
    if kept is not None and chosen is not None and kept.value != chosen.value:
        count = page.wording.formats.value(chosen)
        return [*notes, text("segment_note_other", count=count)]
    return [*notes, text("segment_note_count")]
