"""The sections on commitments: of a directorate, one by one; of all of them, on one sheet; and a
card for each, to be posted.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import (
    Block,
    Fact,
    Part,
    Tile,
    block,
    fact_list,
    figure_notes,
    heading,
    page_break,
    paragraph,
    tiles,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.commitments import (
    Followed,
    announced_text,
    commitment_change,
    commitments_title,
    decisions,
    followed,
    in_force_text,
    measured_side,
    perceived_side,
    posting_text,
    reading_text,
    verdict,
)
from analysis.publishing.wording.sentences import (
    Sentence,
    field_text,
    join_notes,
    source_text,
    upper_first,
)
from analysis.study import Commitment


def overview(page: Page) -> Block:
    """The commitments of the page's directorate in a table: each side, and what the two say."""
    text = page.language.text
    found = followed(page.wording, page.figures, page.directorate)
    if not found:
        return block("commitments")
    rows = [
        [
            _tile(perceived_side(page.wording, one), verdict(page.wording, one.perceived)),
            _tile(measured_side(page.wording, one), verdict(page.wording, one.measured)),
            _tile(reading_text(page.wording, one)),
        ]
        for one in found
    ]
    caption = text(
        "caption_commitments", field=page.directorate.acronym, wave=page.wording.wave_label()
    )
    return block(
        "commitments",
        heading(commitments_title(page.wording, found)),
        tiles(
            f"engagements-{page.directorate.id}",
            corner=text("column_commitment"),
            heads=[text("column_perceived"), text("column_measured"), text("column_reading")],
            rows=[_name(page, one.commitment) for one in found],
            cells=rows,
            caption=caption,
        ),
        figure_notes(
            page.language,
            field=_field(page, found),
            note=_note(page, found),
            source=source_text(page.wording),
        ),
    )


def one_by_one(page: Page) -> Block:
    """Each commitment of the page's directorate, by heading of the charter: what was promised,
    where it is posted, how what users say of it has changed, and what was decided since.
    """
    found = followed(page.wording, page.figures, page.directorate)
    parts: list[Part] = []
    for title in page.study.questionnaire.headings:
        own = [one for one in found if one.commitment.heading == title.id]
        if own:
            parts.append(heading(page.language.typeset(title.label), anchor=title.id))
        for one in own:
            name, anchor = _name(page, one.commitment), one.commitment.id
            parts.append(heading(name, level=3, anchor=anchor))
            parts.append(fact_list(page.language, _facts(page, one)))
    note = figure_notes(page.language, note=join_notes([page.language.text("posting_note")]))
    told = [note] if note and any(posting_text(page.wording, one) for one in found) else []
    return block("commitments-one-by-one", *parts, *told)


def on_one_sheet(page: Page) -> Block:
    """The reading of each commitment in every directorate, and what was decided since."""
    text, wording = page.language.text, page.wording
    by_directorate = [
        (directorate, {one.commitment.id: one for one in found})
        for directorate in page.study.directorates
        if (found := followed(wording, page.figures, directorate))
    ]
    if not by_directorate:
        return block("commitments")
    everything = [one for _, found in by_directorate for one in found.values()]
    listed = [
        commitment
        for commitment in page.study.commitments
        if any(commitment.id in found for _, found in by_directorate)
    ]
    cells = [
        [
            *(_tile(reading_text(wording, found[commitment.id])) for _, found in by_directorate),
            _tile(_decided(page, [found[commitment.id] for _, found in by_directorate])),
        ]
        for commitment in listed
    ]
    return block(
        "commitments",
        heading(commitments_title(wording, everything)),
        tiles(
            "engagements",
            corner=text("column_commitment"),
            heads=[
                *(directorate.acronym for directorate, _ in by_directorate),
                text("column_decided", day=_day(page)),
            ],
            rows=[_name(page, commitment) for commitment in listed],
            cells=cells,
            caption=text("caption_commitments_all", unit=wording.unit, wave=wording.wave_label()),
        ),
        figure_notes(
            page.language,
            note=_note(page, everything),
            source=source_text(wording),
        ),
    )


