"""Labels as they are compared."""

from __future__ import annotations

import unicodedata


def normalise(text: str) -> str:
    """A label as it is compared: compatibility form, plain apostrophes, single spaces, lower case.

    >>> normalise("  Plutôt d’accord ")
    "plutôt d'accord"
    """
    plain = unicodedata.normalize("NFKC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.split()).casefold()
