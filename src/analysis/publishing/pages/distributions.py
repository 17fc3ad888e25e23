"""The section on how the core questions are answered: stacked bars, and the same in tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing import likert
from analysis.publishing.blocks import Block, Part, block, figure_notes, heading, paragraph, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    Told,
    core_figures,
    flagged_values,
    told_cell,
    told_levels,
)
from analysis.publishing.released import TOTAL, ReleasedFigure, visible
from analysis.publishing.wording.sentences import (
    FEWEST_RANKED,
    Sentence,
    apart,
    field_text,
    hidden_finding,
    lecture,
    level,
    ranking,
    sign_notes,
    source_text,
)


@dataclass(frozen=True)
class Panel:
    """The questions that have one scale and are counted alike.

    Attributes:
        figures: Their primary readings, the overall indicator first, then from the highest.
        told: Their levels, one list per figure.

    """

    figures: list[ReleasedFigure]
    told: list[list[Told]]

    @property
    def drawn(self) -> list[int]:
        """The places of the questions of which some levels are shown."""
        return [
            place for place, parts in enumerate(self.told) if any(part.figure for part in parts)
        ]


def overview(page: Page) -> Block:
    """How the core questions are answered: the finding, what it leaves out, stacked bars by scale,
    and a table for each.
    """
    figures = core_figures(page)
    if not figures:
        return block("overview")
    if not visible(figures):
        return block("overview", heading(hidden_finding(page.wording, figures)))
    finding, left_apart = _finding(page, figures)
    panels = _panels(page, figures)
    drawn = [panel for panel in panels if panel.drawn]
    shown = visible(figures)
    return block(
        "overview",
        heading(finding),
        paragraph(left_apart) if left_apart else None,
        _picture(page, drawn) if drawn else None,
        figure_notes(
            page.language,
            lecture=lecture(page.wording, _first_aspect(page, shown)),
            field=field_text(page.wording, page.directorate, shown[0].claim),
            source=source_text(page.wording),
            note=_notes(page, panels),
        ),
        *(_table(page, panel, number) for number, panel in enumerate(drawn, start=1)),
    )


def _finding(page: Page, figures: Sequence[ReleasedFigure]) -> tuple[Sentence, Sentence | None]:
    """What the aspects show, and those that it says nothing of. Aspects are compared where they are
    counted alike on scales of as many levels; the overall indicator is none of them.
    """
    study = page.study
    overall = [figure for figure in figures if figure.indicator == study.overall.id]
    aspects = [figure for figure in figures if figure not in overall]
    alike: dict[tuple[str, int], list[ReleasedFigure]] = {}
    for figure in visible(aspects):
        levels = len(study.scale(str(figure.item)).levels)
        alike.setdefault((figure.definition, levels), []).append(figure)
    compared = max(alike.values(), key=len, default=[])
    if len(compared) < FEWEST_RANKED:
        told = visible(overall)[:1] or visible(figures)[:1]
        return level(page.wording, told), None
    others = [figure for figure in aspects if figure not in compared]
    return ranking(page.wording, compared), apart(page.wording, others)


def _first_aspect(page: Page, figures: Sequence[ReleasedFigure]) -> list[ReleasedFigure]:
    """The figures, an aspect first: the overall indicator is read elsewhere on the page."""
    return sorted(figures, key=lambda figure: figure.indicator == page.study.overall.id)


def _panels(page: Page, figures: Sequence[ReleasedFigure]) -> list[Panel]:
    """The questions by scale and definition, the panel of the overall indicator first."""
    study = page.study
    groups: dict[tuple[str, str], list[ReleasedFigure]] = {}

    def order(figure: ReleasedFigure) -> tuple[bool, float]:
        return figure.indicator != study.overall.id, -(figure.value or 0)

    for figure in sorted(figures, key=order):
        scale = study.item(str(figure.item)).scale
        groups.setdefault((scale, figure.definition), []).append(figure)
    return [Panel(group, [_told(page, figure) for figure in group]) for group in groups.values()]


def _told(page: Page, figure: ReleasedFigure) -> list[Told]:
    """The levels of the question of a figure, worst first, as they are shown: one by one, or
    together where one is rare.
    """
    codes = page.study.scale(str(figure.item)).codes
    about = {
        "directorate": str(figure.directorate),
        "wave": str(figure.wave),
        "breakdown": TOTAL,
        "indicator": figure.indicator,
        "kind": "level_share",
    }
    shown = visible(page.figures.select("estimates", **about))
    return told_levels(codes, {share.definition: share for share in shown})


def _picture(page: Page, panels: Sequence[Panel]) -> Part:
    """Stacked bars, a panel per scale, with the answers' own words over each."""
    wording = page.wording
    bars = [
        likert.LikertPanel(
            levels=_level_names(page, panel),
            labels=[_label(page, panel.figures[place]) for place in panel.drawn],
            shares=[
                [
                    (part.levels, None if part.figure is None else part.figure.value)
                    for part in panel.told[place]
                ]
                for place in panel.drawn
            ],
            counted=[wording.formats.with_unit(panel.figures[place]) for place in panel.drawn],
        )
        for panel in panels
    ]
    shown = visible(panel.figures[place] for panel in panels for place in panel.drawn)
    return page.chart_part(
        f"likert-{page.directorate.id}",
        lambda axes: likert.likert(axes, bars, write=page.language.percent),
        alt=wording.said(
            "alt_likert",
            shown,
            field=page.directorate.acronym,
            wave=wording.wave_label(),
            values=page.language.series(
                [
                    page.language.text(
                        "alt_value",
                        label=_label(page, figure),
                        value=wording.formats.with_unit(figure),
                    )
                    for figure in shown
                ]
            ),
        ),
        caption=page.language.text(
            "caption_likert", field=page.directorate.acronym, wave=wording.wave_label()
        ),
        height=lambda sheet: likert.likert_height(bars, sheet),
    )


