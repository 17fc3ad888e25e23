"""`references.yml`, typed: what others published, and whether a result may stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from analysis.study.definitions import Definition, Indicator
from analysis.study.kinds import Claim
from analysis.study.labels import normalise
from analysis.study.languages import PrintedText
from analysis.study.questionnaire import Item, Scale
from analysis.study.settings import Channel, Mode
from analysis.study.types import Identifier, Model, Page, Text

Confidence = Literal["read", "cited", "computed", "to_confirm"]
"""Whence a value is known: read in its source, in a text that cites it, worked out from what the
source says, or not read yet. The last is never compared with anything."""

Difference = Literal[
    "to_confirm",
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


class Published(Model):
    """A number that somebody published.

    Attributes:
        mode: By what it was asked; left out where its source does not say.
        date: When it was measured or published, in words.
        source, address: Title of what it is read in, and where that is found.
        confidence: Whence its value is known.

    """

    id: Identifier
    label: PrintedText
    value: Annotated[float, Field(ge=-1_000_000_000, le=1_000_000_000)]
    population: ReferencePopulation
    mode: Mode | None = None
    date: PrintedText
    source: PrintedText
    address: Page | None = None
    confidence: Confidence


class Context(Published):
    """A number that no indicator of the study can stand beside: it is told apart, with the reason.

    Attributes:
        counts: What it is the number of, in words: its definition.
        unit: A share in percent, a difference of shares in points, a score out of 10 or a count.
        reason: Why it is told, and compared with nothing.

    """

    counts: PrintedText
    unit: Literal["percent", "points", "score_10", "count"]
    reason: PrintedText


class Reference(Published):
    """A number that somebody published, with what decides whether it can be compared.

    Attributes:
        value: In percent for a share, in points for a net, out of the maximum for a mean.
        indicator: The study's indicator that it is about.
        directorates: Those whose results it may stand beside; all of them by default.
        definition: The study's definition that counts answers as it did.
        question: How it was asked, word for word; left out where its source does not say.
        levels: How many answers its scale offered; left out where its source does not say.
        claim: What may be claimed of it, by the study's own rule (see `Claim`).

    """

    indicator: Identifier
    definition: Text
    directorates: tuple[Identifier, ...] | None = None
    question: PrintedText | None = None
    levels: Annotated[int, Field(ge=2, le=101)] | None = None
    claim: Claim

    @model_validator(mode="before")
    @classmethod
    def _check_definition(cls, content: Any) -> Any:
        if isinstance(content, dict) and not content.get("definition"):
            raise ValueError(
                "a reference names the `definition` that counts answers as it did; what none of "
                "the study's definitions counts stands under `context`, and says what it `counts`"
            )
        return content

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
        """In what it is another measure than the study's (`Measure.differences`), and whether its
        value is still to be confirmed.
        """
        unsure: tuple[Difference, ...] = ("to_confirm",) if self.confidence == "to_confirm" else ()
        return (*unsure, *self.measure.differences(indicator, item, scale, channels))


class ReferencesFile(Model):
    """`references.yml`: what others published of the same things, and of others beside them."""

    references: tuple[Reference, ...] = ()
    context: tuple[Context, ...] = ()

    @model_validator(mode="after")
    def _check_not_empty(self) -> ReferencesFile:
        if not self.references and not self.context:
            raise ValueError("a file of references holds one at least")
        return self


def allowed_range(definition: Definition) -> tuple[float, float]:
    """Between what the value of a reference lies, by the definition that counts it."""
    if definition.kind == "mean":
        return 0.0, definition.maximum or 0.0
    return (-100.0, 100.0) if definition.kind == "net" else (0.0, 100.0)
