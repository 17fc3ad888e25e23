"""The reading grid: what each figure of a directorate means, what to look at next, and in three
lines what goes well, what goes badly and what nobody can tell yet. Every word of it follows from
the words of released figures, by rule.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Literal

from analysis.publishing.released import Change, Changes, ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.changes import change_in_short
from analysis.publishing.wording.commitments import Followed
from analysis.publishing.wording.identity import reference_title, reference_value
from analysis.publishing.wording.sentences import Sentence, Wording, upper_first
from analysis.storage.figures import BETWEEN
from analysis.study import Claim, Directorate, Reference
from analysis.study.listening import Level, ReadingRules

MISSING_FROM = 0.05
"""From how much less of the answers than of the users a group is said to be missing: 5 points."""

UNREAD = ("not_yet", "hidden")
"""Readings of a commitment that say nothing of how it goes."""

Standing = Literal["well", "badly", "unknown"]

Mention = tuple[Standing, str, list[ReleasedFigure]]
"""How something goes, its name, and the figures that say so."""

MOST_BESIDE = 4
"""Directorates that are named where a level is set beside others; more on one side are counted."""


@dataclass(frozen=True)
class Read:
    """What a figure of a directorate is read with.

    Attributes:
        figure: The primary reading of a core indicator, over everybody.
        changes: Its changes.
        commitment: The commitment that users perceive by it; None where there is none.
        between: What is between its directorate and each other one, from its own side.
        references: What others published of it, where that compares.
        contrary: That families of devices contradict each other on its dimension; None where they
            do not.
        beside: What devices that are no surveys say of its dimension, where that is bad.
        signal: That its dimension is to be looked at; None where it is not.
        rules: From which shares on a level is good or poor; None where the study does not say.

    """

    figure: ReleasedFigure
    changes: Changes
    commitment: Followed | None = None
    between: Sequence[tuple[Directorate, ReleasedFigure, str]] = ()
    references: Sequence[Reference] = ()
    contrary: ReleasedFigure | None = None
    beside: Sequence[ReleasedFigure] = ()
    signal: ReleasedFigure | None = None
    rules: ReadingRules | None = None

    @property
    def level(self) -> Level | None:
        """How high its level is, in a word, by the study's rules; None where a target says what is
        enough, and of what is no estimate of a share.
        """
        figure, rules = self.figure, self.rules
        if rules is None or self.kept or figure.unit != "share" or figure.claim != Claim.ESTIMATE:
            return None
        if figure.low is None or figure.high is None:
            return None
        return rules.level(figure.low, figure.high)

    @property
    def kept(self) -> str:
        """Whether its target is reached, in a word; empty without a target."""
        perceived = self.commitment.perceived if self.commitment else None
        return perceived.word if perceived is not None else ""

    @property
    def measured(self) -> str:
        """Whether its norm is met, in a word; empty without one."""
        figure = self.commitment.measured if self.commitment else None
        return figure.word if figure is not None else ""

    @property
    def moved(self) -> str:
        """What was seen since the wave that it is compared with, or along all waves, in a word: a
        fall where either shows one, else a rise; empty where nothing is judged.
        """
        words = [change.word for change in self.judged]
        found = [word for word in ("down", "up") if word in words]
        return next(iter([*found, *words]), "")

    @property
    def compared(self) -> bool:
        """Whether there is anything to read it against."""
        against = self.commitment or self.judged or self.between or self.references
        return bool(against) or self.level in ("good", "poor")

    @property
    def judged(self) -> list[Change]:
        """The changes that say so."""
        both = (self.changes.reference, self.changes.trend)
        return [change for change in both if change is not None and change.word]

    @property
    def standing(self) -> Standing:
        """How it goes, by its target, its norm, its level and its changes; nobody can tell that it
        goes well where devices contradict each other.
        """
        standing = _standing({self.kept, self.measured, self.level or ""}, self.moved)
        return "unknown" if standing == "well" and self.contrary is not None else standing


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
    """A level, against its target or the study's rules, what others published, and the other
    directorates.
    """
    text, figure = wording.language.text, read.figure
    keys = [figure]
    parts = []
    decimals = 0
    if read.commitment is not None and read.kept:
        target = read.commitment.target
        perceived = read.commitment.perceived
        assert target is not None and perceived is not None, "what has a word has a target"
        keys += [perceived, target]
        if read.kept != "unclear":
            decimals = wording.formats.against([figure.shown_value], target, figure)
        parts.append(text(f"level_target_{read.kept}", target=wording.formats.bound(target)))
    if read.level in ("good", "poor"):
        parts.append(text(f"device_state_{read.level}"))
    for reference in read.references:
        side = side_of(figure, reference)
        if side:
            parts.append(
                text(
                    f"level_reference_{side}",
                    reference=reference_title(wording, reference),
                    value=reference_value(wording, reference),
                )
            )
    beside: dict[str, list[str]] = {}
    for other, gap, word in read.between:
        keys.append(gap)
        beside.setdefault(word, []).append(other.acronym)
    for word, others in beside.items():
        named = others
        if len(others) > MOST_BESIDE:
            counted = text("many_others", count=wording.language.number(len(others)))
            named = [f"{counted} {wording.units}"]
        parts += [text(f"level_other_{word}", directorate=one) for one in named]
    value = wording.formats.with_unit(figure, decimals=decimals)
    if not parts:
        return wording.said("level_alone", keys, value=value)
    return wording.said(
        "level_reading", keys, value=value, parts=wording.language.enumeration(parts)
    )


def side_of(figure: ReleasedFigure, reference: Reference) -> str:
    """On which side of a published number a figure is, where its interval leaves that number out;
    empty without an interval, or where the collection claims nothing on the level.
    """
    if figure.low is None or figure.high is None or figure.claim != Claim.ESTIMATE:
        return ""
    bound = reference.value if figure.unit.startswith("score") else reference.value / 100
    return "above" if figure.low > bound else "below" if figure.high < bound else "near"


def change_reading(wording: Wording, read: Read) -> Sentence:
    """A change, against what could be seen."""
    return change_in_short(wording, read.changes, figure=read.figure)[1]


def next_reading(wording: Wording, read: Read) -> Sentence:
    """What to look at next."""
    rule = _next(read)
    return wording.said(
        f"next_{rule}",
        [
            figure
            for figure in (
                read.figure if rule in ("poor", "good") else None,
                read.commitment.perceived if read.commitment else None,
                read.commitment.measured if read.commitment else None,
                *(change.figure for change in read.judged),
                read.contrary,
                *read.beside,
                read.signal,
            )
            if figure is not None
        ],
    )


def _next(read: Read) -> str:
    """The rule that says what to look at next: the first that applies."""
    missed, kept = read.kept == "not_kept", read.kept == "kept"
    up, down = read.moved == "up", read.moved == "down"
    rules = {
        "urgent": missed and down,
        "information": missed and read.measured == "kept",
        "continue": (missed or read.kept == "unclear") and up and read.measured != "not_kept",
        "understand": missed,
        "watch": down,
        "norm": read.measured == "not_kept",
        "contrary": read.contrary is not None,
        "poor": read.level == "poor",
        "beside": bool(read.beside),
        "look": read.signal is not None,
        "keep": kept,
        "tell": up,
        "good": read.level == "good",
        "wait": True,
    }
    return next(name for name, applies in rules.items() if applies)


def missing_people(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate
) -> Sentence:
    """The known group that is most missing from the answers, before weighting; that none is; that
    it may be one that is hidden; or that nobody knows.
    """
    about = {"directorate": directorate.id, "wave": wording.wave.id}
    known = [
        figure
        for figure in figures.select("margins", **about, kind="difference")
        if figure.indicator != "site"
    ]
    if not known:
        return wording.said("missing_unknown")
    gaps = [figure for figure in known if not figure.hidden and figure.value is not None]
    widest = min(gaps, key=lambda figure: figure.shown_value, default=None)
    if widest is None or widest.shown_value > -MISSING_FROM:
        rule = "missing_none" if gaps == known else "missing_hidden"
        points = wording.language.number(100 * MISSING_FROM)
        return wording.said(rule, gaps, points=points)
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
    wording: Wording, reads: Sequence[Read], followed: Sequence[Followed], heard: Sequence[Mention]
) -> dict[Standing, Sentence]:
    """What goes well, what goes badly and what cannot be told yet: core indicators, then the
    commitments that were not read with one of them, then what is known beside surveys.

    Args:
        wording: How it is said.
        reads: The core indicators.
        followed: The commitments of the directorate.
        heard: What devices say that are no surveys.

    """
    told: dict[Standing, list[tuple[str, list[ReleasedFigure]]]] = {
        "well": [],
        "badly": [],
        "unknown": [],
    }
    for read in reads:
        if read.standing == "unknown" and read.contrary is None and read.beside:
            continue  # told below, by those that say so
        name = wording.language.quoted(
            wording.indicator(wording.study.indicator(read.figure.indicator))
        )
        if read.standing == "unknown":
            alone = "grid_unsure" if read.kept else "grid_no_target"
            key = "grid_contrary" if read.contrary is not None else alone
            name = wording.language.text(key, name=name)
        elif (read.standing, read.level) in (("well", "good"), ("badly", "poor")):
            level = wording.language.text(f"device_state_{read.level}")
            name = wording.language.text("grid_level", name=name, level=level)
        told[read.standing].append((name, _behind(read)))
    read_too = [read.commitment for read in reads]
    for one in followed:
        if one not in read_too and one.word not in UNREAD:
            name = wording.language.quoted(wording.language.typeset(one.commitment.label))
            sides = [figure for figure in (one.perceived, one.measured) if figure is not None]
            standing = _standing({figure.word for figure in sides})
            if standing == "unknown":
                key = "grid_unmeasured" if one.word == "unmeasured" else "grid_undecided"
                if one.word == "unmeasured" and sides:
                    key = "grid_no_target"
                name = wording.language.text(key, name=name)
            told[standing].append((name, [one.reading, *sides]))
    for standing, name, figures in heard:
        told[standing].append((name, figures))
    lines: dict[Standing, Sentence] = {}
    for standing, parts in told.items():
        figures = [figure for _, own in parts for figure in own]
        if parts:
            items = wording.language.listing([name for name, _ in parts])
            lines[standing] = wording.said(f"grid_{standing}", figures, items=upper_first(items))
        else:
            lines[standing] = wording.said(f"grid_nothing_{standing}")
    return lines


def _standing(sides: Set[str], moved: str = "") -> Standing:
    """How something goes: badly, where a target or a norm is missed, its level is poor or a fall is
    seen; else well, where one is reached, its level is good or a rise is seen; else nobody can
    tell.

    Args:
        sides: What its target, its norm and its level say, each in a word.
        moved: What its changes say.

    """
    if sides & {"not_kept", "poor"} or moved == "down":
        return "badly"
    return "well" if sides & {"kept", "good"} or moved == "up" else "unknown"


def _behind(read: Read) -> list[ReleasedFigure]:
    """The figures that say how an indicator goes."""
    followed = read.commitment
    perceived, measured = (followed.perceived, followed.measured) if followed else (None, None)
    changes = [change.figure for change in read.judged]
    found = (read.figure, perceived, measured, *changes, read.contrary)
    return [figure for figure in found if figure is not None]
