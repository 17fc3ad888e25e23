"""LimeSurvey CSV: headings as codes, answers as labels (« long »), UTF-8 with or without a
byte-order mark.

An answer is mapped by its label, never by its code: A1…A5 run in the direction the questionnaire's
author chose. An unfinished response (no submit date) has abandoned what it left empty; a finished
one has given no answer. Source: LimeSurvey, ``application/helpers/admin/export``
(FormattingOptions, Writer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.errors import IntakeError, ScopeError
from analysis.intake.mapping import (
    ColumnMapping,
    DateColumn,
    DateShape,
    Dialect,
    ItemColumn,
    Respondent,
    Selector,
    check_asked,
)
from analysis.intake.raw_table import Batch, DelimitedFile, RawTable, Source
from analysis.intake.readers.base import ANSWERS, Reader
from analysis.study import MissingKind, Study

SYSTEM = (
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
)
TOKEN = "token"  # noqa: S105 - the name of a column
SITE = "SITE"
NOT_SHOWN = "N/A"
TIMINGS = re.compile(r"interviewtime|groupTime\d+|\w+Time")
ARRAY = re.compile(r"\w+\[(\w+)\]")
MOMENT = DateShape(shape="9999-99-99 99:99:99", formats=("%Y-%m-%d %H:%M:%S",))
DAY, RESPONDENT = "(day)", "(respondent)"
"""Cells added to each row: the day it was last touched, and whose it is."""

PARTICIPANT = re.compile(
    r"|firstname|lastname|email|emailstatus|participant_id|language|usesleft|validfrom|validuntil"
    r"|sent|remindersent|remindercount|completed|attribute_\d+"
)
"""Columns of the invitation that an export can join: they are not read. A nameless one is a comma
too many at the end of each line."""

_ABANDONED = "\N{SYMBOL FOR NULL}"


def read_limesurvey(source: Source, study: Study) -> RawTable:
    """Reads an export; its columns of questions become items by their code, alone or within an
    array.

    Raises:
        IntakeError: not a LimeSurvey export, a column that the questionnaire does not know, or an
            invited channel without its tokens.
        ScopeError: the file lacks what its channel asks.

    """
    assert source.channel is not None and source.wave is not None
    channel = study.channel(source.channel)
    file = DelimitedFile.open(source, Dialect(), (*SYSTEM, TOKEN, SITE, *channel.items))
    file.require("id", "submitdate", "startdate", "datestamp", SITE)
    if channel.invited and TOKEN not in file.columns and TOKEN not in source.absent:
        raise IntakeError(
            f"The file has no column {TOKEN!r}, and channel {channel.id} is invited.",
            where=source.where,
            hint="export the tokens: without them nobody can tell who answered twice. "
            "If there are none, "
            f"say so in the manifest: `absent: [{TOKEN}]`.",
        )
    items: dict[str, ItemColumn] = {}
    for column in file.columns:
        if column in (*SYSTEM, TOKEN, SITE) or TIMINGS.fullmatch(column):
            continue
        if PARTICIPANT.fullmatch(column) and column not in channel.items:
            continue
        match = ARRAY.fullmatch(column)
        name = match[1] if match else column
        if name not in channel.items:
            advice = "Add the question to the channel's items, or leave its column out."
            raise file.unknown(column, channel.items, advice)
        if name in items:
            raise IntakeError(
                f"Item {name} stands in two columns.",
                where=source.where,
                hint="export it once, alone or within its array.",
            )
        items[name] = _column(study, name, column)
    try:
        check_asked(channel.items, items, tuple(set(source.absent) - {TOKEN}), channel.id)
    except ScopeError as error:
        raise IntakeError(error.what, where=source.where, hint=error.hint) from None
    mapping = ColumnMapping(
        wave=Selector(value=source.wave),
        channel=Selector(value=source.channel),
        site=Selector(column=SITE),
        day=DateColumn(column=DAY, shapes=(MOMENT,)),
        respondent=Respondent(column=RESPONDENT, keep="last", finished="submitdate"),
        identity=("id", "startdate"),
        items=items,
    )
    closed = [item.column for item in items.values() if item.values is not None]
    completed = _Completed(file.columns, closed)
    batches = file.batches(mapping.columns, prepare=completed, added=(DAY, RESPONDENT))
    if channel.invited and TOKEN not in source.absent:
        batches = _with_tokens(batches, completed, source, channel.id)
    return RawTable(batches, mapping, source.absent)


def _with_tokens(
    batches: Iterator[Batch], completed: _Completed, source: Source, channel: str
) -> Iterator[Batch]:
    """The rows of an invited channel.

    Raises:
        IntakeError: at their end, none had a token.

    """
    yield from batches
    if not completed.tokens:
        raise IntakeError(
            f"No row has a token, and channel {channel} is invited.",
            where=source.where,
            hint="export the tokens with the answers; if there are none, say so in the manifest: "
            f"`absent: [{TOKEN}]`.",
        )


class _Completed:
    """Completes a row: marks what was abandoned, adds its day and whose it is.

    Those who have no token are known by the number and the start of their response.
    """

    def __init__(self, columns: tuple[str, ...], closed: list[str]) -> None:
        position = columns.index
        self._submitted, self._touched = position("submitdate"), position("datestamp")
        self._number, self._started = position("id"), position("startdate")
        self._token = position(TOKEN) if TOKEN in columns else None
        self._closed = [position(column) for column in closed]
        self.tokens = 0
        """How many rows had one so far."""

    def __call__(self, row: list[str], _number: int) -> None:
        if not row[self._submitted]:
            for position in self._closed:
                row[position] = row[position] or _ABANDONED
        token = row[self._token].strip() if self._token is not None else ""
        self.tokens += bool(token)
        row.append(row[self._submitted] or row[self._touched])
        row.append(token or f"{row[self._number].strip()}\x1f{row[self._started].strip()}")


def _column(study: Study, item: str, column: str) -> ItemColumn:
    scale, missing = study.scale(item), study.missing
    if scale.kind == "text":
        return ItemColumn(column=column)
    values = {level.label: level.code for level in scale.levels}
    values |= {code.label: code.code for code in study.questionnaire.missing}
    values |= {
        NOT_SHOWN: missing[MissingKind.NOT_ASKED],
        _ABANDONED: missing[MissingKind.ABANDONED],
    }
    return ItemColumn(column=column, values=values, empty=missing[MissingKind.REFUSED])


READER = Reader(
    name="limesurvey",
    described_by="channel and wave",
    read=read_limesurvey,
    produces=ANSWERS,
    personal=(TOKEN, "ipaddr", "refurl", "firstname", "lastname", "email", "participant_id"),
    codes={MissingKind.NOT_ASKED: NOT_SHOWN},
)
