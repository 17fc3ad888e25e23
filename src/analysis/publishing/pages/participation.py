"""The section on participation: of the people who were invited, how many answered."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import Block, block, figure_notes, heading
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import unit_tables
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import join_with_signs, source_text
from analysis.study import Directorate

COUNTS = ("drawn", "ineligible", "unknown", "complete", "partial", "RR1", "RR2")
"""The measures of the first table, in the order of their columns."""

DOUBTED = ("eligible", "RR3", "RR4", "RR5", "RR6")
"""Those of the second one, of samples of which some people are not known to be eligible."""

CELLS = dict.fromkeys(("ineligible", "unknown", *DOUBTED), "sign_so")
"""What stands for a measure that there is none of; « not available » elsewhere."""

Sample = tuple[Directorate, dict[str, ReleasedFigure]]


def participation(page: Page) -> Block:
    """The people drawn, their answers and response rates; nothing where nobody was invited."""
    language, study = page.language, page.study
    rows: dict[tuple[str, str], dict[str, ReleasedFigure]] = {}
    for figure in page.figures.select("participation", wave=page.wave.id):
        key = (str(figure.directorate), figure.category)
        rows.setdefault(key, {})[figure.definition] = figure
    samples = [
        (directorate, rows[directorate.id, channel])
        for directorate in study.directorates
        for channel in directorate.channels
        if (directorate.id, channel) in rows
    ]
    if not samples:
        return block("participation")
    wave = page.wording.wave_label()
    counts = _columns(page, samples, COUNTS)
    units = [directorate for directorate, _ in samples]
    caption = language.text("caption_participation", wave=wave)
    tables = unit_tables(page, "participation", counts, units, caption=caption)
    cells = {cell for column in counts.values() for cell in column}
    notes = [language.text("note_rates")]
    if any(name in found for name in DOUBTED for _, found in samples):
        doubted = _columns(page, samples, DOUBTED)
        caption = language.text("caption_rates", wave=wave)
        tables += unit_tables(page, "rates", doubted, units, caption=caption)
        cells |= {cell for column in doubted.values() for cell in column}
        notes.append(language.text("note_rates_doubted"))
    return block(
        "participation",
        heading(language.text("participation_head")),
        *tables,
        figure_notes(
            language,
            note=join_with_signs(language, cells, [*notes, *_no_rate(page)]),
            source=source_text(page.wording),
        ),
    )


def _columns(
    page: Page, samples: Sequence[Sample], measures: Sequence[str]
) -> dict[str, list[str]]:
    """The columns of a table of samples: those of the measures that any of them has."""
    language = page.language
    names = {
        language.text("column_sample_of"): [
            f"{directorate.acronym} – {page.wording.category(found['drawn'])}"
            for directorate, found in samples
        ]
    }
    return names | {
        language.text(f"participation_{name}"): [
            page.wording.formats.value(found[name])
            if name in found
            else language.text(CELLS.get(name, "sign_nd"))
            for _, found in samples
        ]
        for name in measures
        if any(name in found for _, found in samples)
    }


def _no_rate(page: Page) -> list[str]:
    """Why other channels have no rate, where there are any."""
    open_to_all = any(not channel.invited for channel in page.study.channels)
    return [page.language.text("note_no_rate")] if open_to_all else []
