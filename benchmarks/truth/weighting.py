"""Whether weighting matters: how often the 95 % interval of a headline share holds the truth,
weighted and not, where the discontented groups answer less: python -m benchmarks.truth.weighting
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.indicators import weigh
from analysis.inference import build_cube, mean, share_intervals
from analysis.simulation import Simulation, simulate_respondents
from analysis.storage import Dispositions
from analysis.study import Study
from benchmarks.truth.publication import with_known_totals
from benchmarks.truth.scenarios import small_survey
from benchmarks.truth.service import UNIT

DRAWS, SEED = 400, 11
LINK = 1.5
"""What one unit of opinion adds to the propensity to answer (`response.by_opinion`)."""


@dataclass(frozen=True)
class Coverage:
    """The share of draws in which an interval holds the truth, and how far the estimate is from it
    on average.
    """

    weighted: float
    unweighted: float
    weighted_bias: float
    unweighted_bias: float


def coverage(*, draws: int, seed: int, link: float) -> Coverage:
    """The coverage of the headline share of a survey of one wave, over some draws."""
    held, errors = [], []
    for draw in range(draws):
        study, plan = small_survey(np.random.default_rng([seed, draw]), link=link)
        simulation = simulate_respondents(study, plan)
        (wave,) = study.waves
        answers = simulation.population.get_column("Q0").to_numpy()
        truth = float((answers >= 4).mean())
        weighted = with_known_totals(study, plan, simulation)
        rows = [_headline(simulation, which, wave.id) for which in (weighted, study)]
        held.append([low <= truth <= high for _, low, high in rows])
        errors.append([value - truth for value, _, _ in rows])
    shares, biases = np.mean(held, axis=0), np.mean(errors, axis=0)
    return Coverage(float(shares[0]), float(shares[1]), float(biases[0]), float(biases[1]))


def _headline(simulation: Simulation, study: Study, wave: str) -> tuple[float, float, float]:
    """The overall share with its interval: weighted by the totals that the study knows, where it
    knows some, and by no frame.
    """
    responses = simulation.answers.with_columns(response_id=pl.col("answer").cast(pl.String))
    channels = study.reference_channels(UNIT)
    nothing = Dispositions.create_empty()
    sample = weigh(responses, study, nothing, directorate=UNIT, wave=wave, channels=channels)
    item, definition = study.overall.item, study.definition(study.overall.definitions[0])
    codes = study.scale(item).codes
    cube = build_cube(
        sample.frame, sample.design, items={item: codes}, calibration=sample.calibration
    )
    share = mean(cube, item, scores=definition.scores(len(codes)))
    bounds = share_intervals(share)
    return float(share.value[0]), float(bounds.low[0]), float(bounds.high[0])


def main() -> None:
    """Prints a line with the link between opinion and answering, and one without."""
    error = 196 * (0.95 * 0.05 / DRAWS) ** 0.5
    print(f"{DRAWS} draws; nominal 95 %, Monte Carlo error ± {error:.1f} points")
    for link in (LINK, 0.0):
        found = coverage(draws=DRAWS, seed=SEED, link=link)
        print(
            f"link {link:g}: weighted {100 * found.weighted:.1f} % "
            f"(bias {100 * found.weighted_bias:+.1f} points), "
            f"unweighted {100 * found.unweighted:.1f} % "
            f"(bias {100 * found.unweighted_bias:+.1f} points)"
        )


if __name__ == "__main__":
    main()
