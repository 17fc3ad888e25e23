"""A third study, described by YAML only: a mean out of 10, a scale of three levels, no sites, its
own thresholds and words. Its pages are right to the word.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.acceptance.library import (
    SITE,
    SOURCE,
    STARTS,
    ByHand,
    answers_of,
    entirely,
    mark_of,
    members,
    self_selected,
)
from tests.page_text import lines_of

SEASONS = {"2025-1": "Spring 2025", "2025-2": "Autumn 2025", "2026-1": "Spring 2026"}
OWN = {"central": ("cards", "form"), "branches": ("phone_survey",)}
"""The channels that the headline figures of each service rest on."""

PAGES = [
    *(("three_waves", f"{name}") for name in ("index", "direction-central", "direction-branches")),
    ("three_waves", "methode"),
    *(("one_wave", f"{name}") for name in ("index", "direction-central", "methode")),
]


@pytest.fixture(scope="module")
def sites(library: Path, single: Path) -> dict[str, Path]:
    """The folders of the pages of both editions."""
    return {"three_waves": library / SITE, "one_wave": single / SITE}


def expected(folder: str, page: str) -> list[str]:
    """What a page says, as it was read and agreed with."""
    text = (SOURCE / "pages" / folder / f"{page}.txt").read_text(encoding="utf-8")
    return text.splitlines()


@pytest.mark.parametrize(("folder", "page"), PAGES)
def test_a_page_is_right_to_the_word(sites: dict[str, Path], folder: str, page: str) -> None:
    assert lines_of(sites[folder] / f"{page}.html") == expected(folder, page)


def test_there_are_no_other_pages(sites: dict[str, Path]) -> None:
    found = {(name, path.stem) for name, folder in sites.items() for path in folder.glob("*.html")}
    assert found == set(PAGES)


# --- the pages that were agreed with say what the answers do, worked out by hand ------------------


def by_hand(wave: str, directorate: str) -> ByHand:
    answers = answers_of(wave, directorate, *OWN[directorate])
    if directorate == "central":
        return self_selected(answers, mark_of)
    return members(answers, float)


def rounded(value: float, decimals: int = 1) -> str:
    """As it is printed: half away from zero."""
    unit = Decimal(1).scaleb(-decimals)
    text = str(Decimal(repr(round(value, 9))).quantize(unit, rounding=ROUND_HALF_UP))
    return text.replace("-", "−")


def signed(value: float, decimals: int) -> str:
    return f"{'+' if value > 0 else ''}{rounded(value, decimals)}"


def flag(base: int) -> str:
    """The sign of a base under 50."""
    return " (!)" if base < 50 else ""


def mean_row(figure: ByHand, name: str) -> str:
    low, high = figure.bounds()
    value = f"{rounded(figure.value)}{flag(figure.base)}"
    return f"{name} | {value} | [{rounded(low)}; {rounded(high)}] | {figure.base}"


@pytest.mark.parametrize("directorate", ["central", "branches"])
@pytest.mark.parametrize("wave", list(STARTS))
def test_the_mean_of_each_wave(wave: str, directorate: str) -> None:
    row = mean_row(by_hand(wave, directorate), SEASONS[wave])
    assert row in expected("three_waves", f"direction-{directorate}")


COUNTED = "score from 0 to 10"


FAMILY = 4
"""Two headline indicators, each compared over a year and with the wave before."""


@pytest.mark.parametrize(
    ("directorate", "word", "title"),
    [
        ("central", "rise", "rating of the visit up over one year: {}"),
        ("branches", "none detected", "No change detected over one year"),
    ],
)
def test_the_change_of_the_mean(directorate: str, word: str, title: str) -> None:
    """8 % of 10 is 0.8: what a rise has to reach."""
    after, before = by_hand("2026-1", directorate), by_hand("2025-1", directorate)
    se = (after.se**2 + before.se**2) ** 0.5
    change = ByHand(after.value - before.value, se, min(after.df, before.df), after.base)
    low, high = change.bounds(FAMILY)
    assert word == ("rise" if low > 0 and change.value >= 0.8 else "none detected")
    size = signed(change.value, 1)
    page = expected("three_waves", f"direction-{directorate}")
    bounds = f"[{rounded(low)}; {rounded(high)}]"
    row = next(line for line in page if line.startswith(f"Rating of the visit | {COUNTED} |"))
    assert row.endswith(f" | {word} ({size} {bounds})")
    (heading,) = (
        line
        for line in page
        if line.startswith("## ") and "over one year" in line and "ndicators" not in line
    )
    assert heading.endswith(title.format(size))
    (note,) = (line for line in page if line.startswith("Note: Over one year"))
    established = "" if word == "rise" else "measured "
    assert note.startswith(
        f"Note: Over one year, a {established}difference of {size} (adjusted 95% interval {bounds})"
    )
    tiles = "\n".join(expected("three_waves", "index"))
    assert (f"{size} over one year, a rise (adjusted 95% interval {bounds})" in tiles) == (
        word == "rise"
    )


@pytest.mark.parametrize("directorate", ["central", "branches"])
def test_the_share_of_those_who_found_everything(directorate: str) -> None:
    worked_out = self_selected if directorate == "central" else members
    now, then = (
        worked_out(answers_of(wave, directorate, *OWN[directorate]), entirely)
        for wave in ("2026-1", "2025-1")
    )
    low, high = (rounded(100 * bound, 0) for bound in now.wilson())
    share = f"{rounded(100 * now.value, 0)}%{flag(now.base)}"
    start = f"Found what they came for | “Entirely” | {share} | [{low}; {high}] | {now.base} | "
    size = f" ({signed(100 * (now.value - then.value), 0)} points ["
    page = expected("three_waves", f"direction-{directorate}")
    assert any(one.startswith(start) and size in one for one in page), start


def test_members_who_all_weighed_the_same_would_give_another_share() -> None:
    answers = answers_of("2026-1", "branches", "phone_survey")
    same, weighted = self_selected(answers, entirely).value, members(answers, entirely).value
    assert (rounded(100 * same, 0), rounded(100 * weighted, 0)) == ("70", "71")


@pytest.mark.parametrize("folder", ["three_waves", "one_wave"])
def test_the_mean_of_each_channel_and_age(folder: str) -> None:
    page = expected(folder, "direction-central")
    for channel, name in (("cards", "Reply cards"), ("form", "Online form")):
        figure = self_selected(answers_of("2026-1", "central", channel), mark_of)
        row = mean_row(figure, f"{name} | {COUNTED}")
        assert any(one.startswith(row) for one in page)
    everybody = answers_of("2026-1", "central", "cards", "form")
    for age in ("Under 25", "25 to 64", "65 and over"):
        of_age = [mark for _, mark, given in everybody if given == age.lower()]
        valid = [mark for mark in map(mark_of, of_age) if mark is not None]
        start = f"Age – {age} | {rounded(sum(valid) / len(valid))}{flag(len(valid))} | "
        assert any(one.startswith(start) and one.endswith(f" | {len(valid)}") for one in page)


def test_what_is_hidden_is_what_its_own_thresholds_hide() -> None:
    """12 cards are fewer than 20; 8 members under 25 and 8 over 64 too."""
    assert len(answers_of("2026-1", "branches", "cards")) == 12
    ages = [age for _, _, age in answers_of("2026-1", "branches", "phone_survey")]
    assert [ages.count(age) for age in ("under 25", "25 to 64", "65 and over")] == [8, 24, 8]
    page = expected("three_waves", "direction-branches")
    assert "Age – Under 25 | n/a | n/a | n/a" in page
    assert "Age – 65 and over | n/a | n/a | n/a" in page
    assert any(one.startswith(f"Reply cards | {COUNTED} | n/a | n/a | n/a |") for one in page)
    method = " ".join(expected("three_waves", "methode"))
    assert "below 5 replies (s); from 5 to 19 replies" in method and "from 20 to 49, it" in method


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "page"), PAGES)
def test_no_page_has_a_word_of_another_study(
    sites: dict[str, Path], folder: str, page: str
) -> None:
    text = "\n".join(lines_of(sites[folder] / f"{page}.html"))
    strange = r"favourable|in percent|satisf|\bsites?\b|kiosk|directorate|commitment|core question"
    assert re.findall(strange, text, re.IGNORECASE) == []
    assert re.findall(r"[{}«»]|None|nan\b", text) == []


@pytest.mark.parametrize(("folder", "page"), PAGES)
def test_punctuation_neither_stacks_nor_trails(
    sites: dict[str, Path], folder: str, page: str
) -> None:
    lines = lines_of(sites[folder] / f"{page}.html")
    text = "\n".join(lines).replace("(!): ", "").replace("(!!): ", "").replace(" (!)", "")
    assert re.findall(r"[.,;:!]{2,}|\(\)|\[\]| [,;.)]|\( |  ", text) == []
    headings = [one for one in lines if one.startswith("## ")]
    assert [one for one in headings if one.count(":") > 1 or one.endswith((".", ":", ","))] == []


@pytest.mark.parametrize(("folder", "page"), PAGES)
def test_no_section_and_no_table_is_empty(sites: dict[str, Path], folder: str, page: str) -> None:
    lines = lines_of(sites[folder] / f"{page}.html")
    after = dict(zip(lines, [*lines[1:], "## "], strict=True))
    assert [one for one in lines if one.startswith("## ") and after[one].startswith("## ")] == []
    tables = [place for place, one in enumerate(lines) if re.match(r"Table \d+ – ", one)]
    assert tables and all(" | " in lines[place + 2] for place in tables)
    cells = [cell for one in lines if " | " in one for cell in one.split(" | ")]
    assert all(cell.strip() for cell in cells)


def test_one_wave_of_one_service_has_no_trend_and_no_comparison(single: Path) -> None:
    for page in ("index", "direction-central"):
        text = "\n".join(lines_of(single / SITE / f"{page}.html"))
        assert "This is the first measurement, so there is no change to report yet." in text
        assert not re.search(r"wave|rise|fall|Change|image: Line|by library service", text)
    assert list(single.glob("reports/**/tendance*")) == []
