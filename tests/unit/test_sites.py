"""How the sites of a directorate are compared, on literal estimates; and what of it may leave."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.disclosure import Audience, release
from analysis.indicators import Sites, site_funnel
from analysis.inference import funnel, heterogeneity
from analysis.study import Study
from analysis.study.field import Population, Site
from tests.unit.test_changes import estimate, table

NAMES = tuple(f"s{place}" for place in range(10))
TODAY, BEFORE = 0.66, 0.5
"""The directorate's share in the last wave, and in the one before."""


def sited(study: Study, *sites: Site, **changes: Any) -> Study:
    """The study with other sites of its first directorate."""
    dpaph, *others = study.directorates
    dpaph = dpaph.model_copy(update={"sites": sites})
    return study.model_copy(update={"directorates": (dpaph, *others), **changes})


@pytest.fixture
def ten(study: Study) -> Study:
    """Ten sites of one kind, of which nothing is declared."""
    return sited(study, *(Site(id=name, label=name.upper()) for name in NAMES), site_kinds=())


def site(name: str, value: float, **changed: Any) -> dict[str, Any]:
    about = {"breakdown": "site", "category": name, "base": 60, "se": 0.05, "df": 20}
    return estimate(**{**about, "value": value, **changed})


TOTALS = (estimate(value=TODAY), estimate(value=BEFORE, wave="2026-1"))
SPREAD = tuple(0.45 + place / 25 for place in range(10))
SITES = tuple(site(name, value) for name, value in zip(NAMES, SPREAD, strict=True))


def sites_of(study: Study, *rows: dict[str, Any]) -> pl.DataFrame:
    return site_funnel(table(*TOTALS, *rows), study, directorate="dpaph", wave="2026-2")


def roles(found: pl.DataFrame, role: str) -> list[dict[str, Any]]:
    return list(found.filter(role=role).iter_rows(named=True))


def counts(found: pl.DataFrame) -> dict[str, float]:
    return {row["category"]: row["value"] for row in roles(found, "count")}


def test_sites_that_differ_have_a_spread_a_test_a_range_and_places(ten: Study) -> None:
    found = sites_of(ten, *SITES)
    values, se, df = np.array(SPREAD), np.full(10, 0.05), np.full(10, 20.0)
    expected, limits = heterogeneity(values, se, df), funnel(values, se, df)
    (deviation,), (test,), (between,) = (
        roles(found, role) for role in ("deviation", "test", "range")
    )
    assert deviation["value"] == pytest.approx(expected.deviation)
    assert (deviation["low"], deviation["high"]) == pytest.approx((expected.low, expected.high))
    assert (deviation["word"], test["value"]) == ("differ", pytest.approx(expected.p))
    half = stats.norm.ppf(0.95) * expected.deviation
    assert (between["low"], between["high"]) == pytest.approx(
        (expected.mean - half, expected.mean + half)
    )
    assert counts(found) == {"site*counted": 10, "site*left_out": 0, "site*outside": 0}
    named = roles(found, "site")
    assert [row["category"] for row in named] == list(NAMES)
    assert [row["low"] for row in named] == pytest.approx(limits.low.tolist())
    assert {row["word"] for row in named} == {"inside"}
    assert named[0]["reliability"] == pytest.approx(expected.between / (expected.between + 0.05**2))


def test_where_chance_explains_as_much_nothing_more_is_said(ten: Study) -> None:
    alike = [site(name, 0.6 + (place % 2) / 50) for place, name in enumerate(NAMES)]
    found = sites_of(ten, *alike)
    assert roles(found, "deviation")[0]["word"] == "chance"
    assert roles(found, "range") == []
    assert set(counts(found)) == {"site*counted", "site*left_out"}
    assert {row["word"] for row in roles(found, "site")} == {""}


def test_a_site_far_from_the_others_is_out_of_the_ordinary(ten: Study) -> None:
    alike = [site(name, 0.5) for name in NAMES[:9]]
    found = sites_of(ten, *alike, site(NAMES[9], 0.99))
    words = {row["category"]: row["word"] for row in roles(found, "site")}
    assert words.pop("s9") == "above" and set(words.values()) == {"inside"}
    assert counts(found)["site*outside"] == 1


def test_a_site_is_centred_on_its_own_waves(ten: Study) -> None:
    """One that is ten points over the directorate in an early wave, and did not answer since, is
    ten points over it today: raw, it would be six points under."""
    early = {**SITES[0], "wave": "2026-1", "value": BEFORE + 0.1}
    found = roles(sites_of(ten, early, *SITES[1:]), "site")
    assert found[0]["value"] == pytest.approx(TODAY + 0.1)
    assert found[1]["value"] == pytest.approx(SPREAD[1])


