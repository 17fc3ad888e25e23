from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import kish_design_effect, rake


def sample() -> pl.DataFrame:
    return pl.DataFrame(
        {"sex": ["f"] * 6 + ["m"] * 4, "age": ["y", "o", "y", "o", "y", "o", "y", "y", "y", "o"]}
    )


def totals(frame: pl.DataFrame, weights: np.ndarray, column: str) -> dict[str, float]:
    summed = frame.with_columns(w=pl.Series(weights)).group_by(column).agg(pl.sum("w"))
    return dict(summed.iter_rows())


def test_margins_are_hit_and_odds_ratios_kept() -> None:
    frame, margins = sample(), {"sex": {"f": 50, "m": 50}, "age": {"y": 40, "o": 60}}
    made = rake(frame, margins=margins)
    for variable, expected in margins.items():
        assert totals(frame, made.weights, variable) == pytest.approx(expected, rel=1e-9)
    cells = (
        frame.with_columns(w=pl.Series(made.weights))
        .group_by("sex", "age")
        .agg(pl.sum("w"), n=pl.len())
    )
    value = {(row["sex"], row["age"]): row for row in cells.iter_rows(named=True)}

    def odds(key: str) -> float:
        return float(
            value["f", "y"][key]
            * value["m", "o"][key]
            / (value["f", "o"][key] * value["m", "y"][key])
        )

    assert odds("w") == pytest.approx(odds("n"), rel=1e-9)


def test_one_margin_is_post_stratification() -> None:
    made = rake(sample(), margins={"sex": {"f": 30, "m": 70}})
    assert made.weights.tolist() == pytest.approx([5.0] * 6 + [17.5] * 4)
    assert made.ratio_range == pytest.approx((0.5, 1.75))


def test_unknown_categories_keep_their_share() -> None:
    frame = sample().with_columns(
        age=pl.when(pl.int_range(10) < 2).then(None).otherwise(pl.col("age"))
    )
    made = rake(frame, margins={"age": {"y": 30, "o": 70}})
    found = totals(frame, made.weights, "age")
    assert found[None] == pytest.approx(20)
    assert (found["y"], found["o"]) == pytest.approx((24, 56))


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        ({"sex": {"f": 1, "m": 1, "x": 1}}, "No respondent stands in margin 'sex', category x"),
        ({"sex": {"f": 1}}, "no total for: m"),
        ({"region": {"f": 1}}, "Unknown margin: 'region'"),
        ({}, "at least one margin"),
        ({"sex": {"f": 1, "m": 0}}, "category 'm', is 0"),
        ({"sex": {"f": 1, "m": float("nan")}}, "category 'm', is nan"),
        (
            {"sex": {"f": 1, "m": 1}, "age": {"a": 1, "b": 2}},
            "do not count the same population: 2 and 3",
        ),
    ],
)
def test_margins_that_cannot_be_honoured_are_named(
    margins: dict[str, dict[str, float]], words: str
) -> None:
    with pytest.raises(InferenceError, match=words):
        rake(sample(), margins=margins)


def test_raking_that_cannot_converge_names_margin_category_and_merge() -> None:
    frame = pl.DataFrame({"a": ["x", "y"], "b": ["u", "v"]})
    with pytest.raises(InferenceError) as caught:
        rake(frame, margins={"a": {"x": 30, "y": 70}, "b": {"u": 60, "v": 40}})
    assert "margin 'a'" in str(caught.value)
    assert "merge category" in str(caught.value)


def test_kish_is_one_for_equal_weights_only() -> None:
    assert kish_design_effect(np.full(7, 3.0)) == pytest.approx(1)
    assert kish_design_effect(np.array([1.0, 3.0])) == pytest.approx(1.25)
