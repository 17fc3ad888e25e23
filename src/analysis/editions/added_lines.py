"""Files whose lines are added and never changed: each holds the digest of the one before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import StringConstraints, ValidationError

from analysis.errors import NotReadyError
from analysis.storage import sha256_bytes
from analysis.study import Model
from analysis.study.files import write_whole

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AddedLine(Model):
    """A line of such a file.

    Attributes:
        previous: Digest of the line before; empty for the first.

    """

    previous: Sha256 | Literal[""] = ""


L = TypeVar("L", bound=AddedLine)


class AddedLines(Generic[L]):
    """The lines of a file.

    Args:
        path: The file.
        end: Where the digest of its last line is kept, so that one which lacks lines is seen.
        model: Of a line.
        damaged: The error that a line was changed or removed, given its number.

    """

    def __init__(
        self, path: Path, end: Path, model: type[L], damaged: Callable[[int], NotReadyError]
    ) -> None:
        self._path, self._end, self._model, self._damaged = path, end, model, damaged

    def read(self) -> list[L]:
        """All its lines, in their order.

        Raises:
            NotReadyError: a line was changed or removed.

        """
        lines: list[L] = []
        previous, ends = "", [""]
        if self._path.exists():
            for number, text in enumerate(self._path.read_bytes().splitlines(), 1):
                try:
                    line = self._model.model_validate_json(text)
                except ValidationError:
                    raise self._damaged(number) from None
                if line.previous != previous:
                    raise self._damaged(number)
                lines.append(line)
                previous = sha256_bytes(text)
                ends.append(previous)
        self._check_end(ends)
        return lines

    def _check_end(self, ends: Sequence[str]) -> None:
        """Refuses a file that lacks lines it had. A command that was stopped may have added one
        more.
        """
        if self._end.exists() and self._end.read_text(encoding="utf-8") not in ends[-2:]:
            raise self._damaged(len(ends) - 1)

    def add(self, line: L) -> None:
        """Adds a line, in one step."""
        self.read()  # what is damaged is not added to
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        lines = text.splitlines()
        previous = sha256_bytes(lines[-1].encode()) if lines else ""
        content = line.model_dump(mode="json", exclude={"previous"}) | {"previous": previous}
        added = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        write_whole(self._path, f"{text}{added}\n")
        write_whole(self._end, sha256_bytes(added.encode()))
