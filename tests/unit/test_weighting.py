"""Weights and designs of the samples of a directorate and wave, on literal tables."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from analysis.errors import InferenceError, ParameterError
from analysis.indicators.base_weights import STRATUM, WEIGHT
from analysis.indicators.weighting import (
    CLUSTER,
    ELEMENT,
    WeightedSample,
    restore_sample,
    weigh,
    weigh_all,
    weighting_table,
    weights_table,
)
from analysis.inference import Survey, build_cube, mean
from analysis.storage import Dispositions
from analysis.study import Claim, Study, load_study
from analysis.study.field import MarginsFile
from analysis.study.sampling import Sampling
from analysis.study.yaml_reader import read_yaml
from tests.conftest import ROOT, alter

Margins = dict[str, dict[str, float]]

NO_FRAME = Dispositions.create_empty()


def sampled(study: Study, sampling: Sampling) -> Study:
    """The study, whose invited sample is drawn so."""
    channels = [
        one.model_copy(update={"sampling": sampling}) if one.id == "invitation" else one
        for one in study.channels
    ]
    return study.model_copy(update={"channels": tuple(channels)})


@pytest.fixture(scope="module")
def study(study: Study) -> Study:
    """The study, which does not know how many users a site has."""
    return sampled(study, Sampling(strata=("site",)))


AGES: Margins = {"AGE": {"1": 30, "2": 70}}
BOTH: Margins = {"AGE": {"1": 30, "2": 70}, "site": {"antenne-cedre": 45, "antenne-orme": 55}}

ANSWERS = [
    # response, channel, site, population, AGE
    ("r4", "invitation", "antenne-orme", "generale", 2),
    ("r1", "invitation", "antenne-cedre", "generale", 1),
    ("r2", "invitation", "antenne-orme", "generale", 1),
    ("r3", "invitation", "antenne-cedre", "generale", 2),
    ("q1", "qr", "antenne-cedre", "generale", 1),
    ("q2", "qr", "antenne-orme", "generale", 2),
    ("k1", "borne", "antenne-orme", "generale", 97),
]


def responses(*rows: tuple[str, str, str, str, int]) -> pl.DataFrame:
    frame = pl.DataFrame(
        list(rows), schema=["response_id", "channel", "site", "population", "AGE"], orient="row"
    )
    return frame.with_columns(day=pl.lit(date(2026, 9, 1)))


def known(study: Study, margins: Margins) -> Study:
    """The study, whose only margins are those of dpaph in the last wave."""
    file = MarginsFile(source="x", margins={"dpaph": margins})
    return study.model_copy(update={"margins": {"2026-2": file} if margins else {}})


def weighed(
    study: Study, margins: Margins, *channels: str, frame: pl.DataFrame | None = None
) -> WeightedSample:
    return weigh(
        responses(*ANSWERS) if frame is None else frame,
        known(study, margins),
        NO_FRAME,
        directorate="dpaph",
        wave="2026-2",
        channels=tuple(study.channel(one) for one in channels or ("invitation",)),
    )


def weights(sample: WeightedSample) -> dict[str, float]:
    return dict(sample.frame.select("response_id", WEIGHT).iter_rows())


def sums(sample: WeightedSample, column: str) -> dict[str, float]:
    grouped = sample.frame.group_by(pl.col(column).cast(pl.String)).agg(pl.col(WEIGHT).sum())
    return dict(grouped.iter_rows())


# --- weights --------------------------------------------------------------------------------------


def test_reference_channels_are_weighted_to_their_margin(study: Study) -> None:
    sample = weighed(study, AGES)
    assert weights(sample) == pytest.approx({"r1": 15, "r2": 15, "r3": 35, "r4": 35})
    assert list(weights(sample)) == ["r1", "r2", "r3", "r4"], "in the order of their names"
    assert sample.name == "invitation"
    assert weights(weighed(study, {"AGE": {"1": 40, "2": 60}})) != pytest.approx(weights(sample))


def test_weights_sum_to_every_margin(study: Study) -> None:
    sample = weighed(study, BOTH)
    assert sums(sample, "AGE") == pytest.approx(BOTH["AGE"])
    assert sums(sample, "site") == pytest.approx(BOTH["site"])
    assert sums(weighed(study, AGES), "site") != pytest.approx(BOTH["site"])
    assert sample.claim is Claim.ESTIMATE


def test_sites_drawn_alike_whatever_their_size_give_a_trend_only(study: Study) -> None:
    """Nothing says how many users a respondent stands for: no margin of sites, no population. In a
    sample that was drawn from all users at once, nothing is lost."""
    assert weighed(study, AGES).claim is Claim.TREND
    at_once = sampled(study, Sampling())
    assert weighed(at_once, AGES).claim is Claim.ESTIMATE


@pytest.mark.parametrize(
    ("channel", "expected", "claim"),
    [
        ("qr", {"q1": 1, "q2": 1}, Claim.TREND),
        ("borne", {"k1": 1}, Claim.ALERT),
        ("papier", {}, Claim.TREND),
    ],
)
def test_margins_weight_no_other_channel(
    study: Study, channel: str, expected: dict[str, float], claim: Claim
) -> None:
    sample = weighed(study, BOTH, channel)
    assert weights(sample) == expected
    assert (sample.calibration, sample.weights_id, sample.claim) == (None, "none", claim)


def test_channels_together_have_the_weakest_claim_and_no_margin(study: Study) -> None:
    sample = weighed(study, AGES, "invitation", "qr")
    assert set(weights(sample).values()) == {1} and sample.frame.height == 6
    assert (sample.claim, sample.name) == (Claim.TREND, "invitation+qr")


def test_without_margins_reference_channels_claim_a_trend_only(study: Study) -> None:
    sample = weighed(study, {})
    assert set(weights(sample).values()) == {1}
    assert (sample.calibration, sample.weights_id, sample.claim) == (None, "none", Claim.TREND)


def drawn_by_site(study: Study) -> Study:
    """The study, whose invited sample takes the users of each site from the margins."""
    return sampled(study, Sampling(strata=("site",), population="margin"))


SITES: Margins = {"site": {"antenne-cedre": 4, "antenne-orme": 16}}
SCORES = {"r1": 1.0, "r3": 3.0, "r2": 2.0, "r4": 6.0}


def test_the_share_of_a_site_that_answered_narrows_its_part_of_the_error(study: Study) -> None:
    """The textbook's stratified mean: Σ (N/ΣN)² (1 − n/N) s²/n, with 2 of 4 and 2 of 16."""
    sample = weighed(drawn_by_site(study), SITES)
    assert weights(sample) == pytest.approx({"r1": 2, "r3": 2, "r2": 8, "r4": 8})
    scored = sample.frame.with_columns(y=pl.col("response_id").replace_strict(SCORES))
    found = Survey.of(scored, sample.design, calibration=sample.calibration).mean("y")
    assert found.value[0] == pytest.approx(0.2 * 2 + 0.8 * 4)
    expected = 0.2**2 * (1 - 2 / 4) * 2 / 2 + 0.8**2 * (1 - 2 / 16) * 8 / 2
    assert found.covariance[0, 0] == pytest.approx(expected, rel=1e-12)
    cube = build_cube(scored, sample.design, items={"y": None}, calibration=sample.calibration)
    assert mean(cube, "y").covariance[0, 0] == pytest.approx(expected, rel=1e-12)
    before = weighed(study, SITES)
    scored = before.frame.with_columns(y=pl.col("response_id").replace_strict(SCORES))
    wide = Survey.of(scored, before.design, calibration=before.calibration).mean("y")
    assert wide.covariance[0, 0] == pytest.approx(0.2**2 * 2 / 2 + 0.8**2 * 8 / 2, rel=1e-12)
    assert before.weights_id != sample.weights_id


