"""The statistics of the oracles, by our library."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import polars as pl

from analysis.inference import Design
from analysis.inference.independence import Statistic, independence
from analysis.inference.proportions import ProportionMethod, proportion_interval
from analysis.inference.psychometrics import cronbach_alpha, design_alpha, pairwise_covariance
from analysis.inference.quantiles import QuantileRule, quantiles
from analysis.inference.ranks import rank_test
from analysis.inference.regression import predictive_margins, regression
from analysis.inference.survey import Survey
from tests.oracle.cubes import cube_distribution, cube_estimates, cube_joint
from tests.oracle.designs import (
    NotCovered,
    Oracle,
    check_lonely_domains,
    grouped_by,
    is_categorical,
    responses_of,
    survey_of,
    variable_of,
)
from tests.oracle.found import Found, found_of
from tests.oracle.replicates import replicate_estimator


def mean(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    if statistic.get("where"):
        frame = frame.with_columns(
            variable_of(frame, statistic["where"])[0]
            .get_column(variable_of(frame, statistic["where"])[1])
            .alias("_in")
        )
    frame, columns = numbers_of(oracle, frame)
    frame, by = grouped_by(frame, "_in" if statistic.get("where") else statistic.get("by"))
    survey = survey_of(oracle, frame)
    check_lonely_domains(oracle, survey, by)
    joint = survey.mean(*columns, by=by)
    deff = None
    if oracle.get("deff"):
        deff = np.concatenate([survey.design_effect(column, by=by) for column in columns])
    df: Any = survey.df
    if statistic.get("where"):
        last = joint.names[-1]
        joint, deff = joint.take([last]), None if deff is None else deff[-1:]
        df = list(survey.domain_df("_by").values())[-1]
    return found_of(replace(joint, df=df), oracle, deff=deff)


def numbers_of(oracle: Oracle, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The variables of an oracle as columns of numbers: one of 0 and 1 per level of a factor; of
    several variables, in the rows where all are known, as R takes them.
    """
    ys = responses_of(oracle["statistic"])
    if len(ys) == 1 and is_categorical(oracle, frame, ys[0]):
        levels = frame.get_column(ys[0]).drop_nulls().unique().sort()
        columns = [f"_{ys[0]}{level}" for level in levels]
        return frame.with_columns(
            (pl.col(ys[0]) == level).cast(pl.Float64).alias(column)
            for level, column in zip(levels, columns, strict=True)
        ), columns
    columns = []
    for place, y in enumerate(ys):
        frame, name = variable_of(frame, y)
        frame = frame.with_columns(pl.col(name).alias(f"_y{place}"))
        columns.append(f"_y{place}")
    complete = pl.all_horizontal(pl.col(one).is_not_null() for one in columns)
    return frame.with_columns(
        pl.when(complete).then(pl.col(one)).alias(one) for one in columns
    ), columns


def total(oracle: Oracle, frame: pl.DataFrame) -> Found:
    frame, columns = numbers_of(oracle, frame)
    frame, by = grouped_by(frame, oracle["statistic"].get("by"))
    return found_of(survey_of(oracle, frame).total(*columns, by=by), oracle)


def ratio(oracle: Oracle, frame: pl.DataFrame) -> Found:
    frame, by = grouped_by(frame, oracle["statistic"].get("by"))
    return found_of(
        survey_of(oracle, frame).ratio(
            oracle["statistic"]["num"], oracle["statistic"]["den"], by=by
        ),
        oracle,
    )


def variance(oracle: Oracle, frame: pl.DataFrame) -> Found:
    ys = responses_of(oracle["statistic"])
    if len(ys) > 1:
        raise NotCovered("variances of several variables with their covariances")
    return found_of(survey_of(oracle, frame).variance(ys[0]), oracle)


