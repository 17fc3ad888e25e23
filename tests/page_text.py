"""A page as somebody hears it: its lines, in order, with nothing of its markup."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### "}
LINES = {*HEADINGS, "p", "caption", "figcaption", "title", "li", "aside"}
UNREAD = {"style", "script", "nav", "svg", "footer"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._text = ""
        self._row: list[str] = []
        self._unread = 0
        self._mark = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNREAD:
            self._unread += 1
        elif tag == "img" and (alt := dict(attrs).get("alt")):
            self.lines.append(f"image: {alt}")
        elif tag == "tr":
            self._row = []
        elif tag in LINES | {"td", "th"}:
            self._end()
            self._mark = HEADINGS.get(tag, "")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNREAD:
            self._unread -= 1
        elif tag in ("td", "th"):
            self._row.append(self._taken())
        elif tag == "tr":
            self.lines.append(" | ".join(self._row))
        elif tag in LINES:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._text += data

    def _taken(self) -> str:
        text, self._text = re.sub(r"[ \n\t]+", " ", self._text).strip(), ""
        return text

    def _end(self) -> None:
        if text := self._taken():
            self.lines.append(self._mark + text)
        self._mark = ""


def lines_of(page: Path) -> list[str]:
    """The lines of an HTML page: headings (`#`, `##`), sentences, captions, `image:` before a
    figure's words, and the rows of tables, cells between ` | `. Spaces that do not break are
    written as plain ones.
    """
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return [line.replace("\u00a0", " ").replace("\u202f", " ") for line in reader.lines]


def markdown_lines(markdown: str) -> list[str]:
    """The lines of a section's Markdown, written as those of a page; `image:` before the words of a
    figure.
    """
    text = re.sub(r"^(#+ .*) \{#[\w-]+\}$", r"\1", markdown, flags=re.M)
    text = re.sub(r"^!\[\]\([^)]*-narrow\).*$", "", text, flags=re.M)
    image = r'^!\[\]\([^)]*\)\{\.wide fig-alt="(.*)"\}$'
    text = re.sub(image, r"image: \1", text, flags=re.M)
    text = re.sub(r"^(:::.*|```.*)$", "", text, flags=re.M)
    text = re.sub(r"</t[dh]>\s*(?=<t[dh])", " | ", text)
    text = re.sub(r"<[^>]*>", "", text)
    text = re.sub(r"\\([^\w\s])", r"\1", html.unescape(text)).replace("**", "")
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    return [line.strip() for line in plain.splitlines() if line.strip()]
