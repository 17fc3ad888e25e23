"""What we answer to the questions on designs drawn at random, by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import (
    Cube,
    Design,
    Distribution,
    DomainEstimates,
    Survey,
    build_cube,
    distribution,
    mean,
)
from analysis.inference.arrays import Floats
from analysis.inference.calibration import Calibration, Distance, calibrate
from analysis.inference.hypotheses import goodness_of_fit, wald_test
from analysis.inference.independence import Statistic, independence
from analysis.inference.joint import JointEstimates
from analysis.inference.proportions import ProportionMethod, proportion_interval
from analysis.inference.quantiles import QuantileRule, quantiles
from analysis.inference.ranks import RankScore, rank_test
from analysis.inference.regression import (
    ResponseFamily,
    likelihood_ratio,
    predictive_margins,
    regression,
)
from analysis.inference.replication import jackknife, replicate_means

Answer = Mapping[str, Any]


def all_of(joint: JointEstimates, *, df: bool = True) -> Answer:
    """Estimates with their covariance."""
    found = {"estimate": joint.value, "vcov": joint.covariance}
    return {**found, "df": joint.df} if df else found


def one_of(joint: JointEstimates, place: int) -> Answer:
    """One of several estimates; what has no number says why."""
    if why := joint.absent.get(joint.names[place]):
        raise InferenceError(why, hint="")
    return {"estimate": joint.value[place], "se": joint.se[place]}


def mean_of(survey: Survey, column: str) -> Answer:
    """The mean of a column."""
    return all_of(survey.mean(column), df=False)


def total_of(survey: Survey, column: str) -> Answer:
    """The total of a column."""
    return all_of(survey.total(column), df=False)


def mean_in(survey: Survey, column: str, place: int) -> Answer:
    """The mean of a column in one of the groups."""
    return one_of(survey.mean(column, by="g"), place)


def total_in(survey: Survey, column: str, place: int) -> Answer:
    """The total of a column in one of the groups."""
    return one_of(survey.total(column, by="g"), place)


def first_total_of(survey: Survey, column: str) -> Answer:
    """The total of a column in the first group, with its variance, which may be negative."""
    return first_of(survey.total(column, by="g"))


def df_in(survey: Survey, group: str) -> Answer:
    """The degrees of freedom of a group."""
    return {"df": survey.domain_df("g")[group]}


def first_of(joint: JointEstimates) -> Answer:
    """The first of several estimates, with its variance, which may be negative."""
    return {"estimate": joint.value[0], "vcov": joint.covariance[0, 0]}


def cube_of(frame: pl.DataFrame, design: Design, calibration: Calibration | None = None) -> Cube:
    """The cube of one item in the groups of its rows."""
    return build_cube(
        frame.with_columns(pl.col("y").cast(pl.Int64)),
        design,
        items={"y": (1, 2, 3, 4, 5)},
        breakdowns={"g": "g"},
        calibration=calibration,
    )


def cube_mean_of(
    frame: pl.DataFrame, design: Design, place: int, calibration: Calibration | None = None
) -> Answer:
    """The mean of its levels in one group, from the cube."""
    found = mean(cube_of(frame, design, calibration), "y", scores=(1, 2, 3, 4, 5), by="g")
    _check_freedom(found, place)
    return {"estimate": found.value[place], "se": found.se[place]}


def calibrated_cube_mean_of(
    frame: pl.DataFrame, design: Design, make: Callable[[], Calibration]
) -> Answer:
    """The same in the first group, once the weights are calibrated."""
    return cube_mean_of(frame, design, 0, make())


def cube_levels_of(frame: pl.DataFrame, design: Design, place: int) -> Answer:
    """The shares of its levels in one group, from the cube."""
    found = distribution(cube_of(frame, design), "y", by="g")
    _check_freedom(found, place)
    return {"estimate": found.value[place], "se": found.se[place]}


def _check_freedom(found: DomainEstimates | Distribution, place: int) -> None:
    """A domain of lonely clusters has an estimate, no degree of freedom, and no error."""
    if found.base[place] and found.df[place] < 1 and np.isnan(found.se[place]).all():
        raise InferenceError("No degree of freedom is left.", hint="")


def quantile_of(
    survey: Survey, column: str, p: float, rule: QuantileRule, method: ProportionMethod
) -> Answer:
    """R takes away the rows without a value, and their clusters from the degrees of freedom."""
    df = survey.freedom(~np.isnan(survey.values(column)))
    found = quantiles(survey, column, p=(p,), rule=rule, method=method, df=df)
    return {"estimate": found.value, "ci_lower": found.low, "ci_upper": found.high}


def share_of(survey: Survey, method: ProportionMethod) -> Answer:
    """A share with its interval."""
    answered = ~np.isnan(survey.values("s"))
    joint = survey.mean("s")
    if joint.value[0] in (0, 1):  # a model has no end there, and R's steps stop somewhere
        return {"estimate": joint.value}
    low, high = proportion_interval(
        float(joint.value[0]),
        float(joint.covariance[0, 0]),
        n=int(answered.sum()),
        df=survey.freedom(answered),
        method=method,
    )
    return {"estimate": joint.value, "ci_lower": low, "ci_upper": high}


def independence_of(survey: Survey, method: Statistic) -> Answer:
    """A test of two columns."""
    found = independence(survey, "a", "b", method=method)
    answer: dict[str, Any] = {"estimate": found.statistic, "p_value": found.p_value}
    if method != "saddlepoint":
        answer["df"] = [found.df1] if method == "Chisq" else [found.df1, found.df2]
    elif abs(found.df2 - round(found.df2)) < 1e-6:  # R counts 3 of 4 where a rounding makes it 3.9…
        del answer["p_value"]
    return answer


def regression_of(
    survey: Survey, frame: pl.DataFrame, response: str, family: ResponseFamily
) -> Answer:
    """A model of two columns of categories."""
    return all_of(model_of(survey, frame, response, family))


def model_of(
    survey: Survey, frame: pl.DataFrame, response: str, family: ResponseFamily
) -> JointEstimates:
    """Its coefficients."""
    names, x = _columns_of(frame)
    return regression(survey, survey.values(response), x, names=names, family=family)


def _columns_of(frame: pl.DataFrame) -> tuple[tuple[str, ...], Floats]:
    """The names and columns (n, p) of a model of two columns of categories."""
    columns = {"(Intercept)": np.ones(frame.height)}
    for term in ("m", "o"):
        for level in sorted(frame[term].unique())[1:]:
            columns[f"{term}{level}"] = (frame[term] == level).to_numpy().astype(np.float64)
    return tuple(columns), np.stack(list(columns.values()), axis=1)


def jackknife_of(survey: Survey, column: str) -> Answer:
    """A mean by the jackknife."""
    values = survey.values(column)[:, None]
    return all_of(
        replicate_means(jackknife(survey.sample), survey.sample, values, names=(column,)), df=False
    )


def calibration_of(
    frame: pl.DataFrame, levels: Sequence[str], totals: Sequence[float], distance: Distance
) -> Calibration:
    """Weights calibrated to the totals of levels, everybody first."""
    columns = [np.ones(frame.height)]
    columns += [(frame[one[0]] == one[1:]).to_numpy().astype(np.float64) for one in levels]
    return calibrate(
        np.stack(columns, axis=1),
        np.array(totals),
        weights=frame["w"].to_numpy(),
        distance=distance,
        names=("everybody", *levels),
    )


def ranks_of(survey: Survey, group: str, score: RankScore) -> Answer:
    """A test of the ranks of a column."""
    found = rank_test(survey, "z", group, score=score)
    return {"estimate": found.statistic, "p_value": found.p_value}


def margins_of(survey: Survey, frame: pl.DataFrame) -> Answer:
    """Means of a model's predictions, by group."""
    x = np.stack([np.ones(frame.height), survey.values("y")], axis=1)
    return all_of(predictive_margins(survey, survey.values("z"), x, frame["o"].to_list()), df=False)


def fit_of(survey: Survey, column: str) -> Answer:
    """A test of equal shares of two categories."""
    found = goodness_of_fit(survey, column, dict.fromkeys(("m1", "m2"), 0.5))
    return {
        "estimate": found.statistic,
        "df": [found.scale, found.df],
        "p_value": found.p_value,
    }


def likelihood_of(
    survey: Survey, frame: pl.DataFrame, response: str, family: ResponseFamily
) -> Answer:
    """Whether a model loses nothing without a column of categories."""
    names, x = _columns_of(frame)
    tested = [name for name in names if name.startswith("o")]
    found = likelihood_ratio(
        survey, survey.values(response), x, names=names, tested=tested, family=family
    )
    return {
        "estimate": found.statistic,
        "scales": np.sort(found.scales),
        "df": found.df,
        "p_value": found.p_value,
    }


def term_of(survey: Survey, frame: pl.DataFrame) -> Answer:
    """Whether the coefficients of a column of categories are all 0."""
    model = model_of(survey, frame, "z", "gaussian")
    names = [name for name in model.names if name.startswith("o")]
    found = wald_test(model, names)
    return {
        "estimate": found.statistic,
        "df": [found.df1, found.df2],
        "p_value": found.p_value,
    }