def test_waves_are_pooled_by_their_answers(ten: Study) -> None:
    earlier = {**SITES[0], "wave": "2026-1", "value": 0.2, "base": 120, "se": 0.03, "df": 50}
    found = sites_of(ten, *SITES, earlier)
    row = roles(found, "site")[0]
    now, then = 0.45 - TODAY, 0.2 - BEFORE
    assert row["value"] == pytest.approx(TODAY + (60 * now + 120 * then) / 180)
    assert row["se"] == pytest.approx(((60 * 0.05) ** 2 + (120 * 0.03) ** 2) ** 0.5 / 180)
    assert (row["base"], row["since"], row["waves"]) == (180, "2026-1", 2)
    assert sorted(row["made_from"]) == [
        f"estimates/dpaph/{wave}/-/satisfaction_globale/T2B/share/site/s0"
        for wave in ("2026-1", "2026-2")
    ]
    assert roles(sites_of(ten, *SITES), "site")[0]["waves"] == 1


def test_only_sites_that_are_open_are_compared(ten: Study) -> None:
    closed = [site.model_copy() for site in ten.directorate("dpaph").sites]
    closed[3] = closed[3].model_copy(update={"closed": date(2026, 6, 30)})
    closed[4] = closed[4].model_copy(update={"opened": date(2026, 11, 1)})
    found = sites_of(sited(ten, *closed), *SITES)
    names = [row["category"] for row in roles(found, "site")]
    assert names == [name for name in NAMES if name not in ("s3", "s4")]
    still = closed[3].model_copy(update={"closed": date(2026, 7, 1)})
    again = sites_of(sited(ten, *closed[:3], still, *closed[4:]), *SITES)
    assert "s3" in [row["category"] for row in roles(again, "site")]


def test_sites_are_compared_within_their_kind(study: Study) -> None:
    """Two kinds far apart, each of sites that are alike, do not differ; a third of seven sites is
    left out."""
    kinds = ("pmi",) * 8 + ("crèche",) * 8 + ("accueil",) * 7
    names = [f"k{place:02d}" for place in range(len(kinds))]
    many = sited(study, *(Site(id=n, label=n, kind=k) for n, k in zip(names, kinds, strict=True)))
    level = {"pmi": 0.5, "crèche": 0.9, "accueil": 0.1}
    rows = [site(name, level[kind]) for name, kind in zip(names, kinds, strict=True)]
    found = sites_of(many, *rows)
    deviations = {row["category"]: row["word"] for row in roles(found, "deviation")}
    assert deviations == {"pmi": "chance", "crèche": "chance"}
    assert {row["site_kind"] for row in roles(found, "site")} == {"pmi", "crèche"}
    together = sited(many, *(Site(id=name, label=name) for name in names), site_kinds=())
    assert roles(sites_of(together, *rows), "deviation")[0]["word"] == "differ"


def test_the_tests_of_several_kinds_are_a_family(study: Study) -> None:
    rows = [*SITES, *(site(f"t{place}", value) for place, value in enumerate(SPREAD))]
    names = [row["category"] for row in rows]
    two = sited(
        study, *(Site(id=n, label=n, kind="pmi" if n[0] == "s" else "crèche") for n in names)
    )
    one = sited(study, *(Site(id=name, label=name, kind="pmi") for name in NAMES))
    alone, beside = (roles(sites_of(s, *rows), "test")[0]["value"] for s in (one, two))
    assert beside == pytest.approx(2 * alone)


def test_sites_with_too_few_answers_are_counted_apart(ten: Study) -> None:
    """29 in all are too few; a wave of 10 does not count, and two of 15 do."""
    few = site("s0", 0.5, base=29)
    found = sites_of(ten, few, *SITES[1:])
    assert counts(found)["site*counted"] == 9 and counts(found)["site*left_out"] == 1
    assert "s0" not in {row["category"] for row in roles(found, "site")}
    tenth = {**few, "base": 10, "wave": "2026-1"}
    assert counts(sites_of(ten, few, tenth, *SITES[1:]))["site*left_out"] == 1
    half = [site("s0", 0.5, base=15, wave=wave) for wave in ("2026-1", "2026-2")]
    assert counts(sites_of(ten, *half, *SITES[1:]))["site*left_out"] == 0


