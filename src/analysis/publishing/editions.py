"""Editions: numbered, frozen, with a manifest of what they are made of.

An edition's folder is a Quarto website project: pages as executed notebooks, figures, theme, open data, and `_site/`,
the rendering. It is built under a temporary name and put in place whole.
"""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analysis.storage import sha256_bytes, sha256_file
from analysis.study import Study, Wave

MANIFEST = "edition.json"
_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)")


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
    return int(datetime(wave.publication.year, wave.publication.month, wave.publication.day, tzinfo=UTC).timestamp())


def content_digest(folder: Path) -> str:
    """sha256 over the sources of an edition (names and bytes), its rendering and manifest left out."""
    lines = [
        f"{path.relative_to(folder).as_posix()} {sha256_file(path)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and path.relative_to(folder).parts[0] != "_site"
    ]
    return sha256_bytes("\n".join(lines).encode())


def write_manifest(
    folder: Path, study: Study, wave: Wave, version: str, *, simulated: bool, renderer: str, lock: str, released: dict[str, str]
) -> None:
    """Writes `edition.json`: what the edition is, what made it, and the digest of each of its files."""
    files = {
        path.relative_to(folder).as_posix(): sha256_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    content = {
        "study": study.id,
        "wave": wave.id,
        "version": version,
        "published": wave.publication.isoformat(),
        "audience": "public",
        "simulated": simulated,
        "title": study.about.title,
        "study_digest": study.digest,
        "lock": lock,
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "released": released,
        "renderer": renderer,
        "sources": content_digest(folder),
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def sources_of(folder: Path) -> str:
    """The digest of the sources of a frozen edition."""
    return str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sources"])


def put_in_place(built: Path, destination: Path) -> None:
    """Moves a finished edition to its place; an edition that is there is never touched."""
    if destination.exists():
        raise FileExistsError(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    built.rename(destination)
