"""What a text that another body sent may be: plain words, on one line."""

from __future__ import annotations

import re
import unicodedata

from analysis.publishing.fonts import missing_characters

LONGEST = 2_000
"""Characters of a text, at most: the wording of a question is shorter."""

_MARKUP = re.compile(r"<\s*[A-Za-z/!?]|&#?\w+;|javascript:", re.IGNORECASE)

_FORMULA = re.compile(r"^\s*[=@]")
"""What a spreadsheet calculates, once a table of a page is copied to it."""

_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn")
"""Kinds of characters that show nothing, or change what others show."""

_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def text_fault(text: str) -> str:
    """What is wrong with a text, to be said after « a text »; empty where nothing is.

    >>> text_fault("moins de 30 ans (< 30)"), text_fault("<b>30</b>"), text_fault("=1+1")
    ('', 'holds HTML', 'is a formula of spreadsheets')
    """
    if len(text) > LONGEST:
        return f"is longer than {LONGEST} characters"
    seen = text.replace(_SOFT_HYPHEN, "")
    if any(unicodedata.category(character) in _UNSEEN for character in seen):
        return "holds characters that are not seen"
    if _MARKUP.search(text):
        return "holds HTML"
    if _FORMULA.search(text):
        return "is a formula of spreadsheets"
    if missing_characters(seen):
        return "holds characters that no font of an edition has"
    return ""
