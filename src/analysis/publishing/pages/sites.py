"""The section on sites: a funnel, unnamed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from analysis.inference import UNKNOWN
from analysis.inference import funnel as fit_funnel
from analysis.publishing import charts
from analysis.publishing.blocks import Block, Reading, figure, heading, join, table
from analysis.publishing.pages.results import FIGURES, simulated_mark
from analysis.publishing.wording.sentences import Voice, hidden
from analysis.study import Claim, Directorate, Wave

POOLED_WAVES = 4
FEWEST_SITES = 8
OUTER = 0.998
NORMAL = 1.96


def sites(voice: Voice, directorate: Directorate, folder: Path) -> Block:
    """A funnel of the sites over the last four waves, unnamed; only where the claim allows one and
    sites are enough.
    """
    language, study = voice.language, voice.study
    breakdown = next((one.id for one in study.breakdowns if one.by == "site"), None)
    if breakdown is None:
        return Block("")
    waves = study.waves_until(voice.wave.id)[-POOLED_WAVES:]
    pooled = _pooled(voice, directorate, breakdown, waves)
    if len(pooled) < FEWEST_SITES:
        return Block("")
    values, errors = (np.array(column) for column in zip(*pooled, strict=True))
    result = fit_funnel(values, errors)
    outside = result.outside(OUTER)
    count = int(np.abs(outside).sum())
    period = language.text(
        f"waves_pooled_{1 if len(waves) == 1 else 'n'}", count=language.number(len(waves))
    )
    name = f"sites-{directorate.id}"
    charts.save(
        folder / FIGURES,
        name,
        height=3.6,
        mark=simulated_mark(voice),
        draw=lambda axes: charts.site_funnel(
            axes,
            result=result,
            values=values.tolist(),
            labels={
                "x": language.text("axis_effective"),
                "y": language.text("axis_share"),
                "mean": language.text("legend_mean"),
                "95": language.text("legend_95"),
                "99.8": language.text("legend_998"),
            },
        ),
    )
    mean = language.percent(result.mean)
    key = "none" if count == 0 else "one" if count == 1 else "n"
    places = {
        "above": int((outside > 0).sum()),
        "inside": int((outside == 0).sum()),
        "below": int((outside < 0).sum()),
    }
    return join(
        heading(language.text(f"finding_funnel_{key}", count=language.number(count))),
        figure(
            name,
            alt=language.text(
                "alt_funnel",
                count=language.number(len(pooled)),
                mean=mean,
                outside=language.number(count),
            ),
            caption=language.text("caption_funnel", indicator=voice.subject, waves=period),
        ),
        Reading(
            lecture=language.text("reading_funnel", mean=mean),
            note=language.text("note_funnel", count=language.number(len(pooled))),
            source=voice.source(),
        ).markdown(language),
        table(
            name,
            columns={
                language.text("column_place"): [
                    language.text(f"place_{place}") for place in places
                ],
                language.text("column_sites"): [
                    language.number(number) for number in places.values()
                ],
            },
            caption=language.text("caption_funnel_table", limits=language.text("legend_998")),
            numeric=[language.text("column_sites")],
        ),
    )


def _pooled(
    voice: Voice, directorate: Directorate, breakdown: str, waves: tuple[Wave, ...]
) -> list[tuple[float, float]]:
    """Value and standard error of each site over the waves where it is shown, weighted by its
    answers.
    """
    rows = [
        row
        for wave in waves
        for row in voice.rows(
            directorate=directorate.id,
            breakdown=breakdown,
            indicator=voice.overall.id,
            wave=wave.id,
        )
        if not hidden(row)
        and row["claim"] == Claim.ESTIMATE
        and row["low"] is not None
        and row["category"] != UNKNOWN
    ]
    if not rows:
        return []
    for (
        row
    ) in rows:  # a site at 0 or 100 % has no estimated variance: its interval's width stands for it
        row["se"] = row["se"] or (row["high"] - row["low"]) / (2 * NORMAL)
    frame = pl.DataFrame(
        rows,
        schema={"category": pl.String, "value": pl.Float64, "se": pl.Float64, "base": pl.Int64},
    )
    share = pl.col("base") / pl.col("base").sum()
    pooled = frame.group_by("category").agg(
        value=(share * pl.col("value")).sum(), se=((share * pl.col("se")) ** 2).sum().sqrt()
    )
    return list(pooled.sort("category").select("value", "se").iter_rows())
