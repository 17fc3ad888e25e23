"""From parameter files to a cross-checked `Study`, and the JSON Schemas that complete them in an
editor.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from analysis.errors import ObservatoryError, ParameterError
from analysis.study.commitments import ActionsFile, CommitmentsFile
from analysis.study.consistency import inconsistencies
from analysis.study.definitions import IndicatorsFile
from analysis.study.field import DirectoratesFile, MarginsFile, WavesFile
from analysis.study.listening import Listening
from analysis.study.management import ManagementFile
from analysis.study.practice_files import load_practices
from analysis.study.practices import Practice
from analysis.study.profiles import Profiles
from analysis.study.questionnaire import QuestionnaireFile
from analysis.study.recipients import RecipientsFile
from analysis.study.references import Reference, ReferencesFile
from analysis.study.settings import RetentionFile, StudyFile
from analysis.study.study import Study
from analysis.study.types import Model
from analysis.study.validation import validated
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
    "profiles": Profiles,
    "margins": MarginsFile,
    "references": ReferencesFile,
    "recipients": RecipientsFile,
    "retention": RetentionFile,
}

OPTIONAL = (
    "commitments",
    "actions",
    "management",
    "listening",
    "profiles",
    "references",
    "recipients",
    "retention",
)
"""Files that a study may lack; what they would say is then empty, or the default."""


def read_model(path: Path, model: type[M]) -> M:
    """One parameter file as its model.

    Raises:
        ParameterError: every fault of the file, each with its key.

    """
    return validated(read_yaml(path), path, model)


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
    practices: tuple[Practice, ...] = ()
    try:
        practices = load_practices(folder)
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
        profiles=read.get("profiles"),
        margins=margins,
        references=_references(read),
        context=read["references"].context if "references" in read else (),
        practices=practices,
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
