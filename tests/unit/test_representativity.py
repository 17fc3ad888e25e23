"""R-indicators: exact expectations, the error by simulation, and what they say of a frame."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.errors import InferenceError
from analysis.indicators import Representativity as Layer
from analysis.indicators import sample_representativity
from analysis.inference.representativity import Representativity, representativity
from analysis.publishing.pages.response import representativity as section
from analysis.study import Study
from tests.released import page, row
from tests.unit.test_base_weights import CELLS, frame_of
from tests.unit.test_pages import lines


def of(cells: dict[str, list[str]], drawn: Any, answered: Any, **changes: Any) -> Representativity:
    """That of people who were all drawn, in one stratum."""
    size = len(drawn)
    given = {"strata": ["one"] * size, "weights": np.ones(size)} | changes
    return representativity(cells, np.asarray(drawn), np.asarray(answered), **given)


def test_two_halves_that_answer_unlike_each_other() -> None:
    """Propensities of 1/4 and 3/4 differ by 1/4 from their mean: R = 1/2, but for the noise of
    4,000,000 answers."""
    many = 4_000_000
    found = of({"age": ["1", "2"]}, [many, many], [many // 4, 3 * many // 4])
    assert found.value == pytest.approx(0.5, abs=1e-6)
    alike = of({"age": ["1", "2"]}, [many, many], [many // 4, many // 4])
    assert alike.value == pytest.approx(1, abs=1e-3)
    assert np.isnan(alike.se) and alike.bounds()[1] == 1


def test_the_variance_of_propensities_is_expected_to_be_the_true_one() -> None:
    """Of two groups of n, everybody drawn, the exact expectation over all outcomes: w₁w₂ times
    (Δ² + v₁/n₁ + v₂/n₂), where v is what the binomial variance leaves of itself, ρ(1 − ρ)/n. The
    naive variance is above it by w₁w₂(v₁ + v₂)."""
    sizes, truth = (12, 20), (0.45, 0.6)
    expected = naive = mass = 0.0
    for answers in itertools.product(range(1, 12), range(1, 20)):
        chance = float(
            np.prod(
                [stats.binom.pmf(r, n, p) for r, n, p in zip(answers, sizes, truth, strict=True)]
            )
        )
        mass += chance
        expected += chance * of({"age": ["1", "2"]}, sizes, answers).spread.variance
        rates = np.array(answers) / sizes
        naive += chance * (12 * 20 / 32**2) * (rates[0] - rates[1]) ** 2
    share = 12 * 20 / 32**2
    noise = [p * (1 - p) / n for p, n in zip(truth, sizes, strict=True)]
    true = share * (0.15**2 + noise[0] / 12 + noise[1] / 20)
    assert mass > 0.999
    assert expected / mass == pytest.approx(true, rel=0.02)
    assert naive / mass == pytest.approx(share * (0.15**2 + sum(noise)), rel=0.02)


RHO = 1 / (1 + np.exp(0.6 - np.linspace(-0.5, 0.5, 6)[:, None] - np.array([-0.5, 0, 0.6])))
USERS = np.random.default_rng(3).integers(60, 400, size=(6, 3))
SITES = [f"s{site}" for site in range(6) for _ in range(3)]
AGES = ["1", "2", "3"] * 6


def drawn_again(draws: int, per_site: int, seed: int) -> list[Representativity]:
    """Samples of as many users per site, and who of them answers."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        people = np.array([rng.multivariate_hypergeometric(one, per_site) for one in USERS])
        weights = np.repeat(USERS.sum(axis=1) / per_site, 3)
        answers = rng.binomial(people, RHO).ravel()
        cells = {"site": SITES, "age": AGES}
        found.append(of(cells, people.ravel(), answers, strata=SITES, weights=weights))
    return found


def test_samples_of_sites_tell_the_truth_and_their_error() -> None:
    """300 samples of 6 sites. Expected differences are held to four standard errors of the mean;
    95 % of intervals hold the truth, give or take four of theirs."""
    share = USERS / USERS.sum()
    mean = float((share * RHO).sum())
    variance = float((share * (RHO - mean) ** 2).sum())
    by_age = (USERS * RHO).sum(axis=0) / USERS.sum(axis=0)
    of_age = float((share.sum(axis=0) * (by_age - mean) ** 2).sum())
    found = drawn_again(300, 90, seed=1)
    for values, true in (
        ([one.spread.variance for one in found], variance),
        ([one.unconditional["age"].variance for one in found], of_age),
    ):
        spread = float(np.std(values))
        assert np.mean(values) == pytest.approx(true, abs=4 * spread / np.sqrt(300))
    errors = np.mean([one.spread.variance_se for one in found])
    assert errors == pytest.approx(np.std([one.spread.variance for one in found]), rel=0.15)
    truth = 1 - 2 * np.sqrt(variance)
    held = np.mean([low <= truth <= high for low, high in (one.bounds() for one in found)])
    assert held == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 300))
    missed = np.mean([low <= truth - 0.12 <= high for low, high in (one.bounds() for one in found)])
    assert missed < 0.5


