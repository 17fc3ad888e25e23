"""Open data of an edition: its figures as CSV, as a workbook and as Parquet, what their codes mean,
their Table Schema, and a DCAT description.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import polars as pl

from analysis.disclosure import Status
from analysis.editions.codebook import Codebook
from analysis.editions.dcat import DESCRIPTION, FILES, describe
from analysis.editions.description import SCHEMA_VERSION, description_of
from analysis.editions.workbook import write_workbook
from analysis.publishing.edition import Edition
from analysis.publishing.released import TOTAL
from analysis.publishing.wording.language import Language
from analysis.storage import sha256_file
from analysis.study import Claim, Study
from analysis.study.kinds import FigureKind
from analysis.study.labels import unaccented
from analysis.study.languages import without_marks

RISKY = r"^[=+\-@\t\r]"
"""What a spreadsheet takes for a formula."""

COLUMNS: dict[str, tuple[str, str]] = {
    "cle": ("key", "string"),
    "etude": ("study", "string"),
    "direction": ("directorate", "string"),
    "libelle_direction": ("", "string"),
    "vague": ("wave", "string"),
    "libelle_vague": ("", "string"),
    "reference": ("against", "string"),
    "indicateur": ("indicator", "string"),
    "libelle_indicateur": ("", "string"),
    "definition": ("definition", "string"),
    "libelle_definition": ("", "string"),
    "version_definition": ("definition_version", "string"),
    "type": ("kind", "string"),
    "libelle_type": ("", "string"),
    "unite": ("unit", "string"),
    "libelle_unite": ("", "string"),
    "question": ("item", "string"),
    "libelle_question": ("", "string"),
    "ventilation": ("breakdown", "string"),
    "libelle_ventilation": ("", "string"),
    "categorie": ("category", "string"),
    "libelle_categorie": ("", "string"),
    "canaux": ("channels", "string"),
    "libelle_canaux": ("", "string"),
    "portee": ("claim", "string"),
    "libelle_portee": ("", "string"),
    "valeur": ("value", "number"),
    "erreur_type": ("se", "number"),
    "borne_basse": ("low", "number"),
    "borne_haute": ("high", "number"),
    "constat": ("word", "string"),
    "libelle_constat": ("", "string"),
    "base": ("base", "integer"),
    "statut": ("", "string"),
    "precision": ("", "string"),
    "methode": ("method", "string"),
    "simule": ("simulated", "boolean"),
}
"""Column of open data → column of `storage.Released` (none where it is made here), type. What each
holds is described in the catalogues (`data_columns_…`)."""

UNIT = "direction"
"""The column of units; its header is a study's own word."""
LONGEST_HEADER = 40

PRECISIONS = {Status.CAUTION: "prudence", Status.FRAGILE: "fragile"}
"""What the precision of a figure that is shown allows, as open data says it."""

DECIMALS = 3
"""Shares are published to a tenth of a point: more digits and a base would give exact counts
back."""


