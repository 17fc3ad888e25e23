"""The samples of a directorate and wave: their design, their weights, how these were reached."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import dataframely as dy
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import Calibration, Design, kish_design_effect, rake
from analysis.storage import as_figures, make_table
from analysis.study import Channel, Claim, Study

STRATUM, CLUSTER, ELEMENT, WEIGHT = "_stratum", "_cluster", "_element_sampled", "_weight"
POPULATION = "_population"

_DESIGN = Design(weights=WEIGHT, strata=(STRATUM,), clusters=(CLUSTER,), element_sampled=ELEMENT)
_FINITE = replace(_DESIGN, fpc=POPULATION)


class Weights(dy.Schema):
    """The design and weight of each respondent of each sample.

    Attributes:
        channels: Those of the sample, joined by `+`.
        element_sampled: Whether the respondent was drawn without a cluster.

    """

    channels = dy.String(primary_key=True)
    response_id = dy.String(primary_key=True)
    stratum = dy.String()
    cluster = dy.String()
    element_sampled = dy.Bool()
    weight = dy.Float64(min=0)


class Weighting(dy.Schema):
    """One row per sample: how large it is, what may be claimed of it, and what weighting did to it.

    Attributes:
        reference: Whether the headline figures rest on it.
        weights_id: Short digest of margins and method; `none` where weights are 1.
        answers: Respondents in it.
        design_effect: Kish's; with the ratios and iterations null where weights are 1.
        ratio_low, ratio_high: Smallest and largest ratio of final to base weight, over their mean.
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
        """`Figures` of the samples that were raked."""
        measures = ["design_effect", "ratio_low", "ratio_high", "iterations"]
        raked = table.filter(pl.col("design_effect").is_not_null())
        rows = raked.unpivot(
            on=measures,
            index=["directorate", "wave", "channels", "claim", "answers", "simulated"],
            variable_name="definition",
        )
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
    *,
    directorate: str,
    wave: str,
    channels: tuple[Channel, ...],
) -> WeightedSample:
    """The users heard by some channels, weighted to the wave's margins.

    Margins weight the directorate's reference channels only; elsewhere, and without margins,
    weights are 1 and the claim is at most C2. Users under constraint are never among them. Where
    the margin of sites is declared the population of the strata, base weights are a site's users
    over its respondents, and its share that answered is a finite population's.

    Args:
        responses: `storage.Responses` of the directorate and wave, with their items.
        study: It says margins, designs and claims.
        directorate, wave: Identifiers.
        channels: At least one of the directorate's channels.

    Raises:
        InferenceError: the margins cannot be honoured, or more people answered in a site than it
            has users.

    """
    claim = Claim.weakest([channel.claim for channel in channels])
    frame = (
        free_respondents(responses, study)
        .filter(pl.col("channel").is_in([channel.id for channel in channels]))
        .sort("response_id")
        .with_columns(*_design_columns(channels), pl.lit(1.0).alias(WEIGHT))
    )
    margins = (
        study.margin(wave, directorate) if channels == study.reference_channels(directorate) else {}
    )
    calibration, weights_id, design = None, "none", _DESIGN
    if margins and frame.height:
        frame, design = _with_population(frame, margins, channels)
        categories = [_margin_category(name, study).alias(name) for name in margins]
        base = WEIGHT if design is _FINITE else None
        calibration = rake(frame.with_columns(categories), margins=margins, weights=base)
        frame = frame.with_columns(pl.Series(WEIGHT, calibration.weights))
        parts = ["rake", margins, *(["population"] if design is _FINITE else [])]
        method = json.dumps(parts, sort_keys=True)
        weights_id = hashlib.sha256(method.encode()).hexdigest()[:12]
    else:
        claim = Claim.weakest([claim, Claim.TREND])
    return WeightedSample(
        frame=frame,
        design=design,
        calibration=calibration,
        channels=channels,
        claim=claim,
        weights_id=weights_id,
    )


