"""How far apart groups of one wave are, and the levels of a rare answer, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.indicators import gaps, satisfaction
from analysis.inference import Design, build_cube, to_record
from analysis.storage import Cubes
from analysis.study import Study

SCOPE: dict[str, str] = {"directorate": "dpaph", "wave": "2026-2"}
CLUSTERS = 24


def respondents(seed: int = 5) -> pl.DataFrame:
    """Answers to Q01 of two ages in clusters that share an opinion."""
    random = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(CLUSTERS), 15)
    age = random.integers(1, 3, len(cluster))
    opinion = random.normal(0, 0.8, CLUSTERS)[cluster] + 0.5 * age
    answer = np.clip(np.round(3 + opinion + random.normal(0, 1, len(cluster))), 1, 5)
    return pl.DataFrame({"Q01": answer.astype(int), "AGE": age.astype(str), "cluster": cluster})


def only_overall(study: Study) -> Study:
    kept = tuple(one for one in study.indicators if one.id == "satisfaction_globale")
    return study.model_copy(update={"indicators": kept})


def record(frame: pl.DataFrame, channels: str) -> pl.DataFrame:
    """The cube of some channels, as notebooks store it."""
    cube = build_cube(
        frame,
        Design(clusters=("cluster",)),
        items={"Q01": range(1, 6)},
        breakdowns={"age": "AGE"} if channels == "invitation" else {"canal": "channel"},
    )
    return Cubes.validate(to_record(cube).select(pl.lit(channels).alias("channels"), pl.all()))


def weighting(*channels: str) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "channels": name,
                "claim": "C1" if name == "invitation" else "C2",
                "weights_id": "none",
                "reference": name == "invitation",
                "simulated": True,
            }
            for name in channels
        ]
    )


def found(study: Study, frame: pl.DataFrame, other: pl.DataFrame | None = None) -> pl.DataFrame:
    """The gaps of one study of invitations, and of those who answered by QR code."""
    cubes, names = [record(frame, "invitation")], ["invitation"]
    if other is not None:
        cubes.append(record(other.with_columns(channel=pl.lit("qr")), "qr"))
        names.append("qr")
    table, one = pl.concat(cubes), only_overall(study)
    estimates = satisfaction(table, weighting(*names), one, **SCOPE)
    return gaps(table, estimates, one, **SCOPE)


def satisfied(frame: pl.DataFrame) -> np.ndarray:
    return (frame["Q01"] >= 4).to_numpy().astype(float)


def scores(frame: pl.DataFrame, chosen: np.ndarray) -> np.ndarray:
    """What each cluster adds to the error of the share of a group."""
    y, share = satisfied(frame), satisfied(frame)[chosen].mean()
    each = np.where(chosen, (y - share) / chosen.sum(), 0.0)
    return np.bincount(frame["cluster"].to_numpy(), each, CLUSTERS)


def test_two_profiles_are_compared_with_their_covariance(study: Study) -> None:
    frame = respondents()
    young = (frame["AGE"] == "1").to_numpy()
    row = found(study, frame).row(0, named=True)
    y = satisfied(frame)
    assert (row["first"], row["second"], row["family"]) == ("1", "2", 1)
    assert row["value"] == pytest.approx(y[young].mean() - y[~young].mean(), rel=1e-12)
    both = CLUSTERS / (CLUSTERS - 1)
    apart = scores(frame, young) - scores(frame, ~young)
    se = np.sqrt(both * np.square(apart).sum())
    assert row["se"] == pytest.approx(se, rel=1e-10)
    independent = np.sqrt(
        both * (np.square(scores(frame, young)) + np.square(scores(frame, ~young))).sum()
    )
    assert abs(independent / se - 1) > 0.1, "the clusters hold both ages: covariance matters"
    t = stats.t.ppf(0.975, CLUSTERS - 1)
    assert row["low"] == pytest.approx(row["value"] - t * se, rel=1e-9)
    assert row["word"] == ("below" if row["value"] + t * se < 0 else "none")


def test_a_channel_is_compared_with_the_reference_sample(study: Study) -> None:
    frame, other = respondents(), respondents(9)
    row = found(study, frame, other).filter(breakdown="canal").row(0, named=True)
    everybody = np.ones(frame.height, dtype=bool)
    variance = sum(
        CLUSTERS / (CLUSTERS - 1) * np.square(scores(one, everybody)).sum()
        for one in (frame, other)
    )
    assert (row["first"], row["second"], row["claim"]) == ("total", "qr", "C2")
    assert row["value"] == pytest.approx(satisfied(frame).mean() - satisfied(other).mean())
    assert row["se"] == pytest.approx(np.sqrt(variance), rel=1e-10)
    assert row["compared"] == [
        "estimates/dpaph/2026-2/-/satisfaction_globale/T2B/share/total/total",
        "estimates/dpaph/2026-2/-/satisfaction_globale/T2B/share/canal/qr",
    ]


def test_intervals_are_as_wide_as_the_number_of_pairs_asks(study: Study) -> None:
    frame = respondents()
    three = frame.with_columns(
        AGE=pl.when(pl.col("Q01") == 3).then(pl.lit("3")).otherwise(pl.col("AGE"))
    )
    table = found(study, three)
    assert table["family"].to_list() == [3, 3, 3]
    width = (table["high"] - table["low"]) / 2 / table["se"]
    t = stats.t.ppf(1 - 0.05 / 6, table["df"].to_numpy())
    np.testing.assert_allclose(width.to_numpy(), t, rtol=1e-9)


def test_people_of_no_known_profile_are_compared_with_nobody(study: Study) -> None:
    frame = respondents().with_columns(AGE=pl.lit("unknown"))
    assert found(study, frame).height == 0
    assert set(found(study, respondents())["breakdown"]) == {"age"}


# --- rare levels ----------------------------------------------------------------------------------


def level_shares(study: Study, answers: list[int]) -> dict[str, Any]:
    """Definition → value of the shares of the levels of Q01."""
    frame = pl.DataFrame(
        {"Q01": answers, "AGE": ["1"] * len(answers), "cluster": range(len(answers))}
    )
    cubes = record(frame, "invitation")
    table = satisfaction(cubes, weighting("invitation"), only_overall(study), **SCOPE)
    shares = table.filter(pl.col("kind") == "level_share")
    return dict(shares.select("definition", "value").iter_rows())


def test_a_rare_level_has_its_share_with_its_neighbours_too(study: Study) -> None:
    answers = [1] * 4 + [2] * 30 + [3] * 40 + [4] * 60 + [5] * 66
    expected = {"P1": 0.02, "P2": 0.15, "P3": 0.2, "P4": 0.3, "P5": 0.33, "P1-2": 0.17}
    assert level_shares(study, answers) == pytest.approx(expected)
    frequent = [1] * 11 + answers[4:]
    assert "P1-2" not in level_shares(study, frequent)


def test_levels_are_never_told_together_across_what_is_counted(study: Study) -> None:
    """Three people in the middle join those who are dissatisfied, not those who are satisfied."""
    answers = [1] * 30 + [2] * 12 + [3] * 3 + [4] * 20 + [5] * 35
    shares = level_shares(study, answers)
    assert shares["P2-3"] == pytest.approx(0.15)
    assert set(shares) == {"P1", "P2", "P3", "P4", "P5", "P2-3"}
