"""Commitments where they are posted and where they are not, against estimates from rows; figures of
all that is said of a commitment, and what of it may leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.disclosure import Audience, release
from analysis.indicators import Commitments, Estimates, Management
from analysis.inference import Survey
from analysis.study import Study
from tests.unit.test_commitments import (
    CLEAR,
    DESIGN,
    END,
    QUICK,
    START,
    Found,
    commitment,
    found,
    measure,
    respondents,
    rows_of,
    wilson,
    with_eight_sites,
)

BEFORE = date(2026, 2, 1)


@pytest.fixture
def eight(study: Study) -> Study:
    return with_eight_sites(study)


# --- where it is posted ---------------------------------------------------------------------------

POSTED: Mapping[str, date] = dict.fromkeys("abcd", BEFORE)


def test_the_gap_between_sites_that_post_it_and_others_is_that_of_rows(eight: Study) -> None:
    frame = respondents()
    parts = found(eight, commitment(target=60, posted=POSTED), frame=frame).parts()
    grouped = rows_of(frame).with_columns(
        group=pl.when(pl.col("site").is_in(list("abcd")))
        .then(pl.lit("posted"))
        .otherwise(pl.lit("not_posted"))
    )
    joint = Survey.of(grouped, DESIGN).mean("T2B", by="group").take(["posted", "not_posted"])
    for place, name in enumerate(("posted", "not_posted")):
        row = parts[f"posting:{name}"]
        mine = grouped.filter(group=name)
        assert row["value"] == pytest.approx(joint.value[place], rel=1e-9)
        assert row["se"] == pytest.approx(joint.se[place], rel=1e-9)
        assert (row["base"], row["df"], row["family"]) == (160, 29, 1)
        assert row["counts"] == [
            mine.filter(pl.col(CLEAR) == level).height for level in range(1, 6)
        ]
        bounds = wilson(row["value"], row["se"], 160, 29, 1)
        assert (row["low"], row["high"]) == pytest.approx(bounds, rel=1e-9)
    gap, expected = parts["posting_gap"], joint.contrast([[1, -1]], ["gap"])
    assert gap["value"] == pytest.approx(expected.value[0], rel=1e-9)
    assert gap["se"] == pytest.approx(expected.se[0], rel=1e-9)
    apart = np.hypot(*joint.se)
    assert abs(gap["se"] / apart - 1) > 0.1, "as if days were not the same"
    t = stats.t.ppf(0.975, 29)
    assert gap["low"] == pytest.approx(expected.value[0] - t * expected.se[0], rel=1e-9)
    assert (gap["df"], gap["kind"], gap["unit"]) == (29, "difference", "points")
    assert gap["made_from"] == [
        f"commitments/dpaph/2026-2/-/clear/T2B/share/posting:clear/{name}"
        for name in ("posted", "not_posted")
    ]
    others = [commitment("few"), commitment("quick", perceived="delai"), *SEVERAL[-2:]]
    three = found(eight, commitment(posted=POSTED), *others, frame=frame).parts()
    t = stats.t.ppf(1 - 0.05 / 3 / 2, 29)
    high = three["posting_gap"]["high"]
    assert high == pytest.approx(gap["value"] + t * gap["se"], rel=1e-9)
    assert (three["posting_gap"]["family"], gap["family"]) == (3, 1)
    assert three["posting:posted"]["high"] == parts["posting:posted"]["high"]
    moved = dict.fromkeys("abeh", BEFORE)
    other = found(eight, commitment(posted=moved), frame=frame).parts()["posting_gap"]
    assert abs(other["value"] - gap["value"]) > 1e-2
    assert abs(other["se"] / gap["se"] - 1) > 1e-3


def test_the_gap_is_called_by_the_side_that_is_higher(eight: Study) -> None:
    words, middle = [], dict.fromkeys("adeh", BEFORE)
    for shift in (-2, 0, 2):
        frame = respondents().with_columns(
            pl.when(pl.col("site").is_in(list(middle)))
            .then((pl.col(CLEAR) + shift).clip(1, 5))
            .otherwise(CLEAR)
            .alias(CLEAR)
        )
        gap = found(eight, commitment(posted=middle), frame=frame).parts()["posting_gap"]
        words.append(gap["word"])
        sides = {"above": gap["low"] > 0, "below": gap["high"] < 0}
        assert sides == {name: gap["word"] == name for name in sides}
    assert words == ["below", "none", "above"]
    others = dict.fromkeys("bcfg", BEFORE)
    gaps = [found(eight, commitment(posted=one)).parts()["posting_gap"] for one in (middle, others)]
    assert gaps[0]["value"] * gaps[1]["value"] < 0, "one of them is higher"
    assert [gap["word"] for gap in gaps] == ["none", "none"]
    one_day = found(eight, commitment(posted=POSTED), frame=respondents(days=1)).parts()
    gap = one_day["posting_gap"]
    assert (gap["word"], gap["low"], gap["high"], gap["df"]) == ("", None, None, 0)


@pytest.mark.parametrize(
    ("posted", "compared"),
    [("ab", False), ("abc", True), ("abcde", True), ("abcdef", False), ("", False)],
)
def test_three_sites_at_least_stand_on_each_side(eight: Study, posted: str, compared: bool) -> None:
    parts = found(eight, commitment(posted=dict.fromkeys(posted, BEFORE))).parts()
    assert ("posting_gap" in parts) == ("posting:posted" in parts) == compared
    assert parts["sites:posted"]["value"] == len(posted) and parts["sites:open"]["value"] == 8


def test_a_site_where_nobody_answered_is_on_no_side(eight: Study) -> None:
    """Whether nobody was met there, or all who were had no answer to this very question: two sites
    would be left, and with them the share of each."""
    posted = commitment(posted=dict.fromkeys("abc", BEFORE))
    asked = commitment("quick", perceived="delai", posted=dict.fromkeys("abc", BEFORE))
    for silent in (
        respondents().filter(pl.col("site") != "c"),
        respondents().with_columns(
            pl.when(pl.col("site") == "c").then(97).otherwise(CLEAR).alias(CLEAR)
        ),
    ):
        made = found(eight, posted, asked, frame=silent)
        assert "posting_gap" not in made.parts("clear")
        assert ("posting_gap" in made.parts("quick")) == ("c" in set(silent["site"]))
        assert made.parts("clear")["sites:posted"]["value"] == 3


def test_of_two_commitments_on_one_question_the_second_shows_no_other_sites(eight: Study) -> None:
    """With the shares of four sites and of five, that of the fifth would be found."""
    first = commitment(posted=POSTED)
    more = commitment("more", posted=dict.fromkeys("abcde", BEFORE))
    made = found(eight, first, more)
    assert "posting_gap" in made.parts("clear") and "posting_gap" not in made.parts("more")
    assert made.parts("more")["sites:posted"]["value"] == 5
    assert "posting_gap" in found(eight, more).parts("more")
    same = found(eight, first, commitment("same", posted=POSTED))
    assert same.parts("same")["posting_gap"]["value"] == same.parts()["posting_gap"]["value"]
    other = commitment("quick", perceived="delai", posted=dict.fromkeys("abcde", BEFORE))
    assert "posting_gap" in found(eight, first, other).parts("quick")
    few = commitment(posted=dict.fromkeys("ab", BEFORE))
    both = found(eight, few, more)
    assert "posting_gap" not in {*both.parts("clear"), *both.parts("more")}
    to_come = commitment(posted=dict.fromkeys("abcd", date(2026, 12, 1)), since=date(2026, 12, 1))
    assert "posting_gap" in found(eight, to_come, more).parts("more"), "nothing of it is told yet"


def test_a_site_counts_while_it_is_open_and_posts_from_its_day_on(eight: Study) -> None:
    """h closed before the wave and f in it, g opens after it; d posts on its last day, e the day
    after. As the wave ends f counts no more; it was asked."""
    changes = {
        "g": {"opened": date(2026, 11, 1)},
        "h": {"closed": date(2026, 6, 30)},
        "f": {"closed": START},
    }
    dpaph = eight.directorate("dpaph")
    sites = tuple(site.model_copy(update=changes.get(site.id, {})) for site in dpaph.sites)
    study = eight.model_copy(update={"directorates": (dpaph.model_copy(update={"sites": sites}),)})
    days = {**dict.fromkeys("abch", BEFORE), "d": END, "e": date(2026, 11, 1)}
    frame = respondents()
    parts = found(study, commitment(posted=days), frame=frame).parts()
    assert (parts["sites:posted"]["value"], parts["sites:open"]["value"]) == (4, 5)
    assert "posting_gap" not in parts, "e and f alone do not post it"
    later = {**days, "d": date(2026, 11, 1)}
    parts = found(study, commitment(posted=later), frame=frame).parts()
    assert parts["sites:posted"]["value"] == 3
    bases = {name: parts[f"posting:{name}"]["base"] for name in ("posted", "not_posted")}
    assert bases == {"posted": 120, "not_posted": 120}
    share = rows_of(frame).filter(pl.col("site").is_in(list("def")))
    expected = np.average(share["T2B"], weights=share["w"])
    assert parts["posting:not_posted"]["value"] == pytest.approx(expected, rel=1e-9)
    assert parts["perceived"]["base"] == 320, "those who were met elsewhere are users too"


def test_sites_that_are_not_asked_are_counted_and_on_no_side(eight: Study) -> None:
    (silent,) = (one for one in eight.populations if one.id == "protection")
    quiet = silent.model_copy(update={"items": (QUICK,)})
    dpaph = eight.directorate("dpaph")
    sites = (dpaph.sites[0].model_copy(update={"population": "protection"}), *dpaph.sites[1:])
    study = eight.model_copy(
        update={
            "directorates": (dpaph.model_copy(update={"sites": sites}),),
            "populations": (quiet,),
        }
    )
    posted = dict.fromkeys("abcd", BEFORE)
    made = found(
        study,
        commitment(posted=posted),
        commitment("quick", perceived="delai", posted=posted),
        commitment("wanted", perceived=None, posted=posted),
    )
    counts = {
        name: [made.parts(name)[f"sites:{what}"]["value"] for what in ("posted", "open")]
        for name in ("clear", "quick", "wanted")
    }
    assert all(one == [4, 8] for one in counts.values())
    assert made.parts("clear")["posting:posted"]["base"] == 120


def test_without_a_breakdown_by_site_there_is_no_gap(eight: Study) -> None:
    by_others = tuple(one for one in eight.breakdowns if one.by != "site")
    undeclared = eight.model_copy(update={"breakdowns": by_others})
    for study in (eight, undeclared):
        parts = found(study, commitment(posted=POSTED), breakdowns={}).parts()
        assert "posting_gap" not in parts and parts["sites:posted"]["value"] == 4


def test_one_wave_is_enough(eight: Study) -> None:
    alone = eight.model_copy(update={"waves": eight.waves[-1:]})
    promised = commitment(target=60, posted=POSTED)
    assert found(alone, promised).table.equals(found(eight, promised).table)


# --- figures, and what leaves ---------------------------------------------------------------------

SEVERAL = (
    commitment(target=60, measured="time", posted=POSTED),
    commitment("same", target=70, posted=POSTED),
    commitment("quick", perceived="delai", posted=dict.fromkeys("abcde", BEFORE)),
    commitment("to-come", since=date(2026, 11, 1)),
    commitment("wanted", perceived=None),
)


def test_each_row_is_a_figure_with_a_key_of_its_own(eight: Study) -> None:
    made = found(eight, *SEVERAL, measured=measure("kept"))
    figures = Commitments.figures(made.table)
    assert figures["key"].n_unique() == figures.height == made.table.height
    clear = figures.filter(indicator="clear")
    shape = clear.select("definition", "kind", "unit", "breakdown", "category", "method").rows()
    assert sorted(shape) == sorted(
        [
            ("T2B", "share", "share", "total", "total", "bonferroni 2"),
            ("target", "norm", "share", "total", "total", "bonferroni 2"),
            ("T2B", "difference", "points", "total", "total", "bonferroni 2"),
            ("T2B", "share", "share", "posting:clear", "posted", "bonferroni 1"),
            ("T2B", "share", "share", "posting:clear", "not_posted", "bonferroni 1"),
            ("T2B", "difference", "points", "posting_gap:clear", "total", "bonferroni 3"),
            ("sites", "count", "sites", "sites:clear", "posted", "bonferroni 2"),
            ("sites", "count", "sites", "sites:clear", "open", "bonferroni 2"),
            ("reading", "reading", "reading", "total", "total", "bonferroni 2"),
        ]
    )
    keys = {*figures["key"], *Estimates.figures(made.estimates)["key"]}
    keys |= set(Management.figures(measure("kept"))["key"])
    named = {key for row in figures["made_from"] for key in row}
    assert named <= keys and len(named) == 9


def gate(
    study: Study, made: Found, measured: pl.DataFrame | None = None
) -> dict[str, dict[str, Any]]:
    """What the public gets of the first commitment, by part."""
    figures = [Estimates.figures(made.estimates), Commitments.figures(made.table)]
    if measured is not None:
        figures.append(Management.figures(measured))
    public = release(pl.concat(figures), study, audience=Audience.PUBLIC)
    chosen = public.filter(layer="commitments", indicator="clear")
    kinds = {"norm": "target", "difference": "to_target", "share": "perceived"}
    return {
        kinds.get(row["kind"], row["kind"])
        if row["breakdown"] == "total"
        else f"{row['breakdown'].partition(':')[0]}:{row['category']}": row
        for row in chosen.iter_rows(named=True)
    }


@pytest.mark.parametrize(("each", "status"), [(1, "s"), (2, "nd"), (12, "caution"), (40, "")])
def test_a_reading_is_hidden_with_the_estimate_that_it_is_made_from(
    eight: Study, each: int, status: str
) -> None:
    """Eight, sixteen, 96 and 320 answers in all."""
    frame = respondents(each=each)
    made = found(eight, commitment(target=99, posted=POSTED), frame=frame)
    out, hidden = gate(eight, made), status in ("s", "nd")
    assert made.words["clear"] in ("neither", "unclear")
    assert out["perceived"]["status"] == status
    assert out["to_target"]["status"] == (status if hidden else "")
    assert out["reading"]["status"] == (status if hidden else "")
    assert (out["reading"]["word"] == "") == (out["perceived"]["value"] is None) == hidden
    assert out["target"]["value"] == 0.99 and out["sites:posted"]["value"] == 4


def test_a_reading_is_hidden_with_the_measure_that_it_is_made_from(eight: Study) -> None:
    promised = commitment(target=20, measured="time")
    for base, word in ((10, ""), (11, "both")):
        few = measure("kept", base=base)
        out = gate(eight, found(eight, promised, measured=few), few)
        assert (out["reading"]["word"], out["reading"]["status"]) == (word, "" if word else "s")
        assert out["perceived"]["word"] == "kept"


@pytest.mark.parametrize(("elsewhere", "compared"), [(0, True), (10, False), (11, True)])
def test_few_who_were_met_on_no_side_are_not_found_by_subtraction(
    eight: Study, elsewhere: int, compared: bool
) -> None:
    """Ten people of whom the site is not known, beside all and the two sides: their share too."""
    frame = respondents().with_columns(
        site=pl.when(pl.int_range(pl.len()) < elsewhere).then(None).otherwise("site")
    )
    parts = found(eight, commitment(posted=POSTED), frame=frame).parts()
    assert ("posting_gap" in parts) == ("posting:posted" in parts) == compared
    assert parts["perceived"]["base"] == 320


@pytest.mark.parametrize(("few", "sides"), [(3, ["s", "s"]), (40, ["", ""])])
def test_the_gap_is_hidden_where_few_answered_on_one_side(
    eight: Study, few: int, sides: list[str]
) -> None:
    """Nine people at a, b and c: neither their share, nor that of the others, which the total would
    give away."""
    frame = respondents(each=60)
    posting = pl.col("site").is_in(list("abc"))
    counted = pl.int_range(pl.len()).over("site")
    chosen = frame.filter(~posting | (counted < few))
    made = found(eight, commitment(posted=dict.fromkeys("abc", BEFORE)), frame=chosen)
    assert made.parts()["posting:posted"]["base"] == 3 * few
    out = gate(eight, made)
    shown = [out[f"posting:{name}"]["status"] for name in ("posted", "not_posted")]
    assert shown == sides
    gap = out["posting_gap:total"]
    assert gap["status"] == sides[0] and (gap["value"] is None) == bool(sides[0])
    assert (gap["word"] == "") == bool(sides[0])
