"""How many of those who were invited answered: response rates of a sample that was drawn.

American Association for Public Opinion Research, *Standard Definitions: Final Dispositions of Case
Codes and Outcome Rates for Surveys* (10th edition, 2023), surveys of specifically named persons. Of
the people who were drawn and are not known to be ineligible (all the others count, whether or not
they were reached), RR1 is the share of complete answers, RR2 that of complete and partial ones. Of
some of them nobody knows whether they are eligible: RR3 and RR4 count the share e of them that is
so among the others, RR5 and RR6 count none of them.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.indicators.collection import answers_key
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import MissingKind, Study


class Participation(dy.Schema):
    """One row per channel of a directorate in a wave whose people were invited.

    Attributes:
        drawn: People who were drawn.
        ineligible: Those of them known to be no users.
        unknown: Those of them of whom nobody knows whether they are.
        answers: Respondents kept, complete or partial.
        partial: Those of them who broke off before the end; null where no break-off is recorded,
            as files of some formats have none.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    channel_label = dy.String()
    claim = dy.String()
    drawn = dy.Int64(min=1)
    ineligible = dy.Int64(min=0)
    unknown = dy.Int64(min=0)
    answers = dy.Int64(min=0)
    partial = dy.Int64(min=1, nullable=True)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: counts and rates per channel.

        With the number drawn, even rates give the answers back, and odd ones the complete answers:
        each is shown only where the count is. RR3 to RR6 are told where eligibility is in doubt.
        """
        eligible = pl.col("drawn") - pl.col("ineligible")
        known = eligible - pl.col("unknown")
        share_eligible = known / (known + pl.col("ineligible"))
        likely = known + share_eligible * pl.col("unknown")
        kept, complete = pl.col("answers"), pl.col("answers") - pl.col("partial")
        answers = answers_key()
        of_partial = figure_key(
            **dict.fromkeys(("layer", "indicator"), "participation"),
            against=None,
            definition="partial",
            kind="count",
            breakdown="channel",
            category=pl.col("channel"),
        )
        no_base, no_keys = pl.lit(None, dtype=pl.Int64), pl.lit([], dtype=pl.List(pl.String))
        parts, whole = pl.concat_list(answers, of_partial), pl.concat_list(answers)
        open_to_doubt = pl.when(pl.col("unknown") > 0)
        measures: list[tuple[str, str, str, pl.Expr, pl.Expr, pl.Expr]] = [
            ("drawn", "count", "people", pl.col("drawn"), no_base, no_keys),
            (
                "ineligible",
                "count",
                "people",
                pl.col("ineligible").replace(0, None),
                no_base,
                no_keys,
            ),
            ("unknown", "count", "people", pl.col("unknown").replace(0, None), no_base, no_keys),
            ("eligible", "share", "share", open_to_doubt.then(share_eligible), no_base, no_keys),
            ("partial", "count", "answers", pl.col("partial"), pl.col("partial"), whole),
            ("complete", "count", "answers", complete, complete, parts),
        ]
        for first, size in ((1, eligible), (3, likely), (5, known)):
            told = size if first == 1 else open_to_doubt.then(size)
            measures += [
                (f"RR{first}", "share", "share", complete / told, complete, parts),
                (f"RR{first + 1}", "share", "share", kept / told, kept, whole),
            ]
        about = ("directorate", "wave", "claim", "simulated", "channel", "channel_label")
        rows = pl.concat(
            table.select(
                *about,
                definition=pl.lit(name),
                kind=pl.lit(kind),
                unit=pl.lit(unit),
                value=value.cast(pl.Float64),
                base=base,
                made_from=keys,
            )
            for name, kind, unit, value, base, keys in measures
        ).filter(pl.col("value").is_not_null())
        return as_figures(
            rows.with_columns(
                indicator=pl.lit("participation"),
                breakdown=pl.lit("channel"),
                category="channel",
                category_label="channel_label",
                channels="channel",
            ),
            layer="participation",
        )


def participation(
    responses: pl.DataFrame,
    dispositions: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Participation` of a directorate and wave: no row where nobody says how many were drawn.

    Args:
        responses: `storage.Responses`; respondents under constraint are not counted.
        dispositions: `storage.Dispositions`; samples of several files of a channel add up.
        study: Its channels, and its code of a question that somebody broke off before.
        directorate, wave: Which ones.
        simulated: Whether they are.

    """
    free = responses.filter(~pl.col("population").is_in(list(study.constrained())))
    samples = dispositions.group_by("channel").agg(pl.sum("drawn", "ineligible", "unknown"))
    drawn = {row["channel"]: row for row in samples.iter_rows(named=True)}
    rows = []
    for name in study.directorate(directorate).channels:
        if name not in drawn:
            continue
        channel, answers = study.channel(name), free.filter(pl.col("channel") == name)
        closed = [item for item in channel.items if item in answers.columns]
        abandoned = pl.any_horizontal(
            pl.lit(value=False),
            *(pl.col(item) == study.missing[MissingKind.ABANDONED] for item in closed),
        )
        rows.append(
            {
                "directorate": directorate,
                "wave": wave,
                "channel": name,
                "channel_label": channel.label,
                "claim": channel.claim.value,
                "drawn": drawn[name]["drawn"],
                "ineligible": drawn[name]["ineligible"],
                "unknown": drawn[name]["unknown"],
                "answers": answers.height,
                "partial": answers.filter(abandoned).height or None,
                "simulated": simulated,
            }
        )
    return make_table(rows, Participation)
