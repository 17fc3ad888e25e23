"""An edition that another body published, read from its open data and checked: nothing of it is
believed that it can be asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from analysis.editions.dcat import DESCRIPTION
from analysis.editions.description import SCHEMA_VERSION, Description
from analysis.editions.open_data import COLUMNS, headers
from analysis.editions.package_cells import cell_faults, read_cells, without_protection
from analysis.editions.package_codes import code_faults
from analysis.editions.package_files import CODEBOOK, FIGURES, SCHEMA, package_files
from analysis.editions.package_texts import text_fault
from analysis.errors import IntakeError, ObservatoryError, RawDataError, quoted
from analysis.storage import sha256_bytes
from analysis.study.types import texts_with_keys

MEANINGS = ("colonne", "ventilation", "code", "libelle")
"""The columns of the codebook."""


@dataclass(frozen=True)
class Package:
    """An edition of another body, as it was received.

    Attributes:
        description: What it is.
        figures: Its figures under the names of open data; a text that is absent is empty.
        files: Its files, as they came.

    """

    description: Description
    figures: pl.DataFrame
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """What it is known by: sha256 of its description, which holds that of each other file."""
        return sha256_bytes(self.files[DESCRIPTION])

    @property
    def name(self) -> str:
        """What it is called in messages and manifests: body, wave, version."""
        said = self.description
        return f"{said.study}/{said.wave}/{said.version}"


def read_package(source: Path) -> Package:
    """Reads and checks the open data of an edition.

    Raises:
        RawDataError: a file is missing, not what was described, too large or out of the package.
        IntakeError: another version of the schema; what is not of the schema, or does not agree.
            Each fault is named.

    """
    files = package_files(source)
    schema = _json_of(files, SCHEMA)
    _check_version(schema)
    _check_digests(files)
    description = _description(schema)
    named = headers(description.unit)
    columns = tuple(named.get(name, name) for name in COLUMNS)
    _check_fields(schema, columns)
    figures = read_cells(_decoded(files, FIGURES), FIGURES, columns)
    meanings = read_cells(_decoded(files, CODEBOOK), CODEBOOK, MEANINGS)
    if faults := cell_faults(figures, FIGURES, description) + cell_faults(
        meanings, CODEBOOK, description
    ):
        raise ObservatoryError.together(faults)
    ours = {header: name for name, header in named.items()}
    typed = _typed(figures.rename(ours))
    meanings = meanings.with_columns(pl.col("colonne").replace(ours))
    if faults := code_faults(typed, meanings, description):
        raise ObservatoryError.together(faults)
    return Package(description, typed, files)


def _json_of(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        content = json.loads(_decoded(files, name))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise IntakeError(
            "This file is not the JSON that it should be.",
            where=name,
            hint="ask the sender for the package again.",
        )
    return content


def _decoded(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise IntakeError(
            "This file is not in UTF-8.",
            where=f"{name}, byte {error.start + 1}",
            hint="a program that opened and saved it may have changed it: ask for it as published.",
        ) from None


def _check_version(schema: Mapping[str, Any]) -> None:
    found = schema.get("version")
    if found != SCHEMA_VERSION:
        said = "no version" if found is None else f"version {quoted(found)}"
        raise IntakeError(
            f"This package has {said} of the schema, and this software reads {SCHEMA_VERSION!r}.",
            where=SCHEMA,
            hint="update the software of the body that is behind, and publish or import again.",
        )


def _check_fields(schema: Mapping[str, Any], columns: Sequence[str]) -> None:
    named = [one.get("name") if isinstance(one, dict) else None for one in _listed(schema)]
    if named != list(columns):
        raise IntakeError(
            "The schema does not describe the columns of its version.",
            where=f"{SCHEMA}, fields",
            hint="ask the sender for the package as it was published.",
        )


def _listed(schema: Mapping[str, Any]) -> list[Any]:
    fields = schema.get("fields")
    return fields if isinstance(fields, list) else []


def _check_digests(files: Mapping[str, bytes]) -> None:
    """Compares each file with its digest in the description.

    Raises:
        RawDataError: every one that is another, or has none.

    """
    told: dict[str, str] = {}
    distributions = _json_of(files, DESCRIPTION).get("dcat:distribution")
    for one in distributions if isinstance(distributions, list) else []:
        try:
            told[one["dct:title"]] = one["spdx:checksum"]["spdx:checksumValue"]["@value"]
        except (KeyError, TypeError):
            continue
    faults: list[ObservatoryError] = []
    for name in (FIGURES, CODEBOOK, SCHEMA):
        if name not in told:
            what = f"The description gives no digest of {name}."
        elif told[name] != sha256_bytes(files[name]):
            what = f"{name} is not the file that the package describes: some of it was changed."
        else:
            continue
        hint = "ask the sender for the package as it was published."
        faults.append(RawDataError(what, where=DESCRIPTION, hint=hint))
    if faults:
        raise ObservatoryError.together(faults)


def _description(schema: Mapping[str, Any]) -> Description:
    """What the edition is, its texts checked."""
    try:
        description = Description.model_validate(schema.get("edition"))
    except ValidationError as error:
        keys = dict.fromkeys(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise IntakeError(
            f"What the edition is does not stand in the schema as it should: {', '.join(keys)}.",
            where=f"{SCHEMA}, edition",
            hint="ask the sender for the package as it was published.",
        ) from None
    faults: list[ObservatoryError] = [
        IntakeError(
            f"A text {fault}.",
            where=f"{SCHEMA}, edition.{key}",
            hint="such a text never reaches a page: ask the sender to correct it.",
        )
        for key, text in texts_with_keys(description)
        for one in {text, *getattr(text, "texts", {}).values()}
        if (fault := text_fault(one))
    ]
    if faults:
        raise ObservatoryError.together(faults)
    return description


def _typed(figures: pl.DataFrame) -> pl.DataFrame:
    """Checked cells as numbers and texts."""
    kinds = {"number": pl.Float64, "integer": pl.Int64}
    texts = [without_protection(figures.get_column(one)) for one in figures.columns]
    return (
        pl.DataFrame(texts)
        .with_columns(
            pl.col(name).replace("", None).cast(kinds[kind])
            for name, (_, kind) in COLUMNS.items()
            if kind in kinds
        )
        .with_columns(pl.col("simule") == "true")
    )
