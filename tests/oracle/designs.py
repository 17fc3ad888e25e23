"""What an oracle's design, calibration and variables are, in our words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis.inference import Design, post_stratify, rake
from analysis.inference.calibration import (
    Calibration,
    calibrate,
    linear_distance,
    logit_distance,
    raking_distance,
)
from analysis.inference.joint import JointEstimates
from analysis.inference.survey import Survey

Oracle = dict[str, Any]


class NotCovered(Exception):
    """Why an oracle is not evaluated."""


def frame_of(oracle: Oracle, folder: Path) -> pl.DataFrame:
    """The data of an oracle, or those of its rows that it keeps."""
    path = folder / f"{oracle['dataset']}.csv"
    frame = pl.read_csv(path, infer_schema_length=None, null_values=["NA", ""])
    frame = frame.with_columns(pl.col(pl.Float64).fill_nan(None))
    if "rows" not in oracle:
        return frame
    marked, column = variable_of(frame, oracle["rows"])
    return frame.filter(marked.get_column(column) == 1)


def survey_of(oracle: Oracle, frame: pl.DataFrame) -> Survey:
    """The rows with their design and calibration."""
    return Survey.of(frame, design_of(oracle), calibration=calibration_of(oracle, frame))


def design_of(oracle: Oracle) -> Design:
    """The design of an oracle; replicates are made of it elsewhere."""
    design = oracle["design"]
    if "base" in design:
        raise NotCovered("replicate weights are evaluated apart")
    known = {
        "weights",
        "strata",
        "ids",
        "fpc",
        "nest",
        "note",
        "lonely_psu",
        "adjust_domain_lonely",
        "replicates",
    }
    if set(design) - known:
        raise NotCovered(f"design with {', '.join(sorted(set(design) - known))}")
    clusters, fpc = columns_of(design.get("ids")), columns_of(design.get("fpc"))
    if len(clusters) > 1 and fpc:
        raise NotCovered("finite populations at several stages: ours are of the first")
    return Design(
        weights=design.get("weights"),
        strata=columns_of(design.get("strata")),
        clusters=clusters[:1],  # with replacement, the first stage is all that a variance takes
        fpc=fpc[0] if fpc else None,
        lonely=design.get("lonely_psu", "adjust"),
        nest=bool(design.get("nest", True)),
    )


def columns_of(given: Any) -> tuple[str, ...]:
    """The columns of `a + b`, `a:b`, a list of names, or nothing."""
    parts = re.split(r"[+:]", given) if isinstance(given, str) else list(given or ())
    return tuple(name for name in (part.strip(" ~") for part in parts) if name not in ("", "1"))


def check_lonely_domains(oracle: Oracle, survey: Survey, by: str | None) -> None:
    """R's option survey.adjust.domain.lonely changes strata with one cluster in a domain, under two
    of the rules."""
    design = oracle["design"]
    if (
        not design.get("adjust_domain_lonely")
        or by is None
        or design.get("lonely_psu") not in ("adjust", "average")
    ):
        return
    units = survey.sample.units
    for inside in survey.domains(by).values():
        held = np.bincount(
            units.stratum[np.unique(survey.sample.psu[inside])], minlength=units.strata
        )
        if ((held == 1) & (units.stratum_size > 1)).any():
            raise NotCovered(
                "R's option survey.adjust.domain.lonely: here a domain never makes a stratum lonely"
            )


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
            columns.append(
                (frame.get_column(variable).cast(pl.String) == level).cast(pl.Float64).to_numpy()
            )
    low, high = given.get("bounds", (-np.inf, np.inf))
    if method in ("linear", "linear bounded"):
        distance = linear_distance((low, high))
    elif method == "logit":
        distance = logit_distance((low, high))
    elif method.startswith("raking"):
        distance = raking_distance()
    else:
        raise NotCovered(f"calibration by {method}")
    base = frame.get_column(weights).cast(pl.Float64).to_numpy()
    totals = np.array([given["totals"][name] for name in names], dtype=np.float64)
    return calibrate(
        np.stack(columns, axis=1), totals, weights=base, distance=distance, names=tuple(names)
    )


def responses_of(statistic: dict[str, Any]) -> list[str]:
    """The variables that a statistic is of: one, or a list."""
    given = statistic["y"]
    return [given] if isinstance(given, str) else list(given)


def is_categorical(oracle: Oracle, frame: pl.DataFrame, y: str) -> bool:
    """Whether a variable is a factor: of texts, or one whose results are named by its levels."""
    if y not in frame.columns:
        return False
    names = [str(name) for name in oracle.get("names", ())]
    levels = frame.get_column(y).drop_nulls().unique().sort()
    named = {f"{y}{level}" for level in levels}
    return levels.dtype == pl.String or (len(names) > 1 and set(names) == named)


def variable_of(frame: pl.DataFrame, expression: str) -> tuple[pl.DataFrame, str]:
    """A column by name, or a comparison (`comp.imp=='Yes'`, `api00>900`) as a new column of 0 and
    1."""
    if expression in frame.columns:
        return frame, expression
    match = re.fullmatch(r"\s*([\w.]+)\s*(==|>=|<=|>|<)\s*['\"]?([\w.\-+ ]+?)['\"]?\s*", expression)
    if match is None or match[1] not in frame.columns:
        raise NotCovered(f"the expression {expression!r}")
    column, sign, value = pl.col(match[1]), match[2], match[3]
    operand: Any = value if frame.get_column(match[1]).dtype == pl.String else float(value)
    compared = {
        "==": column == operand,
        ">": column > operand,
        "<": column < operand,
        ">=": column >= operand,
        "<=": column <= operand,
    }[sign]
    return frame.with_columns(compared.cast(pl.Float64).alias("_y")), "_y"


def grouped_by(frame: pl.DataFrame, by: Any) -> tuple[pl.DataFrame, str | None]:
    """A column of domains whose sorted order is the oracle's (the first variable runs fastest)."""
    if by is None:
        return frame, None
    parts = [by] if isinstance(by, str) else list(by)
    ranks = [pl.col(one).rank("dense").cast(pl.String).str.zfill(6) for one in reversed(parts)]
    known = pl.all_horizontal(pl.col(one).is_not_null() for one in parts)
    return frame.with_columns(
        pl.when(known).then(pl.concat_str(ranks, separator="|")).alias("_by")
    ), "_by"


def reordered(joint: JointEstimates, oracle: Oracle) -> JointEstimates:
    """In the order of the oracle's names, where they are ours."""
    names = [str(name) for name in oracle.get("names", [])]
    return joint.take(names) if names and set(names) == set(joint.names) else joint
