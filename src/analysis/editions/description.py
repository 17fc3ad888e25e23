"""What another body needs to know of an edition's open data beside its columns: stands in
`schema.json`, under `edition`, and is read back from there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from analysis.publishing.edition import Edition, VersionNumber
from analysis.study import Claim, Definition, Model, Study
from analysis.study.kinds import LanguageCode
from analysis.study.languages import PrintedText
from analysis.study.references import PopulationKind
from analysis.study.settings import Mode
from analysis.study.types import Identifier, Page, Text

SCHEMA_VERSION = "1.1"
"""Of the columns of open data and of this description; what changes either changes it."""


class DescribedWave(Model):
    """A wave that figures are of, and the days of its field."""

    id: Identifier
    label: PrintedText
    start: date
    end: date


class DescribedQuestion(Model):
    """A question as it was asked, and the answers that it offered, worst first where ordered."""

    id: Text
    wording: PrintedText
    levels: tuple[PrintedText, ...]


class DescribedChannel(Model):
    """By what people were heard, and what may be claimed of it."""

    id: Identifier
    label: PrintedText
    mode: Mode
    claim: Claim


class Description(Model):
    """What the figures of an edition are, for a body that did not make them.

    Attributes:
        study, title, publisher: Whose edition it is.
        unit: How the column of its units is called.
        language: Of the labels in the table; the main one of texts that name none.
        wave, version, published, provisional: Which edition.
        population: Of whom figures are: those who used a service.
        minimum_base: Unweighted answers below which no figure shows its number.
        simulated: Whether any answer behind it is simulated.
        waves: Those that figures are of.
        definitions, questions, channels: What the codes of the columns of these names stand for.

    """

    study: Identifier
    unit: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    title: PrintedText
    publisher: PrintedText
    language: LanguageCode
    wave: Identifier
    version: VersionNumber
    published: date
    provisional: bool
    licence: Page
    population: PopulationKind
    minimum_base: Annotated[int, Field(ge=2)]
    simulated: bool
    waves: Annotated[tuple[DescribedWave, ...], Field(min_length=1)]
    definitions: tuple[Definition, ...]
    questions: tuple[DescribedQuestion, ...]
    channels: tuple[DescribedChannel, ...]


def description_of(
    study: Study, edition: Edition, *, unit: str, items: Collection[str], simulated: bool
) -> Description:
    """The description of an edition's open data.

    Args:
        study: In all of its languages.
        edition: Which one.
        unit: How the column of units is called.
        items: The questions that figures are of.
        simulated: Whether any of its data is.

    """
    return Description(
        study=study.id,
        unit=unit,
        title=study.title,
        publisher=study.publisher,
        language=study.language,
        wave=edition.wave,
        version=edition.version,
        published=edition.published,
        provisional=edition.provisional,
        licence=study.licence.url,
        population="users",
        minimum_base=study.thresholds.fragile_below,
        simulated=simulated,
        waves=tuple(
            DescribedWave(id=wave.id, label=wave.label, start=wave.start, end=wave.end)
            for wave in study.waves_until(edition.wave)
        ),
        definitions=study.definitions,
        questions=tuple(
            DescribedQuestion(
                id=item.id,
                wording=item.wording,
                levels=tuple(level.label for level in study.scale(item.id).levels),
            )
            for item in study.questionnaire.items
            if item.id in items
        ),
        channels=tuple(
            DescribedChannel(
                id=channel.id, label=channel.label, mode=channel.mode, claim=channel.claim
            )
            for channel in study.channels
        ),
    )
