"""Words that follow what is measured, and whom it is about: on literal figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.publishing.pages import aspects, distributions, method, results, synthesis, trends
from analysis.publishing.released import category_rank
from analysis.publishing.wording.changes import change_note, threshold_text
from analysis.publishing.wording.formats import same_measure
from analysis.publishing.wording.sentences import levels, lower_first
from analysis.study import Study
from analysis.study.settings import Noun, Terms
from tests.page_text import markdown_lines
from tests.released import HIDDEN, change_row, figure, page, row

MEAN = {"definition": "M10", "value": 7.1, "low": 6.8, "high": 7.4}
BALANCE = {"definition": "NET", "value": 0.42, "low": 0.4, "high": 0.44}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def with_primary(study: Study, definition: str, *indicators: str) -> Study:
    """The study whose indicators (all by default) are read by another definition first."""
    changed = tuple(
        one.model_copy(update={"definitions": (definition,)})
        if not indicators or one.id in indicators
        else one
        for one in study.indicators
    )
    return study.model_copy(update={"indicators": changed})


@pytest.mark.parametrize(
    ("about", "unit", "heading", "measure"),
    [
        ({"base": 60}, "65 %", "Part", "« Plutôt satisfait(e) » ou « Très satisfait(e) », en %"),
        (MEAN, "7,1 sur 10", "Note moyenne (sur 10)", "note moyenne sur 10"),
        (BALANCE | {"base": 60}, "+42 points", "Solde", "solde, en points"),
    ],
)
def test_a_figure_has_the_unit_heading_and_measure_of_its_kind(
    study: Study, about: dict[str, Any], unit: str, heading: str, measure: str
) -> None:
    formats, shown = page(study).wording.formats, figure(**about)
    assert plain(formats.with_unit(shown)) == unit
    assert formats.heading([shown]) == heading
    assert plain(page(study).wording.unit_of(shown)) == measure
    assert formats.heading([shown, figure(**MEAN), figure()]) == "Résultat"
    assert same_measure([shown, shown]) and not same_measure(
        [figure(**MEAN), figure(), figure(**BALANCE)]
    )


def test_a_hidden_score_is_a_sign_without_its_maximum(study: Study) -> None:
    assert page(study).wording.formats.with_unit(figure(**{**MEAN, **HIDDEN})) == "s"


@pytest.mark.parametrize(
    ("percent", "figures", "said"),
    [
        (5.0, [figure()], "5 points"),
        (7.5, [figure()], "7,5 points"),
        (8.0, [figure(**MEAN)], "0,8 sur 10"),
        (12.5, [figure(**MEAN)], "1,25 sur 10"),
        (8.0, [figure(**MEAN), figure(), figure(**BALANCE)], "0,8 sur 10 ou 8 points"),
    ],
)
def test_thresholds_are_written_in_full_in_the_units_of_the_figures(
    study: Study, percent: float, figures: list[Any], said: str
) -> None:
    thresholds = study.thresholds.model_copy(update={"practical_change": percent})
    wording = page(study.model_copy(update={"thresholds": thresholds})).wording
    assert f"et qu’elle atteint {said}, « faible »" in plain(change_note(wording, figures))
    assert said.startswith(plain(threshold_text(wording, figures[0])))


def test_what_is_lower_cased_is_no_acronym() -> None:
    assert lower_first("Satisfaction globale") == "satisfaction globale"
    assert lower_first("NHS rating") == "NHS rating"


def test_codes_are_sorted_as_numbers_before_what_is_no_code() -> None:
    found = sorted(["unknown", "10", "9", "web"], key=category_rank)
    assert found == ["9", "10", "unknown", "web"] != sorted(found)


# --- sections -------------------------------------------------------------------------------------


def levels_of(**about: Any) -> list[dict[str, Any]]:
    return [row(definition=f"P{code}", value=0.2, **about) for code in range(1, 6)]


def core(values: dict[str, tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The rows of some indicators of five levels: identifier → item, and its primary reading."""
    rows = []
    for indicator, (item, reading) in values.items():
        about = {"indicator": indicator, "item": item, "base": 400}
        rows += [row(**about, **reading), *levels_of(**about)]
    return rows


def test_balances_are_ranked_and_described_as_balances(study: Study, tmp_path: Path) -> None:
    rows = core(
        {
            "accueil": ("Q11", BALANCE),
            "ecoute": ("Q12", {**BALANCE, "value": 0.3, "low": 0.2, "high": 0.35}),
            "delai": ("Q09", {**BALANCE, "value": -0.1, "low": -0.2, "high": 0.0}),
        }
    )
    found = markdown_lines(
        distributions.overview(page(with_primary(study, "NET"), *rows, folder=tmp_path)).markdown
    )
    assert found[0] == (
        "## « Bienveillance et respect » est l’aspect le mieux perçu (+42 points), « Délai de "
        "traitement » le moins bien (−10 points)"
    )
    assert "Bienveillance et respect : +42 points ; Écoute : +30 points" in found[1]
    assert "| Tout à fait | Solde | " in "\n".join(found)


