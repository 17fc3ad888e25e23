"""An edition in the languages of its study: one site, each page beside its twin; and what simulated
data says in the properties of each file."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pypdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile
from ruamel.yaml import YAML

from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.pages import read_configuration
from analysis.publishing.rendering.quarto import QuartoRenderer
from tests.conftest import after_its_edition, alter, observatoire
from tests.publication.published_pages import PAGES

FOLDERS = {"fr": "", "en": "en/"}
TWINS = {"fr": ("../", "fr", "Version française"), "en": ("en/", "en", "English version")}
"""Language → how a page of the other one links to a page in it."""

SIMULATED = {"fr": "données simulées", "en": "simulated data"}


def page(published: Path, code: str, name: str) -> str:
    path = published / "_site" / FOLDERS[code] / f"{name}.html"
    return path.read_text(encoding="utf-8")


def links_to_twins(text: str) -> list[tuple[str, str, str]]:
    """Address, language and words of the links of a page to itself in another language."""
    found = re.findall(r'<a href="([^"]*)"\s+lang="(\w+)"\s+hreflang="(\w+)"\s*>([^<]*)</a>', text)
    assert all(lang == hreflang for _, lang, hreflang, _ in found)
    return [(address, lang, words) for address, lang, _, words in found]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("code", "other"), [("fr", "en"), ("en", "fr")])
def test_each_page_links_to_its_twin_which_is_there(
    published: Path, name: str, code: str, other: str
) -> None:
    text = page(published, code, name)
    up, lang, words = TWINS[other]
    assert f'<html lang="{code}"' in text
    assert links_to_twins(text) == [(f"{up}{name}.html", lang, words)]
    folder = published / "_site" / FOLDERS[code]
    local = re.findall(r'(?:href|src)="(?!https?:|data:|#)([^"#]+)', text)
    assert len(local) > 8
    assert [address for address in local if not (folder / address).resolve().is_file()] == []


@pytest.mark.parametrize(("code", "titles"), [("fr", "Synthèse"), ("en", "Summary")])
def test_the_pages_of_a_language_are_named_in_it_and_lead_to_one_another(
    published: Path, code: str, titles: str
) -> None:
    text = page(published, code, "methode")
    navigation = re.search(r'<nav class="pages".*?</nav>', text, re.DOTALL)
    assert navigation is not None
    found = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', navigation[0])
    assert [address for address, _ in found] == [f"{name}.html" for name in PAGES]
    assert found[0][1] == titles


def test_open_data_and_theme_stand_once(published: Path) -> None:
    names = [path.relative_to(published).as_posix() for path in published.rglob("*")]
    for name in ("resultats.csv", "theme.css", "public.parquet"):
        assert sum(one.endswith(f"/{name}") for one in names if "_site" not in one) == 1, name
    assert "_site/en/data" not in names and "_site/en/theme" not in names


def sentences(published: Path, code: str) -> list[dict[str, Any]]:
    path = published / FOLDERS[code] / "sentences.json"
    return list(json.loads(path.read_text(encoding="utf-8")))


def test_both_languages_say_the_same_of_the_same_figures_in_other_words(published: Path) -> None:
    french, english = sentences(published, "fr"), sentences(published, "en")
    about = [("page", "section", "rule", "figures")] * 2
    assert len(french) > 20
    assert [[one[key] for key in about[0]] for one in french] == [
        [one[key] for key in about[1]] for one in english
    ]
    same = [one["text"] for one, other in zip(french, english, strict=True) if one == other]
    assert same == []
    words = {"fr": r"\b(?:the|and|of|answers)\b", "en": r"\b(?:les|des|est|réponses)\b|[éèêà]"}
    for code, listed in (("fr", french), ("en", english)):
        assert [one["text"] for one in listed if re.search(words[code], one["text"])] == []
        assert [one["text"] for one in listed if re.search("[\ue000-\uf8ff]", one["text"])] == []


@pytest.mark.parametrize("code", FOLDERS)
def test_figures_are_drawn_in_each_language(published: Path, code: str) -> None:
    for name in PAGES:
        folder = published / FOLDERS[code]
        for source in re.findall(r'<img src="([^"]+)"', page(published, code, name)):
            assert (published / "_site" / FOLDERS[code] / source).is_file()
            raster = Image.open((folder / source).with_suffix(".png"))
            assert isinstance(raster, PngImageFile)
            assert raster.text == {"Source": SIMULATED[code]}
            drawn = (folder / source).read_text(encoding="utf-8")
            assert f"<dc:source>{SIMULATED[code]}</dc:source>" in drawn


@pytest.mark.parametrize("code", FOLDERS)
def test_simulated_data_says_so_in_the_properties_of_pdf_and_docx(
    published: Path, code: str
) -> None:
    for name in PAGES:
        stem = published / "_site" / FOLDERS[code] / name
        reader = pypdf.PdfReader(stem.with_suffix(".pdf"))
        assert reader.metadata is not None
        assert SIMULATED[code] in reader.metadata["/Keywords"]
        assert reader.trailer["/Root"]["/Lang"] == {"fr": "fr-FR", "en": "en-GB"}[code]
        xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode("utf-8")
        assert SIMULATED[code] in xmp
        with zipfile.ZipFile(stem.with_suffix(".docx")) as document:
            properties = document.read("docProps/core.xml").decode("utf-8")
            keywords = re.search(r"<cp:keywords>([^<]*)</cp:keywords>", properties)
            assert keywords is not None and SIMULATED[code] in keywords[1]
            body = document.read("word/document.xml").decode("utf-8")
            assert header_of(document, body).lower().endswith(SIMULATED[code])


def header_of(document: zipfile.ZipFile, body: str) -> str:
    """The words at the top of each page of a document: those of the header that its only section
    names."""
    assert body.count("<w:sectPr") == 1 and "titlePg" not in body
    named = re.findall(r"<w:headerReference ([^>]*)/>", body)
    assert len(named) == 1 and 'w:type="default"' in named[0]
    identifier = re.search(r'r:id="([^"]+)"', named[0])
    relations = document.read("word/_rels/document.xml.rels").decode("utf-8")
    assert identifier is not None
    target = re.search(rf'<[^>]*Id="{identifier[1]}"[^>]*Target="([^"]+)"', relations) or re.search(
        rf'<[^>]*Target="([^"]+)"[^>]*Id="{identifier[1]}"', relations
    )
    assert target is not None
    text = document.read(f"word/{target[1]}").decode("utf-8")
    return re.sub(r"<[^>]+>", "", text).strip()


def test_simulated_data_says_so_in_open_data(published: Path) -> None:
    described = json.loads((published / "data" / "dcat.jsonld").read_text(encoding="utf-8"))
    assert {one["@language"]: one["@value"] for one in described["dcat:keyword"]} == SIMULATED
    said = {one["@language"]: one["@value"] for one in described["dct:description"]}
    assert set(said) == set(SIMULATED)
    for code, text in said.items():
        assert SIMULATED[code] in text.lower()
    frame = pl.read_csv(published / "data" / "resultats.csv")
    assert frame.get_column("simule").to_list() == [True] * frame.height


@pytest.mark.skipif(shutil.which("quarto") is None, reason="Quarto is not installed")
def test_quarto_makes_the_same_site(published: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(published, project)
    shutil.rmtree(project / "_site")
    renderer = QuartoRenderer(Path(str(shutil.which("quarto"))))
    for code, folder in FOLDERS.items():
        configuration = read_configuration(project / folder)
        configuration["project"]["render"] = ["methode.ipynb"]
        with (project / folder / "_quarto.yml").open("w", encoding="utf-8") as stream:
            YAML(typ="safe", pure=True).dump(configuration, stream)
        renderer.render(project / folder, epoch=1)
        text = (project / "_site" / folder / "methode.html").read_text(encoding="utf-8")
        (other,) = set(FOLDERS) - {code}
        up, lang, words = TWINS[other]
        assert links_to_twins(text) == [(f"{up}methode.html", lang, words)]
        assert f'lang="{code}"' in text[:200]
        pdf = pypdf.PdfReader(project / "_site" / folder / "methode.pdf")
        assert pdf.metadata is not None and SIMULATED[code] in pdf.metadata["/Keywords"]
        with zipfile.ZipFile(project / "_site" / folder / "methode.docx") as document:
            body = document.read("word/document.xml").decode("utf-8")
            assert header_of(document, body).lower().endswith(SIMULATED[code])


def test_a_text_in_one_language_only_is_marked_and_real_data_says_nothing_of_simulation(
    published: Path, tmp_path: Path
) -> None:
    """The pages of a study that is translated in part, rendered alone."""
    project = tmp_path / "project"
    shutil.copytree(published, project)
    assert '<span lang="fr">Département de la Seine-Saint-Denis</span>' in page(
        published, "en", "index"
    )
    assert '<span lang="fr">' not in page(published, "fr", "index")
    english = project / "en"
    configuration = read_configuration(english)
    configuration["project"]["render"] = ["index.ipynb"]
    configuration["keywords"].remove(SIMULATED["en"])
    configuration["simulated"] = False
    with (english / "_quarto.yml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(configuration, stream)
    EmbeddedRenderer().render(english, epoch=1)
    reader = pypdf.PdfReader(project / "_site" / "en" / "index.pdf")
    assert reader.metadata is not None and SIMULATED["en"] not in reader.metadata["/Keywords"]
    with zipfile.ZipFile(project / "_site" / "en" / "index.docx") as document:
        properties = document.read("docProps/core.xml").decode("utf-8")
        assert "<cp:keywords>" in properties and SIMULATED["en"] not in properties


HOSTILE = 'Dép "93" #1 \\x <script>alert(1)</script> @mdph $a$'


@pytest.fixture(scope="module")
def rewritten(small: Path, published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a study with some texts in one language only, and others that are hostile."""
    workspace = after_its_edition(small, published, tmp_path_factory.mktemp("rewritten"))
    params = workspace / "params" / "cd93"
    publisher = "publisher: Département de la Seine-Saint-Denis"
    alter(params / "study.yml", publisher, f"publisher: '{HOSTILE}'")
    acronym = "acronym: 'A\\D <img src=x onerror=alert(2)> $f'"
    alter(params / "directorates.yml", "acronym:\n    en: DEF\n    fr: DEF", acronym)
    alter(
        params / "study.yml",
        "title: {fr: Baromètre des usagers, en: Service Users’ Barometer}",
        "title: Baromètre des usagers",
    )
    alter(
        params / "indicators.yml",
        "label: {fr: Satisfaction globale, en: Overall satisfaction}",
        'label: "Satisfaction globale : la « vôtre »"',
    )
    alter(params / "study.yml", ', en: "Kiosks count presses, which are not people."}', "}")
    done = observatoire(workspace, "publish")
    assert done.returncode == 0, done.stderr
    return workspace / done.stdout.strip().splitlines()[-1] / "_site"


def test_texts_of_the_parameters_are_only_text(rewritten: Path) -> None:
    for path in rewritten.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text and "<img src=x" not in text
    pdf = pypdf.PdfReader(rewritten / "index.pdf")
    printed = "".join(one.extract_text() for one in pdf.pages)
    assert 'Dép "93" #1 \\x <script>' in " ".join(printed.split())


def test_a_study_with_texts_in_one_language_is_published_in_both(rewritten: Path) -> None:
    marked = '<span lang="fr">Satisfaction globale\u00a0: la «\u00a0vôtre\u00a0»</span>'
    text = (rewritten / "en" / "direction-dpaph.html").read_text(encoding="utf-8")
    assert text.count(marked) > 3
    assert re.search(r"<title>[^<]*Baromètre des usagers", text)
    assert "qui ne sont pas des personnes.</span>" in text
    assert "personnes.</span>." not in text
    for path in rewritten.rglob("*"):
        if path.suffix in (".html", ".svg"):
            assert not re.search("[\ue000-\uf8ff]", path.read_text(encoding="utf-8")), path
    alt = re.findall(r'alt="([^"]*)"', text)
    assert any("Satisfaction globale\u00a0: la" in one for one in alt)
    assert not any("lang=" in one or "span" in one for one in alt)
