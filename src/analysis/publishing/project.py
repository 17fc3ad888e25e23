"""The Quarto projects of an edition, one per language: configuration, theme, and pages with their
front matter.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from ruamel.yaml import YAML

from analysis.publishing import fonts
from analysis.publishing.blocks import IMAGES_FOLDER, SENTENCES, escape_markdown
from analysis.publishing.edition import Edition
from analysis.publishing.rendering.pages import is_comment
from analysis.publishing.rendering.word import reference_document
from analysis.publishing.wording.language import Language
from analysis.study import Study, Wave
from analysis.study.kinds import LanguageCode
from analysis.study.languages import without_marks

SENTENCES_FILE = "sentences.json"
"""The file that says of each sentence by which rule and from which figures it is made."""

REFERENCE = "reference.docx"
"""The file that documents for word processors take their styles and header from."""

FONTS = "fonts"
"""Folder of the fonts that documents on paper are set in."""

NO_BREAK = "\N{NO-BREAK SPACE}"

REGIONS: dict[LanguageCode, str] = {"fr": "FR", "en": "GB"}
"""Whose way of writing a language it is."""


@dataclass(frozen=True)
class ProjectPage:
    """A page of an edition.

    Attributes:
        stem: Of its file.
        title: At its head, with names in full.
        short_title: In the navigation.
        notebook: The executed one that it is made from.
        in_bar: Whether the navigation leads to it; the page of its department does otherwise.

    """

    stem: str
    title: str
    short_title: str
    notebook: Path
    in_bar: bool = True

    @property
    def images(self) -> Path:
        """The folder of its images."""
        return self.notebook.parent / IMAGES_FOLDER


def sentences_of(page: ProjectPage) -> list[dict[str, Any]]:
    """The sentences of a page, in their order: page, section, place, rule, keys of the released
    figures they are made from, text.
    """
    notebook = nbformat.read(page.notebook, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [
        {"page": page.stem, **sentence}
        for output in outputs
        for sentence in output.get("data", {}).get(SENTENCES, [])
    ]


def project_folders(folder: Path, study: Study) -> dict[LanguageCode, Path]:
    """Where the project of each language of a study lies in an edition's folder: the main one is
    the folder itself, each other lies in it.
    """
    return {code: folder / _below(code, study) for code in study.languages}


def _below(code: LanguageCode, study: Study) -> str:
    """Where pages of a language lie, seen from those of the main one."""
    return "" if code == study.language else f"{code}/"


def write_project(
    folder: Path,
    base: Path,
    pages: Mapping[LanguageCode, Sequence[ProjectPage]],
    study: Study,
    edition: Edition,
    *,
    simulated: bool,
) -> None:
    """Completes an edition's folder: `theme/`, `fonts/` (those of paper) and, per language,
    `_quarto.yml`, `figures/`, one notebook per page, and `sentences.json`, which says of each
    sentence by which rule and from which figures it is made.

    Every text in them is Markdown to both renderers, and escaped so that none of it is markup.

    Args:
        folder: The edition's folder, where `data/` lies already.
        base: The workspace's `reports/`, which holds the base configuration and the theme.
        pages: Language → the pages in it, the same ones in each.
        study: In all of its languages.

    """
    wave = study.wave(edition.wave)
    shutil.copytree(base / "theme", folder / "theme")
    fonts.write_web_fonts(folder / "theme")
    (folder / FONTS).mkdir()
    for file in fonts.font_files(study):
        shutil.copyfile(file, folder / FONTS / file.name)
    yaml = YAML(typ="safe", pure=True)
    for code, project in project_folders(folder, study).items():
        project.mkdir(exist_ok=True)
        for page in pages[code]:
            if page.images.exists():
                shutil.copytree(page.images, project / IMAGES_FOLDER, dirs_exist_ok=True)
        configuration = yaml.load((base / "_quarto.yml").read_text(encoding="utf-8"))
        if code != study.language:
            _place_below(configuration, code)
        configuration["project"]["render"] = [f"{page.stem}.ipynb" for page in pages[code]]
        language, said = Language.of(code), study.in_language(code)
        root = "" if code == study.language else "../"
        configuration |= _texts(
            said, said.wave(wave.id), edition, pages[code], simulated=simulated, root=root
        )
        configuration["format"]["docx"]["reference-doc"] = REFERENCE
        mark = language.text("simulated_title") if simulated else ""
        if mark:  # on every page of paper
            header = f"#set page(header: align(right, text(size: 7pt, [{mark}])))"
            configuration["format"]["typst"]["include-in-header"].append({"text": header})
        heading = f"{said.title}, {said.wave(wave.id).label}"
        (project / REFERENCE).write_bytes(
            reference_document(
                header=(without_marks(language.typeset(heading)), mark),
                footer=edition.label(language),
            )
        )
        writer = YAML()
        writer.default_flow_style = False
        writer.allow_unicode = True
        with (project / "_quarto.yml").open("w", encoding="utf-8") as stream:
            writer.dump(configuration, stream)
        sentences = [sentence for page in pages[code] for sentence in sentences_of(page)]
        (project / SENTENCES_FILE).write_text(
            json.dumps(sentences, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        for page in pages[code]:
            (project / f"{page.stem}.ipynb").write_text(
                _with_front_matter(page, _twins(page, code, study)), encoding="utf-8"
            )


def _place_below(configuration: dict[str, Any], code: LanguageCode) -> None:
    """Makes the configuration of a project that of one which lies in the project of the main
    language, and shares its theme, its data and its site.
    """
    configuration["project"]["output-dir"] = f"../{configuration['project']['output-dir']}/{code}"
    configuration["project"]["resources"] = []
    configuration["edition-root"] = "../"
    html, typst = configuration["format"]["html"], configuration["format"]["typst"]
    html["css"] = f"../{html['css']}"
    for key in ("font-paths", "include-in-header"):
        typst[key] = [f"../{path}" for path in typst[key]]


def _texts(
    study: Study,
    wave: Wave,
    edition: Edition,
    pages: Sequence[ProjectPage],
    *,
    simulated: bool,
    root: str,
) -> dict[str, object]:
    """What a project says around its pages, in the one language of a study."""
    language = Language.of(study.language)
    edition_title = edition.label(language)
    title = language.typeset(f"{study.title}, {wave.label}")
    notice = language.text("made_of_simulated") if simulated else ""
    about = " ".join(filter(None, (without_marks(language.typeset(study.subtitle)), notice)))
    return {
        "simulated": simulated,
        "lang": language.code,
        "region": REGIONS[study.language],
        "author": escape_markdown(without_marks(study.publisher)),
        "date": edition.published.isoformat(),
        "subtitle": escape_markdown(edition_title),
        "description": escape_markdown(about),
        "crossref": {
            "title-delim": f"{NO_BREAK}–",
            **{
                f"{name}-{part}": language.text(word)
                for name, word in (("fig", "figure"), ("tbl", "table"))
                for part in ("title", "prefix")
            },
        },
        "keywords": [
            escape_markdown(without_marks(language.typeset(keyword)))
            for keyword in (
                *_keywords(study, wave),
                *([language.text("simulated_mark")] if simulated else []),
            )
        ],
        "website": {
            "search": False,
            "title": escape_markdown(without_marks(title)),
            "description": escape_markdown(language.typeset(study.subtitle)),
            "navbar": {
                "left": [
                    {
                        "href": f"{page.stem}.ipynb",
                        "text": escape_markdown(without_marks(page.short_title)),
                    }
                    for page in pages
                    if page.in_bar
                ],
                "right": [
                    {
                        "href": f"{root}data/resultats.{suffix}",
                        "text": escape_markdown(language.text(word)),
                    }
                    for suffix, word in (("csv", "data"), ("xlsx", "workbook"))
                ],
            },
            "page-footer": escape_markdown(
                f"{study.publisher}. {edition_title}. "
                f"{language.text('licence', licence=language.typeset(study.licence.name))}"
            ),
        },
    }


def _keywords(study: Study, wave: Wave) -> list[str]:
    """By what a file of an edition is found once it has left its folder."""
    names = [directorate.label for directorate in study.directorates]
    return [study.title, *names, wave.label]


def _twins(page: ProjectPage, code: LanguageCode, study: Study) -> str:
    """The links from a page to itself in the other languages, as Markdown; none on paper."""
    up = "" if code == study.language else "../"
    links = []
    for other in study.languages:
        if other != code:
            language, target = Language.of(other), f"{up}{_below(other, study)}{page.stem}.html"
            called = language.text("this_language")
            links.append(f"[{called}]({target}){{lang={other} hreflang={other}}}")
    if not links:
        return ""
    return "\n\n".join(['::: {.content-visible when-format="html"}', "\\\n".join(links), ":::"])


def _with_front_matter(page: ProjectPage, twins: str) -> str:
    """The notebook of a page as renderers read it: its front matter, links to its twins, and its
    blocks' Markdown, without what the analyst told themselves.
    """
    notebook = nbformat.read(page.notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not is_comment(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":  # a warning of a library is no part of a page
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                if SENTENCES in output.get("data", {}):  # a block: what a notebook shows of it goes
                    output.data = {"text/markdown": output.data["text/markdown"]}
    title = json.dumps(escape_markdown(without_marks(page.title)), ensure_ascii=False)
    first = [nbformat.v4.new_raw_cell(f"---\ntitle: {title}\n---", id="front-matter")]
    if twins:
        first.append(nbformat.v4.new_markdown_cell(twins, id="twins"))
    notebook.cells[:0] = first
    return str(nbformat.writes(notebook)) + "\n"
