"""The sentences on changes: what may be said of a figure's change since the wave it is compared
with, along all waves, and since the wave before.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.released import Change, Changes, ReleasedFigure
from analysis.publishing.wording.formats import SCORE
from analysis.publishing.wording.sentences import (
    Sentence,
    Wording,
    lower_first,
    range_text,
    upper_first,
)
from analysis.study import Break, Claim, Indicator, Wave
from analysis.study.study import YEAR

MOVED = ("up", "down")
"""The words of a rise and of a fall."""


def change_title(
    wording: Wording,
    indicator: Indicator,
    changes: Changes,
    *,
    figure: ReleasedFigure | None = None,
) -> Sentence:
    """The title of a trend: the first that can be said of a rise or fall, since the wave it is
    compared with, along all waves, or (where a year has one wave) since the wave before; else what
    the first of these shows.
    """
    told = _told(wording, changes)
    if told is None:
        return _untold(wording, changes, figure)
    since, change = told
    moved = change.figure
    sentence = wording.said(
        f"change_{change.word}",
        [moved],
        indicator=wording.indicator(indicator),
        change=wording.formats.number(moved.shown_value, moved),
        since=since,
        threshold=threshold_text(wording, moved),
    )
    if moved.claim == Claim.ESTIMATE:
        return sentence
    people = wording.people(moved.claim)
    text = wording.language.text(
        f"among_{moved.claim}", people=people, text=lower_first(sentence.text)
    )
    return Sentence(upper_first(text), sentence.rule, sentence.figures)


def change_in_short(
    wording: Wording, changes: Changes, *, figure: ReleasedFigure | None = None
) -> tuple[str, Sentence]:
    """What was seen since the wave that a figure is compared with, its number or verdict first,
    then a rise or fall along all waves. The first words are empty where no change is told.
    """
    told = _told(wording, changes)
    if told is None:
        return "", _untold(wording, changes, figure)
    since_reference = [pair for pair in _judged(wording, changes) if pair[1] is changes.reference]
    trend = [
        pair
        for pair in _judged(wording, changes)
        if pair[1] is changes.trend and pair[1].word in MOVED
    ]
    pairs = list(dict.fromkeys([*(since_reference or [told]), *trend]))
    sentences = [_short(wording, *pair) for pair in pairs]
    return _verdict(wording, pairs[0][1]), Sentence(
        text=" ".join(upper_first(sentence.text) for sentence in sentences),
        rule="+".join(sentence.rule for sentence in sentences),
        figures=tuple(key for sentence in sentences for key in sentence.figures),
    )


def _verdict(wording: Wording, change: Change) -> str:
    """A change in a word or a number: that of a rise or fall."""
    figure = change.figure
    if change.word in MOVED:
        return wording.formats.number(figure.shown_value, figure)
    return wording.language.text(
        f"verdict_{change.word}", threshold=threshold_text(wording, figure)
    )


def _short(wording: Wording, since: str, change: Change) -> Sentence:
    """A change in a sentence of its own, its number or verdict first."""
    figure, detectable = change.figure, change.detectable
    assert detectable is not None, "what is judged has degrees of freedom"
    return wording.said(
        f"in_short_{change.word}",
        [figure, detectable],
        verdict=_verdict(wording, change),
        range=_range(wording, change),
        since=since,
        threshold=threshold_text(wording, figure),
        detectable=wording.formats.number(detectable.shown_value, detectable),
    )


def _range(wording: Wording, change: Change) -> str:
    """The interval of a change."""
    return range_text(wording, change.figure, _bounds(wording, change))


def _bounds(wording: Wording, change: Change) -> str:
    """The bounds of a change, with as many decimals as it takes to show that they exclude 0."""
    figure = change.figure
    bounds = wording.formats.interval(figure)
    if change.word in (*MOVED, "small"):
        assert figure.low is not None and figure.high is not None, "what has a word has bounds"
        scale = 1 if figure.unit.startswith(SCORE) else 100
        nearest = scale * min(abs(figure.low), abs(figure.high))
        decimals = next((count for count in range(3) if round(nearest, count)), 3)
        bounds = wording.formats.range(figure.low, figure.high, figure, decimals=decimals)
    return bounds


def _judged(wording: Wording, changes: Changes) -> list[tuple[str, Change]]:
    """The changes of which something is said, each with since when."""
    return [(since, change) for since, change in _named(wording, changes) if change.word]


def _told(wording: Wording, changes: Changes) -> tuple[str, Change] | None:
    """What a title says: the first rise or fall; without any, the first change. Where a year has
    several waves, the last step goes from one season to another, and is none of them.
    """
    judged = _judged(wording, changes)
    if wording.study.is_seasonal(wording.wave.id):
        judged = [pair for pair in judged if pair[1] is not changes.previous]
    moved = [pair for pair in judged if pair[1].word in MOVED]
    return next(iter(moved or judged), None)


def _untold(wording: Wording, changes: Changes, figure: ReleasedFigure | None) -> Sentence:
    """What is said where a title has no change to tell; `figure` is that whose change it is."""
    broken = series_break(wording, figure)
    if changes.reference is None and broken is not None:
        return wording.said(
            "change_broken",
            event=wording.language.typeset(broken.label),
            day=wording.language.day(broken.date),
        )
    if not changes.all:
        return wording.said("change_unavailable")
    if any(change.word for change in changes.all):  # the last step, of another season
        return wording.said("change_no_reference", [change.figure for change in changes.all])
    return wording.said("change_imprecise", [change.figure for change in changes.all])


def series_break(wording: Wording, figure: ReleasedFigure | None) -> Break | None:
    """The break that keeps a figure from being compared with its reference; None where none
    does.
    """
    reference = wording.study.compared_with(wording.wave.id)
    if figure is None or reference is None:
        return None
    return wording.study.break_between(
        reference.id,
        wording.wave.id,
        indicator=figure.indicator,
        directorate=str(figure.directorate),
    )


def change_detail(wording: Wording, changes: Changes) -> Sentence | None:
    """Each change that is judged with its interval and what could have been seen of it; None where
    there is none.
    """
    judged = _judged(wording, changes)
    if not judged:
        return None
    parts = []
    for since, change in judged:
        figure, detectable = change.figure, change.detectable
        assert detectable is not None, "what is judged has degrees of freedom"
        parts.append(
            wording.said(
                "change_detail_none" if change.word == "none" else "change_detail",
                [figure, detectable],
                since=upper_first(since),
                change=wording.formats.number(figure.shown_value, figure),
                range=_range(wording, change),
                detectable=wording.formats.number(detectable.shown_value, detectable),
            )
        )
    family = judged[0][1].family
    more = ""
    if family > 1:
        more = " " + wording.language.text("change_family", count=wording.language.number(family))
    if any(change is changes.trend for _, change in judged):
        more += " " + wording.language.text("change_trend")
    return Sentence(
        text=" ".join(part.text for part in parts) + more,
        rule="change_detail",
        figures=tuple(key for part in parts for key in part.figures),
    )


def change_cell(wording: Wording, change: Change | None) -> str:
    """A change in a table: its word and its size; the sign of what is not available where there is
    none.
    """
    if change is None or not change.word:
        return wording.language.text("sign_nd")
    figure = change.figure
    size = wording.formats.number(figure.shown_value, figure)
    bounds = _bounds(wording, change)
    return f"{wording.language.text(f'word_{change.word}')} ({size} {bounds})"


def since_text(wording: Wording, wave: Wave) -> str:
    """Since when a wave is compared: « sur un an » where it is the same season a year before."""
    study, now = wording.study, wording.wave
    label = wording.wave_label(wave)
    if study.same_season(wave, now) and round((now.start - wave.start).days / YEAR) == 1:
        return wording.language.text("since_year")
    *before, _ = study.waves_until(now.id)
    if before and wave == before[-1]:
        return wording.language.text("since_previous", before=label)
    return wording.language.text("since_wave", before=label)


def _named(wording: Wording, changes: Changes) -> list[tuple[str, Change]]:
    """The changes that are shown, each with since when, in the order in which they are said."""
    named = []
    for change in changes.all:
        wave = wording.study.wave(str(change.figure.against))
        if change is changes.trend:
            named.append(
                (wording.language.text("since_first", before=wording.wave_label(wave)), change)
            )
        else:
            named.append((since_text(wording, wave), change))
    return named


def threshold_text(wording: Wording, change: ReleasedFigure | None = None) -> str:
    """The practical threshold of a change, in its unit; in points where none is given."""
    if change is None or not change.unit.startswith(SCORE):
        percent = wording.study.thresholds.practical_change
        decimals = _decimals(percent, least=0)
        return wording.language.points(percent / 100, decimals=decimals).removeprefix("+")
    threshold = wording.study.practical_threshold(change.definition)
    return wording.language.number(threshold, decimals=_decimals(threshold, least=1))


def change_note(wording: Wording, figures: Sequence[ReleasedFigure]) -> str:
    """When a change of some figures is called a rise or a fall: by the threshold of each unit."""
    thresholds: dict[str, None] = {}
    for figure in figures:
        text = threshold_text(wording, figure)
        if figure.unit.startswith(SCORE):
            maximum = wording.language.number(float(figure.unit.removeprefix(SCORE)))
            text = wording.language.text("out_of", value=text, maximum=maximum)
        thresholds[text] = None
    listed = f" {wording.language.text('or')} ".join(thresholds)
    return wording.language.text("note_change", threshold=listed)


def _decimals(number: float, *, least: int) -> int:
    """How many decimals write a number of the parameters in full: three at most."""
    return next((count for count in (least, 1, 2) if round(number, count) == round(number, 6)), 3)
