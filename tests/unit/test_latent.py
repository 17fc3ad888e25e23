"""Latent classes against published tables, closed forms, known truth, and what must not matter.

Published: Goodman (1974, Biometrika 61, p. 222) on the role conflict of Stouffer and Toby; Linzer
and Lewis (2011, J. Stat. Softw. 42(10)) on the carcinoma of Agresti (2002, table 13.1). The
constants with more digits are of R's poLCA 1.6 (R 4.2.2): `set.seed(1); poLCA(cbind(A, B, C, D, E,
F, G) ~ 1, carcinoma, nclass = k, nrep = 20, tol = 1e-12, maxiter = 10000)`, and the same of
`values`; with `na.rm = FALSE` where answers are taken away.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.inference import (
    NO_ANSWER,
    Design,
    LatentClasses,
    Survey,
    fit_latent_classes,
    latent_scores,
    matching_classes,
)
from analysis.inference.arrays import Floats, Ints
from analysis.inference.latent import is_identifiable, parameter_count

CLOSE = 1e-5
"""Of what is printed with six decimals."""

ROLE_CONFLICT = {
    "++++": 42,
    "+++-": 23,
    "++-+": 6,
    "++--": 25,
    "+-++": 6,
    "+-+-": 24,
    "+--+": 7,
    "+---": 38,
    "-+++": 1,
    "-++-": 4,
    "-+-+": 1,
    "-+--": 6,
    "--++": 2,
    "--+-": 9,
    "---+": 2,
    "----": 20,
}
CARCINOMA = {
    "1111111": 34,
    "2111111": 2,
    "1211111": 6,
    "2211111": 2,
    "1111211": 2,
    "1211211": 4,
    "2211211": 2,
    "1211112": 1,
    "2211112": 1,
    "2212112": 1,
    "1211212": 5,
    "2211212": 7,
    "2121212": 1,
    "2221212": 13,
    "2212212": 2,
    "2222212": 10,
    "2211222": 1,
    "2221222": 5,
    "2212222": 3,
    "2222222": 16,
}
"""Whether each of seven pathologists sees a carcinoma on a slide (1 no, 2 yes) → slides."""


def rows(patterns: dict[str, int], signs: str) -> Ints:
    """(n, J) a row per person: the place of each answer in `signs`."""
    return np.array(
        [
            [signs.index(sign) for sign in pattern]
            for pattern, count in patterns.items()
            for _ in range(count)
        ]
    )


@pytest.fixture(scope="module")
def conflict() -> Ints:
    return rows(ROLE_CONFLICT, "-+")


@pytest.fixture(scope="module")
def carcinoma() -> Ints:
    return rows(CARCINOMA, "12")


@pytest.fixture(scope="module")
def two(conflict: Ints) -> LatentClasses:
    return fit_latent_classes(conflict, [2] * 4, classes=2, seed=1)


# --- published ------------------------------------------------------------------------------------


def test_role_conflict_is_as_goodman_published_it(conflict: Ints, two: LatentClasses) -> None:
    assert len(conflict) == 216
    counts = np.array(list(ROLE_CONFLICT.values()))
    saturated = float(counts @ np.log(counts / 216))
    assert round(2 * (saturated - two.log_likelihood), 2) == 2.72
    assert two.shares[0].round(3).tolist() == [0.721, 0.279]
    published = [[0.714, 0.993], [0.330, 0.940], [0.354, 0.927], [0.132, 0.769]]
    assert [table[:, 1].round(3).tolist() for table in two.answers] == published
    assert two.parameters == 9
    assert two.log_likelihood == pytest.approx(-504.467670, abs=CLOSE)
    assert (two.aic, two.bic) == pytest.approx((1026.935340, 1057.312846), abs=2 * CLOSE)


@pytest.mark.parametrize(
    ("classes", "likelihood", "bic", "shares"),
    [
        (1, -524.464818, 1082.324428, [1.0]),
        (2, -317.256837, 706.073944, [0.501212, 0.498788]),
        (3, -293.704979, 697.135704, [0.444728, 0.373564, 0.181708]),
    ],
)
def test_carcinoma_is_as_linzer_and_lewis_published_it(
    carcinoma: Ints, classes: int, likelihood: float, bic: float, shares: list[float]
) -> None:
    model = fit_latent_classes(carcinoma, [2] * 7, classes=classes, seed=1)
    assert model.respondents == 118
    assert model.log_likelihood == pytest.approx(likelihood, abs=CLOSE)
    assert model.bic == pytest.approx(bic, abs=2 * CLOSE)
    assert model.shares[0] == pytest.approx(shares, abs=CLOSE)


def test_the_criterion_chooses_three_kinds_of_slides(carcinoma: Ints) -> None:
    models = [fit_latent_classes(carcinoma, [2] * 7, classes=count, seed=1) for count in (1, 2, 3)]
    assert min(models, key=lambda model: model.bic).classes == 3


def test_a_climb_ends_where_a_step_leads_back(carcinoma: Ints) -> None:
    """With one class more than the criterion chooses, where plain steps take longest; everybody
    stands twice, so that there are enough for it.
    """
    twice = np.vstack([carcinoma, carcinoma])
    model = fit_latent_classes(twice, [2] * 7, classes=4, seed=1)

    def step(found: LatentClasses) -> float:
        """How far a step of expectation and maximisation leads from a model."""
        likely = found.classify(twice)
        moved = [np.abs(likely.mean(axis=0) - found.shares[0]).max()]
        for rank, table in enumerate(found.answers):
            yes = (likely * twice[:, [rank]]).sum(axis=0) / likely.sum(axis=0)
            moved.append(np.abs(yes - table[:, 1]).max())
        return float(max(moved))

    assert step(model) < 1e-6
    beside = replace(model, shares=0.99 * model.shares + 0.01 / 4)
    assert step(beside) > 1e-4


def test_answers_that_are_missing_at_random_are_left_out_of_the_likelihood(
    carcinoma: Ints,
) -> None:
    """As poLCA without `na.rm`, of the same rows: those of the data frame, in its order."""
    holes = in_published_order(carcinoma)
    holes[::5, 2] = NO_ANSWER
    holes[1::7, 4] = NO_ANSWER
    model = fit_latent_classes(holes, [2] * 7, classes=2, seed=1)
    assert model.log_likelihood == pytest.approx(-303.086608, abs=CLOSE)
    assert model.bic == pytest.approx(677.733486, abs=2 * CLOSE)
    assert model.shares[0] == pytest.approx([0.506880, 0.493120], abs=CLOSE)
    dropped = fit_latent_classes(holes[(holes >= 0).all(axis=1)], [2] * 7, classes=2, seed=1)
    assert abs(dropped.shares[0, 0] - 0.506880) > 100 * CLOSE, "rows are not dropped"


def in_published_order(carcinoma: Ints) -> Ints:
    """The slides as the package's data frame has them: sorted by A, then B, …"""
    return carcinoma[np.lexsort(carcinoma.T[::-1])]


