"""How the respondents of a channel were drawn, typed: a part of `study.yml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.study.types import ItemId, Model


class Sampling(Model):
    """How a channel's respondents were drawn: the columns that make strata and first-stage
    clusters.

    Where the `population` of the strata, which are sites then, is known, base weights say how many
    users a respondent stands for, and the share of them that answered narrows the intervals: by the
    `margin` of sites, or by the sampling `frame` that is delivered with the answers. With a frame,
    users of one of the `response_classes` (combinations of the site and profile items that it
    holds) are taken to answer alike.
    """

    strata: tuple[Literal["site", "channel"], ...] = ()
    clusters: tuple[Literal["site", "day"], ...] = ()
    population: Literal["margin", "frame"] | None = None
    response_classes: Annotated[tuple[Literal["site"] | ItemId, ...], Field(min_length=1)] = (
        "site",
    )

    @model_validator(mode="after")
    def _check_population(self) -> Sampling:
        if self.population is not None and (self.strata != ("site",) or self.clusters):
            raise ValueError(
                "a population is of sites whose users are drawn one by one: strata: [site], and no "
                "clusters"
            )
        if self.response_classes != ("site",) and self.population != "frame":
            raise ValueError("response classes are those of a frame: population: frame")
        if len(set(self.response_classes)) < len(self.response_classes):
            raise ValueError("a variable of `response_classes` stands twice")
        return self
