"""The figures of other bodies that an edition shows beside its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analysis.disclosure import Status
from analysis.publishing.released import TOTAL, ReleasedFigure
from analysis.study.kinds import LanguageCode
from analysis.study.references import Difference
from analysis.study.settings import Mode


@dataclass(frozen=True)
class ImportedFigure:
    """One row of `storage.Imported`.

    Attributes:
        figure: As pages print figures; it is about the other body's unit.
        source: The other body's study.
        edition, published: Its wave and version, and the day that it bears.
        language: Of the texts.
        publisher, unit_label, wave_label, indicator_label, definition_label: As the other body
            words them.
        start, end: The field of the wave.
        mode: By what people were heard.
        comparable: The directorates whose figure may stand beside it.
        differences: Where there are none, in what it is another measure.

    """

    figure: ReleasedFigure
    source: str
    edition: str
    published: date
    language: LanguageCode
    publisher: str
    unit_label: str
    wave_label: str
    indicator_label: str
    definition_label: str
    start: date
    end: date
    mode: Mode
    comparable: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def version(self) -> str:
        """The number of its edition: below 1.0.0 where that is provisional."""
        return self.edition.partition("/")[2]


class ImportedFigures:
    """The figures of other bodies, by body and unit, in the order of their names.

    Args:
        frame: `storage.Imported`.

    """

    def __init__(self, frame: pl.DataFrame) -> None:
        rows = [_figure(row) for row in frame.iter_rows(named=True)]
        self.all = sorted(rows, key=lambda one: (one.publisher, one.source, one.unit_label))

    @property
    def simulated(self) -> bool:
        """Whether any of them comes from simulated data."""
        return any(one.figure.simulated for one in self.all)

    @property
    def bodies(self) -> list[ImportedFigure]:
        """A figure of each body: its edition is that of them all."""
        return list({one.source: one for one in reversed(self.all)}.values())[::-1]

    @property
    def comparable(self) -> list[ImportedFigure]:
        """Those that may stand beside a figure of the study."""
        return [one for one in self.all if one.comparable]

    @property
    def apart(self) -> list[ImportedFigure]:
        """Those that may stand beside none."""
        return [one for one in self.all if one.differences]


def _figure(row: dict[str, Any]) -> ImportedFigure:
    numbers = {name: row[name] for name in ("value", "se", "low", "high", "base")}
    figure = ReleasedFigure(
        key=f"{row['source']}:{row['key']}",
        layer="imported",
        directorate=None,
        wave=None,
        against=None,
        indicator=row["indicator"],
        definition=row["definition"],
        definition_version="",
        kind=row["kind"],
        unit=row["unit"],
        item=None,
        breakdown=TOTAL,
        category=TOTAL,
        category_label="",
        channels="",
        claim=row["claim"],
        **numbers,
        df=None,
        size=None,
        word="",
        method="",
        simulated=row["simulated"],
        audience="public",
        status=Status(row["status"]),
    )
    return ImportedFigure(
        figure=figure,
        unit_label=row["directorate_label"],
        comparable=tuple(row["comparable"]),
        differences=tuple(row["differences"]),
        **{
            name: row[name]
            for name in (
                "source",
                "edition",
                "published",
                "language",
                "publisher",
                "wave_label",
                "indicator_label",
                "definition_label",
                "start",
                "end",
                "mode",
            )
        },
    )