def test_sites_that_are_not_asked_are_not_left_out(ten: Study) -> None:
    silent = Population(id="silent", label="x", items=("Q03",))
    quiet = Site(id="quiet", label="x", population="silent")
    more = sited(ten, *ten.directorate("dpaph").sites, quiet, populations=(silent,))
    assert counts(sites_of(more, *SITES))["site*left_out"] == 0
    asked = more.model_copy(update={"populations": (silent.model_copy(update={"items": None}),)})
    assert counts(sites_of(asked, *SITES))["site*left_out"] == 1


def test_a_site_at_100_percent_has_a_standard_error(ten: Study) -> None:
    """That of Wilson's centre on 40 effective answers, by hand."""
    found = roles(sites_of(ten, site("s0", 1.0, se=0.0), *SITES[1:]), "site")[0]
    t, size = stats.t.ppf(0.975, 20), 60 / 1.5
    centre = (1 + t**2 / (2 * size)) / (1 + t**2 / size)
    assert found["se"] == pytest.approx((centre * (1 - centre) / size) ** 0.5, rel=1e-12)


@pytest.mark.parametrize(
    "left_out",
    [
        {"claim": "C2"},
        {"low": None},
        {"category": "unknown"},
        {"wave": "2024-2"},
        {"definition_version": "0.9"},
        {"definition": "T1B"},
    ],
)
def test_a_site_counts_with_waves_of_one_definition_and_a_claim(
    ten: Study, left_out: dict[str, Any]
) -> None:
    found = sites_of(ten, SITES[0] | left_out, *SITES[1:])
    assert [row["category"] for row in roles(found, "site")] == list(NAMES[1:])


def test_few_sites_make_no_comparison(ten: Study) -> None:
    assert sites_of(ten, *SITES[:7]).is_empty()
    assert not sites_of(ten, *SITES[:8]).is_empty()
    assert site_funnel(table(*SITES), ten, directorate="dpaph", wave="2026-2").is_empty(), (
        "without the directorate's share there is nothing to be centred on"
    )


# --- what leaves ----------------------------------------------------------------------------------


def all_figures(ten: Study) -> pl.DataFrame:
    """Figures of sites, and the estimates that they are made from."""
    from analysis.indicators import Estimates

    estimates = table(*TOTALS, *SITES)
    funnels = site_funnel(estimates, ten, directorate="dpaph", wave="2026-2")
    return pl.concat([Estimates.figures(estimates), Sites.figures(funnels)])


def test_the_public_gets_no_figure_that_names_a_site(ten: Study) -> None:
    figures = all_figures(ten)
    public = release(figures, ten, audience=Audience.PUBLIC)
    internal = release(figures, ten, audience=Audience.INTERNAL)
    assert internal.height == figures.height
    text = public.write_csv()
    assert not any(f"/{name}," in text for name in NAMES)
    assert all(f"/{name}," in internal.write_csv() for name in NAMES)
    kept = public.filter(layer="sites").select("kind", "category").rows()
    assert sorted(kept) == [
        ("count", "site*counted"),
        ("count", "site*left_out"),
        ("count", "site*outside"),
        ("deviation", "site"),
        ("limit", "site"),
        ("p_value", "site"),
    ]
    assert public.filter(layer="sites").get_column("status").unique().to_list() == [""]


def test_a_breakdown_by_site_of_another_name_is_kept_from_the_public_too(ten: Study) -> None:
    figures = all_figures(ten)
    renamed = figures.with_columns(
        breakdown=pl.col("breakdown").replace("site", "place"),
        key=pl.col("key").str.replace("/site/", "/place/"),
    )
    places = tuple(
        breakdown.model_copy(update={"id": "place"}) if breakdown.by == "site" else breakdown
        for breakdown in ten.breakdowns
    )
    declared = ten.model_copy(update={"breakdowns": places})
    named = release(renamed, declared, audience=Audience.PUBLIC).get_column("category")
    assert not set(named) & set(NAMES)
    undeclared = release(renamed, ten, audience=Audience.PUBLIC).get_column("category")
    assert set(NAMES) <= set(undeclared), "nothing else would have told"


def test_a_named_site_is_hidden_internally_where_what_it_is_made_from_is(ten: Study) -> None:
    figures = all_figures(ten)
    missing = figures.filter(~((pl.col("layer") == "estimates") & (pl.col("category") == "s3")))
    found = release(missing, ten, audience=Audience.INTERNAL).filter(layer="sites")
    hidden = found.filter(pl.col("value").is_null() & (pl.col("breakdown") == "site"))
    assert hidden.get_column("category").to_list() == ["s3"]
