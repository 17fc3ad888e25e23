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

_GAP = r"[\s.\-/\u2013]{0,3}+"
_PATTERNS = (
    (re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]++"), "[courriel]"),
    (re.compile(r"(?:https?://|www\.)\S++", re.IGNORECASE), "[lien]"),
    (re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), "[adresse]"),
    (
        re.compile(
            rf"(?<!\d)(?:(?:\+|00)33{_GAP}(?:\(0\){_GAP})?|0)[1-9]\)?(?:{_GAP}\d{{2}}){{4}}(?!\d)"
        ),
        "[téléphone]",
    ),
    (
        re.compile(
            r"(?<!\d)[12]\s{0,3}\d{2}\s{0,3}\d{2}\s{0,3}\d[\dABab]\d?\s{0,3}\d{3}\s{0,3}\d{3}"
            r"(?:\s{0,3}\d{2})?(?!\d)"
        ),
        "[numéro]",
    ),
    (
        re.compile(
            r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"
        ),
        "[numéro]",
    ),
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
