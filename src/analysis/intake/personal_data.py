"""Reducing personal data before anything is written: columns that never enter, texts that are redacted."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

NEVER_KEPT = frozenset(
    {"ipaddr", "refurl", "token", "firstname", "lastname", "email", "seed", "saisi par", "téléphone", "nom", "prénom"}
)
"""Columns whose content is dropped from every record, whatever the format."""

_PATTERNS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[courriel]"),
    (re.compile(r"(?:https?://|www\.)\S+"), "[lien]"),
    (re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), "[adresse]"),
    (re.compile(r"(?<!\d)(?:(?:\+|00)33[\s.\-]*(?:\(0\)[\s.\-]*)?|0)[1-9](?:[\s.\-/]*\d{2}){4}(?!\d)"), "[téléphone]"),
    (re.compile(r"(?<!\d)[12]\s*\d{2}\s*\d{2}\s*\d[\dABab]\d?\s*\d{3}\s*\d{3}(?:\s*\d{2})?(?!\d)"), "[numéro]"),
    (re.compile(r"(?<!\d)\d{6,}(?!\d)"), "[numéro]"),
)


def redact(text: str) -> str:
    """A text without its e-mail addresses, telephone numbers, long numbers and links.

    >>> redact("Rappelez-moi au 06 12 34 56 78, dossier 20241234.")
    'Rappelez-moi au [téléphone], dossier [numéro].'
    """
    for pattern, sign in _PATTERNS:
        text = pattern.sub(sign, text)
    return text


def redact_row(row: Mapping[str, str | None]) -> str:
    """A refused row as JSON: identifying columns dropped, every value redacted and cut at 200 characters."""
    kept = {name: redact(value)[:200] for name, value in row.items() if value and name.casefold() not in NEVER_KEPT}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def pseudonym(*parts: str) -> str:
    """A short identifier of a response that does not show what it was made from.

    It hides the raw identifier from a reader; it is not a protection against someone who holds the raw file.
    """
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
