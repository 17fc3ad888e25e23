"""Which figures of other bodies may stand beside a study's own, and why the others may not: decided
once, before pages are made, by the rule that holds of every reference (`study.references.Measure`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.disclosure import Audience, Status, status_of_base
from analysis.editions.description import DescribedQuestion, Description
from analysis.editions.open_data import PRECISIONS
from analysis.editions.package import Package
from analysis.publishing.released import TOTAL
from analysis.publishing.wording.formats import MEASURES
from analysis.storage import Imported, make_table
from analysis.study import Claim, Definition, Indicator, Item, Study
from analysis.study.kinds import LanguageCode
from analysis.study.labels import normalise
from analysis.study.languages import Multilingual
from analysis.study.references import Difference, Measure
from analysis.study.settings import Mode

Row = dict[str, Any]


@dataclass(frozen=True)
class _Beside:
    """What a figure of another body may stand beside.

    Attributes:
        indicator, definition: The study's own; None where it has none that counts alike.
        directorates: Those whose figure is of the same measure.
        differences: Where there are none, in what it is another.

    """

    indicator: str | None
    definition: str | None
    directorates: tuple[str, ...]
    differences: tuple[Difference, ...]


def comparison_table(packages: Sequence[Package], study: Study, wave: str) -> pl.DataFrame:
    """`storage.Imported`: the results over everybody of the wave of each package.

    Args:
        packages: At most one of each body.
        study: In all of its languages.
        wave: The study's, whose figures they stand beside.

    """
    rows = [
        _imported(row, package, study, wave) for package in packages for row in _totals(package)
    ]
    return make_table(rows, Imported)


def small_here(package: Package, study: Study) -> int:
    """How many figures that a package shows rest on fewer answers than the study's own minimum."""
    shown = [row for row in _totals(package) if not row["statut"] and row["valeur"] is not None]
    return sum(_status(row, study).hidden for row in shown)


def _totals(package: Package) -> list[Row]:
    """The results that pages compare: those of a definition, over everybody, in the wave."""
    chosen = package.figures.filter(
        pl.col("cle").str.starts_with("estimates/"),
        pl.col("vague") == package.description.wave,
        pl.col("reference") == "",
        pl.col("ventilation") == TOTAL,
        pl.col("categorie") == TOTAL,
        pl.col("type").is_in(MEASURES),
    )
    return chosen.to_dicts()


def _imported(row: Row, package: Package, study: Study, wave: str) -> Row:
    said = package.description
    (period,) = (one for one in said.waves if one.id == said.wave)
    beside = _beside(row, said, study, wave)
    status = _status(row, study)
    numbers = {"value": "valeur", "se": "erreur_type", "low": "borne_basse", "high": "borne_haute"}
    return {
        "source": said.study,
        "key": row["cle"],
        "edition": f"{said.wave}/{said.version}",
        "published": said.published,
        "language": said.language,
        "publisher": str(said.publisher),
        "directorate_label": row["libelle_direction"],
        "wave_label": str(period.label),
        "start": period.start,
        "end": period.end,
        "indicator": beside.indicator or row["indicateur"],
        "indicator_label": row["libelle_indicateur"],
        "definition": beside.definition or row["definition"],
        "definition_label": row["libelle_definition"],
        "kind": row["type"],
        "unit": row["unite"],
        "mode": _mode(row, said),
        "claim": row["portee"],
        **{name: None if status.hidden else row[column] for name, column in numbers.items()},
        "base": None if status.hidden else row["base"],
        "status": status.value,
        "simulated": row["simule"],
        "comparable": list(beside.directorates),
        "differences": list(beside.differences),
    }


def _status(row: Row, study: Study) -> Status:
    """What the other body says of a figure, or what the study's own minimum makes of it, where that
    is stricter. Hidden stays hidden.
    """
    if row["statut"]:
        return Status(row["statut"])
    if row["valeur"] is None or row["base"] is None:
        return Status.UNAVAILABLE
    told = next((one for one, said in PRECISIONS.items() if said == row["precision"]), Status.SHOWN)
    own = status_of_base(row["base"], study.thresholds, Audience.PUBLIC)
    return own if own is not Status.SHOWN else told


def _beside(row: Row, said: Description, study: Study, wave: str) -> _Beside:
    """The study's figures that a row may stand beside."""
    question = next((one for one in said.questions if one.id == row["question"]), None)
    counted = next(one for one in said.definitions if one.id == row["definition"])
    differences: dict[Difference, None] = {}
    for indicator in _candidates(row, question, said, study):
        item, words = study.item(indicator.item), None
        if question is not None:
            same = _same_words(item, question, said, study)
            words = item.wording if same else str(question.wording)
        definition = _counts_alike(counted, indicator, study)
        measure = Measure(
            definition=definition or "",
            question=words,
            levels=None if question is None else len(question.levels),
            mode=_mode(row, said),
            population=said.population,
            claim=Claim(row["portee"]),
        )
        found = {
            unit.id: measure.differences(
                indicator, item, study.scale(item.id), study.reference_channels(unit.id)
            )
            for unit in study.directorates
            if indicator in study.indicators_in_force(wave, unit.id)
        }
        alike = tuple(unit for unit, reasons in found.items() if not reasons)
        if alike:
            return _Beside(indicator.id, definition, alike, ())
        differences |= dict.fromkeys(reason for one in found.values() for reason in one)
    return _Beside(None, None, (), tuple(differences) or ("question",))


def _candidates(
    row: Row, question: DescribedQuestion | None, said: Description, study: Study
) -> list[Indicator]:
    """The study's indicators that ask the same in words, else those of the same name."""
    asking = [
        one
        for one in study.indicators
        if question is not None and _same_words(study.item(one.item), question, said, study)
    ]
    return asking or [one for one in study.indicators if one.id == row["indicateur"]]


def _same_words(item: Item, question: DescribedQuestion, said: Description, study: Study) -> bool:
    """Whether two questions are the same in a language that both have."""
    ours = _in_languages(item.wording, study.language)
    theirs = _in_languages(question.wording, said.language)
    return any(
        normalise(text) == normalise(theirs[code]) for code, text in ours.items() if code in theirs
    )


def _in_languages(text: str, main: LanguageCode) -> dict[str, str]:
    """A text by language; one that names none is in the main one."""
    texts = text.texts if isinstance(text, Multilingual) else {}
    return texts or {main: str(text)}


def _counts_alike(counted: Definition, indicator: Indicator, study: Study) -> str | None:
    """The definition of the study that counts as another does, one of the indicator's first."""
    rule = _counting(counted)
    alike = [one.id for one in study.definitions if _counting(one) == rule]
    return next((one for one in alike if one in indicator.definitions), next(iter(alike), None))


def _counting(definition: Definition) -> tuple[object, ...]:
    """What decides whether two definitions count alike, whatever they are called."""
    return definition.kind, definition.top, definition.bottom, definition.maximum


def _mode(row: Row, said: Description) -> Mode:
    """By what people were heard in the channels of a row."""
    modes = {one.mode for one in said.channels if one.id in row["canaux"].split("+")}
    return modes.pop() if len(modes) == 1 else "mixed"
