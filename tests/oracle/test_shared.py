"""Equality with the oracles beside the project, where they are present: means and shares, raked or not."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.inference import Design, build_cube, mean, rake
from tests.conftest import SHARED, shared

TOLERANCE = 1e-9
DATASETS = ("apisrs", "apistrat", "waves")


def _oracles() -> list[dict[str, Any]]:
    path = SHARED / "oracles" / "r_survey.json"
    if not path.exists():
        return []
    every = json.loads(path.read_text(encoding="utf-8"))["oracles"]
    return [one for one in every if _covered(one)]


def _covered(oracle: dict[str, Any]) -> bool:
    statistic, design = oracle["statistic"], oracle["design"]
    calibration = oracle.get("calibration")
    return (
        statistic["type"] in ("mean", "prop")
        and oracle["dataset"] in DATASETS
        and "base" not in design
        and set(statistic) <= {"type", "y", "by", "na_rm"}
        and isinstance(statistic["y"], str)
        and isinstance(statistic.get("by", ""), str)
        and (calibration is None or calibration["method"] == "rake")
        and statistic["y"] in ("api00", "api99", "enroll", "meals", "sat", "satisfied")
    )


def test_the_oracles_are_there_or_said_to_be_absent() -> None:
    shared("oracles", "r_survey.json")
    assert len(_oracles()) == 14


@pytest.mark.parametrize("oracle", _oracles(), ids=lambda oracle: str(oracle["id"]))
def test_agrees(oracle: dict[str, Any]) -> None:
    design, statistic = oracle["design"], oracle["statistic"]
    frame = pl.read_csv(shared("oracles", f"{oracle['dataset']}.csv"), infer_schema_length=None, null_values=["NA"])
    values = sorted(frame.get_column(statistic["y"]).drop_nulls().unique().to_list())
    ranks = {value: rank for rank, value in enumerate(values)}
    frame = frame.with_columns(level=pl.col(statistic["y"]).replace_strict(ranks, default=None))
    calibration = None
    if oracle.get("calibration"):
        calibration = rake(frame, margins=oracle["calibration"]["margins"], weights=design["weights"])
    declared = Design(
        weights=design["weights"],
        strata=(design["strata"],) if "strata" in design else (),
        clusters=(design["ids"],) if "ids" in design else (),
        fpc=design.get("fpc"),
    )
    by = statistic.get("by")
    cube = build_cube(
        frame, declared, items={"level": range(len(values))}, breakdowns={"by": by} if by else {}, calibration=calibration
    )
    found = mean(cube, "level", scores=values, by="by" if by else "total")
    np.testing.assert_allclose(found.value, oracle["estimate"], rtol=TOLERANCE)
    np.testing.assert_allclose(found.se, oracle["se"], rtol=TOLERANCE)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(found.se * 1.0001, oracle["se"], rtol=TOLERANCE)
