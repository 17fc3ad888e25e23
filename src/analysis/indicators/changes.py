"""What changed from one wave to the next, and what the change may be called, by rule."""

from __future__ import annotations

from typing import Any, Literal

import dataframely as dy
import polars as pl

from analysis.inference import TOTAL, Difference, PointEstimate, independent_difference
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Study

Verdict = Literal["up", "down", "small", "equivalent", "none"]


class Changes(dy.Schema):
    """One row per indicator and definition: the difference from an earlier wave, over
    everybody.

    Attributes:
        against: The wave it is measured against.
        compared_kind: The kind of the two figures; `unit` is that of their difference.
        value, se, low, high: After − before, its standard error and 95 % interval.
        detectable: The smallest true difference that such a design sees four times in five.
        threshold: The practical threshold, in the unit.
        word: See `change_word`; empty, as low and high are null, without a degree of freedom.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    against = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    compared_kind = dy.String()
    unit = dy.String()
    item = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64()
    se = dy.Float64()
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    df = dy.Int64(min=0)
    detectable = dy.Float64(nullable=True)
    threshold = dy.Float64()
    word = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: the difference and what could be detected, shown where both waves are."""
        measured = {
            "layer": "estimates",
            "against": None,
            "kind": pl.col("compared_kind"),
            "breakdown": TOTAL,
            "category": TOTAL,
        }
        both = table.with_columns(
            made_from=pl.concat_list(
                figure_key(**measured), figure_key(**measured, wave=pl.col("against"))
            ),
            method=pl.lit("independent"),
        )
        differences = both.with_columns(kind=pl.lit("difference"))
        detectable = both.filter(pl.col("detectable").is_not_null()).with_columns(
            kind=pl.lit("detectable"),
            value="detectable",
            se=pl.lit(None, dtype=pl.Float64),
            low=pl.lit(None, dtype=pl.Float64),
            high=pl.lit(None, dtype=pl.Float64),
            word=pl.lit(""),
        )
        return as_figures(pl.concat([differences, detectable]), layer="changes")


def changes(estimates: pl.DataFrame, study: Study, *, directorate: str, wave: str) -> pl.DataFrame:
    """The `Changes` of a directorate and wave, against the wave before; no row for the first wave.

    Two figures are compared where both have an estimate with a standard error under one version of
    the definition. Site-days and respondents never recur from wave to wave, so that the two
    samples are independent.

    Args:
        estimates: `indicators.satisfaction.Estimates` of the directorate, of the two waves at
            least.
        study: Waves in the order of time, and the practical threshold.
        directorate, wave: Identifiers.

    """
    *_, before, after = (None, *study.waves_until(wave))
    if before is None:
        return make_table([], Changes)
    overall = estimates.filter(
        (pl.col("breakdown") == TOTAL)
        & (pl.col("kind") != "level_share")
        & pl.col("value").is_not_null()
        & pl.col("se").is_not_null()
    )
    pairs = overall.filter(pl.col("wave") == after.id).join(
        overall.filter(pl.col("wave") == before.id),
        on=["indicator", "definition", "definition_version", "kind", "unit", "item"],
        how="inner",
        suffix="_before",
        maintain_order="left",
    )
    scope = {"directorate": directorate, "wave": after.id, "against": before.id}
    rows = [scope | _change_row(pair, study) for pair in pairs.iter_rows(named=True)]
    return make_table(rows, Changes)


def change_word(difference: Difference, *, threshold: float) -> Verdict | None:
    """The word for a change, given the practical threshold in the unit of the estimate.

    `up` or `down` when the 95 % interval excludes 0 and the estimate reaches the threshold; `small`
    when it excludes 0 and the estimate does not; `equivalent` when both one-sided tests at 5 % show
    less than the threshold; `none` otherwise. Without a degree of freedom there is no word.
    """
    if difference.df < 1:
        return None
    if difference.low > 0 or difference.high < 0:
        if abs(difference.value) >= threshold:
            return "up" if difference.value > 0 else "down"
        return "small"
    if -threshold < difference.inner_low and difference.inner_high < threshold:
        return "equivalent"
    return "none"


def _change_row(pair: dict[str, Any], study: Study) -> dict[str, Any]:
    """The row of `Changes` for two estimates of one figure."""
    difference = independent_difference(
        PointEstimate(value=pair["value_before"], se=pair["se_before"], df=pair["df_before"]),
        PointEstimate(value=pair["value"], se=pair["se"], df=pair["df"]),
    )
    threshold = study.practical_threshold(pair["definition"])
    has_variance = difference.df > 0
    return {
        "indicator": pair["indicator"],
        "definition": pair["definition"],
        "definition_version": pair["definition_version"],
        "compared_kind": pair["kind"],
        "unit": pair["unit"] if pair["kind"] == "mean" else "points",
        "item": pair["item"],
        "channels": pair["channels"],
        "claim": Claim.weakest([Claim(pair["claim"]), Claim(pair["claim_before"])]).value,
        "value": difference.value,
        "se": difference.se,
        "low": difference.low if has_variance else None,
        "high": difference.high if has_variance else None,
        "df": difference.df,
        "detectable": difference.detectable if has_variance else None,
        "threshold": threshold,
        "word": change_word(difference, threshold=threshold) or "",
        "simulated": pair["simulated"] or pair["simulated_before"],
    }
