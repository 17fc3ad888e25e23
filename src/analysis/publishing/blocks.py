"""Blocks of a page: a heading that says the finding, a figure or table, and how to read it.

A block is Quarto Markdown for the renderers, HTML for a notebook that somebody reads, and the
record of the sentences that stand in it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence
from analysis.study.languages import with_marks, without_marks

IMAGES_FOLDER = "figures"
"""Folder of a page's images, beside it."""

ON_PHONES = "-narrow"
"""What the name of an image that is drawn for phones ends in."""

SENTENCES = "application/vnd.observatoire.sentences+json"
"""The type under which a notebook keeps the sentences of a block."""


@dataclass(frozen=True)
class Part:
    """A piece of a block.

    Attributes:
        markdown: As both renderers read it.
        html: As a notebook shows it.
        sentences: Those that stand in it, each with the name of its place.
        anchor: Of a heading: what it is called in addresses, after its section; None of another
            part.

    """

    markdown: str
    html: str
    sentences: tuple[tuple[str, Sentence], ...] = ()
    anchor: str | None = None


@dataclass(frozen=True)
class Block:
    """A section of a page, shown by the notebook that makes it."""

    section: str
    parts: tuple[Part, ...] = ()

    @property
    def markdown(self) -> str:
        """The block as renderers read it. Its headings have addresses that their words, and the
        figures in them, do not change: the section's, then the section's with a name or a number.
        """
        texts, headings = [], 0
        for part in self.parts:
            text = part.markdown
            if part.anchor is not None:
                headings += 1
                rank = str(headings) if headings > 1 else ""
                text += f" {{#{'-'.join(filter(None, (self.section, part.anchor or rank)))}}}"
            texts.append(text)
        return "\n\n".join(texts) + "\n" if texts else ""

    @property
    def sentences(self) -> list[dict[str, object]]:
        """What is recorded of its sentences: place, rule, keys of figures, text."""
        return [
            {
                "section": self.section,
                "place": role,
                "rule": sentence.rule,
                "figures": list(sentence.figures),
                "text": without_marks(sentence.text),
            }
            for part in self.parts
            for role, sentence in part.sentences
        ]

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, object]]:
        html = "\n".join(part.html for part in self.parts)
        bundle: dict[str, object] = {
            "text/markdown": self.markdown,
            "text/html": f"<article>{html}</article>",
            "text/plain": f"[{self.section}]",
            SENTENCES: self.sentences,
        }
        return bundle, {}


def block(section: str, *parts: Part | None) -> Block:
    """A section of some parts, one after the other; what is None is left out."""
    return Block(section, tuple(part for part in parts if part is not None))


def heading(text: str | Sentence, *, level: int = 2, anchor: str = "") -> Part:
    """A heading: a finding, or a title. Where a block has several, each is known by an anchor."""
    words, sentences = _words_and_sentences("heading", text)
    return Part(
        markdown=f"{'#' * level} {escape_markdown(words)}",
        html=f"<h{level}>{_html(words)}</h{level}>",
        sentences=sentences,
        anchor=anchor,
    )


def paragraph(text: str | Sentence) -> Part:
    """A paragraph: Markdown as it is, or a sentence."""
    words, sentences = _words_and_sentences("paragraph", text)
    markdown = escape_markdown(words) if sentences else _markdown_with_languages(words)
    return Part(markdown=markdown, html=f"<p>{_html(words)}</p>", sentences=sentences)


def lead(text: str, *sentences: Sentence) -> Part:
    """The line at the head of a page, and the sentences that stand in it."""
    return Part(
        markdown=f"::: {{.lead}}\n\n{escape_markdown(text)}\n\n:::",
        html=f"<p>{_html(text)}</p>",
        sentences=tuple(("lead", sentence) for sentence in sentences),
    )


def image(name: str, *, alt: str | Sentence, caption: str, svg: str) -> Part:
    """A cross-referenced figure, whose image lies beside the page as `figures/<name>.svg`, drawn
    once more for the screen of a phone.

    Args:
        name: Of the image.
        alt: What it shows, in words.
        caption: Under it.
        svg: The image itself, for a notebook.

    """
    words, sentences = _words_and_sentences("alt", alt)
    words = without_marks(words)
    described = f'fig-alt="{escape(words, quote=True)}"'
    image = (
        f"![](figures/{name}){{.wide {described}}}\n\n"
        '::: {.content-visible when-format="html"}\n'
        f"![](figures/{name}{ON_PHONES}){{.narrow {described}}}\n:::"
    )
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")  # its fonts stay its own
    return Part(
        markdown=f"::: {{#fig-{name}}}\n\n{image}\n\n{escape_markdown(caption)}\n\n:::",
        html=(
            f'<figure><img alt="{escape(words, quote=True)}" '
            f'src="data:image/svg+xml;base64,{data}">'
            f"<figcaption>{_html(caption)}</figcaption></figure>"
        ),
        sentences=sentences,
    )


