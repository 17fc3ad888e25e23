"""What came in, by channel, and who is missing: the sample beside the margins, before weighting."""

from __future__ import annotations

from collections.abc import Sequence

import dataframely as dy
import numpy as np
import polars as pl

from analysis.indicators.weighting import WeightedSample
from analysis.inference import UNKNOWN
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Study


class Answers(dy.Schema):
    """One row per channel of a directorate in a wave: how many respondents were kept."""

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    channel_label = dy.String()
    claim = dy.String()
    answers = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: one count per channel."""
        return as_figures(
            table.select(
                "directorate",
                "wave",
                "claim",
                "simulated",
                indicator=pl.lit("answers"),
                definition=pl.lit("count"),
                kind=pl.lit("count"),
                unit=pl.when(pl.col("claim") == Claim.ALERT.value)
                .then(pl.lit("presses"))
                .otherwise(pl.lit("answers")),
                breakdown=pl.lit("channel"),
                category="channel",
                category_label="channel_label",
                channels="channel",
                value=pl.col("answers").cast(pl.Float64),
                base="answers",
            ),
            layer="answers",
        )


def answers_key(wave: str = "wave") -> pl.Expr:
    """The key of the figure that counts the answers of a channel, from the columns `directorate`,
    `channel` and that of its wave.
    """
    return figure_key(
        layer="answers",
        directorate=pl.col("directorate"),
        wave=pl.col(wave),
        against=None,
        indicator="answers",
        definition="count",
        kind="count",
        breakdown="channel",
        category=pl.col("channel"),
    )


class Margins(dy.Schema):
    """One row per category of a margin: its share of the sample before weighting, and of the users.

    Attributes:
        variable, category: `category` is `unknown` for respondents whose answer is no level.
        sample_share: In [0, 1].
        frame_share: By the management files, in [0, 1]; null for the unknown.
        gap: `sample_share` − `frame_share`, in [-1, 1]; null for the unknown.
        base: Respondents of the category.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    variable = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    category_label = dy.String()
    channels = dy.String()
    claim = dy.String()
    sample_share = dy.Float64(min=0, max=1)
    frame_share = dy.Float64(min=0, max=1, nullable=True)
    gap = dy.Float64(min=-1, max=1, nullable=True)
    base = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: two shares and their difference per category.

        The share of the users is known to others, but stands beside that of the sample or not at
        all: with the difference it would give it away.
        """
        rows = table.unpivot(
            on=["sample_share", "frame_share", "gap"],
            index=[name for name in table.columns if name not in _MEASURES],
            variable_name="definition",
        ).filter(pl.col("value").is_not_null())
        sample = pl.col("definition") == "sample_share"
        gap = pl.col("definition") == "gap"
        parts = {"layer": "margins", "against": None, "definition": "sample_share", "kind": "share"}
        keyed = rows.with_columns(
            indicator="variable",
            item=pl.when(pl.col("variable") != "site").then(pl.col("variable")),
            breakdown="variable",
            kind=pl.when(gap).then(pl.lit("difference")).otherwise(pl.lit("share")),
            unit=pl.when(gap).then(pl.lit("points")).otherwise(pl.lit("share")),
            base=pl.when(sample).then(pl.col("base")),
        )
        of_sample = pl.concat_list(figure_key(**parts))
        no_keys = pl.lit([], dtype=pl.List(pl.String))
        return as_figures(
            keyed.with_columns(made_from=pl.when(sample).then(no_keys).otherwise(of_sample)),
            layer="margins",
        )


_MEASURES = ("sample_share", "frame_share", "gap")


def answers_by_channel(
    responses: pl.DataFrame,
    samples: Sequence[WeightedSample],
    study: Study,
    *,
    directorate: str,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Answers` of a directorate and wave: every channel of it, those without any too, each
    with what may be claimed of it once it is weighted, or not.

    Respondents under constraint are not counted.
    """
    claims = {
        channel.id: Claim.weakest([channel.claim, sample.claim])
        for sample in samples
        for channel in sample.channels
    }
    free = responses.filter(~pl.col("population").is_in(list(study.constrained())))
    channels = [study.channel(name) for name in study.directorate(directorate).channels]
    rows = [
        {
            "directorate": directorate,
            "wave": wave,
            "channel": channel.id,
            "channel_label": channel.label,
            "claim": claims.get(channel.id, channel.claim).value,
            "answers": free.filter(pl.col("channel") == channel.id).height,
            "simulated": simulated,
        }
        for channel in channels
    ]
    return make_table(rows, Answers)


def margin_shares(
    sample: WeightedSample | None, study: Study, *, directorate: str, wave: str, simulated: bool
) -> pl.DataFrame:
    """The `Margins` of a sample before it was raked; no row where there is none, or it was not."""
    rows = []
    calibration = sample.calibration if sample is not None else None
    if sample is not None and calibration is not None:
        totals = study.margin(wave, directorate)
        cells = calibration.projection.cells
        assert cells is not None, "raking works on cells"
        size = len(calibration.weights)
        for index, (variable, category) in enumerate(calibration.labels):
            count = int(np.any(cells.categories == index, axis=1)[cells.cell].sum())
            unknown = category == UNKNOWN
            frame_share = (
                None if unknown else totals[variable][category] / sum(totals[variable].values())
            )
            rows.append(
                {
                    "directorate": directorate,
                    "wave": wave,
                    "variable": variable,
                    "category": category,
                    "category_label": study.category_label(variable, category),
                    "channels": sample.name,
                    "claim": sample.claim.value,
                    "sample_share": count / size,
                    "frame_share": frame_share,
                    "gap": None if frame_share is None else count / size - frame_share,
                    "base": count,
                    "simulated": simulated,
                }
            )
    return make_table(rows, Margins)
