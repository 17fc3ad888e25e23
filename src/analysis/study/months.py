"""Months: what management figures are delivered by, and which of them are set beside a wave."""

from __future__ import annotations

from datetime import date

from analysis.study.field import Wave
from analysis.study.management import Cohort


def first_of_month(day: date, *, before: int = 0) -> date:
    """The first day of the month of a day, or of one some months before.

    >>> first_of_month(date(2026, 1, 15), before=2)
    datetime.date(2025, 11, 1)
    """
    number = day.year * 12 + day.month - 1 - before
    return date(number // 12, number % 12 + 1, 1)


def cohort_months(wave: Wave, cohort: Cohort | None) -> tuple[date, ...]:
    """The months, by their first days, whose cases are those of a wave's users.

    Args:
        wave: Its field.
        cohort: How long before it their cases lie; in the same months where none is declared.

    """
    shift = cohort.months_before if cohort is not None else 0
    first, last = (first_of_month(day, before=shift) for day in (wave.start, wave.end))
    months = [first]
    while months[-1] < last:
        months.append(first_of_month(months[-1], before=-1))
    return tuple(months)
