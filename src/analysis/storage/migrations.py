"""Stored tables of earlier versions of the software, brought to the schema of today as they are
read.

When a schema changes, its number in `VERSIONS` grows by one and the step from the former number
stands in `STEPS`: tables that cannot be made again (after a purge of the raw data) stay readable.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from analysis.errors import NotReadyError
from analysis.storage.figures import figure_key

Step = Callable[[pl.DataFrame], pl.DataFrame]


def _add_kind_and_unit(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures of the first version said what they were by their definition's name and method only.

    Shares had Wilson's intervals, those of one level the names P1, P2, …; of the others, a balance
    never passes 1 in size, and a mean's maximum is the least of 1, 5, 10, 20 and 100 that holds it.
    """
    share = pl.col("method").str.starts_with("wilson")
    level = pl.col("definition").str.contains(r"^P\d+$")
    largest = (
        pl.max_horizontal(pl.col("value").abs(), pl.col("high").abs()).max().over("definition")
    )
    mean = ~share.any().over("definition") & (largest > 1)
    kind = (
        pl.when(level)
        .then(pl.lit("level_share"))
        .when(mean)
        .then(pl.lit("mean"))
        .when(share.any().over("definition"))
        .then(pl.lit("share"))
        .otherwise(pl.lit("balance"))
    )
    maximum = pl.coalesce(pl.when(largest <= size).then(pl.lit(f"score_{size}")) for size in SCORES)
    unit = (
        pl.when(mean)
        .then(maximum)
        .when(kind == "balance")
        .then(pl.lit("points"))
        .otherwise(pl.lit("share"))
    )
    return figures.with_columns(kind=kind, unit=unit)


def _unify_shape(figures: pl.DataFrame) -> pl.DataFrame:
    """Released figures of the second version were all estimates of one wave, and had no key."""
    return figures.with_columns(
        layer=pl.lit("estimates"),
        against=pl.lit(None, dtype=pl.String),
        size=pl.lit(None, dtype=pl.Float64),
        word=pl.lit(""),
    ).with_columns(key=figure_key())


SCORES = (1, 5, 10, 20, 100)


def _refuse_one_sample(_: pl.DataFrame) -> pl.DataFrame:
    """Cubes of the first version did not say whose they are, and held one sample of several."""
    raise NotReadyError(
        "These cubes were made by an earlier version of the software, of some channels only.",
        hint="make them again: observatoire run.",
    )


def _add_frame(dispositions: pl.DataFrame) -> pl.DataFrame:
    """Dispositions of the first version were those of manifests only."""
    return dispositions.with_columns(
        line=pl.lit(0, dtype=pl.Int64),
        site=pl.lit(None, dtype=pl.String),
        population=pl.lit(None, dtype=pl.Int64),
        answered=pl.lit(None, dtype=pl.Int64),
        unknown=pl.lit(0, dtype=pl.Int64),
    )


def _add_unknown(participation: pl.DataFrame) -> pl.DataFrame:
    """In the first version, everybody who was drawn was known to be a user, or not to be one."""
    return participation.with_columns(unknown=pl.lit(0, dtype=pl.Int64))


def _add_population(weights: pl.DataFrame) -> pl.DataFrame:
    """Weights of the first version did not say how many users a stratum has."""
    return weights.with_columns(population=pl.lit(None, dtype=pl.Float64))


def _add_shared(changes: pl.DataFrame) -> pl.DataFrame:
    """Changes of the first version did not say whether waves have clusters in common."""
    return changes.with_columns(shared=pl.lit(0, dtype=pl.Int64))


VERSIONS: dict[str, int] = {
    "Changes": 2,
    "Cubes": 2,
    "Dispositions": 2,
    "Estimates": 2,
    "Participation": 2,
    "Released": 3,
    "Weights": 2,
}
"""Schema → its number; 1 where it has never changed."""

STEPS: dict[tuple[str, int], Step] = {
    ("Changes", 1): _add_shared,
    ("Cubes", 1): _refuse_one_sample,
    ("Dispositions", 1): _add_frame,
    ("Estimates", 1): _add_kind_and_unit,
    ("Participation", 1): _add_unknown,
    ("Released", 1): _add_kind_and_unit,
    ("Released", 2): _unify_shape,
    ("Weights", 1): _add_population,
}
"""(schema, number) → what makes a table of that number one of the next."""


def version_of(schema: str) -> int:
    """The number of a schema today."""
    return VERSIONS.get(schema, 1)


def migrate(frame: pl.DataFrame, schema: str, number: int, *, where: str) -> pl.DataFrame:
    """A table of some number of its schema, as one of today's.

    Raises:
        NotReadyError: it was written by a later version of the software.

    """
    if number > version_of(schema):
        raise NotReadyError(
            f"This {schema.lower()} table was written by a later version of the software.",
            where=where,
            hint="use that version, or make the table again: observatoire run --force.",
        )
    for step in range(number, version_of(schema)):
        frame = STEPS[schema, step](frame)
    return frame
