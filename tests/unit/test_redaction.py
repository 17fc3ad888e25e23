"""What a text loses before anybody reads it, and what it keeps."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.privacy import redact, redact_all

TELEPHONES = (
    "0612345678",
    "04 91 23 45 67",
    "06-12-34-56-78",
    "06\N{NO-BREAK SPACE}12\N{NO-BREAK SPACE}34\N{NO-BREAK SPACE}56\N{NO-BREAK SPACE}78",
    "06\N{NARROW NO-BREAK SPACE}12\N{NARROW NO-BREAK SPACE}34 56 78",
    "+33612345678",
    "0033612345678",
    "+33 (0) 4 91 23 45 67",
    "09 - 72 - 34 - 56 - 78",
    "06 123 456 78",
    "06_12_34_56_78",
    "06, 12, 34, 56, 78",
    "06\N{NON-BREAKING HYPHEN}12\N{NON-BREAKING HYPHEN}34 56 78",
    "06/12/34/56/78",
)
OTHERS = {
    "Helene_B+caf@sous.domaine-exemple.test": "[courriel]",
    "hélène@exemple.fr": "[courriel]",
    "http://exemple.fr": "[lien]",
    "185127510812345": "[numéro]",
    "1 85 12 75 108 123": "[numéro]",
    "1-85-12-75-108-123": "[numéro]",
    "2 99 01 2B 033 001 07": "[numéro]",
    "FR7630006000011234567890189": "[numéro]",
    "fr76 3000 6000 0112 3456 7890 189": "[numéro]",
    "4970 1012 3456 7890": "[numéro]",
    "123456": "[numéro]",
    "10.0.0.254": "[adresse]",
}
PIECES = (*TELEPHONES, *OTHERS, "M. Martin", "13001 Marseille", "le 12/03/2026", "45 min", "@", "")


@pytest.mark.parametrize("telephone", TELEPHONES)
def test_a_telephone_number_goes_however_it_is_spelled(telephone: str) -> None:
    assert redact(f"Appelez le {telephone}, merci.") == "Appelez le [téléphone], merci."


@pytest.mark.parametrize(("text", "sign"), OTHERS.items())
def test_what_identifies_goes_and_its_surroundings_stay(text: str, sign: str) -> None:
    assert redact(f"Avant {text} après.") == f"Avant {sign} après."


@pytest.mark.parametrize("telephone", TELEPHONES)
def test_a_number_with_a_digit_less_is_no_telephone_number(telephone: str) -> None:
    assert "[téléphone]" not in redact(f"Code {telephone[:-1]}.")


@pytest.mark.parametrize(
    "twin",
    [
        "16 12 34 56 78",
        "00 12 34 56 78",
        "06 12 34 56 789",
        "06     12 34 56 78",
        "3 85 12 75 108 123 45",
        "1 85 12 75 108 12",
        "12345",
        "10.0.0",
        "10.0.0.254.7",
        "jean.dupont@exemple",
        "jean.dupont.exemple.test",
        "http:/exemple",
        "ww.exemple",
    ],
)
def test_a_text_one_character_off_is_left_as_it_is(twin: str) -> None:
    assert redact(f"Avant {twin} après") == f"Avant {twin} après"


@pytest.mark.parametrize(
    "text",
    [
        "Le 01/02/2026 03/04/2026, du 01.02.2026 03:04 au 06-12-2026 08:30.",
        "Le 12/03/2026 à 14h30, puis le 2026-03-15 à 9:05:00.",
        "Ouvert de 8h00 à 12h00 et 13h30-17h00.",
        "J’ai payé 12 500,50 € sur 1 234 567 €.",
        "13001 Marseille, 2 rue du 8 mai 1945",
        "Guichet 4, note 7,5/10, article L. 232-1",
        "rendez-vous à 9 h @ la mairie",
        "Une attente de 3 à 4 mois, 2 appels sur 10",
    ],
)
def test_dates_times_prices_and_postal_codes_stay(text: str) -> None:
    assert redact(text) == text


def test_an_address_ends_a_sentence_and_a_number_follows_another() -> None:
    assert redact("depuis 10.0.0.254.") == "depuis [adresse]."
    assert redact("06 12 34 56 78+33 6 98 76 54 32") == "[téléphone][téléphone]"


def test_each_of_several_goes() -> None:
    text = "a@exemple.fr,b@exemple.fr ; 06 12 34 56 78/07.98.76.54.32 ; 123456 et 654321"
    assert redact(text) == (
        "[courriel],[courriel] ; [téléphone]/[téléphone] ; [numéro] et [numéro]"
    )


def test_a_link_takes_the_address_and_the_numbers_it_holds_with_it() -> None:
    assert redact("voir https://exemple.fr/?id=20241234&tel=0612345678 svp") == "voir [lien] svp"


@given(st.lists(st.sampled_from(PIECES), max_size=6), st.sampled_from([" ", ", ", "\n"]))
def test_a_redacted_text_has_nothing_left_to_redact(pieces: list[str], between: str) -> None:
    once = redact(between.join(pieces))
    assert redact(once) == once


@given(st.text(alphabet="0123456789 .-/+@()abwFR:[]\N{EN DASH}\N{NO-BREAK SPACE}é", max_size=40))
def test_a_column_misses_no_text_that_would_change_alone(text: str) -> None:
    assert redact_all(pl.Series(["rien", text, "www.x"])).to_list() == [
        "rien",
        redact(text),
        "[lien]",
    ]
