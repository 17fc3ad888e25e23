"""Sampling frames: of each cell of the users' register, how many people it holds, how many of them
were drawn, and what became of these.

One line per site and known profile, with counts only: it names nobody. Of characteristics that are
categories, such counts say all that a register of persons would say of who answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import polars as pl

from analysis.errors import IntakeError, ObservatoryError
from analysis.intake.mapping import Dialect
from analysis.intake.measures.figures import first_faults
from analysis.intake.raw_table import Batch, DelimitedFile, Source
from analysis.study import Study

NEEDED = ("directorate", "site", "population", "drawn", "answered")
OUTCOMES = ("ineligible", "unknown")
"""What became of those who did not answer, where the file says so."""
COUNTS = ("population", "drawn", "answered", *OUTCOMES)
LARGEST = 1_000_000_000

_Cell = dict[str, str | int | None]


@dataclass(frozen=True)
class FrameFile:
    """The cells of one file.

    Attributes:
        cells: One row per cell: directorate, line, site, an Int16 column of codes per profile item,
            and the counts of `COUNTS`. Sites of people under constraint are left out.

    """

    cells: pl.DataFrame

    @property
    def summary(self) -> str:
        """What it holds, in a line."""
        population, drawn, answered = (
            int(self.cells[name].sum()) for name in ("population", "drawn", "answered")
        )
        return (
            f"{self.cells.height} cells of a frame: {population} users, {drawn} drawn, {answered} "
            "answered"
        )


def read_frame(source: Source, study: Study) -> FrameFile:
    """Reads a sampling frame: columns `directorate`, `site`, profile items by their identifiers
    (codes; empty where the register does not know), `population`, `drawn`, `answered`, and where
    they are known `ineligible` and `unknown` (see `intake.manifest.Sample`).

    Raises:
        IntakeError: a column or name is unknown, a count is none, or a cell stands twice; all
            faults of its lines are told together.

    """
    items = [
        item.id
        for item in study.questionnaire.items
        if item.role == "profile" and study.scale(item.id).kind != "text"
    ]
    known = (*NEEDED, *OUTCOMES, *items)
    file = DelimitedFile.open(source, Dialect(), known)
    file.require(*NEEDED)
    for column in file.columns:
        if column not in known:
            raise file.unknown(column, known, "Columns are those of a frame, and profile items.")
    reader = _Lines(source, study, [item for item in items if item in file.columns])
    for batch in file.batches(file.columns):
        reader.read(batch)
    if reader.faults:
        raise ObservatoryError.together(first_faults(reader.faults, source.where))
    schema = {
        "directorate": pl.String,
        "line": pl.Int64,
        "site": pl.String,
        **dict.fromkeys(reader.items, pl.Int16),
        **dict.fromkeys(COUNTS, pl.Int64),
    }
    return FrameFile(pl.DataFrame(reader.cells, schema=schema))


class _Lines:
    """The lines of a frame that were read, and what is wrong with them."""

    def __init__(self, source: Source, study: Study, items: list[str]) -> None:
        self.items, self.cells, self.faults = items, list[_Cell](), list[IntakeError]()
        self._where, self._study = source.where, study
        self._first_line: dict[tuple[object, ...], int] = {}
        self._left_out = {
            site.id
            for unit in study.directorates
            for site in unit.sites
            if site.population in study.constrained()
        }
        self._sites = {unit.id: {site.id for site in unit.sites} for unit in study.directorates}

    def read(self, batch: Batch) -> None:
        """Reads the lines of a batch."""
        for line, reason in batch.malformed:
            self._fault(f"This line has {reason}.", line, None, "export the frame again.")
        for place, line in zip(count(), batch.lines):
            texts = {name: cells[place].strip() for name, cells in batch.columns.items()}
            cell = self._place(texts, line) | self._profile(texts, line) | self._counts(texts, line)
            if cell["site"] not in self._left_out:
                self.cells.append(cell)

    def _place(self, texts: dict[str, str], line: int) -> _Cell:
        directorate, site = texts["directorate"], texts["site"]
        if directorate not in self._sites:
            hint = f"it is one of {', '.join(sorted(self._sites))}."
            self._fault("The study has no such directorate.", line, "directorate", hint)
        elif site not in self._sites[directorate]:
            hint = f"sites stand by their identifiers, as in the study; {directorate} has no such."
            self._fault("This is no site of the directorate.", line, "site", hint)
        return {"directorate": directorate, "line": line, "site": site}

    def _profile(self, texts: dict[str, str], line: int) -> _Cell:
        profile: dict[str, int | None] = {}
        for item in self.items:
            codes = {str(code): code for code in self._study.scale(item).codes}
            if texts[item] not in {"", *codes}:
                hint = f"its levels are {', '.join(codes)}; empty where the register does not know."
                self._fault("This is no level of the question.", line, item, hint)
            profile[item] = codes.get(texts[item])
        key = (texts["directorate"], texts["site"], *profile.values())
        if key in self._first_line:
            what = f"This cell stands in line {self._first_line[key]} too."
            self._fault(what, line, None, "each cell of the frame stands once: add them up.")
        self._first_line.setdefault(key, line)
        return {**profile}

    def _counts(self, texts: dict[str, str], line: int) -> _Cell:
        counts: dict[str, int] = {}
        for name in COUNTS:
            text = texts.get(name, "0")
            if text.isascii() and text.isdigit() and int(text) <= LARGEST:
                counts[name] = int(text)
            else:
                self._fault("This is no count.", line, name, "a whole number of people, or 0.")
        if len(counts) == len(COUNTS):
            if counts["drawn"] > counts["population"]:
                hint = "`population` counts the users of the cell, drawn or not."
                self._fault("More people were drawn than there are.", line, "drawn", hint)
            if sum(counts[name] for name in ("answered", *OUTCOMES)) > counts["drawn"]:
                hint = "who answered, is ineligible or unknown is one of those drawn."
                self._fault("More came of the draw than were drawn.", line, "drawn", hint)
        return {**counts}

    def _fault(self, what: str, line: int, column: str | None, hint: str) -> None:
        where = f"{self._where}, line {line}" + ("" if column is None else f", column {column}")
        self.faults.append(IntakeError(what, where=where, hint=hint))
