"""What is counted over all users, and over all months: plain sums, by none of the code that is put
to the test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from analysis.study import ManagementIndicator, Study

PERCENT = 100


def share_of(users: pl.DataFrame, item: str, definition: str, study: Study) -> float:
    """What a definition makes of the answers of some users; P1, P2, … are shares of levels."""
    codes = study.scale(item).codes
    if definition.startswith("P"):
        scores = [float(f"P{code}" == definition) for code in codes]
    else:
        scores = list(study.definition(definition).scores(len(codes)))
    answers = users.get_column(item).to_numpy()
    counts = np.array([float((answers == code).sum()) for code in codes])
    return float(counts @ scores / counts.sum())


def composition_of(
    before: pl.DataFrame, after: pl.DataFrame, by: str, item: str, definition: str, study: Study
) -> float:
    """What of a change comes of the groups of users having other shares: Kitagawa's part."""
    part = 0.0
    for group in sorted({*before.get_column(by), *after.get_column(by)}):
        groups = [users.filter(pl.col(by) == group) for users in (before, after)]
        old, new = (
            own.height / users.height for own, users in zip(groups, (before, after), strict=True)
        )
        means = [share_of(own, item, definition, study) for own in groups]
        part += (new - old) * sum(means) / 2
    return part


# --- months ---------------------------------------------------------------------------------------


def cohort_of(study: Study, wave: str, indicator: ManagementIndicator) -> list[date]:
    """The months of the cases of a wave's users."""
    field = study.wave(wave)
    before = indicator.cohort.months_before if indicator.cohort else 0
    first, last = (12 * day.year + day.month - 1 - before for day in (field.start, field.end))
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def missing_months(
    measures: pl.DataFrame, indicator: ManagementIndicator, months: Sequence[date]
) -> list[date]:
    """Those of some months in which something that the indicator is made of was not delivered."""
    names = [indicator.numerator or indicator.id, *([indicator.of] if indicator.of else [])]
    series = [_by_month(measures, name) for name in names]
    return [month for month in months if any(one.get(month) is None for one in series)]


def measured(
    measures: pl.DataFrame, indicator: ManagementIndicator, months: Sequence[date]
) -> float | None:
    """An indicator over some months of a place, by the figures that were delivered of it; None
    where one of them is missing.

    Args:
        measures: `storage.Measures` of the place.
        indicator: What is measured.
        months: Their first days.

    """
    if missing_months(measures, indicator, months):
        return None
    values = _by_month(measures, indicator.numerator or indicator.id)
    if indicator.of is None:
        return sum(values[month] or 0.0 for month in months)
    cases = _by_month(measures, indicator.of)
    below = sum(cases[month] or 0.0 for month in months)
    if indicator.numerator is not None:
        scale = 1000.0 if indicator.unit == "per_thousand" else 1.0
        return scale * sum(values[month] or 0.0 for month in months) / below
    return sum((values[month] or 0.0) * (cases[month] or 0.0) for month in months) / below


def _by_month(measures: pl.DataFrame, indicator: str) -> Mapping[date, float | None]:
    rows = measures.filter(pl.col("indicator") == indicator)
    return dict(zip(rows["month"].to_list(), rows["value"].to_list(), strict=True))