def _table(page: Page, panel: Panel, number: int) -> Part:
    """The answers to the questions of a panel, one column per level."""
    language, wording = page.language, page.wording
    names = _level_names(page, panel)
    columns = {language.text("column_indicator"): [_label(page, one) for one in panel.figures]}
    for rank, name in enumerate(names):
        columns[name] = [told_cell(page, told, rank) for told in panel.told]
    counted = wording.formats.heading(panel.figures)
    if panel.figures[0].kind == "share":
        said = wording.counted(panel.figures[0])
        counted = language.text("column_counted_share", counted=said)
    columns[counted] = flagged_values(page, panel.figures)
    columns[wording.base_heading] = [wording.formats.base(one) for one in panel.figures]
    caption = language.text(
        "caption_answers",
        first=language.quoted(names[0]),
        last=language.quoted(names[-1]),
        field=page.directorate.acronym,
        wave=wording.wave_label(),
    )
    name = f"reponses-{page.directorate.id}-{number}"
    return table(name, columns=columns, caption=caption, numeric=list(columns)[1:])


def _notes(page: Page, panels: Sequence[Panel]) -> str:
    """What has to be known of the bars, and of the signs in the tables."""
    text, language = page.language.text, page.language
    undrawn = [
        language.quoted(_label(page, figure))
        for panel in panels
        for place, figure in enumerate(panel.figures)
        if place not in panel.drawn
    ]
    parts = [part for panel in panels if panel.drawn for told in panel.told for part in told]
    notes = [
        text("note_likert"),
        text("note_left_out", items=language.listing(undrawn)) if undrawn else "",
        text("note_r") if any(part.levels[0] < part.levels[1] for part in parts) else "",
        text("note_sum"),
    ]
    if any(part.figure is None for part in parts):
        notes.append(text("note_s"))
    figures = [figure for panel in panels for figure in panel.figures]
    return sign_notes(page.wording, figures, *notes)


def _label(page: Page, figure: ReleasedFigure) -> str:
    return page.wording.indicator(page.study.indicator(figure.indicator))


def _level_names(page: Page, panel: Panel) -> list[str]:
    """The levels of a panel's scale, in its own words."""
    levels = page.study.scale(str(panel.figures[0].item)).levels
    return [page.language.typeset(level.label) for level in levels]
