"""The workbook of management figures as a finance department sends it: titles above the table,
totals inside it, notes below, some figures typed by hand and others computed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from analysis.simulation.measures import PERCENT
from analysis.simulation.plan import SimulationPlan
from analysis.study import ManagementIndicator, Study, Wave
from analysis.study.management import ADDITIVE, MeasureUnit
from analysis.study.months import cohort_months

# --- its words, which are no study's own ----------------------------------------------------------

MONTHLY, BY_SITE = "Suivi mensuel", "Par site"
INDICATOR, UNIT, DIRECTORATE, SITE = "Indicateur", "Unité", "Direction", "Site"
YEAR_TO_DATE, TARGET, ALL_TOGETHER, UNAVAILABLE = "Cumul", "Cible", "Ensemble", "n.d."
TITLE, SUBTITLE = "Tableau de bord de gestion, {wave}", "Document de travail"
NOTE = (
    "n.d. : non disponible. Le cumul d’un délai ou d’une part est sa moyenne, pondérée par le "
    "nombre auquel il se rapporte."
)
UNITS: dict[MeasureUnit, str] = {
    "count": "nombre",
    "share": "%",
    "per_thousand": "pour 1 000",
    "days": "jours",
    "minutes": "minutes",
}
MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)
HEADER_ROWS = {MONTHLY: 4, BY_SITE: 3}
"""The row of each sheet that names its columns, from 1."""

THOUSAND, NARROW_SPACE, NO_BREAK_SPACE = 1000, "\u202f", "\u00a0"


@dataclass(frozen=True)
class _Row:
    """A row of figures: what stands before the months, one figure per month (NaN where there is
    none), and what stands after them.

    Attributes:
        typed: Whether its figures were typed as text, and not computed.

    """

    indicator: ManagementIndicator
    decimals: int
    place: str
    figures: tuple[float, ...]
    after: tuple[float | None, ...] = ()
    typed: bool = False


def management_workbook(
    figures: pl.DataFrame, study: Study, plan: SimulationPlan, wave: Wave
) -> bytes:
    """The workbook of a wave: the same figures give the same bytes.

    Args:
        figures: See `true_measures`.
        study: Its management indicators and directorates.
        plan: How many decimals there are, and what is unavailable.
        wave: Whose months are told.

    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    title = TITLE.format(wave=wave.label)
    book.set_properties(
        {"title": title, "created": datetime(*wave.publication.timetuple()[:3])}  # noqa: DTZ001
    )
    months = cohort_months(wave, None)
    told = figures.filter(pl.col("month").is_in(months))
    heads = [f"{MONTHS[month.month - 1]}-{month:%y}" for month in months]
    for name, first, last, rows in (
        (MONTHLY, DIRECTORATE, (YEAR_TO_DATE, TARGET), _monthly(told, study, plan, months)),
        (BY_SITE, SITE, (), _by_site(told, study, plan, months)),
    ):
        if rows:
            head = [INDICATOR, UNIT, first, *heads, *last]
            _write_sheet(book, name, title, head, rows)
    book.close()
    return stream.getvalue()


def workbook_mapping(study: Study, plan: SimulationPlan) -> list[dict[str, Any]]:
    """What a manifest says of the workbook: which column, label and unit is what."""
    delivered = _delivered(study)
    by_site = [indicator for indicator in delivered if plan.management[indicator.id].by_site]
    acronyms = {str(unit.acronym): unit.id for unit in study.directorates}
    monthly = {
        "sheet": MONTHLY,
        "header": HEADER_ROWS[MONTHLY],
        "indicator": INDICATOR,
        "unit": UNIT,
        "directorate": DIRECTORATE,
        "total": YEAR_TO_DATE,
        "ignored": [TARGET],
        **_labels_and_units(delivered),
        "places": acronyms,
        "totals": [ALL_TOGETHER],
    }
    sites = {
        "sheet": BY_SITE,
        "header": HEADER_ROWS[BY_SITE],
        "indicator": INDICATOR,
        "unit": UNIT,
        "site": SITE,
        **_labels_and_units(by_site),
    }
    return [monthly, sites] if by_site else [monthly]


def _labels_and_units(indicators: Sequence[ManagementIndicator]) -> dict[str, dict[str, str]]:
    return {
        "indicators": {str(indicator.label): indicator.id for indicator in indicators},
        "units": {UNITS[indicator.unit]: indicator.unit for indicator in indicators},
    }


def _delivered(study: Study) -> list[ManagementIndicator]:
    return [indicator for indicator in study.management if indicator.delivered]


# --- rows -----------------------------------------------------------------------------------------


