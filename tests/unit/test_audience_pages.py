"""The page on who the users of each product are, on figures made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.publishing.blocks import IMAGES_FOLDER, Block
from analysis.publishing.pages import audiences
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.segments import segments
from analysis.study import Study, load_study
from tests.conftest import ROOT
from tests.released import HIDDEN, page, row
from tests.unit.test_pages import lines

WAVE = "2026-1"


@pytest.fixture(scope="module")
def dila() -> Study:
    return load_study(ROOT / "params" / "dila").in_language("fr")


def opened(study: Study, *rows: dict[str, Any], folder: Path = Path()) -> Page:
    return page(study, *rows, directorate=None, wave=WAVE, folder=folder)


def texts(block: Block) -> dict[str, str]:
    """Rule → what the sentence of a block says, with plain spaces."""
    return {
        str(one["rule"]): str(one["text"]).replace("\N{NO-BREAK SPACE}", " ")
        for one in block.sentences
    }


def answer(
    product: str, item: str, levels: str, value: float, *, is_hidden: bool = False, **changes: Any
) -> dict[str, Any]:
    """The share of an answer among the users of a product."""
    about = {"layer": "profiles", "wave": WAVE, "channels": "panneau", "base": 400}
    return row(
        **{
            **about,
            "directorate": product,
            "indicator": item,
            "item": item,
            "definition": levels,
            "kind": "level_share",
            "unit": "share",
            "value": value,
            "low": value - 0.04,
            "high": value + 0.04,
            **(HIDDEN if is_hidden else {}),
            **changes,
        }
    )


def ages(product: str, *values: float, **changes: Any) -> list[dict[str, Any]]:
    return [
        answer(product, "AGE", f"P{code}", value, **changes)
        for code, value in enumerate(values, start=1)
    ]


# --- who they are ---------------------------------------------------------------------------------


def test_the_answer_that_differs_most_from_product_to_product_is_the_finding(dila: Study) -> None:
    rows = [
        *ages("boamp", 0.10, 0.40, 0.30, 0.20),
        *ages("allo", 0.12, 0.20, 0.20, 0.48),
        *ages("circulaires", 0.90, 0.04, 0.03, 0.03, claim="C2"),
    ]
    found = lines(audiences.users(opened(dila, *rows)))
    assert found[0] == (
        "## « 60 ans et plus » : de 20 % (BOAMP) à 48 % (39 39) des usagers, sur deux produits"
    ), "of those who chose to answer nothing is said beside the others"
    table = "\n".join(found)
    for cell in ("90 %", "personnes qui ont choisi de répondre", "400"):
        assert cell in table
    assert "fichiers de gestion" in table, "the ages are those of a margin"


def test_one_product_alone_has_no_range(dila: Study) -> None:
    found = lines(audiences.users(opened(dila, *ages("boamp", 0.10, 0.40, 0.30, 0.20))))
    assert found[0] == "## « 30-44 ans » : 40 % des usagers, BOAMP"


def test_an_answer_that_is_told_with_its_neighbour_stands_in_its_column(dila: Study) -> None:
    rare = [
        answer("boamp", "AGE", "P1", 0.01, is_hidden=True),
        answer("boamp", "AGE", "P2", 0.49, is_hidden=True),
        answer("boamp", "AGE", "P1-2", 0.50),
        answer("boamp", "AGE", "P3", 0.30),
        answer("boamp", "AGE", "P4", 0.20),
    ]
    found = "\n".join(lines(audiences.users(opened(dila, *rare))))
    assert "r = réponse trop rare" in found and "|r|50 %, avec r|30 %|20 %|" in found
    assert "s = secret" not in found
    alone = "\n".join(
        lines(audiences.users(opened(dila, *(one for one in rare if one["definition"] != "P1-2"))))
    )
    assert "r = réponse trop rare" not in alone


def test_nothing_is_said_where_nothing_is_shown(dila: Study) -> None:
    hidden = opened(dila, *ages("boamp", 0.1, 0.4, 0.3, 0.2, is_hidden=True))
    assert audiences.users(hidden).markdown == ""
    assert audiences.far(hidden).markdown == audiences.uses(hidden).markdown == ""
    assert audiences.shared(hidden).markdown == segments(hidden).markdown == ""


# --- far from digital services --------------------------------------------------------------------


def test_who_is_far_from_digital_services_is_told_from_most_to_least(
    dila: Study, tmp_path: Path
) -> None:
    rows = [
        answer("boamp", "AISANCE", "P1-2", 0.11),
        answer("allo", "AISANCE", "P1-2", 0.55),
        answer("legifrance", "AISANCE", "P1-2", 0.30, is_hidden=True),
        answer("boamp", "AISANCE", "P1", 0.02),
    ]
    block = audiences.far(opened(dila, *rows, folder=tmp_path))
    found = lines(block)
    assert found[0] == (
        "## Loin du numérique : de 11 % (BOAMP) à 55 % (39 39) des usagers, sur deux produits"
    )
    whole = "\n".join(found)
    assert "« Pas du tout à l’aise » ou « Plutôt pas à l’aise »" in whole
    assert "[51 ; 59]" in whole
    said = texts(block)["far_alt"]
    assert said.index("39 39") < said.index("BOAMP")
    online = "Une enquête en ligne n’interroge que des personnes qui y sont"
    by_telephone = [one | {"channels": "rappel"} for one in rows]
    by_web = [one | {"channels": "panneau"} for one in rows]
    for asked, warned in ((by_telephone, False), (by_web, True)):
        shown = "\n".join(lines(audiences.far(opened(dila, *asked, folder=tmp_path))))
        assert (online in shown) is warned
    assert (tmp_path / IMAGES_FOLDER / "far.svg").exists()


def test_products_that_were_asked_otherwise_are_named(dila: Study, tmp_path: Path) -> None:
    """By telephone among sites; all by the same, nothing is said of it."""
    told = "Réponses recueillies en ligne, sauf 39 39 (par téléphone)."
    names = ("boamp", "bodacc", "allo")
    for channel, is_told in (("rappel", True), ("panneau", False)):
        far = [answer(name, "AISANCE", "P1-2", 0.2, channels="panneau") for name in names[:2]]
        far.append(answer("allo", "AISANCE", "P1-2", 0.5, channels=channel))
        aged = [one for name in names[:2] for one in ages(name, 0.1, 0.4, 0.3, 0.2)]
        aged += ages("allo", 0.1, 0.2, 0.3, 0.4, channels=channel)
        for block in (
            audiences.far(opened(dila, *far, folder=tmp_path)),
            audiences.users(opened(dila, *aged)),
        ):
            assert (told in "\n".join(lines(block))) is is_told


# --- the same users -------------------------------------------------------------------------------


def audience(name: str, count: float) -> dict[str, Any]:
    about = {"layer": "audiences", "directorate": None, "wave": WAVE, "indicator": "audiences"}
    return row(
        **about,
        definition="reached",
        kind="count",
        unit="count",
        item=None,
        breakdown="audience",
        category=name,
        value=count,
        base=None,
        claim="",
    )


def test_declared_audiences_name_their_products(dila: Study) -> None:
    counts = [
        ("particuliers", 6),
        ("professionnels", 9),
        ("associations", 1),
        ("agents", 8),
        ("savoir", 7),
    ]
    found = lines(audiences.shared(opened(dila, *(audience(*one) for one in counts))))
    assert found[0] == "## Quatre publics déclarés sont ceux de plusieurs produits"
    (line,) = [one for one in found if one.startswith("Associations|")]
    assert line.split("|")[:3] == ["Associations", "1", "Associations"]


def test_the_product_that_users_of_another_use_most_is_the_finding(dila: Study) -> None:
    rows = [
        answer("boamp", "U_SP", "P2", 0.30),
        answer("boamp", "U_LEGIFRANCE", "P2", 0.36),
        answer("service-public", "U_LEGIFRANCE", "P2", 0.16),
    ]
    found = lines(audiences.uses(opened(dila, *rows)))
    assert found[0] == (
        "## 36 % des usagers (BOAMP) utilisent aussi Légifrance : c’est la part la plus élevée"
    )
    assert any("so = sans objet" in one for one in found), "a product beside itself"


# --- users of a few kinds -------------------------------------------------------------------------


def segment(name: str, value: float, product: str | None = None, **changes: Any) -> dict[str, Any]:
    about = {"layer": "segments", "directorate": product, "wave": WAVE, "indicator": "segments"}
    return row(
        **{
            **about,
            "definition": "share",
            "kind": "share",
            "unit": "share",
            "item": None,
            "breakdown": "segment",
            "category": name,
            "value": value,
            "low": value - 0.02,
            "high": value + 0.02,
            **changes,
        }
    )


def of_segment(name: str, item: str, level: str, value: float, word: str = "") -> dict[str, Any]:
    return segment(name, value, indicator=item, item=item, definition=level, word=word)


def of_model(name: str, value: float, **changes: Any) -> dict[str, Any]:
    kind = {"alike": "share", "entropy": "ratio"}.get(name, "count")
    about = {
        "definition": name,
        "kind": kind,
        "unit": kind,
        "breakdown": "total",
        "category": "total",
    }
    return segment("total", value, **{**about, **changes})


ROWS = [
    segment("autonomes", 0.67),
    segment("distants", 0.33),
    segment("autonomes", 0.80, "boamp"),
    segment("distants", 0.20, "boamp"),
    of_segment("autonomes", "AIDE", "P1", 0.91, "marks"),
    of_segment("autonomes", "AIDE", "P2", 0.09),
    of_segment("distants", "AIDE", "P1", 0.20),
    of_segment("distants", "AIDE", "P2", 0.80),
    of_model("classes", 2.0),
    of_model("bic_classes", 2.0),
    of_model("entropy", 0.8),
]


def test_each_segment_has_a_sentence_by_what_marks_it(dila: Study) -> None:
    block = segments(opened(dila, *ROWS))
    found = lines(block)
    assert found[0] == (
        "## En moyenne des produits, les usagers se répartissent en deux groupes"
        " : « À l’aise en ligne » (67 %) et « Au guichet d’abord » (33 %)"
    )
    said = texts(block)
    assert (
        "« Sans aide » à la question « Dernière démarche en ligne » (91 %)" in said["segment_marks"]
    )
    assert said["segment_plain"].startswith("33 % des usagers,")
    assert said["segment_first"].startswith("C’est la première vague")
    whole = "\n".join(found)
    assert "80 % [78 ; 82]" in whole and "0,80" in whole
    assert "est choisi à la première vague, et gardé ensuite." in whole


def test_segments_stand_in_the_order_of_their_declared_names(dila: Study) -> None:
    rows = [segment(name, 0.3) for name in ("accompagnes", "autonomes", "distants")]
    said = texts(segments(opened(dila, *rows)))["segments_head"]
    named = [said.index(label) for label in ("À l’aise", "Accompagnés", "Au guichet")]
    assert named == sorted(named)


@pytest.mark.parametrize(
    ("word", "begins"),
    [("stable", "Ces groupes durent : 97 %"), ("shifting", "Ces groupes changent : 97 %")],
)
def test_whether_segments_last_is_told_by_the_word_of_the_figure(
    dila: Study, word: str, begins: str
) -> None:
    rows = [*ROWS, of_model("alike", 0.97, word=word, against="2025-2")]
    found = texts(segments(opened(dila, *rows)))[f"segments_{word}"]
    assert found.startswith(begins) and "automne 2025" in found


def test_another_number_of_segments_that_the_wave_would_have_chosen_is_told(dila: Study) -> None:
    rows = [
        *(one for one in ROWS if one["definition"] != "bic_classes"),
        of_model("bic_classes", 3.0),
    ]
    whole = "\n".join(lines(segments(opened(dila, *rows))))
    assert "cette vague seule en ferait choisir 3" in whole


def test_segments_without_names_are_numbered(dila: Study) -> None:
    declared = dila.profiles
    assert declared is not None and declared.segments is not None
    unnamed = declared.segments.model_copy(update={"names": ()})
    study = dila.model_copy(update={"profiles": declared.model_copy(update={"segments": unnamed})})
    found = lines(segments(opened(study, segment("1", 0.6), segment("2", 0.4))))
    assert "« Groupe 1 » (60 %) et « Groupe 2 » (40 %)" in found[0]
