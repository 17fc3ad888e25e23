"""Editions: numbered, frozen, with a manifest of what they are made of.

An edition's folder is a Quarto website project: pages as executed notebooks, figures, theme, open
data, and `_site/`, the rendering. It is built under a temporary name and put in place whole.
"""

from __future__ import annotations

import json
import platform
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints, ValidationError

from analysis.errors import NotReadyError
from analysis.publishing.edition import Edition
from analysis.storage import Provenance, sha256_bytes, sha256_file
from analysis.study import Study
from analysis.study.files import open_to_readers
from analysis.study.types import Identifier, Text

MANIFEST = "edition.json"
RELEASED = "released"
"""Folder of an edition that holds the released tables it was made from."""

FIRST_FINAL = (1, 0, 0)
"""Versions below are provisional."""

_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _check_relative(name: str) -> str:
    """Refuses a name that leads out of the edition's folder."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name or "\0" in name:
        raise ValueError("not a file below the edition's folder")
    return name


FileName = Annotated[str, AfterValidator(_check_relative)]


class EditionManifest(Edition):
    """`edition.json`: what an edition is, what made it, and the digest of each of its files.

    Attributes:
        study_digest: Of the parameters that it was made by.
        lock: Digest of the file that pins every package.
        inputs: Digest of each raw file.
        platform, python, renderer: What its bytes depend on beside.
        released: Digest of each released table.
        sources: One digest over its files without their rendering.
        files: Digest of each of its files but this one.

    """

    study: Identifier
    audience: Literal["public"]
    simulated: bool
    title: Text
    study_digest: Sha256
    lock: Sha256
    inputs: dict[str, str]
    platform: Text
    python: Text
    renderer: Text
    released: dict[FileName, Sha256]
    sources: Sha256
    files: dict[FileName, Sha256]


def latest_edition(folder: Path, *, provisional: bool = False) -> Path | None:
    """The folder of the highest version among a wave's editions: final ones, or provisional
    ones.
    """
    versions = [
        (tuple(map(int, match.groups())), path)
        for path in (folder.iterdir() if folder.exists() else ())
        if (match := _VERSION.fullmatch(path.name))
    ]
    wanted = [pair for pair in versions if (pair[0] < FIRST_FINAL) == provisional]
    return max(wanted)[1] if wanted else None


def content_digest(folder: Path) -> str:
    """sha256 over the sources of an edition (names and bytes), its rendering and manifest left
    out.
    """
    lines = [
        f"{path.relative_to(folder).as_posix()} {sha256_file(path)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and path.relative_to(folder).parts[0] != "_site"
    ]
    return sha256_bytes("\n".join(lines).encode())


def write_manifest(
    folder: Path,
    study: Study,
    edition: Edition,
    provenance: Provenance,
    *,
    renderer: str,
    lock: str,
) -> None:
    """Writes the manifest of a finished edition's folder.

    Args:
        folder: It holds everything else.
        study, edition: Which edition.
        provenance: What its figures come from.
        renderer: Name and versions of what rendered it.
        lock: sha256 of the file that pins every package.

    """
    tables = sorted((folder / RELEASED).glob("*.parquet"))
    manifest = EditionManifest(
        study=study.id,
        **edition.model_dump(),
        audience="public",
        simulated=provenance.simulated,
        title=study.title,
        study_digest=study.digest,
        lock=lock,
        inputs=dict(sorted(provenance.inputs.items())),
        platform=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        renderer=renderer,
        released={path.name: sha256_file(path) for path in tables},
        sources=content_digest(folder),
        files=_edition_digests(folder),
    )
    content = manifest.model_dump(mode="json")
    (folder / MANIFEST).write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _edition_digests(folder: Path) -> dict[str, str]:
    """The digest of each file of an edition but its manifest."""
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).as_posix() != MANIFEST
    }


def read_manifest(folder: Path) -> EditionManifest:
    """The manifest of a frozen edition.

    Raises:
        NotReadyError: the folder is not an edition, or its manifest is damaged.

    """
    try:
        return EditionManifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        errors = error.errors() if isinstance(error, ValidationError) else []
        keys = ", ".join(dict.fromkeys(".".join(map(str, error["loc"])) for error in errors))
        raise NotReadyError(
            f"This folder is not an edition, or its manifest is damaged{keys and f' ({keys})'}.",
            where=f"{folder.name}/{MANIFEST}",
            hint="name the folder that `publish` printed; a damaged one comes back from a backup.",
        ) from None


def altered_files(folder: Path, manifest: EditionManifest) -> list[str]:
    """The files of an edition that are not those of its manifest: changed, removed or new."""
    actual = _edition_digests(folder)
    return sorted(
        name for name in {*actual, *manifest.files} if actual.get(name) != manifest.files.get(name)
    )


def put_in_place(built: Path, destination: Path) -> None:
    """Moves a finished edition to its place, for everybody to read; an edition that is there is
    never touched.
    """
    if destination.exists():
        raise FileExistsError(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    open_to_readers(built)
    built.rename(destination)
