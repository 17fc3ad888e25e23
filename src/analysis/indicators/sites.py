"""How much the sites of a directorate differ over the last waves, and which are out of the
ordinary: within kinds of site, open ones only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
import scipy

from analysis.inference import LEVEL, TOTAL, UNKNOWN, funnel, heterogeneity
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Definition, Study

POOLED_WAVES = 4

MIDDLE = 0.9
"""The share of the sites of a kind that lie in the range that is said of them."""

KIND, STATUS = "site_kind", "site_kind*status"
"""What figures about sites that are not named are broken down by."""


class Sites(dy.Schema):
    """The sites of a directorate at a wave, by kind, over the waves pooled. Confidential: it names
    them.

    Attributes:
        since: The first of the waves pooled.
        waves: How many they are.
        site_kind: A kind of site; `site` where none is said.
        role: What the row is:
            `site` (breakdown `site`): value (each wave's difference from the directorate's share,
                and today's share of the directorate), its standard error, low and high: the limits
                about `mean` between which it is ordinary; its reliability;
            `range` (breakdown `site_kind`): low and high, between which nine sites in ten truly
                lie, and their mean;
            `deviation`: standard deviation between sites, and its interval; word: `differ`, or
                `chance` where the test does not tell;
            `test`: the p-value, times the number of kinds that are compared (Bonferroni);
            `count` (breakdown `site_kind*status`): sites `counted`, `outside` the limits, and
                `left_out` for their few answers.
            Where the test does not tell sites apart, there is no range, nor any place.
        base: Unweighted answers of a site.
        size: Effective number of answers of a site.
        word: Of a site: `above`, `inside`, `below`, or empty.
        made_from: Keys of the estimates that a site is pooled from.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    since = dy.String()
    waves = dy.Int64(min=1)
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    item = dy.String()
    site_kind = dy.String(primary_key=True)
    role = dy.String(primary_key=True)
    breakdown = dy.String()
    category = dy.String(primary_key=True)
    kind_label = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(nullable=True)
    size = dy.Float64(nullable=True)
    mean = dy.Float64(nullable=True)
    reliability = dy.Float64(nullable=True)
    word = dy.String()
    made_from = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: a named site is shown where every estimate that it is pooled from is. What is
        said of a kind is of many sites, and is made from none that could be found again.
        """
        kinds = {
            "site": ("share", "share"),
            "range": ("limit", "share"),
            "deviation": ("deviation", "points"),
            "test": ("p_value", "probability"),
            "count": ("count", "sites"),
        }
        role = pl.col("role")
        return as_figures(
            table.with_columns(
                against="since",
                kind=role.replace_strict({name: kind for name, (kind, _) in kinds.items()}),
                unit=role.replace_strict({name: unit for name, (_, unit) in kinds.items()}),
                category_label=pl.when(role != "site").then("kind_label").otherwise(pl.lit("")),
                method=pl.format("pooled {}", pl.col("waves")),
            ),
            layer="sites",
        )


def site_funnel(
    estimates: pl.DataFrame, study: Study, *, directorate: str, wave: str
) -> pl.DataFrame:
    """The `Sites` of a directorate at a wave, over the last waves up to it.

    Only the first headline indicator, where its primary definition is a share and the claim allows
    an interval, under one version of the definition. Only sites that are open, and kinds that have
    enough of them (`thresholds.sites_compared_from`) with enough answers (`fragile_below`, over the
    waves in which a site has `suppressed_below`). A site is taken from the directorate's share of
    each wave that it answered in, weighted by its answers: so one that answered early in a series
    that rises is not behind. Waves are independent samples; the directorate's share is taken as
    known.

    Args:
        estimates: `indicators.satisfaction.Estimates` of the directorate, of these waves.
        study: Waves, sites, their kinds, and thresholds.
        directorate, wave: Identifiers.

    """
    indicator = study.overall
    definition = study.definition(indicator.definitions[0])
    waves = [wave.id for wave in study.waves_until(wave)[-POOLED_WAVES:]]
    measured = estimates.filter(
        (pl.col("indicator") == indicator.id)
        & (pl.col("definition") == definition.id)
        & (pl.col("definition_version") == definition.version)
        & (pl.col("claim") == Claim.ESTIMATE.value)
        & pl.col("wave").is_in(waves)
        & pl.col("low").is_not_null()
    )
    overall = measured.filter(pl.col("breakdown") == TOTAL)
    today = overall.filter(pl.col("wave") == wave)
    if definition.figure_kind != "share" or today.is_empty():
        return make_table([], Sites)
    sites = _pool_waves(_centred(measured, overall, today.item(0, "value"), study), study)
    asking = study.open_sites(directorate, wave, indicator.item)
    about = {
        "directorate": directorate,
        "wave": wave,
        "indicator": indicator.id,
        "item": indicator.item,
        "claim": Claim.ESTIMATE.value,
        "channels": today.item(0, "channels"),
        "simulated": bool(measured.get_column("simulated").any()),
    }
    groups = [
        _Group(study, definition, waves, kind, compared, open_sites=len(of_kind))
        for kind in dict.fromkeys(site.kind for site in asking)
        for of_kind in [[site.id for site in asking if site.kind == kind]]
        for compared in [sites.filter(pl.col("category").is_in(of_kind))]
        if compared.height >= study.thresholds.sites_compared_from
    ]
    rows = [about | row for group in groups for row in group.rows(family=len(groups))]
    return make_table(rows, Sites)


def _centred(
    measured: pl.DataFrame, overall: pl.DataFrame, today: float, study: Study
) -> pl.DataFrame:
    """The estimates by site, each with its key, its own standard error, and its difference from the
    directorate's share of the same wave added to `today`'s.
    """
    names = [breakdown.id for breakdown in study.breakdowns if breakdown.by == "site"]
    means = overall.select("wave", "channels", mean="value")
    return (
        measured.filter(
            pl.col("breakdown").is_in(names[:1])
            & (pl.col("category") != UNKNOWN)
            & (pl.col("base") >= study.thresholds.suppressed_below)
        )
        .join(means, on=["wave", "channels"], maintain_order="left")
        .with_columns(
            value=pl.col("value") - pl.col("mean") + today,
            key=figure_key(layer="estimates", against=None),
            se=pl.struct("value", "se", "base", "df", "design_effect").map_elements(
                _standard_error, return_dtype=pl.Float64
            ),
        )
    )


def _standard_error(row: dict[str, Any]) -> float:
    """The design's own standard error; where it is 0 (a site at 0 or 100 %), that of Wilson's
    centre, on the effective number of answers.
    """
    if row["se"]:
        return float(row["se"])
    size = row["base"] / row["design_effect"]
    t = float(scipy.stats.t.ppf(1 - LEVEL / 2, row["df"]))
    centre = (row["value"] + t**2 / (2 * size)) / (1 + t**2 / size)
    return float((centre * (1 - centre) / size) ** 0.5)


def _pool_waves(estimates: pl.DataFrame, study: Study) -> pl.DataFrame:
    """One row per site with enough answers: the mean of its waves, weighted by their answers, its
    standard error (independent waves: no covariance) and Satterthwaite's degrees of freedom.
    """
    share = pl.col("base") / pl.col("base").sum()
    variance = (share * pl.col("se")) ** 2
    return (
        estimates.group_by("category", maintain_order=True)
        .agg(
            value=(share * pl.col("value")).sum(),
            se=variance.sum().sqrt(),
            df=variance.sum() ** 2 / (variance**2 / pl.col("df")).sum(),
            base=pl.col("base").sum(),
            made_from="key",
            answered="wave",
        )
        .filter(pl.col("base") >= study.thresholds.fragile_below)
        .sort("category")
    )


@dataclass(frozen=True)
class _Group:
    """The sites of one kind that are compared.

    Attributes:
        sites: A row per site, as `_pool_waves` makes them.
        open_sites: How many sites of the kind are open, those with too few answers too.

    """

    study: Study
    definition: Definition
    waves: list[str]
    kind: str
    sites: pl.DataFrame
    open_sites: int

    def rows(self, *, family: int) -> Iterator[dict[str, Any]]:
        """The rows of `Sites`, without what is said of the directorate; `family` is how many kinds
        are compared.
        """
        values, se, df = (self.sites.get_column(name).to_numpy() for name in ("value", "se", "df"))
        spread, limits = heterogeneity(values, se, df), funnel(values, se, df, level=LEVEL / family)
        p = min(1.0, spread.p * family)
        differ = p < LEVEL
        words = {1: "above", 0: "inside", -1: "below"}
        positions = [words[int(side)] if differ else "" for side in limits.outside]
        for place, site in enumerate(self.sites.iter_rows(named=True)):
            yield self._row(
                "site",
                **{name: site[name] for name in ("category", "value", "se", "base", "made_from")},
                breakdown="site",
                low=float(limits.low[place]),
                high=float(limits.high[place]),
                mean=limits.mean,
                size=float(spread.mean * (1 - spread.mean) / se[place] ** 2),
                reliability=float(spread.reliability(se)[place]),
                word=positions[place],
            )
        word = "differ" if differ else "chance"
        bounds = {"low": spread.low, "high": spread.high}
        yield self._row("deviation", value=spread.deviation, **bounds, word=word)
        yield self._row("test", value=p)
        counts = {"counted": self.sites.height, "left_out": self.open_sites - self.sites.height}
        if differ:
            low, high = np.clip(spread.middle(MIDDLE), 0, 1)
            yield self._row("range", value=spread.mean, low=float(low), high=float(high))
            counts["outside"] = sum(position != "inside" for position in positions)
        for name, count in counts.items():
            yield self._row("count", breakdown=STATUS, category=name, value=float(count))

    def _row(self, role: str, **columns: Any) -> dict[str, Any]:
        """A row of some columns, the others being empty. Its category stands within its kind."""
        label = next(
            (kind.label for kind in self.study.site_kinds if kind.id == self.kind), self.kind
        )
        row = {
            "site_kind": self.kind,
            "definition": self.definition.id,
            "definition_version": self.definition.version,
            "role": role,
            "breakdown": KIND,
            "category": "",
            "kind_label": label,
            "since": self._pooled[0],
            "waves": len(self._pooled),
            **dict.fromkeys(("value", "se", "low", "high", "base", "size", "mean")),
            "reliability": None,
            "word": "",
            "made_from": [],
            **columns,
        }
        if role != "site":
            parts = [self.kind, row["category"]] if row["category"] else [self.kind]
            row["category"] = "*".join(parts)
        return row

    @property
    def _pooled(self) -> list[str]:
        """The waves that any of the sites answered in, in the order of time."""
        answered = set(self.sites.get_column("answered").explode())
        return [wave for wave in self.waves if wave in answered]
