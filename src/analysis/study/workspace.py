"""Where things lie: paths, and nothing else.

A path is only ever built from identifiers that the study has checked (see `model.Identifier`), so
no directorate called ``../../etc`` can reach the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.errors import ScopeError
from analysis.study.scope import Scope

MARKER = "params"
ASIDE = ("recipients.yml", "retention.yml", "simulation.yml")
"""Parameter files that no result is made of."""
PRACTICES = "practices"
"""The folder of practice notes in that of a study."""

COMPARED = "imported.parquet"
"""The file of the figures of other bodies, beside those that were released."""


def result_parameters(folder: Path) -> list[Path]:
    """The parameter files of a study's folder that results are made of, and its practice notes,
    sorted.
    """
    return [
        path
        for path in [*sorted(folder.rglob("*.yml")), *practice_notes(folder)]
        if path.relative_to(folder).as_posix() not in ASIDE and not path.name.startswith(".")
    ]


def practice_notes(folder: Path) -> list[Path]:
    """The files of the practice notes of a study's folder, sorted."""
    return sorted((folder / PRACTICES).glob("[!.]*.md"))


@dataclass(frozen=True)
class Workspace:
    """A folder that holds `params/`, `data/`, `notebooks/` and `reports/`."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """The nearest folder at or above `start` that holds a `params/` folder."""
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / MARKER).is_dir():
                return cls(folder)
        raise ScopeError(
            "No workspace here.",
            where=str(start),
            hint="go to the repository's folder, or name it with --workspace.",
        )

    @property
    def params(self) -> Path:
        """The parameters of every study."""
        return self.root / "params"

    @property
    def notebooks(self) -> Path:
        """The notebooks and their plan."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Theme and configuration of pages, runs and editions."""
        return self.root / "reports"

    def studies(self) -> list[str]:
        """The identifiers of the studies that `params/` describes, sorted."""
        return sorted(path.parent.name for path in self.params.glob("*/study.yml"))

    def study(self, study: str) -> Path:
        """The parameter folder of one study, which must be among `studies`."""
        if study not in self.studies():
            raise ScopeError.unknown("study", study, self.studies())
        return self.params / study

    def parameters(self, study: str) -> list[Path]:
        """The parameter files that results are made of."""
        return result_parameters(self.params / study)

    def raw(self, study: str) -> Path:
        """The deliveries of a study."""
        return self.root / "data" / "raw" / study

    def truth(self, study: str) -> Path:
        """What is true of a simulated study."""
        return self.root / "data" / "truth" / study

    def processed(self, study: str, layer: str) -> Path:
        """The tables of a layer."""
        return self.root / "data" / "processed" / study / layer

    def table(self, study: str, layer: str, scope: Scope) -> Path:
        """The one parquet file of a layer in a scope (hive layout)."""
        return self.processed(study, layer).joinpath(*scope.parts, "part-0.parquet")

    def published(self, study: str) -> Path:
        """What was published, as it was before the gate: for later editions not to give it away."""
        return self.root / "data" / "published" / study

    def imported(self, study: str) -> Path:
        """The editions of other bodies that were imported, as they came."""
        return self.root / "data" / "imported" / study

    def handed_over(self, study: str) -> Path:
        """The remarks that were handed over to other bodies, and their register."""
        return self.root / "data" / "handed-over" / study

    @property
    def notes(self) -> Path:
        """What the command notes for itself, and may lose: its lock, digests, the list of jobs."""
        return self.root / ".observatoire"

    def runs(self, study: str) -> Path:
        """Executed notebooks and their records."""
        return self.reports / "runs" / study

    def released(self, study: str, wave: str) -> Path:
        """The figures that an edition in the making may show; a frozen one holds its own."""
        return self.runs(study) / "released" / wave / "public.parquet"

    def compared(self, study: str, wave: str) -> Path:
        """The figures of other bodies that an edition in the making may show, beside its own;
        absent where none was imported.
        """
        return self.released(study, wave).with_name(COMPARED)

    def editions_of(self, study: str) -> Path:
        """The frozen editions of a study, and their register."""
        return self.reports / "editions" / study

    def editions(self, study: str, wave: str) -> Path:
        """The frozen editions of a wave."""
        return self.editions_of(study) / wave

    def relative(self, path: Path) -> str:
        """`path` as seen from the workspace, with forward slashes: what messages and records
        show.
        """
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.name
