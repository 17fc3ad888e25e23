"""`references.yml`, typed: what others published, and whether a result may stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from analysis.study.definitions import Definition, Indicator
from analysis.study.kinds import Claim
from analysis.study.labels import normalise
from analysis.study.languages import PrintedText
from analysis.study.questionnaire import Item, Scale
from analysis.study.settings import Channel, Mode
from analysis.study.types import Identifier, Model, Page, Text

Difference = Literal[
    "definition",
    "question_unknown",
    "question",
    "scale_unknown",
    "scale",
    "mode_unknown",
    "mode",
    "population",
    "claim",
]
"""In what a reference is another measure, in the order in which it is said."""

PopulationKind = Literal["users", "residents"]
"""Of whom a number is: people who used a service, or all who live somewhere."""


@dataclass(frozen=True)
class Measure:
    """How somebody measured a number: what decides whether a study's may stand beside it.

    Attributes:
        definition: The study's definition that counts answers as it did.
        question, levels, mode: None where they are not known: see `Reference`.
        population: Of whom it is.
        claim: What may be claimed of it.

    """

    definition: str
    question: str | None
    levels: int | None
    mode: Mode | None
    population: PopulationKind
    claim: Claim

    def differences(
        self, indicator: Indicator, item: Item, scale: Scale, channels: Sequence[Channel]
    ) -> tuple[Difference, ...]:
        """In what it is another measure than the study's; empty where the two are comparable: a
        definition of the indicator, the same wording, as many levels, the same mode, users on both
        sides, and the same claim.

        Args:
            indicator, item, scale: Its indicator, the question, and the answers that it offers.
            channels: Those that the study's figure rests on.

        """
        found: list[Difference] = []
        if self.definition not in indicator.definitions:
            found.append("definition")
        if self.question is None:
            found.append("question_unknown")
        elif normalise(self.question) != normalise(item.wording):
            found.append("question")
        if self.levels is None:
            found.append("scale_unknown")
        elif self.levels != len(scale.levels):
            found.append("scale")
        if self.mode is None:
            found.append("mode_unknown")
        elif {channel.mode for channel in channels} != {self.mode}:
            found.append("mode")
        if self.population != "users":
            found.append("population")
        if {channel.claim for channel in channels} != {self.claim}:
            found.append("claim")
        return tuple(found)


class ReferencePopulation(Model):
    """Of whom a reference is: people who used a service, or all who live somewhere."""

    of: PopulationKind
    label: PrintedText


class Reference(Model):
    """A number that somebody published, with what decides whether it can be compared.

    Attributes:
        indicator: The study's indicator that it is about.
        directorates: Those whose results it may stand beside; all of them by default.
        definition: The study's definition that counts answers as it did.
        value: In percent for a share, in points for a net, out of the maximum for a mean.
        question: How it was asked, word for word; left out where its source does not say.
        levels: How many answers its scale offered; left out where its source does not say.
        mode: By what it was asked; left out where its source does not say.
        claim: What may be claimed of it, by the study's own rule (see `Claim`).
        date: When it was measured or published, in words.
        source, address: Title of what it is read in, and where that is found.

    """

    id: Identifier
    label: PrintedText
    indicator: Identifier
    definition: Text
    directorates: tuple[Identifier, ...] | None = None
    value: Annotated[float, Field(ge=-100, le=1_000_000)]
    question: PrintedText | None = None
    levels: Annotated[int, Field(ge=2, le=101)] | None = None
    population: ReferencePopulation
    claim: Claim
    mode: Mode | None = None
    date: PrintedText
    source: PrintedText
    address: Page | None = None

    def is_about(self, directorate: str) -> bool:
        """Whether it may stand beside the results of a directorate."""
        return self.directorates is None or directorate in self.directorates

    def in_words_of(self, item: Item) -> Reference:
        """The reference with its question in the words of the item, where it asks the same: what
        the item is in other languages, it is then too.
        """
        if self.question is None or normalise(self.question) != normalise(item.wording):
            return self
        return self.model_copy(update={"question": item.wording})

    @property
    def measure(self) -> Measure:
        """How it was measured."""
        return Measure(
            definition=self.definition,
            question=self.question,
            levels=self.levels,
            mode=self.mode,
            population=self.population.of,
            claim=self.claim,
        )

    def differences(
        self, indicator: Indicator, item: Item, scale: Scale, channels: Sequence[Channel]
    ) -> tuple[Difference, ...]:
        """In what it is another measure than the study's: see `Measure.differences`."""
        return self.measure.differences(indicator, item, scale, channels)


class ReferencesFile(Model):
    """`references.yml`: what others published of the same things."""

    references: Annotated[tuple[Reference, ...], Field(min_length=1)]


def allowed_range(definition: Definition) -> tuple[float, float]:
    """Between what the value of a reference lies, by the definition that counts it."""
    if definition.kind == "mean":
        return 0.0, definition.maximum or 0.0
    return (-100.0, 100.0) if definition.kind == "net" else (0.0, 100.0)
