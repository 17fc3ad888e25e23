"""What became of each edition of a study: the latest of its wave, superseded, provisional or
withdrawn.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis.editions.manifest import MANIFEST
from analysis.editions.register import WITHDRAWN, Act, Register
from analysis.editions.versions import Version, versions_in
from analysis.study.workspace import Workspace

State = Literal["definitive", "provisional", "superseded", "withdrawn"]


@dataclass(frozen=True)
class EditionState:
    """An edition, and what became of it.

    Attributes:
        wave, version: Which one.
        state: What it is today.
        published: The line of the register that says that it was published.
        withdrawn: The one that says that it was withdrawn.
        folder: Where its files lie.
        superseded_by: The version that readers are sent to; None where there is none.

    """

    wave: str
    version: Version
    state: State
    published: Act
    withdrawn: Act | None
    folder: Path
    superseded_by: Version | None

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"{self.wave} {self.version.folder}"

    def told(self) -> dict[str, str | None]:
        """What is known of it, as a machine reads it."""
        act = self.withdrawn or self.published
        return {
            "wave": self.wave,
            "version": str(self.version),
            "state": self.state,
            "day": self.published.day.isoformat(),
            "superseded_by": None if self.superseded_by is None else str(self.superseded_by),
            "withdrawn": None if self.withdrawn is None else self.withdrawn.day.isoformat(),
            "reason": act.reason,
            "signer": act.signer,
            "manifest": self.published.manifest,
        }


def edition_folders(workspace: Workspace, study: str) -> list[Path]:
    """The folders of all editions of a study that are in place."""
    root = workspace.editions_of(study)
    waves = sorted(path for path in root.iterdir() if path.is_dir()) if root.exists() else []
    return [
        folder
        for wave in waves
        for version in versions_in(wave)
        if (folder := wave / version.folder).joinpath(MANIFEST).exists()
    ]


def catalogue(workspace: Workspace, study: str) -> list[EditionState]:
    """All editions of a study, by wave and version.

    Raises:
        NotReadyError: the register is damaged.

    """
    acts = Register(workspace, study).acts()
    published = {act.edition: act for act in acts if act.act == "published"}
    withdrawn = {act.edition: act for act in acts if act.act == "withdrawn"}
    found = []
    for (wave, version), act in sorted(published.items()):
        gone = withdrawn.get((wave, version))
        later = [
            other
            for name, other in published
            if name == wave and other > version and (name, other) not in withdrawn
        ]
        final = [other for other in later if not other.provisional]
        best = max(final or later, default=None)
        state: State = "provisional" if version.provisional else "definitive"
        if any(name == wave and other > version for name, other in published):
            state = "superseded"
        folder = workspace.editions(study, wave) / version.folder
        if gone is not None:
            state = "withdrawn"
            folder = workspace.editions(study, wave) / WITHDRAWN / version.folder
        found.append(EditionState(wave, version, state, act, gone, folder, best))
    return found


def latest(editions: list[EditionState], wave: str, *, provisional: bool) -> EditionState | None:
    """The edition of a wave that stands: a final one, or a provisional one. What was superseded
    does not stand again where its successor is withdrawn.
    """
    own = [
        one
        for one in editions
        if one.wave == wave
        and one.state in ("definitive", "provisional")
        and one.version.provisional == provisional
    ]
    return max(own, key=lambda one: one.version, default=None)


def last(editions: list[EditionState], wave: str, *, provisional: bool) -> EditionState | None:
    """The highest version of a wave that was ever published, whatever became of it: a final one, or
    a provisional one.
    """
    own = [one for one in editions if one.wave == wave and one.version.provisional == provisional]
    return max(own, key=lambda one: one.version, default=None)


def finish_withdrawals(workspace: Workspace, study: str) -> None:
    """Takes out of its place what the register says is withdrawn: where the command that withdrew
    it was stopped, the next one ends its work.
    """
    for edition in catalogue(workspace, study):
        place = workspace.editions(study, edition.wave) / edition.version.folder
        if edition.state == "withdrawn" and (place / MANIFEST).exists():
            edition.folder.parent.mkdir(mode=0o700, exist_ok=True)
            shutil.rmtree(edition.folder, ignore_errors=True)
            place.rename(edition.folder)