def test_one_question_is_one_bar_and_is_described_once(study: Study, tmp_path: Path) -> None:
    rows = core({"accueil": ("Q11", {"value": 0.9})})
    found = markdown_lines(distributions.overview(page(study, *rows, folder=tmp_path)).markdown)
    assert found[1] == (
        "image: Barres empilées des réponses, DPAPH, 2ᵉ semestre 2026. Bienveillance et respect : "
        "90 %."
    )


def test_a_mean_and_shares_are_not_ranked_together(study: Study, tmp_path: Path) -> None:
    rows = core(
        {
            "accueil": ("Q11", MEAN),
            "ecoute": ("Q12", {"value": 0.3}),
            "delai": ("Q09", {"value": 0.5}),
        }
    )
    mixed = with_primary(study, "M10", "accueil")
    found = markdown_lines(distributions.overview(page(mixed, *rows, folder=tmp_path)).markdown)
    assert found[0] == "## Délai de traitement : 50 %", "the first in the study's order"
    table = [one for one in found if one.startswith("Bienveillance") and " | " in one]
    assert table[0].endswith(" | 7,1 | 400") and "Note moyenne (sur 10) | Réponses" in "\n".join(
        found
    )


def test_directorates_of_different_claims_each_say_whom_they_are_about(study: Study) -> None:
    dpaph, def_ = study.directorates
    both = [
        (dpaph, figure(base=60)),
        (def_, figure(directorate="def", base=70, value=0.7, claim="C2")),
    ]
    assert plain(levels(page(study).wording, both).text) == (
        "Satisfaction globale : 65 % (DPAPH) et 70 % (DEF, personnes qui ont choisi de répondre)"
    )
    rows = [row(base=60), row(directorate="def", base=70, claim="C2")]
    found = "\n".join(
        markdown_lines(synthesis.summary(page(study, *rows, directorate=None)).markdown)
    )
    assert "65 % des usagers reçus répondraient" in found
    assert "65 % des personnes qui ont choisi de répondre ont répondu" in found


def test_a_change_that_is_not_shown_is_explained(study: Study) -> None:
    rows = core({"accueil": ("Q11", {"value": 0.9}), "delai": ("Q09", {"value": 0.5})})
    change = change_row("up", indicator="accueil", item="Q11")
    text = "\n".join(markdown_lines(aspects.headline(page(study, *rows, change)).markdown))
    assert " | 400 | nd" in text
    assert "nd, pour une évolution = pas de chiffre à comparer, ou chiffre non diffusé." in text
    alone = [*rows[:6], change]
    text = "\n".join(markdown_lines(aspects.headline(page(study, *alone)).markdown))
    assert "nd, dans" not in text and "sont établis avant arrondi ;" in text


def test_a_first_wave_has_no_column_of_changes(study: Study, tmp_path: Path) -> None:
    first = page(study, row(wave="2024-1"), wave="2024-1", folder=tmp_path)
    found = "\n".join(markdown_lines(aspects.headline(first).markdown))
    assert "Évolution" not in found and found.startswith("## Les indicateurs\n")
    assert "C’est la première mesure, et il n’y a pas encore d’évolution à lire." in found
    assert trends.trend(first).markdown == ""


def test_a_channel_that_asks_another_question_stands_beside_only_by_its_dimension(
    study: Study,
) -> None:
    about = {"breakdown": "canal", "base": 200}
    rows = [
        row(category="invitation", category_label="Enquête sur invitation", **about),
        row(category="qr", category_label="QR code affiché", claim="C2", **about),
        row(category="borne", category_label="Borne", indicator="visages", item="Q01V", **about),
    ]
    assert "Borne" in results.channels(page(study, *rows)).markdown
    items = tuple(one.model_copy(update={"dimension": None}) for one in study.questionnaire.items)
    questionnaire = study.questionnaire.model_copy(update={"items": items})
    bare = study.model_copy(update={"questionnaire": questionnaire})
    bare.__dict__.pop("_items", None)  # what the other study has looked up
    assert "Borne" not in results.channels(page(bare, *rows)).markdown
    assert results.channels(page(study, rows[0])).markdown == "", "one channel compares nothing"


