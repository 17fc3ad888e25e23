"""`study.yml` and `retention.yml`, typed: who asks, what for, by which channels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from analysis.study.kinds import Claim, LanguageCode
from analysis.study.languages import PrintedText
from analysis.study.sampling import Sampling
from analysis.study.types import (
    NOT_FOR_INTAKE,
    PAGES_ONLY,
    Address,
    Identifier,
    ItemId,
    Label,
    Model,
    Page,
)

Mode = Literal["web", "telephone", "paper", "kiosk", "interviewer", "mixed"]
"""By what a question is asked and answered."""


class Channel(Model):
    """A way to be heard: its claim, its mode, the moment, and what it asks.

    Those who are `invited` hold a token of their own: without it in the file, nobody can tell who
    answered twice. Where nobody is, `exposure` is the management indicator that counts those who
    could answer: visits, calls. `note` stands under every table that shows the channel.
    """

    id: Identifier
    label: Label
    claim: Annotated[Claim, NOT_FOR_INTAKE]
    claim_reason: Annotated[PrintedText, PAGES_ONLY]
    mode: Mode
    moment: Literal["a_chaud", "a_froid", "continu"]
    items: Annotated[tuple[ItemId, ...], Field(min_length=1)]
    invited: bool = False
    exposure: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    note: Annotated[PrintedText | None, PAGES_ONLY] = None
    sampling: Annotated[Sampling, NOT_FOR_INTAKE] = Sampling()


class Thresholds(Model):
    """The one table of thresholds: unweighted bases, the practical threshold of a change, and
    how many sites of a kind there must be for them to be compared with one another.
    """

    suppressed_below: Annotated[int, Field(ge=2, le=1_000_000)] = 11
    fragile_below: Annotated[int, Field(ge=2, le=1_000_000)] = 30
    caution_below: Annotated[int, Field(ge=2, le=1_000_000)] = 100
    practical_change: Annotated[float, Field(gt=0, lt=100)] = 5.0
    sites_compared_from: Annotated[int, Field(ge=3, le=1_000_000)] = 8

    @model_validator(mode="after")
    def _check_order(self) -> Thresholds:
        if not self.suppressed_below <= self.fragile_below <= self.caution_below:
            raise ValueError("suppressed_below ≤ fragile_below ≤ caution_below must hold")
        return self


class Noun(Model):
    """A noun, as it stands after 1 and after other numbers."""

    one: PrintedText
    many: PrintedText


class Terms(Model):
    """The words that are a study's own; what is left out is said in general terms.

    Attributes:
        people: Claim → whom figures of that claim are about, in the plural (« usagers reçus »).
        answers: What an answer is called.
        unit: What a directorate, which is a publishing unit, is called.

    """

    people: dict[Claim, PrintedText] = Field(default_factory=dict)
    answers: Noun | None = None
    unit: Noun | None = None


class Licence(Model):
    """Under what texts and data are published: its name, and where it stands."""

    name: PrintedText
    url: Page


OPEN_LICENCE = Licence.model_validate(
    {
        "name": "Licence Ouverte 2.0",
        "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    }
)
"""That of French administrations, unless they say otherwise (code of relations between the public
and the administration, D. 323-2-1)."""


class StudyFile(Model):
    """`study.yml`: who asks, what for, by which channels.

    `languages` are those of its editions. The first is the main one: texts that name none are in
    it, and it is that of the workshop.

    Attributes:
        contact: Who answers questions on the study, in words.
        contact_address: Where they are written to: an electronic address, or a page.
        landing_page: Where the editions of the study are found.
        legal_notice: Who answers for the publication in law.
        licence: Of texts and data.
        accessibility: What a person's audit found of the accessibility of editions; without one,
            they say that nobody has audited them.
        embargo: Who sees an edition before the day of its publication: offices, not persons.

    """

    id: Identifier
    title: Annotated[PrintedText, PAGES_ONLY]
    subtitle: Annotated[PrintedText, PAGES_ONLY]
    publisher: Annotated[PrintedText, PAGES_ONLY]
    mission: Annotated[PrintedText | None, PAGES_ONLY] = None
    contact: Annotated[PrintedText | None, PAGES_ONLY] = None
    contact_address: Annotated[Address | None, PAGES_ONLY] = None
    landing_page: Annotated[Page | None, PAGES_ONLY] = None
    legal_notice: Annotated[PrintedText | None, PAGES_ONLY] = None
    licence: Annotated[Licence, PAGES_ONLY] = OPEN_LICENCE
    accessibility: Annotated[PrintedText | None, PAGES_ONLY] = None
    embargo: Annotated[tuple[PrintedText, ...], PAGES_ONLY] = ()
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1), NOT_FOR_INTAKE]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    thresholds: Annotated[Thresholds, NOT_FOR_INTAKE] = Thresholds()
    terms: Annotated[Terms, PAGES_ONLY] = Terms()

    @field_validator("languages")
    @classmethod
    def _check_languages(cls, languages: tuple[LanguageCode, ...]) -> tuple[LanguageCode, ...]:
        if len(set(languages)) < len(languages):
            raise ValueError("each language is named once")
        return languages

    @property
    def language(self) -> LanguageCode:
        """The main language."""
        return self.languages[0]


class RetentionFile(Model):
    """`retention.yml`: for how many days what may hold personal data is kept."""

    failed_notebooks: Annotated[int, Field(gt=0, le=36_500)] = 30
