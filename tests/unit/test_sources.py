"""A notebook is an `.ipynb` or a `.qmd`, and what is made of it is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from analysis.errors import NotebookError, ParameterError
from analysis.pipeline.ledger import notebook_digest
from analysis.pipeline.plan import load_notebook_plan
from analysis.pipeline.sources import read_source
from analysis.study import Workspace
from tests.conftest import ROOT, empty_workspace
from tests.unit.jobs import job, run

PAGE = """---
title: "A title"
format: html
---

# What is asked

Text with `{python}` in it.

```{python}
#| tags: [parameters]
study: str = "a"
```

::: {.callout-note}
## A note
Kept as it is.
:::

````{.python}
```{python}
shown = "and not run"
```
````

```{python}
#| output: asis
# a comment
study
```
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "n.qmd"
    path.write_text(text, encoding="utf-8")
    return path


def as_qmd(path: Path) -> str:
    """An `.ipynb` as a person would write it in a `.qmd`."""
    parts = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            tags = cell.metadata.get("tags")
            options = f"#| tags: [{', '.join(tags)}]\n" if tags else ""
            parts.append(f"```{{python}}\n{options}{cell.source}\n```")
    return "\n\n".join(parts) + "\n"


def parts_of(path: Path) -> list[tuple[str, str, list[str]]]:
    return [
        (cell.cell_type, cell.source, cell.metadata.get("tags", []))
        for cell in read_source(path).cells
    ]


def test_blocks_are_cells_and_what_is_between_them_markdown(tmp_path: Path) -> None:
    heading, parameters, note, last = parts_of(written(tmp_path, PAGE))
    assert heading == ("markdown", "# What is asked\n\nText with `{python}` in it.", [])
    assert parameters[2] == ["parameters"]
    assert note[0] == "markdown"
    assert note[1].startswith("::: {.callout-note}\n## A note")
    assert note[1].endswith('```{python}\nshown = "and not run"\n```\n````')
    assert last == ("code", "#| output: asis\n# a comment\nstudy", [])


def test_ends_of_lines_are_those_of_any_editor(tmp_path: Path) -> None:
    """Those of Windows, blanks behind backticks, a character that ends a line elsewhere."""
    text = "# A\u2028B\n\n```{python} \nx = 1\n```  \n\nC\n"
    expected = [("markdown", "# A\u2028B", []), ("code", "x = 1", []), ("markdown", "C", [])]
    assert parts_of(written(tmp_path, text)) == expected
    path = tmp_path / "n.qmd"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert parts_of(path) == expected


def test_every_page_of_the_repository_can_be_written_as_a_qmd(tmp_path: Path) -> None:
    pages = sorted((ROOT / "notebooks" / "publication").glob("*.ipynb"))
    assert pages
    for page in pages:
        notebook, text = parts_of(page), parts_of(written(tmp_path, as_qmd(page)))
        assert [kind for kind, _, _ in text] == [kind for kind, _, _ in notebook]
        for (_, source, tags), (_, said, marks) in zip(text, notebook, strict=True):
            assert source.removeprefix("#| tags: [parameters]\n") == said.strip()
            assert tags == marks


def test_it_runs_to_the_same_bytes_and_counts_by_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "q").mkdir()
    one = job(tmp_path, '#| tags: [parameters]\nstudy: str = "a"', "study.upper()")
    text = as_qmd(one.source).replace("#| tags: [parameters]\n", "", 1)
    assert run(one) is None
    qmd = written(tmp_path / "q", text)
    other = replace(one, source=qmd, folder=qmd.parent, output=qmd.parent / "n.ipynb")
    assert run(other) is None
    assert other.output.read_bytes() == one.output.read_bytes()
    assert b"'X'" in other.output.read_bytes()
    before = notebook_digest(qmd, ("study",))
    written(tmp_path / "q", f"---\ntitle: x\n---\n{text.replace(chr(34) + 'a', chr(34) + 'bb')}")
    assert notebook_digest(qmd, ("study",)) == before
    written(tmp_path / "q", text.replace("upper", "lower"))
    assert notebook_digest(qmd, ("study",)) != before


AWAY = "A block of Python stands away from the margin, or does not end."


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("---\ntitle: x\n", 1, "Its front matter does not end."),
        ("x\n\n```{r}\n1\n```\n", 3, "A block of 'r' would be run, and only Python is."),
        ("```{python echo=false}\n1\n```\n", 1, "A block has options in its braces."),
        ("- a\n\n  ```{python}\n  1\n  ```\n", 3, AWAY),
        ("    ```{python}\n    1\n    ```\n", 1, AWAY),
        ("```{python}\n1\n", 1, AWAY),
        ("```{python}\n", 1, AWAY),
    ],
)
def test_what_cannot_be_run_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(NotebookError) as refused:
        read_source(written(tmp_path, text))
    assert (refused.value.what, refused.value.where) == (said, f"n.qmd, line {line}")


def test_options_are_yaml(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as refused:
        read_source(written(tmp_path, "---\na: 1\n---\n```{python}\n#| tags: [a\n1\n```\n"))
    assert refused.value.where is not None
    assert refused.value.where.startswith("n.qmd, line 4")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("n.qmd", "é".encode("latin-1"), "This is not a text in UTF-8."),
        ("n.ipynb", b"<<<<<<< ours\n{}", "This is not a notebook of format 4."),
    ],
)
def test_neither_form_may_be_something_else(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotebookError) as refused:
        read_source(tmp_path / name)
    assert (refused.value.what, refused.value.where) == (said, name)


def test_a_plan_takes_either_and_refuses_both(tmp_path: Path) -> None:
    workspace = Workspace(empty_workspace(tmp_path / "w"))
    page = workspace.notebooks / "publication" / "method.ipynb"
    qmd = page.with_suffix(".qmd")
    qmd.write_text(as_qmd(page), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"written twice, as method.ipynb and method.qmd"):
        load_notebook_plan(workspace)
    page.unlink()
    assert load_notebook_plan(workspace).notebooks[-1].id == "method"
