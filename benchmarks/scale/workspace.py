"""A workspace of a study of many products, in departments, over many waves: few respondents, few
questions. Everything in it is made up.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from analysis.storage import sha256_file
from analysis.study.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
STUDY, CHANNEL, DELIVERY = "many", "survey", "wave-{}"
FIRST_DAY = date(2003, 1, 6)
DAYS_BETWEEN, DAYS_OF_FIELD = 182, 28
RESPONDENTS = 60
"""Of each product in each wave."""

FAVOURABLE = (0.05, 0.1, 0.2, 0.4, 0.25)
"""How often each level is answered, worst first."""

AGES = ("1", "2", "3")


@dataclass(frozen=True)
class Size:
    """How large a study is: products, departments of as many each, waves."""

    products: int
    waves: int
    per_department: int = 20

    @property
    def product_ids(self) -> list[str]:
        """Of its products."""
        return [f"p{number:03d}" for number in range(self.products)]

    @property
    def department_ids(self) -> list[str]:
        """Of its departments."""
        return [f"d{number:02d}" for number in range(-(-self.products // self.per_department))]

    @property
    def wave_ids(self) -> list[str]:
        """Of its waves, in the order of time."""
        return [f"w{number:02d}" for number in range(self.waves)]

    def days(self, wave: int) -> tuple[date, date]:
        """The first and the last day of the field of a wave."""
        start = FIRST_DAY + timedelta(days=DAYS_BETWEEN * wave)
        return start, start + timedelta(days=DAYS_OF_FIELD)


def make_workspace(folder: Path, size: Size) -> Workspace:
    """A workspace with this repository's notebooks and theme, the parameters of the study, and a
    delivery per wave.
    """
    for name in ("notebooks", "reports/theme"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("requirements.lock", "reports/_quarto.yml"):
        shutil.copyfile(ROOT / name, folder / name)
    params = folder / "params" / STUDY
    params.mkdir(parents=True)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    for name, content in parameters(size).items():
        yaml.dump(content, params / f"{name}.yml")
    (params / "margins").mkdir()
    for number, wave in enumerate(size.wave_ids):
        yaml.dump(_margins(size), params / "margins" / f"{wave}.yml")
        delivery = folder / "data" / "raw" / STUDY / DELIVERY.format(wave)
        delivery.mkdir(parents=True)
        with (delivery / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["product", "day", "person", "Q1", "Q2", "AGE"])
            writer.writerows(_answers(size, number))
        digest = sha256_file(delivery / "answers.csv")
        yaml.dump(_manifest(size, number, digest), delivery / "manifest.yml")
    return Workspace(folder)


def _answers(size: Size, wave: int) -> Iterator[list[object]]:
    drawn, (start, _) = random.Random(wave), size.days(wave)
    levels = range(1, 1 + len(FAVOURABLE))
    for product in size.product_ids:
        for person in range(RESPONDENTS):
            day = start + timedelta(days=person % DAYS_OF_FIELD)
            answers = drawn.choices(levels, FAVOURABLE, k=2)
            yield [product, day, f"{product}-{person}", *answers, drawn.choice(AGES)]


def _manifest(size: Size, wave: int, digest: str) -> dict[str, Any]:
    mapping = {
        "directorate": {"column": "product"},
        "channel": {"value": CHANNEL},
        "day": {"column": "day", "shapes": [{"shape": "9999-99-99", "formats": ["%Y-%m-%d"]}]},
        "respondent": {"column": "person"},
        "items": {
            name: {"column": name, "values": {str(code): code for code in range(1, end)}}
            for name, end in (("Q1", 6), ("Q2", 6), ("AGE", 4))
        },
    }
    file = {
        "path": "answers.csv",
        "sha256": digest,
        "reader": "delimited",
        "dialect": {"encoding": "utf-8", "delimiter": ","},
        "mapping": mapping,
    }
    received = size.days(wave)[1] + timedelta(days=1)
    delivery = DELIVERY.format(size.wave_ids[wave])
    return {"delivery": delivery, "received": received, "simulated": True, "files": [file]}


# --- parameters -----------------------------------------------------------------------------------


def parameters(size: Size) -> dict[str, dict[str, Any]]:
    """The parameter files of the study, by name."""
    return {
        "study": _study(),
        "questionnaire": _questionnaire(),
        "waves": {"waves": [_wave(size, number) for number in range(size.waves)]},
        "directorates": {
            "populations": [{"id": "users", "label": "Users"}],
            "directorates": _units(size),
        },
        "indicators": _indicators(),
    }


def _study() -> dict[str, Any]:
    channel = {
        "id": CHANNEL,
        "label": "Survey of users",
        "claim": "C1",
        "claim_reason": "users drawn at random",
        "mode": "web",
        "moment": "a_froid",
        "items": ["Q1", "Q2", "AGE"],
    }
    return {
        "id": STUDY,
        "title": "Many products",
        "subtitle": "What users say, product by product",
        "publisher": "A public body (fictitious)",
        "languages": ["fr"],
        "channels": [channel],
        "terms": {"unit": {"one": "produit", "many": "produits"}},
    }


def _questionnaire() -> dict[str, Any]:
    kinds = ("not_concerned", "dont_know", "refused", "not_asked", "abandoned", "illegible")
    missing = [
        {"code": code, "kind": kind, "label": kind}
        for code, kind in zip((97, 98, 99, -1, -2, -3), kinds, strict=True)
    ]
    missing.append({"code": -4, "kind": "unknown", "label": "unknown"})
    scale = [("s5", "satisfaction", 1 + len(FAVOURABLE)), ("age", "age group", 1 + len(AGES))]
    items = [("Q1", "s5", "satisfaction"), ("Q2", "s5", "satisfaction"), ("AGE", "age", "profile")]
    return {
        "version": "1.0",
        "scales": [
            {
                "id": name,
                "label": label,
                "kind": "ordinal",
                "levels": [{"code": code, "label": f"{label} {code}"} for code in range(1, end)],
            }
            for name, label, end in scale
        ],
        "missing": missing,
        "dimensions": [{"id": "overall", "label": "Overall"}],
        "items": [
            {
                "id": name,
                "wording": f"Question {name}",
                "short": f"Question {name}",
                "scale": kind,
                "role": role,
                **({"dimension": "overall"} if role == "satisfaction" else {}),
            }
            for name, kind, role in items
        ],
    }


def _wave(size: Size, number: int) -> dict[str, Any]:
    start, end = size.days(number)
    return {
        "id": size.wave_ids[number],
        "label": f"{'printemps' if number % 2 == 0 else 'automne'} {2003 + number // 2}",
        "start": start,
        "end": end,
        "publication": end + timedelta(days=60),
    }


def _margins(size: Size) -> dict[str, Any]:
    """How many users of each age every product has."""
    users = {name: {"AGE": dict.fromkeys(AGES, 1000)} for name in size.product_ids}
    return {"source": "Registers", "margins": users}


def _units(size: Size) -> list[dict[str, Any]]:
    departments = [
        {"id": name, "label": f"Département {name}", "acronym": f"Dépt {name}"}
        for name in size.department_ids
    ]
    products = [
        {
            "id": name,
            "label": f"Produit {name}",
            "acronym": f"Produit {name}",
            "parent": size.department_ids[number // size.per_department],
        }
        for number, name in enumerate(size.product_ids)
    ]
    return [{**unit, "channels": [CHANNEL]} for unit in (*departments, *products)]


def _indicators() -> dict[str, Any]:
    definitions = [
        {"id": "T2B", "version": "1.0", "label": "deux réponses favorables"}
        | {"kind": "top_share", "top": 2},
        {"id": "M10", "version": "1.0", "label": "note sur 10", "kind": "mean", "maximum": 10},
    ]
    indicators = [
        {
            "id": name,
            "version": "1.0",
            "label": label,
            "item": item,
            "definitions": kinds,
            "headline": True,
            "valid_from": FIRST_DAY,
        }
        for name, label, item, kinds in (
            ("overall", "Satisfaction globale", "Q1", ["T2B", "M10"]),
            ("clarity", "Clarté", "Q2", ["T2B"]),
        )
    ]
    breakdowns = [{"id": "age", "label": "Âge", "by": "AGE"}]
    return {"definitions": definitions, "indicators": indicators, "breakdowns": breakdowns}
