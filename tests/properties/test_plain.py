"""What is clever for speed equals its plain version (`tests/oracle/plain.py`) for any data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, get_args
from unittest import mock

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import InferenceError
from analysis.inference import (
    Calibration,
    Cube,
    Design,
    build_cube,
    kernel,
    linear_distance,
    logit_distance,
    post_stratify,
    rake,
    raking_distance,
    trim,
)
from analysis.inference import arrays as arrays_module
from analysis.inference import raking as raking_module
from analysis.inference.arrays import FEW_COLUMNS, sum_by_group
from analysis.inference.calibration import calibrate
from analysis.inference.projection import RAKING_SWEEPS, MarginCells, Projection
from analysis.inference.quantiles import QuantileRule, weighted_quantile
from tests.oracle import plain

FEW_EXAMPLES = settings(max_examples=40, deadline=None)
MANY_EXAMPLES = settings(max_examples=150, deadline=None)

CLUSTERED = Design(weights="w", strata=("h",), clusters=("c",), nest=True)
DESIGNS = {
    "clustered": CLUSTERED,
    "elements": Design(weights="w", strata=("h",)),
    "mixed": replace(CLUSTERED, element_sampled="e"),
}
ITEMS: dict[str, tuple[int, ...]] = {
    "y": (1, 2, 3),
    "z": (1, 2, 3),
    "odd": (5, 1, 3),
    "many": tuple(range(20)),
    "spent": (),
}
MARGINS = {"g": {"x": 60.0, "y": 40.0}, "k": {"k0": 30.0, "k1": 30.0, "k2": 40.0}}
SCHEMA = {
    "h": pl.Int64,
    "c": pl.Int64,
    "e": pl.Boolean,
    "w": pl.Float64,
    "site": pl.String,
    "y": pl.Int8,
    "z": pl.Int64,
    "odd": pl.Int64,
    "many": pl.Int16,
    "spent": pl.Float64,
}
PAIRS = [("y", "spent"), ("spent", "odd"), ("z", "y")]
LEVEL = st.sampled_from([1, 2, 3, None, 97, -1, 0])
ROW = st.tuples(
    st.integers(0, 2),
    st.integers(0, 3),
    st.booleans(),
    st.integers(1, 5).map(float),
    st.sampled_from(["a", "b", None]),
    LEVEL,
    LEVEL,
    st.sampled_from([5, 1, 3, 2, None]),
    st.one_of(st.none(), st.integers(-1, 21)),
    st.one_of(st.none(), st.integers(-3, 9).map(float)),
)


@st.composite
def responses(draw: st.DrawFn) -> pl.DataFrame:
    """At least six rows, so that the margins `g` and `k` have all their combinations."""
    rows = draw(st.lists(ROW, min_size=6, max_size=20))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    position = pl.int_range(pl.len())
    return frame.with_columns(
        g=pl.when(position % 2 == 0).then(pl.lit("x")).otherwise(pl.lit("y")),
        k=pl.concat_str(pl.lit("k"), position % 3),
    )


@contextmanager
def widest_key_range(size: int) -> Iterator[None]:
    """Keys of a wider range than `size` are sorted, not marked."""
    with (
        mock.patch.object(kernel, "WIDEST_KEY_RANGE", size),
        mock.patch.object(arrays_module, "WIDEST_KEY_RANGE", size),
        mock.patch.object(raking_module, "WIDEST_KEY_RANGE", size),
    ):
        yield


def close(ours: Any, expected: Any) -> None:
    np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-11)


# --- kernel and cube ------------------------------------------------------------------------------

INTEGERS = st.lists(st.one_of(st.none(), st.integers(-3, 12)), min_size=1, max_size=15)
TEXTS = st.lists(st.one_of(st.none(), st.text("aé2", max_size=2)), min_size=1, max_size=15)


@MANY_EXAMPLES
@given(INTEGERS, st.sampled_from([pl.Int8, pl.Int32, pl.Int64]), st.sampled_from([1 << 26, 2]))
def test_labels_of_integers(values: list[int | None], kind: Any, widest: int) -> None:
    with widest_key_range(widest):
        labels, codes = kernel.label_codes(pl.Series(values, dtype=kind))
    assert ([*labels], codes.tolist()) == plain.label_codes(values)


@MANY_EXAMPLES
@given(TEXTS)
def test_labels_of_texts(values: list[str | None]) -> None:
    labels, codes = kernel.label_codes(pl.Series(values, dtype=pl.String))
    assert ([*labels], codes.tolist()) == plain.label_codes(values)


@MANY_EXAMPLES
@given(
    st.lists(st.one_of(st.none(), st.integers(-128, 127)), min_size=1, max_size=15),
    st.lists(st.integers(-5, 9), min_size=1, max_size=5, unique=True),
    st.booleans(),
    st.sampled_from([pl.Int8, pl.Int16, pl.Int64, pl.Float64]),
)
def test_answers_on_any_scale(
    values: list[int | None], codes: list[int], consecutive: bool, kind: Any
) -> None:
    levels = tuple(range(codes[0], codes[0] + len(codes))) if consecutive else tuple(codes)
    answers = kernel.code_answers(pl.Series(values, dtype=kind), levels)
    assert isinstance(answers, kernel.Levels)
    expected = [levels.index(value) if value in levels else len(levels) for value in values]
    assert answers.ranks.tolist() == expected


@MANY_EXAMPLES
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2), st.integers(1, 3)), min_size=1),
    st.integers(1, FEW_COLUMNS + 1),
)
def test_sums_by_group(rows: list[tuple[int, int, int]], columns: int) -> None:
    group, value, weight = np.array(rows, dtype=np.int64).T
    values = np.stack([value * weight**power for power in range(columns)], axis=1)
    sums = sum_by_group(group, values.astype(np.float64), 4)
    expected = plain.sums_by_key(group.tolist(), [*values.astype(np.float64)])
    close(sums, [expected.get(code, np.zeros(columns)) for code in range(4)])


@MANY_EXAMPLES
@given(
    st.lists(st.tuples(st.integers(0, 3), *[st.integers(0, 9)] * 4), min_size=1, max_size=15),
    st.sampled_from([1, 4, 9]),
)
def test_counts_of_items_of_one_scale(rows: list[tuple[int, ...]], width: int) -> None:
    """Ranks of the width and above are no answer; group 3 is no group."""
    group, *ranks = np.minimum(np.array(rows), [3, *[width] * 4]).T
    answers = [kernel.Levels(item.astype(np.uint8), width) for item in ranks]
    for item, counts in zip(
        ranks, kernel.count_levels(answers, kernel.GroupCodes(group, 3)), strict=True
    ):
        expected = [
            [((group == code) & (item == rank)).sum() for rank in range(width)] for code in range(3)
        ]
        assert counts.tolist() == expected


@FEW_EXAMPLES
@pytest.mark.parametrize("calibrated", [False, True])
@pytest.mark.parametrize("widest", [1 << 26, 2])
@pytest.mark.parametrize("name", DESIGNS)
@given(frame=responses())
def test_a_cube_is_the_sums_of_its_rows(
    name: str, widest: int, calibrated: bool, frame: pl.DataFrame
) -> None:
    with widest_key_range(widest):
        made = rake(frame, margins=MARGINS, weights="w") if calibrated else None
        cube = cube_of(frame, name, made)
    check_cube(cube, frame, name, made)


def cube_of(frame: pl.DataFrame, name: str, calibration: Calibration | None) -> Cube:
    return build_cube(
        frame,
        DESIGNS[name],
        items={item: codes or None for item, codes in ITEMS.items()},
        breakdowns={"site": "site", "k": "k"},
        calibration=calibration,
        pairs=PAIRS,
    )


def check_cube(cube: Cube, frame: pl.DataFrame, name: str, calibration: Calibration | None) -> None:
    """Each array of a cube against sums of the rows by plain keys."""
    rows = frame.to_dicts()
    by_element = [{"clustered": False, "elements": True, "mixed": row["e"]}[name] for row in rows]
    clusters = [None if alone else row["c"] for row, alone in zip(rows, by_element, strict=True)]
    if name == "elements":
        unit = [(row["h"], True) for row in rows]
    else:
        unit = list(zip(frame["h"], clusters, by_element, strict=True))
    psu = [
        (*key, number if alone else None)
        for number, (key, alone) in enumerate(zip(unit, by_element, strict=True))
    ]
    units = cube.keys.rows()
    assert sorted(units, key=str) == sorted(set(unit), key=str)
    assert cube.units.element_sampled.tolist() == [key[-1] for key in units]
    assert cube.units.size.tolist() == [
        len({p for p, u in zip(psu, unit, strict=True) if u == key}) for key in units
    ]
    weights = frame["w"].to_list() if calibration is None else calibration.weights.tolist()
    squared = [w**2 for w in weights]
    elements = [key for key in units if key[-1]]
    stands_in = [
        [float(row["g"] == c) for c in "xy"] + [float(row["k"] == c) for c in ("k0", "k1", "k2")]
        for row in rows
    ]
    crossed = [np.outer(categories, categories) for categories in stands_in]
    if cube.margins is not None:
        close(cube.margins.products, sum(crossed))
        sums = plain.sums_by_key(
            unit, [w * np.array(c) for w, c in zip(weights, stands_in, strict=True)]
        )
        close(cube.margins.unit_weights, [sums[key] for key in units])
        sums = plain.sums_by_key(unit, [s * c for s, c in zip(squared, crossed, strict=True)])
        close(
            cube.margins.unit_squares, np.array([sums[key] for key in elements]).reshape(-1, 5, 5)
        )
    for by in ("total", "site", "k"):
        domain = ["total"] * len(rows) if by == "total" else frame[by].to_list()
        cell = [None if d is None else (u, d) for u, d in zip(unit, domain, strict=True)]
        domains = cube.domains(by)
        assert [*domains.labels] == sorted({d for d in domain if d is not None})
        cells = [
            (units[u], domains.labels[d])
            for u, d in zip(domains.cell_unit, domains.cell_domain, strict=True)
        ]
        assert sorted(cells, key=str) == sorted({c for c in cell if c is not None}, key=str)
        for label, df in zip(domains.labels, domains.df, strict=True):
            inside = [p for p, d in zip(psu, domain, strict=True) if d == label]
            assert df == len(set(inside)) - len({p[0] for p in inside})
        of_elements = [cells[c] for c in domains.element_cells]
        assert of_elements == [key for key in cells if key[0][-1]]
        numbers = {
            item: [plain.answer_numbers(row[item], levels) for row in rows]
            for item, levels in ITEMS.items()
        }
        for item, levels in ITEMS.items():
            table, answers = cube.tables[item, by], numbers[item]
            sums = plain.sums_by_key(cell, [w * z for w, z in zip(weights, answers, strict=True)])
            close(
                table.weights, np.array([sums[key] for key in cells]).reshape(-1, len(answers[0]))
            )
            shown = answers if levels else [z[:1] for z in answers]
            sums = plain.sums_by_key(domain, shown)
            assert table.counts.tolist() == [sums[label].tolist() for label in domains.labels]
            sums = plain.sums_by_key(
                cell, [s * np.outer(z, z) for s, z in zip(squared, answers, strict=True)]
            )
            shape = (-1, len(answers[0]), len(answers[0]))
            close(table.squares, np.array([sums[key] for key in of_elements]).reshape(shape))
            if cube.margins is not None:
                in_margins = [np.outer(c, z) for c, z in zip(stands_in, answers, strict=True)]
                sums = plain.sums_by_key(domain, in_margins)
                shape = (-1, 5, len(answers[0]))
                expected = np.array([sums[label] for label in domains.labels]).reshape(shape)
                close(table.margin_totals, expected.swapaxes(0, 1))
                sums = plain.sums_by_key(
                    cell, [s * m for s, m in zip(squared, in_margins, strict=True)]
                )
                expected = np.array([sums[key] for key in of_elements]).reshape(shape)
                close(table.margin_squares, expected.swapaxes(0, 1))
        for first, second in PAIRS:
            products = [
                s * np.outer(left, right)
                for s, left, right in zip(squared, numbers[first], numbers[second], strict=True)
            ]
            sums = plain.sums_by_key(cell, products)
            expected = np.array([sums[key] for key in of_elements]).reshape(-1, *products[0].shape)
            close(cube.pairs[first, second, by], expected)


@pytest.mark.parametrize(
    "array",
    [
        *("weights", "squares", "margin_totals", "margin_squares", "counts"),
        *("unit_weights", "unit_squares", "products", "df", "pairs"),
    ],
)
def test_a_cube_with_one_number_moved_is_not_taken_for_it(array: str) -> None:
    rows = [
        (h, c, h == 1, 1.0 + c, "ab"[c % 2], 1 + c % 3, 2, 5, c, float(c))
        for h in range(3)
        for c in range(4)
    ]
    position = pl.int_range(pl.len())
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_columns(
        g=pl.when(position % 2 == 0).then(pl.lit("x")).otherwise(pl.lit("y")),
        k=pl.concat_str(pl.lit("k"), position % 3),
    )
    made = rake(frame, margins=MARGINS, weights="w")
    cube = cube_of(frame, "mixed", made)
    check_cube(cube, frame, "mixed", made)

    def moved(values: Any) -> Any:
        other = values.copy()
        other.flat[-1] += 1 if values.dtype == np.int64 else 1e-9
        return other

    table, margins = cube.tables["y", "site"], cube.margins
    assert margins is not None
    if array == "pairs":
        key = ("y", "spent", "site")
        wrong = replace(cube, pairs={**cube.pairs, key: moved(cube.pairs[key])})
    elif array == "df":
        site = replace(cube.domains("site"), df=moved(cube.domains("site").df))
        wrong = replace(cube, breakdowns={**cube.breakdowns, "site": site})
    elif hasattr(table, array):
        other = replace(table, **{array: moved(getattr(table, array))})
        wrong = replace(cube, tables={**cube.tables, ("y", "site"): other})
    else:
        wrong = replace(cube, margins=replace(margins, **{array: moved(getattr(margins, array))}))
    with pytest.raises(AssertionError):
        check_cube(wrong, frame, "mixed", made)


# --- calibration ----------------------------------------------------------------------------------

CATEGORIES = st.lists(
    st.tuples(
        st.sampled_from(["f", "m", None]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["u", "v", None]),
        st.integers(1, 4),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=15,
)


@MANY_EXAMPLES
@given(rows=CATEGORIES, widest=st.sampled_from([1 << 26, 2]), few=st.sampled_from([1 << 16, 1]))
def test_raked_weights(
    rows: list[tuple[str | None, str, str | None, int, int]], widest: int, few: int
) -> None:
    """The totals are those of other weights of the same rows, scaled to count the same people."""
    categories = {name: [row[i] for row in rows] for i, name in enumerate(("sex", "age", "tool"))}
    base, aimed = [float(row[3]) for row in rows], [float(row[4]) for row in rows]
    margins: dict[str, dict[str, float]] = {}
    for name, labels in categories.items():
        totals = {c: t for c, t in plain.sums_by_label(labels, aimed).items() if c is not None}
        assume(totals)
        margins[name] = {c: 100 * total / sum(totals.values()) for c, total in totals.items()}
    expected = plain.rake(categories, margins, base, sweeps=60, tolerance=1e-13)
    frame = pl.DataFrame(
        {**categories, "w": base}, schema_overrides=dict.fromkeys(categories, pl.String)
    )
    with widest_key_range(widest), mock.patch.object(raking_module, "FEW_CELLS", few):
        try:
            found = rake(frame, margins=margins, weights="w")
        except InferenceError as error:
            assert expected is None and "cannot reach the margins" in error.what
            return
    if expected is not None:
        np.testing.assert_allclose(found.weights, expected, rtol=1e-11)
    for name, labels in categories.items():  # also where sweeps need more than sixty
        reached = plain.sums_by_label(labels, found.weights.tolist())
        share = sum(reached[c] for c in margins[name]) / 100
        assert margins[name] == pytest.approx({c: reached[c] / share for c in margins[name]})


@MANY_EXAMPLES
@given(rows=CATEGORIES)
def test_post_stratified_weights(rows: list[tuple[Any, ...]]) -> None:
    labels, base = [row[1] for row in rows], [float(row[3]) for row in rows]
    reached = plain.sums_by_label(labels, base)
    totals = {str(label): 10.0 + place for place, label in enumerate(sorted(map(str, reached)))}
    found = post_stratify(
        pl.DataFrame({"age": labels, "w": base}), by="age", totals=totals, weights="w"
    )
    expected = [w * totals[c] / reached[c] for w, c in zip(base, labels, strict=True)]
    np.testing.assert_allclose(found.weights, expected, rtol=1e-12)


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(1, 4), st.integers(-2, 3)),
    min_size=4,
    max_size=12,
)
BOUNDS = (0.5, 2.5)


@FEW_EXAMPLES
@pytest.mark.parametrize("kind", ["linear", "bounded", "raking", "logit"])
@given(rows=AMOUNTS)
def test_calibrated_weights(kind: str, rows: list[tuple[int, int, int, int]]) -> None:
    """The totals are those of ratios between 0.8 and 1.3, so that bounds can be kept."""
    group, x, base, step = np.array(rows, dtype=np.float64).T
    matrix = np.stack([group == 0, group == 1, x], axis=1).astype(np.float64)
    assume(np.linalg.matrix_rank(matrix) == 3)
    totals = matrix.T @ (base * (1 + step / 10))
    low, high = BOUNDS if kind in ("bounded", "logit") else (-np.inf, np.inf)
    ratio, distance = {
        "linear": (plain.linear_ratio, linear_distance()),
        "bounded": (plain.linear_ratio, linear_distance(BOUNDS)),
        "raking": (plain.raking_ratio, raking_distance()),
        "logit": (plain.logit_ratio, logit_distance(BOUNDS)),
    }[kind]
    expected = plain.calibrate(matrix, totals, base, ratio=partial(ratio, low=low, high=high))
    found = calibrate(matrix, totals, weights=base, distance=distance, names=("a", "b", "x"))
    np.testing.assert_allclose(found.weights, expected, rtol=1e-8)


@FEW_EXAMPLES
@given(rows=AMOUNTS, sweeps=st.sampled_from([1, 2, RAKING_SWEEPS]))
def test_what_a_calibration_leaves_of_a_score(
    rows: list[tuple[int, int, int, int]], sweeps: int
) -> None:
    group, x, base, score = np.array(rows, dtype=np.float64).T
    margins = np.stack([group, x + 2], axis=1).astype(np.int64)
    categories, cell = np.unique(margins, axis=0, return_inverse=True)
    cells = MarginCells(categories=categories, cell=cell.ravel())
    swept = Projection(weights=base, cells=cells, size=6, matrix=None, sweeps=sweeps)
    expected = plain.swept_residual(
        score.tolist(), margins.T.tolist(), base.tolist(), sweeps=sweeps
    )
    close(swept.residual(score[:, None])[:, 0], expected)
    matrix = np.stack([np.ones(len(x)), x], axis=1)
    assume(np.linalg.matrix_rank(matrix) == 2)
    fitted = Projection(weights=base, cells=None, size=2, matrix=matrix, sweeps=None)
    close(fitted.residual(score[:, None])[:, 0], plain.regression_residual(score, matrix, base))


@MANY_EXAMPLES
@given(
    weights=st.lists(st.integers(1, 30), min_size=2, max_size=12), high=st.sampled_from([1.5, 3])
)
def test_trimmed_weights_share_what_was_cut(weights: list[int], high: float) -> None:
    frame = pl.DataFrame({"g": ["x"] * len(weights), "w": weights})
    made = post_stratify(frame, by="g", totals={"x": 100.0}, weights="w")
    found = trim(made, low=0.3, high=high)
    mean = 100 / len(weights)
    uncut = (found < high * mean * (1 - 1e-9)) & (found > 0.3 * mean * (1 + 1e-9))
    assume(uncut.any())  # where all are cut, nobody takes a share
    assert found.sum() == pytest.approx(100, rel=1e-9)
    assert found.max() <= high * mean * (1 + 1e-9)
    factor = found / made.weights
    np.testing.assert_allclose(factor[uncut], factor[uncut][0], rtol=1e-9)


# --- quantiles ------------------------------------------------------------------------------------

LIKE_THE_INVERSE = ("math", "school", "hf1", "hf2", "hf3", "hf4")
"""Rules that read the distribution itself: compared from the first value's share on."""


