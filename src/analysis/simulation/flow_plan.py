"""What a simulated study's devices count and observe: a part of `simulation.yml`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.study import Model
from analysis.study.types import Identifier, Text

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]

FlowReader = Literal["matomo", "calls", "tickets", "monthly", "polls", "experiences"]


class Season(Model):
    """A yearly wave: `amplitude` above the mean in `best_month`, and below it six months on."""

    amplitude: float
    best_month: Annotated[int, Field(ge=1, le=12)]


class FlowStep(Model):
    """A month from which a series of a product is multiplied by a factor; of a part, its odds."""

    product: Identifier
    month: date
    factor: Positive


class FlowSeries(Model):
    """How a series goes: a level, multiplied by a trend, a season, noise and steps.

    Attributes:
        counts: What its format calls it: see the reader's documentation.
        base: Product → its count of a month at the start; or
        share: Product → what part it is of the series that it is `of`, at the start.
        noise: Standard deviation of a month around all this: of its logarithm, of a part's
            log-odds.

    """

    counts: Text
    base: dict[Identifier, Positive] = Field(default_factory=dict)
    share: dict[Identifier, Share] = Field(default_factory=dict)
    per_year: float = 0.0
    season: Season | None = None
    noise: Annotated[float, Field(ge=0)] = 0.0
    steps: tuple[FlowStep, ...] = ()

    @model_validator(mode="after")
    def _check_one_level(self) -> FlowSeries:
        if bool(self.base) == bool(self.share):
            raise ValueError("a series has a `base`, or is a `share` of another")
        return self


class FlowPlan(Model):
    """What a device counts, and in which format it is delivered.

    Attributes:
        first: The first month that is delivered.
        renumbered: Product → the month in which its place changes its number in the tool.

    """

    reader: FlowReader
    first: date
    series: Annotated[dict[Identifier, FlowSeries], Field(min_length=1)]
    renumbered: dict[Identifier, date] = Field(default_factory=dict)


class GridTask(Model):
    """A task of a session: how often people are stopped, or need help, and by what."""

    id: Identifier
    dimension: Identifier
    blocked: Share
    helped: Share = 0.0
    themes: dict[Text, Identifier] = Field(default_factory=dict)


class GridPlan(Model):
    """The sessions of a device, on the first days of each period, each with as many people."""

    participants: Annotated[int, Field(ge=1, le=30)]
    sessions: Annotated[int, Field(ge=1, le=5)] = 1
    tasks: dict[Identifier, Annotated[dict[Text, GridTask], Field(min_length=1)]]
