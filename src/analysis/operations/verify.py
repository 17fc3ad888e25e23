"""Builds an edition again in a temporary place, from raw data or from what was released, and compares."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import NotReadyError
from analysis.operations.context import Context
from analysis.operations.publish import LOCK, build_sources, frozen_tables, prepare, released_folder, render_edition
from analysis.operations.run import Wanted
from analysis.publishing.editions import MANIFEST
from analysis.storage import sha256_file
from analysis.study import Wave
from analysis.study.workspace import Workspace

TEXT = {".html", ".csv", ".json", ".ipynb", ".svg", ".yml", ".css", ".qmd"}


@dataclass(frozen=True)
class Verdict:
    """What was compared, and what differs.

    Attributes:
        source: `raw data`, or `released tables` after a purge.
        strict: Bytes were compared; else numbers and text.
        why: What makes bytes incomparable here.
        compared: How many files.
        different: Files that differ, are missing or are new.

    """

    source: str
    strict: bool
    why: tuple[str, ...]
    compared: int
    different: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.different

    def lines(self) -> list[str]:
        """For a person."""
        how = "bytes" if self.strict else f"numbers and text ({', '.join(self.why)})"
        verdict = "the same" if self.same else f"{len(self.different)} differ: {', '.join(self.different[:10])}"
        return [f"Built again from {self.source}; {self.compared} files compared by {how}: {verdict}."]


def verify_edition(workspace: Workspace, edition: Path, *, wanted: Wanted, tell: Callable[[str], None]) -> Verdict:
    """Rebuilds an edition beside nothing of the workspace, and compares each of its files.

    Raises:
        NotReadyError: the folder is no edition of this workspace, or neither raw data nor released tables are left.

    """
    frozen = edition.resolve()
    try:
        manifest = json.loads((frozen / MANIFEST).read_text(encoding="utf-8"))
        study, wave = str(manifest["study"]), str(manifest["wave"])
    except (OSError, ValueError, KeyError):
        raise NotReadyError(
            "This folder is not an edition.", where=edition.name, hint="name the folder that `publish` printed."
        ) from None
    workspace.notes.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.notes, prefix="verify-") as place:
        copy = Workspace(_copy(workspace, study, Path(place)))
        context = Context.open(copy, study, tell)
        period = context.study.wave(wave)
        if any(copy.raw(study).glob("*/manifest.yml")):
            source, simulated = "raw data", prepare(context, period, wanted).simulated
        else:
            source, simulated = "released tables", bool(manifest["simulated"])
            _bring_released(context, workspace, period, manifest)
        built = Path(place) / "edition"
        pages = build_sources(context, period, built, wanted, simulated=simulated)
        render_edition(context, period, built, pages, simulated=simulated)
        return _compare(frozen, built, manifest, source)


def _copy(workspace: Workspace, study: str, place: Path) -> Path:
    """A workspace with the parameters, notebooks, theme and raw data of one study."""
    for name in (f"params/{study}", "notebooks", "reports/theme", f"data/raw/{study}"):
        source = workspace.root / name
        if source.exists():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in (LOCK, "reports/_quarto.yml"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workspace.root / name, place / name)
    return place


def _bring_released(context: Context, workspace: Workspace, period: Wave, manifest: dict[str, object]) -> None:
    """The released tables that the edition was made from, which a purge of the raw data leaves."""
    kept = frozen_tables(workspace, context.study.id, period.id, str(manifest["version"]))
    digests = {path.name: sha256_file(path) for path in sorted(kept.glob("*.parquet"))}
    if digests != manifest["released"]:
        raise NotReadyError(
            "Neither raw data nor the released tables of this edition are left.", where=workspace.relative(kept),
            hint="restore a backup of the workspace.",
        )  # fmt: skip
    shutil.copytree(kept, released_folder(context, period))


def _compare(frozen: Path, built: Path, manifest: dict[str, object], source: str) -> Verdict:
    ours = json.loads((built / MANIFEST).read_text(encoding="utf-8"))
    why = tuple(f"another {name}" for name in ("lock", "renderer", "platform", "python") if ours[name] != manifest[name])
    names = sorted({path.relative_to(root).as_posix() for root in (frozen, built) for path in root.rglob("*") if path.is_file()})
    compared = [name for name in names if name != MANIFEST and (not why or Path(name).suffix in TEXT)]
    different = tuple(name for name in compared if not _alike(frozen / name, built / name, strict=not why))
    return Verdict(source, not why, why, len(compared), different)


def _alike(one: Path, other: Path, *, strict: bool) -> bool:
    if not one.exists() or not other.exists():
        return False
    if strict:
        return one.read_bytes() == other.read_bytes()
    return _words(one) == _words(other)


def _words(path: Path) -> list[str]:
    """The text of a file without markup and spaces: numbers and words, in their order."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".html", ".svg"):
        text = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    return text.split()