def proportion(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    method = statistic.get("ci_method")
    if method is None:
        return mean(oracle, frame)
    if method not in get_args(ProportionMethod):
        raise NotCovered(f"intervals by {method}: R interpolates a profile, to three digits")
    frame, y = variable_of(frame, responses_of(statistic)[0])
    frame, by = grouped_by(frame, statistic.get("by"))
    survey = survey_of(oracle, frame)
    joint = survey.mean(y, by=by)
    low, high = [], []
    masks = list(survey.domains(by).values())
    for place, mask in enumerate(masks):
        n = int(mask.sum())
        if by is not None:
            psus = np.unique(survey.sample.psu[mask])
            df = len(psus) - len(np.unique(survey.sample.units.stratum[psus]))
        else:
            df = survey.df
        bounds = proportion_interval(
            joint.value[place], joint.covariance[place, place], n=n, df=df, method=method
        )
        low.append(bounds[0])
        high.append(bounds[1])
    return Found(
        estimate=joint.value,
        se=joint.se,
        low=np.array(low),
        high=np.array(high),
        df=survey.df,
    )


def contrast(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    of = re.search(r"by\.(\w+)\.mean\.([\w.]+)$", statistic["of"])
    if of is None:
        raise NotCovered(f"a contrast of {statistic['of']}")
    joint = survey_of(oracle, frame).mean(of[2], by=of[1])
    names = list(statistic["contrasts"])
    return found_of(joint.contrast([statistic["contrasts"][name] for name in names], names), oracle)


def paired(oracle: Oracle, frame: pl.DataFrame) -> Found:
    joint = survey_of(oracle, frame).mean(*oracle["statistic"]["y"])
    return found_of(joint.contrast([[1, -1]], ["diff"]), oracle)


def waves(oracle: Oracle, frame: pl.DataFrame) -> Found:
    joint = survey_of(oracle, frame).mean(oracle["statistic"]["y"], by=oracle["statistic"]["by"])
    return found_of(joint.contrast([oracle["statistic"]["contrast"]], ["contrast"]), oracle)


def waves_apart(oracle: Oracle, frame: pl.DataFrame) -> Found:
    match = re.search(r"w(\d)_w(\d)$", oracle["id"])
    if match is None:
        raise NotCovered("which waves are compared is not said")
    joint = (
        survey_of(oracle, frame)
        .mean(oracle["statistic"]["y"], by="wave")
        .take([match[1], match[2]])
    )
    return Found(
        estimate=joint.value[:1] - joint.value[1:], se=np.sqrt(np.square(joint.se).sum())[None]
    )


def differences(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """A double difference of domain means: `post=stype==E` makes a column of 0 and 1."""
    cells = []
    for part in oracle["statistic"]["by"]:
        name, expression = part.split("=", 1)
        frame, y = variable_of(frame, re.sub(r"==(\w+)$", r"=='\1'", expression))
        frame = frame.with_columns(pl.col(y).alias(name))
        cells.append(name)
    frame, by = grouped_by(frame, cells)
    joint = survey_of(oracle, frame).mean(oracle["statistic"]["y"], by=by)
    return found_of(joint.contrast([oracle["statistic"]["contrast"]], ["contrast"]), oracle)


def quantile(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    rule = statistic.get("qrule", "math")
    if rule not in get_args(QuantileRule):
        raise NotCovered(f"the quantile rule {rule} is not offered")
    p = tuple(np.atleast_1d(statistic["p"]).tolist())
    method = statistic.get("interval", "mean")
    if method == "score":
        raise NotCovered(
            "quantile intervals by score: the end of a search over steps, on one side or the other"
        )
    if method not in get_args(ProportionMethod):
        raise NotCovered(f"quantile intervals by {method}")
    frame, by = grouped_by(frame, statistic.get("by"))
    survey, found = survey_of(oracle, frame), []
    for y in responses_of(statistic):
        if by is None:
            found.append(quantiles(survey, y, p=p, method=method, rule=rule))
            continue
        for name, df in survey.domain_df(by).items():
            alone = frame.with_columns(pl.when(pl.col(by) == name).then(pl.col(y)).alias("_alone"))
            within = survey_of(oracle, alone)
            found.append(quantiles(within, "_alone", p=p, method=method, rule=rule, df=df))
    # R has the domains of the first order, then those of the next.
    values = {
        name: np.stack([getattr(one, name) for one in found])
        for name in ("value", "se", "low", "high")
    }
    flat = {name: (array if by is None else array.T).ravel() for name, array in values.items()}
    bounds = {} if by is not None else {"low": flat["low"], "high": flat["high"], "df": survey.df}
    return Found(estimate=flat["value"], se=flat["se"], **bounds)


def table(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    if statistic["statistic"] not in get_args(Statistic):
        raise NotCovered(f"the {statistic['statistic']} approximation")
    frame, row = variable_of(frame, statistic["vars"][0])
    column = statistic["vars"][1]
    found = independence(survey_of(oracle, frame), row, column, method=statistic["statistic"])
    freedom = [found.df1, found.df2]
    return Found(
        estimate=[found.statistic],
        df=freedom[:1] if np.isinf(found.df2) else freedom,
        p_value=found.p_value,
    )


def model(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    family = next(
        (one for one in ("gaussian", "binomial", "poisson") if one in statistic["family"]), None
    )
    if family is None:
        raise NotCovered(f"the family {statistic['family']}")
    for name, expression in re.findall(r"(\w+)=([\w.]+(?:==|>=|<=)'?\w+'?)", statistic["family"]):
        frame, made = variable_of(frame, expression)
        frame = frame.with_columns(pl.col(made).alias(name))
    left, right = (part.strip() for part in statistic["formula"].split("~"))
    inner = re.fullmatch(r"I\((.*)\)", left)
    frame, y = variable_of(frame, (inner[1] if inner else left).replace('"', "'"))
    frame = frame.with_columns(pl.col(y).cast(pl.Float64).alias("_response"))
    columns, names = [np.ones(frame.height)], ["(Intercept)"]
    terms = [term.strip() for part in right.split("+") for term in part.split("*")]
    for term in terms:
        factor = re.fullmatch(r"factor\((\w+)\)", term)
        series = frame.get_column(factor[1] if factor else term)
        if factor or series.dtype == pl.String:
            for level in sorted(series.drop_nulls().unique())[1:]:
                columns.append((series == level).cast(pl.Float64).fill_null(np.nan).to_numpy())
                names.append(f"{term}{level}")
        else:
            columns.append(series.cast(pl.Float64).fill_null(np.nan).to_numpy())
            names.append(term)
    if "*" in right:
        columns.append(columns[-2] * columns[-1])
        names.append(":".join(terms))
    x = np.stack(columns, axis=1)
    y_values = frame.get_column("_response").fill_null(np.nan).to_numpy()
    if "base" in oracle["design"]:
        return replicate_estimator(oracle, frame, lambda w: _weighted_fit(y_values, x, w, family))
    survey = survey_of(oracle, frame)
    found = regression(survey, y_values, x, names=tuple(names), family=family)  # type: ignore[arg-type]  # its name
    return found_of(found, oracle)


def _weighted_fit(y: Any, x: Any, weights: Any, family: str) -> Any:
    used = weights > 0
    whole = Survey.of(pl.DataFrame({"w": weights[used]}), Design(weights="w"))
    names = tuple(str(place) for place in range(x.shape[1]))
    return regression(whole, y[used], x[used], names=names, family=family).value  # type: ignore[arg-type]  # its name


def alpha(oracle: Oracle, frame: pl.DataFrame) -> Found:
    return Found(estimate=[design_alpha(survey_of(oracle, frame), oracle["statistic"]["items"])])


def plain_alpha(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Raw and standardized alpha; the rest of psych's output is not offered."""
    items = oracle["statistic"]["items"]
    values = np.stack(
        [frame.get_column(item).cast(pl.Float64).fill_null(np.nan).to_numpy() for item in items],
        axis=1,
    )
    if "A1 reversed" in oracle["design"].get("note", ""):
        values[:, items.index("A1")] = 7 - values[:, items.index("A1")]
    covariance = pairwise_covariance(values)
    deviation = np.sqrt(np.diagonal(covariance))
    return Found(
        estimate=[
            cronbach_alpha(covariance),
            cronbach_alpha(covariance / np.outer(deviation, deviation)),
        ],
        covers=("raw_alpha", "std_alpha"),
    )


def relative(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """The relative difference of two domain means, by the delta method."""
    joint = survey_of(oracle, frame).mean(oracle["statistic"]["y"], by=oracle["statistic"]["by"])
    return found_of(joint.smooth(lambda mean: mean[1:] / mean[:1] - 1, ["relative"]), oracle)


def ranks(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    score = {"KruskalWallis": "wilcoxon"}.get(statistic["test"], statistic["test"])
    survey = survey_of(oracle, frame)
    found = rank_test(survey, statistic["y"], statistic["group"], score=score)
    return Found(estimate=found.differences, df=found.df2, p_value=found.p_value)


def margins(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Predictive margins of a linear model of numbers."""
    statistic = oracle["statistic"]
    response, right = (part.strip() for part in statistic["formula"].split("~"))
    terms = [term.strip() for term in right.split("+")]
    numbers = frame.select(pl.col(name).cast(pl.Float64) for name in (response, *terms))
    y, *columns = (numbers[name].fill_null(np.nan).to_numpy() for name in numbers.columns)
    x = np.stack([np.ones(len(y)), *columns], axis=1)
    groups = frame.get_column(statistic["groups"]).to_list()
    joint = predictive_margins(survey_of(oracle, frame), y, x, groups)
    return found_of(joint.take([str(name) for name in oracle["names"]]), oracle)


STATISTICS: dict[str, Callable[[Oracle, pl.DataFrame], Found]] = {
    "mean": mean,
    "total": total,
    "prop": proportion,
    "ratio": ratio,
    "variance": variance,
    "contrast": contrast,
    "paired difference of means": paired,
    "wave difference with covariance": waves,
    "wave difference ignoring covariance": waves_apart,
    "diff-in-diff of 4 domain means": differences,
    "relative difference of means": relative,
    "quantile": quantile,
    "independence test": table,
    "glm": model,
    "ranktest": ranks,
    "predictive margins": margins,
    "design-based Cronbach alpha": alpha,
    "Cronbach alpha": plain_alpha,
    "cube mean": cube_estimates,
    "cube total": cube_estimates,
    "cube distribution": cube_distribution,
    "cube joint": cube_joint,
}
