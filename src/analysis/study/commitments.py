"""`commitments.yml` and `management.yml`, typed: what was promised, and what is measured."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from analysis.study.languages import PrintedText
from analysis.study.types import (
    Identifier,
    ItemId,
    Model,
)


class Commitment(Model):
    """A promise made to users, the items that perceive it and the day each site posted it."""

    id: Identifier
    label: PrintedText
    heading: Identifier
    items: tuple[ItemId, ...]
    status: Literal["confirmed", "to_confirm", "fictitious"]
    posted: dict[Identifier, date] = Field(default_factory=dict)


class CommitmentsFile(Model):
    """`commitments.yml`."""

    commitments: tuple[Commitment, ...]


class ManagementIndicator(Model):
    """A measured indicator of the finance directorate, with its unit and orientation."""

    id: Identifier
    label: PrintedText
    unit: PrintedText
    orientation: Literal["higher_is_better", "lower_is_better"]
    directorates: tuple[Identifier, ...]
    heading: Identifier | None = None
    items: tuple[ItemId, ...] = ()
    target: float | None = None


class ManagementFile(Model):
    """`management.yml`."""

    indicators: tuple[ManagementIndicator, ...]
