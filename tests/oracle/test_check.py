"""The command that evaluates a file of reference results: any file of the format, one line each,
whatever one of them holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.check import evaluate, main

CSV = """w,h,k,code,y,z,x
1,1,1,1,4,1.5,1
1,1,2,2,NaN,2.5,0
1,1,3,2,6,NA,1
1,1,4,3,8,3.5,1
"""
REPLICATES = "r1,r2\n2,0\n0,2\n2,0\n0,2\n"
DESIGN = {"weights": "w"}
REPLICATED = {
    "base": {"weights": "w"},
    "repweights_csv": "r.csv",
    "scale": 1,
    "rscales": [0.5, 0.5],
}


def oracle(statistic: dict[str, Any], estimate: list[float], **more: Any) -> dict[str, Any]:
    names = [str(place) for place in range(len(estimate))]
    kept = {"id": "o", "dataset": "d", "design": DESIGN, "names": names, "estimate": estimate}
    return {**kept, "statistic": statistic, **more}


CASES = {
    "categories that are whole numbers are a factor where results are named by them": (
        oracle({"type": "mean", "y": "code"}, [0.25, 0.5, 0.25], names=["code1", "code2", "code3"]),
        "agrees",
    ),
    "and an amount where they are not": (oracle({"type": "mean", "y": "code"}, [2.0]), "agrees"),
    "NaN is missing, as NA is": (oracle({"type": "mean", "y": "y"}, [6.0]), "agrees"),
    "a list of one variable": (oracle({"type": "total", "y": ["y"]}, [18.0]), "agrees"),
    "a list of two, in the rows that have both": (
        oracle({"type": "total", "y": ["y", "z"]}, [12.0, 5.0]),
        "agrees",
    ),
    "quantiles of a list": (
        oracle({"type": "quantile", "y": ["y", "z"], "p": 0.5}, [6.0, 2.5]),
        "agrees",
    ),
    "two quantiles by domain: those of the first order come first": (
        oracle({"type": "quantile", "y": "z", "by": "x", "p": [0.5, 0.9]}, [2.5, 1.5, 2.5, 3.5]),
        "agrees",
    ),
    "replicates that do not say mse": (
        # 5 = (4 + 6) / 2, and 8: about their mean, 2 × 0.5 × 1.5².
        oracle({"type": "mean", "y": "y"}, [6.0], se=[1.5], design=REPLICATED),
        "agrees",
    ),
    "replicates of calibrated weights are calibrated": (
        # x is 1 in three of four rows, and should be in half: rows of x count 2/3, the other 2.
        oracle(
            {"type": "total", "y": "z"},
            [1.5 * 2 / 3 + 2.5 * 2 + 3.5 * 2 / 3],
            design={**REPLICATED, "repweights_csv": "same.csv"},
            se=[0.0],
            calibration={"method": "linear", "totals": {"(Intercept)": 4, "x": 2}},
        ),
        "agrees",
    ),
    "a value that differs": (oracle({"type": "mean", "y": "y"}, [6.001]), "differs"),
    "one value too few": (oracle({"type": "total", "y": ["y", "z"]}, [12.0]), "differs"),
    "a column that is not there": (oracle({"type": "mean", "y": "q"}, [1.0]), "not covered"),
    "a type that nobody knows": (oracle({"type": "oracle of Delphi"}, [1.0]), "not covered"),
    "a statistic without its variable": (oracle({"type": "total"}, [1.0]), "not covered"),
    "data that are not there": (oracle({"type": "mean", "y": "y"}, [6.0], dataset="e"), "differs"),
    "no statistic": ({"id": "o", "dataset": "d"}, "not covered"),
    "nothing": ({}, "not covered"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "d.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "r.csv").write_text(REPLICATES, encoding="utf-8")
    (tmp_path / "same.csv").write_text("r1,r2\n" + "1,1\n" * 4, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_an_oracle_is_evaluated_for_what_it_says(folder: Path, case: str) -> None:
    asked, verdict = CASES[case]
    found = evaluate(asked, folder)
    assert found[0] == verdict, found


def test_each_has_its_line_and_none_stops_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "o.json"
    asked = [one for one, _ in CASES.values()]
    path.write_text(json.dumps({"oracles": asked}), encoding="utf-8")
    assert main([str(path), str(folder)]) == 1
    *lines, count = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CASES)
    assert lines[-1] == "without an id: not covered: the oracle does not say 'statistic'"
    verdicts = [verdict for _, verdict in CASES.values()]
    parts = [f"{verdicts.count(name)} {name}" for name in ("agrees", "differs", "not covered")]
    assert count == ", ".join(parts)
