"""A scope: a directorate and a wave, each of which may be left open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ScopeAxis = Literal["directorate", "wave"]
AXES: tuple[ScopeAxis, ...] = ("directorate", "wave")

Requirement = Literal[
    "margins", "commitments", "management", "listening", "practices", "profiles", "imported"
]
"""What a notebook may require of a study; `imported`, of pages alone, are editions of other
bodies.
"""

ON_REQUEST: tuple[Requirement, ...] = ("commitments", "management", "listening", "profiles")
"""What of a study is seen in a scope by those who require it only."""


@dataclass(frozen=True)
class Scope:
    """What a table, a notebook or a question is about; an axis that is None stands for all of it.

    >>> one = Scope(directorate="north", wave="2026-1")
    >>> one.title, one.along(["directorate"]).title, Scope().title
    ('north 2026-1', 'north', '')
    """

    directorate: str | None = None
    wave: str | None = None

    @property
    def title(self) -> str:
        """How a person is told of it."""
        return " ".join(self.parameters.values())

    @property
    def parameters(self) -> dict[str, str]:
        """The axes that are not open, by name: parameters of a notebook, keys of a folder."""
        values = {"directorate": self.directorate, "wave": self.wave}
        return {axis: value for axis, value in values.items() if value is not None}

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders of its tables (hive layout)."""
        return tuple(f"{axis}={value}" for axis, value in self.parameters.items())

    def along(self, axes: Iterable[ScopeAxis]) -> Scope:
        """The scope restricted to some axes; the others are left open."""
        allowed: set[str] = set(axes)
        return Scope(**{axis: value for axis, value in self.parameters.items() if axis in allowed})

    def covers(self, other: Scope) -> bool:
        """Whether another scope lies within this one.

        >>> Scope(wave="2026-1").covers(Scope("north", "2026-1")), Scope("north").covers(Scope())
        (True, False)
        """
        return all(other.parameters.get(axis) == value for axis, value in self.parameters.items())
