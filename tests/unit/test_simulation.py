"""The simulator tells the truth that it records, and estimates find it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from analysis.indicators import sample_cubes, satisfaction, weigh_all, weighting_table
from analysis.intake import (
    Delivery,
    FileEntry,
    HarmonisedFile,
    Manifest,
    read_delivery_file,
)
from analysis.simulation import (
    RawFile,
    Simulation,
    SimulationPlan,
    load_simulation_plan,
    margins,
    simulate_respondents,
    true_counts,
    true_measures,
    write_wave,
)
from analysis.study import Study, Wave, read_model
from analysis.study.field import MarginsFile
from tests.conftest import ROOT

PARAMS = ROOT / "params" / "cd93"


@pytest.fixture(scope="module")
def plan(study: Study) -> SimulationPlan:
    return load_simulation_plan(PARAMS, study)


@pytest.fixture(scope="module")
def simulation(study: Study, plan: SimulationPlan) -> Simulation:
    return simulate_respondents(study, plan)


def test_about_fifty_five_thousand_answers_from_january_2024_to_october_2026(
    simulation: Simulation,
) -> None:
    days = simulation.answers.get_column("day")
    assert 50_000 < simulation.answers.height < 60_000
    assert (str(days.min()), str(days.max())) == ("2024-01-01", "2026-10-30")
    months = simulation.answers.group_by(pl.col("day").dt.truncate("1mo")).len()
    assert months.height == 34
    assert months.get_column("len").min() > 500  # type: ignore[operator]


def test_the_same_plan_gives_the_same_bytes(
    simulation: Simulation, plan: SimulationPlan, study: Study
) -> None:
    """Answers, and files; a file that would bear the hour of its making would differ by it."""
    again = simulate_respondents(study, plan)
    assert again.answers.equals(simulation.answers)
    wave = study.waves[0]
    written = [
        {file.name: file.content for file in write_wave(one, study, plan, wave)}
        for one in (simulation, again)
    ]
    assert written[0] == written[1]
    with zipfile.ZipFile(io.BytesIO(written[0]["gestion.xlsx"])) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        days = re.findall(rb">(\d{4}-\d{2}-\d{2})T", book.read("docProps/core.xml"))
    assert set(days) == {wave.publication.isoformat().encode()}
    other = plan.model_copy(update={"seed": plan.seed + 1})
    assert not true_measures(simulation, study, other).equals(
        true_measures(simulation, study, plan)
    )


def test_more_are_invited_than_answer_and_none_under_constraint_is_counted(
    simulation: Simulation, study: Study
) -> None:
    """The frame of a wave, cell by cell, beside its users and those who answered."""
    plan = load_simulation_plan(PARAMS, study)
    (file,) = (
        one
        for one in write_wave(simulation, study, plan, study.wave("2026-2"))
        if one.reader == "frame"
    )
    frame = pl.read_csv(file.content, infer_schema_length=None)
    cell = ["directorate", "site", "AGE", "POUR", "PREMIERE"]
    free = pl.col("population") != "protection"
    users = simulation.population.filter(free, wave="2026-2").group_by(cell).len()
    told = frame.join(users, on=cell, how="full", nulls_equal=True, coalesce=True)
    assert told["population"].to_list() == told["len"].to_list()
    assert set(frame["directorate"]) == {"dpaph", "def"}
    sites = frame.group_by("site").agg(pl.sum("population", "drawn", "answered"))
    most = pl.min_horizontal("population", plan.response.invited_per_site)
    assert sites["drawn"].to_list() == sites.select(most).to_series().to_list()
    heard = simulation.answers.filter(free, wave="2026-2", channel="invitation")
    answers = dict(heard["site"].value_counts().iter_rows())
    assert dict(sites.select("site", "answered").iter_rows()) == answers
    silent = frame.select(pl.sum("drawn") - pl.sum("answered")).item()
    shares = frame.select(pl.sum("ineligible", "unknown") / silent).row(0)
    assert shares == pytest.approx((0.012, 0.05), rel=0.15)


def test_the_margins_of_the_parameters_are_those_of_the_users(
    simulation: Simulation, study: Study
) -> None:
    """Each user who is not under constraint is counted once, by site and by what is known of
    them."""
    plan = load_simulation_plan(PARAMS, study)
    free = [
        user
        for user in simulation.population.select(
            "wave", "directorate", "population", "site", "AGE"
        ).iter_rows(named=True)
        if user["population"] == "generale"
    ]
    counted = Counter(
        (user["wave"], user["directorate"], variable, str(user[variable]))
        for user in free
        for variable in ("site", "AGE")
    )
    declared = {
        (wave.id, directorate, variable, category): count
        for wave in study.waves
        for directorate, variables in read_model(
            PARAMS / "margins" / f"{wave.id}.yml", MarginsFile
        ).margins.items()
        for variable, categories in variables.items()
        for category, count in categories.items()
        if variable in ("site", "AGE")
    }
    assert declared == counted and len(declared) > 200
    for wave in study.waves:
        declared_whole = read_model(PARAMS / "margins" / f"{wave.id}.yml", MarginsFile).margins
        assert declared_whole == margins(simulation, study, plan, wave.id)


def test_levels_are_those_of_the_published_figures(simulation: Simulation) -> None:
    """DITP 2025: 69 % satisfied, 11 % not; CNSA 2021: 57 % dissatisfied with the delay in
    disability services."""
    free = simulation.population.filter(pl.col("population") == "generale")
    share = free.select(
        good=pl.col("Q01").is_in([4, 5]).mean(),
        bad=pl.col("Q01").is_in([1, 2]).mean(),
        respect=pl.col("Q11").is_in([4, 5]).mean(),
    ).row(0)
    assert share == pytest.approx((0.69, 0.11, 0.76), abs=0.04)


def test_bridging_site_days_hold_several_modes(simulation: Simulation) -> None:
    modes = (
        simulation.answers.filter(pl.col("channel") != "invitation")
        .group_by("site", "day")
        .agg(pl.col("channel").n_unique())
    )
    assert modes.filter(pl.col("channel") >= 2).height > 300


def test_answering_depends_on_the_profile(simulation: Simulation) -> None:
    invited = simulation.answers.filter(
        (pl.col("channel") == "invitation") & (pl.col("directorate") == "dpaph")
    )
    users = simulation.population.filter(pl.col("directorate") == "dpaph")
    young = pl.col("AGE").eq(1).mean()
    assert invited.select(young).item() < 0.75 * users.select(young).item()


def shares_where_posted(
    simulation: Simulation, study: Study, plan: SimulationPlan, item: str
) -> float:
    """The favourable share of an item among users of sites that posted the charter, once it does
    all it does: in points, levels of the best half."""
    codes = study.scale(item).codes
    reached = {
        site: day + timedelta(days=plan.commitments.ramp_days)
        for site, day in study.commitments[0].posted.items()
    }
    answers = [
        level in codes[-2:]
        for site, day, level in simulation.population.select("site", "day", item).iter_rows()
        if level in codes and site in reached and day >= reached[site]
    ]
    assert len(answers) > 5000
    return 100 * sum(answers) / len(answers)


def test_each_commitment_does_what_is_declared_and_no_more(
    simulation: Simulation, plan: SimulationPlan, study: Study
) -> None:
    """Some raise what users say, one lowers it, and nobody says anything else of the rest."""
    nothing = plan.commitments.model_copy(update={"effects": {}})
    without = simulate_respondents(study, plan.model_copy(update={"commitments": nothing}))
    declared = Counter[str]()
    for effects in plan.commitments.effects.values():
        declared.update(effects)
    change = {
        item: shares_where_posted(simulation, study, plan, item)
        - shares_where_posted(without, study, plan, item)
        for item in declared
    }
    assert {item for item, points in change.items() if points > 2} == {
        "Q01",
        "Q02",
        "Q03",
        "Q05",
        "Q08",
    }
    assert {item for item, points in change.items() if points < -2} == {"Q10", "Q14"}
    rest = [item for item in plan.items if item not in declared]
    assert simulation.population.select(rest).equals(without.population.select(rest))
    assert {"Q06", "Q09", "Q11"} <= set(rest), "perceived sides of commitments without an effect"
    assert not simulation.population.select("Q02").equals(without.population.select("Q02"))


def test_posting_the_charter_raises_the_items_it_names(
    simulation: Simulation, study: Study
) -> None:
    posted = {
        site for site, day in study.commitments[0].posted.items() if day < study.wave("2025-2").end
    }
    never = {site.id for one in study.directorates for site in one.sites} - set(
        study.commitments[0].posted
    )
    counts = true_counts(simulation, study).filter(pl.col("item") == "Q02")
    present = {
        wave: set(counts.filter(pl.col("wave") == wave).get_column("site"))
        for wave in ("2025-1", "2026-2")
    }
    never &= present["2025-1"] & present["2026-2"]

    def share(sites: set[str], wave: str) -> float:
        here = counts.filter(pl.col("site").is_in(list(sites)) & (pl.col("wave") == wave))
        good = here.filter(pl.col("level") >= 4).get_column("users").sum()
        return float(good / here.get_column("users").sum())

    effect = (share(posted, "2026-2") - share(posted, "2025-1")) - (
        share(never, "2026-2") - share(never, "2025-1")
    )
    assert 0.04 < effect < 0.14


def cells(content: bytes, encoding: str, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding)), delimiter=delimiter))


def flaws_of(file: RawFile, wave: Wave) -> dict[str, int]:
    """What stands in a raw file that must not be kept, counted without its reader: reason of the
    refusal → rows; `duplicates` are counted apart."""
    if file.reader == "limesurvey":
        rows = cells(file.content, "utf-8-sig", ",")
        early = [row for row in rows if row["datestamp"][:10] < wave.start.isoformat()]
        tokens = Counter(row["token"] for row in rows if row.get("token"))
        again = sum(count - 1 for count in tokens.values())
        return {"date outside the wave's field": len(early), "duplicates": again}
    if file.reader == "paper":
        rows = cells(file.content, "cp1252", ";")
        ticked = [row["Q01"] for row in rows]
        return {
            "Q01: answer outside its scale": sum(one not in TICKS for one in ticked),
            "unknown site": sum(row["Code site"] == "ancien-site" for row in rows),
            "unreadable date": sum(row["Date"] == "31/02/2024" for row in rows),
        }
    rows = cells(file.content, "utf-8", ",")
    flagged = sum(row["misuse"] == "true" for row in rows)
    bursts, last = 0, dict[str, datetime]()
    for row in rows:
        if row["misuse"] == "false":
            now, place = datetime.fromisoformat(row["localTime"]), row["smileyId"]
            bursts += place in last and (now - last[place]).total_seconds() < 5
            last[place] = now
    return {
        "misuse flagged by the kiosk": flagged,
        "burst: under 5 s after the press before": bursts,
    }


TICKS = {"1", "2", "3", "4", "5", "1,5", "NC", "NSP", ""}
FLAWS = {
    "invitation.csv": {"date outside the wave's field": 3, "duplicates": 12},
    "qr.csv": {"date outside the wave's field": 3, "duplicates": 0},
    "papier.csv": {
        "Q01: answer outside its scale": 4,
        "unknown site": 2,
        "unreadable date": 2,
    },
    "borne.csv": {
        "misuse flagged by the kiosk": 25,
        "burst: under 5 s after the press before": 40,
    },
}
"""What each raw file of a wave holds that must not be kept."""


def test_raw_files_carry_the_flaws_they_count(simulation: Simulation, study: Study) -> None:
    wave = study.waves[0]
    files = {
        file.name: file
        for file in write_wave(simulation, study, load_simulation_plan(PARAMS, study), wave)
    }
    assert set(files) == {*FLAWS, "invitation-frame.csv", "gestion.xlsx"}
    assert files["invitation.csv"].content.startswith(b"\xef\xbb\xbf")
    assert "é".encode("cp1252") in files["papier.csv"].content
    for name, expected in FLAWS.items():
        assert flaws_of(files[name], wave) == expected, name
        refused = sum(count for reason, count in expected.items() if reason != "duplicates")
        duplicates = expected.get("duplicates", 0)
        assert (files[name].refused, files[name].duplicates) == (refused, duplicates), name


def test_the_traps_of_free_texts_are_set(simulation: Simulation, study: Study) -> None:
    """All that must leave nowhere stands among what people are made to write."""
    traps = load_simulation_plan(PARAMS, study).verbatims.traps
    assert len(traps) == 7
    texts = Counter(simulation.answers.get_column("text").drop_nulls())
    assert [trap for trap in traps if texts[trap] < 10] == []
    raw = b"".join(
        file.content.replace(b'""', b'"')
        for wave in study.waves
        for file in write_wave(simulation, study, load_simulation_plan(PARAMS, study), wave)
    )
    assert [trap for trap in traps if trap.encode() not in raw] == []


def test_intervals_cover_the_truth_and_miss_another(simulation: Simulation, study: Study) -> None:
    """Over 12 scopes and all items read by T2B: intervals cover, and a truth five points away is
    missed."""
    truth = true_counts(simulation, study)
    covered, missed, total = 0, 0, 0
    for wave in study.waves:
        for directorate in ("dpaph", "def"):
            answers = simulation.answers.filter(
                (pl.col("wave") == wave.id) & (pl.col("directorate") == directorate)
            )
            frame = answers.with_columns(response_id=pl.col("answer").cast(pl.String))
            scope = {"directorate": directorate, "wave": wave.id}
            samples = weigh_all(frame, study, simulation.dispositions(**scope), **scope)
            weighting = weighting_table(samples, study, simulated=True, **scope)
            cubes = sample_cubes(samples, study, **scope)
            found = satisfaction(cubes, weighting, study, **scope)
            rows = found.filter((pl.col("breakdown") == "total") & (pl.col("definition") == "T2B"))
            for row in rows.iter_rows(named=True):
                here = truth.filter(
                    (pl.col("item") == row["item"])
                    & (pl.col("wave") == wave.id)
                    & (pl.col("directorate") == directorate)
                )
                top = study.scale(row["item"]).codes[-2:]
                users = here.get_column("users").sum()
                true = (
                    here.filter(pl.col("level").is_in(list(top))).get_column("users").sum() / users
                )
                covered += row["low"] <= true <= row["high"]
                missed += not row["low"] <= true + 0.05 <= row["high"]
                total += 1
    assert total > 150
    assert covered / total > 0.90
    assert missed / total > 0.50


def test_intake_refuses_and_counts_twice_exactly_what_the_simulator_spoilt(
    simulation: Simulation, study: Study, tmp_path: Path
) -> None:
    wave, met = study.waves[2], set()
    for file in write_wave(simulation, study, load_simulation_plan(PARAMS, study), wave):
        if file.channel is None or file.reader == "frame":
            continue
        flaws = {reason: count for reason, count in flaws_of(file, wave).items() if count}
        duplicates = flaws.pop("duplicates", 0)
        assert sum(flaws.values()) > 0, "there is something to refuse"
        (tmp_path / file.name).write_bytes(file.content)
        entry = FileEntry(path=file.name, reader=file.reader, channel=file.channel, wave=wave.id)
        manifest = Manifest(delivery="d", received=wave.publication, simulated=True, files=(entry,))
        found = read_delivery_file(Delivery(tmp_path, manifest), entry, study)
        assert isinstance(found, HarmonisedFile)
        receipt = found.receipt.row(0, named=True)
        assert Counter(found.refused.get_column("reason")) == flaws, file.name
        assert receipt["refused"] == sum(flaws.values()) == file.refused, file.name
        assert receipt["duplicates"] == duplicates == file.duplicates, file.name
        answers = simulation.answers.filter(
            (pl.col("wave") == wave.id) & (pl.col("channel") == file.channel)
        )
        assert receipt["kept"] == answers.height, file.name
        met.add(file.name)
    assert met == set(FLAWS)
