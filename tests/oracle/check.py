"""Evaluates a file of oracles: python tests/oracle/check.py ORACLES.json DATA_DIR

One line per oracle: it agrees, differs by how much, or is not covered and why. Exit code 1 when one differs.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import Design, rake
from analysis.inference.calibration import (
    Calibration,
    calibrate,
    linear_distance,
    logit_distance,
    post_stratify,
    raking_distance,
)
from analysis.inference.joint import Joint
from analysis.inference.proportions import ProportionMethod, proportion_interval
from analysis.inference.psychometrics import cronbach_alpha, design_alpha, pairwise_covariance
from analysis.inference.quantiles import QuantileRule, quantiles
from analysis.inference.regression import regression
from analysis.inference.replication import given, replicate
from analysis.inference.survey import Survey
from analysis.inference.tests import independence

TOLERANCE = 1e-9
ROUNDING = 1e-6
"""A standard error under a millionth of the estimates is the rounding of a variance that is zero."""
Oracle = dict[str, Any]


class NotCovered(Exception):
    """Why an oracle is not evaluated."""


@dataclass(frozen=True)
class Found:
    """What we compute for an oracle; None where it has nothing of the kind."""

    estimate: Any = None
    se: Any = None
    low: Any = None
    high: Any = None
    df: Any = None
    deff: Any = None
    vcov: Any = None
    extra: dict[str, Any] | None = None


# --- reading an oracle ---------------------------------------------------------------------------------


def frame_of(oracle: Oracle, folder: Path) -> pl.DataFrame:
    path = folder / f"{oracle['dataset']}.csv"
    return pl.read_csv(path, infer_schema_length=None, null_values=["NA", ""])


def survey_of(oracle: Oracle, frame: pl.DataFrame) -> Survey:
    design = oracle["design"]
    if "base" in design:
        raise NotCovered("replicate weights are evaluated apart")
    known = {"weights", "strata", "ids", "fpc", "nest", "note", "lonely_psu", "adjust_domain_lonely"}
    if set(design) - known:
        raise NotCovered(f"design with {', '.join(sorted(set(design) - known))}")
    if design.get("adjust_domain_lonely"):
        raise NotCovered("R's option survey.adjust.domain.lonely is not offered: a domain never makes a stratum lonely")
    declared = Design(
        weights=design.get("weights"),
        strata=(design["strata"],) if "strata" in design else (),
        clusters=(design["ids"],) if "ids" in design else (),
        fpc=design.get("fpc"),
        lonely=design.get("lonely_psu", "adjust"),
        nest=bool(design.get("nest", True)),
    )
    return Survey.of(frame, declared, calibration=calibration_of(oracle, frame))


def calibration_of(oracle: Oracle, frame: pl.DataFrame) -> Calibration | None:
    given = oracle.get("calibration")
    if not given:
        return None
    weights = oracle["design"]["weights"]
    method = given["method"]
    if method == "rake":
        return rake(frame, margins=given["margins"], weights=weights)
    if method == "poststratify":
        return post_stratify(frame, by=given["by"], totals=given["totals"], weights=weights)
    names = list(given["totals"])
    columns = []
    for name in names:
        if name == "(Intercept)":
            columns.append(np.ones(frame.height))
        elif name in frame.columns:
            columns.append(frame.get_column(name).cast(pl.Float64).to_numpy())
        else:
            variable = max((one for one in frame.columns if name.startswith(one)), key=len)
            level = name.removeprefix(variable)
            columns.append((frame.get_column(variable).cast(pl.String) == level).cast(pl.Float64).to_numpy())
    bounds = tuple(given.get("bounds", (-np.inf, np.inf)))
    if method in ("linear", "linear bounded"):
        distance = linear_distance(bounds)  # type: ignore[arg-type]
    elif method == "logit":
        distance = logit_distance(bounds)  # type: ignore[arg-type]
    elif method.startswith("raking"):
        distance = raking_distance()
    else:
        raise NotCovered(f"calibration by {method}")
    base = frame.get_column(weights).cast(pl.Float64).to_numpy()
    totals = np.array([given["totals"][name] for name in names], dtype=np.float64)
    return calibrate(np.stack(columns, axis=1), totals, weights=base, distance=distance, names=tuple(names))


def variable_of(frame: pl.DataFrame, expression: str) -> tuple[pl.DataFrame, str]:
    """A column by name, or a comparison (`comp.imp=='Yes'`, `api00>900`) as a new column of 0 and 1."""
    if expression in frame.columns:
        return frame, expression
    match = re.fullmatch(r"\s*([\w.]+)\s*(==|>=|<=|>|<)\s*['\"]?([\w.\- ]+?)['\"]?\s*", expression)
    if match is None or match[1] not in frame.columns:
        raise NotCovered(f"the expression {expression!r}")
    column, sign, value = pl.col(match[1]), match[2], match[3]
    operand: Any = value if frame.get_column(match[1]).dtype == pl.String else float(value)
    compared = {"==": column == operand, ">": column > operand, "<": column < operand, ">=": column >= operand,
                "<=": column <= operand}[sign]  # fmt: skip
    return frame.with_columns(compared.cast(pl.Float64).alias("_y")), "_y"


def grouped_by(frame: pl.DataFrame, by: Any) -> tuple[pl.DataFrame, str | None]:
    """A column of domains whose sorted order is the oracle's (the first variable runs fastest)."""
    if by is None:
        return frame, None
    parts = [by] if isinstance(by, str) else list(by)
    ranks = [pl.col(one).rank("dense").cast(pl.String).str.zfill(6) for one in reversed(parts)]
    known = pl.all_horizontal(pl.col(one).is_not_null() for one in parts)
    return frame.with_columns(pl.when(known).then(pl.concat_str(ranks, separator="|")).alias("_by")), "_by"


