"""What differs between two editions, figure by figure and sentence by sentence, and what made it
so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from analysis.disclosure import Status
from analysis.editions.manifest import CAUSES, RELEASED, Origin
from analysis.editions.versions import Size
from analysis.publishing.project import SENTENCES_FILE
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.formats import Formats
from analysis.publishing.wording.language import Language
from analysis.storage.figures import KEY_PARTS
from analysis.study.kinds import LanguageCode
from analysis.study.workspace import COMPARED

Cause = Literal["data", "parameters", "definition", "method", "software", "rounding", "disclosure"]
Kind = Literal["appeared", "vanished", "changed"]
SentenceKind = Literal["appeared", "vanished", "word", "text"]

NOISE = 1e-9
"""Relative distance below which two numbers are one: sums in another order."""

NUMBERS = ("value", "se", "low", "high", "base")
SAID = ("word", "status", "unit", "method", "definition_version")

HEADS = ("heading",)
"""Places of sentences whose figures stand at the head of a page or section."""


@dataclass(frozen=True)
class EditionContent:
    """What an edition says, and what it is made of.

    Attributes:
        wave: Whose edition it is.
        origin: What it is made of.
        figures: Key → figure.
        sentences: Those of its main language, in their order, as `sentences.json` holds them.

    """

    wave: str
    origin: Origin
    figures: Mapping[str, ReleasedFigure]
    sentences: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, folder: Path, wave: str, origin: Origin) -> EditionContent:
        """That of an edition's folder, frozen or in the making."""
        sentences = json.loads((folder / SENTENCES_FILE).read_text(encoding="utf-8"))
        tables = sorted(
            path for path in (folder / RELEASED).glob("*.parquet") if path.name != COMPARED
        )
        frame = pl.concat(pl.read_parquet(path, hive_partitioning=False) for path in tables)
        return cls(wave, origin, figures_of(frame), sentences)


@dataclass(frozen=True)
class FigureChange:
    """A figure that is not what it was.

    Attributes:
        kind: It is new, gone, or another.
        key: Of the later edition, or of the earlier one where it is gone.
        before, after: In each; None where it is not there.
        causes: What made it so; empty between two waves, which are of other answers.
        head: Whether it stands at the head of a page or section.

    """

    kind: Kind
    key: str
    before: ReleasedFigure | None
    after: ReleasedFigure | None
    causes: tuple[Cause, ...]
    head: bool

    @property
    def difference(self) -> float | None:
        """After minus before, in its unit."""
        values = [None if one is None else one.value for one in (self.before, self.after)]
        if values[0] is None or values[1] is None:
            return None
        return values[1] - values[0]

    @property
    def any(self) -> ReleasedFigure:
        """The figure, as it is or was."""
        figure = self.after or self.before
        assert figure is not None
        return figure


@dataclass(frozen=True)
class SentenceChange:
    """A sentence that is not what it was.

    Attributes:
        kind: It is new, gone, says another word, or the same with other numbers or in other terms.
        page, section, place: Where it stands.
        before, after: Its texts; None where it is not there.

    """

    kind: SentenceKind
    page: str
    section: str
    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Difference:
    """What differs between two editions."""

    figures: tuple[FigureChange, ...]
    sentences: tuple[SentenceChange, ...]

    def size(self, language: LanguageCode) -> Size:
        """How large a version the later one is: major where a figure at the head is printed or
        called otherwise, minor where any figure differs, else patch.
        """
        if any(one.head and not printed_alike(one, language) for one in self.figures):
            return "major"
        return "minor" if self.figures else "patch"


def figures_of(frame: pl.DataFrame) -> dict[str, ReleasedFigure]:
    """Key → figure of a table of `storage.Released`."""
    return {
        row["key"]: ReleasedFigure(**{**row, "status": Status(row["status"])})
        for row in frame.iter_rows(named=True)
    }


