"""The fonts of an edition: one face for page, PDF and figures, and one more for the writing it does
not have.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import font_source_sans_pro
import matplotlib as mpl
from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.ft2font import FT2Font

from analysis.errors import ParameterError, quoted
from analysis.study import Study
from analysis.study.languages import Multilingual
from analysis.study.types import texts_with_keys

FACE, FALLBACK = "Source Sans Pro", "DejaVu Sans"
FACE_FILES = tuple(
    Path(font_source_sans_pro.__file__).parent / "files" / name
    for name in ("SourceSansPro-Regular.ttf", "SourceSansPro-Bold.ttf", "SourceSansPro-It.ttf")
)
FALLBACK_FILES = tuple(
    Path(mpl.get_data_path()) / "fonts" / "ttf" / name
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
)

UNMARKED = "\n\N{SOFT HYPHEN}"
"""What leaves no mark of its own, and may stand in a text."""


LATIN = frozenset({*range(0x20, 0x250), *range(0x2000, 0x2300)})
"""What pages are written in: letters, marks, currencies, arrows, signs of mathematics."""


LAYOUT_TABLES = frozenset({"GDEF", "GPOS", "GSUB"})


def write_web_fonts(folder: Path) -> None:
    """Writes the face of pages as browsers load it, one small file per weight and style."""
    for file in FACE_FILES:
        (folder / f"{file.stem}.woff2").write_bytes(web_font(file, LATIN, layout=True))


@cache
def web_font(file: Path, codes: frozenset[int], *, layout: bool) -> bytes:
    """The shapes of some characters of a font, as browsers load them (WOFF2); the same bytes each
    time.

    Args:
        file: The font.
        codes: Of the characters.
        layout: With the tables that set letters closer, join or replace them, for what browsers do
            unasked. Labels of a figure do
            without: to read these tables takes longer than to draw the figure.

    """
    font = TTFont(file, recalcTimestamp=False)
    if not layout:
        for table in LAYOUT_TABLES & set(font.keys()):
            del font[table]
    options = subset.Options(notdef_outline=True)
    options.drop_tables += ["FFTM"]  # an editor's dates
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(codes & font_codes(file)))
    subsetter.subset(font)
    font.flavor = "woff2"
    data = BytesIO()
    font.save(data)
    return data.getvalue()


@cache
def font_codes(file: Path) -> frozenset[int]:
    """The codes of the characters of a font."""
    return frozenset(FT2Font(str(file)).get_charmap())


def font_files(study: Study) -> tuple[Path, ...]:
    """The font files of a study's editions: the second face only where the first lacks a character
    of its texts.
    """
    characters = {character for _, text in _texts(study) for character in text}
    return (
        FACE_FILES
        if _visible_characters(characters) <= _font_characters(FACE_FILES[0])
        else (*FACE_FILES, *FALLBACK_FILES)
    )


def missing_characters(text: str) -> str:
    """The characters of a text that no font of an edition has, each once, in their order.

    >>> missing_characters("Été à l’école : العربية"), missing_characters("🦄 ok")
    ('', '🦄')
    """
    available = _font_characters(FACE_FILES[0]) | _font_characters(FALLBACK_FILES[0])
    return "".join(
        dict.fromkeys(
            character
            for character in text
            if character not in available and _visible_characters({character})
        )
    )


def unprintable_texts(study: Study) -> list[ParameterError]:
    """The texts of a study that its editions could not show, each with its place."""
    return [
        ParameterError(
            f"{quoted(text)} holds "
            f"{', '.join(f'{char!r} (U+{ord(char):04X})' for char in missing)}, "
            "which no font of an edition has.",
            where=f"{study.id}, {key}",
            hint="write it with other characters: pages, PDF and figures must show it alike.",
        )
        for key, text in _texts(study)
        if (missing := missing_characters(text))
    ]


def _texts(study: Study) -> Iterator[tuple[str, str]]:
    """Every text of a study with its place, in each language that it has."""
    for key, text in texts_with_keys(study):
        if isinstance(text, Multilingual) and text.texts:
            yield from ((f"{key}.{code}", said) for code, said in text.texts.items())
        else:
            yield key, text


def _visible_characters(characters: set[str]) -> set[str]:
    """The characters that a font must have: spaces and soft hyphens leave no mark, and need none.

    Controls, private characters and other invisible ones leave none either, and no font should
    have them: PDF/A refuses them.
    """
    return {
        character
        for character in characters
        if unicodedata.category(character) != "Zs" and character not in UNMARKED
    }


@cache
def _font_characters(file: Path) -> frozenset[str]:
    """The characters of a font."""
    characters = map(chr, font_codes(file))
    return frozenset(character for character in characters if character.isprintable())
