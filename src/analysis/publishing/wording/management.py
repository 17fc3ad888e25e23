"""The sentences on what is measured, beside what is perceived."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing.released import TOTAL, ReleasedFigure, ReleasedFigures
from analysis.publishing.wording.commitments import (
    MEASURED,
    Followed,
    announced_and_measured,
    missing_side,
    months_span,
    months_text,
    users_level,
)
from analysis.publishing.wording.sentences import Sentence, Wording, range_text
from analysis.storage.figures import PLACE, SOURCES
from analysis.study import Directorate, ManagementIndicator
from analysis.study.months import cohort_months

ONE_SOURCE = re.compile(rf"(.+?){PLACE}(.*?){PLACE}(\d+)(?:{SOURCES}|$)")
"""File, sheet and row of a place: a sheet may bear the signs that stand between them."""


@dataclass(frozen=True)
class Measured:
    """What is released of a management indicator of a directorate.

    Attributes:
        indicator, directorate: Which, of whom.
        cohort: Over the cases of the wave's users.
        norm, announced, relative, correlation: None where there is none.
        perceived: What users say of the same, by its own indicator; None where none is asked.

    """

    indicator: ManagementIndicator
    directorate: Directorate
    cohort: ReleasedFigure
    norm: ReleasedFigure | None
    announced: ReleasedFigure | None
    relative: ReleasedFigure | None
    correlation: ReleasedFigure | None
    perceived: ReleasedFigure | None


def measured_of(
    wording: Wording, figures: ReleasedFigures, directorate: Directorate
) -> list[Measured]:
    """What is released of each management indicator of a directorate, in the study's order."""
    about = {"directorate": directorate.id, "wave": wording.wave.id}
    found = []
    for indicator in wording.study.management:
        own = {
            figure.definition: figure
            for figure in figures.select(MEASURED, **about, indicator=indicator.id, breakdown=TOTAL)
        }
        if "cohort" not in own:
            continue
        perceived = None
        if indicator.perceived is not None:
            asked = wording.study.indicator(indicator.perceived)
            perceived = figures.find(
                "estimates",
                **about,
                indicator=asked.id,
                definition=asked.definitions[0],
                breakdown=TOTAL,
            )
        found.append(
            Measured(
                indicator=indicator,
                directorate=directorate,
                cohort=own["cohort"],
                norm=own.get("norm"),
                announced=own.get("announced"),
                relative=own.get("relative"),
                correlation=own.get("correlation"),
                perceived=perceived,
            )
        )
    return found


def all_measured(wording: Wording, figures: ReleasedFigures) -> list[Measured]:
    """The same of every directorate."""
    return [
        one
        for directorate in wording.study.directorates
        for one in measured_of(wording, figures, directorate)
    ]


def indicator_name(wording: Wording, indicator: ManagementIndicator) -> str:
    """The label of a management indicator."""
    return wording.language.typeset(indicator.label)


def management_title(wording: Wording, found: Sequence[Measured]) -> Sentence:
    """How many indicators meet their norm, of those that are judged, in each directorate."""
    number = wording.language.number
    bound = [one for one in found if one.norm is not None and one.cohort.word]
    if not bound:
        return wording.said("management_title_none")
    parts = []
    for directorate in dict.fromkeys(one.directorate.acronym for one in bound):
        own = [one for one in bound if one.directorate.acronym == directorate]
        kept = sum(one.cohort.word == "kept" for one in own)
        parts.append(
            wording.language.text(
                "kept_of", kept=number(kept), count=number(len(own)), directorate=directorate
            )
        )
    return wording.said(
        "management_title",
        [one.cohort for one in bound],
        parts=wording.language.listing(parts),
    )


def measured_value(wording: Wording, one: Measured) -> str:
    """A measured value, with as many decimals as it takes to show on which side of its norm it
    is.
    """
    figure, norm = one.cohort, one.norm
    if figure.hidden or figure.value is None or norm is None:
        return wording.formats.value(figure)
    decimals = wording.formats.against([figure.value], norm, figure)
    return wording.formats.number(figure.value, figure, decimals=decimals)


