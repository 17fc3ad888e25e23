"""The statistics of the oracles that a cube answers."""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.inference import (
    TOTAL,
    Cube,
    Estimand,
    build_cube,
    distribution,
    joint_estimates,
    mean,
    score_intervals,
    total,
)
from tests.oracle.designs import Oracle, calibration_of, design_of
from tests.oracle.found import Found, found_of

LEVELS = {"q1": (1, 2, 3, 4, 5), "q2": (1, 2, 3), "spent": None}


def cube_of(oracle: Oracle, frame: pl.DataFrame) -> Cube:
    """The cube of all items by site, of the oracle's design and calibration."""
    return build_cube(
        frame,
        design_of(oracle),
        items=LEVELS,
        breakdowns={"site": "site"},
        calibration=calibration_of(oracle, frame),
        pairs=[("q1", "spent")],
    )


def cube_estimates(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Means of scores, or totals of an amount, by domain."""
    statistic = oracle["statistic"]
    estimate = total if statistic["type"] == "cube total" else mean
    estimates = estimate(
        cube_of(oracle, frame),
        statistic["item"],
        scores=statistic.get("scores"),
        by=statistic.get("by", TOTAL),
    )
    bounds = score_intervals(estimates, bounds=(-np.inf, np.inf))
    return Found(
        estimate=estimates.value,
        se=estimates.se,
        low=bounds.low,
        high=bounds.high,
        df=estimates.df,
        vcov=estimates.covariance,
    )


def cube_distribution(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Shares of the levels, domain by domain."""
    statistic = oracle["statistic"]
    shares = distribution(cube_of(oracle, frame), statistic["item"], by=statistic["by"])
    return Found(estimate=shares.value, se=shares.se, df=shares.df)


def cube_joint(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """A mean of scores and a mean amount, with their covariance."""
    first, second = oracle["statistic"]["items"]
    figures = [Estimand(first, tuple(oracle["statistic"]["scores"])), Estimand(second)]
    return found_of(joint_estimates(cube_of(oracle, frame), figures), oracle)
