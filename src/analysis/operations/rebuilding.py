"""A workspace as it was when an edition was made of it: a temporary copy with the deliveries that
were current then.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from analysis.editions.manifest import EditionManifest
from analysis.editions.received import received
from analysis.errors import ObservatoryError
from analysis.intake import manifests
from analysis.operations.building import LOCK
from analysis.operations.context import Context
from analysis.storage import sha256_file
from analysis.study import Workspace, open_study


def workspace_of(
    workspace: Workspace, manifest: EditionManifest, folder: Path, tell: Callable[[str], None]
) -> Context:
    """A copy of the parameters, notebooks and theme of a workspace, and of the deliveries that an
    edition was made from; of the editions of other bodies that it shows, those that are kept.

    Args:
        workspace: Which one.
        manifest: That of the edition.
        folder: An empty one.
        tell: Is told of progress.

    """
    study = manifest.study
    for name in (f"params/{study}", "notebooks", "reports/theme"):
        _copy(workspace.root / name, folder / name)
    for name in (LOCK, "reports/_quarto.yml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workspace.root / name, folder / name)
    copy = Workspace(folder)
    for delivery in _deliveries_of(workspace, manifest):
        _copy(workspace.raw(study) / delivery, copy.raw(study) / delivery)
    with suppress(ObservatoryError):  # what is damaged is left out, and `are_imported` tells
        for one in received(workspace, study) if manifest.imported else ():
            if one.package.name in manifest.imported:
                place = one.folder.relative_to(workspace.imported(study))
                _copy(one.folder, copy.imported(study) / place)
    return Context.open(copy, study, tell)


def are_imported(context: Context, manifest: EditionManifest) -> bool:
    """Whether the editions of other bodies that an edition shows are all kept, as they came."""
    try:
        known = received(context.workspace, context.study.id)
    except ObservatoryError:
        return False
    digests = {one.package.name: one.note.digest for one in known}
    return digests == manifest.imported


def is_whole(raw: Path, inputs: Mapping[str, str]) -> bool:
    """Whether the raw files that an edition was made from are present and unaltered."""
    return all(
        (raw / name).is_file() and sha256_file(raw / name) == digest
        for name, digest in inputs.items()
    )


def _deliveries_of(workspace: Workspace, manifest: EditionManifest) -> list[str]:
    """The deliveries that an edition was made from, and those that they replace.

    Where its manifest does not name them, they are those that its raw files are known by.
    """
    study = manifest.study
    if not workspace.raw(study).exists():
        return []
    replaces = {
        delivery.id: delivery.manifest.replaces
        for delivery in manifests(workspace, open_study(workspace, study))
    }
    known_by = {name.partition("/")[0] for name in manifest.inputs}
    wanted = set(manifest.deliveries or known_by) & set(replaces)
    for delivery in list(wanted):
        former = replaces[delivery]
        while former is not None and former in replaces and former not in wanted:
            wanted.add(former)
            former = replaces[former]
    return sorted(wanted)


def _copy(source: Path, destination: Path) -> None:
    if source.exists():
        shutil.copytree(source, destination, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
