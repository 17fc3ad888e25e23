"""Base weights from a sampling frame, on literal tables: textbook's inverse probabilities."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from analysis.errors import InferenceError
from analysis.indicators import weigh
from analysis.indicators.base_weights import POPULATION, STRATUM, WEIGHT, base_weights
from analysis.inference import Survey
from analysis.storage import Dispositions, make_table
from analysis.study import Claim, Study
from analysis.study.sampling import Sampling
from tests.unit.test_weighting import ANSWERS, BOTH, known, responses, sampled

Cell = tuple[str, int | None, int, int, int, int]

CELLS: tuple[Cell, ...] = (
    # site, AGE, population, drawn, answered, ineligible
    ("antenne-cedre", 1, 30, 6, 1, 0),
    ("antenne-cedre", 2, 10, 4, 1, 2),
    ("antenne-orme", 1, 50, 5, 1, 0),
    ("antenne-orme", 2, 150, 15, 1, 0),
)
"""Of cedre 40 users and 10 drawn (each stands for 4), of orme 200 and 20 (10)."""


def frame_of(*cells: Cell, channel: str = "invitation") -> pl.DataFrame:
    """`Dispositions` of a frame with its ages."""
    names = ("site", "AGE", "population", "drawn", "answered", "ineligible")
    rows: list[dict[str, Any]] = [
        {"delivery": "d", "file": "f", "line": line, "channel": channel, "unknown": 0}
        | dict(zip(names, cell, strict=True))
        for line, cell in enumerate(cells, start=2)
    ]
    ages = pl.Series("AGE", [row.pop("AGE") for row in rows], dtype=pl.Int16)
    return make_table(rows, Dispositions).with_columns(ages)


def drawn(study: Study, *classes: str) -> Study:
    """The study, whose invited sample comes from a frame, with those response classes."""
    about = {"strata": ["site"], "population": "frame"}
    given = {"response_classes": list(classes)} if classes else {}
    return sampled(study, Sampling.model_validate(about | given))


def weights(study: Study, cells: tuple[Cell, ...], answers: pl.DataFrame | None = None) -> Any:
    """Response → its base weight, of the invited."""
    frame = (responses(*ANSWERS) if answers is None else answers).filter(channel="invitation")
    stratum = (pl.lit("invitation|") + pl.col("site").fill_null("")).alias(STRATUM)
    made = base_weights(
        frame.with_columns(stratum), frame_of(*cells), {}, study, (study.channel("invitation"),)
    )
    return dict(made.frame.select("response_id", WEIGHT).iter_rows())


def test_a_respondent_stands_for_the_users_of_his_site_who_are_eligible(study: Study) -> None:
    """Cedre: 8 of 10 drawn are eligible, each stands for 4, and 2 answered: 16. Orme: 20 × 10 / 2
    = 100."""
    found = weights(drawn(study), CELLS)
    assert found == pytest.approx({"r1": 16, "r3": 16, "r2": 100, "r4": 100})
    more = (*CELLS[:3], ("antenne-orme", 2, 150, 15, 2, 0))
    assert weights(drawn(study), more)["r4"] == pytest.approx(20 * 10 / 3)


def test_users_of_a_class_answer_alike_wherever_they_are(study: Study) -> None:
    """Of age 1, 6 × 4 + 5 × 10 = 74 eligible for 4 + 10 that answered; of age 2, 2 × 4 + 150 for
    14."""
    found = weights(drawn(study, "AGE"), CELLS)
    one, two = 74 / 14, 158 / 14
    assert found == pytest.approx({"r1": 4 * one, "r3": 4 * two, "r2": 10 * one, "r4": 10 * two})
    assert sum(found.values()) == pytest.approx(4 * 8 + 10 * 20), "all who are eligible"
    crossed = weights(drawn(study, "site", "AGE"), CELLS)
    assert crossed == pytest.approx({"r1": 24, "r3": 8, "r2": 50, "r4": 150})


@pytest.mark.parametrize("age", [3, 97])
def test_a_respondent_of_no_class_of_the_frame_has_the_factor_of_all(
    study: Study, age: int
) -> None:
    """(32 + 200) eligible users over 28 who stand behind the answers."""
    answers = responses(*ANSWERS[:3], ("r3", "invitation", "antenne-cedre", "generale", age))
    found = weights(drawn(study, "AGE"), CELLS, answers)
    assert found["r3"] == pytest.approx(4 * 232 / 28)


def test_a_respondent_without_a_site_was_drawn_as_all_are(study: Study) -> None:
    """240 users over 30 who were drawn: 8, times 232 / 28."""
    answers = responses(*ANSWERS).with_columns(
        site=pl.when(pl.col("response_id") != "r3").then("site")
    )
    assert weights(drawn(study), CELLS, answers)["r3"] == pytest.approx(8 * 232 / 28)


def test_the_share_that_answered_narrows_the_error_and_the_claim_stays(study: Study) -> None:
    """Without margins: strata of 32 and 200 eligible users, 2 answers each."""
    sample = weigh(
        responses(*ANSWERS),
        known(drawn(study), {}),
        frame_of(*CELLS),
        directorate="dpaph",
        wave="2026-2",
        channels=(study.channel("invitation"),),
    )
    assert (sample.claim, sample.calibration) == (Claim.ESTIMATE, None)
    assert sample.weights_id != "none"
    assert set(sample.frame[POPULATION]) == {32, 200}
    scores = {"r1": 1.0, "r3": 3.0, "r2": 2.0, "r4": 6.0}
    scored = sample.frame.with_columns(y=pl.col("response_id").replace_strict(scores))
    found = Survey.of(scored, sample.design).mean("y")
    share = 32 / 232
    expected = share**2 * (1 - 2 / 32) * 2 / 2 + (1 - share) ** 2 * (1 - 2 / 200) * 8 / 2
    assert found.value[0] == pytest.approx(share * 2 + (1 - share) * 4)
    assert found.covariance[0, 0] == pytest.approx(expected, rel=1e-12)


def test_margins_weight_what_the_frame_began_with(study: Study) -> None:
    """By age classes the start differs, and so does the end; by site it is what margins say."""

    def final(*classes: str) -> tuple[dict[str, float], str]:
        sample = weigh(
            responses(*ANSWERS),
            known(drawn(study, *classes), BOTH),
            frame_of(*CELLS),
            directorate="dpaph",
            wave="2026-2",
            channels=(drawn(study, *classes).channel("invitation"),),
        )
        sites = sample.frame.group_by("site").agg(pl.sum(WEIGHT))
        assert dict(sites.iter_rows()) == pytest.approx(BOTH["site"])
        return dict(sample.frame.select("response_id", WEIGHT).iter_rows()), sample.weights_id

    by_site, by_cell = final(), final("site", "AGE")
    assert by_site[1] != by_cell[1]
    assert by_site[0] != pytest.approx(by_cell[0], rel=1e-3)
    odds = [
        weights["r1"] * weights["r4"] / (weights["r2"] * weights["r3"])
        for weights in (by_site[0], by_cell[0])
    ]
    assert odds == pytest.approx([1, 24 * 150 / (50 * 8)]), "raking keeps the odds it starts from"


def test_what_the_frame_cannot_carry_is_named(study: Study) -> None:
    silent = (*CELLS[:3], ("antenne-orme", 2, 150, 15, 0, 0))
    with pytest.raises(InferenceError, match=r"of the 15 people .* site antenne-orme, AGE 2"):
        weights(drawn(study, "site", "AGE"), silent)
    assert weights(drawn(study), silent)["r4"] == 200, "the class of the whole site has an answer"
    small = (*CELLS[:2], ("antenne-orme", 1, 1, 1, 1, 0))
    with pytest.raises(InferenceError, match="2 people answered in site 'antenne-orme', which has"):
        weights(drawn(study), small)
    with pytest.raises(InferenceError, match="site 'antenne-orme', which has 0 users by the frame"):
        weights(drawn(study), CELLS[:2])


def test_a_channel_that_nobody_answered_stops_nothing(study: Study) -> None:
    """Its frame says that nobody did: the sample is empty, and no class is refused."""
    nobody = tuple((*cell[:4], 0, 0) for cell in CELLS)
    sample = weigh(
        responses(*ANSWERS[4:]),
        known(drawn(study), {}),
        frame_of(*nobody),
        directorate="dpaph",
        wave="2026-2",
        channels=(drawn(study).channel("invitation"),),
    )
    assert sample.frame.is_empty() and sample.weights_id == "none"


def test_response_classes_are_those_of_a_frame() -> None:
    with pytest.raises(ValidationError, match="those of a frame"):
        Sampling.model_validate({"strata": ["site"], "response_classes": ["AGE"]})
    with pytest.raises(ValidationError, match="stands twice"):
        Sampling.model_validate(
            {"strata": ["site"], "population": "frame", "response_classes": ["AGE", "AGE"]}
        )
