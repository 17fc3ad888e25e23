"""Changes between two waves told apart: against exact fractions, formulas derived on paper, a
jackknife, and one design of both waves."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from analysis.errors import InferenceError
from analysis.inference import (
    Cube,
    Decomposition,
    Design,
    build_cube,
    decompose,
    mean,
    rake,
    wave_difference,
)
from tests.unit.test_waves import (
    CLUSTERED,
    ELEMENTS,
    MIXED,
    SCORES,
    cube_of,
    met_again,
    one_design,
    scored,
    wave,
)

Array = NDArray[Any]
COMPOSITION, WITHIN, CHANGE = "composition", "within", "change"


# --- the parts ------------------------------------------------------------------------------------


def kitagawa(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, Any]:
    """The parts in exact numbers, by the definitions."""
    score = {1: Fraction(0), 2: Fraction(1), 3: Fraction(4)}
    sums: list[dict[str, list[Fraction]]] = []
    for frame in (before, after):
        by_age: dict[str, list[Fraction]] = {}
        for row in frame.filter(pl.col("y").is_in([1, 2, 3])).iter_rows(named=True):
            total = by_age.setdefault(row["age"], [Fraction(0), Fraction(0)])
            total[0] += Fraction(row["w"]) * score[row["y"]]
            total[1] += Fraction(row["w"])
        sums.append(by_age)
    ages = sorted({age for by_age in sums for age in by_age})
    whole = [sum(total[1] for total in by_age.values()) for by_age in sums]
    p = [
        [one.get(age, [0, Fraction(0)])[1] / all_ for age in ages]
        for one, all_ in zip(sums, whole, strict=True)
    ]
    m = [[one[age][0] / one[age][1] if age in one else None for age in ages] for one in sums]
    for place in range(len(ages)):
        for here, there in ((0, 1), (1, 0)):
            m[here][place] = m[there][place] if m[here][place] is None else m[here][place]
    overall = [sum(x * y for x, y in zip(p[one], m[one], strict=True)) for one in (0, 1)]
    middle = sum(overall) / 2
    each = list(zip(*p, *m, strict=True))
    return {
        "ages": ages,
        CHANGE: overall[1] - overall[0],
        COMPOSITION: sum((b - a) * (x + y) / 2 for a, b, x, y in each),
        WITHIN: sum((y - x) * (a + b) / 2 for a, b, x, y in each),
        "by": [(b - a) * ((x + y) / 2 - middle) for a, b, x, y in each],
        "within_by": [(y - x) * (a + b) / 2 for a, b, x, y in each],
    }


def test_a_small_table_is_decomposed_as_by_hand() -> None:
    """Two thirds of old people, 70 and 40 % satisfied, become one third, 80 and 50 %: 60 % become
    60 %, by ten points more of each and as much less of composition."""
    groups = (("old", 20, 14), ("young", 10, 4)), (("old", 10, 8), ("young", 20, 10))
    cubes = [
        build_cube(
            pl.DataFrame(
                [(age, int(place < top)) for age, n, top in of_wave for place in range(n)],
                schema=["age", "y"],
                orient="row",
            ),
            Design(),
            items={"y": (0, 1)},
            breakdowns={"age": "age"},
        )
        for of_wave in groups
    ]
    found = decompose(*cubes, "y", scores=(0, 100), by="age")
    assert found.value == pytest.approx(0, abs=1e-12)
    assert found.within == pytest.approx(10, abs=1e-12)
    assert found.composition == pytest.approx(-10, abs=1e-12)
    assert found.domains == ("old", "young")
    assert found.within_by_domain == pytest.approx([5, 5], abs=1e-12)
    # old people stand 15 points above the mean of both waves, young ones 15 points below
    assert found.composition_by_domain == pytest.approx([-5, -5], abs=1e-12)
    assert found.df == 29 and found.shared == 0


@pytest.mark.parametrize("ages", ["abc", "ab", "abcd"])
def test_parts_are_those_of_exact_fractions(ages: str) -> None:
    """The second wave lacks a domain of the first, or has one more."""
    before, after = wave(1, clusters=(1, 2, 3)), wave(2, clusters=(4, 5, 6), ages=ages)
    found = decompose(cube_of(before), cube_of(after), "y", scores=SCORES, by="age")
    expected = kitagawa(before, after)
    assert found.domains == tuple(expected["ages"])
    for got, name in (
        (found.value, CHANGE),
        (found.composition, COMPOSITION),
        (found.within, WITHIN),
    ):
        assert got == pytest.approx(float(expected[name]), abs=1e-12)
    assert found.composition_by_domain == pytest.approx([float(x) for x in expected["by"]])
    assert found.within_by_domain == pytest.approx([float(x) for x in expected["within_by"]])
    one_sided = decompose(cube_of(before), cube_of(after), "y", scores=(0, 1, 1), by="age")
    assert one_sided.composition != pytest.approx(float(expected[COMPOSITION]), abs=1e-3)


def test_parts_add_up_to_the_difference_of_the_means() -> None:
    before, after = cube_of(wave(3, clusters=(1, 2, 3))), cube_of(wave(4, clusters=(4, 5, 6)))
    found = decompose(before, after, "y", scores=SCORES, by="age")
    means = [mean(cube, "y", scores=SCORES).value[0] for cube in (before, after)]
    assert abs(found.value - (means[1] - means[0])) < 1e-12
    assert abs(found.composition + found.within - found.value) < 1e-12
    assert abs(found.composition_by_domain.sum() - found.composition) < 1e-12
    assert abs(found.within_by_domain.sum() - found.within) < 1e-12
    assert min(abs(found.composition), abs(found.within)) > 1e-3, "no part is idle"


def test_a_domain_of_one_wave_adds_to_composition_alone() -> None:
    before, after = wave(1, clusters=(1, 2, 3)), wave(2, clusters=(4, 5, 6), ages="ab")
    found = decompose(cube_of(before), cube_of(after), "y", scores=SCORES, by="age")
    assert found.domains == ("a", "b", "c")
    assert found.within_by_domain[2] == 0
    assert found.composition_by_domain[2] != pytest.approx(0, abs=1e-3)
    silent = after.vstack(
        after[:1].with_columns(age=pl.lit("c"), y=pl.lit(97, dtype=pl.Int64), w=pl.lit(3.0))
    )
    same = decompose(cube_of(before), cube_of(silent), "y", scores=SCORES, by="age")
    assert same.composition == pytest.approx(found.composition, abs=1e-12), "nobody of c answered"
    nobody = (
        frame.with_columns(age=pl.col("age").replace("c", None)) for frame in (before, silent)
    )
    assert decompose(*map(cube_of, nobody), "y", scores=SCORES, by="age").domains == ("a", "b")


def test_parts_by_domain_do_not_depend_on_the_zero_of_the_scores() -> None:
    before, after = cube_of(wave(5, clusters=(1, 2, 3))), cube_of(wave(6, clusters=(4, 5, 6)))
    found, moved = (
        decompose(before, after, "y", scores=[one + zero for one in SCORES], by="age")
        for zero in (0.0, 100.0)
    )
    assert moved.composition_by_domain == pytest.approx(found.composition_by_domain, abs=1e-11)
    assert moved.composition_se == pytest.approx(found.composition_se, rel=1e-9)
    shares = [
        (estimates := mean(cube, "y", scores=SCORES, by="age")).weighted_base
        / estimates.weighted_base.sum()
        for cube in (before, after)
    ]
    assert np.abs(100 * (shares[1] - shares[0])).max() > 1, "as parts not centred would move"


# --- their errors ---------------------------------------------------------------------------------


def influences(before: pl.DataFrame, after: pl.DataFrame) -> list[dict[str, Array]]:
    """For each wave, (n,) what each row adds to the error of each part, derived on paper."""
    ages = sorted({*before["age"], *after["age"]})
    waves, p, m = [], [], []
    for frame in (before, after):
        score, valid = scored(frame)
        w = frame["w"].to_numpy() * valid
        inside = np.array([(frame["age"] == age).to_numpy() for age in ages])
        mass = inside @ w
        waves.append((score, w, inside, mass))
        p.append(mass / mass.sum())
        m.append(inside @ (w * score) / mass)
    level = (m[0] + m[1]) / 2
    found = []
    for number, (score, w, inside, mass) in enumerate(waves):
        sign = 2 * number - 1
        of_share = (w * (inside.T @ level - p[number] @ level)) / w.sum()
        of_mean = (inside.T / mass) * (w[:, None] * (score[:, None] - m[number]))
        mean_error = of_mean @ (p[1] - p[0]) / 2
        centred = (inside.T - p[number]) * w[:, None] / w.sum()
        found.append(
            {
                COMPOSITION: sign * of_share + mean_error,
                "means alone": mean_error,
                WITHIN: sign * of_mean @ (p[0] + p[1]) / 2 + centred @ (m[1] - m[0]) / 2,
                CHANGE: sign * w * (score - p[number] @ m[number]) / w.sum(),
            }
        )
    return found


def psus_of(frame: pl.DataFrame, design: Design) -> tuple[Array, Array]:
    """(n,) stratum and (n,) PSU within it: a cluster, or a respondent drawn alone."""
    h, c = frame["h"].to_numpy(), frame["c"].to_numpy()
    alone = frame["alone"].to_numpy() if design is MIXED else np.full(len(h), design is ELEMENTS)
    return h, np.where(alone, 1000 + np.arange(len(h)), c)


def variance_of(frame: pl.DataFrame, scores: Array, design: Design) -> float:
    """n / (n − 1) Σ (z − z̄)² over the PSU of each stratum, added up."""
    h, psu = psus_of(frame, design)
    result = 0.0
    for stratum in np.unique(h):
        units = np.unique(psu[h == stratum])
        z = np.array([scores[(h == stratum) & (psu == unit)].sum() for unit in units])
        result += len(z) / (len(z) - 1) * float(np.square(z - z.mean()).sum())
    return result


@pytest.mark.parametrize("design", [CLUSTERED, ELEMENTS, MIXED], ids=["clusters", "single", "both"])
def test_errors_are_those_of_influences_derived_on_paper(design: Design) -> None:
    before, after = wave(7, clusters=(1, 2, 3, 4)), wave(8, clusters=(5, 6, 7))
    found = decompose(cube_of(before, design), cube_of(after, design), "y", scores=SCORES, by="age")
    parts = influences(before, after)
    for got, name in (
        (found.composition_se, COMPOSITION),
        (found.within_se, WITHIN),
        (found.se, CHANGE),
    ):
        of_waves = [
            variance_of(frame, of_wave[name], design)
            for frame, of_wave in zip((before, after), parts, strict=True)
        ]
        assert got == pytest.approx(sum(of_waves) ** 0.5, rel=1e-9)
        assert got != pytest.approx(of_waves[1] ** 0.5, rel=0.05), "of one wave alone"
    known_shares = [
        variance_of(frame, of_wave["means alone"], design)
        for frame, of_wave in zip((before, after), parts, strict=True)
    ]
    assert found.composition_se > 1.05 * sum(known_shares) ** 0.5


def jackknife(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, float]:
    """Standard errors by leaving each cluster out of the waves that hold it, the others of its
    stratum weighing more."""
    variance = dict.fromkeys((COMPOSITION, WITHIN, CHANGE), 0.0)
    waves = (before, after)
    for h in range(3):
        clusters = sorted({*before.filter(h=h)["c"], *after.filter(h=h)["c"]})
        n = len(clusters)
        replicates = []
        for left_out in clusters:
            parts = kitagawa(
                *(
                    frame.filter(~((pl.col("h") == h) & (pl.col("c") == left_out))).with_columns(
                        w=pl.when(pl.col("h") == h).then(pl.col("w") * n / (n - 1)).otherwise("w")
                    )
                    for frame in waves
                )
            )
            replicates.append([float(parts[name]) for name in variance])
        spread = np.square(np.array(replicates) - np.mean(replicates, axis=0)).sum(axis=0)
        for name, squares in zip(variance, spread, strict=True):
            variance[name] += (n - 1) / n * float(squares)
    return {name: value**0.5 for name, value in variance.items()}


def test_errors_are_near_a_jackknife_of_clusters_met_in_both_waves() -> None:
    clusters = tuple(range(20))
    before, after = (wave(seed, clusters=clusters, rows=900) for seed in (9, 10))
    found = decompose(cube_of(before), cube_of(after), "y", scores=SCORES, by="age")
    apart = decompose(
        cube_of(before),
        cube_of(after.with_columns(c=pl.col("c") + 30)),
        "y",
        scores=SCORES,
        by="age",
    )
    errors = jackknife(before, after)
    assert (found.shared, apart.shared) == (60, 0)
    assert found.composition_se == pytest.approx(errors[COMPOSITION], rel=0.03)
    assert found.within_se == pytest.approx(errors[WITHIN], rel=0.03)
    assert found.se == pytest.approx(errors[CHANGE], rel=0.03)
    assert apart.within_se > 1.2 * errors[WITHIN], "as if no cluster were met again"


def test_shares_that_are_calibrated_have_no_error() -> None:
    """Raked on the breakdown itself, where everybody answered: composition errs by means alone."""
    waves = [
        wave(seed, clusters=clusters).with_columns(y=pl.col("y").replace(97, 2))
        for seed, clusters in ((11, (1, 2, 3)), (12, (4, 5, 6)))
    ]
    targets = ({"a": 20.0, "b": 30.0, "c": 50.0}, {"a": 30.0, "b": 30.0, "c": 40.0})
    cubes = [
        cube_of(frame, calibration=rake(frame, margins={"age": target}, weights="w"))
        for frame, target in zip(waves, targets, strict=True)
    ]
    found = decompose(*cubes, "y", scores=SCORES, by="age")
    moved = np.array([0.1, 0.0, -0.1])
    by_age = [mean(cube, "y", scores=SCORES, by="age") for cube in cubes]
    expected = sum(moved @ one.covariance @ moved for one in by_age) ** 0.5 / 2
    assert found.composition == pytest.approx(moved @ (by_age[0].value + by_age[1].value) / 2)
    assert found.composition_se == pytest.approx(expected, rel=1e-9)
    drawn = decompose(*map(cube_of, waves), "y", scores=SCORES, by="age")
    assert drawn.composition_se > 1.2 * expected
    whole = wave_difference(*cubes, "y", scores=SCORES)
    assert (found.value, found.se) == pytest.approx((whole.measured.value, whole.measured.se))


# --- clusters met again ---------------------------------------------------------------------------


def parts_of(totals: Array) -> Array:
    """Change, composition and within from twelve totals."""
    (s1, w1), (s2, w2) = (totals[start : start + 6].reshape(3, 2).T for start in (0, 6))
    p1, p2, m1, m2 = w1 / w1.sum(), w2 / w2.sum(), s1 / w1, s2 / w2
    return np.stack([p2 @ m2 - p1 @ m1, (p2 - p1) @ (m1 + m2) / 2, (m2 - m1) @ (p1 + p2) / 2])


def test_parts_have_the_errors_of_one_design_of_both_waves() -> None:
    before, after = met_again()
    found = decompose(cube_of(before, MIXED), cube_of(after, MIXED), "y", scores=SCORES, by="age")
    names = [
        f"{name}|{age}|{what}"
        for name in ("before", "after")
        for age in "abc"
        for what in ("scores", "weights")
    ]
    survey = one_design(before, after, recurring=[0])
    expected = survey.total(*names).smooth(parts_of, [CHANGE, COMPOSITION, WITHIN])
    errors = (found.se, found.composition_se, found.within_se)
    assert errors == pytest.approx(expected.se, rel=1e-9)
    independent = one_design(before, after, recurring=[]).total(*names)
    apart = independent.smooth(parts_of, [CHANGE, COMPOSITION, WITHIN]).se
    assert np.abs(apart / np.array(errors) - 1).max() > 0.02


# --- what is asked --------------------------------------------------------------------------------


def test_degrees_of_freedom_are_those_of_who_stands_in_the_breakdown() -> None:
    frames = wave(19, clusters=(1, 2, 3)), wave(20, clusters=(4, 5, 6, 7))
    nowhere = [frame.with_columns(age=pl.when(pl.col("h") != 1).then("age")) for frame in frames]
    found = decompose(*map(cube_of, nowhere), "y", scores=SCORES, by="age")
    whole = decompose(*map(cube_of, frames), "y", scores=SCORES, by="age")
    assert (found.df, whole.df) == (4, 6)
    mixed = [cube_of(frame, MIXED) for frame in nowhere]
    alone = [frame.filter(h=2).height for frame in frames]
    expected = min(2 + alone[0] - 1, 3 + alone[1] - 1)
    assert decompose(*mixed, "y", scores=SCORES, by="age").df == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a, b: decompose(a, b, "y", scores=SCORES, by="site"), "Unknown breakdown: 'site'"),
        (lambda a, b: wave_difference(a, b, "z", scores=SCORES), "Unknown item: 'z'"),
        (lambda a, b: wave_difference(a, b, "y", scores=(0, 1)), "3 levels, 2 scores"),
        (lambda a, b: wave_difference(a, b, "y"), "3 levels, 0 scores"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    call: Callable[[Cube, Cube], Decomposition], message: str
) -> None:
    cubes = cube_of(wave(22, clusters=(1, 2))), cube_of(wave(23, clusters=(3, 4)))
    with pytest.raises(InferenceError, match=message):
        call(*cubes)
