"""From the files of practice notes to `Practice` objects, each fault with its line."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from analysis.errors import ParameterError, nearest, quoted
from analysis.study.kinds import LanguageCode
from analysis.study.practices import (
    HEADINGS,
    SECTIONS,
    Practice,
    PracticeHead,
    PracticeSections,
    SectionName,
)
from analysis.study.validation import validated
from analysis.study.workspace import PRACTICES, practice_notes
from analysis.study.yaml_reader import parse_yaml, read_text

FENCE = "---"
"""The line before and after a front matter."""

SHOWN_BY = "params/practice.md shows a whole one."

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")

_Section = tuple[LanguageCode, SectionName]

_SECTION_OF: dict[str, _Section] = {
    word: (code, name) for code, words in HEADINGS.items() for name, word in words.items()
}


def load_practices(folder: Path) -> tuple[Practice, ...]:
    """The notes of a study's folder: its own, then those on other bodies, the last written first.

    Raises:
        ParameterError: every fault of every file, each with its line or key.

    """
    notes: list[Practice] = []
    faults: list[ParameterError] = []
    files: dict[str, list[str]] = defaultdict(list)
    for path in practice_notes(folder):
        try:
            note = read_practice(path)
        except ParameterError as error:
            faults.append(error)
            continue
        notes.append(note)
        files[note.id].append(path.name)
        if note.id != path.stem:
            faults.append(
                ParameterError(
                    f"The note calls itself {quoted(note.id)}, and its file is {path.name}.",
                    where=f"{path}, id",
                    hint="give the file the note's identifier.",
                )
            )
    for name, paths in files.items():
        if len(paths) > 1:
            faults.append(
                ParameterError(
                    f"{len(paths)} notes are called {quoted(name)}: {', '.join(paths)}.",
                    where=str(folder / PRACTICES),
                    hint="give each an identifier of its own, which is the name of its file.",
                )
            )
    if faults:
        raise ParameterError.together(faults)
    return tuple(
        sorted(notes, key=lambda one: (one.body is not None, -one.date.toordinal(), one.id))
    )


def read_practice(path: Path) -> Practice:
    """One note.

    Raises:
        ParameterError: every fault of its front matter, or of its sections.

    """
    lines = read_text(path).removeprefix("\ufeff").split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == FENCE]
    if len(ends) < 2 or ends[0] != 0:
        raise ParameterError(
            "A practice note begins with its front matter.",
            where=f"{path}, line 1",
            hint=f"write it between two lines of three dashes; {SHOWN_BY}",
        )
    # The empty line stands for the first one of the file: faults then name the line they are in.
    content = parse_yaml("\n".join(["", *lines[1 : ends[1]]]), str(path))
    head = validated(content, path, PracticeHead)
    sections = _Body(lines, ends[1] + 1, path).sections()
    return Practice(**head.visible_fields(), sections=sections)


class _Body:
    """What stands under the headings of a note, and what is wrong there.

    Args:
        lines: All the lines of the file.
        start: How many of them its front matter takes.
        path: Of the file.

    """

    def __init__(self, lines: list[str], start: int, path: Path) -> None:
        self.path = path
        self.faults: list[ParameterError] = []
        self.lines: dict[_Section, list[str]] = {}
        self._read(lines, start)

    def sections(self) -> PracticeSections:
        """The sections, each in the languages of the note.

        Raises:
            ParameterError: every fault.

        """
        codes = list(dict.fromkeys(code for code, _ in self.lines)) or list(HEADINGS)[:1]
        self.faults += [
            ParameterError(
                f"A practice note without its {name}, in {code!r}.",
                where=str(self.path),
                hint=f"write it under the heading `## {HEADINGS[code][name]}`; {SHOWN_BY}",
            )
            for code in codes
            for name in SECTIONS
            if (code, name) not in self.lines
        ]
        if self.faults:
            raise ParameterError.together(self.faults)
        texts = {
            name: {str(code): "\n".join(self.lines[code, name]).strip() for code in codes}
            for name in SECTIONS
        }
        return validated(texts, self.path, PracticeSections)

    def _read(self, lines: list[str], start: int) -> None:
        under: list[str] | None = None
        for number, line in enumerate(lines[start:], start + 1):
            heading = _HEADING.fullmatch(line)
            if heading is not None:
                under = self._open(heading, number, lines)
            elif under is not None:
                under.append(line)
            elif line.strip():
                self._fail(number, "A text stands before the first heading.", _allowed())
                under = []

    def _open(self, heading: re.Match[str], number: int, lines: list[str]) -> list[str]:
        """Where the lines under a heading go: those under one that is refused are not told."""
        quoted_heading, section = quoted(heading[0].strip()), _SECTION_OF.get(heading[2])
        under: list[str] = []
        if heading[1] != "##" or section is None:
            hint = nearest(heading[2], _SECTION_OF) if heading[1] == "##" else _allowed()
            self._fail(number, f"A note has no heading {quoted_heading}.", hint)
        elif section in self.lines:
            self._fail(number, f"The heading {quoted_heading} stands twice.", "keep one of them.")
        else:
            self.lines[section] = under
            after = next((line for line in lines[number:] if line.strip()), None)
            if after is None or _HEADING.fullmatch(after):
                hint = "write a sentence under its heading: what is not known is said, too."
                self._fail(number, f"The section {quoted_heading} is empty.", hint)
        return under

    def _fail(self, number: int, what: str, hint: str) -> None:
        where = f"{self.path}, line {number}"
        self.faults.append(ParameterError(what, where=where, hint=hint))


def _allowed() -> str:
    """The headings of a note, as a hint."""
    listed = [", ".join(f"## {word}" for word in words.values()) for words in HEADINGS.values()]
    return f"a note has these headings and no others: {'; or '.join(listed)}."