def test_channels_that_other_tables_bring_together_are_named(study: Study) -> None:
    """Without its invitations, the directorate's reference is all that is of claim C2."""
    dpaph = study.directorates[0].model_copy(update={"channels": ("qr", "papier")})
    two = study.model_copy(update={"directorates": (dpaph, *study.directorates[1:])})
    rows = [
        row(breakdown="canal", category=name, category_label=name, claim="C2", base=200)
        for name in ("qr", "papier")
    ]
    text = plain(results.channels(page(two, *rows)).markdown).replace("\\", "")
    assert (
        "Les autres résultats de cette page réunissent « QR code affiché » et « Questionnaire "
        "papier à l’accueil »." in text
    )
    assert "n’est jamais additionné" not in text


# --- method, and words of the study ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (("C1",), ["dans 95 enquêtes semblables sur 100"]),
        (("C2", "C3"), ["variabilité"]),
        (("C1", "C2"), ["dans 95 enquêtes semblables sur 100", "variabilité"]),
    ],
)
def test_only_the_intervals_of_the_edition_are_explained(
    study: Study, claims: tuple[str, ...], said: list[str]
) -> None:
    rows = [row(claim=claim, category=claim, breakdown="canal") for claim in claims]
    text = "\n".join(markdown_lines(method.reading_guide(page(study, *rows)).markdown))
    for words in ("dans 95 enquêtes semblables sur 100", "variabilité"):
        assert (words in text) == any(words in one for one in said), words


@pytest.mark.parametrize(
    ("suppressed", "fragile", "caution", "said"),
    [
        (
            5,
            20,
            50,
            "Rien n’est publié sous 5 avis (s) ; de 5 à 19 avis, le résultat n’est pas diffusé au "
            "public (nd) ; de 20 à 49, il est à prendre avec précaution. D’autres chiffres",
        ),
        (
            5,
            5,
            50,
            "Rien n’est publié sous 5 avis (s) ; de 5 à 49, il est à prendre avec précaution. "
            "D’autres chiffres",
        ),
        (5, 5, 5, "Rien n’est publié sous 5 avis (s). D’autres chiffres"),
    ],
)
def test_thresholds_that_are_one_are_said_once(
    study: Study, suppressed: int, fragile: int, caution: int, said: str
) -> None:
    thresholds = study.thresholds.model_copy(
        update={
            "suppressed_below": suppressed,
            "fragile_below": fragile,
            "caution_below": caution,
        }
    )
    terms = Terms(answers=Noun(one="avis", many="avis"))
    named = study.model_copy(update={"thresholds": thresholds, "terms": terms})
    assert markdown_lines(method.privacy(page(named)).markdown)[1].startswith(said)


def test_a_unit_is_called_as_the_study_does(study: Study) -> None:
    terms = Terms(unit=Noun(one="produit", many="produits"))
    rows = [row(base=400), row(directorate="def", base=500)]
    named = page(study.model_copy(update={"terms": terms}), *rows, directorate=None)
    text = "\n".join(markdown_lines(synthesis.summary(named).markdown))
    assert "\nProduit | Niveau | Évolution | Participation" in text


def test_only_what_the_study_has_is_said_to_be_fictitious(study: Study) -> None:
    def banner(**changes: Any) -> str:
        shown = page(study.model_copy(update=changes), row())
        return "\n".join(markdown_lines(results.banner(shown).markdown))

    bare = tuple(one.model_copy(update={"sites": ()}) for one in study.directorates)
    everything = "les réponses, les sites, les engagements et les chiffres de gestion présentés ici"
    assert f"{everything} sont fictifs" in banner()
    answered = {"commitments": (), "management": ()}
    assert "les réponses et les sites présentés ici sont fictifs" in banner(**answered)
    assert "les réponses présentées ici sont fictives. Elles" in banner(
        **answered, directorates=bare
    )


def test_a_count_that_is_not_available_is_explained(study: Study) -> None:
    about = {
        "layer": "answers",
        "indicator": "answers",
        "definition": "count",
        "kind": "count",
        "unit": "answers",
        "breakdown": "channel",
        "item": None,
    }
    rows = [
        row(**{**about, "category": "qr", **HIDDEN, "status": "nd"}),
        row(**{**about, "category": "invitation", "value": 40.0}),
    ]
    text = "\n".join(markdown_lines(method.collection(page(study, *rows)).markdown))
    assert "nd = non disponible, trop peu de réponses." in text


def test_profiles_that_are_all_hidden_are_a_sentence_and_no_table(study: Study) -> None:
    hidden = [row(breakdown="age", category=code, **HIDDEN) for code in "12"]
    said = (
        "Aucun profil n’est diffusé, faute d’assez de réponses ou pour que personne ne soit "
        "reconnu."
    )
    assert markdown_lines(results.profiles(page(study, *hidden)).markdown)[1:] == [said]
    shown = row(breakdown="age", category="3", base=90)
    assert "<table" in results.profiles(page(study, *hidden, shown)).markdown