# --- closed forms ---------------------------------------------------------------------------------


def test_one_class_is_independence(conflict: Ints) -> None:
    model = fit_latent_classes(conflict, [2] * 4, classes=1, seed=1)
    shares = conflict.mean(axis=0)
    assert [table[0, 1] for table in model.answers] == pytest.approx(shares.tolist(), abs=1e-12)
    expected = 216 * (shares * np.log(shares) + (1 - shares) * np.log(1 - shares)).sum()
    assert model.log_likelihood == pytest.approx(expected, abs=1e-9)
    assert math.isnan(model.entropy)


def test_classes_that_never_answer_alike_are_told_apart_for_certain() -> None:
    answers = np.array([[0, 0, 0]] * 30 + [[1, 1, 1]] * 70)
    model = fit_latent_classes(answers, [2, 2, 2], classes=2, seed=1)
    assert model.shares[0] == pytest.approx([0.7, 0.3], abs=1e-9)
    assert model.entropy == pytest.approx(1.0, abs=1e-6)
    assert model.log_likelihood == pytest.approx(30 * math.log(0.3) + 70 * math.log(0.7), abs=1e-6)


def test_scores_of_certain_classes_are_those_of_a_mean() -> None:
    answers = np.array([[0, 0, 0]] * 30 + [[1, 1, 1]] * 70)
    model = fit_latent_classes(answers, [2, 2, 2], classes=2, seed=1)
    scores = latent_scores(model, answers).shares[:, 0, 0]
    expected = (answers[:, 0] - 0.7) / 100
    assert scores == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("classes", "groups", "count"), [(2, 1, 9), (2, 3, 11), (3, 1, 14)])
def test_parameters_are_counted(classes: int, groups: int, count: int) -> None:
    assert parameter_count([2, 2, 2, 2], classes, groups) == count


