"""Months, as the headers of a table write them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from analysis.study.kinds import LanguageCode
from analysis.study.labels import unaccented

CENTURY = 2000
"""What a year of two digits is counted from."""

SERIAL_START = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 36_526, 73_050
"""The days from 2000 to 2099 as spreadsheets count them, from the end of 1899."""

LANGUAGES: tuple[LanguageCode, ...] = ("fr", "en")
SHORTEST_NAME = 3

_SERIAL = re.compile(r"[0-9]{5}")
_NAMED = re.compile(r"([a-z]+)[ /-]*([0-9]{4}|[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})(?:[-/][0-9]{1,2}(?:[ t][0-9:]+)?)?")
_MONTH_FIRST = re.compile(r"(?:0?1[-/])?([0-9]{1,2})[-/]([0-9]{4})")
"""A month and its year, or the first day of the month. No other day: 02/01/2024 would be January
to some and February to others."""


def month_of(text: str) -> date | None:
    """The first day of the month that a header names; None where it names none.

    It is written with its name (whole, or its first letters, with or without accents and dots),
    with its number, as a date, or as the number that spreadsheets keep for one.

    >>> month_of("janv.-24"), month_of("Février 2024"), month_of("03/2024")
    (datetime.date(2024, 1, 1), datetime.date(2024, 2, 1), datetime.date(2024, 3, 1))
    >>> month_of("2024-04-01 00:00:00"), month_of("45413"), month_of("T2 2024")
    (datetime.date(2024, 4, 1), datetime.date(2024, 5, 1), None)
    """
    plain = unaccented(text).replace(".", "")
    if _SERIAL.fullmatch(plain):
        known = FIRST_SERIAL <= int(plain) <= LAST_SERIAL
        return (SERIAL_START + timedelta(days=int(plain))).replace(day=1) if known else None
    if match := _NAMED.fullmatch(plain):
        return _first_day(_year(match[2]), _month_named(match[1]))
    if match := _YEAR_FIRST.fullmatch(plain):
        return _first_day(int(match[1]), int(match[2]))
    if match := _MONTH_FIRST.fullmatch(plain):
        return _first_day(int(match[2]), int(match[1]))
    return None


def _first_day(year: int, month: int | None) -> date | None:
    known = month is not None and 1 <= month <= 12 and CENTURY <= year < CENTURY + 100
    return date(year, month, 1) if month is not None and known else None


def _year(text: str) -> int:
    return int(text) + (CENTURY if len(text) == 2 else 0)


def _month_named(name: str) -> int | None:
    """The month whose name starts so; None where none does, or two."""
    if len(name) < SHORTEST_NAME:
        return None
    months = {number for known, number in _names() if known.startswith(name)}
    return months.pop() if len(months) == 1 else None


@cache
def _names() -> tuple[tuple[str, int], ...]:
    """The names of months in the languages that workbooks come in, with their numbers."""
    from babel.dates import get_month_names

    return tuple(
        (unaccented(name), number)
        for language in LANGUAGES
        for number, name in get_month_names("wide", locale=language).items()
    )
