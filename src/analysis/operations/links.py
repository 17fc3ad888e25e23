"""The earlier editions of a study that one in the making must not give away, nor be given away by:
what each showed and hid is kept, and only added to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from analysis.editions.catalogue import EditionState, catalogue
from analysis.editions.manifest import RELEASED
from analysis.errors import NotReadyError
from analysis.storage import Provenance, Published, sha256_file, write_table
from analysis.study.workspace import Workspace


@dataclass(frozen=True)
class Links:
    """The editions that one in the making is released with.

    Attributes:
        digests: Name of each → digest of what is kept of it.
        published: `storage.Published` of all, one after the other; None of none.

    """

    digests: Mapping[str, str] = field(default_factory=dict)
    published: pl.DataFrame | None = None


def links_to_all(workspace: Workspace, study: str) -> Links:
    """All editions that were ever published, withdrawn ones too."""
    editions = catalogue(workspace, study)
    digests = {
        _name(edition): edition.published.kept or sha256_file(_kept(workspace, study, edition))
        for edition in editions
    }
    return links_to(workspace, study, digests)


def links_to(workspace: Workspace, study: str, digests: Mapping[str, str]) -> Links:
    """Some editions, as they are kept.

    Args:
        workspace, study: Whose.
        digests: Name of an edition → digest of what is kept of it.

    Raises:
        NotReadyError: what is kept of one is gone, or not what it was.

    """
    known = {_name(edition): edition for edition in catalogue(workspace, study)}
    parts = []
    for name, digest in digests.items():
        path = _kept(workspace, study, known[name]) if name in known else None
        if path is None or not path.exists() or sha256_file(path) != digest:
            raise NotReadyError(
                f"What is kept of edition {name} is gone, or not what it was.",
                where=workspace.relative(workspace.published(study)),
                hint="restore it from a backup: later editions must not give away what it hides.",
            )
        parts.append(_read(path, name))
    return Links(digests, pl.concat(parts) if parts else None)


def to_keep(figures: pl.DataFrame, released: pl.DataFrame, *, edition: str) -> pl.DataFrame:
    """`storage.Published` of an edition.

    Args:
        figures: `storage.Figures` before the gate.
        released: `storage.Released` of them.
        edition: Its wave and version.

    """
    statuses = released.select("key", "status")
    kept = figures.select("key", "base", "counts").join(statuses, on="key", how="inner")
    return kept.with_columns(edition=pl.lit(edition)).sort("key").select(Published.column_names())


def keep_published(
    workspace: Workspace,
    published: pl.DataFrame,
    provenance: Provenance,
    *,
    wave: str,
    version: str,
) -> None:
    """Keeps what an edition showed and hid: `storage.Published`."""
    path = workspace.published(provenance.study) / f"{wave}-{version}.parquet"
    named = published.with_columns(edition=pl.lit(f"{wave}/{version}"))
    write_table(named, path, Published, provenance)


def _kept(workspace: Workspace, study: str, edition: EditionState) -> Path:
    """What is kept of an edition: else, its released figures."""
    path = workspace.published(study) / f"{edition.wave}-{edition.version}.parquet"
    return path if path.exists() else edition.folder / RELEASED / "public.parquet"


def _read(path: Path, name: str) -> pl.DataFrame:
    """`storage.Published` of a file of figures; counts are not known where it is of released
    ones.
    """
    frame = pl.read_parquet(path, hive_partitioning=False)
    if "counts" not in frame.columns:
        frame = frame.with_columns(counts=pl.lit(None, dtype=pl.List(pl.Int64)))
    return frame.with_columns(edition=pl.lit(name)).select(Published.column_names())


def _name(edition: EditionState) -> str:
    return f"{edition.wave}/{edition.version}"
