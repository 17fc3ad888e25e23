"""The editions of other bodies that were imported: kept as they came, read-only, each with the
digest that it is known by.

`data/imported/<study>/<body's study>/<wave>/v<version>/` holds the files of one, and `import.json`.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from analysis.editions.added_lines import Sha256
from analysis.editions.package import Package, read_package
from analysis.editions.versions import Version
from analysis.errors import RawDataError
from analysis.study import Model, Wave
from analysis.study.disk import writing
from analysis.study.files import FOLDER, PRIVATE_FOLDER, make_private_folder
from analysis.study.workspace import Workspace

NOTE = "import.json"
READ_ONLY = 0o400


class ImportNote(Model):
    """`import.json`: the digest that a package had when it was imported, and the day."""

    digest: Sha256
    day: date


@dataclass(frozen=True)
class Received:
    """An imported edition: where it lies, what it is, when it came."""

    folder: Path
    package: Package
    note: ImportNote

    @property
    def version(self) -> Version:
        """Its number."""
        return Version.read(self.package.description.version)

    @property
    def edition(self) -> tuple[str, str]:
        """Whose edition of which wave it is: its versions follow one another."""
        said = self.package.description
        return said.study, said.wave


def received(workspace: Workspace, study: str) -> list[Received]:
    """Every imported edition of a study, by body, wave and version.

    Raises:
        RawDataError: one is not what was imported.

    """
    folders = sorted(path.parent for path in workspace.imported(study).glob(f"*/*/*/{NOTE}"))
    found = [_read(workspace, folder) for folder in folders]
    return sorted(found, key=lambda one: (one.edition, one.version))


def folder_of(workspace: Workspace, study: str, package: Package) -> Path:
    """Where an imported edition lies: its names are identifiers, and lead nowhere else."""
    said = package.description
    version = Version.read(said.version).folder
    return workspace.imported(study) / said.study / said.wave / version


def compared_editions(known: list[Received], wave: Wave) -> list[Received]:
    """The imported editions that stand beside a wave: of each body the last wave whose field began
    before the end of that one, in its last version.
    """
    chosen: dict[str, Received] = {}
    for one in known:
        said = one.package.description
        start = _start(one)
        before = chosen.get(said.study)
        if start > wave.end:
            continue
        if before is None or (_start(before), before.version) < (start, one.version):
            chosen[said.study] = one
    return list(chosen.values())


def keep(workspace: Workspace, study: str, package: Package, *, day: date) -> Path:
    """Puts an imported edition in its place in one step, for nobody to write."""
    destination = folder_of(workspace, study, package)
    make_private_folder(destination.parent)
    with (
        writing(f"the edition {package.name}", destination.parent),
        tempfile.TemporaryDirectory(dir=destination.parent, prefix=FOLDER) as temporary,
    ):
        folder = Path(temporary) / "edition"
        folder.mkdir(mode=PRIVATE_FOLDER)
        note = ImportNote(digest=package.digest, day=day).model_dump_json(indent=1) + "\n"
        for name, content in {**package.files, NOTE: note.encode()}.items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(READ_ONLY)
        folder.rename(destination)
    return destination


def remove(workspace: Workspace, study: str, one: Received) -> None:
    """Takes an imported edition away, and the folders that it leaves empty."""
    shutil.rmtree(one.folder)
    for folder in (one.folder.parent, one.folder.parent.parent, workspace.imported(study)):
        if not any(folder.iterdir()):
            folder.rmdir()


def _start(one: Received) -> date:
    said = one.package.description
    return next(wave.start for wave in said.waves if wave.id == said.wave)


def _read(workspace: Workspace, folder: Path) -> Received:
    """An imported edition, which is what was imported, and lies where it should."""
    where = workspace.relative(folder)
    hint = "restore it from a backup, or remove the folder and import the edition again."
    try:
        note = ImportNote.model_validate_json((folder / NOTE).read_bytes())
    except (OSError, ValidationError):
        raise RawDataError(
            "What is noted of this import is damaged.", where=where, hint=hint
        ) from None
    package = read_package(folder)
    study = folder.parents[2].name
    if package.digest != note.digest or folder_of(workspace, study, package) != folder:
        raise RawDataError("This import is not what was imported.", where=where, hint=hint)
    return Received(folder, package, note)
