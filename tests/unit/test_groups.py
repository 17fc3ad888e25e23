"""Means over groups of domains: against a breakdown by the groups themselves, against rows, and
against a ratio written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from analysis.errors import InferenceError
from analysis.inference import (
    Cube,
    Design,
    DomainEstimates,
    Survey,
    build_cube,
    from_record,
    group_means,
    mean,
    rake,
    to_record,
)
from analysis.inference.calibration import Calibration
from tests.unit.test_waves import CLUSTERED, ELEMENTS, MIXED, SCORES, scored, wave

Array = NDArray[Any]
GROUPS = {"near": ["s1", "s2", "closed"], "far": ["s3", "s4", "s5"]}
"""Sites s6 and s7 are in none, and nobody answers at `closed`."""

DESIGNS = {"clusters": CLUSTERED, "single": ELEMENTS, "both": MIXED}


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Respondents of three strata, at seven sites that clusters cross; some at no known site."""
    frame = wave(31, clusters=(1, 2, 3, 4, 5), rows=900)
    random = np.random.default_rng(32)
    place = np.where(
        random.random(900) < 0.5, frame["c"].to_numpy() + 1, random.integers(1, 9, 900)
    )
    site = [None if one == 8 else f"s{one}" for one in place]
    group = {name: label for label, names in GROUPS.items() for name in names}
    return frame.with_columns(site=pl.Series(site)).with_columns(
        group=pl.col("site").replace_strict(group, default=None)
    )


def calibration(frame: pl.DataFrame, kind: str) -> Calibration | None:
    margins = {"g": {"u": 700.0, "v": 500.0}, "age": {"a": 400.0, "b": 300.0, "c": 500.0}}
    return rake(frame, margins=margins, weights="w") if kind == "calibrated" else None


def cube_of(frame: pl.DataFrame, design: Design, kind: str = "plain") -> Cube:
    return build_cube(
        frame,
        design,
        items={"y": (1, 2, 3), "w": None},
        breakdowns={"site": "site", "group": "group"},
        calibration=calibration(frame, kind),
    )


def of_groups(cube: Cube, **groups: list[str]) -> DomainEstimates:
    return group_means(cube, "y", scores=SCORES, by="site", groups=groups or GROUPS)


@pytest.mark.parametrize("kind", ["plain", "calibrated"])
@pytest.mark.parametrize("design", DESIGNS)
def test_a_group_is_a_domain_of_the_breakdown_by_groups(
    rows: pl.DataFrame, design: str, kind: str
) -> None:
    cube = cube_of(rows, DESIGNS[design], kind)
    found, whole = of_groups(cube), mean(cube, "y", scores=SCORES, by="group")
    order = [whole.domains.index(name) for name in GROUPS]
    assert (found.domains, found.by, found.item) == (("near", "far"), "site", "y")
    assert found.value == pytest.approx(whole.value[order], rel=1e-9)
    expected = whole.covariance[np.ix_(order, order)]
    assert found.covariance == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert found.se == pytest.approx(whole.se[order], rel=1e-9)
    assert found.weighted_base == pytest.approx(whole.weighted_base[order], rel=1e-9)
    assert found.base.tolist() == whole.base[order].tolist()
    assert found.counts.tolist() == whole.counts[order].tolist()
    assert found.df.tolist() == whole.df[order].tolist()
    moved = of_groups(cube, near=["s1"], far=["s2", "s3", "s4", "s5"])
    assert np.abs(moved.value / whole.value[order] - 1).min() > 1e-3
    assert np.abs(moved.se / whole.se[order] - 1).min() > 1e-3
    assert moved.base.tolist() != whole.base[order].tolist()


@pytest.mark.parametrize("kind", ["plain", "calibrated"])
@pytest.mark.parametrize("design", DESIGNS)
def test_a_group_has_the_mean_and_the_error_of_its_rows(
    rows: pl.DataFrame, design: str, kind: str
) -> None:
    found = of_groups(cube_of(rows, DESIGNS[design], kind))
    score, valid = scored(rows)
    frame = rows.with_columns(score=np.where(valid, score, np.nan))
    made = calibration(rows, kind)
    survey = Survey.of(frame, DESIGNS[design], calibration=made)
    expected = survey.mean("score", by="group").take(list(GROUPS))
    assert found.value == pytest.approx(expected.value, rel=1e-9)
    assert found.covariance == pytest.approx(expected.covariance, rel=1e-9, abs=1e-15)
    freedom = survey.domain_df("group")
    assert found.df.tolist() == [freedom[name] for name in GROUPS]
    if made is not None:
        plain = Survey.of(frame.with_columns(w=pl.Series(made.weights)), DESIGNS[design])
        ignored = plain.mean("score", by="group").take(list(GROUPS))
        assert found.value == pytest.approx(ignored.value, rel=1e-9)
        assert np.abs(ignored.se / found.se - 1).max() > 1e-3, "as if weights were not calibrated"


