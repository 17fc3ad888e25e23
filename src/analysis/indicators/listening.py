"""Which moments and audiences of each product are listened to, by family of devices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

import dataframely as dy
import polars as pl

from analysis.errors import ScopeError
from analysis.storage import as_figures, make_table
from analysis.study import Study
from analysis.study.listening import FAMILIES, YEAR, Device, Listening

Coverage = Literal["covered", "thin", "silent", "piled_up"]
"""`silent` where no device is declared; `thin` where some are, and none of them delivered enough in
the year before the end of the wave; `piled_up` where too many of a family turned to one audience in
that year, and some delivered."""

TOTALS = ("silent", "thin", "moments", "unreached", "audiences")
"""Moments that no device listens to, those that some do and of which none of them has told enough,
all moments; audiences that nobody reaches, all audiences."""


class ListeningMap(dy.Schema):
    """One row per product, family and moment that it is used at; one per product and audience that
    it has, which counts (flows) do not reach, since they tell nobody apart; and counts over all
    products (`directorate` is empty).

    Attributes:
        about: `moment`, `audience` or `total`.
        category: A moment, an audience, or which total (see `TOTALS`).
        family: Empty for an audience and a total.
        devices: Those that are declared there; the count itself in a total.
        word: See `Coverage`; empty in a total.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    about = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    family = dy.String(primary_key=True)
    category_label = dy.String()
    devices = dy.Int64(min=0)
    word = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: a word per cell, and the counts over all products. What is declared of devices
        is no secret, and nobody is counted.
        """
        total = pl.col("about") == "total"
        return as_figures(
            table.select(
                *("wave", "simulated", "category_label"),
                directorate=pl.col("directorate").replace("", None),
                indicator=pl.lit("listening"),
                definition=pl.when(total)
                .then("category")
                .when(pl.col("family") != "")
                .then("family")
                .otherwise("about"),
                kind=pl.when(total).then(pl.lit("count")).otherwise(pl.lit("reading")),
                unit=pl.when(total).then(pl.lit("count")).otherwise(pl.lit("reading")),
                breakdown="about",
                category="category",
                claim=pl.lit(""),
                value=pl.when(total).then(pl.col("devices").cast(pl.Float64)),
                word="word",
            ),
            layer="listening",
        )


def listening_map(
    answers: pl.DataFrame,
    flows: pl.DataFrame,
    grids: pl.DataFrame,
    study: Study,
    *,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `ListeningMap` of a wave.

    Args:
        answers, flows, grids: `indicators.Answers`, `storage.Flows` and `storage.Grids` of all
            products, up to the wave.
        study: Its devices and products.
        wave: Identifier.
        simulated: Whether the answers are.

    """
    listening = listening_of(study)
    end = study.wave(wave).end
    heard = _heard(answers, flows, grids, study, end)
    moments = {moment.id: moment.label for moment in listening.moments}
    audiences = {audience.id: audience.label for audience in listening.audiences}
    rows: list[dict[str, Any]] = []
    for product, use in listening.products.items():
        own = [device for device in listening.devices if product in device.products]
        active = {device.id for device in own if device.periods_in(end - YEAR, end)}
        enough = {name for name in active if (product, name) in heard}
        for moment in use.moments:
            for family in FAMILIES:
                here = [one for one in own if one.family == family and moment in one.moments]
                word = _coverage(here, active, enough, listening.piled_from)
                row = {"about": "moment", "category": moment, "category_label": moments[moment]}
                rows.append({"directorate": product, "family": family, **row, **_cell(here, word)})
        for audience in use.audiences:
            here = [one for one in own if audience in one.audiences and one.regime != "flow"]
            word = "covered" if enough.intersection(one.id for one in here) else _empty(here)
            row = {"about": "audience", "category": audience, "category_label": audiences[audience]}
            rows.append({"directorate": product, "family": "", **row, **_cell(here, word)})
    rows += _totals(rows)
    return make_table([{"wave": wave, "simulated": simulated, **row} for row in rows], ListeningMap)


def listening_of(study: Study) -> Listening:
    """What a study declares of its devices.

    Raises:
        ScopeError: it declares none.

    """
    if study.listening is None:
        raise ScopeError(
            f"Study {study.id!r} declares no device.", hint="describe them in listening.yml."
        )
    return study.listening


def _heard(
    answers: pl.DataFrame, flows: pl.DataFrame, grids: pl.DataFrame, study: Study, end: date
) -> set[tuple[str, str]]:
    """Product, device: enough answers of whose channel came in the waves that end in the year
    before a day, or of which a count or a session came in that year. Of others nothing can be read.
    """
    lately = [wave.id for wave in study.waves if end - YEAR < wave.end <= end]
    keys = ["directorate", "channel"]
    of_year = answers.filter(pl.col("wave").is_in(lately)).group_by(keys).agg(pl.sum("answers"))
    enough = of_year.filter(pl.col("answers") >= study.thresholds.fragile_below)
    by_channel = set(enough.select(keys).iter_rows())
    devices = listening_of(study).devices
    heard = {
        (product, device.id)
        for device in devices
        for product in device.products
        if (product, device.channel) in by_channel
    }
    for table, day in ((flows, "month"), (grids, "day")):
        came = table.filter(pl.col(day).is_between(end - YEAR, end, closed="right"))
        heard |= set(came.select("directorate", "device").iter_rows())
    return heard


def _coverage(here: list[Device], active: set[str], enough: set[str], piled_from: int) -> Coverage:
    if not enough.intersection(one.id for one in here):
        return _empty(here)
    turned_to = Counter(audience for one in here if one.id in active for audience in one.audiences)
    return "piled_up" if max(turned_to.values()) >= piled_from else "covered"


def _empty(here: list[Device]) -> Coverage:
    return "thin" if here else "silent"


def _cell(here: list[Device], word: Coverage) -> dict[str, Any]:
    return {"devices": len(here), "word": word}


def _totals(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """How many moments nobody listens to, by any family, and how many audiences are not reached."""
    moments: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row["about"] == "moment":
            moments.setdefault((row["directorate"], row["category"]), set()).add(row["word"])
    audiences = [row["word"] for row in rows if row["about"] == "audience"]
    counts = (
        sum(words == {"silent"} for words in moments.values()),
        sum(words <= {"silent", "thin"} and "thin" in words for words in moments.values()),
        len(moments),
        sum(word != "covered" for word in audiences),
        len(audiences),
    )
    for name, count in zip(TOTALS, counts, strict=True):
        yield {
            **dict.fromkeys(("directorate", "family", "category_label", "word"), ""),
            "about": "total",
            "category": name,
            "devices": count,
        }
