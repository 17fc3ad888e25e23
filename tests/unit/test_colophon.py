"""Who speaks, of what, when: at the head and the foot of each page."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.publishing.pages import colophon
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.study import Study
from tests.released import page
from tests.unit.test_pages import answers, lines
from tests.unit.test_participation import measure

INVITED = {"category_label": "Enquête sur invitation"}
ROWS = [
    answers("invitation", "dpaph", 1069) | INVITED,
    answers("invitation", "def", 1395) | INVITED,
    answers("qr", "dpaph", 176),
    measure("drawn", 3100),
    measure("RR2", 0.345),
]


def changed(study: Study, **fields: Any) -> Study:
    return study.with_only(study.visible_fields() | fields)


def facts(study: Study, *rows: dict[str, Any], directorate: str | None = None) -> dict[str, str]:
    """The names at the foot of a page, and what is said of each."""
    found = lines(colophon.foot(page(study, *rows, directorate=directorate)))
    assert found[0] == "## À propos de cette édition"
    pairs = [one.removeprefix("- **").split(" :** ", 1) for one in found[1:]]
    return dict(pairs)


def test_the_head_names_each_directorate_in_full_before_its_short_name(study: Study) -> None:
    assert lines(colophon.head(page(study, *ROWS, directorate=None))) == [
        "Département de la Seine-Saint-Denis. Recueil du 1ᵉʳ juillet au 31 octobre 2026. Direction "
        "de la population âgée et des personnes handicapées (DPAPH), 1 069 répondants ; Direction "
        "de l’enfance et de la famille (DEF), 1 395 répondants."
    ]


def test_on_a_directorate_s_own_page_the_title_has_named_it(study: Study) -> None:
    assert lines(colophon.head(page(study, *ROWS))) == [
        "Département de la Seine-Saint-Denis. Recueil du 1ᵉʳ juillet au 31 octobre 2026. 1 069 "
        "répondants."
    ]


def test_the_only_directorate_of_a_study_is_named_in_full_too(study: Study) -> None:
    alone = changed(study, directorates=study.directorates[:1])
    (said,) = lines(colophon.head(page(alone, *ROWS, directorate=None)))
    assert said.endswith("personnes handicapées (DPAPH), 1 069 répondants.")


def test_what_is_said_of_answers_is_recorded_with_its_figures(study: Study) -> None:
    (said,) = colophon.head(page(study, *ROWS)).sentences
    assert said["figures"] == [ROWS[0]["key"]] and said["place"] == "lead"
    (told,) = colophon.foot(page(study, *ROWS)).sentences
    assert told["figures"] == [ROWS[place]["key"] for place in (0, 3, 4)]


def test_a_sample_has_its_rate_and_others_a_number(study: Study) -> None:
    said = facts(study, *ROWS)["Participation"]
    assert said == (
        "DPAPH, 1 069 répondants (enquête sur invitation) pour un échantillon tiré de 3 100 "
        "personnes, soit un taux de réponse de 35 %. DEF, 1 395 répondants (enquête sur "
        "invitation). "
        "Tous n’ont pas répondu à chaque question."
    )


def test_a_number_that_is_hidden_is_said_to_be(study: Study) -> None:
    hidden = [answers("invitation", "dpaph", None)]
    assert lines(colophon.head(page(study, *hidden)))[0].endswith(
        "nombre de répondants non diffusé."
    )


def test_every_fact_stands_at_the_foot(study: Study) -> None:
    full = changed(
        study,
        contact_address="observatoire@usagers.example",
        landing_page="https://usagers.example/barometre",
    )
    found = facts(full, *ROWS, directorate="dpaph")
    assert list(found) == [
        *("Éditeur", "Mission", "Population", "Recueil", "Participation", "Prochaine édition"),
        *("Contact", "Écrire à", "Toutes les éditions", "Méthode", "Accessibilité"),
        *("Mentions légales", "Licence"),
    ]
    assert found["Prochaine édition"] == "prévue le 13 septembre 2027"
    assert found["Population"] == "usagers reçus"
    assert found["Écrire à"].endswith("(mailto:observatoire@usagers.example)")
    assert found["Méthode"] == "[Méthode et lecture](methode.html)"
    assert found["Accessibilité"].startswith("Non audité RGAA (référentiel général")


def test_in_short_the_page_on_method_says_the_rest(study: Study) -> None:
    (said,) = lines(colophon.foot_in_short(page(study, *ROWS, directorate=None)))
    assert said == (
        "**Prochaine édition :** prévue le 13 septembre 2027. **Contact :** Mission transformation "
        "de l’administration. **Licence :** Licence Ouverte 2.0, pour les textes et les données. "
        "**Méthode :** [Méthode et lecture, avec participation, accessibilité et mentions "
        "légales](methode.html)."
    )


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("mission", "Mission"),
        ("contact", "Contact"),
        ("legal_notice", "Mentions légales"),
    ],
)
def test_what_a_study_does_not_say_is_left_out(study: Study, field: str, name: str) -> None:
    assert name in facts(study) and name not in facts(changed(study, **{field: None}))
    assert all(facts(changed(study, **{field: None})).values())


def test_an_audit_is_told_in_the_study_s_words(study: Study) -> None:
    audited = changed(study, accessibility="Audit de mai 2026 : 82 % des critères sont respectés.")
    assert facts(audited)["Accessibilité"].startswith("Audit de mai 2026")


def test_no_next_edition_is_made_up(study: Study) -> None:
    last = study.waves[-1]
    silent = last.with_only(last.visible_fields() | {"next_publication": None})
    unplanned = changed(study, waves=(*study.waves[:-1], silent))
    assert "Prochaine édition" not in facts(unplanned)


@pytest.mark.parametrize(
    ("label", "acronym", "name"),
    [
        ("Direction de la voirie", "DV", "Direction de la voirie (DV)"),
        ("Central Library", "Central", "Central Library"),
        ("Branch Libraries", "Branches", "Branch Libraries (Branches)"),
        ("Direction du DVD", "DV", "Direction du DVD (DV)"),
    ],
)
def test_a_short_name_stands_in_brackets_where_it_is_no_part_of_the_full_one(
    study: Study, label: str, acronym: str, name: str
) -> None:
    one = study.directorates[0]
    unit = one.with_only(one.visible_fields() | {"label": label, "acronym": acronym})
    wording = Wording(study, Language.of("fr"), study.waves[-1])
    assert wording.directorate_name(unit) == name
