"""Compares two editions: versions of one wave, or those of two waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.editions.catalogue import EditionState, latest
from analysis.editions.difference import (
    Difference,
    EditionContent,
    difference,
    with_kept_causes,
)
from analysis.editions.manifest import CAUSES
from analysis.editions.versions import Version
from analysis.errors import ScopeError
from analysis.operations.context import Context
from analysis.operations.freezing import frozen_manifest, known_editions
from analysis.publishing.released import ReleasedFigure
from analysis.study.kinds import LanguageCode


@dataclass(frozen=True)
class Comparison:
    """Two editions, and what differs."""

    before: EditionState
    after: EditionState
    difference: Difference
    language: LanguageCode

    @property
    def same_wave(self) -> bool:
        """Whether they are versions of one wave."""
        return self.before.wave == self.after.wave

    def told(self) -> dict[str, object]:
        """All of it, for a machine."""
        return {
            "before": self.before.name,
            "after": self.after.name,
            "size": self.difference.size(self.language) if self.same_wave else None,
            "figures": [
                {
                    "key": one.key,
                    "kind": one.kind,
                    "before": _numbers(one.before),
                    "after": _numbers(one.after),
                    "difference": one.difference,
                    "causes": list(one.causes),
                    "head": one.head,
                }
                for one in self.difference.figures
            ],
            "sentences": [asdict(one) for one in self.difference.sentences],
        }

    def lines(self) -> list[str]:
        """What a person is told: numbers of figures by cause, those at the head, the sentences."""
        figures, sentences = self.difference.figures, self.difference.sentences
        lines = [f"{self.before.name} → {self.after.name}"]
        if not figures and not sentences:
            return [*lines, "No figure and no sentence differs."]
        kinds = Counter(one.kind for one in figures)
        lines.append(f"figures: {_counted(kinds)}")
        if causes := Counter(cause for one in figures for cause in one.causes):
            lines.append(f"  made so by: {_counted(causes)}")
        lines += [
            f"  at the head: {one.key}: {_shown(one.before)} → {_shown(one.after)}"
            for one in figures
            if one.head
        ]
        lines.append(f"sentences: {_counted(Counter(one.kind for one in sentences))}")
        for said in sentences:
            lines.append(f"  {said.page}, {said.section} ({said.kind})")
            texts = (("-", said.before), ("+", said.after))
            lines += [f"    {sign} {text}" for sign, text in texts if text is not None]
        return lines


def compare_editions(context: Context, first: str, last: str) -> Comparison:
    """What differs between two editions.

    Args:
        context: Their study.
        first, last: Each a wave (its latest edition), a wave and a version, as `2026-2/1.0.0`, or
            the folder of an edition.

    Raises:
        ScopeError: there is no such edition, or it is the same one.
        NotReadyError: an edition is not what was frozen.

    """
    editions = known_editions(context)
    before, after = (find_edition(context, editions, name) for name in (first, last))
    if before == after:
        raise ScopeError(
            f"{before.name} is compared with itself.", hint="name two versions, or two waves."
        )
    found = difference_of(context, before, after)
    return Comparison(before, after, found, context.study.language)


def difference_of(context: Context, before: EditionState, after: EditionState) -> Difference:
    """What differs between two editions, with the causes that were kept."""
    contents = []
    for edition in (before, after):
        manifest = frozen_manifest(context, edition.folder)
        contents.append(EditionContent.read(edition.folder, edition.wave, manifest.origin))
    waves = [wave.id for wave in context.study.waves]
    found = difference(*contents, waves=waves)
    corrections = _corrections(context, before, after)
    if corrections and all((folder / CAUSES).exists() for folder in corrections):
        found = with_kept_causes(found, corrections)
    return found


def _corrections(context: Context, before: EditionState, after: EditionState) -> list[Path]:
    """The folders of the versions that lead from one of a wave to a later one, each the correction
    of the one before it; none where nothing leads there, or one between was withdrawn.
    """
    if before.wave != after.wave:
        return []
    shown = {
        str(one.version): one
        for one in known_editions(context)
        if one.wave == after.wave and one.state != "withdrawn"
    }
    folders, edition = list[Path](), after
    while True:
        folders.append(edition.folder)
        former = frozen_manifest(context, edition.folder).supersedes
        if former == str(before.version):
            return folders[::-1]
        if former not in shown:
            return []
        edition = shown[former]


def find_edition(context: Context, editions: list[EditionState], name: str) -> EditionState:
    """An edition by its wave and version, or the latest of a wave.

    Raises:
        ScopeError: there is none of that name.

    """
    parts = [part for part in name.replace("\\", "/").split("/") if part][-2:]
    wave, number = (*parts, "", "")[:2]
    period = context.study.wave(wave)
    if not number:
        final = latest(editions, period.id, provisional=False)
        found = final or latest(editions, period.id, provisional=True)
    else:
        version = Version.read(number)
        found = next(
            (one for one in editions if (one.wave, one.version) == (period.id, version)), None
        )
    if found is None:
        names = [f"{one.wave}/{one.version}" for one in editions]
        raise ScopeError.unknown("edition", name, names)
    return found


def _numbers(figure: ReleasedFigure | None) -> dict[str, object] | None:
    """What a figure shows."""
    if figure is None:
        return None
    names = ("value", "low", "high", "base", "word")
    return {name: getattr(figure, name) for name in names} | {"status": figure.status.value}


def _shown(figure: ReleasedFigure | None) -> str:
    """A figure, in short."""
    if figure is None:
        return "none"
    value = figure.status.value if figure.value is None else f"{figure.value:.4g}"
    return f"{value} {figure.word}".strip()


def _counted(counts: Mapping[Any, int]) -> str:
    """`appeared 2, changed 30`."""
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
