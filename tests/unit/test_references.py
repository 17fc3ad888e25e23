"""What others published: comparable by rule and shown beside a result, or told apart."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from analysis.errors import ParameterError
from analysis.publishing.pages import references
from analysis.study import Reference, Study, load_study
from analysis.study.references import Context
from tests.conftest import ROOT, alter
from tests.released import HIDDEN, page, row
from tests.unit.test_pages import lines

SAME: dict[str, Any] = {
    "id": "voisin",
    "label": "Baromètre d’un autre département",
    "indicator": "satisfaction_globale",
    "definition": "T2B",
    "value": 61,
    "question": "Globalement, êtes-vous satisfait(e) de la qualité du service que vous avez reçu ?",
    "levels": 5,
    "population": {"of": "users", "label": "usagers d’un autre département"},
    "claim": "C1",
    "mode": "web",
    "date": "mars 2026",
    "source": "Rapport d’un autre département",
    "address": "https://voisin.example/rapport",
    "confidence": "read",
}
"""A reference that asks the same, of users, in the same way."""


def reference(**changes: Any) -> Reference:
    return Reference.model_validate({**SAME, **changes})


def differences(study: Study, one: Reference) -> tuple[str, ...]:
    indicator = study.indicator(one.indicator)
    item, scale = study.item(indicator.item), study.scale(indicator.item)
    return one.differences(indicator, item, scale, study.reference_channels("dpaph"))


def with_references(study: Study, *found: Reference) -> Study:
    return study.with_only(study.visible_fields() | {"references": found})


def test_the_same_question_counted_alike_is_comparable(study: Study) -> None:
    assert differences(study, reference()) == ()
    typed_otherwise = (
        "  Globalement, êtes-vous satisfait(e) de la qualité du service que vous avez reçu\u00a0? "
    )
    assert differences(study, reference(question=typed_otherwise)) == ()


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"confidence": "to_confirm"}, ("to_confirm",)),
        ({"confidence": "to_confirm", "levels": 4}, ("to_confirm", "scale")),
        ({"definition": "P5"}, ("definition",)),
        ({"question": None}, ("question_unknown",)),
        ({"question": "Êtes-vous satisfait(e) ?"}, ("question",)),
        ({"levels": None}, ("scale_unknown",)),
        ({"levels": 4}, ("scale",)),
        ({"mode": None}, ("mode_unknown",)),
        ({"mode": "telephone"}, ("mode",)),
        ({"population": {"of": "residents", "label": "habitants"}}, ("population",)),
        ({"claim": "C2"}, ("claim",)),
        ({"question": None, "levels": 3, "claim": "C2"}, ("question_unknown", "scale", "claim")),
    ],
)
def test_anything_else_is_a_reason_not_to_compare(
    study: Study, changes: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert differences(study, reference(**changes)) == reasons


def test_a_comparable_reference_stands_beside_the_result_with_no_difference(study: Study) -> None:
    known = with_references(study, reference(), reference(id="autre", levels=4))
    found = lines(references.beside(page(known, row(base=400))))
    assert found[0] == "## Un point de comparaison publié ailleurs"
    assert [one for one in found if "|" in one] == [
        "Indicateur|Ici|Ailleurs|Référence|Population|D’où la valeur est connue|",
        "Satisfaction globale|65 %|61 %|Baromètre d’un autre département, mars 2026|"
        "usagers d’un autre département|Lue dans sa source|",
    ]
    assert "4 points" not in "".join(found)
    source = "[Rapport d’un autre département](https://voisin.example/rapport)"
    assert f"- **Baromètre d’un autre département :** {source}" in found


def test_over_all_products_each_stands_on_the_side_where_its_interval_lies(study: Study) -> None:
    known = with_references(study, reference(), reference(id="autre", value=90, levels=4))
    rows = [
        row(value=0.70, low=0.6101, high=0.79),
        row(value=0.60, low=0.55, high=0.6099, directorate="def"),
    ]
    shown = page(known, *rows, directorate=None)
    found = lines(references.over_products(shown))
    assert found[0] == "## La même mesure, publiée par d’autres"
    assert found[1] == "### Baromètre d’un autre département, mars 2026 : 61 %"
    assert [one for one in found if one.startswith("Nettement")] == [
        "Nettement au-dessus : DPAPH (70 %)",
        "Nettement au-dessous : DEF (60 %)",
    ]
    assert sum(one.startswith("### ") for one in found) == 1, "the other is not comparable"
    near = [
        row(value=0.605, low=0.60, high=0.62),
        row(value=0.614, low=0.60, high=0.62, directorate="def", base=80, status="fragile"),
    ]
    found = lines(references.over_products(page(known, *near, directorate=None)))
    assert "Sans écart net : DEF (61 % (!!)) et DPAPH (61 %)" in found, "the highest first"
    assert "\n".join(found).count("(!!)") == 2, "the sign is explained"
    rules = {one["rule"] for one in references.over_products(shown).sentences}
    assert rules == {"products_above", "products_below"}


@pytest.mark.parametrize("changes", [{"claim": "C2"}, {"low": None, "high": None}, HIDDEN])
def test_a_result_without_a_side_stands_on_none(study: Study, changes: dict[str, Any]) -> None:
    known = with_references(study, reference())
    shown = page(known, row(**changes), directorate=None)
    assert references.over_products(shown).markdown == ""


def test_a_result_that_is_hidden_has_nothing_beside_it(study: Study) -> None:
    known = with_references(study, reference())
    assert references.beside(page(known)).markdown == ""


def test_a_reference_of_one_directorate_stands_there_alone(study: Study) -> None:
    known = with_references(study, reference(directorates=["def"]))
    assert references.beside(page(known, row())).markdown == ""
    shown = page(known, row(directorate="def"), directorate="def")
    assert "61 %" in "".join(lines(references.beside(shown)))


def test_the_reason_stands_on_the_page_on_method(study: Study) -> None:
    known = with_references(study, reference(), reference(id="autre", value=73, question=None))
    found = lines(references.apart(page(known, directorate=None)))
    assert [one for one in found if "|" in one][1:] == [
        "Baromètre d’un autre département, mars 2026|Part des deux réponses les plus favorables|"
        "usagers d’un autre département ; en ligne|73 %|Question posée inconnue|Lue dans sa source|"
    ], "and the comparable one is not told apart"
    assert references.apart(page(with_references(study), directorate=None)).markdown == ""


def test_reasons_that_hold_everywhere_are_told_alone(study: Study) -> None:
    """In one directorate of two, only those who chose to answer are heard."""
    first, second = study.directorates
    changed = study.with_only(
        study.visible_fields()
        | {
            "directorates": (first, second.model_copy(update={"channels": ("qr",)})),
            "references": (reference(question=None), reference(id="autre", claim="C2")),
        }
    )
    found = lines(references.apart(page(changed, directorate=None)))
    reasons = [one.split("|")[4] for one in found if "|" in one]
    assert reasons[1:] == ["Question posée inconnue"], "the other compares in the second"


def test_the_demonstration_compares_nothing_and_says_why(study: Study) -> None:
    """What is known of national barometers does not tell that they ask the same."""
    shown = page(study, row(), directorate="dpaph")
    assert len(study.references) == 3 and references.beside(shown).markdown == ""
    told = lines(references.apart(page(study, directorate=None)))
    assert [one.split("|")[3] for one in told if "|" in one] == ["Ailleurs", "69 %", "73 %", "46 %"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: 69", "value: 169", "169 is no value of definition T2B"),
        ("value: 69", "value: -1", "-1 is no value of definition T2B"),
        ("definition: T2B", "definition: T3B", "did you mean"),
        (
            "indicator: satisfaction_globale",
            "indicator: satisfaction",
            "Unknown name: 'satisfaction'",
        ),
        ("directorates: [dpaph]", "directorates: [dpap]", "did you mean 'dpaph'"),
        ("id: delouvrier-2023", "id: barometre-2025", "'barometre-2025' is declared 2 times"),
        ("of: users", "of: clients", "Input should be"),
        ("    definition: T1B\n", "", "a reference names the `definition`"),
        ("    confidence: cited\n", "", "A key is missing: 'confidence'"),
        ("confidence: cited", "confidence: sure", "Input should be 'read', 'cited'"),
        ("https://www.ash.tm.fr", "javascript:www.ash.tm.fr", "String should match pattern"),
    ],
)
def test_a_fault_of_the_file_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    shutil.copytree(ROOT / "params" / "cd93", tmp_path / "cd93")
    alter(tmp_path / "cd93" / "references.yml", old, new)
    with pytest.raises(ParameterError) as caught:
        load_study(tmp_path / "cd93")
    assert words in str(caught.value) and "references.yml" in str(caught.value)


def test_what_is_comparable_in_one_language_is_in_the_others(tmp_path: Path) -> None:
    """The question of the item is translated, that of the reference is written once."""
    folder = tmp_path / "cd93"
    shutil.copytree(ROOT / "params" / "cd93", folder)
    wording = str(SAME["question"])
    unknown = "value: 69\n"
    known = f"value: 69\n    question: {wording}\n    levels: 5\n    mode: web\n"
    alter(folder / "references.yml", unknown, known)
    study = load_study(folder)
    for code in study.languages:
        said = study.in_language(code)
        assert differences(said, said.references[0]) == (), code
        other = said.references[0].model_copy(update={"question": "Êtes-vous content ?"})
        assert differences(said, other) == ("question",)


@pytest.mark.parametrize("confidence", ["read", "cited", "computed"])
def test_a_value_that_is_known_may_be_compared_and_its_confidence_is_said(
    study: Study, confidence: str
) -> None:
    known = with_references(study, reference(confidence=confidence))
    words = {"read": "Lue dans sa", "cited": "Lue dans un texte", "computed": "Calculée"}
    found = "".join(lines(references.beside(page(known, row()))))
    assert words[confidence] in found


def test_a_value_to_confirm_stands_beside_nothing(study: Study) -> None:
    """Neither in the table of a directorate, nor in its reading grid."""
    known = with_references(study, reference(confidence="to_confirm"))
    opened = page(known, row(base=400))
    assert references.beside(opened).markdown == ""
    figure = opened.figures.find("estimates", directorate="dpaph", indicator=SAME["indicator"])
    assert figure is not None and references.comparable(opened, figure) == []
    sure = page(with_references(study, reference()), row(base=400))
    assert len(references.comparable(sure, figure)) == 1
    told = "".join(lines(references.apart(page(known, directorate=None))))
    assert "Valeur qui reste à confirmer dans sa source|À confirmer|" in told


# --- context --------------------------------------------------------------------------------------


def context(**changes: Any) -> Context:
    """A number of claims."""
    return Context.model_validate(
        {
            "id": "reclamations",
            "label": "Médiateur",
            "counts": "réclamations reçues dans l’année",
            "unit": "count",
            "value": 140_000,
            "reason": "c’est un signal, et non une satisfaction",
            "population": {"of": "residents", "label": "habitants"},
            "date": "année 2024",
            "source": "Rapport",
            "confidence": "cited",
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, "140 000"),
        ({"unit": "percent", "value": 74}, "74 %"),
        ({"unit": "points", "value": 31}, "+31 points"),
        ({"unit": "score_10", "value": 8}, "8,0"),
    ],
)
def test_what_measures_something_else_is_told_with_the_reason_and_never_compared(
    study: Study, changes: dict[str, Any], value: str
) -> None:
    known = study.with_only(
        study.visible_fields() | {"references": (), "context": (context(**changes),)}
    )
    found = lines(references.apart(page(known, directorate=None)))
    assert found[0] == "## D’autres chiffres publiés, pour situer ceux-ci"
    assert [one for one in found if "|" in one][1:] == [
        f"Médiateur, année 2024|Réclamations reçues dans l’année|habitants|{value}|"
        "C’est un signal, et non une satisfaction|Lue dans un texte qui la cite|"
    ]
    assert references.beside(page(known, row())).markdown == ""


@pytest.mark.parametrize("missing", ["counts", "reason", "unit", "confidence"])
def test_a_number_of_something_else_says_what_it_counts_and_why_it_is_told(missing: str) -> None:
    content = context().model_dump(mode="json")
    del content[missing]
    with pytest.raises(ValidationError, match=missing):
        Context.model_validate(content)


def test_names_of_references_and_of_context_are_told_apart(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "params" / "dila", tmp_path / "dila")
    alter(tmp_path / "dila" / "references.yml", "id: bnf-2020", "id: caf-2017")
    with pytest.raises(ParameterError, match="'caf-2017' is declared 2 times"):
        load_study(tmp_path / "dila")
    empty = tmp_path / "dila" / "references.yml"
    empty.write_text("references: []\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="holds one at least"):
        load_study(tmp_path / "dila")


def test_a_page_of_one_of_many_products_repeats_nothing_that_does_not_compare() -> None:
    known = load_study(ROOT / "params" / "dila").in_language("fr")
    assert len(known.references) >= 8 and len(known.context) >= 8
    for unit in ("legifrance", "service-public"):
        opened = page(
            known,
            row(directorate=unit, wave="2026-1", indicator="satisfaction_produit"),
            directorate=unit,
            wave="2026-1",
        )
        assert references.beside(opened).markdown == ""


def test_a_source_of_several_references_is_told_once(study: Study) -> None:
    other = reference(id="autre", label="Autre baromètre", question=None)
    third = reference(id="tiers", label="Tiers", question=None, source="Autre rapport")
    known = with_references(study, reference(question=None), other, third)
    found = lines(references.apart(page(known, directorate=None)))
    assert [one for one in found if one.startswith("- ")] == [
        "- **Baromètre d’un autre département :** "
        "[Rapport d’un autre département](https://voisin.example/rapport)",
        "- **Tiers :** [Autre rapport](https://voisin.example/rapport)",
    ]
