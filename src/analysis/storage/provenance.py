"""Where a stored table came from: digests of what made it, carried inside the file itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Provenance:
    """What made a table.

    Attributes:
        study: Identifier of the study.
        study_digest: sha256 of what was seen of it (see `Study.digest`).
        inputs: sha256 of the files read, by name.
        simulated: True marks everything made from a simulated delivery.

    """

    study: str
    study_digest: str
    inputs: dict[str, str]
    simulated: bool

    def dump(self) -> str:
        """As text, to be carried inside a file."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def load(cls, text: str) -> Provenance:
        """What `dump` wrote."""
        return cls(**json.loads(text))


def sha256_bytes(content: bytes) -> str:
    """sha256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """sha256 of a file, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
