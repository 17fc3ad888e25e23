"""`recipients.yml`, typed: the bodies that remarks which concern them are handed over to, and by
which agreement.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from analysis.study.languages import PrintedText
from analysis.study.types import Identifier, ItemId, Level, Model, Text


class Marked(Model):
    """Whose remarks concern a body: those of people who gave one of some answers to a closed
    question.
    """

    item: ItemId
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]


class Recipient(Model):
    """A body that remarks are handed over to.

    Attributes:
        agreement: Reference of the agreement that allows it.
        until: The last day of that agreement.
        items: The questions whose answers in people's own words it may be given.
        marked: Which of them concern it, by rule; left out where a person says which.

    """

    id: Identifier
    label: PrintedText
    agreement: Text
    until: date
    items: Annotated[tuple[ItemId, ...], Field(min_length=1)]
    marked: Marked | None = None


class RecipientsFile(Model):
    """`recipients.yml`: who may be given remarks. Without it, nobody."""

    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
