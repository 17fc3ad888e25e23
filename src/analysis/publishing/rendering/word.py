"""The model of the documents for word processors: pandoc's own, with a running header."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pypandoc

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"

DATED = (1980, 1, 1, 0, 0, 0)
"""The date of the files in it: none, as far as the format can say it."""

RIGHT_EDGE = 9360
"""Where the text of the default page ends, in twentieths of a point from its left edge."""


def reference_document(left: str, right: str) -> bytes:
    """A DOCX that renderers take styles and header from; the same bytes each time.

    Args:
        left, right: What stands at the left and at the right of the top of each page.

    """
    pandoc = [str(pypandoc.get_pandoc_path()), "--print-default-data-file", "reference.docx"]
    default = subprocess.run(pandoc, capture_output=True, check=True).stdout
    changes = {
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/word/header1.xml" ContentType="{HEADER_TYPE}" /></Types>',
        ),
        "word/_rels/document.xml.rels": (
            "</Relationships>",
            f'<Relationship Type="{RELATIONS}/header" Id="rIdHeader" Target="header1.xml" />'
            "</Relationships>",
        ),
        "word/document.xml": (
            "<w:sectPr>",
            '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader" />',
        ),
    }
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(default)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        parts = {name: source.read(name) for name in source.namelist()}
        for name, (old, new) in changes.items():
            text = parts[name].decode("utf-8")
            assert old in text, f"pandoc's {name} is not what it was"
            parts[name] = text.replace(old, new).encode("utf-8")
        parts["word/header1.xml"] = _header(left, right).encode("utf-8")
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, DATED), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _header(left: str, right: str) -> str:
    """The part of a document that holds its header."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:hdr xmlns:w="{MAIN}"><w:p><w:pPr>'
        f'<w:tabs><w:tab w:val="right" w:pos="{RIGHT_EDGE}" /></w:tabs></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(left)}</w:t></w:r>'
        "<w:r><w:tab /></w:r>"
        f'<w:r><w:rPr><w:b /></w:rPr><w:t xml:space="preserve">{escape(right)}</w:t></w:r>'
        "</w:p></w:hdr>"
    )
