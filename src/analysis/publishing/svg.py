"""What an SVG holds beside its drawing: a title and a description for those who do not see it, and
the shapes of the characters of its text, since an image in a page has no font but its own.
"""

from __future__ import annotations

import base64
import re
from html import escape, unescape

from analysis.publishing.fonts import (
    FACE,
    FACE_FILES,
    FALLBACK,
    FALLBACK_FILES,
    font_codes,
    label_font,
)
from analysis.study.languages import without_marks

FACES = (
    (FACE, FACE_FILES[0], "normal", "normal"),
    (FACE, FACE_FILES[1], "bold", "normal"),
    (FACE, FACE_FILES[2], "normal", "italic"),
    (FALLBACK, FALLBACK_FILES[0], "normal", "normal"),
    (FALLBACK, FALLBACK_FILES[1], "bold", "normal"),
)
"""Family, file, weight and style of each font that a figure may be written in."""

_TEXT = re.compile(r'<text style="([^"]*)"[^>]*>([^<]*)</text>')
_OPENING = re.compile(r"<svg [^>]*>")


def complete_svg(svg: str, *, name: str, title: str, description: str) -> str:
    """An SVG as matplotlib writes it, with its title, its description and its fonts.

    Args:
        svg: Whose text is text.
        name: Of the image: others may stand on the same page.
        title: What the figure is.
        description: What it shows, in words.

    """
    opening = _OPENING.search(svg)
    assert opening is not None, "matplotlib writes an SVG"
    ids = f"{name}-title", f"{name}-desc"
    named = f'{opening[0][:-1]} role="img" aria-labelledby="{ids[0]} {ids[1]}">'
    parts = [
        f'<title id="{ids[0]}">{escape(without_marks(title))}</title>',
        f'<desc id="{ids[1]}">{escape(without_marks(description))}</desc>',
        f"<style>{_font_faces(svg)}</style>",
    ]
    return svg[: opening.start()] + "\n".join([named, *parts]) + svg[opening.end() :]


def _font_faces(svg: str) -> str:
    """The rules that give an image the characters of its texts, by weight and style."""
    used: dict[tuple[str, str], set[str]] = {}
    for style, text in _TEXT.findall(svg):
        weight = "bold" if re.search(r"\b(?:bold|700)\b", style) else "normal"
        slant = "italic" if "italic" in style else "normal"
        used.setdefault((weight, slant), set()).update(unescape(text))
    rules = []
    for family, file, weight, slant in FACES:
        characters = used.get((weight, slant), set())
        codes = frozenset(map(ord, characters))
        if file in FALLBACK_FILES:
            codes -= font_codes(FACE_FILES[0])
        if codes & font_codes(file):
            data = base64.b64encode(label_font(file, codes)).decode("ascii")
            source = f"url(data:font/woff;base64,{data}) format('woff')"
            rules.append(
                f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:{slant};"
                f"src:{source}}}"
            )
    return "".join(rules)