def test_four_yes_or_no_questions_do_not_tell_four_classes_apart() -> None:
    assert is_identifiable([2, 2, 2, 2], 3) and not is_identifiable([2, 2, 2, 2], 4)


# --- what must not matter -------------------------------------------------------------------------


def test_the_order_of_people_and_of_levels_does_not_matter(
    conflict: Ints, two: LatentClasses
) -> None:
    shuffled = np.random.default_rng(5).permutation(conflict)
    other = fit_latent_classes(shuffled, [2] * 4, classes=2, seed=1)
    assert other.log_likelihood == pytest.approx(two.log_likelihood, abs=1e-8)
    assert other.shares == pytest.approx(two.shares, abs=1e-5)
    renamed = fit_latent_classes(1 - conflict, [2] * 4, classes=2, seed=1)
    assert renamed.log_likelihood == pytest.approx(two.log_likelihood, abs=1e-8)
    assert renamed.answers[0][:, 0] == pytest.approx(two.answers[0][:, 1], abs=1e-4)
    another_seed = fit_latent_classes(conflict, [2] * 4, classes=2, seed=99)
    assert another_seed.shares == pytest.approx(two.shares, abs=1e-5)


def test_weights_count_people_whatever_their_size(conflict: Ints, two: LatentClasses) -> None:
    doubled = fit_latent_classes(conflict, [2] * 4, classes=2, seed=1, weights=np.full(216, 2.0))
    assert doubled.log_likelihood == pytest.approx(two.log_likelihood, abs=1e-8)
    assert doubled.bic == pytest.approx(two.bic, abs=1e-8), "of 216 people, not of 432"
    patterns, counts = np.unique(conflict, axis=0, return_counts=True)
    tiled, weights = np.repeat(patterns, 4, axis=0), np.repeat(counts / 4, 4)
    weighted = fit_latent_classes(tiled, [2] * 4, classes=2, seed=1, weights=weights)
    assert weighted.shares == pytest.approx(two.shares, abs=1e-5)
    perturbed = weights * np.where(tiled[:, 0] == 1, 1.5, 1.0)
    other = fit_latent_classes(tiled, [2] * 4, classes=2, seed=1, weights=perturbed)
    assert abs(other.shares[0, 0] - two.shares[0, 0]) > 0.01


def test_who_answers_nothing_changes_nothing(conflict: Ints, two: LatentClasses) -> None:
    silent = np.vstack([conflict, np.full((50, 4), NO_ANSWER)])
    model = fit_latent_classes(silent, [2] * 4, classes=2, seed=1)
    assert model.respondents == 216
    assert model.log_likelihood == pytest.approx(two.log_likelihood, abs=1e-8)
    assert model.posterior[-1] == pytest.approx(model.shares[0])
    assert latent_scores(model, silent).shares[-1].tolist() == [[0.0, 0.0]]


# --- known truth ----------------------------------------------------------------------------------

ANSWERS = (
    np.array([[0.8, 0.15, 0.05], [0.1, 0.3, 0.6]]),
    np.array([[0.9, 0.1], [0.25, 0.75]]),
    np.array([[0.75, 0.2, 0.05], [0.15, 0.25, 0.6]]),
    np.array([[0.85, 0.15], [0.2, 0.8]]),
)
LEVELS = [table.shape[1] for table in ANSWERS]


def drawn(rng: np.random.Generator, kinds: Ints) -> Ints:
    """Answers of people of these kinds."""
    return np.column_stack(
        [
            (rng.random(len(kinds))[:, None] > np.cumsum(table, axis=1)[kinds]).sum(axis=1)
            for table in ANSWERS
        ]
    )


def test_shares_of_groups_are_found_with_one_way_to_answer() -> None:
    rng = np.random.default_rng(11)
    true = np.array([0.8, 0.5, 0.15])
    groups = np.repeat([0, 1, 2], 1500)
    answers = drawn(rng, (rng.random(4500) > true[groups]).astype(np.int64))
    model = fit_latent_classes(answers, LEVELS, classes=2, seed=3, groups=groups)
    model = model.reordered(matching_classes(ANSWERS, model.answers))
    scores = latent_scores(model, answers, groups)
    for group in range(3):
        se = math.sqrt(float((scores.shares[:, group, 0] ** 2).sum()))
        assert 0.01 < se < 0.03
        assert abs(model.shares[group, 0] - true[group]) < 3 * se
        assert abs(model.shares[group, 0] - (true[group] + 0.1)) > 3 * se, "a perturbed truth"
    for found, table in zip(model.answers, ANSWERS, strict=True):
        assert found == pytest.approx(table, abs=0.05)
    other = model.classify(answers[:5], np.full(5, -1))
    assert other.sum(axis=1) == pytest.approx(1.0)
    assert model.classify(answers, groups) == pytest.approx(model.posterior, abs=1e-9)


