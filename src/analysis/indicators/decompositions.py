"""What of a change comes of other people answering, and what of other answers: by profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

from analysis.inference import (
    UNKNOWN,
    Cube,
    PointEstimate,
    decompose,
    difference,
)
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Study


class Decompositions(dy.Schema):
    """Two rows per headline indicator and profile: the parts of its change since the wave that it
    is compared with. They add up to it.

    Attributes:
        against: The earlier wave.
        breakdown: The profile.
        part: `composition`: what comes of other people having answered; `within`: what would remain
            had each group kept its share.
        value, se, low, high: In the unit of the change; each with its own interval at 95 %.
        word: Of the composition: `explains` where its interval excludes 0 and it is a fifth of the
            practical threshold at least, else `none`; empty elsewhere.
        made_from: Keys of the estimates of each group in both waves: with all groups but one, a
            part gives that one away.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    against = dy.String()
    indicator = dy.String(primary_key=True)
    definition = dy.String()
    definition_version = dy.String()
    breakdown = dy.String(primary_key=True)
    part = dy.String(primary_key=True)
    unit = dy.String()
    item = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64()
    se = dy.Float64()
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    df = dy.Int64(min=0)
    word = dy.String()
    made_from = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: one per row."""
        return as_figures(
            table.with_columns(kind=pl.lit("difference"), category="part"), layer="decompositions"
        )


def decompositions(
    changes: pl.DataFrame,
    estimates: pl.DataFrame,
    cubes: Mapping[str, Cube],
    study: Study,
    *,
    wave: str,
) -> pl.DataFrame:
    """The `Decompositions` of the changes of a directorate at a wave; no row where nothing is
    compared.

    Args:
        changes: `indicators.Changes` of the directorate and wave.
        estimates: `indicators.satisfaction.Estimates` of the directorate, of the waves so far.
        cubes: Wave → the cube of its reference sample.
        study: Headline indicators, definitions and breakdowns.
        wave: Identifier.

    """
    headline = {
        indicator.id: indicator.definitions[0]
        for indicator in study.indicators
        if indicator.headline
    }
    keyed = estimates.with_columns(key=figure_key(layer="estimates", against=None))
    profiles = [
        breakdown.id for breakdown in study.breakdowns if breakdown.by not in ("channel", "site")
    ]
    rows: list[dict[str, Any]] = []
    for change in changes.filter(comparison="reference").iter_rows(named=True):
        if headline.get(change["indicator"]) != change["definition"]:
            continue
        pair = [cubes.get(name) for name in (change["against"], wave)]
        for by in profiles:
            if not all(cube is not None and by in cube.breakdowns for cube in pair):
                continue
            rows += _rows(change, pair, keyed, study, by)
    return make_table(rows, Decompositions)


def _rows(
    change: Mapping[str, Any],
    pair: list[Cube | None],
    keyed: pl.DataFrame,
    study: Study,
    by: str,
) -> list[dict[str, Any]]:
    """The two parts of a change by one profile; none where somebody's profile is not known."""
    before, after = pair
    assert before is not None and after is not None
    groups = {*before.domains(by).labels, *after.domains(by).labels}
    if UNKNOWN in groups or len(groups) < 2:
        return []
    item = str(change["item"])
    scores = study.definition(change["definition"]).scores(len(study.scale(item).codes))
    found = decompose(before, after, item, scores=scores, by=by)
    made_from = keyed.filter(
        pl.col("wave").is_in([change["against"], change["wave"]])
        & (pl.col("indicator") == change["indicator"])
        & (pl.col("definition") == change["definition"])
        & (pl.col("breakdown") == by)
        & (pl.col("base") > 0)
    ).get_column("key")
    parts = {
        "composition": (found.composition, found.composition_se),
        "within": (found.within, found.within_se),
    }
    names = (
        *("directorate", "wave", "against", "indicator", "definition", "definition_version"),
        *("unit", "item", "channels", "claim", "simulated"),
    )
    rows = []
    least = study.practical_threshold(change["definition"]) / 5
    for part, (value, se) in parts.items():
        own = difference(PointEstimate(value=value, se=se, df=found.df))
        explains = (own.low > 0 or own.high < 0) and abs(own.value) >= least
        told = part == "composition" and own.df > 0
        word = ("explains" if explains else "none") if told else ""
        rows.append(
            {name: change[name] for name in names}
            | {
                "breakdown": by,
                "part": part,
                "value": own.value,
                "se": own.se,
                "low": own.low if own.df > 0 else None,
                "high": own.high if own.df > 0 else None,
                "df": own.df,
                "word": word,
                "made_from": made_from.to_list(),
            }
        )
    return rows
