"""The page that shows results of other bodies beside those of the study: where they are of the same
measure, and why not elsewhere. No difference is shown, and nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing.blocks import Block, Part, block, callout, figure_notes, heading, table
from analysis.publishing.comparison_chart import Result, comparison_chart, comparison_height
from analysis.publishing.imported import ImportedFigure, ImportedFigures
from analysis.publishing.pages.page import Page
from analysis.publishing.released import TOTAL, ReleasedFigure
from analysis.publishing.wording.comparison import (
    bodies_head,
    edition_of,
    measured_alike,
    side_by_side,
    theirs,
    unit_of,
)
from analysis.publishing.wording.identity import reason_apart
from analysis.publishing.wording.sentences import (
    Sentence,
    join_notes,
    sign_notes,
    source_text,
)
from analysis.study import Directorate, Indicator
from analysis.study.settings import Mode


@dataclass(frozen=True)
class _Alike:
    """Results of one measure: each of the study's may stand beside each of the others.

    Attributes:
        indicator: What they measure.
        mode, claim: By what people were heard, and what may be claimed of it.
        here: The study's, by directorate.
        elsewhere: Those of other bodies.

    """

    indicator: Indicator
    mode: Mode
    claim: str
    here: tuple[tuple[Directorate, ReleasedFigure], ...]
    elsewhere: tuple[ImportedFigure, ...]

    @property
    def figures(self) -> list[ReleasedFigure]:
        """All of them, in the order in which they are shown."""
        return [figure for _, figure in self.here] + [one.figure for one in self.elsewhere]

    @property
    def name(self) -> str:
        """What its table and its chart are called."""
        return f"alike-{self.indicator.id}-{self.mode}-{self.claim}".lower().replace("_", "-")


def bodies(page: Page) -> Block:
    """Whose results stand on the page, from which edition."""
    language, wording = page.language, page.wording
    found = _imported(page).bodies
    columns = {
        language.text("column_body"): [theirs(wording, one, one.publisher) for one in found],
        language.text("column_body_edition"): [edition_of(wording, one) for one in found],
        language.text("column_field_days"): [language.period(one.start, one.end) for one in found],
        language.text("column_data"): [
            language.text("data_are_simulated" if one.figure.simulated else "data_are_real")
            for one in found
        ],
    }
    warned = _imported(page).simulated and not page.figures.simulated
    return block(
        "bodies",
        heading(bodies_head(wording, found)),
        callout(language.text("simulated_title"), language.text("elsewhere_simulated_text"))
        if warned
        else None,
        table("bodies", columns=columns, caption=language.text("caption_bodies")),
        figure_notes(language, note=join_notes([language.text("note_bodies")])),
    )


def alike(page: Page) -> Block:
    """The results that are measured alike here and elsewhere; nothing where none are."""
    groups = _groups(page)
    if not groups:
        return block("alike")
    parts = [part for group in groups for part in _shown(page, group)]
    return block("alike", heading(page.language.text("alike_head")), *parts)


def apart(page: Page) -> Block:
    """The results of other bodies that are not compared, and why; nothing where all are."""
    language, wording = page.language, page.wording
    counted: dict[tuple[str, str, tuple[str, ...]], dict[str, ImportedFigure]] = {}
    for one in _imported(page).apart:
        about = (one.source, one.indicator_label, one.differences)
        counted.setdefault(about, {})[one.definition_label] = one
    if not counted:
        return block("bodies-apart")
    firsts = [next(iter(found.values())) for found in counted.values()]
    columns = {
        language.text("column_body"): [theirs(wording, one, one.publisher) for one in firsts],
        language.text("column_measured_there"): [
            theirs(wording, one, one.indicator_label) for one in firsts
        ],
        language.text("column_counted_there"): [
            language.listing([theirs(wording, one, label) for label, one in found.items()])
            for found in counted.values()
        ],
        language.text("column_why_apart"): [
            reason_apart(wording, one.differences) for one in firsts
        ],
    }
    return block(
        "bodies-apart",
        heading(language.text("bodies_apart_head")),
        table("bodies-apart", columns=columns, caption=language.text("caption_bodies_apart")),
    )


def _groups(page: Page) -> list[_Alike]:
    """The results of one measure each, in the study's order; an indicator is read by the first of
    its definitions by which others read it too.
    """
    found = []
    for indicator in page.study.indicators:
        there = [one for one in _imported(page).comparable if one.figure.indicator == indicator.id]
        for mode, claim in dict.fromkeys((one.mode, one.figure.claim) for one in there):
            of_kind = [one for one in there if (one.mode, one.figure.claim) == (mode, claim)]
            counted = {one.figure.definition for one in of_kind}
            definition = next((one for one in indicator.definitions if one in counted), None)
            elsewhere = tuple(one for one in of_kind if one.figure.definition == definition)
            units = {unit for one in elsewhere for unit in one.comparable}
            own = {
                figure.directorate: figure
                for figure in page.figures.select(
                    "estimates",
                    wave=page.wave.id,
                    breakdown=TOTAL,
                    indicator=indicator.id,
                    definition=str(definition),
                )
            }
            here = tuple(
                (unit, own[unit.id])
                for unit in page.study.directorates
                if unit.id in units and unit.id in own
            )
            if here:
                found.append(_Alike(indicator, mode, claim, here, elsewhere))
    return found


def _shown(page: Page, group: _Alike) -> list[Part]:
    """A group as a heading, a chart of a headline indicator, a table and its notes."""
    language, wording = page.language, page.wording
    title = measured_alike(wording, group.indicator, group.claim, group.mode)
    sources = [
        language.text(
            "source_elsewhere",
            publisher=theirs(wording, one, one.publisher),
            title=edition_of(wording, one),
        )
        for one in {one.source: one for one in group.elsewhere}.values()
    ]
    notes = figure_notes(
        language,
        lecture=_reading(page, group),
        note=sign_notes(wording, group.figures, language.text("note_alike")),
        source=join_notes([source_text(wording), *sources]),
    )
    parts = [
        heading(title, level=3, anchor=group.name),
        _chart(page, group, title),
        _table(page, group, title),
        notes,
    ]
    return [part for part in parts if part is not None]


def _chart(page: Page, group: _Alike, title: str) -> Part | None:
    """Both sides, where each shows a number."""
    reading = _reading(page, group)
    if reading is None or not group.indicator.headline:
        return None
    axis = page.wording.formats.axis(group.figures[0])

    def scaled(value: float | None) -> float | None:
        return None if value is None else axis.scale * value

    results = [
        Result(
            label=label,
            value=axis.scale * figure.value,
            low=scaled(figure.low),
            high=scaled(figure.high),
            here=own,
        )
        for label, figure, own in (
            *((unit.acronym, figure, True) for unit, figure in group.here),
            *((unit_of(page.wording, one), one.figure, False) for one in group.elsewhere),
        )
        if figure.value is not None
    ]
    return page.chart_part(
        group.name,
        lambda axes: comparison_chart(axes, results, limits=axis.limits, label=axis.label),
        alt=reading,
        caption=page.language.text("chart_alike", title=title),
        height=lambda sheet: comparison_height(results, sheet),
    )


def _reading(page: Page, group: _Alike) -> Sentence | None:
    """The first result of each side that shows a number; None where one of them shows none."""
    here = [(unit, one) for unit, one in group.here if one.value is not None]
    elsewhere = [one for one in group.elsewhere if one.figure.value is not None]
    if not (here and elsewhere):
        return None
    unit, figure = here[0]
    return side_by_side(page.wording, figure, elsewhere[0], unit=unit.acronym)


def _table(page: Page, group: _Alike, title: str) -> Part:
    language, wording, formats = page.language, page.wording, page.wording.formats
    figures: Sequence[ReleasedFigure] = group.figures
    columns = {
        language.text("column_body_unit"): [
            *(unit.acronym for unit, _ in group.here),
            *(unit_of(wording, one) for one in group.elsewhere),
        ],
        formats.heading(figures): [formats.flagged_value(one, beside=figures) for one in figures],
        language.text("column_bounds"): [formats.interval(one) for one in figures],
        wording.base_heading: [formats.base(one) for one in figures],
    }
    return table(
        group.name,
        columns=columns,
        caption=language.text("table_alike", title=title),
        numeric=list(columns)[1:4],
    )


def _imported(page: Page) -> ImportedFigures:
    assert page.imported is not None, "the page was opened with open_comparison"
    return page.imported
