"""Documents for word processors: the model that they take their styles, header and footer from, and
what renderers leave unsaid of their tables.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr, unescape

from analysis.publishing.rendering.pandoc import pandoc_path

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
STYLES = Path(__file__).with_name("styles.xml")

DATED = (1980, 1, 1, 0, 0, 0)
"""The date of the files in it: none, as far as the format can say it."""

TEXT = 9638
"""Where the text of a page ends, in twentieths of a point from its left edge."""

WIDEST = 5_760_000
"""The widest image, in English metric units: 16 cm, which leave room for the margins of a cell."""

LINE, PADDING, BOLD = 112, 3, 1.15
"""Characters of a line of a table; those that the margins of a cell take; how much wider bold ones
are."""

MOST_TOGETHER = 12
"""Rows of a table that stay on one page, at most."""

INNERMOST = re.compile(r"<w:tbl>(?:(?!<w:tbl>).)*?</w:tbl>", re.DOTALL)

PAPER = (
    '<w:pgSz w:w="11906" w:h="16838" />'
    '<w:pgMar w:top="1300" w:right="1134" w:bottom="1134" w:left="1134" w:header="600"'
    ' w:footer="500" w:gutter="0" />'
)
"""A4 and its margins, in twentieths of a point."""


def reference_document(*, header: tuple[str, str], footer: str) -> bytes:
    """A DOCX that renderers take styles, header and footer from; the same bytes each time.

    Args:
        header: What stands at the left and at the right of the top of each page.
        footer: What stands at the left of its foot, beside the number of the page.

    """
    pandoc = [pandoc_path(), "--print-default-data-file", "reference.docx"]
    parts = _parts(subprocess.run(pandoc, capture_output=True, check=True).stdout)
    numbers = f"{_field('PAGE')}{_run(' / ')}{_field('NUMPAGES')}"
    pieces = {
        "header": f"{_run(header[0])}{TAB}{_run(header[1], bold=True)}",
        "footer": f"{_run(footer)}{TAB}{numbers}",
    }
    references, types, relations = "", "", ""
    for name, content in pieces.items():
        references += f'<w:{name}Reference w:type="default" r:id="rId{name}" />'
        types += f'<Override PartName="/word/{name}1.xml" ContentType="{TYPE}.{name}+xml" />'
        relations += (
            f'<Relationship Type="{RELATIONS}/{name}" Id="rId{name}" Target="{name}1.xml" />'
        )
        parts[f"word/{name}1.xml"] = _piece(name, content)
    for name, end, addition in (
        ("[Content_Types].xml", "</Types>", f"{types}</Types>"),
        ("word/_rels/document.xml.rels", "</Relationships>", f"{relations}</Relationships>"),
    ):
        parts[name] = _replaced(parts[name], end, addition)
    section = re.search(rb"<w:sectPr>.*?</w:sectPr>", parts["word/document.xml"], re.DOTALL)
    assert section is not None, "pandoc's model has a section"
    parts["word/document.xml"] = _replaced(
        parts["word/document.xml"],
        section[0].decode("utf-8"),
        f"<w:sectPr>{references}{PAPER}</w:sectPr>",
    )
    parts["word/styles.xml"] = STYLES.read_bytes()
    return _document(parts)


def finished_document(docx: bytes, alternative_texts: Mapping[str, str]) -> bytes:
    """A document in which columns are as wide as their texts ask and images no wider than a line,
    rows and short tables stay on one page, the first column of a table heads its rows, and the
    title is the heading of the first level.

    Args:
        docx: As a renderer made it.
        alternative_texts: What its images show, in words, by their names.

    """
    parts = _parts(docx)
    text = parts["word/document.xml"].decode("utf-8")
    text = re.sub(r"<w:tr>(?:<w:trPr>)?", _row, text)
    text = INNERMOST.sub(_table, text)
    drawing = partial(_drawing, alternative_texts)
    text = re.sub(r"<w:drawing>.*?</w:drawing>", drawing, text, flags=re.DOTALL)
    text = text.replace('w:firstColumn="0"', 'w:firstColumn="1"')
    text = text.replace('<w:pStyle w:val="Title" />', '<w:pStyle w:val="Heading1" />')
    parts["word/document.xml"] = text.encode("utf-8")
    return _document(parts)


def _row(found: re.Match[str]) -> str:
    """The beginning of a row that no page splits."""
    properties = "<w:trPr><w:cantSplit />"
    return f"<w:tr>{properties}" + ("" if "trPr" in found[0] else "</w:trPr>")


def _table(found: re.Match[str]) -> str:
    """A table with widths; its rows stay together where they are few, each with the next."""
    table = found[0]
    if "<w:drawing" in table:  # Quarto lays figures out in one
        return table
    if "<w:gridSpan" not in table:
        widths = _widths(re.findall(r"<w:tr>.*?</w:tr>", table, re.DOTALL))
        grid = "".join(f'<w:gridCol w:w="{width}" />' for width in widths)
        table = re.sub(r"<w:tblGrid>.*?</w:tblGrid>", f"<w:tblGrid>{grid}</w:tblGrid>", table)
        table = re.sub(r"<w:tblLayout [^>]*>", "", table)
        fixed = f'<w:tblW w:type="dxa" w:w="{sum(widths)}" /><w:tblLayout w:type="fixed" />'
        table = re.sub(r"<w:tblW [^>]*>", fixed, table)
    *rows, last = table.split("<w:tr>")
    if len(rows) > MOST_TOGETHER:
        return table
    kept = [re.sub(r'(<w:pStyle w:val="[^"]*" />)', r"\1<w:keepNext />", row) for row in rows]
    return "<w:tr>".join([*kept, last])


def _drawing(alternative_texts: Mapping[str, str], found: re.Match[str]) -> str:
    """An image no wider than the text, said in words where the page has some for it."""
    size = re.compile(r'(<(?:wp:extent|a:ext) )cx="(\d+)" cy="(\d+)"')
    width = size.search(found[0])
    scale = min(1.0, WIDEST / int(width[2])) if width else 1.0
    drawn = size.sub(
        lambda one: f'{one[1]}cx="{int(scale * int(one[2]))}" cy="{int(scale * int(one[3]))}"',
        found[0],
    )
    name = re.search(r'<pic:cNvPr descr="[^"]*?([^"/]+)\.png"', drawn)
    if name is None or name[1] not in alternative_texts:
        return drawn
    told = f"<wp:docPr descr={quoteattr(alternative_texts[name[1]])}"
    return re.sub(r'<wp:docPr descr="[^"]*"', lambda _: told, drawn)


def _widths(rows: Sequence[str]) -> list[int]:
    """The widths of the columns of a table, in twentieths of a point: each holds its longest word,
    and they share what is left of a line by their longest text, less than in proportion. A table
    that needs less than a line takes less.
    """
    words: dict[int, float] = {}
    texts: dict[int, float] = {}
    for row in rows:
        weight = BOLD if "<w:tblHeader" in row else 1
        for place, cell in enumerate(re.findall(r"<w:tc>.*?</w:tc>", row, re.DOTALL)):
            text = unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", cell)))
            longest = max(map(len, re.split(r"[ \n]", text)))
            words[place] = max(words.get(place, 1), weight * longest)
            texts[place] = max(texts.get(place, 1), weight * len(text))
    needed = sum(words.values()) + PADDING * len(words)
    line = max(needed, min(LINE, sum(texts.values()) + PADDING * len(words)))
    wanted = {place: (texts[place] - words[place]) ** 0.7 for place in words}
    left = (line - needed) / (sum(wanted.values()) or 1)
    unit = TEXT / max(LINE, line)
    return [int(unit * (words[place] + PADDING + left * wanted[place])) for place in words]


TAB = "<w:r><w:tab /></w:r>"


def _run(text: str, *, bold: bool = False) -> str:
    weight = "<w:rPr><w:b /></w:rPr>" if bold else ""
    return f'<w:r>{weight}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _field(name: str) -> str:
    """What the word processor computes: the number of a page, of pages."""
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _piece(name: str, content: str) -> bytes:
    """The part of a document that holds its header or its footer."""
    tag = {"header": "hdr", "footer": "ftr"}[name]
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:{tag} xmlns:w="{MAIN}"><w:p><w:pPr><w:pStyle w:val="{name.title()}" /></w:pPr>'
        f"{content}</w:p></w:{tag}>"
    ).encode()


def _replaced(part: bytes, old: str, new: str) -> bytes:
    text = part.decode("utf-8")
    assert old in text, "pandoc's model is not what it was"
    return text.replace(old, new).encode("utf-8")


def _parts(docx: bytes) -> dict[str, bytes]:
    """The files that a document is made of, in their order."""
    with zipfile.ZipFile(BytesIO(docx)) as source:
        return {name: source.read(name) for name in source.namelist()}


def _document(parts: Mapping[str, bytes]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, DATED), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()
