"""Tables and charts of the workshop: labels, percents and points in the study's language."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import polars as pl
import pytest

from analysis.disclosure import INTERNAL_MARK, InternalView
from analysis.errors import ScopeError
from analysis.publishing.wording.formats import Formats
from analysis.publishing.wording.labels import Labels
from analysis.publishing.wording.language import Language
from analysis.storage import Provenance
from analysis.study import Study
from analysis.workbench.origin import Origin
from analysis.workbench.pictures import Pictures
from analysis.workbench.tables import FOLDED_FROM, MOST_ROWS, Tables

NB, NNB = "\u00a0", "\u202f"


def tables(study: Study, code: str = "fr") -> Tables:
    language = Language.of("fr" if code == "fr" else "en")
    return Tables(Formats(language), Labels(study, language))


def cells(html: str) -> list[list[str]]:
    """The rows of a table as texts, its head first."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.S)
    return [[unescape(one) for one in re.findall(r"<t[hd][^>]*>(.*?)</t", row)] for row in rows]


def printed(
    study: Study, row: dict[str, Any], columns: Sequence[str], code: str = "fr"
) -> list[str]:
    return cells(tables(study, code).html(pl.DataFrame([row]), columns))[1]


SHARE = {"kind": "share", "unit": "share", "value": 0.4571, "low": 0.431, "high": 0.482}
BALANCE = {"kind": "balance", "unit": "points", "value": 0.021, "low": -0.03, "high": 0.072}
MEAN = {"kind": "mean", "unit": "score_10", "value": 6.6449, "low": 6.3, "high": 6.95}
CHANGE = {"compared_kind": "share", "unit": "points", "value": -0.0615, "low": -0.1, "high": -0.02}
SCORES = {"compared_kind": "mean", "unit": "score_10", "value": 0.24, "low": 0.1, "high": 0.4}
DECLARED = {"definition": "M10", "value": 7.25, "low": 7.0, "high": 7.5}


@pytest.mark.parametrize(
    ("row", "value", "interval"),
    [
        (SHARE, f"45,7{NB}%", f"[43,1{NB}; 48,2]"),
        (BALANCE, f"+2,1{NB}points", f"[−3,0{NB}; 7,2]"),
        (MEAN, "6,6", f"[6,3{NB}; 7,0]"),
        (CHANGE, f"−6,2{NB}points", f"[−10,0{NB}; −2,0]"),
        (SCORES, "+0,2", f"[0,1{NB}; 0,4]"),
        (DECLARED, "7,3", f"[7,0{NB}; 7,5]"),
    ],
)
def test_a_number_is_printed_by_its_kind_and_unit(
    study: Study, row: dict[str, Any], value: str, interval: str
) -> None:
    assert printed(study, row, ("value", "low", "high")) == [value, interval]
    apart = printed(study, row, ("low", "value"))
    assert apart[1] == value and apart[0] not in interval[:1], "a bound alone is no interval"
    other = row | {"value": row["value"] * 1.5, "high": row["high"] + 0.3}
    assert printed(study, other, ("value", "low", "high")) != [value, interval]


def test_english_is_written_as_english(study: Study) -> None:
    row = SHARE | {"base": 1234}
    assert printed(study, row, ("value", "low", "high", "base"), "en") == [
        "45.7%",
        "[43.1; 48.2]",
        "1,234",
    ]
    head = cells(tables(study, "en").html(pl.DataFrame([row]), ("value", "low", "high", "base")))[0]
    assert head == ["Value", "95% interval", "Answers"]


LABELS = [
    ("indicator", "satisfaction_globale", "Satisfaction globale"),
    ("definition", "T2B", "part des deux réponses les plus favorables"),
    ("item", "Q08", "Temps d’attente"),
    ("channel", "qr", "QR code affiché"),
    ("channels", "invitation+qr", "Enquête sur invitation et QR code affiché"),
    ("breakdown", "age", "Âge"),
    ("breakdown", "total", "Ensemble"),
    ("breakdown", "age*SEUL", "Âge × Rempli seul"),
    ("wave", "2026-2", "2ᵉ semestre 2026"),
    ("directorate", "dpaph", "DPAPH"),
    ("claim", "C3", "simple alerte, car des appuis ne sont pas des personnes"),
    ("word", "up", "hausse"),
    ("word", "above", "Au-dessus des limites"),
    ("status", "fragile", "fragile"),
    ("status", "", ""),
    ("Q01", 5, "Très satisfait(e)"),
    ("Q01", 98, "Ne sait pas"),
    ("indicator", "no_such", "no_such"),
    ("breakdown", "place", "place"),
]


