"""Commitments as users perceive them and as they are measured, and what the two say together: on
answers drawn here, against estimates from rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.indicators import Management, commitments, satisfaction
from analysis.indicators.commitments import reading
from analysis.inference import Design, Survey, build_cube, to_record
from analysis.storage import Cubes, make_table
from analysis.study import Commitment, Study
from analysis.study.field import Site
from tests.unit.test_gaps import weighting

SCOPE: dict[str, str] = {"directorate": "dpaph", "wave": "2026-2"}
START, END = date(2026, 7, 1), date(2026, 10, 31)
"""The field of the wave."""

SITES = tuple("abcdefgh")
BEFORE = date(2026, 2, 1)
DESIGN = Design(weights="w", clusters=("day",))
"""A day's answers come from several sites: sites covary."""

CLEAR, QUICK = "Q03", "Q09"


def respondents(
    seed: int = 1, *, each: int = 40, days: int = 30, sites: Sequence[str] = SITES
) -> pl.DataFrame:
    """Answers to two questions at some sites: those of the end of the alphabet are better, and each
    day has its mood."""
    random = np.random.default_rng([seed, 61])
    site = np.repeat(np.arange(len(sites)), each)
    day = np.tile(np.arange(len(site) // len(sites)), len(sites)) % days
    mood = random.normal(0, 0.5, days)[day]

    def answers(level: float) -> np.ndarray:
        latent = level + 0.1 * site + mood + random.normal(0, 1, len(site))
        return np.clip(np.round(latent), 1, 5).astype(int)

    return pl.DataFrame(
        {
            "site": np.array(sites)[site],
            "day": day,
            "w": random.integers(1, 4, len(site)) / 2,
            CLEAR: answers(3.7),
            QUICK: answers(3.0),
        }
    )


def commitment(name: str = "clear", **changed: Any) -> Commitment:
    fields = {
        "id": name,
        "label": name,
        "promise": name,
        "heading": "e1",
        "status": "fictitious",
        "perceived": "clarte",
        "wanted": {"perceived": "x", "measured": "x"},
    }
    return Commitment.model_validate({**fields, **changed})


def with_eight_sites(study: Study) -> Study:
    """The study with eight sites of one directorate, and two indicators by a share."""
    sites = tuple(Site(id=name, label=name, kind="pmi") for name in SITES)
    dpaph = study.directorate("dpaph").model_copy(update={"sites": sites})
    indicators = tuple(one for one in study.indicators if one.id in ("clarte", "delai"))
    return study.model_copy(
        update={"directorates": (dpaph,), "indicators": indicators, "management": ()}
    )


@pytest.fixture
def eight(study: Study) -> Study:
    return with_eight_sites(study)


@dataclass(frozen=True)
class Found:
    """The commitments of a study, and the tables that they come from."""

    estimates: pl.DataFrame
    table: pl.DataFrame

    def parts(self, of: str = "clear") -> dict[str, dict[str, Any]]:
        """The rows of a commitment, by part, and by category where it is not the total."""
        return {
            row["part"] if row["category"] == "total" else f"{row['part']}:{row['category']}": row
            for row in self.table.filter(commitment=of).iter_rows(named=True)
        }

    @property
    def words(self) -> dict[str, str]:
        """Commitment → reading."""
        return dict(self.table.filter(part="reading").select("commitment", "word").iter_rows())


def found(
    study: Study,
    *promised: Commitment,
    frame: pl.DataFrame | None = None,
    measured: pl.DataFrame | None = None,
    breakdowns: Mapping[str, str] | None = None,
    claim: str = "C1",
) -> Found:
    """What is known of some commitments, from some respondents."""
    rows = respondents() if frame is None else frame
    levels = study.scale(CLEAR).codes
    by = {"site": "site"} if breakdowns is None else breakdowns
    cube = build_cube(rows, DESIGN, items={CLEAR: levels, QUICK: levels}, breakdowns=by)
    cubes = Cubes.validate(to_record(cube).select(pl.lit("invitation").alias("channels"), pl.all()))
    one = study.model_copy(update={"commitments": promised})
    estimates = satisfaction(cubes, weighting("invitation"), one, **SCOPE).with_columns(
        claim=pl.lit(claim)
    )
    table = commitments(cubes, estimates, measured, one, **SCOPE, simulated=True)
    return Found(estimates, table)


def scored(study: Study, **definitions: tuple[str, ...]) -> Study:
    """The study, some indicators of which are read by other definitions."""
    indicators = tuple(
        one.model_copy(update={"definitions": definitions.get(one.id, one.definitions)})
        for one in study.indicators
    )
    return study.model_copy(update={"indicators": indicators})


def rows_of(frame: pl.DataFrame, item: str = CLEAR) -> pl.DataFrame:
    """The rows, with what each definition counts for an answer."""
    y = pl.col(item)
    return frame.with_columns(T2B=(y >= 4).cast(pl.Float64), M10=(y - 1) * 2.5)


def wilson(share: float, se: float, base: int, freedom: int, family: int) -> tuple[float, float]:
    """Wilson's interval at 1 − 5 % / family, on the effective number of answers."""
    effect = max(se**2 / (share * (1 - share) / base), 1.0)
    size, t = base / effect, stats.t.ppf(1 - 0.05 / family / 2, freedom)
    half = t * np.sqrt(share * (1 - share) / size + t**2 / (4 * size**2))
    low, high = ((share + t**2 / (2 * size) + side * half) / (1 + t**2 / size) for side in (-1, 1))
    return float(low), float(high)


# --- as users perceive it -------------------------------------------------------------------------


def test_the_perceived_side_is_an_estimate_beside_its_target(eight: Study) -> None:
    frame = respondents()
    parts = found(eight, commitment(target=60), frame=frame).parts()
    perceived, target, distance = (parts[name] for name in ("perceived", "target", "to_target"))
    expected = Survey.of(rows_of(frame), DESIGN).mean("T2B")
    share, se = float(expected.value[0]), float(expected.se[0])
    assert perceived["value"] == pytest.approx(share, rel=1e-9)
    assert perceived["se"] == pytest.approx(se, rel=1e-9)
    assert (perceived["base"], perceived["df"], perceived["family"]) == (320, 29, 1)
    low, high = wilson(share, se, 320, 29, 1)
    assert (perceived["low"], perceived["high"]) == pytest.approx((low, high), rel=1e-9)
    assert (perceived["definition"], perceived["kind"], perceived["unit"]) == (
        "T2B",
        "share",
        "share",
    )
    assert (target["value"], target["kind"], target["definition"]) == (0.6, "norm", "target")
    assert distance["value"] == pytest.approx(share - 0.6, rel=1e-9)
    assert distance["se"] == pytest.approx(se, rel=1e-9)
    assert (distance["low"], distance["high"]) == pytest.approx((low - 0.6, high - 0.6), rel=1e-9)
    assert (distance["kind"], distance["unit"]) == ("difference", "points")
    assert abs(found(eight, commitment(target=60)).parts()["perceived"]["value"] - share) < 1e-12
    other = found(eight, commitment(target=60), frame=respondents(2)).parts()["perceived"]
    assert abs(other["value"] - share) > 1e-3


def test_a_mean_has_a_target_on_its_own_scale(eight: Study) -> None:
    frame = respondents()
    study = scored(eight, clarte=("M10", "T2B"))
    parts = found(study, commitment(target=6.5), frame=frame).parts()
    expected = Survey.of(rows_of(frame), DESIGN).mean("M10")
    t = stats.t.ppf(0.975, 29)
    assert parts["perceived"]["low"] == pytest.approx(
        expected.value[0] - t * expected.se[0], rel=1e-9
    )
    assert (parts["target"]["value"], parts["target"]["unit"]) == (6.5, "score_10")
    assert parts["to_target"]["value"] == pytest.approx(expected.value[0] - 6.5, rel=1e-9)
    assert (parts["to_target"]["unit"], parts["to_target"]["kind"]) == ("score_10", "difference")
    balance = scored(eight, clarte=("NET",))
    parts = found(balance, commitment(target=-20), frame=frame).parts()
    assert (parts["target"]["value"], parts["target"]["unit"]) == (-0.2, "points")
    assert parts["to_target"]["unit"] == "points"


def test_it_is_kept_where_the_whole_interval_reaches_the_target(eight: Study) -> None:
    """The bounds themselves reach a target that they are on."""
    study = scored(eight, clarte=("M10",))
    bounds = found(study, commitment(target=5)).parts()["perceived"]
    low, high = bounds["low"], bounds["high"]

    def word(target: float) -> str:
        parts = found(study, commitment(target=target)).parts()
        assert (parts["perceived"]["low"], parts["perceived"]["high"]) == (low, high)
        return str(parts["perceived"]["word"])

    assert 5 < low < bounds["value"] < high < 10
    assert word(float(np.nextafter(low, 0))) == word(low) == "kept"
    assert word(float(np.nextafter(low, 10))) == word(high) == "unclear"
    assert word(bounds["value"]) == "unclear"
    assert word(float(np.nextafter(high, 10))) == "not_kept"


def test_without_a_target_nothing_is_judged(eight: Study) -> None:
    parts = found(eight, commitment()).parts()
    assert set(parts) == {"perceived", "sites:posted", "sites:open", "reading"}
    assert (parts["perceived"]["word"], parts["reading"]["word"]) == ("", "unmeasured")
    assert parts["perceived"]["low"] is not None and parts["reading"]["made_from"] == []


def test_without_a_degree_of_freedom_it_is_not_clear(eight: Study) -> None:
    """All answers of one day: nothing tells how precise they are."""
    parts = found(eight, commitment(target=10), frame=respondents(days=1)).parts()
    assert (parts["perceived"]["df"], parts["perceived"]["low"]) == (0, None)
    assert (parts["to_target"]["low"], parts["to_target"]["high"]) == (None, None)
    assert parts["perceived"]["word"] == parts["reading"]["word"] == "unclear"
    two = found(eight, commitment(target=10), frame=respondents(days=2)).parts()
    assert two["perceived"]["df"] == 1 and two["perceived"]["low"] is not None


@pytest.mark.parametrize(("claim", "word"), [("C1", "kept"), ("C2", "unclear"), ("C3", "unclear")])
def test_where_the_collection_claims_nothing_on_the_level_nothing_is_judged(
    eight: Study, claim: str, word: str
) -> None:
    parts = found(eight, commitment(target=10), claim=claim).parts()
    assert parts["perceived"]["low"] > 0.1
    assert (parts["perceived"]["word"], parts["perceived"]["claim"]) == (word, claim)
    kept = {"kept": "perceived"}
    assert parts["reading"]["word"] == kept.get(word, word)


def test_intervals_are_those_of_all_that_are_judged_together(eight: Study) -> None:
    """Neither the one without a target, nor the one to come, nor the one that nobody was asked
    about is judged."""
    late = tuple(
        one.model_copy(update={"id": "late", "valid_from": date(2027, 1, 1)})
        for one in eight.indicators[:1]
    )
    study = eight.model_copy(update={"indicators": (*eight.indicators, *late)})
    judged = [commitment(target=60), commitment("quick", perceived="delai", target=30)]
    others = [
        commitment("free"),
        commitment("to-come", target=60, since=date(2026, 11, 1)),
        commitment("unasked", perceived="late", target=60),
        commitment("wanted", perceived=None),
    ]
    three = found(study, *judged, commitment("again", target=70), *others)
    assert set(three.table["family"]) == {3}
    expected = Survey.of(rows_of(respondents()), DESIGN).mean("T2B")
    share, se = float(expected.value[0]), float(expected.se[0])
    for name in ("clear", "again", "free"):
        row = three.parts(name)["perceived"]
        assert (row["low"], row["high"]) == pytest.approx(wilson(share, se, 320, 29, 3), rel=1e-9)
    assert set(found(study, *judged, *others).table["family"]) == {2}
    alone, together = (wilson(share, se, 320, 29, family)[0] for family in (1, 3))
    between = 50 * (alone + together)
    words = [
        found(study, commitment(target=between), *more).parts()["perceived"]["word"]
        for more in ([], [*judged[1:], commitment("again", target=70)])
    ]
    assert words == ["kept", "unclear"]
    assert set(found(study, *others[:1]).table["family"]) == {1}, "of none, it is one"


# --- as it is measured, and both ------------------------------------------------------------------

SIDES = ("kept", "not_kept", "unclear", "")

READINGS = {
    ("kept", "kept"): "both",
    ("kept", "not_kept"): "perceived",
    ("kept", "unclear"): "perceived",
    ("kept", ""): "perceived",
    ("not_kept", "kept"): "measured",
    ("not_kept", "not_kept"): "neither",
    ("not_kept", "unclear"): "unclear",
    ("not_kept", ""): "neither",
    ("unclear", "kept"): "measured",
    ("unclear", "not_kept"): "unclear",
    ("unclear", "unclear"): "unclear",
    ("unclear", ""): "unclear",
    ("", "kept"): "measured",
    ("", "not_kept"): "neither",
    ("", "unclear"): "unclear",
    ("", ""): "unmeasured",
}
"""(as perceived, as measured) → what the two say together."""

TARGETS = {"kept": 20, "not_kept": 99, "unclear": None, "": None}


def measure(word: str, *, value: float | None = 100.0, base: int | None = 50) -> pl.DataFrame:
    """`Management` of one indicator over the cohort, and in a month of another verdict."""
    row = {
        "directorate": "dpaph",
        "wave": "2026-2",
        "indicator": "time",
        "part": "cohort",
        "category": "total",
        "unit": "days",
        "claim": "C1",
        "value": value,
        "base": base,
        "family": 1,
        "word": word,
        "missing": "",
        "sources": "",
        "made_from": [],
        "simulated": True,
    }
    month = {**row, "part": "month", "category": "2026-07", "word": "other"}
    return make_table([month, row, {**row, "indicator": "else", "word": "other"}], Management)


def test_every_pair_of_sides_has_its_reading() -> None:
    assert set(READINGS) == set(product(SIDES, SIDES))
    assert {sides: reading(*sides) for sides in READINGS} == READINGS


@pytest.mark.parametrize(("perceived", "measured"), [*product(SIDES, SIDES)])
def test_a_commitment_is_read_from_its_two_sides(
    eight: Study, perceived: str, measured: str
) -> None:
    """Each is made from the figure of each side that says something."""
    frame = respondents()
    share = float(Survey.of(rows_of(frame), DESIGN).mean("T2B").value[0])
    target = 100 * share if perceived == "unclear" else TARGETS[perceived]
    value = None if measured == "unclear" else 100.0
    promised = commitment(target=target, measured="time" if measured else None)
    row = found(eight, promised, frame=frame, measured=measure(measured, value=value)).parts()[
        "reading"
    ]
    assert row["word"] == READINGS[perceived, measured]
    assert (row["kind"], row["value"], row["base"]) == ("reading", None, None)
    expected = []
    if perceived:
        expected.append("estimates/dpaph/2026-2/-/clarte/T2B/share/total/total")
    if measured not in ("", "unclear"):
        expected.append("management/dpaph/2026-2/-/time/cohort/measure/total/total")
    assert row["made_from"] == expected


def test_what_is_not_measured_here_says_nothing(eight: Study) -> None:
    promised = commitment(target=20, measured="time")
    for nothing in (None, measure("kept").filter(pl.col("indicator") == "else")):
        assert found(eight, promised, measured=nothing).words == {"clear": "perceived"}
    assert found(eight, promised, measured=measure("kept")).words == {"clear": "both"}


@pytest.mark.parametrize(
    ("since", "in_force"),
    [(None, True), (date(2024, 1, 1), True), (END, True), (date(2026, 11, 1), False)],
)
def test_a_commitment_counts_from_the_wave_that_ends_on_its_day(
    eight: Study, since: date | None, in_force: bool
) -> None:
    promised = commitment(target=20, since=since, measured="time")
    made = found(eight, promised, measured=measure("kept"))
    assert made.words == {"clear": "both" if in_force else "not_yet"}
    parts = made.parts()
    assert ("perceived" in parts) == ("sites:open" in parts) == in_force
    assert (parts["reading"]["made_from"] == []) == (not in_force)


def test_what_nobody_was_asked_has_no_perceived_side(eight: Study) -> None:
    late = tuple(
        one.model_copy(update={"valid_from": date(2027, 1, 1)}) if one.id == "clarte" else one
        for one in eight.indicators
    )
    study = eight.model_copy(update={"indicators": late})
    promised = commitment(target=20, measured="time", posted=dict.fromkeys("abcd", BEFORE))
    made = found(study, promised, measured=measure("not_kept"))
    assert set(made.parts()) == {"sites:posted", "sites:open", "reading"}
    assert made.words == {"clear": "neither"}
    assert found(study, promised).words == {"clear": "unmeasured"}
