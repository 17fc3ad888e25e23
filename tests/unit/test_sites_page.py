"""The section on sites, as it is read, on literal figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from analysis.publishing.pages import sites
from analysis.study import Study
from tests.released import page, row
from tests.unit.test_pages import lines


def compared(
    kind: str,
    *,
    counted: int,
    outside: int | None = 0,
    bounds: tuple[float, float] = (0.484, 0.716),
    left_out: int = 0,
    p: float = 0.004,
    deviation: tuple[float, float, float] = (0.0706, 0.046, 0.128),
) -> list[dict[str, Any]]:
    """The figures of the sites of one kind; without `outside` they are no further apart than by
    chance."""
    about = {
        "layer": "sites",
        "against": "2025-1",
        "breakdown": "site_kind",
        "category": kind,
        "method": "pooled 4",
        "base": None,
    }
    value, low, high = deviation
    of_deviation = {"value": value, "low": low, "high": high, "unit": "points"}
    rows = [
        row(**{**about, **of_deviation, "kind": "deviation"}),
        row(**{**about, "value": p, "kind": "p_value", "unit": "probability"}),
    ]
    counts = {"counted": counted, "left_out": left_out}
    if outside is not None:
        counts["outside"] = outside
        between = {"value": 0.6, "low": bounds[0], "high": bounds[1]}
        rows.append(row(**{**about, **between, "kind": "limit"}))
    status = {**about, "kind": "count", "unit": "sites", "breakdown": "site_kind*status"}
    return rows + [
        row(**{**status, "category": f"{kind}*{name}", "value": float(count)})
        for name, count in counts.items()
    ]


def test_sites_say_their_spread_first_then_whether_one_is_out_of_the_ordinary(
    study: Study, tmp_path: Path
) -> None:
    two = [*compared("crèche", counted=12), *compared("pmi", counted=20, outside=2, left_out=1)]
    block = sites.sites(page(study, *two, folder=tmp_path))
    found = lines(block)
    assert found[:2] == [
        "## Satisfaction globale selon les sites : de 48 % à 72 % (centres de PMI) et de 48 % à "
        "72 % (crèches)",
        "2 sites sur 32 sortent de l’ordinaire.",
    ]
    assert found[2:] == snapshot(
        [
            '![](figures/sites-dpaph){fig-alt="Une barre par type de site, entre les '
            "bornes de neuf sites sur dix. Centres de protection maternelle et infantile "
            '(PMI), de 48 % à 72 % et crèches, de 48 % à 72 %."}',
            "Satisfaction globale, entre quelles parts se situent neuf sites sur dix, DPAPH, "
            "2ᵉ semestre 2026 ; 4 vagues réunies",
            "**Lecture :** une fois retiré le hasard de l’échantillon, environ neuf centres "
            "de PMI sur dix se situent entre 48 % et 72 %, autour de 60 % ; l’écart type "
            "d’un site à l’autre est de 7 points, plus que n’en donnerait le hasard seul (p "
            "= 0,004).",
            "**Champ :** usagers reçus (DPAPH) ; estimation pour l’ensemble des usagers reçus",
            "**Note :** Aucun site n’est nommé ni montré. Ne sont comparés que des sites "
            "ouverts, au sein d’un type qui en compte au moins 8. Un site n’y figure pas, faute "
            "d’assez de réponses. Période retenue : 4 vagues réunies. La place d’un site est la "
            "moyenne de ses écarts à la moyenne d’ensemble, sur les vagues où il a reçu des "
            "réponses. Un site sort de l’ordinaire s’il s’écarte de la moyenne plus que le "
            "hasard et les différences habituelles entre sites ne l’expliquent ; les autres ne "
            "sont pas égaux pour autant. Le test est celui de Cochran, où p est la probabilité "
            "d’écarts au moins aussi grands entre des sites qui seraient tous égaux, et tient "
            "compte des 2 types de site comparés ensemble.",
            "**Source :** Baromètre des usagers, Département de la Seine-Saint-Denis, 2ᵉ "
            "semestre 2026 ; édition du 16 novembre 2026",
            "Type de site|Sites|Neuf sites sur dix entre|Écart type|Intervalle à 95 %|Test "
            "(p)|Hors de l’ordinaire|",
            "Centres de protection maternelle et infantile (PMI)|20|48 % et 72 %|7 points|[5 "
            "; 13]|p = 0,004|2|",
            "Crèches|12|48 % et 72 %|7 points|[5 ; 13]|p = 0,004|0|",
            "Satisfaction globale, écarts entre sites, DPAPH, 2ᵉ semestre 2026 ; 4 vagues réunies",
        ]
    )
    assert [(one["place"], one["rule"]) for one in block.sentences] == [
        ("heading", "sites_title"),
        ("paragraph", "sites_outside_n"),
        ("alt", "sites_alt"),
        ("lecture", "sites_reading"),
    ]
    assert (tmp_path / "figures" / "sites-dpaph.svg").exists()


@pytest.mark.parametrize(
    ("outside", "said"),
    [
        (0, "Aucun des 9 sites comparés n’est détecté hors de l’ordinaire."),
        (1, "Un site sur 9 sort de l’ordinaire."),
        (2, "2 sites sur 9 sortent de l’ordinaire."),
    ],
)
def test_sites_out_of_the_ordinary_are_counted(
    study: Study, tmp_path: Path, outside: int, said: str
) -> None:
    rows = compared("antenne", counted=9, outside=outside)
    assert said in lines(sites.sites(page(study, *rows, folder=tmp_path)))


def test_a_study_without_kinds_of_site_names_none(study: Study, tmp_path: Path) -> None:
    plain = study.model_copy(update={"site_kinds": ()})
    found = lines(sites.sites(page(plain, *compared("site", counted=9), folder=tmp_path)))
    assert found[0] == "## Satisfaction globale selon les sites : de 48 % à 72 %"
    assert any("environ neuf sites sur dix se situent" in line for line in found)


def test_sites_that_chance_explains_are_said_so_and_nothing_more(
    study: Study, tmp_path: Path
) -> None:
    """No range, no picture, no site out of the ordinary."""
    rows = compared("pmi", counted=14, outside=None, p=0.31, deviation=(0.012, 0.0, 0.0512))
    block = sites.sites(page(study, *rows, folder=tmp_path))
    assert lines(block)[:2] == [
        "## Satisfaction globale : entre sites, des écarts que le hasard suffit à expliquer",
        "Les écarts entre les 14 centres de PMI ne dépassent pas ce que le hasard explique "
        "(p = 0,31) ; leur écart type ne dépasse guère 5 points (borne à 95 %).",
    ]
    assert "ordinaire" not in block.markdown and "tbl-" not in block.markdown
    assert not (tmp_path / "figures").exists()
    bare = compared("pmi", counted=14, outside=None, p=0.99, deviation=(0.0, 0.0, 0.0))
    assert lines(sites.sites(page(study, *bare, folder=tmp_path)))[1].endswith("(p = 0,99).")


def test_a_kind_that_chance_explains_stands_beside_one_whose_sites_differ(
    study: Study, tmp_path: Path
) -> None:
    alike = compared("pmi", counted=14, outside=None, p=0.004, deviation=(0.012, 0.0, 0.0512))
    rows = [*alike, *compared("crèche", counted=12, outside=1)]
    found = lines(sites.sites(page(study, *rows, folder=tmp_path)))
    assert found[0] == "## Satisfaction globale selon les sites : de 48 % à 72 % (crèches)"
    assert found[1] == "Un site sur 12 sort de l’ordinaire."
    assert found[2].startswith("Les écarts entre les 14 centres de PMI ne dépassent pas")
    assert [line for line in found if line.startswith("Centres de protection")] == [
        "Centres de protection maternelle et infantile (PMI)|14|ns|1 point|[0 ; 5]|p = 0,004|ns|"
    ]


@pytest.mark.parametrize(
    ("p", "said"), [(0.0004, "(p < 0,001)"), (0.0046, "(p = 0,005)"), (0.0149, "(p = 0,01)")]
)
def test_a_p_value_is_never_nought(study: Study, tmp_path: Path, p: float, said: str) -> None:
    block = sites.sites(page(study, *compared("pmi", counted=14, p=p), folder=tmp_path))
    reading = str(block.sentences[-1]["text"]).replace("\u00a0", " ")
    assert reading.endswith(f"{said}.")


def test_without_sites_to_compare_there_is_no_section(study: Study, tmp_path: Path) -> None:
    assert sites.sites(page(study, folder=tmp_path)).markdown == ""
