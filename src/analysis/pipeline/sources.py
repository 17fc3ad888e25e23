"""Notebooks as they are written: `.ipynb`, or the `.qmd` of who writes pages in Quarto."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import NotebookError

if TYPE_CHECKING:
    import nbformat

SUFFIXES = (".ipynb", ".qmd")
"""What a notebook is written as."""

_RUN = re.compile(r"(?:`{3,}|~{3,})\s*\{(?P<language>[A-Za-z]\w*)(?P<rest>[^}]*)\}")
"""How a block begins that Quarto runs; one of `{.python}` is only shown."""


def notebook_sources(folder: Path) -> list[Path]:
    """All notebooks of a folder and of those in it, sorted; not what JupyterLab keeps of them."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in SUFFIXES and ".ipynb_checkpoints" not in path.parts
    )


def written_as(folder: Path, name: str) -> list[Path]:
    """The files that hold the notebook of a name: one, unless it is missing or stands twice."""
    return [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()]


def read_source(path: Path) -> nbformat.NotebookNode:
    """A notebook as written, of either form.

    Of a `.qmd`, the blocks that are run become code cells, with the `tags` of their `#|` options,
    and what is between them Markdown; its front matter, which `quarto preview` reads, is left out.

    Raises:
        NotebookError: it is no notebook, or a `.qmd` that runs something else than Python.

    """
    import nbformat

    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".qmd":
            notebook: nbformat.NotebookNode = nbformat.reads(text, as_version=4)
            return notebook
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _no_notebook(path) from None
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    cells = [
        make[kind](source, metadata={"tags": tags} if tags else {})
        for kind, source, tags in _blocks(text, path.name)
    ]
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=cells)
    return made


def source_cells(path: Path) -> list[dict[str, Any]]:
    """The kind, source and tags of a notebook's cells; it loads nothing where that is an `.ipynb`.

    Raises:
        NotebookError: it is no notebook.

    """
    try:
        notebook = (
            read_source(path)
            if path.suffix == ".qmd"
            else json.loads(path.read_text(encoding="utf-8"))
        )
        return [
            {
                "cell_type": cell["cell_type"],
                "source": "".join(cell["source"]),
                "tags": list(cell.get("metadata", {}).get("tags", [])),
            }
            for cell in notebook["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _no_notebook(path) from None


def _no_notebook(path: Path) -> NotebookError:
    what, hint = (
        ("a text in UTF-8", "save it again as UTF-8.")
        if path.suffix == ".qmd"
        else (
            "a notebook of format 4",
            "marks of a merge may stand in it; JupyterLab saves it anew.",
        )
    )
    return NotebookError(f"This is not {what}.", where=path.name, hint=hint)


def _blocks(text: str, name: str) -> Iterator[tuple[str, str, list[str]]]:
    """The kind, source and tags of each part of a `.qmd`.

    Args:
        text: Of the file.
        name: Of the file, for who is told what is wrong.

    """
    from markdown_it import MarkdownIt

    lines = text.replace("\r\n", "\n").split("\n")  # as markdown-it does, and at no other character
    start = _after_front_matter(lines, name)
    for token in MarkdownIt("commonmark").parse("\n".join([""] * start + lines[start:])):
        if token.type not in {"fence", "code_block"}:
            continue
        assert token.map is not None, "markdown-it says where each block stands"
        first, after = token.map
        run = _RUN.search(lines[first])
        if run is None:
            continue
        where = f"{name}, line {first + 1}"
        if run["language"] != "python":
            raise NotebookError(
                f"A block of {run['language']!r} would be run, and only Python is.",
                where=where,
                hint="write it in Python; to show code, write {.language} with a dot.",
            )
        if run["rest"].strip():
            raise NotebookError(
                "A block has options in its braces.",
                where=where,
                hint="write each on a line of its own at the head of the block: #| option: value",
            )
        if (
            token.type != "fence"
            or token.level
            or set(lines[after - 1].rstrip()) != {token.markup[0]}
        ):
            raise NotebookError(
                "A block of Python stands away from the margin, or does not end.",
                where=where,
                hint="begin and end it at the margin, by the same number of backticks.",
            )
        if before := "\n".join(lines[start:first]).strip():
            yield "markdown", before, []
        source = token.content.removesuffix("\n")
        yield "code", source, _tags(source, where)
        start = after
    if before := "\n".join(lines[start:]).strip():
        yield "markdown", before, []


def _after_front_matter(lines: list[str], name: str) -> int:
    """The index of the first line after the front matter of a `.qmd`."""
    if lines[0].rstrip() != "---":
        return 0
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() in {"---", "..."}:
            return index + 1
    raise NotebookError(
        "Its front matter does not end.",
        where=f"{name}, line 1",
        hint="a line of three hyphens ends it.",
    )


def _tags(source: str, where: str) -> list[str]:
    """The `tags` among the options at the head of a block.

    Raises:
        ParameterError: its options are not YAML.

    """
    from analysis.study.yaml_reader import parse_yaml

    lines = takewhile(lambda line: line.startswith("#|"), source.splitlines())
    text = "\n".join(line.removeprefix("#|").removeprefix(" ") for line in lines)
    options = parse_yaml(text, where)
    tags = options.get("tags", []) if isinstance(options, dict) else []
    return [str(tag) for tag in ([tags] if isinstance(tags, str) else tags)]
