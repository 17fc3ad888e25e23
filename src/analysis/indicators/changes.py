"""What changed from wave to wave, and what a change may be called, by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal

import dataframely as dy
import numpy as np
import polars as pl

from analysis.inference import (
    TOTAL,
    Cube,
    Difference,
    PointEstimate,
    difference,
    linear_change,
    shared_clusters,
    wave_difference,
)
from analysis.inference.arrays import Floats
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Study, Wave
from analysis.study.kinds import COMMON, INDEPENDENT

Verdict = Literal["up", "down", "small", "equivalent", "none"]

Comparison = Literal["reference", "previous", "trend"]
"""With the wave that the study compares with, with the one before, or along all of them."""

FEWEST_FOR_TREND = 3
"""Waves of seasons that were measured again: two of one season are a comparison over a year."""


class Changes(dy.Schema):
    """One row per indicator, definition and comparison, over everybody.

    Attributes:
        comparison: See `Comparison`; `previous` only where that is another wave than the reference.
        against: The earlier wave; the first one of a trend.
        compared_kind: The kind of the figures compared; `unit` is that of their difference.
        compared: Keys of these figures.
        value, se, low, high: The change, its standard error, and its interval at 1 − 5 % / family.
        detectable: The smallest true change that such a design sees four times in five.
        threshold: The practical threshold, in the unit.
        shared: How many clusters two of its waves have in common at most: where there are some,
            its error counts with the covariance of their estimates; 0 where waves are taken for
            independent samples.
        family: How many changes are looked at together: those of the directorate and wave that
            have a word. 1 for the others.
        word: See `change_word`; empty, as low and high are null, without a degree of freedom.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    comparison = dy.String(primary_key=True)
    against = dy.String()
    indicator = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    definition_version = dy.String()
    compared_kind = dy.String()
    compared = dy.List(dy.String())
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
    shared = dy.Int64(min=0)
    family = dy.Int64(min=1)
    word = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: the change and what could be detected, shown where all that is compared is.

        The size of its family stands in `method`, and whether waves are `independent` or have
        clusters in `common`.
        """
        trend = pl.col("comparison") == "trend"
        both = table.with_columns(
            made_from="compared",
            method=pl.format(
                "bonferroni {} {}",
                pl.col("family"),
                pl.when(pl.col("shared") > 0).then(pl.lit(COMMON)).otherwise(pl.lit(INDEPENDENT)),
            ),
            kind=pl.when(trend).then(pl.lit("trend")).otherwise(pl.lit("difference")),
        )
        detectable = both.filter(pl.col("detectable").is_not_null()).with_columns(
            kind=pl.when(trend).then(pl.lit("detectable_trend")).otherwise(pl.lit("detectable")),
            value="detectable",
            se=pl.lit(None, dtype=pl.Float64),
            low=pl.lit(None, dtype=pl.Float64),
            high=pl.lit(None, dtype=pl.Float64),
            word=pl.lit(""),
        )
        return as_figures(pl.concat([both, detectable]), layer="changes")


def changes(
    estimates: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
    cubes: Mapping[str, Cube] | None = None,
) -> pl.DataFrame:
    """The `Changes` of a directorate at a wave; no row for the first wave.

    Figures are compared where each has an estimate with a standard error under one version of the
    definition, and no declared break makes two measures of them: a trend begins after the last.
    Words are for the primary definitions of headline indicators and of those by which commitments
    are perceived: one family, whatever they are compared with.

    Args:
        estimates: `indicators.satisfaction.Estimates` of the directorate, of the waves so far.
        study: Waves in the order of time, what they are compared with, the practical threshold.
        directorate, wave: Identifiers.
        cubes: Wave → the cube of its reference sample. Clusters met in two waves (a site that is
            drawn again, a person of a panel) make their results covary; without cubes, and where
            no cluster recurs, waves are independent samples.

    """
    overall = estimates.filter(
        (pl.col("breakdown") == TOTAL)
        & (pl.col("kind") != "level_share")
        & pl.col("value").is_not_null()
        & pl.col("se").is_not_null()
    ).with_columns(key=figure_key(layer="estimates", against=None))
    keys = ["indicator", "definition", "definition_version", "kind", "unit", "item"]
    found = [
        (series, comparison)
        for _, group in overall.group_by(keys, maintain_order=True)
        for series in [{row["wave"]: row for row in group.iter_rows(named=True)}]
        if wave in series
        for comparison in _comparisons(series, study, wave, directorate)
    ]
    headline = {
        indicator.id: indicator.definitions[0]
        for indicator in study.indicators
        if indicator.headline or indicator.id in promised(study)
    }
    family = sum(_in_family(series[wave], headline) for series, _ in found)
    rows = []
    for series, comparison in found:
        judged = _in_family(series[wave], headline)
        covariance, shared = _covariance(series, study, comparison[1], cubes or {})
        change = _change(series, study, comparison, covariance, family=family if judged else 1)
        scope = {"directorate": directorate, "wave": wave}
        row = _row(series, study, comparison, change, judged=judged)
        rows.append({**scope, **row, "shared": shared})
    return make_table(rows, Changes)


def change_word(difference: Difference, *, threshold: float) -> Verdict | None:
    """The word for a change, given the practical threshold in the unit of the estimate.

    `up` or `down` when the interval excludes 0 and the estimate reaches the threshold; `small`
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


