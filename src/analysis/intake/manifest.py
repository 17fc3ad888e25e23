"""Manifests: what a delivery holds, and how each of its files is read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema, model_validator

from analysis.errors import nearest, quoted
from analysis.intake.flows.mapping import FlowTable
from analysis.intake.grid_table import GridTable
from analysis.intake.mapping import ColumnMapping, Dialect
from analysis.intake.measures.mapping import MeasureTable
from analysis.intake.readers import FRAME, READERS
from analysis.intake.review_table import ReviewTable
from analysis.study import Model
from analysis.study.types import Identifier, Text

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MANIFEST = "manifest.yml"


def _check_reader(name: str) -> str:
    if name not in READERS:
        raise ValueError(f"Unknown reader: {quoted(name)}; {nearest(name, READERS)}".rstrip("."))
    return name


ReaderName = Annotated[
    str,
    AfterValidator(_check_reader),
    WithJsonSchema({"type": "string", "enum": list(READERS)}),
]


class Sample(Model):
    """A sample whose people were invited: AAPOR's dispositions that no answer tells of.

    Attributes:
        drawn: People who were drawn, whether an invitation reached them or not. People under
            constraint are left out, as they are of the answers that are counted.
        ineligible: Those of them of whom it is known that they are no users: who have died or moved
            away, or stood in the file by mistake.
        unknown: Those of them of whom nobody knows whether they still are users: their invitation
            came back.

    """

    drawn: Annotated[int, Field(ge=1, le=1_000_000_000)]
    ineligible: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    unknown: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0

    @model_validator(mode="after")
    def _check_some_eligible(self) -> Sample:
        if self.ineligible + self.unknown >= self.drawn:
            raise ValueError(
                "some of those who were drawn are known to be eligible: ineligible + unknown < "
                "drawn"
            )
        return self


class FileEntry(Model):
    """One file of a delivery. `reader` names its format; the generic one takes a `mapping`, one of
    monthly figures its tables (`measures`), one of counts its `flow`, one of observations its
    `grid`, one of reviews its `reviews`.

    `absent` lists what the channel asks and the file lacks, knowingly: every answer to it is « not
    asked ». `sample` says how many people were invited to answer in this file, by directorate,
    where no sampling frame is delivered.
    """

    path: FileName
    sha256: Sha256 | None = None
    reader: ReaderName
    channel: Identifier | None = None
    wave: Identifier | None = None
    dialect: Dialect | None = None
    mapping: ColumnMapping | None = None
    measures: tuple[MeasureTable, ...] = ()
    flow: FlowTable | None = None
    grid: GridTable | None = None
    reviews: ReviewTable | None = None
    absent: tuple[Text, ...] = ()
    sample: dict[Identifier, Sample] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_complete(self) -> FileEntry:
        needs = READERS[self.reader].described_by
        if self.path == MANIFEST:
            raise ValueError(f"{MANIFEST} is the manifest's own name")
        if (needs == "mapping") != (self.mapping is not None):
            raise ValueError("a mapping goes with the delimited reader, and with it only")
        if (needs == "measures") != bool(self.measures):
            raise ValueError("tables (`measures`) go with the measures reader, and with it only")
        if (needs == "flow") != (self.flow is not None):
            raise ValueError(
                "what is counted (`flow`) goes with the readers of counts, and with them only"
            )
        if (needs == "grid") != (self.grid is not None):
            raise ValueError("sessions (`grid`) go with the grid reader, and with it only")
        if (needs == "reviews") != (self.reviews is not None):
            raise ValueError("forms (`reviews`) go with the reader of reviews, and with it only")
        if self.reviews and (self.channel or self.wave):
            raise ValueError("reviews name their channel, and each day tells its wave")
        dated = self.measures or self.flow or self.grid
        if dated and (self.channel or self.wave or self.absent):
            raise ValueError(
                "a file of figures, counts or observations has no channel, wave or absent items: "
                "it has months or days"
            )
        if needs == "channel and wave" and (self.channel is None or self.wave is None):
            raise ValueError(f"the {self.reader} reader needs a channel and a wave")
        if self.sample and self.reader == FRAME:
            raise ValueError("a sampling frame says itself who was drawn: it has no `sample`")
        if self.sample and (self.channel is None or self.wave is None):
            raise ValueError("a sample is of one channel and wave: name both")
        return self

    @property
    def is_read(self) -> bool:
        """Whether its rows become responses or figures; an archive is kept and hashed only."""
        return bool(READERS[self.reader].produces)


class Manifest(Model):
    """`manifest.yml`: one delivery, hashed, never changed afterwards. A correction `replaces` an
    earlier delivery.
    """

    delivery: Identifier
    received: date
    simulated: bool
    replaces: Identifier | None = None
    note: str = ""
    files: Annotated[tuple[FileEntry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_paths_differ(self) -> Manifest:
        paths = [entry.path.casefold() for entry in self.files]
        repeated = {path for path in paths if paths.count(path) > 1}
        if repeated:
            raise ValueError(f"a file stands twice: {', '.join(sorted(repeated))}")
        if self.replaces == self.delivery:
            raise ValueError(
                "a delivery does not replace itself: a correction has a name of its own"
            )
        return self

    def registered_content(self) -> dict[str, Any]:
        """What is written beside the registered files."""
        content = self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        return content | {"received": self.received}
