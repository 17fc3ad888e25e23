"""`practices/*.md`, typed: what was tried to listen to users, and what was learnt of it.

A note is a file of Markdown: a front matter of YAML, then five sections under fixed headings, which
say by their words in which language they are. A note in two languages has ten.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from analysis.study.kinds import LanguageCode
from analysis.study.languages import PrintedText
from analysis.study.types import Identifier, Label, Model

Status = Literal["planned", "trial", "in_use", "stopped"]
"""How far a practice is."""

SectionName = Literal["context", "device", "cost", "result", "lesson"]
"""What a note says: why, by which means, at what price, what came of it, what to keep in mind."""

SECTIONS: tuple[SectionName, ...] = get_args(SectionName)

HEADINGS: dict[LanguageCode, dict[SectionName, str]] = {
    "fr": {
        "context": "Contexte",
        "device": "Dispositif",
        "cost": "Coût",
        "result": "Résultat",
        "lesson": "Leçon",
    },
    "en": {
        "context": "Context",
        "device": "Device",
        "cost": "Cost",
        "result": "Result",
        "lesson": "Lesson",
    },
}
"""Language → section → its heading, in the files and on the page."""


class PracticeHead(Model):
    """The front matter of a note.

    Attributes:
        date: When it was written, or last gone through.
        devices, products: Those that it speaks of, by the identifiers of `listening.yml` and
            `directorates.yml`; one at least.
        body: Whose practice it is, where it is another body's.
        cost: Euros in a year; left out where nobody has counted it.
        contact: Who answers questions: an office, never a person.

    """

    id: Identifier
    title: Label
    date: datetime.date
    status: Status
    devices: tuple[Identifier, ...] = ()
    products: tuple[Identifier, ...] = ()
    body: PrintedText | None = None
    cost: Annotated[int | None, Field(ge=0, le=1_000_000_000)] = None
    contact: PrintedText

    @model_validator(mode="after")
    def _check_subject(self) -> PracticeHead:
        if not self.devices and not self.products:
            raise ValueError("a note names a device or a product that it speaks of")
        return self


class PracticeSections(Model):
    """The sections of a note: Markdown, paragraphs and lists with emphasis and links."""

    context: PrintedText
    device: PrintedText
    cost: PrintedText
    result: PrintedText
    lesson: PrintedText


class Practice(PracticeHead):
    """A note on a practice."""

    sections: PracticeSections
