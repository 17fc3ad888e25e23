"""What a study of impact could see: python -m benchmarks.power [--studies N] [--parameters FOLDER]

For each effect that a commitment is declared to have on an item: how large it is in truth, how
precisely a plain comparison finds it, the smallest one that such a comparison sees four times in
five, and how often it sees this one. Sites post commitments at different dates: those that did are
compared with those that have not yet (Callaway and Sant'Anna 2021, without covariates).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
from scipy import stats

from analysis.simulation import (
    Simulation,
    SimulationPlan,
    load_simulation_plan,
    simulate_respondents,
)
from analysis.study import Indicator, Study, load_study

PARAMETERS = Path("params/cd93")
STUDIES = 60
LEVEL, WANTED = 0.05, 0.80
POINTS = 100

Floats = np.typing.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """The sites that answered in every wave.

    Attributes:
        values: (S, W) the mean score of each site in each wave.
        posted: (S,) the rank of the wave during which a site posted; W or more where it never did.
        sizes: (S,) what a site weighs: its answers before anyone posted.

    """

    values: Floats
    posted: np.typing.NDArray[np.int64]
    sizes: Floats


@dataclass(frozen=True)
class Line:
    """An effect on an item, in points of the indicator that reads it.

    Attributes:
        commitment, item: Whose, and on what.
        true: What the commitment does to users of sites that posted it, once it does all it does.
        estimates: What each study finds, of all the commitments that were posted there together.

    """

    commitment: str
    item: str
    true: float
    estimates: tuple[float, ...]

    @property
    def found(self) -> float:
        """The mean of the estimates."""
        return float(np.mean(self.estimates))

    @property
    def standard_error(self) -> float:
        """Their spread."""
        return float(np.std(self.estimates, ddof=1))

    @property
    def detectable(self) -> float:
        """The smallest effect that is seen four times in five."""
        return float(stats.norm.ppf(1 - LEVEL / 2) + stats.norm.ppf(WANTED)) * self.standard_error

    @property
    def power(self) -> float:
        """How often the true effect is seen: a test at 5 %, on both sides."""
        shift, limit = abs(self.true) / self.standard_error, stats.norm.ppf(1 - LEVEL / 2)
        return float(stats.norm.sf(limit - shift) + stats.norm.sf(limit + shift))


def group_time_effect(panel: Panel) -> float:
    """What sites that posted gained since the wave before, beyond those that had not posted yet.

    A group is the sites that posted in one wave. That wave is in part from before, and left out:
    the effect of a group is the mean of those of the later waves, and the whole the mean over
    groups, weighted by their sizes. `nan` where no group has both a wave before and a later one.

    Reference: Callaway and Sant'Anna (2021), equations 2.4 and 3.7.
    """
    waves = panel.values.shape[1]
    effects, sizes = [], []
    for group in sorted(set(panel.posted.tolist())):
        treated = panel.posted == group
        by_wave = []
        for wave in range(group + 1, waves):
            controls = panel.posted > wave
            if group > 0 and controls.any():
                gains = panel.values[:, wave] - panel.values[:, group - 1]
                by_wave.append(
                    np.average(gains[treated], weights=panel.sizes[treated])
                    - np.average(gains[controls], weights=panel.sizes[controls])
                )
        if by_wave:
            effects.append(np.mean(by_wave))
            sizes.append(panel.sizes[treated].sum())
    return float(np.average(effects, weights=sizes)) if effects else float("nan")


# --- what is declared -----------------------------------------------------------------------------


def declared_effects(study: Study, plan: SimulationPlan) -> list[tuple[str, str]]:
    """Commitment and item: those that the plan names, and the item by which a posted commitment
    is perceived where it is to have no effect.
    """
    pairs = []
    for commitment in study.commitments:
        named = plan.commitments.effects.get(commitment.id, {})
        if named:
            pairs += [(commitment.id, item) for item in named]
        elif commitment.posted and commitment.perceived:
            pairs.append((commitment.id, study.indicator(commitment.perceived).item))
    return pairs


def indicator_of(study: Study, item: str) -> Indicator:
    """The indicator that reads an item."""
    return next(indicator for indicator in study.indicators if indicator.item == item)


def scored(rows: pl.DataFrame, study: Study, item: str) -> pl.DataFrame:
    """The valid answers to an item among those not under constraint, with `score`: points of its
    indicator's primary definition.
    """
    codes = study.scale(item).codes
    definition = study.definition(indicator_of(study, item).definitions[0])
    scores = dict(zip(codes, definition.scores(len(codes)), strict=True))
    return rows.filter(
        pl.col(item).is_in(list(codes)), ~pl.col("population").is_in(list(study.constrained()))
    ).with_columns(score=POINTS * pl.col(item).replace_strict(scores, return_dtype=pl.Float64))


def true_effect(
    study: Study,
    plan: SimulationPlan,
    commitment: str,
    item: str,
    *,
    everything: Simulation,
    without: Simulation,
) -> float:
    """The mean score with a commitment less that without it, among all users of the sites that
    posted it, from the day that it does all it does.
    """
    ramp = timedelta(days=plan.commitments.ramp_days)
    reached = {site: day + ramp for site, day in study.commitment(commitment).posted.items()}
    means = []
    for simulation in (everything, without):
        users = scored(simulation.population, study, item).filter(pl.col("site").is_in(reached))
        since = pl.col("site").replace_strict(reached, return_dtype=pl.Date)
        means.append(users.filter(pl.col("day") >= since).get_column("score").mean())
    with_it, without_it = means
    assert isinstance(with_it, float) and isinstance(without_it, float)
    return with_it - without_it


# --- what a study sees ----------------------------------------------------------------------------


def panel_of(simulation: Simulation, study: Study, commitment: str, item: str) -> Panel:
    """The answers of the channels of the strongest claim, by site and wave."""
    channels = {
        channel.id
        for directorate in study.directorates
        for channel in study.reference_channels(directorate.id)
    }
    answers = simulation.answers.filter(pl.col("channel").is_in(channels))
    waves = [wave.id for wave in study.waves]
    cells = scored(answers, study, item).group_by("site", "wave").agg(pl.mean("score"), pl.len())
    tables = [
        cells.pivot(on="wave", on_columns=waves, index="site", values=column).sort("site")
        for column in ("score", "len")
    ]
    complete = tables[0].select(pl.all_horizontal(pl.col(waves).is_not_null())).to_series()
    values, counts = (table.filter(complete).select(waves).to_numpy() for table in tables)
    days = study.commitment(commitment).posted
    ranks = [
        next((rank for rank, wave in enumerate(study.waves) if days[site] <= wave.end), len(waves))
        if site in days
        else len(waves)
        for site in tables[0].filter(complete).get_column("site")
    ]
    posted = np.array(ranks)
    before = counts[:, : max(int(posted.min()), 1)].astype(float)
    return Panel(values=values, posted=posted, sizes=before.mean(axis=1))


def measure(study: Study, plan: SimulationPlan, *, studies: int) -> list[Line]:
    """Simulates studies with other seeds, and tells what they see of each declared effect."""
    pairs = declared_effects(study, plan)
    truth = _true_effects(study, plan, pairs)
    found: dict[tuple[str, str], list[float]] = {pair: [] for pair in pairs}
    for number in range(studies):
        seed = plan.seed + number + 1
        simulation = simulate_respondents(study, plan.model_copy(update={"seed": seed}))
        for commitment, item in pairs:
            panel = panel_of(simulation, study, commitment, item)
            found[commitment, item].append(group_time_effect(panel))
    return [Line(*pair, true=truth[pair], estimates=tuple(found[pair])) for pair in pairs]


def _true_effects(
    study: Study, plan: SimulationPlan, pairs: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], float]:
    """The true effect of each pair, by the plan's own seed."""
    everything = simulate_respondents(study, plan)
    found = dict.fromkeys(pairs, 0.0)
    for commitment in plan.commitments.effects:
        without = simulate_respondents(study, plan_without(plan, commitment))
        for pair in pairs:
            if pair[0] == commitment:
                found[pair] = true_effect(
                    study, plan, *pair, everything=everything, without=without
                )
    return found


