"""Survey-weighted regressions: the families are statsmodels', the covariance is the design's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.arrays import Flags, Floats, solve
from analysis.inference.independence import f_sum_tail
from analysis.inference.joint import JointEstimates
from analysis.inference.survey import Survey

ResponseFamily = Literal["gaussian", "binomial", "poisson"]

CONVERGENCE = 1e-14
"""Relative change of the deviance at which iterations stop: the epsilon the reference results were
made with."""

ITERATIONS = 100
CERTAIN = 1e-12
"""A fitted probability nearer than this to 0 or 1 says that the columns separate the responses."""


def regression(
    survey: Survey,
    y: Floats,
    x: Floats,
    *,
    names: tuple[str, ...],
    family: ResponseFamily = "gaussian",
) -> JointEstimates:
    """Coefficients of a generalised linear model with its canonical link, and their linearized
    covariance.

    Args:
        survey: Rows with their design.
        y: (n,) response.
        x: (n, p) model matrix; a constant is a column like any other.
        names: p names.
        family: `gaussian` (identity), `binomial` (logit) or `poisson` (log).

    Missing values: a row with a NaN in y or x scores 0; it stays in the design.

    Returns:
        p coefficients with df = PSU − strata − p + 1, among the rows that have all values.

    Raises:
        InferenceError: fewer usable rows than coefficients, columns that repeat one another, or
            iterations that do not settle (a column that separates the responses).

    Reference: Binder (1983); R's ``svyglm``.

    """
    return _regression(survey, y, x, names=names, family=family)[0]


def predictive_margins(
    survey: Survey,
    y: Floats,
    x: Floats,
    groups: Sequence[str | None],
    *,
    family: ResponseFamily = "gaussian",
) -> JointEstimates:
    """What the mean of a response would be if everybody were in one group, then in another, and
    what else is known of them as it is: means of a model's predictions.

    Args:
        survey: Rows with their design.
        y: (n,) response.
        x: (n, p) model matrix of what is held as it is, its constant first.
        groups: n labels; a row without one is outside the model, and stands in the margins. Those
            are means over the rows that have a response and x.
        family: As for `regression`.

    Returns:
        One estimate per group, in their sorted order. The variance is that of the coefficients, by
        the delta method, plus that of the means of the predictions.

    Raises:
        InferenceError: as `regression`.

    Reference: Graubard and Korn (1999); R's ``svypredmeans``.

    """
    labels = sorted({group for group in groups if group is not None})
    member = np.array([[float(group == label) for label in labels] for group in groups])
    member[[group is None for group in groups]] = np.nan
    names = tuple(str(place) for place in range(x.shape[1] + len(labels) - 1))
    model, link, _ = _regression(
        survey, y, np.hstack([x, member[:, 1:]]), names=names, family=family
    )
    known: Flags = np.asarray(~np.isnan(y) & ~np.isnan(x).any(axis=1))
    weights = np.where(known, survey.sample.weights, 0.0)
    predictions, gradients = [], []
    for place in range(len(labels)):
        at = np.zeros((len(y), len(labels) - 1))
        if place:
            at[:, place - 1] = 1.0
        everybody = np.where(known[:, None], np.hstack([x, at]), 0.0)
        linear = everybody @ model.value
        predictions.append(np.where(known, link.inverse(linear), np.nan))
        slope = weights * link.inverse_deriv(linear)
        gradients.append(everybody.T @ slope / weights.sum())
    means = replace(
        survey,
        frame=pl.DataFrame(dict(zip(labels, predictions, strict=True))).fill_nan(None),
    ).mean(*labels)
    gradient = np.stack(gradients, axis=1)
    added = gradient.T @ model.covariance @ gradient
    return replace(means, covariance=means.covariance + added)


@dataclass(frozen=True)
class LikelihoodRatio:
    """Whether a model loses nothing without some of its columns: the working likelihood ratio.

    Attributes:
        statistic: Difference of the weighted deviances.
        scales: It is about the sum of chi-squares of one degree of freedom times these, over an
            independent one of `df` over `df` (Lumley and Scott 2014).
        df: Residual degrees of freedom of the model.
        p_value: Probability of a larger value.

    """

    statistic: float
    scales: Floats
    df: float
    p_value: float


def likelihood_ratio(
    survey: Survey,
    y: Floats,
    x: Floats,
    *,
    names: tuple[str, ...],
    tested: Sequence[str],
    family: ResponseFamily = "gaussian",
) -> LikelihoodRatio:
    """Compares a model with the one that lacks some of its columns.

    Args:
        survey, y, x, names, family: See `regression`.
        tested: Names of the columns that the smaller model lacks.

    Raises:
        InferenceError: a model has no solution, no degree of freedom is left, or the errors of the
            coefficients are not those of different ones.

    Reference: R's ``regTermTest(method = "LRT")``.

    """
    estimates, _, whole = _regression(survey, y, x, names=names, family=family)
    places = [names.index(name) for name in tested]
    kept = [place for place in range(len(names)) if place not in places]
    if estimates.df < 1 or not places or not kept:
        raise InferenceError(
            "A model can be compared with no smaller one: no column is tested, none is left, or no "
            "degree of freedom.",
            hint="name some of its columns, not all.",
        )
    usable, weights = _usable(survey, y, x)
    smaller = fit_weighted(y[usable], x[usable][:, kept], weights=weights, family=family)
    part = np.ix_(places, places)
    try:
        ratio = solve(whole.bread[part], estimates.covariance[part])
        scales = np.linalg.eigvals(ratio).real.astype(np.float64)
    except np.linalg.LinAlgError:
        scales = np.zeros(1)
    if not scales.max() > 0:
        raise InferenceError(
            f"Whether the model needs {', '.join(tested)} cannot be told: their errors are not "
            "those of different estimates.",
            hint="test fewer, or merge categories.",
        )
    statistic = smaller.deviance - whole.deviance
    p_value = f_sum_tail(statistic, scales, float(estimates.df)) if statistic > 0 else 1.0
    return LikelihoodRatio(statistic, scales, estimates.df, p_value)


def _usable(survey: Survey, y: Floats, x: Floats) -> tuple[Flags, Floats]:
    """(n,) which rows have all values, and the weights of these, over the mean of all rows: where
    R's iterations stop depends on it.
    """
    usable = ~np.isnan(y) & ~np.isnan(x).any(axis=1)
    weights = survey.sample.weights
    return usable, weights[usable] / float(weights.mean())


def _regression(
    survey: Survey, y: Floats, x: Floats, *, names: tuple[str, ...], family: ResponseFamily
) -> tuple[JointEstimates, Any, WeightedFit]:
    """The coefficients of a model, statsmodels' link of its family, and its fit."""
    usable, weights = _usable(survey, y, x)
    weighs = usable & (survey.sample.weights > 0)
    if weighs.sum() <= x.shape[1] or np.linalg.matrix_rank(x[weighs]) < x.shape[1]:
        raise InferenceError(
            "The columns of the model repeat one another, or rows are too few.",
            hint="leave one category of each variable out, or take fewer variables.",
        )
    fit = fit_weighted(y[usable], x[usable], weights=weights, family=family)
    scores = np.zeros_like(x)
    mean_weight = float(survey.sample.weights.mean())
    scores[usable] = (x[usable] * fit.residuals[:, None]) @ fit.bread / mean_weight
    estimates = JointEstimates(
        names=names,
        value=fit.coefficients,
        covariance=survey.covariance(scores, usable[:, None]),
        df=survey.freedom(usable) - x.shape[1] + 1,
    )
    return estimates, _family(family).link, fit


