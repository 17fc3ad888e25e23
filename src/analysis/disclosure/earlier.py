"""What earlier editions showed and hid of the figures of one in the making: with it, they must not
give away what either protects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from analysis.disclosure.policy import Status
from analysis.storage.figures import SHOWN


@dataclass(frozen=True)
class Past:
    """What an earlier edition made of a figure.

    Attributes:
        status: Its status.
        same: Whether it is the same today: of the same answers, but for fewer than are told of
            anybody.
        base: Its answers; null where that is not known.

    """

    status: Status
    same: bool
    base: int | None


@dataclass(frozen=True)
class Earlier:
    """What earlier editions made of figures: key → edition → what it made of it."""

    past: Mapping[str, Mapping[str, Past]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, published: pl.DataFrame | None, rows: Iterable[Mapping[str, Any]], *, at_least: int
    ) -> Earlier:
        """That of some editions.

        Args:
            published: `storage.Published` of each, one after the other; None of none.
            rows: `storage.Figures` of today.
            at_least: From how many answers that differ a figure is another one.

        """
        if published is None:
            return cls()
        today = {row["key"]: row for row in rows}
        past: dict[str, dict[str, Past]] = {}
        for row in published.iter_rows(named=True):
            key = row["key"]
            if key in today:
                same = _moved(row, today[key]) < at_least
                made = Past(Status(row["status"]), same, row["base"])
                past.setdefault(key, {})[row["edition"]] = made
        return cls(past)

    def is_known(self, key: str) -> bool:
        """Whether an earlier edition showed a figure that is the same today: to hide it now
        protects nothing.
        """
        return any(one.same and one.status in SHOWN for one in self.of_figure(key).values())

    def is_secret(self, key: str) -> bool:
        """Whether a figure that is the same today was hidden so that nobody is recognised, and
        shown by no edition: it stays hidden.
        """
        hidden = any(
            one.same and one.status is Status.SUPPRESSED for one in self.of_figure(key).values()
        )
        return hidden and not self.is_known(key)

    def of_figure(self, key: str) -> Mapping[str, Past]:
        """What each edition made of a figure."""
        return self.past.get(key, {})


def _moved(before: Mapping[str, Any], today: Mapping[str, Any]) -> int:
    """By how many answers a figure differs from what it was, at least; none where that is not
    known.
    """
    if before["counts"] is not None and today["counts"] is not None:
        if len(before["counts"]) != len(today["counts"]):
            return max(before["base"] or 0, today["base"] or 0)
        pairs = zip(before["counts"], today["counts"], strict=True)
        return sum(abs(one - other) for one, other in pairs)
    if before["base"] is None or today["base"] is None:
        return 0
    return abs(int(before["base"]) - int(today["base"]))
