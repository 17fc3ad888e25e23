"""How a table of the workshop is printed: labels, percents and points in the study's language.

What is printed of a number follows the kind and unit of its row, as on pages; a small base is
flagged, and too small a one hides its figure, as the table of thresholds says for internal views.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import polars as pl

from analysis.disclosure import Audience, Status, status_of_base
from analysis.publishing.wording.formats import FLAGS, SCORE, Formats, Measure
from analysis.publishing.wording.labels import Labels, Row, constants
from analysis.publishing.wording.sentences import join_notes
from analysis.study import Claim

FOLDED_FROM = 21
"""Rows from which a table is folded."""

MOST_ROWS = 1_000
"""Rows that are printed: what is longer is said to be cut."""

DECIMALS = 1
"""Decimals of shares and points in the workshop, where pages have none."""

RECIPE = (
    "kind_label",
    "definition_version",
    "kind",
    "unit",
    "compared_kind",
    "counts",
    "made_from",
    "method",
    "weights_id",
    "study_digest",
    "simulated",
    "status",
    "df",
    "design_effect",
    "observed_base",
    "baseline_base",
)
"""Columns that a table shows only where they are asked for: how its figures were made."""

VALUES = ("value", "unweighted", "observed", "baseline")
SPREADS = ("se", "detectable", "threshold")
"""Columns in the unit of the row, without a sign: a size."""

DIFFERENCES = ("change", "gap")
SHARES = ("sample_share", "frame_share", "illegible", "not_asked")
RATIOS = ("design_effect", "ratio_low", "ratio_high", "weight", "reliability", "conditional")
PAIRS = {"low": "high", "change_low": "change_high"}
"""Lower bound → upper bound: printed as one interval where they stand together."""

HEADERS = {
    name: name
    for name in (
        *("indicator", "definition", "item", "breakdown", "category", "variable", "directorate"),
        *("wave", "against", "since", "channel", "channels", "claim", "kind", "unit", "value"),
        *("unweighted", "se", "low", "high", "base", "df", "size", "design_effect", "ratio_low"),
        *("ratio_high", "iterations", "weight", "change", "detectable", "threshold", "word"),
        *("role", "method", "status", "counts", "simulated", "reference", "sample_share"),
        *("frame_share", "gap", "delivery", "file", "line", "received", "kept", "refused"),
        *("duplicates", "ambiguous_dates", "reason", "rows", "illegible", "not_asked", "text"),
        *(
            "drawn",
            "ineligible",
            "unknown",
            "partial",
            "conditional",
            "asked",
            "dont_know",
            "counted",
            "exposed",
        ),
        *("abandoned", "site", "day", "population", "response_id", "id"),
        *("wording", "levels", "definitions", "site_kind", "reliability", "waves"),
        *("flag", "subject", "observed", "baseline"),
    )
} | {
    "category_label": "category",
    "channel_label": "channel",
    "answers": "base",
    "change_low": "change_interval",
}
"""Column → the end of the name of the phrase that heads it, after `header_`."""


@dataclass(frozen=True)
class Tables:
    """How tables are printed.

    Attributes:
        formats: How numbers are.
        labels: How identifiers are.

    """

    formats: Formats
    labels: Labels

    def html(self, frame: pl.DataFrame, columns: Sequence[str] = ()) -> str:
        """A table as HTML, every text of it escaped.

        Args:
            frame: Any table of the workshop.
            columns: Those to print, in their order; by default all that tell rows apart or measure
                something, without `RECIPE`. What all rows have in common stands above the table.

        """
        names = list(columns) or self._default_columns(frame)
        frame.select(names)  # an unknown column is polars' own error
        heads = _printed_columns(names)
        rows = self.complete_rows(frame.head(MOST_ROWS))
        printed = [[self._cell_text(name, row, names) for name in heads] for row in rows]
        right = [
            frame.schema[name].is_numeric() and not self.labels.has_labels_for(name)
            for name in heads
        ]
        head = "".join(
            _cell("th", self.header(name, frame), right=aligned, scope="col")
            for name, aligned in zip(heads, right, strict=True)
        )
        body = "".join("<tr>" + "".join(map(_td, row, right)) + "</tr>" for row in printed)
        if not rows:
            empty = escape(self.text("rows_none"))
            body = f'<tr><td colspan="{len(heads)}">{empty}</td></tr>'
        about = escape(self.labels.about(frame, beside=names))
        caption = f'<caption style="text-align:left">{about}</caption>' if about else ""
        table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        table += self._notes(rows, names, signs={text for row in printed for text in row})
        if frame.height > MOST_ROWS:
            left_out = self.formats.language.number(frame.height - MOST_ROWS)
            table += f"<p>{escape(self.text('rows_left_out', count=left_out))}</p>"
        if len(rows) < FOLDED_FROM:
            return table
        count = self.formats.language.number(frame.height)
        summary = escape(self.text("rows_to_unfold", count=count))
        return f"<details><summary>{summary}</summary>{table}</details>"

    def header(self, name: str, frame: pl.DataFrame) -> str:
        """What heads a column: the catalogue's word, the question's short name, or its own."""
        if name == "low" and "claim" in frame.columns and frame.height:
            return self._interval_header(set(frame.get_column("claim").to_list()))
        if name == "low":
            return self.text(f"column_interval_{Claim.ESTIMATE}")
        if name == "value" and "compared_kind" in frame.columns:
            return self.text("header_change")
        if name in HEADERS:
            return self.text(f"header_{HEADERS[name]}")
        label = self.labels.variables.get(name)
        return name if label is None else self.formats.language.typeset(label)

    def cell(self, name: str, row: Row) -> str:
        """What is printed of a row in a column."""
        value = row[name]
        if value is None or value != value:  # noqa: PLR0124 - not a number
            return self._absence_sign(name)
        if isinstance(value, float):
            return self._number(name, value, row)
        if self.labels.has_labels_for(name) and not isinstance(value, bool):
            return self.labels.of(name, value, row)
        return self._plain_text(value)

    def text(self, key: str, **parts: str) -> str:
        """A phrase of the study's language."""
        return self.formats.language.text(key, **parts)

    # --- rows -------------------------------------------------------------------------------------

    def complete_rows(self, frame: pl.DataFrame) -> list[Row]:
        """The rows of a table, each with its `kind` and `unit` where they follow from what it says,
        and with the `status` that its base allows.
        """
        return [self._complete_row(row) for row in frame.iter_rows(named=True)]

    def _complete_row(self, row: Row) -> Row:
        complete = dict(row)
        if "kind" not in row and "compared_kind" in row:
            complete["kind"] = "difference"
        elif "kind" not in row and row.get("role") == "count":
            complete |= {"kind": "count", "unit": "sites"}
        elif "kind" not in row and row.get("role") == "deviation":
            complete |= {"kind": "deviation", "unit": "points"}
        elif "kind" not in row and row.get("definition") in self._measures:
            complete |= self._measures[str(row["definition"])]
        elif "kind" not in row and "conditional" in row:
            complete |= {"kind": "ratio", "unit": "ratio"}
        elif "kind" not in row and "flag" in row:
            complete["kind"] = "share" if row["unit"] == "share" else "count"
        if isinstance(row.get("base"), int) and "value" in row:
            thresholds = self.labels.study.thresholds
            status = status_of_base(row["base"], thresholds, Audience.INTERNAL)
            complete["status"] = status.value
        return complete

    @cached_property
    def _measures(self) -> dict[str, dict[str, str]]:
        """Definition → kind and unit of its figures."""
        return {
            definition.id: {"kind": definition.figure_kind, "unit": definition.unit}
            for definition in self.labels.study.definitions
        }

    def _default_columns(self, frame: pl.DataFrame) -> list[str]:
        hidden = {*RECIPE, *constants(frame)}
        if "indicator" in frame.columns:
            hidden.add("item")
        if "category_label" in frame.columns:
            hidden.add("category")
        variables = {
            name
            for breakdown in (frame.get_column("breakdown") if "breakdown" in frame.columns else ())
            for name in breakdown.split("*")
        }
        if variables and variables <= set(frame.columns):
            hidden.add("category_label")
        return [name for name in frame.columns if name not in hidden]

    # --- cells ------------------------------------------------------------------------------------

    def _cell_text(self, name: str, row: Row, names: Sequence[str]) -> str:
        """The text of a cell: an interval where both bounds are printed, a flag on a small base,
        and a sign in place of a figure hidden for its base.
        """
        status = Status(row["status"]) if "base" in row and row.get("status") else Status.SHOWN
        guarded = name in (*VALUES, *SPREADS, "low", "high", "base", "counts")
        if status.hidden and guarded:
            return self.text(f"sign_{status}")
        other = PAIRS.get(name)
        if other is not None and other in names:
            if row[name] is None or row[other] is None:
                return self._absence_sign(name)
            return self.formats.range(
                row[name], row[other], self._measure(name, row), decimals=DECIMALS
            )
        flag = FLAGS.get(status, "") if name == "value" else ""
        return self.cell(name, row) + flag

    def _plain_text(self, value: object) -> str:
        """The text of a value that is neither a label nor a figure: a count, a day, yes or no, a
        text.
        """
        if isinstance(value, bool):
            return self.text("yes" if value else "no")
        if isinstance(value, int):
            return self.formats.language.number(value)
        if isinstance(value, datetime.date):
            return self.formats.language.day(value)
        if isinstance(value, list):
            return ", ".join(map(self._plain_text, value))
        return str(value)

    def _number(self, name: str, value: float, row: Row) -> str:
        """The text of a number that is not a count."""
        language = self.formats.language
        has_unit = "unit" in row and "kind" in row
        if name in SHARES:
            return self.formats.number(value, Measure("share", "share"), decimals=DECIMALS)
        if name in RATIOS:
            return language.number(value, decimals=2)
        if name == "gap" or (has_unit and name in (*DIFFERENCES, *VALUES, "low", "high")):
            return self.formats.number(value, self._measure(name, row), decimals=DECIMALS)
        if has_unit and name in SPREADS:
            if str(row["unit"]).startswith(SCORE):  # one decimal would say nothing of a score's
                return language.number(value, decimals=2)
            return self.formats.number(value, Measure("detectable", "points"), decimals=DECIMALS)
        return language.number(value, decimals=0 if value.is_integer() else 3)

    @staticmethod
    def _measure(name: str, row: Row) -> Measure:
        """The kind and unit of a column's numbers."""
        kind, unit = str(row.get("kind", "")), str(row.get("unit", ""))
        if name.startswith(DIFFERENCES):
            return Measure("difference", unit if unit.startswith(SCORE) else "points")
        return Measure(kind, unit)

    def _absence_sign(self, name: str) -> str:
        """The sign for an empty cell."""
        if name.startswith("change") or name in RATIOS:
            return self.text("sign_so")
        if self.labels.has_labels_for(name):
            return self.text("unknown_category")
        return self.text("sign_nd")

    # --- around the table -------------------------------------------------------------------------

    def _interval_header(self, claims: set[str]) -> str:
        """The heading of a column of bounds: « interval » for estimates, « variability » for other
        claims.
        """
        if claims == {Claim.ESTIMATE.value}:
            return self.text("column_interval_C1")
        if Claim.ESTIMATE.value not in claims:
            return self.text("column_interval_C2")
        return self.text("column_range")

    def _notes(self, rows: Sequence[Row], names: Sequence[str], *, signs: set[str]) -> str:
        """The notes under a table: only the flags and signs that stand in it."""
        thresholds, number = self.labels.study.thresholds, self.formats.language.number
        answers = self.text("answers_many")
        statuses = {row.get("status") for row in rows} if "value" in names else set()
        phrases = {
            Status.SUPPRESSED: ("note_small", thresholds.suppressed_below),
            Status.CAUTION: ("note_caution", thresholds.caution_below),
            Status.FRAGILE: ("note_fragile", thresholds.fragile_below),
        }
        notes = [
            self.text(key, count=number(count), answers=answers)
            for status, (key, count) in phrases.items()
            if status.value in statuses
        ]
        if self.text("sign_nd") in signs:
            notes.append(self.text("note_null"))
        if self.text("sign_so") in signs:
            notes.append(self.text("note_so"))
        return f"<p><small>{escape(join_notes(notes))}</small></p>" if notes else ""


def _printed_columns(names: Sequence[str]) -> list[str]:
    """The columns of a table, the upper bounds of printed intervals left out."""
    upper_bounds = {upper for lower, upper in PAIRS.items() if lower in names and upper in names}
    return [name for name in names if name not in upper_bounds]


def _td(text: str, right: bool) -> str:
    return _cell("td", text, right=right)


def _cell(tag: str, text: str, *, right: bool, scope: str = "") -> str:
    scope_attribute = f' scope="{scope}"' if scope else ""
    style = "text-align:left"
    if right:
        style = "text-align:right" if tag == "th" else "text-align:right;white-space:nowrap"
    return f'<{tag}{scope_attribute} style="{style}">{escape(text)}</{tag}>'
