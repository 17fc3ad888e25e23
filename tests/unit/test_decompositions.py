"""Changes told apart as other people and other answers, on waves drawn here and by hand; and what
of it may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.disclosure import Audience, release
from analysis.indicators import (
    Changes,
    Decompositions,
    Estimates,
    changes,
    decompositions,
    satisfaction,
)
from analysis.inference import Cube, Design, build_cube, decompose, rake, to_record
from analysis.storage import Cubes
from analysis.study import Study
from analysis.study.field import Break
from tests.unit.test_gaps import weighting

BEFORE, NOW = "2025-2", "2026-2"
"""A wave and the one of the same season that it is compared with."""

DESIGN = Design(weights="w", strata=("site",), clusters=("day",), nest=True)
TOP = (0, 0, 0, 1, 1)
PROFILES = {"age": "AGE", "pour": "POUR", "site": "site"}


def respondents(seed: int, *, old: float, level: float, rows: int = 600) -> pl.DataFrame:
    """Answers of three ages, of which the oldest are a share and are happier, for themselves or for
    others; at four sites, over ten days each."""
    random = np.random.default_rng([seed, 71])
    age = random.choice(3, rows, p=[(1 - old) / 2, (1 - old) / 2, old])
    whom = random.choice(2, rows, p=[0.6, 0.4])
    site, day = np.arange(rows) % 4, random.integers(0, 10, rows)
    mood = random.normal(0, 0.4, (4, 10))[site, day]

    def answers(about: float) -> np.ndarray:
        latent = about + 0.7 * age - 0.3 * whom + mood + random.normal(0, 1, rows)
        return np.clip(np.round(latent), 1, 5).astype(int)

    return pl.DataFrame(
        {
            "AGE": (age + 1).astype(str),
            "POUR": (whom + 1).astype(str),
            "site": np.array(list("abcd"))[site],
            "day": day,
            "w": random.integers(1, 4, rows) / 2,
            "Q01": answers(level),
            "Q02": answers(level - 0.5),
        }
    )


def two_waves() -> dict[str, pl.DataFrame]:
    return {
        BEFORE: respondents(1, old=0.5, level=2.7),
        NOW: respondents(2, old=0.25, level=3.0),
    }


@dataclass(frozen=True)
class Found:
    """What is known of two waves."""

    cubes: Mapping[str, Cube]
    estimates: pl.DataFrame
    changes: pl.DataFrame
    parts: pl.DataFrame

    def of(self, by: str, indicator: str = "satisfaction_globale") -> dict[str, dict[str, Any]]:
        """The rows of an indicator and profile, by part."""
        rows = self.parts.filter(breakdown=by, indicator=indicator)
        return {row["part"]: row for row in rows.iter_rows(named=True)}

    def change(self, indicator: str = "satisfaction_globale", at: str = "reference") -> float:
        """A change of the primary reading."""
        chosen = self.changes.filter(indicator=indicator, comparison=at)
        return float(chosen.item(0, "value"))


@pytest.fixture
def two(study: Study) -> Study:
    """The study with two headline indicators, read by one definition each, and a third that is none
    and that no commitment is followed by."""
    names = ("satisfaction_globale", "simplicite")
    indicators = tuple(
        one.model_copy(update={"definitions": one.definitions[:1]})
        for one in study.indicators
        if one.id in names
    )
    other = indicators[1].model_copy(update={"id": "other", "headline": False})
    return study.model_copy(update={"indicators": (*indicators, other), "commitments": ()})


def found(
    study: Study,
    frames: Mapping[str, pl.DataFrame],
    *,
    design: Design = DESIGN,
    calibrated: bool = False,
    by: Sequence[str] = ("age", "pour", "site"),
) -> Found:
    """The change between the waves of some respondents, and its parts."""
    cubes: dict[str, Cube] = {}
    tables = []
    levels = range(1, 6)
    for wave, frame in frames.items():
        margins = {"AGE": {"1": 300.0, "2": 200.0, "3": 500.0 if wave == BEFORE else 350.0}}
        made = rake(frame, margins=margins, weights="w") if calibrated else None
        cube = build_cube(
            frame,
            design,
            items={"Q01": levels, "Q02": levels},
            breakdowns={name: PROFILES[name] for name in by},
            calibration=made,
        )
        record = to_record(cube).select(pl.lit("invitation").alias("channels"), pl.all())
        scope = {"directorate": "dpaph", "wave": wave}
        tables.append(satisfaction(Cubes.validate(record), weighting("invitation"), study, **scope))
        cubes[wave] = cube
    estimates = pl.concat(tables)
    change = changes(estimates, study, directorate="dpaph", wave=NOW, cubes=cubes)
    parts = decompositions(change, estimates, cubes, study, wave=NOW)
    return Found(cubes, estimates, change, parts)


@pytest.mark.parametrize("calibrated", [False, True])
def test_parts_add_up_to_the_change_of_their_indicator(two: Study, calibrated: bool) -> None:
    made = found(two, two_waves(), calibrated=calibrated)
    assert set(made.parts["indicator"]) == {"satisfaction_globale", "simplicite"}
    for indicator in ("satisfaction_globale", "simplicite"):
        whole, other = made.change(indicator), made.change("other")
        for by in ("age", "pour"):
            parts = made.of(by, indicator)
            total = parts["composition"]["value"] + parts["within"]["value"]
            assert total == pytest.approx(whole, abs=1e-12)
            assert set(parts) == {"composition", "within"}
        if indicator != "simplicite":
            assert abs(total - other) > 1e-3, "of another question"
    ages = made.of("age")
    assert ages["composition"]["value"] < -0.01 and ages["within"]["value"] > 0.01
    assert abs(ages["composition"]["value"] - made.of("pour")["composition"]["value"]) > 0.01


def wave_of(groups: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    """People of some ages, of each so many and so many satisfied, drawn one by one."""
    rows = [
        (age, 5 if place < happy else 2)
        for age, (count, happy) in groups.items()
        for place in range(count)
    ]
    frame = pl.DataFrame(rows, schema=["AGE", "Q01"], orient="row")
    return frame.with_columns(Q02="Q01", POUR=pl.lit("1"), site=pl.lit("a"))


def by_hand(times: int) -> dict[str, pl.DataFrame]:
    """Two thirds of old people, 70 and 40 % of them satisfied, become a third, 80 and 50 %."""
    before = {"1": (20 * times, 14 * times), "2": (10 * times, 4 * times)}
    after = {"1": (10 * times, 8 * times), "2": (20 * times, 10 * times)}
    return {BEFORE: wave_of(before), NOW: wave_of(after)}


def test_parts_are_those_worked_out_by_hand(two: Study) -> None:
    """Ten points less by composition, and ten points more within: nothing changes. Of 30 people
    each, it may be chance; of 30,000, it is not."""
    few, many = (found(two, by_hand(times), design=Design(), by=["age"]) for times in (1, 1000))
    for made in (few, many):
        parts = made.of("age")
        assert parts["composition"]["value"] == pytest.approx(-0.1, abs=1e-12)
        assert parts["within"]["value"] == pytest.approx(0.1, abs=1e-12)
        assert made.change() == pytest.approx(0, abs=1e-12)
    words = [made.of("age")["composition"]["word"] for made in (few, many)]
    assert words == ["none", "explains"]
    assert few.of("age")["composition"]["df"] == 29
    assert {made.of("age")["within"]["word"] for made in (few, many)} == {""}


@pytest.mark.parametrize(
    ("threshold", "word"), [(49.9, "explains"), (50.1, "none"), (5.0, "explains")]
)
def test_composition_explains_where_it_is_a_fifth_of_what_counts(
    two: Study, threshold: float, word: str
) -> None:
    """Ten points are a fifth of fifty."""
    larger = two.thresholds.model_copy(update={"practical_change": threshold})
    study = two.model_copy(update={"thresholds": larger})
    made = found(study, by_hand(1000), design=Design(), by=["age"])
    composition = made.of("age")["composition"]
    assert composition["high"] < 0 and composition["word"] == word


def test_each_part_has_its_own_interval(two: Study) -> None:
    made = found(two, two_waves())
    change = made.changes.filter(indicator="satisfaction_globale").row(0, named=True)
    for part in made.of("age").values():
        assert part["df"] == change["df"] == 36
        t = stats.t.ppf(0.975, 36)
        assert part["low"] == pytest.approx(part["value"] - t * part["se"], rel=1e-9)
        assert part["high"] == pytest.approx(part["value"] + t * part["se"], rel=1e-9)
        copied = ("against", "unit", "item", "channels", "claim", "definition", "directorate")
        assert {name: part[name] for name in copied} == {name: change[name] for name in copied}
    expected = decompose(made.cubes[BEFORE], made.cubes[NOW], "Q01", scores=TOP, by="age")
    assert made.of("age")["within"]["se"] == pytest.approx(expected.within_se, rel=1e-9)
    assert made.of("age")["composition"]["se"] == pytest.approx(expected.composition_se, rel=1e-9)
    assert abs(expected.composition_se / expected.within_se - 1) > 0.1
    errors = [made.of(by)["composition"]["se"] for by in ("age", "pour")]
    assert 0 < errors[1] < errors[0], "ages are further apart"
    days = {
        wave: frame.with_columns(day=pl.lit(0), site=pl.lit("a"))
        for wave, frame in two_waves().items()
    }
    alone = found(two, days).of("age")["composition"]
    assert (alone["df"], alone["low"], alone["high"], alone["word"]) == (0, None, None, "")
    assert alone["value"] == pytest.approx(made.of("age")["composition"]["value"], rel=1e-9)


def test_a_mean_is_told_apart_on_its_scale(two: Study) -> None:
    indicators = tuple(one.model_copy(update={"definitions": ("M10",)}) for one in two.indicators)
    made = found(two.model_copy(update={"indicators": indicators}), two_waves())
    parts = made.of("age")
    assert {part["unit"] for part in parts.values()} == {"score_10"}
    total = parts["composition"]["value"] + parts["within"]["value"]
    assert total == pytest.approx(made.change(), abs=1e-12)
    assert abs(total) > 0.01


# --- where there is none --------------------------------------------------------------------------


@pytest.mark.parametrize("wave", [BEFORE, NOW])
def test_people_of_no_known_profile_leave_no_parts(two: Study, wave: str) -> None:
    """One in six hundred, in either wave: what is left would not add up."""
    frames = two_waves()
    first = pl.int_range(pl.len()) == 0
    frames[wave] = frames[wave].with_columns(
        AGE=pl.when(first).then(pl.lit("unknown")).otherwise("AGE")
    )
    assert set(found(two, frames).parts["breakdown"]) == {"pour"}


def test_one_group_a_site_and_a_profile_that_was_not_asked_leave_no_parts(two: Study) -> None:
    """Where sites are other ones, it is not that other people came."""
    frames = {wave: frame.with_columns(POUR=pl.lit("1")) for wave, frame in two_waves().items()}
    assert set(found(two, frames).parts["breakdown"]) == {"age"}
    frames[NOW] = two_waves()[NOW]
    assert set(found(two, frames).parts["breakdown"]) == {"age", "pour"}, "two are enough in one"
    assert set(found(two, two_waves(), by=["pour", "site"]).parts["breakdown"]) == {"pour"}


def test_without_a_comparison_there_is_nothing_to_tell_apart(two: Study) -> None:
    frames = two_waves()
    alone = found(two, {NOW: frames[NOW]})
    assert alone.changes.is_empty() and alone.parts.is_empty()
    previous = found(two, {"2026-1": frames[BEFORE], NOW: frames[NOW]})
    assert set(previous.changes["comparison"]) == {"previous"} and previous.parts.is_empty()
    kind = {"id": "asked-otherwise", "label": "x", "date": "2026-03-01", "kind": "wording"}
    broken = two.model_copy(update={"breaks": (Break.model_validate(kind),)})
    assert found(broken, frames).parts.is_empty()
    event = two.model_copy(update={"breaks": (Break.model_validate({**kind, "kind": "event"}),)})
    assert not found(event, frames).parts.is_empty()


def test_a_wave_whose_cube_is_not_there_leaves_no_parts(two: Study) -> None:
    made = found(two, two_waves())
    assert decompositions(made.changes, made.estimates, {}, two, wave=NOW).is_empty()


# --- figures, and what leaves ---------------------------------------------------------------------


def test_each_part_is_made_from_the_groups_of_both_waves(two: Study) -> None:
    made = found(two, two_waves())
    figures = Decompositions.figures(made.parts)
    assert figures["key"].n_unique() == figures.height == 8
    first = f"decompositions/dpaph/{NOW}/{BEFORE}/satisfaction_globale/T2B/difference"
    (within,) = figures.filter(key=f"{first}/pour/within").iter_rows(named=True)
    assert sorted(within["made_from"]) == sorted(
        f"estimates/dpaph/{wave}/-/satisfaction_globale/T2B/share/pour/{group}"
        for wave in (BEFORE, NOW)
        for group in "12"
    )
    known = set(Estimates.figures(made.estimates)["key"])
    assert {key for row in figures["made_from"] for key in row} <= known


@pytest.mark.parametrize(("few", "status"), [(10, "s"), (20, "nd"), (100, "")])
def test_parts_are_hidden_where_a_group_is(two: Study, few: int, status: str) -> None:
    """With the other ages and a part, the hidden age would be found; whom it was for hides none."""
    frames = two_waves()
    young = pl.col("AGE") == "1"
    counted = pl.int_range(pl.len()).over("AGE")
    frames[BEFORE] = frames[BEFORE].filter(~young | (counted < few))
    made = found(two, frames)
    figures = [
        Estimates.figures(made.estimates),
        Changes.figures(made.changes),
        Decompositions.figures(made.parts),
    ]
    out = release(pl.concat(figures), two, audience=Audience.PUBLIC)
    chosen = out.filter(layer="decompositions", indicator="satisfaction_globale")
    hidden = {
        by: chosen.filter(breakdown=by).select("status", "value").rows() for by in ("age", "pour")
    }
    assert {row[0] for row in hidden["age"]} <= ({status, "s"} if status else {""})
    assert all((value is None) == bool(status) for _, value in hidden["age"])
    assert {row[0] for row in hidden["pour"]} == {""}
    change = out.filter(layer="changes", indicator="satisfaction_globale", kind="difference")
    assert set(change["status"]) == {""}
