"""Grids of sessions: who was seen doing which task, or talked of it, and how it went.

One sheet per session (XLSX), one row per participant and task. The people are known by a sign; what
they said stays in the file: a quotation is published from `listening.yml`, where somebody approves
it. Not seen in a real file: a column that is not named in the manifest is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from analysis.errors import IntakeError, ObservatoryError
from analysis.intake.grid_table import GridTable, Task
from analysis.intake.measures.figures import first_faults
from analysis.intake.measures.sheets import Sheet, nearest_known
from analysis.intake.measures.workbook import is_workbook, read_workbook
from analysis.intake.raw_table import Source
from analysis.study import Study
from analysis.study.labels import normalise

_T = TypeVar("_T")

SIGN = re.compile(r"[A-Za-z]{0,2}[0-9]{1,3}")
"""How a participant is known: a letter or two and a number, no name."""

COLUMNS: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("directorate", "wave", "device", "session"), pl.String),
    **dict.fromkeys(("participant", "task"), pl.String),
    "day": pl.Date,
    **dict.fromkeys(("dimension", "outcome", "theme"), pl.String),
    "line": pl.Int64,
}


@dataclass(frozen=True)
class GridFile:
    """What one workbook holds.

    Attributes:
        rows: One row per participant and task, with the columns of `storage.Grids` that a file
            tells.
        late: How many rows are of a session after the last wave, and not kept.

    """

    rows: pl.DataFrame
    late: int

    @property
    def summary(self) -> str:
        """What it holds, in a line."""
        people = self.rows.select("session", "participant").n_unique()
        sessions = self.rows["session"].n_unique()
        return f"{self.rows.height} observations of {people} participants in {sessions} sessions"


def read_grid(source: Source, study: Study) -> GridFile:
    """Reads a workbook of sessions.

    Raises:
        IntakeError: it is no workbook, lacks a sheet or column, or a text stands for nothing that
            the manifest names; all faults of its rows are told together.

    """
    table = source.grid
    assert table is not None
    if not is_workbook(source.path):
        raise IntakeError(
            "The file is no workbook (XLSX).",
            where=source.where,
            hint="a grid has one sheet per session: save it as XLSX.",
        )
    content = read_workbook(source.path, tuple(table.sessions), source.where)
    faults: list[IntakeError] = []
    rows: list[dict[str, object]] = []
    late = 0
    for name, day in table.sessions.items():
        wave = next((wave.id for wave in study.waves if wave.end >= day), None)
        sheet = Sheet(name, source.where, content[name])
        read = list(_Session(sheet, table, faults).rows())
        about = {"directorate": table.product, "wave": wave, "device": table.device}
        late += len(read) if wave is None else 0
        rows += [{**about, "session": name, "day": day, **row} for row in read if wave is not None]
    if faults:
        raise ObservatoryError.together(first_faults(faults, source.where))
    return GridFile(pl.DataFrame(rows, schema=COLUMNS), late)


class _Session:
    """The rows of a sheet, and what is wrong with them."""

    def __init__(self, sheet: Sheet, table: GridTable, faults: list[IntakeError]) -> None:
        self._sheet, self._table, self._faults = sheet, table, faults
        self._met: dict[tuple[str, str], int] = {}

    def rows(self) -> Iterator[dict[str, object]]:
        """One per participant and task."""
        places = self._columns()
        if places is None:
            return
        table = self._table
        for number in range(table.header + 1, len(self._sheet.rows) + 1):
            texts = {
                name: self._sheet.text(number, places[normalise(name)]) for name in table.columns
            }
            if not any(texts.values()):
                continue
            participant = texts[table.participant]
            task = self._known(texts, table.task, table.tasks, number)
            outcome = self._known(texts, table.outcome, table.outcomes, number)
            theme = ""
            if table.theme is not None and texts[table.theme]:
                theme = self._known(texts, table.theme, table.themes, number) or ""
            if not SIGN.fullmatch(participant):
                self._fault(
                    "A participant is not known by a sign.",
                    "a letter and a number (P1): names have no place in a grid.",
                    number,
                    places[normalise(table.participant)],
                )
            elif task is not None and outcome is not None and self._once(participant, task, number):
                yield {
                    "participant": participant,
                    "task": task.id,
                    "dimension": task.dimension,
                    "outcome": outcome,
                    "theme": theme,
                    "line": number,
                }

    def _columns(self) -> dict[str, int] | None:
        """Header → its column; None where one is missing or unknown."""
        header = self._sheet.rows[self._table.header - 1] if self._sheet.rows else []
        places = {normalise(text): place for place, text in enumerate(header) if text.strip()}
        known = [*self._table.columns, *self._table.ignored]
        faults = len(self._faults)
        for name in self._table.columns:
            if normalise(name) not in places:
                self._fault(
                    f"The sheet has no column {name!r}.",
                    "name its columns as the manifest does.",
                    self._table.header,
                )
        for text, place in places.items():
            if text not in {normalise(name) for name in known}:
                hint = f"{nearest_known(text, known)} Columns left aside are `ignored`."
                self._fault("Unknown column.", hint, self._table.header, place)
        return places if len(self._faults) == faults else None

    def _known(
        self, texts: dict[str, str], column: str, known: Mapping[str, _T], row: int
    ) -> _T | None:
        """What a text stands for; None, and a fault, where the manifest does not say."""
        by_text = {normalise(text): value for text, value in known.items()}
        found = by_text.get(normalise(texts[column]))
        if found is None:
            what = f"The manifest does not say what this text of {column!r} stands for."
            self._fault(what, nearest_known(texts[column], known), row)
        return found

    def _once(self, participant: str, task: Task, row: int) -> bool:
        """Whether a participant does a task for the first time."""
        first = self._met.setdefault((participant, task.id), row)
        if first != row:
            what = f"This participant does this task in row {first} too."
            self._fault(what, "each stands once: keep what was seen first.", row)
        return first == row

    def _fault(self, what: str, hint: str, row: int, column: int | None = None) -> None:
        self._faults.append(self._sheet.fault(what, hint, row=row, column=column))