def test_what_a_variable_adds_is_what_the_others_do_not_say() -> None:
    """Answers that follow age alone: age adds its whole spread, another variable none."""
    many = 1_000_000
    cells = {"age": ["1", "2", "1", "2"], "sex": ["f", "f", "m", "m"]}
    found = of(cells, [many] * 4, [many // 4, many // 2, many // 4, many // 2])
    assert found.unconditional["age"].value == pytest.approx(0.125, abs=1e-5)
    assert found.conditional["age"] == pytest.approx(0.125, abs=1e-5)
    assert max(found.unconditional["sex"].value, found.conditional["sex"]) < 1e-3
    twins = of({"age": cells["age"], "again": cells["age"]}, [many] * 4, [many // 4, many // 2] * 2)
    assert max(twins.conditional.values()) < 1e-3, "each says all that the other does"


@pytest.mark.parametrize("answered", [[0, 30], [50, 30]])
def test_a_category_that_all_or_none_answer_in_has_no_propensity(answered: list[int]) -> None:
    with pytest.raises(InferenceError, match="'age', nobody answered, or everybody did"):
        of({"age": ["1", None]}, [50, 60], answered)  # type: ignore[list-item]


# --- the layer ------------------------------------------------------------------------------------


def layer(study: Study, frame: pl.DataFrame) -> pl.DataFrame:
    return sample_representativity(frame, study, directorate="dpaph", wave="2026-2", simulated=True)


def test_a_frame_is_told_by_its_variables(study: Study) -> None:
    """20 and 15 users of cedre for 10 drawn, 50 and 50 of orme for 20, of whom half answer or a
    fifth."""
    cells = (
        ("antenne-cedre", 1, 200, 100, 50, 0),
        ("antenne-cedre", 2, 150, 75, 15, 0),
        ("antenne-orme", 1, 500, 200, 100, 0),
        ("antenne-orme", 2, 500, 200, 40, 0),
    )
    found = layer(study, frame_of(*cells))
    assert found["variable"].to_list() == ["R", "site", "AGE"]
    whole, site, age = found.iter_rows(named=True)
    assert (whole["drawn"], whole["answers"], whole["reason"]) == (575, 205, "")
    young = 700 / 1350
    true = 0.3 * np.sqrt(young * (1 - young))
    assert whole["value"] == pytest.approx(1 - 2 * true, abs=0.01)
    assert whole["low"] < whole["value"] < whole["high"]
    assert age["value"] == pytest.approx(true, abs=0.005)
    assert age["conditional"] == pytest.approx(true, abs=0.005) and site["value"] < 0.02
    figures = Layer.figures(found)
    assert figures.select("indicator", "definition", "item").rows() == [
        ("representativity", "R", None),
        ("site", "unconditional", None),
        ("AGE", "unconditional", "AGE"),
        ("site", "conditional", None),
        ("AGE", "conditional", "AGE"),
    ]
    assert set(figures["base"]) == {205}


def test_what_cannot_be_told_has_a_reason(study: Study) -> None:
    silent = (*CELLS[:3], ("antenne-orme", 2, 150, 15, 0, 0), ("antenne-orme", 3, 9, 3, 0, 0))
    (only,) = layer(study, frame_of(*silent)).iter_rows(named=True)
    assert only["value"] is None and "nobody answered" in only["reason"]
    assert Layer.figures(layer(study, frame_of(*silent))).is_empty()
    assert layer(study, frame_of()).is_empty()


# --- the page -------------------------------------------------------------------------------------


def figure(definition: str, indicator: str, value: float, **about: Any) -> dict[str, Any]:
    found = {
        "layer": "representativity",
        "indicator": indicator,
        "item": None,
        "definition": definition,
        **dict.fromkeys(("kind", "unit"), "ratio"),
        "breakdown": "channel",
        "category": "invitation",
        "value": value,
        **about,
    }
    return row(**found)


def test_the_section_gives_the_indicator_and_its_parts(study: Study) -> None:
    bounds = {"low": 0.86, "high": 0.934}
    rows = [
        figure("R", "representativity", 0.894, **bounds),
        figure("unconditional", "site", 0.004, low=0.0, high=0.03),
        figure("unconditional", "AGE", 0.05, low=0.03, high=0.07, item="AGE"),
        figure("R", "representativity", 0.91, directorate="def", **bounds),
    ]
    found = lines(section(page(study, *rows, directorate=None)))
    assert [one for one in found if "|" in one] == [
        "Qui a été invité|Indicateur R|Intervalle à 95 %|Selon : site|Selon : Âge|",
        "DPAPH – Enquête sur invitation|0,89|[0,86 ; 0,93]|0,00|0,05|",
        "DEF – Enquête sur invitation|0,91|[0,86 ; 0,93]|so|so|",
    ]
    assert section(page(study, row(), directorate=None)).markdown == ""
