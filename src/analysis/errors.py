"""Every error a person can meet, in one tree: what is wrong, where, and what to do.

A class is a kind of fault, and each kind has its own exit code. The command prints ``str(error)``
and leaves with ``error.exit_code``; a traceback on a user's screen is therefore a defect of the
software.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from difflib import get_close_matches
from functools import partial
from typing import ClassVar, Self

LONGEST_NAME = 60
"""Characters of a name that a message quotes."""


class ObservatoryError(Exception):
    """A fault that a person can understand and mend.

    What was answered by a user never stands in its texts: they reach logs. Names come from
    parameters or from the command line, and are quoted (see `quoted`).

    Args:
        what: One sentence saying what is wrong.
        where: File, line, column or key; absent when the sentence says it.
        hint: What to do next.

    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str) -> None:
        self.what = what
        self.where = where
        self.hint = hint
        self.others: tuple[ObservatoryError, ...] = ()
        super().__init__(what, where, hint)

    def __str__(self) -> str:
        lines = [printable(self.what, line_feeds=True)]
        if self.where:
            lines.append(f"  at: {printable(self.where)}")
        lines.append(f"\nHint: {printable(self.hint, line_feeds=True)}")
        return "\n\n".join(["\n".join(lines), *map(str, self.others)])

    @classmethod
    def unknown(
        cls, kind: str, name: str, allowed: Iterable[str], *, where: str | None = None
    ) -> Self:
        """The error for a name that is not among those allowed; it proposes the nearest ones."""
        return cls(f"Unknown {kind}: {quoted(name)}.", where=where, hint=nearest(name, allowed))

    def __reduce__(self) -> tuple[object, ...]:
        return (
            partial(type(self), self.what, where=self.where, hint=self.hint),
            (),
            {"others": self.others},
        )

    @staticmethod
    def together(faults: Sequence[ObservatoryError]) -> ObservatoryError:
        """Several faults as one error, which has the kind and exit code of the first and tells all
        of them.
        """
        error = copy(faults[0])
        error.others = (*error.others, *faults[1:])
        return error


class ScopeError(ObservatoryError):
    """A study, directorate, wave or notebook was asked for that does not exist."""

    exit_code = 2


class ParameterError(ObservatoryError):
    """A parameter file says something that cannot be used."""

    exit_code = 3


class RawDataError(ObservatoryError):
    """A raw file is missing, altered, empty or claimed twice."""

    exit_code = 4


class IntakeError(ObservatoryError):
    """A raw file cannot be read as its manifest says."""

    exit_code = 5


class InferenceError(ObservatoryError):
    """A statistical method cannot be applied to the data it was given."""

    exit_code = 6


class NotebookError(ObservatoryError):
    """A notebook failed, or is not shaped as the plan wants."""

    exit_code = 7


class RenderingError(ObservatoryError):
    """A page cannot be rendered."""

    exit_code = 8


class DisclosureError(ObservatoryError):
    """Something that may not leave was on its way out."""

    exit_code = 9


class NotReadyError(ObservatoryError):
    """A step was asked for before the one it needs."""

    exit_code = 10


class BusyError(ObservatoryError):
    """Another command is at work in this workspace."""

    exit_code = 11


class DiskError(ObservatoryError):
    """The disk is full, or may not be written."""

    exit_code = 12


class StoppedError(ObservatoryError):
    """A person stopped the command."""

    exit_code = 130


def quoted(name: object) -> str:
    """A name between quotation marks, as messages show it: cut at 60 characters, on one line,
    nothing invisible in it.

    >>> quoted("north"), quoted("a" * 70)[-5:], len(quoted(chr(10)))
    ("'north'", "aaa…'", 4)
    """
    text = str(name)
    return repr(text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…")


def printable(text: str, *, line_feeds: bool = False) -> str:
    """A text whose control and other invisible characters are escaped, so that a terminal or a log
    shows it as it is.
    """
    if text.isprintable():
        return text
    unescaped = (
        "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}" if line_feeds else "\N{NO-BREAK SPACE}"
    )
    return "".join(
        character if character.isprintable() or character in unescaped else repr(character)[1:-1]
        for character in text
    )


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Says which allowed names are closest to `name`, or lists the first of them.

    >>> nearest("dpah", ["dpaph", "def"])
    "did you mean 'dpaph'? Known: 'def', 'dpaph'."
    """
    names = sorted(allowed)
    if not names:
        return "none is declared."
    close = get_close_matches(name[:LONGEST_NAME], names, n=2, cutoff=0.6)
    listed = ", ".join(map(quoted, names[:12])) + (", …" if len(names) > 12 else "")
    if close:
        return f"did you mean {' or '.join(map(quoted, close))}? Known: {listed}."
    return f"known: {listed}."
