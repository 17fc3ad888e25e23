"""Where figures come from, in words: deliveries and files, how many answers, simulated or not, and
of which study.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from analysis.publishing.wording.language import Language
from analysis.storage import Provenance

SHORT = 12
"""Characters of a digest that a person compares."""


@dataclass(frozen=True, repr=False)
class Origin:
    """What the figures of a scope are made of; a notebook shows it as sentences.

    Attributes:
        recorded: The provenance itself, as tables carry it.
        answers: How many answers were kept.
        language: That it is said in.

    """

    recorded: Provenance
    answers: int
    language: Language

    @property
    def simulated(self) -> bool:
        """Whether any answer comes from a simulated delivery."""
        return self.recorded.simulated

    @property
    def study_digest(self) -> str:
        """sha256 of what was seen of the study."""
        return self.recorded.study_digest

    @property
    def deliveries(self) -> dict[str, tuple[str, ...]]:
        """Delivery → its files that were read, both in the order of their names."""
        files_by_delivery: dict[str, tuple[str, ...]] = {}
        for name in sorted(self.recorded.inputs):
            delivery, _, file = name.partition("/")
            files_by_delivery[delivery] = (*files_by_delivery.get(delivery, ()), file)
        return files_by_delivery

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences on the origin: answers and files, whether simulated, and the study."""
        text = self.language.text
        names = [
            text("made_of_delivery", files=", ".join(files), delivery=delivery)
            for delivery, files in self.deliveries.items()
        ]
        return (
            text(
                "made_of",
                answers=self._count_phrase("answers", self.answers),
                files=self._count_phrase("files", len(self.recorded.inputs)),
                names="; ".join(names) if self.language.code == "en" else "\u00a0; ".join(names),
            ),
            text("made_of_simulated" if self.simulated else "made_of_real"),
            text("made_of_study", study=self.recorded.study, digest=self.study_digest[:SHORT]),
        )

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)

    def _count_phrase(self, what: str, count: int) -> str:
        number = "one" if count == 1 else "many"
        return self.language.text(f"made_of_{what}_{number}", count=self.language.number(count))