def test_stored_weights_keep_the_population_of_their_sites(study: Study) -> None:
    study = drawn_by_site(study)
    sample = weighed(study, SITES)
    restored = restore_sample(
        responses(*ANSWERS),
        weights_table((sample,)),
        weighting_table(
            (sample,), known(study, SITES), directorate="dpaph", wave="2026-2", simulated=True
        ),
        NO_FRAME,
        known(study, SITES),
        directorate="dpaph",
        wave="2026-2",
        channels=(study.channel("invitation"),),
    )
    assert weights(restored) == pytest.approx(weights(sample), rel=1e-12)
    assert restored.design == sample.design
    assert restored.frame["_population"].to_list() == sample.frame["_population"].to_list()


def test_more_answers_than_users_are_told_by_site(study: Study) -> None:
    few: Margins = {"site": {"antenne-cedre": 1, "antenne-orme": 16}}
    with pytest.raises(InferenceError, match="2 people answered in site 'antenne-cedre', which"):
        weighed(drawn_by_site(study), few)


def test_a_population_is_of_sites_whose_users_are_drawn_one_by_one() -> None:
    with pytest.raises(ValidationError, match="drawn one by one"):
        Sampling(strata=("site",), clusters=("site", "day"), population="margin")


def test_margins_without_sites_are_told_where_a_channel_takes_its_users_there(
    tmp_path: Path,
) -> None:
    folder = Path(shutil.copytree(ROOT / "params" / "cd93", tmp_path / "cd93"))
    alter(folder / "study.yml", "population: frame", "population: margin")
    assert load_study(folder).channel("invitation").sampling.population == "margin"
    content = read_yaml(folder / "margins" / "2026-2.yml")
    del content["margins"]["def"]["site"]
    YAML(typ="safe", pure=True).dump(content, folder / "margins" / "2026-2.yml")
    with pytest.raises(ParameterError, match="'invitation' takes the users of each site") as caught:
        load_study(folder)
    assert (caught.value.where or "").endswith("margins/2026-2.yml, def")


