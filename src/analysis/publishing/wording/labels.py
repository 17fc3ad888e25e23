"""The words for identifiers: indicators, questions, categories, channels, waves, as the study and
its language say them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from analysis.errors import ScopeError
from analysis.publishing.released import TOTAL, UNKNOWN
from analysis.publishing.wording.language import Language
from analysis.study import QualityFlag, Study

Row = Mapping[str, Any]
"""One row of a table, by column."""

ABOUT = (
    *("indicator", "item", "definition", "breakdown"),
    *("directorate", "channels", "wave", "against", "claim"),
)
"""Columns that say what is measured, of whom and when, in the order of a title."""


def constants(frame: pl.DataFrame) -> list[str]:
    """The columns of `ABOUT` that a table has, and that say the same in all its rows."""
    return [
        name
        for name in ABOUT
        if name in frame.columns and frame.height and frame.get_column(name).n_unique() == 1
    ]


@dataclass(frozen=True)
class Labels:
    """What identifiers are called in a study's language; what has no label stays as it is."""

    study: Study
    language: Language

    def of(self, column: str, value: object, row: Row) -> str:
        """The label of what a column of identifiers holds.

        Args:
            column: Name of the column; `category` and `definition` are read with the breakdown and
                the question of their row.
            value: What stands there.
            row: The whole row.

        """
        name = str(value)
        try:
            if column in ("category", "category_label"):
                return self.category(name, row)
            if column == "definition":
                return self.definition(name, row)
            if column in self.items:
                return self.answer(column, value)
            label = self._finders[column](name) if column in self._finders else name
        except (ScopeError, KeyError):  # no label
            label = name
        return self.language.typeset(label)

    def about(self, frame: pl.DataFrame, *, beside: Collection[str] = ()) -> str:
        """What all rows of a table have in common, as a title: measure, population, wave; empty
        where there is nothing.

        Args:
            frame: Any table of the workshop.
            beside: Columns that are shown with it, and need not be said.

        """
        row: Row = frame.row(0, named=True) if frame.height else {}
        columns = [
            name for name in constants(frame) if name not in beside and row[name] is not None
        ]
        if "indicator" in frame.columns and "item" in columns:
            columns.remove("item")
        if row.get("breakdown") == TOTAL and "breakdown" in columns:
            columns.remove("breakdown")
        words = ", ".join(self._title_part(name, row) for name in columns)
        return words[:1].upper() + words[1:]

    def _title_part(self, name: str, row: Row) -> str:
        """The phrase of one column in a title."""
        label = self.of(name, row[name], row)
        return self.language.text("compared_with", wave=label) if name == "against" else label

    def has_labels_for(self, column: str) -> bool:
        """Whether a column holds identifiers, by its name."""
        return (
            column in self._finders
            or column in self.items
            or column in ("category", "category_label", "definition")
        )

    @cached_property
    def items(self) -> dict[str, str]:
        """What each question is called in short."""
        return {item.id: item.short for item in self.study.questionnaire.items}

    def variable(self, name: str) -> str:
        """What a breakdown, a margin or a question is called: several of them joined by `*`."""
        if name == TOTAL:
            return self.language.text("category_total")
        return self.language.typeset(" × ".join(map(self._variable, name.split("*"))))

    def category(self, category: str, row: Row) -> str:
        """What a category of a row's breakdown is called."""
        label = row.get("category_label")
        if UNKNOWN in (category, label):
            return self.language.text("unknown_category")
        if TOTAL in (category, label):
            return self.language.text("category_total")
        if label:
            return self.language.typeset(str(label))
        name = str(row.get("breakdown") or row.get("variable") or "")
        by = {breakdown.id: str(breakdown.by) for breakdown in self.study.breakdowns}.get(
            name, name
        )
        return self.language.typeset(self.study.category_label(by, category) if by else category)

    def definition(self, definition: str, row: Row) -> str:
        """What a definition is called; the share of one level (P1, P2, …) by the answer itself."""
        if definition[:1] == "P" and definition[1:].isdecimal():
            item = row.get("item") or self.study.indicator(str(row["indicator"])).item
            answer = self.answer(str(item), int(definition[1:]))
            return self.language.text("level_answer", level=self.language.quoted(answer))
        return self.language.typeset(self.study.definition(definition).label)

    def answer(self, item: str, code: object) -> str:
        """What an answer to a question is called, or why there is none; a text is left as it is."""
        labels = self._answers.setdefault(item, self._answers_of(item))
        return self.language.typeset(labels.get(str(code), str(code)))

    def sample(self, channels: str) -> str:
        """What the channels of a sample are called."""
        names = [self.study.channel(channel).label for channel in channels.split("+") if channel]
        return self.language.typeset(self.language.listing(names))

    def claim(self, claim: str) -> str:
        """What may be claimed of figures with this claim, in general words."""
        text = self.language.text
        everyone = text("people_C1")
        return text(f"claim_{claim}", people=text(f"people_{claim}"), everyone=everyone)

    @cached_property
    def variables(self) -> dict[str, str]:
        """What each declared breakdown is called, and each question in short."""
        return self.items | {breakdown.id: breakdown.label for breakdown in self.study.breakdowns}

    @cached_property
    def _answers(self) -> dict[str, dict[str, str]]:
        return {}

    def _answers_of(self, item: str) -> dict[str, str]:
        missing = {str(code.code): code.label for code in self.study.questionnaire.missing}
        levels = {str(level.code): level.label for level in self.study.scale(item).levels}
        return missing | levels

    def _variable(self, name: str) -> str:
        if name not in self.variables and name in ("site", "channel", "site_kind"):
            return self.language.text(f"header_{name}")
        return self.variables[name]

    def _word(self, word: str) -> str:
        return self.language.catalogue.get(f"word_{word}", word)

    def _status(self, status: str) -> str:
        """What a base allows, in words; nothing where it allows all."""
        return self.language.text(f"status_{status}") if status else ""

    @cached_property
    def _finders(self) -> dict[str, Callable[[str], str]]:
        study = self.study
        sites = {
            site.id: site.label for directorate in study.directorates for site in directorate.sites
        }
        kinds = {kind.id: kind.label for kind in study.site_kinds}
        populations = {population.id: population.label for population in study.populations}

        def wave(name: str) -> str:
            return study.wave(name).label

        return {
            "indicator": lambda name: (
                self.items[name] if name in self.items else study.indicator(name).label
            ),
            "item": self.items.__getitem__,
            "breakdown": self.variable,
            "variable": self.variable,
            "channel": lambda name: study.channel(name).label,
            "channels": self.sample,
            "claim": self.claim,
            "flag": lambda name: self.language.text(f"flag_{QualityFlag(name)}"),
            "directorate": lambda name: study.directorate(name).acronym,
            "wave": wave,
            "against": wave,
            "since": wave,
            "site": sites.__getitem__,
            "site_kind": kinds.__getitem__,
            "population": populations.__getitem__,
            "word": self._word,
            "status": self._status,
        }
