"""Manifests: what a delivery holds, and how each file's columns become directorate, wave, channel and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from analysis.errors import RawDataError, ScopeError
from analysis.storage import sha256_file
from analysis.study import Model, Study, Workspace, read_model
from analysis.study.model import Identifier, ItemId

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
DateFormat = Annotated[str, StringConstraints(pattern=r"^%[dmY][^%]?%[dmY][^%]?%[dmyY]([ T]%H:%M(:%S)?)?$")]
MANIFEST = "manifest.yml"


class Selector(Model):
    """Where a row's directorate, wave, channel or site comes from: one fixed value, or a column."""

    value: Identifier | None = None
    column: str | None = None
    values: dict[str, Identifier] | None = None

    @model_validator(mode="after")
    def _one(self) -> Selector:
        if (self.value is None) == (self.column is None):
            raise ValueError("give either a value or a column")
        return self


class DateShape(Model):
    """The formats tried on dates of one shape (each digit written 9); the first that reads is taken."""

    shape: str
    formats: Annotated[tuple[DateFormat, ...], Field(min_length=1)]


class DateColumn(Model):
    """A column of dates whose formats are declared by shape, never guessed."""

    column: str
    shapes: Annotated[tuple[DateShape, ...], Field(min_length=1)]


class Respondent(Model):
    """Which column identifies a respondent (a blank one is somebody else each time), and which of its rows counts.

    Rows with text in the column `finished` come before those without.
    """

    column: str
    keep: Literal["first", "last"] = "first"
    finished: str | None = None


class ItemColumn(Model):
    """A column of answers: raw text → code of a level or a missing code. Text items have no values."""

    column: str
    values: dict[str, int] | None = None
    empty: int | None = None
    ignore: tuple[str, ...] = ()


class Mapping(Model):
    """How the columns of a file are read. `directorate` may be left out where the site tells it."""

    directorate: Selector | None = None
    wave: Selector | None = None
    channel: Selector
    site: Selector | None = None
    day: DateColumn
    respondent: Respondent | None = None
    items: dict[ItemId, ItemColumn]


class Dialect(Model):
    """How a delimited file is written."""

    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t"] = ","


class FileEntry(Model):
    """One file of a delivery. `reader` names its format; the generic one takes a `mapping`."""

    path: FileName
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    reader: Literal["limesurvey", "paper", "kiosk", "delimited", "archive"]
    channel: Identifier | None = None
    wave: Identifier | None = None
    dialect: Dialect | None = None
    mapping: Mapping | None = None

    @model_validator(mode="after")
    def _complete(self) -> FileEntry:
        if self.path == MANIFEST:
            raise ValueError(f"{MANIFEST} is the manifest's own name")
        if (self.reader == "delimited") != (self.mapping is not None):
            raise ValueError("a mapping goes with the delimited reader, and with it only")
        if self.reader in ("limesurvey", "paper", "kiosk") and (self.channel is None or self.wave is None):
            raise ValueError(f"the {self.reader} reader needs a channel and a wave")
        return self


class Manifest(Model):
    """`manifest.yml`: one delivery, hashed, never changed afterwards. A correction `replaces` an earlier delivery."""

    delivery: Identifier
    received: date
    simulated: bool
    replaces: Identifier | None = None
    note: str = ""
    files: Annotated[tuple[FileEntry, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Delivery:
    """A manifest and the folder it describes."""

    folder: Path
    manifest: Manifest

    def path(self, entry: FileEntry) -> Path:
        return self.folder / entry.path


def deliveries(workspace: Workspace, study: Study) -> tuple[Delivery, ...]:
    """The registered deliveries of a study that no other replaces, each file present and unaltered.

    Raises:
        RawDataError: a file is missing, empty or altered, or stands in two manifests.
        ScopeError: a manifest names a wave or channel that the study does not have.

    """
    found = tuple(
        Delivery(path.parent, read_model(path, Manifest)) for path in sorted(workspace.raw(study.id).glob(f"*/{MANIFEST}"))
    )
    replaced = {one.manifest.replaces: one for one in found if one.manifest.replaces}
    names = {one.manifest.delivery for one in found}
    for name, one in replaced.items():
        if name not in names - {one.manifest.delivery}:
            raise RawDataError.unknown("delivery to replace", name, names, where=f"{workspace.relative(one.folder)}/{MANIFEST}")
    owners: dict[str, str] = {}
    for delivery, entry in _entries(found):
        where = f"{workspace.relative(delivery.folder)}/{MANIFEST}, {entry.path}"
        check_entry(study, entry, where)
        digest = check_file(delivery.path(entry), entry, where)
        if delivery.manifest.delivery in replaced:
            continue  # its files may stand in what replaces it
        if digest in owners:
            raise RawDataError(
                "One file stands in two manifests (or twice in one).",
                where=f"{owners[digest]} and {where}",
                hint="remove one of the two entries: each answer must count once.",
            )
        owners[digest] = where
    return tuple(one for one in found if one.manifest.delivery not in replaced)


def _entries(found: tuple[Delivery, ...]) -> Iterator[tuple[Delivery, FileEntry]]:
    for delivery in found:
        for entry in delivery.manifest.files:
            yield delivery, entry


def check_entry(study: Study, entry: FileEntry, where: str) -> None:
    """Refuses an entry that names a wave, channel, item or level the study lacks."""
    try:
        if entry.wave is not None:
            study.wave(entry.wave)
        if entry.channel is not None:
            study.channel(entry.channel)
        if entry.mapping is not None:
            _check_mapping(study, entry.mapping)
    except ScopeError as error:
        raise ScopeError(error.what, where=where, hint=error.hint) from None


def check_file(path: Path, entry: FileEntry, where: str) -> str:
    """The sha256 of a registered file that is there, is not empty and was not altered."""
    if not path.is_file():
        raise RawDataError("A raw file is missing.", where=where, hint="put it back, or register the delivery again.")
    if path.stat().st_size == 0:
        raise RawDataError("A raw file is empty.", where=where, hint="ask its sender for the export again.")
    digest = sha256_file(path)
    if entry.sha256 is not None and digest != entry.sha256:
        raise RawDataError(
            "A raw file was altered after it was registered.",
            where=where,
            hint="put the original back; a corrected export is a new delivery that `replaces` this one.",
        )
    return digest


def _check_mapping(study: Study, mapping: Mapping) -> None:
    named = {
        "directorate": (mapping.directorate, study.directorate),
        "wave": (mapping.wave, study.wave),
        "channel": (mapping.channel, study.channel),
    }
    for selector, pick in named.values():
        if selector is not None:
            for name in filter(None, [selector.value, *(selector.values or {}).values()]):
                pick(name)
    for item, column in mapping.items.items():
        allowed = {*study.scale(item).codes, *study.missing.values()}
        for raw, code in {**(column.values or {}), **({"(empty)": column.empty} if column.empty else {})}.items():
            if code not in allowed:
                raise ScopeError(
                    f"Item {item}: {raw!r} is mapped to {code}, which its scale {study.item(item).scale!r} lacks.",
                    hint=f"its codes are {', '.join(map(str, sorted(allowed)))}.",
                )
