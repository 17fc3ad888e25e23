"""The register of a study's editions: what was ever published, corrected or withdrawn, one line
each. Lines are added and never changed: each holds the digest of the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from analysis.editions.added_lines import AddedLine, AddedLines, Sha256
from analysis.editions.manifest import MANIFEST, EditionManifest, read_manifest
from analysis.editions.versions import Version
from analysis.errors import NotReadyError
from analysis.publishing.edition import PublicText, VersionNumber
from analysis.storage import sha256_file
from analysis.study.types import Identifier
from analysis.study.workspace import Workspace

REGISTER = "register.jsonl"

WITHDRAWN = "withdrawn"
"""Folder of a wave's editions where those that were withdrawn lie, for their owner alone."""


class Act(AddedLine):
    """A line of the register.

    Attributes:
        act: What was done.
        wave, version: With which edition.
        day: When: the day that the edition bears, or that of its withdrawal.
        manifest: Digest of the edition's manifest: of all its files, through it.
        kept: Digest of what is kept of its figures in `data/published`; empty where nothing is.
        reason, signer: Why, and who says so; empty of what corrects nothing.

    """

    act: Literal["published", "withdrawn"]
    wave: Identifier
    version: VersionNumber
    day: date
    manifest: Sha256
    kept: Sha256 | Literal[""] = ""
    reason: PublicText = ""
    signer: PublicText = ""

    @property
    def edition(self) -> tuple[str, Version]:
        """Which edition it is about."""
        return self.wave, Version.read(self.version)


class Register:
    """The register of a study: `reports/editions/<study>/register.jsonl`."""

    def __init__(self, workspace: Workspace, study: str) -> None:
        self._workspace, self._study = workspace, study
        self.path = workspace.editions_of(study) / REGISTER
        end = workspace.published(study) / "register.end"
        self._lines = AddedLines(self.path, end, Act, self._damaged)

    def acts(self) -> list[Act]:
        """All its lines, in their order.

        Raises:
            NotReadyError: a line was changed or removed.

        """
        return self._lines.read()

    def add(self, act: Act) -> None:
        """Adds a line, in one step."""
        self._lines.add(act)

    def published(self, wave: str, version: Version) -> Act | None:
        """The line that says that an edition was published."""
        return self._find("published", wave, version)

    def withdrawn(self, wave: str, version: Version) -> Act | None:
        """The line that says that it was withdrawn."""
        return self._find("withdrawn", wave, version)

    def complete(self, folders: Sequence[Path]) -> None:
        """Adds the editions that were put in place and not noted, since the command that did was
        stopped between the two.

        Args:
            folders: All folders of editions.

        """
        known = {act.edition for act in self.acts()}
        new = [
            folder
            for folder in folders
            if (folder.parent.name, Version.read(folder.name)) not in known
        ]
        found = [(read_manifest(folder), folder) for folder in new]
        for manifest, folder in found:
            if not self._is_of(manifest, folder):
                raise self._not_frozen(folder)
        for manifest, folder in sorted(
            found, key=lambda pair: (pair[0].published, Version.read(pair[0].version))
        ):
            self.publish(manifest, folder)

    def check_manifest(self, folder: Path) -> None:
        """Refuses a manifest that is not the one that was frozen.

        Raises:
            NotReadyError: it was altered.

        """
        parent = folder.parent
        wave = parent.parent.name if parent.name == WITHDRAWN else parent.name
        act = self.published(wave, Version.read(folder.name))
        if act is not None and act.manifest != sha256_file(folder / MANIFEST):
            raise self._not_frozen(folder)

    def publish(self, manifest: EditionManifest, folder: Path) -> None:
        """Adds that an edition was published."""
        kept = (
            self._workspace.published(self._study) / f"{manifest.wave}-{manifest.version}.parquet"
        )
        self.add(
            Act(
                act="published",
                wave=manifest.wave,
                version=manifest.version,
                day=manifest.published,
                manifest=sha256_file(folder / MANIFEST),
                kept=sha256_file(kept) if kept.exists() else "",
                reason=manifest.reason,
                signer=manifest.signer,
            )
        )

    def _is_of(self, manifest: EditionManifest, folder: Path) -> bool:
        """Whether a manifest is of the folder that it lies in."""
        said = (manifest.study, manifest.wave, Version.read(manifest.version).folder)
        return said == (self._study, folder.parent.name, folder.name)

    def _not_frozen(self, folder: Path) -> NotReadyError:
        return NotReadyError(
            "The manifest of this edition is not the one that was frozen.",
            where=self._workspace.relative(folder / MANIFEST),
            hint="restore it from a backup: an edition is corrected by a new version.",
        )

    def _find(self, act: str, wave: str, version: Version) -> Act | None:
        found = [one for one in self.acts() if one.act == act and one.edition == (wave, version)]
        return found[-1] if found else None

    def _damaged(self, line: int) -> NotReadyError:
        return NotReadyError(
            "The register of editions is damaged: lines are added to it, and never changed.",
            where=f"{self._workspace.relative(self.path)}, line {line}",
            hint="restore it from a backup.",
        )
