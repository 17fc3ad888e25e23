"""What a page may hold: a list of what is allowed; whatever else is tried is refused and named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pypandoc
import pytest

from analysis.errors import RenderingError
from analysis.publishing import blocks
from analysis.publishing.rendering.lint import check_page
from analysis.publishing.rendering.pages import read_page
from analysis.publishing.rendering.pandoc import pandoc_path

REFUSED = {
    "<script>alert(1)</script>": "the HTML element 'script'",
    "<SCRIPT src=x></SCRIPT>": "the HTML element 'script'",
    "<iframe src='https://exemple.fr'></iframe>": "the HTML element 'iframe'",
    "<img src=x onerror=alert(1)>": "the HTML element 'img'",
    "<svg onload=alert(1)>": "the HTML element 'svg'",
    "<b onclick=alert(1)>a</b>": "the HTML attribute 'onclick'",
    "<form action=x><input></form>": "the HTML element 'form'",
    "<style>body{display:none}</style>": "the HTML element 'style'",
    "<a href='javascript:alert(1)'>a</a>": "the HTML element 'a'",
    "<span style='background:url(//exemple.fr)'>a</span>": "the attribute 'style'",
    "```{=html}\n<td style='background:url(//a.fr)'>a</td>\n```": "the HTML attribute 'style'",
    "<!-- a comment -->": "an HTML comment",
    # Pieces that are whole only together, or that a browser completes.
    "```{=html}\n<img src=x onerror=alert(1) \n```": "HTML that is not whole",
    "`<scr`{=html}`ipt>alert(1)//`{=html}": "HTML",
    "`<img src=x onerror=alert(1) `{=html}": "HTML",
    '```{=html}\n<b class="\n```': "HTML that is not whole",
    "```{=html}\n<table>\n```\n\n<p>a": "HTML that is not whole",
    "```{=html}\n<b>a\x00</b>\n```": "HTML that is not whole",
    "a <b>word</b>": "HTML that is not whole",
    "---\nfooter: '`<script>alert(1)</script>`{=html}'\n---": "metadata of its own",
    "---\nfilters: [x.lua]\n---": "metadata of its own",
    "<object data=x></object>": "the HTML element 'object'",
    "<math><mtext></mtext></math>": "the HTML element 'math'",
    "```{=html}\n<script>alert(1)</script>\n```": "the HTML element 'script'",
    '```{=typst}\n#read("/etc/passwd")\n```': "the block '{=typst}'",
    "```{=latex}\n\\input{x}\n```": "the block '{=latex}'",
    '`#read("x")`{=typst}': "raw typst",
    "\\input{/etc/passwd}": "raw tex",
    "[a](javascript:alert(1))": "a link to 'javascript:alert(1)'",
    "[a](JaVaScRiPt:alert(1))": "a link to 'JaVaScRiPt:alert(1)'",
    "[a](data:text/html,x)": "a link to",
    "[a](//exemple.fr)": "a link to '//exemple.fr'",
    "![a](https://exemple.fr/a.png)": "an image to",
    "![a](//exemple.fr/a.png)": "an image to",
    "![a](../../../etc/passwd)": "an image to",
    "![a](figures/../a.svg)": "an image to",
    "[a]{onclick=x}": "the attribute 'onclick'",
    "[a]{.column-margin}": "the class 'column-margin'",
    "::: {layout-ncol=2}\na\n:::": "the attribute 'layout-ncol'",
    "::: {.content-visible when-format=pdf}\na\n:::": "the attribute 'when-format'",
    "::: {.content-hidden when-format=html}\na\n:::": "the class 'content-hidden'",
    "```{mermaid}\na\n```": "the block '{mermaid}'",
    "```{python}\nprint(1)\n```": "the block '{python}'",
    "@thm-a": "a reference to 'thm-a'",
    "@eq-a": "a reference to 'eq-a'",
    "$x^2$": "formulas",
    "{{< include /etc/passwd >}}": "the shortcode 'include /etc/passwd'",
    "{{< video https://exemple.fr >}}": "the shortcode",
    "{{< env HOME >}}": "the shortcode",
    # What one renderer would show, and the other not, or otherwise.
    "{{< meta title >}}": "the shortcode 'meta title'",
    "Voir @fig-a.": "a reference to 'fig-a', which it lacks",
    "::: {#fig-a}\n![](figures/a){fig-alt=a}\n\nc\n:::\n\n[@fig-a; @fig-b]": "references in one",
    "![c](figures/x){#fig-a fig-alt=a}": "the label 'fig-a' elsewhere than on a box",
    "| a |\n|---|\n| b |\n\n: c {#tbl-a}": "the label 'tbl-a' elsewhere than on a box",
    "::: {.callout-note}\n\na\n\n:::": "a callout without a title",
    "[a](methode.ipynb)": "a link to 'methode.ipynb'",
    "[a](methode.qmd#b)": "a link to 'methode.qmd#b'",
    "![a](figures/a.svg)": "an image to 'figures/a.svg'",
}

ALLOWED = (
    "# Un titre\n\nUn texte, *souligné*, **fort**, [ailleurs](https://exemple.fr), [ici](#tbl-a), "
    "[une page](methode.html).",
    '::: {.callout-warning title="a"}\n\nUn texte\n\n:::',
    "::: {.reading}\n\n**Lecture :** 3 < 4 & 5 > 2\n\n:::",
    "- une liste\n- une autre\n\n1. un\n2. deux",
    "Voir @fig-a et @tbl-b.\n\n::: {#fig-a}\n![](figures/a){fig-alt=a}\n\nc\n:::\n\n"
    "::: {#tbl-b}\n\n| a |\n|---|\n| b |\n\nc\n\n:::",
    "<https://exemple.fr> <contact@exemple.fr> [tel](tel:+33123456789) [a](data/a%20b.csv?x=1)",
    "{{< pagebreak >}}",
    blocks.table(
        "a", columns={"Qui": ["<script>"], "Combien": ["=1+1"]}, caption="c", numeric=["Combien"]
    ).markdown,
    blocks.image(
        "a", alt="<img src=x onerror=alert(1)>", caption="<b onclick=x>", svg="<svg/>"
    ).markdown,
    blocks.callout("<script>", "[a](javascript:alert(1))").markdown,
    blocks.heading("<script>alert(1)</script> *a* {{< include x >}}").markdown,
)


@pytest.mark.parametrize("text", list(REFUSED))
def test_what_is_not_allowed_is_refused_and_named(text: str) -> None:
    with pytest.raises(RenderingError) as caught:
        check_page(f"# a\n\n{text}\n", "p.ipynb")
    assert f"Pages cannot hold {REFUSED[text]}" in str(caught.value) and "p.ipynb" in str(
        caught.value
    )


def notebook(*cells: nbformat.NotebookNode) -> str:
    front = nbformat.v4.new_raw_cell("---\ntitle: t\n---")
    return nbformat.writes(nbformat.v4.new_notebook(cells=[front, *cells]))


def shown(**data: str) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output(
        "display_data", data={k.replace("_", "/"): v for k, v in data.items()}
    )
    return nbformat.v4.new_code_cell("", outputs=[output])


@pytest.mark.parametrize(
    "cell",
    [
        nbformat.v4.new_markdown_cell("`<!--`\n\n<script>alert(1)</script>\n\n`-->`"),
        nbformat.v4.new_markdown_cell("<!-- {{< include /etc/passwd >}} -->"),
        nbformat.v4.new_markdown_cell("<!-- a --> <script>alert(1)</script> <!-- b -->"),
        nbformat.v4.new_raw_cell("<script>alert(1)</script>"),
        nbformat.v4.new_raw_cell("{{< include /etc/passwd >}}"),
        shown(text_markdown="ok", text_html="<script>alert(1)</script>"),
        shown(text_html="ok"),
        shown(image_png="aGk="),
        nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("stream", text="x")]),
        nbformat.v4.new_code_cell(
            "", outputs=[nbformat.v4.new_output("stream", name="stderr", text="x")]
        ),
    ],
)
def test_what_is_checked_is_what_every_renderer_reads(
    tmp_path: Path, cell: nbformat.NotebookNode
) -> None:
    page = tmp_path / "p.ipynb"
    page.write_text(
        notebook(nbformat.v4.new_markdown_cell("<!-- What this page says. -->")), encoding="utf-8"
    )
    assert read_page(page).body.strip() == ""
    page.write_text(notebook(cell), encoding="utf-8")
    with pytest.raises(RenderingError):
        read_page(page)


def test_a_refused_cell_is_named_as_its_analyst_counts(tmp_path: Path) -> None:
    tagged = {"tags": ["injected-parameters"]}
    page = tmp_path / "p.ipynb"
    page.write_text(
        notebook(
            nbformat.v4.new_code_cell('wave = "2026-1"'),
            nbformat.v4.new_code_cell('wave = "2026-2"', metadata=tagged),
            nbformat.v4.new_markdown_cell("A text."),
            nbformat.v4.new_code_cell(
                "#| output: asis\n\nfigures.frame",
                outputs=[nbformat.v4.new_output("display_data", data={"text/html": "x"})],
            ),
        ),
        encoding="utf-8",
    )
    with pytest.raises(RenderingError, match=r"Code cell 2, 'figures\.frame', shows something"):
        read_page(page)
    page.write_text(notebook(nbformat.v4.new_raw_cell("one\ntwo")), encoding="utf-8")
    with pytest.raises(RenderingError, match="The cell 'one' is raw"):
        read_page(page)


@pytest.mark.parametrize("text", ALLOWED)
def test_what_pages_are_made_of_is_allowed(text: str) -> None:
    check_page(f"# a\n\n{text}\n", "p.ipynb")


def test_pages_are_read_by_the_pandoc_of_the_lock_whatever_else_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "pandoc"
    newer.write_text("#!/bin/sh\necho 'pandoc 99.0'\n", encoding="utf-8")
    newer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    pypandoc.clean_pandocpath_cache()
    try:
        assert shutil.which(pypandoc.get_pandoc_path()) == str(newer), "what pypandoc takes"
        assert Path(pandoc_path()).is_relative_to(Path(pypandoc.__file__).parent)
        assert Path(pandoc_path()).is_file()
    finally:
        pypandoc.clean_pandocpath_cache()
