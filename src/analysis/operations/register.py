"""Registers a delivery: read and checked against the others, then copied and hashed; or nothing is
done.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from analysis.errors import ObservatoryError, RawDataError
from analysis.intake import (
    MANIFEST,
    Delivery,
    FileEntry,
    Manifest,
    ReadFile,
    ReadFlow,
    ReadFrame,
    ReadMeasures,
    check_entry,
    check_file,
    delivery_faults,
    delivery_set_faults,
    manifests,
    read_deliveries,
    without_replaced,
)
from analysis.intake.readers import READERS
from analysis.operations.context import Context
from analysis.operations.receive import write_intake
from analysis.storage import sha256_file
from analysis.study import read_model
from analysis.study.disk import require_room, writing
from analysis.study.files import FOLDER, PRIVATE_FILE, make_private_folder

WORTH_TELLING = 0.01
"""Share of an item's answers from which a receipt says that they are illegible or were not
asked."""


def register_delivery(context: Context, draft: Path, *, source: Path | None = None) -> None:
    """Registers the files that a draft manifest names: one transaction.

    Everything that can be wrong is looked for before anything is copied: the files, what the draft
    replaces, the deliveries that are there, the same answers in another file.

    Raises:
        ObservatoryError: everything that is wrong; nothing was written.
        DiskError: the disk has no room; nothing was written.

    """
    workspace, study = context.workspace, context.study
    manifest = read_model(draft, Manifest)
    origin = source or draft.parent
    destination = workspace.raw(study.id) / manifest.delivery
    if destination.exists():
        raise RawDataError(
            f"Delivery {manifest.delivery!r} is registered already.",
            where=workspace.relative(destination),
            hint=(
                "raw data is never changed: a correction is a new delivery, under another name, "
                "that `replaces` this one."
            ),
        )
    delivery = Delivery(origin, _with_digests(context, manifest, origin, draft.name))
    registered = manifests(workspace, study)
    after = without_replaced((*registered, delivery))
    faults = delivery_set_faults((*registered, delivery), workspace, study)
    for other in after:
        if other.id != delivery.id:
            faults += delivery_faults(other, study, workspace.relative(other.folder))
    if faults:
        raise ObservatoryError.together(faults)
    files = delivery.manifest.files
    size = sum(delivery.path(entry).stat().st_size for entry in files)
    require_room("the delivery", workspace.raw(study.id), 2 * size)
    read = read_deliveries(after, study.for_intake()) if _changes_tables(manifest) else None
    if read is not None:
        _tell_receipts(context, [file for file in read.answers if file.delivery.id == delivery.id])
        _tell_figures(context, [file for file in read.measures if file.delivery.id == delivery.id])
        _tell_frames(context, [file for file in read.frames if file.delivery.id == delivery.id])
        _tell_flows(context, [file for file in read.flows if file.delivery.id == delivery.id])
        for grid in (file for file in read.grids if file.delivery.id == delivery.id):
            context.tell(f"{grid.entry.path}: {grid.grid.summary}")
    if missing := _files_left_out(registered, manifest):
        context.tell(
            f"{manifest.replaces} is replaced whole, and these files of it have no successor here: "
            f"{', '.join(missing)}"
        )
    with writing(f"the delivery {delivery.id}", workspace.raw(study.id), needed=size):
        _copy(delivery, destination)
    if read:
        try:
            with writing("what the deliveries hold", workspace.root / "data"):
                write_intake(context, read)
        except BaseException:  # nothing is registered that was not read to its end
            shutil.rmtree(destination, ignore_errors=True)
            raise


def _changes_tables(manifest: Manifest) -> bool:
    """Whether a delivery adds answers or figures, or removes those of another."""
    return manifest.replaces is not None or any(entry.is_read for entry in manifest.files)


def _with_digests(context: Context, manifest: Manifest, origin: Path, draft: str) -> Manifest:
    """The manifest with the sha256 of each file.

    Raises:
        ObservatoryError: every file that is missing, empty or a link, or is said to be what the
            study lacks.

    """
    entries, faults = [], []
    for entry in manifest.files:
        where = f"{draft}, {entry.path}"
        try:
            check_entry(context.study, entry, where)
            digest = check_file(origin / entry.path, entry, where)
            entries.append(entry.model_copy(update={"sha256": digest}))
        except ObservatoryError as error:
            faults.append(error)
    if faults:
        raise ObservatoryError.together(faults)
    return manifest.model_copy(update={"files": tuple(entries)})


def _tell_receipts(context: Context, read: Sequence[ReadFile]) -> None:
    """What became of each file: rows, refusals by reason, items that were illegible or not
    asked.
    """
    for file in read:
        row = file.harmonised.receipt.row(0, named=True)
        context.tell(
            f"{file.entry.path}: {row['received']} rows = {row['kept']} kept + {row['refused']} "
            "refused + "
            f"{row['duplicates']} duplicates; {row['ambiguous_dates']} ambiguous dates"
        )
        reasons = (
            file.harmonised.refused.group_by("reason").len().sort("len", "reason", descending=True)
        )
        for reason, count in reasons.iter_rows():
            context.tell(f"  refused {count}: {reason}")
        for item in file.harmonised.items.iter_rows(named=True):
            for name, words in (("illegible", "illegible"), ("not_asked", "not asked")):
                if item["kept"] and item[name] >= WORTH_TELLING * item["kept"]:
                    context.tell(f"  {item['item']}: {item[name] / item['kept']:.0%} {words}")


def _tell_figures(context: Context, read: Sequence[ReadMeasures]) -> None:
    """What each file of monthly figures holds, and how many of them are not kept."""
    for file in read:
        context.tell(f"{file.entry.path}: {file.measured.summary}")
        for reason, count in file.measured.refused.items():
            context.tell(f"  refused {count}: {reason}")


def _tell_frames(context: Context, read: Sequence[ReadFrame]) -> None:
    """What each sampling frame holds."""
    for file in read:
        context.tell(f"{file.entry.path}: {file.frame.summary}")


def _tell_flows(context: Context, read: Sequence[ReadFlow]) -> None:
    """What each file of counts holds, and how many of them are not kept."""
    for file in read:
        context.tell(f"{file.entry.path}: {file.flow.summary}")
        for reason, count in file.flow.left_out.items():
            context.tell(f"  left out {count}: {reason}")


def _files_left_out(registered: Sequence[Delivery], manifest: Manifest) -> list[str]:
    """The files of the replaced delivery to which no file of the new one corresponds, by its kind,
    channel and wave.
    """
    corrected = {_kind(entry) for entry in manifest.files}
    return [
        entry.path
        for delivery in registered
        if delivery.id == manifest.replaces
        for entry in delivery.manifest.files
        if _kind(entry) not in corrected
    ]


def _kind(entry: FileEntry) -> tuple[tuple[str, ...], str | None, str | None]:
    """What a file is of: what its rows become, its channel, its wave."""
    return READERS[entry.reader].produces, entry.channel, entry.wave


def _copy(delivery: Delivery, destination: Path) -> None:
    """Puts the delivery in place in one step, for its owner alone."""
    make_private_folder(destination.parent)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=FOLDER) as temporary:
        folder = Path(temporary) / "delivery"
        folder.mkdir(mode=0o700)
        for entry in delivery.manifest.files:
            copy = folder / entry.path
            copy.touch(mode=PRIVATE_FILE)
            shutil.copyfile(delivery.path(entry), copy, follow_symlinks=False)
            if sha256_file(copy) != entry.sha256:
                raise RawDataError(
                    "The file changed while it was copied.",
                    where=entry.path,
                    hint="register it once nobody writes to it any more.",
                )
        manifest = folder / MANIFEST
        manifest.touch(mode=PRIVATE_FILE)
        with manifest.open("w", encoding="utf-8") as stream:
            YAML().dump(delivery.manifest.registered_content(), stream)
        folder.rename(destination)
