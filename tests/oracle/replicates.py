"""The statistics of the oracles, by replicate weights: made elsewhere, or by our own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from analysis.inference import Design
from analysis.inference.arrays import Floats
from analysis.inference.joint import JointEstimates
from analysis.inference.quantiles import quantiles, weighted_quantile
from analysis.inference.replication import (
    Replicates,
    balanced_repeated,
    jackknife,
    replicate,
    replicate_means,
    replicates_from_weights,
)
from analysis.inference.survey import Survey
from analysis.inference.units import Sample
from tests.oracle.designs import (
    NotCovered,
    Oracle,
    calibration_of,
    design_of,
    grouped_by,
    is_categorical,
    responses_of,
)
from tests.oracle.found import Found, found_of


def stored_replicates(oracle: Oracle, frame: pl.DataFrame) -> tuple[Replicates, Floats]:
    """The replicate weights that stand beside an oracle, and the base weights of the rows."""
    design = oracle["design"]
    columns = pl.read_csv(oracle["_folder"] / design["repweights_csv"]).to_numpy()
    base = frame.get_column(design["base"]["weights"]).cast(pl.Float64).to_numpy()
    weights = columns if design.get("combined") else columns * base[:, None]
    rscales = np.broadcast_to(
        np.asarray(design.get("rscales", 1.0), dtype=np.float64), (columns.shape[1],)
    )
    if oracle.get("calibration"):
        weights = np.stack([_calibrated(oracle, frame, column) for column in weights.T], axis=1)
        base = _calibrated(oracle, frame, base)
    return replicates_from_weights(
        weights,
        scale=float(design.get("scale", 1.0)),
        rscales=rscales,
        base=base,
        mse=bool(design.get("mse", False)),
    ), base


def _calibrated(oracle: Oracle, frame: pl.DataFrame, weights: Floats) -> Floats:
    """Weights of one replicate, or of the full sample, calibrated as the oracle is."""
    own = {**oracle, "design": {**oracle["design"], "weights": "_replicate"}}
    calibration = calibration_of(own, frame.with_columns(_replicate=pl.Series(weights)))
    assert calibration is not None
    return calibration.weights


def own_replicates(oracle: Oracle, sample: Sample) -> Replicates:
    """The replicates of PSU that our rules make, or R's own draws of the bootstrap."""
    asked = oracle["design"]["replicates"]
    kind, mse = asked["type"], asked.get("mse", False)
    if kind in ("JK1", "JKn"):
        made = jackknife(sample, mse=mse)
        assert made.method == kind
        return made
    if kind in ("BRR", "Fay"):
        return balanced_repeated(sample, fay=asked.get("fay", 0.0), mse=mse)
    if kind == "subbootstrap":
        draws = np.asarray(asked["draws"], dtype=np.float64)
        size = sample.units.stratum_size[sample.units.stratum][:, None]
        number = draws.shape[1]
        return Replicates(
            factors=draws * size / (size - 1),
            scale=1 / (number - 1),
            rscales=np.ones(number),
            method="rao_wu",
            mse=mse,
        )
    raise NotCovered(f"replicates by {kind}")


def replicate_estimator(
    oracle: Oracle, frame: pl.DataFrame, estimator: Callable[[Any], Any]
) -> Found:
    """Any estimator of row weights, by the oracle's replicates."""
    if "base" in oracle["design"]:
        made, base = stored_replicates(oracle, frame)
    else:
        sample = design_of(oracle).sample(frame)
        of_psu = own_replicates(oracle, sample)
        made, base = replace(of_psu, factors=of_psu.factors[sample.psu]), sample.weights
    joint = replicate(made, base, estimator)
    coefficients = len(joint.value) - 1 if oracle["statistic"]["type"] == "glm" else 0
    return found_of(replace(joint, df=joint.df - coefficients), oracle)


def replicated_quantile(oracle: Oracle, frame: pl.DataFrame, y: Floats) -> Found:
    """Directly, as any statistic; or by the interval of the share below, as Woodruff does."""
    statistic = oracle["statistic"]
    p = tuple(np.atleast_1d(statistic["p"]).tolist())
    rule = statistic.get("qrule", "math")
    known = ~np.isnan(y)
    if "direct" in statistic.get("interval", ""):
        return replicate_estimator(
            oracle,
            frame,
            lambda w: np.array(
                [weighted_quantile(y[known], w[known], p=order, rule=rule) for order in p]
            ),
        )
    made, _ = stored_replicates(oracle, frame)
    survey = Survey.of(frame, Design(weights=oracle["design"]["base"]["weights"]))
    found = quantiles(survey, statistic["y"], p=p, rule=rule, replicates=made)
    return Found(estimate=found.value, se=found.se, low=found.low, high=found.high, df=found.df)


def replicated_mean(oracle: Oracle, frame: pl.DataFrame, y: Floats) -> Found:
    """A mean by replicates of PSU totals, each calibrated again where the oracle is."""
    sample = design_of(oracle).sample(frame)
    calibration = calibration_of(oracle, frame)
    made = own_replicates(oracle, sample)
    joint: JointEstimates = replicate_means(
        made, sample, y[:, None], names=("mean",), calibration=calibration
    )
    return found_of(joint, oracle)


def replicated(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Means, totals and quantiles by replicate weights."""
    statistic = oracle["statistic"]
    ys = responses_of(statistic)
    if any(y not in frame.columns or is_categorical(oracle, frame, y) for y in ys):
        raise NotCovered("replicates of a factor or an expression")
    frame, by = grouped_by(frame, statistic.get("by"))
    numbers = frame.select(pl.col(y).cast(pl.Float64) for y in ys)
    values = numbers.fill_null(np.nan).to_numpy()
    if statistic["type"] == "quantile":
        if len(ys) > 1 or by is not None:
            raise NotCovered("quantiles of several variables, or by domain, by replicates")
        return replicated_quantile(oracle, frame, values[:, 0])
    known = ~np.isnan(values).any(axis=1)
    own = "replicates" in oracle["design"]
    if own and statistic["type"] == "mean" and by is None and len(ys) == 1:
        return replicated_mean(oracle, frame, values[:, 0])
    groups = [known]
    if by is not None:
        labels = frame.get_column(by)
        groups = [known & (labels == level).to_numpy() for level in labels.unique().sort()]
    if statistic["type"] == "total":

        def estimator(weights: Floats) -> Floats:
            return np.array(
                [(weights * y)[group].sum() for y in np.nan_to_num(values).T for group in groups]
            )
    elif statistic["type"] in ("mean", "prop"):

        def estimator(weights: Floats) -> Floats:
            return np.array(
                [np.average(y[group], weights=weights[group]) for y in values.T for group in groups]
            )
    else:
        raise NotCovered(f"{statistic['type']} by replicates")
    return replicate_estimator(oracle, frame, estimator)
