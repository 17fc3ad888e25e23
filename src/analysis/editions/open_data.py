"""Open data of an edition: CSV, its Table Schema, and a DCAT description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import polars as pl

from analysis.disclosure import Status
from analysis.editions.dcat import describe
from analysis.publishing.edition import Edition
from analysis.study import Claim, Study
from analysis.study.kinds import FigureKind

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

COLUMNS: dict[str, tuple[str, str, str]] = {
    "cle": ("key", "string", "Identifiant du chiffre, le même d’une édition à l’autre"),
    "etude": ("pl.lit", "string", "Identifiant de l’étude"),
    "direction": ("directorate", "string", "Identifiant de la direction"),
    "vague": ("wave", "string", "Identifiant de la vague"),
    "reference": (
        "against",
        "string",
        "Vague à laquelle un écart se mesure, ou première des vagues réunies",
    ),
    "indicateur": ("indicator", "string", "Identifiant de l’indicateur"),
    "definition": (
        "definition",
        "string",
        "Définition : {definitions}, ou P suivi d’un code pour la part d’un niveau ; RR1 et RR2, "
        "taux de réponse de l’American Association for Public Opinion Research",
    ),
    "type": (
        "kind",
        "string",
        "share part, level_share part d’un niveau, balance solde, mean moyenne, difference écart, "
        "detectable plus petit écart décelable, count nombre, ratio rapport, limit bornes entre "
        "lesquelles se situent neuf sites sur dix, deviation écart type entre sites, p_value "
        "probabilité critique du test",
    ),
    "unite": (
        "unit",
        "string",
        "share entre 0 et 1, points entre -1 et 1, score_N entre 0 et N, answers réponses, "
        "presses appuis, rows lignes, days jours, margins marges, questions, people personnes, "
        "sites, probability, iterations, ratio",
    ),
    "version_definition": ("definition_version", "string", "Version de la définition"),
    "question": ("item", "string", "Identifiant de la question"),
    "ventilation": ("breakdown", "string", "Variable de ventilation, total sinon"),
    "categorie": ("category", "string", "Catégorie de la ventilation"),
    "libelle_categorie": ("category_label", "string", "Libellé de la catégorie"),
    "canaux": ("channels", "string", "Canaux de recueil"),
    "portee": (
        "claim",
        "string",
        "Ce que l’on peut en dire : C1 estimation, C2 tendance, C3 alerte",
    ),
    "valeur": (
        "value",
        "number",
        "Dans son unité ; vide si non diffusé",
    ),
    "erreur_type": ("se", "number", "Erreur type, dans l’unité de la valeur"),
    "borne_basse": ("low", "number", "Borne basse à 95 %"),
    "borne_haute": ("high", "number", "Borne haute à 95 %"),
    "constat": (
        "word",
        "string",
        "Ce que la règle dit d’un écart : up hausse, down baisse, small faible, equivalent "
        "inférieur au seuil, none non détecté ; de sites, differ s’ils diffèrent, chance sinon ; "
        "vide ailleurs",
    ),
    "base": ("base", "integer", "Nombre de réponses, non pondéré"),
    "statut": (
        "status",
        "string",
        "vide, caution, fragile, s (non diffusé) ou nd (non disponible)",
    ),
    "methode": ("method", "string", "Méthode de l’intervalle"),
    "simule": ("simulated", "boolean", "Vrai si les données sont simulées"),
}
"""Column of the CSV → column of `storage.Released`, type, description; `{definitions}` are those
of the study."""

DECIMALS = 3
"""Shares are published to a tenth of a point: more digits and a base would give exact counts
back."""


def write_open_data(released: pl.DataFrame, study: Study, edition: Edition, folder: Path) -> None:
    """Writes `resultats.csv`, `schema.json` (Table Schema) and `dcat.jsonld` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = released.select(
        pl.lit(study.id).alias(name) if source == "pl.lit" else pl.col(source).alias(name)
        for name, (source, _, _) in COLUMNS.items()
    ).with_columns(
        pl.col(pl.Float64).round(DECIMALS),
        _without_formula("libelle_categorie"),
        pl.col("simule").cast(pl.String),
    )
    frame.write_csv(folder / "resultats.csv", line_terminator="\n")
    definitions = ", ".join(definition.id for definition in study.definitions)
    constraints = _constraints(study)
    schema = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "fields": [
            {
                "name": name,
                "type": kind,
                "description": description.replace("{definitions}", definitions),
                **({"constraints": constraints[name]} if name in constraints else {}),
            }
            for name, (_, kind, description) in COLUMNS.items()
        ],
        "primaryKey": ["cle"],
        "missingValues": [""],
    }
    _json(folder / "schema.json", schema)
    simulated = bool(released.get_column("simulated").any())
    _json(folder / "dcat.jsonld", describe(study, edition, simulated=simulated))


def _constraints(study: Study) -> dict[str, dict[str, object]]:
    """What holds of every cell of some columns, as Table Schema says it."""
    listed = {
        "etude": [study.id],
        "direction": [directorate.id for directorate in study.directorates],
        "vague": [wave.id for wave in study.waves],
        "reference": [wave.id for wave in study.waves],
        "type": list(get_args(FigureKind)),
        "portee": [claim.value for claim in Claim],
        "statut": [status.value for status in Status if status.value],
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


def _without_formula(column: str) -> pl.Expr:
    """A text column in which no cell can be taken for a formula by a spreadsheet."""
    text = pl.col(column)
    risky = pl.any_horizontal(text.str.starts_with(sign) for sign in FORMULA_SIGNS)
    return pl.when(risky).then(pl.concat_str([pl.lit("'"), text])).otherwise(text).alias(column)


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
