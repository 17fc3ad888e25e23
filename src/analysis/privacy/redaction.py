"""Texts without e-mail addresses, telephone numbers, long numbers and links; identifiers that show
nothing.

Every pattern reads a text in time that grows with its length and no faster: a run of characters is
entered only at its first one (a look-behind says so) and never given back (possessive repetition),
and gaps are bounded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import polars as pl

_GAP = r"[\s.,_\-/\u2010-\u2015]{0,3}+"
_SHORT_GAP = r"[\s.\-]{0,3}"
_YEAR = r"\d{2}[/.\-](?:19|20)\d{2}(?!\d)"
_NO_DATE = rf"(?!\d{{2}}[/.\-]{_YEAR})(?!(?<=\d[/.\-]){_YEAR})"
_PATTERNS = (
    (re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]++"), "[courriel]"),
    (re.compile(r"(?:https?://|www\.)\S++", re.IGNORECASE), "[lien]"),
    (re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)"), "[adresse]"),
    (
        re.compile(
            rf"(?<!\d)[12]{_SHORT_GAP}\d{{2}}{_SHORT_GAP}\d{{2}}{_SHORT_GAP}\d[\dABab]\d?"
            rf"{_SHORT_GAP}\d{{3}}{_SHORT_GAP}\d{{3}}(?:{_SHORT_GAP}\d{{2}})?(?!\d)"
        ),
        "[numéro]",
    ),
    (
        re.compile(
            rf"(?:(?:\+|(?<!\d)00)33{_GAP}(?:\(0\){_GAP})?|(?<!\d){_NO_DATE}0)[1-9]\)?"
            rf"(?:{_GAP}\d){{8}}(?!\d)"
        ),
        "[téléphone]",
    ),
    (
        re.compile(
            r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)",
            re.IGNORECASE,
        ),
        "[numéro]",
    ),
    (re.compile(r"(?<!\d)\d{4}(?:[\s\-]\d{4}){3}(?!\d)"), "[numéro]"),
    (re.compile(r"(?<!\d)\d{6,}+"), "[numéro]"),
)

_SUSPECT = r"(?i)@|https?://|www\.|\d"
"""What a text that any pattern changes holds."""


def redact(text: str) -> str:
    """A text without its e-mail addresses, telephone numbers, long numbers and links.

    >>> redact("Rappelez-moi au 06 12 34 56 78, dossier 20241234.")
    'Rappelez-moi au [téléphone], dossier [numéro].'
    """
    for pattern, sign in _PATTERNS:
        text = pattern.sub(sign, text)
    return text


def redact_all(texts: pl.Series) -> pl.Series:
    """`redact` over a column of texts; most hold nothing that any pattern looks for, and are left
    as they are.
    """
    may_identify = texts.str.contains(_SUSPECT)
    if not may_identify.any():
        return texts
    redacted = pl.Series([redact(text) for text in texts.filter(may_identify)], dtype=pl.String)
    return texts.scatter(may_identify.arg_true(), redacted)


def pseudonyms(*scope: str, numbers: Iterable[int]) -> list[str]:
    """Short identifiers of the numbered rows of something, which do not show what they were made
    from.

    They hide the raw identifier from a reader; they are no protection against someone who holds the
    raw file.

    >>> pseudonyms("delivery", "file.csv", numbers=[2])
    ['55e8da6ca642a74699a8']
    """
    common = hashlib.sha256("\x1f".join([*scope, ""]).encode())
    identifiers = []
    for number in numbers:
        digest = common.copy()
        digest.update(b"%d" % number)
        identifiers.append(digest.hexdigest()[:20])
    return identifiers
