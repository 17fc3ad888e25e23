"""What the codes of open data mean, in a study's main language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from analysis.errors import ScopeError
from analysis.publishing.wording.formats import SCORE
from analysis.publishing.wording.labels import Labels, Row
from analysis.publishing.wording.language import Language
from analysis.storage.figures import BETWEEN
from analysis.study import Study
from analysis.study.languages import without_marks

SOURCES: dict[str, tuple[str, ...]] = {
    "direction": ("directorate",),
    "vague": ("wave",),
    "indicateur": ("indicator",),
    "definition": ("definition", "indicator", "item"),
    "type": ("kind",),
    "unite": ("unit",),
    "question": ("item",),
    "ventilation": ("breakdown",),
    "categorie": ("category", "breakdown", "category_label"),
    "canaux": ("channels",),
    "portee": ("claim",),
    "constat": ("word",),
}
"""Column of open data that has a label beside it → the columns of `storage.Released` that the label
follows from, that of the code first."""


@dataclass(frozen=True)
class Codebook:
    """The labels of codes; a code without any is its own.

    Attributes:
        study: In its main language.

    """

    study: Study

    def labelled(self, released: pl.DataFrame) -> pl.DataFrame:
        """Released figures with a column `libelle_…` for each of `SOURCES`."""
        for name, sources in SOURCES.items():
            known = released.select(sources).unique(maintain_order=True)
            labels = [self.label(name, row) for row in known.iter_rows(named=True)]
            named = known.with_columns(pl.Series(f"libelle_{name}", labels, dtype=pl.String))
            released = released.join(
                named, on=sources, how="left", nulls_equal=True, maintain_order="left"
            )
        return released

    def table(self, released: pl.DataFrame) -> pl.DataFrame:
        """Every code that labelled figures hold: `colonne`, `ventilation` (of a category), `code`,
        `libelle`.
        """
        parts = []
        for name, (code, *_) in SOURCES.items():
            among = pl.col("breakdown") if name == "categorie" else pl.lit("")
            known = released.filter(pl.col(code).fill_null("") != "").select(
                pl.lit(name).alias("colonne"),
                among.alias("ventilation"),
                pl.col(code).alias("code"),
                pl.col(f"libelle_{name}").alias("libelle"),
            )
            parts.append(known.unique().sort(known.columns))
        for name, codes in (("statut", ("s", "nd")), ("precision", ("prudence", "fragile"))):
            labels = [self.language.text(f"data_{name}_{code}") for code in codes]
            about = {"colonne": name, "ventilation": "", "code": codes, "libelle": labels}
            parts.append(pl.DataFrame(about))
        return pl.concat(parts)

    def label(self, name: str, row: Row) -> str:
        """The label of a column's code, given the columns that it follows from."""
        code = row[SOURCES[name][0]]
        if not code:
            return ""
        try:
            return without_marks(self._finders[name](str(code), row))
        except (ScopeError, KeyError):  # no label
            return self._own(name, str(code))

    @cached_property
    def language(self) -> Language:
        """That of the labels."""
        return Language.of(self.study.language)

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.study, self.language)

    def _own(self, name: str, code: str) -> str:
        """The label of a code that is the same in each study; the code where it has none."""
        return self.language.catalogue.get(f"data_{name}_{code}", code)

    @cached_property
    def _finders(self) -> dict[str, Callable[[str, Row], str]]:
        study, typeset, labels = self.study, self.language.typeset, self._labels
        names = {one.id: one.label for one in study.indicators}
        names |= {one.id: one.label for one in study.commitments}
        names |= {one.id: one.label for one in study.management}
        names |= self._series
        questions = {item.id: item.wording for item in study.questionnaire.items}
        return {
            "direction": lambda code, _: typeset(study.directorate(code).label),
            "vague": lambda code, _: typeset(study.wave(code).label),
            "indicateur": lambda code, _: self._indicator(code, names),
            "definition": self._definition,
            "unite": self._unit,
            "question": lambda code, _: typeset(questions[code]),
            "ventilation": lambda code, _: self._variable(code, names),
            "categorie": self._category,
            "canaux": lambda code, _: labels.sample(code),
        } | {
            name: (lambda code, _, name=name: self._own(name, code))
            for name in ("type", "portee", "constat")
        }

    @cached_property
    def _series(self) -> dict[str, str]:
        """What each series of a device that counts is called: the device, then what it counts."""
        devices = self.study.listening.devices if self.study.listening else ()
        return {
            f"{device.id}.{series.id}": f"{device.label}, {series.label}"
            for device in devices
            for series in device.series
        }

    @cached_property
    def _told(self) -> dict[str, str]:
        """What a dimension is called, with the device that tells something of it, and with the
        theme that it met.
        """
        dimensions = {one.id: one.label for one in self.study.questionnaire.dimensions}
        devices = self.study.listening.devices if self.study.listening else ()
        whole = {f"{name}.total": label for name, label in dimensions.items()}
        told = {
            f"{name}.{device.id}": f"{label}, {device.label}"
            for name, label in dimensions.items()
            for device in devices
        }
        themes = self.study.listening.themes if self.study.listening else ()
        met = {
            f"{name}.{theme.id}": f"{label}, {theme.label}"
            for name, label in told.items()
            for theme in themes
        }
        return whole | told | met

    def _indicator(self, code: str, names: Mapping[str, str]) -> str:
        """What is measured: an indicator, a commitment, a management figure, a question, a flag."""
        if code in names:
            return self.language.typeset(names[code])
        if code in self._labels.variables:
            return self._labels.variable(code)
        flag = self.language.catalogue.get(f"flag_{code}")
        return flag or self._own("indicateur", code)

    def _definition(self, code: str, row: Row) -> str:
        """What a definition counts; of levels that are told together, the first and the last."""
        first, _, last = code.partition("-")
        if last:
            item = row["item"] or self.study.indicator(row["indicator"]).item
            answers = (self._labels.answer(item, one) for one in (first[1:], last))
            ends = [self.language.quoted(answer) for answer in answers]
            return self.language.text("data_definition_levels", first=ends[0], last=ends[1])
        return self._labels.definition(code, row)

    def _unit(self, code: str, _row: Row) -> str:
        if code.startswith(SCORE):
            maximum = code.removeprefix(SCORE)
            return self.language.text("data_unite_score", maximum=maximum)
        return self._own("unite", code)

    def _variable(self, code: str, names: Mapping[str, str]) -> str:
        """What a breakdown is by; one that is of a commitment names it."""
        about, _, commitment = code.partition(":")
        if commitment:
            promised = self.language.typeset(names.get(commitment, commitment))
            return self.language.text(f"data_ventilation_{about}", name=promised)
        parts = [
            self.language.catalogue.get(f"data_ventilation_{part}") or self._labels.variable(part)
            for part in code.split("*")
        ]
        return " × ".join(parts)

    def _category(self, code: str, row: Row) -> str:
        """Of whom a figure is, or between whom it lies."""
        sides = code.split(BETWEEN)
        given = row["category_label"] if len(sides) == 1 else None
        return " – ".join(self._side(side, row, given) for side in sides)

    def _side(self, side: str, row: Row, given: str | None) -> str:
        first, *others = side.split("*")
        own = self.language.catalogue.get(f"data_categorie_{first}")
        about = {"breakdown": row["breakdown"], "category_label": given}
        try:
            name = own or self._labels.category(first, about)
        except (ScopeError, KeyError):
            name = self._outside(first)
        return " × ".join([name, *(self._own("categorie", other) for other in others)])

    def _outside(self, code: str) -> str:
        """A category that no question has: a directorate, a channel, what devices tell of; else
        the code.
        """
        if code in self._told:
            return self.language.typeset(self._told[code])
        for finder in (self.study.directorate, self.study.channel):
            try:
                return self.language.typeset(finder(code).label)
            except (ScopeError, KeyError):
                continue
        return code
