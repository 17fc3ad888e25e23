"""The reading grid: what each figure of a directorate means, what to look at next, and in three
lines what goes well, what goes badly and what nobody can tell yet. Every word of it follows from
the words of released figures, by rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.publishing.released import Change, Changes, ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.changes import MOVED, change_in_short
from analysis.publishing.wording.commitments import Followed
from analysis.publishing.wording.identity import reference_title, reference_value
from analysis.publishing.wording.sentences import Sentence, Wording, upper_first
from analysis.storage.figures import BETWEEN
from analysis.study import Directorate, Reference

MISSING_FROM = 0.05
"""From how much less of the answers than of the users a group is said to be missing: 5 points."""

Standing = Literal["well", "badly", "unknown"]


@dataclass(frozen=True)
class Read:
    """What a figure of a directorate is read with.

    Attributes:
        figure: The primary reading of a core indicator, over everybody.
        changes: Its changes.
        commitment: The commitment that users perceive by it; None where there is none.
        between: What is between its directorate and each other one, from its own side.
        references: What others published of it, where that compares.

    """

    figure: ReleasedFigure
    changes: Changes
    commitment: Followed | None = None
    between: Sequence[tuple[Directorate, ReleasedFigure, str]] = ()
    references: Sequence[Reference] = ()

    @property
    def kept(self) -> str:
        """Whether its target is reached, in a word; empty without a target."""
        perceived = self.commitment.perceived if self.commitment else None
        return perceived.word if perceived is not None else ""

    @property
    def moved(self) -> str:
        """What was seen since the wave that it is compared with, in a word: along all waves, where
        only that shows a rise or fall; empty where nothing is judged.
        """
        words = [change.word for change in self.judged]
        return next((word for word in words if word in MOVED), words[0] if words else "")

    @property
    def judged(self) -> list[Change]:
        """The changes that say so."""
        both = (self.changes.reference, self.changes.trend)
        return [change for change in both if change is not None and change.word]

    @property
    def standing(self) -> Standing:
        """Whether it goes well (its target reached, or a rise, and no fall), badly (its target
        missed, or a fall), or whether nobody can tell.
        """
        if self.kept == "not_kept" or self.moved == "down":
            return "badly"
        return "well" if self.kept == "kept" or self.moved == "up" else "unknown"


def between_directorates(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate, indicator: str
) -> list[tuple[Directorate, ReleasedFigure, str]]:
    """What is between a directorate and each other one on an indicator: the other, the figure, and
    the word from the directorate's own side.
    """
    opposite = {"above": "below", "below": "above"}
    found = []
    for gap in figures.select("standings", wave=wording.wave.id, indicator=indicator):
        names = gap.category.split(BETWEEN)
        if gap.hidden or not gap.word or directorate.id not in names:
            continue
        first = names[0] == directorate.id
        other = wording.study.directorate(names[1] if first else names[0])
        found.append((other, gap, gap.word if first else opposite.get(gap.word, gap.word)))
    return found


def level_reading(wording: Wording, read: Read) -> Sentence:
    """A level, against its target, what others published, and the other directorates."""
    text, figure = wording.language.text, read.figure
    keys = [figure]
    parts = []
    if read.commitment is not None and read.kept:
        target = read.commitment.target
        perceived = read.commitment.perceived
        assert target is not None and perceived is not None, "what has a word has a target"
        keys += [perceived, target]
        parts.append(text(f"level_target_{read.kept}", target=wording.formats.value(target)))
    for reference in read.references:
        side = _beside(figure, reference)
        if side:
            parts.append(
                text(
                    f"level_reference_{side}",
                    reference=reference_title(wording, reference),
                    value=reference_value(wording, reference),
                )
            )
    for other, gap, word in read.between:
        keys.append(gap)
        parts.append(text(f"level_other_{word}", directorate=other.acronym))
    value = wording.formats.with_unit(figure)
    if not parts:
        return wording.said("level_alone", keys, value=value)
    return wording.said(
        "level_reading", keys, value=value, parts=wording.language.enumeration(parts)
    )


def _beside(figure: ReleasedFigure, reference: Reference) -> str:
    """On which side of a published number a figure is, where its interval leaves that number out;
    empty without an interval.
    """
    if figure.low is None or figure.high is None:
        return ""
    bound = reference.value if figure.unit.startswith("score") else reference.value / 100
    return "above" if figure.low > bound else "below" if figure.high < bound else "near"


def change_reading(wording: Wording, read: Read) -> Sentence:
    """A change, against what could be seen."""
    return change_in_short(wording, read.changes, figure=read.figure)[1]


def next_reading(wording: Wording, read: Read) -> Sentence:
    """What to look at next."""
    return wording.said(
        f"next_{_next(read)}",
        [
            figure
            for figure in (
                read.commitment.perceived if read.commitment else None,
                read.commitment.measured if read.commitment else None,
                *(change.figure for change in read.judged),
            )
            if figure is not None
        ],
    )


def _next(read: Read) -> str:
    """The rule that says what to look at next."""
    measured = read.commitment.measured if read.commitment else None
    if read.kept == "not_kept":
        if read.moved == "down":
            return "urgent"
        if measured is not None and measured.word == "kept":
            return "information"
        return "continue" if read.moved == "up" else "understand"
    if read.moved == "down":
        return "watch"
    if read.kept == "kept":
        return "keep"
    return "tell" if read.moved == "up" else "wait"


def missing_people(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate
) -> Sentence:
    """The known group that is most missing from the answers, before weighting; that none is, or
    that nobody knows.
    """
    about = {"directorate": directorate.id, "wave": wording.wave.id}
    gaps = [
        figure
        for figure in figures.select("margins", **about, kind="difference")
        if not figure.hidden and figure.value is not None and figure.indicator != "site"
    ]
    if not gaps:
        return wording.said("missing_unknown")
    widest = min(gaps, key=lambda figure: figure.shown_value)
    if widest.shown_value > -MISSING_FROM:
        return wording.said("missing_none", gaps)
    shares = {
        figure.definition: figure
        for figure in figures.select(
            "margins", **about, kind="share", indicator=widest.indicator, category=widest.category
        )
    }
    sample, frame = shares["sample_share"], shares["frame_share"]
    return wording.said(
        "missing_group",
        [widest, sample, frame],
        group=wording.category(widest),
        sample=wording.formats.value(sample),
        frame=wording.formats.value(frame),
    )


def three_lines(
    wording: Wording, reads: Sequence[Read], followed: Sequence[Followed]
) -> dict[Standing, Sentence]:
    """What goes well, what goes badly and what nobody can tell yet: the names of indicators and,
    last, of commitments that nothing measures.
    """
    lines: dict[Standing, Sentence] = {}
    for standing in ("well", "badly", "unknown"):
        own = [read for read in reads if read.standing == standing]
        names = [
            wording.language.quoted(
                wording.indicator(wording.study.indicator(read.figure.indicator))
            )
            for read in own
        ]
        figures = [figure for read in own for figure in _behind(read)]
        if standing == "unknown":
            unmeasured = [one for one in followed if one.word == "unmeasured"]
            names += [
                wording.language.quoted(wording.language.typeset(one.commitment.label))
                for one in unmeasured
            ]
            figures += [one.reading for one in unmeasured]
        if names:
            lines[standing] = wording.said(
                f"grid_{standing}", figures, items=upper_first(wording.language.listing(names))
            )
        else:
            lines[standing] = wording.said(f"grid_{standing}_nothing")
    return lines


def _behind(read: Read) -> list[ReleasedFigure]:
    """The figures that say how an indicator goes."""
    perceived = read.commitment.perceived if read.commitment else None
    found = (read.figure, perceived, *(change.figure for change in read.judged))
    return [figure for figure in found if figure is not None]
