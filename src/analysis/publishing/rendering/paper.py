"""What a PDF says of its structure beside what its maker wrote: headers of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*\Z", re.DOTALL)


def with_row_headers(pdf: bytes) -> bytes:
    """A tagged PDF in which the first cell of each row of a table is the header of that row.

    Typst marks headers of columns alone. What it wrote stays as it is, byte for byte: the cells
    are told again after its end, which is how a PDF is revised (ISO 32000-1, 7.5.6).

    Args:
        pdf: With a plain cross-reference table, as Typst writes it.

    """
    reader = PdfReader(BytesIO(pdf))
    revised: dict[int, bytes] = {}
    for row in _body_rows(reader.root_object.raw_get("/StructTreeRoot").get_object()):
        cell = next(_children(row), None)
        if cell is None or str(cell["/S"]) != "/TD":
            continue
        scope = {NameObject("/O"): NameObject("/Table"), NameObject("/Scope"): NameObject("/Row")}
        attributes = cell.get("/A", ArrayObject())
        cell[NameObject("/S")] = NameObject("/TH")
        cell[NameObject("/A")] = ArrayObject([DictionaryObject(scope), *attributes])
        assert cell.indirect_reference is not None
        written = BytesIO()
        cell.write_to_stream(written)
        revised[cell.indirect_reference.idnum] = written.getvalue()
    return _revised(pdf, revised) if revised else pdf


def _children(element: DictionaryObject) -> Iterator[DictionaryObject]:
    """The elements of a structure element, marks of content left out."""
    found = element.get("/K", ArrayObject()).get_object()
    for child in found if isinstance(found, list) else [found]:
        inner = child.get_object()
        if isinstance(inner, DictionaryObject):
            yield inner


def _body_rows(element: DictionaryObject) -> Iterator[DictionaryObject]:
    """The rows of the bodies of all tables below a structure element."""
    for child in _children(element):
        if child.get("/S") == "/TBody":
            yield from _children(child)
        else:
            yield from _body_rows(child)


def _revised(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    """A PDF after whose end some of its objects are written anew."""
    match = _TRAILER.search(pdf)
    assert match is not None, "typst writes a plain cross-reference table"
    written, entries = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n"), []
    for number, content in sorted(objects.items()):
        entries.append(b"%d 1\n%010d 00000 n\r\n" % (number, len(written)))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n" + b"".join(entries)
    written += b"trailer\n<<%b/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (match[1], match[2], start)
    return bytes(written)
