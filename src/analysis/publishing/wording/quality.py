"""Sentences on what weakens the results of a wave: one per flag, or per flags of one kind on
several questions of a channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing.released import ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.sentences import Sentence, Wording, lower_first
from analysis.study import Claim, MissingKind, QualityFlag

LAYER = "quality_flags"

UNFINISHED = (QualityFlag.CHANNEL_HALVED, QualityFlag.FIELD_CUT)
"""What is no news while the field goes on."""

OF_QUESTIONS = (
    QualityFlag.NOT_ASKED,
    QualityFlag.ANSWER_UNUSED,
    QualityFlag.DONT_KNOW,
    QualityFlag.NO_REPLY,
)
"""Flags that many questions of a channel can raise at once: they are told together."""

_MISSING = {QualityFlag.DONT_KNOW: MissingKind.DONT_KNOW}


@dataclass(frozen=True)
class Flag:
    """A flag, as released.

    Attributes:
        observed: What was found.
        baseline: What it is compared with; None where no number says it.

    """

    observed: ReleasedFigure
    baseline: ReleasedFigure | None

    @property
    def kind(self) -> QualityFlag:
        """Which flag it is."""
        return QualityFlag(self.observed.indicator)

    @property
    def figures(self) -> list[ReleasedFigure]:
        """Its figures."""
        return [self.observed, *([self.baseline] if self.baseline is not None else [])]


def flags_of(
    figures: ReleasedFigures, wording: Wording, *, directorate: str | None = None
) -> list[list[Flag]]:
    """The flags of the edition's wave, gravest first; those that are told together in one list.

    Args:
        figures: Those of the edition.
        wording: Of the edition.
        directorate: Its flags, and those that are about no single directorate; all by default.

    """
    rows = figures.select(LAYER, wave=wording.wave.id)
    baselines = {_place(row): row for row in rows if row.definition == "baseline"}
    found = [Flag(row, baselines.get(_place(row))) for row in rows if row.definition == "observed"]
    overall = wording.study.overall.item
    mandatory = {item.id for item in wording.study.questionnaire.items if item.mandatory}
    units = [unit.id for unit in wording.study.directorates]
    order = list(QualityFlag)

    def rank(flag: Flag) -> tuple[object, ...]:
        row = flag.observed
        place = units.index(row.directorate) if row.directorate in units else -1
        asked = (row.item != overall, row.item not in mandatory)
        return order.index(flag.kind), place, *asked, row.category

    together: dict[tuple[object, ...], list[Flag]] = {}
    for flag in sorted(found, key=rank):
        row = flag.observed
        if directorate is not None and row.directorate not in (None, directorate):
            continue
        if wording.provisional and flag.kind in UNFINISHED:
            continue
        shared = flag.kind in OF_QUESTIONS
        key = (flag.kind, row.directorate, row.channels, None if shared else row.category)
        together.setdefault(key, []).append(flag)
    return list(together.values())


def _place(figure: ReleasedFigure) -> tuple[object, ...]:
    return figure.directorate, figure.indicator, figure.breakdown, figure.category


def flag_sentences(wording: Wording, found: Sequence[Sequence[Flag]]) -> list[Sentence]:
    """A sentence per list of `flags_of`, with the name of the directorate that it is about; one
    that several share is said once.
    """
    said: dict[tuple[str, str], list[tuple[Sentence, str]]] = {}
    for flags in found:
        sentence, name = flag_sentence(wording, flags), flags[0].observed.directorate
        unit = wording.study.directorate(name).acronym if name is not None else ""
        said.setdefault((sentence.rule, sentence.text), []).append((sentence, unit))
    sentences = []
    for (rule, text), same in said.items():
        keys = tuple(key for sentence, _ in same for key in sentence.figures)
        units = wording.named_or_counted([unit for _, unit in same if unit])
        named = text
        if units:
            named = wording.language.text("titled", directorate=units, text=lower_first(text))
        sentences.append(Sentence(named, rule, keys))
    return sentences


def flag_sentence(wording: Wording, flags: Sequence[Flag]) -> Sentence:
    """What some flags say that are told together: one, or several of one kind on questions of a
    channel.
    """
    first = flags[0]
    figures = [figure for flag in flags for figure in flag.figures]
    if len(flags) > 1:
        ending = "_several"
    elif first.kind is QualityFlag.SITES_SILENT:
        ending = "_one" if first.observed.value == 1 else "_n"
    elif first.kind is QualityFlag.FIELD_CUT:
        ending = "_channel" if first.observed.channels else ""
    elif first.kind is QualityFlag.FIELD_SHORTER:
        ending = ""
    elif first.baseline is not None and _shown(first.baseline) and _shown(first.observed):
        ending = "_against"
    else:
        ending = "_numbers" if first.kind in _WITH_NUMBERS and _shown(first.observed) else ""
    parts = _parts(wording, first, len(flags))
    return wording.said(f"quality_{first.kind}{ending}", figures, **parts)


def _shown(figure: ReleasedFigure) -> bool:
    return not figure.hidden and figure.value is not None


_WITH_NUMBERS = (
    QualityFlag.NOTHING_KEPT,
    QualityFlag.NOT_ASKED,
    QualityFlag.DUPLICATES,
    QualityFlag.REFUSED,
    QualityFlag.UNDECLARED,
    QualityFlag.DONT_KNOW,
    QualityFlag.NO_REPLY,
)
"""Flags whose number is said where that of the other wave is not shown, or where there is none."""


def _parts(wording: Wording, flag: Flag, count: int) -> dict[str, str]:
    """All that a phrase on a flag may be completed with."""
    study, language, row = wording.study, wording.language, flag.observed
    parts = {
        "count": language.count(count),
        "everyone": wording.people(Claim.ESTIMATE),
        "file": row.category,
        "wave": language.quoted(wording.wave_label(study.wave(row.against or wording.wave.id))),
        "day": language.day(wording.wave.end),
        "observed": _number(wording, row),
        "baseline": "" if flag.baseline is None else wording.formats.value(flag.baseline),
    }
    if row.channels:
        parts["channel"] = language.quoted(language.typeset(study.channel(row.channels).label))
    if row.item is not None:
        item = study.item(row.item)
        parts["question"] = language.quoted(language.typeset(item.short))
        if item.changed is not None and flag.kind is QualityFlag.QUESTION_CHANGED:
            parts["day"] = language.day(item.changed)
        parts["answer"] = language.quoted(language.typeset(_answer(wording, flag)))
    return parts


def _answer(wording: Wording, flag: Flag) -> str:
    """The label of the answer that a flag is about; empty where it is about none."""
    study, row = wording.study, flag.observed
    if flag.kind in _MISSING:
        kind = _MISSING[flag.kind]
        return next(code.label for code in study.questionnaire.missing if code.kind is kind)
    _, _, code = row.category.rpartition("=")
    labels = {str(level.code): level.label for level in study.scale(str(row.item)).levels}
    return labels.get(code, "")


def _number(wording: Wording, figure: ReleasedFigure) -> str:
    """A number of a flag with its unit; empty where it is not shown."""
    if figure.hidden or figure.value is None:
        return ""
    number = "one" if figure.value == 1 else "many"
    if figure.unit == "answers":
        claim = wording.study.channel(figure.channels).claim if figure.channels else Claim.ESTIMATE
        return wording.answers(int(figure.value), claim)
    if figure.unit in ("rows", "days"):
        count = wording.language.number(figure.value)
        if figure.unit == "rows":
            return wording.language.text(f"rows_{number}", count=count)
        return wording.language.text(f"days_{number}", count=count)
    return wording.formats.value(figure)
