"""A study, whole: every parameter file of it, loaded and cross-checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from pydantic import Field

from analysis.errors import ScopeError
from analysis.study.commitments import Action, Commitment
from analysis.study.definitions import Breakdown, Definition, Indicator
from analysis.study.field import (
    Baseline,
    Break,
    Comparison,
    Directorate,
    Frequency,
    MarginsFile,
    Population,
    Site,
    SiteKind,
    Wave,
)
from analysis.study.kinds import LanguageCode, MissingKind
from analysis.study.listening import Listening
from analysis.study.management import ManagementIndicator
from analysis.study.practices import Practice
from analysis.study.profiles import Profiles
from analysis.study.questionnaire import Item, QuestionnaireFile, Scale
from analysis.study.recipients import Recipient
from analysis.study.references import Context, Reference
from analysis.study.scope import ON_REQUEST, Requirement, Scope
from analysis.study.settings import Channel, RetentionFile, StudyFile
from analysis.study.types import COMMAND_ONLY, NOT_FOR_INTAKE, PAGES_ONLY, Model
from analysis.study.workspace import PRACTICES

M = TypeVar("M", bound=Model)
T = TypeVar("T")

YEAR = 365
SAME_SEASON = 45
"""Days by which waves of one season may start apart from year to year."""

FILE_OF = {
    "comparison": "waves",
    "frequency": "waves",
    "breaks": "waves",
    "populations": "directorates",
    "site_kinds": "directorates",
    "definitions": "indicators",
    "breakdowns": "indicators",
    "context": "references",
}
"""The file of a field that neither `study.yml` holds nor a file of the field's own name."""


