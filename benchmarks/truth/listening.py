"""Observatories over several products whose flows, samples and user tests are drawn from a truth:
how often they are said to move, to break, to agree or to contradict each other, and are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from analysis.indicators import (
    Estimates,
    collisions,
    convergence,
    movements,
    observations,
)
from analysis.storage import Flows, Grids
from analysis.study import Study
from analysis.study.listening import Listening
from analysis.study.months import first_of_month
from benchmarks.truth.service import Rng, service_study
from benchmarks.truth.verdicts import Verdict

SCENARIOS = ("listening, nothing planted", "listening, planted")

MOVED, BROKEN = "a flow is said to have moved", "a flow is said to have broken"
CONTRARY, ALIKE = "families are said to contradict", "families are said to agree"
SIGNAL, TWICE = "a point is said to be looked at", "people are said to be asked twice"
UNSEEN_BREAK = "a planted break is not said"
UNSEEN_CONTRARY = "a planted contradiction is not said"
UNSEEN_TWICE = "a planted collision is not said"
WITHOUT_LIMIT = (UNSEEN_BREAK, UNSEEN_CONTRARY)
"""Families that claim nothing: what they show is the power of a test."""

PRODUCTS = 8
FIRST = date(2023, 1, 1)
LEVELS = (0.35, 0.6, 0.8)
"""True shares of the satisfied: poor, between, good."""

ASPECT = "q0"
GOOD, POOR = 0.7, 0.5
NEAR = 31
"""Days between a break and the month in which it is said to be, at most: one month."""

ANSWERED = 700
TESTED, STOPPED = 12, (0.0, 0.1, 0.7)
"""Participants, and how often they are stopped."""


@dataclass(frozen=True)
class Product:
    """The truth of a product.

    Attributes:
        step: What the odds of answered calls are multiplied by from `month` on; 1 where nothing is
            planted.
        before, now: The share of the satisfied.
        stopped: How often people are stopped in tests.
        asked_twice: Whether two surveys go to one audience within the declared time.

    """

    id: str
    step: float
    month: date
    before: float
    now: float
    stopped: float
    asked_twice: bool


def score_listening(scenario: str, rng: Rng) -> tuple[Verdict, ...]:
    """The verdicts on what is said of an observatory of a scenario, drawn at random."""
    planted = scenario == SCENARIOS[1]
    base = service_study()
    wave = base.waves[-1]
    products = [_product(rank, planted, wave.end, rng) for rank in range(PRODUCTS)]
    study = _study(base, products)
    flows = pl.concat(_flows(one, study, rng) for one in products)
    grids = pl.concat(_grid(one, study, rng) for one in products)
    estimates = pl.DataFrame(
        [row for one in products for row in _samples(one, study, rng)],
        schema=Estimates.create_empty().schema,
    )
    about: dict[str, Any] = {"wave": wave.id, "simulated": True}
    moved = movements(flows, study, **about)
    seen = observations(grids, study, **about)
    told = convergence(moved, seen, estimates, study, **about)
    found = collisions(study, **about)
    by_id = {one.id: one for one in products}
    return (
        *_scored_flows(moved, by_id),
        *_scored_words(told, seen, by_id),
        *_scored_calendar(found, by_id),
    )


def _product(rank: int, planted: bool, end: date, rng: Rng) -> Product:
    kind = rng.integers(0, 4) if planted else 3
    level = float(rng.choice(LEVELS))
    moved = planted and rng.random() < 0.3
    before = level if not moved else float(np.clip(level + rng.choice([-0.2, 0.2]), 0.1, 0.95))
    step = float(rng.choice([0.55, 0.75, 1.35, 1.8])) if kind == 0 else 1.0
    return Product(
        id=f"produit-{rank}",
        step=step,
        month=first_of_month(end, before=int(rng.integers(2, 9))),
        before=before,
        now=level,
        stopped=float(rng.choice(STOPPED)),
        asked_twice=planted and bool(rng.random() < 0.3),
    )


def _study(base: Study, products: Sequence[Product]) -> Study:
    """The simulated service, as many times as there are products, with devices that listen."""
    (unit, *_) = base.directorates
    wave = base.waves[-1]
    apart = {"start": wave.start, "end": wave.start + timedelta(days=9)}
    shared = {
        "owner": "Service",
        "moments": ["usage"],
        "says": "x",
        "cannot": "y",
        "dimensions": [ASPECT],
    }
    near, far = (
        {"start": wave.start + timedelta(days=days), "end": wave.start + timedelta(days=days + 5)}
        for days in (40, 140)
    )
    asked = {"asks": True, "requests": 500, "rhythm": "annual"}
    survey = {"family": "consultation", "regime": "sample", "tool": "a", **asked}
    everyone = [one.id for one in products]
    twice = [one.id for one in products if one.asked_twice]
    once = [one.id for one in products if not one.asked_twice]
    extra = [
        {
            **shared,
            **survey,
            "id": name,
            "label": name,
            "products": own,
            "audiences": ["usagers"],
            "dimensions": [],
            "periods": [when],
        }
        for name, own, when in (("proche", twice, near), ("lointaine", once, far))
        if own
    ]
    content = {
        "moments": [{"id": "usage", "label": "Usage"}],
        "audiences": [{"id": "usagers", "label": "Usagers"}],
        "products": {
            name: {"users": 9, "audiences": ["usagers"], "moments": ["usage"]} for name in everyone
        },
        "devices": [
            {
                **shared,
                "id": "appels",
                "label": "Appels",
                "family": "feedback",
                "regime": "flow",
                "products": everyone,
                "audiences": ["usagers"],
                "rhythm": "continuous",
                "tool": "t",
                "series": [
                    {"id": "recus", "label": "reçus"},
                    {
                        "id": "repondus",
                        "label": "répondus",
                        "of": "recus",
                        "better": "high",
                        "dimension": ASPECT,
                    },
                ],
            },
            {
                **shared,
                **survey,
                "id": "enquete",
                "label": "Enquête",
                "products": everyone,
                "audiences": ["usagers"],
                "channel": "invitation",
                "periods": [apart],
            },
            {
                **shared,
                "id": "tests",
                "label": "Tests",
                "family": "mobilisation",
                "regime": "qualitative",
                "products": everyone,
                "audiences": ["usagers"],
                "rhythm": "annual",
                "tool": "g",
                "periods": [far],
            },
            *extra,
        ],
        "rest_days": 60,
    }
    return base.model_copy(
        update={
            "listening": Listening.model_validate(content),
            "directorates": tuple(
                unit.model_copy(update={"id": one.id, "sites": ()}) for one in products
            ),
        }
    )


def _flows(product: Product, study: Study, rng: Rng) -> pl.DataFrame:
    """Calls by month, and those that were answered: with a season, and months that vary."""
    last = first_of_month(study.waves[-1].end)
    size = (last.year - FIRST.year) * 12 + last.month - FIRST.month + 1
    months = [first_of_month(FIRST, before=-rank) for rank in range(size)]
    season = 0.1 * np.cos(2 * np.pi * np.arange(size) / 12)
    calls = rng.poisson(900 * np.exp(season + rng.normal(0, 0.04, size)))
    after = np.array([month >= product.month for month in months])
    odds = 2.3 * np.exp(0.5 * season + rng.normal(0, 0.05, size)) * product.step**after
    answered = rng.binomial(calls, odds / (1 + odds))
    rows = [
        {
            "directorate": product.id,
            "wave": study.waves[-1].id,
            "device": "appels",
            "series": series,
            "month": month,
            "count": int(count),
            "delivery": "d",
            "file": "f",
            "line": 1,
        }
        for series, counts in (("recus", calls), ("repondus", answered))
        for month, count in zip(months, counts, strict=True)
    ]
    return pl.DataFrame(rows, schema=Flows.create_empty().schema)


def _grid(product: Product, study: Study, rng: Rng) -> pl.DataFrame:
    """One task of as many participants, in two sessions."""
    wave = study.waves[-1]
    rows = [
        {
            "directorate": product.id,
            "wave": wave.id,
            "device": "tests",
            "session": f"s{rank % 2}",
            "participant": f"P{rank}",
            "task": "t",
            "day": wave.start + timedelta(days=rank % 2),
            "dimension": ASPECT,
            "outcome": "blocked" if rng.random() < product.stopped else "done",
            "theme": "",
            "delivery": "d",
            "file": "f",
            "line": 1,
        }
        for rank in range(TESTED)
    ]
    return pl.DataFrame(rows, schema=Grids.create_empty().schema)


def _samples(product: Product, study: Study, rng: Rng) -> Iterator[dict[str, Any]]:
    """The estimates of two waves, a year apart: of a simple random sample."""
    indicator = next(one for one in study.indicators if one.item == "Q0")
    now = study.waves[-1]
    before = study.compared_with(now.id)
    assert before is not None, "there is a wave of the same season"
    for wave, share in ((before, product.before), (now, product.now)):
        value = float(rng.binomial(ANSWERED, share)) / ANSWERED
        se = float(np.sqrt(value * (1 - value) / ANSWERED))
        yield {
            "directorate": product.id,
            "wave": wave.id,
            "indicator": indicator.id,
            "definition": indicator.definitions[0],
            "definition_version": "1.0",
            "kind": "share",
            "unit": "share",
            "item": "Q0",
            "breakdown": "total",
            "category": "total",
            "category_label": "",
            "channels": "invitation",
            "claim": "C1",
            "value": value,
            "unweighted": value,
            "se": se,
            "low": value - 1.96 * se,
            "high": value + 1.96 * se,
            "base": ANSWERED,
            "df": ANSWERED,
            "design_effect": 1.0,
            "method": "",
            "counts": [ANSWERED],
            "weights_id": "",
            "study_digest": "",
            "simulated": True,
        }


# --- against the truth ----------------------------------------------------------------------------


def _scored_flows(moved: pl.DataFrame, products: dict[str, Product]) -> Iterator[Verdict]:
    """Words of a year and months of a break; a rate moves where its odds were multiplied."""
    found: dict[str, list[date]] = {}
    for row in moved.iter_rows(named=True):
        product, rate = products[row["directorate"]], row["series"] == "repondus"
        direction = ("up" if product.step > 1 else "down") if rate and product.step != 1 else ""
        if row["part"] == "year":
            yield Verdict(MOVED, row["word"] != "steady" and row["word"] != direction)
            yield Verdict(BROKEN, false=False)  # it could be said of every series
        if row["part"] == "break":
            near = abs((row["month"] - product.month).days) <= NEAR
            yield Verdict(BROKEN, row["word"] != direction or not near)
            found.setdefault(product.id, []).append(row["month"])
    for product in products.values():
        if product.step != 1:
            yield Verdict(UNSEEN_BREAK, product.id not in found, product.id)


def _scored_words(
    told: pl.DataFrame, seen: pl.DataFrame, products: dict[str, Product]
) -> Iterator[Verdict]:
    """What is said of devices together. What was observed in tests is no estimate of anything: it
    is taken as it is.
    """
    tested = {row["directorate"]: row["word"] for row in seen.iter_rows(named=True)}
    moves = pl.col("movement").is_in(["better", "worse"])
    sampled = set(told.filter(moves, pl.col("device") == "enquete")["directorate"])
    for row in told.filter(device="").iter_rows(named=True):
        product = products[row["directorate"]]
        level = "poor" if product.now < POOR else "good" if product.now >= GOOD else "mixed"
        moved = np.sign(product.now - product.before)
        flow = np.sign(product.step - 1)
        contrary = {level, tested[product.id]} == {"good", "poor"} or moved * flow < 0
        alike = (level == tested[product.id] != "mixed") or moved * flow > 0
        yield Verdict(CONTRARY, row["verdict"] == "contrary" and not contrary)
        yield Verdict(ALIKE, row["verdict"] == "same" and not alike)
        yield Verdict(SIGNAL, row["signal"] and not (moved if product.id in sampled else flow))
        if contrary:
            yield Verdict(UNSEEN_CONTRARY, row["verdict"] != "contrary", product.id)


def _scored_calendar(found: pl.DataFrame, products: dict[str, Product]) -> Iterator[Verdict]:
    """The calendar is declared: what collides is known, without a chance."""
    asked = set(found["directorate"])
    for product in products.values():
        yield Verdict(TWICE, product.id in asked and not product.asked_twice)
        if product.asked_twice:
            yield Verdict(UNSEEN_TWICE, product.id not in asked, product.id)
