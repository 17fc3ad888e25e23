"""Finding and reducing personal data, before anything is written."""

from analysis.privacy.redaction import pseudonyms, redact, redact_all

__all__ = ["pseudonyms", "redact", "redact_all"]
