"""Whether those who answered are like those who were drawn: R-indicators of samples with frames."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from analysis.errors import InferenceError
from analysis.indicators.collection import answers_key
from analysis.inference.representativity import representativity
from analysis.storage import Dispositions, as_figures, make_table
from analysis.study import Study

OVERALL = "R"


class Representativity(dy.Schema):
    """One row per sample with a frame, and one per variable of it.

    Attributes:
        variable: Of the frame (`site` or a profile item); `R` for the R-indicator.
        value: The R-indicator; of a variable, the standard deviation of the propensities to answer
            between its categories (unconditional partial indicator). Null where none can be told.
        se: Of the R-indicator.
        low, high: Interval of `value`.
        conditional: The standard deviation that a variable adds to the others; null for R.
        drawn: People who were drawn and are not known to be ineligible.
        answers: Those of them who answered, by the frame.
        reason: Why no propensity can be told; empty where one can.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    variable = dy.String(primary_key=True)
    channel_label = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    conditional = dy.Float64(nullable=True)
    drawn = dy.Int64(min=0)
    answers = dy.Int64(min=0)
    reason = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: the R-indicator of each sample, and two partial ones per variable."""
        known = table.filter(pl.col("value").is_not_null())
        of_all = pl.col("variable") == OVERALL
        parts = [
            known.with_columns(
                definition=pl.when(of_all).then(pl.lit(OVERALL)).otherwise(pl.lit("unconditional"))
            ),
            known.filter(~of_all).with_columns(
                definition=pl.lit("conditional"),
                value="conditional",
                se=pl.lit(None, dtype=pl.Float64),
                low=pl.lit(None, dtype=pl.Float64),
                high=pl.lit(None, dtype=pl.Float64),
            ),
        ]
        return as_figures(
            pl.concat(parts).select(
                *("directorate", "wave", "claim", "simulated", "definition"),
                *("value", "se", "low", "high"),
                indicator=pl.when(of_all).then(pl.lit("representativity")).otherwise("variable"),
                item=pl.when(~of_all & (pl.col("variable") != "site")).then("variable"),
                kind=pl.lit("ratio"),
                unit=pl.lit("ratio"),
                breakdown=pl.lit("channel"),
                category="channel",
                category_label="channel_label",
                channels="channel",
                base="answers",
                made_from=pl.concat_list(answers_key()),
            ),
            layer="representativity",
        )


def sample_representativity(
    dispositions: pl.DataFrame, study: Study, *, directorate: str, wave: str, simulated: bool
) -> pl.DataFrame:
    """The `Representativity` of a directorate and wave: of each channel whose frame was delivered.

    Args:
        dispositions: `storage.Dispositions`, with the profile items of frames.
        study: Its channels.
        directorate, wave: Identifiers.
        simulated: Whether they are.

    """
    items = [name for name in dispositions.columns if name not in Dispositions.column_names()]
    rows = []
    for name in study.directorate(directorate).channels:
        cells = dispositions.filter(pl.col("population").is_not_null(), channel=name)
        if cells.is_empty():
            continue
        counts = cells.select(
            drawn=pl.sum("drawn") - pl.sum("ineligible"), answers=pl.sum("answered")
        ).row(0, named=True)
        known = [item for item in items if cells[item].is_not_null().any()]
        rows += [
            {
                "directorate": directorate,
                "wave": wave,
                "channel": name,
                "channel_label": study.channel(name).label,
                "claim": study.channel(name).claim.value,
                **counts,
                "simulated": simulated,
                **row,
            }
            for row in _rows(cells, ["site", *known])
        ]
    return make_table(rows, Representativity)


def _rows(cells: pl.DataFrame, variables: list[str]) -> list[dict[str, object]]:
    """What is said of one frame: of all its variables together, then of each that has several
    categories.
    """
    several = [name for name in variables if cells[name].n_unique() > 1]
    eligible = cells["drawn"] - cells["ineligible"]
    sites = cells.select(
        (pl.sum("population").over("site") / pl.sum("drawn").over("site")).fill_nan(1)
    )
    empty = dict.fromkeys(("value", "se", "low", "high", "conditional"))
    try:
        found = representativity(
            {name: cells[name].cast(pl.String).to_list() for name in several},
            eligible.to_numpy(),
            cells["answered"].to_numpy(),
            strata=cells["site"].to_list(),
            weights=sites.to_series().to_numpy(),
        )
    except InferenceError as error:
        return [{"variable": OVERALL, **empty, "reason": error.what}]
    (low, high), se = found.bounds(), found.se
    whole = {"value": found.value, "se": se if found.spread.value else None}
    whole |= {"low": low, "high": high}
    rows = [{"variable": OVERALL, **empty, **whole, "reason": ""}]
    for name in several:
        spread = found.unconditional[name]
        low, high = spread.bounds()
        own = {"value": spread.value, "low": low, "high": high, "reason": ""}
        rows.append({"variable": name, **empty, **own, "conditional": found.conditional[name]})
    return rows
