"""An edition of one page, made of a block, as a renderer makes it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import nbformat

from analysis.publishing.blocks import Block
from analysis.publishing.edition import Edition
from analysis.publishing.project import ProjectPage, write_project
from analysis.study import Study
from tests.conftest import ROOT

EDITION = Edition(wave="2026-2", version="1.0.0", published=date(2026, 11, 16))


def project_of(study: Study, folder: Path, shown: Block, *, title: str = "Page") -> Path:
    """The project of an edition whose only page shows a block; images of the block lie in
    `folder/run/figures`.
    """
    notebook = nbformat.v4.new_notebook()
    data, _ = shown._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data)
    notebook.cells = [nbformat.v4.new_code_cell("shown", outputs=[output])]
    executed = folder / "run" / "index.ipynb"
    executed.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, executed)
    base = folder / "reports"
    shutil.copytree(ROOT / "reports" / "theme", base / "theme")
    shutil.copyfile(ROOT / "reports" / "_quarto.yml", base / "_quarto.yml")
    french = study.model_copy(update={"languages": ("fr",)})
    project = folder / "edition"
    project.mkdir()
    page = ProjectPage("index", title, title, executed)
    write_project(project, base, {"fr": [page]}, french, EDITION, simulated=False)
    return project
