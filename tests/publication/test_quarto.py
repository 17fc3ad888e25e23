"""An edition as a Quarto that is installed renders it: the same tables, sentences and figures as
the embedded renderer's, no other host, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest

from analysis.editions.manifest import MANIFEST
from analysis.pipeline.sources import read_source
from analysis.publishing.rendering.quarto import QuartoRenderer
from analysis.publishing.rendering.renderer import find_renderer
from tests.conftest import DAY, ROOT, observatoire
from tests.page_text import lines_of
from tests.publication.published_pages import FIGURES, PAGES

pytestmark = pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not installed")

SHOWN = "[...document.images].filter(i => i.offsetWidth).map(i => i.currentSrc)"
"""The addresses of the images that are to be seen."""


@pytest.fixture(scope="module")
def rendered(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the edition, its site made again by Quarto."""
    copy = tmp_path_factory.mktemp("quarto") / "project"
    shutil.copytree(published, copy)
    shutil.rmtree(copy / "_site")
    renderer = find_renderer(print)
    assert isinstance(renderer, QuartoRenderer)
    renderer.render(copy, epoch=0)
    yield copy


def code_of(cell: nbformat.NotebookNode) -> tuple[str, str]:
    """The kind of a cell, and its text without the options that Quarto keeps tags in."""
    lines = [line for line in cell.source.splitlines() if not line.startswith("#| tags")]
    return cell.cell_type, "\n".join(lines).strip()


def rows(page: Path) -> list[str]:
    """The rows of the tables of a page."""
    return [line for line in lines_of(page) if " | " in line]


@pytest.mark.parametrize("name", PAGES)
def test_each_cell_and_sentence_is_the_same(published: Path, rendered: Path, name: str) -> None:
    ours, theirs = (folder / "_site" / f"{name}.html" for folder in (published, rendered))
    assert rows(theirs) == rows(ours)
    text = " ".join(lines_of(theirs))
    sentences = json.loads((published / "sentences.json").read_text(encoding="utf-8"))
    told = [
        re.sub(r"[\s\u00a0\u202f]+", " ", one["text"])
        for one in sentences
        if one["page"] == name and one["place"] in ("heading", "paragraph", "lecture", "note")
    ]
    flat = re.sub(r"\s+", " ", text)
    assert [one for one in told if one not in flat] == []
    assert "?@" not in text and "?fig" not in text
    source = theirs.read_text(encoding="utf-8")
    assert "Parameters of the page" not in source, "what analysts tell themselves stays with them"


def test_no_page_asks_another_host_and_each_reflows_on_a_phone(
    rendered: Path, browser: Any
) -> None:
    for name in PAGES:
        hosts: list[str] = []
        page = browser.new_page()
        page.on("request", lambda request, seen=hosts: seen.append(request.url))
        page.emulate_media(color_scheme="dark")
        page.goto((rendered / "_site" / f"{name}.html").as_uri())
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)", "its tables are dark ink: so is its paper light"
        wide = page.evaluate(
            "[...document.images].filter(i => i.offsetWidth).map(i => i.currentSrc)"
        )
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        narrow = page.evaluate(
            "[...document.images].filter(i => i.offsetWidth).map(i => i.currentSrc)"
        )
        page.close()
        stems = [Path(address).stem for address in wide]
        assert stems == list(FIGURES[name])
        assert [Path(address).stem for address in narrow] == [f"{one}-narrow" for one in stems]
        assert len(hosts) > 1, "its styles are files beside it"
        assert [url for url in hosts if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("name", PAGES)
def test_figures_stand_in_documents_and_on_paper(rendered: Path, name: str) -> None:
    with zipfile.ZipFile(rendered / "_site" / f"{name}.docx") as document:
        images = [one for one in document.namelist() if one.startswith("word/media/")]
        body = document.read("word/document.xml").decode("utf-8")
        assert [document.read(one)[:4] for one in images] == [b"\x89PNG"] * len(FIGURES[name])
    told = re.findall(r'<wp:docPr descr="([^"]+)"', body)
    assert len(told) == len(FIGURES[name]) and all(re.search(r"\d", text) for text in told)
    reader = pypdf.PdfReader(rendered / "_site" / f"{name}.pdf")
    assert len(reader.pages) == 1 or name not in ("index", "engagements")
    printed = "".join(page.extract_text() for page in reader.pages)
    assert "Données simulées" in printed
    numbers = {int(number) for number in re.findall(r"Figure\s(\d)", printed)}
    assert numbers == set(range(1, len(FIGURES[name]) + 1))
    metadata = reader.root_object["/Metadata"].get_data().decode("utf-8")
    assert "pdfuaid:part" in metadata and "pdfaid:conformance" in metadata


def digests(site: Path) -> dict[str, str]:
    files = sorted(path for path in site.rglob("*") if path.is_file())
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_a_second_rendering_is_the_same_bytes_and_leaves_nothing_else(rendered: Path) -> None:
    first, beside = digests(rendered / "_site"), sorted(path.name for path in rendered.iterdir())
    find_renderer(print).render(rendered, epoch=0)
    assert digests(rendered / "_site") == first
    assert sorted(path.name for path in rendered.iterdir()) == beside


def test_an_edition_is_published_verified_and_published_again(workspace: Path) -> None:
    wanted = ("--renderer", "quarto", "--date", DAY)
    done = observatoire(workspace, "publish", *wanted)
    assert done.returncode == 0, done.stderr
    edition = done.stdout.strip().splitlines()[-1]
    manifest = json.loads((workspace / edition / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["renderer"].startswith("quarto ")
    for again in (("publish", *wanted), ("verify", edition, *wanted[:2])):
        done = observatoire(workspace, *again)
        assert done.returncode == 0, done.stderr + done.stdout


def test_a_page_is_looked_at_while_it_is_written_and_its_notebook_stays_as_it_is(
    workspace: Path,
) -> None:
    """The commands of README, but for the browser."""
    assert observatoire(workspace, "publish", "--date", DAY).returncode == 0
    folder = workspace / "notebooks" / "publication"
    shutil.copyfile(ROOT / "notebooks/publication/_quarto.yml", folder / "_quarto.yml")
    before = (folder / "director.ipynb").read_bytes()
    asked = ("-P", "directorate:def", "-P", "language:fr")
    converted = ("convert", "director.ipynb", "--output", "draft.qmd")
    for command in (converted, ("render", "draft.qmd", *asked)):
        done = subprocess.run(
            ["quarto", *command],
            cwd=folder,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    page = (folder / "draft.html").read_text(encoding="utf-8")
    assert (folder / "director.ipynb").read_bytes() == before
    written, copy = (read_source(folder / name) for name in ("director.ipynb", "draft.qmd"))
    assert [code_of(cell) for cell in copy.cells] == [code_of(cell) for cell in written.cells]
    assert "open_edition(" not in page and "Injected Parameters" not in page
    assert "Données simulées" in page and "theme/theme.css" in page
    assert "DEF" in page and "DPAPH, 2ᵉ semestre" not in page
    (folder / "director.ipynb").unlink()
    (folder / "draft.qmd").rename(folder / "director.qmd")
    again = observatoire(workspace, "publish", "--date", DAY)
    assert again.returncode == 0, again.stderr
