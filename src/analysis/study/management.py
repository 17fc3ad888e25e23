"""`management.yml`, typed: what those who manage the services measure of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.study.languages import PrintedText
from analysis.study.types import NOT_FOR_INTAKE, Identifier, Label, Model

MeasureUnit = Literal["count", "share", "per_thousand", "days", "minutes"]
"""`count` of things that add up from month to month; what is no count is one by another (`of`)."""

ADDITIVE: MeasureUnit = "count"

SCALE: dict[MeasureUnit, float] = {"share": 1.0, "per_thousand": 1000.0}
"""What a numerator is multiplied by, once divided: 1 for the units that are not here."""


def as_written(value: float) -> float:
    """A computed number to twelve digits: further ones come of computing, and would put what is on
    a bound beside it.

    >>> as_written((0.8 * 431 + 0.8 * 1024) / 1455)
    0.8
    """
    return float(f"{value:.12g}")


class Cohort(Model):
    """Of which cases a measure is set beside what users of a wave say: the same ones.

    Attributes:
        label: What is counted, in the plural, as in the middle of a sentence: « decisions ».
        months_before: How many months before a wave's field its users' cases lie.

    """

    label: PrintedText
    months_before: Annotated[int, Field(ge=0, le=24)] = 0


class ManagementIndicator(Model):
    """A measured indicator, with its unit and orientation.

    A count adds up. Any other is the mean (or share) of something over the things that `of` counts:
    months are then put together by these counts. One with a `numerator` is not delivered: it is
    computed from two counts that are.

    Attributes:
        orientation: Which way is better; null for what is neither, as a number of visits.
        of: The count by which its months are weighted.
        numerator: The count that is divided by `of`, where nobody delivers the ratio.
        norm: The bound that was announced to the public, by directorate: in percent for a share, in
            its unit otherwise.
        perceived: The indicator by which users perceive the same thing.
        announced: The management indicator that holds what users were told of it, in the same unit.
        cohort: Which cases are set beside a wave.

    """

    id: Identifier
    label: Label
    unit: MeasureUnit
    orientation: Annotated[
        Literal["higher_is_better", "lower_is_better"] | None, NOT_FOR_INTAKE
    ] = None
    directorates: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    of: Identifier | None = None
    numerator: Identifier | None = None
    heading: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    norm: Annotated[dict[Identifier, float], NOT_FOR_INTAKE] = Field(default_factory=dict)
    perceived: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    announced: Annotated[Identifier | None, NOT_FOR_INTAKE] = None
    cohort: Annotated[Cohort | None, NOT_FOR_INTAKE] = None

    @model_validator(mode="after")
    def _check_complete(self) -> ManagementIndicator:
        if (self.unit == ADDITIVE) != (self.of is None):
            raise ValueError("a count stands alone, and any other unit is `of` a count")
        if self.numerator is not None and self.unit not in SCALE:
            raise ValueError("two counts make a share or a number per thousand")
        if self.norm and self.orientation is None:
            raise ValueError("a norm is met from above or below: say the orientation")
        if self.perceived is not None and self.orientation is None:
            raise ValueError("what users perceive too is better high or low: say the orientation")
        if self.perceived is not None and self.cohort is None:
            raise ValueError("what users perceive is of the same cases: say which, in `cohort`")
        return self

    @property
    def delivered(self) -> bool:
        """Whether it comes in files; otherwise it is computed from two counts."""
        return self.numerator is None

    def norm_of(self, directorate: str) -> float | None:
        """The announced bound of a directorate, shares in [0, 1]; None where there is none."""
        bound = self.norm.get(directorate)
        return as_written(bound / 100) if bound is not None and self.unit == "share" else bound

    def of_directorate(self, directorate: str) -> ManagementIndicator:
        """The same indicator of one of its directorates alone, with its norm."""
        fields = self.visible_fields() | {"directorates": (directorate,)}
        if "norm" in fields:
            norm = fields["norm"]
            fields["norm"] = {name: norm[name] for name in norm if name == directorate}
        return self.with_only(fields)

    def meets(self, value: float, norm: float) -> bool:
        """Whether a value is on the good side of a bound, or on it."""
        return value >= norm if self.orientation == "higher_is_better" else value <= norm


class ManagementFile(Model):
    """`management.yml`."""

    indicators: tuple[ManagementIndicator, ...]