def cohort_text(wording: Wording, indicator: ManagementIndicator) -> str:
    """Which cases a measure is of, and when: by the declared rule."""
    months = cohort_months(wording.wave, indicator.cohort)
    span = months_span(wording, months[0], months[-1])
    if indicator.cohort is None:
        return wording.language.text("cohort_field", months=span)
    cases = wording.language.typeset(indicator.cohort.label)
    return wording.language.text("cohort_cases", cases=cases, months=span)


def source_of(wording: Wording, figure: ReleasedFigure) -> str:
    """Where a figure was read, or which months are missing; empty where nothing is said."""
    text = wording.language.text
    missing = figure.method.removeprefix("missing ")
    if missing != figure.method:
        return text("source_missing", months=months_text(wording, missing))
    lines: dict[tuple[str, str], list[str]] = {}
    for file, sheet, line in ONE_SOURCE.findall(figure.method):
        lines.setdefault((file, sheet), []).append(line)
    return wording.language.enumeration(
        [
            text(
                "source_sheet" if sheet else "source_file",
                file=file,
                sheet=sheet,
                rows=wording.language.listing(rows),
            )
            for (file, sheet), rows in lines.items()
        ]
    )


def quadrant_word(one: Followed) -> str:
    """Which quadrant a commitment lies in; `unsure` where one of its sides cannot be told."""
    sides = [figure.word if figure is not None else "" for figure in (one.measured, one.perceived)]
    words = {
        ("kept", "kept"): "mastered",
        ("kept", "not_kept"): "information",
        ("not_kept", "kept"): "tolerated",
        ("not_kept", "not_kept"): "priority",
    }
    return words.get((sides[0], sides[1]), "unsure")


def quadrant_reading(wording: Wording, one: Followed) -> Sentence:
    """What the place of a commitment among the quadrants says."""
    figures = [figure for figure in (one.measured, one.perceived) if figure is not None]
    return wording.said(f"meaning_{quadrant_word(one)}", figures)


def delays_reading(wording: Wording, one: Measured) -> Sentence:
    """What was announced, what was measured and what users say of it, for the same cases."""
    assert one.announced is not None
    told = wording.study.management_indicator(str(one.indicator.announced))
    for indicator, figure in ((one.indicator, one.cohort), (told, one.announced)):
        if figure.value is None:
            name = wording.language.quoted(indicator_name(wording, indicator))
            return missing_side(wording, figure, f"{name}, {one.directorate.acronym}")
    figures = [one.announced, one.cohort]
    parts = {
        "cases": cohort_text(wording, one.indicator),
        "directorate": one.directorate.acronym,
    }
    both = announced_and_measured(wording, one.announced, one.cohort)
    parts |= {"announced": both["value"], "measured": both["measured"]}
    if one.perceived is None:
        return wording.said("delays_reading", figures, **parts)
    return wording.said(
        "delays_reading_perceived",
        [*figures, one.perceived],
        level=users_level(wording, one.perceived, indicator=one.perceived.indicator),
        **parts,
    )


def correlation_bounds(wording: Wording, figure: ReleasedFigure) -> str:
    """The interval of a correlation, with as many decimals as it takes to show whether it holds 0;
    nothing where there is none.
    """
    if figure.low is None or figure.high is None:
        return wording.formats.interval(figure)
    decimals = wording.formats.apart([figure.low, figure.high], 0.0, figure, least=2)
    return wording.formats.range(figure.low, figure.high, figure, decimals=decimals)


def correlation_reading(wording: Wording, one: Measured) -> Sentence:
    """Whether sites that measure better are also those whose users say better."""
    figure = one.correlation
    assert figure is not None
    return wording.said(
        f"correlation_{figure.word}",
        [figure],
        indicator=wording.language.quoted(indicator_name(wording, one.indicator)),
        perceived=wording.language.quoted(
            wording.indicator(wording.study.indicator(str(one.indicator.perceived)))
        ),
        value=wording.formats.value(figure),
        range=range_text(wording, figure, correlation_bounds(wording, figure)),
        count=wording.language.number(figure.size or 0),
        directorate=one.directorate.acronym,
    )
