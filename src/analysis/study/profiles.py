"""`profiles.yml`, typed: by which questions a body knows who the users of its products are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from analysis.study.levels import Group
from analysis.study.types import Identifier, ItemId, Label, Level, Model


class FarFromDigital(Model):
    """The answers by which users are far from digital services: levels that stand next to one
    another on the scale of an item.
    """

    item: ItemId
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]

    def group(self, codes: Sequence[int]) -> Group:
        """The ranks of the first and the last of them.

        Args:
            codes: Those of the item's scale, worst first.

        """
        ranks = [codes.index(level) for level in self.levels]
        return min(ranks), max(ranks)


class SegmentName(Model):
    """How a segment is called that gives some answers: item → level."""

    id: Identifier
    label: Label
    answers: Annotated[dict[ItemId, Level], Field(min_length=1)]


class Segments(Model):
    """Users of a few kinds, told apart by how they answer some items (latent classes).

    Attributes:
        items: Those that they are told apart by.
        least, most: How many kinds there may be; the first wave says how many there are.
        names: As many as `most`; segments are numbered where there is none.

    """

    items: Annotated[tuple[ItemId, ...], Field(min_length=3)]
    least: int = 2
    most: Annotated[int, Field(le=8)]
    names: tuple[SegmentName, ...] = ()

    @model_validator(mode="after")
    def _check_numbers(self) -> Segments:
        if self.least < 2:
            raise ValueError("one segment tells nobody apart: `least` is 2 or more")
        if self.most < self.least:
            raise ValueError(f"`most` is {self.most}, and `least` is {self.least}: it is no less")
        if self.names and len(self.names) != self.most:
            raise ValueError(
                f"there are {len(self.names)} names for as many as {self.most} segments: give one "
                "to each, or none"
            )
        return self


class Profiles(Model):
    """`profiles.yml`.

    Attributes:
        items: The questions that describe users on pages, in their order.

    """

    items: Annotated[tuple[ItemId, ...], Field(min_length=1)]
    far_from_digital: FarFromDigital | None = None
    segments: Segments | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The items whose answers it tells of: those that describe, and that of the far."""
        far = self.far_from_digital
        return tuple(dict.fromkeys([*self.items, *([far.item] if far else [])]))
