"""What a manifest says of a workbook of sessions: user tests, workshops, interviews."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.errors import ScopeError
from analysis.intake.measures.mapping import MOST_ROWS
from analysis.study import Model, Study
from analysis.study.labels import normalise
from analysis.study.types import Identifier, Text

Outcome = Literal["done", "helped", "blocked"]
"""How a task went, or how somebody says that it goes: alone, with help or by a detour, not at
all."""


class Task(Model):
    """A task of a user test, or a subject that was talked of: what it is called, and the dimension
    it tells something of.
    """

    id: Identifier
    dimension: Identifier


class GridTable(Model):
    """A workbook of sessions of one device on one product.

    Attributes:
        sessions: Sheet → the day of its session.
        header: The row of its headers, from 1.
        participant, task, outcome, theme: The columns' headers.
        ignored: Columns that are known and not read: quotations, notes.
        tasks: Text → task.
        outcomes: Text → how it went.
        themes: Text → the theme's identifier: texts of one theme have the same.

    """

    device: Identifier
    product: Identifier
    sessions: Annotated[dict[Text, date], Field(min_length=1)]
    header: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 1
    participant: Text
    task: Text
    outcome: Text
    theme: Text | None = None
    ignored: tuple[Text, ...] = ()
    tasks: Annotated[dict[Text, Task], Field(min_length=1)]
    outcomes: Annotated[dict[Text, Outcome], Field(min_length=1)]
    themes: dict[Text, Identifier] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_columns_differ(self) -> GridTable:
        names = [normalise(name) for name in (*self.columns, *self.ignored)]
        if len(set(names)) < len(names):
            raise ValueError("two of its columns have one name")
        if bool(self.themes) != (self.theme is not None):
            raise ValueError("themes stand in a column (`theme`), and are named in `themes`")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it needs."""
        theme = () if self.theme is None else (self.theme,)
        return (self.participant, self.task, self.outcome, *theme)


def check_grid(study: Study, table: GridTable | None) -> None:
    """Refuses a grid whose device, product, dimensions or themes are not those of the study.

    Raises:
        ScopeError: one is unknown, or the device does not observe.

    """
    if table is None:
        return
    if study.listening is None:
        raise ScopeError("The study declares no device that observes.", hint="see listening.yml.")
    device = study.listening.device(table.device)
    if device.regime != "qualitative":
        raise ScopeError(
            f"Device {table.device!r} observes nobody: its regime is {device.regime!r}.",
            hint="answers, observations and counts are never merged: name one that observes.",
        )
    if table.product not in device.products:
        raise ScopeError.unknown(f"product of {device.id}", table.product, device.products)
    for task in table.tasks.values():
        if task.dimension not in device.dimensions:
            kind = f"dimension of {device.id}"
            raise ScopeError.unknown(kind, task.dimension, device.dimensions)
    themes = [theme.id for theme in study.listening.themes]
    for theme in table.themes.values():
        if theme not in themes:
            raise ScopeError.unknown("theme of sessions in listening.yml", theme, themes)