def test_margins_of_nobody_weight_nobody(study: Study) -> None:
    sample = weighed(study, AGES, frame=responses(*ANSWERS[4:]))
    assert sample.frame.height == 0 and sample.claim is Claim.TREND


@pytest.mark.parametrize("unknown", [97, 98, 99, -1])
def test_an_unknown_category_keeps_its_share(study: Study, unknown: int) -> None:
    """One of five: a fifth of the 100 users; the four others share what is left as the margin
    says."""
    frame = responses(*ANSWERS, ("r5", "invitation", "antenne-orme", "generale", unknown))
    found = weights(weighed(study, AGES, frame=frame))
    assert found == pytest.approx({"r1": 12, "r2": 12, "r3": 28, "r4": 28, "r5": 20})


def test_users_under_constraint_are_never_among_them(study: Study) -> None:
    constrained = ("r0", "invitation", "antenne-orme", "protection", 1)
    frame = responses(*ANSWERS, constrained)
    assert weights(weighed(study, AGES, frame=frame)) == weights(weighed(study, AGES))
    free = ("r0", "invitation", "antenne-orme", "generale", 1)
    assert "r0" in weights(weighed(study, AGES, frame=responses(*ANSWERS, free)))


def test_a_margin_that_cannot_be_honoured_is_named(study: Study) -> None:
    margins = {"AGE": {"1": 30, "2": 60, "5": 10}}
    with pytest.raises(InferenceError, match="No respondent stands in margin 'AGE', category 5"):
        weighed(study, margins)


def test_weights_are_identified_by_their_margins(study: Study) -> None:
    same, again = weighed(study, BOTH), weighed(study, dict(reversed(BOTH.items())))
    assert re.fullmatch(r"[0-9a-f]{12}", same.weights_id)
    assert same.weights_id == again.weights_id != weighed(study, AGES).weights_id
    other = {**BOTH, "AGE": {"1": 31, "2": 69}}
    assert weighed(study, other).weights_id != same.weights_id


# --- design ---------------------------------------------------------------------------------------


def design(sample: WeightedSample) -> dict[str, tuple[str, str, bool]]:
    columns = sample.frame.select("response_id", STRATUM, CLUSTER, ELEMENT)
    return {
        name: (stratum, cluster, alone) for name, stratum, cluster, alone in columns.iter_rows()
    }


def test_people_who_were_drawn_one_by_one_have_no_cluster_but_themselves(study: Study) -> None:
    sample = weighed(study, AGES)
    assert design(sample) == {
        "r1": ("invitation|antenne-cedre", "invitation|antenne-cedre", True),
        "r2": ("invitation|antenne-orme", "invitation|antenne-orme", True),
        "r3": ("invitation|antenne-cedre", "invitation|antenne-cedre", True),
        "r4": ("invitation|antenne-orme", "invitation|antenne-orme", True),
    }
    assert (sample.design.weights, sample.design.element_sampled) == (WEIGHT, ELEMENT)
    assert (sample.design.strata, sample.design.clusters) == ((STRATUM,), (CLUSTER,))


