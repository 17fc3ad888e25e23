"""What an SVG holds beside its drawing: a title and a description for those who do not see it, and
the shapes of the characters of its text, since an image in a page has no font but its own.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from html import escape, unescape
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from analysis.publishing.fonts import FACE, FACE_FILES, FALLBACK, FALLBACK_FILES
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
        data = _subset(file, characters)
        if data:
            source = f"url(data:font/woff;base64,{data}) format('woff')"
            rules.append(
                f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:{slant};"
                f"src:{source}}}"
            )
    return "".join(rules)


def _subset(file: Path, characters: Iterable[str]) -> str:
    """The shapes of some characters, in base64; nothing where the font has none of them that a
    better one lacks.
    """
    font = TTFont(file, recalcTimestamp=False)
    available = font.getBestCmap()
    wanted = sorted(ord(one) for one in characters if ord(one) in available)
    if file in FALLBACK_FILES:
        first = TTFont(FACE_FILES[0]).getBestCmap()
        wanted = [code for code in wanted if code not in first]
    if not wanted:
        return ""
    options = subset.Options(layout_features=["*"], notdef_outline=True)
    options.drop_tables += ["FFTM"]  # an editor's dates
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = "woff"
    data = BytesIO()
    font.save(data)
    return base64.b64encode(data.getvalue()).decode("ascii")
