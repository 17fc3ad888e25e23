"""The true counts of a simulated study's devices: what each series was, month by month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analysis.simulation.flow_plan import FlowPlan, FlowSeries
from analysis.simulation.plan import SimulationPlan
from analysis.study import Study
from analysis.study.months import first_of_month

if TYPE_CHECKING:
    from analysis.inference.arrays import Floats

SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("device", "series", "directorate"), pl.String),
    "month": pl.Date,
    "count": pl.Int64,
}


def true_flows(study: Study, plan: SimulationPlan) -> pl.DataFrame:
    """What devices counted, up to the end of the last wave.

    Returns:
        Columns device, series, directorate, month, count.

    """
    parts = [pl.DataFrame(schema=SCHEMA)]
    for name, flow in plan.flows.items():
        assert study.listening is not None, "a plan of flows is checked against its devices"
        device = study.listening.device(name)
        months = _months(flow, study)
        whole: dict[tuple[str, str], Floats] = {}
        for series_name, series in flow.series.items():
            of = device.one_series(series_name).of or ""
            for product in series.base or series.share:
                rng = np.random.default_rng(
                    [plan.seed, *f"{name} {series_name} {product}".encode()]
                )
                course = _course(series, product, months, rng)
                if series.base:
                    counts = np.rint(series.base[product] * np.exp(course))
                else:
                    odds = series.share[product] / (1 - series.share[product]) * np.exp(course)
                    counts = rng.binomial(whole[of, product].astype(np.int64), odds / (1 + odds))
                whole[series_name, product] = counts
                about = {"device": name, "series": series_name, "directorate": product}
                rows = [
                    {**about, "month": month, "count": int(count)}
                    for month, count in zip(months, counts, strict=True)
                ]
                parts.append(pl.DataFrame(rows, schema=SCHEMA))
    return pl.concat(parts)


def _months(flow: FlowPlan, study: Study) -> list[date]:
    """The months from the first that is delivered to the last of the last wave."""
    months = [first_of_month(flow.first)]
    last = first_of_month(study.waves[-1].end)
    while months[-1] < last:
        months.append(first_of_month(months[-1], before=-1))
    return months


def _course(
    series: FlowSeries, product: str, months: list[date], rng: np.random.Generator
) -> Floats:
    """(M,) what a series is multiplied by, in logarithms: trend, season, noise and steps."""
    years = np.arange(len(months)) / 12
    course: Floats = series.per_year * years + rng.normal(0, series.noise, len(months))
    if series.season is not None:
        since_best = np.array([month.month - series.season.best_month for month in months])
        course = course + series.season.amplitude * np.cos(2 * np.pi * since_best / 12)
    for step in series.steps:
        if step.product == product:
            after = np.array([month >= first_of_month(step.month) for month in months])
            course = course + after * np.log(step.factor)
    return course
