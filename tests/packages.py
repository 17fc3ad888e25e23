"""Open data of a body that does not exist, as it would send it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from analysis.editions.open_data import write_open_data
from analysis.publishing.edition import Edition
from analysis.study import Study
from tests.released import HIDDEN, released, row

ELSEWHERE = {"id": "voisin", "publisher": "Département voisin (fictif)"}

NEEDED = ("dcat.jsonld", "schema.json", "resultats.csv", "dictionnaire.csv")


def other_body(study: Study, **changes: Any) -> Study:
    """The study of another body: the same questions, under another name."""
    return study.with_only(study.visible_fields() | ELSEWHERE | changes)


def send(
    study: Study, folder: Path, *rows: dict[str, Any], version: str = "1.0.0", **changes: Any
) -> Path:
    """Writes the open data of another body: three results, one of them hidden, by default."""
    found = rows or (
        row(),
        row(directorate="def", value=0.55, low=0.5, high=0.6, base=380),
        row(indicator="accueil", item="Q11", **HIDDEN),
    )
    edition = Edition(wave="2026-2", version=version, published=date(2026, 11, 20))
    write_open_data(released(*found), other_body(study, **changes), edition, folder)
    return folder


def described_again(folder: Path) -> None:
    """Writes the digests of changed files into the description, as who made them would."""
    path = folder / "dcat.jsonld"
    content = json.loads(path.read_text(encoding="utf-8"))
    for one in content["dcat:distribution"]:
        digest = hashlib.sha256((folder / one["dct:title"]).read_bytes()).hexdigest()
        one["spdx:checksum"]["spdx:checksumValue"]["@value"] = digest
    path.write_text(json.dumps(content), encoding="utf-8")


def with_schema(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the schema of a package, and describes it again."""
    path = folder / "schema.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    described_again(folder)


def with_cell(folder: Path, column: str, text: str, *, line: int = 0) -> None:
    """Changes a cell of the figures of a package, and describes it again."""
    path = folder / "resultats.csv"
    frame = pl.read_csv(path, infer_schema=False)
    cells = frame.get_column(column).to_list()
    cells[line] = text
    frame.with_columns(pl.Series(column, cells, dtype=pl.String)).write_csv(path)
    described_again(folder)


def zipped(folder: Path, target: Path, *, under: str = "") -> Path:
    """A package as a zip, its names below a folder of the archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in NEEDED:
            archive.write(folder / name, f"{under}{name}")
    return target
