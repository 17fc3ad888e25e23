"""The registered deliveries of a study: which are current, which replace others, and whether their
files are those that were registered.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.errors import ObservatoryError, RawDataError, ScopeError, quoted
from analysis.intake.flows.mapping import check_flow
from analysis.intake.grid_table import check_grid
from analysis.intake.manifest import MANIFEST, FileEntry, Manifest
from analysis.intake.mapping import check_mapping
from analysis.intake.measures.mapping import check_tables
from analysis.intake.readers import FRAME
from analysis.intake.review_table import check_reviews
from analysis.storage import sha256_file
from analysis.study import Study, Workspace, read_model
from analysis.study.files import FOLDER

LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that file managers leave in any folder they show."""


@dataclass(frozen=True)
class Delivery:
    """A manifest and the folder it describes.

    Attributes:
        origins: File of it → the delivery that brought it first, where it replaces one and hands on
            some of its files as they were.

    """

    folder: Path
    manifest: Manifest
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its identifier, which is the name of its folder too."""
        return self.manifest.delivery

    def path(self, entry: FileEntry) -> Path:
        """Where one of its files lies."""
        return self.folder / entry.path

    def origin(self, entry: FileEntry) -> str:
        """The delivery that one of its files is known by: the first that brought it, so that to
        hand on a file changes nothing.
        """
        return self.origins.get(entry.path, self.id)


def deliveries(workspace: Workspace, study: Study) -> tuple[Delivery, ...]:
    """The registered deliveries of a study that no other replaces, each file present and unaltered.

    Raises:
        ObservatoryError: everything that is wrong with what lies in `data/raw`; see
            `delivery_faults`.

    """
    registered, faults = _read_manifests(workspace, study)
    faults += delivery_set_faults(registered, workspace, study)
    for delivery in registered:
        faults += delivery_faults(delivery, study, workspace.relative(delivery.folder))
    if faults:
        raise ObservatoryError.together(faults)
    return without_replaced(registered)


def manifests(workspace: Workspace, study: Study) -> tuple[Delivery, ...]:
    """All registered deliveries, including those replaced; their files are not checked.

    Raises:
        ObservatoryError: a folder has no manifest, or one that cannot be read.

    """
    registered, faults = _read_manifests(workspace, study)
    if faults:
        raise ObservatoryError.together(faults)
    return registered


def without_replaced(registered: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """The deliveries that no other replaces, each with the origins of its files."""
    replaced = {delivery.manifest.replaces for delivery in registered}
    by_id = {delivery.id: delivery for delivery in registered}
    return tuple(
        replace(delivery, origins=_origins(delivery, by_id))
        for delivery in registered
        if delivery.id not in replaced
    )


def _origins(delivery: Delivery, by_id: Mapping[str, Delivery]) -> dict[str, str]:
    """File of a delivery → the first of those which it replaces that has it, read as it is here;
    files that changed since are left out.
    """
    origins: dict[str, str] = {}
    open_entries = [entry for entry in delivery.manifest.files if entry.sha256 is not None]
    visited, current = {delivery.id}, delivery
    while (former := by_id.get(current.manifest.replaces or "")) and former.id not in visited:
        open_entries = [entry for entry in open_entries if entry in former.manifest.files]
        origins |= {entry.path: former.id for entry in open_entries}
        visited.add(former.id)
        current = former
    return origins


def delivery_set_faults(
    registered: Sequence[Delivery], workspace: Workspace, study: Study
) -> list[ObservatoryError]:
    """The faults of a set of deliveries: unknown or circular replacements, and files that stand in
    two current deliveries.
    """
    faults: list[ObservatoryError] = []
    by_id = {delivery.id: delivery for delivery in registered}
    replacing = Counter(
        delivery.manifest.replaces for delivery in registered if delivery.manifest.replaces
    )
    for delivery in registered:
        where = f"{workspace.relative(workspace.raw(study.id) / delivery.id)}/{MANIFEST}"
        former = delivery.manifest.replaces
        if former is not None and former not in by_id:
            faults.append(RawDataError.unknown("delivery to replace", former, by_id, where=where))
        elif former is not None and replacing[former] > 1:
            others = [other.id for other in registered if other.manifest.replaces == former]
            faults.append(
                RawDataError(
                    f"Delivery {quoted(former)} is replaced {replacing[former]} times.",
                    where=f"{where} ({', '.join(others)})",
                    hint="a second correction replaces the first one.",
                )
            )
        elif _replaces_itself(delivery, by_id):
            faults.append(
                RawDataError(
                    "Deliveries replace one another in a circle: none of them would count.",
                    where=where,
                    hint="one of them came first: take `replaces` out of it.",
                )
            )
    owners: dict[str, str] = {}
    for delivery in without_replaced(registered):
        for entry in delivery.manifest.files:
            where = f"{delivery.id}/{entry.path}"
            if entry.sha256 is not None and entry.sha256 in owners:
                faults.append(
                    RawDataError(
                        "One file is registered twice.",
                        where=f"{owners[entry.sha256]} and {where}",
                        hint="each answer must count once: leave it out of one of the two.",
                    )
                )
            owners.setdefault(entry.sha256 or where, where)
    return faults


def _replaces_itself(start: Delivery, by_id: dict[str, Delivery]) -> bool:
    """Whether the chain of what a delivery replaces leads back to it."""
    visited, current = {start.id}, start
    while (former := current.manifest.replaces) is not None and former in by_id:
        if former in visited:
            return former == start.id
        visited.add(former)
        current = by_id[former]
    return False


def delivery_faults(delivery: Delivery, study: Study, where: str) -> list[ObservatoryError]:
    """The faults of one delivery: its folder, its files, and names in its manifest that the study
    lacks.
    """
    listed = {MANIFEST, *(entry.path for entry in delivery.manifest.files)}
    faults: list[ObservatoryError] = [
        RawDataError(
            f"A file lies there that no manifest lists: {quoted(path.name)}.",
            where=where,
            hint="it may hold personal data: register it in another delivery, or move it away.",
        )
        for path in sorted(delivery.folder.iterdir())
        if path.name not in listed and not _is_left_aside(path)
    ]
    for entry in delivery.manifest.files:
        try:
            check_entry(study, entry, f"{where}/{MANIFEST}, {entry.path}")
            if entry.sha256 is None:
                raise RawDataError(
                    "A registered file has no sha256.",
                    where=f"{where}/{MANIFEST}, {entry.path}",
                    hint=(
                        "manifests are completed by `observatoire register`: move this folder "
                        "away, and register it from there."
                    ),
                )
            check_file(delivery.path(entry), entry, f"{where}/{MANIFEST}, {entry.path}")
        except ObservatoryError as error:
            faults.append(error)
    return faults


def check_entry(study: Study, entry: FileEntry, where: str) -> None:
    """Refuses an entry that names a wave, channel, item, level or measured indicator the study
    lacks.
    """
    try:
        if entry.wave is not None:
            study.wave(entry.wave)
        asked = {item.id for item in study.questionnaire.items} | {"token"}
        for item in entry.absent:
            if item not in asked:
                raise ScopeError.unknown("absent column", item, asked)
        is_sample = bool(entry.sample) or entry.reader == FRAME
        if entry.channel is not None and is_sample and not study.channel(entry.channel).invited:
            raise ScopeError(
                f"Nobody is invited to channel {entry.channel!r}: it has no sample.",
                hint="answers of who wishes have no response rate; or say `invited: true` of it.",
            )
        for directorate in entry.sample:
            study.directorate(directorate)
        if entry.channel is not None:
            study.channel(entry.channel)
        if entry.mapping is not None:
            check_mapping(study, entry.mapping, entry.absent)
        check_tables(study, entry.measures)
        check_flow(study, entry.flow)
        check_grid(study, entry.grid)
        check_reviews(study, entry.reviews, entry.absent)
    except ScopeError as error:
        raise ScopeError(error.what, where=where, hint=error.hint) from None


def check_file(path: Path, entry: FileEntry, where: str) -> str:
    """The sha256 of a file; refused where it is missing, no regular file, empty or altered.

    Raises:
        RawDataError: it is not; a link is not followed.

    """
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise RawDataError(
            "A raw file is missing.",
            where=where,
            hint="put it back, or register the delivery again.",
        ) from None
    if not stat.S_ISREG(state.st_mode):
        raise RawDataError(
            "A raw file is a link, a folder or a device.",
            where=where,
            hint="put the file itself there: what a link leads to can change.",
        )
    if state.st_size == 0:
        raise RawDataError(
            "A raw file is empty.", where=where, hint="ask its sender for the export again."
        )
    digest = sha256_file(path)
    if entry.sha256 is not None and digest != entry.sha256:
        raise RawDataError(
            "A raw file was altered after it was registered.",
            where=where,
            hint=(
                "put the original back; a corrected export is a new delivery that `replaces` this "
                "one."
            ),
        )
    return digest


def _read_manifests(
    workspace: Workspace, study: Study
) -> tuple[tuple[Delivery, ...], list[ObservatoryError]]:
    """The deliveries found in `data/raw`, and a fault for each entry that is none."""
    registered: list[Delivery] = []
    faults: list[ObservatoryError] = []
    raw = workspace.raw(study.id)
    if raw.is_symlink() or (raw.exists() and not raw.is_dir()):
        faults.append(
            RawDataError(
                "The raw data of this study is a link or a file.",
                where=f"data/raw/{study.id}",
                hint="it is a folder of deliveries; `data` or `data/raw` may lie on another disk.",
            )
        )
        return (), faults
    for path in _entries(workspace.raw(study.id)):
        where = workspace.relative(path.parent) + "/" + path.name
        if path.is_symlink() or not path.is_dir():
            faults.append(
                RawDataError(
                    f"This is no delivery: {quoted(path.name)}.",
                    where=workspace.relative(path.parent),
                    hint="a delivery is a folder, not a link: register its files, or move it away.",
                )
            )
        elif not _is_plain_file(path / MANIFEST):
            faults.append(
                RawDataError(
                    "A folder has no manifest.",
                    where=where,
                    hint=(
                        "register its files from elsewhere (`observatoire register`), and remove "
                        "it here."
                    ),
                )
            )
        else:
            try:
                manifest = read_model(path / MANIFEST, Manifest)
            except ObservatoryError as error:
                faults.append(error)
                continue
            if manifest.delivery != path.name:
                faults.append(
                    RawDataError(
                        f"Delivery {quoted(manifest.delivery)} lies in a folder of another name.",
                        where=where,
                        hint="a delivery stands once, in the folder of its name: is this a copy?",
                    )
                )
            else:
                registered.append(Delivery(path, manifest))
    return tuple(registered), faults


def _entries(folder: Path) -> Iterator[Path]:
    """What lies in a study's raw folder, temporary folders of a command at work left out."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if not _is_left_aside(path))


def _is_left_aside(path: Path) -> bool:
    """Whether an entry of a raw folder is a command's temporary one or a file manager's litter."""
    if path.is_symlink():
        return False
    return path.name.startswith(FOLDER) or (path.name in LITTER and path.is_file())


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def stray_entries(workspace: Workspace) -> list[ObservatoryError]:
    """One fault per entry of `data/raw` that belongs to no study."""
    raw = workspace.root / "data" / "raw"
    expected = {"README.md", ".gitignore", *workspace.studies()}
    return [
        RawDataError(
            f"This is no study: {quoted(path.name)}.",
            where=workspace.relative(raw),
            hint="it may hold personal data: register its files for a study, or move it away.",
        )
        for path in (sorted(raw.iterdir()) if raw.is_dir() else ())
        if path.name not in expected and not _is_left_aside(path)
    ]