def reordered(joint: Joint, oracle: Oracle) -> Joint:
    """In the order of the oracle's names, where they are ours."""
    names = [str(name) for name in oracle.get("names", [])]
    return joint.take(names) if names and set(names) == set(joint.names) else joint


# --- statistics ----------------------------------------------------------------------------------------


def mean(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    if statistic.get("where"):
        frame = frame.with_columns(
            variable_of(frame, statistic["where"])[0].get_column(variable_of(frame, statistic["where"])[1]).alias("_in")
        )
    ys = [statistic["y"]] if isinstance(statistic["y"], str) else list(statistic["y"])
    columns = []
    categorical = len(ys) == 1 and ys[0] in frame.columns and frame.get_column(ys[0]).dtype == pl.String
    if categorical:
        levels = sorted(frame.get_column(ys[0]).drop_nulls().unique())
        frame = frame.with_columns((pl.col(ys[0]) == level).cast(pl.Float64).alias(f"{ys[0]}{level}") for level in levels)
        columns = [f"{ys[0]}{level}" for level in levels]
    else:
        for place, y in enumerate(ys):
            frame, name = variable_of(frame, y)
            frame = frame.with_columns(pl.col(name).alias(f"_y{place}"))
            columns.append(f"_y{place}")
    if len(columns) > 1 and not categorical:
        complete = pl.all_horizontal(pl.col(one).is_not_null() for one in columns)
        frame = frame.with_columns(pl.when(complete).then(pl.col(one)).alias(one) for one in columns)
    frame, by = grouped_by(frame, "_in" if statistic.get("where") else statistic.get("by"))
    survey = survey_of(oracle, frame)
    joint = survey.mean(*columns, by=by)
    deff = survey.design_effect(columns[0], by=by) if oracle.get("deff") and len(columns) == 1 else None
    df: Any = survey.df
    if statistic.get("where"):
        last = joint.names[-1]
        joint, deff = joint.take([last]), None if deff is None else deff[-1:]
        df = list(survey.domain_df("_by").values())[-1]
    return _found(Joint(joint.names, joint.value, joint.covariance, df), oracle, deff)


def _found(joint: Joint, oracle: Oracle, deff: Any = None) -> Found:
    if oracle.get("df") is not None and "ci_lower" in oracle:
        low, high = Joint(joint.names, joint.value, joint.covariance, float(oracle["df"])).interval()
    else:
        low = high = None
    return Found(joint.value, joint.se, low, high, joint.df, deff, joint.covariance)


def total(oracle: Oracle, frame: pl.DataFrame) -> Found:
    frame, y = variable_of(frame, oracle["statistic"]["y"])
    frame, by = grouped_by(frame, oracle["statistic"].get("by"))
    return _found(survey_of(oracle, frame).total(y, by=by), oracle)


def ratio(oracle: Oracle, frame: pl.DataFrame) -> Found:
    frame, by = grouped_by(frame, oracle["statistic"].get("by"))
    return _found(survey_of(oracle, frame).ratio(oracle["statistic"]["num"], oracle["statistic"]["den"], by=by), oracle)


def variance(oracle: Oracle, frame: pl.DataFrame) -> Found:
    return _found(survey_of(oracle, frame).variance(oracle["statistic"]["y"]), oracle)


def proportion(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    method = statistic.get("ci_method")
    if method is None:
        return mean(oracle, frame)
    if method not in get_args(ProportionMethod):
        raise NotCovered(f"intervals by {method} are not offered")
    frame, y = variable_of(frame, statistic["y"])
    frame, by = grouped_by(frame, statistic.get("by"))
    survey = survey_of(oracle, frame)
    joint = survey.mean(y, by=by)
    low, high = [], []
    masks = list(survey._domains(by).values())
    for place, mask in enumerate(masks):
        n = int(mask.sum())
        if by is not None:
            psus = np.unique(survey.sample.psu[mask])
            df = len(psus) - len(np.unique(survey.sample.units.stratum[psus]))
        else:
            df = survey.df
        df = oracle["df"] if oracle.get("df") is not None and not isinstance(oracle["df"], list) else df
        bounds = proportion_interval(joint.value[place], joint.covariance[place, place], n=n, df=df, method=method)
        low.append(bounds[0])
        high.append(bounds[1])
    return Found(joint.value, joint.se, np.array(low), np.array(high), survey.df)


def contrast(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    of = re.search(r"by\.(\w+)\.mean\.([\w.]+)$", statistic["of"])
    if of is None:
        raise NotCovered(f"a contrast of {statistic['of']}")
    joint = survey_of(oracle, frame).mean(of[2], by=of[1])
    names = list(statistic["contrasts"])
    return _found(joint.contrast([statistic["contrasts"][name] for name in names], names), oracle)


def paired(oracle: Oracle, frame: pl.DataFrame) -> Found:
    joint = survey_of(oracle, frame).mean(*oracle["statistic"]["y"])
    return _found(joint.contrast([[1, -1]], ["diff"]), oracle)


def waves(oracle: Oracle, frame: pl.DataFrame) -> Found:
    joint = survey_of(oracle, frame).mean(oracle["statistic"]["y"], by=oracle["statistic"]["by"])
    return _found(joint.contrast([oracle["statistic"]["contrast"]], ["contrast"]), oracle)


def waves_apart(oracle: Oracle, frame: pl.DataFrame) -> Found:
    match = re.search(r"w(\d)_w(\d)$", oracle["id"])
    if match is None:
        raise NotCovered("which waves are compared is not said")
    joint = survey_of(oracle, frame).mean(oracle["statistic"]["y"], by="wave").take([match[1], match[2]])
    return Found(joint.value[:1] - joint.value[1:], np.sqrt(np.square(joint.se).sum())[None])


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
    return _found(joint.contrast([oracle["statistic"]["contrast"]], ["contrast"]), oracle)


def quantile(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    rule = statistic.get("qrule", "math")
    if rule not in get_args(QuantileRule):
        raise NotCovered(f"the quantile rule {rule} is not offered")
    p = statistic["p"] if isinstance(statistic["p"], list) else [statistic["p"]]
    method = statistic.get("interval", "mean")
    if method not in ("mean", "beta", "xlogit", "asin"):
        raise NotCovered(f"quantile intervals by {method}")
    by = statistic.get("by")
    survey = survey_of(oracle, frame)
    if by is None:
        found = quantiles(survey, statistic["y"], p=tuple(p), method=method, rule=rule)
        return Found(found.value, found.se, found.low, found.high, found.df)
    values, errors = [], []
    for name in frame.get_column(by).drop_nulls().unique().sort():
        alone = frame.with_columns(pl.when(pl.col(by) == name).then(pl.col(statistic["y"])).alias("_alone"))
        found = quantiles(survey_of(oracle, alone), "_alone", p=tuple(p), method=method, rule=rule, df=survey.domain_df(by)[name])
        values.append(found.value[0])
        errors.append(found.se[0])
    return Found(np.array(values), np.array(errors))


def table(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    if statistic["statistic"] not in ("F", "Chisq", "Wald", "adjWald"):
        raise NotCovered(f"the {statistic['statistic']} approximation")
    found = independence(survey_of(oracle, frame), *statistic["vars"], method=statistic["statistic"])
    return Found(np.array([found.statistic]), extra={"p_value": found.p_value})


def model(oracle: Oracle, frame: pl.DataFrame) -> Found:
    statistic = oracle["statistic"]
    family = next((one for one in ("gaussian", "binomial", "poisson") if one in statistic["family"]), None)
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
        return _replicated(oracle, frame, lambda w: _weighted_fit(y_values, x, w, family))
    found = regression(survey_of(oracle, frame), y_values, x, names=tuple(names), family=family)  # type: ignore[arg-type]
    return _found(found, oracle)


def _weighted_fit(y: Any, x: Any, weights: Any, family: str) -> Any:
    used = weights > 0
    whole = Survey.of(pl.DataFrame({"w": weights[used]}), Design(weights="w"))
    names = tuple(str(place) for place in range(x.shape[1]))
    return regression(whole, y[used], x[used], names=names, family=family).value  # type: ignore[arg-type]


def alpha(oracle: Oracle, frame: pl.DataFrame) -> Found:
    return Found(np.array([design_alpha(survey_of(oracle, frame), oracle["statistic"]["items"])]))


def plain_alpha(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Raw and standardized alpha of the first two names; the rest of psych's output is not offered."""
    items = oracle["statistic"]["items"]
    values = np.stack([frame.get_column(item).cast(pl.Float64).fill_null(np.nan).to_numpy() for item in items], axis=1)
    if "A1 reversed" in oracle["design"].get("note", ""):
        values[:, items.index("A1")] = 7 - values[:, items.index("A1")]
    covariance = pairwise_covariance(values)
    deviation = np.sqrt(np.diagonal(covariance))
    return Found(np.array([cronbach_alpha(covariance), cronbach_alpha(covariance / np.outer(deviation, deviation))]))


def _replicated(oracle: Oracle, frame: pl.DataFrame, estimator: Callable[[Any], Any]) -> Found:
    design = oracle["design"]
    columns = pl.read_csv(oracle["_folder"] / design["repweights_csv"]).to_numpy()
    base = frame.get_column(design["base"]["weights"]).cast(pl.Float64).to_numpy()
    weights = columns if design.get("combined") else columns * base[:, None]
    rscales = np.broadcast_to(np.asarray(design["rscales"], dtype=np.float64), (columns.shape[1],))
    made = given(weights, scale=float(design["scale"]), rscales=rscales, base=base, mse=bool(design["mse"]))
    value, spread = replicate(made, base, estimator)
    freedom = made.df - (len(value) - 1 if oracle["statistic"]["type"] == "glm" else 0)
    return _found(Joint(tuple(map(str, range(len(value)))), value, spread, freedom), oracle)


def replicated(oracle: Oracle, frame: pl.DataFrame) -> Found:
    """Means, totals and direct quantiles by replicate weights made elsewhere."""
    statistic = oracle["statistic"]
    y = frame.get_column(statistic["y"]).cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = ~np.isnan(y)
    if statistic["type"] == "quantile":
        raise NotCovered("quantiles by replicates are not offered: Woodruff's intervals are")
    groups = [known]
    if statistic.get("by"):
        labels = frame.get_column(statistic["by"])
        groups = [known & (labels == level).to_numpy() for level in labels.unique().sort()]
    if statistic["type"] == "total":
        return _replicated(oracle, frame, lambda w: np.array([(w * np.nan_to_num(y))[group].sum() for group in groups]))
    return _replicated(oracle, frame, lambda w: np.array([np.average(y[group], weights=w[group]) for group in groups]))


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
    "quantile": quantile,
    "independence test": table,
    "glm": model,
    "design-based Cronbach alpha": alpha,
    "Cronbach alpha": plain_alpha,
}


# --- comparing -----------------------------------------------------------------------------------------


def compare(oracle: Oracle, found: Found) -> dict[str, float]:
    """The relative differences that pass the tolerance, by what differs."""
    pairs = {
        "estimate": (found.estimate, oracle.get("estimate")),
        "se": (found.se, oracle.get("se")),
        "low": (found.low, oracle.get("ci_lower")),
        "high": (found.high, oracle.get("ci_upper")),
        "df": (found.df, oracle.get("df")),
        "deff": (found.deff, oracle.get("deff")),
        "vcov": (found.vcov, oracle.get("vcov")),
        "p_value": ((found.extra or {}).get("p_value"), (oracle.get("extra") or {}).get("p_value")),
    }
    faults = {}
    for name, (ours, theirs) in pairs.items():
        if ours is None or theirs is None:
            continue
        mine, other = np.asarray(ours, dtype=np.float64).ravel(), np.asarray(theirs, dtype=np.float64).ravel()
        if oracle["statistic"]["type"] == "Cronbach alpha":
            if name != "estimate":
                continue
            other = other[: len(mine)]
        if mine.shape != other.shape:
            faults[name] = float("inf")
            continue
        size = float(np.nanmax(np.abs(np.asarray(oracle["estimate"], dtype=np.float64)))) or 1.0
        floor = {"se": ROUNDING * size, "vcov": max((ROUNDING * size) ** 2, np.abs(other).max())}.get(name, 1e-300)
        scale = np.maximum(np.abs(other), floor)
        gap = float(np.max(np.abs(mine - other) / scale)) if len(mine) else 0.0
        if not gap <= TOLERANCE:
            faults[name] = gap
    return faults


def evaluate(oracle: Oracle, folder: Path) -> tuple[str, str]:
    """(`agrees` | `differs` | `not covered`, detail)."""
    statistic = oracle["statistic"]
    kind = statistic["type"]
    if kind not in STATISTICS:
        return "not covered", f"no {kind}"
    try:
        oracle = {**oracle, "_folder": folder}
        frame = frame_of(oracle, folder)
        replicates = "base" in oracle["design"] and kind != "glm"
        faults = compare(oracle, replicated(oracle, frame) if replicates else STATISTICS[kind](oracle, frame))
    except NotCovered as reason:
        return "not covered", str(reason)
    except pl.exceptions.ColumnNotFoundError as error:
        return "not covered", f"a column that the data lacks: {str(error).splitlines()[0]}"
    except InferenceError as error:
        return "differs", str(error).splitlines()[0]
    if faults:
        return "differs", ", ".join(f"{name} by {gap:.2g}" for name, gap in faults.items())
    return "agrees", ""


def main(arguments: list[str]) -> int:
    oracles = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["oracles"]
    counts = {"agrees": 0, "differs": 0, "not covered": 0}
    for oracle in oracles:
        verdict, detail = evaluate(oracle, Path(arguments[1]))
        counts[verdict] += 1
        print(f"{oracle['id']}: {verdict}{': ' + detail if detail else ''}")
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return int(counts["differs"] > 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
