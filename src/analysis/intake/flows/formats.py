"""What a format of counts is: its columns, its time, and what a row of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, Protocol

from analysis.intake.flows.mapping import FlowTable
from analysis.intake.mapping import Dialect

Names = tuple[str, ...]
"""How a column may be called: in several languages, or versions of a tool."""

MONTHLY: Names = ()
"""No way of writing days: rows are of whole months."""


class NotCountedError(Exception):
    """What a row cannot be counted for: in which column, what it is, and what to do."""

    def __init__(self, column: str, what: str, hint: str) -> None:
        super().__init__(what)
        self.column, self.what, self.hint = column, what, hint


class Counting(Protocol):
    """How rows are counted."""

    @property
    def columns(self) -> Mapping[str, Names]:
        """The columns that it needs, by name; those of `FlowFormat.columns` beside."""

    @property
    def by_thing(self) -> bool:
        """Whether each row is a thing, so that a month without a row had none."""

    def counts(
        self, cells: Mapping[str, str], when: datetime, table: FlowTable
    ) -> Mapping[str, int]:
        """Name of what is counted → how many a row counts of it.

        Raises:
            NotCountedError: a cell is no number, or no date.

        """

    def last_day(self, name: str, table: FlowTable, extracted: date) -> date:
        """The last day of which a file extracted on some day tells all."""


@dataclass(frozen=True)
class ByColumn:
    """Each column of a row is a count.

    Attributes:
        columns: What is counted → how its column is called; where there are none, the manifest's
            own texts are the columns'.
        by_thing: Never: a month without a row is one that the tool did not count.

    """

    columns: Mapping[str, Names] = field(default_factory=dict)
    by_thing: bool = False

    def counts(
        self, cells: Mapping[str, str], _when: datetime, table: FlowTable
    ) -> Mapping[str, int]:
        """The numbers of the followed columns; an empty one counts nothing."""
        return {
            name: whole_number(cells[name], name) for name in table.series if cells[name].strip()
        }

    def last_day(self, _name: str, _table: FlowTable, extracted: date) -> date:
        """All that was counted when it was extracted."""
        return extracted


@dataclass(frozen=True)
class ByCategory:
    """A row counts what its category says: as many as its count, or one.

    Attributes:
        category: How the column of categories is called.
        count: How that of counts is; none where each row is one thing.
        by_thing: Always: what nobody chose has no row.

    """

    category: Names
    count: Names = ()
    by_thing: bool = True

    @property
    def columns(self) -> Mapping[str, Names]:
        """Both."""
        return {"category": self.category} | ({"count": self.count} if self.count else {})

    def counts(
        self, cells: Mapping[str, str], _when: datetime, _table: FlowTable
    ) -> Mapping[str, int]:
        """One number, by the text of the category."""
        number = whole_number(cells["count"], "count") if self.count else 1
        return {cells["category"].strip(): number}

    def last_day(self, _name: str, _table: FlowTable, extracted: date) -> date:
        """All that was counted when it was extracted."""
        return extracted


RECEIVED, IN_TIME = "received", "answered_in_time"


@dataclass(frozen=True)
class Answered:
    """A row is a request, which was answered or not yet: `received`, and `answered_in_time`.

    Of requests that came too late before the extraction, nobody knows whether they will have been
    answered in time: they are censored, and their months are left out.

    Attributes:
        reply: How the column of the first answer is called.
        shapes: The ways in which its time is written.
        by_thing: Always.

    """

    reply: Names
    shapes: Names
    by_thing: bool = True

    @property
    def columns(self) -> Mapping[str, Names]:
        """That of the answer."""
        return {"reply": self.reply}

    def counts(
        self, cells: Mapping[str, str], when: datetime, table: FlowTable
    ) -> Mapping[str, int]:
        """One request, and whether it was answered in time."""
        text, in_time = cells["reply"].strip(), False
        if text and IN_TIME in table.series:
            reply = read_time(text, self.shapes)
            if reply is None or reply < when:
                raise NotCountedError(
                    "reply",
                    "The answer has no time after that of the request.",
                    "an answer comes after the request; empty where there is none yet.",
                )
            in_time = reply - when <= timedelta(days=table.within_days or 0)
        return {RECEIVED: 1, IN_TIME: int(in_time)}

    def last_day(self, name: str, table: FlowTable, extracted: date) -> date:
        """As many days before the extraction as an answer may take, where it is about answers."""
        wait = table.within_days if name == IN_TIME else 0
        return extracted - timedelta(days=wait or 0)


@dataclass(frozen=True)
class FlowFormat:
    """A format of counts.

    Attributes:
        dialect: How its files are written, where the manifest does not say.
        time: How the column of the time is called.
        shapes: The ways in which days are written (`strptime`); none where rows are whole months.
        counting: What a row counts.
        place: How the column of places is called; none where a file is of one product.
        identity: The columns which together tell two rows apart; by default the time and the place.
        ignored: Other columns that are known, and not read.
        personal: Those of them that hold personal data.

    """

    dialect: Dialect
    time: Names
    counting: Counting
    shapes: Names = MONTHLY
    place: Names = ()
    identity: Mapping[str, Names] = field(default_factory=dict)
    ignored: Names = ()
    personal: Names = ()

    @property
    def columns(self) -> Mapping[str, Names]:
        """The columns that it reads, by name."""
        place = {"place": self.place} if self.place else {}
        return {"time": self.time, **place, **self.identity, **self.counting.columns}

    @property
    def grain(self) -> Literal["month", "day"]:
        """What its rows are of."""
        return "day" if self.shapes else "month"


def whole_number(text: str, column: str) -> int:
    """A number of things, as tools write it: thousands apart by a space or none.

    Raises:
        NotCountedError: it is none.

    >>> whole_number("1\N{NARROW NO-BREAK SPACE}204", "visits")
    1204

    """
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise NotCountedError(column, "This is no count.", "a whole number, or an empty cell.")
    return int(digits)


@lru_cache(maxsize=1 << 16)  # each delivery brings what came before again
def read_time(text: str, shapes: Names) -> datetime | None:
    """A time as one of some shapes writes it, without its offset; None where none does.

    >>> read_time("31/01/2026 23:30", ("%Y-%m-%d", "%d/%m/%Y %H:%M"))
    datetime.datetime(2026, 1, 31, 23, 30)
    """
    for shape in shapes:
        try:
            return datetime.strptime(text, shape)  # noqa: DTZ007 - exports write local times
        except ValueError:
            continue
    return None
