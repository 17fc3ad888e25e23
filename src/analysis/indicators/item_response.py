"""How often the questions that are put stay without an answer, by channel."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.indicators.collection import answers_key
from analysis.indicators.weighting import free_respondents
from analysis.storage import as_figures, make_table
from analysis.study import MissingKind, Study

WITHOUT = (
    MissingKind.DONT_KNOW,
    MissingKind.REFUSED,
    MissingKind.ILLEGIBLE,
    MissingKind.ABANDONED,
)
"""The ways in which a question that was put to somebody whom it concerns stays without an answer.
"""


class ItemResponse(dy.Schema):
    """One row per channel and closed question. Respondents under constraint are not counted.

    Attributes:
        asked: Answers in which the question was put to somebody whom it concerns.
        dont_know, refused, illegible, abandoned: Those of them that hold no level, by why.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    item = dy.String(primary_key=True)
    channel_label = dy.String()
    claim = dy.String()
    asked = dy.Int64(min=1)
    dont_know = dy.Int64(min=0)
    refused = dy.Int64(min=0)
    illegible = dy.Int64(min=0)
    abandoned = dy.Int64(min=0)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: the share of each question that stays without an answer, and that of all that
        a channel puts. Their base is the smaller of the two groups that they tell apart, or all who
        were asked where one is empty; shares are rounded to whole percents: with their base, more
        would give the counts back.
        """
        missing = pl.sum_horizontal(*(kind.value for kind in WITHOUT))
        about = ["directorate", "wave", "channel", "channel_label", "claim", "simulated"]
        counts = table.select(*about, "item", "asked", missing=missing)
        whole = counts.group_by(about, maintain_order=True).agg(pl.sum("asked", "missing"))
        whole = whole.with_columns(item=pl.lit(None, dtype=pl.String)).select(counts.columns)
        return as_figures(
            pl.concat([counts, whole]).select(
                *("directorate", "wave", "claim", "simulated", "item"),
                indicator=pl.col("item").fill_null("questions"),
                definition=pl.lit("nonresponse"),
                kind=pl.lit("share"),
                unit=pl.lit("share"),
                breakdown=pl.lit("channel"),
                category="channel",
                category_label="channel_label",
                channels="channel",
                value=(pl.col("missing") / pl.col("asked")).round(2),
                base=pl.when(pl.col("missing").is_between(1, pl.col("asked") - 1))
                .then(pl.min_horizontal("missing", pl.col("asked") - pl.col("missing")))
                .otherwise("asked"),
                made_from=pl.concat_list(answers_key()),
            ),
            layer="item_response",
        )


def item_response(
    responses: pl.DataFrame, study: Study, *, directorate: str, wave: str, simulated: bool
) -> pl.DataFrame:
    """The `ItemResponse` of a directorate and wave.

    Args:
        responses: `storage.Responses`, with its items.
        study: Channels and questions.
        directorate, wave: Identifiers.
        simulated: Whether they are.

    """
    free = free_respondents(responses, study)
    rows = []
    for name in study.directorate(directorate).channels:
        channel, heard = study.channel(name), free.filter(channel=name)
        for item in channel.items:
            if study.scale(item).kind == "text" or not study.asks(item, directorate):
                continue
            number = dict(heard.group_by(item).len().iter_rows())
            outside = (MissingKind.NOT_ASKED, MissingKind.NOT_CONCERNED)
            asked = heard.height - sum(number.get(study.missing[kind], 0) for kind in outside)
            if not asked:
                continue
            rows.append(
                {
                    "directorate": directorate,
                    "wave": wave,
                    "channel": name,
                    "item": item,
                    "channel_label": channel.label,
                    "claim": channel.claim.value,
                    "asked": asked,
                    "simulated": simulated,
                    **{kind.value: number.get(study.missing[kind], 0) for kind in WITHOUT},
                }
            )
    return make_table(rows, ItemResponse)
