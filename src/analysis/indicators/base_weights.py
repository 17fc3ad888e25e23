"""Base weights: how many users each respondent of a sample that was drawn stands for.

A user of site h is drawn with probability n_h / N_h, and answers with one that is alike for those
of a response class. Base weights are the inverse of both: N_h / n_h, times the eligible people who
were drawn in the class over those who answered, each counted N_h / n_h times (adjustment by
weighting classes: Little, *International Statistical Review* 54 (1986) 139-157). Where no frame was
delivered and margins hold the sites, a site is its only class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.errors import InferenceError
from analysis.study import Channel, Study

STRATUM, WEIGHT, POPULATION = "_stratum", "_weight", "_population"

Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class BaseWeights:
    """Respondents with their base weights, in `WEIGHT`, and the users of their strata.

    Attributes:
        frame: Responses; `POPULATION` is null where nothing is known of the users of strata, and
            base weights are 1 then.
        method: What they depend on, to be digested; empty where they are 1.

    """

    frame: pl.DataFrame
    method: tuple[Any, ...] = ()


def base_weights(
    frame: pl.DataFrame,
    dispositions: pl.DataFrame,
    margins: Margins,
    study: Study,
    channels: tuple[Channel, ...],
) -> BaseWeights:
    """The base weights of the respondents of some channels.

    Args:
        frame: Responses, with their stratum (`STRATUM`).
        dispositions: `storage.Dispositions` of the directorate and wave.
        margins: Known totals, of sites where they hold them.
        study: Its scales.
        channels: All of them say how their population is known, or base weights are 1.

    Raises:
        InferenceError: more people answered in a site than it has users, or nobody did in a class.

    """
    unknown = pl.lit(None, dtype=pl.Float64).alias(POPULATION)
    if frame.is_empty():
        return BaseWeights(frame.with_columns(unknown, pl.lit(1.0).alias(WEIGHT)))
    sources = {channel.sampling.population for channel in channels}
    own = dispositions.filter(
        pl.col("population").is_not_null(), pl.col("channel").is_in([one.id for one in channels])
    )
    if sources == {"frame"} and own["channel"].n_unique() == len(channels):
        parts = [
            _by_frame(
                frame.filter(channel=channel.id), own.filter(channel=channel.id), study, channel
            )
            for channel in channels
        ]
        joined = pl.concat([part.frame for part in parts], how="diagonal").sort("response_id")
        return BaseWeights(joined, ("frame", *(part.method for part in parts)))
    if sources <= {"margin", "frame"} and "site" in margins:
        return _by_margin(frame, margins["site"])
    return BaseWeights(frame.with_columns(unknown, pl.lit(1.0).alias(WEIGHT)))


def _by_margin(frame: pl.DataFrame, users: Mapping[str, float]) -> BaseWeights:
    """The users of a site over its respondents."""
    population = _population(frame, users, "margins")
    weighted = frame.with_columns(population.alias(POPULATION)).with_columns(
        (pl.col(POPULATION) / pl.len().over(STRATUM)).alias(WEIGHT)
    )
    return BaseWeights(weighted, ("population",))


def _by_frame(
    frame: pl.DataFrame, cells: pl.DataFrame, study: Study, channel: Channel
) -> BaseWeights:
    """By the sampling frame of a channel. A respondent whose site is not known was drawn as all are
    together; one whose class is not known, or is none of the frame's, has the factor of all.
    """
    sites = (
        cells.group_by("site")
        .agg(pl.sum("population", "drawn", "ineligible"))
        .filter(pl.col("drawn") > 0)
        .sort("site")
        .with_columns(draw=pl.col("population") / pl.col("drawn"))
    )
    eligible = sites.select("site", pl.col("draw") * (pl.col("drawn") - pl.col("ineligible")))
    population = _population(frame, dict(eligible.iter_rows()), "frame")
    weighted = cells.join(sites.select("site", "draw"), on="site").with_columns(
        eligible=pl.col("draw") * (pl.col("drawn") - pl.col("ineligible")),
        answered=pl.col("draw") * pl.col("answered"),
    )
    classes = list(channel.sampling.response_classes)
    factor = pl.sum("eligible") / pl.sum("answered")
    factors = (
        weighted.group_by(classes)
        .agg(factor.alias("factor"), people=pl.sum("drawn") - pl.sum("ineligible"))
        .filter(pl.col("people") > 0)
        .sort(classes)
    )
    _check_answered(factors, classes, channel)
    named = {name: f"_class_{name}" for name in classes}
    draw = pl.col("site").replace_strict(
        dict(sites.select("site", "draw").iter_rows()),
        default=cells.select(pl.sum("population") / pl.sum("drawn")).item(),
        return_dtype=pl.Float64,
    )
    joined = frame.with_columns(_code(name, study).alias(named[name]) for name in classes).join(
        factors.select(pl.col(classes).name.prefix("_class_"), "factor"),
        on=list(named.values()),
        how="left",
        maintain_order="left",
    )
    overall = weighted.select(factor).item()
    return BaseWeights(
        joined.with_columns(
            population.alias(POPULATION),
            (draw * pl.col("factor").fill_null(overall)).alias(WEIGHT),
        ).drop("factor", *named.values()),
        (classes, sites.rows(), factors.rows()),
    )


def _code(variable: str, study: Study) -> pl.Expr:
    """A respondent's value of a variable of the frame; null where it is no level."""
    if variable == "site":
        return pl.col("site")
    return pl.when(pl.col(variable).is_in(list(study.scale(variable).codes))).then(
        pl.col(variable).cast(pl.Int16)
    )


def _population(frame: pl.DataFrame, users: Mapping[str, float], source: str) -> pl.Expr:
    """The users of each respondent's stratum. Of those whose site is not known, as many users as of
    the others in proportion.

    Raises:
        InferenceError: more people answered in a site than it has users.

    """
    answered = dict(frame.get_column("site").value_counts().sort("site").iter_rows())
    for site, count in answered.items():
        if site is not None and count > users.get(site, 0):
            raise InferenceError(
                f"{count} people answered in site {site!r}, which has {users.get(site, 0):g} users "
                f"by the {source}.",
                hint=f"mend the {source}, or take `population` out of the channel's sampling.",
            )
    known = sum(count for site, count in answered.items() if site is not None)
    unknown = answered.get(None, 0) * sum(users.values()) / max(known, 1)
    return pl.col("site").replace_strict(dict(users), default=unknown, return_dtype=pl.Float64)


def _check_answered(factors: pl.DataFrame, classes: list[str], channel: Channel) -> None:
    """Refuses classes of which people were drawn, and nobody answered."""
    silent = factors.filter(~pl.col("factor").is_finite())
    if silent.is_empty():
        return
    first = silent.row(0, named=True)
    raise InferenceError(
        f"Nobody answered of the {first['people']} people who were drawn for channel "
        f"{channel.id!r} in class {', '.join(f'{name} {first[name]}' for name in classes)}.",
        hint="name fewer variables in its `response_classes`: each class needs respondents.",
    )
