"""What leaves the screen: pages of a PDF, and documents for word processors, read back."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst

from analysis.publishing.rendering.paper import with_row_headers
from analysis.publishing.rendering.word import finished_document, reference_document
from tests.publication.published_pages import PAGES

MOST_CHARACTERS = 90
"""Of a line under a figure."""


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure of a PDF, from its root."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from elements(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def scopes(pdf: bytes) -> Counter[str]:
    """The header cells of a PDF, by what they head; and its cells of data."""
    root = pypdf.PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"]
    found: Counter[str] = Counter()
    for element in elements(root):
        if element["/S"] == "/TH":
            found.update(one["/Scope"] for one in element["/A"] if "/Scope" in one)
        elif element["/S"] == "/TD":
            found["data"] += 1
    return found


@pytest.mark.parametrize("name", PAGES)
def test_each_row_of_a_pdf_has_its_header_and_each_column_too(published: Path, name: str) -> None:
    text = (published / "_site" / f"{name}.html").read_text(encoding="utf-8")
    found = scopes((published / "_site" / f"{name}.pdf").read_bytes())
    rows = [re.findall(r"<t[hd]\b", row) for row in re.findall(r"<tr\b.*?</tr>", text, re.DOTALL)]
    heads = [re.findall(r"<th\b", one) for one in re.findall(r"<thead.*?</thead>", text, re.DOTALL)]
    columns = sum(map(len, heads))
    assert found["/Row"] == len(rows) - len(heads)
    assert found["/Column"] == columns
    assert found["data"] == sum(map(len, rows)) - columns - found["/Row"]


PLAIN = """#set document(title: [T], author: "A")
#set text(lang: "fr")
= T
#figure(table(columns: 2, table.header[a][b], [x], [1], [y], [2]), caption: [c])
"""


def tagged(tmp_path: Path, source: str) -> bytes:
    path = tmp_path / "page.typ"
    path.write_text(source, encoding="utf-8")
    made: bytes = typst.compile(str(path), pdf_standards=["a-2a", "ua-1"])
    return made


def test_headers_of_rows_are_told_after_what_was_written(tmp_path: Path) -> None:
    made = tagged(tmp_path, PLAIN)
    assert scopes(made) == {"/Column": 2, "data": 4}
    told = with_row_headers(made)
    assert told.startswith(made) and told != made
    assert scopes(told) == {"/Column": 2, "/Row": 2, "data": 2}
    assert with_row_headers(made) == told
    assert pypdf.PdfReader(BytesIO(told)).pages[0].extract_text().count("c") >= 1
    without = tagged(tmp_path, '#set document(title: [T])\n#set text(lang: "fr")\n= T')
    assert with_row_headers(without) == without


@pytest.mark.parametrize("name", PAGES)
def test_a_line_under_a_figure_is_short_and_no_interval_is_cut(published: Path, name: str) -> None:
    reader = pypdf.PdfReader(published / "_site" / f"{name}.pdf")
    lines = [line.strip() for page in reader.pages for line in page.extract_text().splitlines()]
    cut = [line for line in lines if re.search(r"\[[−+\d][^\]]*;?\s*$", line)]
    assert cut == []
    notes, within = [], False
    for line in lines:
        within = bool(re.match(r"(Lecture|Champ|Note)\s?:", line)) or within
        within = within and not re.match(r"Source\s?:", line)
        notes += [line] if within else []
    assert [line for line in notes if len(line) > MOST_CHARACTERS] == []
    assert (max(map(len, notes), default=0) > MOST_CHARACTERS / 2) == (name != "cartes")


def test_a_synthesis_takes_one_sheet(published: Path) -> None:
    for name in ("index", "engagements"):
        assert len(pypdf.PdfReader(published / "_site" / f"{name}.pdf").pages) == 1


# --- documents for word processors ----------------------------------------------------------------


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as document:
        names = [name for name in document.namelist() if name.endswith((".xml", ".rels"))]
        return {name: document.read(name).decode("utf-8") for name in names}


@pytest.mark.parametrize("name", PAGES)
def test_a_document_has_its_heading_its_captions_and_rows_that_no_page_splits(
    published: Path, name: str
) -> None:
    found = parts(published / "_site" / f"{name}.docx")
    body = found["word/document.xml"]
    html = (published / "_site" / f"{name}.html").read_text(encoding="utf-8")
    assert body.count('<w:pStyle w:val="Heading1" />') == 1
    assert '<w:pStyle w:val="Title" />' not in body
    assert body.count('<w:pStyle w:val="TableCaption" />') == html.count("<table")
    assert body.count('<w:pStyle w:val="ImageCaption" />') == html.count("<img")
    told = [unescape(alt) for alt in re.findall(r'<wp:docPr descr="([^"]*)"', body)]
    assert told == [unescape(alt) for alt in re.findall(r'<img src="[^"]+" alt="([^"]*)"', html)]
    assert body.count("<w:tr>") == body.count("<w:cantSplit />") == len(re.findall(r"<tr\b", html))
    assert body.count('w:firstColumn="1"') == body.count("<w:tbl>") == html.count("<table")
    assert "Données simulées" in found["word/header1.xml"]
    assert (
        "Édition 1.0.0 du 16" in found["word/footer1.xml"]
        and "NUMPAGES" in (found["word/footer1.xml"])
    )
    assert 'w:ascii="Arial"' in found["word/styles.xml"]


@pytest.mark.parametrize("name", PAGES)
def test_a_column_of_a_document_holds_its_longest_word(published: Path, name: str) -> None:
    body = parts(published / "_site" / f"{name}.docx")["word/document.xml"]
    for table in re.findall(r"<w:tbl>.*?</w:tbl>", body, re.DOTALL):
        widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', table)]
        assert len(widths) > 1
        for row in re.findall(r"<w:tr>.*?</w:tr>", table, re.DOTALL):
            cells = re.findall(r"<w:tc>.*?</w:tc>", row, re.DOTALL)
            texts = ["".join(re.findall(r"<w:t [^>]*>([^<]*)", cell)) for cell in cells]
            for text, width in zip(texts, widths, strict=True):
                longest = max(map(len, re.split(r"[ \n]", text)))
                assert width >= longest * 70, f"{text!r} in {width}"


def test_an_image_keeps_its_place_and_gets_its_words_whatever_they_say() -> None:
    drawing = (
        '<w:drawing><wp:extent cx="11520000" cy="200" /><wp:docPr descr="" id="1" />'
        '<pic:cNvPr descr="figures/{name}.png" id="2" />'
        '<a:ext cx="11520000" cy="200" /></w:drawing>'
    )

    def finished(name: str) -> str:
        written = BytesIO()
        with zipfile.ZipFile(written, "w") as target:
            target.writestr("word/document.xml", drawing.format(name=name))
        told = {"mine": 'À <gauche> : cx="12" & "droite"'}
        with zipfile.ZipFile(BytesIO(finished_document(written.getvalue(), told))) as source:
            return source.read("word/document.xml").decode("utf-8")

    mine = finished("mine")
    assert mine.count('cx="5760000" cy="100"') == 2, "half as wide, half as high"
    (words,) = re.findall(r"<wp:docPr descr='([^']*)'", mine)
    assert unescape(words) == 'À <gauche> : cx="12" & "droite"'
    assert '<wp:docPr descr="" id="1" />' in finished("another"), "what nobody words stays as it is"


def test_a_short_table_of_a_document_stays_together_and_a_long_one_breaks() -> None:
    def table(rows: int) -> str:
        cell = '<w:tc><w:p><w:pPr><w:pStyle w:val="Compact" /></w:pPr></w:p></w:tc>'
        return f"<w:tbl>{''.join(f'<w:tr>{cell}</w:tr>' for _ in range(rows))}</w:tbl>"

    def finished(rows: int) -> str:
        written = BytesIO()
        with zipfile.ZipFile(written, "w") as target:
            target.writestr("word/document.xml", table(rows))
        with zipfile.ZipFile(BytesIO(finished_document(written.getvalue(), {}))) as source:
            return source.read("word/document.xml").decode("utf-8")

    assert finished(5).count("<w:keepNext />") == 4 and finished(5).count("<w:cantSplit />") == 5
    assert finished(30).count("<w:keepNext />") == 0 and finished(30).count("<w:cantSplit />") == 30


def test_the_model_of_documents_is_the_same_bytes_and_holds_no_markup_of_a_title() -> None:
    made = [
        reference_document(header=("<w:b/> & co", "Simulées"), footer="Édition 1.0.0")
        for _ in range(2)
    ]
    assert made[0] == made[1]
    with zipfile.ZipFile(BytesIO(made[0])) as document:
        header = document.read("word/header1.xml").decode("utf-8")
    assert "&lt;w:b/&gt; &amp; co" in header