@dataclass(frozen=True)
class WeightedFit:
    """The state at which the iterations stopped.

    Attributes:
        coefficients: (p,).
        bread: (p, p) inverse of the weighted information.
        residuals: (n,) working residuals times working weights, without the sampling weights.
        deviance: Weighted.

    """

    coefficients: Floats
    bread: Floats
    residuals: Floats
    deviance: float


def _family(name: ResponseFamily) -> Any:
    """A family of statsmodels, with its canonical link; imported here, for pandas comes with it and
    most commands fit no model.
    """
    from statsmodels.genmod import families

    by_name = {
        "gaussian": families.Gaussian,
        "binomial": families.Binomial,
        "poisson": families.Poisson,
    }
    return by_name[name]()


def fit_weighted(y: Floats, x: Floats, *, weights: Floats, family: ResponseFamily) -> WeightedFit:
    """Iteratively reweighted least squares, from R's first values to R's stop.

    R's ``glm`` leaves the weights of its last step but one in the bread and in the scores: with two
    steps more, the standard errors of some models would move by 1e-8, so these are kept the same.

    Args:
        y: (n,) response; of a binomial one, a share.
        x: (n, p) model matrix of independent columns.
        weights: (n,); of a share, the people whom it is of.
        family: See `regression`.

    Raises:
        InferenceError: the iterations do not settle.

    """
    response_family = _family(family)
    mean = {"gaussian": y, "binomial": (weights * y + 0.5) / (weights + 1), "poisson": y + 0.1}[
        family
    ]
    linear = response_family.link(mean)
    before = np.inf
    for _ in range(ITERATIONS):
        slope = response_family.link.deriv(mean)
        working = 1 / (slope**2 * response_family.variance(mean))
        root = np.sqrt(weights * working)[:, None]
        coefficients = np.linalg.lstsq(
            x * root, (linear + (y - mean) * slope) * root[:, 0], rcond=None
        )[0]
        linear = x @ coefficients
        mean = response_family.link.inverse(linear)
        deviance = float(
            np.sum(response_family.resid_dev(y, mean) ** 2 * weights, dtype=np.longdouble)
        )
        if family == "binomial" and np.minimum(mean, 1 - mean).min() < CERTAIN:
            break
        if abs(deviance - before) < CONVERGENCE * (abs(deviance) + 0.1):
            bread = np.linalg.inv((x * root).T @ (x * root))
            residuals = (y - mean) * response_family.link.deriv(mean) * working
            return WeightedFit(coefficients, bread, residuals, deviance)
        before = deviance
    raise InferenceError(
        "The model has no finite solution, or does not settle on it.",
        hint="a column may separate the responses: leave it out, or join its categories.",
    )
