"""The figures of an edition, asked for by what they are about: released ones only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from analysis.disclosure import Status
from analysis.storage.figures import BETWEEN
from analysis.study import Study

TOTAL, UNKNOWN = "total", "unknown"
"""Categories: everybody; those of whom it is not known."""


@dataclass(frozen=True)
class ReleasedFigure:
    """One row of `storage.Released`: its columns say what it is and, where it is shown, its
    numbers.
    """

    key: str
    layer: str
    directorate: str | None
    wave: str | None
    against: str | None
    indicator: str
    definition: str
    definition_version: str
    kind: str
    unit: str
    item: str | None
    breakdown: str
    category: str
    category_label: str
    channels: str
    claim: str
    value: float | None
    se: float | None
    low: float | None
    high: float | None
    base: int | None
    df: int | None
    size: float | None
    word: str
    method: str
    simulated: bool
    audience: str
    status: Status

    @property
    def hidden(self) -> bool:
        """Whether it shows no number."""
        return self.status.hidden

    @property
    def family(self) -> int:
        """How many such figures are looked at together with it, and its interval allows for."""
        words = self.method.split()
        return int(words[1]) if words[:1] == ["bonferroni"] else 1

    @property
    def shown_value(self) -> float:
        """The value of a figure that is shown.

        Raises:
            ValueError: it is hidden, or nothing could be estimated.

        """
        if self.value is None:
            raise ValueError(self.key)
        return self.value


@dataclass(frozen=True)
class Change:
    """A change that is shown.

    Attributes:
        figure: The difference, or the trend.
        detectable: The smallest one that could have been seen; None without a degree of freedom.

    """

    figure: ReleasedFigure
    detectable: ReleasedFigure | None

    @property
    def word(self) -> str:
        """What the rule calls it; empty where it is not judged."""
        return self.figure.word

    @property
    def family(self) -> int:
        """How many changes are looked at together with it."""
        return self.figure.family


@dataclass(frozen=True)
class Changes:
    """The changes of a figure that are shown; None where one is not."""

    reference: Change | None
    previous: Change | None
    trend: Change | None

    @property
    def all(self) -> list[Change]:
        """Those there are, in the order in which they are said."""
        comparisons = (self.reference, self.trend, self.previous)
        return [change for change in comparisons if change is not None]


class ReleasedFigures:
    """The released figures of an edition.

    Args:
        frame: `storage.Released`.
        study: It gives indicators and categories their order.

    """

    def __init__(self, frame: pl.DataFrame, study: Study) -> None:
        self.frame = frame
        self._study = study
        self._parts: dict[str, dict[str | None, pl.DataFrame]] = {}

    def _part(self, layer: str, directorate: str | None) -> pl.DataFrame:
        """The figures of a layer, or those of a directorate in it: told apart once, since a page on
        many directorates asks for each.
        """
        if layer not in self._parts:
            whole = self.frame.filter(pl.col("layer") == layer)
            parts = whole.partition_by("directorate", as_dict=True, maintain_order=True)
            by_directorate = {key[0]: part for key, part in parts.items() if key[0] is not None}
            self._parts[layer] = {None: whole, **by_directorate}
        return self._parts[layer].get(directorate, self.frame.clear())

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """What figures are about, with its place in the order in which they are told."""
        study = self._study
        told = [
            *(indicator.id for indicator in study.indicators),
            *(commitment.id for commitment in study.commitments),
            *(indicator.id for indicator in study.management),
        ]
        return {name: rank for rank, name in enumerate(told)}

    @property
    def simulated(self) -> bool:
        """Whether any of them comes from simulated data."""
        return bool(self.frame.get_column("simulated").any())

    def select(self, layer: str, **about: str) -> list[ReleasedFigure]:
        """The figures of a layer that are about something.

        Args:
            layer: Name of the layer.
            about: Columns of `storage.Released` and the value of each.

        Returns:
            In the study's order of indicators, commitments and management indicators, then in that
            of categories.

        """
        conditions = [pl.col(name) == value for name, value in about.items()]
        selected = self._part(layer, about.get("directorate")).filter(*conditions)
        ranks = self._ranks
        rows = [
            ReleasedFigure(**(row | {"status": Status(row["status"])}))
            for row in selected.iter_rows(named=True)
        ]
        return sorted(
            rows,
            key=lambda row: (ranks.get(row.indicator, len(ranks)), category_rank(row.category)),
        )

    def find(self, layer: str, **about: str) -> ReleasedFigure | None:
        """The only figure of a layer with these attributes; None where it is missing or hidden."""
        return next((figure for figure in self.select(layer, **about) if not figure.hidden), None)

    def primary(
        self, *, directorate: str, wave: str, breakdown: str = TOTAL, indicator: str | None = None
    ) -> list[ReleasedFigure]:
        """The figures of the indicators' primary definitions, hidden ones too; of one indicator, or
        of all.
        """
        about = {"directorate": directorate, "wave": wave, "breakdown": breakdown}
        if indicator is not None:
            about["indicator"] = indicator
        return [
            row
            for row in self.select("estimates", **about)
            if row.definition == self._study.indicator(row.indicator).definitions[0]
        ]

    def overall(self, *, directorate: str, wave: str) -> ReleasedFigure | None:
        """The overall figure of titles and trends; None where it is missing or hidden."""
        overall = self._study.overall
        return self.find(
            "estimates",
            directorate=directorate,
            wave=wave,
            breakdown=TOTAL,
            indicator=overall.id,
            definition=overall.definitions[0],
        )

    def compared_by(self, gap: ReleasedFigure) -> tuple[ReleasedFigure, ReleasedFigure]:
        """The two figures that a gap is between, in its order; the first is that of everybody where
        the gap is with the reference sample.
        """
        about = {
            "directorate": str(gap.directorate),
            "wave": str(gap.wave),
            "indicator": gap.indicator,
            "definition": gap.definition,
        }
        found = [
            self.find(
                "estimates",
                **about,
                breakdown=TOTAL if category == TOTAL else gap.breakdown,
                category=category,
            )
            for category in gap.category.split(BETWEEN)
        ]
        first, second = found
        assert first is not None and second is not None, "a gap is shown where both figures are"
        return first, second

    def changes(self, figure: ReleasedFigure) -> Changes:
        """What is shown of the changes of a figure: since the wave it is compared with, since the
        one before where that is another, and along all waves.
        """
        reference = self._study.compared_with(str(figure.wave))
        *before, _ = (None, *self._study.waves_until(str(figure.wave)))
        previous = before[-1]
        return Changes(
            reference=None
            if reference is None
            else self._change(figure, "difference", reference.id),
            previous=self._change(figure, "difference", previous.id)
            if previous is not None and previous != reference
            else None,
            trend=self._change(figure, "trend"),
        )

    def _change(self, figure: ReleasedFigure, kind: str, against: str = "") -> Change | None:
        """A change of a figure with what could have been seen of it, where it is shown."""
        about = {
            "directorate": str(figure.directorate),
            "wave": str(figure.wave),
            "indicator": figure.indicator,
            "definition": figure.definition,
        }
        if against:
            about["against"] = against
        seen = "detectable_trend" if kind == "trend" else "detectable"
        found = self.find("changes", **about, kind=kind)
        if found is None:
            return None
        return Change(found, self.find("changes", **about, kind=seen))


def visible(figures: Iterable[ReleasedFigure]) -> list[ReleasedFigure]:
    """The figures that show a number."""
    return [figure for figure in figures if not figure.hidden]


def category_rank(category: str) -> tuple[bool, int, str]:
    """Sort key of categories: numeric codes in numeric order, before other names.

    >>> sorted(["unknown", "10", "2"], key=category_rank)
    ['2', '10', 'unknown']
    """
    return (False, int(category), "") if category.isdecimal() else (True, 0, category)
