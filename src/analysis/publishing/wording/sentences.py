"""The sentences: each is made from released figures by a rule, says no more than they allow, and
says of which figures it is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.disclosure import Status
from analysis.publishing.released import TOTAL, ReleasedFigure, visible
from analysis.publishing.wording.formats import Formats
from analysis.publishing.wording.language import Language
from analysis.study import Claim, Directorate, Indicator, Study, Wave

_SIGN = re.compile(r"(?:s|nd|so|n/a)(?:\s?:|,)")
FEWEST_RANKED = 3
"""Figures of which a best and a worst are named."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of an edition.

    Attributes:
        text: As it is printed.
        rule: The phrase of the catalogue that its rule chose.
        figures: Keys of the released figures it is made from.

    """

    text: str
    rule: str
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """What sentences are made with: a study, its language and the edition's wave."""

    study: Study
    language: Language
    wave: Wave

    @property
    def formats(self) -> Formats:
        """How its figures are printed."""
        return Formats(self.language, self.study.thresholds)

    @property
    def subject(self) -> str:
        """What titles are about: the label of the overall indicator."""
        return self.indicator(self.study.overall)

    def indicator(self, indicator: Indicator) -> str:
        """The label of an indicator."""
        return self.language.typeset(indicator.label)

    def wave_label(self, wave: Wave | None = None) -> str:
        """The label of a wave; of the edition's by default."""
        return self.language.typeset((wave or self.wave).label)

    def people(self, claim: str) -> str:
        """Whom figures of a claim are about, in the study's words."""
        term = self.study.terms.people.get(Claim(claim))
        return self.language.typeset(term or self.language.text(f"people_{claim}"))

    def claim(self, claim: str) -> str:
        """What may be said of figures of a claim."""
        return self.language.text(
            f"claim_{claim}", people=self.people(claim), everyone=self.people(Claim.ESTIMATE)
        )

    def answers_noun(self, number: Literal["one", "many"] = "many") -> str:
        """What answers are called, in the study's words."""
        term = self.study.terms.answers
        noun = getattr(term, number) if term else self.language.text(f"answers_{number}")
        return self.language.typeset(noun)

    def answers(self, base: int) -> str:
        """A number of answers, in the study's words."""
        return f"{self.language.number(base)} {self.answers_noun('one' if base == 1 else 'many')}"

    @property
    def base_heading(self) -> str:
        """The heading of a column of bases."""
        return upper_first(self.answers_noun())

    @property
    def unit(self) -> str:
        """What a directorate is called, in the study's words."""
        term = self.study.terms.unit
        return self.language.typeset(term.one) if term else self.language.text("unit_one")

    def category(self, figure: ReleasedFigure) -> str:
        """The label of a figure's category."""
        if figure.category == "unknown":
            return self.language.text("unknown_category")
        return self.language.typeset(figure.category_label)

    def said(self, rule: str, figures: Sequence[ReleasedFigure] = (), **parts: str) -> Sentence:
        """The sentence of a catalogue phrase, with the figures it is made from."""
        text = self.language.text(rule, **parts)
        return Sentence(text=text, rule=rule, figures=tuple(figure.key for figure in figures))


def weakest_claim(figures: Sequence[ReleasedFigure]) -> str:
    """The weakest claim of some figures: that of what is said of them together."""
    return Claim.weakest([Claim(figure.claim) for figure in figures] or [Claim.TREND]).value


# --- under a figure or table ----------------------------------------------------------------------


def lecture(
    wording: Wording, figures: Sequence[ReleasedFigure], *, named: bool = False
) -> Sentence | None:
    """The reading of the first visible figure as a sentence, with the name of its directorate if
    `named`; None where none is visible.
    """
    figure = next(iter(visible(figures)), None)
    if figure is None:
        return None
    study, language = wording.study, wording.language
    definition = study.definition(figure.definition)
    question = study.item(study.indicator(figure.indicator).item).wording
    parts = {
        "wave": wording.wave_label(study.wave(str(figure.wave))),
        "value": wording.formats.value(figure, beside=figures),
        "people": wording.people(figure.claim),
        "question": language.quoted(language.typeset(question)),
        "details": _details(wording, figure, figures),
    }
    if definition.kind == "mean":
        parts["maximum"] = language.number(definition.maximum or 0)
    if definition.kind == "top_share":
        parts["answer"] = _top_answers(language, definition.top or 1)
    sentence = wording.said(f"reading_{definition.kind}", [figure], **parts)
    about = ""
    if named:
        directorate = study.directorate(str(figure.directorate))
        about = language.text("reading_directorate", directorate=directorate.acronym)
    if figure.breakdown != TOTAL:
        about += language.text("reading_category", category=wording.category(figure))
    return Sentence(about + sentence.text, sentence.rule, sentence.figures)


def field_text(wording: Wording, directorate: Directorate, claim: str) -> str:
    """Who figures are about."""
    return wording.language.text(
        "field_text",
        people=wording.people(claim),
        directorate=directorate.acronym,
        claim=wording.claim(claim),
    )


def source_text(wording: Wording) -> str:
    """Where figures come from."""
    return wording.language.text(
        "source_text",
        title=wording.study.title,
        publisher=wording.study.publisher,
        wave=wording.wave_label(),
        day=wording.language.day(wording.wave.publication),
    )


