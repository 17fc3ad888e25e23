"""How results of other bodies are called and read, beside a study's own."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.imported import ImportedFigure
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import Sentence, Wording
from analysis.study import Indicator
from analysis.study.languages import foreign
from analysis.study.settings import Mode


def theirs(wording: Wording, one: ImportedFigure, text: str) -> str:
    """A text of another body, as its language writes it; marked where the page is in another."""
    told = text if one.language == wording.language.code else foreign(text, one.language)
    return wording.language.typeset(told)


def unit_of(wording: Wording, one: ImportedFigure) -> str:
    """The unit of another body that a figure is about, with the body."""
    unit, body = theirs(wording, one, one.unit_label), theirs(wording, one, one.publisher)
    if not one.unit_label or one.unit_label == one.publisher:
        return body
    return wording.language.text("unit_of_body", unit=unit, publisher=body)


def edition_of(wording: Wording, one: ImportedFigure) -> str:
    """The edition of another body that its figures come from; with its sign where it is
    provisional.
    """
    wave = theirs(wording, one, one.wave_label)
    if one.version.startswith("0."):
        wave = wording.language.text("provisional_sign", wave=wave)
    return wording.language.text(
        "edition_of_body",
        wave=wave,
        version=one.version,
        day=wording.language.day(one.published),
    )


def bodies_head(wording: Wording, bodies: Sequence[ImportedFigure]) -> Sentence:
    """From how many other bodies results were received."""
    if len(bodies) == 1:
        return wording.said("bodies_head_one")
    count = wording.language.count(len(bodies))
    return wording.said("bodies_head_n", count=count)


def measured_alike(wording: Wording, indicator: Indicator, claim: str, mode: Mode) -> str:
    """What some results measure, of whom, and by what."""
    return wording.language.text(
        "measured_alike",
        indicator=wording.indicator(indicator),
        people=wording.people(claim),
        mode=wording.language.text(f"mode_{mode}"),
    )


def side_by_side(
    wording: Wording, here: ReleasedFigure, elsewhere: ImportedFigure, *, unit: str
) -> Sentence:
    """A result of the study and one of another body, one after the other; neither is said to be
    higher.
    """
    return wording.said(
        "side_by_side",
        [here],
        unit=unit,
        value=wording.formats.with_unit(here),
        elsewhere=unit_of(wording, elsewhere),
        value_elsewhere=wording.formats.with_unit(elsewhere.figure),
    )
