"""The sentences: each is made from released figures by a rule, says no more than they allow, and
says of which figures it is made.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.disclosure import Status
from analysis.errors import ScopeError
from analysis.publishing.released import TOTAL, ReleasedFigure, visible
from analysis.publishing.wording.formats import Formats
from analysis.publishing.wording.language import Language
from analysis.study import Claim, Directorate, Indicator, Study, Wave
from analysis.study.languages import start_of_words, without_marks

_SIGN = re.compile(r"(?:s|r|nd|ns|so|n/a)(?: =|,)")
FEWEST_RANKED = 3
"""Figures of which a best and a worst are named."""

MOST_NAMED = 3
"""Answers that are named one by one; more are named by the first and the last."""

MOST_UNITS_NAMED = 12
"""Units that a sentence names one by one, or that a table has a column for; of more, sentences say
how many they are, and tables have a row for each."""


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
    """What sentences are made with.

    Attributes:
        study, language: What is spoken of, and how.
        wave: That of the edition.
        published: The day of the edition; the planned one where it has not been made.
        provisional: Whether its figures may still change.

    """

    study: Study
    language: Language
    wave: Wave
    published: date | None = None
    provisional: bool = False

    @property
    def formats(self) -> Formats:
        """How its figures are printed."""
        return Formats(self.language)

    @property
    def subject(self) -> str:
        """What titles are about: the label of the overall indicator."""
        return self.indicator(self.study.overall)

    def indicator(self, indicator: Indicator) -> str:
        """The label of an indicator."""
        return self.language.typeset(indicator.label)

    def short_wave_label(self, wave: Wave) -> str:
        """The label of a wave where there is little room."""
        return self.language.typeset(wave.short or wave.label)

    def wave_label(self, wave: Wave | None = None) -> str:
        """The label of a wave, of the edition's by default; with its sign where it is
        provisional.
        """
        label = self.language.typeset((wave or self.wave).label)
        if not self.provisional or (wave or self.wave).id != self.wave.id:
            return label
        return self.language.text("provisional_sign", wave=label)

    def directorate_name(self, directorate: Directorate) -> str:
        """The full name of a directorate, with its short one in brackets where that is no part of
        it: how it is called where it is first spoken of.
        """
        name, short = (
            self.language.typeset(text) for text in (directorate.label, directorate.acronym)
        )
        if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", name):
            return name
        return f"{name} ({short})"

    def named_or_counted(self, names: Sequence[str]) -> str:
        """Some units by their names; more than a sentence names, by their number."""
        if len(names) <= MOST_UNITS_NAMED:
            return self.language.listing(names)
        count = self.language.number(len(names))
        return self.language.text("many_units", count=count, units=self.units)

    def people(self, claim: str) -> str:
        """Whom figures of a claim are about, in the study's words."""
        term = self.study.terms.people.get(Claim(claim))
        return self.language.typeset(term or self.language.text(f"people_{claim}"))

    def people_of(self, figure: ReleasedFigure) -> str:
        """Whom a figure is about, with its group where it is not about everybody."""
        people = self.people(figure.claim)
        if figure.breakdown == TOTAL:
            return people
        group = self.category(figure)
        return self.language.text("people_among", people=people, group=group)

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

    def answers(self, base: int, claim: str = Claim.ESTIMATE) -> str:
        """A number of answers, in the study's words; of presses, which are none."""
        number: Literal["one", "many"] = "one" if base == 1 else "many"
        noun = self.answers_noun(number)
        if claim == Claim.ALERT:
            noun = self.language.text(f"presses_{number}")
        return f"{self.language.number(base)} {noun}"

    @property
    def base_heading(self) -> str:
        """The heading of a column of bases."""
        return upper_first(self.answers_noun())

    @property
    def unit(self) -> str:
        """What a directorate is called, in the study's words."""
        term = self.study.terms.unit
        return self.language.typeset(term.one) if term else self.language.text("unit_one")

    @property
    def units(self) -> str:
        """What several directorates are called, in the study's words."""
        term = self.study.terms.unit
        return self.language.typeset(term.many) if term else self.language.text("unit_many")

    def category(self, figure: ReleasedFigure) -> str:
        """The label of a figure's category, as the study words it in this language; what the figure
        itself says where the study knows none.
        """
        if figure.category == "unknown":
            return self.language.text("unknown_category")
        by = {breakdown.id: breakdown.by for breakdown in self.study.breakdowns}
        variable = by.get(figure.breakdown, figure.breakdown)
        try:
            label = self.study.category_label(variable, figure.category)
        except ScopeError:  # of a layer of an analyst's own
            label = figure.category
        return self.language.typeset(label if label != figure.category else figure.category_label)

    def answers_named(self, item: str, first: int, last: int) -> str:
        """Adjacent levels of a question, worst first from 0, in its scale's own words: one or the
        other, or from one to another.
        """
        language, levels = self.language, self.study.scale(item).levels[first : last + 1]
        names = [language.quoted(language.typeset(level.label)) for level in levels]
        if len(names) > MOST_NAMED:
            return language.text("answers_from", first=names[0], last=names[-1])
        *before, end = names
        return f" {language.text('or')} ".join([*([", ".join(before)] if before else []), end])

    def counted(self, figure: ReleasedFigure) -> str:
        """What a measure counts, in the words of its question's scale."""
        text, item = self.language.text, str(figure.item)
        definition = self.study.definition(figure.definition)
        last = len(self.study.scale(item).levels) - 1
        if definition.kind == "mean":
            return text("counted_mean", maximum=self.language.number(definition.maximum or 0))
        best = self.answers_named(item, last + 1 - (definition.top or 0), last)
        if definition.kind == "top_share":
            return best
        worst = self.answers_named(item, 0, (definition.bottom or 0) - 1)
        return text("counted_balance", best=best, worst=worst)

    def unit_of(self, figure: ReleasedFigure) -> str:
        """What the numbers of a table on one indicator are."""
        return self.formats.measure("unit", figure, counted=self.counted(figure))

    def said(self, rule: str, figures: Sequence[ReleasedFigure] = (), **parts: str) -> Sentence:
        """The sentence of a catalogue phrase, with the figures it is made from."""
        text = self.language.text(rule, **parts)
        return Sentence(text=text, rule=rule, figures=tuple(figure.key for figure in figures))


