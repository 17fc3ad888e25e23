"""Whether the published edition is the one that publishing would build again: decided from digests
alone, so that nothing is parsed, run or drawn when nothing changed.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import DiskError
from analysis.operations.run import Selection
from analysis.pipeline.ledger import Digests, Fingerprint, file_digests, library_digests
from analysis.pipeline.reach import packages_reached
from analysis.pipeline.sources import notebook_sources
from analysis.pipeline.staleness import BuildState
from analysis.study.files import write_whole
from analysis.study.workspace import Workspace

if TYPE_CHECKING:
    from analysis.operations.context import Context
    from analysis.publishing.edition import Edition

PUBLISHING = "operations"
"""The package that publishes: an edition is made of all that it reaches."""

MANIFEST = "edition.json"


def unchanged_edition(
    workspace: Workspace,
    study: str,
    *,
    wave: str | None,
    today: date,
    day: date | None = None,
    provisional: bool = False,
) -> Path | None:
    """The edition of a wave (by default, of the latest closed one, or for a provisional one of the
    latest that has begun) if it is current and bears the day that is asked for; None if it is not,
    or if digests are not enough to tell.
    """
    state = BuildState(workspace, study)
    try:
        record = json.loads(_record(workspace, study).read_text(encoding="utf-8"))
        reached = [
            period
            for period in record["waves"]
            if (provisional and date.fromisoformat(period["start"]) <= today)
            or date.fromisoformat(period["end"]) < today
        ]
        candidates = [
            period["id"]
            for period in reached
            if period["id"] == wave or (not wave and period["answered"])
        ]
        made = record["editions"]
        if provisional and candidates[-1] in made:  # to be refused, after the final one
            return None
        noted = made[_name(candidates[-1], provisional)]
        edition = workspace.root / noted["folder"]
        until = [period["id"] for period in record["waves"]]
        until = until[: until.index(candidates[-1]) + 1]
        if record["made_of"] != _edition_fingerprint(workspace, study, state.digests):
            return None
        if noted["rests_on"] != _rests_on(workspace, study, edition, until, state.digests):
            return None
        if not _is_as_frozen(edition, state.digests, day):
            return None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    plan = state.run_plan(Selection(waves=tuple(until), making=True))
    state.digests.save()
    idle = plan is not None and not plan.intake_reasons and not plan.stale
    return edition if idle else None


def record_edition(context: Context, edition: Edition, folder: Path, answered: set[str]) -> None:
    """Records the fingerprint of an edition that was just built, or found unchanged.

    Args:
        context: Its study.
        edition: What it is.
        folder: Where it lies.
        answered: The waves in which somebody answered.

    """
    workspace, study = context.workspace, context.study
    path = _record(workspace, study.id)
    digests = BuildState(workspace, study.id).digests
    fingerprint = _edition_fingerprint(workspace, study.id, digests)
    until = [wave.id for wave in study.waves_until(edition.wave)]
    editions: dict[str, Any] = {}
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads(path.read_text(encoding="utf-8"))
        editions = record["editions"] if record["made_of"] == fingerprint else {}
    content = {
        "made_of": fingerprint,
        "waves": [
            {
                "id": wave.id,
                "start": wave.start.isoformat(),
                "end": wave.end.isoformat(),
                "answered": wave.id in answered,
            }
            for wave in study.waves
        ],
        "editions": {
            **editions,
            _name(edition.wave, edition.provisional): {
                "folder": workspace.relative(folder),
                "rests_on": _rests_on(workspace, study.id, folder, until, digests),
            },
        },
    }
    with suppress(OSError, DiskError):  # what is not kept is found out again
        write_whole(path, json.dumps(content, indent=1, sort_keys=True))


def _edition_fingerprint(workspace: Workspace, study: str, digests: Digests) -> Fingerprint:
    """The fingerprint of a study's editions, apart from the tables of the workshop."""
    paths = [*workspace.parameters(study), workspace.root / "requirements.lock"]
    return {
        **file_digests(paths, workspace.root, digests),
        **software_fingerprint(workspace, digests),
    }


def _rests_on(
    workspace: Workspace, study: str, edition: Path, waves: list[str], digests: Digests
) -> str:
    """One digest over the tables that the edition of a wave is made from, the editions of other
    bodies that were imported, what the register says and the edition's own manifest.
    """
    root = workspace.root / "data" / "processed" / study
    tables = [
        path
        for path in sorted(root.rglob("*.parquet"))
        if not (named := [part for part in path.parts if part.startswith("wave=")])
        or named[0].removeprefix("wave=") in waves
    ]
    imported = sorted(path for path in workspace.imported(study).rglob("*") if path.is_file())
    files = [
        *tables,
        *imported,
        workspace.editions_of(study) / "register.jsonl",
        edition / MANIFEST,
    ]
    lines = [f"{workspace.relative(path)} {digests.of(path)}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def software_fingerprint(workspace: Workspace, digests: Digests) -> Fingerprint:
    """The fingerprint of what makes pages: the library, the publication notebooks, the theme."""
    pages = notebook_sources(workspace.notebooks / "publication")
    theme = sorted(path for path in (workspace.reports / "theme").rglob("*") if path.is_file())
    paths = [
        *pages,
        *theme,
        workspace.notebooks / "plan.yml",
        workspace.notebooks / "layers.yml",
        workspace.reports / "_quarto.yml",
    ]
    return {
        **file_digests(paths, workspace.root, digests),
        **library_digests(packages_reached(PUBLISHING), digests),
    }


def _name(wave: str, provisional: bool) -> str:
    """What an edition is called in the record."""
    return f"{wave} provisional" if provisional else wave


def _is_as_frozen(edition: Path, digests: Digests, day: date | None) -> bool:
    """Whether the files of an edition are those of its manifest, and it bears a day, where one is
    asked for.
    """
    manifest: dict[str, Any] = json.loads((edition / MANIFEST).read_text(encoding="utf-8"))
    actual = {
        path.relative_to(edition).as_posix(): digests.of(path)
        for path in edition.rglob("*")
        if path.is_file() and path != edition / MANIFEST
    }
    same_day = day is None or manifest["published"] == day.isoformat()
    return same_day and bool(actual == manifest["files"])


def _record(workspace: Workspace, study: str) -> Path:
    return workspace.notes / study / "editions.json"
