"""Survey-weighted regressions: statsmodels fits, the covariance is the design's."""

from __future__ import annotations

from typing import Literal

import numpy as np
import statsmodels.api as sm

from analysis.errors import InferenceError
from analysis.inference.design import Floats
from analysis.inference.joint import Joint
from analysis.inference.survey import Survey

Family = Literal["gaussian", "binomial", "poisson"]

CONVERGENCE = 1e-14
"""Relative change of the deviance at which iterations stop: the epsilon the reference results were made with."""


def regression(survey: Survey, y: Floats, x: Floats, *, names: tuple[str, ...], family: Family = "gaussian") -> Joint:
    """Coefficients of a generalised linear model with its canonical link, and their linearized covariance.

    Args:
        survey: Rows with their design.
        y: (n,) response.
        x: (n, p) model matrix; a constant is a column like any other.
        names: p names.
        family: `gaussian` (identity), `binomial` (logit) or `poisson` (log).

    Missing values: a row with a NaN in y or x scores 0; it stays in the design.

    Returns:
        Coefficients with df = PSU − strata − p + 1 (R's residual degrees of freedom).

    Raises:
        InferenceError: fewer usable rows than coefficients, or columns that repeat one another.

    Reference: Binder (1983); R's ``svyglm``.

    """
    usable = ~np.isnan(y) & ~np.isnan(x).any(axis=1)
    if usable.sum() <= x.shape[1] or np.linalg.matrix_rank(x[usable]) < x.shape[1]:
        raise InferenceError("The columns of the model repeat one another, or rows are too few.")
    families = {"gaussian": sm.families.Gaussian, "binomial": sm.families.Binomial, "poisson": sm.families.Poisson}
    weights = survey.sample.weights[usable]
    model = sm.GLM(y[usable], x[usable], family=families[family](), freq_weights=weights / weights.mean())
    fit = model.fit(tol=CONVERGENCE, maxiter=200)
    fitted = fit.fittedvalues
    variance = {"gaussian": np.ones_like(fitted), "binomial": fitted * (1 - fitted), "poisson": fitted}[family]
    bread = np.linalg.inv(x[usable].T @ (x[usable] * (weights * variance)[:, None]))
    scores = np.zeros_like(x)
    scores[usable] = (x[usable] * (y[usable] - fitted)[:, None]) @ bread
    return Joint(names, np.asarray(fit.params), survey.covariance(scores), survey.df - x.shape[1] + 1)
