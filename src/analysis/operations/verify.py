"""Builds an edition again in a temporary place, from raw data or from what was released, and
compares.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.editions.manifest import (
    CAUSES,
    MANIFEST,
    RELEASED,
    EditionManifest,
    altered_files,
    read_manifest,
)
from analysis.editions.register import Register
from analysis.errors import NotReadyError
from analysis.operations.building import EDITION_SIZE, build_sources, render_edition
from analysis.operations.context import Context
from analysis.operations.links import Links, links_to
from analysis.operations.rebuilding import are_imported, is_whole, workspace_of
from analysis.operations.release import Prepared, prepare
from analysis.operations.run import RunOptions
from analysis.publishing.rendering.renderer import name_of
from analysis.storage import Provenance, read_provenance, sha256_file
from analysis.study import open_study
from analysis.study.disk import require_room, size_of, writing
from analysis.study.files import FOLDER, make_private_folder
from analysis.study.workspace import Workspace

MACHINE = ("lock", "renderer", "platform", "python")
"""What the bytes of an edition depend on beside what it is made of."""
SINCE = {
    "study_digest": "the study's parameters",
    "inputs": "the deliveries",
    "software": "the software",
}

FOLLOWS = ("files", "sources", "released", "parameters", "definitions")
"""What is told by other lines of a verdict."""

TEXT = {".html", ".csv", ".json", ".ipynb", ".svg", ".yml", ".css", ".qmd"}


@dataclass(frozen=True)
class Verification:
    """What was compared, and what differs.

    Attributes:
        source: `raw data`, or `released tables` after a purge.
        strict: Bytes were compared; else numbers and text.
        machine_changes: What makes bytes incomparable here.
        changed: What of the workspace is not what the edition was made from: a difference may come
            from it.
        compared: How many files.
        different: Files that differ, are missing or are new.

    """

    source: str
    strict: bool
    machine_changes: tuple[str, ...]
    changed: tuple[str, ...]
    compared: int
    different: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.different

    def lines(self) -> list[str]:
        """The verdict as lines of text for a person."""
        how = "bytes" if self.strict else f"numbers and text ({', '.join(self.machine_changes)})"
        verdict = (
            "the same"
            if self.same
            else f"{len(self.different)} differ: {', '.join(self.different[:10])}"
        )
        lines = [
            f"Built again from {self.source}; {self.compared} files compared by {how}: {verdict}."
        ]
        if self.changed:
            lines.append(f"Since the edition was made, {' and '.join(self.changed)} changed.")
        return lines


def verify_edition(
    workspace: Workspace, edition: Path, *, options: RunOptions, tell: Callable[[str], None]
) -> Verification:
    """Rebuilds an edition in a temporary workspace, and compares each of its files with the frozen
    one.

    Raises:
        NotReadyError: the folder is no edition of this workspace, or neither raw data nor released
            tables are left.

    """
    frozen = edition.resolve()
    manifest = read_manifest(frozen)
    study, wave = manifest.study, manifest.wave
    open_study(workspace, study).wave(wave)  # before any path is made of them
    Register(workspace, study).check_manifest(frozen)
    needed = EDITION_SIZE + 2 * size_of(workspace.raw(study))
    require_room("the edition, again,", workspace.notes, needed)
    make_private_folder(workspace.notes)
    with (
        writing("the edition, again,", workspace.notes, needed=needed),
        tempfile.TemporaryDirectory(dir=workspace.notes, prefix=FOLDER) as temporary,
    ):
        context = workspace_of(workspace, manifest, Path(temporary), tell)
        period = context.study.wave(wave)
        links = _links(workspace, study, manifest)
        raw = is_whole(context.workspace.raw(study), manifest.inputs)
        if links is not None and raw and are_imported(context, manifest):
            source, prepared = "raw data", prepare(context, period, options, links=links)
        else:
            source = "released tables"
            provenance = _bring_released(context, frozen, manifest)
            prepared = Prepared(
                provenance,
                manifest.deliveries,
                manifest.linked,
                manifest.imported,
                published=None,
            )
        built = Path(temporary) / "edition"
        made = manifest.edition
        pages = build_sources(context, made, built, options, prepared)
        render_edition(context, made, built, pages, prepared, _as_rendered(manifest, options))
        return _compare(frozen, built, manifest, source)


def _as_rendered(manifest: EditionManifest, options: RunOptions) -> RunOptions:
    """With the renderer of the edition, where another is not asked for and it is there."""
    name = name_of(manifest.renderer)
    if options.renderer is not None or (name == "quarto" and shutil.which("quarto") is None):
        return options
    return replace(options, renderer=name)


def _links(workspace: Workspace, study: str, manifest: EditionManifest) -> Links | None:
    """The editions that it was released with; None where one is not kept any more."""
    try:
        return links_to(workspace, study, manifest.linked)
    except NotReadyError:
        return None


def _bring_released(context: Context, frozen: Path, manifest: EditionManifest) -> Provenance:
    """The released tables that the edition was made from, which a purge of the raw data leaves."""
    tables = sorted((frozen / RELEASED).glob("*.parquet"))
    if {path.name: sha256_file(path) for path in tables} != manifest.released:
        raise NotReadyError(
            "Neither raw data nor the released tables of this edition are left.",
            where=f"{frozen.name}/{RELEASED}",
            hint="restore a backup of the workspace.",
        )
    folder = context.workspace.released(context.study.id, manifest.wave)
    folder.parent.mkdir(parents=True)
    for path in tables:
        shutil.copyfile(path, folder.with_name(path.name))
    return read_provenance(folder)


def _compare(frozen: Path, built: Path, manifest: EditionManifest, source: str) -> Verification:
    """Compares the files, and what the manifest says: of the edition, of its own files, of what it
    was made from.
    """
    rebuilt = read_manifest(built)
    moved = {
        name
        for name in manifest.model_fields_set  # an older manifest says less
        if getattr(rebuilt, name) != getattr(manifest, name)
    }
    machine_changes = tuple(f"another {name}" for name in MACHINE if name in moved)
    changed = tuple(words for name, words in SINCE.items() if name in moved)
    altered = set(altered_files(frozen, manifest))
    names = sorted({*rebuilt.files, *manifest.files} - {CAUSES})  # it is told once
    compared = [name for name in names if not machine_changes or Path(name).suffix in TEXT]
    different = {
        name
        for name in compared
        if not _same_content(frozen / name, built / name, strict=not machine_changes)
    } | altered
    differences = {f"{MANIFEST}: {name}" for name in moved - {*MACHINE, *SINCE, *FOLLOWS}}
    return Verification(
        source,
        not machine_changes,
        machine_changes,
        changed,
        len({*compared, *altered}),
        tuple(sorted(different | differences)),
    )


def _same_content(first: Path, other: Path, *, strict: bool) -> bool:
    if not first.exists() or not other.exists():
        return False
    if strict:
        return first.read_bytes() == other.read_bytes()
    return _visible_words(first) == _visible_words(other)


def _visible_words(path: Path) -> list[str]:
    """The text of a file without markup and spaces: numbers and words, in their order."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".html", ".svg"):
        text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    return text.split()
