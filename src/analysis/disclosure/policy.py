"""The one table of thresholds: what an unweighted base allows, by audience."""

from __future__ import annotations

from enum import StrEnum

from analysis.study import Thresholds


class Audience(StrEnum):
    """Who may read an output. Each audience's outputs are built apart."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Status(StrEnum):
    """Why a figure is shown as it is; the last two statuses hide it."""

    SHOWN = ""
    CAUTION = "caution"
    FRAGILE = "fragile"
    SUPPRESSED = "s"
    UNAVAILABLE = "nd"

    @property
    def hidden(self) -> bool:
        """Whether a figure of this status shows no number."""
        return self in (Status.SUPPRESSED, Status.UNAVAILABLE)


def status_of_base(base: int, thresholds: Thresholds, audience: Audience) -> Status:
    """What a figure's unweighted base allows.

    >>> [status_of_base(n, Thresholds(), Audience.PUBLIC).name for n in (0, 10, 11, 30, 100)]
    ['UNAVAILABLE', 'SUPPRESSED', 'UNAVAILABLE', 'CAUTION', 'SHOWN']
    """
    if base == 0:
        return Status.UNAVAILABLE
    if base < thresholds.suppressed_below:
        return Status.SUPPRESSED
    if base < thresholds.fragile_below:
        return Status.UNAVAILABLE if audience is Audience.PUBLIC else Status.FRAGILE
    return Status.CAUTION if base < thresholds.caution_below else Status.SHOWN
