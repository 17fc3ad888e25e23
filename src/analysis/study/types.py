"""What parameter objects are made of: the base of models, and the texts that may name things."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9_]{0,19}$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Level = Annotated[int, Field(ge=0, le=90)]


class Model(BaseModel):
    """A frozen parameter object that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