@pytest.mark.parametrize("design", ["clusters", "single"])
def test_a_group_has_the_covariance_of_ratios_written_out(rows: pl.DataFrame, design: str) -> None:
    """z = w (y − R) / Σw in a group and 0 elsewhere; n / (n − 1) Σ (z − z̄)(z' − z̄')ᵀ over the
    clusters, or the respondents, of each stratum."""
    score, valid = scored(rows)
    w, h = rows["w"].to_numpy() * valid, rows["h"].to_numpy()
    z = []
    for names in GROUPS.values():
        inside = rows["site"].is_in(names).fill_null(value=False).to_numpy() * w
        z.append(inside * (score - inside @ score / inside.sum()) / inside.sum())
    psu = rows["c"].to_numpy() if design == "clusters" else np.arange(rows.height)
    expected = np.zeros((2, 2))
    for stratum in range(3):
        units = np.unique(psu[h == stratum])
        totals = np.array(
            [[one[(h == stratum) & (psu == unit)].sum() for one in z] for unit in units]
        )
        apart = totals - totals.mean(axis=0)
        expected += len(units) / (len(units) - 1) * apart.T @ apart
    found = of_groups(cube_of(rows, DESIGNS[design]))
    assert found.covariance == pytest.approx(expected, rel=1e-9)
    shared = expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1])
    assert abs(shared) > (0.1 if design == "clusters" else 1e-3), "groups covary"


def test_sites_one_by_one_are_the_breakdown_by_site(rows: pl.DataFrame) -> None:
    cube = cube_of(rows, CLUSTERED)
    whole = mean(cube, "y", scores=SCORES, by="site")
    found = of_groups(cube, **{name: [name] for name in whole.domains})
    assert found.value == pytest.approx(whole.value, rel=1e-9)
    assert found.covariance == pytest.approx(whole.covariance, rel=1e-9, abs=1e-15)
    assert found.df.tolist() == whole.df.tolist()


def test_a_group_without_an_answer_has_no_mean_and_leaves_the_others_theirs(
    rows: pl.DataFrame,
) -> None:
    silent = rows.with_columns(y=pl.when(pl.col("site") == "s6").then(97).otherwise("y"))
    cube = cube_of(silent, MIXED)
    found = of_groups(cube, **GROUPS, empty=["closed"], silent=["s6"])
    plain = of_groups(cube)
    assert np.isnan(found.value[2:]).all() and np.isnan(found.covariance[2:]).all()
    assert np.isnan(found.covariance[:, 2:]).all()
    assert found.value[:2] == pytest.approx(plain.value, rel=1e-12)
    assert found.covariance[:2, :2] == pytest.approx(plain.covariance, rel=1e-12)
    assert (found.base[2:].tolist(), found.df[2]) == ([0, 0], 0)
    assert found.counts[2:].tolist() == [[0, 0, 0]] * 2


def test_a_name_that_stands_twice_in_a_group_counts_once(rows: pl.DataFrame) -> None:
    cube = cube_of(rows, CLUSTERED)
    twice, once = (
        of_groups(cube, near=["s1", "s2", *more], far=["s3"]) for more in (["s1", "s1"], [])
    )
    assert twice.value.tolist() == once.value.tolist()
    assert twice.base.tolist() == once.base.tolist()


def test_a_stored_cube_gives_the_same(rows: pl.DataFrame) -> None:
    cube = cube_of(rows, MIXED, "calibrated")
    stored, found = of_groups(from_record(to_record(cube))), of_groups(cube)
    assert stored.covariance == pytest.approx(found.covariance, rel=1e-12)
    assert stored.df.tolist() == found.df.tolist()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda cube: group_means(cube, "z", scores=SCORES, by="site", groups=GROUPS),
            "Unknown item: 'z'",
        ),
        (
            lambda cube: group_means(cube, "y", scores=SCORES, by="place", groups=GROUPS),
            "Unknown breakdown: 'place'",
        ),
        (
            lambda cube: group_means(cube, "y", scores=(0, 1), by="site", groups=GROUPS),
            "Item y has 3 levels, 2 scores were given",
        ),
        (
            lambda cube: group_means(cube, "w", scores=(0, 1), by="site", groups=GROUPS),
            "Item w has 0 levels, 2 scores were given",
        ),
        (
            lambda cube: of_groups(cube, near=["s1", "s2"], far=["s2", "s3"]),
            "A domain stands in two groups: s2",
        ),
    ],
)
def test_what_cannot_be_grouped_is_refused(
    rows: pl.DataFrame, ask: Callable[[Cube], DomainEstimates], message: str
) -> None:
    with pytest.raises(InferenceError, match=message):
        ask(cube_of(rows, CLUSTERED))
