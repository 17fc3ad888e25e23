"""Language, sentences and blocks."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from inline_snapshot import snapshot

from analysis.editions.open_data import write_open_data
from analysis.errors import DisclosureError
from analysis.publishing.blocks import Reading, figure, plain, table
from analysis.publishing.pages.results import overview
from analysis.publishing.rendering.pages import read_page
from analysis.publishing.wording.catalogue_en import CATALOGUE as ENGLISH
from analysis.publishing.wording.catalogue_fr import CATALOGUE as FRENCH
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Row, Voice
from analysis.study import Definition, Study
from tests.conftest import ROOT

FR, EN = Language.of("fr"), Language.of("en")
NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (FR.number(999), "999"),
        (FR.number(1000), f"1{NNB}000"),
        (FR.number(1234567.891, decimals=1), f"1{NNB}234{NNB}567,9"),
        (FR.number(0.5), "1"),
        (FR.number(1.5), "2"),
        (FR.number(2.5), "3"),
        (FR.number(-0.4), "0"),
        (FR.number(1.005, decimals=2), "1,01"),
        (FR.percent(0.45745, decimals=1), f"45,7{NB}%"),
        (FR.percent(0.585), f"59{NB}%"),
        (FR.points(0.021, decimals=1), f"+2,1{NB}points"),
        (FR.points(0.01), f"+1{NB}point"),
        (FR.points(-0.062), f"−6{NB}points"),
        (FR.points(0.0), f"0{NB}point"),
        (FR.points(0.0196, decimals=1), f"+2,0{NB}points"),
        (FR.points(0.0194, decimals=1), f"+1,9{NB}point"),
        (EN.points(0.012), f"+1{NB}point"),
        (FR.interval(0.431, 0.482, decimals=1), f"[43,1{NB}; 48,2]"),
        (FR.day(date(2026, 3, 1)), f"1er{NB}mars 2026"),
        (FR.day(date(2026, 11, 16)), f"16{NB}novembre 2026"),
        (FR.listing(["a", "b", "c"]), "a, b et c"),
        (FR.quoted("a"), f"«{NB}a{NB}»"),
        (FR.typeset("Oui ? « a » : b"), f"Oui{NB}? «{NB}a{NB}»{NB}: b"),
        (EN.percent(0.457, decimals=1), "45.7%"),
        (EN.number(12345.6, decimals=1), "12,345.6"),
        (EN.day(date(2026, 3, 1)), "1 March 2026"),
    ],
)
def test_writing(written: str, expected: str) -> None:
    assert written == expected


def test_catalogues_say_the_same_things_with_the_same_parts() -> None:
    assert set(FRENCH) == set(ENGLISH)

    def parts(phrase: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}

    assert {key for key in FRENCH if parts(FRENCH[key]) != parts(ENGLISH[key])} == set()


def test_no_phrase_is_left_that_nothing_says() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "analysis").rglob("*.py")
        if "catalogue" not in path.name
    )
    built = (
        "claim_",
        "people_",
        "range_",
        "reading_",
        "finding_",
        "change_",
        "word_",
        "place_",
        "sign_",
        "top_",
        "level_",
        "field_people_",
        "answers_",
        "number_",
        "among_",
        "column_interval_",
        "waves_pooled_",
        "note_",
    )
    unused = [
        key
        for key in FRENCH
        if f'"{key}"' not in sources and f"'{key}'" not in sources and not key.startswith(built)
    ]
    assert unused == []


def test_french_spaces_before_high_punctuation_do_not_break() -> None:
    wrong = {key: phrase for key, phrase in FRENCH.items() if re.search(r" [:;?!»%]|« ", phrase)}
    assert wrong == {}
    assert not any("'" in phrase for phrase in FRENCH.values())


# --- sentences ------------------------------------------------------------------------------------


def kind_of(definition: str) -> str:
    kinds = {"T2B": "share", "T1B": "share", "NET": "balance", "M10": "mean"}
    return kinds.get(definition, "level_share")


def row(**changes: object) -> Row:
    return {
        "audience": "public",
        "directorate": "dpaph",
        "wave": "2026-2",
        "indicator": "satisfaction_globale",
        "definition": "T2B",
        "definition_version": "1.0",
        "kind": kind_of(str(changes.get("definition", "T2B"))),
        "unit": "share",
        "item": "Q01",
        "breakdown": "total",
        "category": "total",
        "category_label": "total",
        "channels": "invitation",
        "claim": "C1",
        "status": "",
        "value": 0.6495,
        "se": 0.017,
        "low": 0.6165,
        "high": 0.6811,
        "base": 1042,
        "df": 900,
        "method": "wilson",
        "simulated": True,
        **changes,
    }


def voice(study: Study, *rows: Row) -> Voice:
    return Voice(
        study, FR, study.wave("2026-2"), pl.DataFrame(list(rows), infer_schema_length=None)
    )


def spaces(text: str) -> str:
    return text.replace(NB, " ").replace(NNB, " ")


def test_the_lecture_of_each_kind_of_figure(study: Study) -> None:
    said = voice(study, row())
    assert spaces(said.lecture([row()])) == snapshot(
        "2e semestre 2026 : 65,0 % des usagers reçus ont donné une des deux réponses les plus "
        "favorables à la question « Globalement, êtes-vous satisfait(e) de la qualité du service "
        "que vous avez reçu ? » (intervalle de confiance à 95 % [61,7 ; 68,1], 1 042 réponses)."
    )
    trend = row(
        claim="C2", breakdown="canal", category="qr", category_label="QR code affiché", base=169
    )
    assert spaces(said.lecture([trend])) == snapshot(
        "« QR code affiché », 2e semestre 2026 : 65 % des personnes qui ont choisi de répondre ont "
        "donné une des deux réponses les plus favorables à la question « Globalement, êtes-vous "
        "satisfait(e) de la qualité du service que vous avez reçu ? » (variabilité [62 ; 68], 169 "
        "réponses)."
    )
    assert "sur 10" in spaces(said.lecture([row(definition="M10", value=7.1, low=7.0, high=7.2)]))
    assert "+52,0 points" in spaces(
        said.lecture([row(definition="NET", value=0.52, low=0.48, high=0.56)])
    )


def test_the_lecture_reads_the_first_shown_row_with_the_decimals_of_its_table(study: Study) -> None:
    hidden = row(status="s", value=None, low=None, high=None, base=None)
    small = row(base=60, status="caution")
    text = spaces(voice(study, row()).lecture([hidden, row(), small]))
    assert "65 % des usagers" in text
    assert voice(study, row()).lecture([hidden]) == ""


def test_an_early_rounding_would_be_seen(study: Study) -> None:
    """64,95 % is 65 %, and 64,949 % is 64,9 % then 65 %: one rounding only."""
    said = voice(study, row())
    assert spaces(said.value(row(value=0.6449, base=60))) == "64 %"
    assert spaces(said.value(row(value=0.6450, base=60))) == "65 %"


def test_a_change_is_worded_by_rule_and_says_what_it_could_see(study: Study) -> None:
    said = voice(study, row(), row(wave="2026-1", value=0.58))
    assert spaces(said.change_sentence("dpaph", "satisfaction_globale")) == snapshot(
        "Satisfaction globale en hausse : +7,0 points par rapport à la vague précédente (1er "
        "semestre 2026)"
    )
    assert "inférieur à 6,7 points" in spaces(said.change_detail("dpaph", "satisfaction_globale"))
    alone = voice(study, row())
    assert alone.change("dpaph", "satisfaction_globale") is None
    assert "non disponible" in alone.change_sentence("dpaph", "satisfaction_globale")


def test_signs_are_explained_where_they_stand_and_only_there(study: Study) -> None:
    said = voice(study, row())
    hidden = row(status="s", value=None, low=None, high=None, base=None)
    assert said.value(hidden) == said.base(hidden) == said.interval(hidden) == "s"
    assert spaces(said.notes([hidden, row()])).startswith("s : non diffusé")
    assert said.notes([row()]) == ""
    assert said.flagged(row(status="caution", base=60), beside=[row()]).endswith(f"{NB}(!)")


def test_what_self_selected_people_say_is_not_what_users_say(study: Study) -> None:
    said = voice(study, row(claim="C2"), row(claim="C2", wave="2026-1", value=0.58))
    text = spaces(said.change_sentence("dpaph", "satisfaction_globale"))
    assert text.startswith(
        "Chez les personnes qui ont choisi de répondre : satisfaction globale en hausse"
    )


def test_a_best_and_a_worst_are_named_alone_only_where_intervals_do_not_meet(study: Study) -> None:
    rows = [
        row(indicator="accueil", value=0.8, low=0.77, high=0.83),
        row(indicator="delai", value=0.5, low=0.47, high=0.53),
        row(indicator="attente", value=0.49, low=0.46, high=0.52),
    ]
    assert spaces(voice(study, *rows).overview(rows)) == snapshot(
        "« Bienveillance et respect » est l’aspect le mieux perçu, « Temps d’attente » parmi les "
        "moins bien perçus"
    )


def test_the_best_aspect_is_named_even_where_its_bar_cannot_be_drawn(
    study: Study, tmp_path: Path
) -> None:
    """A rare level hides the shares of an item, not its place: the finding is on all that is
    released."""
    none = {
        "value": None,
        "se": None,
        "low": None,
        "high": None,
        "base": None,
        "df": None,
        "status": "s",
    }
    rows = []
    for place, (indicator, item) in enumerate(
        (("accueil", "Q11"), ("ecoute", "Q12"), ("delai", "Q09"), ("attente", "Q08"))
    ):
        value = 0.9 - 0.12 * place
        rows.append(
            row(indicator=indicator, item=item, value=value, low=value - 0.02, high=value + 0.02)
        )
        levels = [
            row(indicator=indicator, item=item, definition=f"P{code}", value=0.2)
            for code in range(1, 6)
        ]
        rows += [{**level, **none} for level in levels] if indicator == "accueil" else levels
    said = voice(study, *rows)
    text = spaces(overview(said, study.directorate("dpaph"), tmp_path).markdown)
    assert "« Bienveillance et respect » est l’aspect le mieux perçu" in text.replace("\\", "")
    assert "« Bienveillance et respect » : non représenté sur la figure" in text.replace("\\", "")
    assert text.count("Bienveillance et respect</th>") == 1


def test_without_an_interval_the_lecture_has_none(study: Study) -> None:
    bare = row(low=None, high=None, se=None)
    assert "(1 042 réponses)" in spaces(voice(study, bare).lecture([bare]))


# --- blocks ---------------------------------------------------------------------------------------

HOSTILE = '<script>alert(1)</script> =HYPERLINK("x") [a](javascript:b) `c` $d$ {e} @fig-x | *f*'


def test_a_hostile_text_is_only_text() -> None:
    assert "<script>" not in plain(HOSTILE)
    html = table("x", columns={"A": [HOSTILE], "B": ["1"]}, caption=HOSTILE)
    assert "<script>" not in html
    assert 'fig-alt="&lt;script&gt;' in figure("x", alt=HOSTILE, caption="c")


@pytest.mark.parametrize(
    "text",
    ["A\n\n:::\n\nB", "1. premier", "- un", "a -- b", "a...", "&lt;", '"x"', "@mdph", "x\\y"],
)
def test_a_text_comes_out_of_pandoc_as_it_went_in(text: str) -> None:
    import pypandoc

    out = pypandoc.convert_text(
        f"::: {{.reading}}\n{plain(text)}\n:::",
        "plain",
        format="markdown",
        extra_args=["--wrap=none"],
    )
    assert " ".join(out.split()) == " ".join(text.split())


def test_a_table_has_headers_for_its_rows_and_columns() -> None:
    html = table("x", columns={"Canal": ["QR"], "Part": ["5 %"]}, caption="c", numeric=["Part"])
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 1
    assert html.startswith("::: {#tbl-x}")
    assert "<style" not in html


def test_an_empty_reading_is_nothing() -> None:
    assert Reading().markdown(FR) == ""
    assert Reading(note="a").markdown(FR) == f"::: {{.reading}}\n\n**Note{NB}:** a\n\n:::"


def test_an_internal_view_is_refused_by_every_renderer(tmp_path: Path) -> None:
    page = tmp_path / "p.ipynb"
    page.write_text('{"cells": [{"outputs": ["observatoire-internal-view"]}]}')
    with pytest.raises(DisclosureError, match="internal view"):
        read_page(page)


# --- open data ------------------------------------------------------------------------------------


def test_open_data_has_no_site_no_formula_and_a_status_for_what_is_hidden(
    study: Study, tmp_path: Path
) -> None:
    frame = pl.DataFrame(
        [
            row(),
            row(breakdown="site", category="pmi-iris", category_label="x"),
            row(
                breakdown="age",
                category="1",
                category_label='=HYPERLINK("x")',
                status="s",
                value=None,
                se=None,
                low=None,
                high=None,
                base=None,
            ),
        ],
        infer_schema_length=None,
    )
    write_open_data(frame, study, study.wave("2026-2"), "1.0.0", tmp_path)
    lines = (tmp_path / "resultats.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert "pmi-iris" not in "".join(lines)
    assert "'=HYPERLINK" in lines[2]
    assert ",,,,,s,wilson,true" in lines[2]


# --- kinds of figures ----------------------------------------------------------------------------


def test_a_figure_is_printed_by_its_kind_whatever_its_name(study: Study) -> None:
    named = study.model_copy(
        update={
            "definitions": (
                *study.definitions,
                Definition(id="PNOTE", version="1.0", label="note", kind="mean", maximum=10),
            )
        }
    )
    note = row(definition="PNOTE", kind="mean", unit="score_10", value=7.1, low=6.8, high=7.4)
    spoken = voice(named, note)
    assert spoken.value(note) == "7,1" and spoken.interval(note) == f"[6,8{NB}; 7,4]"
    assert spoken.difference(0.2, note, decimals=0) == "+0,2"
    assert spoken.threshold(note) == "0,5" and spoken.threshold(row()) == f"5{NB}points"
    level = row(definition="P1", kind="level_share", value=0.071, low=0.06, high=0.08)
    assert spoken.value(level, beside=[row(base=400)]) == f"7{NB}%"
    balance = row(definition="NET", kind="balance", value=0.42, base=400)
    assert spoken.value(balance) == f"+42{NB}points"


def test_a_change_of_a_mean_is_no_number_of_points(study: Study) -> None:
    indicators = tuple(
        one.model_copy(update={"definitions": ("M10",)}) if one.headline else one
        for one in study.indicators
    )
    scored = study.model_copy(update={"indicators": indicators})
    told = {"definition": "M10", "kind": "mean", "unit": "score_10", "se": 0.05}
    now = row(**told, value=7.4, low=7.3, high=7.5)
    before = row(**told, value=6.4, low=6.3, high=6.5, wave="2026-1")
    spoken = voice(scored, now, before)
    sentence = spoken.change_sentence("dpaph", "satisfaction_globale")
    assert "+1,0 par rapport" in sentence and "point" not in sentence
    assert "point" not in spoken.change_detail("dpaph", "satisfaction_globale")
    smaller = voice(scored, row(**told, value=6.7, low=6.6, high=6.8), before)
    assert "inférieure au seuil de 0,5" in smaller.change_sentence("dpaph", "satisfaction_globale")


def test_a_count_is_written_in_letters_or_in_figures() -> None:
    assert [FR.count(number) for number in (2, 5, 12)] == ["deux", "5", "12"]


# --- no phrase knows one study -------------------------------------------------------------------


def test_titles_name_the_indicator_that_they_are_about(study: Study) -> None:
    first = study.indicators[0].model_copy(update={"label": "Temps d’attente ressenti"})
    indicators = (first, *study.indicators[1:])
    spoken = voice(
        study.model_copy(update={"indicators": indicators}), row(), row(wave="2026-1", value=0.5)
    )
    assert spoken.subject == "Temps d’attente ressenti"
    assert spoken.change_sentence("dpaph", first.id).startswith(
        "Temps d’attente ressenti en hausse"
    )


def test_notes_say_the_thresholds_of_the_study(study: Study) -> None:
    thresholds = study.thresholds.model_copy(update={"caution_below": 60, "fragile_below": 20})
    spoken = voice(study.model_copy(update={"thresholds": thresholds}), row())
    assert "moins de 60 réponses" in spoken.notes([row(status="caution")])
    assert "moins de 20 réponses" in spoken.notes([row(status="fragile")])


def test_no_phrase_of_the_catalogues_names_what_a_study_asks_or_counts() -> None:
    for catalogue in (FRENCH, ENGLISH):
        for key, phrase in catalogue.items():
            if key == "method_constrained":  # the rule on those who are never asked
                continue
            assert not re.search(
                r"satisf|T2B|M10|quatre visages|four faces|\b(?:30|100) (?:réponses|answers)",
                phrase,
            ), key
