"""The Quarto project of an edition: configuration, theme, and pages with their front matter."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from ruamel.yaml import YAML

from analysis.publishing import fonts
from analysis.publishing.blocks import SENTENCES, escape_markdown
from analysis.publishing.wording.language import Language
from analysis.study import Study, Wave


@dataclass(frozen=True)
class ProjectPage:
    """A page of an edition.

    Attributes:
        stem: Of its file.
        title: At its head, with names in full.
        short_title: In the navigation.
        notebook: The executed one that it is made from.

    """

    stem: str
    title: str
    short_title: str
    notebook: Path


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


def write_project(
    folder: Path,
    base: Path,
    pages: list[ProjectPage],
    study: Study,
    wave: Wave,
    version: str,
    *,
    simulated: bool,
) -> None:
    """Completes an edition's folder: `_quarto.yml`, `theme/`, one notebook per page, and
    `sentences.json`, which says of each sentence by which rule and from which figures it is made.

    Every text in them is Markdown to both renderers, and escaped so that none of it is markup.

    Args:
        folder: The edition's folder, where `figures/` and `data/` lie already.
        base: The workspace's `reports/`, which holds the base configuration and the theme.

    """
    language = Language.of(study.language)
    edition = language.text("edition", version=version, day=language.day(wave.publication))
    shutil.copytree(base / "theme", folder / "theme")
    for file in fonts.font_files(study):
        shutil.copyfile(file, folder / "theme" / file.name)
    yaml = YAML(typ="safe", pure=True)
    configuration = yaml.load((base / "_quarto.yml").read_text(encoding="utf-8"))
    configuration["project"]["render"] = [f"{page.stem}.ipynb" for page in pages]
    configuration |= {
        "lang": language.code,
        "author": escape_markdown(study.publisher),
        "date": wave.publication.isoformat(),
        "subtitle": escape_markdown(edition),
        "description": escape_markdown(language.typeset(study.subtitle)),
        "keywords": [
            escape_markdown(language.typeset(keyword)) for keyword in _keywords(study, wave)
        ],
        "simulated": simulated,
        "website": {
            "title": escape_markdown(language.typeset(f"{study.title}, {wave.label}")),
            "description": escape_markdown(language.typeset(study.subtitle)),
            "navbar": {
                "left": [
                    {"href": f"{page.stem}.ipynb", "text": escape_markdown(page.short_title)}
                    for page in pages
                ]
            },
            "page-footer": escape_markdown(
                f"{study.publisher}. {edition}. {language.text('licence')}"
            ),
        },
    }
    writer = YAML()
    writer.default_flow_style = False
    writer.allow_unicode = True
    with (folder / "_quarto.yml").open("w", encoding="utf-8") as stream:
        writer.dump(configuration, stream)
    sentences = [sentence for page in pages for sentence in sentences_of(page)]
    (folder / "sentences.json").write_text(
        json.dumps(sentences, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    for page in pages:
        (folder / f"{page.stem}.ipynb").write_text(_with_front_matter(page), encoding="utf-8")


def _keywords(study: Study, wave: Wave) -> list[str]:
    """By what a file of an edition is found once it has left its folder."""
    names = [directorate.label for directorate in study.directorates]
    return [study.title, *names, wave.label]


def _with_front_matter(page: ProjectPage) -> str:
    notebook = nbformat.read(page.notebook, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # a warning of a library is no part of a page
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                if SENTENCES in output.get("data", {}):  # a block: what a notebook shows of it goes
                    output.data = {"text/markdown": output.data["text/markdown"]}
    title = json.dumps(escape_markdown(page.title), ensure_ascii=False)
    front = nbformat.v4.new_raw_cell(f"---\ntitle: {title}\n---", id="front-matter")
    notebook.cells.insert(0, front)
    return str(nbformat.writes(notebook)) + "\n"
