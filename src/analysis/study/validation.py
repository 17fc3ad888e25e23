"""Content of parameter files as models, and its faults in words for the person who edits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from analysis.errors import ParameterError, nearest, quoted
from analysis.study.types import Model

M = TypeVar("M", bound=Model)


def validated(content: Any, path: Path, model: type[M]) -> M:
    """What a file holds, as its model.

    Args:
        content: As YAML has it.
        path: Of the file, for messages.
        model: What it should be.

    Raises:
        ParameterError: every fault of the content, each with its key.

    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = [
            _parameter_error(fault, path, model)
            for fault in _distinct_faults(error.errors(), content)
        ]
        # A mistyped key explains the one that is missing.
        faults.sort(key=lambda fault: not fault.what.startswith("Unknown key"))
        raise ParameterError.together(faults) from None


_CHOICE = re.compile(r"literal\[.*\]|constrained-\w+")
"""What pydantic adds to the place of a fault for each of the forms that a value may have."""


def _distinct_faults(faults: list[ErrorDetails], content: Any) -> Iterator[ErrorDetails]:
    """Pydantic's faults, one per location: the variants of one value count once, what YAML repeats
    by an alias counts once, and a list is not too short because its content is at fault.
    """
    distinct: dict[tuple[object, ...], ErrorDetails] = {}
    for fault in faults:
        location = tuple(part for part in fault["loc"] if part != "[key]")
        choice = bool(location) and _CHOICE.fullmatch(str(location[-1])) is not None
        location = location[:-1] if choice else location
        if fault["type"] == "too_short" and any(
            len(other["loc"]) > len(location) and other["loc"][: len(location)] == location
            for other in faults
        ):
            continue
        key = (_identity(content, location), "" if choice else fault["type"])
        if key not in distinct:
            distinct[key] = {**fault, "loc": location}
        elif choice:
            distinct[key]["msg"] += f"; or: {fault['msg'][0].lower()}{fault['msg'][1:]}"
    yield from distinct.values()


def _identity(content: Any, location: tuple[int | str, ...]) -> tuple[object, ...]:
    """The location of a fault, the same for all aliases of one YAML node."""
    holder, remaining = content, location
    for depth, part in enumerate(location[:-1]):
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(content, (dict, list)):
            holder, remaining = content, location[depth + 1 :]
    return id(holder), *remaining


def _parameter_error(fault: ErrorDetails, path: Path, model: type[Model]) -> ParameterError:
    """The `ParameterError` of one of pydantic's faults, in words for a person who edits YAML."""
    key = ".".join(str(part)[:60] for part in fault["loc"]) or "(the whole file)"
    where = f"{path}, {key}"
    if fault["type"] == "extra_forbidden":
        name = str(fault["loc"][-1])
        return ParameterError(
            f"Unknown key: {quoted(name)}.",
            where=where,
            hint=nearest(name, _fields_at(model, fault["loc"][:-1])),
        )
    if fault["type"] == "missing":
        return ParameterError(
            f"A key is missing: {quoted(fault['loc'][-1])}.",
            where=where,
            hint="an editor that reads params/schemas completes it.",
        )
    message = fault["msg"].removeprefix("Value error, ")
    return ParameterError(
        f"{message}.", where=where, hint=f"found {_quoted_input(fault['input'])}."
    )


def _quoted_input(value: object) -> str:
    """A value as a message shows it: short, and never what is inside a list or mapping (which may
    be immense).
    """
    if isinstance(value, (str, int, float, date)) or value is None:
        return quoted(value)
    return "a list" if isinstance(value, (list, tuple)) else "keys and values"


def _fields_at(model: type[Model], location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a place of a model, found in its JSON Schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    node: dict[str, Any] = schema
    for part in location:
        child = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        other_nodes = [
            *node.get("patternProperties", {}).values(),
            node.get("additionalProperties"),
        ]
        node = _resolve(child or other_nodes[0] or {}, definitions)
    return sorted(node.get("properties", {}))


def _resolve(node: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(node, dict):
        return {}
    for option in node.get("anyOf", []):
        if "$ref" in option or "properties" in option or "items" in option:
            return _resolve(option, definitions)
    if "$ref" in node:
        return dict(definitions[node["$ref"].rsplit("/", 1)[-1]])
    return node
