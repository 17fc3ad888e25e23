"""A simulated raw export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RawFile:
    """A raw export: its name, bytes, reader and channel, the rows that must not be kept, and what
    its manifest says of it beside.
    """

    name: str
    content: bytes
    reader: str
    channel: str | None
    refused: int = 0
    duplicates: int = 0
    described: Mapping[str, Any] = field(default_factory=dict)
