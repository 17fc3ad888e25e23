"""What an edition is before its pages are: which wave, which version, which day, final or not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, model_validator

from analysis.publishing.wording.language import Language
from analysis.study import Model, Wave
from analysis.study.files import write_whole
from analysis.study.types import Identifier

NOTE = "edition.json"
"""What stands of it beside the figures that its pages may show."""

VersionNumber = Annotated[
    str, StringConstraints(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")
]


MOST = 500
"""Signs that a reason or a signer takes, at most."""

PublicText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST)]
"""What is said to the public of an act: one line."""


class Edition(Model):
    """An edition in the making, or made.

    Attributes:
        wave: Its wave.
        version: 1.0.0 and later where it is final, below where it is provisional.
        published: The day it was made, which it bears and dates all its files.
        provisional: Whether its figures may still change.
        supersedes: The version that it corrects.
        reason: Why it does.
        signer: Who says so.

    """

    wave: Identifier
    version: VersionNumber
    published: date
    provisional: bool = False
    supersedes: VersionNumber | None = None
    reason: PublicText = ""
    signer: PublicText = ""

    @model_validator(mode="after")
    def _check_correction(self) -> Edition:
        if (self.supersedes is None) != (not self.reason) or bool(self.signer) != bool(self.reason):
            raise ValueError("what supersedes a version has a reason and a signer")
        return self

    @property
    def epoch(self) -> int:
        """The date of its files, in seconds: midnight UTC of its day, never the present."""
        day = self.published
        return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())

    def label(self, language: Language) -> str:
        """Its version and day, in words."""
        return language.text(
            "edition_provisional" if self.provisional else "edition",
            version=self.version,
            day=language.day(self.published),
        )


def write_note(released: Path, edition: Edition) -> None:
    """Writes what an edition is beside its released figures."""
    write_whole(note_path(released), edition.model_dump_json(indent=1) + "\n")


def read_note(released: Path, wave: Wave) -> Edition:
    """What the edition is whose released figures lie there; where nothing says so, the final one
    that is planned.
    """
    path = note_path(released)
    if path.exists():
        return Edition.model_validate_json(path.read_bytes())
    return Edition(wave=wave.id, version="1.0.0", published=wave.publication, provisional=False)


def note_path(released: Path) -> Path:
    """Where what an edition is stands, beside its released figures."""
    return released.with_name(NOTE)
