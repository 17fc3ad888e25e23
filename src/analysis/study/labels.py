"""Labels as they are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def normalise(text: str) -> str:
    """A label as it is compared: compatibility form, plain apostrophes, single spaces, lower case.

    >>> normalise("  Plutôt d’accord ")
    "plutôt d'accord"
    """
    plain = unicodedata.normalize("NFKC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(plain.split()).casefold()


@lru_cache(maxsize=4096)  # files repeat theirs
def unaccented(text: str) -> str:
    """A label as it is compared where accents make no difference either.

    >>> unaccented("Écrit  le")
    'ecrit le'
    """
    decomposed = unicodedata.normalize("NFD", normalise(text))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
