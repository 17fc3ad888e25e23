"""What came in, who is missing, and the weights."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.inference import UNKNOWN, Calibration, Design, kish_design_effect, rake
from analysis.storage import Collection
from analysis.study import Channel, Claim, Study

STRATUM, CLUSTER, ALONE, WEIGHT = "_stratum", "_cluster", "_alone", "_weight"


@dataclass(frozen=True)
class Weighted:
    """The respondents of some channels, with their design and weights.

    Attributes:
        frame: Responses with the columns `_stratum`, `_cluster`, `_alone` and `_weight`.
        design: Names those columns.
        calibration: How the weights were reached; None where they are 1.
        channels: The channels whose respondents these are.
        claim: What may be claimed of figures made from them.
        weights_id: Short digest of the margins and the method; `none` where weights are 1.

    """

    frame: pl.DataFrame
    design: Design
    calibration: Calibration | None
    channels: tuple[Channel, ...]
    claim: Claim
    weights_id: str


def weigh(
    responses: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
    channels: tuple[Channel, ...],
) -> Weighted:
    """The users (those under constraint are apart) heard by some channels, weighted to the wave's
    margins.

    Margins weight the directorate's reference channels only; elsewhere, and without margins,
    weights are 1 and the claim is at most C2.

    Raises:
        InferenceError: the margins cannot be honoured.

    """
    claim = Claim.weakest([channel.claim for channel in channels])
    frame = responses.filter(
        pl.col("channel").is_in([channel.id for channel in channels])
        & ~pl.col("population").is_in(list(study.constrained()))
    ).sort("response_id")
    frame = frame.with_columns(*_design_columns(channels), pl.lit(1.0).alias(WEIGHT))
    margins = (
        study.margin(wave, directorate) if channels == study.reference_channels(directorate) else {}
    )
    calibration, weights_id = None, "none"
    if margins and frame.height:
        known = frame.with_columns(_known(variable, study).alias(variable) for variable in margins)
        calibration = rake(known, margins=margins)
        frame = frame.with_columns(pl.Series(WEIGHT, calibration.weights))
        weights_id = hashlib.sha256(
            json.dumps(["rake", margins], sort_keys=True).encode()
        ).hexdigest()[:12]
    else:
        claim = Claim.weakest([claim, Claim.TREND])
    design = Design(weights=WEIGHT, strata=(STRATUM,), clusters=(CLUSTER,), element_sampled=ALONE)
    return Weighted(frame, design, calibration, channels, claim, weights_id)


def collection(
    responses: pl.DataFrame, study: Study, *, directorate: str, wave: str, simulated: bool
) -> pl.DataFrame:
    """The `storage.Collection` table of a directorate and wave: answers by channel, margins before
    raking, weights.
    """
    rows: list[dict[str, object]] = []
    free = responses.filter(~pl.col("population").is_in(list(study.constrained())))
    for name in study.directorate(directorate).channels:
        channel = study.channel(name)
        count = free.filter(pl.col("channel") == name).height
        rows.append(
            _row("answers", "channel", name, channel.label, channel.claim, float(count), count)
        )
    reference = study.reference_channels(directorate)
    weighted = weigh(responses, study, directorate=directorate, wave=wave, channels=reference)
    calibration = weighted.calibration
    if calibration is not None:
        size = len(calibration.weights)
        frame = study.margin(wave, directorate)
        cells = calibration.projection.cells
        assert cells is not None
        for index, (variable, category) in enumerate(calibration.labels):
            inside = np.any(cells.categories == index, axis=1)[cells.cell]
            label = UNKNOWN if category == UNKNOWN else category_label(study, variable, category)
            count = int(inside.sum())
            rows.append(
                _row("sample_share", variable, category, label, weighted.claim, count / size, count)
            )
            if category != UNKNOWN:
                share = frame[variable][category] / sum(frame[variable].values())
                rows.append(
                    _row("frame_share", variable, category, label, weighted.claim, share, None)
                )
        low, high = calibration.ratio_range
        effect = kish_design_effect(calibration.weights)
        measures = {
            "design_effect": effect,
            "ratio_low": low,
            "ratio_high": high,
            "iterations": calibration.iterations,
        }
        rows += [
            _row(measure, "weights", "all", "", weighted.claim, float(value), size)
            for measure, value in measures.items()
        ]
    table = pl.DataFrame(
        rows, schema_overrides={"base": pl.Int64, "value": pl.Float64}
    ).with_columns(directorate=pl.lit(directorate), wave=pl.lit(wave), simulated=pl.lit(simulated))
    return Collection.validate(table.select(Collection.column_names()))


def category_label(study: Study, variable: str, category: str) -> str:
    """The label of a category of a breakdown or margin, as the study words it."""
    if variable == "site":
        sites = {site.id: site.label for one in study.directorates for site in one.sites}
        return sites.get(category, category)
    if variable == "channel":
        return study.channel(category).label
    labels = {str(level.code): level.label for level in study.scale(variable).levels}
    return labels.get(category, category)


def _design_columns(channels: tuple[Channel, ...]) -> list[pl.Expr]:
    """Stratum and first-stage cluster of each row, as its channel was sampled, and whether it was
    drawn without one.
    """
    stratum, cluster = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    for channel in channels:
        here = pl.col("channel") == channel.id
        parts = [
            pl.lit(channel.id),
            *(pl.col(name).fill_null("") for name in channel.sampling.strata if name != "channel"),
        ]
        name = pl.concat_str(parts, separator="|")
        stratum = pl.when(here).then(name).otherwise(stratum)
        keys = [pl.col(key).cast(pl.String).fill_null("") for key in channel.sampling.clusters]
        cluster = pl.when(here).then(pl.concat_str([name, *keys], separator="|")).otherwise(cluster)
    without = [channel.id for channel in channels if not channel.sampling.clusters]
    return [
        stratum.alias(STRATUM),
        cluster.alias(CLUSTER),
        pl.col("channel").is_in(without).alias(ALONE),
    ]


def _known(variable: str, study: Study) -> pl.Expr:
    """A margin's variable as text; an answer that is no level of its scale is unknown."""
    if variable == "site":
        return pl.col("site")
    levels = list(study.scale(variable).codes)
    return pl.when(pl.col(variable).is_in(levels)).then(pl.col(variable)).cast(pl.String)


def _row(
    measure: str,
    variable: str,
    category: str,
    label: str,
    claim: Claim,
    value: float,
    base: int | None,
) -> dict[str, object]:
    return {
        "measure": measure,
        "variable": variable,
        "category": category,
        "category_label": label,
        "claim": claim.value,
        "value": value,
        "base": base,
    }