def weakest_claim(figures: Sequence[ReleasedFigure]) -> str:
    """The weakest claim of some figures: that of what is said of them together."""
    return Claim.weakest([Claim(figure.claim) for figure in figures] or [Claim.TREND]).value


# --- under a figure or table ----------------------------------------------------------------------


def lecture(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence | None:
    """The reading of the first visible figure as a sentence; None where none is visible."""
    figure = next(iter(visible(figures)), None)
    if figure is None:
        return None
    study, language = wording.study, wording.language
    definition = study.definition(figure.definition)
    question = study.item(study.indicator(figure.indicator).item).wording
    presses = definition.kind == "top_share" and figure.claim == Claim.ALERT
    parts = {
        "value": wording.formats.value(figure),
        "people": wording.people_of(figure),
        "answered": wording.language.text(f"answered_{figure.claim}"),
        "question": language.quoted(language.typeset(question)),
        "counted": wording.counted(figure),
        "details": _details(wording, figure),
    }
    if definition.kind == "mean":
        parts["maximum"] = language.number(definition.maximum or 0)
    rule = "reading_presses" if presses else f"reading_{definition.kind}"
    sentence = wording.said(rule, [figure], **parts)
    return Sentence(upper_first(sentence.text), sentence.rule, sentence.figures)


def field_text(wording: Wording, directorate: Directorate, claim: str) -> str:
    """Who figures are about, and who is never asked."""
    field = wording.language.text(
        "field_text",
        people=wording.people(claim),
        directorate=directorate.acronym,
        claim=wording.claim(claim),
    )
    kept_out = {site.population for site in directorate.sites}
    excluded = [
        lower_first(wording.language.typeset(population.label))
        for population in wording.study.populations
        if population.constrained and population.id in kept_out
    ]
    if not excluded:
        return field
    populations = wording.language.listing(excluded)
    return wording.language.text("field_excluded", field=field, populations=populations)


def source_text(wording: Wording) -> str:
    """Where figures come from."""
    return wording.language.text(
        "source_text",
        title=wording.study.title,
        publisher=wording.study.publisher,
        wave=wording.wave_label(),
        day=wording.language.day(wording.published or wording.wave.publication),
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
    sentences = (
        part if without_marks(part).endswith(".") else f"{part}." for part in parts if part
    )
    return " ".join(part if _SIGN.match(part) else upper_first(part) for part in sentences)


def join_with_signs(language: Language, cells: Container[str], notes: Sequence[str]) -> str:
    """Notes, then what the signs that stand in some cells of a table mean."""
    signs = [key for key in ("s", "nd", "so") if language.text(f"sign_{key}") in cells]
    return join_notes([*notes, *(language.text(f"note_{key}") for key in signs)])


def _details(wording: Wording, figure: ReleasedFigure) -> str:
    """When a figure is, its interval where there is one, and its answers."""
    details = [wording.wave_label(wording.study.wave(str(figure.wave)))]
    if figure.low is not None:
        details.append(range_text(wording, figure, wording.formats.interval(figure)))
    details.append(wording.answers(figure.base or 0, figure.claim))
    return wording.language.series(details)


def range_text(wording: Wording, figure: ReleasedFigure, bounds: str) -> str:
    """What bounds are: by the claim of their figure, called adjusted where several are looked at
    together.
    """
    key = "range_adjusted" if figure.family > 1 else f"range_{figure.claim}"
    return wording.language.text(key, interval=bounds)


# --- findings -------------------------------------------------------------------------------------


def ranking(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence:
    """The finding on several indicators that can be compared: which is perceived best, which worst,
    or from which level to which where these two are not apart.
    """
    ranked = sorted(visible(figures), key=lambda figure: -figure.shown_value)
    best, worst = ranked[0], ranked[-1]
    keys = tuple(figure.key for figure in (best, ranked[1], ranked[-2], worst))
    written = {
        "best": wording.indicator(wording.study.indicator(best.indicator)),
        "best_value": wording.formats.with_unit(best),
        "worst": wording.indicator(wording.study.indicator(worst.indicator)),
        "worst_value": wording.formats.with_unit(worst),
    }
    if _separation(worst, best) == "near":
        sentence = wording.said("finding_aspects_near", (), **written)
        return Sentence(sentence.text, sentence.rule, keys)
    parts = [
        wording.said(f"finding_best_{_separation(ranked[1], best)}", (), **written),
        wording.said(f"finding_worst_{_separation(worst, ranked[-2])}", (), **written),
    ]
    return Sentence(
        text=", ".join(part.text for part in parts),
        rule="+".join(part.rule for part in parts),
        figures=keys,
    )


def apart(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence | None:
    """The indicators that a ranking leaves out, each with its number or the sign of what hides it;
    None where it leaves out none.
    """
    if not figures:
        return None
    parts = []
    for figure in sorted(figures, key=lambda figure: (figure.hidden, figure.value or 0)):
        name = wording.indicator(wording.study.indicator(figure.indicator))
        parts.append(
            wording.language.text(
                "apart_hidden" if figure.hidden else "apart_shown",
                indicator=wording.language.quoted(name),
                value=wording.formats.with_unit(figure),
                counted=wording.counted(figure),
            )
        )
    return wording.said("finding_apart", figures, items=wording.language.series(parts))


def hidden_finding(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence:
    """The finding where no figure is shown: too few answered, or somebody would be recognised."""
    few = all(figure.status is Status.UNAVAILABLE for figure in figures)
    return wording.said("finding_few" if few else "finding_hidden", figures)


def level(wording: Wording, figures: Sequence[ReleasedFigure]) -> Sentence:
    """The finding on one indicator, where there are too few to rank: its level."""
    shown = visible(figures)
    if not shown:
        return hidden_finding(wording, figures)
    claim = weakest_claim(shown)
    return wording.said(
        f"finding_overall_{claim}",
        shown[:1],
        indicator=wording.indicator(wording.study.indicator(shown[0].indicator)),
        value=wording.formats.with_unit(shown[0]),
        people=wording.people(claim),
    )


def level_in_short(wording: Wording, figure: ReleasedFigure) -> Sentence:
    """The level of a figure that is shown, its number first, of whom and how sure."""
    definition = wording.study.definition(figure.definition)
    presses = definition.kind == "top_share" and figure.claim == Claim.ALERT
    sentence = wording.said(
        "short_presses" if presses else f"short_{definition.kind}",
        [figure],
        value=wording.formats.with_unit(figure),
        people=wording.people(figure.claim),
        answered=wording.language.text(f"answered_{figure.claim}"),
        counted=wording.counted(figure),
    )
    if figure.low is None:
        return sentence
    bounds = range_text(wording, figure, wording.formats.interval(figure))
    return Sentence(f"{sentence.text} ({bounds}).", sentence.rule, sentence.figures)


def levels(wording: Wording, figures: Sequence[tuple[Directorate, ReleasedFigure]]) -> Sentence:
    """The finding on one indicator over several directorates: the level of each."""
    all_figures = [figure for _, figure in figures]
    shown = [(directorate, figure) for directorate, figure in figures if not figure.hidden]
    if not shown:
        return hidden_finding(wording, all_figures)
    claim = weakest_claim(visible(all_figures))
    names = [directorate.acronym for directorate, _ in shown]
    if len({figure.claim for _, figure in shown}) > 1:  # each says whom it is about
        claim = Claim.ESTIMATE.value
        names = [_with_people(wording, directorate, figure) for directorate, figure in shown]
    values = [
        f"{wording.formats.with_unit(figure)} ({name})"
        for name, (_, figure) in zip(names, shown, strict=True)
    ]
    return wording.said(
        f"finding_summary_{claim}",
        [figure for _, figure in shown],
        indicator=wording.subject,
        values=wording.language.listing(values),
        people=wording.people(claim),
    )


def level_range(
    wording: Wording, figures: Sequence[tuple[Directorate, ReleasedFigure]]
) -> Sentence:
    """The finding on one indicator over many units whose figures are shown and of one claim: from
    the lowest to the highest.
    """
    ordered = sorted(figures, key=lambda pair: pair[1].shown_value)
    (lowest, low), (highest, high) = ordered[0], ordered[-1]
    return wording.said(
        "finding_range",
        [figure for _, figure in figures],
        indicator=wording.subject,
        people=wording.people(low.claim),
        low=wording.formats.with_unit(low),
        lowest=lowest.acronym,
        high=wording.formats.with_unit(high),
        highest=highest.acronym,
        count=wording.language.count(len(figures)),
        units=wording.units,
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


def lower_first(text: str) -> str:
    """A text with its first letter lowered, to follow another; an acronym keeps its capitals."""
    start = start_of_words(text)
    if text[start + 1 : start + 2].isupper():
        return text
    return text[:start] + text[start : start + 1].lower() + text[start + 1 :]


def upper_first(text: str) -> str:
    """A text with its first letter raised, to begin a sentence."""
    start = start_of_words(text)
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]
