"""How the columns of a file become directorate, wave, channel, day, respondent and answers."""

from __future__ import annotations

from collections.abc import Container
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from analysis.errors import ScopeError, quoted
from analysis.study import Model, Study
from analysis.study.labels import normalise
from analysis.study.types import Identifier, ItemId

DateFormat = Annotated[
    str,
    StringConstraints(pattern=r"^%[dmY][^%]?%[dmY][^%]?%[dmyY]([ T]%H:%M(:%S)?)?$"),
]


class Selector(Model):
    """Where a row's directorate, wave, channel or site comes from: one fixed value, or a column."""

    value: Identifier | None = None
    column: str | None = None
    values: dict[str, Identifier] | None = None

    @model_validator(mode="after")
    def _check_one_source(self) -> Selector:
        if (self.value is None) == (self.column is None):
            raise ValueError("give either a value or a column")
        return self

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The identifiers that it can give, as far as the mapping tells."""
        return tuple(filter(None, [self.value, *(self.values or {}).values()]))


class DateShape(Model):
    """The formats tried on dates of one shape (each digit written 9); the first that reads is
    taken.
    """

    shape: str
    formats: Annotated[tuple[DateFormat, ...], Field(min_length=1)]


class DateColumn(Model):
    """A column of dates whose formats are declared by shape, never guessed."""

    column: str
    shapes: Annotated[tuple[DateShape, ...], Field(min_length=1)]


class Respondent(Model):
    """Which column identifies a respondent (a blank one is somebody else each time), and which row
    counts.

    Rows with text in the column `finished` come before those without.
    """

    column: str
    keep: Literal["first", "last"] = "first"
    finished: str | None = None


class ItemColumn(Model):
    """A column of answers: raw text → code of a level or a missing code. Text items have no
    values.
    """

    column: str
    values: dict[str, int] | None = None
    empty: int | None = None
    ignore: tuple[str, ...] = ()


class ColumnMapping(Model):
    """How the columns of a file are read. `directorate` may be left out where the site tells it.

    `identity` names the columns that together are a row's own number in the tool it comes from: a
    row that stands in two files is so found out.
    """

    directorate: Selector | None = None
    wave: Selector | None = None
    channel: Selector
    site: Selector | None = None
    day: DateColumn
    respondent: Respondent | None = None
    identity: tuple[str, ...] = ()
    items: dict[ItemId, ItemColumn]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once."""
        selectors = (self.directorate, self.wave, self.channel, self.site)
        columns = [
            selector.column
            for selector in selectors
            if selector is not None and selector.column is not None
        ]
        columns += [self.day.column, *self.identity]
        if self.respondent is not None:
            columns += filter(None, [self.respondent.column, self.respondent.finished])
        columns += [column.column for column in self.items.values()]
        return tuple(dict.fromkeys(columns))


class Dialect(Model):
    """How a delimited file is written."""

    encoding: Literal["utf-8", "cp1252", "utf-16-le"] = "utf-8"
    delimiter: Literal[",", ";", "\t"] = ","


def check_mapping(study: Study, mapping: ColumnMapping, absent: tuple[str, ...]) -> None:
    """Refuses a mapping that names what the study lacks, or leaves out what a channel asks.

    Raises:
        ScopeError: a directorate, wave, channel, item or code does not exist, or an item that a
            channel asks is neither mapped nor listed as absent.

    """
    for selector, pick in (
        (mapping.directorate, study.directorate),
        (mapping.wave, study.wave),
        (mapping.channel, study.channel),
    ):
        for name in selector.identifiers if selector is not None else ():
            pick(name)
    for item, column in mapping.items.items():
        allowed = {*study.scale(item).codes, *study.missing.values()}
        values = dict(column.values or {})
        if column.empty is not None:
            values["(empty)"] = column.empty
        for raw, code in values.items():
            if code not in allowed:
                raise ScopeError(
                    f"Item {item}: {quoted(raw)} is mapped to {code}, which its scale "
                    f"{study.item(item).scale!r} lacks.",
                    hint=f"its codes are {', '.join(map(str, sorted(allowed)))}.",
                )
        codes: dict[str, int] = {}
        for raw, code in (column.values or {}).items():
            if codes.setdefault(normalise(raw), code) != code:
                raise ScopeError(
                    f"Item {item}: {quoted(raw)} is mapped twice: {codes[normalise(raw)]}, {code}.",
                    hint="capitals, spaces and kinds of apostrophe make no difference.",
                )
    for name in mapping.channel.identifiers:
        channel = study.channel(name)
        check_asked(channel.items, mapping.items, absent, name)


def check_asked(
    asked: tuple[str, ...],
    present: Container[str],
    absent: tuple[str, ...],
    channel: str,
    *,
    strict: bool = True,
) -> None:
    """Refuses a file that lacks what its channel asks: every answer would count as « not asked ».

    Args:
        asked: The channel's items.
        present: The items that the file has.
        absent: Those that its manifest says it lacks.
        channel: For the message.
        strict: Refuse an item that is listed as absent and is there, too: not where a file holds
            several channels.

    Raises:
        ScopeError: an item is neither in the file nor listed as absent, or is both.

    """
    missing = [item for item in asked if item not in present and item not in absent]
    if missing:
        listed = ", ".join(missing[:8]) + (", …" if len(missing) > 8 else "")
        raise ScopeError(
            f"Channel {channel} asks {listed}, and the file lacks it.",
            hint="export all columns; if it was not asked, say so in the manifest: "
            f"`absent: [{', '.join(missing)}]`.",
        )
    contradictory = [item for item in absent if item in present]
    if contradictory and strict:
        raise ScopeError(
            f"{', '.join(contradictory)} is listed as absent, and is in the file.",
            hint="take it out of `absent`.",
        )
