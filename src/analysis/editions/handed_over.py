"""The remarks that were handed over to other bodies: a package for each time, and a register of
them all. No text of a remark stands in the register.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analysis.editions.added_lines import AddedLine, AddedLines, Sha256
from analysis.editions.open_data import without_formulas
from analysis.errors import NotReadyError
from analysis.study.files import write_atomically, write_whole
from analysis.study.types import Identifier, Text
from analysis.study.workspace import Workspace

REGISTER = "register.jsonl"
REMARKS, NOTE = "remarques.csv", "remise.json"

COLUMNS = ("vague", "direction", "question", "remarque", "simule")
"""The columns of a package: of what, and what was written, redacted; nothing of who wrote it."""


class HandOver(AddedLine):
    """A line of the register.

    Attributes:
        day: When.
        recipient, agreement: To whom, and by which agreement.
        wave: The wave that remarks are of.
        count: How many remarks.
        digest: Of the file that holds them.

    """

    day: date
    recipient: Identifier
    agreement: Text
    wave: Identifier
    count: int
    digest: Sha256


@dataclass(frozen=True)
class HandOvers:
    """What a study handed over: `data/handed-over/<study>/`."""

    workspace: Workspace
    study: str

    def lines(self) -> list[HandOver]:
        """Every time that remarks were handed over.

        Raises:
            NotReadyError: a line of the register was changed or removed.

        """
        return self._register.read()

    def write(self, remarks: pl.DataFrame, about: HandOver) -> HandOver | None:
        """Writes a package for its recipient, then its line of the register.

        Args:
            remarks: Texts under `COLUMNS`.
            about: Its line.

        Returns:
            The line that says that the same remarks were handed over to the same recipient before;
            None where this is the first time, and they were written.

        """
        for earlier in self.lines():
            if (earlier.recipient, earlier.digest) == (about.recipient, about.digest):
                return earlier
        folder = self.folder(about)
        write_atomically(folder / REMARKS, package_bytes(remarks))
        note = about.model_dump(mode="json", exclude={"previous"}) | {"study": self.study}
        write_whole(folder / NOTE, json.dumps(note, indent=1, ensure_ascii=False) + "\n")
        self._register.add(about)
        return None

    def folder(self, line: HandOver) -> Path:
        """Where the package of a line lies, until it was sent."""
        name = f"{line.wave}-{line.digest[:12]}"
        return self.workspace.handed_over(self.study) / line.recipient / name

    @property
    def _register(self) -> AddedLines[HandOver]:
        path = self.workspace.handed_over(self.study) / REGISTER
        return AddedLines(path, path.with_name("register.end"), HandOver, self._damaged)

    def _damaged(self, line: int) -> NotReadyError:
        return NotReadyError(
            "The register of what was handed over is damaged: lines are added to it, and never "
            "changed.",
            where=f"{self.workspace.relative(self.workspace.handed_over(self.study))}/{REGISTER}, "
            f"line {line}",
            hint="restore it from a backup.",
        )


def package_bytes(remarks: pl.DataFrame) -> bytes:
    """The file of a package: a CSV in which no cell is a formula of spreadsheets."""
    return without_formulas(remarks.select(COLUMNS)).write_csv(line_terminator="\n").encode()