@pytest.mark.parametrize(("column", "value", "label"), LABELS)
def test_an_identifier_is_shown_by_its_label_and_kept_where_it_has_none(
    study: Study, column: str, value: object, label: str
) -> None:
    assert printed(study, {column: value}, (column,)) == [label]


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ({"breakdown": "age", "category": "2"}, "30-44 ans"),
        ({"breakdown": "age", "category": "unknown"}, "Non renseigné"),
        ({"breakdown": "total", "category": "total"}, "Ensemble"),
        ({"variable": "PREMIERE", "category": "1"}, "Oui"),
        ({"breakdown": "canal", "category": "borne"}, "Borne à quatre visages"),
        (
            {"breakdown": "mine", "category": "x", "category_label": "Mon choix !"},
            f"Mon choix{NB}!",
        ),
        ({"breakdown": "mine", "category": "x"}, "x"),
    ],
)
def test_a_category_is_named_in_its_breakdown(
    study: Study, row: dict[str, str], label: str
) -> None:
    assert printed(study, row, ("category",)) == [label]


def test_a_level_is_named_by_its_answer(study: Study) -> None:
    row = {"indicator": "satisfaction_globale", "definition": "P5", "item": "Q01"}
    assert printed(study, row, ("definition",)) == [f"réponse «{NB}Très satisfait(e){NB}»"]


@pytest.mark.parametrize(
    ("base", "value", "shown"),
    [
        (100, f"45,7{NB}%", ""),
        (99, f"45,7{NB}%{NB}(!)", "moins de 100 réponses, à prendre avec précaution"),
        (29, f"45,7{NB}%{NB}(!!)", "moins de 30 réponses, fragile"),
        (10, "s", "moins de 11 réponses, trop peu pour être lu"),
    ],
)
def test_a_small_base_is_flagged_as_the_table_of_thresholds_says(
    study: Study, base: int, value: str, shown: str
) -> None:
    html = tables(study).html(pl.DataFrame([SHARE | {"base": base}]))
    found = cells(html)
    assert found[1][0] == value
    assert found[1][1] == ("s" if base == 10 else f"[43,1{NB}; 48,2]")
    assert shown in unescape(html) and ("<small>" in html) == bool(shown)
    assert ("45,7" in html) == (base != 10), "a hidden figure stands nowhere"


def test_every_text_is_escaped_and_stays_under_the_watermark(study: Study) -> None:
    row = {"category_label": "<script>alert(1)</script>", "<b>": "<i>", "value": 1.5}
    html = tables(study).html(pl.DataFrame([row]))
    assert "<script>" not in html and "<i>" not in html and "<b>" not in html
    assert "&lt;script&gt;" in html
    bundle, _ = InternalView(html)._repr_mimebundle_()
    assert INTERNAL_MARK in bundle["text/html"] and INTERNAL_MARK in bundle["text/plain"]


def test_a_long_table_is_folded(study: Study) -> None:
    rows = pl.DataFrame({"file": [f"{place}.csv" for place in range(FOLDED_FROM)]})
    html = tables(study).html(rows)
    assert html.startswith("<details><summary>21 lignes")
    assert "<details>" not in tables(study).html(rows.head(20))
    assert "Aucune ligne" in tables(study).html(rows.clear())


def test_a_very_long_table_says_that_it_is_cut(study: Study) -> None:
    rows = pl.DataFrame({"rows": range(MOST_ROWS + 5)})
    html = tables(study).html(rows)
    assert len(cells(html)) == MOST_ROWS + 1
    assert f"<summary>1{NNB}005 lignes" in html and "Les 5 autres lignes" in html
    assert "autres lignes" not in tables(study).html(rows.head(MOST_ROWS))


def test_what_all_rows_have_in_common_stands_above(study: Study) -> None:
    rows = [
        SHARE
        | {
            "directorate": "dpaph",
            "wave": "2026-2",
            "indicator": "attente",
            "item": "Q08",
            "definition": "T2B",
            "breakdown": "age",
            "category": code,
            "category_label": label,
        }
        for code, label in (("1", "18-29 ans"), ("2", "30-44 ans"))
    ]
    html = tables(study).html(pl.DataFrame(rows))
    about = (
        "Temps d’attente, part des deux réponses les plus favorables, Âge, DPAPH, 2ᵉ semestre 2026"
    )
    assert f">{about}</caption>" in html
    assert cells(html) == [
        ["Valeur", "Intervalle à 95" + NB + "%", "Catégorie"],
        [f"45,7{NB}%", f"[43,1{NB}; 48,2]", "18-29 ans"],
        [f"45,7{NB}%", f"[43,1{NB}; 48,2]", "30-44 ans"],
    ]
    two = pl.DataFrame([rows[0], rows[1] | {"indicator": "delai", "item": "Q09"}])
    assert cells(tables(study).html(two))[0][0] == "Valeur"
    assert "Indicateur" in cells(tables(study).html(two))[0]


