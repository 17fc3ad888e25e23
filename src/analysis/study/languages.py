"""The languages that a study may be published in."""

from __future__ import annotations

from typing import Literal

LanguageCode = Literal["fr", "en"]
