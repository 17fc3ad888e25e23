"""`questionnaire.yml`, typed: scales, ways of not answering, questions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from analysis.study.kinds import MissingKind
from analysis.study.languages import PrintedText
from analysis.study.types import (
    NOT_FOR_INTAKE,
    Identifier,
    ItemId,
    Label,
    Level,
    Model,
    Version,
)


class ScaleLevel(Model):
    """One answer of a scale."""

    code: Level
    label: PrintedText


class Scale(Model):
    """An ordered (or nominal) list of answers, from worst to best when ordered."""

    id: Identifier
    label: Label
    kind: Literal["ordinal", "nominal", "text"]
    levels: tuple[ScaleLevel, ...] = ()

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes of its levels, worst first when ordered."""
        return tuple(level.code for level in self.levels)


class MissingCode(Model):
    """One way of having no answer, with the code raw files and responses carry."""

    code: Annotated[int, Field(ge=-9, le=99)]
    kind: MissingKind
    label: PrintedText


class Dimension(Model):
    """What an item is about."""

    id: Identifier
    label: PrintedText


class Heading(Model):
    """A heading of the charter of commitments."""

    id: Identifier
    label: PrintedText


class Item(Model):
    """One question, as it is worded.

    `changed` is the day from which it is asked with this wording, scale and answers, where earlier
    waves asked it otherwise. `uses` is the product that it asks the users of others whether they
    use: of two levels, the last is yes; nobody is asked it of the product that they are met at.
    """

    id: ItemId
    wording: Label
    short: Label
    scale: Identifier
    role: Literal["perception", "satisfaction", "fact", "profile", "verbatim"]
    dimension: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    heading: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    mandatory: bool = False
    sensitive: bool = False
    changed: Annotated[date | None, NOT_FOR_INTAKE] = None
    directorates: tuple[Identifier, ...] | None = None
    uses: Annotated[Identifier | None, NOT_FOR_INTAKE] = None


class QuestionnaireFile(Model):
    """`questionnaire.yml`: scales, missing codes, dimensions, headings and items."""

    version: Version
    scales: Annotated[tuple[Scale, ...], Field(min_length=1)]
    missing: tuple[MissingCode, ...]
    dimensions: Annotated[tuple[Dimension, ...], NOT_FOR_INTAKE] = ()
    headings: Annotated[tuple[Heading, ...], NOT_FOR_INTAKE] = ()
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
