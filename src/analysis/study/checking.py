"""What checks of a study's files start from, and the kinds of fault that they find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.errors import ParameterError, quoted
from analysis.study.questionnaire import Scale
from analysis.study.study import Study


class Checker:
    """A study whose files lie in a folder, and the faults found in them so far."""

    def __init__(self, study: Study, folder: Path) -> None:
        self.study, self.folder = study, folder
        self.faults: list[ParameterError] = []
        self.scales = {scale.id: scale for scale in study.questionnaire.scales}
        self.items = {item.id: item for item in study.questionnaire.items}

    def scale_of(self, item: str) -> Scale | None:
        """The scale of an item; None where one of the two does not exist."""
        return self.scales.get(self.items[item].scale) if item in self.items else None

    def add_fault(self, file: str, key: str, what: str, hint: str) -> None:
        """Adds a fault of a file, at a key."""
        self.faults.append(ParameterError(what, where=self._place(file, key), hint=hint))

    def _place(self, file: str, key: str) -> str:
        """A key of a file: of one of YAML, where its name has no ending."""
        return f"{self.folder / file}{'' if file.endswith('.md') else '.yml'}, {key}"

    def check_unique(self, file: str, key: str, names: Iterable[str]) -> None:
        """Adds a fault for each name that is declared more than once."""
        for name, count in Counter(names).items():
            if count > 1:
                self.add_fault(
                    file, key, f"{quoted(name)} is declared {count} times.", "it is given once."
                )

    def check_among(
        self, file: str, key: str, names: Iterable[str], allowed: Iterable[str]
    ) -> None:
        """Adds a fault for each name that is not among those allowed."""
        allowed = set(allowed)
        for name in names:
            if name not in allowed:
                where = self._place(file, key)
                self.faults.append(ParameterError.unknown("name", name, allowed, where=where))

    def check_no_cycle(
        self, file: str, key: str, above: Mapping[str, str | None], hint: str
    ) -> None:
        """Each name leads to another or to none; a name that leads back to itself is a fault, told
        once.
        """
        reported: set[str] = set()
        for start in above:
            path = [start]
            while (following := above.get(path[-1])) is not None and following not in path:
                path.append(following)
            if following == start and start not in reported:
                reported.update(path)
                circle = " → ".join([*path, start])
                self.add_fault(file, f"{start}.{key}", f"These lead in a circle: {circle}.", hint)
