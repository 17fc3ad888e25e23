"""The files of a package that another body sent: a folder, or a zip of one. They are read by the
names that this software knows, never by those that the package gives.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from analysis.editions.dcat import DESCRIPTION
from analysis.errors import ObservatoryError, RawDataError, quoted

FIGURES, CODEBOOK, SCHEMA = "resultats.csv", "dictionnaire.csv", "schema.json"

NEEDED = (FIGURES, CODEBOOK, SCHEMA, DESCRIPTION)
"""The files of open data that figures are read from; its others hold the same."""

LARGEST = 64 << 20
"""Bytes that one of them takes, at most; some two hundred thousand figures."""

CHUNK = 1 << 20


def package_files(source: Path) -> dict[str, bytes]:
    """The content of each of `NEEDED`.

    Args:
        source: The folder `data` of an edition, or a zip whose files are those, alone or in one
            folder.

    Raises:
        RawDataError: it is neither; a file is missing, a link, or too large; a name of the zip
            leads out of it, or stands twice.

    """
    if source.is_dir():
        found = {name: _read_file(source / name) for name in NEEDED if _is_there(source / name)}
    elif zipfile.is_zipfile(source):
        found = _read_zip(source)
    else:
        raise RawDataError(
            "This is no package: neither a folder nor a zip.",
            where=source.name,
            hint="name the folder `data` of an edition, or a zip of it.",
        )
    faults: list[ObservatoryError] = [
        RawDataError(
            f"The package lacks {name}.",
            where=source.name,
            hint=f"an edition's open data is {', '.join(NEEDED)}, in its folder `data`.",
        )
        for name in NEEDED
        if name not in found
    ]
    if faults:
        raise ObservatoryError.together(faults)
    return found


def _is_there(path: Path) -> bool:
    """Whether a file of the folder exists; a link may lead anywhere."""
    if path.is_symlink():
        raise RawDataError(
            f"{path.name} is a link, which may lead out of the package.",
            where=path.parent.name,
            hint="put the file itself there.",
        )
    return path.is_file()


def _read_file(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise _too_large(path.name, path.parent.name)
    return path.read_bytes()


def _read_zip(source: Path) -> dict[str, bytes]:
    """The files of a zip; nothing of it is ever written under a name that it gives."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(source) as archive:
            for member in archive.infolist():
                *folders, name = member.filename.split("/")
                if ".." in folders or member.filename.startswith("/") or "\\" in member.filename:
                    raise RawDataError(
                        f"A name leads out of the package: {quoted(member.filename)}.",
                        where=source.name,
                        hint="do not use this file: ask the sender for the folder `data` again.",
                    )
                if name not in NEEDED or len(folders) > 1:
                    continue
                if name in found:
                    raise RawDataError(
                        f"{name} stands twice in the package.",
                        where=source.name,
                        hint="a package holds one edition: import each by itself.",
                    )
                found[name] = _read_member(archive, member, source.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise RawDataError(
            "The zip cannot be read: it is damaged, or locked by a password.",
            where=source.name,
            hint="ask the sender for it again, or name the folder itself.",
        ) from error
    return found


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> bytes:
    """A file of a zip, up to the largest size: what a zip says of its sizes is not believed."""
    parts, size = [], 0
    with archive.open(member) as stream:
        while part := stream.read(CHUNK):
            size += len(part)
            if size > LARGEST:
                raise _too_large(member.filename.rpartition("/")[2], where)
            parts.append(part)
    return b"".join(parts)


def _too_large(name: str, where: str) -> RawDataError:
    return RawDataError(
        f"{name} is larger than {LARGEST >> 20} MiB.",
        where=where,
        hint="no edition's figures are: ask the sender what it is.",
    )
