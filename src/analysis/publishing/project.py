"""The Quarto project of an edition: configuration, theme, and pages with their front matter."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
from ruamel.yaml import YAML

from analysis.publishing import fonts
from analysis.publishing.blocks import plain
from analysis.publishing.wording.language import Language
from analysis.study import Study, Wave


@dataclass(frozen=True)
class ProjectPage:
    """A page of an edition: its file's stem, its title and the executed notebook it is made
    from.
    """

    stem: str
    title: str
    notebook: Path


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
    """Completes an edition's folder: `_quarto.yml`, `theme/` and one notebook per page.

    Every text in them is Markdown to both renderers, and escaped so that none of it is markup.

    Args:
        folder: The edition's folder, where `figures/` and `data/` lie already.
        base: The workspace's `reports/`, which holds the base configuration and the theme.

    """
    language = Language.of(study.language)
    edition = language.text("edition", version=version, day=language.day(wave.publication))
    shutil.copytree(base / "theme", folder / "theme")
    for file in fonts.files_for(study):
        shutil.copyfile(file, folder / "theme" / file.name)
    yaml = YAML(typ="safe", pure=True)
    configuration = yaml.load((base / "_quarto.yml").read_text(encoding="utf-8"))
    configuration["project"]["render"] = [f"{page.stem}.ipynb" for page in pages]
    configuration |= {
        "lang": language.code,
        "author": plain(study.publisher),
        "date": wave.publication.isoformat(),
        "subtitle": plain(edition),
        "simulated": simulated,
        "website": {
            "title": plain(language.typeset(f"{study.title}, {wave.label}")),
            "description": plain(language.typeset(study.subtitle)),
            "navbar": {
                "left": [
                    {"href": f"{page.stem}.ipynb", "text": plain(page.title)} for page in pages
                ]
            },
            "page-footer": plain(f"{study.publisher}. {edition}. {language.text('licence')}"),
        },
    }
    writer = YAML()
    writer.default_flow_style = False
    writer.allow_unicode = True
    with (folder / "_quarto.yml").open("w", encoding="utf-8") as stream:
        writer.dump(configuration, stream)
    for page in pages:
        (folder / f"{page.stem}.ipynb").write_text(_with_front_matter(page), encoding="utf-8")


def _with_front_matter(page: ProjectPage) -> str:
    notebook = nbformat.read(page.notebook, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # a warning of a library is no part of a page
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    title = json.dumps(plain(page.title), ensure_ascii=False)
    front = nbformat.v4.new_raw_cell(f"---\ntitle: {title}\n---", id="front-matter")
    notebook.cells.insert(0, front)
    return str(nbformat.writes(notebook)) + "\n"
