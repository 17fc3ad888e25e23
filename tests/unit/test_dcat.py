"""The DCAT description of an edition, read back as the triples that a portal would harvest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib

from analysis.editions.dcat import FILES, FREQUENCIES, LANGUAGES, describe
from analysis.editions.open_data import write_open_data
from analysis.publishing.edition import Edition
from analysis.study import Study
from analysis.study.field import WavesFile
from tests.released import released, row

DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
XSD_DATE = "http://www.w3.org/2001/XMLSchema#date"


EDITION = Edition(wave="2026-2", version="1.0.0", published=date(2026, 11, 16))
DIGESTS = dict.fromkeys(FILES, "0" * 64)


def expanded(name: str, context: dict[str, str]) -> str:
    """A compact name as the address that it stands for; KeyError where its prefix is unknown."""
    prefix, _, local = name.partition(":")
    return f"{context[prefix]}{local}"


def triples(node: dict[str, Any], context: dict[str, str], subject: str = "_:0") -> Iterator[Any]:
    """Subject, predicate and object of each statement of a node; an object is (value, type or
    language), or the address of a thing."""
    for name, content in node.items():
        if name in ("@context", "@id"):
            continue
        if name == "@type":
            yield subject, "rdf:type", expanded(content, context)
            continue
        for place, value in enumerate(content if isinstance(content, list) else [content]):
            predicate = expanded(name, context)
            if isinstance(value, str):
                yield subject, predicate, (value, None)
            elif "@value" in value:
                kind = value.get("@language") or expanded(value["@type"], context)
                yield subject, predicate, (value["@value"], kind)
            elif set(value) == {"@id"}:
                yield subject, predicate, value["@id"]
            else:
                inner = f"{subject}/{name}{place}"
                yield subject, predicate, inner
                yield from triples(value, context, inner)


def harvested(study: Study, folder: Path) -> dict[tuple[str, str], list[Any]]:
    write_open_data(released(row()), study, EDITION, folder)
    read = json.loads((folder / "dcat.jsonld").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], list[Any]] = {}
    for subject, predicate, value in triples(read, read["@context"]):
        found.setdefault((subject, predicate), []).append(value)
    return found


def changed(study: Study, **fields: Any) -> Study:
    return study.with_only(study.visible_fields() | fields)


def test_a_portal_finds_who_what_when_and_under_which_licence(study: Study, tmp_path: Path) -> None:
    full = changed(
        study.in_language("fr"),
        contact_address="observatoire@usagers.example",
        landing_page="https://usagers.example/barometre",
    )
    found = harvested(full, tmp_path)
    about = {predicate: value for (subject, predicate), value in found.items() if subject == "_:0"}
    assert about["rdf:type"] == [f"{DCAT}Dataset"]
    assert about[f"{DCT}title"] == [("Baromètre des usagers, 2ᵉ semestre 2026", "fr")]
    assert about[f"{DCT}issued"] == [("2026-11-16", XSD_DATE)]
    assert about[f"{DCT}language"][0].endswith("/language/FRA")
    assert about[f"{DCT}accrualPeriodicity"][0].endswith("/frequency/ANNUAL_2")
    assert about[f"{DCAT}landingPage"] == ["https://usagers.example/barometre"]
    assert "licence-ouverte" in about[f"{DCT}license"][0]
    (publisher,) = about[f"{DCT}publisher"]
    assert found[publisher, "http://xmlns.com/foaf/0.1/name"] == [
        ("Département de la Seine-Saint-Denis", "fr")
    ]
    (contact,) = about[f"{DCAT}contactPoint"]
    vcard = "http://www.w3.org/2006/vcard/ns#"
    assert found[contact, f"{vcard}hasEmail"] == ["mailto:observatoire@usagers.example"]
    assert found[contact, f"{vcard}fn"] == [("Mission transformation de l’administration", "fr")]
    (period,) = about[f"{DCT}temporal"]
    ends = [found[period, f"{DCAT}{name}"][0] for name in ("startDate", "endDate")]
    assert ends == [("2024-01-01", XSD_DATE), ("2026-10-31", XSD_DATE)]
    assert all(date.fromisoformat(day) for day, _ in ends)
    files = about[f"{DCAT}distribution"]
    named = [found[one, f"{DCAT}downloadURL"] for one in files]
    named += [found[files[0], f"{DCT}conformsTo"]]
    assert len(files) == 5 and ["resultats.csv"] in named
    assert [name for (name,) in named if not (tmp_path / name).is_file()] == []
    for one, (name,) in zip(files, named, strict=False):
        (checksum,) = found[one, "http://spdx.org/rdf/terms#checksum"]
        told = found[checksum, "http://spdx.org/rdf/terms#checksumValue"]
        digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert told == [(digest, "http://www.w3.org/2001/XMLSchema#hexBinary")]


def test_what_a_study_does_not_say_is_left_out(study: Study) -> None:
    bare = changed(study, contact=None, mission=None, frequency=None)
    described = describe(bare, EDITION, simulated=False, digests=DIGESTS)
    said = describe(study, EDITION, simulated=False, digests=DIGESTS)
    assert set(said) - set(described) == {"dcat:contactPoint", "dct:accrualPeriodicity"}
    assert "None" not in json.dumps(described)


def test_simulated_data_says_so_and_other_data_does_not(study: Study) -> None:
    said = describe(study, EDITION, simulated=True, digests=DIGESTS)
    assert {"@value": "données simulées", "@language": "fr"} in said["dcat:keyword"]
    notices = {"fr": "simulées", "en": "imulated"}
    assert all(notices[one["@language"]] in one["@value"] for one in said["dct:description"])
    real = describe(study, EDITION, simulated=False, digests=DIGESTS)
    assert "simul" not in json.dumps(real)


def test_a_correction_names_the_version_before_it_and_why(study: Study) -> None:
    about = {"version": "1.1.0", "supersedes": "1.0.0", "reason": "Un doublon.", "signer": "x"}
    corrected = Edition(**{**EDITION.model_dump(), **about})
    said = describe(study, corrected, simulated=False, digests=DIGESTS)
    assert said["dcat:previousVersion"] == {"@id": "../../v1.0.0/data/"}
    assert said["adms:versionNotes"] == [{"@value": "Un doublon.", "@language": "fr"}]
    assert "dcat:previousVersion" not in describe(study, EDITION, simulated=False, digests=DIGESTS)


SHAPES = Path(__file__).parents[1] / "publication" / "dcat_ap.ttl"
PLACE = "https://usagers.example/cd93/2026-2/v1.1.0/data/"


def shaped(described: dict[str, Any]) -> tuple[bool, str, rdflib.Graph]:
    """Whether a description has the shape of DCAT-AP, what is wrong, and what it says."""
    graph = rdflib.Graph().parse(
        data=json.dumps(described), format="json-ld", publicID=f"{PLACE}dcat.jsonld"
    )
    shapes = rdflib.Graph().parse(SHAPES)
    right, _, told = pyshacl.validate(graph, shacl_graph=shapes)
    return right, told, graph


def test_a_description_has_the_shape_that_portals_of_the_union_ask_for(study: Study) -> None:
    about = {"version": "1.1.0", "supersedes": "1.0.0", "reason": "Un doublon.", "signer": "x"}
    full = changed(study, contact_address="a@usagers.example", landing_page="https://a.example/")
    corrected = Edition(**{**EDITION.model_dump(), **about})
    said = describe(full, corrected, simulated=True, digests=DIGESTS)
    right, told, graph = shaped(said)
    assert right, told
    former = graph.value(rdflib.URIRef(PLACE), rdflib.URIRef(f"{DCAT}previousVersion"))
    assert str(former) == PLACE.replace("v1.1.0", "v1.0.0")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said.pop("dct:title"),
        lambda said: said.pop("@id"),
        lambda said: said["dcat:distribution"][1].pop("dcat:accessURL"),
        lambda said: said["dct:publisher"].pop("foaf:name"),
        lambda said: said.update({"dct:issued": "2026-11-16"}),
        lambda said: said.update({"dct:language": "fr"}),
        lambda said: said["dct:title"].append(said["dct:title"][0] | {"@value": "Autre"}),
    ],
)
def test_a_description_that_portals_would_refuse_is_seen(
    study: Study, spoil: Callable[[dict[str, Any]], None]
) -> None:
    said = describe(study, EDITION, simulated=False, digests=DIGESTS)
    spoil(said)
    assert not shaped(said)[0]


def test_a_study_in_two_languages_is_described_in_both(study: Study) -> None:
    both = changed(study, languages=("fr", "en"))
    said = describe(both, EDITION, simulated=False, digests=DIGESTS)
    for name in ("dct:title", "dct:description"):
        assert [one["@language"] for one in said[name]] == ["fr", "en"]
    only = [{"@value": "Département de la Seine-Saint-Denis", "@language": "fr"}]
    assert said["dct:publisher"]["foaf:name"] == only, "what is not translated is said once"
    assert [one["@id"][-3:] for one in said["dct:language"]] == ["FRA", "ENG"]


def test_a_prefix_that_the_context_lacks_would_be_seen(study: Study) -> None:
    described = describe(study, EDITION, simulated=False, digests=DIGESTS)
    del described["@context"]["vcard"]
    with pytest.raises(KeyError, match="vcard"):
        list(triples(described, described["@context"]))


def test_each_language_and_frequency_has_its_code(study: Study) -> None:
    schema = WavesFile.model_json_schema()["properties"]["frequency"]
    assert set(schema["anyOf"][0]["enum"]) == set(FREQUENCIES)
    assert study.language in LANGUAGES
