"""What a page may hold: a list of what is allowed; whatever else is tried is refused and named."""

from __future__ import annotations

import pytest

from analysis.errors import RenderingError
from analysis.publishing import blocks
from analysis.publishing.rendering.lint import check_page

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
    "::: {.content-visible when-format=html}\na\n:::": "the class 'content-visible'",
    "```{mermaid}\na\n```": "the block '{mermaid}'",
    "```{python}\nprint(1)\n```": "the block '{python}'",
    "@thm-a": "a reference to 'thm-a'",
    "@eq-a": "a reference to 'eq-a'",
    "$x^2$": "formulas",
    "{{< include /etc/passwd >}}": "the shortcode 'include /etc/passwd'",
    "{{< video https://exemple.fr >}}": "the shortcode",
    "{{< env HOME >}}": "the shortcode",
}

ALLOWED = (
    "# Un titre\n\nUn texte, *souligné*, **fort**, [ailleurs](https://exemple.fr), [ici](#tbl-a), "
    "[une page](methode.html).",
    '::: {.callout-warning title="a"}\n\nUn texte\n\n:::',
    "::: {.reading}\n\n**Lecture :** 3 < 4 & 5 > 2\n\n:::",
    "- une liste\n- une autre\n\n1. un\n2. deux",
    "Voir @fig-a et @tbl-b.",
    "{{< pagebreak >}}",
    blocks.table(
        "a", columns={"Qui": ["<script>"], "Combien": ["=1+1"]}, caption="c", numeric=["Combien"]
    ),
    blocks.figure("a", alt="<img src=x onerror=alert(1)>", caption="<b onclick=x>"),
    blocks.callout("<script>", "[a](javascript:alert(1))"),
    blocks.heading("<script>alert(1)</script> *a* {{< include x >}}"),
)


@pytest.mark.parametrize("text", list(REFUSED))
def test_what_is_not_allowed_is_refused_and_named(text: str) -> None:
    with pytest.raises(RenderingError) as caught:
        check_page(f"# a\n\n{text}\n", "p.ipynb")
    assert f"Pages cannot hold {REFUSED[text]}" in str(caught.value) and "p.ipynb" in str(
        caught.value
    )


@pytest.mark.parametrize("text", ALLOWED)
def test_what_pages_are_made_of_is_allowed(text: str) -> None:
    check_page(f"# a\n\n{text}\n", "p.ipynb")