def test_people_who_came_are_clustered_by_site_and_day(study: Study) -> None:
    cluster = "qr|{0}|{0}|2026-09-01"
    assert design(weighed(study, AGES, "qr")) == {
        "q1": ("qr|antenne-cedre", cluster.format("antenne-cedre"), False),
        "q2": ("qr|antenne-orme", cluster.format("antenne-orme"), False),
    }


def test_each_channel_of_a_sample_keeps_its_own_design(study: Study) -> None:
    found = design(weighed(study, AGES, "invitation", "qr"))
    assert {name: one[2] for name, one in found.items()} == {
        **dict.fromkeys(("r1", "r2", "r3", "r4"), True),
        **dict.fromkeys(("q1", "q2"), False),
    }
    assert {one[0].split("|")[0] for one in found.values()} == {"invitation", "qr"}


# --- tables ---------------------------------------------------------------------------------------


def samples(study: Study, margins: Margins) -> tuple[WeightedSample, ...]:
    frame = responses(*ANSWERS)
    return weigh_all(frame, known(study, margins), NO_FRAME, directorate="dpaph", wave="2026-2")


def test_the_reference_comes_first_and_each_other_channel_alone(study: Study) -> None:
    found = samples(study, AGES)
    assert [one.name for one in found] == ["invitation", "qr", "borne"], "nobody came on paper"
    assert [one.frame.height for one in found] == [4, 2, 1]


def test_what_weighting_did_is_told_of_what_was_weighted(study: Study) -> None:
    """Weights of 15, 15, 35 and 35: Kish's effect is 4 × 2 900 / 100², the ratios are to 25."""
    made = samples(study, AGES)
    table = weighting_table(
        made, known(study, AGES), directorate="dpaph", wave="2026-2", simulated=True
    )
    columns = ["channels", "reference", "claim", "answers", "weights_id"]
    assert table.select(columns).rows() == [
        ("invitation", True, "C2", 4, made[0].weights_id),
        ("qr", False, "C2", 2, "none"),
        ("borne", False, "C3", 1, "none"),
    ]
    measures = table.select("design_effect", "ratio_low", "ratio_high", "iterations").rows()
    assert measures[0] == pytest.approx((1.16, 0.6, 1.4, 1))
    assert measures[1:] == [(None,) * 4] * 2


def test_a_sample_that_was_stored_comes_back_as_it_was(study: Study) -> None:
    made = samples(study, BOTH)
    about = {"directorate": "dpaph", "wave": "2026-2"}
    stored = weights_table(made)
    table = weighting_table(made, known(study, BOTH), simulated=True, **about)
    assert stored.height == 4 + 2 + 1
    for one in made:
        again = restore_sample(
            responses(*ANSWERS),
            *(stored, table, NO_FRAME),
            known(study, BOTH),
            channels=one.channels,
            **about,
        )
        assert weights(again) == pytest.approx(weights(one), rel=1e-9)
        assert design(again) == design(one)
        assert (again.claim, again.weights_id) == (one.claim, one.weights_id)
    spoilt = stored.with_columns(weight=pl.col("weight") + pl.int_range(pl.len()))
    kept = restore_sample(
        responses(*ANSWERS),
        *(spoilt, table, NO_FRAME),
        known(study, BOTH),
        channels=made[1].channels,
        **about,
    )
    assert weights(kept) == {"q1": 5, "q2": 6}, "weights are those of the table, not made again"


def test_channels_of_which_no_sample_was_stored_are_weighed(study: Study) -> None:
    made = samples(study, AGES)
    about = {"directorate": "dpaph", "wave": "2026-2"}
    table = weighting_table(made, known(study, AGES), simulated=True, **about)
    both = (study.channel("qr"), study.channel("borne"))
    found = restore_sample(
        responses(*ANSWERS),
        weights_table(made),
        table,
        NO_FRAME,
        known(study, AGES),
        channels=both,
        **about,
    )
    assert weights(found) == {"k1": 1, "q1": 1, "q2": 1} and found.claim is Claim.ALERT
