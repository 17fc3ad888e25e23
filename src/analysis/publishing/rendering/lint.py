"""What a page may hold: a list of what is allowed, checked on what pandoc understands of it.

Everything that is not listed is refused, whatever it is called or however it is spelled: what one
renderer shows and the other does not, scripts, frames, forms, events, addresses that run code,
images of another host.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from analysis.errors import RenderingError, quoted
from analysis.publishing.rendering.pandoc import pandoc_path

READER = "markdown-citations+citations"
"""The Markdown of pages, as both renderers read it."""

PLAIN = frozenset(
    {
        "Para",
        "Plain",
        "Str",
        "Space",
        "SoftBreak",
        "LineBreak",
        "Emph",
        "Strong",
        "Underline",
        "Quoted",
        "Superscript",
        "Subscript",
        "Strikeout",
        "SmallCaps",
        "Code",
        "CodeBlock",
        "BlockQuote",
        "BulletList",
        "OrderedList",
        "DefinitionList",
        "HorizontalRule",
        "LineBlock",
        "Note",
        "Cite",
        "Null",
        "Table",
    }
)
"""Elements that carry text and nothing else (a table's attributes are looked at like all
others)."""

ELEMENTS = frozenset(
    {
        "Link",
        "Image",
        "Div",
        "Span",
        "Header",
        "Figure",
        # What pandoc says of alignments, quotation marks, lists, widths and citations.
        "AlignLeft",
        "AlignRight",
        "AlignCenter",
        "AlignDefault",
        "SingleQuote",
        "DoubleQuote",
        "Decimal",
        "DefaultStyle",
        "Example",
        "LowerRoman",
        "UpperRoman",
        "LowerAlpha",
        "UpperAlpha",
        "Period",
        "OneParen",
        "TwoParens",
        "DefaultDelim",
        "ColWidth",
        "ColWidthDefault",
        "AuthorInText",
        "NormalCitation",
        "SuppressAuthor",
    }
)

CLASSES = re.compile(
    r"callout-(?:note|tip|warning|important|caution)|reading|lead|unnumbered|unlisted|header"
    r"|odd|even|smaller|number|uri|email|content-visible|wide|narrow"
)
IDENTIFIER = re.compile(r"[\w:.-]*")
KEYS = frozenset(
    {
        *("fig-alt", "title", "lang", "hreflang", "width", "height", "appearance", "icon"),
        "when-format",
    }
)
LINK = re.compile(
    r"(?:https?://|mailto:|tel:)\S*|#[\w:.-]*|(?!/)[\w./%-]*(?:\?[\w=&%-]*)?(?:#[\w:.-]*)?"
)
IMAGE = re.compile(r"figures/[\w-]+")
"""An image without its extension: each format takes the one that it can show."""
NOTEBOOK = re.compile(r"\.(?:ipynb|qmd)(?:[?#]|$)")
"""A source: readers have pages."""

LABEL = re.compile(r"(?:fig|tbl)-")
REFERENCE = re.compile(r"(?:fig|tbl|sec)-[\w-]+")
CELL = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*\{(?!=html\})(.*)", re.MULTILINE)
"""A fence that Quarto takes for a cell to run or draw."""

SHORTCODE = re.compile(r"\{\{[<%](.*?)[>%]\}\}", re.DOTALL)
SHORTCODES = re.compile(r"\s*pagebreak\s*")

TAGS = frozenset(
    {
        "table",
        "caption",
        "colgroup",
        "col",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "div",
        "span",
        "p",
        "br",
        "strong",
        "em",
        "b",
        "i",
        "sup",
        "sub",
        "abbr",
    }
)
"""Elements of HTML that a table may hold."""

VOID = frozenset({"br", "col"})

HTML_KEYS = frozenset(
    {
        "class",
        "id",
        "scope",
        "colspan",
        "rowspan",
        "headers",
        "lang",
        "title",
        "dir",
        "style",
        "role",
    }
)
STYLE = re.compile(
    r"(?:\s*(?:text-align|vertical-align|width|font-weight|white-space)\s*:\s*[\w%. -]+;?)*\s*"
)
DATA_KEY = re.compile(r"data-quarto-[a-z-]+")


def check_page(body: str, where: str) -> str:
    """Refuses a page that holds anything that is not allowed; gives what was understood of it, in
    pandoc's JSON.

    Raises:
        RenderingError: the first such thing is named.

    """
    for match in SHORTCODE.finditer(body):
        if not SHORTCODES.fullmatch(match[1]):
            raise _refusal(f"the shortcode {quoted(match[1].strip())}", where)
    for match in CELL.finditer(body):
        raise _refusal(f"the block {quoted('{' + match[1])}", where)
    understood = pandoc_json(body, where)
    tree = json.loads(understood)
    if tree["meta"]:
        raise _refusal("metadata of its own: a block between lines of dashes, or a title", where)
    for what in (*_forbidden_constructs(tree["blocks"]), *_unresolved(tree["blocks"])):
        raise _refusal(what, where)
    return understood


def _unresolved(blocks: Any) -> Iterator[str]:
    """References to what the page does not have."""
    labels, wanted = set[str](), list[str]()
    for kind, content in elements(blocks):
        attributes = _attributes(kind, content)
        if attributes is not None:
            labels.add(attributes[0])
        if kind == "Cite":
            wanted += [citation["citationId"] for citation in content[0]]
    yield from (
        f"a reference to {quoted(name)}, which it lacks" for name in wanted if name not in labels
    )


def elements(node: Any) -> Iterator[tuple[str, Any]]:
    """Every element of a page, by its kind."""
    if isinstance(node, list):
        for child in node:
            yield from elements(child)
    elif isinstance(node, dict):
        content = node.get("c") or []
        if "t" in node:
            yield str(node["t"]), content
            yield from elements(content)
        else:
            yield from elements(list(node.values()))


def _refusal(what: str, where: str) -> RenderingError:
    return RenderingError(
        f"Pages cannot hold {what}.",
        where=where,
        hint=(
            "both renderers must show a page alike, and a page runs nothing: see what "
            "rendering/lint.py allows."
        ),
    )


def pandoc_json(body: str, where: str) -> str:
    """What pandoc understands of a page: its `meta` and its `blocks`, in its JSON."""
    command = [pandoc_path(), "--from", READER, "--to", "json"]
    done = subprocess.run(
        command, input=body, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        raise RenderingError(
            f"pandoc could not read the page: {done.stderr.strip()[-300:]}",
            where=where,
            hint="the page's source is its notebook, under reports/runs/<study>/pages.",
        )
    return done.stdout


def _forbidden_constructs(node: Any) -> Iterator[str]:
    """What is not allowed in a part of a page, in words, in its order."""
    if isinstance(node, list):
        for child in node:
            yield from _forbidden_constructs(child)
        return
    if not isinstance(node, dict):
        return
    if "t" not in node:  # a citation's parts
        yield from _forbidden_constructs(list(node.values()))
        return
    kind, content = str(node["t"]), node.get("c") or []
    if kind in ("RawBlock", "RawInline"):
        if content[0] != "html":
            yield f"raw {content[0]}"
            return
        yield from _html_not_allowed(content[1])
        if kind == "RawInline":
            yield "HTML within a text: only a block of it is looked at whole"
        return
    yield from _element_not_allowed(kind, content)
    attributes = _attributes(kind, content)
    if attributes is not None:
        yield from _attributes_not_allowed(*attributes)
        yield from _shape_not_allowed(kind, *attributes)
    yield from _forbidden_constructs(content)


def _element_not_allowed(kind: str, content: Any) -> Iterator[str]:
    """What is not allowed of an element, its attributes and what it holds left out."""
    if kind == "Math":
        yield "formulas"
    elif kind == "Cite":
        keys = [citation["citationId"] for citation in content[0]]
        if len(keys) > 1:
            yield "references in one bracket: write them one by one"
        yield from (
            f"a reference to {quoted(name)}" for name in keys if not REFERENCE.fullmatch(name)
        )
    elif kind == "Link" and (not LINK.fullmatch(content[2][0]) or NOTEBOOK.search(content[2][0])):
        yield f"a link to {quoted(content[2][0])}"
    elif kind == "Image" and not IMAGE.fullmatch(content[2][0]):
        yield f"an image to {quoted(content[2][0])}"
    elif kind not in PLAIN and kind not in ELEMENTS:
        yield f"an element {kind}"


def _attributes(kind: str, content: Any) -> tuple[str, list[str], list[list[str]]] | None:
    """Identifier, classes and keys of an element that has any."""
    if kind in ("Div", "Span", "Link", "Image", "Code", "CodeBlock", "Table", "Figure"):
        return tuple(content[0])
    if kind == "Header":
        return tuple(content[1])
    return None


def _attributes_not_allowed(
    identifier: str, classes: list[str], keys: list[list[str]]
) -> Iterator[str]:
    if not IDENTIFIER.fullmatch(identifier):
        yield f"the identifier {quoted(identifier)}"
    for name in classes:
        if not CLASSES.fullmatch(name):
            yield f"the class {quoted(name)}"
    for key, value in keys:
        if key not in KEYS or (key == "when-format" and value != "html"):
            yield f"the attribute {quoted(key)}"


def _shape_not_allowed(
    kind: str, identifier: str, classes: list[str], keys: list[list[str]]
) -> Iterator[str]:
    """What the two renderers would show otherwise: a label of a figure or table that is no box, a
    callout without its title.
    """
    if LABEL.match(identifier) and kind != "Div":
        yield f"the label {quoted(identifier)} elsewhere than on a box (`::: {{#{identifier}}}`)"
    if any(name.startswith("callout-") for name in classes) and "title" not in dict(keys):
        yield "a callout without a title"


def _html_not_allowed(html: str) -> Iterator[str]:
    """What is not allowed of a block of HTML, which must be whole: what it opens, it closes."""
    parser = _Html()
    parser.feed(html)
    unparsed = parser.rawdata
    parser.close()
    yield from parser.forbidden
    if unparsed or parser.open_tags or _has_control(html):
        yield "HTML that is not whole"


def _has_control(text: str) -> bool:
    return any(
        not character.isprintable() and character not in "\n\N{NO-BREAK SPACE}\u202f"
        for character in text
    )


class _Html(HTMLParser):
    """Gathers what is not allowed of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forbidden: list[str] = []
        self.open_tags: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._check(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open_tags.append(tag)
        self._check(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags.pop() != tag:
            self.forbidden.append("HTML that is not whole")

    def _check(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.forbidden.append(f"the HTML element {quoted(tag)}")
        for key, value in attrs:
            is_allowed = key in HTML_KEYS or DATA_KEY.fullmatch(key)
            if not is_allowed or (key == "style" and not STYLE.fullmatch(value or "")):
                self.forbidden.append(f"the HTML attribute {quoted(key)}")

    def handle_comment(self, _data: str) -> None:
        self.forbidden.append("an HTML comment")

    def handle_decl(self, _decl: str) -> None:
        self.forbidden.append("an HTML declaration")

    def handle_pi(self, _data: str) -> None:
        self.forbidden.append("an HTML instruction")

    def unknown_decl(self, _data: str) -> None:
        self.forbidden.append("an HTML declaration")
