"""Pages of a project: executed notebooks as Quarto Markdown, checked before any renderer sees
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from ruamel.yaml import YAML

from analysis.disclosure import INTERNAL_MARK
from analysis.errors import DisclosureError, RenderingError, quoted
from analysis.publishing.rendering.lint import check_page

CONFIGURATION = "_quarto.yml"

_FRONT = re.compile(r"\A---\n(.*?)\n---\s*\Z", re.DOTALL)
_COMMENT = re.compile(r"\s*<!--[^<>{}`]*-->\s*")

_IMAGE = re.compile(r'!\[[^\]]*\]\(figures/([\w-]+)\)\{[^}]*?fig-alt="([^"]*)"')

SHOWN = frozenset({"text/markdown", "text/plain"})
"""What the output of a block holds: its Markdown, and the plain text that notebooks add."""


@dataclass(frozen=True)
class QuartoPage:
    """A page ready to render.

    Attributes:
        stem: Of its file.
        front: Its front matter.
        body: Quarto Markdown.
        understood: What pandoc understands of the body, in its JSON.

    """

    stem: str
    front: dict[str, Any]
    body: str
    understood: str

    @property
    def alternative_texts(self) -> dict[str, str]:
        """What its images show, in words, by their names."""
        return {name: unescape(text) for name, text in _IMAGE.findall(self.body)}


def read_configuration(project: Path) -> dict[str, Any]:
    """The project's `_quarto.yml`."""
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(
        (project / CONFIGURATION).read_text(encoding="utf-8")
    )
    return content


def read_pages(project: Path) -> list[QuartoPage]:
    """The pages that `_quarto.yml` renders, in its order.

    Raises:
        DisclosureError: a page holds an internal view.
        RenderingError: a page has an error, an output that is not Markdown, or a forbidden
            construct.

    """
    names: list[str] = read_configuration(project)["project"]["render"]
    return [read_page(project / name) for name in names]


def read_page(path: Path) -> QuartoPage:
    """One page, from its notebook.

    Raises:
        DisclosureError, RenderingError: as `read_pages`.

    """
    text = path.read_text(encoding="utf-8")
    if INTERNAL_MARK in text:
        raise DisclosureError(
            "An internal view was about to be published.",
            where=path.name,
            hint=(
                "publication notebooks open released figures only: use open_edition, not "
                "open_scope."
            ),
        )
    notebook = nbformat.reads(text, as_version=4)
    match = _FRONT.match(notebook.cells[0].source) if notebook.cells else None
    if match is None:
        raise RenderingError(
            "The page has no front matter.",
            where=path.name,
            hint="publish the edition again: `observatoire publish` writes it.",
        )
    front = YAML(typ="safe", pure=True).load(match[1])
    parts, number = [], 0
    for cell in notebook.cells[1:]:
        number += _is_counted(cell)
        if cell.cell_type == "markdown":
            parts.append("" if is_comment(cell) else cell.source.strip())
        elif cell.cell_type == "code":
            cell_name = f"Code cell {number}, {_first_line(cell.source)},"
            parts += [_markdown_of(output, path, cell_name) for output in cell.outputs]
        else:
            raise RenderingError(
                f"The cell {_first_line(cell.source)} is raw: renderers take it each in its own "
                "way.",
                where=path.name,
                hint="make it a cell of Markdown.",
            )
    body = "\n\n".join(part for part in parts if part) + "\n"
    return QuartoPage(path.stem, front, body, understood=check_page(body, path.name))


def is_comment(cell: Any) -> bool:
    """Whether a cell tells the notebook's reader something, and the page's nothing."""
    return cell.cell_type == "markdown" and _COMMENT.fullmatch(cell.source) is not None


def _is_counted(cell: Any) -> bool:
    """Whether an analyst counts a cell: code that stands in their notebook. A run adds a cell for
    the parameters it gives.
    """
    return cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])


def _first_line(source: str) -> str:
    """The first line of a cell that does something, quoted."""
    lines = [line.strip() for line in source.splitlines()]
    return quoted(next((line for line in lines if line and not line.startswith("#|")), ""))


def _markdown_of(output: Any, path: Path, cell_name: str) -> str:
    """The Markdown that a cell shows; `cell_name` is how messages call the cell."""
    if output.output_type == "error":
        raise RenderingError(
            f"{cell_name} failed: {output.ename}.",
            where=path.name,
            hint="run this notebook again: `observatoire publish`.",
        )
    data = output.get("data", {})
    if "text/markdown" not in data or set(data) - SHOWN:
        raise RenderingError(
            f"{cell_name} shows something that is not a block of the page.",
            where=path.name,
            hint="end it with a call that returns a Block (aspects.overview(page), …), or a "
            "semicolon.",
        )
    return str(data["text/markdown"]).strip()
