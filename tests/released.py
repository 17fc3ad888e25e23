"""Released figures made by hand, and a page that shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from analysis.disclosure import Status
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.storage import Released
from analysis.storage.figures import KEY_PARTS, NUMBERS
from analysis.study import Study

KINDS = {"T2B": "share", "T1B": "share", "NET": "balance", "M10": "mean"}
UNITS = {"NET": "points", "M10": "score_10"}

HIDDEN: dict[str, Any] = {**dict.fromkeys(NUMBERS), "status": "s", "word": ""}
"""What makes a row one that shows nothing."""


def row(**changes: Any) -> dict[str, Any]:
    """A row of `storage.Released`: the overall indicator of a directorate, by default."""
    definition = str(changes.get("definition", "T2B"))
    found = {
        "layer": "estimates",
        "directorate": "dpaph",
        "wave": "2026-2",
        "against": None,
        "indicator": "satisfaction_globale",
        "definition": definition,
        "definition_version": "1.0",
        "kind": KINDS.get(definition, "level_share"),
        "unit": UNITS.get(definition, "share"),
        "item": "Q01",
        "breakdown": "total",
        "category": "total",
        "category_label": "total",
        "channels": "invitation",
        "claim": "C1",
        "value": 0.6495,
        "se": 0.017,
        "low": 0.6165,
        "high": 0.6811,
        "base": 1042,
        "df": 900,
        "size": None,
        "word": "",
        "method": "wilson",
        "simulated": True,
        "audience": "public",
        "status": "",
        **changes,
    }
    key = "/".join("-" if found[part] is None else str(found[part]) for part in KEY_PARTS)
    return {"key": key, **found}


def change_row(word: str = "up", **changes: Any) -> dict[str, Any]:
    """A row of a change since the same season a year before."""
    return row(
        **{
            "layer": "changes",
            "against": "2025-2",
            "kind": "difference",
            "unit": "points",
            "value": 0.0695,
            "se": 0.024,
            "low": 0.0223,
            "high": 0.1167,
            "base": None,
            "word": word,
            "method": "bonferroni 1",
            **changes,
        }
    )


def detectable_row(value: float = 0.0674, **changes: Any) -> dict[str, Any]:
    """A row of the smallest change that could be seen."""
    none = {"se": None, "low": None, "high": None}
    return change_row("", **{"kind": "detectable", "value": value, **none, **changes})


def released(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows as `storage.Released`."""
    return Released.validate(pl.DataFrame(list(rows), schema=Released.create_empty().schema))


def figure(**changes: Any) -> ReleasedFigure:
    """A row as pages see it."""
    found = row(**changes)
    return ReleasedFigure(**(found | {"status": Status(found["status"])}))


def page(
    study: Study,
    *rows: dict[str, Any],
    directorate: str | None = "dpaph",
    wave: str = "2026-2",
    folder: Path = Path(),
) -> Page:
    """A page that shows some rows."""
    period = study.wave(wave)
    return Page(
        study=study,
        wave=period,
        figures=ReleasedFigures(released(*rows), study),
        wording=Wording(study, Language.of(study.language), period),
        open_directorate=study.directorate(directorate) if directorate else None,
        folder=folder,
    )
