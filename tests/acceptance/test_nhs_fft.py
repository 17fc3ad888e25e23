"""A real study that only YAML describes, from its raw file to an edition, against an independent
computation."""

from __future__ import annotations

import csv
import re
import shutil
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import ROOT, empty_workspace, observatoire, shared

WAVES = {
    "2021-q3": (date(2021, 7, 1), date(2021, 9, 30)),
    "2021-q4": (date(2021, 10, 1), date(2021, 12, 31)),
    "2022-q1": (date(2022, 1, 1), date(2022, 3, 31)),
    "2022-q2": (date(2022, 4, 1), date(2022, 6, 30)),
}


@pytest.fixture(scope="module")
def comments() -> Path:
    return shared("data", "nhs_fft", "comments.csv")


@pytest.fixture(scope="module")
def workspace(comments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = empty_workspace(tmp_path_factory.mktemp("nhs") / "w")
    source = ROOT / "tests" / "acceptance" / "nhs_fft"
    shutil.copytree(
        source, folder / "params" / "nhs_fft", ignore=shutil.ignore_patterns("delivery.yml")
    )
    done = observatoire(
        folder,
        "register",
        "nhs_fft",
        str(source / "delivery.yml"),
        "--source",
        str(comments.parent),
    )
    assert done.returncode == 0, done.stderr
    done = observatoire(folder, "publish")
    assert done.returncode == 0, done.stderr
    return folder


def _day(text: str) -> date | None:
    """Day first where the date is padded and can be; month first otherwise."""
    if re.fullmatch(r"\d\d/\d\d/\d{4}", text):
        for pattern in ("%d/%m/%Y", "%m/%d/%Y"):
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def _expected(path: Path) -> tuple[dict[tuple[str, str], list[int]], int, int]:
    """(trust, wave) → closed answers of each respondent's first row in a wave; rows outside;
    duplicates. No polars here."""
    answers: dict[tuple[str, str], list[int]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    outside = duplicates = 0
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            day = _day(row["Date"])
            wave = next(
                (name for name, (start, end) in WAVES.items() if day and start <= day <= end), None
            )
            if wave is None:
                outside += 1
            elif (row["Trust"], row["Respondent ID"]) in seen:
                duplicates += 1
            else:
                seen.add((row["Trust"], row["Respondent ID"]))
                answers[row["Trust"].lower(), wave].append(int(row["FFT categorical answer"]))
    return answers, outside, duplicates


def test_every_row_is_kept_refused_or_a_duplicate(workspace: Path, comments: Path) -> None:
    answers, outside, duplicates = _expected(comments)
    places = (workspace / "data/processed/nhs_fft/receipts").rglob("*.parquet")
    tables = [pl.read_parquet(path, hive_partitioning=False) for path in places]
    assert len(tables) == len(answers), "the one file serves every scope"
    receipt = pl.concat(tables).unique().row(0, named=True)
    assert pl.concat(tables).n_unique() == 1
    assert receipt["received"] == 7908
    assert receipt["refused"] == outside
    assert receipt["duplicates"] == duplicates
    assert receipt["kept"] == sum(map(len, answers.values()))


def test_counts_and_shares_are_those_of_an_independent_computation(
    workspace: Path, comments: Path
) -> None:
    answers, _, _ = _expected(comments)
    compared = 0
    for (trust, wave), given in answers.items():
        part = (
            workspace
            / f"data/processed/nhs_fft/estimates/directorate={trust}/wave={wave}/part-0.parquet"
        )
        rows = {
            row["definition"]: row
            for row in pl.read_parquet(part, hive_partitioning=False).iter_rows(named=True)
            if row["breakdown"] == "total"
        }
        valid = [6 - answer for answer in given if answer <= 5]
        n = len(valid)
        share = sum(level >= 4 for level in valid) / n
        assert rows["T2B"]["base"] == n
        assert rows["T2B"]["counts"] == [valid.count(level) for level in range(1, 6)]
        assert rows["T2B"]["value"] == pytest.approx(share, rel=1e-12)
        # Weights are 1: the linearized variance is that of simple random sampling, over the
        # respondents of the wave.
        whole = len(given)
        assert rows["T2B"]["se"] == pytest.approx(
            (share * (1 - share) / n * whole / (whole - 1)) ** 0.5, rel=1e-9
        )
        assert rows["M10"]["value"] == pytest.approx(
            sum((level - 1) * 2.5 for level in valid) / n, rel=1e-12
        )
        assert rows["NET"]["value"] == pytest.approx(
            share - sum(level <= 2 for level in valid) / n, rel=1e-12
        )
        assert {row["claim"] for row in rows.values()} == {"C2"}
        compared += 1
    assert compared == 8


def test_the_edition_speaks_english_and_claims_no_more_than_it_may(workspace: Path) -> None:
    site = workspace / "reports/editions/nhs_fft/2022-q2/v1.0.0/_site"
    for name in ("index", "direction-neas", "direction-nhft", "methode"):
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        assert '<html lang="en"' in text
        assert "Simulated data" not in text
        assert (site / f"{name}.pdf").stat().st_size > 10_000
    page = (site / "direction-neas.html").read_text(encoding="utf-8")
    assert "of people who chose to answer" in page and "variability" in page
    assert "confidence interval" not in page
    data = pl.read_csv(site / "data" / "resultats.csv")
    assert data.get_column("simule").unique().to_list() == [False]