def table(
    name: str, *, columns: Mapping[str, Sequence[str]], caption: str, numeric: Sequence[str] = ()
) -> Part:
    """A cross-referenced table of texts, its first column being the rows' headers.

    Args:
        name: Of the table.
        columns: Header → cells.
        caption: Above it.
        numeric: Headers of the columns to align right.

    """
    from great_tables import GT  # here: commands that run no page need no table

    frame = pl.DataFrame({header: list(cells) for header, cells in columns.items()})
    first = frame.columns[0]
    html = (
        GT(frame, id=f"tbl-{name}", rowname_col=first)
        .tab_stubhead(first)
        .cols_align("right", columns=list(numeric))
        .cols_align(
            "left", columns=[header for header in frame.columns[1:] if header not in numeric]
        )
        .as_raw_html()
    )
    body = html[html.index("<table") : html.index("</table>") + len("</table>")]
    # Paper and word processors take an alignment from a style, and from no class.
    body = re.sub(r'class="[^"]*gt_(left|right)[^"]*"', r'\g<0> style="text-align: \1"', body)
    body = _html_with_languages(re.sub(r"\n+", "\n", body))
    return Part(
        markdown=_captioned(name, body, caption),
        html=f"<p><strong>{_html(caption)}</strong></p>{body}",
    )


@dataclass(frozen=True)
class Tile:
    """A sentence in a cell.

    Attributes:
        number: That it begins with, which is printed large; empty where it begins with none.
        verdict: The word that it begins with, which is printed bold; empty where there is none.

    """

    number: str
    sentence: Sentence
    verdict: str = ""


def tiles(
    name: str,
    *,
    corner: str,
    heads: Sequence[str],
    rows: Sequence[str],
    cells: Sequence[Sequence[Tile]],
    caption: str,
) -> Part:
    """A cross-referenced table of sentences.

    Args:
        name: Of the table.
        corner: Header of the column of the rows' headers.
        heads: Headers of the other columns.
        rows: Headers of the rows.
        cells: One list per row.
        caption: Above it.

    """

    def cell(tile: Tile) -> str:
        begins = tile.number or tile.verdict
        tag = "strong" if tile.number else "b"
        head = f"<{tag}>{escape(begins)}</{tag}>" if begins else ""
        return f"<td>{head}{_html(tile.sentence.text.removeprefix(begins))}</td>"

    columns = "".join(f'<th scope="col">{_html(head)}</th>' for head in (corner, *heads))
    lines = "\n".join(
        f'<tr><th scope="row">{_html(row)}</th>{"".join(map(cell, line))}</tr>'
        for row, line in zip(rows, cells, strict=True)
    )
    large = any(tile.number for line in cells for tile in line)
    body = (
        f'<table class="{"tiles" if large else "verdicts"}">\n<thead><tr>{columns}</tr></thead>\n'
        f"<tbody>\n{lines}\n</tbody>\n</table>"
    )
    body = re.sub(r"<(t[hd])\b", r'<\1 style="text-align: left"', body)
    return Part(
        markdown=_captioned(name, body, caption),
        html=f"<p><strong>{_html(caption)}</strong></p>{body}",
        sentences=tuple(
            (f"tile {column}", tile.sentence)
            for line in cells
            for column, tile in enumerate(line, 1)
        ),
    )


def _captioned(name: str, body: str, caption: str) -> str:
    """A table of HTML with its number and caption, as renderers read it."""
    foot = escape_markdown(caption)
    return f"::: {{#tbl-{name}}}\n\n```{{=html}}\n{body}\n```\n\n{foot}\n\n:::"


def figure_notes(
    language: Language,
    *,
    lecture: Sentence | None = None,
    field: str = "",
    note: str | Sentence | None = "",
    source: str = "",
) -> Part | None:
    """The notes under a figure or table: Lecture, Champ, Note, Source; an empty one is left out.

    Args:
        language: It names the parts.
        lecture: One figure, read aloud.
        field: Who it is about.
        note: What has to be known to read it.
        source: Where it comes from.

    """
    texts = {"lecture": lecture, "field": field, "note": note, "source": source}
    lines: list[str] = []
    html: list[str] = []
    sentences: list[tuple[str, Sentence]] = []
    for name, text in texts.items():
        if not text:
            continue
        words, of_part = _words_and_sentences(name, text)
        lines.append(f"**{language.text(name)}{language.colon}** {escape_markdown(words)}")
        html.append(f"<p><strong>{language.text(name)}{language.colon}</strong> {_html(words)}</p>")
        sentences += of_part
    if not lines:
        return None
    return Part(
        markdown="\n\n".join(["::: {.reading}", *lines, ":::"]),
        html="".join(html),
        sentences=tuple(sentences),
    )