def difference(
    before: EditionContent,
    after: EditionContent,
    *,
    waves: Sequence[str] = (),
    bridge: Mapping[str, ReleasedFigure] | None = None,
) -> Difference:
    """What differs between two editions: of one wave, or of two.

    Args:
        before, after: The earlier and the later one.
        waves: Identifiers of the study's waves, in their order: figures of two editions of other
            waves are those of the same distance from their own.
        bridge: What the later parameters and software make of the earlier answers; where it is
            given, what comes of answers is told from what does not.

    """
    heads = {*_heads(before), *_heads(after)}
    same_wave = before.wave == after.wave
    pairs = _paired(before, after, waves) if not same_wave else _by_key(before, after)
    changes = []
    for key, first, last in pairs:
        kind = _kind(first, last)
        if kind is None:
            continue
        causes: tuple[Cause, ...] = ()
        if same_wave:
            middle = None if bridge is None else bridge.get(key)
            causes = _causes(before.origin, after.origin, first, last, middle, bridge is None)
        shown = {figure.key for figure in (first, last) if figure is not None}
        changes.append(FigureChange(kind, key, first, last, causes, bool(shown & heads)))
    reworded = {
        figure.key
        for one in changes
        if one.before is not None and one.after is not None and one.before.word != one.after.word
        for figure in (one.before, one.after)
    }
    return Difference(
        tuple(changes),
        tuple(_sentence_changes(before.sentences, after.sentences, reworded)),
    )


def printed_alike(change: FigureChange, language: LanguageCode) -> bool:
    """Whether a figure is printed and called as it was: another value within its rounding."""
    if change.before is None or change.after is None:
        return False
    formats = Formats(Language.of(language))
    first, last = change.before, change.after
    return (first.word, first.status, formats.value(first)) == (
        last.word,
        last.status,
        formats.value(last),
    )


def write_causes(folder: Path, found: Difference) -> None:
    """Keeps what made each figure of a correction another, in its folder."""
    causes = {change.key: list(change.causes) for change in found.figures}
    text = json.dumps(causes, indent=0, sort_keys=True, ensure_ascii=False) + "\n"
    (folder / CAUSES).write_text(text, encoding="utf-8")


def with_kept_causes(found: Difference, corrections: Sequence[Path]) -> Difference:
    """A difference with the causes that were kept when each edition was made of the one before it:
    they are known for good then.

    Args:
        found: What differs between two versions.
        corrections: The folders of those after the earlier one, up to the later one.

    """
    kept: dict[str, dict[Cause, None]] = {}
    for folder in corrections:
        content = json.loads((folder / CAUSES).read_text(encoding="utf-8"))
        for key, causes in content.items():
            kept.setdefault(key, {}).update(dict.fromkeys(causes))
    figures = tuple(
        replace(change, causes=tuple(kept[change.key])) if change.key in kept else change
        for change in found.figures
    )
    return replace(found, figures=figures)


# --- figures --------------------------------------------------------------------------------------

Pair = tuple[str, ReleasedFigure | None, ReleasedFigure | None]


def _heads(content: EditionContent) -> set[str]:
    return {
        key
        for sentence in content.sentences
        if sentence["place"] in HEADS
        for key in sentence["figures"]
    }


def _by_key(before: EditionContent, after: EditionContent) -> Iterable[Pair]:
    for key in sorted({*before.figures, *after.figures}):
        yield key, before.figures.get(key), after.figures.get(key)


def _paired(before: EditionContent, after: EditionContent, waves: Sequence[str]) -> Iterable[Pair]:
    """The figures of two waves' own: what is measured against another wave is the same where that
    lies as far back.
    """
    sides = [
        {
            _without_wave(figure, waves): figure
            for figure in content.figures.values()
            if figure.wave == content.wave
        }
        for content in (before, after)
    ]
    for name in sorted({*sides[0], *sides[1]}):
        first, last = (side.get(name) for side in sides)
        figure = last or first
        assert figure is not None
        yield figure.key, first, last


def _without_wave(figure: ReleasedFigure, waves: Sequence[str]) -> str:
    """What a figure is of, but for its wave."""
    parts = {name: str(getattr(figure, name) or "-") for name in KEY_PARTS}
    parts["wave"] = "-"
    if figure.against in waves and figure.wave in waves:
        parts["against"] = str(waves.index(figure.against) - waves.index(figure.wave))
    return "/".join(parts.values())


def _kind(first: ReleasedFigure | None, last: ReleasedFigure | None) -> Kind | None:
    """How a figure differs; None where it does not."""
    if first is None:
        return "appeared"
    if last is None:
        return "vanished"
    same = all(_near(getattr(first, name), getattr(last, name)) for name in NUMBERS) and all(
        getattr(first, name) == getattr(last, name) for name in SAID
    )
    return None if same else "changed"


def _near(first: float | None, last: float | None) -> bool:
    if first is None or last is None:
        return first is last
    return math.isclose(first, last, rel_tol=NOISE, abs_tol=NOISE)


