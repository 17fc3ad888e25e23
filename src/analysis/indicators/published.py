"""Series that others publish: where the definition changed, and what changed beside it.

A published number may rise because what counts as satisfied was changed. Where the answers behind
it are published too, each definition can be applied to all periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import dataframely as dy
import numpy as np
import polars as pl

from analysis.inference import definition_breaks
from analysis.storage import make_table
from analysis.study import Definition

Direction = Literal["up", "down", "level"]

SEEN = 0.05
"""From how much a series recomputed from all answers is said to move, in steps of what is
published: what rounds to a tenth of one."""


class PublishedBreaks(dy.Schema):
    """One row per change of the definition that a published series follows.

    Attributes:
        period: The first one that shows the new definition.
        earliest: The first one at which it may have been in force.
        previous: The period before `period`.
        before, after: Definitions; null where none of those declared explains what is published.
        published_previous, published_now: As published.
        constant_previous, constant_now: Both by the later definition (the earlier one, where the
            later is unknown); null where the answers are not known.
        published_word, constant_word: Which way each goes: `up`, `down` or `level`.

    """

    period = dy.String(primary_key=True)
    earliest = dy.String()
    previous = dy.String()
    before = dy.String(nullable=True)
    after = dy.String(nullable=True)
    published_previous = dy.Float64(nullable=True)
    published_now = dy.Float64(nullable=True)
    constant_previous = dy.Float64(nullable=True)
    constant_now = dy.Float64(nullable=True)
    published_word = dy.String()
    constant_word = dy.String()


def published_breaks(
    series: pl.DataFrame,
    definitions: Sequence[Definition],
    *,
    levels: Sequence[str],
    period: str = "period",
    published: str = "published",
    step: float = 1.0,
) -> pl.DataFrame:
    """The `PublishedBreaks` of a series.

    Args:
        series: One row per period in the order of time, with its published value and the answers
            at each level; null where they are not known.
        definitions: Those that the series may follow. Shares and balances are taken in percent.
        levels: The columns of answers, worst level first.
        period, published: The columns of the period and of the published value.
        step: What published values are multiples of, by rounding.

    Raises:
        InferenceError: see `inference.definition_breaks`.

    """
    counts = series.select(pl.col(levels).cast(pl.Float64).fill_null(np.nan)).to_numpy()
    values = series.get_column(published).cast(pl.Float64).fill_null(np.nan).to_numpy()
    candidates = {
        definition.id: [_scale(definition) * score for score in definition.scores(len(levels))]
        for definition in definitions
    }
    found = definition_breaks(counts, values, candidates=candidates, step=step)
    names = series.get_column(period).cast(pl.String)
    rows = []
    for switch in found.switches:
        constant = found.recomputed[str(switch.after or switch.before)]
        pair = (switch.index - 1, switch.index)
        shown = [_known(values[place]) for place in pair]
        same = [_known(constant[place]) for place in pair]
        rows.append(
            {
                "period": names[switch.index],
                "earliest": names[switch.earliest],
                "previous": names[pair[0]],
                "before": switch.before,
                "after": switch.after,
                "published_previous": shown[0],
                "published_now": shown[1],
                "constant_previous": same[0],
                "constant_now": same[1],
                "published_word": _direction(*shown, step=step),
                "constant_word": _direction(*same, step=step),
            }
        )
    return make_table(rows, PublishedBreaks)


def _scale(definition: Definition) -> float:
    """Shares and balances are published in percent, means as they are."""
    return 1.0 if definition.kind == "mean" else 100.0


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _direction(previous: float | None, now: float | None, *, step: float) -> str:
    """Which way two values go; empty where one of them is not known."""
    if previous is None or now is None:
        return ""
    if abs(now - previous) < SEEN * step:
        return "level"
    return "up" if now > previous else "down"
