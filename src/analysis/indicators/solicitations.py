"""The shared calendar of devices: who asks whom twice, and which devices could be one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import dataframely as dy
import polars as pl

from analysis.indicators.listening import listening_of
from analysis.storage import as_figures, make_table
from analysis.study import Study
from analysis.study.listening import Device, Listening, days_between

ALIKE = 0.5
"""Share of the dimensions of two devices that both tell something of, from which they could be
one."""


class Collisions(dy.Schema):
    """One row per product, pair of devices and audience that both ask within the declared time, in
    the wave or the year that follows.

    Attributes:
        days: Between the end of one and the start of the other at the nearest; 0 where both ask at
            once.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    first = dy.String(primary_key=True)
    second = dy.String(primary_key=True)
    audience = dy.String(primary_key=True)
    days = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: the days between two devices."""
        return as_figures(
            table.select(
                *("directorate", "wave", "simulated"),
                indicator=pl.lit("collision"),
                definition=pl.concat_str("first", "second", separator="+"),
                kind=pl.lit("count"),
                unit=pl.lit("days"),
                breakdown=pl.lit("audience"),
                category="audience",
                claim=pl.lit(""),
                value=pl.col("days").cast(pl.Float64),
            ),
            layer="collisions",
        )


class Poolings(dy.Schema):
    """One row per pair of devices that could be one: of one family and regime, with audiences and
    products in common, like questions and different tools.

    Attributes:
        products: Those that they share.
        requests: People whom the smaller of the two asks in a year: nobody would ask them again.
        cost: Euros in a year of the less costly of the two.

    """

    wave = dy.String(primary_key=True)
    first = dy.String(primary_key=True)
    second = dy.String(primary_key=True)
    products = dy.List(dy.String())
    requests = dy.Int64(min=0)
    cost = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: what one device in the place of two would spare."""
        parts = [
            table.select(
                *("wave", "simulated"),
                directorate=pl.lit(None, dtype=pl.String),
                indicator=pl.lit("pooling"),
                definition=pl.concat_str("first", "second", separator="+"),
                kind=pl.lit("count"),
                unit=pl.lit(unit),
                breakdown=pl.lit("spared"),
                category=pl.lit(name),
                claim=pl.lit(""),
                value=pl.col(name).cast(pl.Float64),
            )
            for name, unit in (("requests", "people"), ("cost", "euros"))
        ]
        return as_figures(pl.concat(parts), layer="poolings")


def collisions(study: Study, *, wave: str, simulated: bool) -> pl.DataFrame:
    """The `Collisions` of a wave, by the calendar that the study declares."""
    listening = listening_of(study)
    start, end = study.wave(wave).start, study.wave(wave).end
    asking = [device for device in listening.devices if device.asks]
    rows = []
    for first, second in combinations(asking, 2):
        nearest = first.nearest(second, start, end)
        if nearest is None or days_between(*nearest) >= listening.rest_days:
            continue
        rows += [
            {
                "directorate": product,
                "wave": wave,
                "first": first.id,
                "second": second.id,
                "audience": audience,
                "days": days_between(*nearest),
                "simulated": simulated,
            }
            for product in first.products
            if product in second.products
            for audience in listening.products[product].audiences
            if audience in first.audiences and audience in second.audiences
        ]
    return make_table(rows, Collisions)


def poolings(study: Study, *, wave: str, simulated: bool) -> pl.DataFrame:
    """The `Poolings` of a wave."""
    rows = [
        {
            "wave": wave,
            "first": first.id,
            "second": second.id,
            "products": [product for product in first.products if product in second.products],
            "requests": min(first.requests, second.requests),
            "cost": min(first.cost, second.cost),
            "simulated": simulated,
        }
        for first, second in _alike(listening_of(study))
    ]
    return make_table(rows, Poolings)


def _alike(listening: Listening) -> Iterator[tuple[Device, Device]]:
    for first, second in combinations(listening.devices, 2):
        same = ("family", "regime")
        shared = set(first.dimensions) & set(second.dimensions)
        either = set(first.dimensions) | set(second.dimensions)
        if (
            all(getattr(first, name) == getattr(second, name) for name in same)
            and set(first.products) & set(second.products)
            and set(first.audiences) & set(second.audiences)
            and first.tool != second.tool
            and either
            and len(shared) >= ALIKE * len(either)
        ):
            yield first, second
