"""The sentences on how far apart groups of one wave are: profiles, and those who answer by another
channel.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.released import ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.sentences import Sentence, Wording, lower_first
from analysis.study import Claim


def channels_finding(
    wording: Wording, gaps: Sequence[ReleasedFigure], figures: ReleasedFigures
) -> Sentence:
    """The title on channels: the widest gap with the reference sample that is no chance, and what
    it says of those who choose to answer where all their channels say it; a plain title where no
    gap is shown.

    Args:
        wording: How it is said.
        gaps: Those of the layer `gaps` between the reference sample and other channels.
        figures: They hold the figures that a gap is between.

    """
    widest = _widest(gaps)
    if widest is None:
        plain = "finding_channels_none" if _judged(gaps) else "finding_channels"
        return wording.said(plain, _judged(gaps), indicator=wording.subject)
    reference, other = figures.compared_by(widest)
    channels = [wording.study.channel(name) for name in reference.channels.split("+")]
    rule = "finding_channels_differ"
    words = {gap.word for gap in _judged(gaps) if Claim(gap.claim) is Claim.TREND}
    if Claim(reference.claim) is Claim.ESTIMATE and words == {widest.word}:
        above = widest.word == "above"
        rule = "finding_channels_harsher" if above else "finding_channels_kinder"
    return wording.said(
        rule,
        [widest, reference, other],
        indicator=wording.subject,
        value=wording.formats.with_unit(other),
        channel=lower_first(wording.category(other)),
        reference_value=wording.formats.with_unit(reference),
        reference=wording.language.listing(
            [lower_first(wording.language.typeset(channel.label)) for channel in channels]
        ),
    )


def profiles_finding(
    wording: Wording, gaps: Sequence[ReleasedFigure], figures: ReleasedFigures
) -> Sentence:
    """The title on profiles: the widest gap that is no chance, from the lower group to the higher;
    arguments as `channels_finding`.
    """
    widest = _widest(gaps)
    if widest is None:
        rule = "finding_profiles_none" if _judged(gaps) else "finding_profiles"
        return wording.said(rule, _judged(gaps), indicator=wording.subject)
    low, high = sorted(figures.compared_by(widest), key=lambda figure: figure.shown_value)
    return wording.said(
        "finding_profiles_range",
        [widest, low, high],
        indicator=wording.subject,
        low=wording.formats.flagged_value(low),
        low_group=wording.category(low),
        high=wording.formats.flagged_value(high),
        high_group=wording.category(high),
    )


def gap_note(wording: Wording, gaps: Sequence[ReleasedFigure]) -> str:
    """How many gaps are looked at together; nothing where none is."""
    families = [gap.family for gap in _judged(gaps)]
    if not families:
        return ""
    count = wording.language.number(max(families))
    return wording.language.text("note_gap_1" if count == "1" else "note_gap_n", count=count)


def _judged(gaps: Sequence[ReleasedFigure]) -> list[ReleasedFigure]:
    """The gaps that are shown and of which something can be said."""
    return [gap for gap in gaps if not gap.hidden and gap.word]


def _widest(gaps: Sequence[ReleasedFigure]) -> ReleasedFigure | None:
    """The widest gap that is no chance; None where there is none."""
    apart = [gap for gap in _judged(gaps) if gap.word != "none"]
    return max(apart, key=lambda gap: abs(gap.shown_value), default=None)
