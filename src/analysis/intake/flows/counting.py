"""A file of counts: its rows, added up by series, month and product."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import count

import polars as pl

from analysis.errors import IntakeError, ObservatoryError
from analysis.intake.flows.formats import (
    IN_TIME,
    RECEIVED,
    Answered,
    ByColumn,
    FlowFormat,
    NotCountedError,
    read_time,
)
from analysis.intake.flows.mapping import FlowTable
from analysis.intake.measures.figures import first_faults, wave_of
from analysis.intake.measures.months import month_of
from analysis.intake.raw_table import Batch, DelimitedFile, Source
from analysis.study import Study
from analysis.study.labels import unaccented
from analysis.study.months import first_of_month

COLUMNS: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("directorate", "wave", "device", "series"), pl.String),
    "month": pl.Date,
    **dict.fromkeys(("count", "line"), pl.Int64),
}

ALIKE = 0.85
"""From which ratio on `difflib` finds two texts to be one, misspelt."""

REPEATED_HOUR = 1
"""How often the same local time comes back: once, when clocks go back in autumn."""


@dataclass(frozen=True)
class FlowFile:
    """The counts of one file.

    Attributes:
        counts: One row per product, series and month, with the columns of `storage.Flows` that a
            file tells; its line is the first that counts.
        rows: How many rows were counted.
        left_out: How many counts were not kept, by reason.

    """

    counts: pl.DataFrame
    rows: int
    left_out: dict[str, int]

    @property
    def summary(self) -> str:
        """What it holds, in a line."""
        return (
            f"{self.counts.height} monthly counts of {self.counts['series'].n_unique()} series, "
            f"from {self.rows} rows"
        )


def read_flow(source: Source, study: Study, spec: FlowFormat) -> FlowFile:
    """Reads a file of counts.

    Raises:
        IntakeError: a column is missing or unknown, the manifest says nothing of a place, a count
            is none, or a month stands twice; all faults of its rows are told together.

    """
    table, extracted = source.flow, source.received
    assert table is not None and extracted is not None
    _check_described(source, table, spec)
    named = dict(spec.columns)
    if isinstance(spec.counting, ByColumn) and not spec.counting.columns:
        named |= {text: (text,) for text in table.series}
    known = [name for names in named.values() for name in names]
    file = DelimitedFile.open(source, spec.dialect, (*known, *spec.ignored, *spec.personal))
    found = _columns(file, spec, named, table)
    rows = _Rows(source, table, spec)
    for batch in file.batches(tuple(found.values())):
        rows.read(batch, found)
    rows.check_spelling()
    if rows.faults:
        raise ObservatoryError.together(first_faults(rows.faults, source.where))
    return _months(rows, study, table, spec, extracted)


def _check_described(source: Source, table: FlowTable, spec: FlowFormat) -> None:
    """Refuses a manifest that says too little of such a file."""
    if spec.grain == "day" and table.covers is None:
        raise IntakeError(
            "The manifest does not say which days the file covers.",
            where=source.where,
            hint="its rows are finer than months: give `covers: {start: …, end: …}`, so that "
            "months that are there in part are left out.",
        )
    if table.products and not spec.place:
        raise IntakeError(
            "Such a file is of one product.",
            where=source.where,
            hint="it has no column of places: name its `product`.",
        )
    known: Collection[str] = ()
    if isinstance(spec.counting, ByColumn):
        known = spec.counting.columns
    elif isinstance(spec.counting, Answered):
        known = (RECEIVED, IN_TIME)
    for name in table.series if known else ():
        if name not in known:
            raise IntakeError.unknown("count of this format", name, known, where=source.where)
    if isinstance(spec.counting, Answered) and IN_TIME in table.series and not table.within_days:
        raise IntakeError(
            "The manifest does not say in how many days an answer is in time.",
            where=source.where,
            hint=f"`{IN_TIME}` is followed: give `within_days`.",
        )


def _columns(
    file: DelimitedFile, spec: FlowFormat, named: dict[str, tuple[str, ...]], table: FlowTable
) -> dict[str, str]:
    """Name of a column → how it is called in the file."""
    present = {unaccented(column): column for column in file.columns}
    aside = {unaccented(name) for name in (*spec.ignored, *spec.personal)}
    found: dict[str, str] = {}
    for name, names in named.items():
        here = [present[plain] for text in names if (plain := unaccented(text)) in present]
        optional = isinstance(spec.counting, ByColumn) and name in spec.counting.columns
        if here:
            found[name] = here[0]
        elif not (optional and name not in table.series) and (
            name != "place" or table.product is None
        ):
            file.require(names[0])
    for plain, column in present.items():
        if column not in found.values() and plain not in aside:
            raise file.unknown(
                column,
                [name for names in named.values() for name in names],
                "This format is read by its documentation: what it does not know is refused.",
            )
    return found


class _Rows:
    """The counts of the rows of a file, by place, month and what is counted, and its faults."""

    def __init__(self, source: Source, table: FlowTable, spec: FlowFormat) -> None:
        self.counts: dict[tuple[str, date, str], int] = defaultdict(int)
        self.first_lines: dict[tuple[str, date, str], int] = {}
        self.faults: list[IntakeError] = []
        self.rows, self.outside, self.other = 0, 0, 0
        self._followed, self._unknown = set[str](), set[str]()
        self._table, self._spec, self._where = table, spec, source.where
        self._products = {unaccented(text): name for text, name in table.products.items()}
        self._others = {unaccented(text) for text in table.other_products}
        self._series = {unaccented(text): text for text in table.series}
        self._met: dict[tuple[str, ...], list[int]] = defaultdict(list)

    def read(self, batch: Batch, found: dict[str, str]) -> None:
        """Counts the rows of a batch."""
        for line, reason in batch.malformed:
            self._fault(f"This line has {reason}.", line, None, "export the file again.")
        for place, line in zip(count(), batch.lines):
            cells = {name: batch.columns[column][place] for name, column in found.items()}
            self._read_row(cells, line, found)

    def _read_row(self, cells: dict[str, str], line: int, found: dict[str, str]) -> None:
        text = unaccented(cells.get("place", ""))
        if text in self._others and self._products:
            return
        product = self._table.product or self._products.get(text)
        when = self._time(cells["time"].strip())
        if product is None:
            hint = "add it to `products` of the manifest, or to `other_products`."
            self._fault("The manifest does not know this place.", line, found["place"], hint)
        elif when is None:
            hint = "a month by its name or number, or a day as the format writes it."
            self._fault("This is no time.", line, found["time"], hint)
        elif self._is_again(cells, text, when, line):
            hint = "each month, interval or request counts once: take one of the two out."
            first = self._met[self._identity(cells, text, when)][0]
            self._fault(f"This row stands in line {first} too.", line, None, hint)
        else:
            self._count(cells, product, when, line, found)

    def _count(
        self, cells: dict[str, str], product: str, when: datetime, line: int, found: dict[str, str]
    ) -> None:
        period = self._table.covers
        if period is not None and not period.start <= when.date() <= period.end:
            self.outside += 1
            return
        try:
            counts = self._spec.counting.counts(cells, when, self._table)
        except NotCountedError as error:
            self._fault(error.what, line, found[error.column], error.hint)
            return
        self.rows += 1
        for name, number in counts.items():
            plain = unaccented(name)
            series = self._series.get(plain)
            if series is None:
                self.other += "category" in found
                self._unknown.add(plain)
            else:
                self._followed.add(series)
                key = (product, first_of_month(when.date()), series)
                self.counts[key] += number
                self.first_lines.setdefault(key, line)

    def check_spelling(self) -> None:
        """Refuses a series that no row is of where rows are of something spelt much alike: it would
        count months of 0.
        """
        for plain, text in self._series.items():
            if text not in self._followed and get_close_matches(plain, self._unknown, 1, ALIKE):
                what = f"No row is of {text!r}, and some are of something that is spelt much alike."
                hint = "write it in `series` as the file does; take it out if nothing counts it."
                self.faults.append(IntakeError(what, where=self._where, hint=hint))

    def _time(self, text: str) -> datetime | None:
        if self._spec.grain == "day":
            return read_time(text, self._spec.shapes)
        month = month_of(text)
        return None if month is None else datetime.combine(month, time.min)

    def _identity(self, cells: dict[str, str], place: str, when: datetime) -> tuple[str, ...]:
        own = tuple(cells[name] for name in self._spec.identity)
        category = cells.get("category", "")
        return own or (when.isoformat(), place, category)

    def _is_again(self, cells: dict[str, str], place: str, when: datetime, line: int) -> bool:
        """Whether a row that tells the same was met: the hour that comes twice when clocks go back
        is no such row.
        """
        met = self._met[self._identity(cells, place, when)]
        met.append(line)
        allowed = REPEATED_HOUR if not self._spec.identity and _comes_twice(when) else 0
        return len(met) - 1 > allowed

    def _fault(self, what: str, line: int, column: str | None, hint: str) -> None:
        where = f"{self._where}, line {line}" + ("" if column is None else f", column {column}")
        self.faults.append(IntakeError(what, where=where, hint=hint))


def _comes_twice(when: datetime) -> bool:
    """Whether a local time of the European Union comes twice: from two to three in the morning of
    the last Sunday of October.
    """
    last_sunday = when.month == 10 and when.weekday() == 6 and when.day > 24
    return last_sunday and when.hour == 2


def _months(
    rows: _Rows, study: Study, table: FlowTable, spec: FlowFormat, extracted: date
) -> FlowFile:
    """The months of a file that it tells all of."""
    kept: list[dict[str, object]] = []
    left_out = Counter(
        {
            "row outside of the days that the file covers": rows.outside,
            "row of a category that is not followed": rows.other,
        }
    )
    if spec.counting.by_thing:
        _add_empty_months(rows, table)
    for (product, month, name), number in sorted(rows.counts.items()):
        wave = wave_of(month, study)
        if not _is_whole(month, table, spec, name, extracted):
            reason = "month that the file tells in part only"
        elif wave is None:
            reason = "after the last wave"
        else:
            kept.append(
                {
                    "directorate": product,
                    "wave": wave,
                    "device": table.device,
                    "series": table.series[name],
                    "month": month,
                    "count": number,
                    "line": rows.first_lines[product, month, name],
                }
            )
            continue
        left_out[reason] += 1
    return FlowFile(pl.DataFrame(kept, schema=COLUMNS), rows.rows, dict(+left_out))


def _add_empty_months(rows: _Rows, table: FlowTable) -> None:
    """Adds a count of 0 for what had no row in a month that the file covers."""
    assert table.covers is not None, "a format of days says which it covers"
    month = first_of_month(table.covers.start)
    while month <= table.covers.end:
        for product in dict.fromkeys(filter(None, (table.product, *table.products.values()))):
            for name in table.series:
                rows.counts.setdefault((product, month, name), 0)
                rows.first_lines.setdefault((product, month, name), 1)
        month = first_of_month(month, before=-1)


def _is_whole(month: date, table: FlowTable, spec: FlowFormat, name: str, extracted: date) -> bool:
    """Whether a file tells all of a month: the month was over, and lies in the days covered."""
    last = first_of_month(month, before=-1) - timedelta(days=1)
    end = spec.counting.last_day(name, table, extracted)
    if table.covers is None:
        return last < end
    return table.covers.start <= month and last <= table.covers.end and last < end
