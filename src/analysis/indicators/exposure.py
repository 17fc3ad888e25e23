"""How many answered of those who could: participation of channels that nobody is invited to.

Where anyone may answer, there is no response rate. A count that those who manage the services keep
(visits, calls) says how many could have answered; one person may stand in it several times.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.indicators.collection import answers_key
from analysis.indicators.weighting import free_respondents
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Study
from analysis.study.months import cohort_months


class Exposure(dy.Schema):
    """One row per channel that declares an exposure, where it is known of each month of the field.

    Attributes:
        counted: The management indicator that counts those who could answer.
        exposed: It, over the months of the field.
        answers: Respondents kept.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    channel_label = dy.String()
    claim = dy.String()
    counted = dy.String()
    exposed = dy.Int64(min=1)
    answers = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: how many could answer, and the share that did. Of it, of the former and of the
        answers, two give the third: it is shown only where both others are.
        """
        no_keys = pl.lit([], dtype=pl.List(pl.String))
        exposed = figure_key(
            layer="exposure",
            against=None,
            indicator=pl.col("counted"),
            definition="exposed",
            kind="count",
            breakdown="channel",
            category=pl.col("channel"),
        )
        count, both = pl.col("exposed"), pl.concat_list(answers_key(), exposed)
        rate = pl.col("answers") / count
        measures = (
            ("exposed", "count", "count", count.cast(pl.Float64), count, no_keys),
            ("rate", "share", "share", rate, pl.col("answers"), both),
        )
        return as_figures(
            pl.concat(
                table.select(
                    *("directorate", "wave", "claim", "simulated"),
                    indicator=pl.col("counted"),
                    definition=pl.lit(name),
                    kind=pl.lit(kind),
                    unit=pl.lit(unit),
                    breakdown=pl.lit("channel"),
                    category="channel",
                    category_label="channel_label",
                    channels="channel",
                    value=value,
                    base=base,
                    made_from=keys,
                )
                for name, kind, unit, value, base, keys in measures
            ),
            layer="exposure",
        )


def exposure(
    responses: pl.DataFrame,
    measures: pl.DataFrame | None,
    study: Study,
    *,
    directorate: str,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Exposure` of a directorate and wave.

    Args:
        responses: `storage.Responses`; respondents under constraint are not counted.
        measures: `storage.Measures` of the scope; None where the study has none. A month that an
            earlier wave's field touches too is in that wave's: the exposure is not known then.
        study: Its channels and the field of the wave.
        directorate, wave: Identifiers.
        simulated: Whether they are.

    """
    if measures is None:
        return Exposure.create_empty()
    months = cohort_months(study.wave(wave), None)
    known = measures.filter(
        pl.col("site") == "", pl.col("month").is_in(list(months)), pl.col("value").is_not_null()
    )
    free, rows = free_respondents(responses, study), []
    for name in study.directorate(directorate).channels:
        channel = study.channel(name)
        counts = known.filter(pl.col("indicator") == (channel.exposure or ""))
        exposed = round(float(counts["value"].sum()))
        if counts.height != len(months) or exposed < 1:
            continue
        rows.append(
            {
                "directorate": directorate,
                "wave": wave,
                "channel": name,
                "channel_label": channel.label,
                "claim": channel.claim.value,
                "counted": channel.exposure,
                "exposed": exposed,
                "answers": free.filter(channel=name).height,
                "simulated": simulated,
            }
        )
    return make_table(rows, Exposure)
