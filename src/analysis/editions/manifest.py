"""Editions: numbered, frozen, with a manifest of what they are made of.

An edition's folder is a Quarto website project: pages as executed notebooks, figures, theme, open
data, and `_site/`, the rendering. It is built under a temporary name and put in place whole.
"""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.errors import NotReadyError
from analysis.storage import Provenance, sha256_bytes, sha256_file
from analysis.study import Study, Wave
from analysis.study.files import open_to_readers

MANIFEST = "edition.json"
_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")
_FIELDS: dict[str, type] = {
    "study": str,
    "wave": str,
    "version": str,
    "simulated": bool,
    "released": dict,
    "inputs": dict,
    "files": dict,
    "sources": str,
    "lock": str,
    "renderer": str,
    "platform": str,
    "python": str,
}


@dataclass(frozen=True)
class EditionId:
    """Which edition: study, wave, version (`1.0.0`)."""

    study: str
    wave: str
    version: str


def latest(folder: Path) -> Path | None:
    """The folder of the highest version among a wave's editions."""
    versions = [
        (tuple(map(int, match.groups())), path)
        for path in (folder.iterdir() if folder.exists() else ())
        if (match := _VERSION.fullmatch(path.name))
    ]
    return max(versions)[1] if versions else None


def epoch(wave: Wave) -> int:
    """The edition's instant: its publication date at midnight UTC, in seconds. Never now."""
    return int(
        datetime(
            wave.publication.year, wave.publication.month, wave.publication.day, tzinfo=UTC
        ).timestamp()
    )


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
    wave: Wave,
    version: str,
    provenance: Provenance,
    *,
    renderer: str,
    lock: str,
    released: dict[str, str],
) -> None:
    """Writes `edition.json`: what the edition is, what made it, and the digest of each of its
    files.
    """
    content = {
        "study": study.id,
        "wave": wave.id,
        "version": version,
        "published": wave.publication.isoformat(),
        "audience": "public",
        "simulated": provenance.simulated,
        "title": study.title,
        "study_digest": study.digest,
        "lock": lock,
        "inputs": dict(sorted(provenance.inputs.items())),
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "released": released,
        "renderer": renderer,
        "sources": content_digest(folder),
        "files": _files(folder),
    }
    (folder / MANIFEST).write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _files(folder: Path) -> dict[str, str]:
    """The digest of each file of an edition but its manifest."""
    return {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).as_posix() != MANIFEST
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a frozen edition.

    Raises:
        NotReadyError: the folder is not an edition, or its manifest is damaged.

    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not all(isinstance(content[name], kind) for name, kind in _FIELDS.items()):
            raise ValueError
        if not _VERSION.fullmatch(f"v{content['version']}"):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise NotReadyError(
            "This folder is not an edition, or its manifest is damaged.",
            where=f"{folder.name}/{MANIFEST}",
            hint="name the folder that `publish` printed; a damaged one comes back from a backup.",
        ) from None
    return dict(content)


def altered_files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """The files of an edition that are not those of its manifest: changed, removed or new."""
    here = _files(folder)
    return sorted(
        name
        for name in {*here, *manifest["files"]}
        if here.get(name) != manifest["files"].get(name)
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
