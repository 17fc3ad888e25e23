"""The true figures of a simulated study, counted over all its users: read by tests only."""

from __future__ import annotations

import polars as pl

from analysis.simulation.plan import SimulationPlan
from analysis.simulation.respondents import Simulation
from analysis.study import Claim, Study


def true_counts(simulation: Simulation, study: Study) -> pl.DataFrame:
    """How many users hold each level of each item, by directorate, wave and site.

    Users under constraint are apart: the figures of a directorate are of its other users.

    Returns:
        Columns directorate, wave, site, item, level, users.

    """
    free = simulation.population.filter(~pl.col("population").is_in(list(study.constrained())))
    keys = ["directorate", "wave", "site"]
    parts = []
    for item in (item.id for item in study.questionnaire.items):
        if item in free.columns:
            levels = list(study.scale(item).codes)
            by_answer = free.filter(pl.col(item).is_in(levels)).group_by([*keys, item]).len("users")
            parts.append(
                by_answer.select(
                    *keys, item=pl.lit(item), level=pl.col(item), users=pl.col("users")
                )
            )
    return pl.concat(parts).sort(*keys, "item", "level")


def margins(
    simulation: Simulation, study: Study, plan: SimulationPlan, wave: str
) -> dict[str, dict[str, dict[str, int]]]:
    """The totals that a management system would know of a wave's users: directorate → variable →
    category → users. Of a directorate whose headline figures rest on no sample, there are none.
    """
    free = simulation.population.filter(
        (pl.col("wave") == wave) & ~pl.col("population").is_in(list(study.constrained()))
    )
    result: dict[str, dict[str, dict[str, int]]] = {}
    for directorate in study.directorates:
        users = free.filter(pl.col("directorate") == directorate.id)
        channels = study.reference_channels(directorate.id)
        if users.is_empty() or any(one.claim is not Claim.ESTIMATE for one in channels):
            continue
        declared = [
            item
            for item in plan.margins
            if study.asks(item, directorate.id) and all(item in one.items for one in channels)
        ]
        result[directorate.id] = {
            variable: {
                str(category): int(count)
                for category, count in users.group_by(variable).len().sort(variable).iter_rows()
            }
            for variable in ("site", *declared)
        }
    return result
