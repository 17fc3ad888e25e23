"""The DCAT description of an edition: who publishes which data, about when, under which licence.

W3C, *Data Catalog Vocabulary (DCAT), version 3*, as JSON-LD; languages and frequencies by the
vocabularies of the Publications Office of the European Union, as DCAT-AP asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from analysis.publishing.edition import Edition
from analysis.publishing.wording.language import Language
from analysis.study import Study
from analysis.study.languages import without_marks

MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"
AUTHORITY = "http://publications.europa.eu/resource/authority"

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

DESCRIPTION = "dcat.jsonld"
"""The file that holds it, beside the data."""

FILES = {
    "resultats.csv": "text/csv",
    "resultats.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "resultats.parquet": "application/vnd.apache.parquet",
    "dictionnaire.csv": "text/csv",
    "schema.json": "application/json",
}
"""The files of the data → their kinds, as the Internet Assigned Numbers Authority names them."""

LANGUAGES = {"fr": "FRA", "en": "ENG"}

FREQUENCIES = {
    "continuous": "CONT",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "semiannual": "ANNUAL_2",
    "annual": "ANNUAL",
    "irregular": "IRREG",
}
"""What a study says of how often there is an edition → the code of the vocabulary."""


def describe(
    study: Study, edition: Edition, *, simulated: bool, digests: Mapping[str, str]
) -> dict[str, Any]:
    """An edition's open data as a `dcat:Dataset`, its texts in each language of the study; what a
    study does not say is left out.

    Args:
        study: In all of its languages.
        edition: It covers the waves up to its own.
        simulated: Whether any of its data is; it is then said in words.
        digests: sha256 of each of `FILES`.

    """
    wave = study.wave(edition.wave)
    said_in = {code: study.in_language(code) for code in study.languages}

    def texts(write: Callable[[Study, Language], str]) -> list[dict[str, str]]:
        """A text in each language; what is the same in two stands once, in the first."""
        found: dict[str, str] = {}
        for code, said in said_in.items():
            found.setdefault(without_marks(write(said, Language.of(code))), code)
        return [{"@value": text, "@language": code} for text, code in found.items()]

    def title(said: Study, language: Language) -> str:
        return language.typeset(f"{said.title}, {said.wave(wave.id).label}")

    def description(said: Study, language: Language) -> str:
        notice = language.text("made_of_simulated") if simulated else ""
        sentences = [said.subtitle, said.mission or "", notice]
        return language.typeset(" ".join(f"{one.rstrip('.')}." for one in sentences if one))

    licence = {"@id": study.licence.url}
    first = study.waves_until(wave.id)[0]
    dataset: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": "./",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{study.id}/{wave.id}/v{edition.version}",
        "dct:title": texts(title),
        "dct:description": texts(description),
        "dct:publisher": {
            "@type": "foaf:Agent",
            "foaf:name": texts(lambda said, _: said.publisher),
        },
        "dct:issued": _day(edition.published),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(first.start),
            "dcat:endDate": _day(wave.end),
        },
        "dct:language": [{"@id": f"{AUTHORITY}/language/{LANGUAGES[code]}"} for code in said_in],
        "dct:license": licence,
        "dcat:version": edition.version,
        "dcat:distribution": [_distribution(name, digests[name], licence) for name in FILES],
    }
    if edition.provisional:
        dataset["adms:versionNotes"] = texts(lambda _, language: edition.label(language))
    if edition.supersedes is not None:
        dataset["dcat:previousVersion"] = {"@id": f"../../v{edition.supersedes}/data/"}
        reason = {"@value": edition.reason, "@language": study.language}
        dataset["adms:versionNotes"] = [reason]
    if simulated:
        dataset["dcat:keyword"] = texts(lambda _, language: language.text("simulated_mark"))
    if study.contact:
        names = texts(lambda said, _: said.contact or "")
        dataset["dcat:contactPoint"] = _contact(names, study.contact_address)
    if study.frequency:
        frequency = {"@id": f"{AUTHORITY}/frequency/{FREQUENCIES[study.frequency]}"}
        dataset["dct:accrualPeriodicity"] = frequency
    if study.landing_page:
        dataset["dcat:landingPage"] = {"@id": study.landing_page}
    return dataset


def _distribution(name: str, digest: str, licence: dict[str, str]) -> dict[str, Any]:
    """One of the files of the data, which lie beside the description, with its digest."""
    described = {"dct:conformsTo": {"@id": "schema.json"}} if name == "resultats.csv" else {}
    return {
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dcat:accessURL": {"@id": name},
        "dcat:downloadURL": {"@id": name},
        "dcat:mediaType": {"@id": f"{MEDIA_TYPES}{FILES[name]}"},
        **described,
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": f"{CONTEXT['spdx']}checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": digest, "@type": "xsd:hexBinary"},
        },
        "dct:license": licence,
    }


def _contact(names: list[dict[str, str]], address: str | None) -> dict[str, Any]:
    """Who answers questions, and where they are written to."""
    contact: dict[str, Any] = {"@type": "vcard:Kind", "vcard:fn": names}
    if address is None:
        return contact
    if "://" in address:
        return contact | {"vcard:hasURL": {"@id": address}}
    return contact | {"vcard:hasEmail": {"@id": f"mailto:{address}"}}


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}