def test_intervals_hold_the_truth_as_often_as_they_say_where_people_come_in_clusters() -> None:
    """Shares vary from cluster to cluster: errors that know it hold, those that do not are too
    small.
    """
    rng, true, inside, naive = np.random.default_rng(20), 0.6, 0, 0
    draws, clusters, size = 120, 60, 12
    errors, spread = [], []
    for _ in range(draws):
        tendency = rng.beta(true * 1.5, (1 - true) * 1.5, clusters)
        kinds = (rng.random(clusters * size) > np.repeat(tendency, size)).astype(np.int64)
        answers = drawn(rng, kinds)
        weights = rng.uniform(0.5, 1.5, len(answers))
        model = fit_latent_classes(answers, LEVELS, classes=2, seed=1, weights=weights, starts=3)
        model = model.reordered(matching_classes(ANSWERS, model.answers))
        scores = latent_scores(model, answers).shares[:, 0, :1]
        frame = pl.DataFrame({"w": weights, "c": np.repeat(np.arange(clusters), size)})
        survey = Survey.of(frame, Design(weights="w", clusters=("c",)))
        scale = model.weights / weights
        se = math.sqrt(float(survey.covariance(scores * scale[:, None])[0, 0]))
        error = float(model.shares[0, 0]) - true
        errors.append(error)
        spread.append(se)
        inside += abs(error) < 2.0 * se
        naive += abs(error) < 2.0 * math.sqrt(float(((scores[:, 0] * model.weights) ** 2).sum()))
    assert inside / draws > 0.88
    assert naive / draws < 0.80, "errors that know no clusters are refused"
    assert 0.85 < float(np.mean(spread)) / float(np.std(errors)) < 1.2


def test_scores_are_how_estimates_move_with_a_weight(conflict: Ints, two: LatentClasses) -> None:
    scores, step = latent_scores(two, conflict), 0.05
    moved = fit_latent_classes(
        conflict, [2] * 4, classes=2, seed=1, weights=np.where(np.arange(216) == 0, 1 + step, 1.0)
    )
    # Weights are scaled to mean 1, so that the others give a little of theirs.
    expected = scores.answers[1] - scores.answers[1].mean(axis=0)
    found = (moved.answers[1] - two.answers[1]) / step
    assert found == pytest.approx(expected[0], rel=0.02)
    assert found != pytest.approx(expected[-1], rel=0.02), "another person moves them otherwise"


# --- refused --------------------------------------------------------------------------------------


def message(answers: Ints, levels: list[int], groups: Ints | None = None, classes: int = 2) -> str:
    with pytest.raises(InferenceError) as caught:
        fit_latent_classes(answers, levels, classes=classes, seed=1, groups=groups)
    return str(caught.value)


def test_too_few_people_or_questions_are_told(conflict: Ints) -> None:
    few = message(conflict[:40], [2] * 4)
    assert "40 respondents are too few for 2 classes of 4 questions: it takes 45." in few
    assert "fewer classes or questions" in few
    told = message(conflict[:, :2], [2, 2])
    assert "2 questions of 4 possible answers cannot tell 2 classes apart." in told
    groups = np.repeat([0, 2], 108)
    assert "in one of the groups" in message(conflict, [2] * 4, groups)
    nobody: Ints = np.empty((0, 4), dtype=np.int64)
    assert "Nobody answered" in message(nobody, [2] * 4)


def test_classes_that_the_answers_do_not_determine_are_told() -> None:
    """Everybody answers alike in both classes: any size of them fits."""
    rng = np.random.default_rng(2)
    answers: Ints = rng.integers(0, 2, (400, 4))
    same = np.full((2, 2), 0.5)
    weights: Floats = np.ones(400)
    model = LatentClasses(
        shares=np.array([[0.5, 0.5]]),
        answers=(same,) * 4,
        posterior=np.full((400, 2), 0.5),
        weights=weights,
        log_likelihood=0.0,
        respondents=400,
    )
    with pytest.raises(InferenceError, match="do not determine these classes"):
        latent_scores(model, answers)
