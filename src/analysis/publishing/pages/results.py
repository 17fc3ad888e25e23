"""The sections on the overall indicator of a wave: of all, by channel, by profile."""

from __future__ import annotations

from analysis.publishing.blocks import Block, block, callout, figure_notes, heading, table
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import (
    caption_of,
    change_column,
    change_notes,
    value_columns,
)
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import (
    field_text,
    lecture,
    level,
    levels,
    sign_notes,
    source_text,
    upper_first,
)
from analysis.study import Directorate


def banner(page: Page) -> Block:
    """The mention on each page made from simulated data; nothing otherwise."""
    if not page.figures.simulated:
        return block("banner")
    text, study = page.language.text, page.study
    fictitious = [
        name
        for name, is_present in (
            ("answers", True),
            ("sites", any(directorate.sites for directorate in study.directorates)),
            ("commitments", bool(study.commitments)),
        )
        if is_present
    ]
    if len(fictitious) == 1:
        notice = text("simulated_answers_text")
    else:
        listed = page.language.listing([text(f"fictitious_{name}") for name in fictitious])
        notice = text("simulated_text", fictitious=listed)
    return block("banner", callout(text("simulated_title"), notice))


def summary(page: Page) -> Block:
    """The overall indicator of each directorate, or of the only one: the numbers of the first
    page.
    """
    language, study = page.language, page.study
    pairs: list[tuple[Directorate, ReleasedFigure]] = []
    for directorate in study.directorates:
        figures = page.figures.primary(
            directorate=directorate.id, wave=page.wave.id, indicator=study.overall.id
        )
        pairs += [(directorate, figure) for figure in figures]
    rows = [figure for _, figure in pairs]
    if not rows:
        return block("summary", heading(page.wording.said("finding_hidden")))
    several = len(study.directorates) > 1
    changes = [page.figures.changes(figure).reference for figure in rows]
    words = [
        language.text(f"word_{change.word}" if change is not None and change.word else "sign_nd")
        for change in changes
    ]
    columns = {
        upper_first(page.wording.unit): [unit.acronym for unit, _ in pairs],
        **value_columns(page, rows),
        page.wording.base_heading: [page.wording.formats.base(figure) for figure in rows],
        **change_column(page, words),
    }
    caption = language.text(
        "caption_summary" if several else "caption_summary_one",
        indicator=page.wording.subject,
        unit=page.wording.unit,
        wave=page.wording.wave_label(),
    )
    return block(
        "summary",
        heading(levels(page.wording, pairs) if several else level(page.wording, rows)),
        table("synthese", columns=columns, caption=caption, numeric=list(columns)[1:]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows, named=several),
            note=sign_notes(page.wording, rows, *change_notes(page, rows, changes, words)),
            source=source_text(page.wording),
        ),
    )


def channels(page: Page) -> Block:
    """What each channel hears, with what may be claimed of it; nothing where one is heard."""
    language, study, formats = page.language, page.study, page.wording.formats
    breakdown = next(
        (breakdown.id for breakdown in study.breakdowns if breakdown.by == "channel"), None
    )
    if breakdown is None or len(page.directorate.channels) < 2:
        return block("channels")
    overall = study.item(study.overall.item)
    heard: dict[str, ReleasedFigure] = {}
    for figure in page.figures.primary(
        directorate=page.directorate.id, wave=page.wave.id, breakdown=breakdown
    ):
        asked = study.item(str(figure.item))
        if asked == overall or (asked.dimension and asked.dimension == overall.dimension):
            heard.setdefault(figure.category, figure)
    rows = [heard[name] for name in page.directorate.channels if name in heard]
    if len(rows) < 2:
        return block("channels")
    columns = {
        language.text("column_channel"): [page.wording.category(figure) for figure in rows],
        **value_columns(page, rows),
        page.wording.base_heading: [formats.base(figure) for figure in rows],
        language.text("column_claim"): [page.wording.claim(figure.claim) for figure in rows],
    }
    reference = study.reference_channels(page.directorate.id)
    note = language.text("note_channels")
    if len(reference) > 1:
        names = [language.quoted(language.typeset(channel.label)) for channel in reference]
        note = language.text("note_channels_together", channels=language.listing(names))
    caption = caption_of(page, "caption_channels")
    notes = [study.channel(figure.category).note or "" for figure in rows]
    return block(
        "channels",
        heading(language.text("finding_channels")),
        table("canaux", columns=columns, caption=caption, numeric=list(columns)[1:4]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows[::-1]),
            note=sign_notes(page.wording, rows, note, *notes),
            source=source_text(page.wording),
        ),
    )


def profiles(page: Page) -> Block:
    """The overall indicator by profile."""
    language, study = page.language, page.study
    rows: list[ReleasedFigure] = []
    names: list[str] = []
    for breakdown in study.breakdowns:
        if breakdown.by not in ("channel", "site"):
            figures = page.figures.primary(
                directorate=page.directorate.id,
                wave=page.wave.id,
                breakdown=breakdown.id,
                indicator=study.overall.id,
            )
            rows += figures
            label = language.typeset(breakdown.label)
            names += [f"{label} – {page.wording.category(figure)}" for figure in figures]
    if not rows:
        return block("profiles")
    columns = {
        language.text("column_category"): names,
        **value_columns(page, rows),
        page.wording.base_heading: [page.wording.formats.base(figure) for figure in rows],
    }
    caption = caption_of(
        page, "caption_profiles", unit=page.wording.formats.measure("unit", rows[0])
    )
    return block(
        "profiles",
        heading(language.text("finding_profiles", indicator=page.wording.subject)),
        table("profils", columns=columns, caption=caption, numeric=list(columns)[1:]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows),
            field=field_text(page.wording, page.directorate, rows[0].claim),
            note=sign_notes(page.wording, rows),
            source=source_text(page.wording),
        ),
    )
