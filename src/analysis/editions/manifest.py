"""Editions: numbered, frozen, with a manifest of what they are made of.

An edition's folder is a Quarto website project: pages as executed notebooks, figures, theme, open
data, and `_site/`, the rendering. It is built under a temporary name and put in place whole.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from analysis.editions.added_lines import Sha256
from analysis.errors import NotReadyError
from analysis.publishing.edition import Edition
from analysis.storage import Provenance, sha256_bytes, sha256_file
from analysis.study import Model, Study
from analysis.study.files import open_to_readers
from analysis.study.languages import without_marks
from analysis.study.types import Identifier, Text

MANIFEST = "edition.json"
CAUSES = "causes.json"
"""What made a correction differ from what it corrects: told once, as it is made."""

RELEASED = "released"
"""Folder of an edition that holds the released tables it was made from."""


def _check_relative(name: str) -> str:
    """Refuses a name that leads out of the edition's folder."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in name or "\0" in name:
        raise ValueError("not a file below the edition's folder")
    return name


FileName = Annotated[str, AfterValidator(_check_relative)]


class Origin(Model):
    """What an edition is made of.

    Attributes:
        inputs: Digest of each raw file.
        parameters: Digest of what each parameter file says to its pages.
        definitions: Digest of what each definition says.

    """

    inputs: dict[str, str]
    parameters: dict[Text, Sha256] = Field(default_factory=dict)
    definitions: dict[Text, Sha256] = Field(default_factory=dict)

    @classmethod
    def of(cls, study: Study, provenance: Provenance) -> Origin:
        """That of what pages see of a study, and of where its figures come from."""
        return cls(
            inputs=dict(sorted(provenance.inputs.items())),
            parameters=study.part_digests(),
            definitions={
                definition.id: sha256_bytes(definition.model_dump_json().encode())
                for definition in study.definitions
            },
        )


class EditionManifest(Edition, Origin):
    """`edition.json`: what an edition is, what made it, and the digest of each of its files. What
    has a default was not said of editions that earlier versions of the software made.

    Attributes:
        status: What it was as it was frozen; what became of it since stands in the register.
        planned: The day that was announced for the edition of its wave.
        embargo: Who sees it before that day.
        study_digest: Of the parameters that it was made by.
        software: One digest over the library and the notebooks that made it.
        lock: Digest of the file that pins every package.
        platform, python, renderer: What its bytes depend on beside.
        deliveries: Those that no other replaced when it was made.
        linked: The earlier editions that its figures were released with, so that none gives away
            what another hides; with the digest of what is kept of each.
        imported: The editions of other bodies that it shows beside its own figures, with the digest
            that each was imported by.
        released: Digest of each released table.
        sources: One digest over its files without their rendering.
        files: Digest of each of its files but this one.

    """

    study: Identifier
    status: Literal["provisional", "definitive"] = "definitive"
    planned: date | None = None
    embargo: tuple[Text, ...] = ()
    audience: Literal["public"]
    simulated: bool
    title: Text
    study_digest: Sha256
    software: Sha256 | Literal[""] = ""
    lock: Sha256
    platform: Text
    python: Text
    renderer: Text
    deliveries: tuple[Text, ...] = ()
    linked: dict[Text, Sha256] = Field(default_factory=dict)
    imported: dict[Text, Sha256] = Field(default_factory=dict)
    released: dict[FileName, Sha256]
    sources: Sha256
    files: dict[FileName, Sha256]

    @property
    def edition(self) -> Edition:
        """The edition, without what it is made of."""
        return Edition(**{name: getattr(self, name) for name in Edition.model_fields})

    @property
    def origin(self) -> Origin:
        """What it is made of."""
        return Origin(**{name: getattr(self, name) for name in Origin.model_fields})


def content_digest(folder: Path) -> str:
    """sha256 over the sources of an edition (names and bytes), its rendering, manifest and causes
    left out.
    """
    lines = [
        f"{path.relative_to(folder).as_posix()} {sha256_file(path)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in ("_site", MANIFEST, CAUSES)
    ]
    return sha256_bytes("\n".join(lines).encode())


def write_manifest(
    folder: Path,
    study: Study,
    edition: Edition,
    provenance: Provenance,
    *,
    deliveries: Sequence[str],
    linked: Mapping[str, str],
    imported: Mapping[str, str],
    renderer: str,
    lock: str,
    software: str,
) -> None:
    """Writes the manifest of a finished edition's folder.

    Args:
        folder: It holds everything else.
        study, edition: Which edition.
        provenance: What its figures come from.
        deliveries: Those that no other replaces.
        linked: The earlier editions that it was released with, and the digest of what is kept of
            each.
        imported: The editions of other bodies that it shows, and the digest of each.
        renderer: Name and versions of what rendered it.
        lock: sha256 of the file that pins every package.
        software: sha256 over the library and the notebooks.

    """
    tables = sorted((folder / RELEASED).glob("*.parquet"))
    manifest = EditionManifest(
        study=study.id,
        **edition.model_dump(),
        status="provisional" if edition.provisional else "definitive",
        planned=study.wave(edition.wave).publication,
        embargo=tuple(map(without_marks, study.embargo)),
        audience="public",
        simulated=provenance.simulated,
        title=study.title,
        study_digest=study.digest,
        **Origin.of(study, provenance).model_dump(),
        software=software,
        lock=lock,
        platform=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        renderer=renderer,
        deliveries=tuple(deliveries),
        linked=dict(sorted(linked.items())),
        imported=dict(sorted(imported.items())),
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
    open_to_readers(built, frozen=True)
    built.rename(destination)
