"""Numbers of versions: how they are read, ordered, and what follows one."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

from analysis.errors import ScopeError

Size = Literal["major", "minor", "patch"]
"""How much a version changes: a figure at the head, any figure, or none."""

_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, order=True)
class Version:
    """A version of the edition of a wave; below 1.0.0 it is provisional.

    >>> Version.read("1.2.0") < Version.read("v1.10.0")
    True
    >>> [str(Version(1, 2, 3).next(size)) for size in ("major", "minor", "patch")]
    ['2.0.0', '1.3.0', '1.2.4']
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def read(cls, text: str) -> Version:
        """A version as it is written, with or without the `v` of its folder.

        Raises:
            ScopeError: it is none.

        """
        match = _NUMBER.fullmatch(text.removeprefix("v"))
        if match is None:
            raise ScopeError(
                f"{text!r} is no version.", hint="a version is three numbers, as 1.0.0."
            )
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return ".".join(map(str, astuple(self)))

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"v{self}"

    @property
    def provisional(self) -> bool:
        """Whether its figures may still change."""
        return self.major == 0

    def next(self, size: Size) -> Version:
        """The version that follows."""
        if size == "major":
            return Version(self.major + 1, 0, 0)
        if size == "minor":
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


FIRST, FIRST_PROVISIONAL = Version(1, 0, 0), Version(0, 1, 0)


def versions_in(folder: Path) -> list[Version]:
    """The versions whose folders lie in that of a wave, in their order."""
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    return sorted(
        Version.read(name)
        for name in names
        if name.startswith("v") and _NUMBER.fullmatch(name.removeprefix("v"))
    )