def _causes(
    before: Origin,
    after: Origin,
    first: ReleasedFigure | None,
    last: ReleasedFigure | None,
    middle: ReleasedFigure | None,
    alone: bool,
) -> tuple[Cause, ...]:
    """What made a figure another: of two steps where there is one between, of one else."""
    if alone:
        of_data = before.inputs != after.inputs
        return (_cause(before, after, first, last, of_data=of_data),)
    steps = [(first, middle, False), (middle, last, True)]
    return tuple(
        dict.fromkeys(
            _cause(before, after, one, other, of_data=of_data)
            for one, other, of_data in steps
            if _kind_of_step(one, other)
        )
    )


def _kind_of_step(one: ReleasedFigure | None, other: ReleasedFigure | None) -> bool:
    return not (one is None and other is None) and _kind(one, other) is not None


def _cause(
    before: Origin,
    after: Origin,
    first: ReleasedFigure | None,
    last: ReleasedFigure | None,
    *,
    of_data: bool,
) -> Cause:
    """What made a figure another, by the first rule that applies."""
    known = [figure for figure in (first, last) if figure is not None]
    defined = {figure.definition for figure in known} & _redefined(before, after)
    rules: dict[Cause, bool] = {
        "disclosure": len(known) == 2
        and known[0].status != known[1].status
        and Status.SUPPRESSED in (known[0].status, known[1].status),
        "definition": not of_data
        and (bool(defined) or len({figure.definition_version for figure in known}) > 1),
        "data": of_data,
        "method": len({figure.method.partition(" ")[0] for figure in known}) > 1,
        "parameters": before.parameters != after.parameters,
        "rounding": len(known) == 2 and _numbers_within(known[0], known[1], 1e-6),
        "software": True,
    }
    return next(cause for cause, applies in rules.items() if applies)


def _redefined(before: Origin, after: Origin) -> set[str]:
    """The definitions that say something else, or are new or gone."""
    names = {*before.definitions, *after.definitions}
    return {name for name in names if before.definitions.get(name) != after.definitions.get(name)}


def _numbers_within(first: ReleasedFigure, last: ReleasedFigure, most: float) -> bool:
    pairs = [(getattr(first, name), getattr(last, name)) for name in NUMBERS]
    return all(
        (one is None) == (other is None) and (one is None or abs(one - other) <= most)
        for one, other in pairs
    )


# --- sentences ------------------------------------------------------------------------------------


def _sentence_changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], reworded: set[str]
) -> list[SentenceChange]:
    """Which sentences are new, gone or other: one stands for another in the same place of the same
    section where it is made from the same figures, else by their order.
    """
    changes: list[SentenceChange] = []
    slots = {_slot(sentence): None for sentence in [*after, *before]}
    for slot in slots:
        old = [one for one in before if _slot(one) == slot]
        new = [one for one in after if _slot(one) == slot]
        pairs = _matched(old, new)
        for first, last in pairs:
            kind = _sentence_kind(first, last, reworded)
            if kind is not None:
                texts = [None if one is None else str(one["text"]) for one in (first, last)]
                changes.append(SentenceChange(kind, *slot, before=texts[0], after=texts[1]))
    return changes


def _slot(sentence: Mapping[str, Any]) -> tuple[str, str, str]:
    place = str(sentence["place"])
    return str(sentence["page"]), str(sentence["section"]), place


Sentences = list[Mapping[str, Any]]


def _matched(
    old: Sentences, new: Sentences
) -> list[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Sentences of a place before and after: by their text, by what they are made from, then by
    their order.
    """
    matched: dict[int, Mapping[str, Any]] = {}
    left = list(old)
    for about in (_text_of, _made_from, lambda _: None):
        for number, sentence in enumerate(new):
            if number in matched:
                continue
            found = next((one for one in left if about(one) == about(sentence)), None)
            if found is not None:
                matched[number] = found
                left.remove(found)
    return [(matched.get(number), sentence) for number, sentence in enumerate(new)] + [
        (one, None) for one in left
    ]


def _text_of(sentence: Mapping[str, Any]) -> object:
    return sentence["text"]


def _made_from(sentence: Mapping[str, Any]) -> object:
    return tuple(sentence["figures"]) or None, sentence["rule"] if not sentence["figures"] else None


def _sentence_kind(
    first: Mapping[str, Any] | None, last: Mapping[str, Any] | None, reworded: set[str]
) -> SentenceKind | None:
    """How a sentence differs: by a word where its rule is another, or one of its figures is called
    otherwise.
    """
    if first is None:
        return "appeared"
    if last is None:
        return "vanished"
    if first["text"] == last["text"]:
        return None
    other = first["rule"] != last["rule"] or bool(reworded & set(last["figures"]))
    return "word" if other else "text"