class Study(StudyFile):
    """A study: what `study.yml` says, and what its other files do, cross-checked.

    Readers are handed what their results depend on, and no more: `for_intake`, `for_scope` and
    `for_pages` give a study without the rest. To read what was left out is an error.
    """

    questionnaire: QuestionnaireFile
    waves: tuple[Wave, ...]
    comparison: Annotated[Comparison | None, NOT_FOR_INTAKE] = None
    frequency: Annotated[Frequency | None, PAGES_ONLY] = None
    breaks: Annotated[tuple[Break, ...], NOT_FOR_INTAKE] = ()
    populations: tuple[Population, ...]
    site_kinds: Annotated[tuple[SiteKind, ...], NOT_FOR_INTAKE] = ()
    directorates: tuple[Directorate, ...]
    definitions: Annotated[tuple[Definition, ...], NOT_FOR_INTAKE]
    indicators: Annotated[tuple[Indicator, ...], NOT_FOR_INTAKE]
    breakdowns: Annotated[tuple[Breakdown, ...], NOT_FOR_INTAKE]
    commitments: Annotated[tuple[Commitment, ...], NOT_FOR_INTAKE] = ()
    actions: Annotated[tuple[Action, ...], PAGES_ONLY] = ()
    management: tuple[ManagementIndicator, ...] = ()
    listening: Annotated[Listening | None, NOT_FOR_INTAKE] = None
    profiles: Annotated[Profiles | None, NOT_FOR_INTAKE] = None
    margins: Annotated[dict[str, MarginsFile], NOT_FOR_INTAKE] = Field(default_factory=dict)
    references: Annotated[tuple[Reference, ...], PAGES_ONLY] = ()
    context: Annotated[tuple[Context, ...], PAGES_ONLY] = ()
    practices: Annotated[tuple[Practice, ...], PAGES_ONLY] = ()
    recipients: Annotated[tuple[Recipient, ...], COMMAND_ONLY] = ()
    retention: Annotated[RetentionFile, COMMAND_ONLY] = RetentionFile()

    # --- what depends on it -----------------------------------------------------------------------

    @property
    def digest(self) -> str:
        """sha256 of what it says: comments, spacing and the order of keys make no difference."""
        return _digest(self.model_dump(mode="json"))

    def part_digests(self) -> dict[str, str]:
        """The digest of what each parameter file says, by the file's name in the study's folder."""
        parts: dict[str, dict[str, Any]] = {}
        for field, content in self.model_dump(mode="json").items():
            if field == "margins":
                parts |= {f"margins/{wave}.yml": file for wave, file in content.items()}
                continue
            if field == PRACTICES:
                parts |= {f"{PRACTICES}/{note['id']}.md": note for note in content}
                continue
            parts.setdefault(f"{file_of(field)}.yml", {})[field] = content
        return {name: _digest(content) for name, content in sorted(parts.items())}

    def for_intake(self) -> Study:
        """The study as the reading of deliveries sees it: without indicators, margins, texts."""
        return self.visible_to("intake")

    def for_scope(self, scope: Scope, *, requires: Collection[Requirement] = ()) -> Study:
        """The study as the workshop notebooks of a scope see it.

        Args:
            scope: Its directorate with its sites alone, or all of them; the waves up to its own, or
                all of them.
            requires: Commitments, management, listening and profiles: seen where they stand here.

        """
        left_out = [name for name in ON_REQUEST if name not in requires]
        kept = {
            name: value for name, value in self.visible_fields().items() if name not in left_out
        }
        # Within the scope first: what is hidden is then looked for in one directorate, not in all.
        visible = self.with_only(kept).restricted_to(scope).visible_to("workshop")
        return visible.with_only(visible.visible_fields() | {"languages": visible.languages[:1]})

    def for_pages(self, wave: str) -> Study:
        """The study as the pages of a wave's edition see it: without the waves after it."""
        visible = self.visible_to("pages")
        return visible.with_only(visible.visible_fields() | visible.fields_until(wave))

    def in_language(self, code: LanguageCode) -> Study:
        """The study with each text in one of its languages; a text that it lacks in that one is in
        the main one, and marked (`languages.foreign`).

        Raises:
            ScopeError: the study has no such language.

        """
        main, known = self.language, self.languages
        _pick("language", code, {known_code: known_code for known_code in known})
        said = self.with_texts(lambda text: text.said_in(code, main))
        return said.with_only(said.visible_fields() | {"languages": (code,)})

    def restricted_to(self, scope: Scope) -> Study:
        """The study within a scope: its directorate, the waves up to its own, the known totals of
        both; the sites and directorates of the same that commitments and management name.
        """
        fields = self.visible_fields()
        if scope.wave is not None:
            fields |= self.fields_until(scope.wave)
        if scope.wave is not None and "margins" in fields:
            margins = fields["margins"]
            fields["margins"] = {wave: margins[wave] for wave in margins if wave == scope.wave}
        if scope.directorate is not None:
            fields |= self._of_directorate(self.directorate(scope.directorate), fields)
        return self.with_only(fields)

    def fields_until(self, wave: str) -> dict[str, Any]:
        """The fields of the study as they stand at a wave: its waves, its margins, its breaks."""
        waves = self.waves_until(wave)
        fields: dict[str, Any] = {"waves": waves}
        if "breaks" in self.__dict__:
            end = waves[-1].end
            fields["breaks"] = tuple(broken for broken in self.breaks if broken.date <= end)
        if "margins" in self.__dict__:
            past = {wave.id for wave in waves}
            fields["margins"] = {
                wave_id: file for wave_id, file in self.margins.items() if wave_id in past
            }
        return fields

    @staticmethod
    def _of_directorate(directorate: Directorate, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields that differ in a study of one directorate."""
        sites = {site.id for site in directorate.sites}
        narrowed: dict[str, Any] = {"directorates": (directorate,)}
        if "margins" in fields:
            narrowed["margins"] = {
                wave: _with_fields(file, margins=_restricted(file.margins, {directorate.id}))
                for wave, file in fields["margins"].items()
                if directorate.id in file.margins
            }
        if "commitments" in fields:
            narrowed["commitments"] = tuple(
                _with_fields(commitment, posted=_restricted(commitment.posted, sites))
                for commitment in fields["commitments"]
            )
        if "management" in fields:
            narrowed["management"] = tuple(
                indicator.of_directorate(directorate.id)
                for indicator in fields["management"]
                if directorate.id in indicator.directorates
            )
        return narrowed

    # --- what it holds, by name -------------------------------------------------------------------

    @cached_property
    def missing(self) -> dict[MissingKind, int]:
        """The code of each way of not answering."""
        return {answer.kind: answer.code for answer in self.questionnaire.missing}

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.id: item for item in self.questionnaire.items}

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {scale.id: scale for scale in self.questionnaire.scales}

    def item(self, item: str) -> Item:
        """The question of an identifier; ScopeError where there is none, as for those below."""
        return _pick("item", item, self._items)

    def scale(self, item: str) -> Scale:
        """The scale of an item."""
        return self._scales[self.item(item).scale]

    def category_label(self, variable: str, category: str) -> str:
        """The label of a category of a variable (`site`, `channel` or an item), as the study words
        it.

        What has none (`unknown`, `total`) is its own label.
        """
        if variable == "site":
            sites = {site.id: site.label for unit in self.directorates for site in unit.sites}
            return sites.get(category, category)
        if variable == "channel":
            return self.channel(category).label
        labels = {str(level.code): level.label for level in self.scale(variable).levels}
        return labels.get(category, category)

    def wave(self, wave: str) -> Wave:
        """The wave of an identifier."""
        return _pick("wave", wave, {wave.id: wave for wave in self.waves})

    def waves_until(self, wave: str) -> tuple[Wave, ...]:
        """The waves up to and with the named one, in the order of time."""
        last = self.wave(wave)
        return tuple(wave for wave in self.waves if wave.start <= last.start)

    def same_season(self, wave: Wave, other: Wave) -> bool:
        """Whether two waves start within a month and a half of one day of the year; always where a
        year has one wave.
        """
        if not self.is_seasonal(max(wave, other, key=lambda either: either.start).id):
            return True
        apart = abs((wave.start - other.start).days) % YEAR
        return min(apart, YEAR - apart) <= SAME_SEASON

    def is_seasonal(self, wave: str) -> bool:
        """Whether a year has more than one wave, as far as the waves up to one tell."""
        starts = [earlier.start for earlier in self.waves_until(wave)]
        return any((after - before).days < YEAR - SAME_SEASON for before, after in pairwise(starts))

    def compared_with(self, wave: str) -> Wave | None:
        """The wave that a wave is compared with: see `WavesFile`; None where there is none yet."""
        *before, now = self.waves_until(wave)
        if isinstance(self.comparison, Baseline):
            baseline = self.comparison.baseline
            return next((earlier for earlier in before if earlier.id == baseline), None)
        rule = self.comparison or ("same_season" if self.is_seasonal(wave) else "previous")
        if rule == "previous":
            return before[-1] if before else None
        year_before = [
            earlier
            for earlier in before
            if abs((now.start - earlier.start).days - YEAR) <= SAME_SEASON
        ]
        return year_before[-1] if year_before else None

    def closed_waves(self, today: date) -> tuple[Wave, ...]:
        """The waves whose field ended before a day."""
        return tuple(wave for wave in self.waves if wave.end < today)

    def directorate(self, directorate: str) -> Directorate:
        """The directorate of an identifier."""
        return _pick(
            "directorate",
            directorate,
            {directorate.id: directorate for directorate in self.directorates},
        )

    def products_of(self, directorate: str) -> tuple[Directorate, ...]:
        """The units whose department a unit is."""
        return tuple(unit for unit in self.directorates if unit.parent == directorate)

    def by_department(self) -> list[tuple[Directorate | None, tuple[Directorate, ...]]]:
        """The units that are no department, by theirs; those that have none come first."""
        alone = tuple(
            unit
            for unit in self.directorates
            if unit.parent is None and not self.products_of(unit.id)
        )
        groups = [(unit, self.products_of(unit.id)) for unit in self.directorates]
        return [*([(None, alone)] if alone else []), *(one for one in groups if one[1])]

    def channel(self, channel: str) -> Channel:
        """The channel of an identifier."""
        return _pick("channel", channel, {channel.id: channel for channel in self.channels})

    def definition(self, definition: str) -> Definition:
        """The definition of an identifier."""
        return _pick(
            "definition", definition, {definition.id: definition for definition in self.definitions}
        )

    def indicator(self, indicator: str) -> Indicator:
        """The indicator of an identifier."""
        return _pick(
            "indicator", indicator, {indicator.id: indicator for indicator in self.indicators}
        )

    def management_indicator(self, indicator: str) -> ManagementIndicator:
        """The management indicator of an identifier."""
        known = {indicator.id: indicator for indicator in self.management}
        return _pick("management indicator", indicator, known)

    def commitment(self, commitment: str) -> Commitment:
        """The commitment of an identifier."""
        known = {commitment.id: commitment for commitment in self.commitments}
        return _pick("commitment", commitment, known)

    def recipient(self, recipient: str) -> Recipient:
        """The recipient of an identifier."""
        return _pick("recipient", recipient, {one.id: one for one in self.recipients})

    @property
    def overall(self) -> Indicator:
        """The indicator that makes titles and trends: the first headline one that is in force at
        the end of the last wave.
        """
        headline = [indicator for indicator in self.indicators if indicator.headline]
        day = self.waves[-1].end
        return next((indicator for indicator in headline if indicator.valid_on(day)), headline[0])

    def break_between(
        self, before: str, after: str, *, indicator: str, directorate: str
    ) -> Break | None:
        """The first break after which results of an indicator in a directorate are of another
        measure, between two waves; None where there is none.
        """
        earlier, later = self.wave(before), self.wave(after)
        return next(
            (
                broken
                for broken in sorted(self.breaks, key=lambda broken: broken.date)
                if broken.breaks_series
                and broken.touches(indicator, directorate)
                and broken.lies_between(earlier, later)
            ),
            None,
        )

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
            indicator
            for indicator in self.indicators
            if indicator.valid_on(day)
            and indicator.item in asked
            and self.asks(indicator.item, directorate)
        )

    def asks(self, item: str, directorate: str) -> bool:
        """Whether an item is asked of a directorate's users."""
        asked = self.item(item)
        if asked.uses == directorate:
            return False
        return asked.directorates is None or directorate in asked.directorates

    def open_sites(self, directorate: str, wave: str, item: str) -> tuple[Site, ...]:
        """The sites of a directorate that receive users during a wave, and ask them an item."""
        silent = {
            population.id
            for population in self.populations
            if population.items is not None and item not in population.items
        }
        return tuple(
            site
            for site in self.directorate(directorate).sites
            if site.open_during(self.wave(wave)) and site.population not in silent
        )

    def constrained(self) -> frozenset[str]:
        """The populations that are under constraint."""
        return frozenset(population.id for population in self.populations if population.constrained)

    def reference_channels(self, directorate: str) -> tuple[Channel, ...]:
        """The directorate's channels of the strongest claim: those its headline figures rest on."""
        channels = [self.channel(channel) for channel in self.directorate(directorate).channels]
        strongest = min(channel.claim for channel in channels)
        return tuple(channel for channel in channels if channel.claim == strongest)

    def profile_items(self, directorate: str) -> tuple[str, ...]:
        """The items that say who the users of a directorate are, of those that its reference
        channels all ask: in the order of profiles.yml, then those on other products.
        """
        if self.profiles is None:
            return ()
        uses = [item.id for item in self.questionnaire.items if item.uses is not None]
        channels = self.reference_channels(directorate)
        return tuple(
            item
            for item in (*self.profiles.asked, *uses)
            if self.asks(item, directorate) and all(item in channel.items for channel in channels)
        )

    def margin(self, wave: str, directorate: str) -> dict[str, dict[str, float]]:
        """The known totals of a directorate in a wave, sites first, then items in the order of the
        questionnaire; empty when the study declares none.
        """
        file = self.margins.get(self.wave(wave).id)
        declared = file.margins.get(self.directorate(directorate).id, {}) if file else {}
        order = ["site", *(item.id for item in self.questionnaire.items)]
        return {
            variable: dict(sorted(declared[variable].items()))
            for variable in order
            if variable in declared
        }


def file_of(field: str) -> str:
    """The name, without its ending, of the file that says a field."""
    return "study" if field in StudyFile.model_fields else FILE_OF.get(field, field)


def _digest(content: object) -> str:
    """sha256 of something that JSON can hold; the order of its keys makes no difference."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_fields(model: M, **fields: object) -> M:
    """A copy of an object with other values of some fields."""
    return model.with_only(model.visible_fields() | fields)


def _restricted(content: dict[str, T], names: Collection[str]) -> dict[str, T]:
    """What a mapping holds under some names."""
    return {name: value for name, value in content.items() if name in names}


def _pick(kind: str, name: str, choices: dict[str, T]) -> T:
    if name not in choices:
        raise ScopeError.unknown(kind, name, choices)
    return choices[name]