def each_on_a_sheet(page: Page) -> Block:
    """A card for each commitment, on a sheet of its own: what was promised, what users said, what
    was done.
    """
    wording, text = page.wording, page.language.text
    by_directorate = [
        {one.commitment.id: one for one in followed(wording, page.figures, directorate)}
        for directorate in page.study.directorates
    ]
    parts: list[Part] = []
    for commitment in page.study.commitments:
        found = [by_id[commitment.id] for by_id in by_directorate if commitment.id in by_id]
        if not found:
            continue
        if parts:
            parts.append(page_break())
        parts.append(heading(_name(page, commitment), anchor=commitment.id))
        parts.append(paragraph(Sentence(page.language.typeset(commitment.promise), "promise")))
        parts.append(heading(text("card_told"), level=3, anchor=f"{commitment.id}-told"))
        parts.append(fact_list(page.language, _told(page, found)))
        parts.append(heading(text("card_done"), level=3, anchor=f"{commitment.id}-done"))
        parts.append(paragraph(_decided(page, found)))
        if wording.wave.next_publication is not None:
            day = page.language.day(wording.wave.next_publication)
            parts.append(paragraph(Sentence(text("card_next", day=day), "card_next")))
    return block("commitment-sheets", *parts)


def _tile(sentence: Sentence, verdict: str = "") -> Tile:
    """A sentence in a cell, with the verdict that it begins with, if there is one."""
    said = Sentence(upper_first(sentence.text), sentence.rule, sentence.figures)
    word = upper_first(verdict)
    return Tile("", said, word if word and said.text.startswith(word) else "")


def _name(page: Page, commitment: Commitment) -> str:
    return page.language.typeset(commitment.label)


def _day(page: Page) -> str:
    """The day of the edition, as of which follow-ups are told."""
    return page.language.day(page.wording.published or page.wave.publication)


def _facts(page: Page, one: Followed) -> dict[str, Fact]:
    """What is said of a commitment beside its two sides; those of which nothing is known are left
    out.
    """
    wording, text = page.wording, page.language.text
    facts: dict[str, Fact] = {
        "promise": page.language.typeset(one.commitment.promise),
        "in_force": in_force_text(wording, one),
        "change": commitment_change(wording, page.figures, one),
        "posting": posting_text(wording, one),
        "announced": announced_text(wording, one),
    }
    named = {text(f"fact_{name}"): fact for name, fact in facts.items()}
    return named | {text("fact_decided", day=_day(page)): _decided(page, [one])}


def _told(page: Page, found: Sequence[Followed]) -> dict[str, Fact]:
    """The two sides of a commitment in each directorate; once, where it is the same in all."""
    wording, text = page.wording, page.language.text
    facts: dict[str, Fact] = {}
    for name, side in (("perceived", perceived_side), ("measured", measured_side)):
        said = [side(wording, one) for one in found]
        if len(dict.fromkeys(said)) == 1:
            facts[text(f"fact_{name}")] = said[0]
            continue
        facts |= {
            text("card_side", side=text(f"fact_{name}"), directorate=one.directorate.acronym): told
            for one, told in zip(found, said, strict=True)
        }
    return facts


def _decided(page: Page, found: Sequence[Followed]) -> Sentence:
    """What was decided for a commitment, in some directorates: each decision once."""
    told = [decision for one in found for decision in decisions(page.wording, one)]
    taken = [decision for decision in told if decision.rule != "decided_nothing"] or told[:1]
    distinct = list(dict.fromkeys(taken))
    return Sentence(
        text=" ".join(decision.text for decision in distinct),
        rule="+".join(decision.rule for decision in distinct),
    )


def _field(page: Page, found: Sequence[Followed]) -> str:
    """Whom what is perceived is about."""
    claims = [one.perceived.claim for one in found if one.perceived is not None]
    return field_text(page.wording, page.directorate, claims[0]) if claims else ""


def _note(page: Page, found: Sequence[Followed]) -> str:
    """By which rule a commitment is said to be kept."""
    text = page.language.text
    families = {one.perceived.family for one in found if one.perceived is not None}
    notes = [text("commitments_note_rule")]
    if families and max(families) > 1:
        notes.append(text("commitments_note_family", count=page.language.number(max(families))))
    notes.append(text("commitments_note_none"))
    return join_notes(notes)