def test_a_change_says_what_it_is_measured_against(study: Study) -> None:
    row = CHANGE | {"wave": "2026-2", "against": "2026-1", "word": "down"}
    html = tables(study).html(pl.DataFrame([row]))
    assert "2ᵉ semestre 2026, écart avec 1ᵉʳ semestre 2026</caption>" in html
    assert cells(html)[0] == ["Évolution", f"Intervalle à 95{NB}%", "Lecture"]
    said = texts(Pictures(tables(study), None).svg(pl.DataFrame([row | {"indicator": "delai"}])))
    assert "écart avec 1ᵉʳ semestre 2026" in said and "Évolution (en points)" in said
    assert "Évolution" not in cells(tables(study).html(pl.DataFrame([SHARE])))[0]


def test_absent_numbers_have_signs_that_are_explained(study: Study) -> None:
    row = SHARE | {"value": None, "low": None, "high": None, "change": None, "base": 0}
    html = tables(study).html(pl.DataFrame([row]), ("value", "change"))
    assert cells(html)[1] == ["nd", "so"]
    assert "nd = non disponible. so = sans objet." in html
    whole = pl.DataFrame([SHARE | {"change": 0.1, "base": 400}])
    assert "<small>" not in tables(study).html(whole, ("value", "change"))


def test_an_unknown_column_is_an_error(study: Study) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="valeur"):
        tables(study).html(pl.DataFrame([SHARE]), ("valeur",))


# --- charts ---------------------------------------------------------------------------------------


def texts(svg: str) -> str:
    """What a chart says."""
    return html.unescape(" ".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg)))


def test_a_chart_has_labels_in_words_units_and_a_title(study: Study) -> None:
    common = {"definition": "T2B", "directorate": "def", "wave": "2026-2", "base": 200}
    frame = pl.DataFrame(
        [SHARE | common | {"indicator": name} for name in ("satisfaction_globale", "attente")]
    )
    said = texts(Pictures(tables(study), "données simulées").svg(frame))
    for text in (
        "Satisfaction globale",
        "Temps d’attente",
        "Réponses favorables (en",
        "Part des deux réponses les plus favorables, DEF, 2ᵉ semestre 2026",
        "données simulées",
    ):
        assert text in said, (text, said)
    assert "satisfaction_globale" not in said and "T2B" not in said


def test_waves_make_a_curve_and_a_small_base_leaves_a_gap(study: Study) -> None:
    rows = [
        MEAN | {"wave": wave, "item": "Q01", "definition": "M10", "base": base}
        for wave, base in (("2025-2", 300), ("2026-1", 5), ("2026-2", 310))
    ]
    said = texts(Pictures(tables(study), None).svg(pl.DataFrame(rows)))
    assert said.count("6,6") >= 2 and "Note moyenne (sur 10)" in said
    assert "2ᵉ semestre" in said and "(s)" in said
    whole = pl.DataFrame([row | {"base": 300} for row in rows])
    assert "(s)" not in texts(Pictures(tables(study), None).svg(whole))


def test_what_cannot_be_drawn_is_told(study: Study) -> None:
    pictures = Pictures(tables(study), None)
    mixed = pl.DataFrame([SHARE | {"indicator": "a"}, MEAN | {"indicator": "b"}])
    with pytest.raises(ScopeError, match="several units: score_10, share"):
        pictures.svg(mixed)
    with pytest.raises(ScopeError, match="did you mean 'indicator'"):
        pictures.svg(mixed.head(1), label="indicators")
    assert "Aucune ligne" in pictures.svg(mixed.clear())


# --- provenance -----------------------------------------------------------------------------------


def test_provenance_says_in_words_what_figures_are_made_of() -> None:
    recorded = Provenance("s", "0123456789abcdef", {"l2/b.csv": "x", "l1/a.csv": "y"}, True)
    origin = Origin(recorded, 1234, Language.of("fr"))
    assert repr(origin).splitlines() == [
        f"Ces chiffres reposent sur 1{NNB}234 réponses retenues (2 fichiers livrés, a.csv, "
        f"livraison l1{NB}; b.csv, livraison l2).",
        f"Données simulées{NB}: aucune personne réelle n’a répondu.",
        "Étude s, empreinte 0123456789ab.",
    ]
    assert origin._repr_html_().count("<p>") == 3
    real = Origin(Provenance("s", "0" * 64, {"l<1>/a.csv": "y"}, False), 1, Language.of("en"))
    assert repr(real).splitlines()[:2] == [
        "These figures rest on 1 answer kept (1 delivered file, a.csv, delivery l<1>).",
        "Real data.",
    ]
    assert "l&lt;1&gt;" in real._repr_html_() and "<1>" not in real._repr_html_()
