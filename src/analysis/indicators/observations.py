"""What was seen in user tests, workshops and interviews: whether people were stopped, and whether
the last session still told something new. A few people are no share of anybody: none is computed.
"""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl

from analysis.indicators.listening import listening_of
from analysis.storage import as_figures, make_table
from analysis.study import Study


class Observations(dy.Schema):
    """One row per product, device and dimension that was observed in a wave.

    Attributes:
        participants, sessions: Who did a task of the dimension, and in how many sessions.
        stopped: Those of them who could not finish one.
        themes: What stopped or helped them, each once.
        new_themes: Those of the last session that no session before it had: 0 where it told nothing
            new (saturation).
        word: `poor` where as many were stopped as the study declares, `good` where nobody was and
            the last session told nothing new, `mixed` otherwise.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    device = dy.String(primary_key=True)
    dimension = dy.String(primary_key=True)
    participants = dy.Int64(min=1)
    sessions = dy.Int64(min=1)
    stopped = dy.Int64(min=0)
    themes = dy.Int64(min=0)
    new_themes = dy.Int64(min=0)
    word = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: how many sessions and themes, and the word. How many people were stopped stays
        in the workshop: it would be read as a share of users.
        """
        about = table.select(
            *("directorate", "wave", "simulated"),
            indicator=pl.lit("observations"),
            breakdown=pl.lit("dimension"),
            category=pl.format("{}.{}", "dimension", "device"),
            claim=pl.lit(""),
        )
        counts = [
            about.with_columns(
                definition=pl.lit(name),
                kind=pl.lit("count"),
                unit=pl.lit("count"),
                value=table[name].cast(pl.Float64),
                word=pl.lit(""),
            )
            for name in ("sessions", "participants", "themes", "new_themes")
        ]
        reading = about.with_columns(
            definition=pl.lit("state"),
            kind=pl.lit("reading"),
            unit=pl.lit("reading"),
            value=pl.lit(None, dtype=pl.Float64),
            word=table["word"],
        )
        return as_figures(pl.concat([*counts, reading]), layer="observations")


class Themes(dy.Schema):
    """One row per product, device, dimension and theme that was met in a wave.

    Attributes:
        sessions: In how many it was met; by how many people is no figure of anybody.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    device = dy.String(primary_key=True)
    dimension = dy.String(primary_key=True)
    theme = dy.String(primary_key=True)
    sessions = dy.Int64(min=1)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: in how many sessions each theme was met."""
        return as_figures(
            table.select(
                *("directorate", "wave", "simulated"),
                indicator=pl.lit("themes"),
                definition=pl.lit("sessions"),
                kind=pl.lit("count"),
                unit=pl.lit("count"),
                breakdown=pl.lit("theme"),
                category=pl.format("{}.{}.{}", "dimension", "device", "theme"),
                claim=pl.lit(""),
                value=pl.col("sessions").cast(pl.Float64),
            ),
            layer="themes",
        )


def themes(grids: pl.DataFrame, *, wave: str, simulated: bool) -> pl.DataFrame:
    """The `Themes` of all products in a wave.

    Args:
        grids: `storage.Grids` of the wave.
        wave: Identifier.
        simulated: Whether they are.

    """
    keys = ["directorate", "device", "dimension", "theme"]
    met = grids.filter(pl.col("theme") != "").group_by(keys)
    rows = met.agg(sessions=pl.col("session").n_unique().cast(pl.Int64)).sort(keys)
    about = [{"wave": wave, "simulated": simulated, **row} for row in rows.iter_rows(named=True)]
    return make_table(about, Themes)


def observations(grids: pl.DataFrame, study: Study, *, wave: str, simulated: bool) -> pl.DataFrame:
    """The `Observations` of all products in a wave.

    Args:
        grids: `storage.Grids` of the wave.
        study: By how many people who were stopped a dimension is poor.
        wave: Identifier.
        simulated: Whether they are.

    """
    blocked_from = listening_of(study).rules.blocked_from
    keys = ["directorate", "device", "dimension"]
    rows: list[dict[str, Any]] = []
    for key, seen in grids.sort(*keys, "day", "session").group_by(keys, maintain_order=True):
        people = ["session", "participant"]
        stopped = seen.filter(outcome="blocked").select(people).n_unique()
        last = seen["session"][-1]
        themes, before = (
            set(rows_of["theme"]) - {""}
            for rows_of in (seen, seen.filter(pl.col("session") != last))
        )
        new = len(themes - before)
        good = not stopped and not new and seen["session"].n_unique() > 1
        rows.append(
            dict(zip(keys, key, strict=True))
            | {
                "participants": seen.select(people).n_unique(),
                "sessions": seen["session"].n_unique(),
                "stopped": stopped,
                "themes": len(themes),
                "new_themes": new,
                "word": "poor" if stopped >= blocked_from else "good" if good else "mixed",
            }
        )
    return make_table([{"wave": wave, "simulated": simulated, **row} for row in rows], Observations)
