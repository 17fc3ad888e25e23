"""Imports the edition of another body, lists what was imported, and takes it out again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from analysis.editions.comparability import comparison_table, small_here
from analysis.editions.package import Package, read_package
from analysis.editions.received import Received, keep, received, remove
from analysis.editions.versions import Version
from analysis.errors import RawDataError, ScopeError, quoted
from analysis.operations.context import Context
from analysis.operations.journal import Journal


@dataclass(frozen=True)
class ImportOutcome:
    """What became of an import.

    Attributes:
        package: What was imported.
        folder: Where it lies.
        act: `imported`, `replaced` an earlier version of the same edition, or `unchanged`: it was
            imported before.
        replaced: The version that it replaces; empty otherwise.
        results, hidden: How many results over everybody it holds for the page that compares, and
            how many of these it shows and this study hides, since they rest on too few answers.
        comparable: How many may stand beside a result of the study's last wave.

    """

    package: Package
    folder: Path
    act: Literal["imported", "replaced", "unchanged"]
    replaced: str
    results: int
    hidden: int
    comparable: int


def import_edition(context: Context, source: Path, *, today: date) -> ImportOutcome:
    """Imports the open data of an edition of another body; the same again changes nothing.

    Args:
        context: The study beside whose figures it will stand.
        source: The folder, or a zip of it.
        today: The present day.

    Raises:
        RawDataError, IntakeError: something of it is wrong: see `read_package`; or the edition was
            imported with another content, or in a later version.
        ScopeError: it is the study's own.

    """
    workspace, study = context.workspace, context.study
    context.tell(f"reading {source.name}")
    package = read_package(source)
    said = package.description
    if said.study == study.id:
        raise ScopeError(
            f"This is an edition of the study itself: {quoted(package.name)}.",
            where=source.name,
            hint="a study is compared with others; its own waves are compared on its pages.",
        )
    known = received(workspace, study.id)
    _check_body(package, known, source)
    others = [one for one in known if one.edition == (said.study, said.wave)]
    before = others[-1] if others else None
    version = Version.read(said.version)
    same = next((one for one in others if one.version == version), None)
    if same is not None and same.note.digest != package.digest:
        raise RawDataError(
            f"{package.name} was imported before, with another content.",
            where=workspace.relative(same.folder),
            hint="an edition is corrected by a new version: ask the sender which of the two is "
            f"theirs; `observatoire exchange remove {package.name}` takes the first one out.",
        )
    if same is None and before is not None and before.version > version:
        raise RawDataError(
            f"A later version of this edition was imported: {before.package.name}.",
            where=workspace.relative(before.folder),
            hint="the last version stands: there is nothing to import.",
        )
    table = comparison_table([package], study, study.waves[-1].id)
    found = {
        "results": table.height,
        "hidden": small_here(package, study),
        "comparable": int((table.get_column("comparable").list.len() > 0).sum()),
    }
    if same is not None:
        return ImportOutcome(package, same.folder, act="unchanged", replaced="", **found)
    folder = keep(workspace, study.id, package, day=today)
    Journal(workspace, study.id).note("import", edition=package.name, digest=package.digest)
    return ImportOutcome(
        package,
        folder,
        act="imported" if before is None else "replaced",
        replaced="" if before is None else str(before.version),
        **found,
    )


def _check_body(package: Package, known: list[Received], source: Path) -> None:
    """Refuses a study whose name another body's has: the two would be taken for one."""
    said = package.description
    for one in known:
        other = one.package.description
        if other.study == said.study and str(other.publisher) != str(said.publisher):
            raise RawDataError(
                f"The study {quoted(said.study)} is of {quoted(said.publisher)} here, and was "
                f"imported from {quoted(other.publisher)}.",
                where=source.name,
                hint="two bodies call their studies alike: one of them has to publish under "
                "another identifier; or remove what was imported, if the body changed its name.",
            )


def imported_editions(context: Context) -> list[Received]:
    """What was imported, by body, wave and version."""
    return received(context.workspace, context.study.id)


def remove_edition(context: Context, name: str) -> str:
    """Takes an imported edition out; returns its name. Editions that show it keep what they show.

    Args:
        context: The study that it was imported for.
        name: Body, wave and version, as `imported_editions` has it.

    Raises:
        ScopeError: none of that name was imported.

    """
    workspace, study = context.workspace, context.study
    known = {one.package.name: one for one in received(workspace, study.id)}
    if name not in known:
        raise ScopeError.unknown("imported edition", name, known)
    remove(workspace, study.id, known[name])
    Journal(workspace, study.id).note("import-removed", edition=name)
    return name
