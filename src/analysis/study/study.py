"""A study, whole: every parameter file of it, loaded and cross-checked."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TypeVar

from pydantic import Field

from analysis.errors import ScopeError
from analysis.study.kinds import MissingKind
from analysis.study.model import (
    Breakdown,
    Channel,
    Commitment,
    Definition,
    Directorate,
    Indicator,
    Item,
    ManagementIndicator,
    MarginsFile,
    Population,
    QuestionnaireFile,
    RetentionFile,
    Scale,
    StudyFile,
    Wave,
)

T = TypeVar("T")


class Study(StudyFile):
    """A study: what `study.yml` says, and what its other files do, cross-checked.

    `digest` is the sha256 of its parameter files.
    """

    questionnaire: QuestionnaireFile
    waves: tuple[Wave, ...]
    populations: tuple[Population, ...]
    directorates: tuple[Directorate, ...]
    definitions: tuple[Definition, ...]
    indicators: tuple[Indicator, ...]
    breakdowns: tuple[Breakdown, ...]
    commitments: tuple[Commitment, ...] = ()
    management: tuple[ManagementIndicator, ...] = ()
    margins: dict[str, MarginsFile] = Field(default_factory=dict)
    retention: RetentionFile = RetentionFile()
    digest: str

    @cached_property
    def missing(self) -> dict[MissingKind, int]:
        return {one.kind: one.code for one in self.questionnaire.missing}

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {one.id: one for one in self.questionnaire.items}

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {one.id: one for one in self.questionnaire.scales}

    def item(self, item: str) -> Item:
        return _pick("item", item, self._items)

    def scale(self, item: str) -> Scale:
        """The scale of an item."""
        return self._scales[self.item(item).scale]

    def wave(self, wave: str) -> Wave:
        return _pick("wave", wave, {one.id: one for one in self.waves})

    def waves_until(self, wave: str) -> tuple[Wave, ...]:
        """The waves up to and with the named one, in the order of time."""
        last = self.wave(wave)
        return tuple(one for one in self.waves if one.start <= last.start)

    def closed_waves(self, today: date) -> tuple[Wave, ...]:
        return tuple(one for one in self.waves if one.end < today)

    def directorate(self, directorate: str) -> Directorate:
        return _pick("directorate", directorate, {one.id: one for one in self.directorates})

    def channel(self, channel: str) -> Channel:
        return _pick("channel", channel, {one.id: one for one in self.channels})

    def definition(self, definition: str) -> Definition:
        return _pick("definition", definition, {one.id: one for one in self.definitions})

    def indicator(self, indicator: str) -> Indicator:
        return _pick("indicator", indicator, {one.id: one for one in self.indicators})

    @property
    def overall(self) -> Indicator:
        """The indicator that makes titles and trends: the first headline one."""
        return next(one for one in self.indicators if one.headline)

    def practical_threshold(self, definition: str) -> float:
        """The practical threshold of a change of a definition's figures, in their unit: the share
        of their range that `thresholds.practical_change` says in percent.
        """
        share = self.thresholds.practical_change / 100
        return share * (self.definition(definition).maximum or 1.0)

    def indicators_in_force(self, wave: str, directorate: str) -> tuple[Indicator, ...]:
        """The indicators in force at the end of a wave, for what this directorate asks."""
        day = self.wave(wave).end
        asked = {
            item
            for channel in self.directorate(directorate).channels
            for item in self.channel(channel).items
        }
        return tuple(
            one
            for one in self.indicators
            if one.valid_on(day) and one.item in asked and self.asks(one.item, directorate)
        )

    def asks(self, item: str, directorate: str) -> bool:
        allowed = self.item(item).directorates
        return allowed is None or directorate in allowed

    def constrained(self) -> frozenset[str]:
        """The populations that are under constraint."""
        return frozenset(one.id for one in self.populations if one.constrained)

    def reference_channels(self, directorate: str) -> tuple[Channel, ...]:
        """The directorate's channels of the strongest claim: those its headline figures rest on."""
        channels = [self.channel(one) for one in self.directorate(directorate).channels]
        strongest = min(channel.claim for channel in channels)
        return tuple(channel for channel in channels if channel.claim == strongest)

    def margin(self, wave: str, directorate: str) -> dict[str, dict[str, float]]:
        """The known totals of a directorate in a wave; empty when the study declares none."""
        file = self.margins.get(self.wave(wave).id)
        return dict(file.margins.get(self.directorate(directorate).id, {})) if file else {}


def _pick(kind: str, name: str, known: dict[str, T]) -> T:
    if name not in known:
        raise ScopeError.unknown(kind, name, known)
    return known[name]
