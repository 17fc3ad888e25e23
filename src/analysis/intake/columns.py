"""The columns of a raw table: answers to codes, sites and channels to identifiers, dates to days by
their shape.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.intake.mapping import ColumnMapping, DateColumn, ItemColumn, Selector
from analysis.intake.raw_table import Batch
from analysis.study import MissingKind, Study
from analysis.study.labels import normalise

OFF_SCALE = -32_768
"""Stands for a text that is neither a level nor a missing code, until it becomes null."""

MOST_REMEMBERED = 100_000
"""Distinct texts of a column whose reading is kept."""


class _CodeParser(dict[str, int]):
    """Raw text → code; each distinct text is parsed once."""

    def __init__(self, column: ItemColumn, study: Study) -> None:
        super().__init__()
        empty = study.missing[MissingKind.REFUSED] if column.empty is None else column.empty
        self._codes = {normalise(text): code for text, code in (column.values or {}).items()}
        self._codes.setdefault("", empty)

    def __missing__(self, text: str) -> int:
        code = self._codes.get(normalise(text), OFF_SCALE)
        if len(self) < MOST_REMEMBERED:
            self[text] = code
        return code


class _NameParser(dict[str, str | None]):
    """Raw text → identifier, or None where the mapping does not know it; each distinct text is
    parsed once.
    """

    def __init__(self, selector: Selector) -> None:
        super().__init__()
        values = selector.values
        self._identifiers = (
            None if values is None else {normalise(name): code for name, code in values.items()}
        )

    def __missing__(self, text: str) -> str | None:
        plain = normalise(text)
        name = plain if self._identifiers is None else self._identifiers.get(plain)
        if len(self) < MOST_REMEMBERED:
            self[text] = name
        return name


class ColumnReader:
    """Reads the columns of a file: answers become codes as they are added, the rest when a part is
    taken.

    Attributes:
        closed: The items with a scale, in the order of the mapping.
        ambiguous_dates: How many dates of the parts taken could be read as two different days.

    """

    def __init__(self, mapping: ColumnMapping, study: Study) -> None:
        self._mapping, self._study = mapping, study
        self.ambiguous_dates = 0
        self.closed = [item for item in mapping.items if study.scale(item).kind != "text"]
        self._parsers = {item: _CodeParser(mapping.items[item], study) for item in self.closed}
        self._ignored = {
            item: {normalise(text) for text in column.ignore}
            for item, column in mapping.items.items()
            if item not in self._parsers
        }
        selectors = {
            "site": mapping.site,
            "channel": mapping.channel,
            "directorate": mapping.directorate,
            "wave": mapping.wave,
        }
        self._names = {
            axis: (selector, _NameParser(selector))
            for axis, selector in selectors.items()
            if selector is not None
        }
        self._owners = site_directorates(study)
        self._texts: dict[str, list[object]] = {"line": [], "item": [], "text": []}
        self._reset()

    def _reset(self) -> None:
        answers = {column.column for column in self._mapping.items.values()}
        columns = [
            name
            for name in self._mapping.columns
            if name not in answers or name in self._columns_read()
        ]
        self._lines: list[int] = []
        self._refusals: list[str | None] = []
        self._cells: dict[str, list[str]] = {name: [] for name in columns}
        self._codes: dict[str, list[NDArray[np.int16]]] = {item: [] for item in self.closed}

    def _columns_read(self) -> set[str]:
        """Columns that hold something other than an answer."""
        return set(self._mapping.model_copy(update={"items": {}}).columns)

    @property
    def height(self) -> int:
        """How many rows were added since the last part was taken."""
        return len(self._lines)

    def add(self, batch: Batch) -> None:
        """Adds some rows."""
        self._lines += batch.lines
        self._refusals += batch.refusals
        for name, cells in self._cells.items():
            cells.extend(batch.columns[name])
        for item, parser in self._parsers.items():
            texts = batch.columns[self._mapping.items[item].column]
            codes = np.fromiter(map(parser.__getitem__, texts), dtype=np.int16, count=len(texts))
            self._codes[item].append(codes)
        for item, ignored in self._ignored.items():
            self._add_texts(batch, item, ignored)

    def _add_texts(self, batch: Batch, item: str, ignored: set[str]) -> None:
        texts = batch.columns[self._mapping.items[item].column]
        for line, text in zip(batch.lines, texts, strict=True):
            answer = text.strip()
            if answer and not (ignored and normalise(answer) in ignored):
                self._texts["line"].append(line)
                self._texts["item"].append(item)
                # LimeSurvey's guard against formulas in spreadsheets.
                self._texts["text"].append(answer[1:] if answer.startswith("'=") else answer)

    def texts(self) -> pl.DataFrame:
        """What was written in all rows: line, item and text, where there is one."""
        return pl.DataFrame(
            self._texts, schema={"line": pl.Int64, "item": pl.String, "text": pl.String}
        )

    def take(self) -> pl.DataFrame:
        """The rows added since the last part, with their place, day, respondent, identity and
        codes.
        """
        mapping, cells, size = self._mapping, self._cells, self.height
        days, ambiguous = _days(pl.Series(cells[mapping.day.column], dtype=pl.String), mapping.day)
        self.ambiguous_dates += ambiguous
        site = self._selected("site", cells, size)
        alone = pl.Series([f"\x1f{line}" for line in self._lines], dtype=pl.String)
        part = {
            "line": pl.Series(self._lines, dtype=pl.Int64),
            "refusal": pl.Series(self._refusals, dtype=pl.String),
            "day": days,
            "site": site,
            "channel": self._selected("channel", cells, size),
            "directorate": self._selected("directorate", cells, size)
            if mapping.directorate is not None
            else site.replace_strict(self._owners, default=None, return_dtype=pl.String),
            "wave": self._selected("wave", cells, size)
            if mapping.wave is not None
            else _waves(days, self._study),
            "respondent": alone,
            "finished": pl.repeat(True, size, dtype=pl.Boolean, eager=True),
            "identity": pl.repeat(None, size, dtype=pl.String, eager=True),
        }
        if mapping.respondent is not None:
            respondent = pl.Series(
                cells[mapping.respondent.column], dtype=pl.String
            ).str.strip_chars()
            part["respondent"] = respondent.zip_with(respondent != "", alone)
            if mapping.respondent.finished is not None:
                finished = pl.Series(cells[mapping.respondent.finished], dtype=pl.String)
                part["finished"] = finished != ""
        if mapping.identity:
            part["identity"] = self._identity(days, site)
        for item, codes in self._codes.items():
            values = pl.Series(np.concatenate([np.empty(0, dtype=np.int16), *codes]))
            part[item] = values.set(values == OFF_SCALE, None)
        self._reset()
        return pl.DataFrame(part)

    def _identity(self, days: pl.Series, site: pl.Series) -> pl.Series:
        """The key by which a row is recognised in another file, however it is written there: its
        day and site as parsed, and its numbers without the signs that spreadsheets add.
        """
        mapping, parts = self._mapping, []
        for name in mapping.identity:
            text = pl.Series(self._cells[name], dtype=pl.String).str.strip_chars()
            plain = text.str.replace(r"^0*(\d+)(?:[.,]0+)?$", "$1")
            if name == mapping.day.column:
                plain = days.cast(pl.String).fill_null(plain)
            elif mapping.site is not None and name == mapping.site.column:
                plain = site.fill_null(plain)
            parts.append(plain)
        first = pl.Series(self._cells[mapping.identity[0]], dtype=pl.String).str.strip_chars()
        identity = pl.select(pl.concat_str(parts, separator="\x1f")).to_series()
        return identity.set(first == "", None)

    def _selected(self, axis: str, cells: dict[str, list[str]], size: int) -> pl.Series:
        """The identifiers of an axis; null where its column holds no known one."""
        if axis not in self._names:
            return pl.repeat(None, size, dtype=pl.String, eager=True)
        selector, names = self._names[axis]
        if selector.column is None:
            return pl.repeat(selector.value, size, dtype=pl.String, eager=True)
        return pl.Series(list(map(names.__getitem__, cells[selector.column])), dtype=pl.String)


def _days(values: pl.Series, column: DateColumn) -> tuple[pl.Series, int]:
    """Dates by shape, and how many could be read as two different days by the formats declared for
    their shape.
    """
    values = values.str.strip_chars()
    shape = values.str.replace_all(r"\d", "9")
    days = pl.Series([None] * len(values), dtype=pl.Date)
    ambiguous = 0
    for rule in column.shapes:
        has_shape = shape == rule.shape
        texts = values.set(~has_shape, None)
        parsed = [
            texts.str.to_datetime(pattern, strict=False).dt.date()
            if "%H" in pattern
            else texts.str.to_date(pattern, strict=False)
            for pattern in rule.formats
        ]
        first = pl.select(pl.coalesce(parsed)).to_series()
        days = pl.select(pl.when(has_shape).then(first).otherwise(days)).to_series()
        ambiguous += sum(int((first != other).fill_null(value=False).sum()) for other in parsed[1:])
    return days, ambiguous


def site_directorates(study: Study) -> dict[str, str]:
    """Site → the directorate that it belongs to."""
    return {
        site.id: directorate.id for directorate in study.directorates for site in directorate.sites
    }


def _waves(days: pl.Series, study: Study) -> pl.Series:
    result = pl.Series([None] * len(days), dtype=pl.String)
    for wave in study.waves:
        in_wave = days.is_between(wave.start, wave.end).fill_null(value=False)
        result = pl.select(pl.when(in_wave).then(pl.lit(wave.id)).otherwise(result)).to_series()
    return result
