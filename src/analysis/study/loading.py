"""From parameter files to a cross-checked `Study`, and the JSON Schemas that complete them in an editor."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from analysis.errors import ParameterError, nearest
from analysis.study.model import (
    Claim,
    CommitmentsFile,
    DirectoratesFile,
    IndicatorsFile,
    ManagementFile,
    MarginsFile,
    MissingKind,
    Model,
    QuestionnaireFile,
    RetentionFile,
    Study,
    StudyFile,
    WavesFile,
)
from analysis.study.workspace import result_parameters

M = TypeVar("M", bound=Model)

FILES: dict[str, type[Model]] = {
    "study": StudyFile,
    "questionnaire": QuestionnaireFile,
    "waves": WavesFile,
    "directorates": DirectoratesFile,
    "indicators": IndicatorsFile,
    "commitments": CommitmentsFile,
    "management": ManagementFile,
    "margins": MarginsFile,
    "retention": RetentionFile,
}


def read_yaml(path: Path) -> Any:
    """The content of a YAML file, loaded safely (YAML 1.2, duplicate keys refused)."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        what = "A parameter file is missing." if isinstance(error, FileNotFoundError) else f"Not readable: {error.strerror}."
        raise ParameterError(what, where=str(path)) from None
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"The file is not UTF-8 (byte {error.start}).", where=str(path), hint="save it again as UTF-8."
        ) from None
    try:
        return YAML(typ="safe", pure=True).load(text)
    except DuplicateKeyError as error:
        mark = error.problem_mark
        raise ParameterError(
            f"A key stands twice: {str(error.problem).split(chr(34))[1]!r}.",
            where=f"{path}, line {mark.line + 1}" if mark else str(path),
            hint="keep one of the two.",
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise ParameterError(
            f"Not valid YAML: {error.problem or error.context}.",
            where=f"{path}, line {mark.line + 1}" if mark else str(path),
        ) from None
    except (YAMLError, ValueError, KeyError, RecursionError) as error:  # a date that is none, a control character, …
        raise ParameterError(f"Not readable as YAML: {str(error).splitlines()[0][:200]}.", where=str(path)) from None


def read_model(path: Path, model: type[M]) -> M:
    """One parameter file as its model; the first faults are named with their keys."""
    content = read_yaml(path)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _readable(error, path, model) from None


def load_study(folder: Path) -> Study:
    """The study that `folder` describes.

    Raises:
        ParameterError: a file is missing, malformed, or refers to something that does not exist.

    """
    about = read_model(folder / "study.yml", StudyFile)
    if about.id != folder.name:
        raise ParameterError(f"The study calls itself {about.id!r} but lies in {folder.name!r}.", where=str(folder / "study.yml"))
    commitments, management, retention = (folder / f"{name}.yml" for name in ("commitments", "management", "retention"))
    margins = sorted((folder / "margins").glob("*.yml"))
    study = Study(
        about=about,
        questionnaire=read_model(folder / "questionnaire.yml", QuestionnaireFile),
        calendar=read_model(folder / "waves.yml", WavesFile),
        organisation=read_model(folder / "directorates.yml", DirectoratesFile),
        reading=read_model(folder / "indicators.yml", IndicatorsFile),
        commitments=read_model(commitments, CommitmentsFile).commitments if commitments.exists() else (),
        management=read_model(management, ManagementFile).indicators if management.exists() else (),
        margins={path.stem: read_model(path, MarginsFile) for path in margins},
        retention=read_model(retention, RetentionFile) if retention.exists() else RetentionFile(),
        digest=digest(folder),
    )
    _cross_check(study, folder)
    return study


def digest(folder: Path) -> str:
    """sha256 over the names and bytes of the parameter files that a study's results are made of."""
    total = hashlib.sha256()
    for path in result_parameters(folder):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def write_schemas(folder: Path, models: dict[str, type[Model]]) -> list[Path]:
    """Writes one JSON Schema per parameter file, for editors to complete and check by."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, model in models.items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(model.model_json_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


# --- messages ------------------------------------------------------------------------------------------


def _readable(error: ValidationError, path: Path, model: type[Model]) -> ParameterError:
    """Pydantic's first fault, said for a person who edits YAML."""
    faults = error.errors()
    fault = next((one for one in faults if one["type"] == "extra_forbidden"), faults[0])  # a typo explains what is missing
    key = ".".join(str(part) for part in fault["loc"]) or "(the whole file)"
    more = f" ({error.error_count() - 1} more in this file)" if error.error_count() > 1 else ""
    if fault["type"] == "extra_forbidden":
        allowed = _fields_at(model, fault["loc"][:-1])
        return ParameterError(
            f"Unknown key: {str(fault['loc'][-1])!r}{more}.",
            where=f"{path}, {key}",
            hint=nearest(str(fault["loc"][-1]), allowed),
        )
    if fault["type"] == "missing":
        return ParameterError(f"A key is missing: {str(fault['loc'][-1])!r}{more}.", where=f"{path}, {key}")
    return ParameterError(f"{fault['msg']}{more}.", where=f"{path}, {key}", hint=f"found {fault['input']!r:.60}.")


def _fields_at(model: type[Model], location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a place of a model, found in its JSON Schema."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    node: dict[str, Any] = schema
    for part in location:
        child = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        node = _resolve(child or node.get("additionalProperties") or {}, definitions)
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


# --- cross-references ----------------------------------------------------------------------------------


def _cross_check(study: Study, folder: Path) -> None:  # noqa: PLR0912, PLR0915 - one line per reference
    """Refuses a study whose files do not agree with one another."""
    known = _Known(folder)
    questionnaire, organisation, reading = study.questionnaire, study.organisation, study.reading
    scales = known.unique("questionnaire", "scales", (one.id for one in questionnaire.scales))
    items = known.unique("questionnaire", "items", (one.id for one in questionnaire.items))
    dimensions = known.unique("questionnaire", "dimensions", (one.id for one in questionnaire.dimensions))
    headings = known.unique("questionnaire", "headings", (one.id for one in questionnaire.headings))
    channels = known.unique("study", "channels", (one.id for one in study.about.channels))
    directorates = known.unique("directorates", "directorates", (one.id for one in study.directorates))
    populations = known.unique("directorates", "populations", (one.id for one in organisation.populations))
    sites = known.unique("directorates", "sites", (site.id for one in study.directorates for site in one.sites))
    definitions = known.unique("indicators", "definitions", (one.id for one in reading.definitions))
    known.unique("indicators", "indicators", (one.id for one in reading.indicators))
    known.unique("indicators", "breakdowns (total is taken)", ["total", *(one.id for one in reading.breakdowns)])
    given = {one.kind for one in questionnaire.missing}
    for kind in MissingKind:
        if kind not in given:
            known.fail("questionnaire", "missing", f"No code is given for {kind.value!r}.", "each way of not answering has one.")
    mandatory = [one.id for one in questionnaire.items if one.mandatory]
    waves = known.unique("waves", "waves", (one.id for one in study.waves))

    for scale in questionnaire.scales:
        known.unique("questionnaire", f"scales.{scale.id}.levels", (str(code) for code in scale.codes))
        if scale.kind != "text" and len(scale.levels) < 2:
            known.fail("questionnaire", f"scales.{scale.id}", "A closed scale has at least two levels.")
    for item in questionnaire.items:
        known.within("questionnaire", f"items.{item.id}.scale", [item.scale], scales)
        known.within("questionnaire", f"items.{item.id}.dimension", filter(None, [item.dimension]), dimensions)
        known.within("questionnaire", f"items.{item.id}.heading", filter(None, [item.heading]), headings)
        known.within("questionnaire", f"items.{item.id}.directorates", item.directorates or (), directorates)
    for channel in study.about.channels:
        known.within("study", f"channels.{channel.id}.items", channel.items, items)
        left_out = [one for one in mandatory if one not in channel.items]
        if left_out and channel.mode != "kiosk":
            known.fail("study", f"channels.{channel.id}.items", f"Mandatory items are left out: {', '.join(left_out)}.")
        closed = [one for one in channel.items if study.scale(one).kind != "text"]
        if channel.claim is Claim.ILLUSTRATION and closed:
            known.fail("study", f"channels.{channel.id}", f"An illustration (C4) counts nothing, but asks {closed[0]}.")
    for directorate in study.directorates:
        known.within("directorates", f"{directorate.id}.channels", directorate.channels, channels)
        known.within("directorates", f"{directorate.id}.parent", filter(None, [directorate.parent]), directorates)
        for site in directorate.sites:
            known.within("directorates", f"{site.id}.population", filter(None, [site.population]), populations)
            known.within("directorates", f"{site.id}.merged_into", filter(None, [site.merged_into]), sites)
    for population in organisation.populations:
        known.within("directorates", f"{population.id}.items", population.items or (), items)
        asked = [study.item(one) for one in population.items or items]
        forbidden = [one.id for one in asked if one.role == "satisfaction"]
        if population.constrained and forbidden:
            known.fail(
                "directorates",
                f"populations.{population.id}.items",
                f"A population under constraint is never asked its satisfaction: {', '.join(forbidden)}.",
                "list items on respect, clarity and being heard only.",
            )
    for indicator in reading.indicators:
        known.within("indicators", f"{indicator.id}.item", [indicator.item], items)
        known.within("indicators", f"{indicator.id}.definitions", indicator.definitions, definitions)
        if study.scale(indicator.item).kind != "ordinal":
            known.fail("indicators", indicator.id, f"Item {indicator.item} has no ordinal scale to read.")
        for name in indicator.definitions:
            definition, levels = study.definition(name), len(study.scale(indicator.item).levels)
            if (definition.top or 0) + (definition.bottom or 0) > levels:
                known.fail("indicators", indicator.id, f"Definition {name} names more levels than the scale has.")
    for breakdown in reading.breakdowns:
        known.within("indicators", f"breakdowns.{breakdown.id}.by", [breakdown.by], items | {"channel", "site"})
    for commitment in study.commitments:
        known.within("commitments", f"{commitment.id}.heading", [commitment.heading], headings)
        known.within("commitments", f"{commitment.id}.items", commitment.items, items)
        known.within("commitments", f"{commitment.id}.posted", commitment.posted, sites)
    for indicator_ in study.management:
        known.within("management", f"{indicator_.id}.directorates", indicator_.directorates, directorates)
        known.within("management", f"{indicator_.id}.items", indicator_.items, items)
    for earlier, later in zip(study.waves, study.waves[1:], strict=False):
        if later.start <= earlier.end:
            known.fail("waves", later.id, f"Wave {later.id} starts before wave {earlier.id} ends.")
    known.within("margins", "(file names)", study.margins, waves)
    for wave, file in study.margins.items():
        known.within(f"margins/{wave}", "margins", file.margins, directorates)
        for name, margins in file.margins.items():
            _check_margins(study, known, wave, name, margins)


def _check_margins(study: Study, known: _Known, wave: str, directorate: str, margins: dict[str, dict[str, float]]) -> None:
    file, items = f"margins/{wave}", {one.id for one in study.questionnaire.items if one.role == "profile"}
    known.within(file, f"{directorate}", margins, items | {"site"})
    for variable, totals in margins.items():
        if variable == "site":
            allowed = {site.id for site in study.directorate(directorate).sites}
        else:
            allowed = {str(code) for code in study.scale(variable).codes}
        known.within(file, f"{directorate}.{variable}", totals, allowed)
    sums = {variable: round(sum(totals.values()), 6) for variable, totals in margins.items()}
    if len(set(sums.values())) > 1:
        listed = ", ".join(f"{variable} {total:g}" for variable, total in sums.items())
        known.fail(file, directorate, f"The margins have different totals: {listed}.", "they must count the same users.")


class _Known:
    """Checks names against what was declared, and says in which file a fault is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fail(self, file: str, key: str, what: str, hint: str | None = None) -> None:
        raise ParameterError(what, where=f"{self.folder / file}.yml, {key}", hint=hint)

    def unique(self, file: str, key: str, names: Iterable[str]) -> frozenset[str]:
        counts = Counter(names)
        for name, count in counts.items():
            if count > 1:
                self.fail(file, key, f"{name!r} is declared {count} times.", "an identifier is given once.")
        return frozenset(counts)

    def within(self, file: str, key: str, names: Iterable[str], allowed: Iterable[str]) -> None:
        allowed = set(allowed)
        for name in names:
            if name not in allowed:
                raise ParameterError.unknown("name", name, allowed, where=f"{self.folder / file}.yml, {key}")
