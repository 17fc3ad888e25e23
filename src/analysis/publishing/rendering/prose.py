"""What a text of the parameters may hold that stands on a page as Markdown: paragraphs, lists,
emphasis and links, and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.errors import quoted
from analysis.publishing.rendering.lint import (
    CELL,
    PLAIN,
    SHORTCODE,
    elements,
    pandoc_json,
)

REFUSED = {
    "Cite": "a word that begins with @",
    "Code": "code",
    "CodeBlock": "code",
    "Div": "a box",
    "Figure": "an image",
    "Header": "a heading of its own",
    "HorizontalRule": "a line across the page",
    "Image": "an image",
    "Math": "a formula",
    "Note": "a footnote",
    "RawBlock": "HTML",
    "RawInline": "HTML",
    "Span": "a box",
    "Table": "a table",
}
"""What pages may hold and such a text may not, by the name that pandoc gives it."""

LISTS = frozenset(
    {
        *("SingleQuote", "DoubleQuote", "Decimal", "DefaultStyle", "Example"),
        *("LowerRoman", "UpperRoman", "LowerAlpha", "UpperAlpha"),
        *("Period", "OneParen", "TwoParens", "DefaultDelim"),
    }
)
"""What pandoc says of quotation marks and of the numbers of lists."""

ADDRESS = re.compile(r"https://[^\s<>\"'`\\]+")
"""Where a link may lead: a page of another site, under a name that can be checked."""

_PART = re.compile(r"part-(\d+)")


def forbidden_in_prose(texts: Mapping[str, str], where: str) -> Iterator[tuple[str, str]]:
    """What is not allowed of some texts, each with the name of the text it stands in.

    Args:
        texts: Name → Markdown; what one of them leaves open reaches into the next.
        where: Whose they are, for messages.

    """
    names = list(texts)
    for name, text in texts.items():
        for pattern, what in ((SHORTCODE, "a shortcode"), (CELL, "a block that runs")):
            if pattern.search(text):
                yield name, what
    parts = (f"## {{#part-{rank}}}\n\n{text}" for rank, text in enumerate(texts.values()))
    at = names[0] if names else ""
    for block in json.loads(pandoc_json("\n\n".join(parts) + "\n", where))["blocks"]:
        begun = _PART.fullmatch(block["c"][1][0]) if block["t"] == "Header" else None
        if begun is not None:
            at = names[int(begun[1])]
        else:
            yield from ((at, what) for what in _forbidden(block))


def _forbidden(block: Any) -> Iterator[str]:
    """What is not allowed of a block, each thing once."""
    found: list[str] = []
    for kind, content in elements(block):
        if kind == "Link":
            if not ADDRESS.fullmatch(content[2][0]):
                found.append(f"a link to {quoted(content[2][0])}, which is no https address")
            if content[0][0] or content[0][2] or set(content[0][1]) - {"uri"}:
                found.append("a link with attributes")
        elif kind in REFUSED:
            found.append(REFUSED[kind])
        elif kind not in PLAIN and kind not in LISTS:
            found.append(f"an element {kind}")
    yield from dict.fromkeys(found)
