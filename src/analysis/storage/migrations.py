"""Stored tables of earlier versions of the software, brought to the schema of today as they are
read.

When a schema changes, its number in `VERSIONS` grows by one and the step from the former number
    stands in `STEPS`: tables
that cannot be made again (after a purge of the raw data) stay readable.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from analysis.errors import NotReadyError

Step = Callable[[pl.DataFrame], pl.DataFrame]

VERSIONS: dict[str, int] = {}
"""Schema → its number; 1 where it has never changed."""

STEPS: dict[tuple[str, int], Step] = {}
"""(schema, number) → what makes a table of that number one of the next."""


def version_of(schema: str) -> int:
    """The number of a schema today."""
    return VERSIONS.get(schema, 1)


def migrated(frame: pl.DataFrame, schema: str, number: int, *, where: str) -> pl.DataFrame:
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