@dataclass(frozen=True)
class Link:
    """A text that leads to a page of the edition, or to an address."""

    text: str
    target: str


Fact = str | Sentence | Link | tuple[Link, ...] | None
"""What is said after a name in a list; what is empty or None is left out."""


def fact_list(language: Language, facts: Mapping[str, Fact]) -> Part:
    """A list of facts, each after its name: publisher, contact, …

    Args:
        language: It writes the colon.
        facts: Name → what is said.

    """
    told = _told(language, facts)
    return Part(
        markdown="\n".join(f"- {one.markdown}" for one in told),
        html=f"<ul>{''.join(f'<li>{one.html}</li>' for one in told)}</ul>",
        sentences=tuple(sentence for one in told for sentence in one.sentences),
    )


def fact_line(language: Language, facts: Mapping[str, Fact]) -> Part:
    """The same in one paragraph of small type; arguments as `fact_list`."""
    told = _told(language, facts)
    return Part(
        markdown=f"::: {{.reading}}\n\n{' '.join(f'{one.markdown}.' for one in told)}\n\n:::",
        html=f"<p>{' '.join(f'{one.html}.' for one in told)}</p>",
        sentences=tuple(sentence for one in told for sentence in one.sentences),
    )


def link_line(links: Sequence[Link]) -> Part:
    """Links in one paragraph, one after the other."""
    shown = (f"[{escape_markdown(link.text)}]({link.target})" for link in links)
    return Part(
        markdown=" · ".join(shown),
        html=f"<p>{' · '.join(_html(link.text) for link in links)}</p>",
    )


def page_break() -> Part:
    """Where a sheet of paper ends; on a screen, nothing."""
    return Part(markdown="{{< pagebreak >}}", html="<hr>")


def _told(language: Language, facts: Mapping[str, Fact]) -> list[Part]:
    """The facts that there are, each after its name."""
    told = []
    for name, fact in facts.items():
        if not fact:
            continue
        head = f"{name}{language.colon}"
        sentences: tuple[tuple[str, Sentence], ...] = ()
        if isinstance(fact, Link | tuple):
            links = (fact,) if isinstance(fact, Link) else fact
            words = language.series([link.text for link in links])
            shown = language.series(
                [f"[{escape_markdown(link.text)}]({link.target})" for link in links]
            )
        else:
            words, sentences = _words_and_sentences("fact", fact)
            shown = escape_markdown(words)
        told.append(
            Part(
                markdown=f"**{escape_markdown(head)}** {shown}",
                html=f"<strong>{escape(head)}</strong> {_html(words)}",
                sentences=sentences,
            )
        )
    return told


def callout(title: str, *texts: str | Sentence, kind: str = "warning") -> Part:
    """A boxed note with a title; several texts are the points of a list."""
    title = without_marks(title)
    box = f'::: {{.callout-{kind} title="{escape(title, quote=True)}"}}'
    pairs = [_words_and_sentences("callout", text) for text in texts]
    point, tag = ("- ", "li") if len(texts) > 1 else ("", "span")
    body = "\n".join(point + escape_markdown(words) for words, _ in pairs)
    html = " ".join(f"<{tag}>{_html(words)}</{tag}>" for words, _ in pairs)
    return Part(
        markdown=f"{box}\n\n{body}\n\n:::",
        html=f'<div role="note" class="note"><strong>{escape(title)}</strong> {html}</div>',
        sentences=tuple(sentence for _, sentences in pairs for sentence in sentences),
    )


def escape_markdown(text: str) -> str:
    """A text from the parameters or the data, on one line, as Markdown that cannot be markup; a
    part in another language says which.
    """
    line = " ".join(re.split(r"[ \t\r\n]+", text))
    escaped = re.sub(r"([\\`*_{}\[\]()<>#|~^$@&\-.'\"!+:=])", r"\\\1", line)
    return _markdown_with_languages(escaped)


def _markdown_with_languages(markdown: str) -> str:
    return with_marks(markdown, lambda code, part: f"[{part}]{{lang={code}}}")


def _html_with_languages(html: str) -> str:
    return with_marks(html, lambda code, part: f'<span lang="{code}">{part}</span>')


def _html(text: str) -> str:
    """A text as HTML; a part in another language says which."""
    return _html_with_languages(escape(text))


def _words_and_sentences(
    role: str, text: str | Sentence
) -> tuple[str, tuple[tuple[str, Sentence], ...]]:
    """The text to print, and its sentence with its role in the block where a rule made it."""
    if isinstance(text, Sentence):
        return text.text, ((role, text),)
    return text, ()
