"""The fonts of an edition: one face for page, PDF and figures, and one more for the writing it does
not have.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Literal

import font_source_sans_pro
import uharfbuzz as hb
from fontTools.ttLib.sfnt import SFNTReader, SFNTWriter

from analysis.errors import ParameterError, quoted
from analysis.study import Study
from analysis.study.languages import Multilingual
from analysis.study.types import texts_with_keys

_MATPLOTLIB = find_spec("matplotlib")
assert _MATPLOTLIB is not None, "it brings a font, and is not imported for it"

FACE, FALLBACK = "Source Sans Pro", "DejaVu Sans"
FACE_FILES = tuple(
    Path(font_source_sans_pro.__file__).parent / "files" / name
    for name in ("SourceSansPro-Regular.ttf", "SourceSansPro-Bold.ttf", "SourceSansPro-It.ttf")
)
FALLBACK_FILES = tuple(
    Path(str(_MATPLOTLIB.origin)).parent / "mpl-data" / "fonts" / "ttf" / name
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
)

UNMARKED = "\n\N{SOFT HYPHEN}"
"""What leaves no mark of its own, and may stand in a text."""


LATIN = frozenset({*range(0x20, 0x250), *range(0x2000, 0x2300)})
"""What pages are written in: letters, marks, currencies, arrows, signs of mathematics."""


LAYOUT_TABLES = ("GDEF", "GPOS", "GSUB")
"""What sets letters closer, joins or replaces them: browsers do unasked what text wants of it."""

EDITOR_TABLES = ("FFTM",)
"""Dates of who drew a font."""


def write_web_fonts(folder: Path) -> None:
    """Writes the face of pages as browsers load it (WOFF2), one small file per weight and style."""
    for file in FACE_FILES:
        font = _subset(file, LATIN, without=EDITOR_TABLES)
        (folder / f"{file.stem}.woff2").write_bytes(_packed(font, "woff2"))


@cache
def label_font(file: Path, codes: frozenset[int]) -> bytes:
    """The shapes of the characters of a figure's labels, as browsers load them; the same bytes each
    time.

    They are WOFF: WOFF2 would be a kilobyte smaller, and take twenty times as long to pack. Labels
    do without what joins or replaces letters.

    Args:
        file: The font.
        codes: Of the characters.

    """
    return _packed(_subset(file, codes, without=(*EDITOR_TABLES, *LAYOUT_TABLES)), "woff")


def _subset(file: Path, codes: frozenset[int], *, without: Sequence[str]) -> bytes:
    """A font (TrueType) of some characters of another, some tables left out."""
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(codes & font_codes(file))
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii")) for tag in without)
    wanted.flags = hb.SubsetFlags.NOTDEF_OUTLINE
    return bytes(hb.subset(_face(file), wanted).blob.data)


@cache
def _face(file: Path) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(file)))


def _packed(font: bytes, flavor: Literal["woff", "woff2"]) -> bytes:
    """A font as browsers load it."""
    tables, packed = SFNTReader(BytesIO(font)), BytesIO()
    tags = tuple(tables.keys())
    writer = SFNTWriter(packed, len(tags), tables.sfntVersion, flavor=flavor)
    for tag in tags:
        writer[tag] = tables[tag]
    writer.close()
    return packed.getvalue()


@cache
def font_codes(file: Path) -> frozenset[int]:
    """The codes of the characters of a font."""
    return frozenset(_face(file).unicodes)


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
    available = _font_characters(FACE_FILES[0], FALLBACK_FILES[0])
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
def _font_characters(*files: Path) -> frozenset[str]:
    """The characters that some font has."""
    characters = {chr(code) for file in files for code in font_codes(file)}
    return frozenset(character for character in characters if character.isprintable())
