"""What parameter objects are made of: the base of models, the texts that may name things, and who
reads which field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from analysis.errors import ScopeError
from analysis.study.languages import Multilingual, PrintedText

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9_]{0,19}$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Address = Annotated[
    str,
    StringConstraints(pattern=r"^(https://[^\s<>\"'`\\]+|[^\s@<>:/]+@[^\s@<>:/]+\.[^\s@<>:/]+)$"),
]
"""Where to write or read more: a page's address (https://…), or an electronic one."""

Page = Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"'`\\]+$")]
"""The address of a page."""

Level = Annotated[int, Field(ge=0, le=90)]

StudyReader = Literal["intake", "workshop", "pages"]
"""Who reads a study: the reading of deliveries, a workshop notebook, the pages of an edition."""


@dataclass(frozen=True)
class HiddenFrom:
    """Marks a field that some readers do not depend on: they get the study without it, so that
    changing it makes none of their results stale.
    """

    readers: tuple[StudyReader, ...]


NOT_FOR_INTAKE = HiddenFrom(("intake",))
"""Read by people and by estimation: how deliveries are read does not depend on it."""

PAGES_ONLY = HiddenFrom(("intake", "workshop"))
"""Printed on pages: no workshop result is made of it."""

COMMAND_ONLY = HiddenFrom(("intake", "workshop", "pages"))
"""Says how the command works: no result is made of it."""

Label = Annotated[PrintedText, NOT_FOR_INTAKE]
"""How a thing is called where people read of it."""


class Model(BaseModel):
    """A frozen parameter object that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def visible_to(self, reader: StudyReader) -> Self:
        """A copy, with all that it holds, without the fields hidden from a reader; reading one of
        them raises an error. Translations are read by pages only.
        """
        hidden = {
            name
            for name, field in type(self).model_fields.items()
            for mark in field.metadata
            if isinstance(mark, HiddenFrom) and reader in mark.readers
        }
        fields = self.visible_fields()
        return self.with_only(
            {
                name: _value_visible_to(value, reader)
                for name, value in fields.items()
                if name not in hidden
            }
        )

    def with_texts(self, write: Callable[[Multilingual], str]) -> Self:
        """A copy, with all that it holds, in which each text that people read is written by a
        function.
        """
        fields = self.visible_fields().items()
        return self.with_only({name: _with_texts(value, write) for name, value in fields})

    def visible_fields(self) -> dict[str, Any]:
        """The fields it has, by name: all of them, except in a copy made for a reader."""
        return {
            name: self.__dict__[name] for name in type(self).model_fields if name in self.__dict__
        }

    def with_only(self, fields: dict[str, Any]) -> Self:
        """A copy that has these fields and no others, not even by default."""
        copy = type(self).model_construct(set(fields), **fields)
        for name in type(self).model_fields.keys() - fields.keys():
            copy.__dict__.pop(name, None)
        return copy

    if not TYPE_CHECKING:  # to a checker, a name that no field has is an error

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise ScopeError(
                    f"{type(self).__name__} is seen here without its {name}.",
                    hint="a result is handed what it depends on, and no more. Commitments, "
                    "management, listening and profiles are seen by notebooks that name them "
                    "in `requires` or `sees`, in plan.yml, and in open_scope.",
                )
            return super().__getattr__(name)


def _value_visible_to(value: Any, reader: StudyReader) -> Any:
    """A value of a field as a reader sees it."""
    if isinstance(value, Multilingual) and reader != "pages":
        return str(value)
    if isinstance(value, Model):
        return value.visible_to(reader)
    if isinstance(value, tuple):
        return tuple(_value_visible_to(element, reader) for element in value)
    if isinstance(value, dict):
        return {key: _value_visible_to(element, reader) for key, element in value.items()}
    return value


def _with_texts(value: Any, write: Callable[[Multilingual], str]) -> Any:
    """A value of a field whose texts are written by a function."""
    if isinstance(value, Multilingual):
        return write(value)
    if isinstance(value, Model):
        return value.with_texts(write)
    if isinstance(value, tuple):
        return tuple(_with_texts(element, write) for element in value)
    if isinstance(value, dict):
        return {key: _with_texts(element, write) for key, element in value.items()}
    return value


def texts_with_keys(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a model, identifiers among them, each with its place in it."""
    if isinstance(node, str):
        yield key, node
        return
    items: Any = ()
    if isinstance(node, BaseModel):
        items = ((name, getattr(node, name)) for name in type(node).model_fields)
    elif isinstance(node, dict):
        items = node.items()
    elif isinstance(node, (tuple, list)):
        items = ((getattr(item, "id", number), item) for number, item in enumerate(node))
    for name, value in items:
        yield from texts_with_keys(value, f"{key}.{name}" if key else str(name))