def plan_without(plan: SimulationPlan, commitment: str) -> SimulationPlan:
    """A plan in which a commitment has no effect."""
    effects = {name: one for name, one in plan.commitments.effects.items() if name != commitment}
    commitments = plan.commitments.model_copy(update={"effects": effects})
    return plan.model_copy(update={"commitments": commitments})


# --- the command ----------------------------------------------------------------------------------


def table(lines: Sequence[Line], study: Study) -> str:
    """The lines as a table."""
    heads = ("commitment", "item", "read by", "true", "found", "std error", "detectable", "power")
    written = ["{:<20} {:<5} {:<24} {:>6} {:>6} {:>9} {:>10} {:>6}".format(*heads)]
    for line in lines:
        indicator = indicator_of(study, line.item)
        written.append(
            f"{line.commitment:<20} {line.item:<5} "
            f"{f'{indicator.id} {indicator.definitions[0]}':<24} {line.true:>+6.1f} "
            f"{line.found:>+6.1f} {line.standard_error:>9.2f} {line.detectable:>10.1f} "
            f"{f'{POINTS * line.power:.0f} %':>6}"
        )
    return "\n".join(written)


def main(arguments: Sequence[str]) -> None:
    """Prints the table, and how sure its standard errors are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.power")
    parser.add_argument("--studies", type=int, default=STUDIES, help="studies that are simulated")
    parser.add_argument("--parameters", type=Path, default=PARAMETERS, help="of the study")
    asked = parser.parse_args(arguments)
    study = load_study(asked.parameters)
    plan = load_simulation_plan(asked.parameters, study)
    lines = measure(study, plan, studies=asked.studies)
    error = POINTS / np.sqrt(2 * (asked.studies - 1))
    print(
        f"{asked.studies} studies; in points; found: all commitments together; standard errors "
        f"are known to ± {error:.0f} %; detectable: seen by {POINTS * WANTED:.0f} % of studies at "
        f"{POINTS * LEVEL:.0f} %"
    )
    print(table(lines, study))


if __name__ == "__main__":
    main(sys.argv[1:])