def sign_notes(wording: Wording, figures: Sequence[ReleasedFigure], *more: str) -> str:
    """Notes, then what the signs of some printed figures mean, and no other sign."""
    text, number = wording.language.text, wording.language.number
    thresholds, answers = wording.study.thresholds, wording.answers_noun()
    caution, fragile = number(thresholds.caution_below), number(thresholds.fragile_below)
    notes = {
        Status.SUPPRESSED: text("note_s"),
        Status.UNAVAILABLE: text("note_nd"),
        Status.CAUTION: text("note_caution", count=caution, answers=answers),
        Status.FRAGILE: text("note_fragile", count=fragile, answers=answers),
    }
    signs = {figure.status for figure in figures}
    return join_notes([*more, *(note for sign, note in notes.items() if sign in signs)])


def join_notes(parts: Sequence[str]) -> str:
    """Notes one after the other; a sign that a note explains keeps its case."""
    sentences = (part.rstrip(".") for part in parts if part)
    return " ".join(
        f"{part}." if _SIGN.match(part) else f"{part[0].upper()}{part[1:]}." for part in sentences
    )


def _details(wording: Wording, figure: ReleasedFigure, beside: Sequence[ReleasedFigure]) -> str:
    """The interval, where there is one, and the answers."""
    answers = wording.answers(figure.base or 0)
    if figure.low is None:
        return answers
    return (
        f"{range_text(wording, figure, wording.formats.interval(figure, beside=beside))}, {answers}"
    )


def range_text(wording: Wording, figure: ReleasedFigure, bounds: str) -> str:
    """What bounds are, by the claim of their figure."""
    return wording.language.text(f"range_{figure.claim}", interval=bounds)


def _top_answers(language: Language, count: int) -> str:
    if count == 1:
        return language.text("top_1")
    return language.text("top_n", count=language.count(count))


# --- findings -------------------------------------------------------------------------------------


def ranking(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence:
    """The finding on several indicators: which is perceived best, which worst."""
    ranked = sorted(visible(figures), key=lambda figure: -figure.shown_value)
    if len(ranked) < FEWEST_RANKED:
        return wording.said("finding_hidden")
    best, worst = ranked[0], ranked[-1]
    parts = [
        wording.said(
            f"finding_best_{_separation(ranked[1], best)}",
            best=wording.indicator(wording.study.indicator(best.indicator)),
        ),
        wording.said(
            f"finding_worst_{_separation(worst, ranked[-2])}",
            worst=wording.indicator(wording.study.indicator(worst.indicator)),
        ),
    ]
    return Sentence(
        text=", ".join(part.text for part in parts),
        rule="+".join(part.rule for part in parts),
        figures=tuple(figure.key for figure in (best, ranked[1], ranked[-2], worst)),
    )


def level(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence:
    """The finding on one indicator, where there are too few to rank: its level."""
    shown = visible(figures)
    if not shown:
        return wording.said("finding_hidden")
    claim = weakest_claim(shown)
    return wording.said(
        f"finding_overall_{claim}",
        shown[:1],
        indicator=wording.indicator(wording.study.indicator(shown[0].indicator)),
        value=wording.formats.with_unit(shown[0]),
        people=wording.people(claim),
    )


def levels(wording: Wording, figures: Sequence[tuple[Directorate, ReleasedFigure]]) -> Sentence:
    """The finding on one indicator over several directorates: the level of each."""
    all_figures = [figure for _, figure in figures]
    shown = [(directorate, figure) for directorate, figure in figures if not figure.hidden]
    if not shown:
        return wording.said("finding_hidden")
    claim = weakest_claim(visible(all_figures))
    names = [directorate.acronym for directorate, _ in shown]
    if len({figure.claim for _, figure in shown}) > 1:  # each says whom it is about
        claim = Claim.ESTIMATE.value
        names = [_with_people(wording, directorate, figure) for directorate, figure in shown]
    values = [
        f"{wording.formats.with_unit(figure, beside=all_figures)} ({name})"
        for name, (_, figure) in zip(names, shown, strict=True)
    ]
    return wording.said(
        f"finding_summary_{claim}",
        [figure for _, figure in shown],
        indicator=wording.subject,
        values=wording.language.listing(values),
        people=wording.people(claim),
    )


def _with_people(wording: Wording, directorate: Directorate, figure: ReleasedFigure) -> str:
    """The name of a directorate and, where its figure is not about everybody, whom it is about."""
    if figure.claim == Claim.ESTIMATE:
        return directorate.acronym
    people = wording.people(figure.claim)
    return wording.language.text(
        "directorate_people", directorate=directorate.acronym, people=people
    )


def _separation(lower: ReleasedFigure, upper: ReleasedFigure) -> Literal["sole", "near"]:
    """`sole` where the intervals of two figures are disjoint, else `near`."""
    if lower.high is None or upper.low is None:
        return "near"
    return "sole" if lower.high < upper.low else "near"


def with_directorate(wording: Wording, directorate: Directorate, sentence: Sentence) -> Sentence:
    """A finding with its directorate's name, where a page shows several."""
    text = wording.language.text(
        "titled", directorate=directorate.acronym, text=lower_first(sentence.text)
    )
    return Sentence(text, sentence.rule, sentence.figures)


def lower_first(text: str) -> str:
    """A text with its first letter lowered, to follow another; an acronym keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """A text with its first letter raised, to begin a sentence."""
    return text[:1].upper() + text[1:]
