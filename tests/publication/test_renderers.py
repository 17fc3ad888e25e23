"""The sources of an edition, to either renderer."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import RenderingError
from analysis.publishing.rendering import embedded
from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.pages import read_configuration, read_pages
from analysis.publishing.rendering.quarto import QuartoRenderer
from analysis.publishing.rendering.renderer import find_renderer
from tests.conftest import ROOT, alter
from tests.publication.published_pages import PAGES, PROJECT


def test_the_project_is_what_quarto_expects(published: Path) -> None:
    configuration = read_configuration(published)
    assert configuration["project"]["type"] == "website"
    assert set(configuration["format"]) == {"html", "typst", "docx"}
    assert configuration["execute"]["enabled"] is False
    for name in configuration["project"]["render"]:
        assert (published / name).exists()
    assert [page.stem for page in read_pages(published)] == list(PAGES)


def test_quarto_is_called_without_executing_and_its_failure_is_told(
    project: Path, tmp_path: Path
) -> None:
    binary = tmp_path / "quarto"
    binary.write_text(
        '#!/bin/sh\necho "$@ $SOURCE_DATE_EPOCH" > "$(dirname "$0")/called"\n'
        '[ "$1" = --version ] && echo 1.11.0 && exit 0\n'
        'touch "$2/.gitignore"; mkdir -p "$2/.quarto" "$2/_site"\nexit 0\n'
    )
    binary.chmod(0o755)
    renderer = QuartoRenderer(binary)
    assert renderer.name == "quarto 1.11.0" and renderer.version == (1, 11, 0)
    before = sorted(path.name for path in project.iterdir())
    renderer.render(project, epoch=42)
    assert sorted(path.name for path in project.iterdir()) == before, (
        "what it leaves beside the site would alter an edition"
    )
    assert (tmp_path / "called").read_text().split() == [
        "render",
        str(project),
        "--no-execute",
        "42",
    ]
    binary.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    with pytest.raises(RenderingError, match="exit code 3") as caught:
        renderer.render(project, epoch=42)
    assert "broken" in str(caught.value)


def test_a_quarto_that_cannot_make_both_pdf_standards_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "quarto"
    monkeypatch.setenv("PATH", str(tmp_path))
    for version, used in (
        ("1.10.16", False),
        ("1.9", False),
        ("1.10.17", True),
        ("1.11", True),
        ("2.0.1", True),
    ):
        binary.write_text(f"#!/bin/sh\necho {version}\n")
        binary.chmod(0o755)
        told: list[str] = []
        assert isinstance(find_renderer(told.append), QuartoRenderer) is used
        assert bool(told) is not used


def test_every_text_of_a_project_is_escaped_for_both_renderers(project: Path) -> None:
    """To Quarto, texts of `_quarto.yml` are Markdown: one that is markup would be run or shown as
    such."""
    configuration = read_configuration(project)
    texts = [configuration["subtitle"], configuration["author"], *configuration["website"].values()]
    shown = [text for text in texts if isinstance(text, str)]
    shown += [one["text"] for one in configuration["website"]["navbar"]["left"]]
    assert len(shown) >= 8
    assert not [text for text in shown if re.search(r"(?<!\\)[<*_`\[{]", text)]


def test_the_embedded_renderer_is_the_one_without_quarto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(ROOT / "absent"))
    assert isinstance(find_renderer(print), EmbeddedRenderer)
    with pytest.raises(RenderingError, match="Quarto is not on the PATH"):
        find_renderer(print, "quarto")


def test_a_renderer_is_the_one_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "quarto"
    binary.write_text("#!/bin/sh\necho 1.9.0\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert isinstance(find_renderer(print, "embedded"), EmbeddedRenderer)
    with pytest.raises(RenderingError, match=r"1\.9\.0 is older than"):
        find_renderer(print, "quarto")
    binary.write_text("#!/bin/sh\necho 1.11.0\n")
    assert isinstance(find_renderer(print, "embedded"), EmbeddedRenderer)
    assert isinstance(find_renderer(print, "quarto"), QuartoRenderer)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("\x1b[33mWARN: something\x1b[39m", "Quarto warns: WARN: something"),
        ("[WARNING] Could not convert image figures/a", "Could not convert image"),
        ("WARN: PDF standard validation requested but verapdf is not installed.", ""),
        ("warned of nothing; rendering 1/3", ""),
    ],
)
def test_what_quarto_warns_of_is_refused(
    project: Path, tmp_path: Path, told: str, words: str
) -> None:
    binary = tmp_path / "quarto"
    (tmp_path / "told").write_text(told)
    binary.write_text(f'#!/bin/sh\ncat "{tmp_path}/told" >&2\nmkdir -p "$2/_site"\n')
    binary.chmod(0o755)
    if not words:
        QuartoRenderer(binary).render(project, epoch=0)
        return
    with pytest.raises(RenderingError) as caught:
        QuartoRenderer(binary).render(project, epoch=0)
    assert words in str(caught.value) and "\x1b" not in str(caught.value)


def test_only_pages_that_are_made_of_something_else_are_rendered_again(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    render = embedded._render_page

    def counted(page: Any, *others: Any) -> None:
        made.append(page.stem)
        render(page, *others)

    monkeypatch.setattr(embedded, "_render_page", counted)
    kept = tmp_path / "kept"

    def rendered(*, epoch: int = 0) -> set[str]:
        made.clear()
        EmbeddedRenderer(kept).render(project, epoch=epoch)
        return set(made)

    def site() -> dict[str, bytes]:
        return {
            path.relative_to(project).as_posix(): path.read_bytes()
            for path in sorted((project / "_site").rglob("*"))
            if path.is_file()
        }

    assert rendered() == set(PROJECT)
    first = site()
    assert rendered() == set() and site() == first
    EmbeddedRenderer().render(project, epoch=0)
    assert site() == first, "what is kept is what would be made"
    alter(project / "methode.ipynb", "Accessibilit", "Accessibilite")
    assert rendered() == {"methode"} and site() != first
    assert rendered() == set()
    figure = project / "figures" / "likert-dpaph.svg"
    figure.write_text(figure.read_text().replace("</svg>", "<!-- other --></svg>"))
    assert rendered() == {"direction-dpaph"}
    assert rendered(epoch=86_400) == set(PROJECT), "its day is in all its files"
    old = time.time() - 31 * 86_400
    for place in kept.iterdir():
        os.utime(place, (old, old))
    assert rendered() == set(PROJECT)
    assert len(list(kept.iterdir())) == len(PROJECT), "what nobody asks for is not kept for ever"
