"""How the sites of a directorate spread over the last waves, and which are out of the ordinary."""

from __future__ import annotations

from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
from scipy import stats

from analysis.inference import UNKNOWN, Funnel, funnel
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Definition, Indicator, Study, Wave

POOLED_WAVES = 4
FEWEST_SITES = 8
"""A funnel of fewer sites says nothing."""

OUTER, INNER = 0.998, 0.95
LIMIT_POINTS = 60
"""Points of a limit's curve."""


class Sites(dy.Schema):
    """The funnel of a directorate's sites at a wave, over the waves pooled.

    Attributes:
        since: The first of the waves pooled.
        role: What the row is: `site` (category: its identifier), `mean` of all of them, `count` of
            sites by place (`above`, `inside`, `below` the outer limits), `limit` (breakdown: which
            confidence, category: its rank along the curve).
        value, se: Share in [0, 1] and its standard error, of sites and mean; a number of sites.
        low, high: The limits.
        base: Unweighted answers of a site.
        size: Effective number of answers of a site, or where the limits are.
        word: The place of a site.
        made_from: Keys of the estimates that a site is pooled from.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    since = dy.String()
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    item = dy.String()
    role = dy.String(primary_key=True)
    breakdown = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(nullable=True)
    size = dy.Float64(nullable=True)
    word = dy.String()
    made_from = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: a site is shown where every estimate that it is pooled from is."""
        role = pl.col("role")
        kind = (
            pl.when(role == "count")
            .then(pl.lit("count"))
            .when(role == "limit")
            .then(pl.lit("limit"))
            .otherwise(pl.lit("share"))
        )
        unit = pl.when(role == "count").then(pl.lit("sites")).otherwise(pl.lit("share"))
        return as_figures(
            table.with_columns(against="since", kind=kind, unit=unit, method=pl.lit("funnel")),
            layer="sites",
        )


def site_funnel(
    estimates: pl.DataFrame, study: Study, *, directorate: str, wave: str
) -> pl.DataFrame:
    """The `Sites` of a directorate at a wave: a funnel over the last waves up to it.

    Only the first headline indicator, where its primary definition is a share and the claim allows
    an interval; and only where sites are enough. A site counts with its waves of enough answers,
    each weighted by its answers; waves are independent samples.

    Args:
        estimates: `indicators.satisfaction.Estimates` of the directorate, of these waves.
        study: Waves and thresholds.
        directorate, wave: Identifiers.

    """
    breakdown = next(
        (breakdown.id for breakdown in study.breakdowns if breakdown.by == "site"), None
    )
    indicator = study.overall
    definition = study.definition(indicator.definitions[0])
    if breakdown is None or definition.figure_kind != "share":
        return make_table([], Sites)
    by_site = estimates.filter(
        (pl.col("breakdown") == breakdown)
        & (pl.col("indicator") == indicator.id)
        & (pl.col("definition") == definition.id)
        & (pl.col("category") != UNKNOWN)
        & (pl.col("claim") == Claim.ESTIMATE.value)
        & (pl.col("base") >= study.thresholds.fragile_below)
        & pl.col("low").is_not_null()
    ).with_columns(
        key=figure_key(layer="estimates", against=None),
        se=pl.struct("value", "se", "base", "df", "design_effect").map_elements(
            _standard_error, return_dtype=pl.Float64
        ),
    )
    waves = study.waves_until(wave)[-POOLED_WAVES:]
    sites = _pool_waves(by_site.filter(pl.col("wave").is_in([wave.id for wave in waves])))
    if sites.height < FEWEST_SITES:
        return make_table([], Sites)
    return make_table(_funnel_rows(sites, directorate, waves, indicator, definition), Sites)


def _standard_error(row: dict[str, Any]) -> float:
    """The design's own standard error; where it is 0 (a site at 0 or 100 %), that of Wilson's
    centre, on the effective number of answers.
    """
    if row["se"]:
        return float(row["se"])
    size = row["base"] / row["design_effect"]
    t = float(stats.t.ppf((1 + INNER) / 2, row["df"]))
    centre = (row["value"] + t**2 / (2 * size)) / (1 + t**2 / size)
    return float((centre * (1 - centre) / size) ** 0.5)


def _pool_waves(estimates: pl.DataFrame) -> pl.DataFrame:
    """One row per site: the mean of its waves, weighted by their answers, and its standard error
    (independent waves: no covariance).
    """
    share = pl.col("base") / pl.col("base").sum()
    return (
        estimates.group_by("category", maintain_order=True)
        .agg(
            value=(share * pl.col("value")).sum(),
            se=((share * pl.col("se")) ** 2).sum().sqrt(),
            base=pl.col("base").sum(),
            made_from="key",
            channels=pl.col("channels").first(),
            simulated=pl.col("simulated").any(),
        )
        .sort("category")
    )


def _funnel_rows(
    sites: pl.DataFrame,
    directorate: str,
    waves: tuple[Wave, ...],
    indicator: Indicator,
    definition: Definition,
) -> list[dict[str, Any]]:
    """The rows of one funnel."""
    result = funnel(sites.get_column("value").to_numpy(), sites.get_column("se").to_numpy())
    shared: dict[str, Any] = {
        "directorate": directorate,
        "wave": waves[-1].id,
        "since": waves[0].id,
        "indicator": indicator.id,
        "definition": definition.id,
        "definition_version": definition.version,
        "item": indicator.item,
        "breakdown": "total",
        "category": "total",
        "channels": sites.item(0, "channels"),
        "claim": Claim.ESTIMATE.value,
        "value": None,
        "se": None,
        "low": None,
        "high": None,
        "base": None,
        "size": None,
        "word": "",
        "made_from": [],
        "simulated": bool(sites.get_column("simulated").any()),
    }
    words = {1: "above", 0: "inside", -1: "below"}
    positions = [words[int(index)] for index in result.outside(OUTER)]
    rows = [
        shared
        | {name: site[name] for name in ("category", "value", "se", "base", "made_from")}
        | {"role": "site", "breakdown": "site", "size": float(size), "word": position}
        for site, size, position in zip(
            sites.iter_rows(named=True), result.size, positions, strict=True
        )
    ]
    rows.append(shared | {"role": "mean", "value": result.mean})
    rows += [
        shared
        | {
            "role": "count",
            "breakdown": "place",
            "category": position,
            "value": float(positions.count(position)),
        }
        for position in words.values()
    ]
    return rows + [shared | {"role": "limit"} | row for row in _limits(result)]


def _limits(result: Funnel) -> list[dict[str, Any]]:
    """The curves of the inner and outer limits, over the effective sizes of the sites."""
    sizes = np.linspace(
        max(float(result.size.min()) * 0.8, 5), float(result.size.max()) * 1.08, LIMIT_POINTS
    )
    rows = []
    for name, confidence in (("inner", INNER), ("outer", OUTER)):
        low, high = result.limits(sizes, confidence)
        rows += [
            {
                "breakdown": name,
                "category": f"{rank:02d}",
                "size": float(sizes[rank]),
                "low": float(low[rank]),
                "high": float(high[rank]),
            }
            for rank in range(LIMIT_POINTS)
        ]
    return rows
