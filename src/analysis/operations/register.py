"""Registers a delivery: copied, hashed, and read before it is accepted."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ruamel.yaml import YAML

from analysis.errors import RawDataError
from analysis.intake import MANIFEST, Delivery, FileEntry, Manifest, check_entry, check_file, deliveries, receive
from analysis.operations.context import Context
from analysis.operations.receive import bring_in
from analysis.storage import sha256_file
from analysis.study import read_model
from analysis.study.files import FOLDER


def register_delivery(context: Context, draft: Path, *, source: Path | None = None) -> None:
    """Copies the files that a draft manifest names into `data/raw`, completes their digests, and reads them.

    Nothing is written unless every file of the delivery can be read.

    Raises:
        RawDataError: a file is missing or empty, is registered already, or the delivery exists.
        IntakeError: a file cannot be read as the draft says.

    """
    workspace, study = context.workspace, context.study
    manifest = read_model(draft, Manifest)
    origin = source or draft.parent
    destination = workspace.raw(study.id) / manifest.delivery
    if destination.exists():
        raise RawDataError(
            f"Delivery {manifest.delivery!r} is registered already.",
            where=workspace.relative(destination),
            hint="raw data is never changed: a correction is a new delivery, under another name, that `replaces` this one.",
        )
    known = {
        entry.sha256: f"{one.manifest.delivery}/{entry.path}"
        for one in deliveries(workspace, study)
        for entry in one.manifest.files
        if one.manifest.delivery != manifest.replaces
    }
    entries = []
    for entry in manifest.files:
        where = f"{draft.name}, {entry.path}"
        check_entry(study, entry, where)
        digest = check_file(origin / entry.path, entry, where)
        if digest in known:
            raise RawDataError(
                "This file is registered already.",
                where=f"{where} = {known[digest]}",
                hint="each answer must count once: leave it out of this delivery.",
            )
        known[digest] = where
        entries.append(entry.model_copy(update={"sha256": digest}))
    complete = manifest.model_copy(update={"files": tuple(entries)})
    for entry in entries:
        received = receive(Delivery(origin, complete), entry, study)
        if received is not None:
            row = received.receipt.row(0, named=True)
            context.tell(
                f"{entry.path}: {row['received']} rows = {row['kept']} kept + {row['refused']} refused + "
                f"{row['duplicates']} duplicates; {row['ambiguous_dates']} ambiguous dates"
            )
            for reason, count in received.refused.group_by("reason").len().sort("len", "reason", descending=True).iter_rows():
                context.tell(f"  refused {count}: {reason}")
    if left := _left_out(context, manifest):
        context.tell(f"{manifest.replaces} is replaced whole, and these files of it have no successor here: {', '.join(left)}")
    _copy(complete, tuple(entries), origin, destination)
    if any(entry.reader != "archive" for entry in entries):
        bring_in(context)


def _left_out(context: Context, manifest: Manifest) -> list[str]:
    """The files of the replaced delivery whose channel and wave no file of the new one has."""
    here = {(entry.channel, entry.wave) for entry in manifest.files}
    old = [one for one in deliveries(context.workspace, context.study) if one.manifest.delivery == manifest.replaces]
    return [entry.path for one in old for entry in one.manifest.files if (entry.channel, entry.wave) not in here]


def _copy(manifest: Manifest, entries: tuple[FileEntry, ...], origin: Path, destination: Path) -> None:
    """Puts the delivery in place in one step."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=FOLDER) as place:
        folder = Path(place) / "delivery"
        folder.mkdir()
        for entry in entries:
            shutil.copyfile(origin / entry.path, folder / entry.path)
            if sha256_file(folder / entry.path) != entry.sha256:
                raise RawDataError("The file changed while it was copied.", where=entry.path)
        content = manifest.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        content["received"] = manifest.received
        with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
            YAML().dump(content, stream)
        folder.rename(destination)
