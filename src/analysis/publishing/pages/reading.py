"""The reading grid of a directorate: what each figure means, and what to look at next."""

from __future__ import annotations

from analysis.publishing.blocks import (
    Block,
    Tile,
    block,
    fact_list,
    figure_notes,
    heading,
    paragraph,
    tiles,
)
from analysis.publishing.pages import convergence
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.references import comparable
from analysis.publishing.pages.tables import core_figures
from analysis.publishing.released import ReleasedFigure, visible
from analysis.publishing.wording.commitments import followed
from analysis.publishing.wording.gaps import channels_finding
from analysis.publishing.wording.reading import (
    Read,
    between_directorates,
    change_reading,
    level_reading,
    missing_people,
    next_reading,
    three_lines,
)
from analysis.publishing.wording.sentences import Sentence, join_notes, source_text, upper_first


def grid(page: Page) -> Block:
    """Each core figure: its level, its change, and what to look at next; then who is missing, what
    other channels hear, and three lines. Nothing, where no figure has anything to be read against.
    """
    wording, text = page.wording, page.language.text
    figures = visible(core_figures(page))
    if not figures:
        return block("reading")
    commitments = followed(wording, page.figures, page.directorate)
    by_indicator = {  # the first, where several are perceived by one
        one.commitment.perceived: one for one in reversed(commitments) if one.perceived
    }
    reads = [
        Read(
            figure=figure,
            changes=page.figures.changes(figure),
            commitment=by_indicator.get(figure.indicator),
            between=between_directorates(wording, page.figures, page.directorate, figure.indicator),
            references=comparable(page, figure),
            contrary=convergence.contradiction(page, _dimension(page, figure)),
            beside=convergence.bad_beside(page, _dimension(page, figure)),
            signal=convergence.signal(page, _dimension(page, figure)),
            rules=page.study.listening.rules if page.study.listening else None,
        )
        for figure in figures
    ]
    if not any(read.compared for read in reads):
        return block("reading")
    cells = [
        [
            _tile(level_reading(wording, read)),
            _tile(change_reading(wording, read)),
            _tile(next_reading(wording, read)),
        ]
        for read in reads
    ]
    about = {"directorate": page.directorate.id, "wave": page.wave.id}
    by_channel = [one.id for one in page.study.breakdowns if one.by == "channel"]
    gaps = [gap for gap in page.figures.select("gaps", **about) if gap.breakdown in by_channel]
    heard = convergence.beside_surveys(page, {_dimension(page, one) for one in figures})
    lines = three_lines(wording, reads, commitments, heard)
    notes = [text("grid_note"), *_notes_on_standing(page)]
    return block(
        "reading",
        heading(text("grid_head")),
        tiles(
            f"lecture-{page.directorate.id}",
            corner=text("column_indicator"),
            heads=[text(f"grid_column_{name}") for name in ("level", "change", "next")],
            rows=[wording.indicator(page.study.indicator(one.indicator)) for one in figures],
            cells=cells,
            caption=text("grid_caption", field=page.directorate.acronym, wave=wording.wave_label()),
        ),
        figure_notes(page.language, note=join_notes(notes), source=source_text(wording)),
        paragraph(channels_finding(wording, gaps, page.figures)) if gaps else None,
        fact_list(
            page.language,
            {
                text("grid_missing"): missing_people(wording, page.figures, page.directorate),
                **{text(f"grid_line_{standing}"): line for standing, line in lines.items()},
            },
        ),
    )


def _notes_on_standing(page: Page) -> list[str]:
    """What goes well or badly; where devices are declared, by which levels too, and that the other
    devices count.
    """
    if page.study.listening is None:
        return [page.language.text("grid_note_standing")]
    text, number, rules = page.language.text, page.language.number, page.study.listening.rules
    good, poor = number(rules.good_from), number(rules.poor_below)
    return [text("grid_note_levels", good=good, poor=poor), text("grid_note_devices")]


def _dimension(page: Page, figure: ReleasedFigure) -> str:
    """What a figure is about; empty where its question says nothing of that."""
    return page.study.item(page.study.indicator(figure.indicator).item).dimension or ""


def _tile(sentence: Sentence) -> Tile:
    """A sentence in a cell."""
    return Tile("", Sentence(upper_first(sentence.text), sentence.rule, sentence.figures))
