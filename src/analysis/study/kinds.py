"""What a figure is, what may be claimed of it, what weakens it, why an answer is absent, in which
language all this is said.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

FigureKind = Literal[
    "share",
    "level_share",
    "balance",
    "mean",
    "difference",
    "detectable",
    "trend",
    "detectable_trend",
    "count",
    "ratio",
    "limit",
    "deviation",
    "p_value",
    "measure",
    "norm",
    "relative",
    "correlation",
    "reading",
]
"""What a figure is: how it is printed, and what may be said of it, follow from it and its unit.

`level_share` is the share of one level of a scale, `detectable` the smallest difference that a
design could have seen, `trend` a difference along all waves (`detectable_trend`: what could have
been seen of it), `limit` a pair of bounds that is no interval, `deviation` a standard deviation,
`p_value` that of a test, `measure` a figure of those who manage, `norm` a bound that was
announced (in the unit of what it bounds), `relative` a difference in share of one, `correlation`
one of ranks, `reading` a word without a number. Units: `share` (in [0, 1]), `points` (a balance, a
difference or a deviation of shares, in [-1, 1]), `score_10` (between 0 and the number), those of
`study.management`, `probability`, `answers`, `presses`, `people`, `rows`, `days`, `margins`,
`questions`, `sites`, `waves`, `iterations`, `ratio`.
"""


INDEPENDENT, COMMON = "independent", "common"
"""What the waves of a change are to one another, as the method of its figures says: samples of
their own, or some that have clusters in common."""

LanguageCode = Literal["fr", "en"]
"""A language that a study may be published in."""


class Claim(StrEnum):
    """What may be claimed of a figure, from strongest to weakest."""

    ESTIMATE = "C1"
    TREND = "C2"
    ALERT = "C3"
    ILLUSTRATION = "C4"

    @staticmethod
    def weakest(claims: list[Claim]) -> Claim:
        """The claim of a combination: the weakest of its parts.

        >>> Claim.weakest([Claim.ESTIMATE, Claim.ALERT])
        <Claim.ALERT: 'C3'>
        """
        return max(claims)


class QualityFlag(StrEnum):
    """What weakens the results of a wave, from gravest to lightest.

    `no_answers` of a directorate, `wave_missing` between two waves that were measured,
    `channel_silent`, `nothing_kept` of a file, `not_asked` a question that should have been,
    `unweighted` where other waves are weighted, `margins_missing` where they are weighted by the
    sampling frame alone, `sizes_unknown` of sites that are drawn alike whatever their size,
    `frame_missing` that weights were to start from, `question_changed` since the reference wave,
    `answer_unused` that was used then, `channel_halved`, `field_cut` before its end,
    `field_shorter` than that of the reference wave, `frame_answers` and `frame_margins` where
    answers and margins do not agree with the frame, `duplicates` and `refused` rows of a file,
    `undeclared` names in it, `dont_know` and `no_reply` more often than then, `sites_silent`.
    """

    NO_ANSWERS = "no_answers"
    WAVE_MISSING = "wave_missing"
    CHANNEL_SILENT = "channel_silent"
    NOTHING_KEPT = "nothing_kept"
    NOT_ASKED = "not_asked"
    UNWEIGHTED = "unweighted"
    MARGINS_MISSING = "margins_missing"
    SIZES_UNKNOWN = "sizes_unknown"
    FRAME_MISSING = "frame_missing"
    QUESTION_CHANGED = "question_changed"
    ANSWER_UNUSED = "answer_unused"
    CHANNEL_HALVED = "channel_halved"
    FIELD_CUT = "field_cut"
    FIELD_SHORTER = "field_shorter"
    FRAME_ANSWERS = "frame_answers"
    FRAME_MARGINS = "frame_margins"
    DUPLICATES = "duplicates"
    REFUSED = "refused"
    UNDECLARED = "undeclared"
    DONT_KNOW = "dont_know"
    NO_REPLY = "no_reply"
    SITES_SILENT = "sites_silent"


class MissingKind(StrEnum):
    """Why an answer is absent. They are different things down to the printed cell."""

    NOT_CONCERNED = "not_concerned"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    ABANDONED = "abandoned"
    ILLEGIBLE = "illegible"
    UNKNOWN = "unknown"


RendererName = Literal["embedded", "quarto"]
"""What makes the pages of an edition from its sources."""