def promised(study: Study) -> frozenset[str]:
    """The indicators by which users perceive commitments."""
    return frozenset(one.perceived for one in study.commitments if one.perceived is not None)


Series = dict[str, dict[str, Any]]
"""Wave → its row of `Estimates`, of one indicator and definition."""


def _in_family(row: dict[str, Any], headline: dict[str, str]) -> bool:
    """Whether a change of these figures is one that pages judge."""
    return bool(headline.get(row["indicator"]) == row["definition"])


def _comparisons(
    series: Series, study: Study, wave: str, directorate: str
) -> Iterator[tuple[Comparison, list[str]]]:
    """What a series can be compared by at a wave: each with the waves that enter it."""
    indicator = series[wave]["indicator"]
    *before, now = study.waves_until(wave)
    of_one_measure = [
        earlier
        for earlier in before
        if earlier.id in series
        and study.break_between(earlier.id, wave, indicator=indicator, directorate=directorate)
        is None
    ]
    reference = study.compared_with(wave)
    if reference in of_one_measure:
        yield "reference", [reference.id, wave]
    if before and before[-1] != reference and before[-1] in of_one_measure:
        yield "previous", [before[-1].id, wave]
    measured = [*of_one_measure, now]
    again = [earlier.id for earlier in measured if len(_of_season(study, earlier.id, measured)) > 1]
    if len(again) >= FEWEST_FOR_TREND and again[-1] == wave:
        yield "trend", again


def _covariance(
    series: Series, study: Study, waves: Sequence[str], cubes: Mapping[str, Cube]
) -> tuple[Floats, int]:
    """The covariance of the estimates of some waves: that of their difference tells it, where the
    two share clusters; and how many two of them share at most.
    """
    last = series[waves[-1]]
    item, definition = last["item"], study.definition(last["definition"])
    scores = definition.scores(len(study.scale(item).codes))
    result: Floats = np.diag([series[wave]["se"] ** 2 for wave in waves])
    most = 0
    for (place, before), (other, after) in combinations(enumerate(waves), 2):
        if not (before in cubes and after in cubes):
            continue
        if shared := shared_clusters(cubes[before], cubes[after]):
            most = max(most, shared)
            found = wave_difference(cubes[before], cubes[after], item, scores=scores)
            both = result[place, place] + result[other, other]
            result[place, other] = result[other, place] = (both - found.measured.se**2) / 2
    return result, most


def _change(
    series: Series,
    study: Study,
    comparison: tuple[Comparison, list[str]],
    covariance: Floats,
    *,
    family: int,
) -> Difference:
    """The change by a comparison, among the family that is looked at together."""
    kind, waves = comparison
    measured = [
        PointEstimate(value=series[wave]["value"], se=series[wave]["se"], df=series[wave]["df"])
        for wave in waves
    ]
    if kind != "trend":
        step = np.array([-1.0, 1.0])
        found = PointEstimate(
            value=measured[-1].value - measured[0].value,
            se=float(max(step @ covariance @ step, 0.0) ** 0.5),
            df=min(measured[0].df, measured[-1].df),
        )
        return difference(found, family=family)
    fields = [study.wave(wave) for wave in waves]
    return linear_change(
        np.array([_years(field) for field in fields]),
        measured,
        seasons=[waves.index(_of_season(study, wave, fields)[0].id) for wave in waves],
        covariance=covariance,
        family=family,
    )


def _years(wave: Wave) -> float:
    """The middle of a wave's field, in years."""
    return (wave.start.toordinal() + wave.end.toordinal()) / 2 / 365.25


def _of_season(study: Study, wave: str, among: Sequence[Wave]) -> list[Wave]:
    """The waves of the season of a wave, among some: the later ones too."""
    now = study.wave(wave)
    return [other for other in among if study.same_season(other, now)]


def _row(
    series: Series,
    study: Study,
    comparison: tuple[Comparison, list[str]],
    change: Difference,
    *,
    judged: bool,
) -> dict[str, Any]:
    """A row of `Changes`, without its directorate and wave."""
    kind, waves = comparison
    last = series[waves[-1]]
    threshold = study.practical_threshold(last["definition"])
    has_variance = change.df > 0
    return {
        "comparison": kind,
        "against": waves[0],
        "indicator": last["indicator"],
        "definition": last["definition"],
        "definition_version": last["definition_version"],
        "compared_kind": last["kind"],
        "compared": [series[wave]["key"] for wave in waves],
        "unit": last["unit"] if last["kind"] == "mean" else "points",
        "item": last["item"],
        "channels": last["channels"],
        "claim": Claim.weakest([Claim(series[wave]["claim"]) for wave in waves]).value,
        "value": change.value,
        "se": change.se,
        "low": change.low if has_variance else None,
        "high": change.high if has_variance else None,
        "df": change.df,
        "detectable": change.detectable if has_variance else None,
        "threshold": threshold,
        "family": change.family,
        "word": (change_word(change, threshold=threshold) or "") if judged else "",
        "simulated": any(series[wave]["simulated"] for wave in waves),
    }
