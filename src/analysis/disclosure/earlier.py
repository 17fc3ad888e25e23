"""What earlier editions showed and hid of the figures of one in the making: with it, they must not
give away what either protects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from analysis.disclosure.policy import Status
from analysis.storage.figures import SHOWN

SCOPE = ("directorate", "wave")
PAST = ("status", "same", "base")
"""What is kept of a figure of an earlier edition: the fields of `Past`."""


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
    def of(cls, published: pl.DataFrame | None, figures: pl.DataFrame, *, at_least: int) -> Earlier:
        """That of some editions.

        Args:
            published: `storage.Published` of each, one after the other; None of none.
            figures: `storage.Figures` of today.
            at_least: From how many answers that differ a figure is another one.

        """
        if published is None:
            return cls()
        today = figures.select(
            "key",
            *SCOPE,
            pl.col("base").alias("base_today"),
            pl.col("counts").alias("counts_today"),
        )
        met = published.join(today, on="key", how="inner").with_columns(same=_moved() < at_least)
        past: dict[str, dict[str, Past]] = {}
        for row in _told_anew(met).select("key", "edition", *PAST).iter_rows():
            key, edition, status, same, base = row
            past.setdefault(key, {})[edition] = Past(Status(status), same, base)
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


def _told_anew(met: pl.DataFrame) -> pl.DataFrame:
    """What editions made of figures, without those that say of a directorate and wave what the one
    before them says, to the figure: most editions repeat all those before.
    """
    repeated = pl.all_horizontal(
        pl.col("rank") == _former("rank") + 1,
        *(pl.col(name).eq_missing(_former(name)) for name in (*PAST, "told")),
    )
    return (
        met.sort("key", "edition")
        .with_columns(
            rank=pl.col("edition").rank("dense").cast(pl.Int64).over(*SCOPE),
            told=pl.len().over(*SCOPE, "edition"),
        )
        .with_columns(repeated=repeated.fill_null(value=False))
        .filter(~pl.col("repeated").all().over(*SCOPE, "edition"))
    )


def _former(name: str) -> pl.Expr:
    """A column of the edition before that told the same figure; null in the first."""
    return pl.col(name).shift(1).over("key")


def _moved() -> pl.Expr:
    """By how many answers a figure differs from what it was, at least; none where that is not
    known.
    """
    counts, counts_today = pl.col("counts"), pl.col("counts_today")
    base, base_today = pl.col("base"), pl.col("base_today")
    comparable = counts.list.len() == counts_today.list.len()
    apart = pl.when(comparable).then(counts) - pl.when(comparable).then(counts_today)
    return (
        pl.when(counts.is_null() | counts_today.is_null())
        .then((base - base_today).abs().fill_null(0))
        .when(comparable)
        .then(apart.list.eval(pl.element().abs()).list.sum())
        .otherwise(pl.max_horizontal(base, base_today, 0))
    )