def write_open_data(released: pl.DataFrame, study: Study, edition: Edition, folder: Path) -> None:
    """Writes the figures of an edition in a folder: `resultats.csv`, the same as a workbook and as
    Parquet, `dictionnaire.csv` (what codes mean), `schema.json` (Table Schema, and what the edition
    is, for a body that imports it) and `dcat.jsonld`, with the digest of each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    codebook = Codebook(study.in_language(study.language))
    published = codebook.labelled(without_repeated(released, study))
    unit = unit_header(study)
    named = headers(unit)
    frame = open_table(published, study).rename(named)
    meanings = codebook.table(published).with_columns(pl.col("colonne").replace(named))
    frame.write_parquet(folder / "resultats.parquet")
    workbook = folder / "resultats.xlsx"
    columns = {name: named.get(name, name) for name in COLUMNS}
    write_workbook(
        workbook,
        frame,
        meanings,
        codebook.study,
        edition,
        described=columns,
        decimals=DECIMALS,
    )
    texts = pl.col("simule").cast(pl.String)
    _csv(frame.with_columns(texts), folder / "resultats.csv")
    _csv(meanings, folder / "dictionnaire.csv")
    language = Language.of(study.language)
    constraints = _constraints(study)
    simulated = bool(released.get_column("simulated").any())
    items = set(frame.get_column("question").drop_nulls())
    described = description_of(study, edition, unit=unit, items=items, simulated=simulated)
    schema = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "fields": [
            {
                "name": columns[name],
                "type": kind,
                "description": language.text(f"data_columns_{name}"),
                **({"constraints": constraints[name]} if name in constraints else {}),
            }
            for name, (_, kind) in COLUMNS.items()
        ],
        "primaryKey": ["cle"],
        "missingValues": [""],
        "version": SCHEMA_VERSION,
        "edition": described.model_dump(mode="json", exclude_none=True),
    }
    _json(folder / "schema.json", schema)
    digests = {name: sha256_file(folder / name) for name in FILES}
    _json(folder / DESCRIPTION, describe(study, edition, simulated=simulated, digests=digests))


def unit_header(study: Study) -> str:
    """How the column of units is called: by the study's own word for one, in its main language."""
    unit = study.in_language(study.language).terms.unit
    plain = unaccented(without_marks(unit.one)) if unit else ""
    word = re.sub(r"[^a-z0-9]+", "_", plain)[:LONGEST_HEADER].strip("_")
    return word if word and word not in COLUMNS else UNIT


def headers(unit: str) -> dict[str, str]:
    """The columns that are called otherwise in a study's open data than here → their headers."""
    return {UNIT: unit, f"libelle_{UNIT}": f"libelle_{unit}"}


def without_repeated(released: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Released figures, each once: those of the channel that a total is of are that total."""
    by_channel = [one.id for one in study.breakdowns if one.by == "channel"]
    figure = ("layer", "directorate", "wave", "against", "indicator", "definition", "kind")
    totals = released.filter(pl.col("breakdown") == TOTAL).select(*figure, "channels")
    repeated = released.filter(
        pl.col("breakdown").is_in(by_channel), pl.col("category") == pl.col("channels")
    ).join(totals, on=[*figure, "channels"], how="semi", nulls_equal=True)
    return released.join(repeated, on="key", how="anti", maintain_order="left")


def open_table(published: pl.DataFrame, study: Study) -> pl.DataFrame:
    """Labelled figures under the names of open data."""
    status = pl.col("status")
    hidden = [one.value for one in Status if one.hidden]
    made = {
        "etude": pl.lit(study.id),
        "statut": pl.when(status.is_in(hidden)).then(status).otherwise(pl.lit("")),
        "precision": status.replace_strict(
            {one.value: said for one, said in PRECISIONS.items()}, default=""
        ),
    }
    return published.select(
        made.get(name, pl.col(source or name)).alias(name) for name, (source, _) in COLUMNS.items()
    ).with_columns(pl.col(pl.Float64).round(DECIMALS))


def _constraints(study: Study) -> dict[str, dict[str, object]]:
    """What holds of every cell of some columns, as Table Schema says it."""
    listed = {
        "etude": [study.id],
        "direction": [directorate.id for directorate in study.directorates],
        "vague": [wave.id for wave in study.waves],
        "reference": [wave.id for wave in study.waves],
        "type": list(get_args(FigureKind)),
        "portee": [claim.value for claim in Claim],
        "statut": [status.value for status in Status if status.hidden],
        "precision": list(PRECISIONS.values()),
    }
    required = ("cle", "etude", "indicateur", "definition", "type", "unite", "simule")
    return {
        name: {
            **({"required": True} if name in required else {}),
            **({"unique": True} if name == "cle" else {}),
            **({"enum": listed[name]} if name in listed else {}),
        }
        for name in (*required, *listed)
    }


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """A table in which no cell can be taken for a formula by a spreadsheet."""
    text = pl.col(pl.String)
    safe = pl.when(text.str.contains(RISKY)).then(pl.lit("'") + text).otherwise(text)
    return frame.with_columns(safe.name.keep())


def _csv(frame: pl.DataFrame, path: Path) -> None:
    without_formulas(frame).write_csv(path, line_terminator="\n")


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