def _monthly(
    figures: pl.DataFrame, study: Study, plan: SimulationPlan, months: Sequence[date]
) -> list[_Row]:
    """One row per indicator and directorate, and one per count for all of them together."""
    values = {
        (indicator.id, unit): _delivered_figures(figures, indicator, plan, months, unit)
        for indicator in _delivered(study)
        for unit in indicator.directorates
    }
    rows = []
    for indicator in _delivered(study):
        decimals = plan.management[indicator.id].decimals
        for unit in indicator.directorates:
            here = values[indicator.id, unit]
            weights = values[indicator.of, unit] if indicator.of else None
            rows.append(
                _Row(
                    indicator=indicator,
                    decimals=decimals,
                    place=str(study.directorate(unit).acronym),
                    figures=tuple(here),
                    after=(_year_to_date(here, weights), indicator.norm_of(unit)),
                    typed=unit == study.directorates[0].id,
                )
            )
        if indicator.unit == ADDITIVE and len(indicator.directorates) > 1:
            total = np.sum([values[indicator.id, unit] for unit in indicator.directorates], axis=0)
            rows.append(
                _Row(
                    indicator=indicator,
                    decimals=decimals,
                    place=ALL_TOGETHER,
                    figures=tuple(total),
                    after=(_year_to_date(total, None), None),
                )
            )
    return rows


def _by_site(
    figures: pl.DataFrame, study: Study, plan: SimulationPlan, months: Sequence[date]
) -> list[_Row]:
    """One row per indicator that is known by site and site that receives users."""
    rows = []
    for indicator in _delivered(study):
        series = plan.management[indicator.id]
        if not series.by_site:
            continue
        for unit in indicator.directorates:
            for site in study.directorate(unit).sites:
                here = _delivered_figures(figures, indicator, plan, months, unit, site.id)
                if not np.isnan(here).all():
                    rows.append(_Row(indicator, series.decimals, site.id, tuple(here)))
    return rows


def _delivered_figures(
    figures: pl.DataFrame,
    indicator: ManagementIndicator,
    plan: SimulationPlan,
    months: Sequence[date],
    directorate: str,
    site: str = "",
) -> np.typing.NDArray[np.float64]:
    """(M,) the figures of a place, as they are rounded; NaN where there is none."""
    series = plan.management[indicator.id]
    here = figures.filter(indicator=indicator.id, directorate=directorate, site=site)
    known: Mapping[date, float] = dict(here.select("month", "value").iter_rows())
    hidden = series.unavailable.get(directorate, ()) if not site else ()
    decimals = series.decimals + (2 if indicator.unit == "share" else 0)
    return np.array(
        [
            round(known[month], decimals) if month in known and month not in hidden else np.nan
            for month in months
        ]
    )


def _year_to_date(
    figures: np.typing.NDArray[np.float64], weights: np.typing.NDArray[np.float64] | None
) -> float:
    """The sum of a count, the weighted mean of anything else; NaN where a month is lacking."""
    if weights is None:
        return float(figures.sum())
    return float((figures * weights).sum() / weights.sum())


# --- cells ----------------------------------------------------------------------------------------


def _write_sheet(
    book: Any, name: str, title: str, head: Sequence[str], rows: Sequence[_Row]
) -> None:
    """A sheet: its title over all columns, a line to spare, the table, and a note under it."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    first = HEADER_ROWS[name]
    sheet.merge_range(0, 0, 0, len(head) - 1, title, bold)
    sheet.write_string(1, 0, SUBTITLE)
    for column, text in enumerate(head):
        sheet.write_string(first - 1, column, text, bold)
    formats = {
        pattern: book.add_format({"num_format": pattern})
        for pattern in sorted({_pattern(row) for row in rows})
    }
    for line, row in enumerate(rows, start=first):
        labels = (str(row.indicator.label), UNITS[row.indicator.unit], row.place)
        for column, text in enumerate(labels):
            sheet.write_string(line, column, text)
        for column, figure in enumerate((*row.figures, *row.after), start=len(labels)):
            cell = _cell(figure, row)
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write_number(line, column, cell, formats[_pattern(row)])
    sheet.write_string(first + len(rows) + 1, 0, NOTE)
    sheet.freeze_panes(first, 3)
    sheet.set_column(0, 0, 44)


def _cell(figure: float | None, row: _Row) -> str | float | None:
    """What stands in a cell: a text where it was typed as one, a number otherwise; None where it is
    left empty.
    """
    if figure is None:
        return None
    if np.isnan(figure):
        return UNAVAILABLE
    if row.indicator.unit == "share":
        rounded = round(figure, row.decimals + 2)
        share = f"{PERCENT * rounded:.{row.decimals}f}".replace(".", ",")
        return f"{share}{NO_BREAK_SPACE}%" if row.typed else rounded
    rounded = round(figure, row.decimals)
    if row.indicator.unit == ADDITIVE and row.typed and rounded >= THOUSAND:
        return f"{rounded:,.{row.decimals}f}".replace(",", NARROW_SPACE).replace(".", ",")
    return rounded


def _pattern(row: _Row) -> str:
    """How Excel shows the numbers of a row."""
    decimals = f".{'0' * row.decimals}" if row.decimals else ""
    if row.indicator.unit == "share":
        return f"0{decimals}%"
    return f"#,##0{decimals}" if row.indicator.unit == ADDITIVE else f"0{decimals}"