def restore_sample(
    responses: pl.DataFrame,
    weights: pl.DataFrame,
    weighting: pl.DataFrame,
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
        weights, weighting: `Weights` and `Weighting` of the same.
        study: It says margins, designs and claims.
        directorate, wave: Identifiers.
        channels: At least one of the directorate's channels.

    """
    name = sample_name(channels)
    own_weights = weights.filter(pl.col("channels") == name)
    if own_weights.is_empty():
        return weigh(responses, study, directorate=directorate, wave=wave, channels=channels)
    about = weighting.row(by_predicate=pl.col("channels") == name, named=True)
    columns = own_weights.select(
        "response_id",
        pl.col("stratum").alias(STRATUM),
        pl.col("cluster").alias(CLUSTER),
        pl.col("element_sampled").alias(ELEMENT),
        pl.col("weight").alias(WEIGHT),
    )
    frame = responses.join(columns, on="response_id", how="inner").sort("response_id")
    margins = study.margin(wave, directorate) if about["weights_id"] != "none" else {}
    weights_kept = frame.get_column(WEIGHT)
    frame, design = _with_population(frame, margins, channels)
    frame = frame.with_columns(weights_kept)
    categories = [_margin_category(variable, study).alias(variable) for variable in margins]
    # Weights that honour the margins already are left as they are by one more sweep.
    calibration = (
        rake(frame.with_columns(categories), margins=margins, weights=WEIGHT) if margins else None
    )
    return WeightedSample(
        frame=frame,
        design=design,
        calibration=calibration,
        channels=channels,
        claim=Claim(about["claim"]),
        weights_id=about["weights_id"],
    )


def weigh_all(
    responses: pl.DataFrame, study: Study, *, directorate: str, wave: str
) -> tuple[WeightedSample, ...]:
    """The samples that figures of a directorate and wave are made from; arguments as `weigh`.

    The reference channels together come first; each other channel follows by itself, and is never
    mixed with another. A sample that nobody answered in is left out.
    """
    reference = study.reference_channels(directorate)
    asked = [study.channel(name) for name in study.directorate(directorate).channels]
    groups = [reference, *((channel,) for channel in asked if channel not in reference)]
    samples = (
        weigh(responses, study, directorate=directorate, wave=wave, channels=channels)
        for channels in groups
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
        rows.append(
            {
                "directorate": directorate,
                "wave": wave,
                "channels": sample.name,
                "reference": sample.channels == reference,
                "claim": sample.claim.value,
                "weights_id": sample.weights_id,
                "answers": sample.frame.height,
                "design_effect": calibration and kish_design_effect(calibration.weights),
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


def _with_population(
    frame: pl.DataFrame,
    margins: Mapping[str, Mapping[str, float]],
    channels: tuple[Channel, ...],
) -> tuple[pl.DataFrame, Design]:
    """The respondents with the users of their site and base weights, and the design that says so,
    where all of their channels take them from the margins; as they are elsewhere. Of those whose
    site is not known, as many users as of the others in proportion.

    Raises:
        InferenceError: more people answered in a site than it has users.

    """
    users = margins.get("site", {})
    if not users or any(channel.sampling.population != "margin" for channel in channels):
        return frame, _DESIGN
    answered = dict(frame.get_column("site").value_counts().iter_rows())
    for site, count in answered.items():
        if site in users and count > users[site]:
            raise InferenceError(
                f"{count} people answered in site {site!r}, which has {users[site]:g} users by the "
                "margins.",
                hint="mend the margin, or take `population` out of the channel's sampling.",
            )
    known = sum(count for site, count in answered.items() if site in users)
    unknown = answered.get(None, 0) * sum(users.values()) / max(known, 1)
    population = pl.col("site").replace_strict(
        dict(users), default=unknown, return_dtype=pl.Float64
    )
    respondents = pl.len().over(STRATUM)
    return frame.with_columns(
        population.alias(POPULATION), (population / respondents).alias(WEIGHT)
    ), _FINITE


def _margin_category(variable: str, study: Study) -> pl.Expr:
    """A margin's variable as text; an answer that is no level of its scale is unknown (null)."""
    if variable == "site":
        return pl.col("site")
    levels = list(study.scale(variable).codes)
    return pl.when(pl.col(variable).is_in(levels)).then(pl.col(variable)).cast(pl.String)
