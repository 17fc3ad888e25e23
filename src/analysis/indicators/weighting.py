"""The samples of a directorate and wave: their design, their weights, how these were reached."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import dataframely as dy
import polars as pl

from analysis.indicators.base_weights import POPULATION, STRATUM, WEIGHT, base_weights
from analysis.inference import Calibration, Design, kish_design_effect, rake
from analysis.storage import as_figures, make_table
from analysis.study import Channel, Claim, Study

CLUSTER, ELEMENT = "_cluster", "_element_sampled"

_DESIGN = Design(weights=WEIGHT, strata=(STRATUM,), clusters=(CLUSTER,), element_sampled=ELEMENT)
_FINITE = replace(_DESIGN, fpc=POPULATION)


class Weights(dy.Schema):
    """The design and weight of each respondent of each sample.

    Attributes:
        channels: Those of the sample, joined by `+`.
        element_sampled: Whether the respondent was drawn without a cluster.
        population: Users of the stratum; null where it is not known.

    """

    channels = dy.String(primary_key=True)
    response_id = dy.String(primary_key=True)
    stratum = dy.String()
    cluster = dy.String()
    element_sampled = dy.Bool()
    population = dy.Float64(min=0, nullable=True)
    weight = dy.Float64(min=0)


class Weighting(dy.Schema):
    """One row per sample: how large it is, what may be claimed of it, and what weighting did to it.

    Attributes:
        reference: Whether the headline figures rest on it.
        weights_id: Short digest of margins, frame and method; `none` where weights are 1.
        answers: Respondents in it.
        design_effect: Kish's; null where weights are 1.
        ratio_low, ratio_high: Smallest and largest ratio of final to base weight, over their mean;
            null with the iterations where base weights are the final ones.
        iterations: Sweeps of the raking.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channels = dy.String(primary_key=True)
    reference = dy.Bool()
    claim = dy.String()
    weights_id = dy.String()
    answers = dy.Int64(min=0)
    design_effect = dy.Float64(nullable=True)
    ratio_low = dy.Float64(nullable=True)
    ratio_high = dy.Float64(nullable=True)
    iterations = dy.Float64(nullable=True)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures` of the samples that were weighted."""
        measures = ["design_effect", "ratio_low", "ratio_high", "iterations"]
        rows = table.unpivot(
            on=measures,
            index=["directorate", "wave", "channels", "claim", "answers", "simulated"],
            variable_name="definition",
        ).filter(pl.col("value").is_not_null())
        return as_figures(
            rows.rename({"answers": "base"}).with_columns(
                indicator=pl.lit("weights"),
                kind=pl.when(pl.col("definition") == "iterations")
                .then(pl.lit("count"))
                .otherwise(pl.lit("ratio")),
                unit=pl.when(pl.col("definition") == "iterations")
                .then(pl.lit("iterations"))
                .otherwise(pl.lit("ratio")),
                category_label=pl.lit(""),
            ),
            layer="weighting",
        )


@dataclass(frozen=True)
class WeightedSample:
    """The respondents of some channels, with their design and weights.

    Attributes:
        frame: Responses with the columns that `design` names.
        design: How they were drawn.
        calibration: How the weights were reached; None where they are 1.
        channels: The channels whose respondents these are.
        claim: What may be claimed of figures made from them.
        weights_id: See `Weighting`.

    """

    frame: pl.DataFrame
    design: Design
    calibration: Calibration | None
    channels: tuple[Channel, ...]
    claim: Claim
    weights_id: str

    @property
    def name(self) -> str:
        """The channels, joined by `+`."""
        return sample_name(self.channels)


def sample_name(channels: tuple[Channel, ...]) -> str:
    """What the sample of some channels is called in tables."""
    return "+".join(channel.id for channel in channels)


def weigh(
    responses: pl.DataFrame,
    study: Study,
    dispositions: pl.DataFrame,
    *,
    directorate: str,
    wave: str,
    channels: tuple[Channel, ...],
) -> WeightedSample:
    """The users heard by some channels: with base weights where their population is known, and
    weighted to the wave's margins.

    Margins weight the directorate's reference channels only. Without margins and base weights,
    weights are 1 and the claim is at most C2; so it is of answers that stand for unequal numbers of
    users, since sites are drawn alike whatever their size and neither a population nor the margins
    tell that. Users under constraint are never among them.

    Args:
        responses: `storage.Responses` of the directorate and wave, with their items.
        study: It says margins, designs and claims.
        dispositions: `storage.Dispositions` of the same.
        directorate, wave: Identifiers.
        channels: At least one of the directorate's channels.

    Raises:
        InferenceError: the margins cannot be honoured, or base weights not be made (see
            `base_weights`).

    """
    frame = (
        free_respondents(responses, study)
        .filter(pl.col("channel").is_in([channel.id for channel in channels]))
        .sort("response_id")
        .with_columns(*_design_columns(channels))
    )
    is_reference = channels == study.reference_channels(directorate)
    margins = study.margin(wave, directorate) if is_reference and frame.height else {}
    base = base_weights(frame, dispositions, margins, study, channels)
    frame, calibration = base.frame, None
    if margins:
        categories = [_margin_category(name, study).alias(name) for name in margins]
        calibration = rake(frame.with_columns(categories), margins=margins, weights=WEIGHT)
        frame = frame.with_columns(pl.Series(WEIGHT, calibration.weights))
    claim = Claim.weakest([channel.claim for channel in channels])
    if not base.method and (not margins or _sizes_are_lost(margins, channels)):
        claim = Claim.weakest([claim, Claim.TREND])
    parts = [*(["rake", margins] if margins else []), *base.method]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
    return WeightedSample(
        frame=frame,
        design=_design_of(frame),
        calibration=calibration,
        channels=channels,
        claim=claim,
        weights_id=digest if parts else "none",
    )


def restore_sample(
    responses: pl.DataFrame,
    weights: pl.DataFrame,
    weighting: pl.DataFrame,
    dispositions: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
    channels: tuple[Channel, ...],
) -> WeightedSample:
    """The sample of some channels with its stored weights; channels that have none are weighted
    anew.

    Args:
        responses: `storage.Responses` of the directorate and wave, with their items.
        dispositions, weights, weighting: `storage.Dispositions`, `Weights` and `Weighting` of the
            same.
        study: It says margins, designs and claims.
        directorate, wave: Identifiers.
        channels: At least one of the directorate's channels.

    """
    name = sample_name(channels)
    own_weights = weights.filter(pl.col("channels") == name)
    if own_weights.is_empty():
        scope = {"directorate": directorate, "wave": wave}
        return weigh(responses, study, dispositions, **scope, channels=channels)
    about = weighting.row(by_predicate=pl.col("channels") == name, named=True)
    columns = own_weights.select(
        "response_id",
        pl.col("stratum").alias(STRATUM),
        pl.col("cluster").alias(CLUSTER),
        pl.col("element_sampled").alias(ELEMENT),
        pl.col("population").alias(POPULATION),
        pl.col("weight").alias(WEIGHT),
    )
    frame = responses.join(columns, on="response_id", how="inner").sort("response_id")
    margins = study.margin(wave, directorate) if about["iterations"] is not None else {}
    categories = [_margin_category(variable, study).alias(variable) for variable in margins]
    # Weights that honour the margins already are left as they are by one more sweep.
    calibration = (
        rake(frame.with_columns(categories), margins=margins, weights=WEIGHT) if margins else None
    )
    return WeightedSample(
        frame=frame,
        design=_design_of(frame),
        calibration=calibration,
        channels=channels,
        claim=Claim(about["claim"]),
        weights_id=about["weights_id"],
    )


def weigh_all(
    responses: pl.DataFrame,
    study: Study,
    dispositions: pl.DataFrame,
    *,
    directorate: str,
    wave: str,
) -> tuple[WeightedSample, ...]:
    """The samples that figures of a directorate and wave are made from; arguments as `weigh`.

    The reference channels together come first; each other channel follows by itself, and is never
    mixed with another. A sample that nobody answered in is left out.
    """
    reference = study.reference_channels(directorate)
    asked = [study.channel(name) for name in study.directorate(directorate).channels]
    groups = [reference, *((channel,) for channel in asked if channel not in reference)]
    scope = {"directorate": directorate, "wave": wave}
    samples = (
        weigh(responses, study, dispositions, **scope, channels=channels) for channels in groups
    )
    return tuple(sample for sample in samples if sample.frame.height)


def weights_table(samples: tuple[WeightedSample, ...]) -> pl.DataFrame:
    """The `Weights` of some samples."""
    frames = [
        sample.frame.select(
            pl.lit(sample.name).alias("channels"),
            "response_id",
            pl.col(STRATUM).alias("stratum"),
            pl.col(CLUSTER).alias("cluster"),
            pl.col(ELEMENT).alias("element_sampled"),
            pl.col(POPULATION).alias("population"),
            pl.col(WEIGHT).alias("weight"),
        )
        for sample in samples
    ]
    empty = Weights.create_empty()
    return Weights.validate(pl.concat([empty, *frames]))


def weighting_table(
    samples: tuple[WeightedSample, ...],
    study: Study,
    *,
    directorate: str,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Weighting` of some samples of a directorate and wave."""
    reference = study.reference_channels(directorate)
    rows = []
    for sample in samples:
        calibration = sample.calibration
        low, high = (None, None) if calibration is None else calibration.ratio_range
        weights = sample.frame.get_column(WEIGHT).to_numpy()
        rows.append(
            {
                "directorate": directorate,
                "wave": wave,
                "channels": sample.name,
                "reference": sample.channels == reference,
                "claim": sample.claim.value,
                "weights_id": sample.weights_id,
                "answers": sample.frame.height,
                "design_effect": None
                if sample.weights_id == "none"
                else kish_design_effect(weights),
                "ratio_low": low,
                "ratio_high": high,
                "iterations": calibration and float(calibration.iterations),
                "simulated": simulated,
            }
        )
    return make_table(rows, Weighting)


def free_respondents(responses: pl.DataFrame, study: Study) -> pl.DataFrame:
    """The respondents who belong to no constrained population."""
    return responses.filter(~pl.col("population").is_in(list(study.constrained())))


def _design_columns(channels: tuple[Channel, ...]) -> list[pl.Expr]:
    """Stratum and first-stage cluster of each row, as its channel was sampled, and whether it was
    drawn without one.
    """
    stratum, cluster = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    for channel in channels:
        in_channel = pl.col("channel") == channel.id
        parts = [
            pl.lit(channel.id),
            *(pl.col(name).fill_null("") for name in channel.sampling.strata if name != "channel"),
        ]
        name = pl.concat_str(parts, separator="|")
        stratum = pl.when(in_channel).then(name).otherwise(stratum)
        keys = [pl.col(key).cast(pl.String).fill_null("") for key in channel.sampling.clusters]
        cluster = (
            pl.when(in_channel).then(pl.concat_str([name, *keys], separator="|")).otherwise(cluster)
        )
    without = [channel.id for channel in channels if not channel.sampling.clusters]
    return [
        stratum.alias(STRATUM),
        cluster.alias(CLUSTER),
        pl.col("channel").is_in(without).alias(ELEMENT),
    ]


def _design_of(frame: pl.DataFrame) -> Design:
    """The design of some respondents: of finite strata where all of them are known."""
    return _FINITE if frame.height and not frame[POPULATION].has_nulls() else _DESIGN


def _sizes_are_lost(margins: Mapping[str, object], channels: tuple[Channel, ...]) -> bool:
    """Whether users were drawn site by site, and nothing says how many stand behind each."""
    by_site = any(channel.invited and "site" in channel.sampling.strata for channel in channels)
    return by_site and "site" not in margins


def _margin_category(variable: str, study: Study) -> pl.Expr:
    """A margin's variable as text; an answer that is no level of its scale is unknown (null)."""
    if variable == "site":
        return pl.col("site")
    levels = list(study.scale(variable).codes)
    return pl.when(pl.col(variable).is_in(levels)).then(pl.col(variable)).cast(pl.String)
