"""From parameter files to a cross-checked `Study`, and the JSON Schemas that complete them in an
editor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from analysis.errors import ObservatoryError, ParameterError, nearest, quoted
from analysis.study.commitments import ActionsFile, CommitmentsFile
from analysis.study.consistency import inconsistencies
from analysis.study.definitions import IndicatorsFile
from analysis.study.field import DirectoratesFile, MarginsFile, WavesFile
from analysis.study.listening import Listening
from analysis.study.management import ManagementFile
from analysis.study.questionnaire import QuestionnaireFile
from analysis.study.recipients import RecipientsFile
from analysis.study.references import Reference, ReferencesFile
from analysis.study.settings import RetentionFile, StudyFile
from analysis.study.study import Study
from analysis.study.types import Model
from analysis.study.yaml_reader import read_yaml

M = TypeVar("M", bound=Model)

FILES: dict[str, type[Model]] = {
    "study": StudyFile,
    "questionnaire": QuestionnaireFile,
    "waves": WavesFile,
    "directorates": DirectoratesFile,
    "indicators": IndicatorsFile,
    "commitments": CommitmentsFile,
    "actions": ActionsFile,
    "management": ManagementFile,
    "listening": Listening,
    "margins": MarginsFile,
    "references": ReferencesFile,
    "recipients": RecipientsFile,
    "retention": RetentionFile,
}

OPTIONAL = (
    *("commitments", "actions", "management", "listening", "references", "recipients"),
    "retention",
)
"""Files that a study may lack; what they would say is then empty, or the default."""


def read_model(path: Path, model: type[M]) -> M:
    """One parameter file as its model.

    Raises:
        ParameterError: every fault of the file, each with its key.

    """
    content = read_yaml(path)
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


def load_study(folder: Path) -> Study:
    """The study that `folder` describes.

    Raises:
        ParameterError: every file that is missing or malformed; or, where all can be read, every
            reference to something that does not exist and all that does not agree.

    """
    read: dict[str, Any] = {}
    faults: list[ObservatoryError] = []
    for name, model in FILES.items():
        path = folder / f"{name}.yml"
        if name == "margins" or (name in OPTIONAL and not path.exists()):
            continue
        try:
            read[name] = read_model(path, model)
        except ParameterError as error:
            faults.append(error)
    margins: dict[str, MarginsFile] = {}
    for path in sorted((folder / "margins").glob("[!.]*.yml")):
        try:
            margins[path.stem] = read_model(path, MarginsFile)
        except ParameterError as error:
            faults.append(error)
    if faults:
        raise ParameterError.together(faults)
    study = Study(
        **_fields(read["study"]),
        questionnaire=read["questionnaire"],
        **_fields(read["waves"]),
        **_fields(read["directorates"]),
        **_fields(read["indicators"]),
        commitments=read["commitments"].commitments if "commitments" in read else (),
        actions=read["actions"].actions if "actions" in read else (),
        management=read["management"].indicators if "management" in read else (),
        listening=read.get("listening"),
        margins=margins,
        references=_references(read),
        recipients=read["recipients"].recipients if "recipients" in read else (),
        retention=read.get("retention", RetentionFile()),
    )
    if disagreements := inconsistencies(study, folder):
        raise ParameterError.together(disagreements)
    return study.with_texts(lambda text: text.led_by(study.language))


def _references(read: dict[str, Any]) -> tuple[Reference, ...]:
    """The references of a study, each in the words of the question that it asks too."""
    if "references" not in read:
        return ()
    items = {item.id: item for item in read["questionnaire"].items}
    asked = {indicator.id: indicator.item for indicator in read["indicators"].indicators}
    return tuple(
        reference.in_words_of(items[asked[reference.indicator]])
        if asked.get(reference.indicator) in items  # else `inconsistencies` tells it
        else reference
        for reference in read["references"].references
    )


def _fields(file: Model) -> dict[str, Any]:
    """What a file says, by key."""
    return {name: getattr(file, name) for name in type(file).model_fields}


def write_schemas(folder: Path, models: dict[str, type[Model]]) -> list[Path]:
    """Writes one JSON Schema per parameter file, for editors to complete and check by."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, model in models.items():
        path = folder / f"{name}.schema.json"
        path.write_text(
            json.dumps(model.model_json_schema(), indent=1, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )
        paths.append(path)
    return paths


# --- messages -------------------------------------------------------------------------------------


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
