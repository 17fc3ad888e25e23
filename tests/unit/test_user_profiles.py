"""Who the users of each product are: what may be declared, and shares, uses and segments against
the truth that the simulator planted.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML

from analysis.disclosure import Audience, release
from analysis.errors import InferenceError, ParameterError, ScopeError
from analysis.indicators import (
    UserProfiles,
    UserSegments,
    WeightedSample,
    declared_audiences,
    sample_cubes,
    stored_cube,
    user_profiles,
    user_segments,
    weigh,
    weighting_table,
)
from analysis.simulation import (
    Simulation,
    load_simulation_plan,
    margins,
    simulate_respondents,
    true_counts,
    true_segments,
)
from analysis.storage import Dispositions, make_table
from analysis.study import Study, load_study
from tests.conftest import ROOT

DILA = ROOT / "params" / "dila"
WAVES = ("2025-2", "2026-1")
PRODUCTS = ("service-public", "legifrance", "ouvrages", "boamp", "associations", "allo")
"""Those whose samples are weighted here: of all kinds, and one of a telephone."""


@dataclass(frozen=True)
class Made:
    """A simulated study, and what is found of the users of some products in its last wave."""

    study: Study
    simulation: Simulation
    samples: dict[str, dict[str, WeightedSample]]
    profiles: pl.DataFrame
    segments: pl.DataFrame


@pytest.fixture(scope="module")
def made() -> Made:
    study = load_study(DILA)
    simulation = simulate_respondents(study, load_simulation_plan(DILA, study))
    samples: dict[str, dict[str, WeightedSample]] = {wave: {} for wave in WAVES}
    for wave in WAVES:
        for directorate in PRODUCTS:
            answers = simulation.answers.filter(wave=wave, directorate=directorate)
            samples[wave][directorate] = weigh(
                answers.with_columns(response_id=pl.col("answer").cast(pl.String)),
                study,
                Dispositions.create_empty(),
                directorate=directorate,
                wave=wave,
                channels=study.reference_channels(directorate),
            )
    cubes, weightings = {}, []
    for directorate, sample in samples[WAVES[-1]].items():
        scope = {"directorate": directorate, "wave": WAVES[-1]}
        cube = stored_cube(sample_cubes((sample,), study, **scope), sample.name)
        assert cube is not None
        cubes[directorate] = cube
        weightings.append(weighting_table((sample,), study, simulated=True, **scope))
    return Made(
        study=study,
        simulation=simulation,
        samples=samples,
        profiles=user_profiles(cubes, pl.concat(weightings), study, wave=WAVES[-1]),
        segments=user_segments(samples, study, wave=WAVES[-1], simulated=True),
    )


def true_shares(made: Made) -> pl.DataFrame:
    """The true share of each level of each item: directorate, item, levels, true."""
    counts = true_counts(made.simulation, made.study).filter(wave=WAVES[-1])
    of = ["directorate", "item"]
    return (
        counts.group_by(*of, "level")
        .agg(pl.sum("users"))
        .select(
            *of,
            levels=pl.format("P{}", "level"),
            true=pl.col("users") / pl.sum("users").over(of),
        )
    )


# --- against the truth ----------------------------------------------------------------------------


def test_what_is_planted_has_a_chance_of_its_own(made: Made) -> None:
    """The margins in the parameters are those of the users as they were simulated before."""
    plan = load_simulation_plan(DILA, made.study)
    for wave in made.study.waves:
        counted = margins(made.simulation, made.study, plan, wave.id)
        assert counted == made.study.margins[wave.id].margins


def test_shares_and_uses_of_other_products_hold_the_truth(made: Made) -> None:
    found = made.profiles.join(true_shares(made), on=["directorate", "item", "levels"])
    estimated = found.filter(pl.col("method") == "wilson")
    inside = estimated.select(pl.col("true").is_between("low", "high")).to_series()
    assert len(inside) > 60 and inside.mean() > 0.9  # type: ignore[operator]
    moved = estimated.select((pl.col("true") + 0.12).is_between("low", "high")).to_series()
    assert moved.mean() < 0.1  # type: ignore[operator]
    uses = estimated.filter(pl.col("item").str.starts_with("U_"), levels="P2")
    assert uses.height == 4 * len(PRODUCTS) - 3, "nobody is asked of the product they are met at"
    assert uses.select(pl.col("true").is_between("low", "high")).to_series().mean() > 0.9  # type: ignore[operator]


def test_a_question_that_weights_rest_on_is_known_and_has_no_error(made: Made) -> None:
    known = made.profiles.join(true_shares(made), on=["directorate", "item", "levels"]).filter(
        pl.col("item").is_in(["AGE", "QUALITE"])
    )
    assert set(known["method"]) == {"margin"} and known.height == 10 * len(PRODUCTS)
    assert known.select((pl.col("value") - pl.col("true")).abs().max()).item() < 1e-6
    assert known.filter(pl.col("low") != pl.col("high")).is_empty()


def test_segments_hold_the_truth_in_each_product_and_over_all(made: Made) -> None:
    truth = true_segments(made.simulation.population).filter(wave=WAVES[-1])
    truth = truth.filter(pl.col("directorate").is_in(list(PRODUCTS))).with_columns(
        true=pl.col("users") / pl.sum("users").over("directorate")
    )
    over_all = truth.group_by("segment").agg(pl.mean("true")).with_columns(directorate=pl.lit(""))
    both = pl.concat(
        [
            truth.select("directorate", "segment", "true"),
            over_all.select("directorate", "segment", "true"),
        ]
    )
    shares = made.segments.filter(about="share").join(both, on=["directorate", "segment"])
    assert shares.height == 3 * (len(PRODUCTS) + 1)
    deviations = ((shares["value"] - shares["true"]) / shares["se"]).to_numpy()
    assert np.abs(deviations).max() < 3.5 and 0.5 < np.sqrt((deviations**2).mean()) < 1.5
    assert shares.select(pl.col("true").is_between("low", "high")).to_series().mean() > 0.85  # type: ignore[operator]
    names = {"autonomes": "distants", "distants": "accompagnes", "accompagnes": "autonomes"}
    wrong = both.with_columns(pl.col("segment").replace(names))
    mistaken = made.segments.filter(about="share").join(wrong, on=["directorate", "segment"])
    assert mistaken.select(pl.col("true").is_between("low", "high")).to_series().mean() < 0.3  # type: ignore[operator]


def test_segments_answer_as_they_were_planted_and_keep_their_names(made: Made) -> None:
    plan = load_simulation_plan(DILA, made.study).segments
    assert plan is not None
    answers = made.segments.filter(about="answer")
    deviations = [
        (row["value"] - plan.kinds[row["segment"]][row["item"]][int(row["definition"][1:])])
        / max(row["se"], 0.004)
        for row in answers.iter_rows(named=True)
    ]
    assert len(deviations) == 3 * (4 + 3 + 3 + 3) and max(map(abs, deviations)) < 4
    marks = {
        (row["segment"], row["item"], row["definition"])
        for row in answers.filter(word="marks").iter_rows(named=True)
    }
    assert ("autonomes", "AIDE", "P1") in marks
    far = {(item, level) for segment, item, level in marks if segment == "distants"}
    planted = {("AISANCE", "P1"), ("AIDE", "P3"), ("RECOURS", "P3")}
    assert len(far) == 2 and far <= planted, "of three that are planted nearly alike"
    assert len(marks) <= 2 * 3
    model = {
        row["definition"]: row for row in made.segments.filter(about="model").iter_rows(named=True)
    }
    assert (model["classes"]["value"], model["bic_classes"]["value"]) == (3, 3)
    assert model["alike"]["against"] == "2025-2" and model["alike"]["word"] == "stable"
    assert model["alike"]["value"] > 0.9 and model["rand"]["value"] > 0.8


def test_the_first_wave_names_them_without_anything_to_compare(made: Made) -> None:
    first = user_segments(
        {WAVES[0]: made.samples[WAVES[0]]}, made.study, wave=WAVES[0], simulated=True
    )
    assert set(first.filter(about="model")["definition"]) == {"classes", "bic_classes", "entropy"}
    assert set(first["segment"]) == {"", "autonomes", "accompagnes", "distants"}


def test_answers_that_are_mixed_up_make_segments_that_do_not_last(made: Made) -> None:
    """A perturbed wave: each question is answered by somebody else."""
    rng = np.random.default_rng(4)
    items = made.study.profiles.segments.items  # type: ignore[union-attr]
    mixed = {}
    for name, sample in made.samples[WAVES[0]].items():
        shuffled = [
            pl.Series(item, rng.permutation(sample.frame[item].to_numpy())) for item in items
        ]
        mixed[name] = WeightedSample(
            **{**vars(sample), "frame": sample.frame.with_columns(shuffled)}
        )
    segments = {**made.study.profiles.segments.model_dump(), "least": 3, "most": 3, "names": ()}  # type: ignore[union-attr]
    profiles = made.study.profiles.model_validate(  # type: ignore[union-attr]
        {**made.study.profiles.model_dump(), "segments": segments}  # type: ignore[union-attr]
    )
    study = made.study.model_copy(update={"profiles": profiles})
    try:
        table = user_segments(
            {WAVES[0]: mixed, WAVES[1]: made.samples[WAVES[1]]},
            study,
            wave=WAVES[1],
            simulated=True,
        )
    except InferenceError as error:
        assert "do not determine" in str(error)
        return
    rand = table.filter(definition="rand")["value"].item()
    assert rand < 0.7
    assert set(table.filter(about="share")["segment"]) == {"1", "2", "3"}


# --- before and behind the gate -------------------------------------------------------------------


def share_rows(counts: list[int], item: str = "AISANCE") -> pl.DataFrame:
    """The profiles of one product, of so many answers by level."""
    about: dict[str, Any] = {
        "directorate": "boamp",
        "wave": WAVES[-1],
        "item": item,
        "channels": "panneau",
        "claim": "C1",
        "se": 0.01,
        "low": 0.1,
        "high": 0.9,
        "base": sum(counts),
        "df": 90,
        "method": "wilson",
        "counts": counts,
        "simulated": True,
    }
    levels = {"P1": [0], "P2": [1], "P3": [2], "P4": [3], "P1-2": [0, 1]}
    return make_table(
        [
            about | {"levels": name, "value": sum(counts[rank] for rank in ranks) / sum(counts)}
            for name, ranks in levels.items()
        ],
        UserProfiles,
    )


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([40, 60, 80, 90], {"P1", "P2", "P3", "P4", "P1-2"}),
        ([4, 60, 80, 90], {"P3", "P4", "P1-2"}),
        ([2, 3, 2, 1], set()),
    ],
)
def test_a_rare_answer_is_told_with_its_neighbour_behind_the_gate(
    made: Made, counts: list[int], shown: set[str]
) -> None:
    released = release(
        UserProfiles.figures(share_rows(counts)), made.study, audience=Audience.PUBLIC
    )
    seen = released.filter(pl.col("value").is_not_null())
    assert set(seen["definition"]) == shown


def test_segments_on_too_few_answers_are_hidden(made: Made) -> None:
    few = made.segments.with_columns(
        base=pl.when(directorate="boamp").then(8).otherwise("base")
    ).cast({"base": pl.Int64})
    released = release(
        UserSegments.figures(UserSegments.validate(few)), made.study, audience=Audience.PUBLIC
    )
    shares = released.filter(definition="share")
    hidden = shares.filter(pl.col("value").is_null())
    assert set(hidden["directorate"]) == {"boamp"} and hidden.height == 3


def test_declared_audiences_are_counted(made: Made) -> None:
    listening = made.study.listening
    assert listening is not None
    table = declared_audiences(made.study, wave=WAVES[-1], simulated=True)
    by_audience = dict(table.filter(directorate="").select("audience", "products").iter_rows())
    assert by_audience["associations"] == 1
    use = {name: set(one.audiences) for name, one in listening.products.items()}
    assert by_audience["agents"] == len([name for name in use if "agents" in use[name]]) == 8
    shared = dict(table.filter(audience="").select("directorate", "products").iter_rows())
    assert shared["associations"] == 0, "it alone is for associations"
    assert shared["circulaires"] == by_audience["agents"] - 1, "it is for public servants alone"
    without = made.study.model_copy(update={"listening": None})
    assert declared_audiences(without, wave=WAVES[-1], simulated=True).is_empty()


# --- what may be declared -------------------------------------------------------------------------

Edit = Callable[[dict[str, Any]], None]


def told(tmp_path: Path, edit: Edit, file: str = "profiles") -> str:
    """The message of the study, with one of its files edited."""
    folder = tmp_path / "dila"
    shutil.copytree(DILA, folder)
    yaml, path = YAML(), folder / f"{file}.yml"
    content = yaml.load(path)
    edit(content)
    yaml.dump(content, path)
    with pytest.raises(ParameterError) as caught:
        load_study(folder)
    return str(caught.value)


def set_segments(**changes: Any) -> Edit:
    return lambda content: content["segments"].update(changes)


def set_far(**changes: Any) -> Edit:
    return lambda content: content["far_from_digital"].update(changes)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda content: content["items"].append("AGEE"), "did you mean 'AGE'?"),
        (
            lambda content: content["items"].append("SAT"),
            "'SAT' is no closed question on who answers.",
        ),
        (lambda content: content["items"].append("AGE"), "'AGE' is declared 2 times."),
        (set_segments(items=["AISANCE", "AIDE", "RECOURZ"], names=[]), "did you mean 'RECOURS'"),
        (set_segments(least=1), "one segment tells nobody apart: `least` is 2 or more"),
        (set_segments(most=1, names=[]), "`most` is 1, and `least` is 2: it is no less"),
        (set_segments(most=3), "there are 4 names for as many as 3 segments"),
        (set_far(levels=[1, 9]), "'AISANCE' has no level 9."),
        (set_far(levels=[1, 3]), "do not stand next to one another"),
        (set_far(levels=[1, 2, 3, 4]), "or are the whole scale"),
        (set_far(item="AISANSE"), "did you mean 'AISANCE'?"),
        (
            lambda content: content["segments"]["names"][0]["answers"].update(AISANCE=7),
            "'AISANCE' has no level 7.",
        ),
        (
            lambda content: content["segments"]["names"][0]["answers"].update(AGE=1),
            "profiles.yml, segments.names.autonomes.answers",
        ),
    ],
)
def test_what_profiles_name_and_the_study_lacks_is_told(
    tmp_path: Path, edit: Edit, message: str
) -> None:
    found = told(tmp_path, edit)
    assert message in found and "profiles.yml" in found and "Hint:" in found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"uses": "legifrence"}, "did you mean 'legifrance'?"),
        ({"scale": "age"}, "asks who uses a product, and is no profile of two answers."),
        ({"role": "fact"}, "asks who uses a product, and is no profile of two answers."),
    ],
)
def test_an_item_on_the_use_of_a_product_is_answered_no_or_yes(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    def edit(content: dict[str, Any]) -> None:
        item = next(item for item in content["items"] if item["id"] == "U_LEGIFRANCE")
        item.update(changes)

    assert message in told(tmp_path, edit, "questionnaire")


def test_too_few_respondents_for_the_segments_are_told(made: Made) -> None:
    few = {"allo": made.samples[WAVES[-1]]["allo"]}
    short = few["allo"].frame.head(60)
    sample = WeightedSample(**{**vars(few["allo"]), "frame": short, "calibration": None})
    with pytest.raises(InferenceError, match="60 respondents are too few for 2 classes") as caught:
        user_segments({WAVES[-1]: {"allo": sample}}, made.study, wave=WAVES[-1], simulated=True)
    assert "ask for fewer classes or questions" in str(caught.value)
    tiny = WeightedSample(**{**vars(sample), "frame": short.head(20)})
    none = user_segments({WAVES[-1]: {"allo": tiny}}, made.study, wave=WAVES[-1], simulated=True)
    assert none.is_empty(), "nobody's answers are enough: there are no segments, and no error"


def test_a_study_without_segments_is_told(made: Made, study: Study) -> None:
    assert study.profiles is None and study.profile_items("dpaph") == ()
    with pytest.raises(ScopeError, match="declares no segments"):
        user_segments(made.samples, study, wave=WAVES[-1], simulated=True)


def test_segments_of_the_plan_agree_with_one_another(tmp_path: Path, made: Made) -> None:
    folder = tmp_path / "dila"
    shutil.copytree(DILA, folder)
    yaml, path = YAML(), folder / "simulation.yml"
    yaml.width = 4096  # a long key that is cut is no key any more
    content = yaml.load(path)
    del content["segments"]["kinds"]["distants"]["AIDE"][3]
    del content["segments"]["elsewhere"]["distants"]
    yaml.dump(content, path)
    with pytest.raises(ParameterError) as caught:
        load_simulation_plan(folder, made.study)
    assert "do not answer the same items by the same levels" in str(caught.value)
    assert "The shares of 'elsewhere' are not of the kinds" in str(caught.value)
    assert math.isclose(sum(made.simulation.population["segment"].is_null()), 0)