@MANY_EXAMPLES
@pytest.mark.parametrize("rule", get_args(QuantileRule))
@given(
    rows=st.lists(st.tuples(st.integers(-4, 9), st.integers(1, 5)), min_size=1, max_size=12),
    sixteenths=st.integers(0, 16),
)
def test_weighted_quantiles(
    rule: QuantileRule, rows: list[tuple[int, int]], sixteenths: int
) -> None:
    """Integer weights and orders in sixteenths are exact in doubles, ties and steps included; but
    for the positions of Shah and Vaish: these are distinct here, and met by no order whose
    denominator is a large prime."""
    values, weights = [list(column) for column in zip(*rows, strict=True)]
    first = sum(weight for value, weight in rows if value == min(values))
    assume(rule not in LIKE_THE_INVERSE or sixteenths * sum(weights) >= 16 * first)
    p = Fraction(sixteenths, 16)
    if rule == "shahvaish":
        p = Fraction(60 * sixteenths + 13, 1009)
        in_order = [weight for _, weight in sorted(rows, key=lambda row: row[0])]
        assume(len(set(plain.shah_vaish_positions(in_order))) == len(rows))
    expected = plain.quantile(values, weights, p, rule)
    found = weighted_quantile(
        np.array(values, dtype=np.float64),
        np.array(weights, dtype=np.float64),
        p=float(p),
        rule=rule,
    )
    assert found == pytest.approx(float(expected), rel=1e-12, abs=1e-12)
